//! The world around one lesson: people, their clients, the store, the media room.

use super::client::Client;
use crate::wire::{Bye, Code, Command, Line, MediaState, Role, ServerMessage, SlotCount};
use crate::{
    Arrival, Classroom, ConnId, Effect, Input, LessonInfo, MediaOrder, Record, Restored, Roster, Sends, StoredLine,
};
use preau_base::{ChatId, Instant, LessonId, PersonId, Pii, Rng, SeededRng, VisitId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// What a run came across.
#[derive(Debug, Default)]
pub struct Seen {
    byes: BTreeSet<Bye>,
    errors: BTreeSet<Code>,
    resumed: u64,
    entered: u64,
    sent_to_wait: u64,
    chat: u64,
    restarts: u64,
}

impl Seen {
    pub fn add(&mut self, other: &Self) {
        self.byes.extend(&other.byes);
        self.errors.extend(&other.errors);
        self.resumed += other.resumed;
        self.entered += other.entered;
        self.sent_to_wait += other.sent_to_wait;
        self.chat += other.chat;
        self.restarts += other.restarts;
    }

    pub fn assert_reached_everything(&self) {
        for bye in [Bye::Left, Bye::NotOnRoster, Bye::Removed, Bye::Closed, Bye::Replaced] {
            assert!(self.byes.contains(&bye), "{bye:?} never happened");
        }
        let errors = [
            Code::NotIn,
            Code::NotAllowed,
            Code::UnknownPerson,
            Code::ScreenTaken,
            Code::Muted,
            Code::Empty,
            Code::NotStored,
            Code::TooFast,
        ];
        for error in errors {
            assert!(self.errors.contains(&error), "{error:?} never happened");
        }
        let counts = [self.resumed, self.entered, self.sent_to_wait, self.chat, self.restarts];
        assert!(counts.iter().all(|count| *count > 100), "{self:?}");
    }
}

/// What is on disk.
#[derive(Debug, Default)]
pub(super) struct Disk {
    pub(super) removed: BTreeSet<PersonId>,
    pub(super) closed: bool,
    pub(super) chat: Vec<Line>,
    pub(super) keys: BTreeMap<(PersonId, String), StoredLine>,
    /// Stays of each visit: from, to.
    pub(super) visits: BTreeMap<VisitId, Vec<(Instant, Option<Instant>)>>,
}

pub struct World {
    pub(super) rng: SeededRng,
    pub(super) now: Instant,
    pub(super) info: LessonInfo,
    pub(super) people: Vec<PersonId>,
    pub(super) roster: Roster,
    pub(super) room: Classroom,
    pub(super) clients: BTreeMap<ConnId, Client>,
    /// Places that clients lost and may take again.
    pub(super) lost: Vec<Client>,
    pub(super) waiting_for_disk: VecDeque<Record>,
    pub(super) disk: Disk,
    pub(super) media: BTreeMap<VisitId, Sends>,
    pub(super) front: Vec<VisitId>,
    /// The key of each chat command, to look up what was acknowledged.
    pub(super) keys: BTreeMap<(ConnId, u32), String>,
    pub(super) next: u32,
    pub(super) seen: Seen,
}

const TEACHERS: usize = 2;
const PUPILS: usize = 5;
const OUTSIDERS: usize = 2;

impl World {
    pub fn new(seed: u64) -> Self {
        let mut rng = SeededRng::new(seed);
        let now = Instant::from_secs(1_800_000_000);
        let people: Vec<_> = (0..TEACHERS + PUPILS + OUTSIDERS).map(|_| PersonId::new(now, &mut rng)).collect();
        let roster = Roster {
            teachers: people[..TEACHERS].iter().copied().collect(),
            pupils: people[TEACHERS..TEACHERS + PUPILS].iter().copied().collect(),
        };
        let info = LessonInfo {
            lesson: LessonId::new(now, &mut rng),
            title: "Histoire, 6e B".to_owned(),
            starts: now,
            ends: now.plus(Duration::from_secs(3_300)),
            slots: SlotCount { voices: 4, pictures: 10 },
        };
        let room = Classroom::new(info.clone(), roster.clone(), Restored::default());
        Self {
            rng,
            now,
            info,
            people,
            roster,
            room,
            clients: BTreeMap::new(),
            lost: Vec::new(),
            waiting_for_disk: VecDeque::new(),
            disk: Disk::default(),
            media: BTreeMap::new(),
            front: Vec::new(),
            keys: BTreeMap::new(),
            next: 0,
            seen: Seen::default(),
        }
    }

    pub fn play(mut self, steps: u32) -> Seen {
        for _ in 0..steps {
            self.step();
            self.check();
        }
        while !self.waiting_for_disk.is_empty() {
            self.disk_answers(true);
            self.check();
        }
        for client in self.clients.values() {
            assert!(client.asked.is_empty(), "never answered: {:?}", client.asked);
        }
        self.seen
    }

    fn step(&mut self) {
        match self.rng.below(100) {
            0..=14 => self.arrive(),
            15..=22 => self.lose(),
            23..=69 => self.press(),
            70..=84 => {
                let works = self.rng.below(10) > 0;
                self.disk_answers(works);
            }
            85..=96 => self.wait(),
            97..=98 => self.change_roster(),
            _ => self.restart(),
        }
    }

    fn pick(&mut self) -> PersonId {
        let at = self.rng.below(self.people.len() as u64);
        self.people[at as usize]
    }

    fn arrive(&mut self) {
        self.next += 1;
        let conn = ConnId(u64::from(self.next));
        let mut person = self.pick();
        let mut resume = None;
        if !self.lost.is_empty() && self.rng.below(3) > 0 {
            let at = self.rng.below(self.lost.len() as u64) as usize;
            let lost = self.lost.swap_remove(at);
            // Now and then somebody else tries with a secret that is not theirs.
            person = if self.rng.below(8) == 0 { person } else { lost.person };
            resume = lost.resume;
        }
        self.clients.insert(conn, Client::new(conn, person));
        let name = Pii::new(format!("Élève {}", self.next));
        self.apply(Input::Arrive(Arrival { conn, person, name, resume }));
    }

    fn a_client(&mut self) -> Option<ConnId> {
        let at = self.rng.below(self.clients.len() as u64) as usize;
        self.clients.keys().nth(at).copied()
    }

    fn lose(&mut self) {
        let Some(conn) = self.a_client() else { return };
        self.lost.extend(self.clients.remove(&conn));
        self.apply(Input::Lost { conn });
    }

    fn press(&mut self) {
        let Some(conn) = self.a_client() else { return };
        self.next += 1;
        let id = (self.rng.below(4) > 0).then_some(self.next);
        let (command, id) = self.some_command(conn, id);
        let client = self.clients.get_mut(&conn).expect("picked among them");
        client.asked.extend(id.filter(|_| !matches!(command, Command::Ping { .. } | Command::Leave)));
        let (person, before, state) = (client.person, self.room.clone(), client.state);
        let was_pupil = self.roster.role(person) == Some(Role::Pupil);
        self.apply(Input::Command { conn, id, command });
        if was_pupil {
            self.check_pupil_touched_only_self(person, &before);
        }
        assert!(state.is_some(), "clients without a place are gone");
    }

    fn some_command(&mut self, conn: ConnId, id: Option<u32>) -> (Command, Option<u32>) {
        let person = self.pick();
        let mut coin = || self.rng.below(2) == 0;
        let (mic, camera, screen) = (coin(), coin(), coin());
        let seen = self.clients.get(&conn).map_or(0, |client| client.mutes);
        let mutes = if self.rng.below(5) == 0 { seen.saturating_sub(1) } else { seen };
        let command = match self.rng.below(60) {
            0..=15 => Command::Media(MediaState { mic, camera, screen, mutes }),
            16..=23 => Command::Hand { up: mic },
            24..=33 => {
                let key = format!("key-{:05}", self.rng.below(20));
                self.keys.insert((conn, self.next), key.clone());
                let body = if self.rng.below(10) == 0 { " ".to_owned() } else { format!("Bonjour {}", self.next) };
                return (Command::Chat { body: Pii::new(body), key }, Some(self.next));
            }
            34..=37 => return (Command::Offer { sdp: Pii::new("v=0".to_owned()) }, Some(self.next)),
            38..=42 => Command::Mute { person },
            43..=45 => Command::MuteAll,
            46..=48 => Command::LowerHand { person: camera.then_some(person) },
            49 => Command::Remove { person },
            50 if self.rng.below(8) == 0 => Command::Close,
            51..=54 => Command::Leave,
            55 => Command::Want { mid: "4".to_owned(), width: 320 },
            56 => Command::Low { on: true },
            _ => Command::Ping { at: 1 },
        };
        (command, id)
    }

    fn wait(&mut self) {
        let ms = match self.rng.below(20) {
            0 => 301_000,
            1..=4 => 31_000,
            _ => self.rng.below(3_000),
        };
        let until = self.now.plus(Duration::from_millis(ms));
        while let Some(at) = self.room.wake_at().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            self.apply(Input::Tick);
            assert!(self.room.wake_at().is_none_or(|next| next > at), "a tick does what was due");
        }
        self.now = until;
    }

    fn change_roster(&mut self) {
        let person = self.pick();
        match self.rng.below(3) {
            0 => self.roster.pupils.insert(person),
            1 => self.roster.pupils.remove(&person),
            _ => self.roster.teachers.len() > 1 && self.roster.teachers.remove(&person),
        };
        self.apply(Input::Roster(self.roster.clone()));
    }

    /// The process ends without a word; what is on disk is all that comes back.
    fn restart(&mut self) {
        self.seen.restarts += 1;
        let lost = std::mem::take(&mut self.clients);
        self.lost.extend(lost.into_values());
        self.waiting_for_disk.clear();
        self.media.clear();
        self.front.clear();
        for stays in self.disk.visits.values_mut() {
            if let Some((_, to @ None)) = stays.last_mut() {
                *to = Some(self.now);
            }
        }
        let restored =
            Restored { removed: self.disk.removed.clone(), closed: self.disk.closed, chat: self.disk.chat.clone() };
        self.room = Classroom::new(self.info.clone(), self.roster.clone(), restored);
    }

    fn apply(&mut self, input: Input) {
        let effects = self.room.apply(input, self.now, &mut self.rng);
        for effect in effects {
            match effect {
                Effect::Send { to, message } => self.deliver(&to, &message),
                Effect::Bye { to, code } => {
                    self.seen.byes.insert(code);
                    for conn in to {
                        let client = self.clients.remove(&conn).expect("bye to a client that is there, once");
                        client.ended(code);
                        self.lost.push(client);
                    }
                }
                Effect::Store(record) => self.record(record),
                Effect::Media(order) => self.carry_out(order),
            }
        }
    }

    fn deliver(&mut self, to: &[ConnId], message: &ServerMessage) {
        match message {
            ServerMessage::Welcome(welcome) => self.seen.resumed += u64::from(welcome.resumed),
            ServerMessage::Entered { .. } => self.seen.entered += 1,
            ServerMessage::Waiting => self.seen.sent_to_wait += 1,
            ServerMessage::Chat { .. } => self.seen.chat += 1,
            ServerMessage::Error { code, .. } => _ = self.seen.errors.insert(*code),
            _ => {}
        }
        for conn in to {
            let client = self.clients.get_mut(conn).expect("messages go to clients that are there");
            client.hear(message);
            if let (ServerMessage::Ack { re, chat: Some(chat), .. }, Some(client)) = (message, self.clients.get(conn)) {
                let key = self.keys.get(&(*conn, *re)).expect("only chat is acknowledged with an id");
                let stored = self.disk.keys.get(&(client.person, key.clone())).map(|line| line.chat);
                assert_eq!(stored, Some(*chat), "acknowledged means stored");
            }
        }
    }

    fn record(&mut self, record: Record) {
        match record {
            Record::Joined { visit, at, .. } => {
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

    fn disk_answers(&mut self, works: bool) {
        let Some(record) = self.waiting_for_disk.pop_front() else { return };
        let input = match record {
            Record::Chat { ticket, chat, person, body, key, at } => {
                let line = works.then(|| self.store_line(chat, person, body, key, at));
                Input::ChatStored { ticket, line }
            }
            Record::Removed { ticket, person, .. } => {
                if works {
                    self.disk.removed.insert(person);
                }
                Input::Stored { ticket, done: works }
            }
            Record::Closed { ticket, .. } => {
                self.disk.closed |= works;
                Input::Stored { ticket, done: works }
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
        at: Instant,
    ) -> StoredLine {
        if let Some(line) = self.disk.keys.get(&(person, key.clone())) {
            return StoredLine { is_new: false, ..*line };
        }
        let line = StoredLine { chat, at, is_new: true };
        self.disk.keys.insert((person, key), line);
        self.disk.chat.push(Line { chat, person, name: Pii::new("Quelqu’un".to_owned()), body, at });
        line
    }

    fn carry_out(&mut self, order: MediaOrder) {
        match order {
            MediaOrder::Join { conn, re, visit, sends, .. } => {
                self.media.insert(visit, sends);
                let answer = ServerMessage::Answer { re, sdp: Pii::new("v=0".to_owned()) };
                self.deliver(&[conn], &answer);
            }
            MediaOrder::Forward { visit, sends } => {
                if let Some(peer) = self.media.get_mut(&visit) {
                    *peer = sends;
                }
            }
            MediaOrder::Leave { visit } => _ = self.media.remove(&visit),
            MediaOrder::Front { visits } => self.front = visits,
            MediaOrder::Want { .. } | MediaOrder::Low { .. } => {}
        }
    }
}
