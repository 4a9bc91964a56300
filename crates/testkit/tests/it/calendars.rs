//! Timetables given to calendar programs, and taken from other timetable programs.

use preau_testkit::{Client, TestApp, Who};

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
<Professeur Ident="P" Semaines="6"/><Classe Ident="C" Semaines="6"/></Cours></Cours></EDT>"#;

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
    tried.says("Rien n’a été changé").says("INCONNU Paul").says("Séances ajoutées\u{a0}: 2");
    let week = pupil.get("/week?week=2026-W48").await.expect(200);
    assert!(!week.reads().contains("Latin"), "{}", week.reads());

    import(&mut head, &path, true).await.expect(200).says("L’emploi du temps est importé.");
    pupil.get("/week?week=2026-W48").await.expect(200).says("Latin");
    pupil.get("/week?week=2026-W49").await.expect(200).says("Latin");
    import(&mut pupil, &path, true).await.expect(403);
}
