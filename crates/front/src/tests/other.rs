//! Connections that are no HTTP, on the port of the pages.

use super::harness::{Client, Edge, Gate, PATIENCE, connect_tls, tls_config};
use crate::{FrontConfig, GuardLimits, Hooks, ListenerKind, OtherEnd, SelfSigned, Stranger, TlsConfig};
use preau_gate::{Doors, Settings, Sign};
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// What a TURN client says first (RFC 8489, section 5), as far as anybody here cares.
const HELLO: &[u8] = b"\0\x03\0\0\x21\x12\xa4\x42";

/// Gives back what comes, once, and then says what it was.
pub(super) fn echo(hooks: Hooks, end: OtherEnd) -> Hooks {
    let other: crate::Other = Arc::new(move |Stranger { mut stream, client, early }| {
        Box::pin(async move {
            assert!(client.ip().is_loopback());
            stream.write_all(&early).await.expect("writes");
            let more = stream.read_u8().await.expect("reads");
            stream.write_all(&[more]).await.expect("writes");
            stream.shutdown().await.expect("ends");
            end
        })
    });
    Hooks { other: Some(other), ..hooks }
}

async fn echoes<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin>(mut stream: S) {
    stream.write_all(HELLO).await.unwrap();
    let mut said = [0; HELLO.len()];
    timeout(PATIENCE, stream.read_exact(&mut said)).await.expect("in time").expect("whole");
    assert_eq!(said, HELLO);
    stream.write_all(b"!").await.unwrap();
    let mut rest = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("in time").expect("closed in order");
    assert_eq!(rest, b"!");
}

#[tokio::test]
async fn are_served_beside_the_pages_plain_and_out_of_tls() {
    let plain = FrontConfig::plain("127.0.0.1:0".parse().unwrap());
    let edge = Edge::start(FrontConfig { hooks: echo(Hooks::default(), OtherEnd::Known), ..plain }).await;
    echoes(edge.connect().await.0).await;
    assert!(edge.connect().await.get("/").await.ends_with("bonjour"));

    let folder = tempfile::tempdir().unwrap();
    let made = SelfSigned { names: vec!["ecole.example".to_owned()], data_dir: folder.path().to_owned() };
    let config = tls_config(TlsConfig::SelfSigned(made));
    let edge = Edge::start(FrontConfig { hooks: echo(Hooks::default(), OtherEnd::Known), ..config }).await;
    let address = edge.address(ListenerKind::Tls);
    echoes(connect_tls(address, &[]).await.unwrap()).await;
    echoes(TcpStream::connect(address).await.unwrap()).await;
    assert!(Client(connect_tls(address, &[]).await.unwrap()).get("/").await.ends_with("bonjour"));
}

#[tokio::test]
async fn are_told_of_when_they_are_abuse() {
    for end in [OtherEnd::Known, OtherEnd::Nothing, OtherEnd::Abuse] {
        let gate = Gate::default();
        let plain = FrontConfig::plain("127.0.0.1:0".parse().unwrap());
        let edge = Edge::start(FrontConfig { hooks: echo(gate.hooks(), end), ..plain }).await;
        echoes(edge.connect().await.0).await;
        if end != OtherEnd::Abuse {
            assert!(edge.connect().await.get("/").await.ends_with("bonjour"));
            assert!(gate.heard().is_empty());
        } else {
            gate.hears(Sign::BadRequest).await;
        }
    }
}

#[tokio::test]
async fn are_served_beside_a_gate_whose_doors_are_closed() {
    let settings = Settings { doors: Doors::Closed, ..Settings::default() };
    let world = super::gate::World::start_with(settings, GuardLimits::default());
    echoes(TcpStream::connect(world.address).await.unwrap()).await;
}

#[tokio::test]
async fn are_bad_requests_where_nobody_serves_them_and_later_on() {
    let (edge, gate) = Edge::heard(GuardLimits::default()).await;
    let mut client = edge.connect().await;
    client.0.write_all(HELLO).await.unwrap();
    client.0.write_all(b"\r\n\r\n").await.unwrap();
    assert!(client.until_closed().await.starts_with("HTTP/1.1 400"));
    gate.hears(Sign::BadRequest).await;

    let plain = FrontConfig::plain("127.0.0.1:0".parse().unwrap());
    let edge = Edge::start(FrontConfig { hooks: echo(Hooks::default(), OtherEnd::Known), ..plain }).await;
    let mut client = edge.connect().await;
    assert!(client.get("/").await.ends_with("bonjour"));
    client.0.write_all(HELLO).await.unwrap();
    client.0.write_all(b"\r\n\r\n").await.unwrap();
    assert!(client.until_closed().await.starts_with("HTTP/1.1 400"), "what began as HTTP goes on as HTTP");
}
