use crate::classroom::{Caller, Classroom};
use crate::effect::{ConnId, Record, Ticket};
use crate::limits::{CHAT_CHARS_MAX, CHAT_RECENT_BYTES_MAX, CHAT_RECENT_LINES_MAX, PENDING_MAX};
use crate::wire::{Code, Line, ServerMessage};
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
    pub fn restored(lines: Vec<Line>) -> Self {
        let mut chat = Self::default();
        for line in lines {
            chat.push(line);
        }
        chat
    }

    pub fn recent(&self) -> Vec<Line> {
        self.recent.iter().cloned().collect()
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
    fn next_at(&mut self, now: Instant) -> Instant {
        self.last_at = now.max(self.last_at.plus(Duration::from_millis(1)));
        self.last_at
    }

    fn pending_of(&mut self, person: PersonId, key: &str) -> Option<&mut Pending> {
        self.pending.values_mut().find(|pending| pending.line.person == person && pending.key == key)
    }
}

impl Classroom {
    pub(crate) fn say(&mut self, from: Caller, body: &Pii<String>, key: String, now: Instant, rng: &mut dyn Rng) {
        let Some(re) = from.id else { return self.error(from, Code::BadMessage) };
        let body = match clean(body.reveal()) {
            Ok(body) => body,
            Err(code) => return self.error(from, code),
        };
        if let Some(pending) = self.chat.pending_of(from.person, &key) {
            if pending.answer.len() >= PENDING_MAX {
                return self.error(from, Code::TooFast);
            }
            return pending.answer.push((from.conn, re));
        }
        let Some(person) = self.people.person_mut(from.person) else { return };
        let name = person.name.clone();
        if !person.chat.take(now) || self.chat.pending.len() >= PENDING_MAX {
            return self.error(from, Code::TooFast);
        }
        let at = self.chat.next_at(now);
        let line = Line { chat: ChatId::new(at, rng), person: from.person, name, body: Pii::new(body), at };
        let ticket = self.ticket();
        let (chat, body) = (line.chat, line.body.clone());
        self.chat.pending.insert(ticket, Pending { line, key: key.clone(), answer: vec![(from.conn, re)] });
        self.store(Record::Chat { ticket, chat, person: from.person, body, key, at });
    }

    /// Everybody sees a line when it is stored, not before.
    pub(crate) fn chat_stored(&mut self, ticket: Ticket, stored: Option<StoredLine>) {
        let Some(pending) = self.chat.pending.remove(&ticket) else { return };
        for (conn, re) in pending.answer {
            if self.people.visit_of(conn).is_none() {
                continue;
            }
            let message = match stored {
                Some(line) => ServerMessage::Ack { re, chat: Some(line.chat), at: Some(line.at) },
                None => ServerMessage::Error { re: Some(re), code: Code::NotStored },
            };
            self.send(vec![conn], message);
        }
        if stored.is_some_and(|line| line.is_new) {
            self.chat.push(pending.line.clone());
            self.tell_inside(ServerMessage::Chat { line: pending.line });
        }
    }
}

/// A chat line without surrounding space, its line ends as line feeds and its tabs as spaces.
fn clean(body: &str) -> Result<String, Code> {
    let body = body.replace("\r\n", "\n").replace('\t', " ");
    let body = body.trim();
    if body.is_empty() {
        Err(Code::Empty)
    } else if body.chars().count() > CHAT_CHARS_MAX {
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
        assert_eq!(clean("if a:\n\tb"), Ok("if a:\n b".to_owned()));
        assert_eq!(clean("  Bonjour\r\nà tous \n"), Ok("Bonjour\nà tous".to_owned()));
        assert_eq!(clean(" \n\t "), Err(Code::Empty));
        assert_eq!(clean("a\u{0}b"), Err(Code::BadText));
        assert_eq!(clean("a\u{1b}[31m"), Err(Code::BadText));
        assert_eq!(clean(&"é".repeat(CHAT_CHARS_MAX)).map(|body| body.chars().count()), Ok(CHAT_CHARS_MAX));
        assert_eq!(clean(&"é".repeat(CHAT_CHARS_MAX + 1)), Err(Code::TooLong));
    }
}
