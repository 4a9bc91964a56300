//! The door.

use super::*;
use crate::wire::{Pace, PaceCount};

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
    assert!(lesson.messages(teacher).contains(&&ServerMessage::Ack { re: 9, chat: None, at: None, made: None }));
    for resume in [None, resume] {
        let again = lesson.arrive_with(INES, resume);
        assert_eq!(lesson.bye(again), Some(Bye::Removed));
    }
}

#[test]
fn who_is_not_on_the_roster_knocks_and_learns_nothing() {
    let (mut lesson, teacher, ines, _) = Lesson::full();
    let lina = lesson.knock(LINA, Role::Pupil);
    assert_eq!(lesson.state(lina), Some(State::Lobby));
    let knocks: Vec<_> = lesson.room_of(TEACHER).lobby.expect("told to leaders");
    assert_eq!(
        knocks.iter().map(|k| (k.person, k.listed, &*k.origin)).collect::<Vec<_>>(),
        [(lesson.people[LINA], false, "6e A")]
    );
    assert!(lesson.messages(teacher).iter().any(|m| matches!(m, ServerMessage::Lobby { lobby } if lobby.len() == 1)));
    assert!(lesson.messages(ines).is_empty(), "pupils are not told who knocks");
    assert_eq!(lesson.room_of(INES).lobby, None);
    lesson.say(ines, Command::Hand { up: true });
    assert!(lesson.messages(lina).is_empty());
    lesson.say(lina, Command::Hand { up: true });
    assert_eq!(lesson.error(lina), Some(Code::NotIn));
    lesson.say(ines, Command::Admit { person: lesson.people[LINA] });
    assert_eq!(lesson.error(ines), Some(Code::NotAllowed));
    lesson.say(teacher, Command::Admit { person: lesson.people[LINA] });
    assert_eq!(lesson.state(lina), Some(State::In));
    let participant = lesson.participant(LINA).expect("in");
    assert_eq!((participant.role, participant.listed), (Role::Pupil, false));
    // Let in once is let in for this lesson, also after a restart.
    lesson.restart();
    lesson.arrive(TEACHER);
    let again = lesson.knock(LINA, Role::Pupil);
    assert_eq!(lesson.state(again), Some(State::In));
}

#[test]
fn who_is_refused_or_removed_stays_out() {
    let (mut lesson, teacher, ..) = Lesson::full();
    let lina = lesson.knock(LINA, Role::Pupil);
    lesson.say(teacher, Command::Refuse { person: lesson.people[LINA] });
    assert_eq!(lesson.bye(lina), Some(Bye::TurnedAway));
    let again = lesson.knock(LINA, Role::Pupil);
    assert_eq!(lesson.bye(again), Some(Bye::TurnedAway));
    lesson.say(teacher, Command::Admit { person: lesson.people[LINA] });
    let again = lesson.knock(LINA, Role::Pupil);
    assert_eq!(lesson.state(again), Some(State::In), "a refusal can be taken back");
    lesson.say(teacher, Command::Remove { person: lesson.people[LINA] });
    assert_eq!(lesson.bye(again), Some(Bye::Removed));
    let again = lesson.knock(LINA, Role::Pupil);
    assert_eq!(lesson.bye(again), Some(Bye::Removed));
}

#[test]
fn a_guest_is_approved_at_the_door_and_marked() {
    let (mut lesson, teacher, ines, _) = Lesson::full();
    let author = lesson.arrive(AUTHOR);
    assert_eq!(lesson.state(author), Some(State::Lobby));
    lesson.say(teacher, Command::AdmitListed);
    assert_eq!(lesson.state(author), None, "a guest is admitted by name only");
    lesson.say(teacher, Command::Admit { person: lesson.people[AUTHOR] });
    assert_eq!(lesson.state(author), Some(State::In));
    assert_eq!(lesson.participant(AUTHOR).map(|guest| guest.role), Some(Role::Guest));
    let joined =
        |m: &&ServerMessage| matches!(m, ServerMessage::Joined { participant } if participant.role == Role::Guest);
    assert!(lesson.messages(ines).iter().any(joined));
}

#[test]
fn a_locked_lesson_lets_back_in_who_was_in() {
    let (mut lesson, teacher, ines, tom) = Lesson::full();
    lesson.say(tom, Command::Leave);
    lesson.rule(teacher, RulesPatch { locked: Some(true), ..RulesPatch::default() });
    lesson.say(ines, Command::Leave);
    let ines = lesson.arrive(INES);
    assert_eq!(lesson.state(ines), Some(State::In));
    let (mut lesson, teacher) = {
        let mut lesson = Lesson::new();
        let teacher = lesson.arrive(TEACHER);
        (lesson, teacher)
    };
    lesson.rule(teacher, RulesPatch { locked: Some(true), ..RulesPatch::default() });
    let (ines, tom) = (lesson.arrive(INES), lesson.arrive(TOM));
    let lina = lesson.knock(LINA, Role::Pupil);
    assert_eq!([lesson.state(lina)], [Some(State::Lobby)]);
    assert_eq!(lesson.room.presence().lobby, 3);
    lesson.say(teacher, Command::AdmitListed);
    assert_eq!([lesson.state(ines), lesson.state(tom), lesson.state(lina)], [Some(State::In), Some(State::In), None]);
}

#[test]
fn who_is_sent_back_waits_at_the_door() {
    let (mut lesson, teacher, ines, tom) = Lesson::full();
    lesson.say(ines, Command::Hand { up: true });
    lesson.say(ines, Command::Pace { is: Some(Pace::Lost) });
    lesson.say(teacher, Command::SendBack { person: lesson.people[INES] });
    assert_eq!(lesson.state(ines), Some(State::Lobby));
    assert!(lesson.messages(teacher).contains(&&ServerMessage::Pace { pace: PaceCount::default() }), "no longer lost");
    assert!(
        lesson
            .messages(tom)
            .contains(&&ServerMessage::Left { person: lesson.people[INES], why: crate::wire::LeftWhy::SentBack })
    );
    assert_eq!(lesson.room_of(TOM).hands, []);
    lesson.say(ines, Command::Leave);
    let ines = lesson.arrive(INES);
    assert_eq!(lesson.state(ines), Some(State::Lobby), "coming again changes nothing");
    lesson.say(teacher, Command::Admit { person: lesson.people[INES] });
    assert_eq!(lesson.state(ines), Some(State::In));
}

#[test]
fn the_lesson_ends_on_time_and_may_be_prolonged() {
    let (mut lesson, teacher, ines, _) = Lesson::full();
    lesson.wait(Duration::from_secs(3_300));
    assert_eq!(lesson.bye(ines), None, "it may go on for a while after the bell");
    lesson.say(teacher, Command::Prolong { minutes: 10 });
    assert!(lesson.messages(ines).iter().any(|m| matches!(m, ServerMessage::Ends { .. })));
    lesson.wait(Duration::from_secs(39 * 60));
    assert_eq!(lesson.bye(ines), None);
    lesson.wait(Duration::from_secs(60));
    assert_eq!((lesson.bye(ines), lesson.bye(teacher)), (Some(Bye::Over), Some(Bye::Over)));
    let late = lesson.arrive(TOM);
    assert_eq!(lesson.bye(late), Some(Bye::Over));
}

#[test]
fn a_co_teacher_keeps_the_lesson_when_the_teacher_s_machine_dies() {
    let mut lesson = Lesson::new();
    let mut roster = roster(&lesson.people);
    roster.assistants.insert(lesson.people[OUTSIDER]);
    lesson.apply(Input::Roster(roster));
    let assistant = lesson.arrive(OUTSIDER);
    assert_eq!(lesson.state(assistant), Some(State::Waiting), "an assistant opens nothing");
    let teacher = lesson.arrive(TEACHER);
    assert_eq!(lesson.state(assistant), Some(State::In));
    let ines = lesson.arrive(INES);
    lesson.apply(Input::Lost { conn: teacher });
    lesson.wait(Duration::from_secs(30));
    lesson.wait(Duration::from_secs(600));
    assert_eq!((lesson.state(ines), lesson.bye(ines)), (None, None));
    let tom = lesson.arrive(TOM);
    assert_eq!(lesson.state(tom), Some(State::In));
}
