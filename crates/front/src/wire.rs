//! The socket of a connection: plain or TLS below, guarded above.

mod guarded;
mod watched;

pub(crate) use guarded::GuardedIo;
pub(crate) use watched::Watched;

use crate::door::Watch;
use crate::limits::LINGER_BYTES_MAX;
use crate::socket::{self, Taken};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_rustls::server::TlsStream;

pub(crate) enum Wire {
    Plain(Watched),
    Tls(Box<TlsStream<Watched>>),
}

impl Wire {
    fn socket(&self) -> &Watched {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream.get_ref().0,
        }
    }

    /// More has come than was read, as far as this is known without asking the kernel.
    pub fn has_more(&mut self) -> bool {
        let Self::Tls(stream) = self else { return false };
        io::BufRead::fill_buf(&mut stream.get_mut().1.reader()).is_ok_and(|more| !more.is_empty())
    }

    pub fn watch(&self) -> &Arc<Watch> {
        self.socket().watch()
    }

    /// How far the client has taken what was written, if the kernel tells.
    fn taken(&self) -> Option<Taken> {
        socket::taken(self.socket()).ok()
    }

    /// What was not taken goes when the socket is closed: the kernel would keep it for minutes otherwise.
    pub fn abort(&self) {
        socket::abort::<TcpStream>(self.socket());
    }

    /// Writes what is the last of this connection. Over TLS the word that nothing follows goes with it in one packet.
    fn poll_write_last(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let Self::Tls(stream) = self else { return Pin::new(self).poll_write(cx, bytes) };
        let session = stream.get_mut().1;
        let written = io::Write::write(&mut session.writer(), bytes)?;
        if written == bytes.len() {
            session.send_close_notify();
        }
        match Pin::new(stream).poll_flush(cx)? {
            Poll::Pending if written == 0 => Poll::Pending,
            Poll::Pending | Poll::Ready(()) => Poll::Ready(Ok(written)),
        }
    }

    /// Writes `last`, closes our direction and waits until the client closes its own or `linger` is over. A socket
    /// closed with unread bytes sends a reset, which throws away the page before it is seen. What still comes is thrown
    /// away as it is, undeciphered, and no more than [`LINGER_BYTES_MAX`] of it: a client that goes on sending finds the
    /// window closed, and costs nothing more.
    pub async fn farewell(mut self, last: &[u8], linger: Duration) {
        // Whoever says the last word looks after the end as well.
        self.socket().watch().end();
        let deadline = Instant::now() + linger;
        let said = timeout_at(deadline, async {
            self.write_all(last).await?;
            self.shutdown().await
        });
        if !matches!(said.await, Ok(Ok(()))) {
            return;
        }
        let (socket, mut thrown_away) = (self.socket(), [0; 4_096]);
        let mut left = LINGER_BYTES_MAX;
        while left > 0 && matches!(timeout_at(deadline, socket.readable()).await, Ok(Ok(()))) {
            match socket.try_read(&mut thrown_away) {
                Ok(0) => return,
                Ok(read) => left = left.saturating_sub(read),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_broken) => return,
            }
        }
        sleep_until(deadline).await;
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
