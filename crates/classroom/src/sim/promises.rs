//! What must be true after each step.

use super::world::World;
use crate::Classroom;
use crate::wire::{Role, Room, State};
use preau_base::PersonId;
use std::collections::BTreeSet;

impl World {
    pub(super) fn check(&self) {
        let room = self.room.room();
        for participant in &room.participants {
            assert_eq!(self.roster.role(participant.person), Some(participant.role), "off the roster");
            assert!(!self.room.removed.contains(&participant.person), "removed, yet in");
            let devices_max = if participant.role == Role::Teacher { 2 } else { 1 };
            assert!((1..=devices_max).contains(&participant.devices.len()));
        }
        assert!(self.disk.removed.is_subset(&self.room.removed), "a stored removal is in force");
        assert_eq!(self.room.closed, self.disk.closed, "closed exactly when stored");
        if self.room.closed {
            assert_eq!((self.room.people.devices(), self.clients.len()), (0, 0), "closed for all");
        }
        self.check_hands_and_screens(&room);
        self.check_clients(&room);
        self.check_media_and_attendance();
    }

    fn check_hands_and_screens(&self, room: &Room) {
        assert!(room.hands.windows(2).all(|pair| pair[0].since <= pair[1].since), "hands in order");
        let with_hand: BTreeSet<_> = room.hands.iter().map(|hand| hand.person).collect();
        assert_eq!(with_hand.len(), room.hands.len(), "one hand each");
        assert!(with_hand.iter().all(|id| room.participants.iter().any(|p| p.person == *id)), "hands of those in");
        let screens = room.participants.iter().flat_map(|p| &p.devices).filter(|device| device.screen).count();
        assert!(screens <= 1, "one screen");
    }

    fn check_clients(&self, room: &Room) {
        let waiting = self.room.presence().waiting;
        assert!(waiting == 0 || !self.room.presence().teacher_here, "nobody waits while a teacher is there");
        for client in self.clients.values() {
            let state = self.room.people.person(client.person).map(|person| person.state);
            assert_eq!(client.state, state, "the client knows where it is");
            match state {
                Some(State::In) => {
                    let shown = client.shown();
                    assert_eq!(shown.participants, room.participants, "participants as shown");
                    assert_eq!(shown.hands, room.hands, "hands as shown");
                    let common = shown.chat.len().min(room.chat.len());
                    assert_eq!(shown.chat[shown.chat.len() - common..], room.chat[room.chat.len() - common..]);
                }
                _ => assert_eq!(client.room, Room::default()),
            }
            assert_eq!(client.visit.and_then(|visit| self.room.conn_of(visit)), Some(client.conn));
        }
    }

    fn check_media_and_attendance(&self) {
        for (visit, sends) in &self.media {
            let person = self.room.person_of(*visit).expect("media only of those who are there");
            assert!(self.room.people.inside(person).is_some(), "media only of those who are in");
            assert_eq!(self.room.people.visit(*visit).map(|visit| visit.sends), Some(*sends), "as shown");
        }
        assert!(self.room.closed || self.front == self.room.people.teacher_visits(), "teachers come first");
        for (visit, stays) in &self.disk.visits {
            let is_open = stays.last().is_some_and(|stay| stay.1.is_none());
            let here = self.room.person_of(*visit).is_some_and(|person| self.room.people.inside(person).is_some())
                && self.room.conn_of(*visit).is_some();
            assert_eq!(is_open, here, "attendance is open exactly while connected and in");
        }
    }

    /// Whatever a pupil presses: the others' places, devices, hands and mutes stay, and so do removals.
    pub(super) fn check_pupil_touched_only_self(&self, pupil: PersonId, before: &Classroom) {
        let others = |room: &Classroom| {
            let state = room.room();
            let people: Vec<_> = state.participants.into_iter().filter(|p| p.person != pupil).collect();
            let hands: Vec<_> = state.hands.into_iter().filter(|hand| hand.person != pupil).collect();
            let mutes: Vec<_> =
                room.people.persons().filter(|(id, _)| *id != pupil).map(|(id, who)| (id, who.mutes)).collect();
            (people, hands, mutes)
        };
        assert_eq!(others(before), others(&self.room), "a pupil's command touched somebody else");
        assert_eq!((&before.removed, before.closed), (&self.room.removed, self.room.closed));
        assert_eq!(before.acts.len(), self.room.acts.len(), "a pupil's act of moderation");
    }
}
