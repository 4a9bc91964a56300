//! The application is down, slow, or broken: people get a page in words, and nothing is done twice.

use super::super::harness::PATIENCE;
use super::site::{Browser, Site, config, serve, serve_bytes};
use crate::upstream::{Preset, UpstreamConfig, UpstreamLimits};
use axum::Router;
use axum::routing::get;
use http::StatusCode;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::timeout;

fn hasty(to: SocketAddr) -> UpstreamConfig {
    let limits = UpstreamLimits {
        head: Duration::from_millis(300),
        stall: Duration::from_millis(300),
        place: Duration::from_millis(300),
        ..UpstreamLimits::default()
    };
    UpstreamConfig { limits, ..config(to, Preset::Plain) }
}

async fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

async fn told(browser: &mut Browser, status: u16, words: &str) {
    let answer = browser.get("/").await;
    assert_eq!(answer.status, status);
    assert!(answer.body.contains(words) && answer.body.contains("<html lang=\"fr\">"), "{}", answer.body);
    let again: u32 = answer.header("refresh").expect("comes again by itself").parse().unwrap();
    assert!((8..16).contains(&again));
    assert_eq!(answer.header("retry-after"), answer.header("refresh"));
}

#[tokio::test]
async fn an_application_that_is_down_is_told_in_words() {
    let site = Site::start(hasty(nobody().await));
    let mut browser = site.browser();
    told(&mut browser, 502, "Le site ne répond pas").await;
    let answer = browser.post("/form", "a=b").await;
    assert_eq!((answer.status, answer.header("refresh")), (502, None), "a form is not sent again by itself");
    assert!(answer.body.contains("Rien ne dit si votre envoi est arrivé"), "{}", answer.body);
    let answer = browser.ask("GET", "/api", "sec-fetch-mode: cors\r\n", "").await;
    assert_eq!((answer.status, answer.header("content-type")), (502, Some("application/json")));
    assert!(answer.body.starts_with("{\"error\":\"upstream_down\",\"retry_after_s\":"), "{}", answer.body);
}

#[tokio::test]
async fn an_application_that_does_not_answer_is_told_in_words() {
    let silent = serve_bytes(async |mut client| {
        client.head().await;
        tokio::time::sleep(PATIENCE).await;
    });
    let site = Site::start(hasty(silent.await));
    told(&mut site.browser(), 504, "Le site met trop de temps à répondre").await;
}

#[tokio::test]
async fn an_upload_that_takes_longer_than_an_answer_may_is_not_cut() {
    let reads = serve_bytes(async |mut client| {
        let head = client.head().await;
        assert!(head.contains("content-length: 8\r\n"), "{head}");
        client.bytes(8).await;
        client.send("HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\nlong").await;
    });
    let site = Site::start(hasty(reads.await));
    let mut client = site.connect().await;
    client.send("POST / HTTP/1.1\r\nhost: e\r\nconnection: close\r\ncontent-length: 8\r\n\r\n").await;
    for _ in 0..8 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        client.send("x").await;
    }
    assert!(client.until_closed().await.ends_with("long"));
}

#[tokio::test]
async fn an_answer_that_stops_in_the_middle_is_cut_and_not_passed_off_as_whole() {
    let stops = serve_bytes(async |mut client| {
        client.head().await;
        client.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n").await;
        tokio::time::sleep(PATIENCE).await;
    });
    let site = Site::start(hasty(stops.await));
    let mut client = site.connect().await;
    client.send("GET / HTTP/1.1\r\nhost: e\r\n\r\n").await;
    let said = client.until_closed().await;
    assert!(said.ends_with("2\r\nab\r\n"), "no last chunk: {said}");
}

#[tokio::test]
async fn more_requests_than_connections_wait_and_are_told_in_words() {
    let silent = serve_bytes(async |mut client| {
        client.head().await;
        tokio::time::sleep(PATIENCE).await;
    });
    let mut narrow = hasty(silent.await);
    narrow.limits.connections_max = 1;
    narrow.limits.head = PATIENCE;
    let site = Site::start(narrow);
    let mut first = site.connect().await;
    first.send("GET / HTTP/1.1\r\nhost: e\r\naccept: text/html\r\n\r\n").await;
    let mut browser = site.browser();
    let busy = async { while browser.get("/").await.status != 503 {} };
    timeout(PATIENCE, busy).await.expect("told in time");
}

#[tokio::test]
async fn files_do_not_take_every_connection() {
    let answers_pages = serve_bytes(async |mut client| {
        if client.head().await.starts_with("GET / ") {
            client.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok").await;
        } else {
            tokio::time::sleep(PATIENCE).await;
        }
    });
    let mut narrow = hasty(answers_pages.await);
    narrow.limits.connections_max = 4;
    narrow.limits.head = PATIENCE;
    let site = Site::start(narrow);
    let mut flood = Vec::new();
    for n in 0..8 {
        let mut client = site.connect().await;
        client.send(&format!("GET /{n}.css HTTP/1.1\r\nhost: e\r\n\r\n")).await;
        flood.push(client);
    }
    for client in flood.iter_mut().skip(1) {
        // One of them has the place of files, the others are told.
        tokio::select! {
            said = client.head() => assert!(said.starts_with("HTTP/1.1 503"), "{said}"),
            () = tokio::time::sleep(Duration::from_secs(2)) => {}
        }
    }
    assert_eq!(site.browser().get("/").await.body, "ok");
}

#[tokio::test]
async fn what_cannot_be_read_is_told_in_words() {
    let lines = "x-filler: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n";
    for answer in [
        "not http at all\r\n\r\n".to_owned(),
        format!("HTTP/1.1 200 OK\r\n{}\r\n", lines.repeat(1_000)),
        format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(200)),
        "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n".to_owned(),
        String::new(),
    ] {
        let answer = Arc::new(answer);
        let strange = serve_bytes(move |mut client| {
            let answer = answer.clone();
            async move {
                client.head().await;
                client.send(&answer).await;
            }
        });
        let site = Site::start(hasty(strange.await));
        told(&mut site.browser(), 502, "Le site ne répond pas").await;
    }
}

#[tokio::test]
async fn a_bare_status_of_a_server_in_between_is_told_in_words_and_the_application_s_own_words_stay() {
    let application = Router::new()
        .route("/bare", get(async || (StatusCode::BAD_GATEWAY, "<h1>502 Bad Gateway</h1>")))
        .route("/words", get(async || (StatusCode::SERVICE_UNAVAILABLE, "Maintenance. ".repeat(100))))
        .route("/error", get(async || (StatusCode::INTERNAL_SERVER_ERROR, "its own")));
    let site = Site::start(hasty(serve(application).await));
    let mut browser = site.browser();
    assert!(browser.get("/bare").await.body.contains("Le site ne répond pas"));
    assert!(browser.get("/words").await.body.starts_with("Maintenance."));
    assert_eq!(browser.get("/error").await.body, "its own");
    let answer = browser.ask("GET", "/bare", "sec-fetch-mode: cors\r\n", "").await;
    assert!(answer.body.contains("502 Bad Gateway"), "a script gets what it asked");
}

/// Answers the first request of each connection, and breaks off at the second, as a server does that closes an idle
/// connection at the moment when it is used.
async fn closes_idle(heads: Arc<AtomicUsize>) -> SocketAddr {
    serve_bytes(move |mut client| {
        let heads = heads.clone();
        async move {
            client.head().await;
            heads.fetch_add(1, Ordering::SeqCst);
            client.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
            if !client.head().await.is_empty() {
                heads.fetch_add(1, Ordering::SeqCst);
            }
        }
    })
    .await
}

#[tokio::test]
async fn a_request_that_changes_nothing_is_asked_again_and_any_other_is_not() {
    let heads = Arc::new(AtomicUsize::new(0));
    let site = Site::start(config(closes_idle(heads.clone()).await, Preset::Plain));
    let mut browser = site.browser();
    for _ in 0..4 {
        assert_eq!(browser.get("/").await.body, "ok");
    }
    // The first, and then each twice: on the old connection, and on a new one.
    assert_eq!(heads.load(Ordering::SeqCst), 7);
    let answer = browser.post("/", "a=b").await;
    assert_eq!((answer.status, heads.load(Ordering::SeqCst)), (502, 8), "sent once");
}
