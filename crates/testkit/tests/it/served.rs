//! Files that people sent, as every route gives them out: nothing of them runs, whatever their names say.

use preau_base::{FileId, HomeworkId, SystemRng};
use preau_testkit::{Answer, Client, TestApp, Who};
use preau_web::routes;
use std::collections::BTreeSet;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n a picture";
const PAGE: &[u8] = b"<!doctype html><script>alert(document.cookie)</script>";
const DRAWING: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
const PDF: &[u8] = b"%PDF-1.7 a document";

/// Name, bytes, and the content type with which a browser may show it.
const FILES: [(&str, &[u8], Option<&str>); 11] = [
    ("photo.png", PNG, Some("image/png")),
    ("document.pdf", PDF, Some("application/pdf")),
    ("page.html", PAGE, None),
    ("page.png", PAGE, None),
    ("page.pdf", PAGE, None),
    ("dessin.svg", DRAWING, None),
    ("dessin.jpg", DRAWING, None),
    ("photo.html", PNG, None),
    ("script.js", b"alert(1)", None),
    ("notes.txt", b"<b>texte</b>", None),
    ("macro.docm", b"PK\x03\x04 with macros", None),
];

fn check(answer: &Answer, path: &str, (name, bytes, shown): (&str, &[u8], Option<&str>)) {
    let policy = answer.header("content-security-policy");
    assert_eq!(answer.bytes, bytes, "{path} {name}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path} {name}");
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("script-src"), "{path} {name}: {policy}");
    let (kind, how) = (answer.header("content-type"), answer.header("content-disposition"));
    match shown {
        Some(expect) => assert!(kind == expect && how.starts_with("inline"), "{path} {name}: {kind} {how}"),
        None => {
            assert!(how.starts_with("attachment") && policy.contains("sandbox"), "{path} {name}: {how} {policy}");
            let harmless = ["application/octet-stream", "text/plain; charset=utf-8", "application/zip"];
            assert!(harmless.contains(&kind), "{path} {name}: {kind}");
        }
    }
}

/// The paths of files on a page, below a path.
fn linked(page: &Answer, below: &str) -> BTreeSet<String> {
    let text = page.text();
    let is_file = |part: &&str| part.rsplit('/').next().is_some_and(|last| last.parse::<FileId>().is_ok());
    text.split('"').filter(|part| part.starts_with(below)).filter(is_file).map(str::to_owned).collect()
}

/// Fetches each file of a page, and compares it by its name. Gives how many there were.
async fn check_all(client: &mut Client, page: &str, below: &str) -> usize {
    let page = client.get(page).await.expect(200);
    let paths = linked(&page, below);
    for path in &paths {
        let answer = client.get(path).await.expect(200);
        let name = answer.header("content-disposition").split('"').nth(1).unwrap().to_owned();
        let file = FILES.into_iter().find(|(known, ..)| *known == name).unwrap_or_else(|| panic!("{path}: {name}"));
        check(&answer, path, file);
        // A range of it is dressed the same.
        let part = client.send(http::Method::GET, path, &[("range", "bytes=0-3")], Vec::new()).await.expect(206);
        for header in ["content-type", "content-disposition", "content-security-policy", "x-content-type-options"] {
            assert_eq!(part.header(header), answer.header(header), "{path} {name}");
        }
    }
    paths.len()
}

#[tokio::test]
async fn nothing_that_somebody_sent_runs_in_a_browser() {
    let app = TestApp::start().await;
    let (mut teacher, mut pupil) = (app.actor(Who::Teacher).await, app.actor(Who::Classmate).await);
    let sent: Vec<_> = FILES.iter().map(|(name, bytes, _)| ("file", *name, *bytes)).collect();
    let (class, key) = (app.seed.class().to_string(), HomeworkId::new(app.app.now(), &mut SystemRng).to_string());
    let fields =
        [("group", class.as_str()), ("title", "Carte"), ("day", "2026-11-25"), ("ways", "files"), ("key", &key)];
    teacher.post_files("/homework/new", &fields, &sent).await.expect(303);
    let work = format!("/homework/{key}");
    pupil.post_files(&format!("{work}/draft"), &[("body", "")], &sent).await.expect(303);
    let mut looked = BTreeSet::new();
    let mut look = |route: &'static str, count: usize| {
        assert_eq!(count, FILES.len(), "{route}");
        looked.insert(route);
    };
    look("/homework/{id}/files/{file}", check_all(&mut pupil, &work, &format!("{work}/files/")).await);
    look("/homework/{id}/drafts/{file}", check_all(&mut pupil, &work, &format!("{work}/drafts/")).await);
    let receipt = pupil.post_files(&format!("{work}/hand-in"), &[("key", "1")], &sent).await.expect(303);
    let receipt = receipt.location().to_owned();
    look("/receipts/{id}/files/{file}", check_all(&mut pupil, &receipt, &format!("{receipt}/files/")).await);
    let copy = format!("{work}/pupils/{}", app.seed.person(Who::Classmate));
    teacher.post_files(&copy, &[("version", "0"), ("do", "return")], &sent).await.expect(303);
    look(
        "/homework/{id}/pupils/{person}/files/{file}",
        check_all(&mut teacher, &copy, &format!("{copy}/files/")).await,
    );
    let log = format!("/lessons/{}/log", app.seed.lesson_later());
    let entry = [("version", "0"), ("body", "Le Nil"), ("do", "publish")];
    teacher.post_form(&format!("{log}/write"), &entry).await.expect(303);
    teacher.post_files(&format!("{log}/files"), &[], &sent).await.expect(303);
    look("/lessons/{id}/log/files/{file}", check_all(&mut pupil, &log, &format!("{log}/files/")).await);

    // How the making of a document stands, and what the server itself has recorded.
    let ours = ["/lessons/{id}/documents/{file}", "/lessons/{id}/recordings/{n}/tracks/{file}"];
    let all: BTreeSet<_> = (routes::table().iter().map(|row| row.path))
        .filter(|path| path.ends_with("/{file}") && !ours.contains(path))
        .collect();
    assert_eq!(looked, all, "every route that gives out files");
}
