//! What is read of VP8 packets (RFC 7741 §4.2), and what is written over it.

const EXTENDED: u8 = 0x80;
const HAS_PICTURE: u8 = 0x80;
const HAS_TL0: u8 = 0x40;
const IS_WIDE: u8 = 0x80;

/// The numbers in a payload descriptor that one stream made of several has to have in one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descriptor {
    pub picture: u16,
    pub tl0: Option<u8>,
    /// The picture id has 15 bits, not 7.
    is_wide: bool,
}

/// Where the picture id stands: behind the descriptor's first byte and the one that says what follows.
const PICTURE_AT: usize = 2;

impl Descriptor {
    /// `None`: it has no picture id, or is cut off.
    pub fn read(payload: &[u8]) -> Option<Self> {
        let [first, what, picture, ..] = *payload else { return None };
        if first & EXTENDED == 0 || what & HAS_PICTURE == 0 {
            return None;
        }
        let is_wide = picture & IS_WIDE != 0;
        let low = if is_wide { Some(*payload.get(PICTURE_AT + 1)?) } else { None };
        let picture = low.map_or(u16::from(picture), |low| u16::from_be_bytes([picture & !IS_WIDE, low]));
        let tl0 = if what & HAS_TL0 != 0 { Some(*payload.get(PICTURE_AT + 1 + usize::from(is_wide))?) } else { None };
        Some(Self { picture, tl0, is_wide })
    }

    /// What to write over it: a picture id of 15 bits at most, and the number of the lowest layer's picture.
    pub fn patch(&self, picture: u16, tl0: Option<u8>) -> Patch {
        Patch { picture, tl0: tl0.filter(|_| self.tl0.is_some()), is_wide: self.is_wide }
    }
}

/// Numbers to write over those of a payload of which the descriptor was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patch {
    picture: u16,
    tl0: Option<u8>,
    is_wide: bool,
}

impl Patch {
    pub fn apply(&self, payload: &mut [u8]) {
        let [high, low] = self.picture.to_be_bytes();
        let picture: &[u8] = if self.is_wide { &[high | IS_WIDE, low] } else { &[low & !IS_WIDE] };
        let numbers = picture.iter().copied().chain(self.tl0);
        payload.iter_mut().skip(PICTURE_AT).zip(numbers).for_each(|(byte, number)| *byte = number);
    }
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
            let descriptor = Descriptor::read(&payload).unwrap();
            assert_eq!((descriptor.picture, descriptor.tl0), read);
            let mut written = payload.clone();
            descriptor.patch(0x7ffe, Some(9)).apply(&mut written);
            assert_eq!(written, patched);
            for cut in 0..payload.len() {
                descriptor.patch(0x7ffe, Some(9)).apply(&mut payload.clone()[..cut]);
            }
        }
        assert_eq!(Descriptor::read(&[0x10, 0x80, 5, 6]), None);
        assert_eq!(Descriptor::read(&[0x90, 0x40, 5, 6]), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = keyframe_width_px(&bytes);
            let _ = Descriptor::read(&bytes);
        }
    }
}
