//! What a client has received in one slot, and whether a decoder would have liked it.

use crate::vp8::keyframe_width_px;
use str0m::rtp::{RtpPacket, Vp8Descriptor};

/// What came in one slot.
#[derive(Clone, Debug, Default)]
pub struct Received {
    pub packets: u64,
    pub bytes: u64,
    pub keyframes: u64,
    /// The width of the last keyframe.
    pub width_px: u32,
    /// Breaks that a decoder would notice: sequence numbers seen twice, timestamps that go back, picture ids that jump.
    pub breaks: u64,
    last_seq: Option<u64>,
    last_timestamp: Option<u32>,
    last_picture: Option<u16>,
}

impl Received {
    pub(super) fn count(&mut self, packet: &RtpPacket, video: bool) {
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
        if !video {
            return;
        }
        if let Some(width) = keyframe_width_px(&packet.payload) {
            self.keyframes += 1;
            self.width_px = width;
        }
        let picture = Vp8Descriptor::parse(&packet.payload).ok().and_then(|descriptor| descriptor.picture_id());
        if let (Some(last), Some(picture)) = (self.last_picture, picture) {
            let step = picture.wrapping_sub(last) & 0x7fff;
            self.breaks += u64::from(step > 1 && skipped == 0);
        }
        self.last_picture = picture;
    }
}
