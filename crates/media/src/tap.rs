//! Copies of packets for whoever records a room, or writes down what is said in it.

use crate::api::SourceId;
use crate::limits::TAP_PACKETS_MAX;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Instant;

/// A packet of a publication that is recorded. Whatever layers, SSRCs or pauses lie behind it: the numbers of one `run` are
/// those of one RTP stream (RFC 3550).
#[derive(Clone, Debug)]
pub struct Tapped {
    pub source: SourceId,
    /// Another run of the same source is another stream: its publisher has come again, or the tap has.
    pub run: u64,
    pub seq: u16,
    pub timestamp: u32,
    pub marker: bool,
    pub payload: Arc<[u8]>,
    pub came: Instant,
}

/// Where the copies go. A media thread never waits for whoever takes them: what the channel has no room for is dropped and
/// counted.
#[derive(Clone, Debug)]
pub struct Tap {
    to: SyncSender<Tapped>,
    dropped: Arc<AtomicU64>,
}

impl Tap {
    /// A tap and its end, with room for [`TAP_PACKETS_MAX`] packets.
    pub fn new() -> (Self, Receiver<Tapped>) {
        Self::with_room(TAP_PACKETS_MAX)
    }

    pub(crate) fn with_room(packets: usize) -> (Self, Receiver<Tapped>) {
        let (to, from) = sync_channel(packets);
        (Self { to, dropped: Arc::default() }, from)
    }

    /// Packets for which there was no room.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    pub(crate) fn give(&self, packet: Tapped) {
        if self.to.try_send(packet).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}
