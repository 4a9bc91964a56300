use super::Estimate;
use crate::keys::{KeyRing, Purpose};
use crate::seal::{Fields, SealRefusal, open, seal};
use preau_base::Instant;

/// Room 8, serial 8, issued 8, promised 8; numbers big-endian.
const TICKET_BYTES: usize = 32;
/// Room 8, serial 8, issued 8; numbers big-endian.
const ENTRY_BYTES: usize = 24;

/// A place in line, kept by the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket {
    /// Which filling of the waiting room it belongs to; one of another is no longer good.
    pub room: u64,
    pub serial: u64,
    pub issued: Instant,
    /// The latest entry that its holder was told of; the browser keeps that too, so that the next page can say
    /// when it turns out longer. None as long as no time was said.
    pub promised: Option<Instant>,
}

/// Proof that a ticket was used to come in; keeps its holder in until they have been idle for
/// [`crate::limits::INSIDE_IDLE_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    pub room: u64,
    pub serial: u64,
    pub issued: Instant,
}

impl Ticket {
    /// The same place, with what its holder is told now. To be handed over as a cookie with the page that tells it.
    #[must_use]
    pub fn promising(self, estimate: Option<Estimate>, now: Instant) -> Self {
        let promised = estimate.map(|estimate| now.plus(estimate.at_most));
        Self { promised: promised.or(self.promised), ..self }
    }

    pub fn seal(&self, keys: &KeyRing) -> String {
        let promised_ms = self.promised.map_or(0, Instant::as_millis);
        let numbers = [self.room, self.serial, self.issued.as_millis() as u64, promised_ms as u64];
        seal(keys, Purpose::Ticket, &payload(numbers), b"")
    }

    pub fn open(text: &str, keys: &KeyRing) -> Result<Self, SealRefusal> {
        let payload = open::<TICKET_BYTES>(text, keys, Purpose::Ticket, b"")?;
        let mut fields = Fields(&payload);
        let room = u64::from_be_bytes(fields.take());
        let serial = u64::from_be_bytes(fields.take());
        let issued = Instant::from_millis(i64::from_be_bytes(fields.take()));
        let promised_ms = i64::from_be_bytes(fields.take());
        let promised = (promised_ms != 0).then_some(Instant::from_millis(promised_ms));
        Ok(Self { room, serial, issued, promised })
    }
}

impl Entry {
    pub fn seal(&self, keys: &KeyRing) -> String {
        let numbers = [self.room, self.serial, self.issued.as_millis() as u64];
        seal(keys, Purpose::Entry, &payload(numbers), b"")
    }

    pub fn open(text: &str, keys: &KeyRing) -> Result<Self, SealRefusal> {
        let payload = open::<ENTRY_BYTES>(text, keys, Purpose::Entry, b"")?;
        let mut fields = Fields(&payload);
        let room = u64::from_be_bytes(fields.take());
        let serial = u64::from_be_bytes(fields.take());
        Ok(Self { room, serial, issued: Instant::from_millis(i64::from_be_bytes(fields.take())) })
    }
}

fn payload<const N: usize>(numbers: [u64; N]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}
