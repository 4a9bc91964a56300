use super::Wire;
use crate::connection::{ConnectionState, Next, Protocol};
use crate::guards::Permit;
use crate::limits::WRITE_BYTES_PER_S_MIN;
use bytes::Bytes;
use preau_gate::Sign;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// What is read at once of a head that comes in pieces.
const PIECE_BYTES: usize = 4_096;

/// A wire that hands on nothing but what was read as good, gives up on a client that takes nothing or next to nothing,
/// and holds the connection's place for as long as it lives, also after an upgrade.
pub(crate) struct GuardedIo {
    wire: Wire,
    permit: Permit,
    state: Arc<ConnectionState>,
    /// HTTP/1: a head that has not come to its end, which hyper must not see yet.
    held: Vec<u8>,
    /// What may be handed on, as far as the last buffer had no room for it.
    good: Vec<u8>,
    stall: Option<Stall>,
    /// After a write: whether what the kernel holds by then goes on to the client.
    kept: Option<Stall>,
    stall_max: Duration,
    /// hyper had something to say that nobody is to see.
    swallowed: bool,
    /// What is written now is the last.
    closes: bool,
    /// A head that was found good and may come again; empty for none.
    known: Bytes,
    /// Whether somebody serves connections that are no HTTP, and this one may still be.
    may_be_other: bool,
    /// The first bytes of a connection that is none.
    early: Vec<u8>,
}

/// The client is waited for.
struct Stall {
    until: Pin<Box<Sleep>>,
    /// What the client had taken when this began.
    acknowledged: Option<u64>,
}

impl GuardedIo {
    pub fn new(wire: Wire, permit: Permit, state: Arc<ConnectionState>, stall_max: Duration) -> Self {
        Self {
            wire,
            permit,
            state,
            held: Vec::new(),
            good: Vec::new(),
            stall: None,
            kept: None,
            stall_max,
            swallowed: false,
            closes: false,
            known: Bytes::new(),
            may_be_other: false,
            early: Vec::new(),
        }
    }

    /// Hands `bytes` on again, before whatever else comes.
    pub fn give_back(&mut self, bytes: &[u8]) {
        self.good.splice(..0, bytes.iter().copied());
    }

    /// What is written from here on, whole, is the last.
    pub const fn closes_next(&mut self) {
        self.closes = true;
    }

    /// This head, which has no body, was found good: the same bytes need not be looked at again.
    pub fn expects(&mut self, head: Bytes) {
        self.known = head;
    }

    /// The client has sent more than was handed on.
    pub fn has_more(&mut self) -> bool {
        !self.held.is_empty() || !self.good.is_empty() || self.wire.has_more()
    }

    /// Somebody serves connections that begin with a zero byte: reading one gives an error, and [`Self::early`] has it.
    pub const fn allow_other(&mut self) {
        self.may_be_other = true;
    }

    /// The first bytes of a connection that is no HTTP; empty for every other.
    pub fn early(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.early)
    }

    pub fn into_parts(self) -> (Wire, Permit) {
        (self.wire, self.permit)
    }

    /// Passes an outcome of writing on, unless it has been pending for too long.
    fn unless_stalled<T>(&mut self, cx: &mut Context<'_>, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.stall = None;
            return outcome;
        }
        // hyper reads nothing while it has something to write: what was given first is looked at here, too.
        if let Err(stalled) = self.check_kept(cx) {
            return Poll::Ready(Err(stalled));
        }
        self.state.on_write_pending();
        let (wire, stall_max) = (&self.wire, self.stall_max);
        let stall = self.stall.get_or_insert_with(|| Stall {
            until: Box::pin(sleep(stall_max)),
            acknowledged: wire.taken().map(|taken| taken.acknowledged),
        });
        loop {
            ready!(stall.until.as_mut().poll(cx));
            let acknowledged = wire.taken().map(|taken| taken.acknowledged);
            let taken = acknowledged.zip(stall.acknowledged).map_or(0, |(now, before)| now.saturating_sub(before));
            if taken < WRITE_BYTES_PER_S_MIN.saturating_mul(stall_max.as_secs().max(1)) {
                break;
            }
            stall.acknowledged = acknowledged;
            stall.until.as_mut().reset(Instant::now() + stall_max);
        }
        Poll::Ready(Err(self.give_up()))
    }

    fn give_up(&self) -> io::Error {
        metrics::counter!("preau_front_refusals_total", "reason" => "write_stalled").increment(1);
        self.state.tell(Sign::SlowRead);
        self.wire.abort();
        io::Error::new(io::ErrorKind::TimedOut, "the client takes no bytes")
    }

    /// A short answer is written in one go, and then it is the kernel that holds it for a client that takes nothing.
    /// Looked at twice, half of the time apart, from the first write on.
    fn check_kept(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        let half = self.stall_max / 2;
        while let Some(kept) = &mut self.kept
            && kept.until.as_mut().poll(cx).is_ready()
        {
            let Some(taken) = self.wire.taken().filter(|taken| taken.refused) else {
                self.kept = None;
                break;
            };
            let least = WRITE_BYTES_PER_S_MIN.saturating_mul(half.as_secs().max(1));
            if kept.acknowledged.is_some_and(|before| taken.acknowledged.saturating_sub(before) < least) {
                return Err(self.give_up());
            }
            kept.acknowledged = Some(taken.acknowledged);
            kept.until.as_mut().reset(Instant::now() + half);
        }
        Ok(())
    }

    fn written(&mut self, cx: &mut Context<'_>, outcome: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(bytes)) = outcome {
            self.state.on_write(bytes);
            let half = self.stall_max / 2;
            self.kept.get_or_insert_with(|| Stall { until: Box::pin(sleep(half)), acknowledged: None });
        }
        self.unless_stalled(cx, outcome)
    }

    fn poll_read_wire(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<usize>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.wire).poll_read(cx, buf))?;
        Poll::Ready(Ok(buf.filled().len() - before))
    }

    /// Hands on of what is good already; false when there is nothing of it.
    fn hand_on(&mut self, buf: &mut ReadBuf<'_>) -> bool {
        let length = self.good.len().min(buf.remaining());
        buf.put_slice(&self.good[..length]);
        self.good.drain(..length);
        length > 0
    }

    /// Reads HTTP/1 and keeps back what is no whole head yet; gives how much came.
    fn poll_read_http1(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<usize>> {
        if !self.held.is_empty() {
            let mut piece = [0; PIECE_BYTES];
            let mut piece = ReadBuf::new(&mut piece);
            let read = ready!(self.poll_read_wire(cx, &mut piece))?;
            self.held.extend_from_slice(piece.filled());
            self.scan_held();
            return Poll::Ready(Ok(read));
        }
        let before = buf.filled().len();
        let read = ready!(self.poll_read_wire(cx, buf))?;
        if read > 0 && std::mem::take(&mut self.may_be_other) && buf.filled()[before] == 0 {
            self.early = buf.filled()[before..].to_vec();
            buf.set_filled(before);
            return Poll::Ready(Err(broken("no HTTP")));
        }
        if read > 0 && buf.filled()[before..] == self.known && self.state.same_head() {
            return Poll::Ready(Ok(read));
        }
        let deliver = self.state.scan(&buf.filled()[before..]);
        self.held.extend_from_slice(&buf.filled()[before + deliver..]);
        buf.set_filled(before + deliver);
        Poll::Ready(Ok(read))
    }

    fn scan_held(&mut self) {
        let deliver = self.state.scan(&self.held);
        let rest = self.held.split_off(deliver);
        self.good.append(&mut self.held);
        self.held = rest;
    }

    fn poll_read_passed(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(self.poll_read_wire(cx, buf))?;
        if self.state.protocol() == Protocol::Http2 && self.state.scan_frames(&buf.filled()[before..]).is_err() {
            return Poll::Ready(Err(broken("HTTP/2 is abused")));
        }
        Poll::Ready(Ok(()))
    }
}

fn broken(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

impl AsyncRead for GuardedIo {
    /// Nothing read is the end of the connection, as with every socket.
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.check_kept(cx)?;
        let before = buf.filled().len();
        while !self.hand_on(buf) {
            match self.state.next(cx.waker()) {
                Next::Wait => return Poll::Pending,
                Next::End => {
                    self.held = Vec::new();
                    break;
                }
                Next::Break => return Poll::Ready(Err(broken("the request body is not framed as it should be"))),
                Next::Pass if self.held.is_empty() => return self.poll_read_passed(cx, buf),
                // Came with the handshake of a WebSocket, which has been granted.
                Next::Pass => {
                    let early = std::mem::take(&mut self.held);
                    self.good.extend(early);
                }
                Next::Scan => self.scan_held(),
                Next::Read => {
                    let read = ready!(self.poll_read_http1(cx, buf))?;
                    if read == 0 || buf.filled().len() > before {
                        break;
                    }
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for GuardedIo {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.state.is_mute() {
            self.swallowed = true;
            return Poll::Ready(Ok(bytes.len()));
        }
        let outcome = match self.closes {
            true => self.wire.poll_write_last(cx, bytes),
            false => Pin::new(&mut self.wire).poll_write(cx, bytes),
        };
        self.written(cx, outcome)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.wire).poll_flush(cx);
        if let Poll::Ready(Ok(())) = outcome {
            self.stall = None;
            self.state.on_flush();
            return outcome;
        }
        self.unless_stalled(cx, outcome)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // The page is still to come; or whoever serves what is no HTTP.
        if self.swallowed || self.state.refusal().is_some() || !self.early.is_empty() {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.wire).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        all: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.state.is_mute() {
            self.swallowed = true;
            return Poll::Ready(Ok(all.iter().map(|bytes| bytes.len()).sum()));
        }
        let outcome = Pin::new(&mut self.wire).poll_write_vectored(cx, all);
        self.written(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.wire.is_write_vectored()
    }
}
