mod attacks;
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
use crate::story::{Ask, End, Heard, Next, Reached, Story};
use crate::world::Person;
use preau_base::{Instant, SeededRng};
use preau_gate::{
    Admission, Answered, Decision, Gate, HeldId, Holder, Kind, LessonSoon, Outcome, Request, Shape, Shown, Sign,
    Timetable,
};
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

/// A request at work.
struct Flight {
    ends_ms: u64,
    order: u64,
    whose: Whose,
    admission: Admission,
    /// None when its client has gone before the answer.
    answered: Option<Answered>,
}

impl PartialEq for Flight {
    fn eq(&self, other: &Self) -> bool {
        (self.ends_ms, self.order) == (other.ends_ms, other.order)
    }
}
impl Eq for Flight {}
impl PartialOrd for Flight {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Flight {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.ends_ms, self.order).cmp(&(other.ends_ms, other.order))
    }
}

/// Numbers of the draws for mistyped passwords begin here, one for each step of a story.
const MISTYPING: u64 = 10_000;
/// How long people look at nothing before they reload.
const PATIENT_FOR: Duration = Duration::from_secs(10);

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

    /// One person asks for what they want next.
    fn act(&mut self, who: u32) {
        let person = self.plan.world.person(who);
        let Some(slot) = self.slots.get(who as usize).copied() else { return };
        if slot.is_gone() {
            return;
        }
        let story = slot.story();
        if story == Story::begin() {
            self.played.arrived += 1;
        }
        let shown = self.pass_of(&person, story).map_or(Shown::Nothing, Shown::Valid);
        let (kind, shape) = asked(&person, story, shown);
        let request = Request {
            address: person.network.address((who % l::PEOPLE_PER_HOME) as u16),
            shown,
            ticket: slot.ticket(&self.rooms, self.plan.starts),
            entry: slot.entry(&self.rooms, self.plan.starts),
            kind,
            navigates: !matches!(kind, Kind::Call),
            shape,
        };
        let decision = self.decide(&request);
        if matches!(decision, Decision::Admit(_)) && matches!(kind, Kind::Page) && story.reached() < Reached::Home {
            self.fetch_files(&request);
        }
        self.follow(Whose::Person(who), kind, decision);
    }

    fn fetch_files(&mut self, page: &Request<'_>) {
        // Of the largest crowds, files are told to the judge as those are that the gate does not decide on.
        if self.plan.line_only {
            let now = self.now();
            (0..l::ASSETS_PER_PAGE).for_each(|_| self.gate.judge_mut().fetched(page.address, now));
            return;
        }
        for _ in 0..l::ASSETS_PER_PAGE {
            let request = Request { kind: Kind::Asset, navigates: false, ..*page };
            let decision = self.decide(&request);
            self.follow(Whose::Nobody, Kind::Asset, decision);
        }
    }

    fn decide(&mut self, request: &Request<'_>) -> Decision {
        self.played.decisions += 1;
        self.gate.decide(request, self.now())
    }

    /// The pass that this person shows now.
    fn pass_of(&self, person: &Person, story: Story) -> Option<Holder> {
        let signed_in = story.reached() >= Reached::SignedIn;
        let earned = if signed_in && !person.has_pass {
            self.plan.starts.plus(person.arrives)
        } else {
            self.plan.starts.minus(Duration::from_secs(person.draw.between(50, (3_600, 20 * 86_400))))
        };
        (person.has_pass || signed_in).then_some(Holder {
            key: person.key(),
            session: u128::from(person.number) + 1,
            earned,
            standing: person.standing,
        })
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
        }
    }

    fn fly(&mut self, whose: Whose, kind: Kind, admission: Admission) {
        if let (Some(entry), Whose::Person(who)) = (&admission.entry, whose) {
            self.let_in(who);
            if let Some(slot) = self.slots.get_mut(who as usize) {
                slot.take_entry(entry, &mut self.rooms, self.plan.starts);
            }
        }
        // What was promised is kept, but to whoever only signs in meanwhile.
        if let Whose::Person(who) = whose
            && (kind != Kind::SignIn || admission.entry.is_some())
        {
            self.promised.remove(&who);
        }
        let password = match whose {
            Whose::Person(who) => self.slots.get(who as usize).is_some_and(|slot| slot.story().asks() == Ask::SignIn),
            Whose::Attacker { then, .. } => then == Some(Sign::WrongPassword),
            Whose::Nobody => false,
        };
        let (latency, failed) = self.working.begin(kind, password, self.now_ms);
        let mut flight = Flight {
            ends_ms: self.now_ms + ms(latency).max(1),
            order: self.flown,
            whose,
            admission,
            answered: Some(Answered { latency, failed, bytes: 12_000 }),
        };
        if let (Whose::Person(who), true) = (whose, latency > PATIENT_FOR) {
            // The answer comes to nobody: the person has reloaded, and the application works on all the same.
            flight = Flight { ends_ms: self.now_ms + ms(PATIENT_FOR), whose: Whose::Nobody, answered: None, ..flight };
            self.played.failures_seen += 1;
            self.hear_later(who, Heard::Nothing, PATIENT_FOR);
        }
        if let Whose::Attacker { attack, .. } = whose
            && let Some(played) = self.played.attacks.get_mut(attack)
        {
            played.admitted += 1;
        }
        self.flown += 1;
        self.flights.push(Reverse(flight));
        self.played.at_work_most = self.played.at_work_most.max(self.flights.len() as u64);
    }

    /// Requests that are answered by now.
    fn land(&mut self) {
        while self.flights.peek().is_some_and(|Reverse(flight)| flight.ends_ms <= self.now_ms) {
            let Some(Reverse(flight)) = self.flights.pop() else { return };
            let released = match flight.answered {
                Some(answered) => self.gate.finished(flight.admission, answered, self.now()),
                None => self.gate.abandoned(flight.admission, self.now()),
            };
            self.release(released);
            match flight.whose {
                Whose::Person(who) => self.answered(who, flight.answered.is_some_and(|answered| answered.failed)),
                Whose::Attacker { then: Some(sign), address, .. } => self.gate.observe(sign, address, self.now()),
                _ => {}
            }
        }
    }

    fn release(&mut self, released: Vec<(HeldId, Admission)>) {
        for (id, admission) in released {
            if let Some((whose, kind)) = self.held.remove(&id) {
                self.fly(whose, kind, admission);
            }
        }
    }

    fn give_up_held(&mut self) {
        self.played.held_most = self.played.held_most.max(self.held.len() as u64);
        while self.held_until.peek().is_some_and(|Reverse((until_ms, _))| *until_ms <= self.now_ms) {
            let Some(Reverse((_, id))) = self.held_until.pop() else { return };
            if let Some((whose, kind)) = self.held.remove(&id) {
                let decision = self.gate.give_up(id, self.now());
                self.follow(whose, kind, decision);
            }
        }
    }

    fn answered(&mut self, who: u32, failed: bool) {
        let person = self.plan.world.person(who);
        let Some(slot) = self.slots.get_mut(who as usize) else { return };
        let story = slot.story();
        let signed_in = person.has_pass || story.reached() >= Reached::SignedIn;
        let mistyped = story.asks() == Ask::SignIn
            && !failed
            && person.draw.unit(MISTYPING + u64::from(story.to_bytes()[1])) < self.plan.mistyped;
        if mistyped {
            let address = person.network.address((who % l::PEOPLE_PER_HOME) as u16);
            self.gate.observe(Sign::WrongPassword, address, self.plan.starts.plus(Duration::from_millis(self.now_ms)));
        }
        let heard = match story.asks() {
            _ if failed => Heard::Nothing,
            Ask::SignIn if mistyped => Heard::SignInNeeded,
            Ask::Home if !signed_in => Heard::SignInNeeded,
            _ => Heard::Page,
        };
        if story.asks() == Ask::SignIn && heard == Heard::Page {
            slot.drop_papers();
            self.promised.remove(&who);
        }
        self.played.failures_seen += u64::from(failed);
        if self.plan.line_only && !failed {
            let since = Duration::from_millis(self.now_ms).saturating_sub(person.arrives);
            self.came_in(&person, since);
            return self.leave(who);
        }
        self.hear(who, heard);
    }

    fn hear(&mut self, who: u32, heard: Heard) {
        self.hear_later(who, heard, Duration::ZERO);
    }

    fn hear_later(&mut self, who: u32, heard: Heard, later: Duration) {
        let person = self.plan.world.person(who);
        let Some(slot) = self.slots.get_mut(who as usize) else { return };
        let mut story = slot.story();
        let before = story.reached();
        let since = Duration::from_millis(self.now_ms).saturating_sub(person.arrives);
        let next = story.next(&person, heard, since);
        slot.keep(story);
        let is_in = before < Reached::Home && story.reached() >= Reached::Home;
        if is_in {
            self.came_in(&person, since);
        }
        let in_lesson = before < Reached::Lesson && story.reached() == Reached::Lesson;
        self.played.in_lesson += u64::from(in_lesson);
        match next {
            Next::Ask { after, .. } if self.plan.stays || !in_lesson => {
                // Never within the same step: a person takes a moment.
                let at_ms = self.now_ms + ms(later + after).max(l::BUCKET_MS);
                self.calendar.put(&mut self.slots, who, at_ms);
            }
            Next::Ask { .. } => self.leave(who),
            Next::Gone(end) => {
                if end == End::GaveUp && story.reached() < Reached::Home {
                    self.played.gave_up += 1;
                    self.outside -= 1;
                }
                self.leave(who);
            }
        }
    }

    fn leave(&mut self, who: u32) {
        if let Some(slot) = self.slots.get_mut(who as usize) {
            slot.go();
        }
    }

    fn came_in(&mut self, person: &Person, since: Duration) {
        let at = usize::from(!person.has_pass) * 2 + usize::from(person.has_pass && !person.has_lesson);
        if let Some(waits) = self.waits.get_mut(at) {
            waits.record(since);
        }
        self.outside -= 1;
        self.played.people_in += 1;
        self.played.last_in_s = self.now_ms as f64 / 1_000.0;
        let minute = usize::try_from(self.now_ms / 60_000).unwrap_or(0);
        if self.played.in_per_minute.len() <= minute {
            self.played.in_per_minute.resize(minute + 1, 0);
        }
        self.played.in_per_minute[minute] += 1;
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

/// What a step of the story is to the gate.
fn asked(person: &Person, story: Story, shown: Shown) -> (Kind, Shape<'static>) {
    let (kind, method, path) = match story.asks() {
        Ask::Home => (Kind::Page, "GET", "/"),
        Ask::SignInPage => (Kind::SignIn, "GET", "/sign-in"),
        Ask::SignIn => (Kind::SignIn, "POST", "/sign-in"),
        Ask::Door => (Kind::Live, "GET", "/lessons/1"),
        Ask::Join => (Kind::Live, "POST", "/lessons/1/token"),
        Ask::Beat => (Kind::Call, "GET", "/live/1"),
    };
    let shape = Shape {
        method,
        version: person.device.version,
        agent: person.device.agent,
        header_order: person.device.header_order,
        has_cookie: shown != Shown::Nothing || story != Story::begin(),
        ..Shape::of_path(path)
    };
    (kind, shape)
}
