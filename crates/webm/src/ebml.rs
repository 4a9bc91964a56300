//! Elements (RFC 8794) and those of Matroska that are used here (RFC 9559, section 5).

pub const EBML: u32 = 0x1a45_dfa3;
pub const VOID: u32 = 0xec;
pub const SEGMENT: u32 = 0x1853_8067;
pub const SEEK_HEAD: u32 = 0x114d_9b74;
pub const SEEK: u32 = 0x4dbb;
pub const SEEK_ID: u32 = 0x53ab;
pub const SEEK_POSITION: u32 = 0x53ac;
pub const INFO: u32 = 0x1549_a966;
pub const TIMESTAMP_SCALE: u32 = 0x2a_d7b1;
pub const DURATION: u32 = 0x4489;
pub const MUXING_APP: u32 = 0x4d80;
pub const WRITING_APP: u32 = 0x5741;
pub const TRACKS: u32 = 0x1654_ae6b;
pub const TRACK_ENTRY: u32 = 0xae;
pub const TRACK_NUMBER: u32 = 0xd7;
pub const TRACK_UID: u32 = 0x73c5;
pub const TRACK_TYPE: u32 = 0x83;
pub const FLAG_LACING: u32 = 0x9c;
pub const CODEC_ID: u32 = 0x86;
pub const CODEC_PRIVATE: u32 = 0x63a2;
pub const SEEK_PRE_ROLL: u32 = 0x56bb;
pub const AUDIO: u32 = 0xe1;
pub const SAMPLING_FREQUENCY: u32 = 0xb5;
pub const CHANNELS: u32 = 0x9f;
pub const VIDEO: u32 = 0xe0;
pub const PIXEL_WIDTH: u32 = 0xb0;
pub const PIXEL_HEIGHT: u32 = 0xba;
pub const CLUSTER: u32 = 0x1f43_b675;
pub const TIMESTAMP: u32 = 0xe7;
pub const SIMPLE_BLOCK: u32 = 0xa3;
pub const CUES: u32 = 0x1c53_bb6b;
pub const CUE_POINT: u32 = 0xbb;
pub const CUE_TIME: u32 = 0xb3;
pub const CUE_TRACK_POSITIONS: u32 = 0xb7;
pub const CUE_TRACK: u32 = 0xf7;
pub const CUE_CLUSTER_POSITION: u32 = 0xf1;

/// A size that says: up to the end, or to an element that cannot be inside (RFC 8794, section 6.2).
pub const UNKNOWN: [u8; 8] = [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

/// An id has its length in its bits already.
pub fn id(out: &mut Vec<u8>, id: u32) {
    let bytes = id.to_be_bytes();
    let skip = bytes.iter().take_while(|byte| **byte == 0).count();
    out.extend_from_slice(bytes.get(skip..).unwrap_or_default());
}

/// A size in 8 bytes, whatever it is: its place can be written again.
pub fn size(bytes: u64) -> [u8; 8] {
    ((bytes & 0x00ff_ffff_ffff_ffff) | 0x0100_0000_0000_0000).to_be_bytes()
}

pub fn binary(out: &mut Vec<u8>, name: u32, data: &[u8]) {
    id(out, name);
    match u8::try_from(data.len()) {
        Ok(short) if short < 0x7f => out.push(0x80 | short),
        _ => out.extend_from_slice(&size(data.len() as u64)),
    }
    out.extend_from_slice(data);
}

pub fn unsigned(out: &mut Vec<u8>, name: u32, value: u64) {
    let bytes = value.to_be_bytes();
    let skip = bytes.iter().take_while(|byte| **byte == 0).count().min(7);
    binary(out, name, bytes.get(skip..).unwrap_or_default());
}

/// In 8 bytes, so that it can be written in a place kept for it.
pub fn unsigned_wide(out: &mut Vec<u8>, name: u32, value: u64) {
    binary(out, name, &value.to_be_bytes());
}

pub fn float(out: &mut Vec<u8>, name: u32, value: f64) {
    binary(out, name, &value.to_be_bytes());
}

/// Nothing, in so many bytes, at least 2 and at most 128.
pub fn void(out: &mut Vec<u8>, bytes: usize) {
    binary(out, VOID, &vec![0; bytes.saturating_sub(2)]);
}

/// An element's name and size, and how many bytes these take. `Err(true)`: the bytes end within; `Err(false)`: there is none.
pub fn read(bytes: &[u8]) -> Result<(u32, Option<u64>, usize), bool> {
    let first = *bytes.first().ok_or(true)?;
    let id_bytes = first.leading_zeros() as usize + 1;
    if id_bytes > 4 {
        return Err(false);
    }
    let name = bytes.get(..id_bytes).ok_or(true)?.iter().fold(0, |name, byte| name << 8 | u32::from(*byte));
    let first = *bytes.get(id_bytes).ok_or(true)?;
    let size_bytes = first.leading_zeros() as usize + 1;
    if size_bytes > 8 {
        return Err(false);
    }
    let raw = bytes.get(id_bytes..id_bytes + size_bytes).ok_or(true)?;
    let all = raw.iter().fold(0, |size, byte| size << 8 | u64::from(*byte));
    let mask = (1_u64 << (7 * size_bytes)) - 1;
    let size = all & mask;
    Ok((name, (size != mask).then_some(size), id_bytes + size_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(name in prop_oneof![Just(SEGMENT), Just(SEEK), Just(VOID), Just(TIMESTAMP_SCALE)],
            data in proptest::collection::vec(any::<u8>(), 0..300)) {
            let mut out = Vec::new();
            binary(&mut out, name, &data);
            let (read_name, size, head) = read(&out).unwrap();
            prop_assert_eq!((read_name, size, out.len()), (name, Some(data.len() as u64), head + data.len()));
            for cut in 0..head {
                prop_assert_eq!(read(&out[..cut]), Err(true));
            }
        }

        #[test]
        fn any_bytes_are_answered_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..14)) {
            let _ = read(&bytes);
        }
    }

    #[test]
    fn sizes_that_are_not_known() {
        let unknown = [&[0x1f, 0x43, 0xb6, 0x75][..], &UNKNOWN].concat();
        assert_eq!(read(&unknown), Ok((CLUSTER, None, 12)));
        assert_eq!(read(&[0; 12]), Err(false));
        let mut out = Vec::new();
        void(&mut out, 70);
        assert_eq!(out.len(), 70);
    }
}
