use super::harness::{Client, Edge, PATIENCE, tls_config};
use crate::{FrontConfig, GuardLimits, ListenerConfig, ListenerKind, SelfSigned, TlsConfig};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

fn config(trusted: &str, limits: GuardLimits) -> FrontConfig {
    let address = "127.0.0.1:0".parse().unwrap();
    FrontConfig {
        listeners: vec![ListenerConfig { address, kind: ListenerKind::Plain, proxy_protocol: true }],
        trusted_proxies: vec![trusted.parse().unwrap()],
        limits,
        ..FrontConfig::plain(address)
    }
}

const ASK: &str = "GET /facts HTTP/1.1\r\nhost: e\r\nx-forwarded-for: 6.6.6.6\r\n\r\n";

fn version2(command: u8, source: [u8; 4]) -> Vec<u8> {
    let mut header = b"\r\n\r\n\0\r\nQUIT\n".to_vec();
    header.extend([0x20 | command, 0x11, 0, 20]);
    header.extend(source);
    header.extend([127, 0, 0, 1, 0x30, 0x39, 0, 80]);
    // PP2_TYPE_SSL: the client spoke TLS.
    header.extend([0x20, 0, 5, 1, 0, 0, 0, 0]);
    header
}

#[tokio::test]
async fn a_trusted_proxy_tells_its_client_in_both_versions() {
    let edge = Edge::start(config("127.0.0.1", GuardLimits::default())).await;
    for (header, expect) in [
        (b"PROXY TCP4 198.51.100.7 127.0.0.1 4711 80\r\n".to_vec(), "198.51.100.7 false 198.51.100.7/32 0"),
        (b"PROXY TCP6 2001:db8::7 ::1 4711 80\r\n".to_vec(), "2001:db8::7 false 2001:db8::/64 0"),
        (b"PROXY UNKNOWN\r\n".to_vec(), "127.0.0.1 false 127.0.0.1/32 0"),
        (version2(1, [198, 51, 100, 7]), "198.51.100.7 true 198.51.100.7/32 0"),
        (version2(0, [198, 51, 100, 7]), "127.0.0.1 false 127.0.0.1/32 0"),
    ] {
        let mut client = edge.connect().await;
        client.0.write_all(&[&header, ASK.as_bytes(), ASK.as_bytes()].concat()).await.unwrap();
        for _ in 0..2 {
            let said = client.response().await;
            assert!(said.ends_with(&format!("\r\n\r\n{expect}")), "{}: {said}", header.escape_ascii());
        }
    }
}

#[tokio::test]
async fn nobody_else_may_tell() {
    let edge = Edge::start(config("192.0.2.1", GuardLimits::default())).await;
    let mut client = edge.connect().await;
    client.send(&format!("PROXY TCP4 198.51.100.7 127.0.0.1 4711 80\r\n{ASK}")).await;
    let mut said = Vec::new();
    let _closed_or_reset = timeout(PATIENCE, client.0.read_to_end(&mut said)).await.expect("closed in time");
    assert!(said.starts_with(b"HTTP/1.1 400"), "{}", said.escape_ascii());
    let said = edge.connect().await.get("/facts").await;
    assert!(said.ends_with("127.0.0.1 false 127.0.0.1/32 0"), "whoever comes without one is served: {said}");
}

#[tokio::test]
async fn a_proxy_that_does_not_tell_is_not_served() {
    let limits = GuardLimits { handshake: Duration::from_millis(300), ..GuardLimits::default() };
    let edge = Edge::start(config("127.0.0.1", limits)).await;
    for start in [ASK, "PROXY TCP4 198.51.100.7 127.0.0.1 4711 80", ""] {
        let mut client = edge.connect().await;
        client.send(start).await;
        let mut said = Vec::new();
        let _closed_or_reset = timeout(PATIENCE, client.0.read_to_end(&mut said)).await.expect("closed in time");
        assert_eq!(said, b"", "{start:?}");
    }
}

#[tokio::test]
async fn caps_are_those_of_the_client() {
    let limits = GuardLimits { connections_per_v4_max: 1, ..GuardLimits::default() };
    let edge = Edge::start(config("127.0.0.1", limits)).await;
    let through = async |address: &str| {
        let mut client = edge.connect().await;
        client.send(&format!("PROXY TCP4 {address} 127.0.0.1 4711 80\r\n{ASK}")).await;
        let said = client.response().await;
        (client, said)
    };
    let (_held, said) = through("198.51.100.7").await;
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    let (_other, said) = through("198.51.100.8").await;
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    let (_refused, said) = through("198.51.100.7").await;
    assert!(said.starts_with("HTTP/1.1 503"), "{said}");
}

#[tokio::test]
async fn tls_comes_after_the_header() {
    let folder = tempfile::tempdir().unwrap();
    let names = vec!["ecole.example".to_owned()];
    let mut config = tls_config(TlsConfig::SelfSigned(SelfSigned { names, data_dir: folder.path().to_owned() }));
    config.listeners[0].proxy_protocol = true;
    config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    let edge = Edge::start(config).await;
    let mut stream = TcpStream::connect(edge.address(ListenerKind::Tls)).await.unwrap();
    stream.write_all(&version2(1, [198, 51, 100, 7])).await.unwrap();
    let mut client = Client(super::harness::shake_hands(stream, &[b"http/1.1"]).await.unwrap());
    let said = client.get("/facts").await;
    assert!(said.ends_with("198.51.100.7 true 198.51.100.7/32 0"), "{said}");
}
