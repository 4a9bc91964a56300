//! Programs that publish and play, beside the pages of a teacher.

use super::*;
use crate::limits::PROGRAMS_MAX;
use crate::wire::{Device, LeftWhy, Program};
use crate::{Attachment, MediaOrder};
use preau_base::StreamKeyId;

impl Lesson {
    fn attach_with(&mut self, who: usize, program: Program, key: StreamKeyId) -> ConnId {
        self.conns += 1;
        let conn = ConnId(self.conns);
        self.apply(Input::Attach(Attachment { conn, person: self.people[who], program, key }));
        conn
    }

    fn attach(&mut self, who: usize, program: Program) -> ConnId {
        let key = StreamKeyId::new(self.now, &mut self.rng);
        self.attach_with(who, program, key)
    }

    fn shows(&mut self, conn: ConnId) {
        self.say(conn, Command::Media(MediaState { mic: true, camera: false, screen: true, mutes: 0 }));
    }

    fn devices(&self, who: usize) -> Vec<Device> {
        self.participant(who).map(|participant| participant.devices).unwrap_or_default()
    }

    fn records(&self) -> usize {
        self.effects.iter().filter(|effect| matches!(effect, Effect::Store(_))).count()
    }
}

#[test]
fn a_program_is_a_device_of_its_teacher_that_everybody_sees() {
    let (mut lesson, teacher, ines, _) = Lesson::full();
    let program = lesson.attach(TEACHER, Program::Publisher);
    assert_eq!(lesson.records(), 0, "attendance is of people");
    let told =
        |conn, lesson: &Lesson| lesson.messages(conn).iter().any(|it| matches!(it, ServerMessage::Changed { .. }));
    assert!(told(teacher, &lesson) && told(ines, &lesson));
    lesson.shows(program);
    let devices = lesson.devices(TEACHER);
    assert_eq!(devices.iter().map(|device| device.program).collect::<Vec<_>>(), [None, Some(Program::Publisher)]);
    assert_eq!((devices[1].mic, devices[1].screen, devices[0].screen), (true, true, false));
    let player = lesson.attach(TEACHER, Program::Player);
    lesson.apply(Input::Lost { conn: player });
    assert_eq!(lesson.devices(TEACHER).len(), 2, "no place is kept for it");
    assert_eq!(lesson.records(), 0);
}

#[test]
fn an_offer_of_a_program_is_told_from_a_pages() {
    let (mut lesson, teacher, ..) = Lesson::full();
    let program = lesson.attach(TEACHER, Program::Publisher);
    for (conn, expect) in [(teacher, false), (program, true)] {
        lesson.say(conn, Command::Offer { sdp: Pii::new("v=0".to_owned()) });
        let joins = lesson.effects.iter().filter_map(|effect| match effect {
            Effect::Media(MediaOrder::Join { program, .. }) => Some(*program),
            _ => None,
        });
        assert_eq!(joins.collect::<Vec<_>>(), [expect]);
    }
}

#[test]
fn it_takes_the_screen_as_its_teacher_would_and_loses_it_so() {
    let (mut lesson, teacher, ines, _) = Lesson::full();
    lesson.rule(teacher, RulesPatch { screen: Some(true), ..RulesPatch::default() });
    lesson.shows(ines);
    let program = lesson.attach(TEACHER, Program::Publisher);
    lesson.shows(program);
    assert!(lesson.messages(ines).iter().any(|message| matches!(message, ServerMessage::Stopped { .. })));
    lesson.shows(teacher);
    assert!(lesson.messages(program).iter().any(|message| matches!(message, ServerMessage::Stopped { .. })));
    let devices = lesson.devices(TEACHER);
    assert_eq!((devices[0].screen, devices[1].screen, devices[1].mic), (true, false, true));
}

#[test]
fn only_beside_a_page_of_a_teacher_who_is_in() {
    let mut lesson = Lesson::new();
    let early = lesson.attach(TEACHER, Program::Publisher);
    assert_eq!(lesson.bye(early), Some(Bye::Left));
    assert!(!lesson.room.presence().teacher_here, "it opens no lesson");
    lesson.arrive(TEACHER);
    lesson.arrive(INES);
    let pupils = lesson.attach(INES, Program::Publisher);
    assert_eq!(lesson.bye(pupils), Some(Bye::Left));
    let strangers = lesson.attach(OUTSIDER, Program::Player);
    assert_eq!(lesson.bye(strangers), Some(Bye::Left));
}

#[test]
fn it_goes_with_the_last_page_and_keeps_no_lesson_open() {
    let (mut lesson, teacher, ines, _) = Lesson::full();
    let program = lesson.attach(TEACHER, Program::Publisher);
    lesson.apply(Input::Lost { conn: teacher });
    assert_eq!((lesson.bye(program), lesson.devices(TEACHER).len()), (None, 2), "the page may come back");
    lesson.wait(Duration::from_secs(31));
    assert_eq!(lesson.bye(program), Some(Bye::Left));
    let left = lesson.messages(ines).into_iter().any(|it| matches!(it, ServerMessage::Left { why: LeftWhy::Lost, .. }));
    assert!(left && !lesson.room.presence().teacher_here);

    let first = lesson.arrive(TEACHER);
    let second = lesson.arrive(TEACHER);
    let program = lesson.attach(TEACHER, Program::Player);
    lesson.say(first, Command::Leave);
    assert_eq!(lesson.bye(program), None, "another page is there");
    lesson.say(second, Command::Leave);
    assert_eq!(lesson.bye(program), Some(Bye::Left));
}

#[test]
fn it_goes_with_its_person_and_with_the_lesson() {
    let (mut lesson, teacher, ..) = Lesson::full();
    let program = lesson.attach(TEACHER, Program::Publisher);
    lesson.apply(Input::EndPerson { person: lesson.people[TEACHER], code: Bye::SignedOut });
    assert_eq!((lesson.bye(teacher), lesson.bye(program)), (Some(Bye::SignedOut), Some(Bye::SignedOut)));

    lesson.arrive(TEACHER);
    let program = lesson.attach(TEACHER, Program::Publisher);
    let mut without = roster(&lesson.people);
    without.teachers.clear();
    lesson.apply(Input::Roster(without));
    assert_eq!(lesson.bye(program), Some(Bye::NotOnRoster));

    let (mut lesson, ..) = Lesson::full();
    let program = lesson.attach(TEACHER, Program::Player);
    lesson.wait(Duration::from_secs(3_300 + 30 * 60));
    assert_eq!(lesson.bye(program), Some(Bye::Over));
}

#[test]
fn a_key_has_one_program_and_a_teacher_few() {
    let (mut lesson, ..) = Lesson::full();
    let key = StreamKeyId::new(lesson.now, &mut lesson.rng);
    let first = lesson.attach_with(TEACHER, Program::Publisher, key);
    lesson.attach_with(TEACHER, Program::Publisher, key);
    assert_eq!(lesson.bye(first), Some(Bye::Replaced));
    assert_eq!(lesson.devices(TEACHER).len(), 2);
    for _ in 1..PROGRAMS_MAX {
        let more = lesson.attach(TEACHER, Program::Player);
        assert_eq!(lesson.bye(more), None);
    }
    let one_too_many = lesson.attach(TEACHER, Program::Player);
    assert_eq!(lesson.bye(one_too_many), Some(Bye::Full));
    // Pages are counted by themselves.
    let second_page = lesson.arrive(TEACHER);
    assert_eq!(lesson.state(second_page), Some(State::In));
    assert_eq!(lesson.devices(TEACHER).len(), 2 + PROGRAMS_MAX);
}
