use crate::limits::{ADDRESS_DOMAIN, CHAIN_DOMAIN, SALT_BYTES};
use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A SHA-256 (FIPS 180-4); as text 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash(pub(crate) [u8; 32]);

/// Names a chain; drawn at random when it begins. As text 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ChainId(pub [u8; 16]);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is not {digits} lower-case hexadecimal digits")]
pub struct HashError {
    text: String,
    digits: usize,
}

impl Hash {
    /// What the first record of a chain follows.
    pub const NONE: Self = Self([0; 32]);
    /// Of the text.
    pub(crate) const DIGITS: usize = 64;

    /// The hash of a record with this body.
    pub(crate) fn of_record(previous: Self, body: &[u8]) -> Self {
        Self::over(&[CHAIN_DOMAIN, &previous.0, body])
    }

    pub(crate) fn of_address(address: IpAddr, salt: &[u8; SALT_BYTES]) -> Self {
        Self::over(&[ADDRESS_DOMAIN, salt, address.to_string().as_bytes()])
    }

    /// The plain SHA-256 of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::over(&[bytes])
    }

    fn over(pieces: &[&[u8]]) -> Self {
        let mut context = Context::new(&SHA256);
        pieces.iter().for_each(|piece| context.update(piece));
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        Self(hash)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_hex(&self.0))
    }
}

impl fmt::Display for ChainId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_hex(&self.0))
    }
}

impl FromStr for Hash {
    type Err = HashError;
    fn from_str(text: &str) -> Result<Self, HashError> {
        from_hex(text.as_bytes()).map(Self).ok_or_else(|| HashError { text: text.to_owned(), digits: Self::DIGITS })
    }
}

impl TryFrom<String> for Hash {
    type Error = HashError;
    fn try_from(text: String) -> Result<Self, HashError> {
        text.parse()
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.to_string()
    }
}

impl TryFrom<String> for ChainId {
    type Error = HashError;
    fn try_from(text: String) -> Result<Self, HashError> {
        from_hex(text.as_bytes()).map(Self).ok_or(HashError { text, digits: 32 })
    }
}

impl From<ChainId> for String {
    fn from(id: ChainId) -> Self {
        id.to_string()
    }
}

pub fn to_hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 });
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Lower-case digits only, so that a text has one way to be written.
pub fn from_hex<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    if text.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = value(pair[0])? << 4 | value(pair[1])?;
    }
    Some(bytes)
}
