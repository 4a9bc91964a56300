//! How much one person may press.

use super::*;
use crate::book::{Colour, PageRef, Point, Shape};
use crate::limits::{
    CHANGES_AT_ONCE_MAX, FACTS_MAX, FACTS_PENDING_MAX, MESSAGE_EVERY, POINTS_AT_ONCE_MAX, REACTS_AT_ONCE_MAX,
};
use crate::wire::Reaction;

const PAGE: PageRef = PageRef { deck: 1, page: 0 };

fn stroke() -> Command {
    Command::Draw { page: PAGE, shape: Shape::Pen { colour: Colour(1), width: 9, points: vec![Point(1, 1)] } }
}

fn with_board() -> (Lesson, ConnId, ConnId, ConnId) {
    let (mut lesson, teacher, ines, tom) = Lesson::full();
    lesson.rule(teacher, RulesPatch { board: Some(true), ..RulesPatch::default() });
    lesson.say(teacher, Command::DeckAdd { name: "Tableau".to_owned() });
    (lesson, teacher, ines, tom)
}

#[test]
fn a_pupil_presses_each_thing_only_so_often() {
    for (command, at_once) in [
        (Command::Hand { up: true }, REACTS_AT_ONCE_MAX),
        (Command::LowerHand { person: None }, REACTS_AT_ONCE_MAX),
        (Command::React { kind: Reaction::Laugh }, REACTS_AT_ONCE_MAX),
        (Command::Point { page: PAGE, at: None }, POINTS_AT_ONCE_MAX),
        (stroke(), CHANGES_AT_ONCE_MAX),
    ] {
        let (mut lesson, _, ines, tom) = with_board();
        let own = match command {
            Command::LowerHand { .. } => Command::LowerHand { person: Some(lesson.people[INES]) },
            ref other => other.clone(),
        };
        for _ in 0..at_once {
            lesson.say(ines, own.clone());
            assert_eq!(lesson.error(ines), None, "{own:?}");
        }
        lesson.say(ines, own.clone());
        assert_eq!(lesson.error(ines), Some(Code::TooFast), "{own:?}");
        lesson.say(tom, Command::Hand { up: true });
        assert_eq!(lesson.error(tom), None, "the others go on");
        lesson.wait(Duration::from_secs(1));
        lesson.say(ines, own.clone());
        assert_eq!(lesson.error(ines), None, "{own:?} a little later");
    }
}

#[test]
fn hands_that_go_up_and_down_without_end_take_no_room_from_the_others() {
    let (mut lesson, _, ines, tom) = with_board();
    let facts = lesson.room.facts;
    // A minute, as fast as a connection may send.
    for number in 0..1_800 {
        lesson.now = lesson.now.plus(MESSAGE_EVERY);
        let lower = Command::LowerHand { person: Some(lesson.people[INES]) };
        lesson.say(ines, if number % 3 == 0 { lower } else { Command::Hand { up: number % 2 == 0 } });
        lesson.store();
    }
    assert!(lesson.room.facts - facts < 70, "{} facts", lesson.room.facts - facts);
    lesson.say(tom, stroke());
    assert_eq!(lesson.error(tom), None);
}

#[test]
fn a_hand_that_is_down_is_not_lowered_and_one_that_is_up_keeps_its_place() {
    let (mut lesson, teacher, ines, tom) = Lesson::full();
    lesson.say(ines, Command::Hand { up: true });
    lesson.say(tom, Command::Hand { up: true });
    let (facts, hands) = (lesson.room.facts, lesson.room_of(TOM).hands);
    lesson.say(ines, Command::Hand { up: true });
    assert!(lesson.acked(ines));
    assert_eq!((lesson.room.facts, lesson.room_of(TOM).hands), (facts, hands));
    lesson.say(teacher, Command::LowerHand { person: None });
    let facts = lesson.room.facts;
    for person in [None, Some(lesson.people[INES])] {
        lesson.say(teacher, Command::LowerHand { person });
        assert!(lesson.acked(teacher), "there is nothing to wait for");
    }
    assert_eq!(lesson.room.facts, facts);
}

#[test]
fn a_teacher_keeps_order_however_much_waits_for_the_store() {
    let (mut lesson, teacher, ines, tom) = with_board();
    while lesson.room.acts.len() < FACTS_PENDING_MAX {
        lesson.now = lesson.now.plus(Duration::from_millis(125));
        lesson.say(ines, stroke());
        assert_eq!(lesson.error(ines), None);
    }
    for command in [stroke(), Command::Hand { up: true }, Command::LowerHand { person: Some(lesson.people[TOM]) }] {
        lesson.say(tom, command);
        assert_eq!(lesson.error(tom), Some(Code::TooFast));
    }
    for command in [Command::Mute { person: lesson.people[TOM] }, Command::Remove { person: lesson.people[INES] }] {
        lesson.say(teacher, command);
        assert_eq!(lesson.error(teacher), None);
    }
    assert_eq!(lesson.names_in(), [TEACHER, TOM]);
}

#[test]
fn a_lesson_that_has_noted_all_it_may_is_still_led() {
    let (mut lesson, teacher, ines, _) = with_board();
    lesson.room.facts = FACTS_MAX;
    for command in [stroke(), Command::Hand { up: true }] {
        lesson.say(ines, command);
        assert_eq!(lesson.error(ines), Some(Code::Full));
    }
    lesson.say(ines, Command::Look { page: PAGE });
    assert_eq!(lesson.error(ines), None, "what is there can be looked at");
    lesson.say(teacher, Command::Mute { person: lesson.people[INES] });
    assert_eq!(lesson.error(teacher), None);
}
