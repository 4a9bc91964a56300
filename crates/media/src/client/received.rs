//! What a client has received in one slot, and whether a decoder would have liked it.

use crate::red::split;
use crate::{av1, h264, vp8, vp9};
use std::collections::BTreeSet;
use str0m::format::Codec;
use str0m::rtp::{RtpPacket, Vp8Descriptor};

/// What came in one slot.
#[derive(Clone, Debug, Default)]
pub struct Received {
    pub packets: u64,
    pub bytes: u64,
    pub keyframes: u64,
    /// The width of the last keyframe.
    pub width_px: u32,
    /// Breaks that a decoder would notice: sequence numbers seen twice, timestamps that go back, picture ids that jump, frame
    /// numbers that go back, frames of which nothing is known.
    pub breaks: u64,
    /// Of a voice: the times of the sounds that came, with those that came again in a later packet, the first
    /// [`SOUNDS_MAX`].
    pub sounds: BTreeSet<u32>,
    /// Packets that carried another one as well (RFC 2198).
    pub doubled: u64,
    /// Of VP9 and AV1: the frames of each spatial layer that began, and the pictures that ended.
    pub layers: [u64; 3],
    pub pictures: u64,
    last_seq: Option<u64>,
    last_timestamp: Option<u32>,
    last_picture: Option<u16>,
    structure: Option<av1::Structure>,
    last_frame: Option<u16>,
}

/// Four minutes of 20 ms each.
const SOUNDS_MAX: usize = 12_000;

impl Received {
    /// Sound of a voice; `red`: with redundant data.
    pub(super) fn hear(&mut self, packet: &RtpPacket, red: bool) {
        let timestamp = packet.header.timestamp;
        self.keep(timestamp);
        let Some(blocks) = split(&packet.payload).filter(|_| red) else { return };
        self.doubled += 1;
        if let Some((older_by, _)) = blocks.previous {
            self.keep(timestamp.wrapping_sub(older_by));
        }
    }

    fn keep(&mut self, timestamp: u32) {
        if self.sounds.len() < SOUNDS_MAX {
            self.sounds.insert(timestamp);
        }
    }

    fn count_layers(&mut self, packet: &RtpPacket) {
        let Some(read) = vp9::Descriptor::read(&packet.payload) else { return };
        if let Some(frames) = self.layers.get_mut(usize::from(read.spatial)) {
            *frames += u64::from(read.starts);
        }
        self.pictures += u64::from(packet.header.marker);
        self.keyframes += u64::from(read.starts && read.is_key());
        let picture = read.numbers.map(|numbers| numbers.picture);
        if let (Some(last), Some(picture)) = (self.last_picture, picture) {
            self.breaks += u64::from(picture.wrapping_sub(last) & 0x7fff > 1);
        }
        self.last_picture = picture;
    }

    fn count_described(&mut self, packet: &RtpPacket) {
        self.pictures += u64::from(packet.header.marker);
        // An empty packet only takes a number.
        if packet.payload.is_empty() {
            return;
        }
        let value = packet.header.ext_vals.user_values.get();
        let read = value.and_then(|av1::Value(bytes)| av1::Descriptor::read(bytes, self.structure.as_ref()));
        let Some(read) = read.filter(|read| read.active.is_some_and(|active| active != 0)) else {
            self.breaks += 1;
            return;
        };
        if let Some(frames) = self.layers.get_mut(usize::from(read.spatial)) {
            *frames += u64::from(read.starts);
        }
        self.breaks += u64::from(self.last_frame.is_some_and(|last| read.number.wrapping_sub(last) >= 1 << 15));
        self.last_frame = Some(read.number);
        if let Some(structure) = read.structure {
            self.keyframes += 1;
            self.width_px = structure.widths_px.into_iter().max().unwrap_or(0);
            self.structure = Some(structure);
        }
    }

    pub(super) fn count(&mut self, packet: &RtpPacket, codec: Codec) {
        self.packets += 1;
        self.bytes += packet.payload.len() as u64;
        let newer = self.last_seq.is_none_or(|last| *packet.seq_no > last);
        if !newer {
            return;
        }
        let back = |last: u32| packet.header.timestamp.wrapping_sub(last) > u32::MAX / 2;
        let skipped = self.last_seq.map_or(0, |last| *packet.seq_no - last - 1);
        self.breaks += u64::from(self.last_timestamp.is_some_and(back));
        self.last_seq = Some(*packet.seq_no);
        self.last_timestamp = Some(packet.header.timestamp);
        let width = match codec {
            Codec::Vp8 => vp8::keyframe_width_px(&packet.payload),
            Codec::H264 => h264::keyframe_width_px(&packet.payload),
            Codec::Vp9 => return self.count_layers(packet),
            Codec::Av1 => return self.count_described(packet),
            _ => return,
        };
        if let Some(width) = width {
            self.keyframes += 1;
            self.width_px = width;
        }
        if codec != Codec::Vp8 {
            return;
        }
        let picture = Vp8Descriptor::parse(&packet.payload).ok().and_then(|descriptor| descriptor.picture_id());
        if let (Some(last), Some(picture)) = (self.last_picture, picture) {
            let step = picture.wrapping_sub(last) & 0x7fff;
            self.breaks += u64::from(step > 1 && skipped == 0);
        }
        self.last_picture = picture;
    }
}
