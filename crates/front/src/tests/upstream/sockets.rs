//! WebSockets through the gate.

use super::super::harness::PATIENCE;
use super::moodle::Moodle;
use super::site::{Browser, Site, config};
use crate::upstream::{Preset, UpstreamConfig, UpstreamLimits};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

const OWN: &str = "http://ecole.example";
/// “hello” in a text frame with the mask 0 (RFC 6455 §5.2), and its echo.
const HELLO: [u8; 11] = [0x81, 0x85, 0, 0, 0, 0, b'h', b'e', b'l', b'l', b'o'];
const ECHO: [u8; 7] = [0x81, 0x05, b'h', b'e', b'l', b'l', b'o'];

async fn with_pass(limits: UpstreamLimits) -> (Site, Browser) {
    let (_moodle, address) = Moodle::start().await;
    let site = Site::start(UpstreamConfig { limits, ..config(address, Preset::Moodle) });
    let mut browser = site.browser();
    browser.post("/login/index.php", "username=lea&password=juste").await;
    assert!(browser.jar.contains_key("preau_gate"));
    (site, browser)
}

#[tokio::test]
async fn an_echo_comes_through_and_ends_with_the_process() {
    let (site, browser) = with_pass(UpstreamLimits::default()).await;
    let (status, mut socket) = browser.handshake(OWN).await;
    assert_eq!(status, 101);
    for _ in 0..3 {
        socket.0.write_all(&HELLO).await.unwrap();
        let mut echo = [0; 7];
        timeout(PATIENCE, socket.0.read_exact(&mut echo)).await.expect("in time").expect("open");
        assert_eq!(echo, ECHO);
    }
    site.upstream.close_tunnels();
    let mut rest = Vec::new();
    let closed = timeout(PATIENCE, socket.0.read_to_end(&mut rest)).await.expect("closed in time");
    assert!(closed.is_err() || rest.is_empty());
    assert_eq!(site.stopped().await.cut, 0);
}

#[tokio::test]
async fn signing_out_closes_what_was_open() {
    let (_site, mut browser) = with_pass(UpstreamLimits::default()).await;
    let (status, mut socket) = browser.handshake(OWN).await;
    assert_eq!(status, 101);
    assert_eq!(browser.get("/login/logout.php?sesskey=key").await.status, 303);
    let mut rest = Vec::new();
    let closed = timeout(PATIENCE, socket.0.read_to_end(&mut rest)).await.expect("closed in time");
    assert!(closed.is_err() || rest.is_empty());
}

#[tokio::test]
async fn only_pages_of_the_site_open_one() {
    let (site, browser) = with_pass(UpstreamLimits::default()).await;
    for origin in ["http://evil.example", "https://ecole.example", "null", "http://ecole.example.evil.example"] {
        let (status, _) = browser.handshake(origin).await;
        assert_eq!(status, 403, "{origin}");
    }
    let (status, _) = site.browser().handshake(OWN).await;
    assert_eq!(status, 403, "without a pass");
}

#[tokio::test]
async fn there_are_only_so_many_and_silent_ones_end() {
    let limits =
        UpstreamLimits { tunnels_max: 1, tunnel_idle: Duration::from_millis(500), ..UpstreamLimits::default() };
    let (_site, browser) = with_pass(limits).await;
    let (status, mut first) = browser.handshake(OWN).await;
    assert_eq!(status, 101);
    assert_eq!(browser.handshake(OWN).await.0, 503);
    let mut rest = Vec::new();
    let closed = timeout(PATIENCE, first.0.read_to_end(&mut rest)).await.expect("ends in time");
    assert!(closed.is_err() || rest.is_empty());
    let next = async { while browser.handshake(OWN).await.0 != 101 {} };
    timeout(PATIENCE, next).await.expect("its place is free again");
}

/// Whoever opens as many as they can leaves the others theirs.
#[tokio::test]
async fn each_pass_has_its_own() {
    let limits = UpstreamLimits { tunnels_of_holder_max: 2, ..UpstreamLimits::default() };
    let (site, lea) = with_pass(limits).await;
    let mut open = vec![lea.handshake(OWN).await, lea.handshake(OWN).await];
    assert!(open.iter().all(|(status, _)| *status == 101));
    assert_eq!(lea.handshake(OWN).await.0, 503);
    let mut tom = site.browser();
    tom.post("/login/index.php", "username=tom&password=juste").await;
    assert_eq!(tom.handshake(OWN).await.0, 101);
    open.pop();
    let next = async { while lea.handshake(OWN).await.0 != 101 {} };
    timeout(PATIENCE, next).await.expect("its place is free again");
}

#[tokio::test]
async fn a_browser_sends_no_faster_than_it_may() {
    let limits = UpstreamLimits { tunnel_bytes_per_s_max: 1_000, ..UpstreamLimits::default() };
    let (_site, browser) = with_pass(limits).await;
    let (_, mut socket) = browser.handshake(OWN).await;
    // 4.4 seconds' worth, of which two may run ahead.
    let begun = tokio::time::Instant::now();
    socket.0.write_all(&HELLO.repeat(400)).await.unwrap();
    let mut echoes = vec![0; ECHO.len() * 400];
    timeout(PATIENCE, socket.0.read_exact(&mut echoes)).await.expect("in time").expect("open");
    assert!(begun.elapsed() > Duration::from_secs(2), "{:?}", begun.elapsed());
}
