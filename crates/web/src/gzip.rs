//! Pages in gzip (RFC 1952), made for one request and not worth much time.

use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use std::cell::RefCell;
use std::io::Read as _;

/// Magic, deflate, no flags, no time, no hint, no system: what a browser looks at is the first three bytes.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// Stored blocks of deflate take this much more than their bytes, and the ends of the format eight.
const ROOM_BYTES: usize = 64;

thread_local! {
    /// Kept: to make one takes and clears some 300 KiB, a multiple of the pages that go through it.
    static DEFLATE: RefCell<Compress> = RefCell::new(Compress::new(Compression::new(3), false));
}

/// The bytes in gzip; nothing when that fails, and they go as they are.
pub(crate) fn pack(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut packed = Vec::with_capacity(HEADER.len() + bytes.len() / 3 + ROOM_BYTES);
    packed.extend_from_slice(&HEADER);
    DEFLATE.with_borrow_mut(|deflate| {
        deflate.reset();
        loop {
            let done = usize::try_from(deflate.total_in()).ok()?;
            let status = deflate.compress_vec(bytes.get(done..)?, &mut packed, FlushCompress::Finish).ok()?;
            match status {
                Status::StreamEnd => return Some(()),
                Status::Ok | Status::BufError => packed.reserve(packed.len().max(ROOM_BYTES)),
            }
        }
    })?;
    let mut crc = Crc::new();
    crc.update(bytes);
    packed.extend_from_slice(&crc.sum().to_le_bytes());
    packed.extend_from_slice(&crc.amount().to_le_bytes());
    Some(packed)
}

/// Unpacks what [`pack`] has made of `bytes_max` bytes at most; nothing when it is anything else.
pub(crate) fn unpack(packed: &[u8], bytes_max: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut decoder = flate2::read::GzDecoder::new(packed).take(bytes_max.saturating_add(1));
    decoder.read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= bytes_max).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// One after the other on one thread: nothing of a page is left for the next.
        #[test]
        fn whatever_is_packed_reads_back(pages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..9_000), 1..4)) {
            for page in &pages {
                let packed = pack(page).expect("packed");
                prop_assert_eq!(unpack(&packed, page.len() as u64), Some(page.clone()));
            }
        }
    }

    #[test]
    fn a_long_page_gets_short_and_a_longer_one_than_was_said_is_nothing() {
        let page = "<li>Rentrée, élèves, cahier de textes</li>\n".repeat(5_000).into_bytes();
        let packed = pack(&page).expect("packed");
        assert!(packed.len() * 20 < page.len(), "{} of {}", packed.len(), page.len());
        assert_eq!(unpack(&packed, page.len() as u64), Some(page.clone()));
        assert_eq!(unpack(&packed, page.len() as u64 - 1), None);
        assert_eq!(unpack(&packed[..packed.len() - 1], page.len() as u64), None);
    }
}
