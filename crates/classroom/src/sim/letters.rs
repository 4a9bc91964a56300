//! Who may read which line of chat, kept apart from the lesson's own rules: from what was written when, and from the
//! groups as they were made.

use super::client::Client;
use super::world::World;
use crate::book::{Breakouts, Fact};
use crate::wire::{Command, Line, Role, ServerMessage, To};
use crate::{Input, Record};
use preau_base::{ChatId, PersonId};
use std::collections::{BTreeMap, VecDeque};

/// A line as it was written.
#[derive(Debug)]
struct Letter {
    author: PersonId,
    to: To,
    /// Which deal of groups there was.
    deal: u32,
}

/// Groups, with the number of their deal.
#[derive(Clone, Debug, Default)]
struct Groups {
    deal: u32,
    now: Breakouts,
}

#[derive(Debug, Default)]
pub(super) struct Letters {
    written: BTreeMap<ChatId, Letter>,
    deals: u32,
    /// Groups are being made by the command under way.
    dealing: bool,
    groups: Groups,
    /// What waits for the disk, and what is there.
    on_the_way: VecDeque<Groups>,
    on_disk: Groups,
}

impl Letters {
    pub(super) fn before(&mut self, input: &Input) {
        let deals =
            |command: &Command| matches!(command, Command::BreakoutsMake { .. } | Command::BreakoutsDeal { .. });
        self.dealing = matches!(input, Input::Command { command, .. } if deals(command));
    }

    fn noted(&mut self, breakouts: &Breakouts) {
        if std::mem::take(&mut self.dealing) {
            self.deals += 1;
            self.groups.deal = self.deals;
        }
        self.groups.now = breakouts.clone();
        self.on_the_way.push_back(self.groups.clone());
    }

    /// The disk has answered.
    pub(super) fn stored(&mut self, record: &Record, works: bool) {
        if let Record::Fact { fact, .. } = record
            && matches!(**fact, Fact::Breakouts { .. })
        {
            let groups = self.on_the_way.pop_front().expect("noted before");
            if works {
                self.on_disk = groups;
            }
        }
    }

    /// Only what is on disk comes back. Lines of groups that the disk never knew are of those that it knows.
    pub(super) fn restarted(&mut self) {
        self.on_the_way.clear();
        self.groups = self.on_disk.clone();
        for letter in self.written.values_mut() {
            letter.deal = letter.deal.min(self.groups.deal);
        }
    }

    /// Each line that a message brings is for the one who gets it, at the moment at which it comes. Gives how many were of
    /// groups.
    pub(super) fn check(&self, client: &Client, message: &ServerMessage) -> u64 {
        let lines = match message {
            ServerMessage::Chat { line } => std::slice::from_ref(line),
            ServerMessage::GroupChat { chat } => chat,
            ServerMessage::Entered { room } => &room.chat,
            ServerMessage::Welcome(welcome) => welcome.room.as_ref().map_or(&[][..], |room| &room.chat),
            _ => &[],
        };
        lines.iter().for_each(|line| self.assert_may_read(client, line));
        lines.iter().filter(|line| matches!(line.to, To::Place(_))).count() as u64
    }

    fn assert_may_read(&self, client: &Client, line: &Line) {
        let letter = self.written.get(&line.chat).expect("what is read was written");
        assert_eq!((letter.author, letter.to), (line.person, line.to), "as it was written");
        let leads = client.role.is_some_and(Role::leads);
        let may = match letter.to {
            To::Class => true,
            To::Leaders => leads || letter.author == client.person,
            To::Person(other) => other == client.person || letter.author == client.person,
            To::Place(place) => {
                let group = self.groups.now.groups.get(usize::from(place) - 1);
                let belongs = group.is_some_and(|group| group.people.contains(&client.person));
                letter.deal == self.groups.deal && (belongs || leads)
            }
        };
        assert!(may, "{:?} of {} is not for {}, who gets it", letter.to, letter.author, client.person);
    }
}

impl World {
    /// What leaves the lesson for the disk: lines are written now, by who may.
    pub(super) fn note_letter(&mut self, record: &Record) {
        match record {
            Record::Fact { fact, .. } => {
                if let Fact::Breakouts { breakouts, .. } = &**fact {
                    self.letters.noted(breakouts);
                }
            }
            Record::Chat { chat, person, to, .. } => {
                let role = |id| self.room.people.inside(id).expect("who writes and is written to is in").role;
                if let To::Person(other) = *to
                    && !role(*person).leads()
                    && !role(other).leads()
                {
                    assert!(self.room.book.rules.private, "alone with one another only by the rule");
                    assert_eq!((role(*person), role(other)), (Role::Pupil, Role::Pupil), "alone with a pupil");
                }
                let letter = Letter { author: *person, to: *to, deal: self.letters.groups.deal };
                assert!(self.letters.written.insert(*chat, letter).is_none(), "an id names one line");
            }
            _ => {}
        }
    }
}
