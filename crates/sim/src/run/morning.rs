mod attacks;
mod flights;
mod people;
mod waits;

use super::Plan;
use super::application::Working;
use super::asleep::Asleep;
use super::calendar::{Calendar, after};
use super::histogram::Histogram;
use super::line::Line;
use super::report::{AttackPlayed, Played, Waits};
use super::slot::{Rooms, Slot};
use crate::limits as l;
use crate::story::Heard;
use flights::Flight;
use preau_base::{Instant, SeededRng};
use preau_gate::{Decision, Gate, HeldId, Kind, LessonSoon, Outcome, Sign, Ticket, Timetable};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::time::Duration;

/// Whose request it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    Person(u32),
    /// Somebody who did not wait for the answer, or a file of a page.
    Nobody,
    Attacker {
        attack: usize,
        then: Option<Sign>,
        address: std::net::IpAddr,
    },
}

pub(super) struct Morning<'a> {
    plan: &'a Plan,
    gate: Gate,
    now_ms: u64,
    slots: Vec<Slot>,
    calendar: Calendar,
    rooms: Rooms,
    line: Line,
    asleep: Asleep,
    flights: BinaryHeap<Reverse<Flight>>,
    held: HashMap<HeldId, (Whose, Kind)>,
    held_until: BinaryHeap<Reverse<(u64, HeldId)>>,
    working: Working,
    /// Arrived, neither in nor gone.
    outside: u64,
    /// What watched people were promised, in ms of the morning.
    promised: HashMap<u32, u64>,
    waits: [Histogram; 3],
    sent: Vec<u64>,
    /// The tickets of attackers that keep them.
    kept: Vec<Option<Ticket>>,
    flown: u64,
    played: Played,
}

impl<'a> Morning<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        let lasts = plan.lasts.min(l::HORIZON);
        let buckets = usize::try_from(lasts.as_millis() as u64 / l::BUCKET_MS + 1).unwrap_or(0);
        let mut rng = SeededRng::new(plan.world.seed);
        let mut morning = Self {
            gate: Gate::new(plan.settings.clone(), plan.starts, &mut rng),
            plan,
            now_ms: 0,
            slots: vec![Slot::default(); plan.world.people as usize],
            calendar: Calendar::new(buckets),
            rooms: Rooms::default(),
            line: Line::default(),
            asleep: Asleep::default(),
            flights: BinaryHeap::new(),
            held: HashMap::new(),
            held_until: BinaryHeap::new(),
            working: Working::new(plan.application),
            outside: u64::from(plan.world.people),
            promised: HashMap::new(),
            waits: Default::default(),
            sent: vec![0; plan.attacks.len()],
            kept: vec![None; plan.attacks.len()],
            flown: 0,
            played: Played {
                seed: plan.world.seed,
                people: u64::from(plan.world.people),
                bytes_per_person: size_of::<Slot>(),
                ..Played::default()
            },
        };
        for number in 0..plan.world.people {
            let at = plan.world.person(number).arrives;
            morning.calendar.put(&mut morning.slots, number, ms(at));
        }
        morning.tell_timetable();
        for attack in &plan.attacks {
            morning.played.attacks.push(AttackPlayed {
                kind: attack.kind,
                begins_s: attack.begins.as_secs_f64(),
                lasts_s: attack.lasts.as_secs_f64(),
                sent: 0,
                admitted: 0,
                named_after_s: None,
            });
        }
        morning
    }

    fn tell_timetable(&mut self) {
        let world = &self.plan.world;
        let bell = self.plan.starts.plus(world.bell());
        let later = bell.plus(Duration::from_secs(3_600));
        let mut timetable = Timetable::default();
        let mut at_bell = 0;
        for person in (0..world.people).map(|number| world.person(number)) {
            at_bell += u32::from(person.has_lesson);
            if self.plan.lessons_known {
                let starts = if person.has_lesson { bell } else { later };
                let ends = starts.plus(Duration::from_secs(55 * 60));
                let lesson = LessonSoon { lesson: u128::from(person.lesson) + 1, starts, ends };
                timetable.lessons.insert(person.key(), lesson);
            }
        }
        timetable.bells = vec![(bell, at_bell), (later, world.people - at_bell)];
        self.gate.set_timetable(timetable, self.plan.starts);
    }

    pub(super) fn run(mut self) -> Played {
        let tick = ms(preau_gate::limits::TICK);
        let (mut next_tick, mut next_look) = (0, 0);
        let last = ms(self.plan.lasts.min(l::HORIZON));
        while self.now_ms <= last && !self.is_over() {
            if self.now_ms >= next_tick {
                next_tick += tick;
                let released = self.gate.tick(self.now());
                self.release(released);
                while self.gate.open_further(self.now()) {}
            }
            self.land();
            self.give_up_held();
            self.attack();
            let bucket = usize::try_from(self.now_ms / l::BUCKET_MS).unwrap_or(usize::MAX);
            let mut next = self.calendar.take(bucket);
            while let Some(who) = next {
                next = after(&self.slots, who);
                self.act(who);
            }
            if self.now_ms.is_multiple_of(l::RESOURCE_MS) {
                self.wake();
            }
            if self.now_ms >= next_look {
                next_look += 1_000;
                self.look();
            }
            self.now_ms += l::BUCKET_MS;
        }
        self.sum_up()
    }

    fn is_over(&self) -> bool {
        let attacked_ms = self.plan.attacks.iter().map(|attack| ms(attack.begins + attack.lasts)).max().unwrap_or(0);
        self.outside == 0 && self.flights.is_empty() && self.held.is_empty() && self.now_ms >= attacked_ms
    }

    fn now(&self) -> Instant {
        self.plan.starts.plus(Duration::from_millis(self.now_ms))
    }

    /// Notes that a place in the line was used, for those who stand before it.
    fn let_in(&mut self, who: u32) {
        let Some(slot) = self.slots.get(who as usize) else { return };
        if let Some(held) = slot.ticket(&self.rooms, self.plan.starts)
            && slot.came_back()
            && let Some(place) = self.asleep.place(held.serial)
        {
            self.line.enters(held.room, place, slot.back_s());
        }
    }

    /// What becomes of a request after the gate's word.
    fn follow(&mut self, whose: Whose, kind: Kind, decision: Decision) {
        let outcome = match &decision {
            Decision::Admit(_) => Outcome::Admitted,
            Decision::Hold { .. } => Outcome::Held,
            Decision::Wait(_) => Outcome::Waits,
            Decision::TurnAway { .. } => Outcome::TurnedAway,
            Decision::SignInAgain => Outcome::SignInAgain,
        };
        if let Whose::Person(_) = whose {
            self.played.count(outcome);
        }
        match (decision, whose) {
            (Decision::Admit(admission), _) => self.fly(whose, kind, admission),
            (Decision::Hold { id, until }, _) => {
                self.held.insert(id, (whose, kind));
                self.held_until.push(Reverse((ms(until.since(self.plan.starts)), id)));
            }
            (Decision::Wait(wait), Whose::Person(who)) => self.told_to_wait(who, &wait),
            (Decision::TurnAway { again, .. }, Whose::Person(who)) => {
                self.refused(who);
                self.hear(who, Heard::Later { again });
            }
            (Decision::SignInAgain, Whose::Person(who)) => {
                self.refused(who);
                self.hear(who, Heard::SignInNeeded);
            }
            _ => {}
        }
    }

    fn refused(&mut self, who: u32) {
        let person = self.plan.world.person(who);
        let story = self.slots.get(who as usize).map(Slot::story).unwrap_or_default();
        if self.pass_of(&person, story).is_some() {
            self.played.pass_holders_refused += 1;
        } else if self.slots.get(who as usize).is_some_and(Slot::came_back) {
            self.played.in_line_refused += 1;
        }
    }

    fn sum_up(mut self) -> Played {
        self.played.still_outside = self.outside;
        self.played.waits_lesson = Waits::from(&self.waits[0]);
        self.played.waits_known = Waits::from(&self.waits[1]);
        self.played.waits_newcomer = Waits::from(&self.waits[2]);
        self.played
    }
}

fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
