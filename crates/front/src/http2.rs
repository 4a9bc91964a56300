//! The frames of an HTTP/2 connection, counted before h2 reads them (RFC 9113 §4).
//!
//! h2 refuses what breaks the protocol. What keeps to it and only costs (streams opened and reset, control frames without
//! end, header blocks that never end) is limited here, by kind, so that the gate hears of it under its name:
//! CVE-2023-44487 (rapid reset), CVE-2024-27316 (CONTINUATION flood), CVE-2019-9512, -9515 and -9518 (floods of PING,
//! SETTINGS and empty frames).

use crate::limits as l;
use std::time::Duration;

const PREFACE_BYTES: u32 = 24;
const FRAME_HEADER_BYTES: usize = 9;

const DATA: u8 = 0x0;
const HEADERS: u8 = 0x1;
const RST_STREAM: u8 = 0x3;
const WINDOW_UPDATE: u8 = 0x8;
const CONTINUATION: u8 = 0x9;
const END_STREAM: u8 = 0x1;
const END_HEADERS: u8 = 0x4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Abuse {
    Resets,
    ControlFrames,
    HeaderBlock,
}

impl Abuse {
    /// The name in counters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Resets => "http2_resets",
            Self::ControlFrames => "http2_control_frames",
            Self::HeaderBlock => "http2_header_block",
        }
    }
}

/// So many at once and one more every `refill` (GCRA), over the time since the connection began.
#[derive(Debug)]
struct Budget {
    burst: u32,
    refill: Duration,
    full_at: Duration,
}

impl Budget {
    const fn new(burst: u32, refill_ms: u64) -> Self {
        Self { burst, refill: Duration::from_millis(refill_ms), full_at: Duration::ZERO }
    }

    fn take(&mut self, now: Duration) -> bool {
        let after = self.full_at.max(now) + self.refill;
        let allowed = after <= now + self.refill * self.burst;
        if allowed {
            self.full_at = after;
        }
        allowed
    }
}

/// Follows the frames that a client sends.
#[derive(Debug)]
pub(crate) struct Frames {
    /// Bytes that are passed over: the preface, or what a frame carries.
    skip: u32,
    header: [u8; FRAME_HEADER_BYTES],
    header_len: usize,
    block: Option<Block>,
    resets: Budget,
    control: Budget,
}

/// A header block that has begun and not ended.
#[derive(Debug)]
struct Block {
    frames: u32,
    bytes: u32,
}

impl Frames {
    pub const fn new() -> Self {
        Self {
            skip: PREFACE_BYTES,
            header: [0; FRAME_HEADER_BYTES],
            header_len: 0,
            block: None,
            resets: Budget::new(l::HTTP2_RESETS_BURST_MAX, l::HTTP2_RESET_REFILL_MS),
            control: Budget::new(l::HTTP2_CONTROL_BURST_MAX, l::HTTP2_CONTROL_REFILL_MS),
        }
    }

    /// Reads on; `now` is the time since the connection began.
    pub fn scan(&mut self, mut bytes: &[u8], now: Duration) -> Result<(), Abuse> {
        while !bytes.is_empty() {
            let passed = bytes.len().min(usize::try_from(self.skip).unwrap_or(usize::MAX));
            self.skip -= u32::try_from(passed).unwrap_or(self.skip);
            bytes = &bytes[passed..];
            let taken = bytes.len().min(FRAME_HEADER_BYTES - self.header_len);
            self.header[self.header_len..self.header_len + taken].copy_from_slice(&bytes[..taken]);
            self.header_len += taken;
            bytes = &bytes[taken..];
            if self.header_len == FRAME_HEADER_BYTES {
                self.header_len = 0;
                self.frame(now)?;
            }
        }
        Ok(())
    }

    fn frame(&mut self, now: Duration) -> Result<(), Abuse> {
        let [a, b, c, kind, flags, ..] = self.header;
        self.skip = u32::from_be_bytes([0, a, b, c]);
        match kind {
            HEADERS => {
                self.block = Some(Block { frames: 0, bytes: 0 });
                self.block_frame(flags)
            }
            CONTINUATION => self.block_frame(flags),
            RST_STREAM => self.resets.take(now).then_some(()).ok_or(Abuse::Resets),
            DATA if self.skip > 0 || flags & END_STREAM != 0 => Ok(()),
            // One for every frame of ours, if a client likes.
            WINDOW_UPDATE => Ok(()),
            _ => self.control.take(now).then_some(()).ok_or(Abuse::ControlFrames),
        }
    }

    fn block_frame(&mut self, flags: u8) -> Result<(), Abuse> {
        let Some(block) = &mut self.block else { return Ok(()) };
        block.frames += 1;
        block.bytes = block.bytes.saturating_add(self.skip);
        if block.frames > l::HTTP2_BLOCK_FRAMES_MAX || block.bytes > l::HTTP2_BLOCK_BYTES_MAX {
            return Err(Abuse::HeaderBlock);
        }
        if flags & END_HEADERS != 0 {
            self.block = None;
        }
        Ok(())
    }

    /// A header has begun whose end has not come.
    pub const fn in_header(&self) -> bool {
        self.block.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame(kind: u8, flags: u8, length: u32) -> Vec<u8> {
        let [_, a, b, c] = length.to_be_bytes();
        let mut bytes = vec![a, b, c, kind, flags, 0, 0, 0, 1];
        bytes.extend(vec![0; length as usize]);
        bytes
    }

    fn preface() -> Vec<u8> {
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()
    }

    /// How many of the same frame pass at once.
    fn passing(one: &[u8]) -> (u32, Option<Abuse>) {
        let mut frames = Frames::new();
        frames.scan(&preface(), Duration::ZERO).unwrap();
        for count in 0..10_000 {
            if let Err(abuse) = frames.scan(one, Duration::ZERO) {
                return (count, Some(abuse));
            }
        }
        (10_000, None)
    }

    #[test]
    fn floods_are_told_apart() {
        assert_eq!(passing(&frame(RST_STREAM, 0, 4)), (l::HTTP2_RESETS_BURST_MAX, Some(Abuse::Resets)));
        for control in [frame(0x6, 0, 8), frame(0x4, 0, 0), frame(0x2, 0, 5), frame(DATA, 0, 0), frame(0x77, 0, 3)] {
            assert_eq!(passing(&control), (l::HTTP2_CONTROL_BURST_MAX, Some(Abuse::ControlFrames)));
        }
        for fine in
            [frame(DATA, 0, 10), frame(DATA, END_STREAM, 0), frame(WINDOW_UPDATE, 0, 4), frame(HEADERS, END_HEADERS, 9)]
        {
            assert_eq!(passing(&fine), (10_000, None));
        }
        assert_eq!(passing(&[frame(HEADERS, 0, 1), frame(CONTINUATION, END_HEADERS, 1)].concat()), (10_000, None));
    }

    #[test]
    fn budgets_fill_again() {
        let mut frames = Frames::new();
        frames.scan(&preface(), Duration::ZERO).unwrap();
        let reset = frame(RST_STREAM, 0, 4);
        let refill = Duration::from_millis(l::HTTP2_RESET_REFILL_MS);
        for count in 0..10_000 {
            assert_eq!(frames.scan(&reset, refill * count), Ok(()));
        }
    }

    #[test]
    fn header_blocks_have_an_end() {
        let mut frames = Frames::new();
        frames.scan(&[preface(), frame(HEADERS, 0, 1)].concat(), Duration::ZERO).unwrap();
        assert!(frames.in_header());
        let more: Vec<_> =
            (1..=l::HTTP2_BLOCK_FRAMES_MAX).map(|_| frames.scan(&frame(CONTINUATION, 0, 1), Duration::ZERO)).collect();
        assert_eq!(more.last(), Some(&Err(Abuse::HeaderBlock)));
        assert!(more.iter().rev().skip(1).all(Result::is_ok));
        let mut large = Frames::new();
        large.scan(&preface(), Duration::ZERO).unwrap();
        let whole = frame(HEADERS, END_HEADERS, l::HTTP2_BLOCK_BYTES_MAX + 1);
        assert_eq!(large.scan(&whole, Duration::ZERO), Err(Abuse::HeaderBlock));
    }

    proptest! {
        #[test]
        fn the_cuts_of_packets_make_no_difference(kinds in prop::collection::vec((0..12u8, any::<u8>(), 0..40u32), 0..30), piece in 1..50usize) {
            let frames_sent: Vec<u8> = kinds.iter().flat_map(|(kind, flags, length)| frame(*kind, *flags, *length)).collect();
            let bytes = [preface(), frames_sent].concat();
            let (mut whole, mut pieces) = (Frames::new(), Frames::new());
            let at_once = whole.scan(&bytes, Duration::ZERO);
            let in_pieces = bytes.chunks(piece).try_for_each(|bytes| pieces.scan(bytes, Duration::ZERO));
            prop_assert_eq!(at_once, in_pieces);
            prop_assert_eq!(whole.in_header(), pieces.in_header());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _abuse = Frames::new().scan(&bytes, Duration::ZERO);
        }
    }
}
