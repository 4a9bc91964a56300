//! The header of an RTP packet (RFC 3550 §5.1) with its extensions in one-byte form (RFC 8285 §4.2), or in two-byte form (§4.3)
//! where one is longer than that can say: receivers take the one and the other (`a=extmap-allow-mixed`).

use super::Described;
use crate::av1;
use str0m::rtp::{Extension, ExtensionMap};

const VERSION: u8 = 2 << 6;
const PADDED: u8 = 1 << 5;
const EXTENDED: u8 = 1 << 4;
const MARKED: u8 = 1 << 7;
/// What the one-byte form can say: ids of 1 to 14, values of 1 to 16 bytes.
const ID_MAX: u8 = 14;
const VALUE_BYTES_MAX: usize = 16;
/// One form for all extensions of a packet: its profile.
const ONE_BYTE_FORM: [u8; 2] = [0xbe, 0xde];
const TWO_BYTE_FORM: [u8; 2] = [0x10, 0x00];

/// Under which ids a section's extensions go; one that has none, or one that the one-byte form cannot say, does not go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ids {
    pub transport_cc: Option<u8>,
    pub mid: Option<u8>,
    pub audio_level: Option<u8>,
    pub orientation: Option<u8>,
    /// The dependency descriptor.
    pub descriptor: Option<u8>,
}

impl Ids {
    pub fn of(map: &ExtensionMap) -> Self {
        let id = |extension| map.id_of(extension).filter(|id| (1..=ID_MAX).contains(id));
        Self {
            transport_cc: id(Extension::TransportSequenceNumber),
            mid: id(Extension::RtpMid),
            audio_level: id(Extension::AudioLevel),
            orientation: id(Extension::VideoOrientation),
            descriptor: id(av1::extension()),
        }
    }
}

/// What the header says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Header<'a> {
    pub pt: u8,
    pub marker: bool,
    pub seq: u16,
    pub timestamp: u32,
    pub ssrc: u32,
    pub transport_cc: Option<u16>,
    pub mid: Option<&'a [u8]>,
    /// As RFC 6464 has it.
    pub audio_level: Option<u8>,
    /// As 3GPP TS 26.114 §7.4.5 has it.
    pub orientation: Option<u8>,
    pub described: Option<&'a Described>,
}

impl Header<'_> {
    /// Appends the header; gives its length.
    pub fn write(&self, ids: Ids, packet: &mut Vec<u8>) -> usize {
        let start = packet.len();
        packet.extend_from_slice(&[VERSION, self.pt | if self.marker { MARKED } else { 0 }]);
        packet.extend_from_slice(&self.seq.to_be_bytes());
        packet.extend_from_slice(&self.timestamp.to_be_bytes());
        packet.extend_from_slice(&self.ssrc.to_be_bytes());
        let extension = packet.len();
        packet.extend_from_slice(&[ONE_BYTE_FORM[0], ONE_BYTE_FORM[1], 0, 0]);
        let values = packet.len();
        if let (Some(described), Some(id)) = (self.described, ids.descriptor) {
            self.add_described(ids, (id, described), extension, packet);
        } else {
            self.add_values(ids, packet, add_short);
        }
        if packet.len() == values {
            packet.truncate(extension);
        } else {
            packet.resize(values + (packet.len() - values).next_multiple_of(4), 0);
            let words = (packet.len() - values) / 4;
            packet[extension + 3] = words as u8;
            packet[start] |= EXTENDED;
        }
        packet.len() - start
    }

    fn add_values(&self, ids: Ids, packet: &mut Vec<u8>, add: impl Fn(&mut Vec<u8>, u8, &[u8])) {
        let mut add = |id: Option<u8>, value: Option<&[u8]>| {
            if let (Some(id), Some(value)) = (id, value.filter(|value| (1..=VALUE_BYTES_MAX).contains(&value.len()))) {
                add(packet, id, value);
            }
        };
        add(ids.transport_cc, self.transport_cc.map(u16::to_be_bytes).as_ref().map(<[u8; 2]>::as_slice));
        add(ids.mid, self.mid);
        add(ids.audio_level, self.audio_level.as_ref().map(std::slice::from_ref));
        add(ids.orientation, self.orientation.as_ref().map(std::slice::from_ref));
    }

    /// The same, and the descriptor, whose section begins at `extension`.
    fn add_described(&self, ids: Ids, (id, described): (u8, &Described), extension: usize, packet: &mut Vec<u8>) {
        let number = described.number.to_be_bytes();
        let value = &described.value;
        match value.len() {
            0..av1::HEAD_BYTES | av1::VALUE_BYTES_END.. => return self.add_values(ids, packet, add_short),
            ..=VALUE_BYTES_MAX => {
                self.add_values(ids, packet, add_short);
                add_short(packet, id, value);
            }
            _ => {
                packet[extension..extension + TWO_BYTE_FORM.len()].copy_from_slice(&TWO_BYTE_FORM);
                self.add_values(ids, packet, add_long);
                add_long(packet, id, value);
            }
        }
        let at = packet.len() - value.len() + av1::NUMBER_AT;
        packet[at..at + number.len()].copy_from_slice(&number);
    }
}

/// A value of 1 to 16 bytes in one-byte form.
fn add_short(packet: &mut Vec<u8>, id: u8, value: &[u8]) {
    packet.push(id << 4 | (value.len() - 1) as u8);
    packet.extend_from_slice(value);
}

/// A value of up to 255 bytes in two-byte form.
fn add_long(packet: &mut Vec<u8>, id: u8, value: &[u8]) {
    packet.extend_from_slice(&[id, value.len() as u8]);
    packet.extend_from_slice(value);
}

/// Says of a packet that its last bytes are padding.
pub fn mark_padded(packet: &mut [u8]) {
    if let Some(first) = packet.first_mut() {
        *first |= PADDED;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: Ids =
        Ids { transport_cc: Some(3), mid: Some(4), audio_level: Some(1), orientation: None, descriptor: Some(12) };

    #[test]
    fn a_header_with_extensions_and_one_without() {
        let header = Header { pt: 111, marker: true, seq: 0x1234, timestamp: 7, ssrc: 9, ..Header::default() };
        let mut packet = Vec::new();
        assert_eq!(header.write(IDS, &mut packet), 12);
        assert_eq!(packet, [0x80, 0x80 | 111, 0x12, 0x34, 0, 0, 0, 7, 0, 0, 0, 9]);
        packet.clear();
        let all = Header {
            transport_cc: Some(0x0102),
            mid: Some(b"12"),
            audio_level: Some(0x91),
            orientation: Some(1),
            ..header
        };
        assert_eq!(all.write(IDS, &mut packet), 12 + 4 + 8);
        mark_padded(&mut packet);
        assert_eq!(packet[0], 0xb0);
        assert_eq!(packet[12..], [0xbe, 0xde, 0, 2, 0x31, 1, 2, 0x41, b'1', b'2', 0x10, 0x91]);
    }

    fn described(bytes: usize) -> Described {
        Described { value: (1..=bytes).map(|byte| byte as u8).collect(), number: 0x0a0b }
    }

    fn header(described: Option<&Described>) -> Header<'_> {
        Header { transport_cc: Some(7), mid: Some(b"12"), described, ..Header::default() }
    }

    #[test]
    fn a_descriptor_has_its_own_number_and_makes_the_form_long_where_it_is() {
        let mut packet = Vec::new();
        header(Some(&described(5))).write(IDS, &mut packet);
        let values = [0x31, 0, 7, 0x41, b'1', b'2', 0xc4, 1, 0x0a, 0x0b, 4, 5];
        assert_eq!(packet[12..], [&[0xbe, 0xde, 0, 3], &values[..]].concat());

        packet.clear();
        assert_eq!(header(Some(&described(17))).write(IDS, &mut packet), packet.len());
        let values = [3, 2, 0, 7, 4, 2, b'1', b'2', 12, 17, 1, 0x0a, 0x0b, 4, 5, 6];
        assert_eq!(packet[12..32], [&[0x10, 0, 0, 7], &values[..]].concat());
        assert_eq!(packet[32..], [7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 0]);

        // There is no number in it, no way to say how long it is, or nobody to say it to.
        packet.clear();
        header(None).write(IDS, &mut packet);
        for (bytes, ids) in [(2, IDS), (256, IDS), (5, Ids { descriptor: None, ..IDS })] {
            let mut other = Vec::new();
            header(Some(&described(bytes))).write(ids, &mut other);
            assert_eq!(other, packet, "{bytes} bytes");
        }
    }

    #[test]
    fn what_the_form_cannot_say_is_left_out() {
        let header = Header { mid: Some(&[b'x'; 17]), transport_cc: Some(1), ..Header::default() };
        let mut packet = Vec::new();
        header.write(IDS, &mut packet);
        assert_eq!(packet[12..], [0xbe, 0xde, 0, 1, 0x31, 0, 1, 0]);
    }
}
