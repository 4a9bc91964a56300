//! A form that hands in a text and a file, cut off at every byte of it.

use axum::body::Body;
use http::Method;
use preau_base::HomeworkId;
use preau_store::files::{self, Place};
use preau_store::hand_ins;
use preau_testkit::{Answer, Client, TestApp, Who};
use std::io;

const BEFORE: &str = "Le texte d’avant";
const TEXT: &str = "La crue du Nil";
const FILE: &[u8] = b"\x89PNG\r\n\x1a\n\r\n--of-a-tes not the boundary\r\n";

fn form(token: &str, version: &str, kept: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in [("csrf", token), ("key", "cut"), ("version", version), ("body", TEXT), ("keep", kept)] {
        let part = format!("--of-a-test\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    body.extend(b"--of-a-test\r\nContent-Disposition: form-data; name=\"file\"; filename=\"page.png\"\r\n\r\n");
    body.extend(FILE);
    body.extend(b"\r\n--of-a-test--\r\n");
    body
}

/// Sends the first `cut` bytes, then the line is dead.
async fn send_cut(client: &mut Client, path: &str, form: &[u8], cut: usize) -> Answer {
    let broken = io::Error::from(io::ErrorKind::ConnectionReset);
    let end = if cut == form.len() { None } else { Some(Err(broken)) };
    let pieces = std::iter::once(Ok(form[..cut].to_vec())).chain(end);
    let kind = [("content-type", "multipart/form-data; boundary=of-a-test")];
    client.send_body(Method::POST, path, &kind, Body::from_stream(futures_util::stream::iter(pieces))).await
}

/// What is stored of the pupil: how much was handed in, the draft's text, version and files.
async fn stored(app: &TestApp, work: HomeworkId) -> (i64, String, i64, Vec<String>) {
    let mut conn = app.store.read().await.unwrap();
    let mine = hand_ins::of(&mut conn, work, app.seed.person(Who::Classmate)).await.unwrap().unwrap();
    let files = files::attached(&mut conn, Place::Draft(mine.id)).await.unwrap();
    let count = hand_ins::count(&mut conn, mine.id).await.unwrap();
    (count, mine.draft_body, mine.draft_version, files.into_iter().map(|file| file.name).collect())
}

#[tokio::test]
async fn wherever_a_form_is_cut_nothing_is_lost_and_nothing_is_half_handed_in() {
    let app = TestApp::start().await;
    let work = app.seed.work().homework;
    let path = format!("/homework/{work}");
    let mut pupil = app.actor(Who::Classmate).await;
    let before: [(&str, &str, &[u8]); 1] = [("file", "avant.txt", b"une page")];
    pupil.post_files(&format!("{path}/draft"), &[("body", BEFORE)], &before).await.expect(303);
    let kept = pupil.get(&path).await.hidden("keep").unwrap();
    let token = pupil.csrf().await;
    let whole = form(&token, "99", &kept);
    // Behind the last boundary nothing is missing any more.
    let end = whole.len() - "--\r\n".len();
    for cut in 0..end {
        let (_, _, version, _) = stored(&app, work).await;
        let form = form(&token, &version.to_string(), &kept);
        let cut = cut.min(form.len() - "--\r\n".len() - 1);
        let answer = send_cut(&mut pupil, &format!("{path}/hand-in"), &form, cut).await;
        assert!(
            [400, 403, 409, 422].contains(&answer.status.as_u16()),
            "cut at {cut}: {} {}",
            answer.status,
            answer.reads()
        );
        let (handed, text, _, files) = stored(&app, work).await;
        assert_eq!(handed, 0, "cut at {cut}");
        assert!([BEFORE, TEXT].contains(&text.as_str()), "cut at {cut} the draft became “{text}”");
        assert_eq!(files, ["avant.txt"], "cut at {cut}");
    }
    let (_, _, version, _) = stored(&app, work).await;
    let whole = form(&token, &version.to_string(), &kept);
    let mut receipts = Vec::new();
    for _ in 0..2 {
        let done = send_cut(&mut pupil, &format!("{path}/hand-in"), &whole, whole.len()).await.expect(303);
        receipts.push(done.location().to_owned());
    }
    assert_eq!(receipts[0], receipts[1]);
    assert_eq!(stored(&app, work).await.0, 1);
    let page = pupil.get(&receipts[0]).await.says(TEXT).says("avant.txt").says("page.png").text();
    let paths: Vec<_> = page.split('"').filter(|part| part.contains("/files/")).collect();
    let mut found = false;
    for path in &paths {
        found |= pupil.get(path).await.expect(200).bytes == FILE;
    }
    assert!(found, "the file came whole: {paths:?}");
}
