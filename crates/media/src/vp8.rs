//! What is read of VP8 packets (RFC 7741 §4.2).

use crate::patch::Descriptor;

const EXTENDED: u8 = 0x80;
const HAS_PICTURE: u8 = 0x80;
const HAS_TL0: u8 = 0x40;
/// Where the picture id stands: behind the descriptor's first byte and the one that says what follows.
const PICTURE_AT: u8 = 2;

/// The numbers of the descriptor. `None`: it has no picture id, or is cut off.
pub fn descriptor(payload: &[u8]) -> Option<Descriptor> {
    let [first, what, ..] = *payload else { return None };
    if first & EXTENDED == 0 || what & HAS_PICTURE == 0 {
        return None;
    }
    Descriptor::read(payload, PICTURE_AT, (what & HAS_TL0 != 0).then_some(0))
}

/// The width in pixels, when this packet is the first of a keyframe (RFC 7741 §4.2 and RFC 6386 §9.1).
pub fn keyframe_width_px(payload: &[u8]) -> Option<u32> {
    let first = *payload.first()?;
    let starts_first_partition = first & 0x10 != 0 && first & 0x07 == 0;
    if !starts_first_partition {
        return None;
    }
    let mut at = 1;
    if first & 0x80 != 0 {
        let extension = *payload.get(at)?;
        at += 1;
        if extension & 0x80 != 0 {
            at += if payload.get(at)? & 0x80 != 0 { 2 } else { 1 };
        }
        at += usize::from(extension & 0x40 != 0);
        at += usize::from(extension & 0x30 != 0);
    }
    let frame = payload.get(at..)?;
    let is_key = frame.first()? & 1 == 0;
    if !is_key || frame.get(3..6)? != [0x9d, 0x01, 0x2a] {
        return None;
    }
    let width = u16::from_le_bytes([*frame.get(6)?, *frame.get(7)?]);
    Some(u32::from(width & 0x3fff))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_the_width_of_a_keyframe() {
        let frame = [0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x00, 0x45, 0xd0, 0x02];
        let with = |descriptor: &[u8]| [descriptor, &frame].concat();
        assert_eq!(keyframe_width_px(&with(&[0x10])), Some(1_280));
        assert_eq!(keyframe_width_px(&with(&[0x90, 0xe0, 0x81, 0x23, 7, 0x40])), Some(1_280));
        assert_eq!(keyframe_width_px(&with(&[0x90, 0x80, 0x23])), Some(1_280));
        assert_eq!(keyframe_width_px(&with(&[0x00])), None, "not the start of a frame");
        let mut delta = with(&[0x10]);
        delta[1] |= 1;
        assert_eq!(keyframe_width_px(&delta), None);
        let whole = with(&[0x90, 0xe0, 0x81, 0x23, 7, 0x40]);
        for cut in 0..14 {
            assert_eq!(keyframe_width_px(&whole[..cut]), None, "cut at {cut}");
        }
    }

    #[test]
    fn numbers_are_read_and_written_over_in_their_width() {
        for (payload, read, patched) in [
            (vec![0x90, 0xc0, 0x85, 0x23, 7, 1], (0x0523, Some(7)), vec![0x90, 0xc0, 0xff, 0xfe, 9, 1]),
            (vec![0x90, 0x80, 0x85, 0x23, 7, 1], (0x0523, None), vec![0x90, 0x80, 0xff, 0xfe, 7, 1]),
            (vec![0x90, 0xc0, 0x05, 0x23, 7, 1], (5, Some(0x23)), vec![0x90, 0xc0, 0x7e, 9, 7, 1]),
        ] {
            let descriptor = descriptor(&payload).unwrap();
            assert_eq!((descriptor.picture, descriptor.tl0), read);
            let mut written = payload.clone();
            descriptor.patch(0x7ffe, Some(9)).apply(&mut written);
            assert_eq!(written, patched);
            for cut in 0..payload.len() {
                descriptor.patch(0x7ffe, Some(9)).apply(&mut payload.clone()[..cut]);
            }
        }
        assert_eq!(descriptor(&[0x10, 0x80, 5, 6]), None);
        assert_eq!(descriptor(&[0x90, 0x40, 5, 6]), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = keyframe_width_px(&bytes);
            let _ = descriptor(&bytes);
        }
    }
}
