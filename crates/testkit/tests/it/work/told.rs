//! Who is told of a correction.

use super::set;
use preau_school::RelationRights;
use preau_store::{notices, outbox, people};
use preau_testkit::{Options, TestApp, Who};

#[tokio::test]
async fn relatives_who_see_the_day_are_told_of_a_correction_once() {
    let app = TestApp::with(Options { mail: true, ..Options::default() }).await;
    let path = set(&app, &[]).await;
    let pupil = app.seed.person(Who::Pupil);
    // A father who is told of absences only.
    let mut tx = app.store.write().await.unwrap();
    let father = app.seed.person(Who::Stranger);
    people::relate(&mut tx, father, pupil, "father", "hand").await.unwrap();
    let rights = RelationRights { sees_attendance: true, ..RelationRights::NONE };
    assert!(people::change_rights(&mut tx, (father, pupil), RelationRights::ALL, rights).await.unwrap());
    tx.commit().await.unwrap();
    let mut teacher = app.actor(Who::Teacher).await;
    let copy = format!("{path}/pupils/{pupil}");
    for act in ["return", "take-back", "return"] {
        let version = teacher.get(&copy).await.hidden("version").unwrap();
        let form = [("version", version.as_str()), ("comment", "Très juste."), ("do", act)];
        teacher.post_files(&copy, &form, &[]).await.leads_to(&copy);
    }
    let mut conn = app.store.read().await.unwrap();
    let told = |all: Vec<notices::Notice>| {
        all.into_iter().filter(|it| it.kind.starts_with("work-returned")).map(|it| it.link).collect::<Vec<_>>()
    };
    let of = async |conn: &mut preau_store::Conn, person| told(notices::list(conn, person).await.unwrap());
    assert_eq!(of(&mut conn, pupil).await, [path]);
    assert_eq!(of(&mut conn, app.seed.person(Who::Parent)).await, std::slice::from_ref(&copy));
    assert!(of(&mut conn, father).await.is_empty());
    let mails = outbox::list(&mut conn).await.unwrap();
    let mut mails: Vec<_> = mails.iter().filter(|it| it.kind == "work").collect();
    mails.sort_by_key(|mail| mail.address.reveal().clone());
    let to: Vec<_> = mails.iter().map(|mail| mail.address.reveal().as_str()).collect();
    assert_eq!(to, ["anne.martin@exemple.fr", "lea.martin@exemple.fr"]);
    let body = mails[0].body.reveal();
    assert!(body.contains("Le travail de Léa Martin est corrigé") && body.contains(&format!("preau.example{copy}")));
    assert!(!body.contains("Très juste"), "what was said of it stays on the page");
    drop(conn);
    app.actor(Who::Parent).await.get("/").await.says("Le travail de Léa Martin est corrigé");
}

#[tokio::test]
async fn a_form_that_has_set_other_work_says_so_and_sets_a_second_one_when_it_is_sent_again() {
    let app = TestApp::start().await;
    let path = set(&app, &[]).await;
    let key = path.rsplit('/').next().unwrap().to_owned();
    let class = app.seed.class().to_string();
    let mut teacher = app.actor(Who::Teacher).await;
    let form = |title: &'static str, body: &'static str, key: &str| -> Vec<(&'static str, String)> {
        let ways = ["text", "files", "photos"].map(|way| ("ways", way.to_owned()));
        let own = [("group", class.clone()), ("title", title.to_owned()), ("body", body.to_owned())];
        let last = [("day", "2026-11-25".to_owned()), ("key", key.to_owned())];
        own.into_iter().chain(ways).chain(last).collect()
    };
    // Gone back in the browser: other words, another day, or the file left out.
    for (title, body, file) in [
        ("Carte du Rhin", "", Some("plan.png")),
        ("Carte du Nil", "Au crayon.", Some("plan.png")),
        ("Carte du Nil", "", None),
    ] {
        let fields = form(title, body, &key);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let files: Vec<(&str, &str, &[u8])> = file.iter().map(|name| ("file", *name, super::PNG)).collect();
        let told = teacher.post_files("/homework/new", &fields, &files).await.expect(409);
        let told = told.says("Ce formulaire a déjà donné le travail ci-dessous").says("Carte du Nil");
        assert!(told.text().contains(&format!("value=\"{title}\"")) && told.reads().contains(body), "{}", told.reads());
        assert_ne!(told.hidden("key").unwrap(), key);
    }
    let fields = form("Carte du Rhin", "", &key);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let told = teacher.post_files("/homework/new", &fields, &[]).await.expect(409);
    let fields = form("Carte du Rhin", "", &told.hidden("key").unwrap());
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    teacher.post_files("/homework/new", &fields, &[]).await.leads_to("/homework");
    teacher.get("/homework").await.says("Carte du Nil").says("Carte du Rhin");
    // Somebody else's work is nobody's key.
    let mut tx = app.store.write().await.unwrap();
    let class = app.seed.class();
    let head = app.seed.person(Who::Head);
    people::affiliate(&mut tx, head, app.seed.school(), preau_school::Profile::Teacher, "hand").await.unwrap();
    preau_store::groups::add_member(&mut tx, class, head, preau_school::MemberRole::Teacher, "", "hand").await.unwrap();
    tx.commit().await.unwrap();
    let answer = app.actor(Who::Head).await.post_files("/homework/new", &fields, &[]).await.expect(400);
    assert!(!answer.reads().contains("Rhin"));
}
