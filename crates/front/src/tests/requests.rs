use super::harness::{Client, Edge, PATIENCE, connect_tls, tls_config};
use crate::{FrontConfig, GuardLimits, ListenerKind, SelfSigned, TlsConfig};
use axum::body::Body;
use futures_util::{SinkExt as _, StreamExt as _};
use http::Request;
use http_body_util::BodyExt as _;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::time::Duration;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

fn small() -> GuardLimits {
    GuardLimits {
        header_bytes_max: 2_000,
        body_bytes_max: 1_000,
        body: Duration::from_millis(300),
        linger: Duration::from_millis(500),
        ..GuardLimits::default()
    }
}

#[tokio::test]
async fn a_header_too_large_gets_431() {
    let edge = Edge::plain(small()).await;
    let large = format!("GET / HTTP/1.1\r\nhost: e\r\ncookie: {}\r\n\r\n", "a".repeat(5_000));
    let mut first = edge.connect().await;
    first.send(&large).await;
    let said = first.until_closed().await;
    assert!(said.starts_with("HTTP/1.1 431") && said.contains("cookies"), "{said}");
    let mut second = edge.connect().await;
    assert!(second.get("/").await.ends_with("bonjour"));
    second.send(&large).await;
    let said = second.until_closed().await;
    assert!(said.starts_with("HTTP/1.1 431") && said.contains("cookies"), "{said}");
}

#[tokio::test]
async fn a_body_may_come_together_with_its_header() {
    let edge = Edge::plain(small()).await;
    let mut client = edge.connect().await;
    let head = format!("POST /length HTTP/1.1\r\nhost: e\r\ncookie: {}\r\n", "a".repeat(1_500));
    for _ in 0..3 {
        client.send(&format!("{head}content-length: 900\r\n\r\n{}", "b".repeat(900))).await;
        assert!(client.response().await.ends_with("900"));
    }
    let both = "GET / HTTP/1.1\r\nhost: e\r\n\r\nGET / HTTP/1.1\r\nhost: e\r\n\r\n";
    client.send(both).await;
    assert!(client.response().await.ends_with("bonjour"));
    assert!(client.response().await.ends_with("bonjour"), "pipelined");
}

#[tokio::test]
async fn what_is_not_http_gets_a_page_too() {
    let edge = Edge::plain(small()).await;
    for rubbish in ["\u{16}\u{3}\u{1}\r\n\r\n", "GET  HTTP/9\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let mut client = edge.connect().await;
        client.send(rubbish).await;
        let said = client.until_closed().await;
        assert!(said.starts_with("HTTP/1.1 400") && said.contains("Demande incomprise"), "{rubbish:?}: {said}");
    }
}

#[tokio::test]
async fn too_many_headers_get_a_page() {
    let edge = Edge::plain(GuardLimits::default()).await;
    let mut client = edge.connect().await;
    client.send(&format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(200))).await;
    let said = client.until_closed().await;
    assert!(said.starts_with("HTTP/1.1 431") && said.contains("<!doctype html>"), "{said}");
}

#[tokio::test]
async fn a_body_too_large_gets_413_announced_or_not() {
    let edge = Edge::plain(small()).await;
    let mut fits = edge.connect().await;
    fits.send(&format!("POST /length HTTP/1.1\r\nhost: e\r\ncontent-length: 1000\r\n\r\n{}", "a".repeat(1_000))).await;
    assert!(fits.response().await.ends_with("1000"));

    let mut announced = edge.connect().await;
    announced.send("POST /length HTTP/1.1\r\nhost: e\r\ncontent-length: 100000\r\n\r\n").await;
    announced.send(&"a".repeat(100_000)).await;
    let said = announced.until_closed().await;
    assert!(said.starts_with("HTTP/1.1 413") && said.contains("trop volumineux"), "{said}");

    let mut chunked = edge.connect().await;
    let chunk = format!("{:x}\r\n{}\r\n", 600, "a".repeat(600));
    chunked.send("POST /length HTTP/1.1\r\nhost: e\r\ntransfer-encoding: chunked\r\n\r\n").await;
    chunked.send(&format!("{chunk}{chunk}{chunk}")).await;
    let said = chunked.until_closed().await;
    assert!(said.starts_with("HTTP/1.1 413"), "{said}");
}

#[tokio::test]
async fn a_body_too_slow_gets_408() {
    let edge = Edge::plain(small()).await;
    let mut client = edge.connect().await;
    client.send("POST /length HTTP/1.1\r\nhost: e\r\ncontent-length: 100\r\n\r\nabc").await;
    let said = client.until_closed().await;
    assert!(said.starts_with("HTTP/1.1 408") && said.contains("Connexion trop lente"), "{said}");
}

#[tokio::test]
async fn a_panic_costs_its_request_only() {
    let edge = Edge::plain(GuardLimits::default()).await;
    let mut client = edge.connect().await;
    let said = client.get("/panic").await;
    assert!(said.starts_with("HTTP/1.1 500") && said.contains("Cette page a rencontré une erreur"), "{said}");
    assert!(client.get("/").await.ends_with("bonjour"), "the same connection goes on");
}

#[tokio::test]
async fn facts_come_from_trusted_proxies_only() {
    let ask = "GET /facts HTTP/1.1\r\nhost: e\r\nx-forwarded-for: 198.51.100.7\r\nx-forwarded-proto: https\r\n\
               forwarded: for=1.2.3.4\r\n\r\n";
    let mut config = FrontConfig::plain("127.0.0.1:0".parse().unwrap());
    let edge = Edge::start(config.clone()).await;
    let mut client = edge.connect().await;
    client.send(ask).await;
    assert!(client.response().await.ends_with("\r\n\r\n127.0.0.1 false 127.0.0.1/32 0"));

    config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    let edge = Edge::start(config).await;
    let mut client = edge.connect().await;
    client.send(ask).await;
    assert!(client.response().await.ends_with("\r\n\r\n198.51.100.7 true 198.51.100.7/32 0"));
}

#[tokio::test]
async fn stopping_finishes_what_is_in_flight() {
    let mut edge = Edge::plain(GuardLimits::default()).await;
    let mut client = edge.connect().await;
    let mut idle = edge.connect().await;
    assert!(idle.get("/").await.ends_with("bonjour"));
    client.send("GET /slow HTTP/1.1\r\nhost: e\r\n\r\n").await;
    timeout(PATIENCE, edge.begun.notified()).await.unwrap();
    edge.order_to_stop();
    assert_eq!(idle.until_closed().await, "", "idle connections are closed at once");
    edge.release.notify_one();
    assert!(client.until_closed().await.ends_with("at last"));
    assert_eq!(edge.stopped().await.cut, 0);
}

#[tokio::test]
async fn stopping_cuts_what_does_not_finish() {
    let mut edge = Edge::plain(GuardLimits { drain: Duration::from_millis(200), ..GuardLimits::default() }).await;
    let mut client = edge.connect().await;
    client.send("GET /slow HTTP/1.1\r\nhost: e\r\n\r\n").await;
    timeout(PATIENCE, edge.begun.notified()).await.unwrap();
    edge.order_to_stop();
    assert_eq!(edge.stopped().await.cut, 1);
    assert_eq!(client.until_closed().await, "");
}

#[tokio::test]
async fn a_websocket_passes_and_outlives_the_idle_limit() {
    let limits = GuardLimits { idle: Duration::from_millis(200), ..GuardLimits::default() };
    let mut edge = Edge::plain(limits).await;
    let url = format!("ws://{}/echo", edge.address(ListenerKind::Plain));
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    for text in ["un", "deux"] {
        socket.send(Message::text(text)).await.unwrap();
        let answer = timeout(PATIENCE, socket.next()).await.unwrap().unwrap().unwrap();
        assert_eq!(answer, Message::text(text));
        tokio::time::sleep(Duration::from_millis(400)).await;
    }
    assert_eq!(edge.handle.connections_open(), 1, "it keeps its place");
    edge.order_to_stop();
    socket.close(None).await.unwrap();
    while socket.next().await.is_some() {}
    assert_eq!(edge.stopped().await.cut, 0);
}

#[tokio::test]
async fn http1_and_http2_over_tls_by_alpn() {
    let folder = tempfile::tempdir().unwrap();
    let tls = SelfSigned { names: vec!["ecole.example".to_owned()], data_dir: folder.path().to_owned() };
    let mut edge = Edge::start(FrontConfig { limits: small(), ..tls_config(TlsConfig::SelfSigned(tls)) }).await;
    let address = edge.address(ListenerKind::Tls);
    for alpn in [&[b"http/1.1".as_slice()][..], &[]] {
        let said = Client(connect_tls(address, alpn).await.unwrap()).get("/facts").await;
        assert!(said.ends_with("127.0.0.1 true 127.0.0.1/32 0"), "{said}");
    }
    let stream = connect_tls(address, &[b"h2", b"http/1.1"]).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let mut ask = async |method: &str, path: &str, body: Vec<u8>| {
        let uri = format!("https://ecole.example{path}");
        let request = Request::builder().method(method).uri(uri).body(Body::from(body)).unwrap();
        let response = timeout(PATIENCE, sender.send_request(request)).await.unwrap().unwrap();
        let status = response.status().as_u16();
        (status, String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap())
    };
    assert_eq!(ask("GET", "/facts", Vec::new()).await.1, "127.0.0.1 true 127.0.0.1/32 0");
    assert_eq!(ask("GET", "/panic", Vec::new()).await.0, 500);
    assert_eq!(ask("POST", "/length", vec![0; 900]).await, (200, "900".to_owned()));
    assert_eq!(ask("POST", "/length", vec![0; 2_000]).await.0, 413);
    let slow = tokio::spawn(sender.send_request(Request::new(Body::empty()).map_uri("https://ecole.example/slow")));
    timeout(PATIENCE, edge.begun.notified()).await.unwrap();
    edge.order_to_stop();
    edge.release.notify_one();
    assert_eq!(timeout(PATIENCE, slow).await.unwrap().unwrap().unwrap().status(), 200, "drained over HTTP/2 too");
    let _closed = timeout(PATIENCE, connection).await.expect("closed after GOAWAY");
    assert_eq!(edge.stopped().await.cut, 0);
}

trait MapUri {
    fn map_uri(self, uri: &str) -> Self;
}

impl<B> MapUri for Request<B> {
    fn map_uri(mut self, uri: &str) -> Self {
        *self.uri_mut() = uri.parse().unwrap();
        self
    }
}
