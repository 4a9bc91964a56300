//! Who is there: persons, their devices (visits) and the connections of these.

use crate::limits::{CHAT_AT_ONCE_MAX, CHAT_EVERY};
use crate::wire::{Device, Participant, Role, State};
use crate::{Bucket, ConnId, ResumeSecret, Sends};
use preau_base::{Instant, PersonId, Pii, VisitId};
use std::collections::{BTreeMap, BTreeSet};

/// Who may come in, by timetable and groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    pub teachers: BTreeSet<PersonId>,
    pub pupils: BTreeSet<PersonId>,
}

impl Roster {
    /// What a person is in the lesson; somebody on both lists is a teacher.
    pub fn role(&self, person: PersonId) -> Option<Role> {
        if self.teachers.contains(&person) {
            Some(Role::Teacher)
        } else if self.pupils.contains(&person) {
            Some(Role::Pupil)
        } else {
            None
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub name: Pii<String>,
    pub role: Role,
    pub state: State,
    /// How often the person was muted by a teacher.
    pub mutes: u32,
    pub chat: Bucket,
    /// Oldest first; never empty.
    pub devices: Vec<VisitId>,
}

impl Person {
    pub fn new(name: Pii<String>, role: Role, state: State) -> Self {
        Self { name, role, state, mutes: 0, chat: Bucket::new(CHAT_EVERY, CHAT_AT_ONCE_MAX), devices: Vec::new() }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Visit {
    pub person: PersonId,
    pub secret: ResumeSecret,
    /// `None`: lost at `lost_at`.
    pub conn: Option<ConnId>,
    pub lost_at: Option<Instant>,
    pub sends: Sends,
    /// Whether the store knows that this visit was in.
    pub recorded: bool,
}

/// The persons with at least one visit, waiting or in.
#[derive(Clone, Debug, Default)]
pub(crate) struct People {
    persons: BTreeMap<PersonId, Person>,
    visits: BTreeMap<VisitId, Visit>,
    conns: BTreeMap<ConnId, VisitId>,
}

impl People {
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.persons.get(&id)
    }

    pub fn person_mut(&mut self, id: PersonId) -> Option<&mut Person> {
        self.persons.get_mut(&id)
    }

    /// The person, if in and not merely waiting.
    pub fn inside(&self, id: PersonId) -> Option<&Person> {
        self.person(id).filter(|person| person.state == State::In)
    }

    pub fn persons(&self) -> impl Iterator<Item = (PersonId, &Person)> {
        self.persons.iter().map(|(id, person)| (*id, person))
    }

    pub fn visit(&self, id: VisitId) -> Option<&Visit> {
        self.visits.get(&id)
    }

    pub fn visit_mut(&mut self, id: VisitId) -> Option<&mut Visit> {
        self.visits.get_mut(&id)
    }

    pub fn visits(&self) -> impl Iterator<Item = (VisitId, &Visit)> {
        self.visits.iter().map(|(id, visit)| (*id, visit))
    }

    pub fn visit_of(&self, conn: ConnId) -> Option<VisitId> {
        self.conns.get(&conn).copied()
    }

    pub fn devices(&self) -> usize {
        self.visits.len()
    }

    /// Whether a teacher is there; one whose connection was lost a moment ago counts.
    pub fn teacher_here(&self) -> bool {
        self.persons.values().any(|person| person.role == Role::Teacher)
    }

    pub fn teacher_visits(&self) -> Vec<VisitId> {
        let teachers = self.persons.values().filter(|person| person.role == Role::Teacher);
        teachers.flat_map(|person| person.devices.iter().copied()).collect()
    }

    /// The connections of everybody in `state`.
    pub fn conns_in(&self, state: State) -> Vec<ConnId> {
        let of_state = |visit: &Visit| self.persons.get(&visit.person).is_some_and(|person| person.state == state);
        self.conns.iter().filter(|(_, visit)| self.visits.get(visit).is_some_and(of_state)).map(|(c, _)| *c).collect()
    }

    pub fn conns_of(&self, person: PersonId) -> Vec<ConnId> {
        let devices = self.persons.get(&person).map_or(&[][..], |person| &person.devices);
        devices.iter().filter_map(|visit| self.visits.get(visit)?.conn).collect()
    }

    pub fn conns(&self) -> Vec<ConnId> {
        self.conns.keys().copied().collect()
    }

    /// The device that shows a screen.
    pub fn screen(&self) -> Option<VisitId> {
        self.visits().find(|(_, visit)| visit.sends.screen).map(|(id, _)| id)
    }

    pub fn participant(&self, id: PersonId) -> Option<Participant> {
        let person = self.inside(id)?;
        let device = |id: &VisitId| {
            let visit = self.visits.get(id)?;
            let Sends { mic, camera, screen } = visit.sends;
            Some(Device { visit: *id, away: visit.conn.is_none(), mic, camera, screen })
        };
        let devices = person.devices.iter().filter_map(device).collect();
        Some(Participant { person: id, name: person.name.clone(), role: person.role, devices })
    }

    pub fn participants(&self) -> Vec<Participant> {
        self.persons.keys().filter_map(|id| self.participant(*id)).collect()
    }

    /// Adds a device; the person is made by `new` when she or he isn't there yet. Gives whether that was so.
    pub fn add(&mut self, id: VisitId, visit: Visit, new: impl FnOnce() -> Person) -> bool {
        let mut is_new = false;
        let person = self.persons.entry(visit.person).or_insert_with(|| {
            is_new = true;
            new()
        });
        person.devices.push(id);
        if let Some(conn) = visit.conn {
            self.conns.insert(conn, id);
        }
        self.visits.insert(id, visit);
        is_new
    }

    /// Takes a device away but leaves its person, even without any device: the caller adds or drops at once.
    pub fn take_visit(&mut self, id: VisitId) -> Option<Visit> {
        let visit = self.visits.remove(&id)?;
        if let Some(conn) = visit.conn {
            self.conns.remove(&conn);
        }
        if let Some(person) = self.persons.get_mut(&visit.person) {
            person.devices.retain(|device| *device != id);
        }
        Some(visit)
    }

    /// Drops a person who has no device left; gives her or him.
    pub fn drop_if_gone(&mut self, id: PersonId) -> Option<Person> {
        if self.persons.get(&id)?.devices.is_empty() { self.persons.remove(&id) } else { None }
    }

    /// Binds a visit to another connection (or none); gives the former one.
    pub fn rebind(&mut self, id: VisitId, conn: Option<ConnId>) -> Option<ConnId> {
        let visit = self.visits.get_mut(&id)?;
        let former = std::mem::replace(&mut visit.conn, conn);
        if let Some(former) = former {
            self.conns.remove(&former);
        }
        if let Some(conn) = conn {
            self.conns.insert(conn, id);
        }
        former
    }
}
