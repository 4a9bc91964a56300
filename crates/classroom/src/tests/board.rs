//! What is drawn.

use super::*;
use crate::book::{Colour, DeckKind, Form, Object, PageRef, Point, Shape};
use crate::limits::OBJECTS_MAX;
use preau_base::FileId;

fn stroke(points: usize) -> Shape {
    let points = (0..points).map(|at| Point(at as i16, 7)).collect();
    Shape::Pen { colour: Colour(3), width: 12, points }
}

fn text(words: &str) -> Shape {
    Shape::Text { colour: Colour(0), size: 40, at: Point(100, 200), text: words.to_owned() }
}

/// A lesson with a whiteboard, shown.
fn with_board() -> (Lesson, ConnId, ConnId, ConnId, PageRef) {
    let (mut lesson, teacher, ines, tom) = Lesson::full();
    lesson.say(teacher, Command::DeckAdd { name: "Tableau".to_owned() });
    lesson.store();
    let page = PageRef { deck: 1, page: 0 };
    lesson.say(teacher, Command::Show { page });
    assert_eq!(lesson.room_of(TOM).shown, Some(page));
    (lesson, teacher, ines, tom, page)
}

impl Lesson {
    /// What somebody who looks at a page is given.
    fn drawn(&mut self, conn: ConnId, page: PageRef) -> Vec<Object> {
        self.wait(Duration::from_secs(5));
        self.say(conn, Command::Look { page });
        let mut all = Vec::new();
        for message in self.messages(conn) {
            if let ServerMessage::Objects { objects, first, .. } = message {
                assert_eq!(*first, all.is_empty());
                all.extend(objects.iter().cloned());
            }
        }
        all
    }
}

#[test]
fn pupils_draw_when_they_are_allowed_to() {
    let (mut lesson, teacher, ines, tom, page) = with_board();
    let draw = || Command::Draw { page, shape: stroke(3) };
    lesson.say(ines, draw());
    assert_eq!(lesson.error(ines), Some(Code::Locked));
    let own = crate::book::Own { board: Some(true), ..crate::book::Own::default() };
    lesson.say(teacher, Command::Own { person: lesson.people[INES], own });
    lesson.say(ines, draw());
    lesson.store();
    assert!(lesson.messages(ines).contains(&&ServerMessage::Ack { re: 9, chat: None, at: None, made: Some(1) }));
    assert!(lesson.messages(tom).iter().any(|m| matches!(m, ServerMessage::Drawn { objects } if objects.len() == 1)));
    lesson.say(tom, draw());
    assert_eq!(lesson.error(tom), Some(Code::Locked));
    lesson.rule(teacher, RulesPatch { board: Some(true), ..RulesPatch::default() });
    lesson.say(tom, draw());
    assert_eq!(lesson.drawn(tom, page).len(), 2);
    lesson.say(tom, Command::Erase { objects: vec![1] });
    assert_eq!(lesson.error(tom), Some(Code::NotAllowed), "somebody else's");
    lesson.say(teacher, Command::Erase { objects: vec![1, 2] });
    assert_eq!(lesson.drawn(tom, page), []);
}

#[test]
fn undo_takes_back_what_one_did_oneself() {
    let (mut lesson, teacher, ines, _, page) = with_board();
    lesson.rule(teacher, RulesPatch { board: Some(true), ..RulesPatch::default() });
    lesson.say(ines, Command::Draw { page, shape: text("un") });
    lesson.say(teacher, Command::Draw { page, shape: text("deux") });
    lesson.say(ines, Command::Change { object: 1, shape: text("trois") });
    lesson.say(ines, Command::Erase { objects: vec![1] });
    let words = |objects: Vec<Object>| -> Vec<String> {
        let words = |object: Object| match object.shape {
            Shape::Text { text, .. } => text,
            other => panic!("{other:?}"),
        };
        objects.into_iter().map(words).collect()
    };
    assert_eq!(words(lesson.drawn(ines, page)), ["deux"]);
    for expect in [vec!["trois", "deux"], vec!["un", "deux"], vec!["deux"]] {
        lesson.say(ines, Command::Undo);
        assert_eq!(words(lesson.drawn(ines, page)), expect);
    }
    lesson.say(ines, Command::Undo);
    assert_eq!(lesson.error(ines), Some(Code::UnknownThing), "the teacher's stays");
    for expect in [vec!["un", "deux"], vec!["trois", "deux"], vec!["deux"]] {
        lesson.say(ines, Command::Redo);
        assert_eq!(words(lesson.drawn(ines, page)), expect);
    }
    lesson.restart();
    let teacher = lesson.arrive(TEACHER);
    let ines = lesson.arrive(INES);
    lesson.say(ines, Command::Undo);
    assert_eq!(words(lesson.drawn(teacher, page)), ["trois", "deux"], "also after a restart");
}

#[test]
fn shapes_and_boards_have_limits() {
    let (mut lesson, teacher, _, _, page) = with_board();
    let bad = [
        (Shape::Pen { colour: Colour(12), width: 1, points: vec![Point(0, 0)] }, Code::BadMessage),
        (Shape::Pen { colour: Colour(0), width: 0, points: vec![Point(0, 0)] }, Code::BadMessage),
        (stroke(0), Code::TooLong),
        (stroke(801), Code::TooLong),
        (text(" "), Code::Empty),
        (text(&"é".repeat(1_001)), Code::TooLong),
        (
            Shape::Picture {
                file: FileId::new(lesson.now, &mut SeededRng::new(1)),
                from: Point(0, 0),
                to: Point(9, 9),
            },
            Code::BadMessage,
        ),
    ];
    for (shape, code) in bad {
        lesson.wait(Duration::from_secs(1));
        lesson.say(teacher, Command::Draw { page, shape });
        assert_eq!(lesson.error(teacher), Some(code));
    }
    lesson.say(teacher, Command::Draw { page: PageRef { deck: 1, page: 1 }, shape: stroke(2) });
    assert_eq!(lesson.error(teacher), Some(Code::UnknownThing));
    let form =
        Shape::Form { form: Form::Line, colour: Colour(0), width: 1, fill: false, from: Point(0, 0), to: Point(1, 1) };
    for _ in 0..OBJECTS_MAX {
        lesson.now = lesson.now.plus(Duration::from_millis(130));
        lesson.say(teacher, Command::Draw { page, shape: form.clone() });
        assert_eq!(lesson.error(teacher), None);
        lesson.store();
    }
    lesson.now = lesson.now.plus(Duration::from_secs(1));
    lesson.say(teacher, Command::Draw { page, shape: form });
    assert_eq!(lesson.error(teacher), Some(Code::Full));
    assert_eq!(lesson.drawn(teacher, page).len(), OBJECTS_MAX, "in several pieces");
}

#[test]
fn a_flood_of_strokes_is_bounded_per_person() {
    let (mut lesson, teacher, ines, _, page) = with_board();
    lesson.rule(teacher, RulesPatch { board: Some(true), ..RulesPatch::default() });
    let drawn = (0..200).filter(|_| {
        lesson.say(ines, Command::Draw { page, shape: stroke(2) });
        lesson.error(ines).is_none()
    });
    assert_eq!(drawn.count(), 24);
    lesson.say(teacher, Command::Draw { page, shape: stroke(2) });
    assert_eq!(lesson.error(teacher), None, "the teacher is not slowed by a pupil");
}

#[test]
fn documents_come_from_the_server_and_are_shown_when_a_leader_shows_them() {
    let (mut lesson, teacher, ines, _, _) = with_board();
    let file = FileId::new(lesson.now, &mut lesson.rng);
    let by = lesson.people[TEACHER];
    lesson.apply(Input::Document { by, file, name: "Cours\u{0}.pdf".to_owned(), pages: 12 });
    let decks = lesson.room_of(TEACHER).decks;
    assert_eq!((decks[1].name.as_str(), decks[1].kind), ("Cours.pdf", DeckKind::Document { file }));
    assert_eq!(lesson.room_of(INES).shown.map(|page| page.deck), Some(1), "not shown by itself");
    lesson.say(teacher, Command::Show { page: PageRef { deck: 2, page: 11 } });
    assert_eq!(lesson.room_of(INES).shown, Some(PageRef { deck: 2, page: 11 }));
    lesson.say(ines, Command::Show { page: PageRef { deck: 2, page: 3 } });
    assert_eq!(lesson.error(ines), Some(Code::NotAllowed));
    lesson.say(teacher, Command::PageAdd { deck: 2 });
    assert_eq!(lesson.error(teacher), Some(Code::NotAllowed), "a document has the pages that it has");
    lesson.apply(Input::Document { by: lesson.people[INES], file, name: "x".to_owned(), pages: 1 });
    assert_eq!(lesson.room_of(INES).decks.len(), 2, "a pupil adds none");
    lesson.say(teacher, Command::DeckDrop { deck: 2 });
    assert_eq!((lesson.room_of(INES).decks.len(), lesson.room_of(INES).shown), (1, None));
}

#[test]
fn a_document_that_was_not_shown_yet_is_its_leaders_alone() {
    let (mut lesson, teacher, ines, _, board) = with_board();
    lesson.rule(teacher, RulesPatch { board: Some(true), ..RulesPatch::default() });
    let file = FileId::new(lesson.now, &mut lesson.rng);
    let by = lesson.people[TEACHER];
    lesson.apply(Input::Document { by, file, name: "Corrigé.pdf".to_owned(), pages: 2 });
    let page = PageRef { deck: 2, page: 0 };
    let heard = |lesson: &Lesson, conn| {
        let of_board = |m: &&ServerMessage| {
            matches!(m, ServerMessage::Drawn { .. } | ServerMessage::Inking { .. } | ServerMessage::Erased { .. })
        };
        lesson.messages(conn).into_iter().filter(of_board).count()
    };
    for command in [
        Command::Draw { page, shape: text("42") },
        Command::Ink { page, shape: stroke(2) },
        Command::Undo,
        Command::Redo,
    ] {
        lesson.say(teacher, command);
        assert_eq!((lesson.error(teacher), heard(&lesson, ines)), (None, 0));
    }
    for command in [Command::Look { page }, Command::Draw { page, shape: stroke(2) }, Command::Show { page }] {
        lesson.say(ines, command);
        assert_eq!(lesson.error(ines), Some(Code::UnknownThing));
    }
    let sees = |lesson: &Lesson| [TEACHER, INES].map(|who| lesson.room.shows(lesson.people[who], file));
    assert_eq!((sees(&lesson), lesson.room_of(INES).decks.len()), ([true, false], 1));
    // From its first page on they may look at it, also when something else is shown, and after a restart.
    lesson.say(teacher, Command::Show { page });
    assert_eq!(lesson.drawn(ines, page).len(), 1, "with what was drawn on it before");
    lesson.say(teacher, Command::Show { page: board });
    lesson.restart();
    lesson.arrive(TEACHER);
    lesson.arrive(INES);
    assert_eq!((sees(&lesson), lesson.room_of(INES).decks.len()), ([true, true], 2));
}
