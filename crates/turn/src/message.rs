//! STUN messages (RFC 8489), as far as TURN (RFC 8656) has them.

use crate::credentials::Key;
use crate::frame::MAGIC_COOKIE;
use crate::limits::ATTRIBUTES_MAX;
use aws_lc_rs::hmac;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

const HEADER_BYTES: usize = 20;
const INTEGRITY_BYTES: usize = 20;

/// The transaction of a message.
pub type Transaction = [u8; 12];

/// What is asked (RFC 8656, section 17).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Binding = 0x001,
    Allocate = 0x003,
    Refresh = 0x004,
    Send = 0x006,
    Data = 0x007,
    CreatePermission = 0x008,
    ChannelBind = 0x009,
}

impl Method {
    fn of(number: u16) -> Option<Self> {
        let all = [
            Self::Binding,
            Self::Allocate,
            Self::Refresh,
            Self::Send,
            Self::Data,
            Self::CreatePermission,
            Self::ChannelBind,
        ];
        all.into_iter().find(|&method| method as u16 == number)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Request = 0b00,
    Indication = 0b01,
    Success = 0b10,
    Error = 0b11,
}

/// The attributes of TURN (RFC 8656, section 18; RFC 8489, section 14).
pub mod attribute {
    pub const USERNAME: u16 = 0x0006;
    pub const MESSAGE_INTEGRITY: u16 = 0x0008;
    pub const ERROR_CODE: u16 = 0x0009;
    pub const UNKNOWN_ATTRIBUTES: u16 = 0x000a;
    pub const CHANNEL_NUMBER: u16 = 0x000c;
    pub const LIFETIME: u16 = 0x000d;
    pub const XOR_PEER_ADDRESS: u16 = 0x0012;
    pub const DATA: u16 = 0x0013;
    pub const REALM: u16 = 0x0014;
    pub const NONCE: u16 = 0x0015;
    pub const XOR_RELAYED_ADDRESS: u16 = 0x0016;
    pub const REQUESTED_ADDRESS_FAMILY: u16 = 0x0017;
    pub const REQUESTED_TRANSPORT: u16 = 0x0019;
    /// What goes over loopback is not fragmented.
    pub const DONT_FRAGMENT: u16 = 0x001a;
    pub const XOR_MAPPED_ADDRESS: u16 = 0x0020;

    /// Those that are understood; of others a client must be told (RFC 8489, section 6.3.1) when they are below 0x8000.
    pub const KNOWN: [u16; 13] = [
        USERNAME,
        MESSAGE_INTEGRITY,
        ERROR_CODE,
        CHANNEL_NUMBER,
        LIFETIME,
        XOR_PEER_ADDRESS,
        DATA,
        REALM,
        NONCE,
        REQUESTED_ADDRESS_FAMILY,
        REQUESTED_TRANSPORT,
        DONT_FRAGMENT,
        UNKNOWN_ATTRIBUTES,
    ];
}

/// A message that came.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    pub method: Method,
    pub class: Class,
    pub transaction: Transaction,
    bytes: &'a [u8],
}

impl<'a> Message<'a> {
    /// `None`: no STUN message, cut off, of another method, or with too many attributes.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (header, body) = bytes.split_first_chunk::<HEADER_BYTES>()?;
        let kind = u16::from_be_bytes([header[0], header[1]]);
        let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
        if kind & 0xc000 != 0 || header[4..8] != MAGIC_COOKIE || length != body.len() {
            return None;
        }
        let method = Method::of(kind & 0x000f | kind >> 1 & 0x0070 | kind >> 2 & 0x0f80)?;
        let class = match (kind >> 4 & 1, kind >> 8 & 1) {
            (0, 0) => Class::Request,
            (1, 0) => Class::Indication,
            (0, _) => Class::Success,
            _ => Class::Error,
        };
        let transaction = *header.last_chunk()?;
        let message = Self { method, class, transaction, bytes };
        let mut at = 0;
        for _ in 0..ATTRIBUTES_MAX {
            if at == body.len() {
                return Some(message);
            }
            let [_, _, high, low] = *body.get(at..)?.first_chunk::<4>()?;
            at += 4 + usize::from(u16::from_be_bytes([high, low])).next_multiple_of(4);
            body.get(..at)?;
        }
        (at == body.len()).then_some(message)
    }

    /// The attributes in their order, each with where it starts in the message.
    fn attributes(&self) -> impl Iterator<Item = (u16, &'a [u8], usize)> + use<'a> {
        let (bytes, mut at) = (self.bytes, HEADER_BYTES);
        std::iter::from_fn(move || {
            let [a, b, c, d] = *bytes.get(at..)?.first_chunk::<4>()?;
            let length = usize::from(u16::from_be_bytes([c, d]));
            let (start, value) = (at, bytes.get(at + 4..at + 4 + length)?);
            at += 4 + length.next_multiple_of(4);
            Some((u16::from_be_bytes([a, b]), value, start))
        })
    }

    /// The first of its kind before the integrity: what comes after is nobody's word (RFC 8489, section 14.5).
    pub fn get(&self, kind: u16) -> Option<&'a [u8]> {
        self.signed().find(|&(other, _)| other == kind).map(|(_, value)| value)
    }

    fn signed(&self) -> impl Iterator<Item = (u16, &'a [u8])> + use<'a> {
        let mut over = false;
        self.attributes().map_while(move |(kind, value, _)| {
            if over {
                return None;
            }
            over = kind == attribute::MESSAGE_INTEGRITY;
            Some((kind, value))
        })
    }

    /// All of a kind: a request for permissions names several addresses.
    pub fn all(&self, kind: u16) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.signed().filter(move |&(other, _)| other == kind).map(|(_, value)| value)
    }

    /// Attributes that must be understood and are not.
    pub fn unknown(&self) -> Vec<u16> {
        let required = self.signed().map(|(kind, _)| kind).filter(|kind| *kind < 0x8000);
        required.filter(|kind| !attribute::KNOWN.contains(kind)).collect()
    }

    pub fn has_integrity(&self) -> bool {
        self.get(attribute::MESSAGE_INTEGRITY).is_some()
    }

    /// Whether it was signed with this key (HMAC-SHA1: RFC 8489, section 14.5).
    pub fn is_signed_with(&self, key: &Key) -> bool {
        let signature = self.attributes().find(|&(kind, ..)| kind == attribute::MESSAGE_INTEGRITY);
        let Some((_, value, start)) = signature else { return false };
        let mut signed = self.bytes[..start].to_vec();
        let Ok(length) = u16::try_from(start - HEADER_BYTES + 4 + INTEGRITY_BYTES) else { return false };
        signed[2..4].copy_from_slice(&length.to_be_bytes());
        hmac::verify(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key), &signed, value).is_ok()
    }

    pub fn number(&self, kind: u16) -> Option<u32> {
        Some(u32::from_be_bytes(self.get(kind)?.try_into().ok()?))
    }

    pub fn address(&self, kind: u16) -> Option<SocketAddr> {
        address(self.get(kind)?, &self.transaction)
    }

    pub fn addresses(&self, kind: u16) -> impl Iterator<Item = Option<SocketAddr>> + use<'a> {
        let transaction = self.transaction;
        self.all(kind).map(move |value| address(value, &transaction))
    }
}

/// An XOR-…-ADDRESS (RFC 8489, section 14.2).
fn address(value: &[u8], transaction: &Transaction) -> Option<SocketAddr> {
    let (&[_, family, high, low], ip) = value.split_first_chunk::<4>()?;
    let port = u16::from_be_bytes([high ^ MAGIC_COOKIE[0], low ^ MAGIC_COOKIE[1]]);
    let ip = match family {
        1 => {
            IpAddr::V4(Ipv4Addr::from_bits(u32::from_be_bytes(ip.try_into().ok()?) ^ u32::from_be_bytes(MAGIC_COOKIE)))
        }
        2 => IpAddr::V6(Ipv6Addr::from_bits(u128::from_be_bytes(ip.try_into().ok()?) ^ mask(transaction))),
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

fn mask(transaction: &Transaction) -> u128 {
    let mut mask = [0; 16];
    mask[..4].copy_from_slice(&MAGIC_COOKIE);
    mask[4..].copy_from_slice(transaction);
    u128::from_be_bytes(mask)
}

/// A message that is written.
pub struct Writer {
    bytes: Vec<u8>,
    transaction: Transaction,
}

impl Writer {
    pub fn new(method: Method, class: Class, transaction: Transaction) -> Self {
        let (number, class) = (method as u16, class as u16);
        let kind =
            number & 0x000f | (number & 0x0070) << 1 | (number & 0x0f80) << 2 | (class & 1) << 4 | (class & 2) << 7;
        let mut bytes = Vec::with_capacity(128);
        bytes.extend(kind.to_be_bytes());
        bytes.extend([0, 0]);
        bytes.extend(MAGIC_COOKIE);
        bytes.extend(transaction);
        Self { bytes, transaction }
    }

    pub fn with(mut self, kind: u16, value: &[u8]) -> Self {
        let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
        self.bytes.extend(kind.to_be_bytes());
        self.bytes.extend(length.to_be_bytes());
        self.bytes.extend(&value[..usize::from(length)]);
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        self.set_length(0);
        self
    }

    fn set_length(&mut self, more: usize) {
        let length = u16::try_from(self.bytes.len() - HEADER_BYTES + more).unwrap_or(u16::MAX);
        self.bytes[2..4].copy_from_slice(&length.to_be_bytes());
    }

    pub fn with_number(self, kind: u16, value: u32) -> Self {
        self.with(kind, &value.to_be_bytes())
    }

    pub fn with_address(self, kind: u16, address: SocketAddr) -> Self {
        let port = address.port() ^ u16::from_be_bytes([MAGIC_COOKIE[0], MAGIC_COOKIE[1]]);
        let mut value = vec![0, if address.is_ipv4() { 1 } else { 2 }];
        value.extend(port.to_be_bytes());
        match address.ip() {
            IpAddr::V4(ip) => value.extend((ip.to_bits() ^ u32::from_be_bytes(MAGIC_COOKIE)).to_be_bytes()),
            IpAddr::V6(ip) => value.extend((ip.to_bits() ^ mask(&self.transaction)).to_be_bytes()),
        }
        self.with(kind, &value)
    }

    pub fn with_error(self, code: u16, reason: &str) -> Self {
        let [class, number] = [code / 100, code % 100].map(|part| u8::try_from(part).unwrap_or(0));
        let mut value = vec![0, 0, class, number];
        value.extend(reason.as_bytes());
        self.with(attribute::ERROR_CODE, &value)
    }

    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }

    /// Signed, and nothing after it.
    pub fn sign(mut self, key: &Key) -> Vec<u8> {
        self.set_length(4 + INTEGRITY_BYTES);
        let code = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key), &self.bytes);
        self.with(attribute::MESSAGE_INTEGRITY, code.as_ref()).bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 5769, section 2.4: a request with the long-term credentials of a user of the realm example.org.
    const SAMPLE: &str = "000100602112a44278ad3433c6ad72c029da412e00060012e3839ee38388e383aae38383e382af\
                          e382b900000015001c662f2f3439396b39353464364f4c33346f4c394653547679363473410014000b\
                          6578616d706c652e6f72670000080014f67024656dd64a3e02b8e0712e85c9a28ca89666";

    fn sample() -> Vec<u8> {
        let hex: Vec<u8> = SAMPLE.bytes().filter(u8::is_ascii_hexdigit).collect();
        let digit = |byte: u8| u8::try_from(char::from(byte).to_digit(16).expect("a digit")).expect("one digit");
        hex.chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
    }

    #[test]
    fn the_sample_of_rfc_5769_is_read_and_verified() {
        use md5::{Digest, Md5};
        let bytes = sample();
        let message = Message::parse(&bytes).expect("a message");
        assert_eq!((message.method, message.class), (Method::Binding, Class::Request));
        assert_eq!(message.get(attribute::REALM), Some(&b"example.org"[..]));
        let username = str::from_utf8(message.get(attribute::USERNAME).expect("a user name")).expect("UTF-8");
        let key: Key = Md5::digest(format!("{username}:example.org:TheMatrIX")).into();
        assert!(message.is_signed_with(&key));
        assert!(!message.is_signed_with(&[0; 16]));
        let mut forged = bytes.clone();
        forged[30] ^= 1;
        assert!(!Message::parse(&forged).expect("a message").is_signed_with(&key));
    }

    #[test]
    fn what_stands_after_the_signature_is_not_believed() {
        let signed = Writer::new(Method::Refresh, Class::Request, [7; 12]).with_number(attribute::LIFETIME, 60);
        let mut bytes = signed.sign(&[1; 16]);
        bytes.extend([0, 0x14, 0, 4, b'e', b'v', b'i', b'l']);
        let length = u16::try_from(bytes.len() - 20).expect("short");
        bytes[2..4].copy_from_slice(&length.to_be_bytes());
        let message = Message::parse(&bytes).expect("a message");
        assert!(message.is_signed_with(&[1; 16]));
        assert_eq!(message.number(attribute::LIFETIME), Some(60));
        assert_eq!(message.get(attribute::REALM), None);
    }

    fn addresses() -> impl Strategy<Value = SocketAddr> {
        (any::<u32>(), any::<u128>(), any::<u16>(), any::<bool>()).prop_map(|(v4, v6, port, is_v4)| {
            let ip = if is_v4 { IpAddr::V4(Ipv4Addr::from_bits(v4)) } else { IpAddr::V6(Ipv6Addr::from_bits(v6)) };
            SocketAddr::new(ip, port)
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(transaction: [u8; 12], peers in proptest::collection::vec(addresses(), 0..6),
            data in proptest::collection::vec(any::<u8>(), 0..200), key: [u8; 16]) {
            let mut writer = Writer::new(Method::CreatePermission, Class::Request, transaction);
            for &peer in &peers {
                writer = writer.with_address(attribute::XOR_PEER_ADDRESS, peer);
            }
            let bytes = writer.with(attribute::DATA, &data).with(0x7fff, b"?").sign(&key);
            let message = Message::parse(&bytes).expect("a message");
            prop_assert_eq!((message.method, message.class), (Method::CreatePermission, Class::Request));
            prop_assert_eq!(message.transaction, transaction);
            let read: Vec<SocketAddr> = message.addresses(attribute::XOR_PEER_ADDRESS).flatten().collect();
            prop_assert_eq!(read, peers);
            prop_assert_eq!(message.get(attribute::DATA), Some(&data[..]));
            prop_assert_eq!(message.unknown(), vec![0x7fff]);
            prop_assert!(message.is_signed_with(&key));
        }

        #[test]
        fn every_kind_survives(method in 0usize..7, class in 0usize..4) {
            let method = [Method::Binding, Method::Allocate, Method::Refresh, Method::Send, Method::Data,
                Method::CreatePermission, Method::ChannelBind][method];
            let class = [Class::Request, Class::Indication, Class::Success, Class::Error][class];
            let bytes = Writer::new(method, class, [3; 12]).finish();
            let message = Message::parse(&bytes).expect("a message");
            prop_assert_eq!((message.method, message.class), (method, class));
        }

        #[test]
        fn any_bytes_are_read_without_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..300), real: bool) {
            if real && bytes.len() >= 20 {
                let length = u16::try_from(bytes.len() - 20).expect("short");
                bytes[..8].copy_from_slice(&[0, 3, 0, 0, 0x21, 0x12, 0xa4, 0x42]);
                bytes[2..4].copy_from_slice(&length.to_be_bytes());
            }
            if let Some(message) = Message::parse(&bytes) {
                message.unknown();
                message.is_signed_with(&[0; 16]);
                _ = message.addresses(attribute::XOR_PEER_ADDRESS).count();
                message.number(attribute::LIFETIME);
            }
        }
    }
}
