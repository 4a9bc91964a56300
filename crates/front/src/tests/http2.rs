//! HTTP/2 by hand, frame by frame (RFC 9113), as those do who abuse it.

use super::harness::{Edge, Gate, PATIENCE, connect_tls};
use crate::{GuardLimits, ListenerKind};
use preau_gate::Sign;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::client::TlsStream;

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

struct Raw(TlsStream<TcpStream>);

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let [_, a, b, c] = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&[a, b, c, kind, flags], stream.to_be_bytes().as_slice(), payload].concat()
}

/// GET over https of `path` at host `e`, in HPACK without Huffman coding.
fn get(path: &str) -> Vec<u8> {
    let mut block = vec![0x82, 0x87, 0x01, 1, b'e', 0x04];
    block.push(u8::try_from(path.len()).unwrap());
    block.extend_from_slice(path.as_bytes());
    block
}

impl Raw {
    async fn open(edge: &Edge, settings: &[u8]) -> Self {
        let mut raw = Self(connect_tls(edge.address(ListenerKind::Tls), &[b"h2"]).await.unwrap());
        raw.0.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
        raw.send(&frame(SETTINGS, 0, 0, settings)).await;
        raw
    }

    async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
        self.0.flush().await.unwrap();
    }

    /// The next frame: its kind, flags, stream and payload; `None` when the connection is closed.
    async fn next(&mut self) -> Option<(u8, u8, u32, Vec<u8>)> {
        let read = async {
            let mut head = [0; 9];
            self.0.read_exact(&mut head).await.ok()?;
            let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
            self.0.read_exact(&mut payload).await.ok()?;
            Some((head[3], head[4], u32::from_be_bytes([head[5], head[6], head[7], head[8]]), payload))
        };
        timeout(PATIENCE, read).await.expect("goes on in time")
    }

    async fn until(&mut self, kind: u8, stream: u32) -> (u8, Vec<u8>) {
        loop {
            let (seen, flags, of, payload) = self.next().await.expect("is still open");
            if (seen, of) == (kind, stream) {
                return (flags, payload);
            }
        }
    }

    async fn answered(&mut self, stream: u32) {
        let mut flags = self.until(HEADERS, stream).await.0;
        while flags & END_STREAM == 0 {
            flags = self.until(0, stream).await.0;
        }
    }

    /// Sends the same again and again until the other end has had enough; so many times at most.
    async fn flood(mut self, times: u32, mut frames: impl FnMut(u32) -> Vec<u8>) {
        for time in 0..times {
            if self.0.write_all(&frames(time)).await.is_err() {
                return;
            }
        }
        let _flushed = self.0.flush().await;
        while self.next().await.is_some() {}
    }
}

async fn edge(limits: GuardLimits) -> (Edge, Gate) {
    Edge::tls(limits).await
}

async fn all_gone(edge: &Edge) {
    let gone = async {
        while edge.handle.connections_open() > 0 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, gone).await.expect("the connection is closed");
}

#[tokio::test]
async fn rapid_resets_end_the_connection() {
    let (edge, gate) = edge(GuardLimits::default()).await;
    let raw = Raw::open(&edge, &[]).await;
    raw.flood(5_000, |time| {
        let stream = time * 2 + 1;
        let headers = frame(HEADERS, END_HEADERS | END_STREAM, stream, &get("/slow"));
        [headers, frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes())].concat()
    })
    .await;
    gate.hears(Sign::Http2Abuse).await;
    all_gone(&edge).await;
}

#[tokio::test]
async fn continuations_without_end_end_the_connection() {
    let (edge, gate) = edge(GuardLimits::default()).await;
    let mut raw = Raw::open(&edge, &[]).await;
    raw.send(&frame(HEADERS, END_STREAM, 1, &get("/"))).await;
    raw.flood(5_000, |_| frame(CONTINUATION, 0, 1, &[])).await;
    gate.hears(Sign::Http2Abuse).await;
    all_gone(&edge).await;
}

#[tokio::test]
async fn pings_and_settings_without_end_end_the_connection() {
    for (kind, payload) in [(PING, vec![0; 8]), (SETTINGS, Vec::new())] {
        let (edge, gate) = edge(GuardLimits::default()).await;
        let raw = Raw::open(&edge, &[]).await;
        raw.flood(20_000, |_| frame(kind, 0, 0, &payload)).await;
        gate.hears(Sign::Http2Abuse).await;
        all_gone(&edge).await;
    }
}

#[tokio::test]
async fn a_later_header_that_never_ends_ends_the_connection() {
    let (edge, gate) = edge(GuardLimits { header: Duration::from_millis(500), ..GuardLimits::default() }).await;
    let mut raw = Raw::open(&edge, &[]).await;
    raw.send(&frame(HEADERS, END_HEADERS | END_STREAM, 1, &get("/"))).await;
    raw.answered(1).await;
    // One answer is under way, so that the connection is not idle.
    raw.send(&frame(HEADERS, END_HEADERS | END_STREAM, 3, &get("/slow"))).await;
    timeout(PATIENCE, edge.begun.notified()).await.unwrap();
    raw.send(&frame(HEADERS, END_STREAM, 5, &get("/"))).await;
    gate.hears(Sign::SlowHeader).await;
    all_gone(&edge).await;
}

#[tokio::test]
async fn a_window_that_never_opens_ends_the_connection() {
    let stall = Duration::from_millis(500);
    let (edge, gate) = edge(GuardLimits { write_stall: stall, ..GuardLimits::default() }).await;
    // SETTINGS_INITIAL_WINDOW_SIZE 0: nothing of an answer's body may come.
    let mut raw = Raw::open(&edge, &[0, 4, 0, 0, 0, 0]).await;
    raw.send(&frame(HEADERS, END_HEADERS | END_STREAM, 1, &get("/"))).await;
    gate.hears(Sign::SlowRead).await;
    all_gone(&edge).await;
}

#[tokio::test]
async fn an_answer_that_takes_its_time_is_no_slow_reader() {
    let stall = Duration::from_millis(300);
    let (edge, gate) = edge(GuardLimits { write_stall: stall, ..GuardLimits::default() }).await;
    let mut raw = Raw::open(&edge, &[]).await;
    raw.send(&frame(HEADERS, END_HEADERS | END_STREAM, 1, &get("/slow"))).await;
    timeout(PATIENCE, edge.begun.notified()).await.unwrap();
    sleep(stall * 3).await;
    edge.release.notify_one();
    raw.answered(1).await;
    assert_eq!(gate.heard(), []);
}

#[tokio::test]
async fn a_connection_has_so_many_requests_and_is_told_so() {
    let (edge, _gate) = edge(GuardLimits { requests_max: 3, ..GuardLimits::default() }).await;
    let mut raw = Raw::open(&edge, &[]).await;
    for stream in [1, 3] {
        raw.send(&frame(HEADERS, END_HEADERS | END_STREAM, stream, &get("/"))).await;
        raw.answered(stream).await;
    }
    raw.send(&frame(HEADERS, END_HEADERS | END_STREAM, 5, &get("/"))).await;
    let (mut answered, mut told) = (false, false);
    while let Some((kind, flags, stream, payload)) = raw.next().await {
        answered |= stream == 5 && flags & END_STREAM != 0;
        if kind == GOAWAY {
            assert_eq!(payload[4..8], [0; 4], "in order, no error");
            told = true;
        }
        // hyper asks by a PING whether all was heard.
        if kind == PING {
            raw.send(&frame(PING, 1, 0, &payload)).await;
        }
    }
    assert!(answered && told, "answered {answered}, told {told}");
}

#[tokio::test]
async fn a_header_that_grows_when_decoded_gets_a_page() {
    let (edge, gate) = edge(GuardLimits { header_bytes_max: 2_000, ..GuardLimits::default() }).await;
    let mut raw = Raw::open(&edge, &[]).await;
    let mut block = get("/");
    // One line of 100 bytes into the table, and then one byte for each time it is meant.
    block.extend([0x40, 1, b'x', 99]);
    block.extend([b'y'; 99]);
    block.extend([0xbe; 18]);
    raw.send(&frame(HEADERS, END_HEADERS | END_STREAM, 1, &block)).await;
    let (_, page) = raw.until(0, 1).await;
    let page = String::from_utf8_lossy(&page).into_owned();
    assert!(page.contains("<!doctype html>") && page.contains("cookies"), "{page}");
    gate.hears(Sign::HeaderTooLarge).await;
}

#[tokio::test]
async fn another_host_than_the_authority_gets_a_page() {
    let (edge, gate) = edge(GuardLimits::default()).await;
    let mut raw = Raw::open(&edge, &[]).await;
    let mut block = get("/");
    // host: f, by the static table's name 38.
    block.extend([0x0f, 23, 1, b'f']);
    raw.send(&frame(HEADERS, END_HEADERS | END_STREAM, 1, &block)).await;
    let (_, page) = raw.until(0, 1).await;
    assert!(String::from_utf8_lossy(&page).contains("Demande incomprise"));
    gate.hears(Sign::Smuggling).await;
}
