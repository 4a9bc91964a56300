use super::harness::{Client, Edge, PATIENCE};
use crate::GuardLimits;
use preau_gate::Sign;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

fn limits() -> GuardLimits {
    GuardLimits { linger: Duration::from_millis(500), ..GuardLimits::default() }
}

fn is_page(said: &str) -> bool {
    said.starts_with("HTTP/1.1 400") && said.contains("Demande incomprise") && said.matches("HTTP/1.1").count() == 1
}

/// All that comes until the other end closes, whichever way.
async fn all(client: &mut Client<TcpStream>) -> String {
    let mut bytes = Vec::new();
    let _closed_or_reset = timeout(PATIENCE, client.0.read_to_end(&mut bytes)).await.expect("closed in time");
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn what_has_two_readings_gets_one_page_and_no_answer() {
    let inner = "GET /facts HTTP/1.1\r\nhost: e\r\n\r\n";
    for head in [
        "POST / HTTP/1.1\r\nhost: e\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: e\r\ncontent-length: 5\r\ncontent-length: 5\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: e\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\nhost: e\n\n",
        "GET / HTTP/1.1\r\nhost: e\r\nx: y\r\n z\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: e\r\nhost: f\r\n\r\n",
    ] {
        let (edge, gate) = Edge::heard(limits()).await;
        let mut client = edge.connect().await;
        client.send(&format!("{head}{inner}")).await;
        let said = all(&mut client).await;
        assert!(is_page(&said), "{head:?}: {said}");
        gate.hears(Sign::Smuggling).await;
    }
}

#[tokio::test]
async fn a_later_request_that_is_none_gets_a_page_too() {
    let (edge, gate) = Edge::heard(limits()).await;
    let mut client = edge.connect().await;
    assert!(client.get("/").await.ends_with("bonjour"));
    client.send("GET  HTTP/9\r\n\r\n").await;
    let said = all(&mut client).await;
    assert!(is_page(&said), "{said}");
    gate.hears(Sign::BadRequest).await;
}

#[tokio::test]
async fn what_was_asked_before_is_answered_first() {
    let (edge, _gate) = Edge::heard(limits()).await;
    let mut client = edge.connect().await;
    let good = "GET /slow HTTP/1.1\r\nhost: e\r\n\r\n";
    client.send(&format!("{good}GET / HTTP/1.1\r\nhost: e\r\n : x\r\n\r\n")).await;
    timeout(PATIENCE, edge.begun.notified()).await.unwrap();
    edge.release.notify_one();
    let said = all(&mut client).await;
    let (answer, page) = said.split_once("at last").unwrap_or_else(|| panic!("{said}"));
    assert!(answer.starts_with("HTTP/1.1 200") && is_page(page), "{said}");
}

#[tokio::test]
async fn a_body_with_broken_chunks_gets_a_page() {
    for chunks in ["3\nabc\r\n0\r\n\r\n", "3\r\nabcd\r\n", "zz\r\n", "3\r\nabc\r\n0\r\nhost: f\r\n\r\n"] {
        let (edge, gate) = Edge::heard(limits()).await;
        let mut client = edge.connect().await;
        client.send("POST /length HTTP/1.1\r\nhost: e\r\ntransfer-encoding: chunked\r\n\r\n").await;
        client.send(chunks).await;
        let said = all(&mut client).await;
        assert!(is_page(&said), "{chunks:?}: {said}");
        gate.hears(Sign::Smuggling).await;
    }
}

#[tokio::test]
async fn trailers_are_read_over() {
    let (edge, _gate) = Edge::heard(limits()).await;
    let mut client = edge.connect().await;
    for _ in 0..2 {
        client.send("POST /length HTTP/1.1\r\nhost: e\r\ntransfer-encoding: chunked\r\n\r\n").await;
        client.send("3;a=b\r\nabc\r\n0\r\nx: y\r\n\r\n").await;
        assert!(client.response().await.ends_with('3'));
    }
}

#[tokio::test]
async fn a_body_that_nobody_read_ends_the_connection() {
    let (edge, _gate) = Edge::heard(limits()).await;
    let mut client = edge.connect().await;
    client.send("POST /panic HTTP/1.1\r\nhost: e\r\ncontent-length: 100000\r\n\r\nabc").await;
    let said = all(&mut client).await;
    assert!(said.starts_with("HTTP/1.1 405") && said.matches("HTTP/1.1").count() == 1, "{said}");
}

#[tokio::test]
async fn heads_may_come_in_pieces() {
    let (edge, gate) = Edge::heard(limits()).await;
    let mut client = edge.connect().await;
    let body = "b".repeat(200);
    let text = format!("POST /length HTTP/1.1\r\nhost: e\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    for _ in 0..2 {
        for byte in text.as_bytes() {
            client.0.write_all(&[*byte]).await.unwrap();
        }
        assert!(client.response().await.ends_with("200"));
    }
    let many = "GET / HTTP/1.1\r\nhost: e\r\n\r\n".repeat(200);
    client.send(&many[..many.len() - 3]).await;
    for _ in 0..199 {
        assert!(client.response().await.ends_with("bonjour"));
    }
    client.send("\n\r\n").await;
    assert!(client.response().await.ends_with("bonjour"));
    assert_eq!(gate.heard(), []);
}

#[tokio::test]
async fn what_comes_with_the_handshake_of_a_websocket_reaches_it() {
    let (edge, _gate) = Edge::heard(limits()).await;
    let mut client = edge.connect().await;
    let handshake = "GET /echo HTTP/1.1\r\nhost: e\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
                     sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    // A masked text frame “un”, with a mask of zeros.
    client.0.write_all(&[handshake.as_bytes(), &[0x81, 0x82, 0, 0, 0, 0, b'u', b'n']].concat()).await.unwrap();
    let said = client.response().await;
    assert!(said.starts_with("HTTP/1.1 101"), "{said}");
    let mut frame = [0; 4];
    timeout(PATIENCE, client.0.read_exact(&mut frame)).await.expect("echoed").unwrap();
    assert_eq!(frame, [0x81, 2, b'u', b'n']);
}

#[tokio::test]
async fn a_websocket_that_is_not_granted_leaves_http() {
    let (edge, _gate) = Edge::heard(limits()).await;
    let mut client = edge.connect().await;
    let ask = "GET / HTTP/1.1\r\nhost: e\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n";
    client.send(&format!("{ask}GET /facts HTTP/1.1\r\nhost: e\r\n\r\n")).await;
    assert!(client.response().await.ends_with("bonjour"));
    assert!(client.response().await.contains("127.0.0.1/32"));
}

#[tokio::test]
async fn a_connection_has_so_many_requests() {
    let limits = GuardLimits { requests_max: 2, requests_with_pass_max: 4, ..limits() };
    let (edge, _gate) = Edge::heard(limits).await;
    for (cookie, count) in [("", 2), ("cookie: pass=good\r\n", 4)] {
        let mut client = edge.connect().await;
        client.send(&format!("GET / HTTP/1.1\r\nhost: e\r\n{cookie}\r\n").repeat(count + 1)).await;
        let said = all(&mut client).await;
        assert_eq!(said.matches("bonjour").count(), count, "{said}");
        assert_eq!(said.matches("connection: close").count(), 1, "the last answer tells it: {said}");
    }
}
