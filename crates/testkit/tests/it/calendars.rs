//! Timetables given to calendar programs, and taken from other timetable programs.

use jiff::civil::{Weekday, date, time};
use jiff::tz::TimeZone;
use preau_base::{GroupId, Instant, SeededRng, SeriesId};
use preau_school::calendar::{Grade, Mode};
use preau_school::timetable::{LessonMode, Recurrence};
use preau_school::{GroupKind, MemberRole};
use preau_store::bulk::{self, Value};
use preau_store::groups::{self, Group};
use preau_store::limits::PUBLISHED_MAX;
use preau_store::{calendars, lessons, notices, series};
use preau_testkit::{Client, TestApp, Who};
use preau_web::jobs::follow_calendars;
use std::time::Duration;

/// The address on the page that makes one.
fn address(page: &str) -> String {
    let (_, after) = page.split_once("/calendars/").expect("an address on the page");
    format!("/calendars/{}", after.split('"').next().unwrap_or_default())
}

async fn make(client: &mut Client, of: &str) -> String {
    let made = client.post_form("/calendars", &[("of", of), ("name", "téléphone")]).await.expect(200);
    address(&made.text())
}

#[tokio::test]
async fn a_parent_gives_a_childs_timetable_to_a_calendar_and_takes_it_back() {
    let app = TestApp::start().await;
    let child = app.seed.person(Who::Pupil).to_string();
    let mut parent = app.actor(Who::Parent).await;
    parent.get("/calendars").await.expect(200).says("Léa Martin");
    let address = make(&mut parent, &child).await;

    // The program has no cookie.
    let mut program = app.client();
    let first = program.get(&address).await.expect(200);
    assert_eq!(first.header("content-type"), "text/calendar; charset=utf-8");
    let text = first.text();
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n"), "{text}");
    assert!(text.contains("TZID:Europe/Paris") && text.contains("SUMMARY:Histoire-géographie"), "{text}");
    assert!(text.contains(&format!("UID:{}@preau", app.seed.lesson_now())), "{text}");
    assert!(!text.contains("Mathématiques"), "another class's lesson");

    // What has not changed is not sent again.
    let tag = first.header("etag").to_owned();
    let mut again = program.clone().with_header("if-none-match", &tag);
    let same = again.get(&address).await.expect(304);
    assert!(same.bytes.is_empty());

    let list = parent.get("/calendars").await.expect(200).says("téléphone").says("lue");
    assert!(!list.text().contains(&address), "it is shown once");
    let feed = list.hidden("feed").unwrap();
    app.actor(Who::Teacher).await.post_form("/calendars/revoke", &[("feed", &feed)]).await.expect(404);
    program.get(&address).await.expect(200);
    parent.post_form("/calendars/revoke", &[("feed", &feed)]).await.expect(303);
    program.get(&address).await.expect(404);
}

#[tokio::test]
async fn nobody_makes_an_address_of_somebody_elses_timetable() {
    let app = TestApp::start().await;
    let child = app.seed.person(Who::Pupil).to_string();
    for who in [Who::Classmate, Who::Teacher, Who::Stranger, Who::PlatformAdmin] {
        let mut client = app.actor(who).await;
        client.post_form("/calendars", &[("of", &child)]).await.expect(404);
    }
    let mut pupil = app.actor(Who::Pupil).await;
    let own = make(&mut pupil, "").await;
    app.client().get(&own).await.expect(200);
    app.client().get("/calendars/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/preau.ics").await.expect(404);
}

const EXPORT: &str = r#"<?xml version="1.0"?><EDT UAI="0931234X"><GrilleHoraire DureePlace="55">
<Place Numero="1" LibelleHeureDebut="08h05" LibelleHeureFin="09h00"/></GrilleHoraire>
<AnneeScolaire DatePremierJourSemaine1="2026-11-23"/>
<Matieres><Matiere Ident="M" Code="LAT" Libelle="Latin"/></Matieres>
<Professeurs><Professeur Ident="P" Nom="INCONNU" Prenom="Paul"/></Professeurs>
<Classes><Classe Ident="C" Nom="6EME B"/></Classes>
<Cours><Cours Jour="5" NumeroPlaceDebut="1" NombrePlaces="1"><Matiere Ident="M"/>
<Professeur Ident="P" Semaines="6"/><Classe Ident="C" Semaines="6"/></Cours>
<Cours Jour="8" NumeroPlaceDebut="1" NombrePlaces="1"/></Cours></EDT>"#;

async fn import(client: &mut Client, path: &str, apply: bool) -> preau_testkit::Answer {
    let token = client.csrf().await;
    let part = |head: &str, body: &str| format!("--x\r\ncontent-disposition: form-data; {head}\r\n\r\n{body}\r\n");
    let mut body = part("name=\"csrf\"", &token);
    body.push_str(&part("name=\"file\"; filename=\"edt.xml\"", EXPORT));
    if apply {
        body.push_str(&part("name=\"apply\"", "on"));
    }
    body.push_str("--x--\r\n");
    let kind = [("content-type", "multipart/form-data; boundary=x")];
    client.send(http::Method::POST, path, &kind, body.into_bytes()).await
}

#[tokio::test]
async fn a_timetable_is_tried_then_imported() {
    let app = TestApp::start().await;
    let path = format!("/schools/{}/timetable/import", app.seed.school());
    let mut head = app.actor(Who::Head).await;
    head.get(&path).await.expect(200).says("EDT").says("6e B");
    let mut pupil = app.actor(Who::Pupil).await;

    let tried = import(&mut head, &path, false).await.expect(200);
    let tried = tried.says("Rien n’a été changé").says("INCONNU Paul").says("Séances ajoutées\u{a0}: 2");
    tried.says("edt.xml, ligne 9\u{a0}: Jour vaut 8, alors qu’il va de 1 à 7");
    let week = pupil.get("/week?week=2026-W48").await.expect(200);
    assert!(!week.reads().contains("Latin"), "{}", week.reads());

    import(&mut head, &path, true).await.expect(200).says("L’emploi du temps est importé.");
    pupil.get("/week?week=2026-W48").await.expect(200).says("Latin");
    pupil.get("/week?week=2026-W49").await.expect(200).says("Latin");
    import(&mut pupil, &path, true).await.expect(403);
}

/// How a 3e of the school in the 04 has school on 3 May 2021, when the list of half groups matters.
async fn third_grade_in_may(app: &TestApp) -> Mode {
    let mut conn = app.store.read().await.unwrap();
    let calendar = calendars::of_school(&mut conn, app.seed.school()).await.unwrap();
    calendar.day(date(2021, 5, 3), Some(Grade::Third)).mode
}

/// What is sent when the half groups of the spring of 2021 are decided over this version.
fn form<'a>(version: &'a str, what: &'a str, codes: &[&'a str]) -> Vec<(&'a str, &'a str)> {
    let mut form = vec![("year", "2020"), ("list", "half_groups"), ("version", version), ("do", what)];
    form.extend(codes.iter().map(|code| ("departement", *code)));
    form
}

#[tokio::test]
async fn a_territory_decides_which_of_its_departements_are_on_a_list() {
    let app = TestApp::start().await;
    let mut platform = app.actor(Who::PlatformAdmin).await;
    let here = format!("/territories/{}", app.seed.territory());
    let lists = format!("{here}/lists");
    platform.get(&here).await.expect(200).says("Listes de départements");
    let page = platform.get(&lists).await.expect(200);
    let page = page.says("Demi-groupes en 4e et en 3e (mai 2021)").says("Comme dans le calendrier fourni.");
    assert_eq!(page.hidden("version").as_deref(), Some("0"));
    assert_eq!(third_grade_in_may(&app).await, Mode::OnSite);

    // Those of others stay as they are, whatever is sent.
    platform.post_form(&lists, &form("0", "decide", &["04", "13"])).await.leads_to(&lists);
    assert_eq!(third_grade_in_may(&app).await, Mode::HalfGroups);
    let mut conn = app.store.read().await.unwrap();
    let kept = calendars::around(&mut conn, app.seed.territory()).await.unwrap();
    assert_eq!(kept[0].decision.departements.iter().map(ToString::to_string).collect::<Vec<_>>(), ["04"]);
    drop(conn);
    let version = platform.get(&lists).await.expect(200).says("Décidé ici.").hidden("version").unwrap();
    assert_eq!(follow_calendars(&app.app).await.unwrap(), 1, "the one school of the département");
    assert_eq!(follow_calendars(&app.app).await.unwrap(), 0);

    // From an old page nothing is changed; whoever decides no longer leaves it to the calendar.
    platform.post_form(&lists, &form("0", "decide", &[])).await.leads_to(&lists);
    assert_eq!(third_grade_in_may(&app).await, Mode::HalfGroups);
    platform.get(&lists).await.says("Quelqu’un d’autre a décidé entre-temps.");
    platform.post_form(&lists, &form(&version, "follow", &[])).await.leads_to(&lists);
    assert_eq!(third_grade_in_may(&app).await, Mode::OnSite);
    platform.post_form(&lists, &[("year", "2020"), ("list", "snow"), ("version", "0")]).await.expect(400);

    // A territory's own administrator decides for it.
    let login = [("login", Who::Stranger.login()), ("do", "add")];
    platform.post_form(&format!("{here}/administrators"), &login).await.leads_to(&here);
    let mut regent = app.actor(Who::Stranger).await;
    regent.post_form(&lists, &form("0", "decide", &["04"])).await.leads_to(&lists);
    assert_eq!(third_grade_in_may(&app).await, Mode::HalfGroups);
}

/// Wednesday 28 April 2021, 9:00 in Paris.
const APRIL: Instant = Instant::from_secs(1_619_593_200);
const DAY: Duration = Duration::from_secs(86_400);

/// A class of the 3e with Léa in it, and its lessons on Mondays from 3 May 2021 on, published.
async fn mondays_of_a_third_grade(app: &TestApp, rng: &mut SeededRng) {
    let mut tx = app.store.write().await.unwrap();
    let (id, school) = (GroupId::new(APRIL, rng), app.seed.school());
    let group = Group { id, school_id: school, kind: GroupKind::Class, name: "3e A".to_owned() };
    groups::create(&mut tx, &group, "hand", APRIL).await.unwrap();
    groups::add_member(&mut tx, id, app.seed.person(Who::Pupil), MemberRole::Pupil, "", "hand").await.unwrap();
    let recurrence = Recurrence {
        weekday: Weekday::Monday,
        start: time(9, 0, 0, 0),
        end: time(9, 55, 0, 0),
        weeks: None,
        from: date(2021, 5, 3),
        to: date(2021, 7, 2),
    };
    let mondays = series::NewSeries {
        id: SeriesId::new(APRIL, rng),
        school,
        subject_name: "Histoire-géographie",
        room: "B 12",
        recurrence,
        groups: &[id],
        teachers: &[],
        by: None,
        source: "hand",
        external_id: "",
    };
    series::create(&mut tx, &mondays, APRIL).await.unwrap();
    let zone = TimeZone::get("Europe/Paris").unwrap();
    series::publish(&mut tx, school, &zone, (APRIL, APRIL), rng).await.unwrap();
    tx.commit().await.unwrap();
}

/// More than a school can publish, published nevertheless: from before the limit.
async fn a_timetable_that_is_too_large(app: &TestApp, rng: &mut SeededRng) {
    let mut tx = app.store.write().await.unwrap();
    let at = APRIL.as_millis();
    let mut row = || -> [Value; 15] {
        [
            SeriesId::new(APRIL, rng).uuid().into(),
            app.seed.school().uuid().into(),
            "Latin".into(),
            "C 1".into(),
            1_i64.into(),
            540_i64.into(),
            595_i64.into(),
            "2030-09-01".into(),
            "2031-09-30".into(),
            1_i64.into(),
            1_i64.into(),
            at.into(),
            "hand".into(),
            at.into(),
            at.into(),
        ]
    };
    // Nobody has written a calendar for that year: each has fifty lessons and more.
    let rows: Vec<_> = (0..PUBLISHED_MAX / 50).map(|_| row()).collect();
    bulk::insert(&mut tx, bulk::SERIES, &rows).await.unwrap();
    tx.commit().await.unwrap();
}

/// How the one lesson of 3 May 2021 takes place.
async fn lesson_in_may(app: &TestApp) -> Option<LessonMode> {
    let mut conn = app.store.read().await.unwrap();
    let (from, to) = (APRIL.plus(4 * DAY), APRIL.plus(6 * DAY));
    let found = lessons::of_school(&mut conn, app.seed.school(), None, from, to).await.unwrap();
    let [lesson] = found.as_slice() else { panic!("{} lessons", found.len()) };
    lesson.mode()
}

/// Kinds and first days of what somebody was told, the latest first.
async fn told(app: &TestApp, who: Who) -> Vec<(String, String)> {
    let mut conn = app.store.read().await.unwrap();
    let found = notices::list(&mut conn, app.seed.person(who)).await.unwrap();
    found.into_iter().map(|mut it| (it.kind, it.arguments.remove("first_day").unwrap_or_default())).collect()
}

#[tokio::test]
async fn lessons_follow_what_a_territory_decides_and_those_concerned_are_told() {
    let app = TestApp::start().await;
    app.clock.set(APRIL);
    mondays_of_a_third_grade(&app, &mut SeededRng::new(3)).await;
    let mut platform = app.actor(Who::PlatformAdmin).await;
    let lists = format!("/territories/{}/lists", app.seed.territory());
    assert_eq!(lesson_in_may(&app).await, Some(LessonMode::OnSite));

    platform.post_form(&lists, &form("0", "decide", &["04"])).await.leads_to(&lists);
    assert_eq!(lesson_in_may(&app).await, Some(LessonMode::OnSite), "the job does it");
    assert_eq!(follow_calendars(&app.app).await.unwrap(), 1);
    let mode = lesson_in_may(&app).await;
    assert!(matches!(mode, Some(LessonMode::Both(Some(_)))), "{mode:?}");
    let halves = ("calendar-half-groups".to_owned(), "2021-05-03".to_owned());
    for who in [Who::Pupil, Who::Parent, Who::Head] {
        assert_eq!(told(&app, who).await, std::slice::from_ref(&halves), "{who:?}");
    }
    assert!(told(&app, Who::PupilElsewhere).await.is_empty(), "the 5e have school as before");

    app.clock.advance(DAY);
    let version = platform.get(&lists).await.expect(200).hidden("version").unwrap();
    platform.post_form(&lists, &form(&version, "follow", &[])).await.leads_to(&lists);
    assert_eq!(follow_calendars(&app.app).await.unwrap(), 1);
    assert_eq!(lesson_in_may(&app).await, Some(LessonMode::OnSite));
    let back = ("calendar-on-site".to_owned(), "2021-05-03".to_owned());
    assert_eq!(told(&app, Who::Pupil).await, [back, halves]);
}

#[tokio::test]
async fn a_timetable_that_is_too_large_to_be_published_follows_all_the_same() {
    let app = TestApp::start().await;
    app.clock.set(APRIL);
    let mut rng = SeededRng::new(4);
    mondays_of_a_third_grade(&app, &mut rng).await;
    a_timetable_that_is_too_large(&app, &mut rng).await;
    let mut platform = app.actor(Who::PlatformAdmin).await;
    let lists = format!("/territories/{}/lists", app.seed.territory());
    platform.post_form(&lists, &form("0", "decide", &["04"])).await.leads_to(&lists);
    assert_eq!(follow_calendars(&app.app).await.unwrap(), 1);
    let mode = lesson_in_may(&app).await;
    assert!(matches!(mode, Some(LessonMode::Both(Some(_)))), "{mode:?}");
    assert_eq!(told(&app, Who::Pupil).await.len(), 1);
    assert_eq!(follow_calendars(&app.app).await.unwrap(), 0);

    // Its own head is told what has become of it.
    let mut head = app.actor(Who::Head).await;
    let calendar = format!("/schools/{}/calendar", app.seed.school());
    let new = [("label", "Crue"), ("from", "2021-05-03"), ("to", "2021-05-03"), ("mode", "distance")];
    let saved = head.post_form(&format!("{calendar}/new"), &new).await.expect(303);
    head.get(saved.location()).await.expect(200).says("trop de cours");
    assert_eq!(lesson_in_may(&app).await, Some(LessonMode::Distance));
}
