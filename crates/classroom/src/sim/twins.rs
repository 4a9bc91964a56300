//! Two lessons get the same commands, any of all there are; in one of them connections are lost and come back within their
//! time. Who comes back is told the very state that the other lesson is in, and whenever everybody is there both are the same.

use super::{runner, seeds};
use crate::any::{Variants, commands};
use crate::book::{PageRef, RulesPatch, Splice};
use crate::wire::{Command, NewGroup, Resume, Role, ServerMessage, SlotCount, Welcome};
use crate::{Arrival, Classroom, ConnId, Effect, Input, Knocker, LessonInfo, Record, Restored, Roster, StoredLine};
use preau_base::{ChatId, Instant, LessonId, PersonId, Pii, Rng, SeededRng};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

const TEACHER: usize = 0;
const ASSISTANT: usize = 1;
const OBSERVER: usize = 2;
const GUEST: usize = 6;
/// A pupil of another class.
const KNOCKER: usize = 7;
const PEOPLE: usize = 8;

/// How often each command had an effect, by its name.
type Effects = BTreeMap<&'static str, u32>;

#[derive(Clone)]
struct Twin {
    room: Classroom,
    /// The connection that each person has, and what was told at its beginning.
    conns: Vec<Option<ConnId>>,
    welcomes: Vec<Option<Box<Welcome>>>,
    next: u64,
    /// Who has written which line, and with which key.
    lines: BTreeMap<ChatId, PersonId>,
    keys: BTreeMap<(PersonId, String), StoredLine>,
}

impl Twin {
    /// Carries out what comes of it, the store's answer too, and gives all of it. Both twins draw the same ids, because each input
    /// has its own generator.
    fn apply(&mut self, input: Input, now: Instant, draw: u64) -> Vec<Effect> {
        let rng = &mut SeededRng::new(draw);
        let mut inputs = VecDeque::from([input]);
        let mut all = Vec::new();
        while let Some(input) = inputs.pop_front() {
            let effects = self.room.apply(input, now, rng);
            for effect in &effects {
                self.note(effect);
                inputs.extend(self.store(effect, !draw.is_multiple_of(16)));
            }
            all.extend(effects);
        }
        all
    }

    fn note(&mut self, effect: &Effect) {
        match effect {
            Effect::Send { to, message: ServerMessage::Welcome(welcome) } => {
                let at = self.conns.iter().position(|conn| conn.is_some_and(|conn| to.contains(&conn)));
                self.welcomes[at.expect("to one who is there")] = Some(welcome.clone());
            }
            Effect::Bye { to, .. } => {
                self.conns
                    .iter_mut()
                    .filter(|conn| conn.is_some_and(|conn| to.contains(&conn)))
                    .for_each(|conn| *conn = None);
            }
            _ => {}
        }
    }

    /// What the store answers to what it is given.
    fn store(&mut self, effect: &Effect, works: bool) -> Option<Input> {
        let Effect::Store(record) = effect else { return None };
        Some(match record {
            Record::Chat { ticket, chat, person, key, at, .. } if works => {
                let entry = self.keys.entry((*person, key.clone()));
                let is_new = matches!(entry, Entry::Vacant(_));
                let line = *entry.or_insert(StoredLine { chat: *chat, at: *at, is_new });
                self.lines.entry(line.chat).or_insert(*person);
                Input::ChatStored { ticket: *ticket, line: Some(StoredLine { is_new, ..line }) }
            }
            Record::Chat { ticket, .. } => Input::ChatStored { ticket: *ticket, line: None },
            Record::ChatDeleted { ticket, chat, by, only_own: true, .. } if self.lines.get(chat) != Some(by) => {
                Input::Unknown { ticket: *ticket }
            }
            Record::ChatDeleted { ticket, .. } | Record::Removed { ticket, .. } | Record::Closed { ticket, .. } => {
                Input::Stored { ticket: *ticket, done: works }
            }
            Record::Fact { ticket, .. } => Input::Stored { ticket: (*ticket)?, done: works },
            Record::Joined { .. } | Record::Left { .. } | Record::Back { .. } => return None,
        })
    }

    fn arrive(&mut self, at: usize, person: PersonId, now: Instant, draw: u64) {
        self.next += 1;
        let conn = ConnId(self.next);
        self.conns[at] = Some(conn);
        let resume = self.welcomes[at].take().map(|told| Resume { visit: told.you.visit, secret: told.you.secret });
        let name = Pii::new(format!("Personne {at}"));
        let knocker = (at == KNOCKER).then(|| Knocker { role: Role::Pupil, origin: "6e A".to_owned() });
        self.apply(Input::Arrive(Arrival { conn, person, name, resume, knocker }), now, draw);
    }
}

/// Two lessons, the second of which blinks.
struct Pair<'a> {
    seed: u64,
    rng: SeededRng,
    now: Instant,
    people: &'a [PersonId],
    /// The generator of commands.
    any: TestRunner,
    twins: [Twin; 2],
    /// Whose connection the second has lost, and for how many steps.
    away: Option<(usize, u64)>,
    effects: Effects,
}

impl<'a> Pair<'a> {
    fn new(seed: u64, people: &'a [PersonId]) -> Self {
        let mut rng = SeededRng::new(seed);
        let now = Instant::from_secs(1_800_000_000);
        let roster = Roster {
            teachers: [people[TEACHER]].into(),
            assistants: [people[ASSISTANT]].into(),
            observers: [people[OBSERVER]].into(),
            pupils: people[OBSERVER + 1..GUEST].iter().map(|person| (*person, Pii::default())).collect(),
            guests: [people[GUEST]].into(),
        };
        let info = LessonInfo {
            lesson: LessonId::new(now, &mut rng),
            title: String::new(),
            starts: now,
            ends: now.plus(Duration::from_secs(7_200)),
            slots: SlotCount { voices: 4, pictures: 10 },
            lean: false,
            codec: crate::wire::PictureCodec::Vp8,
            may_record: true,
            captions_by: Some("parole.ecole.example".to_owned()),
        };
        let twin = Twin {
            room: Classroom::new(info, roster, Restored::default()),
            conns: vec![None; PEOPLE],
            welcomes: vec![None; PEOPLE],
            next: 0,
            lines: BTreeMap::new(),
            keys: BTreeMap::new(),
        };
        let twins = [twin.clone(), twin];
        Self { seed, rng, now, people, any: runner(seed), twins, away: None, effects: Effects::new() }
    }

    fn both_arrive(&mut self, at: usize) {
        let draw = self.rng.next_u64();
        let (person, now) = (self.people[at], self.now);
        self.twins.iter_mut().for_each(|twin| twin.arrive(at, person, now, draw));
    }

    /// The same from the same person in both; gives what came of it in the first.
    fn both_say(&mut self, at: usize, command: &Command) -> Vec<Effect> {
        let (draw, now) = (self.rng.next_u64(), self.now);
        let [first, second] = self.twins.each_mut().map(|twin| {
            let conn = twin.conns[at].expect("is there");
            let effects = twin.apply(Input::Command { conn, id: Some(9), command: command.clone() }, now, draw);
            (refusal(&effects), effects)
        });
        assert_eq!(first.0, second.0, "{command:?}: the same answer");
        first.1
    }

    /// Everybody comes, and there is something to work with; in half of the lessons in groups.
    fn begin(&mut self) {
        (0..PEOPLE).for_each(|at| self.both_arrive(at));
        let rules = RulesPatch {
            board: Some(true),
            notes: Some(true),
            private: Some(true),
            screen: Some(true),
            ..RulesPatch::NONE
        };
        let group = |at: usize| NewGroup { name: "Rouges".to_owned(), people: vec![self.people[at]] };
        let groups = vec![group(3), group(4)];
        let mut commands = vec![
            Command::Rules { rules },
            Command::DeckAdd { name: "Tableau".to_owned() },
            Command::Show { page: PageRef { deck: 1, page: 0 } },
            Command::NotesEdit { version: 0, splice: Splice { at: 0, cut: 0, put: "À retenir".to_owned() } },
            Command::PollOpen {
                question: String::new(),
                options: vec!["Oui".to_owned(), "Non".to_owned()],
                many: false,
                anonymous: false,
            },
            Command::BreakoutsMake { groups, choose: true },
        ];
        if self.rng.below(2) == 0 {
            commands.push(Command::BreakoutsOpen { minutes: None });
            commands.push(Command::Admit { person: self.people[GUEST] });
        }
        commands.iter().for_each(|command| _ = self.both_say(TEACHER, command));
    }

    fn pass(&mut self, ms_max: u64) {
        self.now = self.now.plus(Duration::from_millis(self.rng.below(ms_max)));
        let (draw, now) = (self.rng.next_u64(), self.now);
        for twin in &mut self.twins {
            twin.apply(Input::Tick, now, draw);
        }
    }

    fn step(&mut self, any: &Variants<Command>) {
        self.pass(500);
        let at = self.rng.below(PEOPLE as u64) as usize;
        let is_there = self.twins[0].conns[at].is_some();
        match self.away {
            Some((who, 0)) => self.comes_back(who),
            Some((who, steps)) => self.away = Some((who, steps - 1)),
            None if is_there && self.rng.below(8) == 0 => {
                let conn = self.twins[1].conns[at].take().expect("there as in the first");
                self.twins[1].apply(Input::Lost { conn }, self.now, 0);
                self.away = Some((at, self.rng.below(12)));
            }
            None => {}
        }
        if self.away.is_some_and(|(who, _)| who == at) {
            return;
        }
        match is_there {
            true => self.presses(at, any),
            false if self.rng.below(2) == 0 => self.both_arrive(at),
            false => {}
        }
    }

    /// Within the time for which the place is kept.
    fn comes_back(&mut self, at: usize) {
        self.pass(20_000);
        self.away = None;
        if self.twins[0].conns[at].is_none() {
            // Put out meanwhile: then there is no place to come back to, in either.
            self.both_arrive(at);
        } else {
            let draw = self.rng.next_u64();
            self.twins[1].arrive(at, self.people[at], self.now, draw);
            let told = self.twins[1].welcomes[at].as_deref().expect("a welcome");
            let steady = &self.twins[0].room;
            let room = (steady.people.inside(self.people[at])).map(|_| steady.room_for(self.people[at]));
            assert!(told.resumed, "the place was kept");
            assert_eq!(told.room, room, "told what the others know");
            assert_eq!(told.you.mutes, steady.book.mutes_of(self.people[at]));
        }
        self.assert_same();
    }

    fn presses(&mut self, at: usize, any: &Variants<Command>) {
        let (name, strategy) = &any[self.rng.below(any.len() as u64) as usize];
        // Most lessons are not closed.
        if *name == "Close" && self.rng.below(16) > 0 {
            return;
        }
        // Chance picks among those whose connection is there.
        if *name == "Pick" && self.away.is_some() {
            return;
        }
        let mut command = strategy.new_tree(&mut self.any).expect("a command").current();
        self.aim(&mut command);
        self.counted(at, name, &command);
        // Hardly anybody would do again by chance what was undone last.
        if *name == "Undo" && self.rng.below(2) == 0 {
            self.counted(at, "Redo", &Command::Redo);
        }
    }

    fn counted(&mut self, at: usize, name: &'static str, command: &Command) {
        let effects = self.both_say(at, command);
        let is_answer = |effect: &Effect| {
            matches!(effect, Effect::Send { message: ServerMessage::Ack { .. } | ServerMessage::Error { .. }, .. })
        };
        if refusal(&effects).is_none() && !effects.iter().all(is_answer) {
            *self.effects.entry(name).or_default() += 1;
        }
    }

    /// At what there is, where a command names something that chance alone would never find.
    fn aim(&mut self, command: &mut Command) {
        let room = &self.twins[0].room;
        match command {
            Command::Pin { visit: Some(visit) } => {
                let visits: Vec<_> = room.people.visits().map(|(id, _)| id).collect();
                *visit = visits[self.rng.below(visits.len() as u64) as usize];
            }
            Command::ChatDelete { chat } => {
                let lines = &self.twins[0].lines;
                let nth = self.rng.below(lines.len() as u64) as usize;
                *chat = lines.keys().nth(nth).copied().unwrap_or(*chat);
            }
            _ => {}
        }
    }

    fn assert_same(&self) {
        let [steady, blinking] = self.twins.each_ref().map(|twin| &twin.room);
        let whole =
            |room: &Classroom| (room.book.clone(), room.removed.clone(), room.been_in.clone(), room.closed, room.facts);
        assert_eq!(whole(steady), whole(blinking), "the same state without and with reconnections");
        assert_eq!(steady.presence(), blinking.presence());
        for person in self.people {
            assert_eq!(steady.room_for(*person), blinking.room_for(*person), "as each is told");
        }
    }

    fn play(mut self, any: &Variants<Command>) -> Effects {
        self.begin();
        for _ in 0..150 {
            self.step(any);
        }
        if let Some((who, _)) = self.away {
            self.comes_back(who);
        }
        self.assert_same();
        assert!(self.twins[0].next < self.twins[1].next || self.twins[0].room.closed, "seed {}: no blinks", self.seed);
        self.effects
    }
}

/// With what a command was refused.
fn refusal(effects: &[Effect]) -> Option<crate::wire::Code> {
    effects.iter().find_map(|effect| match effect {
        Effect::Send { message: ServerMessage::Error { code, .. }, .. } => Some(*code),
        _ => None,
    })
}

#[test]
fn reconnection_changes_nothing_whatever_is_pressed() {
    let rng = &mut SeededRng::new(1);
    let people: Vec<_> = (0..PEOPLE).map(|_| PersonId::new(Instant::from_secs(1_800_000_000), rng)).collect();
    let any = commands(&people);
    let mut effects: Effects = any.iter().map(|(name, _)| (*name, 0)).collect();
    for seed in seeds() {
        let played = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| Pair::new(seed, &people).play(&any)));
        let Ok(of_seed) = played else { panic!("play it alone with PREAU_SIM_SEED={seed}") };
        of_seed.into_iter().for_each(|(name, count)| *effects.entry(name).or_default() += count);
    }
    // Hello is no command of somebody who is there; what each of the others does was compared.
    effects.remove("Hello");
    if seeds().count() > 1_000 {
        let never: Vec<_> = effects.iter().filter(|(_, count)| **count == 0).collect();
        assert!(never.is_empty(), "never had an effect: {never:?} of {effects:?}");
    }
}
