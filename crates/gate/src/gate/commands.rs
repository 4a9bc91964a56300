//! What an operator changes, live.

use super::Gate;
use super::newcomers::shut;
use crate::limits::{
    BLOCKED_MAX, BLOCKED_V4_BITS_MIN, BLOCKED_V6_BITS_MIN, CONCURRENCY_MAX, NOTE_CHARS_MAX, TICKETS_MAX,
};
use crate::settings::{Command, CommandRefusal, Doors};
use preau_base::{Cidr, Instant};

impl Gate {
    /// Carries out a change; the caller keeps [`Gate::settings`] for the next start.
    ///
    /// # Errors
    /// Where a value is out of its range. Nothing has changed then.
    pub fn apply(&mut self, command: Command, now: Instant) -> Result<(), CommandRefusal> {
        match command {
            Command::Level { level } => {
                self.settings.level = level;
                self.ladder.hold(level, now);
            }
            Command::InsideMax { people } => {
                within("inside-max", people, TICKETS_MAX)?;
                self.settings.inside_max = people;
            }
            Command::NewcomersPerMinuteMax { people } => {
                within("newcomers-per-minute", people.map(u64::from), TICKETS_MAX)?;
                self.settings.newcomers_per_minute_max = people;
            }
            Command::ConcurrencyMax { requests } => {
                within("concurrency-max", requests.map(u64::from), u64::from(CONCURRENCY_MAX))?;
                self.settings.concurrency_max = requests;
                self.limiter.set_max(requests);
            }
            Command::Doors(doors) => self.set_doors(doors, now)?,
            Command::Priority { mut standings } => {
                let mut first = Vec::new();
                standings.retain(|standing| {
                    !first.contains(standing) && {
                        first.push(*standing);
                        true
                    }
                });
                self.settings.priority = standings;
            }
            Command::Note { text } => self.set_note(text)?,
            Command::PinSignature { id } => {
                self.judge.pin(id).then_some(()).ok_or(CommandRefusal::NoSignature(id))?;
            }
            Command::DropSignature { id } => {
                self.judge.drop_signature(id, now).then_some(()).ok_or(CommandRefusal::NoSignature(id))?;
            }
            Command::Block { network, until } => self.block(network, until, now)?,
            Command::Unblock { network } => self.unblock(network, now)?,
        }
        Ok(())
    }

    fn set_doors(&mut self, doors: Doors, now: Instant) -> Result<(), CommandRefusal> {
        if matches!(doors, Doors::OpenAt { .. }) && shut(&doors, now).is_none() {
            return Err(CommandRefusal::Past);
        }
        self.newcomers.set_doors(&doors, now);
        let was_shut = self.settings.doors_shut.filter(|_| shut(&self.settings.doors, now).is_some());
        self.settings.doors_shut = shut(&doors, now).map(|_| was_shut.unwrap_or(now));
        self.settings.doors = doors;
        Ok(())
    }

    fn set_note(&mut self, text: Option<String>) -> Result<(), CommandRefusal> {
        let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if text.as_ref().is_some_and(|text| text.chars().count() > NOTE_CHARS_MAX) {
            return Err(CommandRefusal::NoteTooLong { max: NOTE_CHARS_MAX });
        }
        self.settings.note = text;
        Ok(())
    }

    fn block(&mut self, network: Cidr, until: Instant, now: Instant) -> Result<(), CommandRefusal> {
        let bits_min = if network.is_ipv4() { BLOCKED_V4_BITS_MIN } else { BLOCKED_V6_BITS_MIN };
        if network.bits() < bits_min {
            return Err(CommandRefusal::TooWide { network, bits_min });
        }
        if until <= now {
            let second = |at: Instant| u64::try_from(at.as_secs()).unwrap_or(0);
            let (value, min) = (second(until), second(now));
            return Err(CommandRefusal::OutOfRange {
                what: "the end of the block, in seconds since 1970,",
                value,
                min,
                max: u64::MAX,
            });
        }
        let blocked = &mut self.settings.blocked;
        blocked.retain(|(before, end)| *before != network && now < *end);
        if blocked.len() >= BLOCKED_MAX {
            return Err(CommandRefusal::TooManyBlocked { max: BLOCKED_MAX });
        }
        blocked.push((network, until));
        Ok(())
    }

    fn unblock(&mut self, network: Cidr, now: Instant) -> Result<(), CommandRefusal> {
        let blocked = &mut self.settings.blocked;
        let was_blocked = blocked.iter().any(|(one, until)| *one == network && now < *until);
        blocked.retain(|(one, _)| *one != network);
        was_blocked.then_some(()).ok_or(CommandRefusal::NotBlocked(network))
    }
}

fn within(what: &'static str, value: Option<u64>, max: u64) -> Result<(), CommandRefusal> {
    match value {
        Some(value) if value == 0 || value > max => Err(CommandRefusal::OutOfRange { what, value, min: 1, max }),
        _ => Ok(()),
    }
}
