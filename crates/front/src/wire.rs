//! The socket of a connection: plain or TLS below, guarded above.

use crate::connection::ConnectionState;
use crate::guards::Permit;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep, timeout_at};
use tokio_rustls::server::TlsStream;

pub(crate) enum Wire {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Wire {
    /// Writes `last`, closes our direction and reads on until the client closes its own or `linger` is over. A socket
    /// closed with unread bytes sends a reset, which throws away the page before it is seen.
    pub async fn farewell(mut self, last: &[u8], linger: Duration) {
        let deadline = Instant::now() + linger;
        let said = timeout_at(deadline, async {
            self.write_all(last).await?;
            self.shutdown().await
        });
        if matches!(said.await, Ok(Ok(()))) {
            let mut thrown_away = [0; 4_096];
            while matches!(timeout_at(deadline, self.read(&mut thrown_away)).await, Ok(Ok(1..))) {}
        }
    }
}

macro_rules! each_wire {
    ($wire:expr, $io:ident => $call:expr) => {
        match $wire.get_mut() {
            Wire::Plain($io) => $call,
            Wire::Tls($io) => $call,
        }
    };
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        each_wire!(self, io => Pin::new(io).poll_read(cx, buf))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        each_wire!(self, io => Pin::new(io).poll_write(cx, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        each_wire!(self, io => Pin::new(io).poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        each_wire!(self, io => Pin::new(io).poll_shutdown(cx))
    }

    fn poll_write_vectored(self: Pin<&mut Self>, cx: &mut Context<'_>, all: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        each_wire!(self, io => Pin::new(io).poll_write_vectored(cx, all))
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(io) => io.is_write_vectored(),
            Self::Tls(io) => io.is_write_vectored(),
        }
    }
}

/// A wire that counts header bytes, gives up on a client that takes nothing, and holds the connection's place for as
/// long as it lives, also after an upgrade.
pub(crate) struct GuardedIo {
    wire: Wire,
    permit: Permit,
    state: Arc<ConnectionState>,
    stall: Option<Pin<Box<Sleep>>>,
    stall_max: Duration,
}

impl GuardedIo {
    pub fn new(wire: Wire, permit: Permit, state: Arc<ConnectionState>, stall_max: Duration) -> Self {
        Self { wire, permit, state, stall: None, stall_max }
    }

    pub fn into_parts(self) -> (Wire, Permit) {
        (self.wire, self.permit)
    }

    /// Passes an outcome of writing on, unless it has been pending for too long.
    fn unless_stalled<T>(&mut self, cx: &mut Context<'_>, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.stall = None;
            self.state.on_write();
            return outcome;
        }
        let stall = self.stall.get_or_insert_with(|| Box::pin(sleep(self.stall_max)));
        ready!(stall.as_mut().poll(cx));
        metrics::counter!("preau_front_refusals_total", "reason" => "write_stalled").increment(1);
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client takes no bytes")))
    }
}

impl AsyncRead for GuardedIo {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let Some(bytes_max) = self.state.header_bytes_left() else {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, "the request header is too large")));
        };
        let before = buf.filled().len();
        if bytes_max < buf.remaining() {
            // No more than a header may have, or one that comes in a single packet would pass whatever its size.
            let mut limited = ReadBuf::new(buf.initialize_unfilled_to(bytes_max));
            ready!(Pin::new(&mut self.wire).poll_read(cx, &mut limited))?;
            let read = limited.filled().len();
            buf.advance(read);
        } else {
            ready!(Pin::new(&mut self.wire).poll_read(cx, buf))?;
        }
        self.state.on_read(buf.filled().len() - before);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for GuardedIo {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.state.is_mute() {
            return Poll::Ready(Ok(bytes.len()));
        }
        let outcome = Pin::new(&mut self.wire).poll_write(cx, bytes);
        self.unless_stalled(cx, outcome)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let outcome = Pin::new(&mut self.wire).poll_flush(cx);
        if outcome.is_ready() {
            self.stall = None;
            return outcome;
        }
        self.unless_stalled(cx, outcome)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.state.is_mute() {
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
            return Poll::Ready(Ok(all.iter().map(|bytes| bytes.len()).sum()));
        }
        let outcome = Pin::new(&mut self.wire).poll_write_vectored(cx, all);
        self.unless_stalled(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.wire.is_write_vectored()
    }
}
