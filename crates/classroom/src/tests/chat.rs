//! The chat.

use super::*;
use crate::limits::CHAT_RECENT_LINES_MAX;
use crate::wire::To;
use preau_base::ChatId;

fn line(body: &str, to: To) -> Command {
    Command::Chat { body: Pii::new(body.to_owned()), key: format!("key-{body:0>8}"), to }
}

impl Lesson {
    /// Says something and has it stored; gives the line's id when it was.
    pub(super) fn write(&mut self, conn: ConnId, body: &str, to: To) -> Option<ChatId> {
        self.wait(Duration::from_secs(1));
        self.say(conn, line(body, to));
        let (ticket, chat, at) = self.effects.iter().find_map(|effect| match effect {
            Effect::Store(Record::Chat { ticket, chat, at, .. }) => Some((*ticket, *chat, *at)),
            _ => None,
        })?;
        let stored = crate::StoredLine { chat, at, is_new: true };
        self.apply(Input::ChatStored { ticket, line: Some(stored) });
        Some(chat)
    }

    fn hears(&self, conn: ConnId) -> bool {
        self.messages(conn).iter().any(|message| matches!(message, ServerMessage::Chat { .. }))
    }
}

#[test]
fn a_word_to_leaders_is_for_leaders() {
    let (mut lesson, teacher, ines, tom) = Lesson::full();
    lesson.rule(teacher, RulesPatch { chat: Some(false), ..RulesPatch::default() });
    assert_eq!(lesson.write(ines, "tous", To::Class), None);
    assert_eq!(lesson.error(ines), Some(Code::Locked));
    lesson.write(ines, "aide", To::Leaders).expect("always free");
    assert_eq!([lesson.hears(teacher), lesson.hears(ines), lesson.hears(tom)], [true, true, false]);
    assert_eq!(
        [lesson.room_of(TEACHER).chat.len(), lesson.room_of(INES).chat.len(), lesson.room_of(TOM).chat.len()],
        [1, 1, 0]
    );
    let inspector = lesson.arrive(INSPECTOR);
    assert_eq!(lesson.write(inspector, "classe", To::Class), None);
    lesson.write(inspector, "mot", To::Leaders).expect("an observer writes to leaders");
}

#[test]
fn pupils_write_to_one_another_only_when_the_rule_says_so() {
    let (mut lesson, teacher, ines, tom) = Lesson::full();
    let to_tom = To::Person(lesson.people[TOM]);
    assert_eq!(lesson.write(ines, "psst", to_tom), None);
    assert_eq!(lesson.error(ines), Some(Code::Locked));
    lesson.write(teacher, "bravo", to_tom).expect("a teacher may");
    assert_eq!([lesson.hears(tom), lesson.hears(ines)], [true, false]);
    lesson.write(tom, "merci", To::Person(lesson.people[TEACHER])).expect("an answer to a teacher");
    lesson.rule(teacher, RulesPatch { private: Some(true), ..RulesPatch::default() });
    lesson.write(ines, "psst", to_tom).expect("now");
    assert_eq!([lesson.hears(tom), lesson.hears(teacher)], [true, false]);
    lesson.say(ines, line("nul-part", To::Person(lesson.people[OUTSIDER])));
    assert_eq!(lesson.error(ines), Some(Code::UnknownPerson));
}

#[test]
fn one_line_is_deleted_by_a_leader_or_its_author() {
    let (mut lesson, teacher, ines, tom) = Lesson::full();
    let mine = lesson.write(ines, "oups", To::Class).expect("stored");
    let kept = lesson.write(ines, "bon", To::Class).expect("stored");
    lesson.say(tom, Command::ChatDelete { chat: mine });
    assert_eq!(lesson.error(tom), Some(Code::NotAllowed));
    lesson.say(ines, Command::ChatDelete { chat: mine });
    assert!(lesson.messages(tom).contains(&&ServerMessage::ChatDeleted { chat: mine, by: lesson.people[INES] }));
    assert!(lesson.effects.iter().any(|effect| matches!(effect, Effect::Store(Record::ChatDeleted { .. }))));
    assert_eq!(lesson.room_of(TOM).chat.iter().map(|line| line.chat).collect::<Vec<_>>(), [kept]);
    let secret = lesson.write(tom, "secret", To::Leaders).expect("stored");
    lesson.say(ines, Command::ChatDelete { chat: secret });
    assert_eq!(lesson.error(ines), Some(Code::UnknownThing), "what one does not see does not exist");
    lesson.say(teacher, Command::ChatDelete { chat: kept });
    assert_eq!(lesson.room_of(INES).chat.len(), 0);
}

#[test]
fn slow_mode_is_for_the_class_and_not_for_teachers() {
    let (mut lesson, teacher, ines, _) = Lesson::full();
    lesson.rule(teacher, RulesPatch { slow_s: Some(30), ..RulesPatch::default() });
    lesson.write(ines, "un", To::Class).expect("the first");
    assert_eq!(lesson.write(ines, "deux", To::Class), None);
    assert_eq!(lesson.error(ines), Some(Code::TooFast));
    lesson.write(ines, "aide", To::Leaders).expect("help is not slowed");
    lesson.write(teacher, "un", To::Class).expect("one");
    lesson.write(teacher, "deux", To::Class).expect("two");
    lesson.wait(Duration::from_secs(30));
    lesson.write(ines, "deux", To::Class).expect("later");
}

#[test]
fn a_leader_deletes_a_line_that_only_the_pages_still_have() {
    let (mut lesson, teacher, ines, tom) = Lesson::full();
    let first = lesson.write(ines, "vieille ligne", To::Class).expect("stored");
    for number in 0..CHAT_RECENT_LINES_MAX {
        lesson.write(ines, &number.to_string(), To::Class).expect("stored");
    }
    lesson.say(teacher, Command::ChatDelete { chat: first });
    let deleted = ServerMessage::ChatDeleted { chat: first, by: lesson.people[TEACHER] };
    assert!([teacher, ines, tom].iter().all(|conn| lesson.messages(*conn).contains(&&deleted)));
    let stored = |effect: &Effect| matches!(effect, Effect::Store(Record::ChatDeleted { chat, .. }) if *chat == first);
    assert!(lesson.effects.iter().any(stored));
    lesson.store();
    assert!(lesson.acked(teacher));
    assert_eq!(lesson.room_of(TOM).chat.len(), CHAT_RECENT_LINES_MAX, "the others stay");
}

#[test]
fn an_author_deletes_an_old_line_when_the_store_says_that_it_is_theirs() {
    let (mut lesson, _, ines, tom) = Lesson::full();
    let first = lesson.write(ines, "vieille ligne", To::Class).expect("stored");
    for number in 0..CHAT_RECENT_LINES_MAX {
        lesson.write(ines, &number.to_string(), To::Class).expect("stored");
    }
    let asked = |lesson: &Lesson, who: usize| {
        let by = lesson.people[who];
        lesson.effects.iter().find_map(|effect| match effect {
            Effect::Store(Record::ChatDeleted { ticket, chat, by: of, only_own: true, .. })
                if *chat == first && *of == by =>
            {
                Some(*ticket)
            }
            _ => None,
        })
    };
    lesson.say(tom, Command::ChatDelete { chat: first });
    assert_eq!(lesson.messages(ines), Vec::<&ServerMessage>::new(), "nobody is told before it is known whose it is");
    let ticket = asked(&lesson, TOM).expect("the store is asked");
    lesson.apply(Input::Unknown { ticket });
    assert_eq!(lesson.error(tom), Some(Code::UnknownThing));
    assert_eq!(lesson.messages(ines).len(), 0);
    for done in [false, true] {
        lesson.say(ines, Command::ChatDelete { chat: first });
        let ticket = asked(&lesson, INES).expect("the store is asked");
        lesson.apply(Input::Stored { ticket, done });
        let deleted = ServerMessage::ChatDeleted { chat: first, by: lesson.people[INES] };
        assert_eq!([ines, tom].map(|conn| lesson.messages(conn).contains(&&deleted)), [done; 2]);
        assert_eq!((lesson.acked(ines), lesson.error(ines)), (done, (!done).then_some(Code::NotStored)));
    }
    // Each asks the store: not without end.
    let refused = (0..10).filter(|_| {
        lesson.say(tom, Command::ChatDelete { chat: first });
        lesson.error(tom) == Some(Code::TooFast)
    });
    assert!(refused.count() >= 4);
}

#[test]
fn pupils_are_alone_with_no_guest_and_no_observer() {
    let (mut lesson, teacher, ines, _) = Lesson::full();
    let author = lesson.arrive(AUTHOR);
    lesson.say(teacher, Command::Admit { person: lesson.people[AUTHOR] });
    lesson.rule(teacher, RulesPatch { private: Some(true), ..RulesPatch::default() });
    lesson.arrive(INSPECTOR);
    for (from, to) in [(ines, AUTHOR), (author, INES), (ines, INSPECTOR), (author, INSPECTOR)] {
        let to = To::Person(lesson.people[to]);
        assert_eq!(lesson.write(from, "psst", to), None);
        assert_eq!(lesson.error(from), Some(Code::Locked));
    }
    lesson.write(teacher, "bienvenue", To::Person(lesson.people[AUTHOR])).expect("a teacher may");
    lesson.write(author, "merci", To::Person(lesson.people[TEACHER])).expect("and is answered");
}
