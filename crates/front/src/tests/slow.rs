use super::harness::{Client, Edge, PATIENCE, connect_from, connect_tls};
use crate::{GuardLimits, ListenerKind};
use preau_gate::Sign;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

const SHORT: Duration = Duration::from_millis(500);

fn limits() -> GuardLimits {
    GuardLimits { linger: SHORT, ..GuardLimits::default() }
}

async fn closed(stream: &mut TcpStream) {
    let mut rest = Vec::new();
    let _closed_or_reset = timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("closed in time");
}

#[test]
fn with_its_page_everything_slow_is_closed_within_ten_seconds() {
    let limits = GuardLimits::default();
    let bar = Duration::from_secs(10);
    for patience in [limits.first_header, limits.header, limits.handshake, limits.probation, limits.body_window] {
        assert!(patience + limits.linger < bar, "{patience:?}");
    }
    assert!(limits.write_stall < bar);
}

#[tokio::test]
async fn silence_is_told() {
    let (edge, gate) = Edge::heard(GuardLimits { first_header: SHORT, ..limits() }).await;
    closed(&mut edge.connect().await.0).await;
    gate.hears(Sign::Silent).await;
}

#[tokio::test]
async fn a_slow_header_is_told() {
    let (edge, gate) = Edge::heard(GuardLimits { first_header: SHORT, ..limits() }).await;
    let mut client = edge.connect().await;
    client.send("GET / HTTP/1.1\r\nhos").await;
    let said = client.until_closed().await;
    assert!(said.starts_with("HTTP/1.1 408"), "{said}");
    gate.hears(Sign::SlowHeader).await;
}

#[tokio::test]
async fn handshakes_without_end_and_without_request_are_told() {
    let short = GuardLimits { handshake: Duration::from_secs(2), first_header: Duration::from_secs(3), ..limits() };
    let (edge, gate) = Edge::tls(short).await;
    let address = edge.address(ListenerKind::Tls);
    let mut silent = TcpStream::connect(address).await.unwrap();
    let mut half = TcpStream::connect(address).await.unwrap();
    half.write_all(&[0x16, 3, 1, 0x10, 0]).await.unwrap();
    let mut whole = connect_tls(address, &[b"h2"]).await.unwrap();
    let mut broken = TcpStream::connect(address).await.unwrap();
    broken.write_all(&[0x16, 3, 1, 0, 4, 1, 0, 0, 0]).await.unwrap();
    closed(&mut broken).await;
    gate.hears(Sign::HandshakeFailed).await;
    closed(&mut silent).await;
    gate.hears(Sign::Silent).await;
    closed(&mut half).await;
    let mut rest = Vec::new();
    let _closed = timeout(PATIENCE, whole.read_to_end(&mut rest)).await.expect("closed in time");
    gate.hears(Sign::HandshakeOnly).await;
}

#[tokio::test]
async fn half_handshakes_of_one_starve_nobody_else() {
    let limits = GuardLimits { handshakes_at_once_max: 16, half_handshake: PATIENCE, ..limits() };
    let (edge, _gate) = Edge::tls(limits).await;
    let address = edge.address(ListenerKind::Tls);
    let _flood = half_handshakes(address, 40).await;
    let begun = Instant::now();
    let stream = connect_tls(address, &[b"http/1.1"]).await.unwrap();
    assert!(Client(stream).get("/").await.ends_with("bonjour"));
    assert!(begun.elapsed() < few_seconds(), "{:?}", begun.elapsed());
}

/// A school with a program in it: pupils behind its address wait for a moment, and not until the flood's handshakes are over.
#[tokio::test]
async fn half_handshakes_are_given_up_for_others_behind_the_same_address() {
    let limits = GuardLimits { handshakes_at_once_max: 16, half_handshake: SHORT, handshake: PATIENCE, ..limits() };
    let (edge, gate) = Edge::tls(GuardLimits { first_header: PATIENCE, ..limits }).await;
    let address = edge.address(ListenerKind::Tls);
    let _flood = half_handshakes(address, 12).await;
    let pupil = connect_from(FLOOD, address).await;
    let begun = Instant::now();
    let stream = super::harness::shake_hands(pupil, &[b"http/1.1"]).await.unwrap();
    assert!(Client(stream).get("/").await.ends_with("bonjour"));
    assert!(begun.elapsed() < few_seconds(), "{:?}", begun.elapsed());
    gate.hears(Sign::HandshakeFailed).await;
}

#[tokio::test]
async fn a_client_in_the_middle_of_its_handshake_has_its_time_while_nobody_needs_the_place() {
    let (edge, gate) = Edge::tls(GuardLimits { half_handshake: SHORT / 5, ..limits() }).await;
    let mut half = half_handshakes(edge.address(ListenerKind::Tls), 100).await;
    sleep(SHORT).await;
    assert_eq!(gate.heard(), []);
    assert!(half[0].read_u8().await.is_ok(), "the rest of our answer");
}

const FLOOD: &str = "127.0.0.2";

/// So many of what a browser could have sent first, and then nothing.
async fn half_handshakes(address: std::net::SocketAddr, count: usize) -> Vec<TcpStream> {
    let hello = client_hello();
    let mut flood = Vec::new();
    for _ in 0..count {
        let mut half = connect_from(FLOOD, address).await;
        half.write_all(&hello).await.unwrap();
        flood.push(half);
    }
    // Whoever got a place has been answered: the server waits for the end of these.
    let mut seen = [0];
    timeout(PATIENCE, flood[0].read_exact(&mut seen)).await.unwrap().unwrap();
    flood
}

const fn few_seconds() -> Duration {
    Duration::from_secs(5)
}

/// The first flight of a real client.
fn client_hello() -> Vec<u8> {
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let name = "ecole.example".try_into().unwrap();
    let mut client = rustls::ClientConnection::new(std::sync::Arc::new(config), name).unwrap();
    let mut hello = Vec::new();
    client.write_tls(&mut hello).unwrap();
    hello
}

#[tokio::test]
async fn a_body_that_only_drips_is_cut_off() {
    let (edge, gate) = Edge::heard(GuardLimits { body_window: SHORT, ..limits() }).await;
    let mut client = edge.connect().await;
    client.send("POST /length HTTP/1.1\r\nhost: e\r\ncontent-length: 100000\r\n\r\n").await;
    let (mut reads, mut writes) = client.0.split();
    let drip = async {
        loop {
            sleep(Duration::from_millis(20)).await;
            if writes.write_all(b"a").await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    };
    let mut said = vec![0; 1_000];
    let answered = tokio::select! {
        () = drip => unreachable!(),
        read = timeout(PATIENCE, reads.read(&mut said)) => read.expect("cut off in time").unwrap(),
    };
    let said = String::from_utf8_lossy(&said[..answered]).into_owned();
    assert!(said.starts_with("HTTP/1.1 408"), "{said}");
    gate.hears(Sign::SlowBody).await;
}

#[tokio::test]
async fn a_body_at_a_modest_pace_arrives() {
    let (edge, gate) = Edge::heard(GuardLimits { body_window: SHORT, ..limits() }).await;
    let mut client = edge.connect().await;
    client.send("POST /length HTTP/1.1\r\nhost: e\r\ncontent-length: 6000\r\n\r\n").await;
    for _ in 0..30 {
        client.send(&"a".repeat(200)).await;
        sleep(Duration::from_millis(50)).await;
    }
    assert!(client.response().await.ends_with("6000"));
    assert_eq!(gate.heard(), []);
}

#[tokio::test]
async fn a_client_that_takes_its_answer_by_drops_loses_its_place() {
    let (edge, gate) = Edge::heard(GuardLimits { write_stall: SHORT, ..limits() }).await;
    let mut client = edge.connect().await;
    client.send("GET /large HTTP/1.1\r\nhost: e\r\n\r\n").await;
    let drops = async {
        let mut drop_of_it = [0; 4];
        while matches!(client.0.read(&mut drop_of_it).await, Ok(1..)) {
            sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        () = drops => (),
        () = gate.hears(Sign::SlowRead) => (),
    }
    let freed = async {
        while edge.handle.connections_open() > 0 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, freed).await.expect("the place is given back");
    gate.hears(Sign::SlowRead).await;
}

#[tokio::test]
async fn an_answer_that_only_the_kernel_holds_is_not_held_for_long() {
    for reads in [false, true] {
        let (edge, gate) = Edge::heard(GuardLimits { write_stall: Duration::from_secs(2), ..limits() }).await;
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(2_048).unwrap();
        let mut client = Client(socket.connect(edge.addresses[0].1).await.unwrap());
        client.send("GET /medium HTTP/1.1\r\nhost: e\r\n\r\n").await;
        if reads {
            assert!(client.response().await.ends_with('a'));
            sleep(Duration::from_secs(3)).await;
            assert!(client.get("/").await.ends_with("bonjour"));
            assert_eq!(gate.heard(), []);
        } else {
            gate.hears(Sign::SlowRead).await;
        }
    }
}

#[tokio::test]
async fn a_client_that_asks_on_and_takes_nothing_wins_no_time_by_it() {
    let (edge, gate) = Edge::heard(GuardLimits { write_stall: Duration::from_secs(4), ..limits() }).await;
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(2_048).unwrap();
    let mut client = Client(socket.connect(edge.addresses[0].1).await.unwrap());
    let begun = Instant::now();
    client.send("GET /medium HTTP/1.1\r\nhost: e\r\n\r\n").await;
    sleep(Duration::from_secs(3)).await;
    // More than the kernel takes: from here on writing waits, and nothing is read.
    client.send("GET /large HTTP/1.1\r\nhost: e\r\n\r\n").await;
    gate.hears(Sign::SlowRead).await;
    assert!(begun.elapsed() < Duration::from_secs(6), "counted from the first answer: {:?}", begun.elapsed());
}
