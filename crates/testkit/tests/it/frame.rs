//! What every page has: its headers, its size, its languages, its errors.

use flate2::read::GzDecoder;
use http::Method;
use preau_testkit::{Answer, Options, TestApp, Who};
use preau_web::limits::FIRST_PAGE_BYTES_MAX;
use std::io::Read as _;

fn unpacked(answer: &Answer) -> String {
    assert_eq!(answer.header("content-encoding"), "gzip");
    let mut text = String::new();
    GzDecoder::new(&answer.bytes[..]).read_to_string(&mut text).unwrap();
    text
}

fn style_sheet(page: &str) -> String {
    let (_, after) = page.split_once("rel=\"stylesheet\" href=\"").unwrap();
    after.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_first_page_comes_in_one_flight() {
    let app = TestApp::start().await;
    let mut client = app.client().with_header("accept-encoding", "gzip, br");
    let page = client.get("/sign-in").await.expect(200);
    let sheet = client.get(&style_sheet(&unpacked(&page))).await.expect(200);
    assert!(unpacked(&sheet).contains("@layer tokens, base"));
    let bytes = page.bytes.len() + sheet.bytes.len();
    assert!(bytes <= FIRST_PAGE_BYTES_MAX, "{bytes} bytes: page {}, sheet {}", page.bytes.len(), sheet.bytes.len());
    // Who comes back signed in begins at home.
    for who in [Who::Pupil, Who::Parent, Who::Teacher, Who::Head] {
        let home = app.actor(who).await.with_header("accept-encoding", "gzip, br").get("/").await.expect(200);
        let sheets = unpacked(&home).matches("rel=\"stylesheet\"").count();
        let bytes = home.bytes.len() + sheet.bytes.len();
        assert!(sheets == 1 && bytes <= FIRST_PAGE_BYTES_MAX, "{who:?}: {bytes} bytes, {sheets} sheets");
    }
    let plain = app.client().get("/sign-in").await.expect(200);
    assert_eq!(plain.header("content-encoding"), "");
    assert!(plain.text().starts_with("<!doctype html>"));
}

#[tokio::test]
async fn static_files_never_change_below_their_version() {
    let app = TestApp::start().await;
    let mut client = app.client();
    let path = style_sheet(&client.get("/sign-in").await.text());
    let sheet = client.get(&path).await.expect(200);
    assert_eq!(sheet.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(sheet.header("content-type"), "text/css; charset=utf-8");
    let old = client.get("/static/0123456789abcdef/account/fragment.js").await.expect(200);
    assert_eq!(old.header("cache-control"), "no-store");
    assert_eq!(old.header("content-type"), "text/javascript; charset=utf-8");
    for missing in ["/static/x/none.js", "/static/x/../app.css", "/static/x/css/base.css", "/static/x/tsconfig.json"] {
        client.get(missing).await.expect(404);
    }
    client.get("/favicon.ico").await.expect(200);
}

#[tokio::test]
async fn every_answer_has_its_headers() {
    let app = TestApp::start().await;
    for (path, status) in [("/sign-in", 200), ("/none", 404), ("/account", 303), ("/static/x/app.css", 200)] {
        let answer = app.client().get(path).await.expect(status);
        let policy = answer.header("content-security-policy");
        for part in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(policy.contains("connect-src 'self' ws://preau.example;"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert!(answer.header("permissions-policy").contains("camera=(self)"));
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("strict-transport-security"), "");
    }
    let secure = app.client().with_tls().get("/sign-in").await;
    assert_eq!(secure.header("strict-transport-security"), "max-age=31536000");
    assert!(secure.header("content-security-policy").contains("wss://preau.example"));
}

#[tokio::test]
async fn with_tls_cookies_belong_to_this_host_alone() {
    let app = TestApp::start().await;
    let mut client = app.client().with_tls();
    let answer = client.sign_in("lea.martin", preau_testkit::PASSWORD).await.leads_to("/");
    for cookie in answer.headers.get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.starts_with("__Host-preau-") && cookie.contains("; Secure"), "{cookie}");
        assert!(cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
    }
    client.get("/account").await.expect(200);
}

#[tokio::test]
async fn no_page_has_anything_inline() {
    let app = TestApp::start().await;
    let mut client = app.actor(Who::Pupil).await;
    for path in ["/account", "/password", "/devices", "/activation", "/forgotten", "/reset", "/accessibility", "/none"]
    {
        let page = client.get(path).await.text();
        assert!(!page.contains("<style") && !page.contains(" style=") && !page.contains("javascript:"), "{path}");
        assert!(!page.contains(" onclick=") && !page.contains("<script>"), "{path}");
        assert!(page.contains("<html lang=\"fr\">") && page.contains("href=\"#main\""), "{path}");
    }
}

#[tokio::test]
async fn errors_are_pages_in_the_person_s_language() {
    let app = TestApp::start().await;
    let mut client = app.client();
    client.get("/rien").await.expect(404).says("Page introuvable").says("Vérifiez l’adresse");
    client.clone().with_header("accept-language", "en").get("/rien").await.expect(404).says("Page not found");
    let mut pupil = app.actor(Who::Pupil).await;
    pupil.get("/rien").await.expect(404).says("Vérifie l’adresse");
    pupil.send(Method::DELETE, "/sign-in", &[], Vec::new()).await.expect(405).says("Demande impossible");
    let json = pupil.clone().with_header("accept", "application/json").get("/rien").await.expect(404);
    let json: serde_json::Value = serde_json::from_slice(&json.bytes).unwrap();
    assert_eq!(json["error"], "not-found");
}

#[tokio::test]
async fn bodies_have_a_limit() {
    let app = TestApp::start().await;
    let mut client = app.client();
    let long = "x".repeat(70_000);
    client.post_form("/sign-in", &[("login", &long)]).await.expect(413).says("Envoi trop lourd");
    let token = client.csrf().await;
    let json = [("content-type", "application/json"), ("x-csrf", &token)];
    client.send(Method::POST, "/sign-in", &json, b"{}".to_vec()).await.expect(400).says("Demande illisible");
}

#[tokio::test]
async fn hostile_headers_do_no_harm() {
    let app = TestApp::start().await;
    for (name, value) in [
        ("cookie", "preau-pass=AAAA; preau-visitor=%%%; preau-known=; preau-lang=../..; preau-notice=nav-today"),
        ("cookie", "====;;;;=;"),
        ("accept-language", "en;q=NaN,fr;q=-1,*;q=99999999999999999999"),
        ("accept-encoding", "gzip;q=;;;,,,"),
        ("host", "evil.example/\"'<script>"),
    ] {
        let page = app.client().with_header(name, value).get("/sign-in").await.expect(200).text();
        assert!(!page.contains("<script>") && !page.contains("class=\"notice"), "{name}: {value}");
    }
}

#[tokio::test]
async fn without_a_database_people_are_told_what_was_kept() {
    let app = TestApp::start().await;
    let mut client = app.actor(Who::Teacher).await;
    let token = client.csrf().await;
    app.store.close().await;
    let page = client.get("/account").await.expect(503).says("Ce qui avait été confirmé est gardé").says("référence");
    assert!(page.header("retry-after").parse::<u64>().unwrap() > 0);
    assert!(!page.reads().to_lowercase().contains("pool"), "nothing of our insides: {}", page.reads());
    // Signing out still takes the pass out of the browser.
    client.post_form_bare("/sign-out", &[("csrf", &token)]).await.expect(503);
    assert_eq!(client.cookie("preau-pass"), None);
    app.client().get("/sign-in").await.expect(200);
}

#[tokio::test]
async fn a_demonstration_says_so_on_every_page() {
    let app = TestApp::with(Options { demo: true, ..Options::default() }).await;
    for path in ["/sign-in", "/accessibility", "/none"] {
        app.client().get(path).await.says("Démonstration");
    }
    let real = TestApp::start().await;
    assert!(!real.client().get("/sign-in").await.reads().contains("Démonstration"));
}
