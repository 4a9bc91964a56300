//! Coming, waiting, being lost and found, going.

use super::*;
use crate::limits::{AWAY_MAX, OVERTIME};
use crate::wire::LeftWhy;
use crate::{MediaOrder, Presence};

#[test]
fn pupils_wait_for_a_teacher() {
    let mut lesson = Lesson::new();
    let ines = lesson.arrive(INES);
    assert_eq!(lesson.state(ines), Some(State::Waiting));
    lesson.say(ines, Command::Hand { up: true });
    assert_eq!(lesson.error(ines), Some(Code::NotIn));
    assert_eq!(
        lesson.room.presence(),
        Presence {
            inside: 0,
            pupils_inside: 0,
            waiting: 1,
            lobby: 0,
            teacher_here: false,
            recorded: false,
            captioned: false
        }
    );

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
    assert_eq!(lesson.room_of(TEACHER).hands.len(), 1);
    let ines = lesson.room_of(TEACHER).participants.into_iter().find(|p| p.person == lesson.people[INES]);
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
    let order: Vec<_> = lesson.room_of(TEACHER).hands.iter().map(|hand| hand.person).collect();
    assert_eq!(order, [lesson.people[INES], lesson.people[TOM]]);

    lesson.apply(Input::Lost { conn: again });
    lesson.wait(Duration::from_secs(30));
    assert_eq!(lesson.names_in(), [TEACHER, TOM]);
    let left = ServerMessage::Left { person: lesson.people[INES], why: LeftWhy::Lost };
    assert!(lesson.messages(tom).contains(&&left));
    assert_eq!(lesson.room_of(TEACHER).hands.len(), 1);
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

/// The class closes when nobody has led it for as many minutes as its rule says, and a leader finds it as it was left.
#[test]
fn a_class_without_a_leader_closes_after_the_minutes_of_its_rule_and_opens_as_it_was() {
    for minutes in [1, 5, 60] {
        let (mut lesson, teacher, ines, tom) = Lesson::full();
        lesson.rule(teacher, RulesPatch { alone_min: Some(minutes), board: Some(true), ..RulesPatch::NONE });
        lesson.say(teacher, Command::DeckAdd { name: "Tableau".to_owned() });
        lesson.say(teacher, Command::BreakoutsDeal { count: 2 });
        lesson.say(teacher, Command::BreakoutsOpen { minutes: None });
        lesson.say(ines, Command::Hand { up: true });
        // The machine dies; the minutes count from when the place is given up.
        lesson.apply(Input::Lost { conn: teacher });
        lesson.wait(AWAY_MAX);
        let closes = lesson.now.plus(Duration::from_secs(u64::from(minutes) * 60));
        assert_eq!(lesson.room.wake_at(), Some(closes.min(lesson.room.ends().plus(OVERTIME))), "due at that minute");
        let newcomer = lesson.arrive(INSPECTOR);
        assert_eq!(lesson.state(newcomer), Some(State::Waiting));
        let before = lesson.room.book().clone();
        lesson.wait(closes.since(lesson.now) - Duration::from_millis(1));
        assert_eq!([ines, tom].map(|conn| lesson.state(conn)), [None; 2], "{minutes} minutes are not over");
        assert_eq!(lesson.room.presence().inside, 2);
        lesson.wait(Duration::from_millis(1));
        assert_eq!([ines, tom].map(|conn| lesson.state(conn)), [Some(State::Waiting); 2]);
        let left = |effect: &&Effect| matches!(effect, Effect::Media(MediaOrder::Leave { .. }));
        assert_eq!(lesson.effects.iter().filter(left).count(), 2, "nobody is heard or seen any more");
        lesson.say(ines, Command::Hand { up: true });
        assert_eq!(lesson.error(ines), Some(Code::NotIn));
        assert_eq!((lesson.room.presence().inside, lesson.room.is_closed()), (0, false));
        lesson.arrive(TEACHER);
        assert_eq!([ines, tom, newcomer].map(|conn| lesson.state(conn)), [Some(State::In); 3]);
        let mut after = lesson.room.book().clone();
        assert_eq!(std::mem::replace(&mut after.hands, before.hands.clone()), [], "hands are lowered");
        assert_eq!(after, before, "everything else is as it was left");
    }
}

#[test]
fn a_leader_who_comes_back_in_time_keeps_the_class_open() {
    let (mut lesson, teacher, ines, _) = Lesson::full();
    lesson.say(teacher, Command::Leave);
    lesson.wait(Duration::from_secs(299));
    lesson.arrive(TEACHER);
    lesson.wait(Duration::from_secs(600));
    assert_eq!((lesson.state(ines), lesson.room.presence().inside), (None, 3));
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
    let mut roster = roster(&lesson.people);
    roster.pupils.remove(&lesson.people[INES]);
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
    let named = pupils.iter().map(|pupil| (*pupil, Pii::default()));
    let roster = Roster { teachers: [lesson.people[TEACHER]].into(), pupils: named.collect(), ..Roster::default() };
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
