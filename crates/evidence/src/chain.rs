use crate::hash::{ChainId, Hash};
use crate::limits::{KIND_CHARS_MAX, KIND_HEADER, LINE_BYTES_MAX, SALT_BYTES};
use crate::line::{Body, Header, Opened, write};
use preau_base::{Instant, Pii, Rng};
use serde::Serialize;
use std::net::IpAddr;

/// The writing end of a chain. It holds no bytes: a caller whose write failed goes on with the copy from before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    id: ChainId,
    /// Number of the part that the next header begins.
    next_part: u64,
    next_number: u64,
    last: Hash,
}

/// An address for a record, with the salt of its commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening(Opened);

impl Opening {
    pub fn new(address: IpAddr, rng: &mut dyn Rng) -> Self {
        let mut salt = [0; SALT_BYTES];
        rng.fill(&mut salt);
        Self(Opened { address: Pii::new(address), salt })
    }
}

/// Why a record cannot be written. The chain is as it was.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("the kind of a record has 1 to {KIND_CHARS_MAX} lower-case letters and underscores, not “{0}”")]
    Kind(String),
    #[error("the fields of a record of kind “{kind}” cannot be written as JSON: {source}")]
    Fields { kind: String, source: serde_json::Error },
    #[error("a record of kind “{kind}” would take {bytes} bytes, more than {LINE_BYTES_MAX}")]
    TooLong { kind: String, bytes: usize },
}

impl Chain {
    /// A chain of which nothing is written yet.
    pub fn begin(rng: &mut dyn Rng) -> Self {
        let mut id = [0; 16];
        rng.fill(&mut id);
        Self::resume(ChainId(id), 0, 0, Hash::NONE)
    }

    pub(crate) const fn resume(id: ChainId, next_part: u64, next_number: u64, last: Hash) -> Self {
        Self { id, next_part, next_number, last }
    }

    pub const fn id(&self) -> ChainId {
        self.id
    }

    /// The hash of the last record.
    pub const fn last(&self) -> Hash {
        self.last
    }

    /// The number that the next record gets.
    pub const fn next_number(&self) -> u64 {
        self.next_number
    }

    /// The number that the next part gets.
    pub const fn next_part(&self) -> u64 {
        self.next_part
    }

    /// The first line of a part.
    pub fn header(&mut self, at: Instant) -> Result<Vec<u8>, WriteError> {
        let header = Header::new(self.id, self.next_part, self.last);
        let line = self.append(at, KIND_HEADER, &header, None)?;
        self.next_part += 1;
        Ok(line)
    }

    /// The next record's line, its end included. `fields` must not hold what has to be forgotten some day.
    pub fn append(
        &mut self,
        at: Instant,
        kind: &str,
        fields: &impl Serialize,
        address: Option<Opening>,
    ) -> Result<Vec<u8>, WriteError> {
        let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
        if kind.is_empty() || kind.len() > KIND_CHARS_MAX || !kind.chars().all(is_name) {
            return Err(WriteError::Kind(kind.chars().take(KIND_CHARS_MAX).collect()));
        }
        let wrong = |source| WriteError::Fields { kind: kind.to_owned(), source };
        let fields = serde_json::value::to_raw_value(fields).map_err(wrong)?;
        let commit = address.as_ref().map(|Opening(open)| Hash::of_address(*open.address.reveal(), &open.salt));
        let body = Body { n: self.next_number, at, kind: kind.into(), commit, fields: &fields };
        let body = serde_json::to_vec(&body).map_err(wrong)?;
        let hash = Hash::of_record(self.last, &body);
        let line = write(hash, address.as_ref().map(|Opening(open)| open), &body);
        if line.len() > LINE_BYTES_MAX {
            return Err(WriteError::TooLong { kind: kind.to_owned(), bytes: line.len() });
        }
        self.last = hash;
        self.next_number += 1;
        Ok(line)
    }
}
