//! Programs without a page: one publishes a screen, another plays the lesson. Each is a device of a teacher who is in, shown
//! to everybody as what it is, and stays only beside a page of the same person: it opens no lesson and keeps none open.

use crate::classroom::{Attachment, Classroom};
use crate::limits::{DEVICES_KEPT_FOR_TEACHERS, DEVICES_MAX, PROGRAMS_MAX};
use crate::people::Visit;
use crate::wire::{Bye, Role};
use preau_base::{Instant, PersonId, Rng, VisitId};

impl Classroom {
    /// A second program with the same key takes the place of the first: it is the same one, which has lost its line.
    pub(crate) fn attach(&mut self, from: Attachment, now: Instant, rng: &mut dyn Rng) {
        let Attachment { conn, person, program, key } = from;
        let Some(who) = self.people.inside(person).filter(|who| who.role == Role::Teacher).cloned() else {
            return self.bye(vec![conn], Bye::Left);
        };
        let programs = self.people.devices_of(person, true);
        let has_key =
            |id: &VisitId| self.people.visit(*id).and_then(|visit| visit.program).is_some_and(|it| it.1 == key);
        if let Some(former) = programs.iter().copied().find(has_key) {
            self.end_program(former, Bye::Replaced, now);
        } else if programs.len() >= PROGRAMS_MAX || self.people.devices() >= DEVICES_MAX - DEVICES_KEPT_FOR_TEACHERS {
            return self.bye(vec![conn], Bye::Full);
        }
        let id = VisitId::new(now, rng);
        let visit = Visit::new(person, conn, Some((program, key)), rng);
        self.people.add(id, visit, || who);
        self.take_place(id, person);
        self.tell_front();
        self.tell_changed(person);
    }

    /// The programs of somebody whose last page has gone go, too.
    pub(crate) fn end_lone_programs(&mut self, person: PersonId, now: Instant) {
        if self.people.devices_of(person, false).is_empty() {
            for program in self.people.devices_of(person, true) {
                self.end_program(program, Bye::Left, now);
            }
        }
    }

    /// Ends a program; nobody else is told yet. In no list of attendance has it ever been.
    fn end_program(&mut self, id: VisitId, code: Bye, now: Instant) {
        if let Some(visit) = self.people.take_visit(id) {
            self.record_end(id, &visit, now);
            self.bye(visit.conn.into_iter().collect(), code);
        }
    }
}
