use crate::chat::{Chat, StoredLine};
use crate::effect::{ConnId, Effect, MediaOrder, Record, Sends, Ticket};
use crate::limits::{ALONE_MAX, AWAY_MAX};
use crate::moderation::Act;
use crate::people::{People, Roster};
use crate::rights::permit;
use crate::wire::{
    Bye, Code, Command, Hand, LeftWhy, Line, Locks, MediaState, Resume, Role, Room, ServerMessage, SlotCount, State,
    Stoppable,
};
use preau_base::{Instant, LessonId, PersonId, Pii, Rng, VisitId};
use std::collections::{BTreeMap, BTreeSet};

/// What a lesson is, for `welcome`.
#[derive(Clone, Debug)]
pub struct LessonInfo {
    pub lesson: LessonId,
    pub title: String,
    pub starts: Instant,
    pub ends: Instant,
    /// The receiving slots that the media offers.
    pub slots: SlotCount,
}

/// What the store knows of a lesson that was on before a restart.
#[derive(Clone, Debug, Default)]
pub struct Restored {
    pub removed: BTreeSet<PersonId>,
    pub closed: bool,
    /// Oldest first.
    pub chat: Vec<Line>,
}

/// Somebody with a valid join token for this lesson.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub conn: ConnId,
    pub person: PersonId,
    pub name: Pii<String>,
    pub resume: Option<Resume>,
}

/// What can happen to a lesson.
#[derive(Clone, Debug)]
pub enum Input {
    Arrive(Arrival),
    /// The WebSocket is gone, without `leave`.
    Lost {
        conn: ConnId,
    },
    /// The caller ends this visit (its person signed out, say).
    End {
        conn: ConnId,
        code: Bye,
    },
    /// The caller ends all visits of a person, also those whose connection is lost: sound and pictures of these go on.
    EndPerson {
        person: PersonId,
        code: Bye,
    },
    /// The caller ends all connections (it stops, say); the lesson is not closed by that.
    EndAll {
        code: Bye,
    },
    Command {
        conn: ConnId,
        id: Option<u32>,
        command: Command,
    },
    /// The store's answer to [`Record::Removed`] or [`Record::Closed`].
    Stored {
        ticket: Ticket,
        done: bool,
    },
    /// The store's answer to [`Record::Chat`], in the order of the records; `None`: not stored.
    ChatStored {
        ticket: Ticket,
        line: Option<StoredLine>,
    },
    /// The roster as it is now.
    Roster(Roster),
    /// Time has passed; due at [`Classroom::wake_at`].
    Tick,
}

/// How many persons are there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Presence {
    pub inside: usize,
    pub pupils_inside: usize,
    pub waiting: usize,
    pub teacher_here: bool,
}

/// A live lesson.
#[derive(Clone, Debug)]
pub struct Classroom {
    pub(crate) info: LessonInfo,
    pub(crate) roster: Roster,
    pub(crate) removed: BTreeSet<PersonId>,
    pub(crate) closed: bool,
    pub(crate) people: People,
    pub(crate) hands: Vec<Hand>,
    pub(crate) chat: Chat,
    pub(crate) acts: BTreeMap<Ticket, Act>,
    pub(crate) tickets: u64,
    /// Since when no teacher is there while pupils are in.
    pub(crate) alone_since: Option<Instant>,
    pub(crate) out: Vec<Effect>,
}

/// One command with where to answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    pub conn: ConnId,
    pub id: Option<u32>,
    pub visit: VisitId,
    pub person: PersonId,
}

impl Classroom {
    pub fn new(info: LessonInfo, roster: Roster, restored: Restored) -> Self {
        Self {
            info,
            roster,
            removed: restored.removed,
            closed: restored.closed,
            people: People::default(),
            hands: Vec::new(),
            chat: Chat::restored(restored.chat),
            acts: BTreeMap::new(),
            tickets: 0,
            alone_since: None,
            out: Vec::new(),
        }
    }

    /// Takes one thing that happened and says what to do about it, in order.
    pub fn apply(&mut self, input: Input, now: Instant, rng: &mut dyn Rng) -> Vec<Effect> {
        match input {
            Input::Arrive(arrival) => self.arrive(arrival, now, rng),
            Input::Lost { conn } => self.lost(conn, now),
            Input::End { conn, code } => self.end(conn, code, now),
            Input::EndPerson { person, code } => self.put_out(person, code, LeftWhy::Left, now),
            Input::EndAll { code } => self.put_all_out(code, now),
            Input::Command { conn, id, command } => self.command(conn, id, command, now, rng),
            Input::Stored { ticket, done } => self.stored(ticket, done, now),
            Input::ChatStored { ticket, line } => self.chat_stored(ticket, line),
            Input::Roster(roster) => self.set_roster(roster, now),
            Input::Tick => self.tick(now),
        }
        std::mem::take(&mut self.out)
    }

    /// When the next [`Input::Tick`] is due.
    pub fn wake_at(&self) -> Option<Instant> {
        let lost = self.people.visits().filter_map(|(_, visit)| visit.lost_at).min().map(|at| at.plus(AWAY_MAX));
        let alone = self.alone_since.map(|at| at.plus(ALONE_MAX));
        [lost, alone].into_iter().flatten().min()
    }

    pub fn presence(&self) -> Presence {
        let mut presence = Presence { teacher_here: self.people.teacher_here(), ..Presence::default() };
        for (_, person) in self.people.persons() {
            match (person.state, person.role) {
                (State::Waiting, _) => presence.waiting += 1,
                (State::In, Role::Teacher) => presence.inside += 1,
                (State::In, Role::Pupil) => {
                    presence.inside += 1;
                    presence.pupils_inside += 1;
                }
            }
        }
        presence
    }

    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether nobody is there, not even one whose connection was lost, and nothing waits for the store.
    pub fn is_idle(&self) -> bool {
        self.people.devices() == 0 && self.acts.is_empty() && self.chat.is_settled()
    }

    /// Whose device a visit is.
    pub fn person_of(&self, visit: VisitId) -> Option<PersonId> {
        Some(self.people.visit(visit)?.person)
    }

    /// The connection of a visit.
    pub fn conn_of(&self, visit: VisitId) -> Option<ConnId> {
        self.people.visit(visit)?.conn
    }

    /// The connections of those who are in.
    pub fn conns_inside(&self) -> Vec<ConnId> {
        self.people.conns_in(State::In)
    }

    /// The connections of teachers who are in.
    pub fn conns_of_teachers(&self) -> Vec<ConnId> {
        self.people.teacher_visits().into_iter().filter_map(|visit| self.conn_of(visit)).collect()
    }

    /// What a newcomer would be told now.
    pub fn room(&self) -> Room {
        Room {
            participants: self.people.participants(),
            hands: self.hands.clone(),
            chat: self.chat.recent(),
            locks: Locks::default(),
        }
    }

    fn command(&mut self, conn: ConnId, id: Option<u32>, command: Command, now: Instant, rng: &mut dyn Rng) {
        let Some(visit) = self.people.visit_of(conn) else { return };
        let Some(person) = self.person_of(visit) else { return };
        let from = Caller { conn, id, visit, person };
        let Some((role, state)) = self.people.person(person).map(|who| (who.role, who.state)) else { return };
        if let Err(code) = permit(person, role, state, &command) {
            return self.error(from, code);
        }
        match command {
            Command::Hello(_) => {}
            Command::Offer { sdp } => self.offer(from, sdp),
            Command::Media(media) => self.media(from, media),
            Command::Want { mid, width } => self.want(from, mid, width),
            Command::Low { on } => self.low(from, on),
            Command::Hand { up } => self.hand(from, up, now),
            Command::Chat { body, key } => self.say(from, &body, key, now, rng),
            Command::Mute { person } => self.mute(from, person),
            Command::MuteAll => self.mute_all(from),
            Command::LowerHand { person } => self.lower_hand(from, person),
            Command::Remove { person } => self.remove(from, person, now),
            Command::Close => self.close(from, now),
            Command::Leave => self.end(conn, Bye::Left, now),
            Command::Ping { at } => self.send(vec![conn], ServerMessage::Pong { at, now }),
        }
    }

    fn offer(&mut self, from: Caller, sdp: Pii<String>) {
        let Some(visit) = self.people.visit(from.visit) else { return };
        let Some(re) = from.id else { return self.error(from, Code::BadMessage) };
        let order = MediaOrder::Join { conn: from.conn, re, visit: from.visit, sends: visit.sends, sdp };
        self.out.push(Effect::Media(order));
    }

    fn want(&mut self, from: Caller, mid: String, width_px: u32) {
        self.out.push(Effect::Media(MediaOrder::Want { visit: from.visit, mid, width_px }));
        self.ack(from);
    }

    fn low(&mut self, from: Caller, on: bool) {
        self.out.push(Effect::Media(MediaOrder::Low { visit: from.visit, on }));
        self.ack(from);
    }

    /// What a device sends from now on: as it says, but for a mute that it has not seen and for a screen that is taken.
    fn media(&mut self, from: Caller, media: MediaState) {
        let Some(person) = self.people.person(from.person) else { return };
        let (role, inside) = (person.role, person.state == State::In);
        let crossed = media.mic && media.mutes < person.mutes;
        let other = self.people.screen().filter(|holder| media.screen && *holder != from.visit);
        let taken = other.is_some() && role == Role::Pupil;
        if let (Some(holder), false) = (other, taken) {
            self.stop_screen(holder, from.person);
        }
        let sends =
            Sends { mic: media.mic && !crossed, camera: media.camera, screen: media.screen && inside && !taken };
        self.set_sends(from.visit, sends);
        match (crossed, taken) {
            (true, _) => self.error(from, Code::Muted),
            (false, true) => self.error(from, Code::ScreenTaken),
            (false, false) => self.ack(from),
        }
    }

    fn stop_screen(&mut self, holder: VisitId, by: PersonId) {
        let Some(visit) = self.people.visit(holder) else { return };
        let sends = Sends { screen: false, ..visit.sends };
        let to = visit.conn.into_iter().collect();
        self.send(to, ServerMessage::Stopped { kind: Stoppable::Screen, by });
        self.set_sends(holder, sends);
    }

    /// Notes what a device sends; when that is new and the person is in, the media and the others learn it.
    pub(crate) fn set_sends(&mut self, id: VisitId, sends: Sends) {
        let Some(visit) = self.people.visit_mut(id) else { return };
        let person = visit.person;
        if std::mem::replace(&mut visit.sends, sends) != sends && self.people.inside(person).is_some() {
            self.out.push(Effect::Media(MediaOrder::Forward { visit: id, sends }));
            self.tell_changed(person);
        }
    }

    fn hand(&mut self, from: Caller, up: bool, now: Instant) {
        let is_up = self.hands.iter().any(|hand| hand.person == from.person);
        match (up, is_up) {
            (true, false) => {
                self.hands.push(Hand { person: from.person, since: now });
                self.tell_hands();
            }
            (false, true) => self.drop_hand(from.person),
            _ => {}
        }
        self.ack(from);
    }

    pub(crate) fn drop_hand(&mut self, person: PersonId) {
        let before = self.hands.len();
        self.hands.retain(|hand| hand.person != person);
        if self.hands.len() != before {
            self.tell_hands();
        }
    }

    pub(crate) fn tell_hands(&mut self) {
        let hands = self.hands.clone();
        self.tell_inside(ServerMessage::Hands { hands });
    }

    pub(crate) fn tell_changed(&mut self, person: PersonId) {
        if let Some(participant) = self.people.participant(person) {
            self.tell_inside(ServerMessage::Changed { participant });
        }
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
            self.send(vec![from.conn], ServerMessage::Ack { re, chat: None, at: None });
        }
    }

    pub(crate) fn error(&mut self, from: Caller, code: Code) {
        self.send(vec![from.conn], ServerMessage::Error { re: from.id, code });
    }

    pub(crate) fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }
}
