//! Timetable and calendar, as people use them. It is Monday 23 November 2026, 9:12.

mod changes;

use preau_base::LessonId;
use preau_school::timetable::LessonMode;
use preau_store::{lessons, notices, outbox};
use preau_testkit::{Client, Options, TestApp, Who};
use std::time::Duration;

const NB: char = '\u{a0}';

fn path(app: &TestApp, rest: &str) -> String {
    format!("/schools/{}{rest}", app.seed.school())
}

async fn set_mode(app: &TestApp, lesson: LessonId, mode: LessonMode) {
    let mut tx = app.store.write().await.unwrap();
    lessons::set_mode(&mut tx, lesson, mode, false, app.app.now()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn told(app: &TestApp, who: Who) -> Vec<String> {
    let mut conn = app.store.read().await.unwrap();
    let list = notices::list(&mut conn, app.seed.person(who)).await.unwrap();
    list.into_iter().map(|notice| notice.kind).filter(|kind| kind.starts_with("lesson-")).collect()
}

/// A weekly lesson of 6e B with its teacher, on Tuesdays from 10:05.
async fn add_series(app: &TestApp, head: &mut Client) {
    let (class, teacher) = (app.seed.class().to_string(), app.seed.person(Who::Teacher).to_string());
    let form = [
        ("subject", "Géographie"),
        ("weekday", "2"),
        ("start", "10h05"),
        ("end", "11:00"),
        ("weeks", ""),
        ("from", "2026-11-01"),
        ("to", "2027-07-02"),
        ("groups", class.as_str()),
        ("teachers", teacher.as_str()),
        ("room", "B 14"),
    ];
    head.post_form(&path(app, "/series/new"), &form).await.leads_to(&path(app, "/series"));
}

#[tokio::test]
async fn a_series_is_published_and_a_closure_makes_live_classes_of_it() {
    let app = TestApp::start().await;
    let mut head = app.actor(Who::Head).await;
    let mut pupil = app.actor(Who::Pupil).await;
    add_series(&app, &mut head).await;
    let list =
        head.get(&path(&app, "/series")).await.says("mardi, 10").says("2 changements ne sont pas encore publiés");
    assert!(list.text().contains("timetable/timetable.css"));
    assert!(!pupil.get("/week").await.reads().contains("Géographie"), "not published");
    let published = head.post_form(&path(&app, "/series/publish"), &[]).await.expect(303);
    head.get(published.location()).await.says("cours ajoutés").says("L’emploi du temps est publié");

    let week = pupil.get("/week").await.says("Géographie").says("B 14").says("semaine ");
    assert!(!week.reads().contains("à distance"));
    pupil.get("/week?view=day&day=2026-11-24").await.says("Mardi 24").says("Géographie");
    pupil.get("/week?view=list&day=2026-11-23").await.says("Mardi 1er").says("Géographie");
    pupil.get("/week?week=2026-W52").await.says("Vacances de Noël");
    assert!(!pupil.get("/week?view=day&day=2026-12-22").await.reads().contains("Géographie"), "holidays");

    let rule = [
        ("label", "Fermeture"),
        ("mode", "distance"),
        ("from", "2026-11-23"),
        ("evening", "yes"),
        ("to", "2026-11-27"),
    ];
    let added = head.post_form(&path(&app, "/calendar/new"), &rule).await.expect(303);
    head.get(added.location()).await.says("1 cours mis à jour").says("Fermeture").says("à distance");
    pupil.get("/week").await.says("à distance");
    app.actor(Who::Parent).await.get(&format!("/people/{}/week", app.seed.person(Who::Pupil))).await.says("à distance");

    // The page of before the rule names a version that is no longer that of the calendar.
    let stale = [("year", "2026"), ("version", "0"), ("rule", "0")];
    head.post_form(&path(&app, "/calendar/remove"), &stale).await.expect(303);
    head.get(&path(&app, "/calendar?month=2026-11")).await.says("Le calendrier a changé entre-temps").says("Fermeture");
    let good = [("year", "2026"), ("version", "1"), ("rule", "0")];
    let removed = head.post_form(&path(&app, "/calendar/remove"), &good).await.expect(303);
    assert!(!head.get(removed.location()).await.says("1 cours mis à jour").reads().contains("Fermeture"));
}

#[tokio::test]
async fn the_holiday_that_comes_takes_lessons_away_and_the_one_that_goes_brings_them() {
    let app = TestApp::start().await;
    let mut head = app.actor(Who::Head).await;
    add_series(&app, &mut head).await;
    head.post_form(&path(&app, "/series/publish"), &[]).await.expect(303);
    let rule = [("label", "Pont"), ("mode", "no_school"), ("from", "2026-12-01"), ("to", "2026-12-01")];
    let added = head.post_form(&path(&app, "/calendar/new"), &rule).await.expect(303);
    head.get(added.location()).await.says("1 cours retiré");
    let class = format!("/groups/{}/week?view=day&day=2026-12-01", app.seed.class());
    let day = head.get(&class).await.says("Pont");
    assert!(!day.reads().contains("Géographie"));
    let back = [("label", "Rattrapage"), ("mode", "on_site"), ("from", "2026-12-01"), ("to", "2026-12-01")];
    let added = head.post_form(&path(&app, "/calendar/new"), &back).await.expect(303);
    head.get(added.location()).await.says("1 cours ajouté");
    head.get(&class).await.says("Géographie");
}

#[tokio::test]
async fn a_lesson_keeps_its_hour_when_the_clocks_change_and_a_day_ends_at_midnight_of_the_school() {
    let app = TestApp::start().await;
    let mut head = app.actor(Who::Head).await;
    add_series(&app, &mut head).await;
    head.post_form(&path(&app, "/series/publish"), &[]).await.expect(303);
    let mut pupil = app.actor(Who::Pupil).await;
    for (day, instant) in [("2027-03-23", "2027-03-23T09:05:00Z"), ("2027-03-30", "2027-03-30T08:05:00Z")] {
        let shown = pupil.get(&format!("/week?view=day&day={day}")).await.says(&format!("10{NB}h{NB}05"));
        assert!(shown.text().contains(&format!("datetime=\"{instant}\"")), "{day}: {}", shown.text());
    }
    let minutes = |count: u64| Duration::from_secs(count * 60);
    app.clock.advance(minutes(14 * 60 + 47));
    let late = pupil.get("/").await.says("Lundi 23");
    assert!(!late.reads().contains("Géographie"), "{}", late.reads());
    app.clock.advance(minutes(2));
    pupil.get("/").await.says("Mardi 24").says("Géographie");
}

#[tokio::test]
async fn a_lesson_on_site_has_its_room_and_its_teacher_may_open_it() {
    let app = TestApp::start().await;
    set_mode(&app, app.seed.lesson_now(), LessonMode::OnSite).await;
    let (mut pupil, mut teacher) = (app.actor(Who::Pupil).await, app.actor(Who::Teacher).await);
    let home = pupil.get("/").await.says("Sur place").says("B 12");
    assert!(!home.reads().contains("Rejoindre"), "{}", home.reads());
    let home = teacher.get("/").await.says("Ouvrir aussi à distance");
    assert!(!home.reads().contains("Rejoindre"));
    let open = format!("/lessons/{}/at-distance", app.seed.lesson_now());
    teacher.post_form(&open, &[]).await.leads_to("/");
    teacher.get("/").await.says("Rejoindre");
    pupil.get("/").await.says("Rejoindre").says("sur place et à distance");
    assert_eq!(told(&app, Who::Pupil).await, ["lesson-at-distance"]);
    assert_eq!(told(&app, Who::Teacher).await, [""; 0], "who did it knows");
}

#[tokio::test]
async fn of_a_half_group_the_half_at_home_joins() {
    let app = TestApp::start().await;
    let half = preau_school::calendar::Half::First;
    set_mode(&app, app.seed.lesson_now(), LessonMode::Both(Some(half))).await;
    // Martin is in the first half of the alphabet, Petit in the second.
    let (mut lea, mut tom) = (app.actor(Who::Pupil).await, app.actor(Who::Classmate).await);
    let home = lea.get("/").await.says("ton groupe est sur place");
    assert!(!home.reads().contains("Rejoindre"));
    tom.get("/").await.says("ton groupe est à distance").says("Rejoindre");
    let mut head = app.actor(Who::Head).await;
    let page = format!("/groups/{}/halves", app.seed.class());
    head.get(&page).await.says("Niveau retenu").says("6e").says("Groupe 1").says("Groupe 2");
    let tom_id = app.seed.person(Who::Classmate).to_string();
    head.post_form(&page, &[("person", tom_id.as_str()), ("half", "1")]).await.leads_to(&page);
    assert!(!tom.get("/").await.reads().contains("Rejoindre"));
    head.post_form(&page, &[("alphabet", "yes")]).await.leads_to(&page);
    tom.get("/").await.says("Rejoindre");
    head.post_form(&page, &[("grade", "5e")]).await.leads_to(&page);
    head.get(&page).await.says("Niveau retenu\u{a0}: 5e");
    app.actor(Who::Parent).await.get("/").await.says("Groupe".to_lowercase().as_str());
}

fn moved<'a>(app: &TestApp, start: &'a str, end: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, String)> {
    let mut form = vec![
        ("subject", "Éducation civique".to_owned()),
        ("day", "2026-11-23".to_owned()),
        ("start", start.to_owned()),
        ("end", end.to_owned()),
        ("groups", app.seed.class().to_string()),
        ("teachers", app.seed.person(Who::Teacher).to_string()),
        ("room", "B 12".to_owned()),
    ];
    form.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    form
}

async fn send(client: &mut Client, path: &str, form: &[(&str, String)]) -> preau_testkit::Answer {
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    client.post_form(path, &form).await
}

#[tokio::test]
async fn a_moved_lesson_shows_its_old_time_and_everybody_is_told_once() {
    let app = TestApp::start().await;
    let mut head = app.actor(Who::Head).await;
    let change = format!("/lessons/{}/change", app.seed.lesson_later());
    let version = head.get(&change).await.expect(200).hidden("version").unwrap();
    let form = moved(&app, "15:00", "15:55", &[("version", &version), ("note", "Salle occupée")]);
    // Pressed twice, it is saved and told once.
    for _ in 0..2 {
        send(&mut head, &change, &form).await.expect(303);
    }
    let mut pupil = app.actor(Who::Pupil).await;
    let home = pupil.get("/").await.says("déplacé").says("Salle occupée");
    assert!(home.text().contains(&format!("<s>14{NB}h{NB}00 – 14{NB}h{NB}55</s>")), "{}", home.text());
    for who in [Who::Pupil, Who::Classmate, Who::Parent, Who::Teacher] {
        assert_eq!(told(&app, who).await, ["lesson-moved"], "{who:?}");
    }
    assert_eq!(told(&app, Who::PupilElsewhere).await, [""; 0]);
    pupil.get("/notices").await.says("Cours déplacé").says("au lieu de");

    // Another tab still has the form of before: it is told, and what was typed in it stays.
    let other = moved(&app, "16:00", "16:55", &[("version", &version)]);
    let again = send(&mut head, &change, &other).await.expect(409).says("Quelqu’un d’autre a changé ce cours");
    assert!(again.text().contains("value=\"16:00\"") && again.reads().contains(&format!("15{NB}h{NB}00")));
    let now = again.hidden("version").unwrap();
    send(&mut head, &change, &moved(&app, "16:00", "16:55", &[("version", &now)])).await.expect(303);
    assert_eq!(told(&app, Who::Parent).await.len(), 2);

    // Back at its old time there is nothing to strike through.
    send(&mut head, &change, &moved(&app, "14:00", "14:55", &[])).await.expect(303);
    assert!(!pupil.get("/").await.text().contains("<s>"));
}

#[tokio::test]
async fn mails_tell_of_a_cancelled_lesson_who_wants_them() {
    let app = TestApp::with(Options { mail: true, ..Options::default() }).await;
    let mut classmate = app.actor(Who::Classmate).await;
    classmate.post_form("/notices/mails", &[]).await.expect(303);
    let mut head = app.actor(Who::Head).await;
    let cancel = format!("/lessons/{}/cancel", app.seed.lesson_later());
    head.post_form(&cancel, &[("note", "Mme Fontaine est absente.")]).await.expect(303);
    head.post_form(&cancel, &[]).await.expect(303);
    let mut conn = app.store.read().await.unwrap();
    let mut mails = outbox::list(&mut conn).await.unwrap();
    mails.retain(|mail| mail.kind == "lesson");
    let mut to: Vec<&str> = mails.iter().map(|mail| mail.address.reveal().as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, ["anne.martin@exemple.fr", "claire.fontaine@exemple.fr", "lea.martin@exemple.fr"]);
    let body = mails[0].body.reveal();
    assert!(
        body.contains("Cours annulé")
            && body.contains("Mme Fontaine est absente.")
            && body.contains("14\u{a0}h\u{a0}00"),
        "{body}"
    );
}

#[tokio::test]
async fn a_lesson_that_is_on_stays_and_a_conflict_is_named() {
    let app = TestApp::start().await;
    let mut head = app.actor(Who::Head).await;
    let on = format!("/lessons/{}/change", app.seed.lesson_now());
    send(&mut head, &on, &moved(&app, "16:00", "16:55", &[])).await.expect(422).says("Ce cours a commencé");
    let later = format!("/lessons/{}/change", app.seed.lesson_later());
    send(&mut head, &later, &moved(&app, "9:00", "9:50", &[])).await.expect(422).says("Cet horaire est déjà passé");
    let new = path(&app, "/lessons/new");
    let clash = moved(&app, "14:30", "15:30", &[]);
    let told = send(&mut head, &new, &clash).await.expect(422).says("Au même moment").says("Éducation civique");
    assert!(told.text().contains("name=\"anyway\""));
    send(&mut head, &new, &moved(&app, "14:30", "15:30", &[("anyway", "yes")])).await.expect(303);
    send(&mut head, &new, &moved(&app, "16:30", "17:30", &[])).await.expect(303);
}

#[tokio::test]
async fn an_absent_teachers_lessons_are_cancelled_or_given_to_another() {
    let app = TestApp::start().await;
    let mut head = app.actor(Who::Head).await;
    let teacher = app.seed.person(Who::Teacher).to_string();
    let page = path(&app, "/replacements");
    let day = |day: &'static str| {
        vec![("teacher", teacher.clone()), ("from", day.to_owned()), ("to", day.to_owned()), ("by", String::new())]
    };
    send(&mut head, &page, &day("2026-11-29")).await.expect(422).says("aucun cours à venir");
    let mut form = day("2026-11-23");
    form.push(("note", "Mme Fontaine est absente.".to_owned()));
    send(&mut head, &page, &form).await.expect(303);
    let mut pupil = app.actor(Who::Pupil).await;
    pupil.get("/").await.says("annulé").says("Mme Fontaine est absente.");
    assert_eq!(told(&app, Who::Parent).await, ["lesson-cancelled", "lesson-cancelled"], "now and in the afternoon");
    send(&mut head, &page, &form).await.expect(422).says("aucun cours à venir");
}

#[tokio::test]
async fn a_school_sees_its_teachers_and_rooms_and_keeps_its_calendar() {
    let app = TestApp::start().await;
    let mut head = app.actor(Who::Head).await;
    let teacher = app.seed.person(Who::Teacher);
    let week = path(&app, &format!("/timetable?teacher={teacher}&week=2026-W48"));
    let shown = head.get(&week).await.says("Histoire-géographie");
    assert!(!shown.reads().contains("Mathématiques"));
    head.get(&path(&app, "/timetable?room=B+12&view=day&day=2026-11-23")).await.says("Mathématiques");
    assert!(
        !head.get(&path(&app, "/timetable?room=B+12&view=day&day=2026-11-25")).await.reads().contains("Mathématiques")
    );
    head.get(&path(&app, "/calendar?month=2027-02"))
        .await
        .says("Zone B")
        .says("Vacances d’hiver")
        .says(&format!("du samedi 20{NB}février"));
    head.get(&path(&app, "/calendar?month=2026-11")).await.says("Armistice de 1918");

    let settings = path(&app, "/calendar/settings");
    let form = [
        ("year", "2026"),
        ("version", "0"),
        ("zone", "A"),
        ("first", "2026-09-01"),
        ("last", "2027-07-02"),
        ("weekdays", "1"),
        ("weekdays", "6"),
        ("weeks", "iso"),
        ("letter", "B"),
    ];
    head.get(&settings).await.expect(200).says("Alpes-de-Haute-Provence (04)");
    head.post_form(&settings, &[("year", "2026"), ("zone", "Z")]).await.expect(422);
    for _ in 0..2 {
        head.post_form(&settings, &form).await.expect(303);
    }
    head.get(&path(&app, "/calendar?month=2027-02")).await.says("Zone A").says(&format!("samedi 13{NB}février"));
    let other = form.map(|(name, value)| (name, if name == "zone" { "C" } else { value }));
    let told = head.post_form(&settings, &other).await.expect(409).says("Quelqu’un d’autre a changé le calendrier");
    assert!(told.text().contains("value=\"C\" selected"), "what was typed stays");
    head.get(&path(&app, "/calendar?month=2027-02")).await.says("Zone A");
}

#[tokio::test]
async fn a_series_says_what_it_conflicts_with_and_two_tabs_are_told_apart() {
    let app = TestApp::start().await;
    let mut head = app.actor(Who::Head).await;
    add_series(&app, &mut head).await;
    add_series(&app, &mut head).await;
    head.get(&path(&app, "/series"))
        .await
        .says("1 conflit")
        .says("même enseignant, même groupe, même salle avec Géographie");
    let latin = format!("/series/{}/change", app.seed.series());
    let version = head.get(&latin).await.expect(200).hidden("version").unwrap();
    let class = app.seed.other_class().to_string();
    let form = |start: &'static str| {
        let days = [("weekday", "4"), ("start", start), ("end", "12:00"), ("from", "2026-11-01"), ("to", "2026-12-17")];
        let mut form: Vec<(&str, String)> = days.map(|(name, value)| (name, value.to_owned())).to_vec();
        form.extend([("subject", "Latin".to_owned()), ("groups", class.clone()), ("version", version.clone())]);
        form
    };
    for _ in 0..2 {
        send(&mut head, &latin, &form("11:05")).await.expect(303);
    }
    let told = send(&mut head, &latin, &form("10:30")).await.expect(409).says("Quelqu’un d’autre");
    assert!(told.text().contains("value=\"10:30\""), "what was typed stays");
    send(&mut head, &latin, &form("12:30")).await.expect(422).says("La fin doit venir après le début");
    head.post_form(&format!("/series/{}/remove", app.seed.series()), &[]).await.expect(303);
    head.get(&latin).await.expect(404);
}
