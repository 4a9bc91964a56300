//! Hands, the floor, rules and exceptions, reactions and pace.

use crate::book::{Duty, Fact, Own, Rules, RulesPatch, Use};
use crate::classroom::{Answer, Caller, Classroom, Done};
use crate::limits::{ALONE_MIN_MAX, ALONE_MIN_MIN, CAMERAS_MAX, SLOW_S_MAX};
use crate::people::Person;
use crate::wire::{Bye, Code, LeftWhy, Pace, Reaction, Role, ServerMessage, State};
use preau_base::{Instant, PersonId};

impl Classroom {
    pub(crate) fn hand(&mut self, from: Caller, up: bool, now: Instant) -> Answer {
        if up && !self.may(from.person, Use::Hand) {
            return Err(Code::Locked);
        }
        let is_up = self.book.hands.iter().any(|hand| hand.person == from.person);
        if up == is_up {
            return Ok(Done::Now);
        }
        self.note(from, Fact::Hand { person: from.person, since: up.then_some(now) }, now)?;
        self.tell_hands();
        Ok(Done::Later)
    }

    /// Lowers the hand of somebody who is gone or was given the floor.
    pub(crate) fn drop_hand(&mut self, person: PersonId, now: Instant) {
        if self.book.hands.iter().any(|hand| hand.person == person) {
            self.note_only(Fact::Hand { person, since: None }, now);
            self.tell_hands();
        }
    }

    pub(crate) fn lower_hand(&mut self, from: Caller, person: Option<PersonId>, now: Instant) -> Answer {
        let (fact, is_up) = match person {
            Some(person) => {
                self.people.inside(person).ok_or(Code::UnknownPerson)?;
                let is_up = self.book.hands.iter().any(|hand| hand.person == person);
                (Fact::Hand { person, since: None }, is_up)
            }
            None => (Fact::HandsDown, !self.book.hands.is_empty()),
        };
        if !is_up {
            return Ok(Done::Now);
        }
        self.note(from, fact, now)?;
        self.tell_hands();
        Ok(Done::Later)
    }

    pub(crate) fn mute(&mut self, from: Caller, person: PersonId, now: Instant) -> Answer {
        let role = self.people.inside(person).map(|who| who.role).ok_or(Code::UnknownPerson)?;
        if role == Role::Teacher {
            return Err(Code::NotAllowed);
        }
        self.silence(person, from.person, Some(from), now);
        Ok(Done::Later)
    }

    pub(crate) fn mute_all(&mut self, from: Caller, now: Instant) -> Answer {
        let ruled =
            |(id, person): (PersonId, &Person)| (person.role.is_ruled() && person.state == State::In).then_some(id);
        let ruled: Vec<PersonId> = self.people.persons().filter_map(ruled).collect();
        let Some((last, others)) = ruled.split_last() else { return Ok(Done::Now) };
        for person in others {
            self.silence(*person, from.person, None, now);
        }
        // The store answers in order: with the last, all are stored.
        self.silence(*last, from.person, Some(from), now);
        Ok(Done::Later)
    }

    pub(crate) fn set_rules(&mut self, from: Caller, patch: RulesPatch, now: Instant) -> Answer {
        let was = self.book.rules;
        let rules = patch.on(was);
        if !is_within_limits(rules) {
            return Err(Code::BadMessage);
        }
        self.note(from, Fact::Rules { rules }, now)?;
        self.tell_inside(ServerMessage::Rules { rules });
        self.hold_all_to_rules(from.person, now);
        if rules.cameras_seen != was.cameras_seen {
            self.forward_again();
        }
        Ok(Done::Later)
    }

    pub(crate) fn set_own(&mut self, from: Caller, person: PersonId, own: Own, now: Instant) -> Answer {
        let role = self.people.inside(person).map(|who| who.role).ok_or(Code::UnknownPerson)?;
        if !role.is_ruled() {
            return Err(Code::NotAllowed);
        }
        self.note(from, Fact::Own { person, own }, now)?;
        self.tell_changed(person);
        self.hold_to_rules(person, from.person, now);
        Ok(Done::Later)
    }

    /// The hand that is granted the floor goes down; the floor stays until it is taken back.
    pub(crate) fn give_floor(&mut self, from: Caller, person: PersonId, has: bool, now: Instant) -> Answer {
        let role = self.people.inside(person).map(|who| who.role).ok_or(Code::UnknownPerson)?;
        if !role.is_ruled() {
            return Err(Code::NotAllowed);
        }
        self.note(from, Fact::Floor { person, has }, now)?;
        let floor = self.book.floor.clone();
        self.tell_inside(ServerMessage::Floor { floor });
        if has {
            self.drop_hand(person, now);
        } else {
            self.hold_to_rules(person, from.person, now);
        }
        Ok(Done::Later)
    }

    /// A member of the staff helps the teacher from now on, or no longer.
    pub(crate) fn assistant(&mut self, from: Caller, person: PersonId, on: bool, now: Instant) -> Answer {
        let who = self.people.inside(person).ok_or(Code::UnknownPerson)?;
        if !matches!(who.role, Role::Observer | Role::Assistant) || self.roster.assistants.contains(&person) {
            return Err(Code::NotAllowed);
        }
        self.note(from, Fact::Assistant { person, on }, now)?;
        // Another role sees another room: the client comes again at once.
        self.put_out(person, Bye::Restart, LeftWhy::Roster, now);
        Ok(Done::Later)
    }

    pub(crate) fn set_duty(&mut self, from: Caller, person: PersonId, duty: Option<Duty>, now: Instant) -> Answer {
        self.people.inside(person).ok_or(Code::UnknownPerson)?;
        self.note(from, Fact::Duty { person, duty }, now)?;
        self.tell_changed(person);
        self.hold_to_rules(person, from.person, now);
        self.forward_again();
        Ok(Done::Later)
    }

    pub(crate) fn react(&mut self, from: Caller, kind: Reaction) -> Answer {
        if !self.may(from.person, Use::React) {
            return Err(Code::Locked);
        }
        self.tell_inside(ServerMessage::Reaction { person: from.person, kind });
        Ok(Done::Now)
    }

    /// Leaders learn how many, never who.
    pub(crate) fn set_pace(&mut self, from: Caller, pace: Option<Pace>) -> Answer {
        let Some(person) = self.people.person_mut(from.person) else { return Ok(Done::Now) };
        if std::mem::replace(&mut person.pace, pace) != pace {
            self.tell_pace();
        }
        Ok(Done::Now)
    }

    pub(crate) fn pace_reset(&mut self) -> Answer {
        self.people.persons_mut().for_each(|person| person.pace = None);
        self.tell_pace();
        Ok(Done::Now)
    }
}

const fn is_within_limits(rules: Rules) -> bool {
    rules.slow_s <= SLOW_S_MAX
        && rules.cameras_max <= CAMERAS_MAX
        && rules.alone_min >= ALONE_MIN_MIN
        && rules.alone_min <= ALONE_MIN_MAX
}
