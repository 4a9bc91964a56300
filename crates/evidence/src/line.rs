use crate::hash::{ChainId, Hash, from_hex, to_hex};
use crate::limits::{FORMAT, SALT_BYTES};
use preau_base::{Instant, Pii};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::net::IpAddr;

/// What opens a commitment: an address and its salt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    pub address: Pii<IpAddr>,
    pub salt: [u8; SALT_BYTES],
}

/// A record's line, taken apart. Every byte of the line is in one of its parts or fixed by the grammar.
pub struct Line<'a> {
    pub hash: Hash,
    pub open: Option<Opened>,
    /// The bytes that the hash covers.
    pub body: &'a [u8],
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body<'a> {
    pub n: u64,
    pub at: Instant,
    #[serde(borrow)]
    pub kind: std::borrow::Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<Hash>,
    #[serde(borrow)]
    pub fields: &'a RawValue,
}

/// The fields of a header.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    pub format: String,
    pub chain: ChainId,
    /// From 0.
    pub part: u64,
    pub continues: Hash,
}

impl Header {
    pub fn new(chain: ChainId, part: u64, continues: Hash) -> Self {
        Self { format: FORMAT.to_owned(), chain, part, continues }
    }
}

const BEFORE_HASH: &[u8] = b"{\"hash\":\"";
const BEFORE_OPEN: &[u8] = b"\",\"open\":";
const NO_OPEN: &[u8] = b"null";
const BEFORE_ADDRESS: &[u8] = b"{\"address\":\"";
const BEFORE_SALT: &[u8] = b"\",\"salt\":\"";
const AFTER_SALT: &[u8] = b"\"}";
const BEFORE_BODY: &[u8] = b",\"body\":";
const END: &[u8] = b"}\n";

/// Writes a line, its end included.
pub fn write(hash: Hash, open: Option<&Opened>, body: &[u8]) -> Vec<u8> {
    let mut line = Vec::with_capacity(body.len() + 192);
    line.extend_from_slice(BEFORE_HASH);
    line.extend_from_slice(hash.to_string().as_bytes());
    line.extend_from_slice(BEFORE_OPEN);
    match open {
        None => line.extend_from_slice(NO_OPEN),
        Some(open) => {
            line.extend_from_slice(BEFORE_ADDRESS);
            line.extend_from_slice(open.address.reveal().to_string().as_bytes());
            line.extend_from_slice(BEFORE_SALT);
            line.extend_from_slice(to_hex(&open.salt).as_bytes());
            line.extend_from_slice(AFTER_SALT);
        }
    }
    line.extend_from_slice(BEFORE_BODY);
    line.extend_from_slice(body);
    line.extend_from_slice(END);
    line
}

/// Reads a whole line, its end included. `None` for whatever [`write`] does not write.
pub fn read(line: &[u8]) -> Option<Line<'_>> {
    let rest = line.strip_prefix(BEFORE_HASH)?;
    let (digits, rest) = rest.split_at_checked(Hash::DIGITS)?;
    let hash = Hash(from_hex(digits)?);
    let rest = rest.strip_prefix(BEFORE_OPEN)?;
    let (open, rest) = match rest.strip_prefix(NO_OPEN) {
        Some(rest) => (None, rest),
        None => {
            let (open, rest) = read_open(rest)?;
            (Some(open), rest)
        }
    };
    let body = rest.strip_prefix(BEFORE_BODY)?.strip_suffix(END)?;
    Some(Line { hash, open, body })
}

fn read_open(text: &[u8]) -> Option<(Opened, &[u8])> {
    let rest = text.strip_prefix(BEFORE_ADDRESS)?;
    let end = rest.iter().position(|byte| *byte == b'"')?;
    let (digits, rest) = rest.split_at_checked(end)?;
    let digits = str::from_utf8(digits).ok()?;
    let address: IpAddr = digits.parse().ok()?;
    if address.to_string() != digits {
        return None;
    }
    let rest = rest.strip_prefix(BEFORE_SALT)?;
    let (salt, rest) = rest.split_at_checked(2 * SALT_BYTES)?;
    let open = Opened { address: address.into(), salt: from_hex(salt)? };
    Some((open, rest.strip_prefix(AFTER_SALT)?))
}

/// Whether a line could go on from here: what a write leaves behind that was cut short.
pub fn could_go_on(text: &[u8]) -> bool {
    let Some(rest) = text.strip_prefix(BEFORE_HASH) else { return BEFORE_HASH.starts_with(text) };
    let Some((digits, rest)) = rest.split_at_checked(Hash::DIGITS) else { return rest.iter().all(is_digit) };
    if !digits.iter().all(is_digit) {
        return false;
    }
    let Some(rest) = rest.strip_prefix(BEFORE_OPEN) else { return BEFORE_OPEN.starts_with(rest) };
    let rest = match (rest.strip_prefix(NO_OPEN), read_open(rest)) {
        (Some(rest), _) | (None, Some((_, rest))) => rest,
        (None, None) => return NO_OPEN.starts_with(rest) || open_could_go_on(rest),
    };
    let Some(body) = rest.strip_prefix(BEFORE_BODY) else { return BEFORE_BODY.starts_with(rest) };
    let whole = body.strip_suffix(b"}").is_some_and(|body| serde_json::from_slice::<Body<'_>>(body).is_ok());
    whole || serde_json::from_slice::<Body<'_>>(body).map_or_else(|error| error.is_eof(), |_| true)
}

fn open_could_go_on(text: &[u8]) -> bool {
    let Some(rest) = text.strip_prefix(BEFORE_ADDRESS) else { return BEFORE_ADDRESS.starts_with(text) };
    let is_of_address = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':');
    let Some(end) = rest.iter().position(|byte| *byte == b'"') else { return rest.iter().all(is_of_address) };
    let (address, rest) = rest.split_at(end);
    let Some(rest) = rest.strip_prefix(BEFORE_SALT) else {
        return address.iter().all(is_of_address) && BEFORE_SALT.starts_with(rest);
    };
    let (salt, rest) = rest.split_at(rest.len().min(2 * SALT_BYTES));
    address.iter().all(is_of_address) && salt.iter().all(is_digit) && AFTER_SALT.starts_with(rest)
}

fn is_digit(byte: &u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}
