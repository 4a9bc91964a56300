//! Who is there: persons, their devices (visits) and the connections of these.

use crate::book::Book;
use crate::limits::{
    CHANGE_EVERY, CHANGES_AT_ONCE_MAX, CHAT_AT_ONCE_MAX, CHAT_EVERY, POINT_EVERY, POINTS_AT_ONCE_MAX, REACT_EVERY,
    REACTS_AT_ONCE_MAX,
};
use crate::wire::{Device, Pace, Participant, Program, Role, State};
use crate::{Bucket, ConnId, ResumeSecret, Sends};
use preau_base::{Instant, PersonId, Pii, Rng, StreamKeyId, VisitId};
use std::collections::{BTreeMap, BTreeSet};

/// Who is of the lesson, by timetable, groups and invitations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    pub teachers: BTreeSet<PersonId>,
    pub assistants: BTreeSet<PersonId>,
    /// With their names, to tell leaders who is missing.
    pub pupils: BTreeMap<PersonId, Pii<String>>,
    pub observers: BTreeSet<PersonId>,
    /// Invited by name; a leader lets them in at the door.
    pub guests: BTreeSet<PersonId>,
}

impl Roster {
    /// What a person is in the lesson; who is on several lists is what may most.
    pub fn role(&self, person: PersonId) -> Option<Role> {
        if self.teachers.contains(&person) {
            Some(Role::Teacher)
        } else if self.assistants.contains(&person) {
            Some(Role::Assistant)
        } else if self.pupils.contains_key(&person) {
            Some(Role::Pupil)
        } else if self.observers.contains(&person) {
            Some(Role::Observer)
        } else if self.guests.contains(&person) {
            Some(Role::Guest)
        } else {
            None
        }
    }
}

/// Somebody of the same school who is not on the roster and knocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Knocker {
    /// [`Role::Pupil`] for a pupil, [`Role::Observer`] for staff.
    pub role: Role,
    /// Where they come from, in words: "6e A". Longer than [`crate::limits::ORIGIN_CHARS_MAX`] is cut.
    pub origin: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub name: Pii<String>,
    pub role: Role,
    pub state: State,
    /// Not on the roster.
    pub knocker: Option<Knocker>,
    /// When the person came to the door, for the order there.
    pub came: Instant,
    pub pace: Option<Pace>,
    pub chat: Bucket,
    pub said_at: Instant,
    pub reacts: Bucket,
    pub points: Bucket,
    pub changes: Bucket,
    /// Oldest first; never empty.
    pub devices: Vec<VisitId>,
}

impl Person {
    pub fn new(name: Pii<String>, role: Role, state: State, knocker: Option<Knocker>, now: Instant) -> Self {
        Self {
            name,
            role,
            state,
            knocker,
            came: now,
            pace: None,
            chat: Bucket::new(CHAT_EVERY, CHAT_AT_ONCE_MAX),
            said_at: Instant::EPOCH,
            reacts: Bucket::new(REACT_EVERY, REACTS_AT_ONCE_MAX),
            points: Bucket::new(POINT_EVERY, POINTS_AT_ONCE_MAX),
            changes: Bucket::new(CHANGE_EVERY, CHANGES_AT_ONCE_MAX),
            devices: Vec::new(),
        }
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
    /// Has not said yet what it sends.
    pub is_new: bool,
    /// Where the media has it.
    pub place: u8,
    /// Whether the store knows that this visit was in.
    pub recorded: bool,
    /// A program beside its person's pages, and with which key it came.
    pub program: Option<(Program, StreamKeyId)>,
}

impl Visit {
    /// Of a device that has just come.
    pub fn new(person: PersonId, conn: ConnId, program: Option<(Program, StreamKeyId)>, rng: &mut dyn Rng) -> Self {
        Self {
            person,
            secret: ResumeSecret::new(rng),
            conn: Some(conn),
            lost_at: None,
            sends: Sends::default(),
            is_new: true,
            place: 0,
            recorded: false,
            program,
        }
    }
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

    pub fn persons_mut(&mut self) -> impl Iterator<Item = &mut Person> {
        self.persons.values_mut()
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

    /// Whether somebody leads the lesson who is in.
    pub fn is_led(&self) -> bool {
        self.persons.values().any(|person| person.role.leads() && person.state == State::In)
    }

    /// The devices of leaders who are in.
    pub fn leading_visits(&self) -> Vec<VisitId> {
        let leaders = self.persons.values().filter(|person| person.role.leads() && person.state == State::In);
        leaders.flat_map(|person| person.devices.iter().copied()).collect()
    }

    /// The connections of everybody in `state`.
    pub fn conns_in(&self, state: State) -> Vec<ConnId> {
        let of_state = |visit: &Visit| self.persons.get(&visit.person).is_some_and(|person| person.state == state);
        self.conns.iter().filter(|(_, visit)| self.visits.get(visit).is_some_and(of_state)).map(|(c, _)| *c).collect()
    }

    /// The connections of those who are in and of whom `pick` is true.
    pub fn conns_where(&self, pick: impl Fn(PersonId, &Person) -> bool) -> Vec<ConnId> {
        let picked = |visit: &Visit| self.inside(visit.person).is_some_and(|person| pick(visit.person, person));
        self.conns.iter().filter(|(_, visit)| self.visits.get(visit).is_some_and(picked)).map(|(c, _)| *c).collect()
    }

    pub fn conns_of(&self, person: PersonId) -> Vec<ConnId> {
        let devices = self.persons.get(&person).map_or(&[][..], |person| &person.devices);
        devices.iter().filter_map(|visit| self.visits.get(visit)?.conn).collect()
    }

    /// The devices of a person that are pages, or that are programs; oldest first.
    pub fn devices_of(&self, person: PersonId, programs: bool) -> Vec<VisitId> {
        let devices = self.persons.get(&person).map_or(&[][..], |person| &person.devices);
        let is_wanted = |id: &&VisitId| self.visits.get(*id).is_some_and(|it| it.program.is_some() == programs);
        devices.iter().filter(is_wanted).copied().collect()
    }

    pub fn conns(&self) -> Vec<ConnId> {
        self.conns.keys().copied().collect()
    }

    /// The device that shows a screen.
    pub fn screen(&self) -> Option<VisitId> {
        self.visits().find(|(_, visit)| visit.sends.screen).map(|(id, _)| id)
    }

    /// A person as others see her or him; with `own`, as leaders and the person do.
    pub fn participant(&self, id: PersonId, book: &Book, own: bool) -> Option<Participant> {
        let person = self.inside(id)?;
        let device = |id: &VisitId| {
            let visit = self.visits.get(id)?;
            let Sends { mic, camera, screen } = visit.sends;
            let program = visit.program.map(|(program, _)| program);
            Some(Device { visit: *id, away: visit.conn.is_none(), mic, camera, screen, program })
        };
        Some(Participant {
            person: id,
            name: person.name.clone(),
            role: person.role,
            listed: person.knocker.is_none(),
            duty: book.duties.get(&id).copied(),
            own: book.own.get(&id).copied().filter(|_| own),
            devices: person.devices.iter().filter_map(device).collect(),
        })
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
