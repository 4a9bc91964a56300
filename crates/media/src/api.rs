//! What other crates see: configuration, handles, events, errors.

use crate::ledger::Bounds;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// A participant of one room, named by the caller; unique within the room for as long as it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct PeerId(pub u64);

impl fmt::Display for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a peer can publish: one of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    Audio,
    Camera,
    Screen,
}

/// What a voice or a picture is encoded with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Codec {
    Opus,
    #[default]
    Vp8,
    H264,
    /// One stream of several layers, of which a receiver is sent as many as it needs.
    Vp9,
    /// The same.
    Av1,
}

impl Codec {
    pub const ALL: [Self; 5] = [Self::Opus, Self::Vp8, Self::H264, Self::Vp9, Self::Av1];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Opus => "opus",
            Self::Vp8 => "vp8",
            Self::H264 => "h264",
            Self::Vp9 => "vp9",
            Self::Av1 => "av1",
        }
    }

    /// Whether its layers come in one stream.
    pub const fn is_scalable(self) -> bool {
        matches!(self, Self::Vp9 | Self::Av1)
    }
}

/// One publication: who and what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct SourceId {
    pub peer: PeerId,
    pub kind: SourceKind,
}

/// What a peer may publish now. Packets of what it may not are dropped at the server, whatever the browser sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PublishRights {
    pub audio: bool,
    pub video: bool,
    pub screen: bool,
    /// The camera goes only to those whom [`crate::Room::set_pinned`] names.
    pub video_to_pinned: bool,
}

impl PublishRights {
    pub const NONE: Self = Self { audio: false, video: false, screen: false, video_to_pinned: false };
    pub const ALL: Self = Self { audio: true, video: true, screen: true, video_to_pinned: false };

    pub const fn allows(self, kind: SourceKind) -> bool {
        match kind {
            SourceKind::Audio => self.audio,
            SourceKind::Camera => self.video,
            SourceKind::Screen => self.screen,
        }
    }
}

/// How large a slot is on the receiver's page, in device pixels. Width 0: the slot isn't shown, nothing is sent.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SlotWant {
    /// The `mid` of the slot's media section.
    pub mid: String,
    pub max_width_px: u32,
}

/// How many `recvonly` sections a browser should offer. The server serves whatever number an offer has, within
/// [`crate::limits::SECTIONS_MAX`]; this is what the page is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SlotPlan {
    /// Voices.
    pub audio: u8,
    /// Pictures, cameras and one screen together. Screens take a slot before cameras do.
    pub video: u8,
}

/// How much there is to see in the lessons of this machine; `docs/decisions/0025-lean-mode.md`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Every camera for which there is a slot.
    #[default]
    Full,
    /// Voices in longer packets, and one picture for each: the screen, else the teacher, else who spoke last.
    Lean,
}

impl Mode {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Lean => "lean",
        }
    }

    /// The slots that pages are told to offer.
    pub const fn slots(self) -> SlotPlan {
        match self {
            Self::Full => SlotPlan { audio: 4, video: 10 },
            Self::Lean => SlotPlan { audio: 4, video: 1 },
        }
    }
}

/// Where and how to serve.
#[derive(Clone, Debug)]
pub struct MediaConfig {
    /// UDP address of the first media thread; thread `i` listens at the port + `i` (port 0: any free port for each).
    pub udp_bind: SocketAddr,
    /// TCP address for ICE over TCP (RFC 6544, passive), for networks that block UDP. One listener, whatever the
    /// number of threads. `None`: no TCP. Port 0: any free port.
    pub tcp_bind: Option<SocketAddr>,
    /// Addresses at which browsers reach this machine. Empty: the address of `udp_bind`, or when that is unspecified,
    /// the addresses of this machine's interfaces (found without sending anything).
    pub public_addresses: Vec<IpAddr>,
    /// Media threads; a room lives on one of them. 1 is enough for a school; at most [`crate::limits::THREADS_MAX`].
    pub threads: usize,
    /// What the bandwidth estimate of a new receiver starts with, in kbit/s.
    pub initial_kbps: u32,
    pub mode: Mode,
    /// What pages send their pictures as when everybody in the room can decode it, VP8 otherwise: VP8, VP9 or AV1.
    pub codec: Codec,
    /// What may be sent, and how fast people may join.
    pub bounds: Bounds,
}

impl Default for MediaConfig {
    fn default() -> Self {
        let any = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 3478);
        Self {
            udp_bind: any,
            tcp_bind: Some(any),
            public_addresses: Vec::new(),
            threads: 1,
            initial_kbps: 1_000,
            mode: Mode::default(),
            codec: Codec::default(),
            bounds: Bounds::default(),
        }
    }
}

/// Why a peer is no longer connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisconnectReason {
    /// The browser did not come within 30 s of its offer.
    NeverConnected,
    /// ICE heard nothing for too long (RFC 7675): the network is gone or the browser was closed.
    Timeout,
    /// The browser closed the connection (DTLS close_notify).
    ClosedByPeer,
    /// DTLS or the session failed.
    Failed,
    /// [`Room::leave`], [`Room::close`], or a new join of the same peer.
    Left,
    /// The room ended by an inner error; it takes no more commands. Open it again.
    RoomFailed,
}

/// What a room tells its owner.
#[derive(Clone, Debug, PartialEq)]
pub enum MediaEvent {
    /// ICE and DTLS are up. The first time and after a new join.
    Connected { peer: PeerId },
    /// The peer is gone from the room and all its slots are free; to come back, it joins anew.
    Disconnected { peer: PeerId, reason: DisconnectReason },
    /// The slot `mid` of `peer` now carries `source` (or nothing). `kind` says whether it's a voice slot
    /// ([`SourceKind::Audio`]) or a picture slot ([`SourceKind::Camera`], also when a screen is in it).
    /// `paused`: the picture stays assigned but isn't sent just now, for want of bandwidth or because nobody looks.
    Assigned { peer: PeerId, kind: SourceKind, mid: String, source: Option<SourceId>, paused: bool },
    /// Who speaks, loudest first; sent on changes only. Empty: silence.
    Speaking { speakers: Vec<PeerId> },
    /// Packets of this publication began (`live`) or stopped for 2 s or by rights.
    Publishing { peer: PeerId, kind: SourceKind, live: bool },
    /// From now on the peer is to send its pictures as this; VP8 before the first time.
    Sends { peer: PeerId, codec: Codec },
    /// Once a second for each connected peer; dropped when the channel is full.
    Stats {
        peer: PeerId,
        /// Estimate of what the path to the browser carries, in kbit/s.
        estimate_kbps: u32,
        /// Media sent to the browser in the last second, in kbit/s.
        sent_kbps: u32,
        /// Media received from the browser in the last second, in kbit/s.
        received_kbps: u32,
        /// Share of packets lost on the way to the browser, in 1/1000; `None` before the first feedback.
        loss_permille: Option<u16>,
        /// Round trip, in milliseconds.
        rtt_ms: Option<u32>,
        /// The longest that the media thread was behind its timers in the last second or two, in milliseconds: it measures itself then.
        late_ms: u32,
    },
    /// The room ended by an inner error; each of its peers got `Disconnected` with [`DisconnectReason::RoomFailed`].
    RoomFailed,
}

/// What can go wrong. Nothing of it ends a thread or another room.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    #[error("cannot open {what} on {address}")]
    Bind { what: &'static str, address: SocketAddr, source: std::io::Error },
    #[error("media configuration: {0}")]
    Config(String),
    #[error("cannot start a media thread: {0}")]
    Thread(std::io::Error),
    #[error("the SDP offer is refused: {0}")]
    Offer(String),
    #[error("the room is full ({0} peers)")]
    RoomFull(usize),
    #[error("the media thread carries its most rooms ({0})")]
    RoomsFull(usize),
    #[error("too many commands wait for the media thread")]
    Busy,
    #[error("the room or the media service has ended")]
    Closed,
}
