//! What is read of Opus packets (RFC 6716).

/// 20 ms of silence: a stereo-capable decoder takes it at any place (CELT, full band, one frame without content).
pub const SILENCE: [u8; 3] = [0xf8, 0xff, 0xfe];
pub const SILENCE_MS: i64 = 20;

/// How long a packet lasts, in samples of 1/48,000 s (RFC 6716, section 3.1); `None` when it is none.
pub fn samples(packet: &[u8]) -> Option<u32> {
    let toc = *packet.first()?;
    let config = toc >> 3;
    let frame = match config {
        0..=11 => [480, 960, 1_920, 2_880][usize::from(config & 3)],
        12..=15 => [480, 960][usize::from(config & 1)],
        _ => [120, 240, 480, 960][usize::from(config & 3)],
    };
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u32::from(*packet.get(1)? & 0x3f),
    };
    let samples = frame * frames;
    // A packet lasts 120 ms at the most.
    (1..=5_760).contains(&samples).then_some(samples)
}

/// The header of an Opus stream (RFC 7845, section 5.1), two channels, nothing skipped: what is recorded began long before.
pub const HEAD: [u8; 19] = *b"OpusHead\x01\x02\x00\x00\x80\xbb\x00\x00\x00\x00\x00";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_those_of_the_table() {
        #[track_caller]
        fn check(packet: &[u8], expect: Option<u32>) {
            assert_eq!(samples(packet), expect);
        }
        check(&SILENCE, Some(960));
        check(&[], None);
        check(&[3 << 3], Some(2_880));
        check(&[(13 << 3) | 1], Some(1_920));
        check(&[(16 << 3) | 3, 48], Some(5_760));
        check(&[(19 << 3) | 3, 0], None);
        check(&[(19 << 3) | 3, 7], None);
        check(&[(19 << 3) | 3], None);
    }
}
