//! One browser: its connection, what it publishes, and the slots it offered.

use crate::allowance::Allowance;
use crate::api::{Codec, DisconnectReason, PeerId, PublishRights, SourceId, SourceKind};
use crate::av1::FrameNumbers;
use crate::carried::Carried;
use crate::egress::Egress;
use crate::layers::Layer;
use crate::limits::{KEYFRAME_INTERVAL_MS_MIN, LAYER_SILENT_MS_MAX, PATHS_PER_PEER_MAX, SOURCE_SILENT_MS_MAX};
use crate::look::LastSecond;
use crate::losses::Losses;
use crate::net::{Net, Place, Ufrag};
use crate::red::Spoken;
use crate::rewrite::Rewriter;
use crate::room::{Seek, TapSlot};
use crate::svc::{Sieve, Stream};
use crate::window::Window;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};
use str0m::Rtc;
use str0m::media::{Mid, Pt, Rid};
use str0m::net::Protocol;
use str0m::rtp::Ssrc;

/// What a camera's layers carry until measured, in bit/s, and how wide they are until a keyframe says so.
const NOMINAL: [(u64, u32); 3] = [(150_000, 320), (500_000, 640), (1_500_000, 1_280)];
/// A screen's, the same.
const NOMINAL_SCREEN: [(u64, u32); 3] = [(1_000_000, 1_280); 3];
/// After so long nothing comes late any more.
const LATE_MAX: Duration = Duration::from_secs(1);

/// A line over which nothing has come for so long need not be the one that the browser uses. Who publishes nothing and is sent
/// nothing is silent for longer; Chromium then nominates its line again with its next check.
const LINE_SILENT_MAX: Duration = Duration::from_millis(1_500);

/// A publication, by the index of its peer in the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceRef {
    pub peer: usize,
    pub kind: SourceKind,
}

/// A slot that shows a source: the index of the receiver and of the slot.
#[derive(Clone, Copy, Debug)]
pub struct Subscriber {
    pub peer: usize,
    pub slot: usize,
}

/// One encoding of a source. Sound and screens have one.
#[derive(Debug)]
pub struct SourceLayer {
    pub rid: Option<Rid>,
    pub ssrc: Option<Ssrc>,
    pub last_packet: Option<Instant>,
    /// Payload bytes since the last measure.
    pub bytes: u64,
    pub bps: u64,
    pub width_px: u32,
    pub keyframe_wanted: bool,
    pub keyframe_asked: Option<Instant>,
}

impl SourceLayer {
    fn new(rid: Option<Rid>, (bps, width_px): (u64, u32)) -> Self {
        Self {
            rid,
            ssrc: None,
            last_packet: None,
            bytes: 0,
            bps,
            width_px,
            keyframe_wanted: false,
            keyframe_asked: None,
        }
    }

    pub fn is_live(&self, now: Instant) -> bool {
        let silent_max = Duration::from_millis(LAYER_SILENT_MS_MAX);
        self.last_packet.is_some_and(|last| now.saturating_duration_since(last) < silent_max)
    }

    pub fn may_ask_keyframe(&self, now: Instant) -> bool {
        let interval = Duration::from_millis(KEYFRAME_INTERVAL_MS_MIN);
        self.keyframe_asked.is_none_or(|asked| now.saturating_duration_since(asked) >= interval)
    }
}

const fn nominal(kind: SourceKind) -> [(u64, u32); 3] {
    if matches!(kind, SourceKind::Screen) { NOMINAL_SCREEN } else { NOMINAL }
}

/// What a peer publishes in one of its sections.
#[derive(Debug)]
pub struct Source {
    pub mid: Mid,
    pub layers: Vec<SourceLayer>,
    pub subscribers: Vec<Subscriber>,
    pub live: bool,
    /// As what it came last, and before that, until when packets of that may still come late.
    pub codec: Codec,
    pub former: Option<(Codec, Instant)>,
    /// Where its layers come in one stream, as its layer `lead`: then `layers` are the points of that stream.
    pub stream: Option<Box<Stream>>,
    pub lead: u8,
    /// Of a voice: which packets have come, and the last one.
    pub heard: Window,
    pub spoken: Option<Spoken>,
    pub last_packet: Option<Instant>,
    pub allowance: Allowance,
    /// What is recorded of it.
    pub tapped: Option<Box<TapSlot>>,
}

impl Source {
    pub fn new(kind: SourceKind, mid: Mid, rids: &[Rid]) -> Self {
        let rids: Vec<Option<Rid>> =
            if rids.is_empty() { vec![None] } else { rids.iter().take(3).copied().map(Some).collect() };
        let layers = rids.into_iter().zip(nominal(kind)).map(|(rid, nominal)| SourceLayer::new(rid, nominal)).collect();
        Self {
            mid,
            layers,
            subscribers: Vec::new(),
            live: false,
            codec: if kind == SourceKind::Audio { Codec::Opus } else { Codec::Vp8 },
            former: None,
            stream: None,
            lead: 0,
            heard: Window::default(),
            spoken: None,
            last_packet: None,
            allowance: Allowance::of(kind),
            tapped: None,
        }
    }

    /// Whether a packet begins something else: it is of another codec. `None`: it is left, because it is of the former one and
    /// late, or comes beside the one stream that has all layers.
    pub fn turns(&mut self, codec: Codec, kind: SourceKind, layer: u8, now: Instant) -> Option<bool> {
        if codec == self.codec && (self.stream.is_none() || self.lead == layer) {
            return Some(false);
        }
        if codec == self.codec && !self.is_silent(now) {
            return None;
        }
        let is_late =
            |(former, since): (Codec, Instant)| former == codec && now.saturating_duration_since(since) < LATE_MAX;
        if self.former.is_some_and(is_late) {
            return None;
        }
        if codec != self.codec {
            self.former = Some((std::mem::replace(&mut self.codec, codec), now));
        }
        self.stream = codec.is_scalable().then(Box::default);
        self.lead = layer;
        // What is recorded of it goes on as another stream.
        self.tapped = None;
        if self.stream.is_some() {
            let rid = self.layers.get(usize::from(layer)).and_then(|layer| layer.rid);
            while self.layers.len() < nominal(kind).len() {
                self.layers.push(SourceLayer::new(rid, nominal(kind)[self.layers.len()]));
            }
        }
        for (layer, (bps, width_px)) in self.layers.iter_mut().zip(nominal(kind)) {
            (layer.last_packet, layer.bytes, layer.bps, layer.width_px) = (None, 0, bps, width_px);
        }
        Some(true)
    }

    /// The layer of which a keyframe is asked for the sake of another.
    pub fn keyed(&self, layer: u8) -> u8 {
        if self.stream.is_some() { self.lead } else { layer }
    }

    pub fn is_silent(&self, now: Instant) -> bool {
        let silent_max = Duration::from_millis(SOURCE_SILENT_MS_MAX);
        self.last_packet.is_none_or(|last| now.saturating_duration_since(last) >= silent_max)
    }

    /// The layers as the choice sees them.
    pub fn layers(&self, now: Instant) -> [Layer; 3] {
        let mut layers = [Layer::default(); 3];
        for (out, layer) in layers.iter_mut().zip(&self.layers) {
            *out = Layer { live: layer.is_live(now), bps: layer.bps, width_px: layer.width_px };
        }
        layers
    }
}

/// As what a slot's packets go out, by the codec; `None` where the browser has not offered it.
#[derive(Clone, Copy, Debug)]
pub struct Pts(pub [Option<Pt>; Codec::ALL.len()]);

impl Pts {
    pub const fn of(&self, codec: Codec) -> Option<Pt> {
        self.0[codec as usize]
    }
}

/// A section in which the browser receives: the stream of ours of the same index ([`Egress`]).
#[derive(Debug)]
pub struct Slot {
    pub video: bool,
    pub mid: Mid,
    pub pts: Pts,
    pub want_px: u32,
    pub source: Option<SourceRef>,
    /// The layer that goes out now, and the one that should.
    pub current: Option<u8>,
    pub target: Option<u8>,
    pub rewriter: Rewriter,
    /// What of a stream with several layers goes into it, and of AV1 under which frame numbers.
    pub sieve: Sieve,
    pub frames: FrameNumbers,
    /// What was last reported: the source, and whether it is paused.
    pub told: (Option<SourceId>, bool),
}

impl Slot {
    /// Whether it is to show another layer, and cannot go over to it by itself.
    pub fn waits_for_keyframe(&self) -> bool {
        let target = self.target.filter(|&target| self.current != Some(target));
        target.is_some_and(|target| self.current.is_none() || !self.sieve.is_whole(target))
    }
}

/// An address at which the browser was heard, and the local address it was sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path {
    pub remote: SocketAddr,
    pub local: Option<IpAddr>,
}

/// How packets go to the browser: over the pair of addresses that it has nominated (RFC 8445 §8.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    pub proto: Protocol,
    pub remote: SocketAddr,
    pub local: Option<IpAddr>,
    /// Our candidate.
    pub candidate: SocketAddr,
}

/// With which priority the line was nominated, and when anything last came over it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nominated {
    pub priority: u32,
    pub heard: Option<Instant>,
}

impl Nominated {
    /// Who nominates with each check means the best of them (RFC 5245 §8.1.1.2, which Firefox follows): a worse one is what the
    /// browser uses where nothing comes over the better any more.
    pub fn gives_way_to(self, priority: u32, now: Instant) -> bool {
        let is_used = self.heard.is_some_and(|heard| now.saturating_duration_since(heard) < LINE_SILENT_MAX);
        priority >= self.priority || !is_used
    }
}

/// Where packets of an SSRC belong.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    pub ssrc: Ssrc,
    pub kind: SourceKind,
    pub layer: u8,
}

pub struct Peer {
    pub id: PeerId,
    pub rtc: Rtc,
    pub egress: Egress,
    /// `None`: not connected yet.
    pub line: Option<Line>,
    pub nominated: Nominated,
    pub ufrag: Ufrag,
    pub rights: PublishRights,
    /// The part of the room in which it is: sound and pictures stay within a part.
    pub area: u8,
    /// Whose device it is: the sound of one does not go to another.
    pub owner: Option<u128>,
    /// Whose picture comes before all others.
    pub pin: Option<PeerId>,
    /// As what it may publish pictures that are not VP8, and what it was last told to.
    pub codecs: Vec<(Pt, Codec)>,
    pub told_codec: Codec,
    /// As what redundant data of a voice come and go, where they may.
    pub red: Option<Pt>,
    pub losses: Losses,
    /// By [`index_of`] the kind.
    pub sources: [Option<Source>; 3],
    pub origins: Vec<Origin>,
    pub slots: Vec<Slot>,
    pub paths: Vec<Path>,
    /// Where an ICE check came from that str0m hasn't answered yet, and where it has sent an answer since.
    pub probing: Option<Path>,
    pub answered: Option<SocketAddr>,
    pub connected: bool,
    pub joined: Instant,
    pub low: bool,
    pub carried: Carried,
    pub seek: Seek,
    /// No picture gets better before.
    pub no_rise_until: Instant,
    /// The choice of layers must be made anew.
    pub choose: bool,
    /// It is looked at at the end of this turn.
    pub touched: bool,
    /// When str0m wants to be called, and when a timer will ring.
    pub rtc_at: Instant,
    pub timer_at: Option<Instant>,
    pub gone: Option<DisconnectReason>,
    /// Payload bytes since the last report.
    pub received_bytes: u64,
    pub reported: Option<Instant>,
    pub last_second: LastSecond,
}

/// The place of a kind in [`Peer::sources`].
pub const fn index_of(kind: SourceKind) -> usize {
    match kind {
        SourceKind::Audio => 0,
        SourceKind::Camera => 1,
        SourceKind::Screen => 2,
    }
}

pub const KINDS: [SourceKind; 3] = [SourceKind::Audio, SourceKind::Camera, SourceKind::Screen];

impl Peer {
    pub fn source(&self, kind: SourceKind) -> Option<&Source> {
        self.sources[index_of(kind)].as_ref()
    }

    pub fn source_mut(&mut self, kind: SourceKind) -> Option<&mut Source> {
        self.sources[index_of(kind)].as_mut()
    }

    /// What a picture is that comes as this.
    pub fn codec_of(&self, pt: Pt) -> Codec {
        self.codecs.iter().find(|(known, _)| *known == pt).map_or(Codec::Vp8, |&(_, codec)| codec)
    }

    /// Whether every picture slot can show it.
    pub fn decodes(&self, codec: Codec) -> bool {
        self.slots.iter().filter(|slot| slot.video).all(|slot| slot.pts.of(codec).is_some())
    }

    pub fn is_live(&self, kind: SourceKind) -> bool {
        self.source(kind).is_some_and(|source| source.live)
    }

    /// Which publication and layer an SSRC is: remembered, or asked of str0m the first time.
    pub fn origin(&mut self, ssrc: Ssrc, ssrcs_max: usize) -> Option<Origin> {
        if let Some(known) = self.origins.iter().find(|origin| origin.ssrc == ssrc) {
            return Some(*known);
        }
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_rx(&ssrc)?;
        let (mid, rid) = (stream.mid(), stream.rid());
        let kind = KINDS.into_iter().find(|&kind| self.source(kind).is_some_and(|source| source.mid == mid))?;
        let source = self.source(kind)?;
        let layer = source.layers.iter().position(|layer| layer.rid == rid)?;
        let origin = Origin { ssrc, kind, layer: u8::try_from(layer).ok()? };
        if self.origins.len() >= ssrcs_max {
            self.origins.remove(0);
        }
        self.origins.push(origin);
        Some(origin)
    }

    /// The local address for sending to `remote`. An address that str0m sends to for the first time has just passed
    /// an ICE check: from now on its datagrams are this peer's.
    pub fn path_to(&mut self, net: &mut Net, place: Place, remote: SocketAddr) -> Option<IpAddr> {
        if let Some(path) = self.paths.iter().find(|path| path.remote == remote) {
            return path.local;
        }
        let local = self.probing.filter(|path| path.remote == remote).and_then(|path| path.local);
        if self.paths.len() >= PATHS_PER_PEER_MAX {
            let old = self.paths.remove(0);
            net.routes.remove_addr(old.remote, place);
        }
        self.paths.push(Path { remote, local });
        net.routes.add_addr(remote, place);
        local
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_gives_way_to_a_better_one_and_to_any_when_it_is_silent() {
        let now = Instant::now();
        assert!(Nominated::default().gives_way_to(0, now), "to the first");
        let used = Nominated { priority: 7, heard: Some(now) };
        assert!(used.gives_way_to(8, now) && used.gives_way_to(7, now) && !used.gives_way_to(6, now));
        assert!(!used.gives_way_to(6, now + LINE_SILENT_MAX / 2) && used.gives_way_to(6, now + LINE_SILENT_MAX));
    }
}
