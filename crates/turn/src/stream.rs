//! A client over TCP or TLS.

use crate::frame;
use crate::limits::{BATCH_BYTES, MESSAGE_BYTES_MAX, READ_BYTES, WRITE_STALL_MAX};
use crate::relay::{Bucket, Leg, Relay};
use crate::session::{Deed, Session, World};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant as Deadline, sleep_until, timeout};

/// How often it is looked whether an allocation is over.
const LOOK: Duration = Duration::from_secs(5);

/// What a connection was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Served {
    /// Its client knew the password of its user name.
    Known,
    /// It ended before anything could be said of it.
    Nothing,
    /// What it said was no TURN, or it held its place and proved nothing.
    Abuse,
}

/// A client and its socket to media.
pub(crate) struct Client {
    relay: Relay,
    session: Session,
    leg: Option<Leg>,
    up: Bucket,
    down: Bucket,
    /// Over a stream, channel data is padded.
    pads: bool,
}

impl Relay {
    /// Serves one connection until it breaks, says what is no TURN, has no allocation after 10 s, takes nothing for 10 s, or its
    /// allocation is over. `early` is what was already read of it.
    pub async fn serve_stream<S>(&self, stream: S, client: SocketAddr, early: &[u8]) -> Served
    where
        S: AsyncRead + AsyncWrite + Send,
    {
        let mut held = Client::new(self.clone(), client);
        let end = held.serve(stream, early).await;
        match end {
            _ if held.session.has_proved() => Served::Known,
            Err(error) if matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::TimedOut) => Served::Abuse,
            _ => Served::Nothing,
        }
    }
}

impl Client {
    async fn serve<S>(&mut self, stream: S, early: &[u8]) -> io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Send,
    {
        let (mut reader, mut writer) = tokio::io::split(stream);
        let (mut read, mut out, mut datagram) = (early.to_vec(), Vec::new(), vec![0; MESSAGE_BYTES_MAX]);
        let mut chunk = vec![0; READ_BYTES];
        let mut look = Deadline::now() + self.relay.patience();
        loop {
            let taken = self.take_all(&read, &mut out)?;
            read.drain(..taken);
            if !out.is_empty() {
                timeout(WRITE_STALL_MAX, async {
                    writer.write_all(&out).await?;
                    writer.flush().await
                })
                .await??;
                out.clear();
            }
            tokio::select! {
                count = reader.read(&mut chunk) => match count? {
                    0 => return Ok(()),
                    count => read.extend(&chunk[..count]),
                },
                arrived = self.arrival(&mut datagram) => {
                    let (count, from) = arrived?;
                    self.pass_on(&datagram[..count], from, &mut out);
                    while out.len() < BATCH_BYTES && let Some((count, from)) = self.try_arrival(&mut datagram) {
                        self.pass_on(&datagram[..count], from, &mut out);
                    }
                },
                () = sleep_until(look) => {
                    if !self.lives() {
                        return Err(io::ErrorKind::TimedOut.into());
                    }
                    look = Deadline::now() + LOOK;
                }
            }
        }
    }
}

impl Client {
    fn new(relay: Relay, client: SocketAddr) -> Self {
        let now = relay.now();
        let (up, down) = (Bucket::new(now), Bucket::new(now));
        Self { relay, session: Session::new(client), leg: None, up, down, pads: true }
    }

    pub fn over_udp(relay: Relay, client: SocketAddr) -> Self {
        Self { pads: false, ..Self::new(relay, client) }
    }

    /// Takes the whole messages of `bytes`; says how many bytes they are.
    fn take_all(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> io::Result<usize> {
        let mut at = 0;
        while let Some((message, taken)) =
            frame::first(&bytes[at..]).map_err(|bad| io::Error::new(io::ErrorKind::InvalidData, bad))?
        {
            self.take(message, out);
            at += taken;
        }
        Ok(at)
    }

    /// Takes one message; the answer goes to `out`.
    pub fn take(&mut self, message: &[u8], out: &mut Vec<u8>) {
        // An allocation that is over has no place any more when the next is asked for.
        self.lives();
        let now = self.relay.now();
        let (relay, leg) = (&self.relay, &mut self.leg);
        let mut allocate = |username: &str, v6| {
            let new = relay.allocate(username, v6)?;
            Ok(leg.insert(new).relayed)
        };
        let mut world = World { secret: relay.secret(), routes: relay.routes(), now, allocate: &mut allocate };
        match self.session.handle(message, &mut world) {
            Deed::Reply(reply) => out.extend(reply),
            Deed::Relay(to, data) => {
                if let Some(leg) = self.leg.as_ref().filter(|_| self.up.take(data.len(), now)) {
                    // Full, it is lost, as on any line.
                    let _ = leg.socket.try_send_to(data, to);
                }
            }
            Deed::Nothing => {}
        }
        self.lives();
    }

    /// Whether there is an allocation; without one there is no socket.
    pub fn lives(&mut self) -> bool {
        let lives = self.session.is_allocated(self.relay.now());
        if !lives {
            self.leg = None;
        }
        lives
    }

    /// The next datagram for this client; never, while there is no allocation.
    pub async fn arrival(&self, datagram: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        match &self.leg {
            Some(leg) => leg.socket.recv_from(datagram).await,
            None => std::future::pending().await,
        }
    }

    fn try_arrival(&self, datagram: &mut [u8]) -> Option<(usize, SocketAddr)> {
        self.leg.as_ref()?.socket.try_recv_from(datagram).ok()
    }

    /// Only media's own addresses are heard: anybody on this machine could write to the socket.
    pub fn pass_on(&mut self, datagram: &[u8], from: SocketAddr, out: &mut Vec<u8>) {
        let now = self.relay.now();
        let is_media = self.relay.routes().candidate_of(from).is_some();
        if is_media && self.down.take(datagram.len(), now) {
            self.session.wrap(from, datagram, self.pads, self.relay.routes(), now, out);
        }
    }
}
