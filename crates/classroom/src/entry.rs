//! Coming, waiting, being lost and found, going.

use crate::classroom::{Arrival, Classroom};
use crate::effect::{ConnId, MediaOrder};
use crate::limits::{
    DEVICES_KEPT_FOR_TEACHERS, DEVICES_MAX, LOBBY_MAX, NAME_CHARS_MAX, ORIGIN_CHARS_MAX, OVERTIME, TEACHER_DEVICES_MAX,
    TITLE_CHARS_MAX,
};
use crate::people::{Knocker, Person, Visit};
use crate::wire::{Bye, Lesson, Role, ServerMessage, State, Welcome, You};
use preau_base::{Instant, PersonId, Pii, Rng, VisitId};

impl Classroom {
    pub(crate) fn arrive(&mut self, arrival: Arrival, now: Instant, rng: &mut dyn Rng) {
        let (role, state) = match self.admission(&arrival, now) {
            Ok(admission) => admission,
            Err(code) => return self.bye(vec![arrival.conn], code),
        };
        if let Some(visit) = self.place_of_arrival(&arrival) {
            return self.resume(visit, arrival.conn, now);
        }
        let replaced = self.to_replace(arrival.person, role);
        let room_for = if role.leads() { DEVICES_MAX } else { DEVICES_MAX - DEVICES_KEPT_FOR_TEACHERS };
        let lobby_is_full = state == State::Lobby && self.presence().lobby >= LOBBY_MAX;
        if replaced.is_none() && (self.people.devices() >= room_for || lobby_is_full) {
            return self.bye(vec![arrival.conn], Bye::Full);
        }
        if let Some(visit) = replaced {
            self.replace(visit, now);
        }
        self.come(arrival, role, state, now, rng);
    }

    /// As what, and where to, somebody comes; or why not.
    fn admission(&self, arrival: &Arrival, now: Instant) -> Result<(Role, State), Bye> {
        let person = arrival.person;
        let role = self.role_of(person, arrival.knocker.as_ref()).ok_or(Bye::NotOnRoster)?;
        if self.removed.contains(&person) {
            Err(Bye::Removed)
        } else if self.book.refused.contains(&person) {
            Err(Bye::TurnedAway)
        } else if self.closed {
            Err(Bye::Closed)
        } else if now >= self.ends().plus(OVERTIME) {
            Err(Bye::Over)
        } else {
            Ok((role, self.state_for(person, role)))
        }
    }

    /// What somebody is: by the roster, by having been made an assistant, or by knocking.
    pub(crate) fn role_of(&self, person: PersonId, knocker: Option<&Knocker>) -> Option<Role> {
        let role = self.roster.role(person).or(knocker.map(|knocker| knocker.role))?;
        let helps = role == Role::Observer && self.book.assistants.contains(&person);
        Some(if helps { Role::Assistant } else { role })
    }

    /// Whether somebody waits at the door, for a teacher, or comes in.
    fn state_for(&self, person: PersonId, role: Role) -> State {
        if role == Role::Teacher || self.people.inside(person).is_some() {
            return State::In;
        }
        let is_admitted = self.book.admitted.contains(&person);
        let is_listed = self.roster.role(person).is_some_and(|role| role != Role::Guest);
        let is_late = self.book.rules.locked && role.is_ruled() && !self.been_in.contains(&person);
        if self.book.held.contains(&person) || (!is_admitted && (!is_listed || is_late)) {
            State::Lobby
        } else if self.people.teacher_here() || self.people.is_led() {
            State::In
        } else {
            State::Waiting
        }
    }

    /// The former place that the arrival has the secret of.
    fn place_of_arrival(&self, arrival: &Arrival) -> Option<VisitId> {
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
        let devices = self.people.devices_of(person, false);
        let devices_max = if role.leads() { TEACHER_DEVICES_MAX } else { 1 };
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

    fn come(&mut self, arrival: Arrival, role: Role, state: State, now: Instant, rng: &mut dyn Rng) {
        let Arrival { conn, person, name, knocker, .. } = arrival;
        let inside_before = self.people.conns_in(State::In);
        let was_led = self.people.is_led();
        let id = VisitId::new(now, rng);
        let visit = Visit::new(person, conn, None, rng);
        let name = Pii::new(name.reveal().chars().take(NAME_CHARS_MAX).collect());
        let knocker = knocker
            .filter(|_| self.roster.role(person).is_none())
            .map(|knocker| Knocker { origin: knocker.origin.chars().take(ORIGIN_CHARS_MAX).collect(), ..knocker });
        let is_new = self.people.add(id, visit, || Person::new(name, role, state, knocker, now));
        let state = self.people.person(person).map_or(state, |person| person.state);
        if state == State::In {
            self.enter(id, person, now);
        }
        let opens = role == Role::Teacher && !was_led;
        let admitted = if opens { self.admit_waiting(now) } else { Vec::new() };
        self.welcome(id, false, now);
        match (state, is_new) {
            (State::In, true) => self.tell_joined(&inside_before, person),
            (State::In, false) => self.tell_changed_to(&inside_before, person),
            (State::Lobby, _) => self.tell_lobby(),
            (State::Waiting, _) => {}
        }
        self.tell_entered(&inside_before, &admitted);
        let hands_are_back =
            self.book.hands.iter().any(|hand| hand.person == person || admitted.contains(&hand.person));
        if state == State::In && hands_are_back {
            self.tell_hands();
        }
    }

    /// What changes when a device comes in, but for telling: attendance, place, who leads.
    fn enter(&mut self, id: VisitId, person: PersonId, now: Instant) {
        self.been_in.insert(person);
        self.record_in(id, now);
        self.take_place(id, person);
        if self.people.person(person).is_some_and(|who| who.role.leads()) {
            self.alone_since = None;
            self.tell_front();
        }
    }

    /// Tells those who were in of those who have come in, and these of the room.
    fn tell_entered(&mut self, inside_before: &[ConnId], entered: &[PersonId]) {
        for person in entered {
            self.tell_joined(inside_before, *person);
        }
        for person in entered {
            let to = self.people.conns_of(*person);
            let room = Box::new(self.room_for(*person));
            self.send(to, ServerMessage::Entered { room });
        }
    }

    /// Lets everybody in who waits for a teacher, and gives them.
    fn admit_waiting(&mut self, now: Instant) -> Vec<PersonId> {
        let waiting = |(id, person): (PersonId, &Person)| (person.state == State::Waiting).then_some(id);
        let waiting: Vec<PersonId> = self.people.persons().filter_map(waiting).collect();
        for person in &waiting {
            self.bring_in(*person, now);
        }
        waiting
    }

    /// From waiting or from the door to in; nobody is told yet.
    fn bring_in(&mut self, id: PersonId, now: Instant) {
        let Some(person) = self.people.person_mut(id) else { return };
        person.state = State::In;
        for visit in person.devices.clone() {
            self.enter(visit, id, now);
            self.clamp_at_entry(visit, id);
        }
    }

    /// Somebody at the door comes in, or to where the others wait for a teacher.
    pub(crate) fn let_in(&mut self, person: PersonId, now: Instant) {
        let inside_before = self.people.conns_in(State::In);
        let Some(role) = self.people.person(person).map(|who| who.role) else { return };
        match self.state_for(person, role) {
            State::In => {
                self.bring_in(person, now);
                self.tell_entered(&inside_before, &[person]);
            }
            State::Waiting => {
                if let Some(who) = self.people.person_mut(person) {
                    who.state = State::Waiting;
                }
                let to = self.people.conns_of(person);
                self.send(to, ServerMessage::Waiting { state: State::Waiting });
            }
            State::Lobby => {}
        }
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
            mutes: self.book.mutes_of(visit.person),
        };
        let lesson = Lesson {
            lesson: self.info.lesson,
            title: self.info.title.chars().take(TITLE_CHARS_MAX).collect(),
            starts: self.info.starts,
            ends: self.ends(),
            lean: self.info.lean,
            codec: self.info.codec,
            may_record: self.info.may_record,
            captions_by: self.info.captions_by.clone(),
        };
        let welcome = Welcome {
            protocol: Welcome::PROTOCOL,
            now,
            you,
            resumed,
            state: person.state,
            lesson,
            slots: self.info.slots,
            room: (person.state == State::In).then(|| self.room_for(visit.person)),
        };
        self.send(vec![conn], ServerMessage::Welcome(Box::new(welcome)));
    }

    pub(crate) fn tell_front(&mut self) {
        let visits = self.people.leading_visits();
        self.order(MediaOrder::Front { visits });
    }
}
