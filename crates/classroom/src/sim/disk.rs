//! What the lesson writes down, and what comes back after a restart.

use super::world::World;
use crate::book::{Book, Fact};
use crate::wire::{Line, To};
use crate::{Classroom, Input, Record, Restored, StoredLine, Ticket};
use preau_base::{ChatId, Instant, PersonId, Pii, Rng, VisitId};
use std::collections::{BTreeMap, BTreeSet};

/// What is on disk.
#[derive(Debug, Default)]
pub(super) struct Disk {
    pub(super) removed: BTreeSet<PersonId>,
    pub(super) closed: bool,
    pub(super) chat: Vec<Line>,
    pub(super) keys: BTreeMap<(PersonId, String), StoredLine>,
    pub(super) facts: Vec<Fact>,
    /// A fact was lost, so that the book on disk is not the lesson's.
    pub(super) lost_facts: bool,
    pub(super) been_in: BTreeSet<PersonId>,
    /// Stays of each visit: from, to.
    pub(super) visits: BTreeMap<VisitId, Vec<(Instant, Option<Instant>)>>,
}

impl World {
    /// The process ends without a word; what is on disk is all that comes back.
    pub(super) fn restart(&mut self) {
        self.seen.restarts += 1;
        let lost = std::mem::take(&mut self.clients);
        self.lost.extend(lost.into_values());
        let was = self.room.book().clone();
        let all_stored = self.waiting_for_disk.is_empty() && !self.disk.lost_facts;
        self.waiting_for_disk.clear();
        self.letters.restarted();
        self.media.clear();
        self.places.clear();
        self.front.clear();
        for stays in self.disk.visits.values_mut() {
            if let Some((_, to @ None)) = stays.last_mut() {
                *to = Some(self.now);
            }
        }
        let mut book = Book::default();
        self.disk.facts.iter().for_each(|fact| book.note(fact));
        let written = |book: &Book| serde_json::to_string(book).expect("a book can be written");
        if all_stored {
            assert_eq!(written(&book), written(&was), "what was stored is what comes back");
        }
        // Half of the time by way of a written book, as when facts are folded in the store.
        if self.rng.below(2) == 0 {
            book = serde_json::from_str(&written(&book)).expect("and read");
        }
        let restored = Restored {
            removed: self.disk.removed.clone(),
            closed: self.disk.closed,
            chat: self.disk.chat.clone(),
            book,
            facts: self.disk.facts.len() as u64,
            been_in: self.disk.been_in.clone(),
            at: self.now,
        };
        self.room = Classroom::new(self.info.clone(), self.roster.clone(), restored);
    }

    pub(super) fn record(&mut self, record: Record) {
        match record {
            Record::Joined { visit, at, person, .. } => {
                self.disk.been_in.insert(person);
                assert!(self.disk.visits.insert(visit, vec![(at, None)]).is_none(), "a visit joins once");
            }
            Record::Left { visit, at } => {
                let stay = self.disk.visits.get_mut(&visit).and_then(|stays| stays.last_mut()).expect("joined before");
                assert!(stay.1.is_none() && stay.0 <= at, "left once");
                stay.1 = Some(at);
            }
            Record::Back { visit, at } => {
                let stays = self.disk.visits.get_mut(&visit).expect("joined before");
                assert!(stays.last().is_some_and(|stay| stay.1.is_some()), "back after leaving");
                stays.push((at, None));
            }
            acknowledged => self.waiting_for_disk.push_back(acknowledged),
        }
    }

    pub(super) fn disk_answers(&mut self, works: bool) {
        let Some(record) = self.waiting_for_disk.pop_front() else { return };
        self.letters.stored(&record, works);
        let stored = |ticket| Input::Stored { ticket, done: works };
        let input = match record {
            Record::Chat { ticket, chat, person, body, key, to, at } => {
                let line = works.then(|| self.store_line(chat, person, body, key, to, at));
                Input::ChatStored { ticket, line }
            }
            Record::ChatDeleted { ticket, chat, by, only_own, .. } => {
                let is_theirs = |line: &Line| line.chat == chat && (!only_own || line.person == by);
                let found = self.disk.chat.iter().any(is_theirs);
                if works {
                    self.disk.chat.retain(|line| !is_theirs(line));
                }
                if works && only_own && !found { Input::Unknown { ticket } } else { stored(ticket) }
            }
            Record::Fact { ticket, fact, .. } => {
                if works {
                    let text = serde_json::to_string(&fact).expect("a fact can be written");
                    self.disk.facts.push(serde_json::from_str(&text).expect("and read"));
                } else {
                    self.disk.lost_facts = true;
                }
                stored(ticket.unwrap_or(Ticket(0)))
            }
            Record::Removed { ticket, person, .. } => {
                if works {
                    self.disk.removed.insert(person);
                }
                stored(ticket)
            }
            Record::Closed { ticket, .. } => {
                self.disk.closed |= works;
                stored(ticket)
            }
            other => panic!("not acknowledged: {other:?}"),
        };
        self.apply(input);
    }

    fn store_line(
        &mut self,
        chat: ChatId,
        person: PersonId,
        body: Pii<String>,
        key: String,
        to: To,
        at: Instant,
    ) -> StoredLine {
        if let Some(line) = self.disk.keys.get(&(person, key.clone())) {
            return StoredLine { is_new: false, ..*line };
        }
        let line = StoredLine { chat, at, is_new: true };
        self.disk.keys.insert((person, key), line);
        self.disk
            .chat
            .push(Line { chat, person, name: Pii::new("Quelqu’un".to_owned()), body, at, to, guest: false });
        line
    }
}
