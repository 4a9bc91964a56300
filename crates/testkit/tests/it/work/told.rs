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
    assert!(people::set_rights(&mut tx, father, pupil, rights).await.unwrap());
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
