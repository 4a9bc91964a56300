//! Coming, waiting, being lost and found, going.

use crate::classroom::{Arrival, Classroom};
use crate::effect::{ConnId, Effect, MediaOrder, Record, Sends};
use crate::limits::{
    ALONE_MAX, AWAY_MAX, DEVICES_KEPT_FOR_TEACHERS, DEVICES_MAX, NAME_CHARS_MAX, TEACHER_DEVICES_MAX, TITLE_CHARS_MAX,
};
use crate::people::{Person, Roster, Visit};
use crate::secret::ResumeSecret;
use crate::wire::{Bye, LeftWhy, Lesson, Role, ServerMessage, State, Welcome, You};
use preau_base::{Instant, PersonId, Pii, Rng, VisitId};

impl Classroom {
    pub(crate) fn arrive(&mut self, arrival: Arrival, now: Instant, rng: &mut dyn Rng) {
        let role = match self.admission(arrival.person) {
            Ok(role) => role,
            Err(code) => return self.bye(vec![arrival.conn], code),
        };
        if let Some(visit) = self.place_of(&arrival) {
            return self.resume(visit, arrival.conn, now);
        }
        let replaced = self.to_replace(arrival.person, role);
        let room_for = match role {
            Role::Teacher => DEVICES_MAX,
            Role::Pupil => DEVICES_MAX - DEVICES_KEPT_FOR_TEACHERS,
        };
        if replaced.is_none() && self.people.devices() >= room_for {
            return self.bye(vec![arrival.conn], Bye::Full);
        }
        if let Some(visit) = replaced {
            self.replace(visit, now);
        }
        self.come(arrival, role, now, rng);
    }

    fn admission(&self, person: PersonId) -> Result<Role, Bye> {
        let role = self.roster.role(person).ok_or(Bye::NotOnRoster)?;
        if self.removed.contains(&person) {
            Err(Bye::Removed)
        } else if self.closed {
            Err(Bye::Closed)
        } else {
            Ok(role)
        }
    }

    /// The former place that the arrival has the secret of.
    fn place_of(&self, arrival: &Arrival) -> Option<VisitId> {
        let resume = arrival.resume.as_ref()?;
        let visit = self.people.visit(resume.visit)?;
        (visit.person == arrival.person && visit.secret.matches(resume.secret.reveal())).then_some(resume.visit)
    }

    fn resume(&mut self, id: VisitId, conn: ConnId, now: Instant) {
        let Some(visit) = self.people.visit_mut(id) else { return };
        let person = visit.person;
        let was_lost = visit.lost_at.take().is_some();
        let former = self.people.rebind(id, Some(conn));
        self.bye(former.into_iter().collect(), Bye::Replaced);
        self.welcome(id, true, now);
        if was_lost && self.people.inside(person).is_some() {
            self.record_in(id, now);
            self.tell_changed(person);
        }
    }

    /// Which device of the person has to go for another one.
    fn to_replace(&self, person: PersonId, role: Role) -> Option<VisitId> {
        let devices = &self.people.person(person)?.devices;
        let devices_max = match role {
            Role::Teacher => TEACHER_DEVICES_MAX,
            Role::Pupil => 1,
        };
        if devices.len() < devices_max {
            return None;
        }
        let is_away = |id: &&VisitId| self.people.visit(**id).is_some_and(|visit| visit.conn.is_none());
        devices.iter().find(is_away).or(devices.first()).copied()
    }

    /// Ends a device whose person comes in on another at this moment.
    fn replace(&mut self, id: VisitId, now: Instant) {
        let Some(visit) = self.people.take_visit(id) else { return };
        self.bye(visit.conn.into_iter().collect(), Bye::Replaced);
        if self.people.inside(visit.person).is_some() {
            self.record_end(id, &visit, now);
        }
    }

    fn come(&mut self, arrival: Arrival, role: Role, now: Instant, rng: &mut dyn Rng) {
        let Arrival { conn, person, name, .. } = arrival;
        let inside_before = self.people.conns_in(State::In);
        let (id, secret) = (VisitId::new(now, rng), ResumeSecret::new(rng));
        let state = if role == Role::Teacher || self.people.teacher_here() { State::In } else { State::Waiting };
        let visit = Visit { person, secret, conn: Some(conn), lost_at: None, sends: Sends::default(), recorded: false };
        let name = Pii::new(name.reveal().chars().take(NAME_CHARS_MAX).collect());
        let is_new = self.people.add(id, visit, || Person::new(name, role, state));
        if self.people.inside(person).is_some() {
            self.record_in(id, now);
        }
        if role == Role::Teacher {
            self.alone_since = None;
            self.tell_front();
        }
        let admitted = if role == Role::Teacher { self.admit_waiting(now) } else { Vec::new() };
        self.welcome(id, false, now);
        if is_new {
            self.tell_joined(&inside_before, person);
        } else if let Some(participant) = self.people.participant(person) {
            self.send(inside_before.clone(), ServerMessage::Changed { participant });
        }
        for admitted in &admitted {
            self.tell_joined(&inside_before, *admitted);
        }
        let to = admitted.iter().flat_map(|person| self.people.conns_of(*person)).collect();
        let room = Box::new(self.room());
        self.send(to, ServerMessage::Entered { room });
    }

    fn tell_joined(&mut self, to: &[ConnId], person: PersonId) {
        if let Some(participant) = self.people.participant(person) {
            self.send(to.to_vec(), ServerMessage::Joined { participant });
        }
    }

    /// Lets everybody in who waits, and gives them.
    fn admit_waiting(&mut self, now: Instant) -> Vec<PersonId> {
        let waiting = |(_, person): &(PersonId, &Person)| person.state == State::Waiting;
        let admitted: Vec<PersonId> = self.people.persons().filter(waiting).map(|(id, _)| id).collect();
        for id in &admitted {
            let Some(person) = self.people.person_mut(*id) else { continue };
            person.state = State::In;
            for visit in person.devices.clone() {
                self.record_in(visit, now);
            }
        }
        admitted
    }

    fn welcome(&mut self, id: VisitId, resumed: bool, now: Instant) {
        let Some(visit) = self.people.visit(id) else { return };
        let (Some(conn), Some(person)) = (visit.conn, self.people.person(visit.person)) else { return };
        let you = You {
            person: visit.person,
            name: person.name.clone(),
            role: person.role,
            visit: id,
            secret: Pii::new(visit.secret.to_text()),
            mutes: person.mutes,
        };
        let lesson = Lesson {
            lesson: self.info.lesson,
            title: self.info.title.chars().take(TITLE_CHARS_MAX).collect(),
            starts: self.info.starts,
            ends: self.info.ends,
        };
        let welcome = Welcome {
            protocol: Welcome::PROTOCOL,
            now,
            you,
            resumed,
            state: person.state,
            lesson,
            slots: self.info.slots,
            room: (person.state == State::In).then(|| self.room()),
            features: Vec::new(),
        };
        self.send(vec![conn], ServerMessage::Welcome(Box::new(welcome)));
    }

    fn tell_front(&mut self) {
        let visits = self.people.teacher_visits();
        self.out.push(Effect::Media(MediaOrder::Front { visits }));
    }

    pub(crate) fn lost(&mut self, conn: ConnId, now: Instant) {
        let Some(id) = self.people.visit_of(conn) else { return };
        self.people.rebind(id, None);
        let Some(visit) = self.people.visit_mut(id) else { return };
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
        self.hands.clear();
        self.alone_since = None;
        self.bye(conns, code);
    }

    /// Notes the attendance of a device that came in or came back, unless its connection is lost just now.
    fn record_in(&mut self, id: VisitId, now: Instant) {
        let Some(visit) = self.people.visit_mut(id).filter(|visit| visit.conn.is_some()) else { return };
        let (person, again) = (visit.person, std::mem::replace(&mut visit.recorded, true));
        let Some(role) = self.people.person(person).map(|person| person.role) else { return };
        self.store(match again {
            true => Record::Back { visit: id, at: now },
            false => Record::Joined { visit: id, person, role, at: now },
        });
    }

    fn record_end(&mut self, id: VisitId, visit: &Visit, now: Instant) {
        self.out.push(Effect::Media(MediaOrder::Leave { visit: id }));
        if visit.lost_at.is_none() {
            self.store(Record::Left { visit: id, at: now });
        }
    }

    fn end_visit(&mut self, id: VisitId, why: LeftWhy, now: Instant) {
        let Some(visit) = self.people.take_visit(id) else { return };
        let inside = self.people.inside(visit.person).is_some();
        if inside {
            self.record_end(id, &visit, now);
        }
        match self.people.drop_if_gone(visit.person) {
            Some(gone) => {
                if inside {
                    self.tell_inside(ServerMessage::Left { person: visit.person, why });
                    self.drop_hand(visit.person);
                }
                if gone.role == Role::Teacher {
                    self.teacher_gone(now);
                }
            }
            None => {
                self.tell_changed(visit.person);
                self.tell_front();
            }
        }
    }

    fn teacher_gone(&mut self, now: Instant) {
        self.tell_front();
        if !self.people.teacher_here() {
            self.alone_since = Some(now);
        }
    }

    pub(crate) fn set_roster(&mut self, roster: Roster, now: Instant) {
        self.roster = roster;
        let changed = |(id, person): (PersonId, &Person)| {
            let role = self.roster.role(id);
            (role != Some(person.role)).then_some((id, role))
        };
        let changed: Vec<_> = self.people.persons().filter_map(changed).collect();
        for (person, role) in changed {
            let code = if role.is_some() { Bye::Restart } else { Bye::NotOnRoster };
            self.put_out(person, code, LeftWhy::Roster, now);
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
        if self.alone_since.is_some_and(|since| since.plus(ALONE_MAX) <= now) {
            self.alone_since = None;
            self.send_to_waiting(now);
        }
    }

    /// Nobody has taught for too long: the pupils wait again.
    fn send_to_waiting(&mut self, now: Instant) {
        let to = self.people.conns_in(State::In);
        let inside = |(id, person): (PersonId, &Person)| (person.state == State::In).then_some(id);
        let persons: Vec<PersonId> = self.people.persons().filter_map(inside).collect();
        for id in persons {
            let Some(person) = self.people.person_mut(id) else { continue };
            person.state = State::Waiting;
            for visit_id in person.devices.clone() {
                let Some(visit) = self.people.visit_mut(visit_id) else { continue };
                visit.sends.screen = false;
                let visit = visit.clone();
                self.record_end(visit_id, &visit, now);
            }
        }
        self.hands.clear();
        self.send(to, ServerMessage::Waiting);
    }
}
