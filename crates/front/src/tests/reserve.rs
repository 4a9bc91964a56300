use super::harness::{Client, Edge, Gate, PATIENCE, connect_from, connect_tls};
use crate::{GuardLimits, ListenerKind};
use preau_gate::Sign;
use preau_gate::budget::Allowance;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Four connections; the last two are for passes.
fn few() -> GuardLimits {
    GuardLimits {
        connections_max: 4,
        connections_reserve: 2,
        probation: Duration::from_secs(2),
        linger: Duration::from_millis(300),
        ..GuardLimits::default()
    }
}

const WITH_PASS: &str = "GET / HTTP/1.1\r\nhost: e\r\ncookie: pass=good\r\n\r\n";

async fn filled(limits: GuardLimits) -> (Edge, Gate, Vec<Client<TcpStream>>) {
    let (edge, gate) = Edge::heard(limits).await;
    let mut held = vec![edge.connect().await, edge.connect().await];
    for client in &mut held {
        assert!(client.get("/").await.ends_with("bonjour"));
    }
    (edge, gate, held)
}

#[tokio::test]
async fn whoever_shows_a_pass_keeps_one_of_the_last_places() {
    let (edge, gate, _held) = filled(few()).await;
    let mut stranger = edge.connect().await;
    stranger.send("GET / HTTP/1.1\r\nhost: e\r\n\r\n").await;
    let said = stranger.until_closed().await;
    assert!(said.starts_with("HTTP/1.1 503") && said.contains("Beaucoup de monde"), "{said}");
    assert!(said.contains("connection: close"), "{said}");
    gate.hears(Sign::ConnectionRefused).await;
    let mut known = edge.connect().await;
    for _ in 0..2 {
        known.send(WITH_PASS).await;
        assert!(known.response().await.ends_with("bonjour"));
    }
    assert!(known.get("/").await.ends_with("bonjour"), "and goes on without showing it again");
}

#[tokio::test]
async fn the_last_places_are_not_held_by_silence() {
    let (edge, _gate, _held) = filled(GuardLimits { probation: Duration::from_millis(500), ..few() }).await;
    let mut silent = edge.connect().await;
    assert_eq!(silent.until_closed().await, "");
    drop(silent);
    let freed = async {
        while edge.handle.connections_open() > 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, freed).await.expect("the place is given back");
    let mut known = edge.connect().await;
    known.send(WITH_PASS).await;
    assert!(known.response().await.ends_with("bonjour"));
}

#[tokio::test]
async fn strangers_take_half_of_the_reserve_at_most() {
    let (edge, _gate, _held) = filled(few()).await;
    let _silent = edge.connect().await;
    let mut second = edge.connect().await;
    let said = second.response().await;
    assert!(said.starts_with("HTTP/1.1 503"), "no place even to try: {said}");
    drop(second);
}

#[tokio::test]
async fn idling_is_short_while_places_are_scarce_and_not_for_passes() {
    let short = Duration::from_millis(300);
    let (edge, _gate, held) = filled(GuardLimits { idle_when_scarce: short, ..few() }).await;
    let mut known = edge.connect().await;
    known.send(WITH_PASS).await;
    assert!(known.response().await.ends_with("bonjour"));
    // Whoever was at ease before idles on as before; whoever asks again now, without a pass, does not.
    let [mut idle, _other] = held.try_into().ok().unwrap();
    assert!(idle.get("/").await.ends_with("bonjour"));
    assert_eq!(idle.until_closed().await, "");
    assert!(known.get("/").await.ends_with("bonjour"));
}

#[tokio::test]
async fn over_http2_too() {
    let limits = GuardLimits { connections_max: 2, connections_reserve: 1, ..few() };
    let (edge, _gate) = Edge::tls(limits).await;
    let address = edge.address(ListenerKind::Tls);
    let mut held = Client(connect_tls(address, &[b"http/1.1"]).await.unwrap());
    assert!(held.get("/").await.ends_with("bonjour"));
    // A reserve of one has no half for strangers: they are told before any request.
    let mut stranger = Client(connect_tls(address, &[b"h2", b"http/1.1"]).await.unwrap());
    assert!(stranger.response().await.starts_with("HTTP/1.1 503"));
}

#[tokio::test]
async fn a_network_that_connects_too_fast_is_told_so_and_no_other() {
    let slow = Allowance { burst: 2, refill: Duration::from_secs(3_600) };
    let (edge, gate) = Edge::heard(GuardLimits { accepts_of_v4: slow, ..GuardLimits::default() }).await;
    for _ in 0..2 {
        assert!(edge.connect().await.get("/").await.ends_with("bonjour"));
    }
    let mut third = edge.connect().await;
    let mut said = Vec::new();
    timeout(PATIENCE, third.0.read_to_end(&mut said)).await.unwrap().unwrap();
    assert!(said.starts_with(b"HTTP/1.1 503"));
    gate.hears(Sign::ConnectionRefused).await;
    let (_, address) = edge.addresses[0];
    let mut other = Client(connect_from("127.0.0.2", address).await);
    assert!(other.get("/").await.ends_with("bonjour"));
}

#[tokio::test]
async fn who_showed_a_pass_gets_in_beside_a_flood() {
    let limits = GuardLimits { connections_max: 64, connections_reserve: 16, refusals_at_once_max: 8, ..few() };
    let (edge, gate) = Edge::heard(limits).await;
    let (_, address) = edge.addresses[0];
    let mut known = edge.connect().await;
    known.send(WITH_PASS).await;
    assert!(known.response().await.ends_with("bonjour"));
    let mut flood = Vec::new();
    for last in 2..32 {
        for begun in
            ["", "GET", "GET / HTTP/1.1\r\nhost: e\r\n", "POST / HTTP/1.1\r\nhost: e\r\ncontent-length: 9\r\n\r\n"]
        {
            let mut client = Client(connect_from(&format!("127.0.0.{last}"), address).await);
            let _taken_or_refused = tokio::io::AsyncWriteExt::write_all(&mut client.0, begun.as_bytes()).await;
            flood.push(client);
        }
        assert!(edge.handle.connections_open() <= 64, "{}", edge.handle.connections_open());
    }
    gate.hears(Sign::ConnectionRefused).await;
    for _ in 0..20 {
        let mut pupil = edge.connect().await;
        pupil.send(WITH_PASS).await;
        let said = pupil.response().await;
        assert!(said.ends_with("bonjour"), "{said}");
    }
    known.send(WITH_PASS).await;
    assert!(known.response().await.ends_with("bonjour"));
}

/// Opens connections from this machine's one address, each with the pass that `pass` gives, until one is refused.
async fn until_refused(edge: &Edge, connections_max: u32, pass: impl Fn(u32) -> u32) -> u32 {
    for number in 0..connections_max {
        let mut client = edge.connect().await;
        client.send(&format!("GET / HTTP/1.1\r\nhost: e\r\ncookie: pass={}\r\n\r\n", pass(number))).await;
        let mut said = vec![0; 12];
        timeout(PATIENCE, client.0.read_exact(&mut said)).await.unwrap().unwrap();
        if said == b"HTTP/1.1 503" {
            return number;
        }
        assert_eq!(said, b"HTTP/1.1 200");
    }
    connections_max
}

#[tokio::test]
async fn many_passes_behind_one_address_earn_it_more_connections_and_one_pass_does_not() {
    let slow = Allowance { burst: 12, refill: Duration::from_secs(3_600) };
    let none = Allowance { burst: 0, ..slow };
    let limits = || GuardLimits { accepts_of_v4: slow, accepts_beyond: none, ..GuardLimits::default() };
    let (edge, _gate) = Edge::heard(limits()).await;
    assert_eq!(until_refused(&edge, 300, |_| 7).await, 12, "one pass, stolen, from a network of programs");
    let (edge, _gate) = Edge::heard(limits()).await;
    assert_eq!(until_refused(&edge, 300, |number| number % 2).await, 12, "two of them");
    let (edge, _gate) = Edge::heard(limits()).await;
    assert_eq!(until_refused(&edge, 300, |number| number).await, 300, "a school");
    let (edge, _gate) = Edge::heard(limits()).await;
    let few = until_refused(&edge, 300, |number| number % 5).await;
    assert!((12 + 40..60).contains(&few), "five passes bring eight each, one more each ten seconds: {few}");
}

/// Ten programs of a school keep open what they can, and ask now and then: the pupils behind the same address come in, and
/// what the programs leave idle is taken from them.
#[tokio::test]
async fn programs_that_keep_connections_open_shut_out_nobody_behind_their_address() {
    const OWN: usize = 24;
    let short = Duration::from_secs(2);
    let limits = GuardLimits { connections_per_v4_max: OWN, idle_when_scarce: short, ..few() };
    let (edge, _gate) = Edge::heard(GuardLimits { connections_max: 1_000, connections_reserve: 0, ..limits }).await;
    let poll = "GET / HTTP/1.1\r\nhost: e\r\n\r\n";
    let mut held = Vec::new();
    for _ in 0..10 * OWN {
        let mut program = edge.connect().await;
        program.send(poll).await;
        let mut said = vec![0; 12];
        timeout(PATIENCE, program.0.read_exact(&mut said)).await.unwrap().unwrap();
        match said == b"HTTP/1.1 200" {
            true => held.push(program),
            false => break,
        }
    }
    assert!(!held.is_empty() && held.len() <= OWN - OWN / 4, "{}", held.len());
    let mut pupils = Vec::new();
    for number in 0..20 {
        let mut pupil = edge.connect().await;
        pupil.send(&format!("GET / HTTP/1.1\r\nhost: e\r\ncookie: pass={number}\r\n\r\n")).await;
        let said = pupil.response().await;
        assert!(said.ends_with("bonjour"), "pupil {number}: {said}");
        pupils.push(pupil);
    }
    for program in &mut held {
        let _asked_or_closed = tokio::io::AsyncWriteExt::write_all(&mut program.0, poll.as_bytes()).await;
    }
    for program in &mut held {
        let mut rest = Vec::new();
        let idle = timeout(PATIENCE, program.0.read_to_end(&mut rest)).await;
        assert!(idle.is_ok(), "whoever asks no more is not kept");
    }
    for pupil in &mut pupils {
        assert!(pupil.get("/").await.ends_with("bonjour"), "and pupils may idle");
    }
}

/// Which networks the kernel is to spare: not those that are refused most, but those where people are.
#[tokio::test]
async fn networks_where_three_people_showed_passes_are_told_once() {
    let (edge, _gate) = Edge::heard(GuardLimits::default()).await;
    let mut said = Vec::new();
    for number in 0..4 {
        let mut pupil = edge.connect().await;
        pupil.send(&format!("GET / HTTP/1.1\r\nhost: e\r\ncookie: pass={}\r\n\r\n", number.min(2))).await;
        assert!(pupil.response().await.ends_with("bonjour"));
        said.push(edge.handle.networks_with_people());
    }
    let here = vec!["127.0.0.1/32".parse().unwrap()];
    assert_eq!(said, [vec![], vec![], here, vec![]]);
}
