//! What is read of VP8 packets beyond what str0m reads: the width in a keyframe's header.

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

    proptest! {
        #[test]
        fn any_bytes_are_answered_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = keyframe_width_px(&bytes);
        }
    }
}
