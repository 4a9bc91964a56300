//! Bodies on their way through: streamed, never gathered.

use super::pool::Lease;
use axum::body::Body as AnyBody;
use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep};

/// When the application was last sent a piece of the request.
#[derive(Clone)]
pub(super) struct Progress {
    begun: Instant,
    last_ms: Arc<AtomicU64>,
}

impl Progress {
    pub fn begin() -> Self {
        Self { begun: Instant::now(), last_ms: Arc::default() }
    }

    pub fn touch(&self) {
        self.last_ms.store(u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub fn last(&self) -> Instant {
        self.begun + Duration::from_millis(self.last_ms.load(Ordering::Relaxed))
    }

    pub const fn begun(&self) -> Instant {
        self.begun
    }
}

/// A request's body.
pub(super) struct AskedBody {
    body: AnyBody,
    progress: Progress,
}

impl AskedBody {
    pub const fn new(body: AnyBody, progress: Progress) -> Self {
        Self { body, progress }
    }

    pub fn empty(progress: Progress) -> Self {
        Self { body: AnyBody::empty(), progress }
    }
}

impl Body for AskedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        self.progress.touch();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[derive(Debug, thiserror::Error)]
pub(super) enum AnswerCut {
    #[error("the application stopped in the middle of its answer")]
    Stalled,
    #[error(transparent)]
    Connection(#[from] hyper::Error),
}

/// An answer's body. It holds the connection, and gives it back with the last byte; dropped before, it closes it.
pub(super) struct AnswerBody {
    body: Incoming,
    lease: Option<Lease>,
    stall: Pin<Box<Sleep>>,
    stall_max: Duration,
    end: Instant,
    waits: bool,
}

impl AnswerBody {
    pub fn new(body: Incoming, lease: Option<Lease>, stall_max: Duration, end: Instant) -> Self {
        let mut this = Self { body, lease, stall: Box::pin(sleep(stall_max)), stall_max, end, waits: false };
        this.give_back_at_end();
        this
    }

    /// hyper asks no more once a body says that it is at its end.
    fn give_back_at_end(&mut self) {
        if self.body.is_end_stream()
            && let Some(lease) = self.lease.take()
        {
            lease.give_back();
        }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = AnswerCut;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, AnswerCut>>> {
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Pending => {
                // Counted from here: time in which the client took nothing is not the application's.
                if !self.waits {
                    self.waits = true;
                    let until = (Instant::now() + self.stall_max).min(self.end);
                    self.stall.as_mut().reset(until);
                }
                ready!(self.stall.as_mut().poll(cx));
                metrics::counter!("preau_upstream_failures_total", "reason" => "stalled").increment(1);
                Poll::Ready(Some(Err(AnswerCut::Stalled)))
            }
            Poll::Ready(Some(Ok(frame))) => {
                self.waits = false;
                self.give_back_at_end();
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => {
                self.lease = None;
                Poll::Ready(Some(Err(error.into())))
            }
            Poll::Ready(None) => {
                if let Some(lease) = self.lease.take() {
                    lease.give_back();
                }
                Poll::Ready(None)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
