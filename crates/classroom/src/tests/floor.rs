//! Microphones, screens, hands, rules.

use super::*;
use crate::book::{CamerasSeen, Own};
use crate::wire::{Pace, PaceCount, Reaction, Stoppable};
use crate::{MediaOrder, Sends};

#[test]
fn a_mute_holds_against_a_message_that_crossed_it() {
    let mut lesson = Lesson::new();
    let teacher = lesson.arrive(TEACHER);
    let ines = lesson.arrive(INES);
    lesson.say(ines, mic_on(0));
    assert_eq!(lesson.error(ines), Some(Code::Muted), "whoever comes in is silent first");
    lesson.say(ines, mic_on(0));
    lesson.say(teacher, Command::Mute { person: lesson.people[INES] });
    assert!(lesson.messages(ines).iter().any(|message| matches!(message, ServerMessage::Muted { mutes: 1, .. })));
    let off = |effect: &Effect| matches!(effect, Effect::Media(MediaOrder::Forward { sends, .. }) if *sends == Sends::default());
    assert!(lesson.effects.iter().any(off), "the server stops forwarding");
    lesson.say(ines, mic_on(0));
    assert_eq!(lesson.error(ines), Some(Code::Muted));
    lesson.say(ines, mic_on(1));
    assert_eq!(lesson.error(ines), None);
    let mic = |lesson: &Lesson| lesson.room_of(TEACHER).participants.iter().flat_map(|p| &p.devices).any(|d| d.mic);
    assert!(mic(&lesson));
    lesson.say(teacher, Command::MuteAll);
    assert!(!mic(&lesson));
}

#[test]
fn one_screen_at_a_time() {
    let mut lesson = Lesson::new();
    let teacher = lesson.arrive(TEACHER);
    let (ines, tom) = (lesson.arrive(INES), lesson.arrive(TOM));
    lesson.say(ines, screen_on());
    assert_eq!(lesson.error(ines), Some(Code::Locked), "pupils show nothing until they are allowed to");
    lesson.rule(teacher, RulesPatch { screen: Some(true), ..RulesPatch::default() });
    lesson.say(ines, screen_on());
    lesson.say(tom, screen_on());
    assert_eq!(lesson.error(tom), Some(Code::ScreenTaken));
    lesson.say(teacher, screen_on());
    assert!(lesson.messages(ines).iter().any(|message| matches!(message, ServerMessage::Stopped { .. })));
    let showing: Vec<_> =
        lesson.room_of(TEACHER).participants.into_iter().filter(|p| p.devices.iter().any(|d| d.screen)).collect();
    assert_eq!(showing.iter().map(|p| p.person).collect::<Vec<_>>(), [lesson.people[TEACHER]]);
}

#[test]
fn a_mute_that_a_pupil_cannot_undo() {
    let (mut lesson, teacher, ines, tom) = Lesson::full();
    lesson.say(ines, mic_on(0));
    lesson.say(ines, mic_on(0));
    assert!(lesson.acked(ines));
    lesson.say(teacher, Command::Own { person: lesson.people[INES], own: Own { mic: Some(false), ..Own::default() } });
    assert!(lesson.messages(ines).iter().any(|message| matches!(message, ServerMessage::Muted { mutes: 1, .. })));
    let own = |messages: Vec<&ServerMessage>| {
        messages.into_iter().find_map(|message| match message {
            ServerMessage::Changed { participant } => Some(participant.own.is_some()),
            _ => None,
        })
    };
    assert_eq!(
        [own(lesson.messages(teacher)), own(lesson.messages(tom))],
        [Some(true), Some(false)],
        "told to leaders"
    );
    lesson.say(ines, mic_on(1));
    assert_eq!(lesson.error(ines), Some(Code::Locked));
    lesson.say(tom, mic_on(0));
    lesson.say(tom, mic_on(0));
    assert!(lesson.acked(tom), "the others speak as before");
    lesson.restart();
    lesson.arrive(TEACHER);
    let ines = lesson.arrive(INES);
    lesson.say(ines, mic_on(1));
    assert_eq!(lesson.error(ines), Some(Code::Locked), "it outlives a restart");
}

#[test]
fn the_floor_stays_until_it_is_taken_back() {
    let (mut lesson, teacher, ines, tom) = Lesson::full();
    lesson.rule(teacher, RulesPatch { mic: Some(false), ..RulesPatch::default() });
    lesson.say(ines, Command::Hand { up: true });
    lesson.say(ines, mic_on(0));
    assert_eq!(lesson.error(ines), Some(Code::Locked));
    lesson.say(teacher, Command::Floor { person: lesson.people[INES], has: true });
    assert_eq!(lesson.room_of(TOM).hands, []);
    assert_eq!(lesson.room_of(TOM).floor, [lesson.people[INES]]);
    lesson.say(ines, mic_on(0));
    assert!(lesson.acked(ines));
    lesson.say(tom, mic_on(0));
    assert_eq!(lesson.error(tom), Some(Code::Locked));
    lesson.say(tom, Command::Floor { person: lesson.people[TOM], has: true });
    assert_eq!(lesson.error(tom), Some(Code::NotAllowed));
    lesson.say(teacher, Command::Floor { person: lesson.people[INES], has: false });
    let off = Effect::Media(MediaOrder::Forward {
        visit: lesson.participant(INES).expect("in").devices[0].visit,
        sends: Sends::default(),
        camera_seen: CamerasSeen::All,
    });
    assert!(lesson.effects.contains(&off), "{:?}", lesson.effects);
}

#[test]
fn cameras_are_capped_and_may_be_for_leaders_only() {
    let (mut lesson, teacher, ines, tom) = Lesson::full();
    let camera = || Command::Media(MediaState { mic: false, camera: true, screen: false, mutes: 0 });
    lesson.rule(teacher, RulesPatch { cameras_max: Some(1), ..RulesPatch::default() });
    lesson.say(ines, camera());
    assert!(lesson.acked(ines));
    lesson.say(tom, camera());
    assert_eq!(lesson.error(tom), Some(Code::CamerasFull));
    lesson.say(teacher, camera());
    assert!(lesson.acked(teacher), "a teacher's camera does not count");
    lesson.say(
        teacher,
        Command::Rules { rules: RulesPatch { cameras_seen: Some(CamerasSeen::Leaders), ..RulesPatch::default() } },
    );
    let seen: Vec<_> = lesson
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Media(MediaOrder::Forward { visit, camera_seen, .. }) => {
                Some((lesson.room.person_of(*visit), *camera_seen))
            }
            _ => None,
        })
        .collect();
    assert!(seen.contains(&(Some(lesson.people[INES]), CamerasSeen::Leaders)));
    assert!(seen.contains(&(Some(lesson.people[TEACHER]), CamerasSeen::All)));
    lesson.rule(teacher, RulesPatch { camera: Some(false), ..RulesPatch::default() });
    let stopped = ServerMessage::Stopped { kind: Stoppable::Camera, by: lesson.people[TEACHER] };
    lesson.rule(teacher, RulesPatch { camera: Some(true), ..RulesPatch::default() });
    lesson.say(ines, camera());
    lesson.say(teacher, Command::Rules { rules: RulesPatch { camera: Some(false), ..RulesPatch::default() } });
    assert!(lesson.messages(ines).contains(&&stopped));
}

#[test]
fn rules_have_limits_and_two_teachers_do_not_undo_each_other() {
    let (mut lesson, teacher, ines, _) = Lesson::full();
    for rules in [
        RulesPatch { slow_s: Some(601), ..RulesPatch::default() },
        RulesPatch { alone_min: Some(0), ..RulesPatch::default() },
        RulesPatch { cameras_max: Some(101), ..RulesPatch::default() },
    ] {
        lesson.say(teacher, Command::Rules { rules });
        assert_eq!(lesson.error(teacher), Some(Code::BadMessage));
    }
    lesson.rule(teacher, RulesPatch { chat: Some(false), ..RulesPatch::default() });
    lesson.rule(teacher, RulesPatch { hand: Some(false), ..RulesPatch::default() });
    let rules = lesson.room_of(INES).rules;
    assert_eq!((rules.chat, rules.hand, rules.react), (false, false, true));
    lesson.say(ines, Command::Hand { up: true });
    assert_eq!(lesson.error(ines), Some(Code::Locked));
    lesson.say(ines, Command::Rules { rules: RulesPatch::default() });
    assert_eq!(lesson.error(ines), Some(Code::NotAllowed));
}

#[test]
fn leaders_learn_how_many_are_lost_and_nobody_who() {
    let (mut lesson, teacher, ines, tom) = Lesson::full();
    lesson.say(ines, Command::Pace { is: Some(Pace::Lost) });
    lesson.say(tom, Command::Pace { is: Some(Pace::Follow) });
    let told = ServerMessage::Pace { pace: PaceCount { follow: 1, slower: 0, lost: 1 } };
    assert!(lesson.messages(teacher).contains(&&told));
    assert!(!lesson.messages(ines).iter().any(|message| matches!(message, ServerMessage::Pace { .. })));
    assert_eq!(lesson.room_of(INES).pace, None);
    lesson.say(ines, Command::Leave);
    assert!(lesson.messages(teacher).iter().any(|m| matches!(m, ServerMessage::Pace { pace } if pace.lost == 0)));
}

#[test]
fn hands_are_as_they_were_after_a_restart_and_fall_when_nobody_comes() {
    let (mut lesson, _, ines, tom) = Lesson::full();
    lesson.say(tom, Command::Hand { up: true });
    lesson.say(ines, Command::Hand { up: true });
    assert!(!lesson.acked(ines), "acknowledged only when it is stored");
    lesson.store();
    assert!(lesson.acked(ines));
    lesson.restart();
    lesson.arrive(TEACHER);
    assert_eq!(lesson.room_of(TEACHER).hands, [], "hands of those who are here");
    lesson.arrive(INES);
    assert_eq!(lesson.room_of(TEACHER).hands.len(), 1);
    lesson.wait(Duration::from_secs(30));
    lesson.arrive(TOM);
    let hands: Vec<_> = lesson.room_of(TEACHER).hands.into_iter().map(|hand| hand.person).collect();
    assert_eq!(hands, [lesson.people[INES]], "too late");
}

#[test]
fn an_observer_only_sees_and_writes_to_leaders() {
    let (mut lesson, teacher, ..) = Lesson::full();
    let inspector = lesson.arrive(INSPECTOR);
    assert_eq!(lesson.state(inspector), Some(State::In));
    for command in [Command::Hand { up: true }, Command::React { kind: Reaction::Yes }, Command::Undo] {
        lesson.say(inspector, command);
        assert_eq!(lesson.error(inspector), Some(Code::NotAllowed));
    }
    lesson.say(inspector, mic_on(0));
    assert_eq!(lesson.error(inspector), Some(Code::Locked));
    lesson.say(teacher, Command::Assistant { person: lesson.people[INES], on: true });
    assert_eq!(lesson.error(teacher), Some(Code::NotAllowed), "a pupil never leads");
    lesson.say(teacher, Command::Assistant { person: lesson.people[INSPECTOR], on: true });
    assert_eq!(lesson.bye(inspector), Some(Bye::Restart));
    let inspector = lesson.arrive(INSPECTOR);
    lesson.say(inspector, Command::MuteAll);
    assert_eq!(lesson.error(inspector), None);
    lesson.say(inspector, Command::Close);
    assert_eq!(lesson.error(inspector), Some(Code::NotAllowed), "only a teacher ends the lesson");
}
