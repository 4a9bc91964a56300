use crate::acts::Act;
use crate::book::Use;
use crate::classroom::{Answer, Caller, Classroom, Done};
use crate::effect::{ConnId, Record, Ticket};
use crate::limits::{CHAT_CHARS_MAX, CHAT_RECENT_BYTES_MAX, CHAT_RECENT_LINES_MAX, PENDING_MAX};
use crate::wire::{Code, Line, Role, ServerMessage, State, To};
use preau_base::{ChatId, Instant, PersonId, Pii, Rng};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// What the store says of a chat line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredLine {
    pub chat: ChatId,
    pub at: Instant,
    /// `false`: the key was there already, and this is the line that it stands for.
    pub is_new: bool,
}

/// The last lines, and those that wait for the store.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chat {
    recent: VecDeque<Line>,
    recent_bytes: usize,
    pending: BTreeMap<Ticket, Pending>,
    last_at: Instant,
}

#[derive(Clone, Debug)]
struct Pending {
    line: Line,
    key: String,
    /// Who waits for the acknowledgement: a client may send again on a new connection.
    answer: Vec<(ConnId, u32)>,
}

impl Chat {
    /// Without those to groups that there are no more.
    pub fn restored(lines: Vec<Line>, groups_made: Option<Instant>) -> Self {
        let mut chat = Self { last_at: groups_made.unwrap_or_default(), ..Self::default() };
        for line in lines.into_iter().filter(|line| !is_of_former_group(line, groups_made)) {
            chat.push(line);
        }
        chat
    }

    pub fn recent(&self) -> impl Iterator<Item = &Line> {
        self.recent.iter()
    }

    fn forget(&mut self, chat: ChatId) -> Option<Line> {
        let at = self.recent.iter().position(|line| line.chat == chat)?;
        let line = self.recent.remove(at)?;
        self.recent_bytes -= line.body.reveal().len();
        Some(line)
    }

    /// The groups are made anew: what the former ones wrote is for nobody who is in one of the same number.
    pub fn forget_groups(&mut self) {
        self.recent.retain(|line| !matches!(line.to, To::Place(_)));
        self.recent_bytes = self.recent.iter().map(|line| line.body.reveal().len()).sum();
    }

    pub fn is_settled(&self) -> bool {
        self.pending.is_empty()
    }

    fn push(&mut self, line: Line) {
        self.last_at = self.last_at.max(line.at);
        self.recent_bytes += line.body.reveal().len();
        self.recent.push_back(line);
        while self.recent.len() > CHAT_RECENT_LINES_MAX || self.recent_bytes > CHAT_RECENT_BYTES_MAX {
            let Some(oldest) = self.recent.pop_front() else { break };
            self.recent_bytes -= oldest.body.reveal().len();
        }
    }

    /// The time of the next line: lines have different times, so that their ids sort in their order.
    pub fn next_at(&mut self, now: Instant) -> Instant {
        self.last_at = now.max(self.last_at.plus(Duration::from_millis(1)));
        self.last_at
    }

    fn pending_of(&mut self, person: PersonId, key: &str) -> Option<&mut Pending> {
        self.pending.values_mut().find(|pending| pending.line.person == person && pending.key == key)
    }
}

impl Classroom {
    /// Whether a line is for this person, who is in.
    pub(crate) fn reads(&self, person: PersonId, role: Role, line: &Line) -> bool {
        let is_for = match line.to {
            To::Class => true,
            To::Leaders => role.leads(),
            To::Person(other) => other == person,
            // Who has left a group no longer reads what is written there, not even the own lines.
            To::Place(place) => {
                return !is_of_former_group(line, self.book.groups_made) && self.sees_place(person, place);
            }
        };
        is_for || line.person == person
    }

    /// Whether the rules let this person write to these.
    fn may_write(&self, from: Caller, to: To) -> Result<(), Code> {
        let other = match to {
            To::Person(other) => Some(self.people.inside(other).ok_or(Code::UnknownPerson)?.role),
            To::Class | To::Leaders | To::Place(_) => None,
        };
        let to_leader = to == To::Leaders || other.is_some_and(Role::leads);
        if let To::Place(place) = to
            && (place == 0
                || usize::from(place) > self.book.breakouts.groups.len()
                || !self.sees_place(from.person, place))
        {
            return Err(Code::UnknownThing);
        }
        let is_private = other.is_some() && !to_leader;
        // Only leaders are ever alone with a guest, or with somebody who looks on.
        let among_pupils = from.role == Role::Pupil && other == Some(Role::Pupil);
        // A word to a leader is always free: somebody may need help.
        let may = match from.role {
            Role::Teacher | Role::Assistant => true,
            _ if to_leader => true,
            Role::Observer => false,
            Role::Pupil | Role::Guest => {
                let may_alone = among_pupils && self.book.rules.private;
                self.may(from.person, Use::Chat) && (!is_private || may_alone)
            }
        };
        if may { Ok(()) } else { Err(Code::Locked) }
    }

    pub(crate) fn say(
        &mut self,
        from: Caller,
        body: &Pii<String>,
        key: String,
        to: To,
        now: Instant,
        rng: &mut dyn Rng,
    ) -> Answer {
        let re = from.id.ok_or(Code::BadMessage)?;
        let body = clean(body.reveal(), CHAT_CHARS_MAX)?;
        if let Some(pending) = self.chat.pending_of(from.person, &key) {
            if pending.answer.len() >= PENDING_MAX {
                return Err(Code::TooFast);
            }
            pending.answer.push((from.conn, re));
            return Ok(Done::Later);
        }
        self.may_write(from, to)?;
        let slow = Duration::from_secs(u64::from(self.book.rules.slow_s));
        let is_full = self.chat.pending.len() >= PENDING_MAX;
        let Some(person) = self.people.person_mut(from.person) else { return Ok(Done::Later) };
        let is_slowed = person.role.is_ruled() && to == To::Class && now.since(person.said_at) < slow;
        if is_slowed || is_full || !person.chat.take(now) {
            return Err(Code::TooFast);
        }
        person.said_at = now;
        let name = person.name.clone();
        let at = self.chat.next_at(now);
        let guest = from.role == Role::Guest;
        let line = Line { chat: ChatId::new(at, rng), person: from.person, name, body: Pii::new(body), at, to, guest };
        let ticket = self.ticket();
        let (chat, body) = (line.chat, line.body.clone());
        self.chat.pending.insert(ticket, Pending { line, key: key.clone(), answer: vec![(from.conn, re)] });
        self.store(Record::Chat { ticket, chat, person: from.person, body, key, to, at });
        Ok(Done::Later)
    }

    /// Those whom it is for see a line when it is stored, not before.
    pub(crate) fn chat_stored(&mut self, ticket: Ticket, stored: Option<StoredLine>) {
        let Some(pending) = self.chat.pending.remove(&ticket) else { return };
        for (conn, re) in pending.answer {
            if self.people.visit_of(conn).is_none() {
                continue;
            }
            let message = match stored {
                Some(line) => ServerMessage::Ack { re, chat: Some(line.chat), at: Some(line.at), made: None },
                None => ServerMessage::Error { re: Some(re), code: Code::NotStored, retry_ms: None },
            };
            self.send(vec![conn], message);
        }
        if stored.is_some_and(|line| line.is_new) {
            let line = pending.line;
            // The groups may have been made anew while it waited.
            if is_of_former_group(&line, self.book.groups_made) {
                return;
            }
            let to = self.people.conns_where(|id, person| self.reads(id, person.role, &line));
            self.chat.push(line.clone());
            self.send(to, ServerMessage::Chat { line });
        }
    }

    /// Leaders take any line back, others their own. It stays in the store, marked, for school life to judge.
    pub(crate) fn chat_delete(&mut self, from: Caller, chat: ChatId, now: Instant) -> Answer {
        let leads = from.role.leads();
        let to = match self.chat.recent().find(|line| line.chat == chat) {
            Some(line) if !self.reads(from.person, from.role, line) => return Err(Code::UnknownThing),
            Some(line) if !leads && line.person != from.person => return Err(Code::NotAllowed),
            Some(line) => Some(self.people.conns_where(|id, person| self.reads(id, person.role, line))),
            // An older line still stands on the pages, and whose it is the store alone knows.
            None if leads => Some(self.people.conns_in(State::In)),
            None => None,
        };
        let only_own = to.is_none();
        if let Some(to) = to {
            self.chat.forget(chat);
            self.send(to, ServerMessage::ChatDeleted { chat, by: from.person });
        }
        let ticket = self.wait_for_store(if only_own { Act::OldLine(from, chat) } else { Act::ChatDelete(from) });
        self.store(Record::ChatDeleted { ticket, chat, by: from.person, only_own, at: now });
        Ok(Done::Later)
    }

    /// The store had an old line of this person, and has taken it back.
    pub(crate) fn old_line_deleted(&mut self, chat: ChatId, by: PersonId) {
        self.chat.forget(chat);
        self.tell_inside(ServerMessage::ChatDeleted { chat, by });
    }
}

fn is_of_former_group(line: &Line, groups_made: Option<Instant>) -> bool {
    matches!(line.to, To::Place(_)) && groups_made.is_some_and(|made| line.at < made)
}

/// A text without surrounding space, its line ends as line feeds and its tabs as spaces, of 1 to `chars_max` characters.
pub(crate) fn clean(body: &str, chars_max: usize) -> Result<String, Code> {
    let body = body.replace("\r\n", "\n").replace('\t', " ");
    let body = body.trim();
    if body.is_empty() {
        Err(Code::Empty)
    } else if body.chars().count() > chars_max {
        Err(Code::TooLong)
    } else if body.chars().any(|char| char.is_control() && char != '\n') {
        Err(Code::BadText)
    } else {
        Ok(body.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_trimmed_and_bounded() {
        assert_eq!(clean("if a:\n\tb", 100), Ok("if a:\n b".to_owned()));
        assert_eq!(clean("  Bonjour\r\nà tous \n", 100), Ok("Bonjour\nà tous".to_owned()));
        assert_eq!(clean(" \n\t ", 100), Err(Code::Empty));
        assert_eq!(clean("a\u{0}b", 100), Err(Code::BadText));
        assert_eq!(clean("a\u{1b}[31m", 100), Err(Code::BadText));
        assert_eq!(
            clean(&"é".repeat(CHAT_CHARS_MAX), CHAT_CHARS_MAX).map(|body| body.chars().count()),
            Ok(CHAT_CHARS_MAX)
        );
        assert_eq!(clean(&"é".repeat(CHAT_CHARS_MAX + 1), CHAT_CHARS_MAX), Err(Code::TooLong));
    }
}
