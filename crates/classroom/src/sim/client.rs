//! A client as the protocol's page describes it: what it knows comes from messages only.

use crate::ConnId;
use crate::wire::{Bye, Locks, Participant, Resume, Room, ServerMessage, State, write};
use preau_base::{PersonId, VisitId};
use std::collections::BTreeSet;

#[derive(Clone, Debug)]
pub struct Client {
    pub conn: ConnId,
    pub person: PersonId,
    pub visit: Option<VisitId>,
    pub resume: Option<Resume>,
    pub state: Option<State>,
    pub mutes: u32,
    pub room: Room,
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
            visit: None,
            resume: None,
            state: None,
            mutes: 0,
            room: Room::default(),
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
                self.resume = Some(Resume { visit: welcome.you.visit, secret: welcome.you.secret });
                self.mutes = welcome.you.mutes;
                self.state = Some(welcome.state);
                assert_eq!(welcome.room.is_some(), welcome.state == State::In);
                self.room = welcome.room.unwrap_or_default();
            }
            ServerMessage::Entered { room } => {
                assert_eq!(self.state, Some(State::Waiting));
                (self.state, self.room) = (Some(State::In), *room);
            }
            ServerMessage::Waiting => {
                assert_eq!(self.state, Some(State::In));
                (self.state, self.room) = (Some(State::Waiting), Room::default());
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
            about_others => self.follow(about_others),
        }
    }

    fn answered(&mut self, re: u32) {
        assert!(self.asked.remove(&re), "answer {re} was not asked for, or came twice");
    }

    fn follow(&mut self, message: ServerMessage) {
        assert_eq!(self.state, Some(State::In), "who waits learns nothing of the others: {message:?}");
        let room = &mut self.room;
        let at = |room: &Room, id| room.participants.iter().position(|participant| participant.person == id);
        match message {
            ServerMessage::Joined { participant } => {
                assert_eq!(at(room, participant.person), None, "joined twice");
                assert_ne!(participant.person, self.person);
                room.participants.push(participant);
            }
            ServerMessage::Changed { participant } => {
                let at = at(room, participant.person).expect("only participants change");
                room.participants[at] = participant;
            }
            ServerMessage::Left { person, .. } => {
                let at = at(room, person).expect("only participants leave");
                room.participants.remove(at);
            }
            ServerMessage::Hands { hands } => room.hands = hands,
            ServerMessage::Chat { line } => {
                assert!(room.chat.last().is_none_or(|last| last.chat < line.chat), "chat ids sort");
                room.chat.push(line);
            }
            ServerMessage::Stopped { .. } => {}
            other => panic!("not from the classroom: {other:?}"),
        }
    }

    /// What this client shows, in the order of [`crate::Classroom::room`].
    pub fn shown(&self) -> Room {
        let mut participants: Vec<Participant> = self.room.participants.clone();
        participants.sort_by_key(|participant| participant.person);
        Room { participants, hands: self.room.hands.clone(), chat: self.room.chat.clone(), locks: Locks::default() }
    }

    pub fn ended(&self, code: Bye) {
        if self.state.is_none() {
            let before = [Bye::NotOnRoster, Bye::Removed, Bye::Closed, Bye::Full];
            assert!(before.contains(&code), "{code:?} without a welcome");
        }
    }
}
