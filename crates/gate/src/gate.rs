use crate::decision::{Admission, Answered, Decision, HeldId, Lane, LessonSoon};
use crate::request::{HolderKey, Request, Shown, Sign};
use crate::settings::{Command, CommandRefusal, Settings};
use crate::snapshot::{Cause, LadderState, LimitState, People, RoomState, Snapshot, Verdict};
use preau_base::{Instant, Level, Rng};
use std::net::IpAddr;

/// The gate of one process: decides on every request, knows nothing of sockets. One lock around it is enough: a
/// decision takes about a microsecond.
#[derive(Debug)]
pub struct Gate {
    settings: Settings,
    started: Instant,
}

/// Who is expected in which lesson; replaced whole.
#[derive(Clone, Debug, Default)]
pub struct Timetable {
    /// Each person's lesson that is on or begins next, within the horizon of [`crate::limits::TIMETABLE_HORIZON`].
    pub lessons: std::collections::HashMap<HolderKey, LessonSoon>,
    /// People whose first lesson of the day begins at each instant, for the forecast of arrivals.
    pub bells: Vec<(Instant, u32)>,
}

impl Gate {
    /// The seed of the draw comes from `rng`.
    pub fn new(settings: Settings, now: Instant, _rng: &mut dyn Rng) -> Self {
        Self { settings, started: now }
    }

    pub fn decide(&mut self, request: &Request<'_>, now: Instant) -> Decision {
        let lane = match request.shown {
            Shown::Valid(_) => Lane::Known,
            _ => Lane::Newcomer,
        };
        Decision::Admit(Admission { lane, kind: request.kind, begun: now, counted: true, entry: None })
    }

    /// An admitted request was answered, or ended without an answer. Gives the held requests that may go now.
    pub fn finished(&mut self, _admission: Admission, _answered: Answered, _now: Instant) -> Vec<(HeldId, Admission)> {
        Vec::new()
    }

    /// The client of an admitted request went away before the answer: its place is free, and its time says nothing about
    /// the application. Gives the held requests that may go now.
    pub fn abandoned(&mut self, _admission: Admission, _now: Instant) -> Vec<(HeldId, Admission)> {
        Vec::new()
    }

    /// A held request was not released in time, or its client is gone. Its place in the queue is given up.
    pub fn give_up(&mut self, _id: HeldId, now: Instant) -> Decision {
        Decision::Admit(Admission {
            lane: Lane::Known,
            kind: crate::request::Kind::Page,
            begun: now,
            counted: true,
            entry: None,
        })
    }

    /// Something that happened on a connection outside any request.
    pub fn observe(&mut self, _sign: Sign, _address: IpAddr, _now: Instant) {}

    /// To be called every [`crate::limits::TICK`]: limits, line, ladder and verdict move. Gives the held requests that
    /// may go now.
    pub fn tick(&mut self, _now: Instant) -> Vec<(HeldId, Admission)> {
        Vec::new()
    }

    pub fn set_timetable(&mut self, _timetable: Timetable, _now: Instant) {}

    pub fn apply(&mut self, command: Command, _now: Instant) -> Result<(), CommandRefusal> {
        if let Command::Level { level } = command {
            self.settings.level = level;
        }
        Ok(())
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub fn level(&self) -> Level {
        self.settings.level.unwrap_or_default()
    }

    pub fn snapshot(&self, now: Instant) -> Snapshot {
        Snapshot {
            at: now,
            ladder: LadderState {
                level: self.level(),
                by_hand: self.settings.level.is_some(),
                since: self.started,
                pressure_percent: 0,
                cause: Cause::Calm,
            },
            people: People::default(),
            counts: Vec::new(),
            lanes: Vec::new(),
            limit: LimitState::default(),
            room: RoomState::default(),
            curve: Vec::new(),
            verdict: Verdict::default(),
            signatures: Vec::new(),
            networks: Vec::new(),
            settings: self.settings.clone(),
        }
    }
}
