//! What is read of H.264 packets (RFC 6184, packetization-mode 1): where a picture begins with which a decoder can begin,
//! and how wide it is.

/// NAL unit types (ITU-T H.264, table 7-1; RFC 6184 §5.2).
const SPS: u8 = 7;
const STAP_A: u8 = 24;
/// Profiles whose parameter sets say more of colours (§7.3.2.1.1).
const WITH_CHROMA: [u32; 13] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];
/// Bytes of a parameter set that are read: what comes before the width is shorter, but for scaling lists that no encoder writes.
const SPS_BYTES_MAX: usize = 256;
/// A macroblock, and the widest picture that there is (level 6.2).
const MACROBLOCK_PX: u32 = 16;
const WIDTH_PX_MAX: u32 = 16_880;

/// The width in pixels, when this packet holds a sequence parameter set: encoders for a live line send one before each
/// picture that stands by itself. One that cannot be read is taken for none.
pub fn keyframe_width_px(payload: &[u8]) -> Option<u32> {
    match nal_type(payload)? {
        SPS => width_px(payload),
        STAP_A => {
            let mut rest = payload.get(1..)?;
            loop {
                let (size, more) = rest.split_first_chunk::<2>()?;
                let (unit, after) = more.split_at_checked(usize::from(u16::from_be_bytes(*size)))?;
                if nal_type(unit)? == SPS {
                    return width_px(unit);
                }
                rest = after;
            }
        }
        _ => None,
    }
}

fn nal_type(unit: &[u8]) -> Option<u8> {
    unit.first().map(|head| head & 0x1f)
}

/// Reads a sequence parameter set up to the width and what is cropped of it (ITU-T H.264 §7.3.2.1.1).
fn width_px(unit: &[u8]) -> Option<u32> {
    let mut bits = Bits::new(unit.get(1..)?);
    let profile = bits.take(8)?;
    bits.take(16)?;
    bits.golomb()?;
    let mut chroma = 1;
    if WITH_CHROMA.contains(&profile) {
        chroma = bits.golomb()?;
        if chroma == 3 {
            bits.take(1)?;
        }
        bits.golomb()?;
        bits.golomb()?;
        bits.take(1)?;
        if bits.take(1)? == 1 {
            let lists = if chroma == 3 { 12 } else { 8 };
            for list in 0..lists {
                if bits.take(1)? == 1 {
                    skip_scaling_list(&mut bits, if list < 6 { 16 } else { 64 })?;
                }
            }
        }
    }
    bits.golomb()?;
    match bits.golomb()? {
        0 => _ = bits.golomb()?,
        1 => {
            bits.take(1)?;
            bits.golomb()?;
            bits.golomb()?;
            let frames = bits.golomb()?;
            for _ in 0..frames.min(256) {
                bits.golomb()?;
            }
        }
        _ => {}
    }
    bits.golomb()?;
    bits.take(1)?;
    let width = bits.golomb()?.checked_add(1)?.checked_mul(MACROBLOCK_PX)?;
    bits.golomb()?;
    if bits.take(1)? == 0 {
        bits.take(1)?;
    }
    bits.take(1)?;
    let mut cropped = 0;
    if bits.take(1)? == 1 {
        let units = bits.golomb()?.checked_add(bits.golomb()?)?;
        cropped = units.checked_mul(if matches!(chroma, 1 | 2) { 2 } else { 1 })?;
    }
    width.checked_sub(cropped).filter(|width| (1..=WIDTH_PX_MAX).contains(width))
}

fn skip_scaling_list(bits: &mut Bits, size: u32) -> Option<()> {
    let (mut last, mut next) = (8_i64, 8_i64);
    for _ in 0..size {
        if next != 0 {
            let number = i64::from(bits.golomb()?);
            let delta = if number % 2 == 1 { (number + 1) / 2 } else { -(number / 2) };
            next = (last + delta + 256).rem_euclid(256);
        }
        last = if next == 0 { last } else { next };
    }
    Some(())
}

/// The bits of a NAL unit without the bytes that keep start codes out of it (§7.4.1).
struct Bits {
    bytes: Vec<u8>,
    at: usize,
}

impl Bits {
    fn new(unit: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(unit.len().min(SPS_BYTES_MAX));
        let mut zeros = 0;
        for &byte in unit.iter().take(SPS_BYTES_MAX) {
            if zeros >= 2 && byte == 3 {
                zeros = 0;
                continue;
            }
            zeros = if byte == 0 { zeros + 1 } else { 0 };
            bytes.push(byte);
        }
        Self { bytes, at: 0 }
    }

    /// Up to 32 bits as a number.
    fn take(&mut self, count: u32) -> Option<u32> {
        let mut number = 0;
        for _ in 0..count {
            let byte = *self.bytes.get(self.at / 8)?;
            number = number << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(number)
    }

    /// An unsigned Exp-Golomb number (§9.1).
    fn golomb(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while self.take(1)? == 0 {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        let rest = self.take(zeros)?;
        Some((1_u32 << zeros) - 1 + rest)
    }
}

/// What the stand-in for an encoder writes before a keyframe: a parameter set of the constrained baseline profile, with
/// this width (a multiple of 16) and 720 lines.
#[cfg(any(test, feature = "client"))]
pub fn parameter_set(width_px: u32) -> Vec<u8> {
    let mut bits = String::new();
    let golomb = |number: u32| {
        let binary = format!("{:b}", number + 1);
        format!("{}{binary}", "0".repeat(binary.len() - 1))
    };
    // Set 0, frame numbers of 4 bits, order type 2, 1 reference, no gaps; then width, height, frames only, no cropping.
    for number in [0, 0, 2, 1] {
        bits += &golomb(number);
    }
    bits += "0";
    bits += &golomb(width_px / MACROBLOCK_PX - 1);
    bits += &golomb(720 / MACROBLOCK_PX - 1);
    bits += "11001";
    while !bits.len().is_multiple_of(8) {
        bits += "0";
    }
    let mut unit = vec![0x67, 66, 0xe0, 31];
    unit.extend(bits.as_bytes().chunks(8).map(|byte| byte.iter().fold(0, |number, bit| number << 1 | (bit - b'0'))));
    unit
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Parameter sets that x264 and OpenH264 write: 1920×1080 high (cropped by 8 lines), 1280×720 high, 640×360 constrained
    /// baseline.
    const HIGH_1080: [u8; 24] = [
        0x67, 0x64, 0x00, 0x28, 0xac, 0xd9, 0x40, 0x78, 0x02, 0x27, 0xe5, 0xc0, 0x44, 0x00, 0x00, 0x03, 0x00, 0x04,
        0x00, 0x00, 0x03, 0x00, 0xf0, 0x3c,
    ];
    const HIGH_720: [u8; 23] = [
        0x67, 0x64, 0x00, 0x1f, 0xac, 0xd9, 0x40, 0x50, 0x05, 0xbb, 0x01, 0x10, 0x00, 0x00, 0x03, 0x00, 0x10, 0x00,
        0x00, 0x03, 0x03, 0xc0, 0xf1,
    ];

    #[test]
    fn reads_the_width_of_a_parameter_set() {
        assert_eq!(keyframe_width_px(&HIGH_1080), Some(1_920));
        assert_eq!(keyframe_width_px(&HIGH_720), Some(1_280));
        for width in [16, 320, 640, 1_280, 1_920, 3_840] {
            assert_eq!(keyframe_width_px(&parameter_set(width)), Some(width));
        }
        let together = |units: &[&[u8]]| {
            let mut packet = vec![0x78];
            for unit in units {
                packet.extend(u16::try_from(unit.len()).unwrap().to_be_bytes());
                packet.extend(*unit);
            }
            packet
        };
        assert_eq!(keyframe_width_px(&together(&[&HIGH_720, &[0x68, 0xeb]])), Some(1_280));
        assert_eq!(keyframe_width_px(&together(&[&[0x09, 0xf0], &parameter_set(640)])), Some(640));
    }

    #[test]
    fn nothing_else_begins_a_picture() {
        for packet in [&[][..], &[0x7c, 0x85, 1, 2], &[0x61, 1, 2], &[0x68, 0xeb], &[0x78], &[0x78, 0, 9, 0x67]] {
            assert_eq!(keyframe_width_px(packet), None, "{packet:x?}");
        }
        for cut in 0..10 {
            assert_eq!(keyframe_width_px(&HIGH_1080[..cut]), None, "cut at {cut}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered_without_panic(
            head in proptest::sample::select(vec![0x67_u8, 0x78, 0x27]),
            bytes in proptest::collection::vec(prop_oneof![Just(0_u8), Just(3), Just(0x67), Just(100), any::<u8>()], 0..300),
        ) {
            let packet: Vec<u8> = std::iter::once(head).chain(bytes).collect();
            let width = keyframe_width_px(&packet);
            prop_assert!(width.is_none_or(|width| (1..=WIDTH_PX_MAX).contains(&width)));
        }
    }
}
