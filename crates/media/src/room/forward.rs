//! The hot path: one packet of a publisher to everybody in whose slot it is.

use super::RoomState;
use crate::api::{Codec, MediaEvent, SourceKind};
use crate::av1::Onward;
use crate::counters::Counters;
use crate::egress;
use crate::h264;
use crate::net::Net;
use crate::patch::Descriptor;
use crate::peer::{Origin, Slot, Source, SourceRef, Subscriber};
use crate::red::{Spoken, with_previous};
use crate::rewrite::Numbers;
use crate::svc::{Frame, Sieve};
use crate::vp8;
use std::cell::OnceCell;
use std::mem;
use std::sync::Arc;
use std::time::Instant;
use str0m::media::{KeyframeRequestKind, Pt};
use str0m::rtp::{ExtensionValues, RtpHeader, RtpPacket};

/// A packet as it came, or as it was had again.
pub(super) struct Packet {
    pub seq: u64,
    pub header: RtpHeader,
    pub payload: Arc<[u8]>,
}

impl From<RtpPacket> for Packet {
    fn from(packet: RtpPacket) -> Self {
        Self { seq: *packet.seq_no, header: packet.header, payload: packet.payload }
    }
}

/// A packet as the receivers' slots need it.
pub(super) struct Fanout<'a> {
    pub packet: &'a Packet,
    pub layer: u8,
    pub video: bool,
    pub codec: Codec,
    /// What a switch may start with: any sound, the first packet of a keyframe.
    pub starts: bool,
    descriptor: Option<Descriptor>,
    /// Of a stream with several layers.
    frame: Option<Frame>,
    onward: Option<Onward<'a>>,
    /// Of a voice.
    previous: Option<Spoken>,
    /// With the previous one, and under which payload type; made for the first who needs it.
    doubled: OnceCell<(Pt, Option<Arc<[u8]>>)>,
    pub numbers: Numbers,
    pub now: Instant,
}

/// What a packet says of its picture.
#[derive(Default)]
struct Said<'a> {
    /// Of a keyframe that begins.
    width_px: Option<u32>,
    descriptor: Option<Descriptor>,
    frame: Option<Frame>,
    onward: Option<Onward<'a>>,
}

impl<'a> Said<'a> {
    /// Reads a packet, and what it says of the layers of its stream. `None`: nothing can be made of it.
    fn read(source: &mut Source, packet: &'a Packet) -> Option<Self> {
        let payload = &packet.payload;
        Some(match (&mut source.stream, source.codec) {
            (_, Codec::Opus) => Self::default(),
            (_, Codec::H264) => Self { width_px: h264::keyframe_width_px(payload), ..Self::default() },
            (Some(stream), codec) => {
                let header = &packet.header;
                let read = stream.read(codec, payload, header.ext_vals.user_values.get(), header.timestamp)?;
                Self { width_px: None, descriptor: read.numbers, frame: Some(read.frame), onward: read.onward }
            }
            (None, _) => {
                let width_px = vp8::keyframe_width_px(payload);
                Self { width_px, descriptor: vp8::descriptor(payload), ..Self::default() }
            }
        })
    }

    /// Notes in the layers of its source what came.
    fn note(&self, source: &mut Source, layer: u8, bytes: usize, now: Instant) {
        let Some(frame) = &self.frame else {
            let Some(layer) = source.layers.get_mut(usize::from(layer)) else { return };
            layer.last_packet = Some(now);
            layer.bytes += bytes as u64;
            layer.width_px = self.width_px.unwrap_or(layer.width_px);
            return;
        };
        for (point, layer) in source.layers.iter_mut().enumerate() {
            if frame.of >> point & 1 == 1 {
                layer.bytes += bytes as u64;
            }
            if point == usize::from(frame.point) {
                layer.last_packet = Some(now);
            }
            if frame.starts
                && let Some(stream) = &source.stream
            {
                layer.width_px = stream.width_px(point).unwrap_or(layer.width_px);
            }
        }
    }
}

impl<'a> Fanout<'a> {
    fn new(
        packet: &'a Packet,
        layer: u8,
        codec: Codec,
        said: Said<'a>,
        previous: Option<Spoken>,
        now: Instant,
    ) -> Self {
        let video = codec != Codec::Opus;
        let Said { width_px, descriptor, frame, onward } = said;
        let numbers = Numbers {
            seq: packet.seq,
            timestamp: packet.header.timestamp,
            picture: descriptor.map(|descriptor| descriptor.picture),
            tl0: descriptor.and_then(|descriptor| descriptor.tl0),
        };
        let doubled = OnceCell::new();
        let starts = !video || width_px.is_some();
        Self { packet, layer, video, codec, starts, descriptor, frame, onward, previous, doubled, numbers, now }
    }

    /// The packet together with the one before it, as `red`.
    fn doubled(&self, pt: Pt, red: Option<Pt>) -> Option<(Pt, Arc<[u8]>)> {
        let (red, previous) = (red?, self.previous.as_ref()?);
        let newest = || Spoken { timestamp: self.numbers.timestamp, payload: self.packet.payload.clone() };
        let make = || with_previous(*pt, previous, &newest());
        let (made_for, made) = self.doubled.get_or_init(|| (pt, make()));
        let payload = if *made_for == pt { made.clone() } else { make() };
        Some((red, payload?))
    }
}

impl RoomState {
    /// Forwards a publisher's packet.
    pub(super) fn forward(&mut self, net: &mut Net, index: usize, origin: Origin, packet: &Packet, now: Instant) {
        let Some(peer) = self.peers.get_mut(index).and_then(Option::as_mut) else { return };
        if !peer.rights.allows(origin.kind) {
            net.counters.forbidden += 1;
            return;
        }
        let (id, area) = (peer.id, peer.area);
        let video = origin.kind != SourceKind::Audio;
        let codec = if video { peer.codec_of(packet.header.payload_type) } else { Codec::Opus };
        let Some(source) = peer.source_mut(origin.kind) else { return };
        match source.turns(codec, origin.kind, origin.layer, now) {
            Some(false) => {}
            Some(true) => {
                self.begin_anew(SourceRef { peer: index, kind: origin.kind });
                return self.forward(net, index, origin, packet, now);
            }
            None => return,
        }
        if !source.allowance.take(packet.payload.len(), now) {
            net.counters.excessive += 1;
            return;
        }
        let Some(said) = Said::read(source, packet) else {
            net.counters.malformed += 1;
            return;
        };
        let lacks_key = said.frame.as_ref().is_some_and(|frame| frame.lacks_key);
        said.note(source, origin.layer, packet.payload.len(), now);
        let Some(layer) = source.layers.get_mut(usize::from(origin.layer)) else { return };
        let restarted = layer.ssrc.replace(packet.header.ssrc).is_some_and(|before| before != packet.header.ssrc);
        source.last_packet = Some(now);
        if !source.live {
            source.live = true;
            self.outbox.push(MediaEvent::Publishing { peer: id, kind: origin.kind, live: true });
            self.reassign = true;
        }
        let spoken = (!video).then(|| Spoken { timestamp: packet.header.timestamp, payload: packet.payload.clone() });
        let previous = mem::replace(&mut source.spoken, spoken);
        let subscribers = mem::take(&mut source.subscribers);
        if !video {
            let voices = &mut self.areas.entry(area).or_default().speakers;
            // Who has come to another part of the room is new there, though the sound goes on.
            self.reassign |= !voices.knows(index);
            voices.heard(index, packet.header.ext_vals.audio_level, now);
        }
        if restarted {
            let layer = (!codec.is_scalable()).then_some(origin.layer);
            self.restart(SourceRef { peer: index, kind: origin.kind }, &subscribers, layer);
        }
        if lacks_key {
            self.want_keyframe(SourceRef { peer: index, kind: origin.kind }, origin.layer);
        }
        let fanout = Fanout::new(packet, origin.layer, codec, said, previous, now);
        self.fan_out(net, SourceRef { peer: index, kind: origin.kind }, &subscribers, &fanout);
        if let Some(source) = self.peer_mut(index).and_then(|peer| peer.source_mut(origin.kind)) {
            source.subscribers = subscribers;
        }
    }

    fn fan_out(&mut self, net: &mut Net, source: SourceRef, subscribers: &[Subscriber], fanout: &Fanout<'_>) {
        // A recording is VP8 and Opus (WebM).
        if self.tap.is_some() && matches!(fanout.codec, Codec::Opus | Codec::Vp8) {
            self.tap(source, fanout);
        }
        if !fanout.video {
            self.hear(source.peer, fanout);
        }
        let before = net.counters.forwarded;
        for &subscriber in subscribers {
            self.write(&mut net.counters, subscriber, fanout);
        }
        net.times.forwarded(net.counters.forwarded - before);
    }

    /// Writes the packet into one receiver's slot, when the slot shows its layer.
    fn write(&mut self, counters: &mut Counters, to: Subscriber, fanout: &Fanout<'_>) {
        let Some(receiver) = self.peers.get_mut(to.peer).and_then(Option::as_deref_mut) else { return };
        let Some(slot) = receiver.slots.get_mut(to.slot) else { return };
        if !receiver.connected {
            return;
        }
        let Some(pt) = slot.pts.of(fanout.codec) else { return };
        let Some((entry, numbers)) = admit(slot, fanout) else { return };
        let header = &fanout.packet.header;
        let begins = entry == Entry::Begins;
        let doubles = !fanout.video && !begins && !receiver.low && receiver.losses.doubles(fanout.now);
        let doubled = if doubles { fanout.doubled(pt, receiver.red) } else { None };
        counters.forwarded += 1;
        counters.doubled += u64::from(doubled.is_some());
        let (pt, payload) = doubled.unwrap_or_else(|| (pt, fanout.packet.payload.clone()));
        let patch = fanout.descriptor.zip(numbers.picture);
        let described = fanout.onward.as_ref().and_then(|onward| describe(slot, entry, onward));
        let (patch, payload, marker) = match entry {
            Entry::Fills => (None, Arc::default(), false),
            _ => (patch, payload, header.marker || (begins && !fanout.video) || ends_picture(slot.current, fanout)),
        };
        let out = egress::Packet {
            pt: *pt,
            marker,
            seq: numbers.seq,
            timestamp: numbers.timestamp,
            payload,
            patch: patch.map(|(descriptor, picture)| descriptor.patch(picture, numbers.tl0)),
            described,
            audio_level: audio_level(&header.ext_vals),
            orientation: header.ext_vals.video_orientation.map(|orientation| orientation as u8),
        };
        receiver.egress.write(to.slot, out);
        if !receiver.touched {
            receiver.touched = true;
            self.touched.push(to.peer);
        }
    }

    /// A source goes on with another codec: all that show it begin with a keyframe, which is asked for when it is known who they
    /// are.
    fn begin_anew(&mut self, source: SourceRef) {
        for slot in self.peers.iter_mut().flatten().flat_map(|peer| &mut peer.slots) {
            if slot.source == Some(source) {
                slot.current = None;
            }
        }
        self.reassign = true;
    }

    /// A layer (all of them, if none is named) began anew under another SSRC: its slots wait for a keyframe.
    fn restart(&mut self, source: SourceRef, subscribers: &[Subscriber], layer: Option<u8>) {
        for subscriber in subscribers {
            let slot = self.peer_mut(subscriber.peer).and_then(|peer| peer.slots.get_mut(subscriber.slot));
            if let Some(slot) = slot
                && (layer.is_none() || slot.current == layer)
            {
                slot.current = None;
            }
        }
        self.want_keyframe(source, layer.unwrap_or(0));
    }

    /// Notes that a slot waits for a keyframe to go over to a layer, if it needs one: to be sent more pictures of the same width
    /// it doesn't.
    pub(super) fn want_switch(&mut self, source: SourceRef, layer: u8, current: Option<u8>) {
        let state = self.peers.get(source.peer).and_then(Option::as_ref).and_then(|peer| peer.source(source.kind));
        let stream = state.and_then(|state| state.stream.as_ref());
        if current.is_none() || !stream.is_some_and(|stream| stream.is_temporal()) {
            self.want_keyframe(source, layer);
        }
    }

    /// Notes that somebody needs a keyframe; it is asked for at the end of the turn, or when the last request is long
    /// enough ago.
    pub(super) fn want_keyframe(&mut self, source: SourceRef, layer: u8) {
        if source.kind == SourceKind::Audio {
            return;
        }
        let state = self.peer_mut(source.peer).and_then(|peer| peer.source_mut(source.kind));
        let Some(state) = state else { return };
        let layer = state.keyed(layer);
        if let Some(layer) = state.layers.get_mut(usize::from(layer)) {
            layer.keyframe_wanted = true;
            self.keyframes = true;
        }
    }

    /// Sends the keyframe requests that are due.
    pub(super) fn ask_keyframes(&mut self, net: &mut Net, now: Instant) {
        self.keyframes = false;
        for index in 0..self.peers.len() {
            let Some(peer) = self.peers[index].as_deref_mut() else { continue };
            let mut asked = false;
            for source in peer.sources.iter_mut().flatten() {
                let mid = source.mid;
                for layer in source.layers.iter_mut().filter(|layer| layer.keyframe_wanted) {
                    if !layer.may_ask_keyframe(now) {
                        continue;
                    }
                    layer.keyframe_wanted = false;
                    if let Some(stream) = peer.rtc.direct_api().stream_rx_by_mid(mid, layer.rid) {
                        stream.request_keyframe(KeyframeRequestKind::Pli);
                        layer.keyframe_asked = Some(now);
                        net.counters.keyframes_asked += 1;
                        asked = true;
                    }
                }
            }
            if asked {
                self.touch(index);
            }
        }
    }
}

/// How a packet comes into a slot.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Entry {
    /// Something else begins there.
    Begins,
    Goes,
    /// It is left out, but others went out before it, between whose numbers there is its own: an empty packet takes it.
    Fills,
}

/// Under which numbers a packet goes into a slot, if it does.
fn admit(slot: &mut Slot, fanout: &Fanout<'_>) -> Option<(Entry, Numbers)> {
    if let Some(frame) = &fanout.frame {
        return admit_part(slot, frame, fanout);
    }
    let mut entry = Entry::Goes;
    if slot.current != Some(fanout.layer) {
        if slot.target != Some(fanout.layer) || !fanout.starts {
            return None;
        }
        slot.rewriter.switch(fanout.numbers, fanout.now);
        (slot.current, slot.sieve) = (Some(fanout.layer), Sieve::default());
        entry = Entry::Begins;
    }
    Some((entry, slot.rewriter.map(fanout.numbers, fanout.now)?))
}

/// The same for a packet of a stream of which a part goes into the slot. Numbers close up behind what is left out.
fn admit_part(slot: &mut Slot, frame: &Frame, fanout: &Fanout<'_>) -> Option<(Entry, Numbers)> {
    let (numbers, now) = (fanout.numbers, fanout.now);
    let begins = slot.current.is_none();
    if !slot.sieve.takes(frame, numbers.seq, &mut slot.current, slot.target) {
        let taken = if begins { None } else { slot.rewriter.skip(numbers, now) };
        return taken.map(|numbers| (Entry::Fills, numbers));
    }
    if begins {
        slot.rewriter.switch(numbers, now);
    }
    let entry = if begins { Entry::Begins } else { Entry::Goes };
    Some((entry, slot.rewriter.map(numbers, now)?))
}

/// What goes before a packet of AV1 into a slot.
fn describe(slot: &mut Slot, entry: Entry, onward: &Onward<'_>) -> Option<egress::Described> {
    match entry {
        Entry::Begins => slot.frames.switch(onward.number),
        Entry::Goes => {}
        Entry::Fills => return None,
    }
    let number = slot.frames.map(onward.number);
    Some(egress::Described { value: onward.to(slot.current?)?, number })
}

/// Whether a receiver's picture ends with this packet, because nothing of the layers above is sent to it.
fn ends_picture(current: Option<u8>, fanout: &Fanout<'_>) -> bool {
    let Some(frame) = fanout.frame.as_ref().filter(|frame| frame.ends) else { return false };
    current.is_some_and(|point| frame.tops >> point & 1 == 1)
}

/// How loud it is, as RFC 6464 has it: whether somebody speaks, and how far below the loudest.
fn audio_level(values: &ExtensionValues) -> Option<u8> {
    let speaks = if values.voice_activity == Some(true) { 0x80 } else { 0 };
    values.audio_level.map(|level| level.unsigned_abs().min(127) | speaks)
}
