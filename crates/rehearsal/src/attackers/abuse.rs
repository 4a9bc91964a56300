//! HTTP/2 and header limits: what the protocol allows and no server should.

use super::Field;
use super::frames::{CONTINUATION, END_HEADERS, END_STREAM, HEADERS, PREFACE, RST_STREAM, get, literal, push};
use crate::wire::Stream;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

/// Streams or frames of one connection.
const FRAMES_MAX: u32 = 500;
/// How long one connection is kept at it.
const LASTS: Duration = Duration::from_secs(20);
/// Bytes of a header that is too large for everybody.
const HEADER_BYTES: usize = 256 * 1_024;

/// Opens streams and resets each at once.
pub(super) async fn rapid_reset(field: Arc<Field>, number: u64) {
    let header = get(&field.speech.host);
    let mut bytes = PREFACE.to_vec();
    for stream in (1..).step_by(2).take(FRAMES_MAX as usize) {
        push(&mut bytes, HEADERS, END_HEADERS | END_STREAM, stream, &header);
        push(&mut bytes, RST_STREAM, 0, stream, &8_u32.to_be_bytes());
    }
    field.toll.requests.fetch_add(u64::from(FRAMES_MAX), std::sync::atomic::Ordering::Relaxed);
    pour(&field, number, &bytes).await;
}

/// Begins a header and continues it without end.
pub(super) async fn continuation(field: Arc<Field>, number: u64) {
    let mut bytes = PREFACE.to_vec();
    push(&mut bytes, HEADERS, END_STREAM, 1, &get(&field.speech.host));
    for frame in 0..FRAMES_MAX {
        push(&mut bytes, CONTINUATION, 0, 1, &literal(&format!("x-{frame}"), &"a".repeat(100)));
    }
    field.toll.bump(|toll| &toll.requests);
    pour(&field, number, &bytes).await;
}

/// A header of a quarter of a megabyte: by turns as lines of HTTP/1.1 and as references to a large entry of HTTP/2's
/// table, which cost a byte each ("HPACK bomb").
pub(super) async fn header_bomb(field: Arc<Field>, number: u64) {
    field.toll.bump(|toll| &toll.requests);
    if number.is_multiple_of(2) && field.speech.is_secure() {
        let mut bytes = PREFACE.to_vec();
        let mut header = get(&field.speech.host);
        // A literal with incremental indexing (RFC 7541 §6.2.1), then entry 62, the newest, over and over.
        header.extend_from_slice(&[0x40, 1, b'x', 0x7f, 0x81, 0x1e]);
        header.extend_from_slice(&[b'a'; 4_000]);
        header.resize(header.len() + 8_000, 0xbe);
        push(&mut bytes, HEADERS, END_HEADERS | END_STREAM, 1, &header);
        return pour(&field, number, &bytes).await;
    }
    let since = Instant::now();
    let Some(mut stream) = field.open(number, false).await else { return };
    let head = format!("GET / HTTP/1.1\r\nHost: {}\r\nX-A: {}\r\n\r\n", field.speech.host, "a".repeat(HEADER_BYTES));
    // The server may have closed in the middle of it: what it said then is still to be read.
    drop(stream.write_all(head.as_bytes()).await);
    read_end(&field, &mut stream, since).await;
}

/// Writes all of it on one connection while reading what comes back.
async fn pour(field: &Field, number: u64, bytes: &[u8]) {
    let since = Instant::now();
    let Some(stream) = field.open(number, true).await else { return };
    let (mut hears, mut says) = tokio::io::split(stream);
    let saying = async {
        let said = says.write_all(bytes).await;
        if said.is_ok() {
            drop(says.flush().await);
        }
    };
    let hearing = async {
        let mut buffer = vec![0; 16_384];
        while let Ok(1..) = hears.read(&mut buffer).await {}
    };
    let both = async { tokio::join!(saying, hearing) };
    match timeout(LASTS, both).await {
        Ok(_) => field.toll.closed_after(since.elapsed()),
        Err(_late) => field.toll.bump(|toll| &toll.still_open),
    }
}

async fn read_end(field: &Field, stream: &mut Stream, since: Instant) {
    if timeout(LASTS, field.until_closed(stream, since)).await.is_err() {
        field.toll.bump(|toll| &toll.still_open);
    }
}
