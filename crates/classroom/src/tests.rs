//! The rules one by one, as a teacher and pupils would notice them.

mod board;
mod breakouts;
mod chat;
mod door;
mod entry;
mod examples;
mod floor;
mod full;
mod measure;
mod programs;
mod states;
mod table;
mod tools;

use crate::book::RulesPatch;
use crate::wire::{
    Bye, Code, Command, Line, MediaState, Participant, Resume, Role, Room, ServerMessage, SlotCount, State,
};
use crate::{Arrival, Classroom, ConnId, Effect, Input, Knocker, LessonInfo, Record, Restored, Roster, Ticket};
use preau_base::{Instant, LessonId, PersonId, Pii, SeededRng};
use std::time::Duration;

const TEACHER: usize = 0;
const INES: usize = 1;
const TOM: usize = 2;
const OUTSIDER: usize = 3;
const INSPECTOR: usize = 4;
const AUTHOR: usize = 5;
const LINA: usize = 6;

#[derive(Clone)]
struct Lesson {
    room: Classroom,
    people: Vec<PersonId>,
    rng: SeededRng,
    now: Instant,
    effects: Vec<Effect>,
    conns: u64,
}

impl Lesson {
    fn new() -> Self {
        let mut rng = SeededRng::new(5);
        let now = Instant::from_secs(1_800_000_000);
        let people: Vec<_> = (0..7).map(|_| PersonId::new(now, &mut rng)).collect();
        let roster = roster(&people);
        let info = LessonInfo {
            lesson: LessonId::new(now, &mut rng),
            title: "Anglais".to_owned(),
            starts: now,
            ends: now.plus(Duration::from_secs(3_300)),
            slots: SlotCount { voices: 4, pictures: 10 },
            lean: false,
            codec: crate::wire::PictureCodec::Vp8,
            may_record: true,
            captions_by: Some("parole.ecole.example".to_owned()),
        };
        let room = Classroom::new(info, roster, Restored::default());
        Self { room, people, rng, now, effects: Vec::new(), conns: 0 }
    }

    fn apply(&mut self, input: Input) {
        self.effects = self.room.apply(input, self.now, &mut self.rng);
    }

    fn arrive_with(&mut self, who: usize, resume: Option<Resume>) -> ConnId {
        self.conns += 1;
        let conn = ConnId(self.conns);
        let name = Pii::new(format!("Personne {who}"));
        self.apply(Input::Arrive(Arrival { conn, person: self.people[who], name, resume, knocker: None }));
        conn
    }

    fn knock(&mut self, who: usize, role: Role) -> ConnId {
        self.conns += 1;
        let conn = ConnId(self.conns);
        let knocker = Some(Knocker { role, origin: "6e A".to_owned() });
        let name = Pii::new(format!("Personne {who}"));
        self.apply(Input::Arrive(Arrival { conn, person: self.people[who], name, resume: None, knocker }));
        conn
    }

    /// A lesson with everybody of the roster but the author in it.
    fn full() -> (Self, ConnId, ConnId, ConnId) {
        let mut lesson = Self::new();
        let teacher = lesson.arrive(TEACHER);
        let (ines, tom) = (lesson.arrive(INES), lesson.arrive(TOM));
        (lesson, teacher, ines, tom)
    }

    /// The rules with one change.
    fn rule(&mut self, teacher: ConnId, rules: RulesPatch) {
        self.say(teacher, Command::Rules { rules });
        self.store();
    }

    /// The store takes what it was given by the last step; what that leads to is added to the effects.
    fn store(&mut self) {
        let tickets: Vec<Ticket> = self.effects.iter().filter_map(ticket).collect();
        for ticket in tickets {
            let more = self.room.apply(Input::Stored { ticket, done: true }, self.now, &mut self.rng);
            self.effects.extend(more);
        }
    }

    /// A restart: what was stored (here: everything) comes back.
    fn restart(&mut self) {
        self.restart_with(Vec::new());
    }

    /// The same, with these lines of chat.
    fn restart_with(&mut self, chat: Vec<Line>) {
        let book = serde_json::to_string(self.room.book()).expect("a book can be written");
        let restored = Restored {
            chat,
            book: serde_json::from_str(&book).expect("and read"),
            been_in: self.people.iter().copied().collect(),
            at: self.now,
            ..Restored::default()
        };
        self.room = Classroom::new(self.room.info.clone(), roster(&self.people), restored);
    }

    /// What a person would be told now.
    fn room_of(&self, who: usize) -> Room {
        self.room.room_for(self.people[who])
    }

    fn participant(&self, who: usize) -> Option<Participant> {
        self.room_of(who).participants.into_iter().find(|participant| participant.person == self.people[who])
    }

    fn acked(&self, conn: ConnId) -> bool {
        self.messages(conn).iter().any(|message| matches!(message, ServerMessage::Ack { re: 9, .. }))
    }

    fn arrive(&mut self, who: usize) -> ConnId {
        self.arrive_with(who, None)
    }

    fn say(&mut self, conn: ConnId, command: Command) {
        self.apply(Input::Command { conn, id: Some(9), command });
    }

    fn wait(&mut self, by: Duration) {
        self.now = self.now.plus(by);
        self.apply(Input::Tick);
    }

    fn messages(&self, conn: ConnId) -> Vec<&ServerMessage> {
        let of_conn = self.effects.iter().filter_map(|effect| match effect {
            Effect::Send { to, message } if to.contains(&conn) => Some(message),
            _ => None,
        });
        of_conn.collect()
    }

    fn bye(&self, conn: ConnId) -> Option<Bye> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Bye { to, code } if to.contains(&conn) => Some(*code),
            _ => None,
        })
    }

    fn resume(&self, conn: ConnId) -> Option<Resume> {
        self.messages(conn).into_iter().find_map(|message| match message {
            ServerMessage::Welcome(welcome) => {
                Some(Resume { visit: welcome.you.visit, secret: welcome.you.secret.clone() })
            }
            _ => None,
        })
    }

    fn state(&self, conn: ConnId) -> Option<State> {
        self.messages(conn).into_iter().find_map(|message| match message {
            ServerMessage::Welcome(welcome) => Some(welcome.state),
            ServerMessage::Entered { .. } => Some(State::In),
            ServerMessage::Waiting { state } => Some(*state),
            _ => None,
        })
    }

    fn error(&self, conn: ConnId) -> Option<Code> {
        self.messages(conn).into_iter().find_map(|message| match message {
            ServerMessage::Error { re: Some(9), code, .. } => Some(*code),
            _ => None,
        })
    }

    fn names_in(&self) -> Vec<usize> {
        let room = self.room_of(TEACHER);
        let at = |id| self.people.iter().position(|person| *person == id).expect("known");
        let mut names: Vec<_> = room.participants.iter().map(|participant| at(participant.person)).collect();
        names.sort_unstable();
        names
    }
}

fn roster(people: &[PersonId]) -> Roster {
    let name = |who: usize| (people[who], Pii::new(format!("Personne {who}")));
    Roster {
        teachers: [people[TEACHER]].into(),
        pupils: [name(INES), name(TOM)].into(),
        observers: [people[INSPECTOR]].into(),
        guests: [people[AUTHOR]].into(),
        ..Roster::default()
    }
}

fn ticket(effect: &Effect) -> Option<Ticket> {
    match effect {
        Effect::Store(
            Record::Removed { ticket, .. } | Record::Closed { ticket, .. } | Record::ChatDeleted { ticket, .. },
        ) => Some(*ticket),
        Effect::Store(Record::Fact { ticket, .. }) => *ticket,
        _ => None,
    }
}

fn mic_on(mutes: u32) -> Command {
    Command::Media(MediaState { mic: true, camera: false, screen: false, mutes })
}

fn screen_on() -> Command {
    Command::Media(MediaState { mic: false, camera: false, screen: true, mutes: 0 })
}
