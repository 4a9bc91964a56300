//! The hot path: one packet of a publisher to everybody in whose slot it is.

use super::RoomState;
use crate::api::{MediaEvent, SourceKind};
use crate::h264;
use crate::net::Net;
use crate::peer::{Origin, Slot, SourceRef, Subscriber};
use crate::red::{Spoken, with_previous};
use crate::rewrite::Numbers;
use crate::vp8::keyframe_width_px;
use std::cell::{Cell, OnceCell};
use std::mem;
use std::sync::Arc;
use std::time::Instant;
use str0m::media::{ExtensionValues, KeyframeRequestKind, Pt};
use str0m::rtp::{RtpHeader, RtpPacket, RtpWrite, Vp8Descriptor, Vp8Patch};

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
    descriptor: Option<Vp8Descriptor>,
    /// Of a voice.
    previous: Option<Spoken>,
    /// With the previous one, and under which payload type; made for the first who needs it.
    doubled: OnceCell<(Pt, Option<Arc<[u8]>>)>,
    doublings: Cell<u64>,
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
        let descriptor = if video && !h264 { Vp8Descriptor::parse(&packet.payload).ok() } else { None };
        let numbers = Numbers {
            seq: packet.seq,
            timestamp: packet.header.timestamp,
            picture: descriptor.as_ref().and_then(Vp8Descriptor::picture_id),
            tl0: descriptor.as_ref().and_then(Vp8Descriptor::tl0_pic_idx),
        };
        let (doubled, doublings) = (OnceCell::new(), Cell::new(0));
        let starts = !video || keyframe;
        Self {
            packet,
            layer: origin.layer,
            video,
            h264,
            starts,
            descriptor,
            previous,
            doubled,
            doublings,
            numbers,
            now,
        }
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
        let receivers = subscribers.iter().filter(|&&subscriber| self.write(subscriber, fanout)).count() as u64;
        net.counters.forwarded += receivers;
        net.counters.doubled += fanout.doublings.get();
        net.times.forwarded(receivers);
    }

    /// Writes the packet into one receiver's slot, when the slot shows its layer.
    fn write(&mut self, to: Subscriber, fanout: &Fanout<'_>) -> bool {
        let Some(receiver) = self.peers.get_mut(to.peer).and_then(Option::as_deref_mut) else { return false };
        let Some(slot) = receiver.slots.get_mut(to.slot) else { return false };
        if !receiver.connected {
            return false;
        }
        let Some(pt) = slot.pts.of(fanout.h264) else { return false };
        let switches = slot.current != Some(fanout.layer);
        if switches {
            if slot.target != Some(fanout.layer) || !fanout.starts {
                return false;
            }
            slot.rewriter.switch(fanout.numbers, fanout.now);
            slot.current = Some(fanout.layer);
        }
        let Some(numbers) = slot.rewriter.map(fanout.numbers, fanout.now) else { return false };
        let patch = fanout.descriptor.and_then(|descriptor| patch(&descriptor, numbers));
        let mut direct = receiver.rtc.direct_api();
        if !slot.declared {
            declare(&mut direct, slot);
        }
        let Some(stream) = direct.stream_tx(&slot.ssrc) else { return false };
        let header = &fanout.packet.header;
        let doubles = !fanout.video && !switches && !receiver.low && receiver.losses.doubles(fanout.now);
        let doubled = if doubles { fanout.doubled(pt, receiver.red) } else { None };
        fanout.doublings.set(fanout.doublings.get() + u64::from(doubled.is_some()));
        let (pt, payload) = doubled.unwrap_or_else(|| (pt, fanout.packet.payload.clone()));
        let mut write = RtpWrite::new(pt, numbers.seq.into(), numbers.timestamp, fanout.now, payload)
            .marker(header.marker || (switches && !fanout.video))
            .nackable(fanout.video)
            .ext_vals(ExtensionValues {
                audio_level: header.ext_vals.audio_level,
                voice_activity: header.ext_vals.voice_activity,
                video_orientation: header.ext_vals.video_orientation,
                ..ExtensionValues::default()
            });
        if let Some(patch) = patch {
            write = write.vp8_patch(patch);
        }
        stream.write_rtp(write);
        receiver.unsent += 1;
        if !receiver.touched {
            receiver.touched = true;
            self.touched.push(to.peer);
        }
        true
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

/// Tells str0m of a slot's stream, at its first packet.
fn declare(direct: &mut str0m::change::DirectApi<'_>, slot: &mut Slot) {
    // Sound and pictures go out at once: the publisher has paced them, and what exceeds the estimate is left out by
    // the choice of layers. Only probes and padding are paced here.
    direct.declare_stream_tx(slot.ssrc, slot.rtx, slot.mid, None).set_unpaced(true);
    slot.declared = true;
}

/// The rewritten VP8 picture id and TL0PICIDX, in whichever width the packet has them.
fn patch(descriptor: &Vp8Descriptor, numbers: Numbers) -> Option<Vp8Patch> {
    let picture = numbers.picture?;
    let with = |picture| {
        let builder = descriptor.patch().picture_id(picture);
        numbers.tl0.map_or(builder, |tl0| builder.tl0_pic_idx(tl0)).build()
    };
    with(picture).or_else(|_| with(picture & 0x7f)).ok()
}
