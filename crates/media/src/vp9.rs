//! What is read of VP9 packets (RFC 9628 §4.2).

use crate::patch::Descriptor as Numbers;

/// The bits of the first byte.
const HAS_PICTURE: u8 = 0x80;
const IS_PREDICTED: u8 = 0x40;
const HAS_LAYER: u8 = 0x20;
const IS_FLEXIBLE: u8 = 0x10;
const STARTS: u8 = 0x08;
const ENDS: u8 = 0x04;
const HAS_STRUCTURE: u8 = 0x02;
const IS_ALONE: u8 = 0x01;
/// Where the picture id stands, and how many bytes behind it the number of the lowest layer's picture.
const PICTURE_AT: u8 = 1;
const TL0_BEHIND: u8 = 1;
/// Differences to earlier pictures that a frame may name.
const REFERENCES_MAX: usize = 3;
/// Layers of which the width is kept.
pub const WIDTHS: usize = 3;

/// What the descriptor before a packet's piece of a frame says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Descriptor {
    pub numbers: Option<Numbers>,
    /// The frame's layers; 0 where the packet does not say.
    pub spatial: u8,
    pub temporal: u8,
    /// Later pictures of higher temporal layers need none from before this one (U).
    pub switches_up: bool,
    /// It needs the frame below it in its picture (D).
    pub needs_lower: bool,
    /// It needs frames of earlier pictures (P).
    pub is_predicted: bool,
    /// No frame above it needs it (Z).
    pub is_alone: bool,
    pub starts: bool,
    pub ends: bool,
    pub structure: Option<Structure>,
}

/// What the stream is made of (SS), which comes with a picture that stands by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Structure {
    /// Spatial layers, 1 to 8.
    pub layers: u8,
    /// The widths of the lowest, in pixels; 0: not told.
    pub widths_px: [u16; WIDTHS],
}

impl Descriptor {
    /// `None`: it is cut off.
    pub fn read(payload: &[u8]) -> Option<Self> {
        let first = *payload.first()?;
        let has = |bit: u8| first & bit != 0;
        let has_tl0 = has(HAS_LAYER) && !has(IS_FLEXIBLE);
        let numbers = if has(HAS_PICTURE) {
            Some(Numbers::read(payload, PICTURE_AT, has_tl0.then_some(TL0_BEHIND))?)
        } else {
            None
        };
        let mut rest = payload.get(numbers.map_or(usize::from(PICTURE_AT), |numbers| numbers.end())..)?;
        let mut descriptor = Self {
            numbers,
            is_predicted: has(IS_PREDICTED),
            is_alone: has(IS_ALONE),
            starts: has(STARTS),
            ends: has(ENDS),
            ..Self::default()
        };
        if has(HAS_LAYER) {
            let layer = take(&mut rest)?;
            (descriptor.temporal, descriptor.spatial) = (layer >> 5, layer >> 1 & 0x07);
            (descriptor.switches_up, descriptor.needs_lower) = (layer & 0x10 != 0, layer & 1 != 0);
            if has_tl0 {
                take(&mut rest)?;
            }
        }
        if has(IS_FLEXIBLE) && has(IS_PREDICTED) {
            let mut references = 0;
            while take(&mut rest)? & 1 != 0 {
                references += 1;
                if references == REFERENCES_MAX {
                    return None;
                }
            }
        }
        if has(HAS_STRUCTURE) {
            descriptor.structure = Some(Structure::read(&mut rest)?);
        }
        Some(descriptor)
    }

    /// A decoder can begin with the picture of which this is the lowest frame.
    pub fn is_key(&self) -> bool {
        self.spatial == 0 && !self.is_predicted && !self.needs_lower
    }
}

impl Structure {
    fn read(rest: &mut &[u8]) -> Option<Self> {
        let head = take(rest)?;
        let mut structure = Self { layers: (head >> 5) + 1, ..Self::default() };
        if head & 0x10 != 0 {
            for layer in 0..usize::from(structure.layers) {
                let (size, after) = rest.split_first_chunk::<4>()?;
                *rest = after;
                if let Some(width) = structure.widths_px.get_mut(layer) {
                    *width = u16::from_be_bytes([size[0], size[1]]);
                }
            }
        }
        if head & 0x08 != 0 {
            for _ in 0..take(rest)? {
                let references = usize::from(take(rest)? >> 2 & 0x03);
                *rest = rest.get(references..)?;
            }
        }
        Some(structure)
    }
}

fn take(rest: &mut &[u8]) -> Option<u8> {
    let (byte, after) = rest.split_first()?;
    *rest = after;
    Some(*byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_key_picture_of_three_layers_says_how_wide_they_are() {
        // As Chromium sends it: not flexible, a group of one picture.
        let mut payload = vec![0xaa, 0x85, 0x23, 0x00, 7, 0x58];
        for (width, height) in [(320_u16, 180_u16), (640, 360), (1_280, 720)] {
            payload.extend(width.to_be_bytes());
            payload.extend(height.to_be_bytes());
        }
        payload.extend([1, 0x14, 1, 0xde, 0xad]);
        let read = Descriptor::read(&payload).unwrap();
        assert!(read.is_key() && read.starts && !read.ends && !read.is_alone);
        assert_eq!(read.structure, Some(Structure { layers: 3, widths_px: [320, 640, 1_280] }));
        assert_eq!(read.numbers.map(|numbers| (numbers.picture, numbers.tl0)), Some((0x0523, Some(7))));
        for cut in 0..payload.len() - 2 {
            assert_eq!(Descriptor::read(&payload[..cut]), None, "cut at {cut}");
        }
    }

    #[test]
    fn layers_and_what_needs_what() {
        let read = |bytes: &[u8]| Descriptor::read(bytes).unwrap();
        // Spatial layer 2 of a key picture, which needs the one below.
        let upper = read(&[0xa8 | ENDS, 0x85, 0x23, 0x05, 7, 1]);
        assert_eq!((upper.spatial, upper.temporal, upper.needs_lower, upper.ends), (2, 0, true, true));
        assert!(!upper.is_key());
        // Temporal layer 2 of spatial layer 1, alone, in flexible mode with two references.
        let flexible = read(&[0xf9, 0x85, 0x23, 0x52, 0x03, 0x04, 9]);
        assert_eq!((flexible.spatial, flexible.temporal, flexible.switches_up), (1, 2, true));
        assert!(flexible.is_alone && flexible.is_predicted && flexible.numbers.unwrap().tl0.is_none());
        assert_eq!(
            Descriptor::read(&[0xf9, 0x85, 0x23, 0x52, 0x03, 0x05, 0x07, 9]),
            None,
            "more references than there may be"
        );
        // Nothing but a picture id of 7 bits.
        let plain = read(&[0x8c, 0x05, 9]);
        assert_eq!((plain.numbers.unwrap().picture, plain.spatial, plain.is_key()), (5, 0, true));
        assert!(read(&[0x08, 9]).numbers.is_none());
    }

    #[test]
    fn numbers_are_written_over_where_they_stand() {
        for (payload, patched) in [
            (vec![0xa8, 0x85, 0x23, 0x05, 7, 1], vec![0xa8, 0xff, 0xfe, 0x05, 9, 1]),
            (vec![0xa8, 0x05, 0x05, 7, 1], vec![0xa8, 0x7e, 0x05, 9, 1]),
            (vec![0xf8, 0x85, 0x23, 0x52, 0x02, 1], vec![0xf8, 0xff, 0xfe, 0x52, 0x02, 1]),
        ] {
            let numbers = Descriptor::read(&payload).unwrap().numbers.unwrap();
            let mut written = payload.clone();
            numbers.patch(0x7ffe, Some(9)).apply(&mut written);
            assert_eq!(written, patched);
            for cut in 0..payload.len() {
                numbers.patch(0x7ffe, Some(9)).apply(&mut payload.clone()[..cut]);
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            if let Some(read) = Descriptor::read(&bytes) {
                prop_assert!(read.spatial < 8 && read.temporal < 8);
                prop_assert!(read.structure.is_none_or(|structure| (1..=8).contains(&structure.layers)));
                if let Some(numbers) = read.numbers {
                    // Writing the same numbers changes nothing.
                    let mut written = bytes.clone();
                    numbers.patch(numbers.picture, numbers.tl0).apply(&mut written);
                    prop_assert_eq!(written, bytes);
                }
            }
        }
    }
}
