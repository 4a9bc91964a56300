use preau_base::{Instant, LessonId, Level, PersonId, SeededRng};
use preau_gate::{Command, CommandRefusal, Gate, Settings, Snapshot};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The pure gate with no socket in front of it: the console shows it and its switches act on it.
pub(crate) struct TestGate {
    gate: Mutex<Gate>,
    at: Instant,
}

impl TestGate {
    pub fn at(at: Instant) -> Self {
        Self { gate: Mutex::new(Gate::new(Settings::default(), at, &mut SeededRng::new(3))), at }
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl preau_web::Gate for TestGate {
    fn level(&self) -> Level {
        self.gate().level()
    }

    fn waiting_for(&self, _lesson: LessonId) -> u32 {
        0
    }

    fn snapshot(&self) -> Snapshot {
        self.gate().snapshot(self.at)
    }

    fn apply(&self, command: Command, _by: PersonId) -> Result<(), CommandRefusal> {
        self.gate().apply(command, self.at)
    }
}
