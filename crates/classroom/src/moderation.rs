//! What teachers do to others.

use crate::classroom::{Caller, Classroom};
use crate::effect::{Record, Sends, Ticket};
use crate::limits::PENDING_MAX;
use crate::wire::{Bye, Code, LeftWhy, Role, ServerMessage};
use preau_base::{Instant, PersonId};

/// An act that waits for the store, with whom to answer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    Remove(Caller),
    Close(Caller),
}

impl Classroom {
    pub(crate) fn mute(&mut self, from: Caller, person: PersonId) {
        match self.people.inside(person).map(|who| who.role) {
            None => self.error(from, Code::UnknownPerson),
            Some(Role::Teacher) => self.error(from, Code::NotAllowed),
            Some(Role::Pupil) => {
                self.silence(person, from.person);
                self.ack(from);
            }
        }
    }

    pub(crate) fn mute_all(&mut self, from: Caller) {
        let pupils: Vec<PersonId> =
            self.people.persons().filter(|(_, person)| person.role == Role::Pupil).map(|(id, _)| id).collect();
        for pupil in pupils {
            if self.people.inside(pupil).is_some() {
                self.silence(pupil, from.person);
            }
        }
        self.ack(from);
    }

    /// The microphones are off here, whatever the devices send; they learn it with a number that a later `media` must have.
    fn silence(&mut self, pupil: PersonId, by: PersonId) {
        let Some(person) = self.people.person_mut(pupil) else { return };
        person.mutes = person.mutes.saturating_add(1);
        let (mutes, devices) = (person.mutes, person.devices.clone());
        let to = self.people.conns_of(pupil);
        self.send(to, ServerMessage::Muted { by, mutes });
        for id in devices {
            if let Some(visit) = self.people.visit(id) {
                let sends = Sends { mic: false, ..visit.sends };
                self.set_sends(id, sends);
            }
        }
    }

    pub(crate) fn lower_hand(&mut self, from: Caller, person: Option<PersonId>) {
        match person {
            Some(person) if self.people.inside(person).is_none() => return self.error(from, Code::UnknownPerson),
            Some(person) => self.drop_hand(person),
            None if self.hands.is_empty() => {}
            None => {
                self.hands.clear();
                self.tell_hands();
            }
        }
        self.ack(from);
    }

    /// In force at once; acknowledged when it is stored, so that it holds after a restart, too.
    pub(crate) fn remove(&mut self, from: Caller, person: PersonId, now: Instant) {
        match self.roster.role(person) {
            None => return self.error(from, Code::UnknownPerson),
            Some(Role::Teacher) => return self.error(from, Code::NotAllowed),
            Some(Role::Pupil) => {}
        }
        self.removed.insert(person);
        self.put_out(person, Bye::Removed, LeftWhy::Removed, now);
        if self.acts.len() >= PENDING_MAX {
            return self.error(from, Code::NotStored);
        }
        let ticket = self.note(Act::Remove(from));
        self.store(Record::Removed { ticket, person, by: from.person, at: now });
    }

    /// In force when it is stored: a failure must leave the teacher a class in which to try again.
    pub(crate) fn close(&mut self, from: Caller, now: Instant) {
        if self.acts.len() >= PENDING_MAX {
            return self.error(from, Code::TooFast);
        }
        let ticket = self.note(Act::Close(from));
        self.store(Record::Closed { ticket, by: from.person, at: now });
    }

    fn note(&mut self, act: Act) -> Ticket {
        let ticket = self.ticket();
        self.acts.insert(ticket, act);
        ticket
    }

    pub(crate) fn stored(&mut self, ticket: Ticket, done: bool, now: Instant) {
        let Some(act) = self.acts.remove(&ticket) else { return };
        let (Act::Remove(from) | Act::Close(from)) = act;
        // The teacher may be gone meanwhile; the act holds all the same.
        let is_there = self.people.visit_of(from.conn).is_some();
        match (is_there, done) {
            (true, true) => self.ack(from),
            (true, false) => self.error(from, Code::NotStored),
            (false, _) => {}
        }
        if done && matches!(act, Act::Close(_)) {
            self.closed = true;
            self.put_all_out(Bye::Closed, now);
        }
    }
}
