use axum::body::Body as AnyBody;
use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::Instant;

/// How long an application has waited for its client: a phone that sends slowly must not look like a slow application.
#[derive(Clone, Default)]
pub(super) struct ClientTime(Arc<AtomicU64>);

impl ClientTime {
    pub fn so_far(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::Relaxed))
    }

    fn add(&self, time: Duration) {
        self.0.fetch_add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

/// A request body that measures the time for which whoever reads it waits.
pub(super) struct MeasuredBody {
    body: AnyBody,
    waiting_since: Option<Instant>,
    time: ClientTime,
}

impl MeasuredBody {
    pub const fn new(body: AnyBody, time: ClientTime) -> Self {
        Self { body, waiting_since: None, time }
    }
}

impl Body for MeasuredBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if polled.is_pending() {
            self.waiting_since.get_or_insert_with(Instant::now);
        }
        let frame = ready!(polled);
        if let Some(since) = self.waiting_since.take() {
            self.time.add(since.elapsed());
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
