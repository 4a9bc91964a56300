//! What one connection is doing, and until when it may.

use crate::GuardLimits;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http1,
    Http2,
}

/// Shared by the socket, which sees bytes; the requests, which begin and end; and the driver, which watches the clock.
///
/// hyper's own header timer begins with the first byte of an idle connection and cannot tell an idle connection from
/// a slow header, and it closes without a word. So the deadlines are kept here and hyper's are the second line.
pub(crate) struct ConnectionState {
    inner: Mutex<Inner>,
    changed: Notify,
    protocol: Protocol,
    header: Duration,
    idle: Duration,
    header_bytes_max: usize,
}

struct Inner {
    /// Until when a complete header is awaited; holds while nothing is in flight.
    deadline: Instant,
    /// Bytes of the header that is coming in (HTTP/1 only: HTTP/2 frames are counted by hyper).
    header_bytes: usize,
    requests: u64,
    in_flight: u32,
    upgraded: bool,
    linger: bool,
}

impl ConnectionState {
    /// `deadline` is that of the first header, counted from accept.
    pub fn new(protocol: Protocol, deadline: Instant, limits: &GuardLimits) -> Arc<Self> {
        Arc::new(Self {
            inner: Mutex::new(Inner {
                deadline,
                header_bytes: 0,
                requests: 0,
                in_flight: 0,
                upgraded: false,
                linger: false,
            }),
            changed: Notify::new(),
            protocol,
            header: limits.header,
            idle: limits.idle,
            header_bytes_max: limits.header_bytes_max,
        })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub const fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// When the connection has nothing in flight: the end of its patience.
    pub fn deadline(&self) -> Option<Instant> {
        let inner = self.inner();
        (inner.in_flight == 0 && !inner.upgraded).then_some(inner.deadline)
    }

    pub fn expired(&self) -> bool {
        self.deadline().is_some_and(|deadline| deadline <= Instant::now())
    }

    /// Resolves when the deadline may have come nearer.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    pub fn on_read(&self, bytes: usize) {
        let mut inner = self.inner();
        if self.protocol == Protocol::Http2 || inner.in_flight > 0 || inner.upgraded || bytes == 0 {
            return;
        }
        if inner.header_bytes == 0 && inner.requests > 0 {
            inner.deadline = Instant::now() + self.header;
            self.changed.notify_one();
        }
        inner.header_bytes = inner.header_bytes.saturating_add(bytes);
    }

    /// A client that still takes the last answer is not idle.
    pub fn on_write(&self) {
        let mut inner = self.inner();
        if inner.in_flight == 0 && inner.header_bytes == 0 && inner.requests > 0 {
            inner.deadline = Instant::now() + self.idle;
        }
    }

    /// How much may be read next; one byte more than a header may have tells that it has more. `None` when that byte
    /// has come: had the header been complete before it, its request would have begun by now.
    pub fn header_bytes_left(&self) -> Option<usize> {
        let inner = self.inner();
        if self.protocol == Protocol::Http2 || inner.in_flight > 0 || inner.upgraded {
            return Some(usize::MAX);
        }
        (self.header_bytes_max + 1).checked_sub(inner.header_bytes).filter(|left| *left > 0)
    }

    pub fn header_too_large(&self) -> bool {
        self.header_bytes_left().is_none()
    }

    /// Part of a header has come.
    pub fn header_begun(&self) -> bool {
        self.inner().header_bytes > 0
    }

    /// Before the first request, all that hyper's HTTP/1 writes is its own bare refusal, in whose place we put a page.
    pub fn is_mute(&self) -> bool {
        self.protocol == Protocol::Http1 && self.inner().requests == 0
    }

    pub fn request_begun(self: &Arc<Self>) -> InFlight {
        let mut inner = self.inner();
        inner.in_flight += 1;
        inner.requests += 1;
        inner.header_bytes = 0;
        metrics::gauge!("preau_front_requests_in_flight").increment(1);
        InFlight(self.clone())
    }

    pub fn upgraded(&self) {
        self.inner().upgraded = true;
    }

    /// A body was refused that the client may still be sending: read on for a while, or it never sees the page.
    pub fn refuse_body(&self) {
        self.inner().linger = true;
    }

    pub fn lingers(&self) -> bool {
        self.inner().linger
    }
}

/// A request from its header to the last byte of its response.
pub(crate) struct InFlight(Arc<ConnectionState>);

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut inner = self.0.inner();
        inner.in_flight = inner.in_flight.saturating_sub(1);
        metrics::gauge!("preau_front_requests_in_flight").decrement(1);
        if inner.in_flight == 0 {
            inner.deadline = Instant::now() + self.0.idle;
            self.0.changed.notify_one();
        }
    }
}
