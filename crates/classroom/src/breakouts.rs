//! Breakout groups.

use crate::book::{Board, BoardFact, Breakouts, Deck, DeckKind, Fact, Group, PageRef};
use crate::chat::clean;
use crate::classroom::{Answer, Caller, Classroom, Done};
use crate::effect::MediaOrder;
use crate::limits::{CALL_CHARS_MAX, DECKS_MAX, GROUPS_MAX, GROUPS_OPEN_MIN_MAX, LABEL_CHARS_MAX};
use crate::people::Person;
use crate::wire::{Code, NewGroup, Role, ServerMessage, State, To};
use preau_base::{Instant, PersonId, Pii, Rng, VisitId};
use std::collections::BTreeSet;
use std::time::Duration;

impl Classroom {
    /// Where a person is: 0 is the whole class.
    pub fn place_of(&self, person: PersonId) -> u8 {
        self.book.breakouts.place_of(person)
    }

    /// The places whose documents, boards and lines a person sees: the class's and the own group's; for leaders all.
    pub(crate) fn sees_place(&self, person: PersonId, place: u8) -> bool {
        let leads = || self.people.person(person).is_some_and(|who| who.role.leads());
        place == 0 || place == self.book.breakouts.group_of(person) || leads()
    }

    /// Only leaders learn which groups call for help, and a group itself.
    pub(crate) fn breakouts_for(&self, person: PersonId, role: Role) -> Breakouts {
        let mut breakouts = self.book.breakouts.clone();
        if !role.leads() {
            for group in &mut breakouts.groups {
                group.help &= group.people.contains(&person);
            }
        }
        breakouts
    }

    pub(crate) fn breakouts_make(&mut self, from: Caller, groups: Vec<NewGroup>, choose: bool, now: Instant) -> Answer {
        let mut made: Vec<Group> = Vec::new();
        let mut seen = BTreeSet::new();
        for group in groups.into_iter().take(GROUPS_MAX) {
            let people: BTreeSet<PersonId> = group.people.into_iter().collect();
            if people.iter().any(|person| !self.is_ruled(*person) || !seen.insert(*person)) {
                return Err(Code::UnknownPerson);
            }
            made.push(Group { name: clean(&group.name, LABEL_CHARS_MAX)?, people, help: false });
        }
        self.replace_breakouts(from, made, choose, now)
    }

    /// Deals the pupils who are here to `count` groups, by chance, as evenly as can be.
    pub(crate) fn breakouts_deal(&mut self, from: Caller, count: u8, now: Instant, rng: &mut dyn Rng) -> Answer {
        if count == 0 || usize::from(count) > GROUPS_MAX {
            return Err(Code::BadMessage);
        }
        let ruled =
            |(id, person): (PersonId, &Person)| (person.state == State::In && person.role.is_ruled()).then_some(id);
        let mut here: Vec<PersonId> = self.people.persons().filter_map(ruled).collect();
        // Fisher and Yates.
        for at in (1..here.len()).rev() {
            let other = usize::try_from(rng.below(at as u64 + 1)).unwrap_or_default();
            here.swap(at, other);
        }
        let mut groups: Vec<Group> =
            (1..=count).map(|number| Group { name: number.to_string(), ..Group::default() }).collect();
        for (at, person) in here.into_iter().enumerate() {
            groups[at % usize::from(count)].people.insert(person);
        }
        self.replace_breakouts(from, groups, false, now)
    }

    fn is_ruled(&self, person: PersonId) -> bool {
        let here = self.people.inside(person).map(|who| who.role);
        here.or(self.roster.role(person)).is_some_and(Role::is_ruled)
    }

    /// Groups can be made anew only while they are closed.
    fn replace_breakouts(&mut self, from: Caller, groups: Vec<Group>, choose: bool, now: Instant) -> Answer {
        if self.book.breakouts.open {
            return Err(Code::Locked);
        }
        // What a group has drawn and written goes with it.
        let decks: Vec<u32> =
            self.book.board.decks.iter().filter(|deck| deck.place > 0).map(|deck| deck.deck).collect();
        for deck in decks {
            self.note_only(Fact::Board(BoardFact::Dropped { deck }), now);
        }
        self.chat.forget_groups();
        let made = Some(self.chat.next_at(now));
        let breakouts = Breakouts { open: false, ends: None, choose, groups };
        self.note_breakouts(Some(from), breakouts, made, now)?;
        self.tell_inside(ServerMessage::GroupChat { chat: Vec::new() });
        Ok(Done::Later)
    }

    fn set_breakouts(&mut self, from: Option<Caller>, breakouts: Breakouts, now: Instant) -> Answer {
        self.note_breakouts(from, breakouts, self.book.groups_made, now)
    }

    fn note_breakouts(
        &mut self,
        from: Option<Caller>,
        breakouts: Breakouts,
        made: Option<Instant>,
        now: Instant,
    ) -> Answer {
        let before = self.book.breakouts.clone();
        let fact = Fact::Breakouts { breakouts, made };
        match from {
            Some(from) => self.note(from, fact, now)?,
            None => {
                self.note_only(fact, now);
                Done::Later
            }
        };
        self.tell_breakouts();
        self.take_places(&before);
        Ok(Done::Later)
    }

    fn tell_breakouts(&mut self) {
        let inside: Vec<(PersonId, Role)> =
            self.people.persons().filter(|(_, who)| who.state == State::In).map(|(id, who)| (id, who.role)).collect();
        for (person, role) in inside {
            let to = self.people.conns_of(person);
            let breakouts = self.breakouts_for(person, role);
            self.send(to, ServerMessage::Breakouts { breakouts });
        }
    }

    pub(crate) fn breakouts_open(&mut self, from: Caller, minutes: Option<u16>, now: Instant) -> Answer {
        let mut breakouts = self.book.breakouts.clone();
        if breakouts.groups.is_empty() {
            return Err(Code::UnknownThing);
        }
        if minutes.is_some_and(|minutes| minutes == 0 || minutes > GROUPS_OPEN_MIN_MAX) {
            return Err(Code::BadMessage);
        }
        if !breakouts.open {
            self.give_boards(&breakouts, now);
        }
        (breakouts.open, breakouts.ends) =
            (true, minutes.map(|minutes| now.plus(Duration::from_secs(u64::from(minutes) * 60))));
        self.set_breakouts(Some(from), breakouts, now)
    }

    /// Every group has a whiteboard of its own, as far as the lesson has room for it.
    fn give_boards(&mut self, breakouts: &Breakouts, now: Instant) {
        for (place, group) in (1u8..).zip(&breakouts.groups) {
            let Board { decks, last_deck, .. } = &self.book.board;
            if decks.len() >= DECKS_MAX + GROUPS_MAX || decks.iter().any(|deck| deck.place == place) {
                continue;
            }
            let deck = Deck { deck: last_deck + 1, kind: DeckKind::Board, name: group.name.clone(), pages: 1, place };
            let page = PageRef { deck: deck.deck, page: 0 };
            self.note_only(Fact::Board(BoardFact::Added { deck }), now);
            self.note_only(Fact::Board(BoardFact::Shown { place, page }), now);
        }
    }

    pub(crate) fn breakouts_close(&mut self, from: Option<Caller>, now: Instant) -> Answer {
        let mut breakouts = self.book.breakouts.clone();
        if !breakouts.open && from.is_some() {
            return Ok(Done::Now);
        }
        (breakouts.open, breakouts.ends) = (false, None);
        for group in &mut breakouts.groups {
            group.help = false;
            group.people.retain(|person| !self.people.person(*person).is_some_and(|who| who.role.leads()));
        }
        self.set_breakouts(from, breakouts, now)
    }

    /// A leader puts somebody, or goes, into a group; 0 is back to the class.
    pub(crate) fn breakouts_move(&mut self, from: Caller, person: PersonId, place: u8, now: Instant) -> Answer {
        if person != from.person && !self.is_ruled(person) {
            return Err(Code::UnknownPerson);
        }
        let mut breakouts = self.book.breakouts.clone();
        if usize::from(place) > breakouts.groups.len() {
            return Err(Code::UnknownThing);
        }
        breakouts.put(person, place);
        self.set_breakouts(Some(from), breakouts, now)
    }

    /// Whether they are open or not; what a group has drawn stays its own.
    pub(crate) fn breakouts_name(&mut self, from: Caller, place: u8, name: &str, now: Instant) -> Answer {
        let name = clean(name, LABEL_CHARS_MAX)?;
        let mut breakouts = self.book.breakouts.clone();
        breakouts.group_mut(place).ok_or(Code::UnknownThing)?.name = name;
        self.set_breakouts(Some(from), breakouts, now)
    }

    /// Where they may choose, pupils go from group to group as they like, before the groups open and while they are open.
    pub(crate) fn breakouts_join(&mut self, from: Caller, place: u8, now: Instant) -> Answer {
        if !self.book.breakouts.choose {
            return Err(Code::Locked);
        }
        let mut breakouts = self.book.breakouts.clone();
        breakouts.group_mut(place).ok_or(Code::UnknownThing)?;
        if breakouts.group_of(from.person) == place {
            return Ok(Done::Now);
        }
        breakouts.put(from.person, place);
        self.set_breakouts(Some(from), breakouts, now)
    }

    pub(crate) fn breakouts_help(&mut self, from: Caller, up: bool, now: Instant) -> Answer {
        let place = self.place_of(from.person);
        let mut breakouts = self.book.breakouts.clone();
        let group = breakouts.group_mut(place).ok_or(Code::UnknownThing)?;
        if std::mem::replace(&mut group.help, up) == up {
            return Ok(Done::Now);
        }
        self.set_breakouts(Some(from), breakouts, now)
    }

    /// A word to all groups at once.
    pub(crate) fn breakouts_tell(&mut self, from: Caller, body: &Pii<String>) -> Answer {
        let body = Pii::new(clean(body.reveal(), CALL_CHARS_MAX)?);
        self.tell_inside(ServerMessage::Called { by: from.person, body });
        Ok(Done::Now)
    }

    /// The media has everybody where the breakouts say, and everybody has the pages and lines of the own group.
    fn take_places(&mut self, before: &Breakouts) {
        let visits: Vec<(VisitId, PersonId)> = self.people.visits().map(|(id, visit)| (id, visit.person)).collect();
        for (id, person) in visits {
            if self.people.inside(person).is_some() {
                self.take_place(id, person);
            }
        }
        let inside: Vec<(PersonId, Role)> =
            self.people.persons().filter(|(_, who)| who.state == State::In).map(|(id, who)| (id, who.role)).collect();
        for (person, role) in inside {
            let after = &self.book.breakouts;
            let other_group = before.group_of(person) != after.group_of(person);
            let other_place = before.place_of(person) != after.place_of(person);
            // Groups that were made or opened just now have other boards.
            let other_boards = before.open != after.open || !after.open;
            if other_group || other_place || other_boards {
                self.tell_decks_to(person);
            }
            if other_group && !role.leads() {
                let lines = self.chat.recent().filter(|line| matches!(line.to, To::Place(_)));
                let chat = lines.filter(|line| self.reads(person, role, line)).cloned().collect();
                let to = self.people.conns_of(person);
                self.send(to, ServerMessage::GroupChat { chat });
            }
        }
    }

    /// One device goes where its person is.
    pub(crate) fn take_place(&mut self, id: VisitId, person: PersonId) {
        let place = self.place_of(person);
        let Some(visit) = self.people.visit_mut(id) else { return };
        if std::mem::replace(&mut visit.place, place) != place {
            self.order(MediaOrder::Place { visit: id, place });
        }
    }
}
