//! The hot path: one packet of a publisher to everybody in whose slot it is.

use super::RoomState;
use crate::api::{MediaEvent, SourceKind};
use crate::counters::Counters;
use crate::egress;
use crate::h264;
use crate::net::Net;
use crate::peer::{Origin, SourceRef, Subscriber};
use crate::red::{Spoken, with_previous};
use crate::rewrite::Numbers;
use crate::vp8::{Descriptor, keyframe_width_px};
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
    pub h264: bool,
    /// What a switch may start with: any sound, the first packet of a keyframe.
    pub starts: bool,
    descriptor: Option<Descriptor>,
    /// Of a voice.
    previous: Option<Spoken>,
    /// With the previous one, and under which payload type; made for the first who needs it.
    doubled: OnceCell<(Pt, Option<Arc<[u8]>>)>,
    pub numbers: Numbers,
    pub now: Instant,
}

impl<'a> Fanout<'a> {
    fn new(
        packet: &'a Packet,
        origin: Origin,
        (h264, keyframe): (bool, bool),
        previous: Option<Spoken>,
        now: Instant,
    ) -> Self {
        let video = origin.kind != SourceKind::Audio;
        let descriptor = if video && !h264 { Descriptor::read(&packet.payload) } else { None };
        let numbers = Numbers {
            seq: packet.seq,
            timestamp: packet.header.timestamp,
            picture: descriptor.map(|descriptor| descriptor.picture),
            tl0: descriptor.and_then(|descriptor| descriptor.tl0),
        };
        let doubled = OnceCell::new();
        let starts = !video || keyframe;
        Self { packet, layer: origin.layer, video, h264, starts, descriptor, previous, doubled, numbers, now }
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
        let h264 = video && peer.h264.contains(&packet.header.payload_type);
        let Some(source) = peer.source_mut(origin.kind) else { return };
        source.h264 = h264;
        if !source.allowance.take(packet.payload.len(), now) {
            net.counters.excessive += 1;
            return;
        }
        let width = match (video, h264) {
            (false, _) => None,
            (true, false) => keyframe_width_px(&packet.payload),
            (true, true) => h264::keyframe_width_px(&packet.payload),
        };
        let Some(layer) = source.layers.get_mut(usize::from(origin.layer)) else { return };
        let restarted = layer.ssrc.replace(packet.header.ssrc).is_some_and(|before| before != packet.header.ssrc);
        layer.last_packet = Some(now);
        layer.bytes += packet.payload.len() as u64;
        if let Some(width) = width {
            layer.width_px = width;
        }
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
            self.restart(SourceRef { peer: index, kind: origin.kind }, &subscribers, origin.layer);
        }
        let fanout = Fanout::new(packet, origin, (h264, width.is_some()), previous, now);
        self.fan_out(net, SourceRef { peer: index, kind: origin.kind }, &subscribers, &fanout);
        if let Some(source) = self.peer_mut(index).and_then(|peer| peer.source_mut(origin.kind)) {
            source.subscribers = subscribers;
        }
    }

    fn fan_out(&mut self, net: &mut Net, source: SourceRef, subscribers: &[Subscriber], fanout: &Fanout<'_>) {
        // A recording is VP8 and Opus (WebM).
        if self.tap.is_some() && !fanout.h264 {
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
        let Some(pt) = slot.pts.of(fanout.h264) else { return };
        let switches = slot.current != Some(fanout.layer);
        if switches {
            if slot.target != Some(fanout.layer) || !fanout.starts {
                return;
            }
            slot.rewriter.switch(fanout.numbers, fanout.now);
            slot.current = Some(fanout.layer);
        }
        let Some(numbers) = slot.rewriter.map(fanout.numbers, fanout.now) else { return };
        let header = &fanout.packet.header;
        let doubles = !fanout.video && !switches && !receiver.low && receiver.losses.doubles(fanout.now);
        let doubled = if doubles { fanout.doubled(pt, receiver.red) } else { None };
        counters.forwarded += 1;
        counters.doubled += u64::from(doubled.is_some());
        let (pt, payload) = doubled.unwrap_or_else(|| (pt, fanout.packet.payload.clone()));
        let patch = fanout.descriptor.zip(numbers.picture);
        let out = egress::Packet {
            pt: *pt,
            marker: header.marker || (switches && !fanout.video),
            seq: numbers.seq,
            timestamp: numbers.timestamp,
            payload,
            patch: patch.map(|(descriptor, picture)| descriptor.patch(picture, numbers.tl0)),
            audio_level: audio_level(&header.ext_vals),
            orientation: header.ext_vals.video_orientation.map(|orientation| orientation as u8),
        };
        receiver.egress.write(to.slot, out);
        if !receiver.touched {
            receiver.touched = true;
            self.touched.push(to.peer);
        }
    }

    /// A layer began anew under another SSRC: its slots wait for a keyframe.
    fn restart(&mut self, source: SourceRef, subscribers: &[Subscriber], layer: u8) {
        for subscriber in subscribers {
            let slot = self.peer_mut(subscriber.peer).and_then(|peer| peer.slots.get_mut(subscriber.slot));
            if let Some(slot) = slot
                && slot.current == Some(layer)
            {
                slot.current = None;
            }
        }
        self.want_keyframe(source, layer);
    }

    /// Notes that somebody needs a keyframe; it is asked for at the end of the turn, or when the last request is long
    /// enough ago.
    pub(super) fn want_keyframe(&mut self, source: SourceRef, layer: u8) {
        if source.kind == SourceKind::Audio {
            return;
        }
        let state = self.peer_mut(source.peer).and_then(|peer| peer.source_mut(source.kind));
        if let Some(layer) = state.and_then(|state| state.layers.get_mut(usize::from(layer))) {
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

/// How loud it is, as RFC 6464 has it: whether somebody speaks, and how far below the loudest.
fn audio_level(values: &ExtensionValues) -> Option<u8> {
    let speaks = if values.voice_activity == Some(true) { 0x80 } else { 0 };
    values.audio_level.map(|level| level.unsigned_abs().min(127) | speaks)
}
