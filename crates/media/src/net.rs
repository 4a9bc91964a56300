//! What a media thread sends through: the datagrams of a turn, who is at which address, TCP connections, timers.

use crate::counters::Counters;
use crate::headers::Watching;
use crate::sys::{Outgoing, Outlet};
use crate::tcp::TcpTable;
use crate::times::Times;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);
/// Buffers that are kept for the next turns, and how large each is at least: a packet with all its headers.
const BUFFERS_MAX: usize = 512;
const BUFFER_BYTES: usize = 1_536;

/// A peer of a room of this thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub room: u64,
    pub peer: usize,
}

/// Our half of a peer's ICE username; the first letter is the thread's.
pub type Ufrag = [u8; 8];

/// The letters of ICE usernames and passwords (RFC 8839 §5.4).
pub const ICE_LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The thread that a ufrag belongs to.
pub fn thread_of(ufrag: &[u8]) -> Option<usize> {
    let first = ufrag.first()?;
    ICE_LETTERS.iter().position(|letter| letter == first)
}

/// Who is behind an ICE username or an address.
#[derive(Default)]
pub struct Routes {
    by_ufrag: HashMap<Ufrag, Place>,
    by_addr: HashMap<SocketAddr, Place>,
}

impl Routes {
    pub fn by_ufrag(&self, ufrag: &[u8]) -> Option<Place> {
        self.by_ufrag.get(<&Ufrag>::try_from(ufrag).ok()?).copied()
    }

    pub fn by_addr(&self, addr: SocketAddr) -> Option<Place> {
        self.by_addr.get(&addr).copied()
    }

    pub fn add_ufrag(&mut self, ufrag: Ufrag, place: Place) {
        self.by_ufrag.insert(ufrag, place);
    }

    pub fn remove_ufrag(&mut self, ufrag: &Ufrag) {
        self.by_ufrag.remove(ufrag);
    }

    /// From now on datagrams of `addr` are this peer's: it proved so by an ICE check.
    pub fn add_addr(&mut self, addr: SocketAddr, place: Place) {
        self.by_addr.insert(addr, place);
    }

    /// Forgets `addr` unless somebody else has proved it since.
    pub fn remove_addr(&mut self, addr: SocketAddr, place: Place) {
        if self.by_addr.get(&addr) == Some(&place) {
            self.by_addr.remove(&addr);
        }
    }

    pub fn remove_room(&mut self, room: u64) {
        self.by_ufrag.retain(|_, place| place.room != room);
        self.by_addr.retain(|_, place| place.room != room);
    }

    /// Entries of both kinds.
    pub fn len(&self) -> usize {
        self.by_ufrag.len() + self.by_addr.len()
    }
}

/// What to do at a time: a peer's timer, or with `peer` of [`ROOM_TICK`] the room's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timer {
    pub at: Instant,
    pub room: u64,
    pub peer: usize,
}

/// Marks the room's own timer.
pub const ROOM_TICK: usize = usize::MAX;

/// The timers of a thread, the earliest first. Entries aren't removed: who set one knows whether it still counts.
#[derive(Default)]
pub struct Timers(BinaryHeap<Reverse<Timer>>);

impl Timers {
    pub fn set(&mut self, timer: Timer) {
        self.0.push(Reverse(timer));
    }

    pub fn next_at(&self) -> Option<Instant> {
        self.0.peek().map(|Reverse(timer)| timer.at)
    }

    pub fn pop_due(&mut self, now: Instant) -> Option<Timer> {
        if self.next_at()? > now {
            return None;
        }
        self.0.pop().map(|Reverse(timer)| timer)
    }
}

/// How far a thread was behind its timers lately.
#[derive(Default)]
pub struct Lateness {
    /// The worst of this second, and of the one before.
    worst: Duration,
    before: Duration,
    since: Option<Instant>,
}

impl Lateness {
    pub fn note(&mut self, due: Instant, now: Instant) {
        let since = *self.since.get_or_insert(now);
        if now.saturating_duration_since(since) >= SECOND {
            (self.before, self.worst, self.since) = (self.worst, Duration::ZERO, Some(now));
        }
        self.worst = self.worst.max(now.saturating_duration_since(due));
    }

    pub fn worst_ms(&self) -> u32 {
        u32::try_from(self.worst.max(self.before).as_millis()).unwrap_or(u32::MAX)
    }
}

/// What joins have cost since the books were last kept, and how many are done.
#[derive(Default)]
pub struct Joining {
    pub cpu: Duration,
    pub done: u64,
}

/// Everything a room needs of its thread.
pub struct Net {
    pub lateness: Lateness,
    pub times: Times,
    pub joining: Joining,
    pub watching: Watching,
    pub udp: UdpSocket,
    pub outlet: Outlet,
    /// Datagrams of this turn, sent in one go at its end.
    pub out: Vec<Outgoing>,
    /// Buffers of datagrams that have been sent.
    pub spare: Vec<Vec<u8>>,
    /// Those for TCP connections, with the remote address of each.
    pub out_tcp: Vec<(SocketAddr, Vec<u8>)>,
    pub routes: Routes,
    pub timers: Timers,
    pub tcp: TcpTable,
    /// Peers that left: their connections are closed once this turn is sent.
    pub tcp_gone: Vec<Place>,
    pub counters: Counters,
    /// The ICE candidates of this thread.
    pub udp_candidates: Vec<SocketAddr>,
    pub tcp_candidates: Vec<SocketAddr>,
}

impl Net {
    /// Sends the datagrams that wait.
    pub fn send(&mut self) {
        if self.out.is_empty() {
            return;
        }
        let count = self.out.len() as u64;
        self.counters.sent_bytes += self.out.iter().map(|datagram| datagram.bytes.len() as u64).sum::<u64>();
        let lost = self.outlet.send_all(&self.udp, &self.out) as u64;
        for Outgoing { bytes, .. } in self.out.drain(..) {
            keep(&mut self.spare, bytes);
        }
        self.counters.send_lost += lost;
        self.counters.sent += count - lost;
    }

    /// A buffer for a datagram: one that was sent, as long as there is one.
    pub fn buffer(&mut self) -> Vec<u8> {
        self.spare.pop().unwrap_or_else(|| Vec::with_capacity(BUFFER_BYTES))
    }

    /// A buffer that was not needed.
    pub fn take_back(&mut self, buffer: Vec<u8>) {
        keep(&mut self.spare, buffer);
    }

    /// Under which of our candidate addresses a datagram came: the one with the local address it was sent to, else the
    /// first of the same family (a machine behind NAT sees its inner address).
    pub fn candidate_for(candidates: &[SocketAddr], local: Option<IpAddr>, source: SocketAddr) -> Option<SocketAddr> {
        let exact = candidates.iter().find(|candidate| Some(candidate.ip()) == local);
        let family = || candidates.iter().find(|candidate| candidate.is_ipv4() == source.is_ipv4());
        exact.or_else(family).or_else(|| candidates.first()).copied()
    }
}

fn keep(spare: &mut Vec<Vec<u8>>, buffer: Vec<u8>) {
    if spare.len() < BUFFERS_MAX && buffer.capacity() >= BUFFER_BYTES {
        spare.push(buffer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lateness_is_that_of_the_last_second_or_two() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut lateness = Lateness::default();
        assert_eq!(lateness.worst_ms(), 0);
        for second in 0..2 {
            lateness.note(at(second * 1_000), at(second * 1_000));
        }
        lateness.note(at(1_100), at(1_400));
        lateness.note(at(1_500), at(1_502));
        assert_eq!(lateness.worst_ms(), 300);
        lateness.note(at(2_100), at(2_101));
        assert_eq!(lateness.worst_ms(), 300, "the second before counts");
        lateness.note(at(3_200), at(3_203));
        assert_eq!(lateness.worst_ms(), 3);
    }
}
