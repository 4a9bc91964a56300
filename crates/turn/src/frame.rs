//! Where a message ends: STUN messages and channel data over a stream (RFC 8656, sections 5 and 12.5).

use crate::limits::MESSAGE_BYTES_MAX;

const STUN_HEADER_BYTES: usize = 20;
const CHANNEL_HEADER_BYTES: usize = 4;
pub(crate) const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];

/// What comes over a stream is no TURN, or longer than any of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no STUN message and no channel data of at most {MESSAGE_BYTES_MAX} bytes")]
pub struct BadFrame;

/// The first message of a stream, without its padding, and how many bytes it takes with it. `None`: it is not whole yet.
pub fn first(bytes: &[u8]) -> Result<Option<(&[u8], usize)>, BadFrame> {
    let Some(head) = bytes.first_chunk::<4>() else { return Ok(None) };
    let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
    let (message, taken) = match head[0] >> 6 {
        0 if length.is_multiple_of(4) => (STUN_HEADER_BYTES + length, STUN_HEADER_BYTES + length),
        1 => (CHANNEL_HEADER_BYTES + length, CHANNEL_HEADER_BYTES + length.next_multiple_of(4)),
        _ => return Err(BadFrame),
    };
    if taken > MESSAGE_BYTES_MAX {
        return Err(BadFrame);
    }
    Ok(bytes.get(..taken).map(|whole| (&whole[..message], taken)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_neither_is_refused() {
        assert_eq!(first(&[0x80, 0, 0, 0]), Err(BadFrame));
        assert_eq!(first(&[0, 1, 0, 3]), Err(BadFrame), "STUN's lengths are multiples of four");
        assert_eq!(first(&[0x40, 0, 0xff, 0xff]), Err(BadFrame));
        assert_eq!(first(&[0x40, 0, 0]), Ok(None));
    }

    proptest! {
        #[test]
        fn messages_survive_any_cutting(
            payloads in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 1..12),
            cut in 1usize..400,
        ) {
            let mut wire = Vec::new();
            for (index, payload) in payloads.iter().enumerate() {
                if index % 2 == 0 {
                    wire.extend([0x40, 1]);
                    wire.extend(u16::try_from(payload.len()).unwrap().to_be_bytes());
                    wire.extend(payload);
                    wire.resize(wire.len().next_multiple_of(4), 0);
                } else {
                    let padded = payload.len().next_multiple_of(4);
                    wire.extend([0, 1]);
                    wire.extend(u16::try_from(padded).unwrap().to_be_bytes());
                    wire.extend([0; 16]);
                    wire.extend(payload);
                    wire.resize(wire.len().next_multiple_of(4), 0);
                }
            }
            let (mut buffer, mut seen) = (Vec::new(), 0);
            for piece in wire.chunks(cut) {
                buffer.extend(piece);
                while let Some((message, taken)) = first(&buffer).unwrap() {
                    let payload = &payloads[seen];
                    let head = if seen % 2 == 0 { 4 } else { 20 };
                    prop_assert_eq!(&message[head..head + payload.len()], &payload[..]);
                    seen += 1;
                    buffer.drain(..taken);
                }
                // Every message starts at a multiple of four of what is kept.
                prop_assert!(buffer.len() < MESSAGE_BYTES_MAX);
            }
            prop_assert_eq!(seen, payloads.len());
            prop_assert!(buffer.is_empty());
        }

        #[test]
        fn any_bytes_are_answered_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..3_000)) {
            if let Ok(Some((message, taken))) = first(&bytes) {
                prop_assert!(message.len() <= taken && taken <= bytes.len() && taken >= 4);
            }
        }
    }
}
