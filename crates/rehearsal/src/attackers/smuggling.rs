use super::Field;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt as _;
use tokio::time::timeout;

const LASTS: Duration = Duration::from_secs(20);

/// Requests that a server in front and one behind could read as different ones (RFC 9112 §11.2). `HOST` is replaced.
pub(super) const REQUESTS: [&str; 10] = [
    "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
    "POST / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3, 3\r\n\r\nabc",
    "POST / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: HOST\r\nX-A: a\r\n b\r\n\r\n",
    "GET / HTTP/1.1\nHost: HOST\nX-A: b\n\n",
    "GET / HTTP/1.1\r\nHost: HOST\r\nHost: elsewhere.example\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: +3\r\n\r\nabc",
];

pub(super) async fn send(field: Arc<Field>, number: u64) {
    let since = Instant::now();
    let Some(mut stream) = field.open(number, false).await else { return };
    let which = usize::try_from(number % REQUESTS.len() as u64).unwrap_or(0);
    let request = REQUESTS[which].replace("HOST", &field.speech.host);
    field.toll.bump(|toll| &toll.requests);
    if stream.write_all(request.as_bytes()).await.is_err() {
        return field.toll.bump(|toll| &toll.cut);
    }
    if timeout(LASTS, field.until_closed(&mut stream, since)).await.is_err() {
        field.toll.bump(|toll| &toll.still_open);
    }
}
