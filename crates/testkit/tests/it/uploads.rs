//! Resumable uploads, as a browser on a bad network sends them.

use axum::body::Body;
use futures_util::StreamExt as _;
use http::Method;
use preau_testkit::{Answer, Client, TestApp, Who};
use std::time::Duration;

const GIF: &[u8] = b"GIF89a, a very small picture of the delta";

async fn create(client: &mut Client, bytes: usize, name: &str) -> String {
    let token = client.csrf().await;
    let length = bytes.to_string();
    let headers =
        [("x-csrf", token.as_str()), ("tus-resumable", "1.0.0"), ("upload-length", &length), ("upload-metadata", name)];
    client.send(Method::POST, "/uploads", &headers, Vec::new()).await.expect(201).location().to_owned()
}

async fn patch(client: &mut Client, path: &str, offset: usize, bytes: &[u8], more: &[(&str, &str)]) -> Answer {
    let token = client.csrf().await;
    let offset = offset.to_string();
    let mut headers = vec![
        ("x-csrf", token.as_str()),
        ("tus-resumable", "1.0.0"),
        ("upload-offset", &offset),
        ("content-type", "application/offset+octet-stream"),
    ];
    headers.extend(more);
    client.send(Method::PATCH, path, &headers, bytes.to_vec()).await
}

async fn offset(client: &mut Client, path: &str) -> usize {
    let answer = client.send(Method::HEAD, path, &[("tus-resumable", "1.0.0")], Vec::new()).await.expect(200);
    answer.header("upload-offset").parse().unwrap()
}

/// The file of a finished upload, as its owner gets it back.
async fn read_back(app: &TestApp, client: &mut Client, path: &str) -> Answer {
    let id = path.rsplit('/').next().unwrap();
    client.get(&format!("/homework/{}/drafts/{id}", app.seed.work().homework)).await.expect(200)
}

#[tokio::test]
async fn an_upload_that_is_cut_at_any_byte_goes_on_there() {
    let app = TestApp::start().await;
    let mut pupil = app.actor(Who::Pupil).await;
    for cut in 1..GIF.len() {
        let path = create(&mut pupil, GIF.len(), "filename w6l0w6kuZ2lm").await;
        patch(&mut pupil, &path, 0, &GIF[..cut], &[]).await.expect(204);
        // The machine is another one, or the same after a restart: what it knows is in the database and in the folder.
        let (_, machine) = app.second_machine();
        let mut after = machine;
        after.sign_in(Who::Pupil.login(), preau_testkit::PASSWORD).await;
        assert_eq!(offset(&mut after, &path).await, cut);
        patch(&mut after, &path, 0, GIF, &[]).await.expect(409);
        patch(&mut after, &path, cut, &GIF[cut..], &[]).await.expect(204);
        assert_eq!(offset(&mut pupil, &path).await, GIF.len());
        let file = read_back(&app, &mut pupil, &path).await;
        assert_eq!((file.bytes.as_slice(), file.header("content-type")), (GIF, "image/gif"));
        assert!(file.header("content-disposition").contains("filename*=UTF-8''%C3%A9t%C3%A9.gif"));
        // Only uploads that are not finished count.
        app.clock.advance(Duration::from_secs(1));
    }
}

#[tokio::test]
async fn a_checksum_keeps_broken_bytes_out() {
    let app = TestApp::start().await;
    let mut pupil = app.actor(Who::Pupil).await;
    let path = create(&mut pupil, 11, "filename YS50eHQ=").await;
    let sum = [("upload-checksum", "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=")];
    patch(&mut pupil, &path, 0, b"hello worlD", &sum).await.expect(460);
    assert_eq!(offset(&mut pupil, &path).await, 0);
    patch(&mut pupil, &path, 0, b"hello world", &[("upload-checksum", "md5 xyz")]).await.expect(400);
    patch(&mut pupil, &path, 0, b"hello world", &sum).await.expect(204);
    assert_eq!(read_back(&app, &mut pupil, &path).await.bytes, b"hello world");
}

#[tokio::test]
async fn what_breaks_the_protocol_is_refused() {
    let app = TestApp::start().await;
    let mut pupil = app.actor(Who::Pupil).await;
    let options = pupil.send(Method::OPTIONS, "/uploads", &[], Vec::new()).await.expect(204);
    assert_eq!((options.header("tus-version"), options.header("tus-max-size")), ("1.0.0", "104857600"));
    assert_eq!(options.header("tus-extension"), "creation,expiration,checksum,termination");
    let token = pupil.csrf().await;
    let base = [("x-csrf", token.as_str()), ("tus-resumable", "1.0.0")];
    for (length, status) in [("0", 400), ("-1", 400), ("", 400), ("104857601", 413), ("1e9", 400)] {
        let mut headers = base.to_vec();
        headers.push(("upload-length", length));
        pupil.send(Method::POST, "/uploads", &headers, Vec::new()).await.expect(status);
    }
    let old = [("x-csrf", token.as_str()), ("tus-resumable", "0.2.2"), ("upload-length", "5")];
    pupil.send(Method::POST, "/uploads", &old, Vec::new()).await.expect(412);
    let path = create(&mut pupil, 5, "filename YS50eHQ=").await;
    patch(&mut pupil, &path, 0, b"longer than five", &[]).await.expect(413);
    assert_eq!(offset(&mut pupil, &path).await, 0);
    let plain = [
        ("x-csrf", token.as_str()),
        ("tus-resumable", "1.0.0"),
        ("upload-offset", "0"),
        ("content-type", "text/plain"),
    ];
    pupil.send(Method::PATCH, &path, &plain, b"x".to_vec()).await.expect(415);
    // No token, no bytes: a page of another site cannot send them either.
    let bare =
        [("tus-resumable", "1.0.0"), ("upload-offset", "0"), ("content-type", "application/offset+octet-stream")];
    pupil.send(Method::PATCH, &path, &bare, b"x".to_vec()).await.expect(403);
    assert_eq!(offset(&mut pupil, &path).await, 0);
    let gone = [("x-csrf", token.as_str()), ("tus-resumable", "1.0.0")];
    pupil.send(Method::DELETE, &path, &gone, Vec::new()).await.expect(204);
    pupil.send(Method::HEAD, &path, &gone, Vec::new()).await.expect(404);
}

#[tokio::test]
async fn uploads_are_bounded_and_expire() {
    let app = TestApp::start().await;
    let mut other = app.actor(Who::Classmate).await;
    let token = other.csrf().await;
    let headers = [("x-csrf", token.as_str()), ("tus-resumable", "1.0.0"), ("upload-length", "5")];
    for _ in 0..20 {
        other.send(Method::POST, "/uploads", &headers, Vec::new()).await.expect(201);
    }
    other.send(Method::POST, "/uploads", &headers, Vec::new()).await.expect(429);
    app.clock.advance(Duration::from_secs(24 * 3_600 + 1));
    let path = create(&mut other, 5, "filename YS50eHQ=").await;
    app.clock.advance(Duration::from_secs(24 * 3_600 + 1));
    patch(&mut other, &path, 0, b"12345", &[]).await.expect(404);
}

#[tokio::test]
async fn what_came_before_a_browser_went_away_is_there() {
    let app = TestApp::start().await;
    let mut pupil = app.actor(Who::Pupil).await;
    let path = create(&mut pupil, GIF.len(), "filename YS5naWY=").await;
    let token = pupil.csrf().await;
    let (sent, mut was_sent) = tokio::sync::mpsc::unbounded_channel();
    for cut in [5, 9] {
        let at = offset(&mut pupil, &path).await;
        let mut gone = pupil.clone();
        let (path, token, sent) = (path.clone(), token.clone(), sent.clone());
        // Some bytes, then silence: the line is dead, and nobody says so.
        let piece = futures_util::stream::iter([Ok::<_, std::io::Error>(GIF[at..cut].to_vec())]);
        let silence = futures_util::stream::once(async move {
            let _ = sent.send(());
            std::future::pending::<Result<Vec<u8>, std::io::Error>>().await
        });
        let body = Body::from_stream(piece.chain(silence));
        let task = tokio::spawn(async move {
            let offset = at.to_string();
            let kind = ("content-type", "application/offset+octet-stream");
            let headers = [("x-csrf", token.as_str()), ("tus-resumable", "1.0.0"), ("upload-offset", &offset), kind];
            gone.send_body(Method::PATCH, &path, &headers, body).await
        });
        was_sent.recv().await.unwrap();
        if cut == 5 {
            // The request is dropped, as when a connection is reset.
            task.abort();
        }
    }
    // Whoever comes again is not held up by the one before.
    assert_eq!(offset(&mut pupil, &path).await, 9);
    patch(&mut pupil, &path, 9, &GIF[9..], &[]).await.expect(204);
    assert_eq!(read_back(&app, &mut pupil, &path).await.bytes, GIF);
}

#[tokio::test]
async fn what_nobody_needs_is_swept_and_nothing_else() {
    let app = TestApp::start().await;
    let work = app.seed.work();
    app.clock.advance(Duration::from_secs(3 * 86_400));
    let sweep = tokio::spawn(preau_web::keep_files_swept(app.app.clone()));
    let files = &app.app.files;
    let gone = async {
        while files.has(work.draft_file).await.unwrap() || files.part_bytes(work.upload).await.unwrap().is_some() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone).await.expect("swept in time");
    for kept in [work.file, work.receipt_file, work.returned_file] {
        assert!(files.has(kept).await.unwrap());
    }
    sweep.abort();
    let receipt = format!("/receipts/{}/files/{}", work.receipt, work.receipt_file);
    app.actor(Who::Pupil).await.get(&receipt).await.expect(200);
}
