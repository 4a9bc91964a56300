//! What an operator sees of the media: lessons and connections by their numbers, nobody's name and nothing of what is said.

use crate::api::{Mode, PeerId, SourceKind};
use crate::ledger::ThreadLook;
use crate::peer::{Line, Peer};
use crate::room::RoomState;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};
use str0m::net::Protocol;

/// Everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaLook {
    pub mode: Mode,
    pub threads: Vec<ThreadLook>,
    pub rooms: Vec<RoomLook>,
}

/// One lesson.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomLook {
    /// The lesson's id.
    pub room: uuid::Uuid,
    pub thread: usize,
    pub peers: Vec<PeerLook>,
}

/// How a connection goes over the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    Udp,
    Tcp,
    /// By the relay of this machine, or from this machine itself: both come from its own address.
    Relay,
}

/// One connection, with the figures of its last second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerLook {
    pub peer: PeerId,
    pub connected: bool,
    pub since_s: u64,
    /// `None`: not known yet.
    pub way: Option<Way>,
    /// What it publishes.
    pub publishes: Vec<SourceKind>,
    /// Voices and pictures that are sent to it, and pictures that wait for bandwidth or that nobody looks at.
    pub voices: usize,
    pub pictures: usize,
    pub paused: usize,
    /// Voice only.
    pub low: bool,
    pub estimate_kbps: u64,
    pub sent_kbps: u32,
    pub received_kbps: u32,
    pub loss_permille: Option<u16>,
    pub rtt_ms: Option<u32>,
}

/// What is kept of a connection's last second.
#[derive(Clone, Copy, Debug, Default)]
pub struct LastSecond {
    pub sent_kbps: u32,
    pub received_kbps: u32,
    pub loss_permille: Option<u16>,
    pub rtt_ms: Option<u32>,
    pub way: Option<Way>,
}

impl Way {
    pub fn of(line: &Line) -> Self {
        let (local, remote) = (line.candidate.ip(), line.remote.ip());
        match line.proto {
            Protocol::Udp if remote == local && !local.is_loopback() => Self::Relay,
            Protocol::Udp => Self::Udp,
            _ => Self::Tcp,
        }
    }
}

impl RoomState {
    pub fn look(&self, thread: usize, now: Instant) -> RoomLook {
        let peers = self.peers().map(|peer| peer.look(now)).collect();
        RoomLook { room: uuid::Uuid::from_u128(self.id()), thread, peers }
    }
}

impl Peer {
    fn look(&self, now: Instant) -> PeerLook {
        let LastSecond { sent_kbps, received_kbps, loss_permille, rtt_ms, way } = self.last_second;
        let shown = |video: bool| self.slots.iter().filter(move |slot| slot.video == video && slot.source.is_some());
        let pictures = shown(true).filter(|slot| slot.target.is_some()).count();
        let kinds = [SourceKind::Audio, SourceKind::Camera, SourceKind::Screen];
        PeerLook {
            peer: self.id,
            connected: self.connected,
            since_s: now.saturating_duration_since(self.joined).max(Duration::ZERO).as_secs(),
            way,
            publishes: kinds.into_iter().filter(|&kind| self.is_live(kind)).collect(),
            voices: shown(false).count(),
            pictures,
            paused: shown(true).count() - pictures,
            low: self.low,
            estimate_kbps: self.egress.estimate_bps() / 1_000,
            sent_kbps,
            received_kbps,
            loss_permille,
            rtt_ms,
        }
    }
}
