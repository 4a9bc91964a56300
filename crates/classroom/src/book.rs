//! What of a lesson outlives a restart of the server, as a fold of [`Fact`]s: rules, hands, mutes, who was let in,
//! breakouts, polls, board, notes. Chat, removals, attendance and the lesson's end have records of their own.

mod board;
mod breakouts;
mod fact;
mod notes;
mod polls;
mod rules;
#[cfg(test)]
mod tests;

pub use board::{Board, BoardFact, Colour, Deck, DeckKind, Form, Object, PageRef, Point, Shape};
pub use breakouts::{Breakouts, Group};
pub use fact::{Duty, Fact, Timer};
pub use notes::{Notes, Splice};
pub use polls::{Poll, PollFact};
pub use rules::{CamerasSeen, Own, Rules, RulesPatch, Use};

use crate::limits::PICKED_MAX;
use crate::wire::Hand;
use preau_base::{Instant, PersonId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The durable state of a lesson. `Book::default()` folded over all its facts is the book as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Book {
    pub rules: Rules,
    /// Exceptions from the rules, person by person.
    pub own: BTreeMap<PersonId, Own>,
    /// Who has the floor, first given first.
    pub floor: Vec<PersonId>,
    /// First raised first; also of persons whose connection is lost.
    pub hands: Vec<Hand>,
    /// How often each person was muted.
    pub mutes: BTreeMap<PersonId, u32>,
    pub assistants: BTreeSet<PersonId>,
    pub duties: BTreeMap<PersonId, Duty>,
    /// Let in at the door although not on the roster, or although it is locked.
    pub admitted: BTreeSet<PersonId>,
    /// Sent away at the door.
    pub refused: BTreeSet<PersonId>,
    /// Sent back to the door.
    pub held: BTreeSet<PersonId>,
    /// The end of the lesson, when it was prolonged.
    pub ends: Option<Instant>,
    /// Since when the lesson is being recorded.
    pub recording: Option<Instant>,
    /// The speech engine writes captions.
    pub captions: bool,
    pub timer: Option<Timer>,
    /// Whom chance has picked, so that everybody has a turn before anybody has a second one.
    pub picked: Vec<PersonId>,
    pub breakouts: Breakouts,
    /// When the groups were made: a line to a group that is older was to another one of the same number.
    pub groups_made: Option<Instant>,
    pub polls: Vec<Poll>,
    pub board: Board,
    pub notes: Notes,
}

impl Book {
    /// Takes one fact in. A fact that was checked when it was made always fits; one that does not (a book of another
    /// version) changes nothing.
    pub fn note(&mut self, fact: &Fact) {
        match fact {
            Fact::Rules { rules } => self.rules = *rules,
            Fact::Own { person, own } => set(&mut self.own, *person, (*own != Own::default()).then_some(*own)),
            Fact::Floor { person, has } => {
                self.floor.retain(|holder| holder != person);
                if *has {
                    self.floor.push(*person);
                }
            }
            Fact::Hand { person, since } => {
                self.hands.retain(|hand| hand.person != *person);
                self.hands.extend(since.map(|since| Hand { person: *person, since }));
            }
            Fact::HandsDown => self.hands.clear(),
            Fact::Muted { person } => {
                let mutes = self.mutes.entry(*person).or_default();
                *mutes = mutes.saturating_add(1);
            }
            Fact::Assistant { person, on } => put(&mut self.assistants, *person, *on),
            Fact::Duty { person, duty } => set(&mut self.duties, *person, *duty),
            Fact::Admitted { person } => {
                self.admitted.insert(*person);
                self.refused.remove(person);
                self.held.remove(person);
            }
            Fact::Refused { person } => {
                self.refused.insert(*person);
                self.admitted.remove(person);
            }
            Fact::Held { person } => {
                self.held.insert(*person);
                self.admitted.remove(person);
            }
            Fact::Ends { at } => self.ends = Some(*at),
            Fact::Recording { since } => self.recording = *since,
            Fact::Captions { on } => self.captions = *on,
            Fact::Timer { timer } => self.timer.clone_from(timer),
            Fact::Picked { person, again } => self.pick(*person, *again),
            Fact::Breakouts { breakouts, made } => {
                self.breakouts.clone_from(breakouts);
                self.groups_made = made.or(self.groups_made);
            }
            Fact::Poll(fact) => polls::note(&mut self.polls, fact),
            Fact::Board(fact) => self.board.note(fact),
            Fact::Notes { splice } => self.notes.note(splice),
        }
    }

    fn pick(&mut self, person: PersonId, again: bool) {
        if again || self.picked.len() >= PICKED_MAX {
            self.picked.clear();
        }
        self.picked.push(person);
    }

    /// How often a person was muted.
    pub fn mutes_of(&self, person: PersonId) -> u32 {
        self.mutes.get(&person).copied().unwrap_or_default()
    }
}

fn set<V>(map: &mut BTreeMap<PersonId, V>, person: PersonId, value: Option<V>) {
    match value {
        Some(value) => _ = map.insert(person, value),
        None => _ = map.remove(&person),
    }
}

fn put(set: &mut BTreeSet<PersonId>, person: PersonId, is_in: bool) {
    if is_in {
        set.insert(person);
    } else {
        set.remove(&person);
    }
}
