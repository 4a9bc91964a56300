//! The door: letting in, refusing, sending back, removing; and the end of the lesson.

use crate::acts::Act;
use crate::book::Fact;
use crate::classroom::{Answer, Caller, Classroom, Done};
use crate::effect::Record;
use crate::wire::{Bye, Code, LeftWhy, Role, ServerMessage, State};
use preau_base::{Instant, PersonId};

impl Classroom {
    fn is_at_door(&self, person: PersonId) -> Result<(), Code> {
        let state = self.people.person(person).map(|who| who.state);
        if state == Some(State::Lobby) { Ok(()) } else { Err(Code::UnknownPerson) }
    }

    /// Also somebody who was refused, and who may then knock again.
    pub(crate) fn admit(&mut self, from: Caller, person: PersonId, now: Instant) -> Answer {
        if !self.book.refused.contains(&person) {
            self.is_at_door(person)?;
        }
        self.note(from, Fact::Admitted { person }, now)?;
        self.let_in(person, now);
        self.tell_lobby();
        Ok(Done::Later)
    }

    /// Lets everybody in at the door who is on the roster and no guest.
    pub(crate) fn admit_listed(&mut self, from: Caller, now: Instant) -> Answer {
        let listed: Vec<PersonId> =
            self.lobby().into_iter().filter(|knock| knock.listed).map(|knock| knock.person).collect();
        let Some((last, others)) = listed.split_last() else { return Ok(Done::Now) };
        for person in others {
            self.note_only(Fact::Admitted { person: *person }, now);
        }
        self.note(from, Fact::Admitted { person: *last }, now)?;
        for person in &listed {
            self.let_in(*person, now);
        }
        self.tell_lobby();
        Ok(Done::Later)
    }

    pub(crate) fn refuse(&mut self, from: Caller, person: PersonId, now: Instant) -> Answer {
        self.is_at_door(person)?;
        self.note(from, Fact::Refused { person }, now)?;
        self.put_out(person, Bye::TurnedAway, LeftWhy::Removed, now);
        Ok(Done::Later)
    }

    /// Somebody who is in stands at the door again, until a leader lets them in.
    pub(crate) fn send_back(&mut self, from: Caller, person: PersonId, now: Instant) -> Answer {
        let (role, pace) = self.people.inside(person).map(|who| (who.role, who.pace)).ok_or(Code::UnknownPerson)?;
        if role.leads() {
            return Err(Code::NotAllowed);
        }
        self.note(from, Fact::Held { person }, now)?;
        let to = self.people.conns_of(person);
        self.take_out(person, State::Lobby, now);
        self.send(to, ServerMessage::Waiting { state: State::Lobby });
        self.tell_inside(ServerMessage::Left { person, why: LeftWhy::SentBack });
        self.drop_hand(person, now);
        if pace.is_some() {
            self.tell_pace();
        }
        self.tell_lobby();
        Ok(Done::Later)
    }

    /// In force at once; acknowledged when it is stored, so that it holds after a restart, too.
    pub(crate) fn remove(&mut self, from: Caller, person: PersonId, now: Instant) -> Answer {
        let known = self.people.person(person).map(|who| who.role).or(self.roster.role(person));
        match known {
            None => return Err(Code::UnknownPerson),
            Some(Role::Teacher) => return Err(Code::NotAllowed),
            Some(Role::Assistant) if from.role != Role::Teacher => return Err(Code::NotAllowed),
            Some(_) => {}
        }
        self.removed.insert(person);
        self.put_out(person, Bye::Removed, LeftWhy::Removed, now);
        let ticket = self.wait_for_store(Act::Remove(from));
        self.store(Record::Removed { ticket, person, by: from.person, at: now });
        Ok(Done::Later)
    }

    /// In force when it is stored: a failure must leave the teacher a class in which to try again.
    pub(crate) fn close(&mut self, from: Caller, now: Instant) -> Answer {
        let ticket = self.wait_for_store(Act::Close(from));
        self.store(Record::Closed { ticket, by: from.person, at: now });
        Ok(Done::Later)
    }
}
