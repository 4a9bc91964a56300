use super::place::Place;
use crate::limits::GATE_LENT_AFTER_MS;
use axum::body::Body as AnyBody;
use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep};

const LENT_AFTER: Duration = Duration::from_millis(GATE_LENT_AFTER_MS);

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

/// A request body that measures the time for which whoever reads it waits, and lends the place of its request meanwhile.
pub(super) struct MeasuredBody {
    body: AnyBody,
    waiting_since: Option<Instant>,
    time: ClientTime,
    /// The answer gives it up, whoever still has the body.
    place: Weak<Place>,
    lends: Pin<Box<Sleep>>,
}

impl MeasuredBody {
    pub fn new(body: AnyBody, time: ClientTime, place: &Arc<Place>) -> Self {
        let lends = Box::pin(sleep(LENT_AFTER));
        Self { body, waiting_since: None, time, place: Arc::downgrade(place), lends }
    }

    /// While nothing comes.
    fn poll_lend(&mut self, cx: &mut Context<'_>) {
        if self.waiting_since.is_none() {
            self.waiting_since = Some(Instant::now());
            let left = LENT_AFTER.saturating_sub(self.time.so_far());
            self.lends.as_mut().reset(Instant::now() + left);
        }
        if self.lends.as_mut().poll(cx).is_ready()
            && let Some(place) = self.place.upgrade()
        {
            place.lend();
        }
    }
}

impl Body for MeasuredBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if polled.is_pending() {
            self.poll_lend(cx);
        }
        let frame = ready!(polled);
        if let Some(since) = self.waiting_since.take() {
            self.time.add(since.elapsed());
            self.place.upgrade().iter().for_each(|place| place.take_back());
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
