//! The still of a report, as a browser sends it: a small JPEG and nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use preau_store::limits::REPORT_PICTURE_BYTES_MAX;

/// Width and height of a still: the page makes it 640 wide at the most.
const SIDE_PX_MAX: u16 = 1_024;

/// The bytes of a still from their base64 text, if they are those of a JPEG of a bounded size: who judges opens it, so a few
/// bytes must not unfold to a wall of pixels.
pub(super) fn read(text: &str) -> Option<Vec<u8>> {
    if text.len() > REPORT_PICTURE_BYTES_MAX.div_ceil(3) * 4 {
        return None;
    }
    let bytes = STANDARD.decode(text).ok()?;
    let (width, height) = size(&bytes)?;
    let fits = |side| (1..=SIDE_PX_MAX).contains(&side);
    (bytes.len() <= REPORT_PICTURE_BYTES_MAX && fits(width) && fits(height)).then_some(bytes)
}

/// Width and height by the frame header (ITU-T T.81, B.2.2).
fn size(bytes: &[u8]) -> Option<(u16, u16)> {
    let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
    loop {
        let (&[mark, kind], after) = rest.split_first_chunk::<2>()?;
        let (length, after) = after.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(*length)).checked_sub(2)?;
        if mark != 0xff || kind == 0xda {
            return None;
        }
        let segment = after.get(..length)?;
        // SOF0 to SOF15, but for the tables DHT, JPG and DAC that stand among their numbers.
        if (0xc0..=0xcf).contains(&kind) && ![0xc4, 0xc8, 0xcc].contains(&kind) {
            let [_, h1, h2, w1, w2, ..] = segment else { return None };
            return Some((u16::from_be_bytes([*w1, *w2]), u16::from_be_bytes([*h1, *h2])));
        }
        rest = &after[length..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The head of a JPEG: JFIF, then a frame of this size.
    fn head(width: u16, height: u16) -> Vec<u8> {
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1, 0xff, 0xc0, 0, 8, 8];
        bytes.extend(height.to_be_bytes());
        bytes.extend(width.to_be_bytes());
        bytes.push(3);
        bytes
    }

    #[test]
    fn takes_small_jpegs_alone() {
        for (bytes, expect) in [
            (head(640, 360), true),
            (head(1_024, 1_024), true),
            (head(1_025, 10), false),
            (head(65_535, 65_535), false),
            (head(0, 10), false),
            (b"\x89PNG\r\n".to_vec(), false),
            (head(640, 360)[..10].to_vec(), false),
            (Vec::new(), false),
        ] {
            assert_eq!(read(&STANDARD.encode(&bytes)).is_some(), expect, "{bytes:?}");
        }
        let mut large = head(640, 360);
        large.resize(REPORT_PICTURE_BYTES_MAX + 1, 0);
        assert!(read(&STANDARD.encode(&large)).is_none());
        assert!(read("no base64!").is_none());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80), jpeg: bool) {
            let bytes = if jpeg { [vec![0xff, 0xd8, 0xff], bytes].concat() } else { bytes };
            let _ = size(&bytes);
        }
    }
}
