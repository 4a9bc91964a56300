//! The gate as pages see it: how much is turned off, who waits at the door, and what an operator may set.

mod board;
mod curve;
mod view;
mod words;

pub use board::{Snapshots, board};
pub(crate) use view::View;
pub use words::Words;

use crate::app::App;
use preau_base::{LessonId, Level, PersonId};
use preau_gate::{Command, CommandRefusal, Snapshot};
use std::sync::Arc;

/// What pages ask the gate; the binary joins the two.
pub trait Gate: Send + Sync {
    /// What the ladder has turned off; read at every page.
    fn level(&self) -> Level;
    /// Pass holders of this lesson who were told to wait at the gate in the last minute.
    fn waiting_for(&self, lesson: LessonId) -> u32;
    /// Everything that the console shows.
    fn snapshot(&self) -> Snapshot;
    /// Carries out what `by` has set, and writes it into the gate's record.
    ///
    /// # Errors
    /// As [`preau_gate::Gate::apply`]: nothing has changed then.
    fn apply(&self, command: Command, by: PersonId) -> Result<(), CommandRefusal>;
}

/// The gate in front of these pages; none when they are served without one.
pub type GateInFront = Option<Arc<dyn Gate>>;

impl App {
    /// What the ladder has turned off.
    pub fn level(&self) -> Level {
        self.gate.as_ref().map_or(Level::Full, |gate| gate.level())
    }
}
