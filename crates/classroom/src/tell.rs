//! Who is told what.

use crate::classroom::{Caller, Classroom};
use crate::effect::{ConnId, Effect, Record};
use crate::wire::{
    Bye, Code, Expected, Hand, Knock, NotesView, Pace, PaceCount, PollView, Role, Room, ServerMessage, State,
};
use preau_base::PersonId;

impl Classroom {
    /// What a newcomer would be told now: all that this person may know.
    pub fn room_for(&self, person: PersonId) -> Room {
        let role = self.people.person(person).map_or(Role::Pupil, |who| who.role);
        let leads = role.leads();
        let participants =
            self.people.persons().filter_map(|(id, _)| self.people.participant(id, &self.book, leads || id == person));
        let place = self.place_of(person);
        Room {
            participants: participants.collect(),
            hands: self.hands(),
            floor: self.book.floor.clone(),
            chat: self.chat.recent().filter(|line| self.reads(person, role, line)).cloned().collect(),
            rules: self.book.rules,
            recording: self.book.recording,
            auto_captions: self.book.captions,
            timer: self.book.timer.clone(),
            breakouts: self.breakouts_for(person, role),
            polls: self.book.polls.iter().map(|poll| PollView::of(poll, person, role)).collect(),
            decks: self.decks_for(person),
            shown: self.book.board.shown.get(&place).copied(),
            notes: self.notes_view(),
            lobby: leads.then(|| self.lobby()),
            expected: leads.then(|| self.expected()),
            pace: leads.then(|| self.pace()),
        }
    }

    /// The raised hands of those who are in.
    pub(crate) fn hands(&self) -> Vec<Hand> {
        self.book.hands.iter().filter(|hand| self.people.inside(hand.person).is_some()).copied().collect()
    }

    /// Who is at the door, first come first.
    pub(crate) fn lobby(&self) -> Vec<Knock> {
        let mut lobby: Vec<Knock> = self
            .people
            .persons()
            .filter(|(_, person)| person.state == State::Lobby)
            .map(|(id, person)| Knock {
                person: id,
                name: person.name.clone(),
                role: person.role,
                listed: person.knocker.is_none() && person.role != Role::Guest,
                origin: person.knocker.as_ref().map(|knocker| knocker.origin.clone()).unwrap_or_default(),
                since: person.came,
            })
            .collect();
        lobby.sort_by_key(|knock| (knock.since, knock.person));
        lobby
    }

    fn expected(&self) -> Vec<Expected> {
        self.roster.pupils.iter().map(|(person, name)| Expected { person: *person, name: name.clone() }).collect()
    }

    pub(crate) fn pace(&self) -> PaceCount {
        let mut count = PaceCount::default();
        for pace in self.people.persons().filter_map(|(_, person)| person.pace) {
            match pace {
                Pace::Follow => count.follow += 1,
                Pace::Slower => count.slower += 1,
                Pace::Lost => count.lost += 1,
            }
        }
        count
    }

    pub(crate) fn notes_view(&self) -> NotesView {
        NotesView { version: self.book.notes.version, text: self.book.notes.text.clone().into() }
    }

    pub(crate) fn tell_hands(&mut self) {
        let hands = self.hands();
        self.tell_inside(ServerMessage::Hands { hands });
    }

    /// Leaders and the person see the exceptions, the others don't.
    pub(crate) fn tell_changed(&mut self, person: PersonId) {
        let everybody = self.people.conns_in(State::In);
        self.tell_changed_to(&everybody, person);
    }

    pub(crate) fn tell_changed_to(&mut self, to: &[ConnId], person: PersonId) {
        self.tell_participant(to, person, |participant| ServerMessage::Changed { participant });
    }

    pub(crate) fn tell_joined(&mut self, to: &[ConnId], person: PersonId) {
        self.tell_participant(to, person, |participant| ServerMessage::Joined { participant });
    }

    fn tell_participant(
        &mut self,
        to: &[ConnId],
        person: PersonId,
        message: impl Fn(crate::wire::Participant) -> ServerMessage,
    ) {
        let sees_own = |conn: &ConnId| {
            let viewer = self.people.visit_of(*conn).and_then(|visit| self.person_of(visit));
            viewer == Some(person)
                || viewer.and_then(|id| self.people.person(id)).is_some_and(|viewer| viewer.role.leads())
        };
        let (full, plain): (Vec<ConnId>, Vec<ConnId>) = to.iter().copied().partition(sees_own);
        for (to, own) in [(full, true), (plain, false)] {
            if let Some(participant) = self.people.participant(person, &self.book, own) {
                self.send(to, message(participant));
            }
        }
    }

    pub(crate) fn tell_lobby(&mut self) {
        let lobby = self.lobby();
        self.tell_leaders(ServerMessage::Lobby { lobby });
    }

    pub(crate) fn tell_expected(&mut self) {
        let expected = self.expected();
        self.tell_leaders(ServerMessage::Expected { expected });
    }

    pub(crate) fn tell_pace(&mut self) {
        let pace = self.pace();
        self.tell_leaders(ServerMessage::Pace { pace });
    }

    pub(crate) fn tell_leaders(&mut self, message: ServerMessage) {
        let to = self.conns_of_leaders();
        self.send(to, message);
    }

    pub(crate) fn tell_inside(&mut self, message: ServerMessage) {
        let to = self.people.conns_in(State::In);
        self.send(to, message);
    }

    pub(crate) fn send(&mut self, to: Vec<ConnId>, message: ServerMessage) {
        if !to.is_empty() {
            self.out.push(Effect::Send { to, message });
        }
    }

    pub(crate) fn bye(&mut self, to: Vec<ConnId>, code: Bye) {
        if !to.is_empty() {
            self.out.push(Effect::Bye { to, code });
        }
    }

    pub(crate) fn store(&mut self, record: Record) {
        self.out.push(Effect::Store(record));
    }

    pub(crate) fn ack(&mut self, from: Caller) {
        if let Some(re) = from.id {
            self.send(vec![from.conn], ServerMessage::Ack { re, chat: None, at: None, made: None });
        }
    }

    pub(crate) fn error(&mut self, from: Caller, code: Code) {
        self.send(vec![from.conn], ServerMessage::Error { re: from.id, code, retry_ms: None });
    }
}
