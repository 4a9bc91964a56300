//! The waiting room: places in line without a row per person.

use crate::keys::{KeyRing, Purpose};
use crate::seal::{Fields, SealRefusal, open, seal};
use preau_base::Instant;

/// Room 8, serial 8, issued 8; numbers big-endian.
const TICKET_BYTES: usize = 24;

/// A place in line, kept by the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket {
    /// Which filling of the waiting room it belongs to; one of another is no longer good.
    pub room: u64,
    pub serial: u64,
    pub issued: Instant,
}

/// Proof that a ticket was used to come in; keeps its holder in until they have been idle for
/// [`crate::limits::INSIDE_IDLE_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    pub room: u64,
    pub serial: u64,
    pub issued: Instant,
}

/// Where somebody stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The place in the order of the whole room, from 0.
    pub order: u64,
    /// People ahead who have come back for their place.
    pub ahead: u64,
}

/// When somebody comes in, as far as it can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    pub about: std::time::Duration,
    /// What the next estimate will at most say.
    pub at_most: std::time::Duration,
}

impl Ticket {
    pub fn seal(&self, keys: &KeyRing) -> String {
        seal_numbers(keys, Purpose::Ticket, self.room, self.serial, self.issued)
    }

    pub fn open(text: &str, keys: &KeyRing) -> Result<Self, SealRefusal> {
        let (room, serial, issued) = open_numbers(text, keys, Purpose::Ticket)?;
        Ok(Self { room, serial, issued })
    }
}

impl Entry {
    pub fn seal(&self, keys: &KeyRing) -> String {
        seal_numbers(keys, Purpose::Entry, self.room, self.serial, self.issued)
    }

    pub fn open(text: &str, keys: &KeyRing) -> Result<Self, SealRefusal> {
        let (room, serial, issued) = open_numbers(text, keys, Purpose::Entry)?;
        Ok(Self { room, serial, issued })
    }
}

fn seal_numbers(keys: &KeyRing, purpose: Purpose, room: u64, serial: u64, issued: Instant) -> String {
    let mut payload = Vec::with_capacity(TICKET_BYTES);
    payload.extend_from_slice(&room.to_be_bytes());
    payload.extend_from_slice(&serial.to_be_bytes());
    payload.extend_from_slice(&issued.as_millis().to_be_bytes());
    seal(keys, purpose, &payload, b"")
}

fn open_numbers(text: &str, keys: &KeyRing, purpose: Purpose) -> Result<(u64, u64, Instant), SealRefusal> {
    let payload = open::<TICKET_BYTES>(text, keys, purpose, b"")?;
    let mut fields = Fields(&payload);
    let room = u64::from_be_bytes(fields.take());
    let serial = u64::from_be_bytes(fields.take());
    Ok((room, serial, Instant::from_millis(i64::from_be_bytes(fields.take()))))
}
