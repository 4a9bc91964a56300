//! What a bench has a client do: take in much at little cost, and tell how long packets were under way.

use crate::sys::{Inbox, report_arrival};
use std::cell::RefCell;
use std::io;
use std::net::UdpSocket;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Bytes at the end of a payload that say when it was sent.
const STAMP_BYTES: usize = 8;

thread_local! {
    static INBOX: RefCell<Box<Inbox>> = RefCell::default();
}

/// How a client takes in datagrams of many a call.
#[derive(Debug, Default)]
pub struct Sink {
    /// RTP is counted and not decrypted; what keeps the connection is answered.
    pub is_deaf: bool,
    /// Packets that were counted alone.
    pub counted: u64,
    /// From the sending client's call to the kernel's stamp at this one, in µs: of packets with a stamp in them.
    pub delays_us: Vec<u32>,
    arrived: Option<Instant>,
}

/// The zero of stamps, the same for all clients of a process.
fn zero() -> Instant {
    static ZERO: OnceLock<Instant> = OnceLock::new();
    *ZERO.get_or_init(Instant::now)
}

/// Writes into a payload when it is sent.
pub fn stamp(payload: &mut [u8], now: Instant) {
    if let Some((_, end)) = payload.split_last_chunk_mut::<STAMP_BYTES>() {
        let nanos = now.saturating_duration_since(zero()).as_nanos();
        *end = u64::try_from(nanos).unwrap_or(u64::MAX).to_be_bytes();
    }
}

impl Sink {
    /// Of the socket of a client, which tells from now on when datagrams came.
    pub fn of(socket: &UdpSocket, is_deaf: bool) -> io::Result<Self> {
        report_arrival(socket)?;
        Ok(Self { is_deaf, ..Self::default() })
    }

    /// A datagram came at this time; says whether it is to be worked on.
    pub fn takes(&mut self, bytes: &[u8], arrived: Instant) -> bool {
        self.arrived = Some(arrived);
        // RFC 7983 §7, RFC 5761 §4.
        let is_rtp = matches!(bytes, [128..=191, second, ..] if !(192..=223).contains(second));
        let is_counted = self.is_deaf && is_rtp;
        self.counted += u64::from(is_counted);
        !is_counted
    }

    /// A packet of the datagram that came last.
    pub fn measure(&mut self, payload: &[u8]) {
        let stamp = payload.last_chunk::<STAMP_BYTES>().map(|end| Duration::from_nanos(u64::from_be_bytes(*end)));
        let sent = stamp.and_then(|stamp| zero().checked_add(stamp));
        if let Some((arrived, sent)) = self.arrived.zip(sent) {
            let delay = arrived.saturating_duration_since(sent).as_micros();
            self.delays_us.push(u32::try_from(delay).unwrap_or(u32::MAX));
        }
    }
}

/// Buffers that all clients of a thread share.
pub fn with_inbox(work: impl FnOnce(&mut Inbox)) {
    INBOX.with_borrow_mut(|inbox| work(inbox));
}
