//! Numbers in a payload's descriptor that one stream made of several has to have in one order, and writing others over them.

/// Bits of a picture id: 15, or 7.
const IS_WIDE: u8 = 0x80;

/// The numbers, and where they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descriptor {
    pub picture: u16,
    pub tl0: Option<u8>,
    is_wide: bool,
    /// The bytes before the picture id, and between it and the number of the lowest layer's picture.
    at: u8,
    gap: u8,
}

impl Descriptor {
    /// Reads a picture id at a place, and a number so many bytes behind it if there is one. `None`: it is cut off.
    pub fn read(payload: &[u8], at: u8, tl0_behind: Option<u8>) -> Option<Self> {
        let first = usize::from(at);
        let picture = *payload.get(first)?;
        let is_wide = picture & IS_WIDE != 0;
        let low = if is_wide { Some(*payload.get(first + 1)?) } else { None };
        let picture = low.map_or(u16::from(picture), |low| u16::from_be_bytes([picture & !IS_WIDE, low]));
        let gap = tl0_behind.unwrap_or(0);
        let tl0 = match tl0_behind {
            Some(gap) => Some(*payload.get(first + 1 + usize::from(is_wide) + usize::from(gap))?),
            None => None,
        };
        Some(Self { picture, tl0, is_wide, at, gap })
    }

    /// Where what follows the picture id stands.
    pub fn end(&self) -> usize {
        usize::from(self.at) + 1 + usize::from(self.is_wide)
    }

    /// What to write over it: a picture id of 15 bits at most, and the number of the lowest layer's picture.
    pub fn patch(&self, picture: u16, tl0: Option<u8>) -> Patch {
        let tl0 = tl0.filter(|_| self.tl0.is_some());
        Patch { picture, tl0, is_wide: self.is_wide, at: self.at, gap: self.gap }
    }
}

/// Numbers to write over those of a payload of which the descriptor was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patch {
    picture: u16,
    tl0: Option<u8>,
    is_wide: bool,
    at: u8,
    gap: u8,
}

impl Patch {
    pub fn apply(&self, payload: &mut [u8]) {
        let [high, low] = self.picture.to_be_bytes();
        let picture: &[u8] = if self.is_wide { &[high | IS_WIDE, low] } else { &[low & !IS_WIDE] };
        let mut rest = payload.iter_mut().skip(usize::from(self.at));
        picture.iter().zip(rest.by_ref()).for_each(|(number, byte)| *byte = *number);
        if let (Some(tl0), Some(byte)) = (self.tl0, rest.nth(usize::from(self.gap))) {
            *byte = tl0;
        }
    }
}
