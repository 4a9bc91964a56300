//! Who is told that days to come are not as they were, and which lessons take the same pupils.

use super::{add_series, path};
use preau_base::{GroupId, SystemRng};
use preau_school::{GroupKind, MemberRole};
use preau_store::groups::{self, Group};
use preau_store::notices;
use preau_testkit::{TestApp, Who};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// What somebody was told of the calendar, the latest first.
async fn told(app: &TestApp, who: Who) -> Vec<String> {
    let mut conn = app.store.read().await.unwrap();
    let list = notices::list(&mut conn, app.seed.person(who)).await.unwrap();
    list.into_iter().map(|notice| notice.kind).filter(|kind| kind.starts_with("calendar-")).collect()
}

#[tokio::test]
async fn a_change_of_the_calendar_is_told_once_to_those_concerned() {
    let app = TestApp::start().await;
    let mut head = app.actor(Who::Head).await;
    let rule = |mode: &'static str, from: &'static str, to: &'static str, grades: &'static [&'static str]| {
        let mut form = vec![("label", "Crue"), ("mode", mode), ("from", from), ("to", to)];
        form.extend(grades.iter().map(|grade| ("grades", *grade)));
        form
    };
    let add = path(&app, "/calendar/new");
    app.clock.advance(MINUTE);
    head.post_form(&add, &rule("distance", "2026-11-24", "2026-11-27", &[])).await.expect(303);
    for who in [Who::Pupil, Who::PupilElsewhere, Who::Parent, Who::Teacher, Who::SchoolLife, Who::Administrator] {
        assert_eq!(told(&app, who).await, ["calendar-distance"], "{who:?}: once, not once a day");
    }
    for who in [Who::Head, Who::Stranger, Who::PlatformAdmin] {
        assert_eq!(told(&app, who).await, [""; 0], "{who:?}");
    }
    let home = app.actor(Who::Parent).await.get("/").await;
    home.says("Cours à distance (Crue), demain – vendredi 27\u{a0}novembre.");
    // The 5e alone, then nobody: a rule for days that are past.
    app.clock.advance(MINUTE);
    head.post_form(&add, &rule("no_school", "2026-11-30", "2026-11-30", &["5e"])).await.expect(303);
    app.clock.advance(MINUTE);
    head.post_form(&add, &rule("no_school", "2026-11-16", "2026-11-20", &[])).await.expect(303);
    assert_eq!(told(&app, Who::PupilElsewhere).await, ["calendar-no-school", "calendar-distance"]);
    assert_eq!(told(&app, Who::Teacher).await.len(), 2);
    assert_eq!(told(&app, Who::Pupil).await.len(), 1, "6e B has school as ever");
    // Taken back, the days are on site again.
    app.clock.advance(MINUTE);
    let remove = path(&app, "/calendar/remove");
    head.post_form(&remove, &[("year", "2026"), ("version", "3"), ("rule", "0")]).await.expect(303);
    assert_eq!(told(&app, Who::Pupil).await, ["calendar-on-site", "calendar-distance"]);
}

#[tokio::test]
async fn a_lesson_of_a_class_conflicts_with_one_of_its_halves() {
    let app = TestApp::start().await;
    let mut head = app.actor(Who::Head).await;
    let mut halves = Vec::new();
    let mut tx = app.store.write().await.unwrap();
    for (name, pupil) in [("6e B gr. 1", Who::Pupil), ("6e B gr. 2", Who::Classmate)] {
        let id = GroupId::new(app.app.now(), &mut SystemRng);
        let group = Group { id, school_id: app.seed.school(), kind: GroupKind::Group, name: name.to_owned() };
        groups::create(&mut tx, &group, "hand", app.app.now()).await.unwrap();
        groups::add_member(&mut tx, id, app.seed.person(pupil), MemberRole::Pupil, "", "hand").await.unwrap();
        halves.push(id.to_string());
    }
    tx.commit().await.unwrap();
    let series = |subject: &'static str, group: &str, room: &'static str| {
        let days =
            [("weekday", "2"), ("start", "10:05"), ("end", "11:00"), ("from", "2026-11-01"), ("to", "2027-07-02")];
        let mut form: Vec<(&str, String)> = days.map(|(name, value)| (name, value.to_owned())).to_vec();
        form.extend([("subject", subject.to_owned()), ("groups", group.to_owned()), ("room", room.to_owned())]);
        form
    };
    for (subject, group, room) in [("Chimie", &halves[0], "C 1"), ("Biologie", &halves[1], "C 2")] {
        let form = series(subject, group, room);
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        head.post_form(&path(&app, "/series/new"), &form).await.expect(303);
    }
    let page = head.get(&path(&app, "/series")).await.says("Chimie").says("Biologie");
    assert!(!page.reads().contains("mêmes élèves"), "parallel halves: {}", page.reads());
    add_series(&app, &mut head).await;
    let page = head.get(&path(&app, "/series")).await.says("2 conflits");
    page.says("mêmes élèves avec Chimie").says("mêmes élèves avec Biologie").says("mêmes élèves avec Géographie");
    // A single lesson of the class at the time of one of its half.
    let lesson = [
        ("subject", "Histoire"),
        ("day", "2026-11-23"),
        ("start", "09:10"),
        ("end", "09:50"),
        ("groups", halves[0].as_str()),
    ];
    let page = head.post_form(&path(&app, "/lessons/new"), &lesson).await.expect(422);
    page.says("les mêmes élèves").says("Histoire-géographie");
}
