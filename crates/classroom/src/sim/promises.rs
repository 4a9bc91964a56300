//! What must be true after each step.

use super::world::World;
use crate::Classroom;
use crate::acts::Act;
use crate::book::{CamerasSeen, DeckKind, Use};
use crate::rights::may_use;
use crate::wire::{Role, Room, State};
use preau_base::PersonId;
use std::collections::BTreeSet;

impl World {
    pub(super) fn check(&self) {
        self.check_entry();
        for client in self.clients.values() {
            self.check_client(client);
        }
        self.check_floor();
        self.check_media_and_attendance();
    }

    /// Nobody who is not entitled is ever in, and a removed person never returns.
    fn check_entry(&self) {
        let book = self.room.book();
        for (id, person) in self.room.people.persons().filter(|(_, person)| person.state == State::In) {
            assert!(!self.room.removed.contains(&id), "removed, yet in");
            assert!(!book.refused.contains(&id) && !book.held.contains(&id), "at the door, yet in");
            let listed = self.roster.role(id);
            let by_door = book.admitted.contains(&id);
            assert!(by_door || listed.is_some_and(|role| role != Role::Guest), "neither on the roster nor let in");
            assert!(person.role != Role::Teacher || listed == Some(Role::Teacher), "a teacher is on the roster");
            let helps = listed == Some(Role::Assistant) || book.assistants.contains(&id);
            assert!(person.role != Role::Assistant || helps, "nobody helps without being named");
            let devices_max = if person.role.leads() { 2 } else { 1 };
            assert!((1..=devices_max).contains(&person.devices.len()));
        }
        let presence = self.room.presence();
        assert!(presence.waiting == 0 || !presence.teacher_here, "nobody waits while a teacher is there");
        assert!(self.disk.removed.is_subset(&self.room.removed), "a stored removal is in force");
        assert_eq!(self.room.closed, self.disk.closed, "closed exactly when stored");
        if self.room.closed {
            assert_eq!((self.room.people.devices(), self.clients.len()), (0, 0), "closed for all");
        }
    }

    /// What a client has made of its messages is what it would be told if it came anew.
    fn check_client(&self, client: &super::client::Client) {
        let state = self.room.people.person(client.person).map(|person| person.state);
        assert_eq!(client.state, state, "the client knows where it is");
        assert_eq!(client.visit.and_then(|visit| self.room.conn_of(visit)), Some(client.conn));
        if state != Some(State::In) {
            return assert_eq!(client.room, Room::default(), "who is not in knows nothing");
        }
        let told = self.room.room_for(client.person);
        let mut shown = client.shown();
        // A client keeps more lines than a newcomer is given.
        let surplus = shown.chat.len().saturating_sub(told.chat.len());
        shown.chat.drain(..surplus);
        if shown != told {
            let [shown, told] = [&shown, &told].map(|room| serde_json::to_value(room).expect("a room can be written"));
            for (part, told) in told.as_object().expect("with parts") {
                assert_eq!(shown.get(part), Some(told), "{part}: what is shown and what a newcomer is told");
            }
        }
        let leads = self.room.people.person(client.person).is_some_and(|person| person.role.leads());
        let secrets = [told.lobby.is_some(), told.expected.is_some(), told.pace.is_some()];
        assert_eq!(secrets, [leads; 3], "only leaders are told");
        for participant in told.participants.iter().filter(|other| other.person != client.person) {
            assert!(leads || participant.own.is_none(), "exceptions are private");
        }
        for deck in told.decks.iter().filter(|deck| !leads && deck.kind != DeckKind::Board && deck.place == 0) {
            assert!(self.shown.contains(&deck.deck), "a document before it was shown");
        }
        for poll in told.polls.iter().filter(|poll| !leads && !poll.shown) {
            assert!(poll.counts.is_none() && poll.votes.is_none(), "results before they are shown");
        }
        for (page, objects) in &client.pages {
            let there: Vec<_> = self.room.book.board.on(*page).collect();
            assert_eq!(objects.values().collect::<Vec<_>>(), there, "what is drawn, as shown");
        }
    }

    fn check_floor(&self) {
        let hands = self.room.hands();
        assert!(hands.windows(2).all(|pair| pair[0].since <= pair[1].since), "hands in order");
        let with_hand: BTreeSet<_> = hands.iter().map(|hand| hand.person).collect();
        assert_eq!(with_hand.len(), hands.len(), "one hand each");
        let visits = || self.room.people.visits();
        assert!(visits().filter(|(_, visit)| visit.sends.screen).count() <= 1, "one screen");
        for (_, visit) in visits() {
            let Some(person) = self.room.people.inside(visit.person) else { continue };
            let may = |what| may_use(&self.room.book, visit.person, person.role, what);
            assert!(!visit.sends.mic || may(Use::Mic), "heard against the rules");
            assert!(!visit.sends.camera || may(Use::Camera), "seen against the rules");
            assert!(!visit.sends.screen || may(Use::Screen), "shown against the rules");
        }
    }

    fn check_media_and_attendance(&self) {
        for (visit, peer) in &self.media {
            let person = self.room.person_of(*visit).expect("media only of those who are there");
            let role = self.room.people.inside(person).expect("media only of those who are in").role;
            assert_eq!(self.room.people.visit(*visit).map(|visit| visit.sends), Some(peer.sends), "as shown");
            let hidden = role.is_ruled()
                && !self.room.book.duties.contains_key(&person)
                && self.room.book.rules.cameras_seen == CamerasSeen::Leaders;
            assert!(!hidden || peer.camera_seen == CamerasSeen::Leaders, "a camera for leaders is sent to all");
        }
        for (visit, place) in &self.places {
            let Some(person) = self.room.person_of(*visit) else { continue };
            if self.room.people.inside(person).is_some() {
                assert_eq!(*place, self.room.place_of(person), "heard where they are");
            }
        }
        assert!(self.room.closed || self.front == self.room.people.leading_visits(), "leaders come first");
        for (visit, stays) in &self.disk.visits {
            let is_open = stays.last().is_some_and(|stay| stay.1.is_none());
            let here = self.room.person_of(*visit).is_some_and(|person| self.room.people.inside(person).is_some())
                && self.room.conn_of(*visit).is_some();
            assert_eq!(is_open, here, "attendance is open exactly while connected and in");
        }
    }

    /// Whatever somebody presses who does not lead: the others' places, devices, hands, mutes, votes and drawings stay, and so
    /// do rules, rights and the door.
    pub(super) fn check_touched_only_self(&self, me: PersonId, before: &Classroom) {
        let others = |room: &Classroom| {
            let people: Vec<_> = room
                .people
                .persons()
                .filter(|(id, _)| *id != me)
                .map(|(id, who)| (id, who.state, who.role, who.pace, room.people.participant(id, &room.book, true)))
                .collect();
            let mut book = room.book.clone();
            book.hands.retain(|hand| hand.person != me);
            book.board.forget_of(me);
            book.notes = Default::default();
            for group in &mut book.breakouts.groups {
                group.people.remove(&me);
                group.help = false;
            }
            for poll in &mut book.polls {
                poll.votes.remove(&me);
            }
            (people, book)
        };
        assert_eq!(others(before), others(&self.room), "a command of {me} touched somebody else");
        assert_eq!((&before.removed, before.closed), (&self.room.removed, self.room.closed));
        let moderation =
            |room: &Classroom| room.acts.values().filter(|act| matches!(act, Act::Remove(_) | Act::Close(_))).count();
        assert_eq!(moderation(before), moderation(&self.room), "an act of moderation");
    }
}
