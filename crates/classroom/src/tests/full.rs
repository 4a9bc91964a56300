//! A lesson that has as much of everything as it may still fits into its messages.

use super::*;
use crate::book::{
    BoardFact, Book, Breakouts, Colour, Deck, DeckKind, Fact, Group, PageRef, Point, PollFact, Shape, Splice,
};
use crate::limits::{
    CHAT_RECENT_BYTES_MAX, CHAT_RECENT_LINES_MAX, DECKS_MAX, DEVICES_KEPT_FOR_TEACHERS, DEVICES_MAX, ERASED_MAX,
    GROUPS_MAX, LABEL_CHARS_MAX, LOBBY_MAX, MESSAGE_BYTES_MAX, NAME_CHARS_MAX, NOTES_CHARS_MAX, OPTION_CHARS_MAX,
    OPTIONS_MAX, ORIGIN_CHARS_MAX, POINTS_MAX, POLLS_MAX, QUESTION_CHARS_MAX, ROOM_BYTES_MAX,
};
use crate::wire::{To, write};
use preau_base::ChatId;

/// As many characters, of four bytes each.
fn wide(chars: usize) -> String {
    "𝒳".repeat(chars)
}

fn full_book(pupils: &[PersonId], now: Instant) -> Book {
    let mut book = Book::default();
    let mut note = |fact| book.note(&fact);
    let groups = (0..GROUPS_MAX).map(|nth| {
        let people = pupils.iter().skip(nth).step_by(GROUPS_MAX).copied().collect();
        Group { name: wide(LABEL_CHARS_MAX), people, help: true }
    });
    let breakouts = Breakouts { open: true, ends: Some(now), choose: true, groups: groups.collect() };
    note(Fact::Breakouts { breakouts, made: None });
    note(Fact::Notes { splice: Splice { at: 0, cut: 0, put: wide(NOTES_CHARS_MAX) } });
    for deck in 1..=u8::try_from(DECKS_MAX + GROUPS_MAX).expect("few") {
        let place = deck.saturating_sub(u8::try_from(DECKS_MAX).expect("few"));
        let deck = Deck { deck: deck.into(), kind: DeckKind::Board, name: wide(LABEL_CHARS_MAX), pages: 40, place };
        note(Fact::Board(BoardFact::Added { deck }));
    }
    for person in pupils {
        note(Fact::Hand { person: *person, since: Some(now) });
        note(Fact::Floor { person: *person, has: true });
    }
    for poll in 1..=u32::try_from(POLLS_MAX).expect("few") {
        let opened = crate::book::Poll {
            poll,
            question: wide(QUESTION_CHARS_MAX),
            options: vec![wide(OPTION_CHARS_MAX); OPTIONS_MAX],
            many: true,
            anonymous: false,
            since: now,
            open: true,
            shown: true,
            votes: pupils.iter().map(|person| (*person, (0..12).collect())).collect(),
        };
        note(Fact::Poll(PollFact::Opened { poll: opened }));
    }
    book
}

#[test]
fn a_lesson_with_all_that_it_may_have_can_be_told_to_a_newcomer() {
    let mut lesson = Lesson::new();
    let now = lesson.now;
    let pupils: Vec<PersonId> = (0..DEVICES_MAX).map(|_| PersonId::new(now, &mut lesson.rng)).collect();
    let name = Pii::new(wide(NAME_CHARS_MAX));
    let roster = Roster {
        teachers: [lesson.people[TEACHER]].into(),
        pupils: pupils.iter().map(|person| (*person, name.clone())).collect(),
        ..Roster::default()
    };
    let body = Pii::new(wide(CHAT_RECENT_BYTES_MAX / CHAT_RECENT_LINES_MAX / 4));
    let chat = (0..CHAT_RECENT_LINES_MAX).map(|_| Line {
        chat: ChatId::new(now, &mut lesson.rng),
        person: pupils[0],
        name: name.clone(),
        body: body.clone(),
        at: now,
        to: To::Class,
        guest: true,
    });
    let restored = Restored { chat: chat.collect(), book: full_book(&pupils, now), at: now, ..Restored::default() };
    lesson.room = Classroom::new(lesson.room.info.clone(), roster, restored);
    let teacher = lesson.arrive(TEACHER);
    let resume = lesson.resume(teacher);
    let pupils_in = DEVICES_MAX - DEVICES_KEPT_FOR_TEACHERS - LOBBY_MAX - 1;
    for pupil in &pupils[..pupils_in] {
        lesson.conns += 1;
        let arrival =
            Arrival { conn: ConnId(lesson.conns), person: *pupil, name: name.clone(), resume: None, knocker: None };
        lesson.apply(Input::Arrive(arrival));
    }
    for _ in 0..LOBBY_MAX {
        lesson.conns += 1;
        let person = PersonId::new(now, &mut lesson.rng);
        let knocker = Some(Knocker { role: Role::Pupil, origin: wide(ORIGIN_CHARS_MAX) });
        lesson.apply(Input::Arrive(Arrival {
            conn: ConnId(lesson.conns),
            person,
            name: name.clone(),
            resume: None,
            knocker,
        }));
    }
    let presence = lesson.room.presence();
    assert_eq!((presence.inside, presence.lobby), (pupils_in + 1, LOBBY_MAX));
    let again = lesson.arrive_with(TEACHER, resume);
    let welcome = lesson.messages(again).into_iter().find(|message| matches!(message, ServerMessage::Welcome(_)));
    let bytes = write(welcome.expect("welcome")).len();
    assert!(bytes <= ROOM_BYTES_MAX, "{bytes} bytes");
    assert!(bytes > 4 * MESSAGE_BYTES_MAX, "{bytes} bytes: not as much as there may be");
    // What of it is told by itself is told in frames of the usual size.
    for (nth, person) in pupils.iter().enumerate().take(4) {
        let conn = ConnId(u64::try_from(nth).expect("few") + 2);
        lesson.say(conn, Command::Vote { poll: 1, options: vec![0] });
        lesson.say(again, Command::BreakoutsMove { person: *person, place: 3 });
        let longest = lesson.effects.iter().filter_map(|effect| match effect {
            Effect::Send { message, .. } => Some(write(message).len()),
            _ => None,
        });
        assert!(longest.max().is_none_or(|bytes| bytes <= MESSAGE_BYTES_MAX));
    }
}

/// The largest strokes there are, all erased by one command and brought back by another.
#[test]
fn what_an_undo_brings_back_comes_in_pieces() {
    let (mut lesson, teacher, ines, _) = Lesson::full();
    lesson.say(teacher, Command::DeckAdd { name: "Tableau".to_owned() });
    let page = PageRef { deck: 1, page: 0 };
    let points = vec![Point(i16::MIN, i16::MIN); POINTS_MAX];
    for _ in 0..ERASED_MAX {
        lesson.wait(Duration::from_millis(200));
        let shape = Shape::Pen { colour: Colour(1), width: 9, points: points.clone() };
        lesson.say(teacher, Command::Draw { page, shape });
        lesson.store();
    }
    let count = u32::try_from(ERASED_MAX).expect("few");
    lesson.say(teacher, Command::Erase { objects: (1..=count).collect() });
    lesson.store();
    let drawn = |lesson: &Lesson| {
        let messages = lesson.messages(ines).into_iter();
        let pieces = messages.filter_map(|message| match message {
            ServerMessage::Drawn { objects } | ServerMessage::Objects { objects, .. } => {
                assert!(write(message).len() <= MESSAGE_BYTES_MAX);
                Some(objects.clone())
            }
            _ => None,
        });
        pieces.flatten().map(|object| object.object).collect::<Vec<_>>()
    };
    lesson.say(teacher, Command::Undo);
    assert_eq!(drawn(&lesson), (1..=count).collect::<Vec<_>>(), "each once, in their order");
    lesson.say(ines, Command::Look { page });
    assert_eq!(drawn(&lesson), (1..=count).collect::<Vec<_>>());
}
