//! Connections that begin at the door, and go on inside.

use super::gate::{World, closed, navigation};
use super::harness::{Client, PATIENCE};
use crate::GuardLimits;
use crate::limits::{TURNED_AWAY_AT_ONCE_MAX, TURNED_AWAY_PAUSE_MS};
use preau_base::Instant;
use preau_gate::{Command, Settings};
use proptest::prelude::*;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;

const SHORT: Duration = Duration::from_millis(300);
/// Between two looks at what changes once a second.
const STEP: Duration = Duration::from_millis(20);

/// The porter does not read this: from here on the connection is hyper's.
const TO_HYPER: &str = "GET /_gate/other HTTP/1.1\r\nhost: e\r\ncontent-length: 0\r\n\r\n";

fn undated(answer: &str) -> String {
    let lines = answer.split("\r\n").filter(|line| !line.starts_with("date: "));
    lines.collect::<Vec<_>>().join("\r\n")
}

/// All that comes until the other end closes, with a request to close once `asked` is answered where it does not close
/// itself.
async fn all_said(mut client: Client<TcpStream>, asked: &str) -> String {
    client.send(asked).await;
    let mut bytes = Vec::new();
    let answered = timeout(PATIENCE, client.0.read_buf(&mut bytes)).await.expect("answered in time").unwrap();
    assert!(answered > 0, "an answer to {asked}");
    client.send("GET /_gate/end HTTP/1.1\r\nhost: e\r\nconnection: close\r\n\r\n").await;
    let _closed_or_reset = timeout(PATIENCE, client.0.read_to_end(&mut bytes)).await.expect("closed in time");
    String::from_utf8(bytes).unwrap()
}

/// Everybody here is blocked by hand: the gate's answer is always the same.
fn blocked() -> World {
    blocked_with(GuardLimits::default())
}

fn blocked_with(limits: GuardLimits) -> World {
    let world = World::start_with(Settings::default(), limits);
    let until = Instant::from_secs(4_000_000_000);
    world.gatekeeper.apply(Command::Block { network: "127.0.0.1".parse().unwrap(), until }, "test").unwrap();
    world
}

#[test]
fn the_gate_says_the_same_at_the_door_and_inside() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (world, tag) = runtime.block_on(async {
        let world = blocked();
        let file = world.connect().await.get("/_gate/waiting.css").await;
        let tag = file.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap().to_owned();
        (world, tag)
    });
    let paths = ["/", "/_gate/draw.json", "/_gate/waiting.css", "/_gate/waiting.js?v=1", "/_gate/nothing", "/a?b=c"];
    let lines = vec![
        "accept: text/html".to_owned(),
        "sec-fetch-mode: navigate".to_owned(),
        "sec-fetch-mode: cors".to_owned(),
        "accept-language: en".to_owned(),
        "cookie: pass=1; preau-lang=en".to_owned(),
        "cookie: preau_ticket=forged".to_owned(),
        "x-forwarded-for: 192.0.2.1".to_owned(),
        "connection: close".to_owned(),
        "connection: keep-alive, x-secret".to_owned(),
        "x-secret: a".to_owned(),
        format!("if-none-match: {tag}"),
    ];
    let cases = (
        prop::bool::weighted(0.3),
        prop::sample::select(paths.to_vec()),
        prop::sample::subsequence(lines.clone(), 0..lines.len()),
    );
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(80));
    let checked = runner.run(&cases, |(is_head, path, lines)| {
        let method = if is_head { "HEAD" } else { "GET" };
        let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        let asked = format!("{method} {path} HTTP/1.1\r\nhost: e\r\n{lines}\r\n");
        let (door, inside) = runtime.block_on(async {
            let door = all_said(world.connect().await, &asked).await;
            let mut client = world.connect().await;
            client.send(TO_HYPER).await;
            assert!(client.response().await.starts_with("HTTP/1.1 404"));
            (door, all_said(client, &asked).await)
        });
        prop_assert!(door.starts_with("HTTP/1.1 "), "{door}");
        prop_assert_eq!(undated(&door), undated(&inside));
        Ok(())
    });
    checked.unwrap();
}

#[tokio::test]
async fn whoever_is_let_in_goes_on_over_the_same_connection() {
    let world = World::start_with(closed(), GuardLimits::default());
    let mut client = world.connect().await;
    for _ in 0..3 {
        client.send(&navigation("/", "")).await;
        assert!(client.response().await.starts_with("HTTP/1.1 503"));
        assert!(client.get("/_gate/queue.json").await.starts_with("HTTP/1.1 200"));
    }
    for _ in 0..3 {
        client.send(&navigation("/", "pass=7")).await;
        assert!(client.response().await.ends_with("<h1>bonjour</h1>"));
    }
    assert!(client.get("/_gate/queue.json").await.starts_with("HTTP/1.1 200"), "the gate answers inside, too");
    client.send(&navigation("/", "")).await;
    assert!(client.response().await.starts_with("HTTP/1.1 503"), "and who shows nothing waits, too");
    world.until("each was counted once", |seen| seen.limit.at_work == 0).await;
}

#[tokio::test]
async fn requests_that_come_together_are_answered_in_order() {
    let world = World::start_with(closed(), GuardLimits::default());
    let mut client = world.connect().await;
    let poll = "GET /_gate/queue.json HTTP/1.1\r\nhost: e\r\n\r\n";
    let form = "POST /length HTTP/1.1\r\nhost: e\r\ncookie: pass=1\r\ncontent-length: 5\r\n\r\nhello";
    client.send(&format!("{poll}\r\n{poll}{}{form}{poll}", navigation("/", "pass=1"))).await;
    for expect in ["{", "{", "<h1>bonjour</h1>", "5", "{"] {
        let said = client.response().await;
        assert!(said.starts_with("HTTP/1.1 200"), "{said}");
        assert!(said.split("\r\n\r\n").nth(1).unwrap().starts_with(expect), "{said}");
    }
}

#[tokio::test]
async fn whoever_asks_on_before_the_refusal_is_there_is_refused_once() {
    let world = blocked();
    let asked = "GET / HTTP/1.1\r\nhost: e\r\n\r\n";
    let mut hasty = world.connect().await;
    hasty.send(&asked.repeat(50)).await;
    let said = hasty.response().await;
    assert!(said.starts_with("HTTP/1.1 403") && said.contains("connection: close"), "{said}");
    let mut patient = world.connect().await;
    for _ in 0..3 {
        let said = patient.get("/").await;
        assert!(said.starts_with("HTTP/1.1 403") && !said.contains("connection: close"), "{said}");
    }
}

/// At the door and, for whoever was let in before, inside: the first are turned away at once, then one a second.
#[tokio::test]
async fn whoever_is_turned_away_over_and_over_is_answered_late() {
    let world = World::start_with(closed(), GuardLimits::default());
    for inside in [false, true] {
        let mut client = world.connect().await;
        if inside {
            client.send(&navigation("/", "pass=7")).await;
            assert!(client.response().await.starts_with("HTTP/1.1 200"));
        }
        let begun = tokio::time::Instant::now();
        for number in 1..=TURNED_AWAY_AT_ONCE_MAX + 2 {
            assert!(client.get("/_gate/queue.json").await.starts_with("HTTP/1.1 200"), "polls are never late");
            client.send(&navigation("/", "")).await;
            assert!(client.response().await.starts_with("HTTP/1.1 503"));
            let slow = begun.elapsed() >= Duration::from_millis(TURNED_AWAY_PAUSE_MS);
            assert!(slow || number <= TURNED_AWAY_AT_ONCE_MAX + 1, "inside: {inside}");
        }
        let mut other = world.connect().await;
        let begun = tokio::time::Instant::now();
        other.send(&navigation("/", "")).await;
        assert!(other.response().await.starts_with("HTTP/1.1 503"), "another connection of the same network");
        assert!(begun.elapsed() < Duration::from_millis(TURNED_AWAY_PAUSE_MS));
    }
}

/// A proxy mixes its clients on a connection: what one of them is refused slows nobody down.
#[tokio::test]
async fn a_proxy_s_connection_is_not_slowed_down_by_one_of_its_clients() {
    let proxy = "127.0.0.1".parse().unwrap();
    let world = World::start_behind(closed(), GuardLimits::default(), vec![proxy]);
    let of = |client: &str, path: &str| {
        navigation(path, "").replace("\r\n\r\n", &format!("\r\nx-forwarded-for: {client}\r\n\r\n"))
    };
    for inside in [false, true] {
        let mut client = world.connect().await;
        if inside {
            client.send(&navigation("/", "pass=7")).await;
            assert!(client.response().await.starts_with("HTTP/1.1 200"));
        }
        let begun = tokio::time::Instant::now();
        for _ in 0..=TURNED_AWAY_AT_ONCE_MAX {
            client.send(&of("198.51.100.1", "/a")).await;
            assert!(client.response().await.starts_with("HTTP/1.1 503"));
        }
        let refused = begun.elapsed();
        client.send(&of("198.51.100.2", "/b")).await;
        assert!(client.response().await.starts_with("HTTP/1.1 503"));
        let waited = begun.elapsed() - refused;
        assert!(waited < Duration::from_millis(TURNED_AWAY_PAUSE_MS), "inside: {inside}, {waited:?}");
    }
}

#[tokio::test]
async fn a_place_comes_back_of_somebody_who_left_between_door_and_hyper() {
    let world = World::start_with(Settings { concurrency_max: Some(1), ..Settings::default() }, GuardLimits::default());
    for _ in 0..20 {
        let mut client = world.connect().await;
        client.send(&navigation("/slow", "pass=1")).await;
        drop(client);
    }
    world.until("all places are free", |seen| seen.limit.at_work == 0 && seen.limit.held == 0).await;
}

#[tokio::test]
async fn the_door_has_the_deadlines_of_the_house() {
    let limits =
        GuardLimits { first_header: PATIENCE, header: SHORT, idle: SHORT, linger: SHORT, ..GuardLimits::default() };
    let world = World::start_with(closed(), limits);
    let mut idle = world.connect().await;
    assert!(idle.get("/_gate/queue.json").await.starts_with("HTTP/1.1 200"));
    assert_eq!(idle.until_closed().await, "", "nobody asked, so nothing is said");
    let mut slow = world.connect().await;
    assert!(slow.get("/_gate/queue.json").await.starts_with("HTTP/1.1 200"));
    slow.send("GET / HTTP/1.1\r\nx: y\r\n").await;
    let said = slow.until_closed().await;
    assert!(said.starts_with("HTTP/1.1 408") && said.contains("Connexion trop lente"), "{said}");
    let mut broken = world.connect().await;
    broken.send("GET /_gate/queue.json HTTP/1.1\r\nhost: e\r\n\r\nGET / HTTP/1.1\nhost: e\n\n").await;
    let said = broken.until_closed().await;
    assert!(said.starts_with("HTTP/1.1 200") && said.contains("HTTP/1.1 400"), "{said}");
}

#[tokio::test]
async fn a_silent_connection_at_the_door_is_closed() {
    let world =
        World::start_with(closed(), GuardLimits { first_header: SHORT, linger: SHORT, ..GuardLimits::default() });
    assert_eq!(world.connect().await.until_closed().await, "");
}

#[tokio::test]
async fn a_connection_at_the_door_has_so_many_requests() {
    let world = World::start_with(closed(), GuardLimits { requests_max: 3, ..GuardLimits::default() });
    let mut client = world.connect().await;
    for number in 1..=3 {
        let said = client.get("/_gate/queue.json").await;
        assert_eq!(said.contains("connection: close"), number == 3, "{said}");
    }
    assert_eq!(client.until_closed().await, "");
}

#[tokio::test]
async fn a_client_at_the_door_that_takes_nothing_loses_its_place() {
    let limits = GuardLimits { write_stall: SHORT, linger: SHORT, ..GuardLimits::default() };
    let world = World::start_with(closed(), limits);
    let mut client = world.connect().await;
    let poll = "GET /_gate/waiting.css HTTP/1.1\r\nhost: e\r\n\r\n".repeat(200);
    // More and more is asked for and nothing taken, until our side gives up.
    let asking = async { while tokio::io::AsyncWriteExt::write_all(&mut client.0, poll.as_bytes()).await.is_ok() {} };
    timeout(PATIENCE, asking).await.expect("cut off in time");
}

#[tokio::test]
async fn the_same_request_again_is_answered_as_if_it_were_read_again() {
    let world = blocked();
    let (mut client, asked) = (world.connect().await, navigation("/a", ""));
    let mut ask = async |asked: &str| {
        client.send(asked).await;
        undated(&client.response().await)
    };
    let first = ask(&asked).await;
    assert!(first.starts_with("HTTP/1.1 403"), "{first}");
    // Read, learned, known.
    for _ in 0..5 {
        assert_eq!(ask(&asked).await, first);
    }
    // Others between them are told from it, were it by one letter.
    let english = asked.replace("accept-language: fr", "accept-language: en");
    let other = ask(&english).await;
    assert_ne!(other, first);
    assert_eq!(ask(&asked.replace("/a ", "/b ")).await, first);
    assert_eq!(ask(&english).await, other);
    assert_eq!(ask(&asked).await, first);
    // In pieces, and with an empty line before it.
    for cut in [1, 9, asked.len() - 1] {
        client.send(&asked[..cut]).await;
        client.send(&asked[cut..]).await;
        assert_eq!(undated(&client.response().await), first, "cut at {cut}");
    }
    client.send(&format!("\r\n{asked}")).await;
    assert_eq!(undated(&client.response().await), first);
    // A request of which it is the beginning only.
    client.send(&asked.replace("\r\n\r\n", "\r\ncontent-length: 3\r\n\r\nabc")).await;
    assert!(client.response().await.starts_with("HTTP/1.1 403"));
}

#[tokio::test]
async fn what_was_refused_again_and_again_is_let_in_when_it_may_be() {
    let world = blocked();
    let (mut client, asked) = (world.connect().await, navigation("/", ""));
    for _ in 0..4 {
        client.send(&asked).await;
        assert!(client.response().await.starts_with("HTTP/1.1 403"));
    }
    let network = "127.0.0.1".parse().unwrap();
    world.gatekeeper.apply(Command::Unblock { network }, "test").unwrap();
    for _ in 0..3 {
        client.send(&asked).await;
        let said = client.response().await;
        assert!(said.starts_with("HTTP/1.1 200") && said.ends_with("<h1>bonjour</h1>"), "{said}");
    }
    world.until("each was counted once", |seen| seen.limit.at_work == 0).await;
}

#[tokio::test]
async fn a_known_request_counts_towards_the_requests_of_its_connection_and_keeps_its_deadlines() {
    let limits = GuardLimits { requests_max: 6, idle: SHORT, linger: SHORT, ..GuardLimits::default() };
    let world = blocked_with(limits);
    let asked = navigation("/", "");
    let mut client = world.connect().await;
    for number in 1..=6 {
        client.send(&asked).await;
        let said = client.response().await;
        assert_eq!(said.contains("connection: close"), number == 6, "{number}: {said}");
    }
    assert_eq!(client.until_closed().await, "");
    let mut idle = world.connect().await;
    for _ in 0..4 {
        idle.send(&asked).await;
        assert!(idle.response().await.starts_with("HTTP/1.1 403"));
    }
    assert_eq!(idle.until_closed().await, "", "and is closed when nothing more is asked");
    let mut hasty = world.connect().await;
    for _ in 0..3 {
        hasty.send(&asked).await;
        assert!(!hasty.response().await.contains("connection: close"));
    }
    hasty.send(&asked.repeat(20)).await;
    let said = hasty.response().await;
    assert!(said.contains("connection: close"), "who asks on before the answer is there is refused once: {said}");
}

#[tokio::test]
async fn a_poll_again_and_again_tells_what_is_published_now() {
    let world = World::start_with(Settings::default(), GuardLimits::default());
    let poll = "GET /_gate/queue.json HTTP/1.1\r\nhost: e\r\n\r\n";
    let mut client = world.connect().await;
    client.send(poll).await;
    let first = client.response().await;
    assert!(first.starts_with("HTTP/1.1 200") && first.contains("\"open\":true"), "{first}");
    // Read, learned, and known when what is published changes, as it does each second.
    let changes = async {
        for asked in 1.. {
            client.send(poll).await;
            let said = client.response().await;
            assert!(said.starts_with("HTTP/1.1 200"), "{said}");
            if asked > 3 && undated(&said) != undated(&first) {
                break;
            }
            tokio::time::sleep(STEP).await;
        }
    };
    timeout(PATIENCE, changes).await.expect("the poll tells what is published now");
    // Polls that are sent together are answered in order, and the connection stays.
    client.send(&poll.repeat(3)).await;
    for _ in 0..3 {
        let said = client.response().await;
        assert!(said.starts_with("HTTP/1.1 200") && !said.contains("connection: close"), "{said}");
    }
}

/// What is published changes each second, and with it its tag.
#[tokio::test]
async fn a_known_tag_is_compared_each_time() {
    let world = World::start_with(Settings::default(), GuardLimits::default());
    let mut client = world.connect().await;
    let settles = async {
        loop {
            let first = client.get("/_gate/queue.json").await;
            let tag = first.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
            let asked = format!("GET /_gate/queue.json HTTP/1.1\r\nhost: e\r\nif-none-match: {tag}\r\n\r\n");
            let mut held = 0;
            loop {
                client.send(&asked).await;
                if !client.response().await.starts_with("HTTP/1.1 304") {
                    break;
                }
                held += 1;
                tokio::time::sleep(STEP).await;
            }
            // Read, learned, and known until the tag was old.
            if held >= 3 {
                break;
            }
        }
    };
    timeout(PATIENCE, settles).await.expect("a tag holds for three polls, and not for ever");
}
