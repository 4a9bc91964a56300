//! ICE over TCP (RFC 6544, we are passive): connections that carry framed datagrams where UDP is blocked.

use crate::framing::{Deframer, frame};
use crate::limits::{
    TCP_CONNECTIONS_MAX, TCP_OF_PEER_MAX, TCP_UNPROVED_MS_MAX, TCP_UNPROVED_PER_PREFIX_MAX, TCP_WAITING_BYTES_MAX,
};
use crate::net::Place;
use crate::sys::{Interest, Poll};
use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// Bytes read of one connection in one turn.
const READ_BYTES: usize = 32 * 1024;

/// One connection.
pub struct Connection {
    stream: TcpStream,
    pub remote: SocketAddr,
    deframer: Deframer,
    waiting: Vec<u8>,
    pub place: Option<Place>,
    proved: bool,
    opened: Instant,
}

/// A connection that another thread takes over, with what it has already said.
pub struct Handover {
    pub stream: TcpStream,
    pub remote: SocketAddr,
    pub frames: Vec<Vec<u8>>,
    pub deframer: Deframer,
}

/// The connections of a thread. Tokens are those of the thread's [`Poll`].
#[derive(Default)]
pub struct TcpTable {
    by_token: HashMap<u64, Connection>,
    by_addr: HashMap<SocketAddr, u64>,
    next_token: u64,
}

/// Tokens below this are the thread's own.
pub const FIRST_TCP_TOKEN: u64 = 16;

impl TcpTable {
    /// Takes a connection in; says its token, or `None` when there are too many (in all, or from its prefix without a
    /// proof) or it can't be watched.
    pub fn add(
        &mut self,
        poll: &Poll,
        stream: TcpStream,
        remote: SocketAddr,
        deframer: Deframer,
        now: Instant,
    ) -> Option<u64> {
        if self.by_token.len() >= TCP_CONNECTIONS_MAX {
            return None;
        }
        let from = prefix(remote.ip());
        let unproved = self.by_token.values().filter(|it| !it.proved && prefix(it.remote.ip()) == from).count();
        if unproved >= TCP_UNPROVED_PER_PREFIX_MAX {
            return None;
        }
        stream.set_nonblocking(true).ok()?;
        let _ = stream.set_nodelay(true);
        let token = FIRST_TCP_TOKEN + self.next_token;
        self.next_token += 1;
        poll.add(&stream, token, Interest::Read).ok()?;
        let waiting = Vec::new();
        let connection = Connection { stream, remote, deframer, waiting, place: None, proved: false, opened: now };
        self.by_token.insert(token, connection);
        self.by_addr.insert(remote, token);
        Some(token)
    }

    pub fn get_mut(&mut self, token: u64) -> Option<&mut Connection> {
        self.by_token.get_mut(&token)
    }

    /// Closes a connection (its file leaves the poll by being closed).
    pub fn remove(&mut self, token: u64) -> Option<Connection> {
        let connection = self.by_token.remove(&token)?;
        if self.by_addr.get(&connection.remote) == Some(&token) {
            self.by_addr.remove(&connection.remote);
        }
        Some(connection)
    }

    /// Sends `datagram` on the connection from `remote`, which has thereby proved whose it is. False: it had no room.
    pub fn send(&mut self, poll: &Poll, remote: SocketAddr, datagram: &[u8]) -> bool {
        let Some(&token) = self.by_addr.get(&remote) else { return false };
        let Some(connection) = self.by_token.get_mut(&token) else { return false };
        if !std::mem::replace(&mut connection.proved, true) {
            let place = connection.place;
            self.bound_peer(place, token);
        }
        let Some(connection) = self.by_token.get_mut(&token) else { return false };
        if connection.waiting.len() + datagram.len() > TCP_WAITING_BYTES_MAX {
            return false;
        }
        let idle = connection.waiting.is_empty();
        if frame(datagram, &mut connection.waiting).is_err() {
            return false;
        }
        if idle && connection.write().is_err() {
            self.remove(token);
            return false;
        }
        let connection = &self.by_token[&token];
        if idle && !connection.waiting.is_empty() {
            let _ = poll.change(&connection.stream, token, Interest::ReadWrite);
        }
        true
    }

    /// Closes the oldest connection of a peer that has proved too many; not this one.
    fn bound_peer(&mut self, place: Option<Place>, newest: u64) {
        let of_peer = || self.by_token.iter().filter(|(_, it)| it.proved && it.place.is_some() && it.place == place);
        if of_peer().count() > TCP_OF_PEER_MAX
            && let Some(oldest) = of_peer().map(|(&token, _)| token).filter(|&token| token != newest).min()
        {
            self.remove(oldest);
        }
    }

    /// The connection can be written again.
    pub fn writable(&mut self, poll: &Poll, token: u64) {
        let Some(connection) = self.by_token.get_mut(&token) else { return };
        if connection.write().is_err() {
            self.remove(token);
        } else if connection.waiting.is_empty() {
            let _ = poll.change(&connection.stream, token, Interest::Read);
        }
    }

    /// The frames that have arrived whole. `Err`: the connection is over (closed, broken, or no RFC 4571).
    pub fn read(&mut self, token: u64) -> Result<Vec<Vec<u8>>, ()> {
        let connection = self.by_token.get_mut(&token).ok_or(())?;
        let mut buffer = [0; READ_BYTES];
        match connection.stream.read(&mut buffer) {
            Ok(0) => return Err(()),
            Ok(count) => connection.deframer.push(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => return Err(()),
        }
        let mut frames = Vec::new();
        while let Some(datagram) = connection.deframer.next_frame().map_err(|_| ())? {
            frames.push(datagram.to_vec());
        }
        Ok(frames)
    }

    /// Closes what is the peer's.
    pub fn remove_place(&mut self, place: Place) {
        self.remove_where(|connection| connection.place == Some(place));
    }

    pub fn remove_room(&mut self, room: u64) {
        self.remove_where(|connection| connection.place.is_some_and(|place| place.room == room));
    }

    /// Closes what has proved nothing for too long.
    pub fn sweep(&mut self, now: Instant) {
        let patience = Duration::from_millis(TCP_UNPROVED_MS_MAX);
        self.remove_where(|connection| {
            !connection.proved && now.saturating_duration_since(connection.opened) > patience
        });
    }

    fn remove_where(&mut self, over: impl Fn(&Connection) -> bool) {
        let tokens: Vec<u64> =
            self.by_token.iter().filter(|(_, connection)| over(connection)).map(|(&token, _)| token).collect();
        for token in tokens {
            self.remove(token);
        }
    }

    pub fn len(&self) -> usize {
        self.by_token.len()
    }
}

/// Who is counted together: an IPv4 address, an IPv6 /64.
fn prefix(address: IpAddr) -> u64 {
    match address {
        IpAddr::V4(v4) => u64::from(v4.to_bits()),
        IpAddr::V6(v6) => (v6.to_bits() >> 64) as u64,
    }
}

impl Connection {
    /// Leaves this thread's poll for another thread's.
    pub fn into_handover(self, poll: &Poll, frames: Vec<Vec<u8>>) -> Handover {
        let _ = poll.remove(&self.stream);
        Handover { stream: self.stream, remote: self.remote, frames, deframer: self.deframer }
    }

    fn write(&mut self) -> io::Result<()> {
        let mut written = 0;
        while written < self.waiting.len() {
            match self.stream.write(&self.waiting[written..]) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => written += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.waiting.drain(..written);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn a_peer_has_a_few_connections_and_the_oldest_gives_way() {
        let poll = Poll::new(8).expect("a poll");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let mut table = TcpTable::default();
        let mut clients = Vec::new();
        let mut prove = |table: &mut TcpTable, peer: usize| {
            clients.push(TcpStream::connect(listener.local_addr().expect("an address")).expect("connects"));
            let (stream, remote) = listener.accept().expect("accepts");
            let token = table.add(&poll, stream, remote, Deframer::default(), Instant::now()).expect("room");
            table.get_mut(token).expect("there").place = Some(Place { room: 1, peer });
            assert!(table.send(&poll, remote, b"an answered check"));
            token
        };
        let other = prove(&mut table, 2);
        let tokens: Vec<u64> = (0..TCP_OF_PEER_MAX + 2).map(|_| prove(&mut table, 1)).collect();
        let open: Vec<u64> = tokens.iter().copied().filter(|&token| table.get_mut(token).is_some()).collect();
        assert_eq!(open, tokens[2..]);
        assert!(table.get_mut(other).is_some(), "of somebody else");
    }

    #[test]
    fn silent_connections_of_one_address_leave_room_for_others() {
        let poll = Poll::new(8).expect("a poll");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let mut table = TcpTable::default();
        let mut clients = Vec::new();
        let mut come = |from: [u8; 4]| {
            clients.push(TcpStream::connect(listener.local_addr().expect("an address")).expect("connects"));
            let (stream, remote) = listener.accept().expect("accepts");
            let remote = SocketAddr::from((from, remote.port()));
            table.add(&poll, stream, remote, Deframer::default(), Instant::now())
        };
        for _ in 0..TCP_UNPROVED_PER_PREFIX_MAX {
            assert!(come([127, 0, 0, 1]).is_some());
        }
        assert!(come([127, 0, 0, 1]).is_none(), "one too many");
        assert!(come([127, 0, 0, 2]).is_some(), "another address has its own room");
    }
}
