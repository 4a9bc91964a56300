//! Polls, notes, time, chance, captions.

use super::*;
use crate::MediaOrder;
use crate::book::{Duty, Splice};
use crate::wire::{NewGroup, PollView};

fn poll(options: &[&str], many: bool, anonymous: bool) -> Command {
    let options = options.iter().map(|option| (*option).to_owned()).collect();
    Command::PollOpen { question: "Compris ?".to_owned(), options, many, anonymous }
}

fn told(lesson: &Lesson, conn: ConnId) -> Option<PollView> {
    lesson.messages(conn).into_iter().find_map(|message| match message {
        ServerMessage::Poll { poll } => Some(poll.clone()),
        _ => None,
    })
}

#[test]
fn results_are_live_for_leaders_and_shown_to_all_when_they_say_so() {
    let (mut lesson, teacher, ines, tom) = Lesson::full();
    lesson.say(teacher, poll(&["Oui", "Non"], false, false));
    assert_eq!(told(&lesson, ines).map(|poll| (poll.poll, poll.counts)), Some((1, None)));
    lesson.say(ines, Command::Vote { poll: 1, options: vec![1] });
    let seen = told(&lesson, teacher).expect("live");
    assert_eq!(seen.counts, Some(vec![0, 1]));
    assert_eq!(seen.votes, Some([(lesson.people[INES], vec![1])].into()));
    assert_eq!(told(&lesson, ines).map(|poll| (poll.mine, poll.counts, poll.votes)), Some((vec![1], None, None)));
    assert_eq!(told(&lesson, tom), None);
    for options in [vec![2], vec![0, 1], vec![255]] {
        lesson.say(tom, Command::Vote { poll: 1, options });
        assert_eq!(lesson.error(tom), Some(Code::BadMessage));
    }
    lesson.say(ines, Command::Vote { poll: 1, options: vec![0] });
    lesson.say(teacher, Command::PollShow { poll: 1 });
    assert_eq!(told(&lesson, tom).map(|poll| (poll.counts, poll.votes)), Some((Some(vec![1, 0]), None)));
    lesson.say(teacher, Command::PollClose { poll: 1 });
    lesson.say(tom, Command::Vote { poll: 1, options: vec![0] });
    assert_eq!(lesson.error(tom), Some(Code::Locked));
    lesson.say(ines, Command::PollShow { poll: 1 });
    assert_eq!(lesson.error(ines), Some(Code::NotAllowed));
    lesson.say(teacher, Command::PollDrop { poll: 1 });
    assert_eq!(lesson.room_of(TOM).polls, []);
}

#[test]
fn an_anonymous_poll_names_nobody() {
    let (mut lesson, teacher, ines, _) = Lesson::full();
    lesson.say(teacher, poll(&["A", "B", "C"], true, true));
    lesson.say(ines, Command::Vote { poll: 1, options: vec![2, 0, 2] });
    let seen = told(&lesson, teacher).expect("live");
    assert_eq!((seen.votes, seen.voted, seen.counts), (None, Some(1), Some(vec![1, 0, 1])));
    lesson.restart();
    lesson.arrive(TEACHER);
    assert_eq!(lesson.room_of(INES).polls[0].mine, [0, 2]);
    let teacher = lesson.arrive(TEACHER);
    for options in [&["A"][..], &["A", "A"], &["A", " "]] {
        lesson.say(teacher, poll(options, false, false));
        assert!(lesson.error(teacher).is_some(), "{options:?}");
    }
}

#[test]
fn notes_written_at_the_same_time_become_one_text() {
    let (mut lesson, teacher, ines, tom) = Lesson::full();
    let edit =
        |version, at, cut, put: &str| Command::NotesEdit { version, splice: Splice { at, cut, put: put.to_owned() } };
    lesson.say(ines, edit(0, 0, 0, "non"));
    assert_eq!(lesson.error(ines), Some(Code::Locked));
    lesson.rule(teacher, RulesPatch { notes: Some(true), ..RulesPatch::default() });
    lesson.say(ines, edit(0, 0, 0, "Élan"));
    lesson.say(tom, edit(0, 0, 0, "un "));
    assert_eq!(lesson.room_of(TOM).notes.text.reveal(), "Élanun ", "the first to come stands first");
    lesson.say(tom, edit(1, 4, 0, " vital"));
    assert_eq!(lesson.room_of(TOM).notes.text.reveal(), "Élanun  vital");
    lesson.say(ines, edit(9, 0, 0, "x"));
    assert_eq!(lesson.error(ines), Some(Code::Stale));
    assert!(lesson.messages(ines).iter().any(|m| matches!(m, ServerMessage::Notes { .. })));
    lesson.say(ines, edit(3, 5, 900, ""));
    assert_eq!(lesson.error(ines), Some(Code::Stale), "past the end");
}

#[test]
fn everybody_is_picked_once_before_anybody_is_picked_twice() {
    let (mut lesson, teacher, ..) = Lesson::full();
    let picked = |lesson: &mut Lesson| {
        lesson.say(teacher, Command::Pick);
        lesson.messages(teacher).into_iter().find_map(|message| match message {
            ServerMessage::Picked { person } => Some(*person),
            _ => None,
        })
    };
    for _ in 0..20 {
        let mut round = [picked(&mut lesson), picked(&mut lesson)];
        round.sort();
        let mut all = [Some(lesson.people[INES]), Some(lesson.people[TOM])];
        all.sort();
        assert_eq!(round, all);
    }
}

#[test]
fn a_recording_needs_the_school_s_rule_and_is_told_to_all() {
    let (mut lesson, teacher, ines, _) = Lesson::full();
    lesson.say(ines, Command::Record { on: true });
    assert_eq!(lesson.error(ines), Some(Code::NotAllowed));
    lesson.say(teacher, Command::Record { on: true });
    assert!(lesson.effects.contains(&Effect::Media(MediaOrder::Record { since: Some(lesson.now) })));
    assert!(lesson.messages(ines).contains(&&ServerMessage::Recording { since: Some(lesson.now) }));
    assert!(lesson.room_of(INES).recording.is_some(), "whoever comes later is told");
    lesson.room.info.may_record = false;
    lesson.say(teacher, Command::Record { on: false });
    assert_eq!(lesson.room_of(INES).recording, None, "it can always be stopped");
    lesson.say(teacher, Command::Record { on: true });
    assert_eq!(lesson.error(teacher), Some(Code::NotAllowed));
}

#[test]
fn a_recording_that_cannot_be_written_ends_with_no_teacher_there_as_well() {
    let (mut lesson, teacher, ines, _) = Lesson::full();
    lesson.say(teacher, Command::Record { on: true });
    lesson.say(teacher, Command::Leave);
    lesson.apply(Input::Unrecorded);
    assert!(lesson.messages(ines).contains(&&ServerMessage::Recording { since: None }));
    assert!(lesson.effects.contains(&Effect::Media(MediaOrder::Record { since: None })));
    lesson.restart();
    assert!(!lesson.room.presence().recorded);
    lesson.apply(Input::Unrecorded);
    assert!(lesson.effects.is_empty(), "what is known is not told again");
}

#[test]
fn captions_come_from_the_captioner() {
    let (mut lesson, teacher, ines, tom) = Lesson::full();
    let caption = || Command::Caption { text: Pii::new("Bonjour à tous".to_owned()), is_final: true };
    lesson.say(ines, caption());
    assert_eq!(lesson.error(ines), Some(Code::NotAllowed));
    lesson.say(teacher, Command::Duty { person: lesson.people[INES], duty: Some(Duty::Captioner) });
    lesson.say(ines, caption());
    assert!(lesson.messages(tom).iter().any(|m| matches!(m, ServerMessage::Caption { .. })));
    let groups = vec![NewGroup { name: "Rouges".to_owned(), people: vec![lesson.people[INES]] }];
    lesson.say(teacher, Command::BreakoutsMake { groups, choose: false });
    lesson.say(teacher, Command::BreakoutsOpen { minutes: None });
    lesson.say(ines, caption());
    let hears = |conn| lesson.messages(conn).iter().any(|m| matches!(m, ServerMessage::Caption { .. }));
    assert_eq!([hears(ines), hears(tom), hears(teacher)], [true, false, false], "what is said in a group stays there");
    assert_eq!(lesson.participant(TOM).and_then(|tom| tom.duty), None);
    assert_eq!(lesson.participant(INES).and_then(|ines| ines.duty), Some(Duty::Captioner));
}

#[test]
fn automatic_captions_need_the_school_s_rule_and_say_whose_words_they_are() {
    let (mut lesson, teacher, ines, tom) = Lesson::full();
    let heard = |person| Input::Heard { person, text: Pii::new(" bonjour à tous ".to_owned()), is_final: true };
    let tom_id = lesson.people[TOM];
    lesson.apply(heard(tom_id));
    assert!(lesson.effects.is_empty(), "nobody has switched them on");
    lesson.say(ines, Command::AutoCaptions { on: true });
    assert_eq!(lesson.error(ines), Some(Code::NotAllowed));
    lesson.say(teacher, Command::AutoCaptions { on: true });
    assert!(lesson.effects.contains(&Effect::Media(MediaOrder::Captions { on: true })));
    assert!(lesson.messages(tom).contains(&&ServerMessage::AutoCaptions { on: true, failed: false }));
    assert!(lesson.room_of(INES).auto_captions, "whoever comes later is told");
    lesson.apply(heard(tom_id));
    let text = Pii::new("bonjour à tous".to_owned());
    let line = ServerMessage::Caption { by: tom_id, text, is_final: true, auto: true };
    assert_eq!(lesson.messages(ines), [&line]);
    lesson.say(tom, Command::Leave);
    lesson.apply(heard(tom_id));
    assert!(lesson.messages(ines).is_empty(), "who has left says nothing any more");

    lesson.apply(Input::Unheard);
    assert!(lesson.messages(ines).contains(&&ServerMessage::AutoCaptions { on: false, failed: true }));
    assert!(lesson.effects.contains(&Effect::Media(MediaOrder::Captions { on: false })));
    lesson.say(teacher, Command::AutoCaptions { on: true });
    assert!(lesson.room_of(INES).auto_captions, "it may be tried again");
}

#[test]
fn a_school_that_changes_its_rule_is_obeyed_in_lessons_that_are_on() {
    let (mut lesson, teacher, ines, _) = Lesson::full();
    lesson.say(teacher, Command::Record { on: true });
    lesson.say(teacher, Command::AutoCaptions { on: true });
    let none = Input::May { record: false, captions_by: None };
    lesson.apply(none.clone());
    assert!(lesson.messages(ines).contains(&&ServerMessage::Recording { since: None }));
    assert!(lesson.messages(ines).contains(&&ServerMessage::AutoCaptions { on: false, failed: false }));
    assert!(lesson.messages(teacher).contains(&&ServerMessage::May { record: false, captions_by: None }));
    lesson.apply(none);
    assert!(lesson.effects.is_empty(), "what is known is not told again");
    for command in [Command::Record { on: true }, Command::AutoCaptions { on: true }] {
        lesson.say(teacher, command);
        assert_eq!(lesson.error(teacher), Some(Code::NotAllowed));
    }
    lesson.apply(Input::May { record: true, captions_by: None });
    lesson.say(teacher, Command::Record { on: true });
    assert!(lesson.room_of(INES).recording.is_some());
}

#[test]
fn a_timer_is_seen_by_all_and_outlives_a_restart() {
    let (mut lesson, teacher, ines, _) = Lesson::full();
    lesson.say(teacher, Command::TimerStart { seconds: 300, label: "Exercice 3".to_owned() });
    assert!(lesson.messages(ines).iter().any(|m| matches!(m, ServerMessage::Timer { timer: Some(_) })));
    lesson.restart();
    let teacher = lesson.arrive(TEACHER);
    assert_eq!(lesson.room_of(TEACHER).timer.map(|timer| timer.ends), Some(lesson.now.plus(Duration::from_secs(300))));
    lesson.say(teacher, Command::TimerStop);
    assert_eq!(lesson.room_of(TEACHER).timer, None);
    lesson.say(teacher, Command::TimerStart { seconds: 7_201, label: String::new() });
    assert_eq!(lesson.error(teacher), Some(Code::BadMessage));
}
