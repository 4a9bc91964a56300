//! The lesson log, as teachers, pupils, relatives, the head and an inspector use it.

mod visa;

use preau_base::{LessonId, SeededRng};
use preau_store::lessons::{self, NewLesson};
use preau_store::{groups, people};
use preau_testkit::{Answer, Client, Options, PASSWORD, TestApp, Who};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

async fn lesson_at(app: &TestApp, number: u64, group: preau_base::GroupId, subject: &str, after: Duration) -> LessonId {
    let id = LessonId::new(app.app.now(), &mut SeededRng::new(number));
    let starts_at = app.app.now().plus(after);
    let mut tx = app.store.write().await.unwrap();
    let lesson = NewLesson {
        id,
        school: app.seed.school(),
        subject_name: subject,
        room: "",
        starts_at,
        ends_at: starts_at.plus(HOUR),
        groups: &[group],
        teachers: &[app.seed.person(Who::Teacher)],
        created_by: None,
        source: "hand",
    };
    lessons::create(&mut tx, &lesson, app.app.now()).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// Everything that the form of a page would send, with some fields filled in otherwise.
fn filled<'a>(page: &'a Answer, own: &[(&'static str, &'a str)]) -> Vec<(&'static str, String)> {
    let mut fields: Vec<(&'static str, String)> = Vec::new();
    for name in ["version", "key"] {
        fields.extend(page.hidden(name).map(|value| (name, value)));
    }
    fields.extend(own.iter().map(|(name, value)| (*name, (*value).to_owned())));
    fields
}

async fn send(client: &mut Client, path: &str, fields: &[(&'static str, String)]) -> Answer {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    client.post_form(path, &fields).await
}

async fn from_writing_to_reading(options: Options) {
    let app = TestApp::with(options).await;
    let next = lesson_at(&app, 1, app.seed.class(), "Éducation civique", Duration::from_secs(3 * 86_400)).await;
    let mut teacher = app.actor(Who::Teacher).await;
    let path = format!("/lessons/{}/log", app.seed.lesson_later());
    let form = teacher.get(&format!("{path}/write")).await.expect(200).says("le prochain cours (jeudi 26");
    let text = "Lecture :\n- 第一 <script>alert(1)</script>\n- مدرسة https://example.org/a?b=1&c=\"x\"\n\n& Œuvre";
    let fields = filled(
        &form,
        &[
            ("body", text),
            ("note", "à moi seule"),
            ("work", "Apprendre <b>l’article 1</b>"),
            ("work_body", ""),
            ("for", "next"),
            ("minutes", "30"),
            ("test", "yes"),
        ],
    );
    // First a draft: nobody else knows of it.
    let with = |deed: &str| [fields.clone(), vec![("do", deed.to_owned())]].concat();
    send(&mut teacher, &format!("{path}/write"), &with("draft")).await.leads_to(&path);
    teacher.get(&path).await.says("brouillon").says("Travail prévu");
    let mut pupil = app.actor(Who::Pupil).await;
    pupil.get(&path).await.expect(404);
    assert!(!pupil.get("/log").await.reads().contains("Lecture"));

    let form = teacher.get(&format!("{path}/write")).await.expect(200);
    let fields = filled(
        &form,
        &[
            ("body", text),
            ("note", "à moi seule"),
            ("work", "Apprendre <b>l’article 1</b>"),
            ("for", "next"),
            ("minutes", "30"),
            ("test", "yes"),
            ("do", "publish"),
        ],
    );
    // Sent three times, as an impatient hand does: one entry, one piece of work.
    for _ in 0..3 {
        send(&mut teacher, &format!("{path}/write"), &fields).await.leads_to(&path);
    }
    for who in [Who::Pupil, Who::Parent, Who::Head, Who::SchoolLife] {
        let page = app.actor(who).await.get(&path).await.expect(200).says("第一").says("jeudi 26").says("Contrôle");
        let html = page.text();
        assert!(!html.contains("<script>alert") && !html.contains("<b>l’article"), "{who:?}: {html}");
        assert!(
            html.contains("href=\"https://example.org/a?b=1&#38;c=\" rel=\"noopener noreferrer nofollow\""),
            "{html}"
        );
        assert!(!page.reads().contains("à moi seule"), "{who:?} reads the private note");
    }
    teacher.get(&path).await.says("à moi seule");
    let child = format!("/people/{}/log", app.seed.person(Who::Pupil));
    app.actor(Who::Parent).await.get("/log").await.leads_to(&child);
    let page = app.actor(Who::Parent).await.get(&child).await.expect(200).says("مدرسة").says("La crue du Nil");
    assert_eq!(page.text().matches("Apprendre &#60;b&#62;").count(), 1);
    let civics = pupil.get("/log?subject=%C3%89ducation%20civique").await.says("第一");
    assert!(!civics.reads().contains("La crue du Nil"));
    let load = teacher.get(&format!("/groups/{}/load", app.seed.class())).await.says("Jeudi 26").says("pleine");
    assert!(load.reads().contains("Exposé") && load.text().contains("&#60;b&#62;"), "{}", load.reads());
    let mut conn = app.store.read().await.unwrap();
    assert!(preau_store::log::of_lesson(&mut conn, next).await.unwrap().is_none());
}

#[tokio::test]
async fn what_a_teacher_writes_is_read_by_the_class_and_nobody_else() {
    from_writing_to_reading(Options::default()).await;
}

#[tokio::test]
async fn what_a_teacher_writes_is_read_by_the_class_and_nobody_else_on_postgres() {
    from_writing_to_reading(Options { postgres: true, ..Options::default() }).await;
}

#[tokio::test]
async fn of_two_tabs_the_second_is_told_and_sees_both_texts() {
    let app = TestApp::start().await;
    let mut teacher = app.actor(Who::Teacher).await;
    let path = format!("/lessons/{}/log", app.seed.lesson_now());
    let write = format!("{path}/write");
    let (one, two) = (teacher.get(&write).await, teacher.get(&write).await);
    send(&mut teacher, &write, &filled(&one, &[("body", "Du premier onglet"), ("do", "publish")]))
        .await
        .leads_to(&path);
    let second = filled(&two, &[("body", "Du second onglet"), ("note", "ma note"), ("do", "publish")]);
    let told = send(&mut teacher, &write, &second).await.expect(409).says("Du premier onglet").says("rien n’est perdu");
    assert!(told.text().contains("Du second onglet</textarea>") && told.text().contains("ma note</textarea>"));
    // The same again is refused again; sent from the page that shows both, it is kept, and the other text too.
    send(&mut teacher, &write, &second).await.expect(409);
    send(&mut teacher, &write, &filled(&told, &[("body", "Les deux"), ("do", "publish")])).await.leads_to(&path);
    teacher.get(&path).await.says("Les deux").says("Versions précédentes").says("Du premier onglet");
    let pupil = app.actor(Who::Pupil).await.get(&path).await.says("Les deux").reads();
    assert!(!pupil.contains("Du premier onglet"), "{pupil}");
}

#[tokio::test]
async fn a_session_that_ends_before_the_save_loses_nothing() {
    let app = TestApp::start().await;
    let mut teacher = app.actor(Who::Teacher).await;
    let path = format!("/lessons/{}/log", app.seed.lesson_now());
    let write = format!("{path}/write");
    let form = teacher.get(&write).await;
    let old_token = form.hidden("csrf").unwrap();
    let body = "Un long texte « tapé » pendant l’heure,\nqui ne doit pas se perdre.";
    teacher.post_form("/sign-out", &[]).await;
    let mut fields = filled(&form, &[("body", body), ("do", "publish")]);
    fields.insert(0, ("csrf", old_token));
    let bare: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let kept = teacher.post_form_bare(&write, &bare).await.expect(401).says("Rien n’est perdu").says("qui ne doit pas");
    assert_eq!(kept.hidden("body").as_deref(), Some(body));

    // Signed in again in another tab, and sent from the page that has kept it: once more with the good token.
    teacher.sign_in(Who::Teacher.login(), PASSWORD).await.leads_to("/");
    let mut again = filled(&kept, &[("body", body), ("do", "publish")]);
    again.insert(0, ("csrf", kept.hidden("csrf").unwrap()));
    let bare: Vec<_> = again.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let kept = teacher.post_form_bare(&write, &bare).await.expect(403).says("n’est pas encore enregistré");
    let good = filled(&kept, &[("body", &kept.hidden("body").unwrap()), ("do", "publish")])
        .into_iter()
        .chain([("csrf", kept.hidden("csrf").unwrap())])
        .collect::<Vec<_>>();
    let bare: Vec<_> = good.iter().map(|(name, value)| (*name, value.as_str())).collect();
    teacher.post_form_bare(&write, &bare).await.leads_to(&path);
    app.actor(Who::Pupil).await.get(&path).await.says("qui ne doit pas se perdre.");
    // From elsewhere nothing is shown at all.
    let mut foreign = teacher.clone().with_header("origin", "https://evil.example");
    assert!(!foreign.post_form_bare(&write, &bare).await.expect(403).reads().contains("Un long texte"));
}

#[tokio::test]
async fn a_visa_closes_the_text_but_not_what_comes_after() {
    let app = TestApp::start().await;
    let (mut teacher, mut head) = (app.actor(Who::Teacher).await, app.actor(Who::Head).await);
    let path = format!("/lessons/{}/log", app.seed.lesson_now());
    let open_form = teacher.get(&format!("{path}/write")).await;
    app.clock.advance(HOUR);
    let school = format!("/schools/{}/log", app.seed.school());
    let page = head.get(&school).await.says("6e B").says("Mme Fontaine").says("1 à viser");
    let seen = page.hidden("seen").unwrap();
    let class = app.seed.class().to_string();
    head.get(&format!("{school}/entries?group={class}")).await.says("La crue du Nil").says("Viser 1 séance");

    // What the head has not seen is not signed.
    app.clock.advance(HOUR);
    send(
        &mut teacher,
        &format!("{path}/write"),
        &filled(&open_form, &[("body", "La crue et le limon."), ("do", "publish")]),
    )
    .await
    .leads_to(&path);
    let visa = [("group", class.as_str()), ("from", "2026-11-01"), ("to", "2026-11-30"), ("seen", seen.as_str())];
    head.post_form(&format!("{school}/visa"), &visa).await.expect(303);
    head.get(&format!("{school}?from=2026-11-01&to=2026-11-30")).await.says("1 à viser");
    let seen = head.get(&school).await.hidden("seen").unwrap();
    let visa = [("group", class.as_str()), ("from", "2026-11-01"), ("to", "2026-11-30"), ("seen", seen.as_str())];
    let form = teacher.get(&format!("{path}/write")).await;
    head.post_form(&format!("{school}/visa"), &visa).await.expect(303);
    head.get(&school).await.says("tout est visé");

    // A teacher who was writing is told, and keeps the text to add it.
    let late = filled(&form, &[("body", "Une correction tardive"), ("do", "publish")]);
    let told = send(&mut teacher, &format!("{path}/write"), &late).await.expect(409).says("visée");
    assert!(told.text().contains("Une correction tardive</textarea>"));
    teacher.get(&format!("{path}/write")).await.leads_to(&path);
    let addition = filled(&told, &[("body", "Une correction tardive")]);
    for _ in 0..2 {
        send(&mut teacher, &format!("{path}/add"), &addition).await.leads_to(&path);
    }
    let page = app.actor(Who::Parent).await.get(&path).await.says("La crue et le limon.").says("M. Roux");
    assert_eq!(page.reads().matches("Une correction tardive").count(), 1);
    let file = app.seed.log().file.to_string();
    teacher.post_form(&format!("{path}/files/remove"), &[("file", &file)]).await.expect(403);
}

#[tokio::test]
async fn an_entry_has_files_for_its_readers() {
    let app = TestApp::start().await;
    let mut teacher = app.actor(Who::Teacher).await;
    let path = format!("/lessons/{}/log", app.seed.lesson_now());
    let token = teacher.get(&path).await.hidden("csrf").unwrap();
    let boundary = "b";
    let body = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n--{boundary}\r\nContent-Disposition: \
         form-data; name=\"files\"; filename=\"piège.html\"\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>\r\n--{boundary}--\r\n"
    );
    let kind = format!("multipart/form-data; boundary={boundary}");
    let headers = [("content-type", kind.as_str())];
    teacher.send(http::Method::POST, &format!("{path}/files"), &headers, body.into_bytes()).await.leads_to(&path);
    let mut pupil = app.actor(Who::Pupil).await;
    let page = pupil.get(&path).await.says("piège.html").says("nil.txt");
    let text = page.text();
    let link = text.split("href=\"").find(|rest| rest.starts_with("/lessons/") && rest.contains("/log/files/"));
    assert!(link.is_some());
    let file = pupil.get(&format!("{path}/files/{}", app.seed.log().file)).await.expect(200);
    assert_eq!(file.text(), "Le Nil");
    assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let file = app.seed.log().file.to_string();
    teacher.post_form(&format!("{path}/files/remove"), &[("file", &file)]).await.leads_to(&path);
    pupil.get(&format!("{path}/files/{file}")).await.expect(404);
}

#[tokio::test]
async fn an_inspector_reads_what_the_head_has_opened_for_as_long_as_it_is_open() {
    let app = TestApp::start().await;
    let mut head = app.actor(Who::Head).await;
    let readings = format!("/schools/{}/log/readings", app.seed.school());
    let inspector = app.seed.person(Who::Stranger);
    let form = head.get(&format!("{readings}/new")).await.expect(200);
    let teacher = app.seed.person(Who::Teacher).to_string();
    let fields = filled(&form, &[("reader", Who::Stranger.login()), ("teacher", &teacher), ("until", "2026-11-25")]);
    send(&mut head, &format!("{readings}/new"), &fields).await.expect(422).says("n’a cet identifiant ici");
    // Invited to the school as a guest.
    let mut tx = app.store.write().await.unwrap();
    people::affiliate(&mut tx, inspector, app.seed.school(), preau_school::Profile::Guest, "hand").await.unwrap();
    tx.commit().await.unwrap();
    for _ in 0..2 {
        send(&mut head, &format!("{readings}/new"), &fields).await.leads_to(&readings);
    }
    let list = head.get(&readings).await.says("Ève Ailleurs").says("Mme Fontaine");
    assert_eq!(list.reads().matches("Ève Ailleurs").count(), 2, "a line and the name of its button");
    let path = format!("/log/readings/{}", form.hidden("key").unwrap());
    let mut guest = app.actor(Who::Stranger).await;
    guest.get("/log").await.says("Mme Fontaine");
    guest.get(&path).await.expect(200).says("La crue du Nil").says("6e\u{a0}B");
    let entry = format!("/lessons/{}/log", app.seed.lesson_now());
    guest.get(&entry).await.expect(200);
    guest.get(&format!("{entry}/write")).await.expect(404);
    guest.get(&format!("/groups/{}/log", app.seed.class())).await.expect(404);
    app.clock.advance(Duration::from_secs(3 * 86_400));
    guest.get(&path).await.expect(404);
    guest.get(&entry).await.expect(404);
}

#[tokio::test]
async fn a_year_is_archived_once_and_fetched_by_those_who_wrote_it() {
    let app = TestApp::start().await;
    let mut head = app.actor(Who::Head).await;
    let school = format!("/schools/{}/log", app.seed.school());
    let count = |page: &Answer| page.reads().matches("SHA-256").count();
    let before = count(&head.get(&school).await);
    for _ in 0..2 {
        head.post_form(&format!("{school}/archives"), &[("year", "2026")]).await.leads_to(&school);
    }
    let page = head.get(&school).await;
    assert_eq!(count(&page), before + 1, "the same log is archived once");
    head.post_form(&format!("{school}/archives"), &[("year", "1999")]).await.expect(400);
    let text = page.text();
    let ids: Vec<_> = text.split("/log/archives/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let id = ids.iter().find(|id| **id != app.seed.log().archive.to_string() && id.len() == 36).unwrap();
    let file = app.actor(Who::Teacher).await.get(&format!("/log/archives/{id}")).await.expect(200);
    let page = file.text();
    assert!(page.contains("La crue du Nil.") && page.contains("2026-2027"), "{page}");
    assert!(page.contains("Lundi 23\u{a0}novembre 2026"), "{page}");
    assert!(file.headers["content-disposition"].to_str().unwrap().contains("cahier-de-textes-6eb-2026-2027.html"));
    // The page names the attached file with its hash, and the file itself comes beside it.
    assert!(page.contains("Fichiers joints") && page.contains("SHA-256"), "{page}");
    let zip = app.actor(Who::Teacher).await.get(&format!("/log/archives/{id}/files")).await.expect(200);
    assert_eq!(zip.header("content-type"), "application/zip");
    let files = zip::ZipArchive::new(std::io::Cursor::new(zip.bytes)).unwrap();
    let names: Vec<_> = files.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert!(matches!(&names[..], [one] if one.starts_with("2026-11-23 09h00 Histoire-géographie/")), "{names:?}");
}

#[tokio::test]
async fn a_progression_fills_the_next_lessons_and_serves_again() {
    let app = TestApp::start().await;
    let mut teacher = app.actor(Who::Teacher).await;
    let day = Duration::from_secs(86_400);
    let first = lesson_at(&app, 11, app.seed.class(), "Histoire-géographie", day).await;
    let second = lesson_at(&app, 12, app.seed.class(), "Histoire-géographie", day * 2).await;
    let plan = format!("/progressions/{}", app.seed.log().progression);
    let form = teacher.get(&plan).await.says("Le Nil");
    let step =
        filled(&form, &[("title", "Les pyramides"), ("body", "Un < deux"), ("work", "Croquis"), ("minutes", "15")]);
    for _ in 0..2 {
        send(&mut teacher, &format!("{plan}/steps"), &step).await.leads_to(&plan);
    }
    let class = app.seed.class().to_string();
    for _ in 0..2 {
        teacher.post_form(&format!("{plan}/apply"), &[("group", &class)]).await.expect(303);
    }
    let write = teacher.get(&format!("/lessons/{second}/log/write")).await.expect(200);
    assert!(write.text().contains("Un &#60; deux</textarea>") && write.text().contains("value=\"Croquis\""));
    teacher.get(&format!("/lessons/{first}/log")).await.says("Le Nil").says("brouillon");
    app.actor(Who::Pupil).await.get(&format!("/lessons/{first}/log")).await.expect(404);
    teacher.get(&plan).await.says("Mardi 24");

    let key = teacher.get(&plan).await.hidden("key").unwrap();
    let copy = format!("/progressions/{key}");
    for _ in 0..2 {
        teacher.post_form(&plan, &[("do", "copy"), ("key", &key)]).await.leads_to(&copy);
    }
    let copied = teacher.get(&copy).await.says("(copie)").says("2 séances");
    assert!(!copied.reads().contains("Mardi 24"), "a copy was given to nobody");
    let key = teacher.get("/progressions").await.hidden("key").unwrap();
    let from_log =
        [("key", key.as_str()), ("title", "Refaire"), ("subject", "Histoire-géographie"), ("group", class.as_str())];
    teacher.post_form("/progressions", &from_log).await.leads_to(&format!("/progressions/{key}"));
    teacher.get(&format!("/progressions/{key}")).await.says("La crue du Nil.").says("1 séance");
    teacher.post_form(&plan, &[("do", "remove")]).await.leads_to("/progressions");
    teacher.get(&format!("/lessons/{second}/log")).await.expect(200);
}

#[tokio::test]
async fn an_entry_is_copied_to_a_parallel_class() {
    let app = TestApp::start().await;
    let mut tx = app.store.write().await.unwrap();
    let (group, teacher) = (app.seed.other_class(), app.seed.person(Who::Teacher));
    groups::add_member(&mut tx, group, teacher, preau_school::MemberRole::Teacher, "HIST-GEO", "hand").await.unwrap();
    tx.commit().await.unwrap();
    let there = lesson_at(&app, 21, group, "Histoire-géographie", HOUR).await;
    let mut teacher = app.actor(Who::Teacher).await;
    let path = format!("/lessons/{}/log", app.seed.lesson_now());
    teacher.get(&path).await.says("Copier dans une autre classe").says("5e\u{a0}C");
    let (to, write) = (there.to_string(), format!("/lessons/{there}/log/write"));
    for _ in 0..2 {
        teacher.post_form(&format!("{path}/copy"), &[("to", &to)]).await.leads_to(&write);
    }
    assert!(teacher.get(&write).await.text().contains("La crue du Nil.</textarea>"));
    let foreign = app.seed.lesson_elsewhere().to_string();
    teacher.post_form(&format!("{path}/copy"), &[("to", &foreign)]).await.expect(403);
}

#[tokio::test]
async fn the_longest_texts_fit_and_longer_ones_come_back() {
    let app = TestApp::start().await;
    let mut teacher = app.actor(Who::Teacher).await;
    let write = format!("/lessons/{}/log/write", app.seed.lesson_later());
    let (most, more) = ("語".repeat(8_000), "語".repeat(8_001));
    let form = teacher.get(&write).await;
    let refused = send(&mut teacher, &write, &filled(&form, &[("body", &more), ("do", "publish")])).await.expect(422);
    assert!(refused.text().contains(&more), "what was typed stays");
    let fields = filled(
        &form,
        &[("body", &most), ("note", "x"), ("work", "y"), ("for", "day"), ("due", "31/02/2026"), ("do", "publish")],
    );
    send(&mut teacher, &write, &fields).await.expect(422).says("jour");
    send(&mut teacher, &write, &filled(&form, &[("body", &most), ("do", "publish")])).await.expect(303);
    send(&mut teacher, &write, &filled(&form, &[("body", ""), ("do", "publish")])).await.expect(422);
}
