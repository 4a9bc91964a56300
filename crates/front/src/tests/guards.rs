use super::harness::{Client, Edge, PATIENCE, connect_tls, tls_config};
use crate::{FrontConfig, GuardLimits, ListenerKind, SelfSigned, TlsConfig};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

const SHORT: Duration = Duration::from_millis(300);

/// Gives up soon on what is silent or slow from the first byte on.
fn impatient() -> GuardLimits {
    GuardLimits { first_header: SHORT, ..impatient_later() }
}

/// Gives up soon once the first request was answered; a loaded machine may take its time until then.
fn impatient_later() -> GuardLimits {
    GuardLimits { first_header: PATIENCE, header: SHORT, idle: SHORT, linger: SHORT, ..GuardLimits::default() }
}

/// Sends a byte of `text` now and then until the other end has closed, and gives what it said.
async fn drip(mut client: Client<TcpStream>, text: &str) -> String {
    let mut letters = text.bytes().cycle();
    let dripping = async {
        loop {
            let mut seen = [0; 4_096];
            match client.0.try_read(&mut seen) {
                Ok(0) => return String::new(),
                Ok(n) => return String::from_utf8(seen[..n].to_vec()).unwrap(),
                Err(_nothing_yet) => (),
            }
            let _written = client.0.write_all(&[letters.next().unwrap()]).await;
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, dripping).await.expect("cut off in time")
}

#[tokio::test]
async fn a_silent_connection_is_closed_at_its_deadline() {
    let edge = Edge::plain(impatient()).await;
    let begun = Instant::now();
    assert_eq!(edge.connect().await.until_closed().await, "", "nobody asked, so nothing is said");
    assert!(begun.elapsed() >= SHORT && begun.elapsed() < PATIENCE);
}

#[tokio::test]
async fn a_silent_connection_is_closed_before_and_after_the_handshake() {
    let folder = tempfile::tempdir().unwrap();
    let tls = SelfSigned { names: vec!["ecole.example".to_owned()], data_dir: folder.path().to_owned() };
    let mut config = tls_config(TlsConfig::SelfSigned(tls));
    // Long enough for a handshake on a loaded machine.
    config.limits = GuardLimits { first_header: Duration::from_secs(2), ..impatient() };
    let edge = Edge::start(config).await;
    assert_eq!(edge.connect().await.until_closed().await, "");
    for alpn in [b"h2".as_slice(), b"http/1.1"] {
        let stream = connect_tls(edge.address(ListenerKind::Tls), &[alpn]).await.unwrap();
        // Over HTTP/2 frames come; that it closes is what counts.
        let mut client = Client(stream);
        let mut bytes = Vec::new();
        let closed = client.0.read_to_end(&mut bytes);
        let _closed_or_reset = timeout(PATIENCE, closed).await.expect("closed in time");
    }
}

#[tokio::test]
async fn a_dripping_header_gets_408_and_is_closed() {
    let edge = Edge::plain(impatient()).await;
    let said = drip(edge.connect().await, "GET / HTTP/1.1\r\nx: y\r\ny: z\r\n").await;
    assert!(said.starts_with("HTTP/1.1 408"), "{said}");
    assert!(said.contains("Connexion trop lente"), "{said}");
}

#[tokio::test]
async fn a_dripping_second_header_gets_408_and_idling_is_closed_in_silence() {
    let edge = Edge::plain(impatient_later()).await;
    let mut client = edge.connect().await;
    assert!(client.get("/").await.ends_with("bonjour"));
    assert!(drip(client, "GET / HTTP/1.1\r\nx: y\r\n").await.starts_with("HTTP/1.1 408"));
    let mut idle = edge.connect().await;
    assert!(idle.get("/").await.ends_with("bonjour"));
    assert_eq!(idle.until_closed().await, "");
}

#[tokio::test]
async fn a_long_answer_outlives_the_idle_limit() {
    let edge = Edge::plain(impatient_later()).await;
    let mut client = edge.connect().await;
    client.send("GET /slow HTTP/1.1\r\nhost: e\r\n\r\n").await;
    timeout(PATIENCE, edge.begun.notified()).await.unwrap();
    sleep(SHORT * 2).await;
    edge.release.notify_one();
    assert!(client.response().await.ends_with("at last"));
}

async fn open_at_most(edge: &Edge, connections: usize) {
    let freed = async {
        while edge.handle.connections_open() > connections {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, freed).await.expect("the place is given back");
}

#[tokio::test]
async fn a_client_that_takes_nothing_loses_its_place() {
    let edge = Edge::plain(GuardLimits { write_stall: SHORT, ..impatient_later() }).await;
    let mut client = edge.connect().await;
    client.send("GET /large HTTP/1.1\r\nhost: e\r\n\r\n").await;
    open_at_most(&edge, 0).await;
}

#[tokio::test]
async fn a_client_that_takes_its_time_gets_all() {
    let edge = Edge::plain(GuardLimits { write_stall: SHORT * 3, ..impatient_later() }).await;
    let mut client = edge.connect().await;
    client.send("GET /large HTTP/1.1\r\nhost: e\r\nconnection: close\r\n\r\n").await;
    let (mut taken, mut some) = (0, vec![0; 1024 * 1024]);
    let taking = async {
        loop {
            match client.0.read(&mut some).await.unwrap() {
                0 => return,
                read => taken += read,
            }
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, taking).await.expect("all taken");
    assert!(taken > super::harness::LARGE_BYTES, "{taken}");
}

#[tokio::test]
async fn a_connection_too_many_is_told_so() {
    let limits = GuardLimits { connections_per_v4_max: 2, refusals_at_once_max: 1, ..impatient_later() };
    let edge = Edge::plain(GuardLimits { idle: PATIENCE, ..limits }).await;
    let (mut one, mut two) = (edge.connect().await, edge.connect().await);
    assert!(one.get("/").await.ends_with("bonjour"));
    assert!(two.get("/").await.ends_with("bonjour"));
    let mut third = edge.connect().await;
    let said = third.response().await;
    assert!(said.starts_with("HTTP/1.1 503") && said.contains("retry-after: 10"), "{said}");
    assert!(said.contains("Beaucoup de monde"), "{said}");
    drop(one);
    open_at_most(&edge, 1).await;
    drop(third);
    assert!(edge.connect().await.get("/").await.ends_with("bonjour"));
}

#[tokio::test]
async fn a_connection_too_many_is_told_so_over_tls() {
    let folder = tempfile::tempdir().unwrap();
    let tls = SelfSigned { names: vec!["ecole.example".to_owned()], data_dir: folder.path().to_owned() };
    let limits = GuardLimits { connections_max: 0, ..impatient_later() };
    let edge = Edge::start(FrontConfig { limits, ..tls_config(TlsConfig::SelfSigned(tls)) }).await;
    let stream = connect_tls(edge.address(ListenerKind::Tls), &[b"h2", b"http/1.1"]).await.unwrap();
    assert!(Client(stream).response().await.starts_with("HTTP/1.1 503"));
}

#[tokio::test]
async fn a_trusted_proxy_brings_everybody() {
    let limits = GuardLimits { connections_per_v4_max: 1, ..GuardLimits::default() };
    let config = FrontConfig {
        trusted_proxies: vec!["127.0.0.0/8".parse().unwrap()],
        limits,
        ..FrontConfig::plain("127.0.0.1:0".parse().unwrap())
    };
    let edge = Edge::start(config).await;
    let mut all = [edge.connect().await, edge.connect().await, edge.connect().await];
    for client in &mut all {
        assert!(client.get("/").await.ends_with("bonjour"));
    }
}
