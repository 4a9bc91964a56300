//! What the calendar makes of a roll, and what a territory learns of its schools.

use super::{call, checked, minutes, nine, roll_path, visit};
use preau_base::{LessonId, SystemRng};
use preau_school::timetable::LessonMode;
use preau_store::{calendars, lessons, territories};
use preau_testkit::{TestApp, Who};
use std::time::Duration;

/// The school's own calendar from Monday 23 November on: one rule.
async fn rule(app: &TestApp, mode: &str) {
    let body = format!(
        "extends = \"france-2026-2027\"\n[[rule]]\nlabel = \"Crue\"\nfrom = 2026-11-23\nto = 2026-11-27\n\
         mode = \"{mode}\"\n"
    );
    let mut tx = app.store.write().await.unwrap();
    let own = calendars::Own { year: 2026, body, version: 0 };
    assert!(calendars::save(&mut tx, app.seed.school(), &own, None, app.app.now()).await.unwrap());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn in_half_groups_each_half_is_expected_where_it_is() {
    let app = TestApp::start().await;
    let (lea, tom) = (app.seed.person(Who::Pupil), app.seed.person(Who::Classmate));
    rule(&app, "half_groups").await;
    let mut tx = app.store.write().await.unwrap();
    let calendar = calendars::of_school(&mut tx, app.seed.school()).await.unwrap();
    let day = jiff::civil::date(2026, 11, 23);
    let on_site = calendar.day(day, None).on_site.expect("one half");
    for (pupil, half) in [(lea, on_site), (tom, on_site.other())] {
        calendars::set_half(&mut tx, app.seed.class(), pupil, half).await.unwrap();
    }
    let mode = LessonMode::Both(Some(on_site));
    lessons::set_mode(&mut tx, app.seed.lesson_now(), mode, false, app.app.now()).await.unwrap();
    tx.commit().await.unwrap();
    let mut teacher = app.actor(Who::Teacher).await;
    // Nobody has joined yet: the one is in the room, the other at a distance.
    let page = teacher.get(&roll_path(&app)).await.expect(200).says("attendu sur place").says("attendu à distance");
    assert!(checked(&page.text(), lea, "present") && checked(&page.text(), tom, "distant"), "{}", page.text());
    // Once the class is live, whoever is at home is missed in it, and whoever is in the room is not.
    visit(&app, Who::Teacher, nine(&app), None).await;
    let page = teacher.get(&roll_path(&app)).await.expect(200).says("Les élèves sur place sont proposés présents");
    assert!(checked(&page.text(), lea, "present") && checked(&page.text(), tom, "absent"), "{}", page.text());
    visit(&app, Who::Classmate, nine(&app), None).await;
    let page = teacher.get(&roll_path(&app)).await.expect(200);
    assert!(checked(&page.text(), tom, "distant"), "{}", page.text());
}

/// The head closes the school today, on the page of the calendar.
async fn close_today(app: &TestApp) {
    let rule = [("label", "Crue"), ("mode", "no_school"), ("from", "2026-11-23"), ("to", "2026-11-23")];
    let mut grades: Vec<(&str, &str)> = rule.to_vec();
    grades.extend([("grades", "6e"), ("grades", "5e")]);
    let path = format!("/schools/{}/calendar/new", app.seed.school());
    app.actor(Who::Head).await.post_form(&path, &grades).await.expect(303);
}

#[tokio::test]
async fn a_roll_that_was_confirmed_before_a_closure_keeps_its_meaning() {
    let app = TestApp::start().await;
    let mut tx = app.store.write().await.unwrap();
    let later = app.seed.lesson_later();
    lessons::set_mode(&mut tx, later, LessonMode::OnSite, false, app.app.now()).await.unwrap();
    tx.commit().await.unwrap();
    let mut teacher = app.actor(Who::Teacher).await;
    call(&app, &mut teacher, "0", "absent", "present").await.expect(303);
    close_today(&app).await;
    app.clock.advance(minutes(21));
    assert_eq!(preau_web::jobs::remind_of_rolls(&app.app).await.unwrap(), 0, "of no other lesson that had begun");
    assert_eq!(preau_web::jobs::tell_of_absences(&app.app).await.unwrap(), 1, "an absence of the morning");
    // It may still be mended, and counts as before.
    let page = teacher.get(&roll_path(&app)).await.expect(200);
    assert!(!page.reads().contains("pas classe ce jour-là") && !page.reads().contains("La fermeture de ce jour"));
    call(&app, &mut teacher, "1", "absent", "late").await.expect(303);
    let mut school_life = app.actor(Who::SchoolLife).await;
    let board = school_life.get(&format!("/schools/{}/attendance", app.seed.school())).await.expect(200);
    let board = board.says("Martin Léa");
    assert!(!board.reads().contains("appels ne sont pas faits"), "{}", board.reads());
    school_life.get(&format!("/people/{}/attendance", app.seed.person(Who::Pupil))).await.says("Sans motif 1");
    // What comes after the closure is owed by nobody.
    app.clock.advance(Duration::from_secs(6 * 3_600));
    assert_eq!(preau_web::jobs::remind_of_rolls(&app.app).await.unwrap(), 0);
}

#[tokio::test]
async fn a_lesson_before_a_late_closure_counts_once_its_roll_is_called() {
    let app = TestApp::start().await;
    let mut tx = app.store.write().await.unwrap();
    let id = LessonId::new(app.app.now(), &mut SystemRng);
    let latin = lessons::NewLesson {
        id,
        school: app.seed.school(),
        subject_name: "Latin",
        room: "",
        starts_at: nine(&app).minus(minutes(60)),
        ends_at: nine(&app).minus(minutes(5)),
        groups: &[app.seed.class()],
        teachers: &[app.seed.person(Who::Teacher)],
        created_by: None,
        source: "hand",
    };
    lessons::create(&mut tx, &latin, app.app.now()).await.unwrap();
    for lesson in [id, app.seed.lesson_later()] {
        lessons::set_mode(&mut tx, lesson, LessonMode::OnSite, false, app.app.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    close_today(&app).await;
    app.clock.advance(minutes(21));
    assert_eq!(preau_web::jobs::remind_of_rolls(&app.app).await.unwrap(), 1, "of the one whose log is written");
    let mut teacher = app.actor(Who::Teacher).await;
    let path = format!("/lessons/{id}/roll");
    let page = teacher.get(&path).await.expect(200);
    page.says("La fermeture de ce jour a été saisie après le début de ce cours.");
    let lea = format!("s-{}", app.seed.person(Who::Pupil));
    teacher.post_form(&path, &[("version", "0"), (&lea, "absent")]).await.expect(303);
    let page = teacher.get(&path).await.expect(200);
    assert!(!page.reads().contains("La fermeture de ce jour"), "{}", page.reads());
    let mut school_life = app.actor(Who::SchoolLife).await;
    school_life.get(&format!("/people/{}/attendance", app.seed.person(Who::Pupil))).await.says("Sans motif 1");
}

#[tokio::test]
async fn a_roll_on_a_day_without_school_is_for_those_who_want_it() {
    let app = TestApp::start().await;
    rule(&app, "no_school").await;
    let mut tx = app.store.write().await.unwrap();
    for lesson in [app.seed.lesson_now(), app.seed.lesson_elsewhere()] {
        lessons::set_no_school(&mut tx, lesson, true).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut teacher = app.actor(Who::Teacher).await;
    let group = app.seed.class().to_string();
    let opened = teacher.post_form("/open", &[("group", &group), ("minutes", "30"), ("subject", "Aide")]).await;
    let path = format!("{}/roll", opened.expect(303).location());
    teacher.get("/attendance").await.expect(200).says("Aide, 6e\u{a0}B si vous voulez");
    teacher.get(&path).await.expect(200).says("Il n’y a pas classe ce jour-là.").says("Martin Léa").says("Petit Tom");
    app.clock.advance(minutes(21));
    assert_eq!(preau_web::jobs::remind_of_rolls(&app.app).await.unwrap(), 0, "nobody asks for it");

    let lea = format!("s-{}", app.seed.person(Who::Pupil));
    teacher.post_form(&path, &[("version", "0"), (&lea, "absent")]).await.expect(303);
    let page = teacher.get(&path).await.expect(200).says("Il n’y a pas classe ce jour-là.");
    assert!(checked(&page.text(), app.seed.person(Who::Pupil), "absent"), "it is kept");
    app.clock.advance(minutes(11));
    assert_eq!(preau_web::jobs::tell_of_absences(&app.app).await.unwrap(), 0, "an absence from nothing");
    let mut school_life = app.actor(Who::SchoolLife).await;
    let board = school_life.get(&format!("/schools/{}/attendance", app.seed.school())).await.expect(200);
    assert!(!board.reads().contains("appels ne sont pas faits") && !board.reads().contains("Martin Léa 6e"));
    school_life.get(&format!("/people/{}/attendance", app.seed.person(Who::Pupil))).await.says("Sans motif 0");
    // Its pupils have no roll to call, on this day or another.
    app.actor(Who::Pupil).await.get(&path).await.expect(403);
}

#[tokio::test]
async fn whoever_administers_a_territory_sees_which_schools_have_lost_whom_and_no_name() {
    let app = TestApp::start().await;
    app.clock.advance(Duration::from_secs(86_400));
    visit(&app, Who::Pupil, nine(&app), None).await;
    let tom = format!("/people/{}/follow-up", app.seed.person(Who::Classmate));
    let form = [("means", "visit"), ("result", "back"), ("note", "Vu sa mère")];
    app.actor(Who::Head).await.post_form(&tom, &form).await.leads_to(&tom);
    let mut tx = app.store.write().await.unwrap();
    let (territory, parent) = (app.seed.territory(), app.seed.person(Who::Parent));
    territories::give(&mut tx, parent, territory, None, app.app.now()).await.unwrap();
    tx.commit().await.unwrap();
    // A parent who also works for the rectorat.
    let mut client = app.actor(Who::Parent).await;
    let page = client.get(&format!("/territories/{territory}/not-reached")).await.expect(200);
    let page = page
        .says("Oraison 3 2 2 0 1")
        .says("Collège des Tilleuls Oraison 3 2 2 0 1")
        .says("Visite · joint, reprend les cours 1");
    for name in ["Petit", "Autre", "Vu sa mère"] {
        assert!(!page.reads().contains(name), "{}", page.reads());
    }
    let school = format!("/schools/{}/not-reached?days=3", app.seed.school());
    assert!(page.text().contains(&format!("href=\"{school}\"")));
    let page = client.get(&school).await.expect(200).says("Un élève a été suivi depuis").says("Visite");
    for name in ["Petit", "Autre", "Vu sa mère"] {
        assert!(!page.reads().contains(name), "{}", page.reads());
    }
    // Of a territory that is not theirs they learn nothing, and of a school elsewhere neither.
    let mut conn = app.store.read().await.unwrap();
    let region = territories::path(&mut conn, territory).await.unwrap().remove(0).id;
    drop(conn);
    client.get(&format!("/territories/{region}/not-reached")).await.expect(404);
    client.get(&format!("/schools/{}/not-reached", app.seed.other_school())).await.expect(404);
}
