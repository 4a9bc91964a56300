//! Which level of the one ladder holds, moved by measured pressure and by hand.

use crate::snapshot::{Cause, LadderState};
use preau_base::{Instant, Level};
use std::time::Duration;

/// What presses, as the gate measures it every [`crate::limits::TICK`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pressure {
    /// Requests held in the gate's own queue.
    pub held: u32,
    /// Requests that may be at work in the application.
    pub limit: u32,
    /// Latency now in multiples of the latency without load; 1 is no load.
    pub latency_ratio: f64,
    /// Share of the application's answers that failed, 0 to 1.
    pub failed_share: f64,
    /// How full the memory of this machine is, 0 to 1. Connections are no part of it: whoever holds them moves no level.
    pub machine: f64,
}

/// Smoothed pressure at or above this for [`UP_AFTER`] moves a level up.
const UP_AT: f64 = 1.0;
/// Smoothed pressure at or below this for [`DOWN_AFTER`] moves a level down; between the two the level stays.
const DOWN_AT: f64 = 0.5;
const UP_AFTER: Duration = Duration::from_millis(2_500);
const DOWN_AFTER: Duration = Duration::from_secs(25);
/// A level that had to be taken up again within this of going down came down too early: the calm that the next way
/// down needs doubles, up to [`DOWN_AFTER_MAX`].
const RELAPSE: Duration = Duration::from_secs(60);
const DOWN_AFTER_MAX: Duration = Duration::from_secs(200);
/// Time constant of the smoothing, in seconds.
const SMOOTHING_S: f64 = 1.0;
/// A pressure counts at most this much, so that one huge measure is not remembered for long.
const PRESSURE_MAX: f64 = 2.0;
/// A queue as long as what may be at work is full pressure.
const HELD_OF_LIMIT_FULL: f64 = 1.0;
/// The adaptive limit holds the latency below twice the floor; from there on pressure begins, and is full at four times.
const LATENCY_RATIO_CALM: f64 = 2.0;
const LATENCY_RATIO_FULL: f64 = 4.0;
const FAILED_SHARE_FULL: f64 = 0.2;
/// A machine may be well used: pressure begins at the first and is full at the second.
const MACHINE_CALM: f64 = 0.7;
const MACHINE_FULL: f64 = 0.92;

impl Pressure {
    /// 0 is calm, 1 moves the ladder; with what presses most.
    fn strongest(&self) -> (f64, Cause) {
        let held = f64::from(self.held) / f64::from(self.limit.max(1)) / HELD_OF_LIMIT_FULL;
        let between = |value: f64, calm: f64, full: f64| (value - calm) / (full - calm);
        let all = [
            (held, Cause::Queue),
            (between(self.latency_ratio, LATENCY_RATIO_CALM, LATENCY_RATIO_FULL), Cause::Latency),
            (between(self.failed_share, 0.0, FAILED_SHARE_FULL), Cause::Errors),
            (between(self.machine, MACHINE_CALM, MACHINE_FULL), Cause::Machine),
        ];
        let strongest =
            all.into_iter().fold((0.0, Cause::Calm), |most, next| if next.0 > most.0 { next } else { most });
        (strongest.0.min(PRESSURE_MAX), strongest.1)
    }
}

/// The ladder of [`Level`]s: up a level after 2.5 s of sustained pressure, down one after 25 s of calm.
///
/// What each level turns off, all below included: 1 search, previews, counters; 2 pictures in pages and high video
/// layers; 3 every page but today's, the lessons and the hand-in; 4 writing, but for entering a lesson, attendance and
/// handing in; 5 newcomers wait outside. Nobody who is in is put out at any level.
#[derive(Clone, Debug)]
pub struct Ladder {
    level: Level,
    by_hand: bool,
    since: Instant,
    cause: Cause,
    /// Smoothed, in units of what moves the ladder.
    pressure: f64,
    /// What presses most at the moment.
    pressing: Cause,
    measured: Instant,
    pressed_since: Option<Instant>,
    calm_since: Option<Instant>,
    came_down: Option<Instant>,
    down_after: Duration,
}

impl Ladder {
    pub fn new(now: Instant) -> Self {
        Self {
            level: Level::Full,
            by_hand: false,
            since: now,
            cause: Cause::Calm,
            pressure: 0.0,
            pressing: Cause::Calm,
            measured: now,
            pressed_since: None,
            calm_since: None,
            came_down: None,
            down_after: DOWN_AFTER,
        }
    }

    /// What was measured; gives the new level when it changed. A level held by hand stays.
    pub fn press(&mut self, pressure: Pressure, now: Instant) -> Option<Level> {
        let (strength, cause) = pressure.strongest();
        let passed_s = now.since(self.measured).as_secs_f64();
        self.measured = self.measured.max(now);
        self.pressure += (strength - self.pressure) * (1.0 - (-passed_s / SMOOTHING_S).exp());
        self.pressing = cause;
        let above = self.pressure >= UP_AT;
        let below = self.pressure <= DOWN_AT;
        self.pressed_since = above.then(|| self.pressed_since.unwrap_or(now));
        self.calm_since = below.then(|| self.calm_since.unwrap_or(now));
        if self.by_hand {
            return None;
        }
        let lasted = |since: Option<Instant>, long: Duration| {
            since.is_some_and(|since| now.since(since.max(self.since)) >= long)
        };
        if lasted(self.pressed_since, UP_AFTER) {
            let up = Level::from_number(self.level.number() + 1)?;
            self.note_relapse(now);
            return Some(self.change(up, cause, now));
        }
        if lasted(self.calm_since, self.down_after) {
            let down = Level::from_number(self.level.number().checked_sub(1)?)?;
            self.came_down = Some(now);
            return Some(self.change(down, Cause::Calm, now));
        }
        None
    }

    /// Holds a level by hand, whatever presses; `None` gives it back to the measures, from the level held.
    pub fn hold(&mut self, level: Option<Level>, now: Instant) {
        self.by_hand = level.is_some();
        if let Some(level) = level {
            self.change(level, Cause::Hand, now);
        }
    }

    pub fn level(&self) -> Level {
        self.level
    }

    pub fn state(&self) -> LadderState {
        LadderState {
            level: self.level,
            by_hand: self.by_hand,
            since: self.since,
            pressure_percent: (self.pressure / UP_AT * 100.0).clamp(0.0, 100.0) as u8,
            cause: self.cause,
        }
    }

    /// What presses most at the moment, whether or not it has moved the ladder.
    pub fn pressing(&self) -> Cause {
        self.pressing
    }

    fn note_relapse(&mut self, now: Instant) {
        let relapse = self.came_down.is_some_and(|down| now.since(down) < RELAPSE);
        self.down_after = if relapse { (self.down_after * 2).min(DOWN_AFTER_MAX) } else { DOWN_AFTER };
        self.came_down = None;
    }

    fn change(&mut self, level: Level, cause: Cause, now: Instant) -> Level {
        // A level held again is not a new one.
        if level != self.level || cause == Cause::Hand && self.cause != Cause::Hand {
            self.since = now;
        }
        self.level = level;
        self.cause = cause;
        level
    }
}

#[cfg(test)]
mod tests;
