//! Bodies with an end: of requests by size and time, of responses as what keeps a request in flight.

use crate::connection::{Client, InFlight, Protocol};
use crate::limits as l;
use crate::{GuardLimits, Refusal};
use axum::body::Body as AnyBody;
use bytes::Bytes;
use futures_util::FutureExt as _;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use preau_gate::Sign;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep};

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

/// A request body that ends with an error at its limit of bytes, or of time since its header, or when its client sends
/// next to nothing of it while somebody waits for more. Trailers are not handed on: nobody behind us looks for any, and
/// what is merged into the headers afterwards was never checked with them.
pub(crate) struct LimitedBody {
    body: Incoming,
    left_bytes: u64,
    time: Pin<Box<Sleep>>,
    pace: Pace,
    fault: BodyFault,
    client: Client,
}

/// How fast a body comes, over windows of the time in which somebody waited for it.
struct Pace {
    window: Duration,
    /// When to look; at the end of the window, or before it.
    look: Option<Pin<Box<Sleep>>>,
    bytes: u64,
    /// What was waited in this window, but for the wait that goes on since `asked`.
    waited: Duration,
    asked: Option<Instant>,
}

impl Pace {
    const fn new(window: Duration) -> Self {
        Self { window, look: None, bytes: 0, waited: Duration::ZERO, asked: None }
    }

    fn came(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_add(bytes);
        if let Some(asked) = self.asked.take() {
            self.waited += asked.elapsed();
        }
    }

    /// Ready when too little came in a window. Time in which nobody asked for more is not the client's; a drop that comes
    /// just when the window ends, as it does where everything is late, wins none.
    fn poll_too_slow(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let window = self.window;
        let least = l::BODY_BYTES_PER_S_MIN.saturating_mul(window.as_secs().max(1));
        let mut asked = *self.asked.get_or_insert_with(Instant::now);
        let look = self.look.get_or_insert_with(|| Box::pin(sleep(window)));
        loop {
            ready!(look.as_mut().poll(cx));
            let now = Instant::now();
            let left = window.saturating_sub(self.waited + now.duration_since(asked));
            if !left.is_zero() {
                look.as_mut().reset(now + left);
                continue;
            }
            if self.bytes < least {
                return Poll::Ready(());
            }
            asked = now;
            (self.bytes, self.waited, self.asked) = (0, Duration::ZERO, Some(now));
            look.as_mut().reset(now + window);
        }
    }
}

impl LimitedBody {
    pub fn new(body: Incoming, limits: &GuardLimits, fault: BodyFault, client: Client) -> Self {
        let pace = Pace::new(limits.body_window);
        Self { body, left_bytes: limits.body_bytes_max, time: Box::pin(sleep(limits.body)), pace, fault, client }
    }

    fn cut(&self, refusal: Refusal, error: BodyCut) -> Poll<Option<Result<Frame<Bytes>, BodyCut>>> {
        let sign = match refusal {
            Refusal::BodyTooSlow => Some(Sign::SlowBody),
            Refusal::BodyTooLarge => Some(Sign::BodyTooLarge),
            // Told where it was found.
            _ => None,
        };
        if self.fault.set(refusal).is_ok()
            && let Some(sign) = sign
        {
            self.client.tell(sign);
        }
        Poll::Ready(Some(Err(error)))
    }
}

impl Body for LimitedBody {
    type Data = Bytes;
    type Error = BodyCut;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyCut>>> {
        loop {
            let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) else {
                if self.time.poll_unpin(cx).is_pending() {
                    ready!(self.pace.poll_too_slow(cx));
                }
                return self.cut(Refusal::BodyTooSlow, BodyCut::TooSlow);
            };
            let frame = match frame {
                None => return Poll::Ready(None),
                // Broken chunks, or a connection that is gone: then nobody gets to see the page.
                Some(Err(error)) => return self.cut(Refusal::BadRequest, error.into()),
                Some(Ok(frame)) if frame.is_data() => frame,
                Some(Ok(_trailers)) => continue,
            };
            let bytes = frame.data_ref().map_or(0, |data| data.len() as u64);
            self.pace.came(bytes);
            return match self.left_bytes.checked_sub(bytes) {
                Some(left) => {
                    self.left_bytes = left;
                    Poll::Ready(Some(Ok(frame)))
                }
                None => self.cut(Refusal::BodyTooLarge, BodyCut::TooLarge),
            };
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
    /// HTTP/2: what is left of a piece too large to be handed out at once.
    rest: Bytes,
}

impl AnswerBody {
    pub fn new(body: AnyBody, in_flight: InFlight) -> Self {
        in_flight.gave();
        Self { body, in_flight: Some(in_flight), rest: Bytes::new() }
    }

    /// Over HTTP/2 a client may take a stream as slowly as it likes. It is handed out in pieces, so that it is noticed
    /// when the next one is not asked for.
    fn piece(&mut self, mut data: Bytes) -> Frame<Bytes> {
        let http2 = self.in_flight.as_ref().is_some_and(|it| it.protocol() == Protocol::Http2);
        if http2 && data.len() > l::HTTP2_ANSWER_PIECE_BYTES {
            self.rest = data.split_off(l::HTTP2_ANSWER_PIECE_BYTES);
        }
        Frame::data(data)
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, AnswerCut>>> {
        if !self.rest.is_empty() {
            let rest = std::mem::take(&mut self.rest);
            return Poll::Ready(Some(Ok(self.piece(rest))));
        }
        let polled = catch_unwind(AssertUnwindSafe(|| Pin::new(&mut self.body).poll_frame(cx)));
        match polled {
            Ok(outcome) => match ready!(outcome) {
                Some(Ok(frame)) => Poll::Ready(Some(Ok(match frame.into_data() {
                    Ok(data) => self.piece(data),
                    Err(trailers) => trailers,
                }))),
                ended => Poll::Ready(ended.map(|frame| frame.map_err(AnswerCut::from))),
            },
            Err(_) => {
                self.body = AnyBody::empty();
                metrics::counter!("preau_front_panics_total").increment(1);
                Poll::Ready(Some(Err(AnswerCut::Panicked)))
            }
        }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = AnswerCut;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, AnswerCut>>> {
        if let Some(in_flight) = &self.in_flight {
            in_flight.asked();
        }
        let frame = ready!(self.poll_next(cx));
        match (&frame, &self.in_flight) {
            (None, _) => self.in_flight = None,
            (Some(_), Some(in_flight)) => in_flight.gave(),
            (Some(_), None) => (),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let hint = self.body.size_hint();
        if self.rest.is_empty() {
            return hint;
        }
        let rest = self.rest.len() as u64;
        let mut all = SizeHint::new();
        all.set_lower(hint.lower().saturating_add(rest));
        if let Some(upper) = hint.upper() {
            all.set_upper(upper.saturating_add(rest));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;

    const WINDOW: Duration = Duration::from_millis(100);

    async fn too_slow(pace: &mut Pace) -> bool {
        poll_fn(|cx| Poll::Ready(pace.poll_too_slow(cx).is_ready())).await
    }

    #[tokio::test]
    async fn a_drop_at_the_end_of_the_window_wins_no_time() {
        let mut pace = Pace::new(WINDOW);
        assert!(!too_slow(&mut pace).await);
        sleep(WINDOW * 3 / 2).await;
        // What came and the end of the window are found together, as on a machine that is busy.
        pace.came(1);
        assert!(too_slow(&mut pace).await);
    }

    #[tokio::test]
    async fn time_in_which_nobody_asks_is_not_the_clients() {
        let mut pace = Pace::new(WINDOW);
        assert!(!too_slow(&mut pace).await);
        pace.came(1);
        sleep(WINDOW * 3 / 2).await;
        assert!(!too_slow(&mut pace).await, "nobody asked for more until now");
        poll_fn(|cx| pace.poll_too_slow(cx)).await;
    }

    #[tokio::test]
    async fn whoever_sends_enough_goes_on() {
        let mut pace = Pace::new(WINDOW);
        for _ in 0..3 {
            assert!(!too_slow(&mut pace).await);
            sleep(WINDOW * 3 / 2).await;
            pace.came(10_000);
        }
        assert!(!too_slow(&mut pace).await);
    }
}
