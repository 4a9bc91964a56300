//! Attendance: what a roll says of each pupil, what is proposed for it, and what half-days come of it.
//!
//! Nobody who could not connect counts as absent without a reason: [`Status::NoConnection`] stands for it in a roll, and
//! [`Outcome::NoConnection`] for a half-day that was missed for it.

mod expected;
mod half_day;
mod outcome;
mod proposal;
mod words;

pub use expected::{Expected, expected};
pub use half_day::{BadHalfDay, Half, HalfDay};
pub use outcome::{Counts, Excuse, Mark, Outcome, excuse_of, outcomes};
pub use proposal::{Evidence, Proposal, Stay, open_time, propose};
pub use words::{ExcuseState, Means, Reached, Reason, Status};

use std::time::Duration;

/// A pupil who comes later than this after the class was opened is late.
pub const LATE_AFTER: Duration = Duration::from_secs(5 * 60);
/// A pupil who leaves earlier than this before it was closed has left early.
pub const EARLY_BEFORE: Duration = Duration::from_secs(10 * 60);
/// Who was in for one part in so many of the time that it was open was there.
pub const ATTENDED_PART: u32 = 2;
/// The afternoon begins at 13:00 where the school says nothing else, in minutes after midnight.
pub const AFTERNOON_MIN: i64 = 13 * 60;
/// Half-days without a reason in a month from which on a school must act (Code de l’éducation, art. L131-8).
pub const UNJUSTIFIED_MONTH_MAX: usize = 4;
/// Teachers correct their roll for this long after the lesson; school life afterwards.
pub const ROLL_OPEN_AFTER: Duration = Duration::from_secs(24 * 3_600);

#[cfg(test)]
mod tests;
