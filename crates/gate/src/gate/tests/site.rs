//! An application behind a gate, and people in front of it.

use crate::decision::{Admission, Answered, Decision, HeldId, LessonSoon};
use crate::gate::{Gate, Timetable};
use crate::limits::TICK;
use crate::pass::Standing;
use crate::request::{Holder, HolderKey, Kind, Request, Shape, Shown};
use crate::settings::Settings;
use crate::waiting::{Entry, Ticket};
use preau_base::{Instant, Rng, SeededRng};
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::time::Duration;

pub const START: Instant = Instant::from_secs(1_800_000_000);
pub const STEP: Duration = Duration::from_millis(50);

pub fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

pub fn holder(person: u128) -> Holder {
    Holder {
        key: HolderKey(person),
        session: person + 1_000_000,
        earned: START.minus(minutes(60)),
        signed_in: START.minus(minutes(60)),
        standing: Standing::Pupil,
    }
}

pub fn lesson(number: u128, starts: Instant) -> LessonSoon {
    LessonSoon { lesson: number, starts, ends: starts.plus(minutes(55)) }
}

pub fn ipv4(number: u32) -> IpAddr {
    IpAddr::V4(std::net::Ipv4Addr::from_bits(number))
}

/// One browser, with what it keeps.
#[derive(Clone, Copy, Debug)]
pub struct Browser {
    pub address: IpAddr,
    pub shown: Shown,
    pub ticket: Option<Ticket>,
    pub entry: Option<Entry>,
}

impl Browser {
    pub fn at(address: IpAddr) -> Self {
        Self { address, shown: Shown::Nothing, ticket: None, entry: None }
    }

    pub fn with_pass(address: IpAddr, holder: Holder) -> Self {
        Self { shown: Shown::Valid(holder), ..Self::at(address) }
    }

    pub fn request(&self, kind: Kind) -> Request<'static> {
        let shape = match kind {
            Kind::SignIn => Shape::of_path("/sign-in"),
            _ => Shape::of_path("/"),
        };
        let navigates = !matches!(kind, Kind::Call | Kind::Asset | Kind::Queue);
        Request {
            address: self.address,
            shown: self.shown,
            ticket: self.ticket,
            entry: self.entry,
            kind,
            navigates,
            shape,
        }
    }

    /// Keeps the cookies of an answer.
    pub fn keep(&mut self, decision: &Decision) {
        match decision {
            Decision::Admit(admission) => self.entry = admission.entry.or(self.entry),
            Decision::Wait(wait) => self.ticket = wait.ticket.or(self.ticket),
            _ => {}
        }
    }
}

/// What became of a request, told when it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Told {
    Admitted(Admission),
    Otherwise(Decision),
}

/// An application of `servers` that share their time among what is at work.
pub struct Site {
    pub gate: Gate,
    pub now: Instant,
    rng: SeededRng,
    servers: u32,
    service: Duration,
    at_work: BTreeMap<(Instant, u64), (Admission, Duration)>,
    held: HashMap<HeldId, (u64, Instant)>,
    flown: u64,
    ticked: Instant,
}

impl Site {
    pub fn new(seed: u64, settings: Settings, servers: u32, service: Duration) -> Self {
        let mut rng = SeededRng::new(seed);
        Self {
            gate: Gate::new(settings, START, &mut rng),
            now: START,
            rng,
            servers,
            service,
            at_work: BTreeMap::new(),
            held: HashMap::new(),
            flown: 0,
            ticked: START,
        }
    }

    pub fn quick(settings: Settings) -> Self {
        Self::new(1, settings, 1_000, Duration::from_millis(20))
    }

    pub fn timetable(&mut self, lessons: impl IntoIterator<Item = (u128, LessonSoon)>) {
        let lessons = lessons.into_iter().map(|(person, lesson)| (HolderKey(person), lesson)).collect();
        self.gate.set_timetable(Timetable { lessons, bells: Vec::new() }, self.now);
    }

    /// Asks; `who` is told later when the request is held.
    pub fn ask(&mut self, who: u64, request: &Request<'_>) -> Decision {
        let decision = self.gate.decide(request, self.now);
        match decision {
            Decision::Admit(admission) => self.begin(admission),
            Decision::Hold { id, until } => {
                self.held.insert(id, (who, until));
            }
            _ => {}
        }
        decision
    }

    /// Asks, and keeps the cookies.
    pub fn visit(&mut self, browser: &mut Browser, kind: Kind) -> Decision {
        let decision = self.ask(0, &browser.request(kind));
        browser.keep(&decision);
        decision
    }

    /// A visit whose answer is as in other tests.
    pub fn visits(&mut self, browser: &mut Browser, kind: Kind) {
        let _ = self.visit(browser, kind);
    }

    fn begin(&mut self, admission: Admission) {
        let busy = self.at_work.len() as u32 / self.servers;
        let latency = self.service * (busy + 1);
        self.flown += 1;
        if admission.counted {
            self.at_work.insert((self.now.plus(latency), self.flown), (admission, latency));
        }
    }

    /// Lets [`STEP`] pass; gives what became of those that were held.
    pub fn step(&mut self) -> Vec<(u64, Told)> {
        self.now = self.now.plus(STEP);
        let mut told = Vec::new();
        while let Some(entry) = self.at_work.first_entry().filter(|entry| entry.key().0 <= self.now) {
            let (admission, latency) = entry.remove();
            let released = self.gate.finished(admission, Answered { latency, failed: false, bytes: 10_000 }, self.now);
            self.let_go(released, &mut told);
        }
        if self.now.since(self.ticked) >= TICK {
            self.ticked = self.now;
            let released = self.gate.tick(self.now);
            self.let_go(released, &mut told);
        }
        let mut late: Vec<_> =
            self.held.iter().filter(|(_, (_, until))| *until <= self.now).map(|(id, _)| *id).collect();
        late.sort_unstable();
        for id in late {
            if let Some((who, _)) = self.held.remove(&id) {
                told.push((who, Told::Otherwise(self.gate.give_up(id, self.now))));
            }
        }
        told
    }

    fn let_go(&mut self, released: Vec<(HeldId, Admission)>, told: &mut Vec<(u64, Told)>) {
        for (id, admission) in released {
            let (who, _) = self.held.remove(&id).expect("only what is held is released, once");
            self.begin(admission);
            told.push((who, Told::Admitted(admission)));
        }
    }

    pub fn pass_time(&mut self, time: Duration) {
        let until = self.now.plus(time);
        while self.now < until {
            self.step();
        }
    }

    pub fn below(&mut self, below: u64) -> u64 {
        self.rng.below(below)
    }
}
