//! The shared notes.

use crate::book::{Fact, Splice, Use};
use crate::classroom::{Answer, Caller, Classroom, Done};
use crate::limits::{NOTES_CHARS_MAX, SPLICE_CHARS_MAX};
use crate::wire::{Code, ServerMessage};
use preau_base::Instant;

impl Classroom {
    pub(crate) fn notes_edit(&mut self, from: Caller, version: u64, splice: Splice, now: Instant) -> Answer {
        if !self.may(from.person, Use::Notes) {
            return Err(Code::Locked);
        }
        let put_chars = splice.put.chars().count();
        if put_chars > SPLICE_CHARS_MAX || splice.at > NOTES_CHARS_MAX || splice.cut > NOTES_CHARS_MAX {
            return Err(Code::TooLong);
        }
        if splice.put.chars().any(|char| char.is_control() && char != '\n') {
            return Err(Code::BadText);
        }
        let Some(splice) = self.book.notes.fit(version, splice) else {
            let notes = self.notes_view();
            self.send(vec![from.conn], ServerMessage::Notes { notes });
            return Err(Code::Stale);
        };
        if self.book.notes.text.chars().count() - splice.cut + put_chars > NOTES_CHARS_MAX {
            return Err(Code::Full);
        }
        self.note(from, Fact::Notes { splice: splice.clone() }, now)?;
        let version = self.book.notes.version;
        self.tell_inside(ServerMessage::NotesEdited { version, by: from.person, splice });
        Ok(Done::Later)
    }
}
