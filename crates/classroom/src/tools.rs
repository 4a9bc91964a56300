//! Time, chance, recording.

use crate::book::{Fact, Timer};
use crate::chat::clean;
use crate::classroom::{Answer, Caller, Classroom, Done, Input};
use crate::effect::MediaOrder;
use crate::limits::{LABEL_CHARS_MAX, PROLONG_MIN_MAX, PROLONGED_MIN_MAX, TIMER_S_MAX};
use crate::people::Person;
use crate::wire::{Code, Role, ServerMessage};
use preau_base::{Instant, PersonId, Rng};
use std::time::Duration;

impl Classroom {
    /// From its end, or from now if that is past.
    pub(crate) fn prolong(&mut self, from: Caller, minutes: u16, now: Instant) -> Answer {
        if minutes == 0 || minutes > PROLONG_MIN_MAX {
            return Err(Code::BadMessage);
        }
        let ends = self.ends().max(now).plus(Duration::from_secs(u64::from(minutes) * 60));
        if ends > self.info.ends.plus(Duration::from_secs(u64::from(PROLONGED_MIN_MAX) * 60)) {
            return Err(Code::Full);
        }
        self.note(from, Fact::Ends { at: ends }, now)?;
        self.tell_inside(ServerMessage::Ends { ends });
        Ok(Done::Later)
    }

    pub(crate) fn record(&mut self, from: Caller, on: bool, now: Instant) -> Answer {
        if on && !self.info.may_record {
            return Err(Code::NotAllowed);
        }
        if on == self.book.recording.is_some() {
            return Ok(Done::Now);
        }
        let since = on.then_some(now);
        self.note(from, Fact::Recording { since }, now)?;
        self.set_recording(since);
        Ok(Done::Later)
    }

    fn set_recording(&mut self, since: Option<Instant>) {
        self.order(MediaOrder::Record { since });
        self.tell_inside(ServerMessage::Recording { since });
    }

    /// Whoever is in or not: nobody is to believe that a recording goes on when it does not.
    pub(crate) fn unrecorded(&mut self, now: Instant) {
        if self.book.recording.is_some() {
            self.note_only(Fact::Recording { since: None }, now);
            self.set_recording(None);
        }
    }

    /// What the school allows, as far as is known here.
    pub fn allowed(&self) -> Input {
        Input::May { record: self.info.may_record, captions_by: self.info.captions_by.clone() }
    }

    /// What the school does not allow any more ends at once.
    pub(crate) fn set_may(&mut self, record: bool, captions_by: Option<String>, now: Instant) {
        let is_news = record != self.info.may_record || captions_by != self.info.captions_by;
        (self.info.may_record, self.info.captions_by) = (record, captions_by.clone());
        if !record {
            self.unrecorded(now);
        }
        if captions_by.is_none() && self.book.captions {
            self.note_only(Fact::Captions { on: false }, now);
            self.set_captions(false, false);
        }
        if is_news {
            self.tell_inside(ServerMessage::May { record, captions_by });
        }
    }

    pub(crate) fn timer_start(&mut self, from: Caller, seconds: u32, label: &str, now: Instant) -> Answer {
        if seconds == 0 || seconds > TIMER_S_MAX {
            return Err(Code::BadMessage);
        }
        let label = if label.trim().is_empty() { String::new() } else { clean(label, LABEL_CHARS_MAX)? };
        self.set_timer(from, Some(Timer { ends: now.plus(Duration::from_secs(u64::from(seconds))), label }), now)
    }

    pub(crate) fn timer_stop(&mut self, from: Caller, now: Instant) -> Answer {
        self.set_timer(from, None, now)
    }

    fn set_timer(&mut self, from: Caller, timer: Option<Timer>, now: Instant) -> Answer {
        self.note(from, Fact::Timer { timer: timer.clone() }, now)?;
        self.tell_inside(ServerMessage::Timer { timer });
        Ok(Done::Later)
    }

    /// One of the pupils who are here and connected; everybody has a turn before anybody has a second one.
    pub(crate) fn pick(&mut self, from: Caller, now: Instant, rng: &mut dyn Rng) -> Answer {
        let here = |(id, person): (PersonId, &Person)| {
            let connected = !self.people.conns_of(id).is_empty();
            (person.role == Role::Pupil && self.people.inside(id).is_some() && connected).then_some(id)
        };
        let here: Vec<PersonId> = self.people.persons().filter_map(here).collect();
        let fresh: Vec<PersonId> = here.iter().copied().filter(|id| !self.book.picked.contains(id)).collect();
        let again = fresh.is_empty();
        let among = if again { here } else { fresh };
        let at = usize::try_from(rng.below(among.len() as u64)).unwrap_or_default();
        let person = *among.get(at).ok_or(Code::UnknownPerson)?;
        self.note(from, Fact::Picked { person, again }, now)?;
        self.tell_inside(ServerMessage::Picked { person });
        Ok(Done::Later)
    }
}
