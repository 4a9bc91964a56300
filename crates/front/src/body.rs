//! Bodies with an end: of requests by size and time, of responses as what keeps a request in flight.

use crate::Refusal;
use crate::connection::InFlight;
use axum::body::Body as AnyBody;
use bytes::Bytes;
use futures_util::FutureExt as _;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Sleep, sleep};

/// Why a request body was cut off, for whoever answers.
pub(crate) type BodyFault = Arc<OnceLock<Refusal>>;

/// What a handler that reads a cut-off body gets as the error.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyCut {
    #[error("the request body is larger than permitted")]
    TooLarge,
    #[error("the request body did not come in time")]
    TooSlow,
    #[error(transparent)]
    Connection(#[from] hyper::Error),
}

/// A request body that ends with an error at its limit of bytes, or of time since its header.
pub(crate) struct LimitedBody {
    body: Incoming,
    left_bytes: u64,
    time: Pin<Box<Sleep>>,
    fault: BodyFault,
}

impl LimitedBody {
    pub fn new(body: Incoming, bytes_max: u64, time_max: Duration, fault: BodyFault) -> Self {
        Self { body, left_bytes: bytes_max, time: Box::pin(sleep(time_max)), fault }
    }

    fn cut(&self, refusal: Refusal, error: BodyCut) -> Poll<Option<Result<Frame<Bytes>, BodyCut>>> {
        let _first_reason_stays = self.fault.set(refusal);
        Poll::Ready(Some(Err(error)))
    }
}

impl Body for LimitedBody {
    type Data = Bytes;
    type Error = BodyCut;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyCut>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) else {
            ready!(self.time.poll_unpin(cx));
            return self.cut(Refusal::BodyTooSlow, BodyCut::TooSlow);
        };
        let Some(frame) = frame.transpose()? else { return Poll::Ready(None) };
        let bytes = frame.data_ref().map_or(0, |data| data.len() as u64);
        match self.left_bytes.checked_sub(bytes) {
            Some(left) => {
                self.left_bytes = left;
                Poll::Ready(Some(Ok(frame)))
            }
            None => self.cut(Refusal::BodyTooLarge, BodyCut::TooLarge),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum AnswerCut {
    #[error("the response body panicked")]
    Panicked,
    #[error(transparent)]
    Body(#[from] axum::Error),
}

/// A response body that keeps its request in flight until its end, and whose panic ends this response only.
pub(crate) struct AnswerBody {
    body: AnyBody,
    in_flight: Option<InFlight>,
}

impl AnswerBody {
    pub fn new(body: AnyBody, in_flight: InFlight) -> Self {
        Self { body, in_flight: Some(in_flight) }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = AnswerCut;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, AnswerCut>>> {
        let polled = catch_unwind(AssertUnwindSafe(|| Pin::new(&mut self.body).poll_frame(cx)));
        let frame = match polled {
            Ok(outcome) => ready!(outcome),
            Err(_) => {
                self.body = AnyBody::empty();
                metrics::counter!("preau_front_panics_total").increment(1);
                return Poll::Ready(Some(Err(AnswerCut::Panicked)));
            }
        };
        if frame.is_none() {
            self.in_flight = None;
        }
        Poll::Ready(frame.map(|frame| frame.map_err(AnswerCut::from)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
