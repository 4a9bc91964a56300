use super::Field;
use super::field::status_of;
use crate::limits::PAGE_MS_MAX;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

/// Asks for the WebSocket of a lesson without a pass, and holds what it gets.
pub(super) async fn upgrade(field: Arc<Field>, number: u64) {
    let since = Instant::now();
    let Some(mut stream) = field.open(number, false).await else { return };
    let request = format!(
        "GET /live/00000000-0000-7000-8000-{number:012x} HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\n\
         Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
        host = field.speech.host,
        origin = field.speech.origin,
    );
    field.toll.bump(|toll| &toll.requests);
    if stream.write_all(request.as_bytes()).await.is_err() {
        return field.toll.bump(|toll| &toll.cut);
    }
    let mut buffer = [0; 4_096];
    let read = timeout(Duration::from_millis(PAGE_MS_MAX), stream.read(&mut buffer)).await;
    match read.ok().and_then(Result::ok).and_then(|length| status_of(&buffer[..length])) {
        // Let in: held until the server ends it.
        Some(101) => {
            field.toll.answered(101);
            field.until_closed(&mut stream, since).await;
        }
        Some(status) => field.toll.answered(status),
        None => field.toll.bump(|toll| &toll.cut),
    }
}
