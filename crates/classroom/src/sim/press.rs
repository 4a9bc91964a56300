//! Any button, at any time, by anybody.

use super::world::World;
use crate::ConnId;
use crate::book::{Board, CamerasSeen, Colour, Duty, Form, Own, PageRef, Point, RulesPatch, Shape, Splice};
use crate::wire::{Command, MediaState, NewGroup, Pace, Reaction, To};
use preau_base::{Pii, Rng};
use proptest::strategy::{Strategy as _, ValueTree as _};

impl World {
    fn coin(&mut self) -> bool {
        self.rng.below(2) == 0
    }

    fn maybe(&mut self) -> Option<bool> {
        match self.rng.below(4) {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    fn small(&mut self, below: u64) -> u8 {
        self.rng.below(below) as u8
    }

    /// A page that is there, mostly.
    fn a_page(&mut self) -> PageRef {
        let Board { decks, .. } = &self.room.book.board;
        let at = self.rng.below(decks.len() as u64 + 1) as usize;
        let deck = decks.get(at).map_or(99, |deck| deck.deck);
        PageRef { deck, page: self.rng.below(2) as u16 }
    }

    fn an_object(&mut self) -> u32 {
        let objects = &self.room.book.board.objects;
        let at = self.rng.below(objects.len() as u64 + 1) as usize;
        objects.keys().nth(at).copied().unwrap_or(77)
    }

    fn a_poll(&mut self) -> u32 {
        self.rng.below(self.room.book.polls.len() as u64 + 2) as u32
    }

    fn a_shape(&mut self) -> Shape {
        let (colour, at) = (Colour(self.small(13)), Point(self.next as i16, 5));
        match self.rng.below(3) {
            0 => Shape::Pen { colour, width: 3, points: vec![at; 1 + usize::from(self.small(3))] },
            1 => Shape::Form { form: Form::Arrow, colour, width: 2, fill: true, from: at, to: Point(9, 9) },
            _ => Shape::Text { colour, size: 30, at, text: format!("x = {}", self.next) },
        }
    }

    pub(super) fn some_command(&mut self, conn: ConnId, id: Option<u32>) -> (Command, Option<u32>) {
        match self.rng.below(11) {
            0..=3 => self.of_a_device(conn, id),
            4 | 5 => (self.of_a_leader(), id),
            6 => (self.of_breakouts_and_polls(), id),
            7 | 8 => (self.of_the_board(), id),
            9 => (self.of_rules(), id),
            _ => self.of_any_kind(conn, id),
        }
    }

    /// Whatever the protocol has, with whatever in it.
    fn of_any_kind(&mut self, conn: ConnId, id: Option<u32>) -> (Command, Option<u32>) {
        let at = self.rng.below(self.any.len() as u64) as usize;
        let (name, strategy) = &self.any[at];
        let command = strategy.new_tree(&mut self.any_runner).expect("a command").current();
        match command {
            _ if *name == "Close" => (Command::Pick, id),
            Command::Offer { .. } => (command, Some(self.next)),
            Command::Chat { ref key, .. } => {
                self.keys.insert((conn, self.next), key.clone());
                (command, Some(self.next))
            }
            _ => (command, id),
        }
    }

    fn of_a_device(&mut self, conn: ConnId, id: Option<u32>) -> (Command, Option<u32>) {
        let person = self.pick();
        let (mic, camera, screen) = (self.coin(), self.coin(), self.coin());
        let seen = self.clients.get(&conn).map_or(0, |client| client.mutes);
        let mutes = if self.rng.below(5) == 0 { seen.saturating_sub(1) } else { seen };
        let command = match self.rng.below(40) {
            0..=11 => Command::Media(MediaState { mic, camera, screen, mutes }),
            12..=18 => Command::Hand { up: mic },
            19..=26 => {
                let key = format!("key-{:05}", self.rng.below(20));
                self.keys.insert((conn, self.next), key.clone());
                let body = if self.rng.below(10) == 0 { " ".to_owned() } else { format!("Bonjour {}", self.next) };
                let to = match self.rng.below(6) {
                    0 => To::Leaders,
                    1 => To::Person(person),
                    2 => To::Place(self.small(3)),
                    _ => To::Class,
                };
                return (Command::Chat { body: Pii::new(body), key, to }, Some(self.next));
            }
            27..=29 => return (Command::Offer { sdp: Pii::new("v=0".to_owned()) }, Some(self.next)),
            30 => Command::Want { mid: "4".to_owned(), width: 320 },
            31 => Command::Low { on: true, weak: mic },
            32 => Command::Pin { visit: self.room.people.visits().map(|(id, _)| id).next().filter(|_| mic) },
            33 | 34 => Command::Leave,
            35 => Command::React { kind: Reaction::Applause },
            36 => Command::Pace { is: mic.then_some(if camera { Pace::Lost } else { Pace::Follow }) },
            37 => {
                let lines: Vec<_> = self.disk.chat.iter().map(|line| line.chat).collect();
                let at = self.rng.below(lines.len() as u64) as usize;
                match lines.get(at) {
                    Some(chat) => Command::ChatDelete { chat: *chat },
                    None => Command::Ping { at: 2 },
                }
            }
            _ => Command::Ping { at: 1 },
        };
        (command, id)
    }

    fn of_a_leader(&mut self) -> Command {
        let person = self.pick();
        match self.rng.below(24) {
            0..=3 => Command::Mute { person },
            4 => Command::MuteAll,
            5 => Command::LowerHand { person: self.coin().then_some(person) },
            6 if self.rng.below(3) == 0 => Command::Remove { person },
            7 if self.rng.below(16) == 0 => Command::Close,
            8 | 9 => Command::Floor { person, has: self.coin() },
            10 => Command::PaceReset,
            11 => Command::Assistant { person, on: self.coin() },
            12 => {
                let duty = if self.coin() { Duty::Captioner } else { Duty::Interpreter };
                Command::Duty { person, duty: self.coin().then_some(duty) }
            }
            13..=16 => Command::Admit { person },
            17 => Command::AdmitListed,
            18 if self.rng.below(3) == 0 => Command::Refuse { person },
            19 => Command::SendBack { person },
            20 if self.rng.below(4) == 0 => Command::Prolong { minutes: 1 + u16::from(self.small(10)) },
            21 => match self.coin() {
                true => Command::Record { on: self.coin() },
                false => Command::AutoCaptions { on: self.coin() },
            },
            22 => match self.coin() {
                true => Command::TimerStart { seconds: 60, label: "Exercice".to_owned() },
                false => Command::TimerStop,
            },
            _ => Command::Pick,
        }
    }

    fn of_rules(&mut self) -> Command {
        let person = self.pick();
        if self.rng.below(3) == 0 {
            let own = Own { mic: self.maybe(), camera: self.maybe(), board: self.maybe(), ..Own::default() };
            return Command::Own { person, own };
        }
        if self.rng.below(3) == 0 {
            let text = Pii::new(format!("sous-titre {}", self.next));
            return Command::Caption { text, is_final: self.coin() };
        }
        let rules = RulesPatch {
            mic: self.maybe(),
            camera: self.maybe(),
            screen: self.maybe(),
            chat: self.maybe(),
            board: self.maybe(),
            notes: self.maybe(),
            private: self.maybe(),
            muted_at_entry: self.maybe(),
            locked: self.maybe().filter(|locked| !locked || self.rng.below(4) == 0),
            cameras_max: (self.rng.below(3) == 0).then_some(1),
            cameras_seen: self.maybe().map(|all| if all { CamerasSeen::All } else { CamerasSeen::Leaders }),
            ..RulesPatch::default()
        };
        Command::Rules { rules }
    }

    fn of_breakouts_and_polls(&mut self) -> Command {
        let (person, place) = (self.pick(), self.small(4));
        match self.rng.below(18) {
            0 | 1 => Command::BreakoutsDeal { count: 1 + self.small(3) },
            2 => {
                let group = |name: &str, people| NewGroup { name: name.to_owned(), people };
                Command::BreakoutsMake {
                    groups: vec![group("Rouges", vec![person]), group("Bleus", vec![])],
                    choose: self.coin(),
                }
            }
            3..=5 => Command::BreakoutsOpen { minutes: self.coin().then_some(5) },
            6 => Command::BreakoutsClose,
            7 if self.coin() => Command::BreakoutsName { place, name: "Verts".to_owned() },
            7 => Command::BreakoutsMove { person, place },
            8 => Command::BreakoutsVisit { place },
            9 => Command::BreakoutsJoin { place },
            10 => Command::BreakoutsHelp { up: self.coin() },
            11 => Command::BreakoutsTell { body: Pii::new("Encore cinq minutes".to_owned()) },
            12 => {
                let options = (0..2 + self.small(2)).map(|option| format!("Réponse {option}")).collect();
                Command::PollOpen { question: String::new(), options, many: self.coin(), anonymous: self.coin() }
            }
            13..=14 => Command::Vote { poll: self.a_poll(), options: vec![self.small(4)] },
            15 => Command::PollClose { poll: self.a_poll() },
            16 => Command::PollShow { poll: self.a_poll() },
            _ if self.rng.below(3) == 0 => Command::PollDrop { poll: self.a_poll() },
            _ => Command::Vote { poll: self.a_poll(), options: vec![0] },
        }
    }

    fn of_the_board(&mut self) -> Command {
        let (page, shape) = (self.a_page(), self.a_shape());
        match self.rng.below(22) {
            0..=5 => Command::Draw { page, shape },
            6 | 7 => Command::Look { page },
            8 => Command::Change { object: self.an_object(), shape },
            9 => Command::Erase { objects: vec![self.an_object()] },
            10 | 11 => Command::Undo,
            12 | 13 => Command::Redo,
            21 => Command::Ink { page, shape },
            14 => Command::Point { page, at: self.coin().then_some(Point(3, 4)) },
            15 => Command::DeckAdd { name: format!("Tableau {}", self.next) },
            16 if self.rng.below(4) == 0 => Command::DeckDrop { deck: page.deck },
            17 => Command::PageAdd { deck: page.deck },
            18 => Command::Show { page },
            _ => {
                let notes = &self.room.book.notes;
                let (version, chars) = (notes.version, notes.text.chars().count());
                let version = version.saturating_sub(self.rng.below(3)) + u64::from(self.rng.below(20) == 0);
                let at = self.rng.below(chars as u64 + 1) as usize;
                let cut = usize::from(self.small(3)).min(chars - at);
                let splice = Splice { at, cut, put: format!("{} ", self.next) };
                Command::NotesEdit { version, splice }
            }
        }
    }
}
