//! What a timetable export could not tell, bounded.

use crate::limits::REFUSALS_MAX;
use preau_school::feed::fault::TimetableFault;
use preau_school::feed::{Fault, Position, Refusal, Scope};

pub(crate) struct Report {
    file: String,
    refusals: Vec<Refusal>,
    untold: u64,
}

impl Report {
    pub fn new(file: &str) -> Self {
        Self { file: file.to_owned(), refusals: Vec::new(), untold: 0 }
    }

    /// From here on about another file of the same export.
    pub fn file(&mut self, file: &str) {
        file.clone_into(&mut self.file);
    }

    /// The file as a whole.
    pub fn position(&self) -> Position {
        Position { file: self.file.clone(), line: 0, record: 0 }
    }

    /// One thing that was left out.
    pub fn record(&mut self, line: u64, reason: impl Into<Fault>) {
        self.refuse(line, Scope::Record, reason.into());
    }

    /// Nothing behind this line was read.
    pub fn rest_of_file(&mut self, line: u64, reason: impl Into<Fault>) {
        self.refuse(line, Scope::RestOfFile, reason.into());
    }

    fn refuse(&mut self, line: u64, scope: Scope, reason: Fault) {
        if self.refusals.len() >= REFUSALS_MAX {
            self.untold += 1;
            return;
        }
        let position = Position { line, ..self.position() };
        self.refusals.push(Refusal { position, kind: None, key: None, scope, reason });
    }

    pub fn refusals(mut self) -> Vec<Refusal> {
        if self.untold > 0 {
            let reason = TimetableFault::MoreFaults { count: self.untold }.into();
            let position = self.position();
            self.refusals.push(Refusal { position, kind: None, key: None, scope: Scope::Record, reason });
        }
        self.refusals
    }
}
