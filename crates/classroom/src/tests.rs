//! The rules one by one, as a teacher and pupils would notice them.

use crate::wire::{Bye, Code, Command, LeftWhy, MediaState, Resume, ServerMessage, SlotCount, State};
use crate::{
    Arrival, Classroom, ConnId, Effect, Input, LessonInfo, MediaOrder, Presence, Record, Restored, Roster, Sends,
};
use preau_base::{Instant, LessonId, PersonId, Pii, SeededRng};
use std::time::Duration;

const TEACHER: usize = 0;
const INES: usize = 1;
const TOM: usize = 2;
const OUTSIDER: usize = 3;

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
        let people: Vec<_> = (0..4).map(|_| PersonId::new(now, &mut rng)).collect();
        let roster = Roster { teachers: [people[TEACHER]].into(), pupils: [people[INES], people[TOM]].into() };
        let info = LessonInfo {
            lesson: LessonId::new(now, &mut rng),
            title: "Anglais".to_owned(),
            starts: now,
            ends: now,
            slots: SlotCount { voices: 4, pictures: 10 },
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
        self.apply(Input::Arrive(Arrival { conn, person: self.people[who], name, resume }));
        conn
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
            ServerMessage::Waiting => Some(State::Waiting),
            _ => None,
        })
    }

    fn error(&self, conn: ConnId) -> Option<Code> {
        self.messages(conn).into_iter().find_map(|message| match message {
            ServerMessage::Error { re: Some(9), code } => Some(*code),
            _ => None,
        })
    }

    fn names_in(&self) -> Vec<usize> {
        let room = self.room.room();
        let at = |id| self.people.iter().position(|person| *person == id).expect("known");
        let mut names: Vec<_> = room.participants.iter().map(|participant| at(participant.person)).collect();
        names.sort_unstable();
        names
    }
}

fn mic_on(mutes: u32) -> Command {
    Command::Media(MediaState { mic: true, camera: false, screen: false, mutes })
}

fn screen_on() -> Command {
    Command::Media(MediaState { mic: false, camera: false, screen: true, mutes: 0 })
}

#[test]
fn pupils_wait_for_a_teacher() {
    let mut lesson = Lesson::new();
    let ines = lesson.arrive(INES);
    assert_eq!(lesson.state(ines), Some(State::Waiting));
    lesson.say(ines, Command::Hand { up: true });
    assert_eq!(lesson.error(ines), Some(Code::NotIn));
    assert_eq!(lesson.room.presence(), Presence { inside: 0, pupils_inside: 0, waiting: 1, teacher_here: false });

    let teacher = lesson.arrive(TEACHER);
    assert_eq!((lesson.state(teacher), lesson.state(ines)), (Some(State::In), Some(State::In)));
    let tom = lesson.arrive(TOM);
    assert_eq!(lesson.state(tom), Some(State::In));
    assert_eq!(lesson.names_in(), [TEACHER, INES, TOM]);
}

#[test]
fn nobody_else_comes_in() {
    let mut lesson = Lesson::new();
    lesson.arrive(TEACHER);
    let outsider = lesson.arrive(OUTSIDER);
    assert_eq!(lesson.bye(outsider), Some(Bye::NotOnRoster));
    assert_eq!(lesson.messages(outsider), Vec::<&ServerMessage>::new());
    assert_eq!(lesson.names_in(), [TEACHER]);
}

#[test]
fn a_second_tab_of_a_pupil_replaces_the_first_and_keeps_the_hand() {
    let mut lesson = Lesson::new();
    lesson.arrive(TEACHER);
    let first = lesson.arrive(INES);
    lesson.say(first, Command::Hand { up: true });
    let second = lesson.arrive(INES);
    assert_eq!(lesson.bye(first), Some(Bye::Replaced));
    assert_eq!(lesson.state(second), Some(State::In));
    assert_eq!(lesson.room.room().hands.len(), 1);
    let ines = lesson.room.room().participants.into_iter().find(|p| p.person == lesson.people[INES]);
    assert_eq!(ines.map(|ines| ines.devices.len()), Some(1));
}

#[test]
fn a_teacher_has_two_devices_and_a_third_replaces_the_lost_one() {
    let mut lesson = Lesson::new();
    let first = lesson.arrive(TEACHER);
    let second = lesson.arrive(TEACHER);
    assert_eq!(lesson.bye(first), None);
    lesson.apply(Input::Lost { conn: second });
    let third = lesson.arrive(TEACHER);
    assert_eq!((lesson.bye(first), lesson.state(third)), (None, Some(State::In)));
    lesson.arrive(TEACHER);
    assert_eq!(lesson.bye(first), Some(Bye::Replaced));
}

#[test]
fn a_lost_connection_keeps_place_and_hand_for_thirty_seconds() {
    let mut lesson = Lesson::new();
    lesson.arrive(TEACHER);
    let ines = lesson.arrive(INES);
    let resume = lesson.resume(ines);
    let tom = lesson.arrive(TOM);
    lesson.say(ines, Command::Hand { up: true });
    lesson.say(tom, Command::Hand { up: true });
    lesson.apply(Input::Lost { conn: ines });
    assert!(matches!(lesson.effects[0], Effect::Store(Record::Left { .. })));
    lesson.wait(Duration::from_millis(29_999));
    let again = lesson.arrive_with(INES, resume);
    let welcomed = lesson.messages(again).into_iter().any(
        |message| matches!(message, ServerMessage::Welcome(welcome) if welcome.resumed && welcome.state == State::In),
    );
    assert!(welcomed);
    let order: Vec<_> = lesson.room.room().hands.iter().map(|hand| hand.person).collect();
    assert_eq!(order, [lesson.people[INES], lesson.people[TOM]]);

    lesson.apply(Input::Lost { conn: again });
    lesson.wait(Duration::from_secs(30));
    assert_eq!(lesson.names_in(), [TEACHER, TOM]);
    let left = ServerMessage::Left { person: lesson.people[INES], why: LeftWhy::Lost };
    assert!(lesson.messages(tom).contains(&&left));
    assert_eq!(lesson.room.room().hands.len(), 1);
}

#[test]
fn a_mute_holds_against_a_message_that_crossed_it() {
    let mut lesson = Lesson::new();
    let teacher = lesson.arrive(TEACHER);
    let ines = lesson.arrive(INES);
    lesson.say(ines, mic_on(0));
    lesson.say(teacher, Command::Mute { person: lesson.people[INES] });
    assert!(lesson.messages(ines).iter().any(|message| matches!(message, ServerMessage::Muted { mutes: 1, .. })));
    let off = |effect: &Effect| matches!(effect, Effect::Media(MediaOrder::Forward { sends, .. }) if *sends == Sends::default());
    assert!(lesson.effects.iter().any(off), "the server stops forwarding");
    lesson.say(ines, mic_on(0));
    assert_eq!(lesson.error(ines), Some(Code::Muted));
    lesson.say(ines, mic_on(1));
    assert_eq!(lesson.error(ines), None);
    let mic = |lesson: &Lesson| lesson.room.room().participants.iter().flat_map(|p| &p.devices).any(|d| d.mic);
    assert!(mic(&lesson));
    lesson.say(teacher, Command::MuteAll);
    assert!(!mic(&lesson));
}

#[test]
fn a_removed_pupil_does_not_come_back() {
    let mut lesson = Lesson::new();
    let teacher = lesson.arrive(TEACHER);
    let ines = lesson.arrive(INES);
    let resume = lesson.resume(ines);
    lesson.say(teacher, Command::Remove { person: lesson.people[INES] });
    assert_eq!(lesson.bye(ines), Some(Bye::Removed));
    assert!(lesson.messages(teacher).iter().all(|message| !matches!(message, ServerMessage::Ack { .. })));
    let ticket = lesson.effects.iter().find_map(|effect| match effect {
        Effect::Store(Record::Removed { ticket, .. }) => Some(*ticket),
        _ => None,
    });
    lesson.apply(Input::Stored { ticket: ticket.expect("a removal is stored"), done: true });
    assert!(lesson.messages(teacher).contains(&&ServerMessage::Ack { re: 9, chat: None, at: None }));
    for resume in [None, resume] {
        let again = lesson.arrive_with(INES, resume);
        assert_eq!(lesson.bye(again), Some(Bye::Removed));
    }
}

#[test]
fn one_screen_at_a_time() {
    let mut lesson = Lesson::new();
    let teacher = lesson.arrive(TEACHER);
    let (ines, tom) = (lesson.arrive(INES), lesson.arrive(TOM));
    lesson.say(ines, screen_on());
    lesson.say(tom, screen_on());
    assert_eq!(lesson.error(tom), Some(Code::ScreenTaken));
    lesson.say(teacher, screen_on());
    assert!(lesson.messages(ines).iter().any(|message| matches!(message, ServerMessage::Stopped { .. })));
    let showing: Vec<_> =
        lesson.room.room().participants.into_iter().filter(|p| p.devices.iter().any(|d| d.screen)).collect();
    assert_eq!(showing.iter().map(|p| p.person).collect::<Vec<_>>(), [lesson.people[TEACHER]]);
}

#[test]
fn without_a_teacher_pupils_stay_five_minutes_and_newcomers_wait() {
    let mut lesson = Lesson::new();
    let teacher = lesson.arrive(TEACHER);
    let ines = lesson.arrive(INES);
    lesson.say(teacher, Command::Leave);
    assert_eq!(lesson.bye(teacher), Some(Bye::Left));
    let tom = lesson.arrive(TOM);
    assert_eq!(lesson.state(tom), Some(State::Waiting));
    lesson.wait(Duration::from_millis(299_999));
    assert_eq!(lesson.state(ines), None);
    lesson.wait(Duration::from_millis(1));
    assert_eq!(lesson.state(ines), Some(State::Waiting));
    lesson.arrive(TEACHER);
    assert_eq!((lesson.state(ines), lesson.state(tom)), (Some(State::In), Some(State::In)));
}

#[test]
fn closing_ends_the_lesson_for_all_when_it_is_stored() {
    let mut lesson = Lesson::new();
    let teacher = lesson.arrive(TEACHER);
    let ines = lesson.arrive(INES);
    lesson.say(ines, Command::Close);
    assert_eq!(lesson.error(ines), Some(Code::NotAllowed));
    for done in [false, true] {
        lesson.say(teacher, Command::Close);
        let Effect::Store(Record::Closed { ticket, .. }) = lesson.effects[0] else { panic!("{:?}", lesson.effects) };
        lesson.apply(Input::Stored { ticket, done });
        assert_eq!(lesson.bye(ines), done.then_some(Bye::Closed));
    }
    let late = lesson.arrive(TOM);
    assert_eq!(lesson.bye(late), Some(Bye::Closed));
    assert!(lesson.room.is_closed() && lesson.room.is_idle());
}

#[test]
fn who_leaves_the_roster_leaves_the_lesson() {
    let mut lesson = Lesson::new();
    lesson.arrive(TEACHER);
    let ines = lesson.arrive(INES);
    let roster = Roster { teachers: [lesson.people[TEACHER]].into(), pupils: [lesson.people[TOM]].into() };
    lesson.apply(Input::Roster(roster));
    assert_eq!(lesson.bye(ines), Some(Bye::NotOnRoster));
    assert_eq!(lesson.names_in(), [TEACHER]);
}

#[test]
fn signing_out_ends_the_visit() {
    let mut lesson = Lesson::new();
    lesson.arrive(TEACHER);
    let ines = lesson.arrive(INES);
    lesson.apply(Input::End { conn: ines, code: Bye::SignedOut });
    assert_eq!(lesson.bye(ines), Some(Bye::SignedOut));
    assert_eq!(lesson.names_in(), [TEACHER]);
}

#[test]
fn a_full_lesson_keeps_places_for_teachers() {
    let mut lesson = Lesson::new();
    let pupils: Vec<_> = (0..120).map(|_| PersonId::new(lesson.now, &mut lesson.rng)).collect();
    let roster = Roster { teachers: [lesson.people[TEACHER]].into(), pupils: pupils.iter().copied().collect() };
    lesson.apply(Input::Roster(roster));
    let first = lesson.people.len();
    lesson.people.extend(pupils);
    let refused = (first..first + 120).filter(|who| {
        let conn = lesson.arrive(*who);
        lesson.bye(conn) == Some(Bye::Full)
    });
    assert_eq!(refused.count(), 4);
    let teacher = lesson.arrive(TEACHER);
    assert_eq!(lesson.state(teacher), Some(State::In));
}
