//! Polls.

use crate::book::{Fact, Poll, PollFact};
use crate::chat::clean;
use crate::classroom::{Answer, Caller, Classroom, Done};
use crate::limits::{OPTION_CHARS_MAX, OPTIONS_MAX, OPTIONS_MIN, POLLS_MAX, QUESTION_CHARS_MAX};
use crate::wire::{Code, PollView, ServerMessage, State};
use preau_base::Instant;
use std::collections::{BTreeMap, BTreeSet};

impl Classroom {
    pub(crate) fn poll_open(
        &mut self,
        from: Caller,
        question: &str,
        options: &[String],
        (many, anonymous): (bool, bool),
        now: Instant,
    ) -> Answer {
        if self.book.polls.len() >= POLLS_MAX {
            return Err(Code::Full);
        }
        let question = if question.trim().is_empty() { String::new() } else { clean(question, QUESTION_CHARS_MAX)? };
        let options: Vec<String> = options
            .iter()
            .take(OPTIONS_MAX + 1)
            .map(|option| clean(option, OPTION_CHARS_MAX))
            .collect::<Result<_, _>>()?;
        let different: BTreeSet<&String> = options.iter().collect();
        if !(OPTIONS_MIN..=OPTIONS_MAX).contains(&options.len()) || different.len() != options.len() {
            return Err(Code::BadMessage);
        }
        let id = self.book.polls.iter().map(|poll| poll.poll).max().unwrap_or_default() + 1;
        let poll = Poll {
            poll: id,
            question,
            options,
            many,
            anonymous,
            since: now,
            open: true,
            shown: false,
            votes: BTreeMap::new(),
        };
        self.note_made(from, Fact::Poll(PollFact::Opened { poll }), Some(id), now)?;
        self.tell_poll(id, false);
        Ok(Done::Later)
    }

    /// Again replaces; no option takes the vote back.
    pub(crate) fn vote(&mut self, from: Caller, poll: u32, mut options: Vec<u8>, now: Instant) -> Answer {
        let known = self.poll(poll)?;
        if !known.open {
            return Err(Code::Locked);
        }
        options.truncate(OPTIONS_MAX + 1);
        options.sort_unstable();
        options.dedup();
        let fits = options.iter().all(|option| usize::from(*option) < known.options.len());
        if !fits || (options.len() > 1 && !known.many) {
            return Err(Code::BadMessage);
        }
        let shown = known.shown;
        self.note(from, Fact::Poll(PollFact::Voted { poll, person: from.person, options }), now)?;
        self.tell_poll(poll, !shown);
        if let (false, Ok(view)) = (shown, self.poll(poll)) {
            let poll = PollView::of(view, from.person, from.role);
            let to = self.people.conns_of(from.person);
            self.send(to, ServerMessage::Poll { poll });
        }
        Ok(Done::Later)
    }

    pub(crate) fn poll_close(&mut self, from: Caller, poll: u32, now: Instant) -> Answer {
        self.poll(poll)?;
        self.note(from, Fact::Poll(PollFact::Closed { poll }), now)?;
        self.tell_poll(poll, false);
        Ok(Done::Later)
    }

    pub(crate) fn poll_show(&mut self, from: Caller, poll: u32, now: Instant) -> Answer {
        self.poll(poll)?;
        self.note(from, Fact::Poll(PollFact::Shown { poll }), now)?;
        self.tell_poll(poll, false);
        Ok(Done::Later)
    }

    pub(crate) fn poll_drop(&mut self, from: Caller, poll: u32, now: Instant) -> Answer {
        self.poll(poll)?;
        self.note(from, Fact::Poll(PollFact::Dropped { poll }), now)?;
        self.tell_inside(ServerMessage::PollDropped { poll });
        Ok(Done::Later)
    }

    fn poll(&self, id: u32) -> Result<&Poll, Code> {
        self.book.polls.iter().find(|poll| poll.poll == id).ok_or(Code::UnknownThing)
    }

    /// To each what she or he may see of it.
    fn tell_poll(&mut self, id: u32, leaders_only: bool) {
        let Ok(poll) = self.poll(id) else { return };
        let inside = self
            .people
            .persons()
            .filter(|(_, person)| person.state == State::In && (person.role.leads() || !leaders_only));
        let views: Vec<_> =
            inside.map(|(id, person)| (self.people.conns_of(id), PollView::of(poll, id, person.role))).collect();
        for (to, poll) in views {
            self.send(to, ServerMessage::Poll { poll });
        }
    }
}
