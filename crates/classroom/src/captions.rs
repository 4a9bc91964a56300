//! Captions: those that a person writes, and those of the operator's speech engine.

use crate::book::{Duty, Fact};
use crate::chat::clean;
use crate::classroom::{Answer, Caller, Classroom, Done};
use crate::effect::MediaOrder;
use crate::limits::CAPTION_CHARS_MAX;
use crate::wire::{Code, ServerMessage};
use preau_base::{Instant, PersonId, Pii};

impl Classroom {
    /// Captions are for those who hear what is written down: they are where the captioner is. A line that is not final
    /// replaces the one before.
    pub(crate) fn caption(&mut self, from: Caller, text: &Pii<String>, is_final: bool) -> Answer {
        if self.book.duties.get(&from.person) != Some(&Duty::Captioner) {
            return Err(Code::NotAllowed);
        }
        let text = Pii::new(clean(text.reveal(), CAPTION_CHARS_MAX)?);
        let to = self.conns_by_place().remove(&self.place_of(from.person)).unwrap_or_default();
        self.send(to, ServerMessage::Caption { by: from.person, text, is_final, auto: false });
        Ok(Done::Now)
    }

    /// As with a recording: voices leave the class only when the school allows it, and everybody is told.
    pub(crate) fn auto_captions(&mut self, from: Caller, on: bool, now: Instant) -> Answer {
        if on && self.info.captions_by.is_none() {
            return Err(Code::NotAllowed);
        }
        if on == self.book.captions {
            return Ok(Done::Now);
        }
        self.note(from, Fact::Captions { on }, now)?;
        self.set_captions(on, false);
        Ok(Done::Later)
    }

    pub(crate) fn set_captions(&mut self, on: bool, failed: bool) {
        self.order(MediaOrder::Captions { on });
        self.tell_inside(ServerMessage::AutoCaptions { on, failed });
    }

    /// Nobody is to believe that what is said is written when it is not.
    pub(crate) fn unheard(&mut self, now: Instant) {
        if self.book.captions {
            self.note_only(Fact::Captions { on: false }, now);
            self.set_captions(false, true);
        }
    }

    /// What the engine gives comes from outside like everything else, and late: it counts for those who are still in.
    pub(crate) fn heard(&mut self, person: PersonId, text: &Pii<String>, is_final: bool) {
        let here = self.people.inside(person).is_some() && self.place_of(person) == 0;
        let Ok(text) = clean(text.reveal(), CAPTION_CHARS_MAX) else { return };
        if here && self.book.captions {
            let to = self.conns_by_place().remove(&0).unwrap_or_default();
            self.send(to, ServerMessage::Caption { by: person, text: Pii::new(text), is_final, auto: true });
        }
    }
}
