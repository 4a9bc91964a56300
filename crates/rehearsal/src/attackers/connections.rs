//! Connections for their own sake.

use super::Field;
use crate::wire::Stream;
use std::sync::Arc;
use std::time::Instant;

/// A TCP connection that is held and says nothing.
pub(super) async fn hold(field: Arc<Field>, number: u64) {
    let since = Instant::now();
    match field.speech.touch(field.origin(number)).await {
        Ok(stream) => field.until_closed(&mut Stream::Plain(stream), since).await,
        Err(_refused) => field.toll.bump(|toll| &toll.not_connected),
    }
}

/// A finished TLS handshake with nothing after it.
pub(super) async fn silent(field: Arc<Field>, number: u64) {
    let since = Instant::now();
    if let Some(mut stream) = field.open(number, false).await {
        field.until_closed(&mut stream, since).await;
    }
}

/// A handshake, and goodbye: the server did the dear part.
pub(super) async fn handshake(field: Arc<Field>, number: u64) {
    drop(field.open(number, number.is_multiple_of(2)).await);
}
