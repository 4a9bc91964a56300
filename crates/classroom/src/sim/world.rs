//! The world around one lesson: people, their clients, the store, the media room.

use super::client::Client;
use super::disk::Disk;
use super::letters::Letters;
use super::runner;
use crate::any::{Variants, commands};
use crate::book::{BoardFact, CamerasSeen, Colour, Fact, PageRef, Point, RulesPatch, Shape};
use crate::wire::{Bye, Code, Command, NewGroup, Reaction, Resume, Role, ServerMessage, SlotCount};
use crate::{
    Arrival, Classroom, ConnId, Effect, Input, Knocker, LessonInfo, MediaOrder, Record, Restored, Roster, Sends,
};
use preau_base::{FileId, Instant, LessonId, PersonId, Pii, Rng, SeededRng, VisitId};
use proptest::test_runner::TestRunner;
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
    pub(super) restarts: u64,
    commands: BTreeSet<String>,
    drawn: u64,
    knocked: u64,
    moved: u64,
    group_lines: u64,
    errors_told: u64,
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
        self.commands.extend(other.commands.iter().cloned());
        self.drawn += other.drawn;
        self.knocked += other.knocked;
        self.moved += other.moved;
        self.group_lines += other.group_lines;
    }

    /// A command that was carried out, not merely tried.
    pub fn did(&mut self, command: &Command) {
        let written = serde_json::to_value(command).expect("a command can be written");
        self.commands.insert(written["type"].as_str().expect("with its type").to_owned());
    }

    pub fn assert_reached_everything(&self) {
        let byes = [
            Bye::Left,
            Bye::NotOnRoster,
            Bye::Removed,
            Bye::Closed,
            Bye::Replaced,
            Bye::TurnedAway,
            Bye::Over,
            Bye::Restart,
        ];
        for bye in byes {
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
            Code::Locked,
            Code::UnknownThing,
            Code::CamerasFull,
            Code::Stale,
        ];
        for error in errors {
            assert!(self.errors.contains(&error), "{error:?} never happened");
        }
        let counts = [self.resumed, self.entered, self.sent_to_wait, self.chat, self.restarts];
        assert!(counts.iter().all(|count| *count > 100), "{self:?}");
        assert!([self.drawn, self.knocked, self.moved, self.group_lines].iter().all(|count| *count > 100), "{self:?}");
        // Hello is no command of somebody who is there; the others were all carried out at least once.
        assert_eq!(self.commands.len(), Command::TYPES.len() - 1, "{:?}", self.commands);
    }
}

/// A device in the media room.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer {
    pub sends: Sends,
    pub camera_seen: CamerasSeen,
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
    pub(super) letters: Letters,
    pub(super) media: BTreeMap<VisitId, Peer>,
    pub(super) places: BTreeMap<VisitId, u8>,
    pub(super) front: Vec<VisitId>,
    /// The key of each chat command, to look up what was acknowledged.
    pub(super) keys: BTreeMap<(ConnId, u32), String>,
    pub(super) next: u32,
    /// Decks of which a page was ever shown.
    pub(super) shown: BTreeSet<u32>,
    pub(super) seen: Seen,
    /// Every command, about these people.
    pub(super) any: Variants<Command>,
    pub(super) any_runner: TestRunner,
}

const TEACHERS: usize = 2;
const PUPILS: usize = 5;
/// An observer, an assistant, a guest.
const OTHERS: usize = 3;
const OUTSIDERS: usize = 2;

impl World {
    pub fn new(seed: u64) -> Self {
        let mut rng = SeededRng::new(seed);
        let now = Instant::from_secs(1_800_000_000);
        let people: Vec<_> =
            (0..TEACHERS + PUPILS + OTHERS + OUTSIDERS).map(|_| PersonId::new(now, &mut rng)).collect();
        let roster = Roster {
            teachers: people[..TEACHERS].iter().copied().collect(),
            pupils: people[TEACHERS..TEACHERS + PUPILS].iter().map(|person| (*person, Pii::default())).collect(),
            observers: [people[TEACHERS + PUPILS]].into(),
            assistants: [people[TEACHERS + PUPILS + 1]].into(),
            guests: [people[TEACHERS + PUPILS + 2]].into(),
        };
        let info = LessonInfo {
            lesson: LessonId::new(now, &mut rng),
            title: "Histoire, 6e B".to_owned(),
            starts: now,
            ends: now.plus(Duration::from_secs(3_300)),
            slots: SlotCount { voices: 4, pictures: 10 },
            lean: false,
            codec: crate::wire::PictureCodec::Vp8,
            may_record: true,
            captions_by: Some("parole.ecole.example".to_owned()),
        };
        let room = Classroom::new(info.clone(), roster.clone(), Restored::default());
        let any = commands(&people);
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
            letters: Letters::default(),
            media: BTreeMap::new(),
            places: BTreeMap::new(),
            front: Vec::new(),
            keys: BTreeMap::new(),
            next: 0,
            shown: BTreeSet::new(),
            seen: Seen::default(),
            any,
            any_runner: runner(seed),
        }
    }

    /// Half of the lessons begin as lessons do: everybody comes, and the teacher opens a board to all.
    fn begin(&mut self) {
        let people = self.people[..TEACHERS + PUPILS + OTHERS].to_vec();
        for person in people {
            self.arrive_as(person, None);
        }
        let Some(conn) = self.clients.keys().next().copied() else { return };
        let rules = RulesPatch { board: Some(true), notes: Some(true), ..RulesPatch::default() };
        let groups = vec![NewGroup { name: "Verts".to_owned(), people: vec![self.people[TEACHERS]] }];
        for command in [
            Command::Rules { rules },
            Command::DeckAdd { name: "Tableau".to_owned() },
            Command::BreakoutsMake { groups, choose: true },
            Command::BreakoutsOpen { minutes: None },
        ] {
            self.apply(Input::Command { conn, id: None, command });
        }
        self.document(self.people[0]);
        let conns: Vec<ConnId> = self.clients.keys().copied().collect();
        for conn in conns {
            let shape = Shape::Pen { colour: Colour(1), width: 4, points: vec![Point(1, 1)] };
            let command = Command::Draw { page: PageRef { deck: 1, page: 0 }, shape };
            self.apply(Input::Command { conn, id: None, command });
        }
    }

    pub fn play(mut self, steps: u32) -> Seen {
        if self.rng.below(2) == 0 {
            self.begin();
        }
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
            85..=95 => self.wait(),
            96 => {
                let by = self.pick();
                self.document(by);
            }
            97 => self.change_roster(),
            98 => self.flood(),
            _ => self.restart(),
        }
    }

    pub(super) fn pick(&mut self) -> PersonId {
        let at = self.rng.below(self.people.len() as u64);
        self.people[at as usize]
    }

    fn arrive(&mut self) {
        let mut person = self.pick();
        let mut resume = None;
        if !self.lost.is_empty() && self.rng.below(3) > 0 {
            let at = self.rng.below(self.lost.len() as u64) as usize;
            let lost = self.lost.swap_remove(at);
            // Now and then somebody else tries with a secret that is not theirs.
            person = if self.rng.below(8) == 0 { person } else { lost.person };
            resume = lost.resume;
        }
        self.arrive_as(person, resume);
    }

    fn arrive_as(&mut self, person: PersonId, resume: Option<Resume>) {
        self.next += 1;
        let conn = ConnId(u64::from(self.next));
        self.clients.insert(conn, Client::new(conn, person));
        let name = Pii::new(format!("Élève {}", self.next));
        // People of the same school come to the door; whoever is not of the school is not even a knocker.
        let role = if self.rng.below(3) == 0 { Role::Observer } else { Role::Pupil };
        let knocker = (self.rng.below(2) == 0).then(|| Knocker { role, origin: "6e A".to_owned() });
        self.apply(Input::Arrive(Arrival { conn, person, name, resume, knocker }));
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
        let leads = client.role.is_some_and(Role::leads);
        let errors = self.seen.errors_told;
        self.apply(Input::Command { conn, id, command: command.clone() });
        if errors == self.seen.errors_told {
            self.seen.did(&command);
        }
        if !leads {
            self.check_touched_only_self(person, &before);
        }
        assert!(state.is_some(), "clients without a place are gone");
    }

    /// What somebody has sent is made into pages.
    fn document(&mut self, by: PersonId) {
        self.next += 1;
        let file = FileId::new(self.now, &mut self.rng);
        self.apply(Input::Document { by, file, name: format!("Cours {}", self.next), pages: 2 });
    }

    /// One person presses the same button again and again.
    fn flood(&mut self) {
        let Some(conn) = self.a_client() else { return };
        for _ in 0..8 {
            let command = Command::React { kind: Reaction::Laugh };
            self.apply(Input::Command { conn, id: None, command });
        }
    }

    fn wait(&mut self) {
        let ms = match self.rng.below(20) {
            0 => 301_000,
            1 if self.rng.below(12) == 0 => 7_200_000,
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
            0 => self.roster.pupils.insert(person, Pii::default()).is_none(),
            1 => self.roster.pupils.remove(&person).is_some(),
            _ => self.roster.teachers.len() > 1 && self.roster.teachers.remove(&person),
        };
        self.apply(Input::Roster(self.roster.clone()));
    }

    pub(super) fn apply(&mut self, input: Input) {
        self.letters.before(&input);
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
                Effect::Store(record) => {
                    self.note_letter(&record);
                    if let Record::Fact { fact, .. } = &record
                        && let Fact::Board(BoardFact::Shown { page, .. }) = &**fact
                    {
                        self.shown.insert(page.deck);
                    }
                    self.record(record);
                }
                Effect::Media(order) => self.carry_out(order),
            }
        }
    }

    fn deliver(&mut self, to: &[ConnId], message: &ServerMessage) {
        match message {
            ServerMessage::Welcome(welcome) => self.seen.resumed += u64::from(welcome.resumed),
            ServerMessage::Entered { .. } => self.seen.entered += 1,
            ServerMessage::Waiting { .. } => self.seen.sent_to_wait += 1,
            ServerMessage::Chat { .. } => self.seen.chat += 1,
            ServerMessage::Error { code, .. } => {
                self.seen.errors.insert(*code);
                self.seen.errors_told += 1;
            }
            ServerMessage::Drawn { .. } => self.seen.drawn += 1,
            ServerMessage::Lobby { .. } => self.seen.knocked += 1,
            _ => {}
        }
        for conn in to {
            let client = self.clients.get_mut(conn).expect("messages go to clients that are there");
            client.hear(message);
            self.seen.group_lines += self.letters.check(client, message);
            if let (ServerMessage::Ack { re, chat: Some(chat), .. }, Some(client)) = (message, self.clients.get(conn)) {
                let key = self.keys.get(&(*conn, *re)).expect("only chat is acknowledged with an id");
                let stored = self.disk.keys.get(&(client.person, key.clone())).map(|line| line.chat);
                assert_eq!(stored, Some(*chat), "acknowledged means stored");
            }
        }
    }

    fn carry_out(&mut self, order: MediaOrder) {
        match order {
            MediaOrder::Join { conn, re, visit, sends, camera_seen, .. } => {
                self.media.insert(visit, Peer { sends, camera_seen });
                let answer = ServerMessage::Answer { re, sdp: Pii::new("v=0".to_owned()) };
                self.deliver(&[conn], &answer);
            }
            MediaOrder::Forward { visit, sends, camera_seen } => {
                if let Some(peer) = self.media.get_mut(&visit) {
                    *peer = Peer { sends, camera_seen };
                }
            }
            MediaOrder::Place { visit, place } => {
                self.seen.moved += u64::from(place > 0);
                self.places.insert(visit, place);
            }
            MediaOrder::Leave { visit } => {
                self.media.remove(&visit);
                self.places.remove(&visit);
            }
            MediaOrder::Front { visits } => self.front = visits,
            MediaOrder::Want { .. }
            | MediaOrder::Low { .. }
            | MediaOrder::Pin { .. }
            | MediaOrder::Record { .. }
            | MediaOrder::Captions { .. } => {}
        }
    }
}
