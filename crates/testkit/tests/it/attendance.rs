//! Rolls, absences, those who were not reached, children on site, notices and mails.

mod days;
mod declaring;

use preau_base::{Instant, PersonId, SystemRng, VisitId};
use preau_school::{LessonRole, MemberRole, Profile};
use preau_store::attendance::Settings;
use preau_store::outbox::State;
use preau_store::{absences, attendance, audit, failed_tries, groups, lessons, notices, outbox, people, rolls, visits};
use preau_testkit::{Client, Options, TestApp, Who};
use std::time::Duration;

fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

/// 9:00 of the seeded day.
fn nine(app: &TestApp) -> Instant {
    app.app.now().minus(minutes(12))
}

async fn visit(app: &TestApp, who: Who, from: Instant, to: Option<Instant>) {
    let mut tx = app.store.write().await.unwrap();
    let id = VisitId::new(from, &mut SystemRng);
    let role = if who == Who::Teacher { LessonRole::Teacher } else { LessonRole::Pupil };
    visits::join(&mut tx, id, app.seed.lesson_now(), app.seed.person(who), role, from).await.unwrap();
    if let Some(to) = to {
        visits::leave(&mut tx, id, to).await.unwrap();
    }
    tx.commit().await.unwrap();
}

fn roll_path(app: &TestApp) -> String {
    format!("/lessons/{}/roll", app.seed.lesson_now())
}

fn checked(page: &str, person: PersonId, status: &str) -> bool {
    page.contains(&format!("name=\"s-{person}\" value=\"{status}\" checked"))
}

/// Confirms the roll with this of Léa and Tom.
async fn call(app: &TestApp, client: &mut Client, version: &str, lea: &str, tom: &str) -> preau_testkit::Answer {
    let (one, two) = (app.seed.person(Who::Pupil), app.seed.person(Who::Classmate));
    let (one, two) = (format!("s-{one}"), format!("s-{two}"));
    client.post_form(&roll_path(app), &[("version", version), (&one, lea), (&two, tom)]).await
}

#[tokio::test]
async fn the_roll_is_filled_from_the_class_and_confirmed_by_the_teacher() {
    let app = TestApp::start().await;
    let (lea, tom) = (app.seed.person(Who::Pupil), app.seed.person(Who::Classmate));
    let mut teacher = app.actor(Who::Teacher).await;
    let page = teacher.get(&roll_path(&app)).await.expect(200).says("Tous les élèves sont proposés présents");
    assert!(checked(&page.text(), lea, "present") && checked(&page.text(), tom, "present"));

    visit(&app, Who::Teacher, nine(&app), None).await;
    visit(&app, Who::Pupil, nine(&app).plus(minutes(8)), None).await;
    let page = teacher.get(&roll_path(&app)).await.expect(200).says("Proposé d’après les entrées");
    let page = page.says("entré à 9\u{a0}h\u{a0}08");
    assert!(checked(&page.text(), lea, "late") && checked(&page.text(), tom, "absent"), "{}", page.text());
    assert!(
        page.text().contains(&format!(
            "name=\"m-{lea}\" inputmode=\"numeric\" maxlength=\"3\" autocomplete=\"off\" value=\"8\""
        ))
    );

    let mut tx = app.store.write().await.unwrap();
    failed_tries::note(&mut tx, tom, app.app.now(), "room").await.unwrap();
    tx.commit().await.unwrap();
    let page = teacher.get(&roll_path(&app)).await.expect(200).says("a essayé d’entrer sans y parvenir");
    assert!(checked(&page.text(), tom, "no_connection"));

    call(&app, &mut teacher, "0", "distant", "absent").await.leads_to(&roll_path(&app));
    let page =
        teacher.get(&roll_path(&app)).await.says("L’appel est enregistré").says("Appel confirmé par Mme Fontaine");
    assert!(checked(&page.text(), lea, "distant") && checked(&page.text(), tom, "absent"));
}

#[tokio::test]
async fn a_class_that_was_closed_early_makes_nobody_absent() {
    let app = TestApp::start().await;
    let (lea, tom) = (app.seed.person(Who::Pupil), app.seed.person(Who::Classmate));
    let from = nine(&app).plus(minutes(2));
    let to = from.plus(minutes(3));
    visit(&app, Who::Teacher, from, Some(to)).await;
    visit(&app, Who::Pupil, from.plus(minutes(1)), Some(to)).await;
    let mut tx = app.store.write().await.unwrap();
    lessons::close(&mut tx, app.seed.lesson_now(), to).await.unwrap();
    tx.commit().await.unwrap();
    let page = app.actor(Who::Teacher).await.get(&roll_path(&app)).await.expect(200).text();
    assert!(checked(&page, lea, "distant") && checked(&page, tom, "absent"), "{page}");
}

#[tokio::test]
async fn a_second_tab_is_told_and_loses_nothing() {
    let app = TestApp::start().await;
    let mut teacher = app.actor(Who::Teacher).await;
    let mut school_life = app.actor(Who::SchoolLife).await;
    call(&app, &mut teacher, "0", "present", "absent").await.expect(303);
    call(&app, &mut teacher, "0", "present", "absent").await.expect(303);
    let page = call(&app, &mut school_life, "0", "present", "late").await.expect(409);
    let page = page.says("modifié entre-temps").says("Enregistré\u{a0}: Absent");
    assert!(checked(&page.text(), app.seed.person(Who::Classmate), "late"), "what was chosen stays");
    assert_eq!(page.hidden("version").as_deref(), Some("1"));
    call(&app, &mut school_life, "1", "present", "late").await.expect(303);
    let mut conn = app.store.read().await.unwrap();
    let log = audit::list(&mut conn, Some(app.seed.school()), i64::MAX).await.unwrap();
    let entry = log.iter().find(|row| row.action == "roll.change").expect("it is in the log");
    assert!(entry.actor == "julie.moreau" && entry.detail.contains("absent > late"), "{entry:?}");
    assert_eq!(rolls::by_lesson(&mut conn, app.seed.lesson_now()).await.unwrap().unwrap().version, 2);
    drop(conn);
    // A day later the teacher leaves it to school life.
    app.clock.advance(Duration::from_secs(26 * 3_600));
    teacher.get(&roll_path(&app)).await.expect(403);
    school_life.get(&roll_path(&app)).await.expect(200);
}

#[tokio::test]
async fn families_are_told_of_an_absence_once_and_give_the_reason() {
    let app = TestApp::with(Options { mail: true, ..Options::default() }).await;
    let mut teacher = app.actor(Who::Teacher).await;
    call(&app, &mut teacher, "0", "absent", "no_connection").await.expect(303);
    assert_eq!(preau_web::jobs::tell_of_absences(&app.app).await.unwrap(), 0, "the teacher may still mend it");
    app.clock.advance(minutes(11));
    assert_eq!(preau_web::jobs::tell_of_absences(&app.app).await.unwrap(), 1);
    assert_eq!(preau_web::jobs::tell_of_absences(&app.app).await.unwrap(), 0, "once");
    let mut conn = app.store.read().await.unwrap();
    let [mail] = &outbox::list(&mut conn).await.unwrap()[..] else { panic!("one mail, and none for Tom") };
    drop(conn);
    assert_eq!((mail.address.reveal().as_str(), mail.state()), ("anne.martin@exemple.fr", State::Waiting));
    assert_eq!(mail.subject.reveal(), "Absence de Léa Martin");
    let pupil = app.seed.person(Who::Pupil);
    assert!(mail.body.reveal().contains(&format!("https://preau.example/people/{pupil}/attendance")));

    let mut parent = app.actor(Who::Parent).await;
    parent.get("/").await.says("Léa Martin a été noté absent aujourd’hui, le matin");
    let path = format!("/people/{pupil}/attendance");
    parent.get(&path).await.expect(200).says("Sans motif").says("Donner un motif");
    let declare = format!("/people/{pupil}/absences/new");
    parent.get(&format!("{declare}?half=2026-11-23-am")).await.expect(200).says("Absence de Léa Martin");
    let form = [
        ("first", "2026-11-23"),
        ("first-half", "am"),
        ("last", "2026-11-23"),
        ("last-half", "am"),
        ("reason", "health"),
        ("detail", "Fièvre <b>forte</b>"),
    ];
    parent.post_form(&declare, &form).await.leads_to(&path);
    let page = parent.get(&path).await.says("L’absence est déclarée").says("Motif à examiner");
    assert!(!page.text().contains("<b>forte"), "what people write is text");
    assert!(page.reads().contains("Fièvre"), "whoever wrote it reads it again");
    // What a parent tells school life in confidence is not for the child, nor for the other parent.
    let page = app.actor(Who::Pupil).await.get(&path).await.expect(200).says("Motif à examiner");
    assert!(!page.reads().contains("Fièvre"), "read by the child");
    let mut wrong = form;
    wrong[2] = ("last", "2026-11-22");
    parent.post_form(&declare, &wrong).await.expect(422).says("La fin doit suivre le début");

    let mut school_life = app.actor(Who::SchoolLife).await;
    let board = format!("/schools/{}/attendance", app.seed.school());
    let page = school_life.get(&board).await.expect(200).says("Motifs à examiner").says("Martin Léa");
    let page = page.says("Santé (à examiner)").says("Fièvre").says("N’ont pas pu se connecter").says("Petit Tom");
    let id = page.text().split("/absences/").nth(2).unwrap().split('/').next().unwrap().to_owned();
    let decide = format!("/absences/{id}/decide");
    school_life.post_form(&decide, &[("do", "accept")]).await.leads_to(&board);
    parent.get(&path).await.says("Avec motif");
    parent.get("/notices").await.says("Le motif d’absence de Léa Martin (aujourd’hui) est accepté");
    // The teacher learns that it was announced, and nothing of why.
    let page = teacher.get(&roll_path(&app)).await.says("absence annoncée");
    assert!(!page.reads().contains("Santé") && !page.reads().contains("Fièvre"));
}

#[tokio::test]
async fn whoever_could_not_connect_is_never_absent_without_a_reason() {
    let app = TestApp::start().await;
    let mut teacher = app.actor(Who::Teacher).await;
    call(&app, &mut teacher, "0", "no_connection", "absent").await.expect(303);
    app.clock.advance(minutes(11));
    preau_web::jobs::tell_of_absences(&app.app).await.unwrap();
    let path = |who| format!("/people/{}/attendance", app.seed.person(who));
    let mut school_life = app.actor(Who::SchoolLife).await;
    let lea =
        school_life.get(&path(Who::Pupil)).await.expect(200).says("Sans motif 0").says("N’a pas pu se connecter 1");
    assert!(!lea.reads().contains("noté absent"));
    school_life.get(&path(Who::Classmate)).await.says("Sans motif 1");
    let mut conn = app.store.read().await.unwrap();
    assert!(notices::list(&mut conn, app.seed.person(Who::Parent)).await.unwrap().is_empty());
}

#[tokio::test]
async fn relatives_see_their_own_children_and_as_far_as_they_may() {
    let app = TestApp::start().await;
    let (lea, tom) = (app.seed.person(Who::Pupil), app.seed.person(Who::Classmate));
    let mut parent = app.actor(Who::Parent).await;
    for path in [format!("/people/{tom}/attendance"), format!("/people/{tom}/absences/new")] {
        parent.get(&path).await.expect(404);
    }
    parent.get("/attendance").await.leads_to(&format!("/people/{lea}/attendance"));
    app.actor(Who::Pupil).await.get(&format!("/people/{lea}/absences/new")).await.expect(403);
    let mut tx = app.store.write().await.unwrap();
    people::unrelate(&mut tx, app.seed.person(Who::Parent), lea).await.unwrap();
    people::relate(&mut tx, app.seed.person(Who::Parent), lea, "contact", "hand").await.unwrap();
    tx.commit().await.unwrap();
    parent.get(&format!("/people/{lea}/attendance")).await.expect(404);
    let mut teacher = app.actor(Who::Teacher).await;
    call(&app, &mut teacher, "0", "absent", "absent").await.expect(303);
    app.clock.advance(minutes(11));
    assert_eq!(preau_web::jobs::tell_of_absences(&app.app).await.unwrap(), 0, "somebody to call is told nothing");
}

#[tokio::test]
async fn a_child_in_two_schools_has_two_registers() {
    let app = TestApp::start().await;
    let lea = app.seed.person(Who::Pupil);
    let mut tx = app.store.write().await.unwrap();
    people::affiliate(&mut tx, lea, app.seed.other_school(), Profile::Pupil, "hand").await.unwrap();
    let stranger = app.seed.person(Who::Stranger);
    people::affiliate(&mut tx, stranger, app.seed.other_school(), Profile::SchoolLife, "hand").await.unwrap();
    tx.commit().await.unwrap();
    call(&app, &mut app.actor(Who::Teacher).await, "0", "absent", "present").await.expect(303);
    let path = format!("/people/{lea}/attendance");
    let mut theirs = app.actor(Who::Stranger).await;
    let page = theirs.get(&path).await.expect(200).says("Aucune demi-journée manquée");
    assert!(!page.reads().contains("Histoire"), "{}", page.reads());
    let ours = app.actor(Who::SchoolLife).await.get(&path).await.says("Histoire-géographie");
    assert!(!ours.reads().contains("Lycée des Acacias"));
    app.actor(Who::Parent).await.get(&path).await.says("Collège des Tilleuls").says("Lycée des Acacias");
}

#[tokio::test]
async fn an_export_holds_no_formula_and_no_more_than_a_month() {
    let app = TestApp::start().await;
    let lea = app.seed.person(Who::Pupil);
    let mut tx = app.store.write().await.unwrap();
    people::set_names(&mut tx, lea, ("", "Léa;x", "=HYPERLINK(\"http://x\")"), None, app.app.now()).await.unwrap();
    tx.commit().await.unwrap();
    call(&app, &mut app.actor(Who::Teacher).await, "0", "absent", "late").await.expect(303);
    let mut school_life = app.actor(Who::SchoolLife).await;
    let path = format!("/schools/{}/attendance.csv", app.seed.school());
    let file = school_life.get(&path).await.expect(200);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(file.header("content-disposition").contains("attendance-2026-11-23-2026-11-23.csv"));
    let text = file.text();
    assert!(text.starts_with("\u{feff}Jour;Demi-journée;Heure;Cours;Classe;Nom;Prénom;Présence;Minutes;Motif\r\n"));
    let row =
        "2026-11-23;matin;09:00;Histoire-géographie;6e B;\"'=HYPERLINK(\"\"http://x\"\")\";\"Léa;x\";Absent;;\r\n";
    assert!(text.contains(row), "{text}");
    school_life.get(&format!("{path}?from=2026-11-01&to=2026-12-01")).await.expect(200);
    for bad in ["?from=2026-11-01&to=2026-12-02", "?from=2026-11-02&to=2026-11-01", "?from=x"] {
        school_life.get(&format!("{path}{bad}")).await.expect(400);
    }
}

#[tokio::test]
async fn a_forgotten_roll_is_remembered() {
    let app = TestApp::start().await;
    assert_eq!(preau_web::jobs::remind_of_rolls(&app.app).await.unwrap(), 0);
    app.clock.advance(minutes(9));
    assert_eq!(preau_web::jobs::remind_of_rolls(&app.app).await.unwrap(), 1, "5e C has no teacher to be told");
    assert_eq!(preau_web::jobs::remind_of_rolls(&app.app).await.unwrap(), 0);
    let mut teacher = app.actor(Who::Teacher).await;
    let home =
        teacher.get("/").await.says("L’appel n’est pas fait\u{a0}: Histoire-géographie, 6e B").says("Faire l’appel");
    let notice = home.text().split("name=\"notice\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let mut other = app.actor(Who::Head).await;
    other.post_form("/notices/read", &[("notice", &notice)]).await.leads_to("/notices");
    teacher.get("/").await.says("L’appel n’est pas fait");
    teacher.post_form("/notices/read", &[("notice", &notice)]).await.leads_to(&roll_path(&app));
    assert!(!teacher.get("/").await.reads().contains("L’appel n’est pas fait"));
    let board = format!("/schools/{}/attendance", app.seed.school());
    other.get(&board).await.says("2 appels ne sont pas faits").says("Mme Fontaine").says("Mathématiques");
}

#[tokio::test]
async fn those_who_were_not_reached_are_followed_up() {
    let app = TestApp::start().await;
    app.clock.advance(Duration::from_secs(86_400));
    visit(&app, Who::Pupil, nine(&app), None).await;
    let mut head = app.actor(Who::Head).await;
    let path = format!("/schools/{}/not-reached", app.seed.school());
    let page = head.get(&path).await.expect(200).says("Petit Tom").says("Autre Max").says("jamais vu en cours");
    assert!(!page.reads().contains("Martin Léa"));
    let page = head.get(&format!("{path}?class={}&days=2", app.seed.class())).await.expect(200).says("Petit Tom");
    assert!(!page.reads().contains("Autre Max"));
    let tom = format!("/people/{}/follow-up", app.seed.person(Who::Classmate));
    let form = [("means", "phone"), ("result", "no_answer"), ("note", "Répondeur")];
    head.post_form(&tom, &form).await.leads_to(&tom);
    head.get(&tom).await.says("Téléphone").says("sans réponse").says("Répondeur").says("M. Roux");
    head.get(&path).await.says("aujourd’hui · Téléphone · sans réponse");
    // Whoever only manages accounts gets numbers.
    let page = app.actor(Who::Administrator).await.get(&path).await.expect(200).says("6e\u{a0}B");
    assert!(!page.reads().contains("Petit"), "{}", page.reads());
}

#[tokio::test]
async fn children_on_site_are_in_the_register_of_the_day() {
    let app = TestApp::start().await;
    let mut tx = app.store.write().await.unwrap();
    let settings = Settings { on_site_places: 1, ..Settings::default() };
    assert!(attendance::change_settings(&mut tx, app.seed.school(), &Settings::default(), &settings).await.unwrap());
    tx.commit().await.unwrap();
    let mut teacher = app.actor(Who::Teacher).await;
    let path = format!("/schools/{}/on-site", app.seed.school());
    teacher.get(&path).await.expect(200).says("0 sur 1 places").says("Aucun enfant inscrit");
    teacher.get(&format!("{path}?q=petit")).await.says("Petit Tom");
    let tom = app.seed.person(Who::Classmate).to_string();
    let day = format!("{path}?day=2026-11-23");
    let form = [("day", "2026-11-23"), ("pupil", tom.as_str()), ("note", "mère infirmière"), ("do", "receive")];
    teacher.post_form(&path, &form).await.leads_to(&day);
    teacher.get(&path).await.says("1 sur 1 places").says("Petit Tom").says("mère infirmière").says("Mme Fontaine");
    teacher.get(&path).await.says("Toutes les places sont prises");
    teacher.post_form(&path, &[("day", "2026-11-23"), ("pupil", &tom), ("do", "out")]).await.leads_to(&day);
    teacher.get(&path).await.says("Aucun enfant inscrit");
}

#[tokio::test]
async fn mails_are_shown_whole_in_a_demonstration_only() {
    for demo in [true, false] {
        let app = TestApp::with(Options { demo, mail: true, ..Options::default() }).await;
        call(&app, &mut app.actor(Who::Teacher).await, "0", "absent", "present").await.expect(303);
        app.clock.advance(minutes(11));
        preau_web::jobs::tell_of_absences(&app.app).await.unwrap();
        let page = app.actor(Who::PlatformAdmin).await.get("/admin/mails").await.expect(200).says("Un courriel attend");
        assert_eq!(page.reads().contains("Absence de Léa Martin"), demo);
        assert_eq!(page.reads().contains("anne.martin@exemple.fr"), demo);
    }
}

#[tokio::test]
async fn a_mail_that_was_given_up_is_shown_and_tried_again() {
    let app = TestApp::with(Options { mail: true, ..Options::default() }).await;
    call(&app, &mut app.actor(Who::Teacher).await, "0", "absent", "present").await.expect(303);
    app.clock.advance(minutes(11));
    preau_web::jobs::tell_of_absences(&app.app).await.unwrap();
    let mut tx = app.store.write().await.unwrap();
    let due = outbox::claim(&mut tx, 9, app.app.now()).await.unwrap();
    assert!(outbox::mark_failed(&mut tx, &due[0], "refused", true, app.app.now()).await.unwrap());
    tx.commit().await.unwrap();
    let mut admin = app.actor(Who::PlatformAdmin).await;
    let page =
        admin.get("/admin/mails").await.expect(200).says("refusé par le serveur de messagerie").says("Anne Martin");
    assert!(!page.reads().contains("anne.martin@exemple.fr"), "whose address it is, not which");
    let mail = page.hidden("mail").expect("one to try again");
    for times in 0..2 {
        admin.post_form("/admin/mails", &[("mail", &mail)]).await.leads_to("/admin/mails");
        let mut tx = app.store.write().await.unwrap();
        assert_eq!(outbox::claim(&mut tx, 9, app.app.now()).await.unwrap().len(), 1 - times, "once");
        tx.commit().await.unwrap();
    }
    let mut conn = app.store.read().await.unwrap();
    let log = audit::list(&mut conn, None, i64::MAX).await.unwrap();
    assert_eq!(log.iter().filter(|row| row.action == "mail.retry").count(), 1);
}

#[tokio::test]
async fn a_family_turns_a_kind_of_mail_off() {
    let app = TestApp::with(Options { mail: true, ..Options::default() }).await;
    let mut parent = app.actor(Who::Parent).await;
    parent.post_form("/notices/mails", &[("mail", "lesson")]).await.leads_to("/notices");
    call(&app, &mut app.actor(Who::Teacher).await, "0", "absent", "present").await.expect(303);
    app.clock.advance(minutes(11));
    preau_web::jobs::tell_of_absences(&app.app).await.unwrap();
    let mut conn = app.store.read().await.unwrap();
    assert_eq!(outbox::waiting(&mut conn).await.unwrap(), 0);
    drop(conn);
    parent.get("/notices").await.says("Léa Martin a été noté absent");
}

#[tokio::test]
async fn a_pupil_who_left_the_class_stays_in_its_old_rolls() {
    let app = TestApp::start().await;
    let mut school_life = app.actor(Who::SchoolLife).await;
    call(&app, &mut school_life, "0", "absent", "present").await.expect(303);
    let mut tx = app.store.write().await.unwrap();
    let lea = app.seed.person(Who::Pupil);
    groups::remove_member(&mut tx, app.seed.class(), lea, MemberRole::Pupil).await.unwrap();
    tx.commit().await.unwrap();
    school_life.get(&roll_path(&app)).await.expect(200).says("Martin Léa");
    call(&app, &mut school_life, "1", "late", "present").await.expect(303);
    let mut conn = app.store.read().await.unwrap();
    let kept = rolls::entries(&mut conn, app.seed.lesson_now()).await.unwrap();
    assert_eq!(kept.len(), 2);
    assert!(absences::undecided(&mut conn, app.seed.school()).await.unwrap().len() == 1, "the seed's own");
}
