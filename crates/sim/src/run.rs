//! Plays a morning against the pure gate in virtual time.
//!
//! Nobody is stored whole: each person is 16 bytes, the rest is made again from the seed. Steps of [`crate::limits::BUCKET_MS`];
//! within one, everything happens at its beginning.
//!
//! The gate, its room, its line and its judge are the real ones, and every request that they would decide on is decided by
//! them. What is not played one by one is the poll resource, which never asks the gate: whoever has a place in line and runs
//! our script is woken when the resource shows their turn, within the time between two polls at the front. Those without
//! script, and one in [`crate::limits::WATCHED_ONE_IN`] of the others, load the waiting page anew each time: what they are told
//! is compared with what becomes of it.

mod application;
mod asleep;
mod calendar;
mod histogram;
mod line;
mod morning;
mod report;
mod slot;

pub use application::Application;
pub use histogram::Histogram;
pub use report::{AttackPlayed, Played, Waits};

use crate::attack::Attack;
use crate::world::World;
use preau_base::Instant;
use preau_gate::Settings;
use std::time::Duration;

/// One simulated morning.
#[derive(Clone, Debug)]
pub struct Plan {
    pub world: World,
    /// When the window of arrivals starts.
    pub starts: Instant,
    /// How long it is played at the most, at most [`crate::limits::HORIZON`]; it ends before when everybody is in or gone.
    pub lasts: Duration,
    pub settings: Settings,
    pub application: Application,
    pub attacks: Vec<Attack>,
    /// Share of the passwords that people send which are wrong, 0 to 1; they type again.
    pub mistyped: f64,
    /// The gate knows who has which lesson. It holds a row for each pass holder then, which the largest crowds go without.
    pub lessons_known: bool,
    /// People who are in a lesson show signs of life until its end; otherwise their story ends when they are in.
    pub stays: bool,
    /// Whoever has come in from the line and got the page that they asked for is gone: for the largest crowds, of whom only
    /// the line is of interest.
    pub line_only: bool,
}

impl Plan {
    /// A second day with an application that is sized for the crowd in about a quarter of an hour, no attack.
    pub fn new(world: World) -> Self {
        Self {
            world,
            // Monday 23 November 2026, 8:57 in Paris.
            starts: Instant::from_secs(1_795_420_620),
            lasts: Duration::from_secs(3_600),
            settings: Settings::default(),
            application: Application::for_crowd(&world),
            attacks: Vec::new(),
            mistyped: 0.03,
            lessons_known: true,
            stays: false,
            line_only: false,
        }
    }
}

/// Plays it to its end.
pub fn play(plan: &Plan) -> Played {
    morning::Morning::new(plan).run()
}

#[cfg(test)]
mod tests;
