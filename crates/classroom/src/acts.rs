//! What is acknowledged when the store has it.

use crate::book::Fact;
use crate::classroom::{Answer, Caller, Classroom, Done};
use crate::effect::{Record, Ticket};
use crate::wire::{Bye, Code, ServerMessage};
use preau_base::{ChatId, Instant};

/// An act that waits for the store, with whom to answer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    Remove(Caller),
    Close(Caller),
    ChatDelete(Caller),
    /// A line that only the store knows is taken back, if it is the caller's.
    OldLine(Caller, ChatId),
    /// With the number of the thing that it made.
    Fact(Caller, Option<u32>),
}

impl Act {
    const fn caller(self) -> Caller {
        match self {
            Self::Remove(from)
            | Self::Close(from)
            | Self::ChatDelete(from)
            | Self::OldLine(from, _)
            | Self::Fact(from, _) => from,
        }
    }
}

impl Classroom {
    pub(crate) fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    pub(crate) fn wait_for_store(&mut self, act: Act) -> Ticket {
        let ticket = self.ticket();
        self.acts.insert(ticket, act);
        ticket
    }

    /// Takes a fact in and has it written down; the caller is acknowledged when it is.
    pub(crate) fn note(&mut self, from: Caller, fact: Fact, now: Instant) -> Answer {
        self.note_made(from, fact, None, now)
    }

    /// As [`Classroom::note`]; the acknowledgement gives the number of what was made.
    pub(crate) fn note_made(&mut self, from: Caller, fact: Fact, made: Option<u32>, now: Instant) -> Answer {
        self.book.note(&fact);
        self.facts += 1;
        let ticket = Some(self.wait_for_store(Act::Fact(from, made)));
        self.store(Record::Fact { ticket, fact: Box::new(fact), at: now });
        Ok(Done::Later)
    }

    /// A fact that nobody waits for.
    pub(crate) fn note_only(&mut self, fact: Fact, now: Instant) {
        self.book.note(&fact);
        self.facts += 1;
        self.store(Record::Fact { ticket: None, fact: Box::new(fact), at: now });
    }

    pub(crate) fn stored(&mut self, ticket: Ticket, done: bool, now: Instant) {
        let Some(act) = self.acts.remove(&ticket) else { return };
        let from = act.caller();
        // Who did it may be gone meanwhile; the act holds all the same.
        if self.people.visit_of(from.conn).is_some() {
            match (done, from.id) {
                (true, Some(re)) => {
                    let made = if let Act::Fact(_, made) = act { made } else { None };
                    self.send(vec![from.conn], ServerMessage::Ack { re, chat: None, at: None, made });
                }
                (true, None) => {}
                (false, _) => self.error(from, Code::NotStored),
            }
        }
        match act {
            Act::Close(_) if done => {
                self.closed = true;
                self.put_all_out(Bye::Closed, now);
            }
            Act::OldLine(_, chat) if done => self.old_line_deleted(chat, from.person),
            _ => {}
        }
    }

    /// The store has nothing of this kind that is the caller's.
    pub(crate) fn unknown(&mut self, ticket: Ticket) {
        let Some(from) = self.acts.remove(&ticket).map(Act::caller) else { return };
        if self.people.visit_of(from.conn).is_some() {
            self.error(from, Code::UnknownThing);
        }
    }
}
