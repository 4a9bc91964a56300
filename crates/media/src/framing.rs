//! RFC 4571 framing of ICE over TCP: each datagram after its length as two bytes, big end first.

use crate::limits::FRAME_BYTES_MAX;

/// A frame longer than [`FRAME_BYTES_MAX`], or empty; the connection can't be trusted any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a frame of {0} bytes")]
pub struct BadFrame(pub usize);

/// Cuts a byte stream into frames. Holds at most one unfinished frame.
#[derive(Debug, Default)]
pub struct Deframer {
    buffer: Vec<u8>,
    start: usize,
}

impl Deframer {
    pub fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole frame, without its length; `None` when more bytes are needed. Call until `None` after each push.
    pub fn next_frame(&mut self) -> Result<Option<&[u8]>, BadFrame> {
        let waiting = &self.buffer[self.start..];
        let Some((head, rest)) = waiting.split_at_checked(2) else { return Ok(None) };
        let length = usize::from(u16::from_be_bytes([head[0], head[1]]));
        if length == 0 || length > FRAME_BYTES_MAX {
            return Err(BadFrame(length));
        }
        if rest.len() < length {
            return Ok(None);
        }
        let from = self.start + 2;
        self.start = from + length;
        Ok(Some(&self.buffer[from..from + length]))
    }

    #[cfg(test)]
    /// Bytes that wait for the rest of their frame.
    pub fn waiting_bytes(&self) -> usize {
        self.buffer.len() - self.start
    }
}

/// Appends `datagram` to `out` as a frame; one that is longer than [`FRAME_BYTES_MAX`] is refused.
pub fn frame(datagram: &[u8], out: &mut Vec<u8>) -> Result<(), BadFrame> {
    let length = u16::try_from(datagram.len()).map_err(|_| BadFrame(datagram.len()))?;
    if length == 0 || datagram.len() > FRAME_BYTES_MAX {
        return Err(BadFrame(datagram.len()));
    }
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(datagram);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refuses_empty_and_oversize_frames() {
        let mut deframer = Deframer::default();
        deframer.push(&[0, 0]);
        assert_eq!(deframer.next_frame(), Err(BadFrame(0)));
        let mut deframer = Deframer::default();
        deframer.push(&[0xff, 0xff]);
        assert_eq!(deframer.next_frame(), Err(BadFrame(0xffff)));
        assert_eq!(frame(&[], &mut Vec::new()), Err(BadFrame(0)));
        assert!(frame(&vec![0; FRAME_BYTES_MAX + 1], &mut Vec::new()).is_err());
    }

    proptest! {
        #[test]
        fn frames_survive_any_cutting(
            frames in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..300), 0..12),
            cuts in proptest::collection::vec(1usize..400, 1..40),
        ) {
            let mut wire = Vec::new();
            for datagram in &frames {
                frame(datagram, &mut wire).unwrap();
            }
            let mut deframer = Deframer::default();
            let mut seen = Vec::new();
            let mut rest = &wire[..];
            let mut cut = cuts.iter().cycle();
            while !rest.is_empty() {
                let (now, later) = rest.split_at((*cut.next().unwrap()).min(rest.len()));
                deframer.push(now);
                while let Some(datagram) = deframer.next_frame().unwrap() {
                    seen.push(datagram.to_vec());
                }
                rest = later;
            }
            prop_assert_eq!(seen, frames);
            prop_assert_eq!(deframer.waiting_bytes(), 0);
        }

        #[test]
        fn any_bytes_are_answered_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
            let mut deframer = Deframer::default();
            deframer.push(&bytes);
            while let Ok(Some(datagram)) = deframer.next_frame() {
                prop_assert!(!datagram.is_empty());
            }
        }
    }
}
