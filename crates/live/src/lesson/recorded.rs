//! What of a lesson goes into its recording.

use super::Lesson;
use preau_base::Instant;
use preau_classroom::book::Fact;
use preau_classroom::wire::ServerMessage;
use preau_classroom::{Input, Record};

impl Lesson {
    /// In the name of a teacher of the lesson, whose the board is. One that cannot begin is over.
    pub(super) fn record_from(&mut self, since: Option<Instant>) {
        if since.is_some() || self.stage.recording().is_some() {
            let owner = self.roster.teachers.iter().next().copied();
            self.stage.record(since, owner, &self.room);
        }
        if since.is_some() && self.stage.recording().is_none() {
            self.apply(Input::Unrecorded);
        }
    }

    pub(super) fn record_board(&mut self, record: &Record) {
        let Record::Fact { fact, at, .. } = record else { return };
        if let (Fact::Board(fact), Some(recording)) = (&**fact, self.stage.recording()) {
            recording.board(fact, &self.room.book().board, *at);
        }
    }

    pub(super) fn record_caption(&mut self, message: &ServerMessage) {
        let ServerMessage::Caption { by, text, is_final, auto } = message else { return };
        // What is said in a breakout group is in no recording.
        if self.room.place_of(*by) != 0 {
            return;
        }
        let now = self.live.now();
        if let Some(recording) = self.stage.recording() {
            recording.caption(*by, text.reveal(), (*is_final, *auto), now);
        }
    }

    /// A recording that nobody writes any more is switched off, whoever is there: nobody is to believe that it goes on.
    pub(super) fn stop_failed_recording(&mut self) {
        if !self.stage.recording().is_some_and(|recording| recording.has_failed()) {
            return;
        }
        self.apply(Input::Unrecorded);
        self.record_from(None);
    }
}
