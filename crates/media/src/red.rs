//! Redundant audio data (RFC 2198): a voice's packet that carries the one before it again, for a receiver whose line loses
//! packets. One that is lost is then no gap, at the price of the voice's bits twice.
//!
//! A payload is a header of four bytes for each older block (a set bit, the block's payload type, by how many ticks of the
//! clock it is older (14 bits), its length in bytes (10 bits)), one byte for the newest (a clear bit, its payload type), then
//! the blocks, the newest last and to the end.

use std::sync::Arc;

/// An older block is so much older at most, in ticks of the clock, and so long at most, in bytes.
const OFFSET_MAX: u32 = (1 << 14) - 1;
const BLOCK_BYTES_MAX: usize = (1 << 10) - 1;
/// Together they fit into one datagram with all its headers; a voice's packet has some hundred bytes.
const BLOCKS_BYTES_MAX: usize = 1_100;
/// Older blocks that are looked at in one packet; browsers send two at most.
const OLDER_MAX: usize = 8;
const OLDER_HEADER_BYTES: usize = 4;
const NEWEST_HEADER_BYTES: usize = 1;
const FOLLOWED: u8 = 0x80;

/// A packet of a voice as it came.
#[derive(Clone, Debug)]
pub struct Spoken {
    pub timestamp: u32,
    pub payload: Arc<[u8]>,
}

/// `newest` with the packet before it. `None` where that is too old or too long, or not older at all: then there is nothing to
/// be had from it.
pub fn with_previous(payload_type: u8, previous: &Spoken, newest: &Spoken) -> Option<Arc<[u8]>> {
    let offset = newest.timestamp.wrapping_sub(previous.timestamp);
    let length = previous.payload.len();
    let fits = (1..=BLOCK_BYTES_MAX).contains(&length) && length + newest.payload.len() <= BLOCKS_BYTES_MAX;
    if !fits || !(1..=OFFSET_MAX).contains(&offset) {
        return None;
    }
    let payload_type = payload_type & !FOLLOWED;
    // 14 and 10 bits: the numbers fit into 24.
    let [_, high, middle, low] = (offset << 10 | length as u32).to_be_bytes();
    let head = [payload_type | FOLLOWED, high, middle, low, payload_type];
    Some([&head, &*previous.payload, &*newest.payload].concat().into())
}

/// What a payload holds.
#[derive(Debug, PartialEq, Eq)]
pub struct Split<'a> {
    /// The block just before the newest, and by how many ticks it is older.
    pub previous: Option<(u32, &'a [u8])>,
    pub newest: &'a [u8],
}

/// `None` when the payload is none of RFC 2198.
pub fn split(payload: &[u8]) -> Option<Split<'_>> {
    let (mut older_bytes, mut last) = (0, None);
    for at in (0..=OLDER_MAX).map(|older| older * OLDER_HEADER_BYTES) {
        let head = payload.get(at..)?;
        if head.first()? & FOLLOWED == 0 {
            let blocks = head.get(NEWEST_HEADER_BYTES..)?;
            let newest = blocks.get(older_bytes..)?;
            let before = |(offset, bytes): (u32, usize)| Some((offset, blocks.get(older_bytes - bytes..older_bytes)?));
            return Some(Split { previous: last.and_then(before), newest });
        }
        let &[_, high, middle, low] = head.first_chunk()?;
        let bits = u32::from_be_bytes([0, high, middle, low]);
        let bytes = bits as usize & BLOCK_BYTES_MAX;
        older_bytes += bytes;
        last = Some((bits >> 10, bytes));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spoken(timestamp: u32, bytes: &[u8]) -> Spoken {
        Spoken { timestamp, payload: bytes.into() }
    }

    /// By hand, after the figure in RFC 2198 §3: payload type 111, 960 ticks and 3 bytes.
    #[test]
    fn a_packet_is_as_the_rfc_says() {
        let made = with_previous(111, &spoken(u32::MAX - 100, b"old"), &spoken(859, b"new one")).unwrap();
        assert_eq!(*made, *b"\xef\x0f\x00\x03\x6foldnew one");
        assert_eq!(split(&made), Some(Split { previous: Some((960, b"old")), newest: b"new one" }));
        assert_eq!(split(b"\x6fonly"), Some(Split { previous: None, newest: b"only" }));
    }

    #[test]
    fn what_is_too_old_or_too_long_or_nothing_is_left_out() {
        let new = spoken(20_000, b"new");
        for (timestamp, bytes) in [(20_000, 3), (20_001, 3), (20_000 - OFFSET_MAX - 1, 3), (19_000, 0), (19_000, 1_024)]
        {
            assert!(with_previous(111, &spoken(timestamp, &vec![1; bytes]), &new).is_none(), "{timestamp} {bytes}");
        }
        let oldest = spoken(20_000 - OFFSET_MAX, &[1; 1_023]);
        assert!(with_previous(111, &oldest, &new).is_some());
        assert!(with_previous(111, &oldest, &spoken(20_000, &[1; 78])).is_none(), "more than a datagram");
    }

    proptest! {
        #[test]
        fn the_newest_is_found_again(
            offset in 1..=OFFSET_MAX,
            timestamp in any::<u32>(),
            old in prop::collection::vec(any::<u8>(), 1..=BLOCKS_BYTES_MAX / 2),
            new in prop::collection::vec(any::<u8>(), 0..=BLOCKS_BYTES_MAX / 2),
        ) {
            let previous = spoken(timestamp.wrapping_sub(offset), &old);
            let made = with_previous(111, &previous, &spoken(timestamp, &new)).unwrap();
            prop_assert_eq!(split(&made), Some(Split { previous: Some((offset, &old)), newest: &new }));
        }

        #[test]
        fn any_bytes_are_answered_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Some(split) = split(&bytes) {
                prop_assert!(split.newest.len() < bytes.len());
            }
        }
    }
}
