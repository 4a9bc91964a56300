//! How much one person may press in a while, and how much a lesson may note in all.

use crate::Bucket;
use crate::classroom::Classroom;
use crate::limits::{FACTS_MAX, FACTS_PENDING_MAX};
use crate::people::Person;
use crate::wire::{Code, Command};
use preau_base::{Instant, PersonId};

impl Classroom {
    /// Moderation is bounded by nothing but the store, which keeps half of its room for it, so that a lesson full of
    /// scribble can still be kept in order.
    pub(crate) fn is_in_measure(&mut self, person: PersonId, command: &Command, now: Instant) -> Result<(), Code> {
        let Some(person) = self.people.person_mut(person) else { return Ok(()) };
        let leads = person.role.leads();
        let Some((bucket, notes)) = bucket(person, command) else {
            // Of what the others may press besides, nothing is noted.
            return if !leads || self.acts.len() < 2 * FACTS_PENDING_MAX { Ok(()) } else { Err(Code::TooFast) };
        };
        if notes && self.facts >= FACTS_MAX {
            return Err(Code::Full);
        }
        if bucket.take(now) && self.acts.len() < FACTS_PENDING_MAX { Ok(()) } else { Err(Code::TooFast) }
    }
}

/// What bounds a command of this person, and whether the lesson notes it.
const fn bucket<'a>(person: &'a mut Person, command: &Command) -> Option<(&'a mut Bucket, bool)> {
    let leads = person.role.leads();
    match command {
        Command::React { .. } | Command::Pace { .. } => Some((&mut person.reacts, false)),
        Command::BreakoutsHelp { .. } => Some((&mut person.reacts, true)),
        Command::Hand { .. } | Command::LowerHand { .. } if !leads => Some((&mut person.reacts, true)),
        Command::ChatDelete { .. } if !leads => Some((&mut person.reacts, false)),
        Command::Point { .. } | Command::Ink { .. } | Command::Caption { .. } => Some((&mut person.points, false)),
        Command::Draw { .. }
        | Command::Change { .. }
        | Command::Erase { .. }
        | Command::Undo
        | Command::Redo
        | Command::NotesEdit { .. }
        | Command::Vote { .. }
        | Command::PageAdd { .. }
        | Command::BreakoutsJoin { .. } => Some((&mut person.changes, true)),
        Command::Look { .. } => Some((&mut person.changes, false)),
        Command::Show { .. } if !leads => Some((&mut person.changes, true)),
        _ => None,
    }
}
