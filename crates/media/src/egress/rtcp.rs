//! What a receiver reports of what it is sent, and the reports that it is sent (RFC 3550 §6, RFC 4585, RFC 5104).

/// Packet types, and formats of the two kinds of feedback.
const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const DESCRIPTION: u8 = 202;
const GOODBYE: u8 = 203;
const TRANSPORT_FEEDBACK: u8 = 205;
const PAYLOAD_FEEDBACK: u8 = 206;
const EXTENDED_REPORT: u8 = 207;
const NACK: u8 = 1;
const TRANSPORT_CC: u8 = 15;
const PICTURE_LOST: u8 = 1;
const FULL_INTRA: u8 = 4;

const BLOCK_BYTES: usize = 24;
const SENDER_INFO_BYTES: usize = 20;
/// Seconds from 1900 to 1970.
const NTP_EPOCH_S: u64 = 2_208_988_800;

/// One thing that a peer says of a stream that it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard<'a> {
    /// How much of it was lost since the last report (in 1/256), and the answer to a sender report.
    Report {
        ssrc: u32,
        lost: u8,
        last_report: u32,
        delay: u32,
    },
    /// Packets that did not come: a number, and the 16 after it that the bits say.
    Lost {
        ssrc: u32,
        seq: u16,
        following: u16,
    },
    KeyframeWanted {
        ssrc: u32,
    },
    /// When each packet came (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1, from the base sequence number on).
    Transport(&'a [u8]),
}

/// Whether a compound packet says something of what the peer itself publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Also {
    Publishes,
    Nothing,
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Reads a compound packet up to its end, or to the first packet in it that is none.
pub fn read<'a>(mut compound: &'a [u8], mut heard: impl FnMut(Heard<'a>)) -> Also {
    let mut also = Also::Nothing;
    while let [first, kind, _, _, ..] = *compound {
        let bytes = 4 * (usize::from(short(compound, 2).unwrap_or(0)) + 1);
        let Some((packet, rest)) = compound.split_at_checked(bytes).filter(|_| first >> 6 == 2) else { break };
        compound = rest;
        let count = first & 0x1f;
        match kind {
            SENDER_REPORT => {
                also = Also::Publishes;
                blocks(packet, 8 + SENDER_INFO_BYTES, count, &mut heard);
            }
            RECEIVER_REPORT => blocks(packet, 8, count, &mut heard),
            GOODBYE | EXTENDED_REPORT => also = Also::Publishes,
            TRANSPORT_FEEDBACK => transport_feedback(packet, count, &mut heard),
            PAYLOAD_FEEDBACK => payload_feedback(packet, count, &mut heard),
            _ => {}
        }
    }
    also
}

fn blocks<'a>(packet: &'a [u8], from: usize, count: u8, heard: &mut impl FnMut(Heard<'a>)) {
    let blocks = packet.get(from..).unwrap_or_default().chunks_exact(BLOCK_BYTES);
    for block in blocks.take(usize::from(count)) {
        let fields = (number(block, 0), block.get(4).copied(), number(block, 16), number(block, 20));
        if let (Some(ssrc), Some(lost), Some(last_report), Some(delay)) = fields {
            heard(Heard::Report { ssrc, lost, last_report, delay });
        }
    }
}

fn transport_feedback<'a>(packet: &'a [u8], format: u8, heard: &mut impl FnMut(Heard<'a>)) {
    let (Some(ssrc), Some(body)) = (number(packet, 8), packet.get(12..)) else { return };
    match format {
        NACK => {
            for entry in body.chunks_exact(4) {
                if let (Some(seq), Some(following)) = (short(entry, 0), short(entry, 2)) {
                    heard(Heard::Lost { ssrc, seq, following });
                }
            }
        }
        TRANSPORT_CC => heard(Heard::Transport(body)),
        _ => {}
    }
}

fn payload_feedback<'a>(packet: &'a [u8], format: u8, heard: &mut impl FnMut(Heard<'a>)) {
    match format {
        PICTURE_LOST => {
            if let Some(ssrc) = number(packet, 8) {
                heard(Heard::KeyframeWanted { ssrc });
            }
        }
        FULL_INTRA => {
            let entries = packet.get(12..).unwrap_or_default().chunks_exact(8);
            entries.filter_map(|entry| number(entry, 0)).for_each(|ssrc| heard(Heard::KeyframeWanted { ssrc }));
        }
        _ => {}
    }
}

/// A moment as NTP has it: seconds since 1900 and their fraction.
pub fn ntp(since_1970: std::time::Duration) -> u64 {
    let fraction = (u64::from(since_1970.subsec_nanos()) << 32) / 1_000_000_000;
    ((since_1970.as_secs() + NTP_EPOCH_S) << 32) | fraction
}

/// The middle of an NTP moment, which is what reports name it by.
pub const fn middle(ntp: u64) -> u32 {
    (ntp >> 16) as u32
}

/// What is reported of a stream that is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SenderReport {
    pub ssrc: u32,
    pub ntp: u64,
    pub timestamp: u32,
    pub packets: u32,
    pub bytes: u32,
}

impl SenderReport {
    /// Appends the report, and the name without which a compound packet is none (RFC 3550 §6.1).
    pub fn write(&self, packet: &mut Vec<u8>) {
        packet.extend_from_slice(&[0x80, SENDER_REPORT, 0, 6]);
        packet.extend_from_slice(&self.ssrc.to_be_bytes());
        packet.extend_from_slice(&self.ntp.to_be_bytes());
        for field in [self.timestamp, self.packets, self.bytes] {
            packet.extend_from_slice(&field.to_be_bytes());
        }
    }

    /// Appends a description of the sender: a name that says nothing.
    pub fn write_name(ssrc: u32, packet: &mut Vec<u8>) {
        packet.extend_from_slice(&[0x81, DESCRIPTION, 0, 3]);
        packet.extend_from_slice(&ssrc.to_be_bytes());
        // CNAME, five letters, the end of the items, padded to words.
        packet.extend_from_slice(&[1, 5, b'p', b'r', b'e', b'a', b'u', 0]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(compound: &[u8]) -> (Vec<Heard<'_>>, Also) {
        let mut heard = Vec::new();
        let also = read(compound, |item| heard.push(item));
        (heard, also)
    }

    #[test]
    fn reads_a_compound_of_every_kind() {
        let mut compound = vec![0x81, 201, 0, 7, 0, 0, 0, 1];
        compound.extend([0, 0, 0, 9, 64, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 3, 1, 2, 3, 4, 0, 0, 0, 6]);
        compound.extend([0x81, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 9, 0x12, 0x34, 0, 5]);
        compound.extend([0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 9]);
        compound.extend([0x84, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 8, 1, 0, 0, 0]);
        compound.extend([0x8f, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 7, 7, 7, 7]);
        let (heard, also) = all(&compound);
        let report = Heard::Report { ssrc: 9, lost: 64, last_report: 0x0102_0304, delay: 6 };
        let lost = Heard::Lost { ssrc: 9, seq: 0x1234, following: 5 };
        let wanted = [9, 8].map(|ssrc| Heard::KeyframeWanted { ssrc });
        assert_eq!(heard, [report, lost, wanted[0], wanted[1], Heard::Transport(&[7; 4])]);
        assert_eq!(also, Also::Nothing);
    }

    #[test]
    fn what_we_send_is_read_as_of_somebody_who_publishes() {
        let mut packet = Vec::new();
        let report = SenderReport { ssrc: 7, ntp: 1 << 33, timestamp: 3, packets: 4, bytes: 5 };
        report.write(&mut packet);
        SenderReport::write_name(7, &mut packet);
        assert_eq!((packet.len(), all(&packet)), (28 + 16, (vec![], Also::Publishes)));
        assert_eq!(packet[24..28], [0, 0, 0, 5]);
    }

    #[test]
    fn ntp_is_that_of_the_epoch() {
        let half = std::time::Duration::from_millis(1_500);
        assert_eq!(ntp(half), ((NTP_EPOCH_S + 1) << 32) | 1 << 31);
        assert_eq!(middle(0x0001_0203_0405_0607), 0x0203_0405);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            all(&bytes);
        }

        #[test]
        fn a_damaged_compound_is_read_without_panic(at in 0usize..44, value: u8, cut in 0usize..44) {
            let mut packet = vec![0x82, 201, 0, 7, 0, 0, 0, 1];
            packet.resize(32, 3);
            packet.extend([0x81, 205, 0, 2, 0, 0, 0, 1, 0, 0, 0, 9]);
            packet[at] = value;
            all(&packet[..cut]);
        }
    }
}
