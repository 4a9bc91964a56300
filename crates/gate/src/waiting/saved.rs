//! The line over a restart: what people were told is kept has to be.

use super::bits::States;
use super::draw::Draw;
use super::room::Room;
use super::turns::Turns;
use crate::limits::{LINE_KEPT, RESTARTS_MAX, TICKETS_MAX};
use aws_lc_rs::digest::{SHA256, digest};
use preau_base::Instant;
use std::time::Duration;

const MAGIC: &[u8] = b"preau waiting room 1";
const CHECKSUM_BYTES: usize = 32;
/// An instant or a number that is not there.
const NONE: u64 = u64::MAX;

/// Why kept bytes are no room. Whoever starts with it begins a new line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SavedError {
    #[error("this is no waiting room, or one of another version")]
    Format,
    #[error("the waiting room is damaged: its checksum does not fit")]
    Checksum,
    /// Older than [`LINE_KEPT`]: whoever waited is gone.
    #[error("the waiting room is too old to be gone on with")]
    Old,
}

/// Reads numbers one after the other; None beyond the end.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl Reader<'_> {
    pub(super) fn number(&mut self) -> Option<u64> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_be_bytes(*number))
    }
}

/// A line as it was at an instant, still without the checksum, which takes longest: it is made where nobody waits for it.
pub struct RoomCopy(Vec<u8>);

impl RoomCopy {
    /// For [`Room::from_bytes`].
    pub fn into_bytes(self) -> Vec<u8> {
        let Self(mut bytes) = self;
        let checksum = digest(&SHA256, &bytes);
        bytes.extend_from_slice(checksum.as_ref());
        bytes
    }
}

impl std::fmt::Debug for RoomCopy {
    /// Without the seed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RoomCopy").field("bytes", &self.0.len()).finish()
    }
}

impl Room {
    /// The whole line, to be kept over a restart: the bits, and 29 KB at most beside them. It has the seed in it,
    /// which nobody may read before the draw. Copying takes some milliseconds for 12.4 million tickets.
    pub fn copy(&self, now: Instant) -> RoomCopy {
        let mut out = MAGIC.to_vec();
        out.extend_from_slice(&self.seed);
        let millis = |at: Instant| at.as_millis() as u64;
        let drawn = self.draw.as_ref().map_or(NONE, Draw::len);
        let opens = self.opens.map_or(NONE, millis);
        let head = [millis(now), self.id, opens, drawn, self.issued, self.entered, self.resumed.len() as u64];
        let resumed = self.resumed.iter().flat_map(|(serial, at)| [*serial, millis(*at)]);
        out.extend(head.into_iter().chain(resumed).flat_map(u64::to_be_bytes));
        self.turns.write(&mut out);
        self.states.write(&mut out);
        RoomCopy(out)
    }

    /// The line as it was. Turns are kept for as much longer as the gate was away. Tickets that were given after the
    /// bytes were made are void, as their serials are given again; the rate is measured anew.
    ///
    /// # Errors
    /// When `bytes` are not what [`RoomCopy::into_bytes`] made.
    pub fn from_bytes(bytes: &[u8], now: Instant) -> Result<Self, SavedError> {
        let (body, checksum) = bytes.split_last_chunk::<CHECKSUM_BYTES>().ok_or(SavedError::Format)?;
        let rest = body.strip_prefix(MAGIC).ok_or(SavedError::Format)?;
        if digest(&SHA256, body).as_ref() != checksum {
            return Err(SavedError::Checksum);
        }
        let (seed, numbers) = rest.split_first_chunk::<32>().ok_or(SavedError::Format)?;
        let mut from = Reader(numbers);
        let saved = from.number().ok_or(SavedError::Format)?;
        let away = now.since(Instant::from_millis(saved as i64));
        if away > LINE_KEPT {
            return Err(SavedError::Old);
        }
        read(*seed, &mut from, away, now).ok_or(SavedError::Format)
    }
}

fn read(seed: [u8; 32], from: &mut Reader<'_>, away: Duration, now: Instant) -> Option<Room> {
    let there = |number: u64| (number != NONE).then_some(number);
    let instant = |number: u64| Instant::from_millis(number as i64);
    let id = from.number()?;
    let opens = there(from.number()?).map(instant);
    let drawn = there(from.number()?);
    let (issued, entered, restarts) = (from.number()?, from.number()?, from.number()?);
    if issued > TICKETS_MAX || drawn.is_some_and(|drawn| drawn > issued) {
        return None;
    }
    // Until the doors open there is no line to go on with, but tickets to be drawn.
    let mut room = Room::new(id, seed, Some(now), now);
    room.opens = opens;
    room.draw = drawn.map(|drawn| Draw::new(&seed, drawn));
    (room.issued, room.entered) = (issued, entered);
    for _ in 0..restarts {
        room.resumed.push((from.number()?, instant(from.number()?)));
    }
    room.resumed.push((issued, now));
    let surplus = room.resumed.len().saturating_sub(RESTARTS_MAX);
    room.resumed.drain(..surplus);
    room.turns = Turns::read(from, away)?;
    room.states = States::read(from, issued)?;
    Some(room)
}
