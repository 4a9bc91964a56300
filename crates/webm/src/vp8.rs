//! Frames of VP8 out of RTP packets (RFC 7741).

use crate::limits::FRAME_BYTES_MAX;

/// A frame that is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The RTP timestamp, unwrapped.
    pub time: i64,
    /// When its last packet came.
    pub came_ms: i64,
    /// Width and height in pixels, of a keyframe.
    pub key: Option<(u16, u16)>,
    pub data: Vec<u8>,
}

/// What one packet carries, without its descriptor (RFC 7741, section 4.2).
struct Payload<'a> {
    begins: bool,
    picture: Option<u16>,
    data: &'a [u8],
}

fn parse(packet: &[u8]) -> Option<Payload<'_>> {
    let first = *packet.first()?;
    let begins = first & 0x10 != 0 && first & 0x07 == 0;
    let mut at = 1;
    let mut picture = None;
    if first & 0x80 != 0 {
        let extension = *packet.get(at)?;
        at += 1;
        if extension & 0x80 != 0 {
            let id = *packet.get(at)?;
            at += 1;
            // 7 or 15 bits; both are compared in their lowest 7, which is enough to see a single step.
            if id & 0x80 != 0 {
                picture = Some(u16::from(*packet.get(at)? & 0x7f));
                at += 1;
            } else {
                picture = Some(u16::from(id & 0x7f));
            }
        }
        at += usize::from(extension & 0x40 != 0);
        at += usize::from(extension & 0x30 != 0);
    }
    Some(Payload { begins, picture, data: packet.get(at..)? })
}

/// Width and height out of the header of a keyframe (RFC 6386, section 9.1).
fn key(frame: &[u8]) -> Option<(u16, u16)> {
    let [tag, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1, ..] = *frame else { return None };
    let size = |low, high| u16::from_le_bytes([low, high]) & 0x3fff;
    let (width, height) = (size(w0, w1), size(h0, h1));
    (tag & 1 == 0 && width > 0 && height > 0).then_some((width, height))
}

/// Puts frames together. After a loss nothing comes before the next keyframe: what a decoder makes of frames whose
/// references are missing is grey smear.
#[derive(Debug, Default)]
pub struct Assembler {
    frame: Option<(i64, Vec<u8>)>,
    /// The lowest bits of the picture id of the last frame that began.
    picture: Option<u16>,
    lost: bool,
    /// A keyframe has come, and nothing was lost since.
    synced: bool,
    pub dropped: u64,
}

impl Assembler {
    /// Whether frames are dropped for want of a keyframe.
    pub fn wants_key(&self) -> bool {
        !self.synced
    }

    /// Packets are missing here.
    pub fn lost(&mut self) {
        self.lost = true;
        if self.frame.take().is_some() {
            self.dropped += 1;
            self.synced = false;
        }
    }

    /// The next packet in order: with the unwrapped timestamp, the marker, and when it came.
    pub fn push(&mut self, time: i64, marker: bool, packet: &[u8], came_ms: i64) -> Option<Picture> {
        // A packet without content is padding.
        let payload = parse(packet).filter(|payload| !payload.data.is_empty())?;
        if payload.begins {
            self.begin(time, &payload);
        } else if std::mem::take(&mut self.lost) {
            // The middle of a frame whose beginning is lost.
            self.synced = false;
        }
        let (begun, data) = self.frame.as_mut()?;
        if *begun != time || data.len() + payload.data.len() > FRAME_BYTES_MAX {
            self.frame = None;
            self.synced = false;
            self.dropped += 1;
            return None;
        }
        data.extend_from_slice(payload.data);
        if !marker {
            return None;
        }
        let (_, data) = self.frame.take()?;
        let key = key(&data);
        self.synced |= key.is_some();
        if !self.synced {
            self.dropped += 1;
            return None;
        }
        Some(Picture { time, came_ms, key, data })
    }

    fn begin(&mut self, time: i64, payload: &Payload<'_>) {
        if self.frame.take().is_some() {
            self.dropped += 1;
            self.synced = false;
        }
        if std::mem::take(&mut self.lost) {
            // Only padding was lost when the pictures still follow one another.
            let follows = |(before, now): (u16, u16)| (before + 1) & 0x7f == now;
            self.synced &= self.picture.zip(payload.picture).is_some_and(follows);
        }
        self.picture = payload.picture;
        self.frame = Some((time, Vec::with_capacity(payload.data.len() * 4)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: [u8; 11] = [0x10, 0, 0, 0x9d, 1, 0x2a, 0x80, 2, 0x68, 1, 7];

    fn packet(begins: bool, picture: u8, data: &[u8]) -> Vec<u8> {
        [&[if begins { 0x90 } else { 0x80 }, 0x80, picture][..], data].concat()
    }

    #[test]
    fn frames_are_put_together_and_wait_for_a_keyframe() {
        let mut assembler = Assembler::default();
        assert_eq!(assembler.push(0, true, &packet(true, 1, &[1, 2]), 0), None, "no keyframe yet");
        assert!(assembler.wants_key());
        assert_eq!(assembler.push(3, false, &packet(true, 2, &KEY), 0), None);
        let whole = assembler.push(3, true, &packet(false, 2, &[9]), 4).unwrap();
        assert_eq!((whole.key, whole.data.len(), whole.came_ms), (Some((640, 360)), 12, 4));
        assert!(assembler.push(6, true, &packet(true, 3, &[1, 2]), 0).is_some());
        assembler.lost();
        assert!(assembler.push(9, true, &packet(true, 4, &[1, 2]), 0).is_some(), "only padding was lost");
        assembler.lost();
        assert_eq!(assembler.push(12, true, &packet(true, 6, &[1, 2]), 0), None);
        assert!(assembler.wants_key());
        assert!(assembler.push(15, true, &packet(true, 7, &KEY), 0).is_some());
        assert_eq!(assembler.push(18, false, &packet(true, 8, &[1, 2]), 0), None);
        assembler.lost();
        assert_eq!(assembler.push(18, true, &packet(false, 8, &[1, 2]), 0), None);
        assert_eq!(assembler.push(21, true, &packet(true, 9, &[1, 2]), 0), None, "the frame before is missing");
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered_without_panic(packets in proptest::collection::vec(
            (0i64..4, any::<bool>(), proptest::collection::vec(any::<u8>(), 0..30), any::<bool>()), 0..60)) {
            let mut assembler = Assembler::default();
            for (time, marker, bytes, lost) in packets {
                if lost { assembler.lost(); }
                let _ = assembler.push(time, marker, &bytes, 0);
            }
        }
    }
}
