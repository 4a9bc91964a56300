//! What one connection is doing, and until when it may.

mod frames;
mod reading;
mod taking;

pub(crate) use reading::Next;

use crate::door::Watch;
use crate::guards::{Account, Scarcity};
use crate::http1::{Fault, HeadLimits, Scanner};
use crate::http2::{Abuse, Frames};
use crate::{GuardLimits, Refusal, Signs, limits as l};
use http::StatusCode;
use metrics::Gauge;
use preau_gate::Sign;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;
use taking::Taking;
use tokio::sync::Notify;
use tokio::time::Instant;

/// An alarm for nothing.
const FAR: Duration = Duration::from_secs(86_400);

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
    begun: Instant,
    header: Duration,
    idle: Duration,
    idle_when_scarce: Duration,
    stall: Duration,
    client: Client,
    scarcity: Scarcity,
    requests_in_flight: Gauge,
    account: Account,
    watch: Arc<Watch>,
}

/// By what right a connection is here.
pub(crate) struct Standing {
    /// Only a pass gives the right to stay.
    pub on_probation: bool,
    /// Places are scarce, as that changes.
    pub scarcity: Scarcity,
    /// Counts the requests of all connections.
    pub requests_in_flight: Gauge,
    pub account: Account,
    /// Is over with the first complete header.
    pub watch: Arc<Watch>,
}

/// Whom the signs of a connection are told of.
#[derive(Clone)]
pub(crate) struct Client {
    pub signs: Signs,
    /// `None` for a proxy that brings everybody.
    pub address: Option<IpAddr>,
}

impl Client {
    pub fn tell(&self, sign: Sign) {
        metrics::counter!("preau_front_signs_total", "sign" => sign.name()).increment(1);
        if let Some(address) = self.address {
            (self.signs)(sign, address);
        }
    }
}

struct Inner {
    /// Until when a complete header is awaited; holds while nothing is in flight.
    deadline: Instant,
    /// When somebody looks at the deadlines next.
    alarm: Instant,
    reader: Reader,
    /// Part of a header has come, and since when it has been coming.
    header_since: Option<Instant>,
    /// Anything has come at all.
    spoke: bool,
    fault: Option<Fault>,
    /// The fault is in a body that is being read.
    body_broken: bool,
    abuse: Option<Abuse>,
    requests: u64,
    /// Those of them that the gate did not let in.
    turned_away: u32,
    in_flight: u32,
    /// All that was written since the last request began has left us.
    flushed: bool,
    upgraded: bool,
    linger: bool,
    ends: bool,
    has_pass: bool,
    /// Only a pass gives the right to stay.
    on_probation: bool,
    /// Who is to look again when a request has ended.
    waker: Option<Waker>,
    taking: Taking,
}

enum Reader {
    Http1(Scanner),
    Http2(Frames),
}

/// Why a connection has no more time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Late {
    /// Nothing was asked.
    Idle,
    /// A header has begun and not ended.
    Header,
    /// The client takes nothing of its answers.
    Taking,
}

impl ConnectionState {
    /// `deadline` is that of the first header, counted from accept.
    pub fn new(
        protocol: Protocol,
        deadline: Instant,
        limits: &GuardLimits,
        client: Client,
        standing: Standing,
    ) -> Arc<Self> {
        let heads = HeadLimits { bytes_max: limits.header_bytes_max, headers_max: l::HEADERS_MAX };
        Arc::new(Self {
            inner: Mutex::new(Inner {
                deadline,
                alarm: deadline,
                reader: match protocol {
                    Protocol::Http1 => Reader::Http1(Scanner::new(heads)),
                    Protocol::Http2 => Reader::Http2(Frames::new()),
                },
                header_since: None,
                spoke: false,
                fault: None,
                body_broken: false,
                abuse: None,
                requests: 0,
                turned_away: 0,
                in_flight: 0,
                flushed: true,
                upgraded: false,
                linger: false,
                ends: false,
                has_pass: false,
                on_probation: standing.on_probation,
                waker: None,
                taking: Taking::default(),
            }),
            changed: Notify::new(),
            protocol,
            begun: Instant::now(),
            header: limits.header,
            idle: limits.idle,
            idle_when_scarce: limits.idle_when_scarce.min(limits.idle),
            scarcity: standing.scarcity,
            requests_in_flight: standing.requests_in_flight,
            account: standing.account,
            watch: standing.watch,
            stall: limits.write_stall,
            client,
        })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn idle(&self, inner: &Inner) -> Duration {
        if !inner.has_pass && self.scarcity.is_there() { self.idle_when_scarce } else { self.idle }
    }

    pub const fn protocol(&self) -> Protocol {
        self.protocol
    }

    pub fn tell(&self, sign: Sign) {
        self.account.spoil();
        self.client.tell(sign);
    }

    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// A request was answered.
    pub fn answered(&self, status: StatusCode) {
        self.account.answered(status);
    }

    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// When somebody has to look whether the connection may go on, and does from now on: [`Self::changed`] tells when it is
    /// to be sooner.
    pub fn set_alarm(&self) -> Instant {
        let mut inner = self.inner();
        let nearest = self.times(&inner).into_iter().flatten().map(|(at, _)| at).min();
        inner.alarm = nearest.unwrap_or_else(|| Instant::now() + FAR);
        inner.alarm
    }

    /// Why the connection was ended from outside, if it was.
    pub fn ended(&self) -> Option<Late> {
        self.watch.was_ended().then(|| self.late()).flatten()
    }

    /// Why the connection may not go on.
    pub fn late(&self) -> Option<Late> {
        let now = Instant::now();
        let mut inner = self.inner();
        let late = self.times(&inner).into_iter().flatten().find(|(at, _)| *at <= now).map(|(_, late)| late)?;
        // A deadline of taking is a time to measure.
        (late != Late::Taking || inner.taking.is_late(now, self.stall)).then_some(late)
    }

    fn times(&self, inner: &Inner) -> [Option<(Instant, Late)>; 3] {
        if inner.upgraded {
            return [None; 3];
        }
        let idle = if inner.header_since.is_some() { Late::Header } else { Late::Idle };
        let http2 = self.protocol == Protocol::Http2;
        // Over HTTP/1 the next header waits for the answer before it; over HTTP/2 it comes beside it.
        let header = inner.header_since.filter(|_| http2 && inner.requests > 0);
        [
            (inner.in_flight == 0).then_some((inner.deadline, idle)),
            header.map(|since| (since + self.header, Late::Header)),
            inner.taking.look_at(self.stall).filter(|_| http2).map(|at| (at, Late::Taking)),
        ]
    }

    /// Resolves when the deadline may have come nearer, or the connection is to end.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// A client that still takes the last answer is not idle.
    pub fn on_write(&self, bytes: usize) {
        let mut inner = self.inner();
        inner.taking.on_write(bytes);
        if inner.in_flight == 0 && inner.header_since.is_none() && inner.requests > 0 {
            inner.deadline = Instant::now() + self.idle(&inner);
        }
    }

    /// The socket takes nothing now: how long it may do so is watched there.
    pub fn on_write_pending(&self) {
        self.inner().taking.on_write_pending();
    }

    /// Everything that was to be written has been.
    pub fn on_flush(&self) {
        let mut inner = self.inner();
        if inner.in_flight == 0 && !inner.flushed {
            inner.flushed = true;
            wake(&mut inner);
        }
    }

    /// The client has sent nothing that was awaited: no byte, or over HTTP/2 no request.
    pub fn said_nothing(&self) -> bool {
        let inner = self.inner();
        inner.requests == 0 && inner.header_since.is_none() && (!inner.spoke || self.protocol == Protocol::Http2)
    }

    pub fn fault(&self) -> Option<Fault> {
        self.inner().fault
    }

    pub fn abuse(&self) -> Option<Abuse> {
        self.inner().abuse
    }

    /// What is written while nothing is in flight is hyper's own bare refusal, in whose place we put a page.
    pub fn is_mute(&self) -> bool {
        let inner = self.inner();
        self.protocol == Protocol::Http1 && inner.in_flight == 0 && inner.flushed && !inner.upgraded
    }

    pub fn request_begun(self: &Arc<Self>) -> InFlight {
        let mut inner = self.inner();
        inner.in_flight += 1;
        inner.requests += 1;
        inner.flushed = false;
        if inner.requests == 1 {
            self.watch.end();
        }
        self.requests_in_flight.increment(1);
        InFlight { id: inner.requests, state: self.clone() }
    }

    /// Requests that have begun so far.
    pub fn requests(&self) -> u64 {
        self.inner().requests
    }

    /// Another request was not let in; how long the connection is to wait for it, where that was one too many. Never where a
    /// proxy brings everybody: its next request is somebody else's.
    pub fn turned_away(&self) -> Option<Duration> {
        self.client.address?;
        let mut inner = self.inner();
        inner.turned_away = inner.turned_away.saturating_add(1);
        (inner.turned_away > l::TURNED_AWAY_AT_ONCE_MAX).then_some(Duration::from_millis(l::TURNED_AWAY_PAUSE_MS))
    }

    pub fn upgraded(&self) {
        self.inner().upgraded = true;
    }

    /// A body was refused that the client may still be sending: read on for a while, or it never sees the page.
    pub fn refuse_body(&self) {
        self.inner().linger = true;
    }

    /// The client may be sending on what nobody reads.
    pub fn lingers(&self) -> bool {
        let inner = self.inner();
        inner.linger || matches!(&inner.reader, Reader::Http1(scanner) if scanner.in_body())
    }

    /// This answer is the last.
    pub fn end_soon(&self) {
        self.inner().ends = true;
        self.changed.notify_one();
    }

    pub fn ends(&self) -> bool {
        self.inner().ends
    }

    pub fn showed_pass(&self) {
        let mut inner = self.inner();
        (inner.has_pass, inner.on_probation) = (true, false);
    }

    pub fn on_probation(&self) -> bool {
        self.inner().on_probation
    }

    pub fn has_pass(&self) -> bool {
        self.inner().has_pass
    }

    /// The page for a request that could not be read; whoever reads a broken body says its own.
    pub fn refusal(&self) -> Option<Refusal> {
        let inner = self.inner();
        inner.fault.filter(|_| !inner.body_broken).map(Fault::refusal)
    }
}

fn wake(inner: &mut Inner) {
    if let Some(waker) = inner.waker.take() {
        waker.wake();
    }
}

/// A request from its header to the last byte of its response.
pub(crate) struct InFlight {
    id: u64,
    state: Arc<ConnectionState>,
}

impl InFlight {
    /// Which request of its connection this is, from 1.
    pub const fn number(&self) -> u64 {
        self.id
    }

    pub fn protocol(&self) -> Protocol {
        self.state.protocol
    }

    /// A piece of the answer was handed out; until the next is asked for, the client has to take it.
    pub fn gave(&self) {
        let now = Instant::now();
        if self.state.inner().taking.gave(self.id, now) {
            self.state.changed.notify_one();
        }
    }

    pub fn asked(&self) {
        self.state.inner().taking.asked(self.id);
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut inner = self.state.inner();
        inner.taking.asked(self.id);
        inner.in_flight = inner.in_flight.saturating_sub(1);
        self.state.requests_in_flight.decrement(1);
        if inner.in_flight == 0 {
            let patience = if inner.header_since.is_some() { self.state.header } else { self.state.idle(&inner) };
            inner.deadline = Instant::now() + patience;
            wake(&mut inner);
            if inner.deadline < inner.alarm {
                self.state.changed.notify_one();
            }
        }
    }
}
