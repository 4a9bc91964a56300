//! Being lost, going, being put out, waiting again.

use crate::book::Fact;
use crate::classroom::Classroom;
use crate::effect::{ConnId, MediaOrder, Record};
use crate::limits::{AWAY_MAX, OVERTIME};
use crate::people::{Person, Roster, Visit};
use crate::wire::{Bye, Hand, LeftWhy, ServerMessage, State};
use preau_base::{Instant, PersonId, VisitId};

impl Classroom {
    pub(crate) fn lost(&mut self, conn: ConnId, now: Instant) {
        let Some(id) = self.people.visit_of(conn) else { return };
        self.people.rebind(id, None);
        let Some(visit) = self.people.visit_mut(id) else { return };
        if visit.program.is_some() {
            return self.end_visit(id, LeftWhy::Left, now);
        }
        visit.lost_at = Some(now);
        let person = visit.person;
        if self.people.inside(person).is_some() {
            self.store(Record::Left { visit: id, at: now });
            self.tell_changed(person);
        }
    }

    /// One device is out.
    pub(crate) fn end(&mut self, conn: ConnId, code: Bye, now: Instant) {
        let Some(visit) = self.people.visit_of(conn) else { return };
        self.end_visit(visit, LeftWhy::Left, now);
        self.bye(vec![conn], code);
    }

    /// Puts a person out with all devices.
    pub(crate) fn put_out(&mut self, person: PersonId, code: Bye, why: LeftWhy, now: Instant) {
        let devices = self.people.person(person).map(|person| person.devices.clone()).unwrap_or_default();
        let conns = devices.iter().filter_map(|visit| self.people.rebind(*visit, None)).collect();
        self.bye(conns, code);
        for visit in devices {
            self.end_visit(visit, why, now);
        }
    }

    /// Everybody is out, and nobody is told but by `bye`.
    pub(crate) fn put_all_out(&mut self, code: Bye, now: Instant) {
        let conns = self.people.conns();
        let visits: Vec<VisitId> = self.people.visits().map(|(id, _)| id).collect();
        for id in visits {
            let Some(visit) = self.people.take_visit(id) else { continue };
            if self.people.inside(visit.person).is_some() {
                self.record_end(id, &visit, now);
            }
            self.people.drop_if_gone(visit.person);
        }
        if !self.book.hands.is_empty() {
            self.note_only(Fact::HandsDown, now);
        }
        self.alone_since = None;
        self.tell_front();
        self.bye(conns, code);
    }

    /// Notes the attendance of a device that came in or came back, unless its connection is lost just now.
    pub(crate) fn record_in(&mut self, id: VisitId, now: Instant) {
        let Some(visit) = self.people.visit_mut(id).filter(|visit| visit.conn.is_some()) else { return };
        let (person, again) = (visit.person, std::mem::replace(&mut visit.recorded, true));
        let Some(role) = self.people.person(person).map(|person| person.role) else { return };
        self.store(match again {
            true => Record::Back { visit: id, at: now },
            false => Record::Joined { visit: id, person, role, at: now },
        });
    }

    pub(crate) fn record_end(&mut self, id: VisitId, visit: &Visit, now: Instant) {
        self.order(MediaOrder::Leave { visit: id });
        if visit.lost_at.is_none() && visit.program.is_none() {
            self.store(Record::Left { visit: id, at: now });
        }
    }

    pub(crate) fn end_visit(&mut self, id: VisitId, why: LeftWhy, now: Instant) {
        let Some(visit) = self.people.take_visit(id) else { return };
        let inside = self.people.inside(visit.person).is_some();
        if inside {
            self.record_end(id, &visit, now);
        }
        self.end_lone_programs(visit.person, now);
        match self.people.drop_if_gone(visit.person) {
            Some(gone) => {
                if inside {
                    self.tell_inside(ServerMessage::Left { person: visit.person, why });
                    self.drop_hand(visit.person, now);
                    if gone.pace.is_some() {
                        self.tell_pace();
                    }
                }
                match gone.state {
                    State::In if gone.role.leads() => self.leader_gone(now),
                    State::Lobby => self.tell_lobby(),
                    _ => {}
                }
            }
            None => {
                self.tell_changed(visit.person);
                self.tell_front();
            }
        }
    }

    fn leader_gone(&mut self, now: Instant) {
        self.tell_front();
        if !self.people.is_led() {
            self.alone_since = Some(now);
        }
    }

    pub(crate) fn set_roster(&mut self, roster: Roster, now: Instant) {
        let names_changed = self.roster.pupils != roster.pupils;
        self.roster = roster;
        let changed = |(id, person): (PersonId, &Person)| {
            let role = self.role_of(id, person.knocker.as_ref());
            (role != Some(person.role)).then_some((id, role))
        };
        let changed: Vec<_> = self.people.persons().filter_map(changed).collect();
        for (person, role) in changed {
            let code = if role.is_some() { Bye::Restart } else { Bye::NotOnRoster };
            self.put_out(person, code, LeftWhy::Roster, now);
        }
        if names_changed {
            self.tell_expected();
        }
    }

    pub(crate) fn tick(&mut self, now: Instant) {
        let due = |(id, visit): (VisitId, &Visit)| {
            let lost_at = visit.lost_at?;
            (lost_at.plus(AWAY_MAX) <= now).then_some(id)
        };
        let due: Vec<VisitId> = self.people.visits().filter_map(due).collect();
        for visit in due {
            self.end_visit(visit, LeftWhy::Lost, now);
        }
        if self.alone_since.is_some_and(|since| since.plus(self.alone_max()) <= now) {
            self.alone_since = None;
            self.send_to_waiting(now);
        }
        if self.book.breakouts.open && self.book.breakouts.ends.is_some_and(|ends| ends <= now) {
            _ = self.breakouts_close(None, now);
        }
        if self.sweep_at.is_some_and(|at| at <= now) {
            self.sweep_at = None;
            let gone = |hand: &Hand| self.people.person(hand.person).is_none().then_some(hand.person);
            let gone: Vec<PersonId> = self.book.hands.iter().filter_map(gone).collect();
            for person in gone {
                self.note_only(Fact::Hand { person, since: None }, now);
            }
        }
        if self.people.devices() > 0 && self.ends().plus(OVERTIME) <= now {
            self.put_all_out(Bye::Over, now);
        }
    }

    /// Nobody has led for too long: the others wait again.
    fn send_to_waiting(&mut self, now: Instant) {
        let to = self.people.conns_in(State::In);
        let inside = |(id, person): (PersonId, &Person)| (person.state == State::In).then_some(id);
        let persons: Vec<PersonId> = self.people.persons().filter_map(inside).collect();
        for id in persons {
            self.take_out(id, State::Waiting, now);
        }
        if !self.book.hands.is_empty() {
            self.note_only(Fact::HandsDown, now);
        }
        self.send(to, ServerMessage::Waiting { state: State::Waiting });
    }

    /// From in to another state, with all devices; nobody is told yet.
    pub(crate) fn take_out(&mut self, id: PersonId, state: State, now: Instant) {
        let Some(person) = self.people.person_mut(id) else { return };
        (person.state, person.pace, person.came) = (state, None, now);
        for visit_id in person.devices.clone() {
            let Some(visit) = self.people.visit_mut(visit_id) else { continue };
            visit.sends.screen = false;
            visit.place = 0;
            let visit = visit.clone();
            self.record_end(visit_id, &visit, now);
        }
    }
}
