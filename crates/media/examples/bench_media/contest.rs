//! Ours, Janus and the floor side by side: short slices of each take turns, so that whatever else the machine does meets all.

use crate::Outcome;
use crate::class::{Cast, Class, Material, rest};
use crate::floor::Floor;
use crate::forwarder::Forwarder;
use crate::janus::Janus;
use crate::machine::Ticks;
use crate::ours::Ours;
use std::time::{Duration, Instant};

/// A round counts when at least this share of what was to be delivered was.
const WHOLE: f64 = 0.9;
/// A slice: what is not measured, a server, the floor. All three together are shorter than the time after which a media
/// thread believes that a picture has ended.
const SETTLE_TIME: Duration = Duration::from_millis(150);
const SERVER_TIME: Duration = Duration::from_millis(500);
const FLOOR_TIME: Duration = Duration::from_millis(400);

pub const OURS: usize = 0;
pub const JANUS: usize = 1;

/// CPU time, the packets it was spent on, and how long it took.
#[derive(Clone, Copy, Default)]
pub struct Spent {
    pub cpu: Duration,
    pub packets: u64,
    pub time: Duration,
}

impl Spent {
    pub fn add(&mut self, other: Self) {
        self.cpu += other.cpu;
        self.packets += other.packets;
        self.time += other.time;
    }

    fn each_us(self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.packets.max(1) as f64
    }
}

/// The cheapest round of each, in µs a packet; of the floor where it sends what the servers do.
#[derive(Clone, Copy)]
pub struct Costs {
    pub ours_us: f64,
    pub janus_us: f64,
    pub floor_us: Option<f64>,
}

/// A class at each server, with equal clients.
pub struct Contest {
    pub classes: [Class; 2],
    cast: Cast,
    viewers: usize,
    floor: Option<Floor>,
    begun: Option<Ticks>,
}

impl Contest {
    /// Everybody is connected; `feedback` as [`Ours::start`] has it.
    pub fn start(cast: Cast, viewers: usize, feedback: bool) -> Outcome<Self> {
        let ours: Box<dyn Forwarder> = Box::new(Ours::start(feedback)?);
        Self::between([ours, Box::new(Janus::start()?)], cast, viewers)
    }

    pub fn between([ours, janus]: [Box<dyn Forwarder>; 2], cast: Cast, viewers: usize) -> Outcome<Self> {
        let classes = [
            Class::start(ours, cast, viewers).map_err(|error| format!("ours: {error}"))?,
            Class::start(janus, cast, viewers).map_err(|error| format!("Janus: {error}"))?,
        ];
        let floor = match cast {
            Cast::Teacher => Some(Floor::start(viewers)?),
            Cast::Lively => None,
        };
        let mut contest = Self { classes, cast, viewers, floor, begun: None };
        contest.begun = contest.ticks();
        Ok(contest)
    }

    /// Cores that were busy with something else since it began.
    pub fn others(&self) -> f64 {
        self.begun.zip(self.ticks()).map_or(0.0, |(before, after)| after.others_since(before))
    }

    fn ticks(&self) -> Option<Ticks> {
        Ticks::read(&[OURS, JANUS].map(|who| self.classes[who].server().process().id()))
    }

    /// Lets time pass; whoever `publishes` does.
    pub fn run(&mut self, publishes: Option<(usize, Material)>, time: Duration) {
        let begun = Instant::now();
        while begun.elapsed() < time {
            self.step(publishes);
        }
    }

    fn step(&mut self, publishes: Option<(usize, Material)>) {
        for (who, class) in self.classes.iter_mut().enumerate() {
            class.step(publishes.and_then(|(publisher, material)| (publisher == who).then_some(material)));
        }
        if let Some(floor) = &self.floor {
            floor.swallow();
        }
        rest();
    }

    /// What `who` spends while `publishes` do so, and what it delivers meanwhile.
    pub fn spend(&mut self, who: usize, publishes: Option<(usize, Material)>, time: Duration) -> Outcome<Spent> {
        let begun = Instant::now();
        let (cpu, delivered) = (self.classes[who].server().process().cpu()?, self.classes[who].delivered());
        self.run(publishes, time);
        let class = &self.classes[who];
        let cpu = class.server().process().cpu()?.since(&cpu);
        Ok(Spent { cpu, packets: class.delivered() - delivered, time: begun.elapsed() })
    }

    /// The cheapest of so many rounds of so many slices.
    pub fn costs(&mut self, material: Material, rounds: usize, slices: usize) -> Outcome<Costs> {
        let (mut least, mut most_whole) = ([f64::INFINITY; 2], [0.0_f64; 2]);
        let mut floor_us: Option<f64> = None;
        for _ in 0..rounds {
            let (spent, floor) = self.round(material, slices)?;
            floor_us = floor.map(|floor| floor_us.unwrap_or(f64::INFINITY).min(floor.each_us()));
            for who in [OURS, JANUS] {
                let due = self.cast.rate(material) * self.viewers as f64 * spent[who].time.as_secs_f64();
                let whole = spent[who].packets as f64 / due;
                most_whole[who] = most_whole[who].max(whole);
                if whole >= WHOLE {
                    least[who] = least[who].min(spent[who].each_us());
                }
            }
        }
        for (who, name) in [(OURS, "ours"), (JANUS, "Janus")] {
            if least[who].is_infinite() {
                let whole = most_whole[who] * 100.0;
                return Err(format!(
                    "{name} delivered {whole:.0} % of the packets at best: the estimate of the bandwidth \
                                    let no more through, or the machine is too busy"
                )
                .into());
            }
        }
        Ok(Costs { ours_us: least[OURS], janus_us: least[JANUS], floor_us })
    }

    fn round(&mut self, material: Material, slices: usize) -> Outcome<([Spent; 2], Option<Spent>)> {
        let (mut spent, mut floor) = ([Spent::default(); 2], self.floor.as_ref().map(|_| Spent::default()));
        for _ in 0..slices {
            for who in [OURS, JANUS] {
                self.run(Some((who, material)), SETTLE_TIME);
                spent[who].add(self.spend(who, Some((who, material)), SERVER_TIME)?);
                if let Some(floor) = floor.as_mut().filter(|_| who == OURS) {
                    floor.add(self.spend_floor(material)?);
                }
            }
        }
        Ok((spent, floor))
    }

    fn spend_floor(&mut self, material: Material) -> Outcome<Spent> {
        let floor = self.floor.as_ref().ok_or("there is no floor")?;
        floor.begin(material, FLOOR_TIME)?;
        loop {
            self.step(None);
            if let Some(spent) = self.floor.as_ref().and_then(Floor::result) {
                return Ok(spent);
            }
        }
    }
}
