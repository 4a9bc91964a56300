//! Lessons that come back: a [`Recurrence`] becomes lessons by the calendar and the clock of its school, and a
//! publication becomes [`Step`]s that lose nothing which people have changed by hand.

mod conflict;
mod publish;
mod recurrence;

pub use conflict::{Claim, Conflict, Overlaps, Shared, conflicts, shared};
pub use publish::{Existing, Kept, Step, publication};
pub use recurrence::{Expansion, LessonMode, Planned, Recurrence, RecurrenceFault, at, expand};

use preau_base::Instant;

/// Why a lesson cannot be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoveFault {
    /// People are in it: it can be closed, not moved.
    #[error("the lesson is on")]
    On,
    #[error("the lesson is over")]
    Over,
    #[error("the lesson is cancelled")]
    Cancelled,
    /// The new time has gone by.
    #[error("the new time is past")]
    Past,
}

/// Whether a lesson may be moved at `now` to begin at `to`. One that is on, or over, stays where it is: what happened
/// happened, and nobody is thrown out of a class by the timetable.
pub fn may_move(
    starts_at: Instant,
    ends_at: Instant,
    cancelled: bool,
    to: Instant,
    now: Instant,
) -> Result<(), MoveFault> {
    if cancelled {
        Err(MoveFault::Cancelled)
    } else if ends_at <= now {
        Err(MoveFault::Over)
    } else if starts_at <= now {
        Err(MoveFault::On)
    } else if to < now {
        Err(MoveFault::Past)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
