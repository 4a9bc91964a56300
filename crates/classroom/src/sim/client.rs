//! A client as the protocol's page describes it: what it knows comes from messages only.

use crate::ConnId;
use crate::book::{Object, PageRef};
use crate::wire::{Bye, Participant, Resume, Role, Room, ServerMessage, State, To, write};
use preau_base::{PersonId, VisitId};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug)]
pub struct Client {
    pub conn: ConnId,
    pub person: PersonId,
    pub role: Option<Role>,
    pub visit: Option<VisitId>,
    pub resume: Option<Resume>,
    pub state: Option<State>,
    pub mutes: u32,
    pub room: Room,
    /// What is drawn on the pages that it has looked at.
    pub pages: BTreeMap<PageRef, BTreeMap<u32, Object>>,
    /// Commands with a number that are not answered yet.
    pub asked: BTreeSet<u32>,
    /// Keys of chat lines that were acknowledged, by their command.
    pub acked: Vec<u32>,
}

impl Client {
    pub fn new(conn: ConnId, person: PersonId) -> Self {
        Self {
            conn,
            person,
            role: None,
            visit: None,
            resume: None,
            state: None,
            mutes: 0,
            room: Room::default(),
            pages: BTreeMap::new(),
            asked: BTreeSet::new(),
            acked: Vec::new(),
        }
    }

    /// Takes a message by way of the wire.
    pub fn hear(&mut self, message: &ServerMessage) {
        let text = write(message);
        assert!(text.starts_with(r#"{"v":1,"type":""#), "{text}");
        let message: ServerMessage = serde_json::from_str(&text).expect("a written message can be read");
        match message {
            ServerMessage::Welcome(welcome) => {
                assert_eq!(self.state, None, "one welcome a connection");
                assert_eq!(welcome.you.person, self.person);
                self.visit = Some(welcome.you.visit);
                self.role = Some(welcome.you.role);
                self.resume = Some(Resume { visit: welcome.you.visit, secret: welcome.you.secret });
                self.mutes = welcome.you.mutes;
                self.state = Some(welcome.state);
                assert_eq!(welcome.room.is_some(), welcome.state == State::In);
                self.room = welcome.room.unwrap_or_default();
            }
            ServerMessage::Entered { room } => {
                assert_ne!(self.state, Some(State::In));
                (self.state, self.room) = (Some(State::In), *room);
            }
            ServerMessage::Waiting { state } => {
                assert_ne!(state, State::In);
                (self.state, self.room) = (Some(state), Room::default());
                self.pages.clear();
            }
            ServerMessage::Ack { re, chat, .. } => {
                self.answered(re);
                if chat.is_some() {
                    self.acked.push(re);
                }
            }
            ServerMessage::Error { re: Some(re), .. } | ServerMessage::Answer { re, .. } => self.answered(re),
            ServerMessage::Error { re: None, .. } | ServerMessage::Pong { .. } => {}
            ServerMessage::Muted { mutes, .. } => {
                assert!(mutes > self.mutes);
                self.mutes = mutes;
            }
            about_others => {
                assert_eq!(self.state, Some(State::In), "who is not in learns nothing of the others: {about_others:?}");
                self.follow(about_others);
            }
        }
    }

    fn answered(&mut self, re: u32) {
        assert!(self.asked.remove(&re), "answer {re} was not asked for, or came twice");
    }

    fn leads(&self) -> bool {
        self.role.is_some_and(Role::leads)
    }

    fn follow(&mut self, message: ServerMessage) {
        let leads = self.leads();
        let room = &mut self.room;
        match message {
            ServerMessage::Joined { participant } => {
                assert!(room.participants.iter().all(|known| known.person != participant.person), "joined twice");
                assert_ne!(participant.person, self.person);
                room.participants.push(participant);
            }
            ServerMessage::Changed { participant } => {
                let at = room.participants.iter().position(|known| known.person == participant.person);
                room.participants[at.expect("only participants change")] = participant;
            }
            ServerMessage::Left { person, .. } => {
                let at = room.participants.iter().position(|known| known.person == person);
                room.participants.remove(at.expect("only participants leave"));
            }
            ServerMessage::Hands { hands } => room.hands = hands,
            ServerMessage::Floor { floor } => room.floor = floor,
            ServerMessage::Rules { rules } => room.rules = rules,
            ServerMessage::Recording { since } => room.recording = since,
            ServerMessage::AutoCaptions { on, .. } => room.auto_captions = on,
            ServerMessage::Timer { timer } => room.timer = timer,
            ServerMessage::Breakouts { breakouts } => room.breakouts = breakouts,
            ServerMessage::Chat { line } => {
                assert!(room.chat.last().is_none_or(|last| last.chat < line.chat), "chat ids sort");
                room.chat.push(line);
            }
            ServerMessage::ChatDeleted { chat, .. } => room.chat.retain(|line| line.chat != chat),
            ServerMessage::GroupChat { chat } => {
                room.chat.retain(|line| !matches!(line.to, To::Place(_)));
                room.chat.extend(chat);
                room.chat.sort_by_key(|line| line.chat);
            }
            ServerMessage::Poll { poll } => match room.polls.iter_mut().find(|known| known.poll == poll.poll) {
                Some(known) => *known = poll,
                None => room.polls.push(poll),
            },
            ServerMessage::PollDropped { poll } => room.polls.retain(|known| known.poll != poll),
            ServerMessage::Lobby { lobby } => {
                assert!(leads, "only leaders know who knocks");
                room.lobby = Some(lobby);
            }
            ServerMessage::Expected { expected } => {
                assert!(leads);
                room.expected = Some(expected);
            }
            ServerMessage::Pace { pace } => {
                assert!(leads, "only leaders know how many are lost");
                room.pace = Some(pace);
            }
            ServerMessage::Notes { notes } => room.notes = notes,
            ServerMessage::NotesEdited { version, splice, .. } => {
                assert_eq!(version, room.notes.version + 1, "no splice is missed");
                let text: Vec<char> = room.notes.text.reveal().chars().collect();
                let (before, rest) = text.split_at(splice.at);
                let text = before.iter().copied().chain(splice.put.chars()).chain(rest[splice.cut..].iter().copied());
                room.notes = crate::wire::NotesView { version, text: text.collect::<String>().into() };
            }
            board => self.follow_board(board),
        }
    }

    fn follow_board(&mut self, message: ServerMessage) {
        match message {
            ServerMessage::Decks { decks, shown } => {
                self.pages.retain(|page, _| decks.iter().any(|deck| deck.deck == page.deck));
                (self.room.decks, self.room.shown) = (decks, shown);
            }
            ServerMessage::Objects { page, objects, first, .. } => {
                let known = self.pages.entry(page).or_default();
                if first {
                    known.clear();
                }
                known.extend(objects.into_iter().map(|object| (object.object, object)));
            }
            ServerMessage::Drawn { objects } => {
                for object in objects {
                    assert!(self.room.decks.iter().any(|deck| deck.deck == object.page.deck), "of a page that I see");
                    if let Some(page) = self.pages.get_mut(&object.page) {
                        page.insert(object.object, object);
                    }
                }
            }
            ServerMessage::Erased { objects, .. } => {
                for page in self.pages.values_mut() {
                    page.retain(|id, _| !objects.contains(id));
                }
            }
            ServerMessage::Inking { page, .. } | ServerMessage::Pointing { page, .. } => {
                assert!(self.room.decks.iter().any(|deck| deck.deck == page.deck), "of a page that I see");
            }
            ServerMessage::Stopped { .. }
            | ServerMessage::Reaction { .. }
            | ServerMessage::Caption { .. }
            | ServerMessage::May { .. }
            | ServerMessage::Ends { .. }
            | ServerMessage::Picked { .. }
            | ServerMessage::Called { .. } => {}
            other => panic!("not from the classroom: {other:?}"),
        }
    }

    /// What this client shows, in the order of [`crate::Classroom::room_for`].
    pub fn shown(&self) -> Room {
        let mut participants: Vec<Participant> = self.room.participants.clone();
        participants.sort_by_key(|participant| participant.person);
        Room { participants, ..self.room.clone() }
    }

    pub fn ended(&self, code: Bye) {
        if self.state.is_none() {
            let before = [Bye::NotOnRoster, Bye::Removed, Bye::Closed, Bye::Full, Bye::TurnedAway, Bye::Over];
            assert!(before.contains(&code), "{code:?} without a welcome");
        }
    }
}
