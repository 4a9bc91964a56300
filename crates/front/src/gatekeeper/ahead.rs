//! What is read of a body before the gate is asked, so that nobody has a place at work while they send it.

use crate::limits::{GATE_AHEAD_AT_ONCE_MAX, GATE_AHEAD_BYTES};
use axum::body::Body as AnyBody;
use bytes::Bytes;
use http::Request;
use hyper::body::{Body, Frame, SizeHint};
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::Semaphore;

/// Reads bodies ahead, so many at once.
pub(super) struct Ahead(Semaphore);

impl Default for Ahead {
    fn default() -> Self {
        Self(Semaphore::new(GATE_AHEAD_AT_ONCE_MAX))
    }
}

impl Ahead {
    /// The same request with the beginning of its body in memory: all of it where it is a form. When too many send at
    /// once, it stays as it is.
    ///
    /// # Errors
    /// When the body broke off; whoever cut it knows why.
    pub async fn read(&self, request: Request<AnyBody>) -> Result<Request<AnyBody>, axum::Error> {
        // The stream of an HTTP/2 WebSocket is no body.
        if request.body().is_end_stream() || request.method() == http::Method::CONNECT {
            return Ok(request);
        }
        let Ok(_place) = self.0.try_acquire() else { return Ok(request) };
        let (parts, mut rest) = request.into_parts();
        // Copied: a piece of one byte may keep a whole buffer of the connection alive.
        let mut begun = Vec::new();
        while begun.len() < GATE_AHEAD_BYTES && !rest.is_end_stream() {
            match poll_fn(|cx| Pin::new(&mut rest).poll_frame(cx)).await {
                Some(Ok(frame)) => frame.data_ref().iter().for_each(|data| begun.extend_from_slice(data)),
                Some(Err(error)) => return Err(error),
                None => rest = AnyBody::empty(),
            }
        }
        let body = if begun.is_empty() { rest } else { AnyBody::new(Begun { begun: begun.into(), rest }) };
        Ok(Request::from_parts(parts, body))
    }
}

/// A body of which the beginning was read.
struct Begun {
    begun: Bytes,
    rest: AnyBody,
}

impl Body for Begun {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.begun.is_empty() {
            return Pin::new(&mut self.rest).poll_frame(cx);
        }
        Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut self.begun)))))
    }

    fn is_end_stream(&self) -> bool {
        self.begun.is_empty() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (begun, rest) = (self.begun.len() as u64, self.rest.size_hint());
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower().saturating_add(begun));
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper.saturating_add(begun));
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use futures_util::stream;

    fn sent(pieces: &[usize]) -> AnyBody {
        let pieces: Vec<_> = pieces.iter().map(|length| Ok::<_, std::io::Error>(vec![b'a'; *length])).collect();
        AnyBody::from_stream(stream::iter(pieces))
    }

    #[tokio::test]
    async fn bodies_stay_what_they_are() {
        let ahead = Ahead::default();
        for pieces in
            [&[][..], &[0], &[1], &[7, 0, 5], &[GATE_AHEAD_BYTES], &[GATE_AHEAD_BYTES - 1, 9, 9], &[100_000, 3]]
        {
            let length: usize = pieces.iter().sum();
            let read = ahead.read(Request::new(sent(pieces))).await.unwrap().into_body();
            assert!(read.size_hint().lower() >= length.min(GATE_AHEAD_BYTES) as u64, "{pieces:?}");
            assert_eq!(to_bytes(read, usize::MAX).await.unwrap().len(), length, "{pieces:?}");
        }
        let known = ahead.read(Request::new(AnyBody::from(vec![0; 40_000]))).await.unwrap().into_body();
        assert_eq!(known.size_hint().exact(), Some(40_000), "a length that was told stays told");
        assert_eq!(ahead.0.available_permits(), GATE_AHEAD_AT_ONCE_MAX);
    }

    #[tokio::test]
    async fn what_breaks_off_is_told_and_a_stream_that_is_no_body_is_left_alone() {
        let broken = || AnyBody::from_stream(stream::iter([Ok(vec![1]), Err(std::io::Error::other("cut"))]));
        assert!(Ahead::default().read(Request::new(broken())).await.is_err());
        let websocket = Request::connect("/live").body(broken()).unwrap();
        assert!(Ahead::default().read(websocket).await.is_ok());
    }
}
