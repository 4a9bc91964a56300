//! Documents of a live class: from an upload to the board, and their pages to those who are in.

use http::Method;
use preau_base::{RecordingId, SystemRng};
use preau_school::InClass;
use preau_store::recordings;
use preau_testkit::{Answer, Client, TestApp, Who};
use preau_web::ForBoard;

const SOUND: &[u8] = include_bytes!("../../../pages/tests/corpus/browser.pdf");
const ENCRYPTED: &[u8] = include_bytes!("../../../pages/tests/corpus/encrypted-aes256.pdf");

/// Sends a file, and gives the id under which it is kept.
async fn upload(client: &mut Client, bytes: &[u8]) -> String {
    let token = client.csrf().await;
    let length = bytes.len().to_string();
    let name = ("upload-metadata", "filename Y291cnMucGRm");
    let begin = [("x-csrf", token.as_str()), ("tus-resumable", "1.0.0"), ("upload-length", length.as_str()), name];
    let path = client.send(Method::POST, "/uploads", &begin, Vec::new()).await.expect(201).location().to_owned();
    let kind = ("content-type", "application/offset+octet-stream");
    let all = [("x-csrf", token.as_str()), ("tus-resumable", "1.0.0"), ("upload-offset", "0"), kind];
    client.send(Method::PATCH, &path, &all, bytes.to_vec()).await.expect(204);
    path.rsplit('/').next().unwrap().to_owned()
}

/// How a file stands when it is made, or is not.
async fn outcome(client: &mut Client, path: &str) -> serde_json::Value {
    loop {
        let answer: Answer = client.get(path).await;
        let told: serde_json::Value = serde_json::from_str(&answer.text()).unwrap();
        if told["state"] != "making" {
            return told;
        }
        tokio::task::yield_now().await;
    }
}

fn enter(app: &TestApp, who: Who, leads: bool, may_draw: bool) {
    app.classes.set(app.seed.lesson_now(), app.seed.person(who), Some(InClass { leads, may_draw }));
}

#[tokio::test]
async fn a_document_comes_to_the_board_and_its_pages_to_those_who_are_in() {
    let app = TestApp::start().await;
    let lesson = app.seed.lesson_now();
    let of = |what: &str| format!("/lessons/{lesson}/{what}");
    let mut teacher = app.actor(Who::Teacher).await;
    let mut pupil = app.actor(Who::Pupil).await;
    let mut classmate = app.actor(Who::Classmate).await;
    enter(&app, Who::Teacher, true, true);
    enter(&app, Who::Pupil, false, false);

    let keep = upload(&mut teacher, SOUND).await;
    teacher.post_form(&of("documents"), &[("keep", &keep)]).await.expect(202);
    let told = outcome(&mut teacher, &of(&format!("documents/{keep}"))).await;
    assert_eq!(
        (told["state"].as_str(), told["pages"].as_u64(), told["on_board"].as_bool()),
        (Some("ready"), Some(1), Some(true))
    );
    let file = told["file"].as_str().unwrap().to_owned();
    let boards = app.classes.boards();
    let name = "cours.pdf".to_owned();
    let expect = ForBoard::Document { file: file.parse().unwrap(), name, pages: 1 };
    assert_eq!(boards, [(lesson, app.seed.person(Who::Teacher), expect)]);

    // Who is in sees it, large and small; who is not, or no longer, does not, but its teacher.
    let page = of(&format!("documents/{file}/0"));
    let large = pupil.get(&page).await.expect(200);
    let small = pupil.get(&format!("{page}?small")).await.expect(200);
    assert_eq!(large.header("content-type"), "image/png");
    assert!(large.header("cache-control").starts_with("private,") && large.bytes.starts_with(b"\x89PNG"));
    assert!(!small.bytes.is_empty() && small.bytes.len() < large.bytes.len() / 2);
    pupil.get(&of(&format!("documents/{file}/1"))).await.expect(404);
    pupil.get(&format!("/lessons/{}/documents/{file}/0", app.seed.lesson_later())).await.expect(404);
    classmate.get(&page).await.expect(404);
    // Nor does who is in, but in another group than the one on whose board it is.
    enter(&app, Who::Classmate, false, false);
    classmate.get(&page).await.expect(200);
    app.classes.hide(app.seed.person(Who::Classmate), file.parse().unwrap());
    for part in ["", "?small", "?words"] {
        classmate.get(&format!("{page}{part}")).await.expect(404);
    }
    pupil.get(&page).await.expect(200);
    app.classes.set(lesson, app.seed.person(Who::Pupil), None);
    pupil.get(&page).await.expect(404);
    app.classes.set(lesson, app.seed.person(Who::Teacher), None);
    teacher.get(&page).await.expect(200);

    // Asked for again it is not made again.
    enter(&app, Who::Teacher, true, true);
    teacher.post_form(&of("documents"), &[("keep", &keep)]).await;
    let again = outcome(&mut teacher, &of(&format!("documents/{keep}"))).await;
    assert_eq!(again["file"].as_str(), Some(file.as_str()));
}

#[tokio::test]
async fn a_recording_gives_the_documents_that_it_shows_and_no_others() {
    let app = TestApp::start().await;
    let lesson = app.seed.lesson_now();
    let of = |what: &str| format!("/lessons/{lesson}/{what}");
    let mut teacher = app.actor(Who::Teacher).await;
    enter(&app, Who::Teacher, true, true);
    let keep = upload(&mut teacher, SOUND).await;
    teacher.post_form(&of("documents"), &[("keep", &keep)]).await;
    let told = outcome(&mut teacher, &of(&format!("documents/{keep}"))).await;
    let file = told["file"].as_str().unwrap();

    let page = of(&format!("recordings/1/documents/{file}/0"));
    let mut pupil = app.actor(Who::Pupil).await;
    for part in ["", "?small", "?words"] {
        pupil.get(&format!("{page}{part}")).await.expect(404);
        teacher.get(&format!("{page}{part}")).await.expect(404);
    }
    let mut tx = app.store.write().await.unwrap();
    let recording = recordings::by_number(&mut tx, lesson, 1, app.app.now()).await.unwrap().unwrap();
    recordings::add_document(&mut tx, recording.id, file.parse().unwrap()).await.unwrap();
    // Another recording of the same lesson, in which it is not.
    recordings::begin(&mut tx, RecordingId::new(app.app.now(), &mut SystemRng), lesson, app.app.now()).await.unwrap();
    tx.commit().await.unwrap();
    pupil.get(&page).await.expect(200);
    pupil.get(&of(&format!("recordings/2/documents/{file}/0"))).await.expect(404);
    pupil.get(&of("recordings/2")).await.expect(200);
    app.actor(Who::Parent).await.get(&page).await.expect(404);
}

#[tokio::test]
async fn each_file_is_its_senders_and_a_bad_one_says_why() {
    let app = TestApp::start().await;
    let of = |what: &str| format!("/lessons/{}/{what}", app.seed.lesson_now());
    let mut teacher = app.actor(Who::Teacher).await;
    let mut pupil = app.actor(Who::Pupil).await;
    enter(&app, Who::Teacher, true, true);
    enter(&app, Who::Pupil, false, true);
    for (bytes, fault, words) in [
        (ENCRYPTED, "encrypted", "protégé par un mot de passe"),
        (b"%PDF-1.7 nothing", "damaged", "abîmé"),
        (b"a text", "unknown", "ni un PDF ni une image"),
    ] {
        let keep = upload(&mut teacher, bytes).await;
        teacher.post_form(&of("documents"), &[("keep", &keep)]).await;
        let told = outcome(&mut teacher, &of(&format!("documents/{keep}"))).await;
        assert_eq!((told["state"].as_str(), told["fault"].as_str()), (Some("failed"), Some(fault)));
        assert!(told["text"].as_str().unwrap().contains(words), "{told}");
        // Neither does somebody else learn of it, nor use it.
        pupil.get(&of(&format!("documents/{keep}"))).await.expect(404);
        let place = [("keep", keep.as_str()), ("deck", "1"), ("page", "0"), ("x", "0"), ("y", "0"), ("width", "100")];
        pupil.post_form(&of("pictures"), &place).await.expect(400);
    }
    assert!(app.classes.boards().is_empty());
}

#[tokio::test]
async fn a_pupil_who_may_draw_adds_pictures_and_no_documents() {
    let app = TestApp::start().await;
    let of = |what: &str| format!("/lessons/{}/{what}", app.seed.lesson_now());
    let mut pupil = app.actor(Who::Pupil).await;
    enter(&app, Who::Pupil, false, true);
    let keep = upload(&mut pupil, SOUND).await;
    pupil.post_form(&of("documents"), &[("keep", &keep)]).await.expect(403);
    let place = [("keep", keep.as_str()), ("deck", "3"), ("page", "2"), ("x", "100"), ("y", "-50"), ("width", "1600")];
    pupil.post_form(&of("pictures"), &place).await.expect(202);
    outcome(&mut pupil, &of(&format!("documents/{keep}"))).await;
    let boards = app.classes.boards();
    let Some((_, _, ForBoard::Picture { deck, page, from, to, .. })) = boards.first() else { panic!("{boards:?}") };
    // A sheet of A4: as wide as was asked, and as high as it is.
    assert_eq!((*deck, *page, *from, to.0), (3, 2, (100, -50), 1_700));
    assert!((2_200..2_225).contains(&to.1), "{to:?}");
    enter(&app, Who::Pupil, false, false);
    pupil.post_form(&of("pictures"), &place).await.expect(403);
}
