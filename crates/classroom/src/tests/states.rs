//! Every command from everybody in every state of the lesson: it takes effect, or is refused with a reason and changes
//! nothing; what comes of it is bounded.

use super::*;
use crate::any::commands;
use crate::book::{Book, Colour, PageRef, Point, Shape};
use crate::effect::MediaOrder;
use crate::limits::{FACTS_MAX, FACTS_PENDING_MAX, MESSAGE_BYTES_MAX, OVERTIME, ROOM_BYTES_MAX};
use crate::wire::{NewGroup, To, write};
use crate::{Presence, StoredLine};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::collections::BTreeSet;

/// Where a lesson can be when somebody presses something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// No teacher has come.
    Unopened,
    Open,
    Locked,
    /// The rules allow pupils and guests nothing.
    Silent,
    /// The rules allow them everything, and there is something of everything.
    Busy,
    /// The same, in breakout groups.
    InGroups,
    /// The same, while groups are chosen.
    Choosing,
    Recorded,
    /// As much waits for the store as may.
    Waiting,
    /// The lesson has noted as much as it may.
    Full,
    /// The last who led is gone…
    Alone,
    /// …for so long that all wait again.
    Left,
    /// The bell has rung a while ago.
    Overtime,
    Closed,
    Over,
}

use Stage::*;

const STAGES: [Stage; 15] = [
    Unopened, Open, Locked, Silent, Busy, InGroups, Choosing, Recorded, Waiting, Full, Alone, Left, Overtime, Closed,
    Over,
];

const EVERYTHING: RulesPatch = RulesPatch {
    mic: Some(true),
    camera: Some(true),
    screen: Some(true),
    chat: Some(true),
    hand: Some(true),
    board: Some(true),
    react: Some(true),
    notes: Some(true),
    private: Some(true),
    muted_at_entry: Some(false),
    ..RulesPatch::NONE
};

const NOTHING: RulesPatch = RulesPatch {
    mic: Some(false),
    camera: Some(false),
    screen: Some(false),
    chat: Some(false),
    hand: Some(false),
    board: Some(false),
    react: Some(false),
    notes: Some(false),
    private: Some(false),
    ..RulesPatch::NONE
};

/// A lesson at a stage, with the connections that everybody has or had.
struct Scene {
    lesson: Lesson,
    conns: Vec<(usize, ConnId)>,
}

impl Scene {
    fn new(stage: Stage) -> Self {
        let mut lesson = Lesson::new();
        let mut roster = roster(&lesson.people);
        roster.assistants = [lesson.people[LINA]].into();
        lesson.apply(Input::Roster(roster));
        let mut scene = Self { lesson, conns: Vec::new() };
        for who in [LINA, INES, TOM, INSPECTOR, AUTHOR] {
            let conn = scene.lesson.arrive(who);
            scene.conns.push((who, conn));
        }
        let knocker = scene.lesson.knock(OUTSIDER, Role::Pupil);
        scene.conns.push((OUTSIDER, knocker));
        if stage != Unopened {
            let teacher = scene.lesson.arrive(TEACHER);
            scene.conns.push((TEACHER, teacher));
            // The outsider stays at the door.
            scene.says(TEACHER, Command::Admit { person: scene.lesson.people[AUTHOR] });
            scene.goes_to(stage);
        }
        scene
    }

    fn conn(&self, who: usize) -> ConnId {
        self.conns.iter().find(|(other, _)| *other == who).expect("has come").1
    }

    fn says(&mut self, who: usize, command: Command) {
        let conn = self.conn(who);
        self.lesson.wait(Duration::from_secs(1));
        self.lesson.say(conn, command);
        assert_eq!(self.lesson.error(conn), None, "the scene is set");
        self.lesson.store();
    }

    fn goes_to(&mut self, stage: Stage) {
        let rules = |rules| Command::Rules { rules };
        match stage {
            Unopened | Open => {}
            Locked => self.says(TEACHER, rules(RulesPatch { locked: Some(true), ..RulesPatch::NONE })),
            Silent => self.says(TEACHER, rules(NOTHING)),
            Busy => self.fill(),
            InGroups | Choosing => {
                self.fill();
                let group = |who: usize| NewGroup { name: "Rouges".into(), people: vec![self.lesson.people[who]] };
                let groups = vec![group(INES), group(AUTHOR)];
                self.says(TEACHER, Command::BreakoutsMake { groups, choose: stage == Choosing });
                if stage == InGroups {
                    self.says(TEACHER, Command::BreakoutsOpen { minutes: Some(5) });
                }
            }
            Recorded => {
                self.says(TEACHER, Command::Record { on: true });
                self.says(TEACHER, Command::AutoCaptions { on: true });
            }
            Waiting => {
                self.fill();
                let conn = self.conn(TEACHER);
                while self.lesson.room.acts.len() < 2 * FACTS_PENDING_MAX {
                    self.lesson.say(conn, Command::TimerStop);
                }
            }
            Full => {
                self.fill();
                self.lesson.room.facts = FACTS_MAX;
            }
            Alone | Left => {
                self.fill();
                self.says(TEACHER, Command::Leave);
                self.says(LINA, Command::Leave);
                self.lesson.wait(Duration::from_secs(if stage == Left { 300 } else { 299 }));
            }
            Overtime => self.lesson.wait(Duration::from_secs(3_300 + 60)),
            Closed => {
                self.says(TEACHER, Command::Close);
                assert!(self.lesson.room.closed);
            }
            Over => self.lesson.wait(Duration::from_secs(3_300) + OVERTIME),
        }
    }

    /// Something of everything.
    fn fill(&mut self) {
        let page = PageRef { deck: 1, page: 0 };
        let shape = || Shape::Pen { colour: Colour(1), width: 9, points: vec![Point(1, 1)] };
        let (ines, tom) = (self.lesson.people[INES], self.lesson.people[TOM]);
        for (who, command) in [
            (TEACHER, Command::Rules { rules: EVERYTHING }),
            (TEACHER, Command::DeckAdd { name: "Tableau".into() }),
            (TEACHER, Command::Show { page }),
            (INES, Command::Draw { page, shape: shape() }),
            (TOM, Command::Draw { page, shape: shape() }),
            (TEACHER, Command::Draw { page, shape: shape() }),
            (TOM, Command::Undo),
            (INES, Command::Hand { up: true }),
            (TEACHER, Command::Floor { person: tom, has: true }),
            (TEACHER, Command::Duty { person: ines, duty: Some(crate::book::Duty::Captioner) }),
            (
                TEACHER,
                Command::PollOpen {
                    question: "Ça va ?".into(),
                    options: vec!["Oui".into(), "Non".into()],
                    many: false,
                    anonymous: false,
                },
            ),
            (INES, Command::Vote { poll: 1, options: vec![0] }),
            (TEACHER, Command::TimerStart { seconds: 1_000, label: String::new() }),
            (
                TOM,
                Command::NotesEdit {
                    version: 0,
                    splice: crate::book::Splice { at: 0, cut: 0, put: "À retenir".into() },
                },
            ),
        ] {
            self.says(who, command);
        }
        self.lesson.write(self.conn(INES), "Bonjour", To::Class).expect("stored");
    }
}

/// What a refused command leaves as it was.
fn standing(room: &Classroom) -> (&Book, Presence, &BTreeSet<PersonId>, bool, Vec<Participant>) {
    let people = room.people.persons().filter_map(|(id, _)| room.people.participant(id, &room.book, true));
    (&room.book, room.presence(), &room.removed, room.closed, people.collect())
}

/// How often a command was answered, now or when it was stored.
fn answers(effects: &[Effect], conn: ConnId) -> usize {
    let answers = |effect: &&Effect| match effect {
        Effect::Send { to, message } => {
            let re = match message {
                ServerMessage::Ack { re, .. } => Some(*re),
                ServerMessage::Error { re, .. } => *re,
                // These two have no number.
                ServerMessage::Pong { .. } => Some(9),
                _ => None,
            };
            to.contains(&conn) && re == Some(9)
        }
        Effect::Media(MediaOrder::Join { conn: of, re: 9, .. }) => *of == conn,
        Effect::Bye { to, code: Bye::Left } => to.contains(&conn),
        _ => false,
    };
    effects.iter().filter(answers).count()
}

/// The store answers what came of a command.
fn stored(lesson: &mut Lesson, done: bool) -> Vec<Effect> {
    let records = std::mem::take(&mut lesson.effects);
    let inputs = records.into_iter().filter_map(|effect| match effect {
        Effect::Store(Record::Chat { ticket, chat, at, .. }) => {
            Some(Input::ChatStored { ticket, line: done.then_some(StoredLine { chat, at, is_new: true }) })
        }
        effect => ticket(&effect).map(|ticket| Input::Stored { ticket, done }),
    });
    let inputs: Vec<Input> = inputs.collect();
    inputs.into_iter().flat_map(|input| lesson.room.apply(input, lesson.now, &mut lesson.rng)).collect()
}

fn assert_bounded(effects: &[Effect]) {
    assert!(effects.len() < 200, "{} effects", effects.len());
    for effect in effects {
        let Effect::Send { message, .. } = effect else { continue };
        let bytes_max = match message {
            ServerMessage::Welcome(_) | ServerMessage::Entered { .. } => ROOM_BYTES_MAX,
            _ => MESSAGE_BYTES_MAX,
        };
        let bytes = write(message).len();
        assert!(bytes <= bytes_max, "{bytes} bytes: {message:?}");
    }
}

fn check(lesson: &Lesson, conn: ConnId, command: &Command) {
    let mut lesson = lesson.clone();
    let before = lesson.room.clone();
    let was_there = before.people.visit_of(conn).is_some();
    lesson.say(conn, command.clone());
    assert_bounded(&lesson.effects);
    if !was_there {
        return assert_eq!(lesson.effects, [], "of a connection that has ended nothing comes");
    }
    let answered = answers(&lesson.effects, conn);
    if lesson.error(conn).is_some() {
        assert_eq!(answered, 1);
        let touched = |effect: &&Effect| match effect {
            Effect::Send { to, .. } => to[..] != [conn],
            _ => true,
        };
        // Of what a device sends the rest is done.
        if !matches!(command, Command::Media(_)) {
            assert_eq!(lesson.effects.iter().find(touched), None, "refused, and yet");
            assert_eq!(standing(&lesson.room), standing(&before), "refused, and yet changed");
        }
        return;
    }
    let mut failing = lesson.clone();
    for (lesson, done) in [(&mut lesson, true), (&mut failing, false)] {
        let later = stored(lesson, done);
        assert_bounded(&later);
        assert_eq!(answered + answers(&later, conn), 1, "answered once, by now or by the store");
    }
}

/// Most people have to be named for most commands to be about somebody.
#[test]
fn every_command_from_everybody_in_every_state_takes_effect_or_is_refused() {
    let scenes: Vec<(Stage, Scene)> = STAGES.into_iter().map(|stage| (stage, Scene::new(stage))).collect();
    let people = scenes[0].1.lesson.people.clone();
    for (name, strategy) in commands(&people) {
        let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
        let outcome = runner.run(&strategy, |command| {
            for (stage, scene) in &scenes {
                for (who, conn) in &scene.conns {
                    let played = std::panic::catch_unwind(|| check(&scene.lesson, *conn, &command));
                    prop_assert!(played.is_ok(), "{:?} of person {} while {:?}", command, who, stage);
                }
            }
            Ok(())
        });
        outcome.unwrap_or_else(|failed| panic!("{name}: {failed}"));
    }
}

#[test]
fn the_scenes_are_what_they_are_called() {
    let presence = |stage| Scene::new(stage).lesson.room.presence();
    let counts = |stage| {
        let Presence { inside, waiting, lobby, .. } = presence(stage);
        (inside, waiting, lobby)
    };
    assert_eq!(counts(Unopened), (0, 4, 2));
    assert_eq!([Open, Busy, InGroups, Full, Overtime].map(counts), [(6, 0, 1); 5]);
    assert_eq!([Alone, Left].map(counts), [(4, 0, 1), (0, 4, 1)]);
    assert_eq!([Closed, Over].map(counts), [(0, 0, 0); 2]);
    let places = Scene::new(InGroups);
    assert_eq!([INES, AUTHOR, TOM].map(|who| places.lesson.room.place_of(places.lesson.people[who])), [1, 2, 0]);
}
