//! Breakout groups.

use super::*;
use crate::MediaOrder;
use crate::book::{Colour, PageRef, Point, Shape};
use crate::limits::LABEL_CHARS_MAX;
use crate::wire::{NewGroup, To};
use preau_base::FileId;

fn group(name: &str, people: &[PersonId]) -> NewGroup {
    NewGroup { name: name.to_owned(), people: people.to_vec() }
}

/// A lesson with Inès in group 1 and Tom in group 2, open.
fn in_groups() -> (Lesson, ConnId, ConnId, ConnId) {
    let (mut lesson, teacher, ines, tom) = Lesson::full();
    let groups = vec![group("Rouges", &[lesson.people[INES]]), group("Bleus", &[lesson.people[TOM]])];
    lesson.say(teacher, Command::BreakoutsMake { groups, choose: false });
    lesson.store();
    lesson.say(teacher, Command::BreakoutsOpen { minutes: Some(10) });
    (lesson, teacher, ines, tom)
}

fn places(lesson: &Lesson) -> Vec<(PersonId, u8)> {
    let place = |effect: &Effect| match effect {
        Effect::Media(MediaOrder::Place { visit, place }) => Some((lesson.room.person_of(*visit)?, *place)),
        _ => None,
    };
    lesson.effects.iter().filter_map(place).collect()
}

#[test]
fn everybody_goes_to_the_group_and_comes_back_when_time_is_up() {
    let (mut lesson, teacher, ines, _) = in_groups();
    let (ines_id, tom_id) = (lesson.people[INES], lesson.people[TOM]);
    let mut went = places(&lesson);
    went.sort();
    let mut expect = vec![(ines_id, 1), (tom_id, 2)];
    expect.sort();
    assert_eq!(went, expect);
    assert_eq!(lesson.room_of(INES).shown, Some(PageRef { deck: 1, page: 0 }), "a board of its own");
    lesson.say(teacher, Command::BreakoutsVisit { place: 1 });
    assert_eq!(places(&lesson), [(lesson.people[TEACHER], 1)]);
    lesson.wait(Duration::from_secs(600));
    let mut back = places(&lesson);
    back.sort();
    let mut expect = vec![(ines_id, 0), (tom_id, 0), (lesson.people[TEACHER], 0)];
    expect.sort();
    assert_eq!(back, expect);
    assert!(
        lesson.messages(ines).iter().any(|m| matches!(m, ServerMessage::Breakouts { breakouts } if !breakouts.open))
    );
    assert!(!lesson.room.book().breakouts.groups[0].people.contains(&lesson.people[TEACHER]), "a visit is over");
}

#[test]
fn what_a_group_writes_and_draws_stays_in_the_group() {
    let (mut lesson, teacher, ines, tom) = in_groups();
    let (red, blue) = (PageRef { deck: 1, page: 0 }, PageRef { deck: 2, page: 0 });
    let shape = || Shape::Pen { colour: Colour(1), width: 9, points: vec![Point(1, 1)] };
    lesson.say(ines, Command::Draw { page: red, shape: shape() });
    assert_eq!(lesson.error(ines), None, "in one's own group one may draw");
    assert!(lesson.messages(tom).is_empty());
    assert!(lesson.messages(teacher).iter().any(|m| matches!(m, ServerMessage::Drawn { .. })));
    lesson.say(ines, Command::Draw { page: blue, shape: shape() });
    assert_eq!(lesson.error(ines), Some(Code::UnknownThing));
    lesson.say(tom, Command::Look { page: red });
    assert_eq!(lesson.error(tom), Some(Code::UnknownThing));
    let say = |to| Command::Chat { body: Pii::new("coucou".to_owned()), key: "key-00000001".to_owned(), to };
    lesson.say(ines, say(To::Place(2)));
    assert_eq!(lesson.error(ines), Some(Code::UnknownThing));
    lesson.say(ines, say(To::Place(1)));
    let Effect::Store(Record::Chat { ticket, chat, at, .. }) = lesson.effects[0] else { panic!("stored first") };
    let line = crate::StoredLine { chat, at, is_new: true };
    lesson.apply(Input::ChatStored { ticket, line: Some(line) });
    assert!(lesson.messages(tom).is_empty() && !lesson.messages(teacher).is_empty());
    assert_eq!((lesson.room_of(INES).chat.len(), lesson.room_of(TOM).chat.len()), (1, 0));
    // Who is moved to a group reads it, who leaves it does not.
    lesson.say(teacher, Command::BreakoutsMove { person: lesson.people[TOM], place: 1 });
    let lines = |lesson: &Lesson, conn| {
        lesson.messages(conn).into_iter().find_map(|m| match m {
            ServerMessage::GroupChat { chat } => Some(chat.len()),
            _ => None,
        })
    };
    assert_eq!((lines(&lesson, tom), lines(&lesson, ines)), (Some(1), None));
    lesson.say(teacher, Command::BreakoutsMove { person: lesson.people[TOM], place: 2 });
    assert_eq!(lines(&lesson, tom), Some(0));
    assert_eq!(lesson.room_of(TOM).chat, []);
}

#[test]
fn groups_are_dealt_evenly_by_chance_or_chosen() {
    let (mut lesson, teacher, ines, _) = Lesson::full();
    lesson.say(teacher, Command::BreakoutsDeal { count: 2 });
    let sizes: Vec<_> = lesson.room.book().breakouts.groups.iter().map(|group| group.people.len()).collect();
    assert_eq!(sizes, [1, 1]);
    lesson.say(ines, Command::BreakoutsJoin { place: 1 });
    assert_eq!(lesson.error(ines), Some(Code::Locked));
    let groups = vec![group("A", &[]), group("B", &[])];
    lesson.say(teacher, Command::BreakoutsMake { groups, choose: true });
    lesson.say(ines, Command::BreakoutsJoin { place: 2 });
    assert!(lesson.room.book().breakouts.groups[1].people.contains(&lesson.people[INES]));
    lesson.say(ines, Command::BreakoutsJoin { place: 3 });
    assert_eq!(lesson.error(ines), Some(Code::UnknownThing));
    let twice = vec![group("A", &[lesson.people[INES]]), group("B", &[lesson.people[INES]])];
    lesson.say(teacher, Command::BreakoutsMake { groups: twice, choose: false });
    assert_eq!(lesson.error(teacher), Some(Code::UnknownPerson), "in one group only");
}

#[test]
fn a_leader_names_a_group_whether_it_is_open_or_not() {
    let (mut lesson, teacher, ines, _) = Lesson::full();
    lesson.say(teacher, Command::BreakoutsDeal { count: 2 });
    let name = |place, name: &str| Command::BreakoutsName { place, name: name.to_owned() };
    lesson.say(teacher, name(2, " Le delta "));
    lesson.say(teacher, Command::BreakoutsOpen { minutes: None });
    let decks = lesson.room.book().board.decks.clone();
    lesson.say(teacher, name(1, "La source"));
    let names =
        |lesson: &Lesson| lesson.room.book().breakouts.groups.iter().map(|g| g.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&lesson), ["La source", "Le delta"]);
    assert_eq!(lesson.room.book().board.decks, decks, "the group's board stays");
    for (who, command, code) in [
        (ines, name(1, "Les meilleurs"), Code::NotAllowed),
        (teacher, name(3, "Personne"), Code::UnknownThing),
        (teacher, name(0, "La classe"), Code::UnknownThing),
        (teacher, name(1, " "), Code::Empty),
        (teacher, name(1, &"x".repeat(LABEL_CHARS_MAX + 1)), Code::TooLong),
    ] {
        lesson.say(who, command);
        assert_eq!(lesson.error(who), Some(code));
    }
    assert_eq!(names(&lesson), ["La source", "Le delta"]);
}

#[test]
fn a_call_for_help_is_seen_by_leaders_and_the_group() {
    let (mut lesson, teacher, ines, tom) = in_groups();
    lesson.say(ines, Command::BreakoutsHelp { up: true });
    let helps = |lesson: &Lesson, conn| {
        lesson.messages(conn).into_iter().find_map(|m| match m {
            ServerMessage::Breakouts { breakouts } => Some(breakouts.groups[0].help),
            _ => None,
        })
    };
    assert_eq!(
        [helps(&lesson, teacher), helps(&lesson, ines), helps(&lesson, tom)],
        [Some(true), Some(true), Some(false)]
    );
    lesson.say(teacher, Command::BreakoutsTell { body: Pii::new("Encore deux minutes".to_owned()) });
    assert!(
        [ines, tom].iter().all(|conn| lesson.messages(*conn).iter().any(|m| matches!(m, ServerMessage::Called { .. })))
    );
}

#[test]
fn groups_are_as_they_were_after_a_restart() {
    let (mut lesson, ..) = in_groups();
    lesson.restart();
    lesson.arrive(TEACHER);
    lesson.arrive(INES);
    assert_eq!(places(&lesson), [(lesson.people[INES], 1)]);
    assert!(lesson.room_of(INES).breakouts.open);
}

#[test]
fn groups_made_anew_read_nothing_of_the_former_ones() {
    let (mut lesson, teacher, ines, tom) = in_groups();
    lesson.write(ines, "entre rouges", To::Place(1)).expect("stored");
    let stored = lesson.room_of(TEACHER).chat;
    lesson.say(ines, late("trop tard"));
    let Effect::Store(Record::Chat { ticket, chat, at, .. }) = lesson.effects[0] else { panic!("stored first") };
    lesson.say(teacher, Command::BreakoutsClose);
    let groups = vec![group("Verts", &[lesson.people[TOM]])];
    lesson.say(teacher, Command::BreakoutsMake { groups, choose: false });
    for conn in [teacher, ines, tom] {
        let told = lesson.messages(conn).into_iter().rev().find_map(|m| match m {
            ServerMessage::GroupChat { chat } => Some(chat.len()),
            _ => None,
        });
        assert_eq!(told, Some(0), "nobody shows the old lines any more");
    }
    lesson.apply(Input::ChatStored { ticket, line: Some(crate::StoredLine { chat, at, is_new: true }) });
    assert_eq!(
        [tom, teacher].map(|conn| lesson.messages(conn).len()),
        [0, 0],
        "what was stored late is of the old group"
    );
    lesson.say(teacher, Command::BreakoutsOpen { minutes: None });
    assert_eq!(lesson.room_of(TOM).chat, []);
    lesson.write(tom, "entre verts", To::Place(1)).expect("stored");
    let stored = [stored, lesson.room_of(TOM).chat].concat();
    lesson.restart_with(stored);
    lesson.arrive(TEACHER);
    lesson.arrive(TOM);
    for who in [TOM, TEACHER] {
        let lines: Vec<String> = lesson.room_of(who).chat.into_iter().map(|line| line.body.reveal().clone()).collect();
        assert_eq!(lines, ["entre verts"], "nor after a restart");
    }
}

fn late(body: &str) -> Command {
    Command::Chat { body: Pii::new(body.to_owned()), key: "key-00000009".to_owned(), to: To::Place(1) }
}

#[test]
fn who_may_choose_goes_from_group_to_group_and_what_is_read_goes_along() {
    let (mut lesson, teacher, ines, tom) = Lesson::full();
    let groups = vec![group("Rouges", &[lesson.people[TOM]]), group("Bleus", &[])];
    lesson.say(teacher, Command::BreakoutsMake { groups, choose: true });
    lesson.store();
    lesson.say(ines, Command::BreakoutsJoin { place: 1 });
    lesson.say(teacher, Command::BreakoutsOpen { minutes: None });
    lesson.write(tom, "entre rouges", To::Place(1)).expect("stored");
    let (red, blue) = (PageRef { deck: 1, page: 0 }, PageRef { deck: 2, page: 0 });
    let looks = |lesson: &mut Lesson, page| {
        lesson.say(ines, Command::Look { page });
        lesson.error(ines)
    };
    assert_eq!([looks(&mut lesson, red), looks(&mut lesson, blue)], [None, Some(Code::UnknownThing)]);
    // While they are open, too; everybody is told, and who goes reads and sees the other group's and not the former one's.
    lesson.say(ines, Command::BreakoutsJoin { place: 2 });
    assert_eq!(places(&lesson), [(lesson.people[INES], 2)]);
    let told = |m: &&ServerMessage| matches!(m, ServerMessage::Breakouts { .. });
    assert!([teacher, ines, tom].iter().all(|conn| lesson.messages(*conn).iter().any(told)));
    assert_eq!(lesson.room_of(INES).chat, []);
    assert_eq!([looks(&mut lesson, red), looks(&mut lesson, blue)], [Some(Code::UnknownThing), None]);
    // Where one is already, nothing is noted; and the way back is open.
    let facts = lesson.room.facts;
    lesson.say(ines, Command::BreakoutsJoin { place: 2 });
    assert!(lesson.acked(ines) && lesson.room.facts == facts);
    lesson.say(ines, Command::BreakoutsJoin { place: 1 });
    assert_eq!((places(&lesson), lesson.room_of(INES).chat.len()), (vec![(lesson.people[INES], 1)], 1));
    // Groups that are not to be chosen are left by nobody.
    lesson.say(teacher, Command::BreakoutsClose);
    let groups = vec![group("Rouges", &[lesson.people[INES]]), group("Bleus", &[lesson.people[TOM]])];
    lesson.say(teacher, Command::BreakoutsMake { groups, choose: false });
    lesson.say(teacher, Command::BreakoutsOpen { minutes: None });
    lesson.say(ines, Command::BreakoutsJoin { place: 2 });
    assert_eq!((lesson.error(ines), lesson.room.place_of(lesson.people[INES])), (Some(Code::Locked), 1));
}

#[test]
fn a_document_of_a_group_is_shown_to_that_group_and_to_leaders() {
    let (mut lesson, teacher, ines, tom) = in_groups();
    lesson.arrive(INSPECTOR);
    let [of_class, of_red, drawn] = [1, 2, 3].map(|nth| FileId::new(Instant::from_secs(nth), &mut lesson.rng));
    let document = |lesson: &mut Lesson, file| {
        let by = lesson.people[TEACHER];
        lesson.apply(Input::Document { by, file, name: "cours.pdf".to_owned(), pages: 3 });
    };
    document(&mut lesson, of_class);
    let of_class_page = PageRef { deck: 3, page: 0 };
    lesson.say(teacher, Command::BreakoutsVisit { place: 1 });
    document(&mut lesson, of_red);
    // Shown to a group it is that group's, for as long as it is shown there.
    let sees = |lesson: &Lesson| [INES, TOM].map(|who| lesson.room.shows(lesson.people[who], of_class));
    assert_eq!(sees(&lesson), [false, false]);
    lesson.say(teacher, Command::Show { page: of_class_page });
    assert_eq!(sees(&lesson), [true, false]);
    lesson.say(teacher, Command::Show { page: PageRef { deck: 1, page: 0 } });
    assert_eq!(sees(&lesson), [false, false]);
    lesson.say(teacher, Command::BreakoutsVisit { place: 0 });
    lesson.say(teacher, Command::Show { page: of_class_page });
    lesson.say(teacher, Command::BreakoutsVisit { place: 1 });
    let (page, by) = (PageRef { deck: 1, page: 0 }, lesson.people[INES]);
    lesson.apply(Input::Picture { by, page, file: drawn, from: Point(1, 1), to: Point(2, 2) });
    let shown =
        |lesson: &Lesson, who: usize| [of_class, of_red, drawn].map(|file| lesson.room.shows(lesson.people[who], file));
    assert_eq!(shown(&lesson, TEACHER), [true; 3]);
    assert_eq!(shown(&lesson, INES), [true; 3]);
    assert_eq!([TOM, INSPECTOR].map(|who| shown(&lesson, who)), [[true, false, false]; 2]);
    assert_eq!(shown(&lesson, OUTSIDER), [false; 3], "who is not in sees nothing");
    // The moment that somebody is in another group, or out, or that it is taken away, it is so for its pages.
    lesson.say(teacher, Command::BreakoutsMove { person: lesson.people[TOM], place: 1 });
    lesson.say(teacher, Command::BreakoutsMove { person: lesson.people[INES], place: 2 });
    assert_eq!([TOM, INES].map(|who| shown(&lesson, who)), [[true; 3], [true, false, false]]);
    lesson.say(teacher, Command::Erase { objects: vec![1] });
    assert_eq!(shown(&lesson, TOM), [true, true, false]);
    lesson.say(tom, Command::Leave);
    assert_eq!(shown(&lesson, TOM), [false; 3]);
    lesson.apply(Input::Lost { conn: ines });
    assert_eq!(shown(&lesson, INES), [true, false, false], "the place is kept");
}
