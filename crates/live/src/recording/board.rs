//! What the class saw on the board, as changes with their times: a page that plays a recording paints it again.

use preau_base::FileId;
use preau_classroom::book::{Board, BoardFact, Deck, DeckKind, Object, PageRef, Shape};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// One change, as it stands in the file: JSON with `at` in milliseconds since the beginning and one field more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    pub at: u64,
    #[serde(flatten)]
    pub change: Change,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// All that there are from now on.
    Decks(Vec<Deck>),
    Shown(Option<PageRef>),
    /// New, or in the place of those with the same numbers.
    Drawn(Vec<Object>),
    Erased(Vec<u32>),
}

/// The whole class's place; what groups draw by themselves is theirs.
const CLASS: u8 = 0;

/// The board as it was told so far.
#[derive(Default)]
pub struct BoardLog {
    decks: Vec<Deck>,
    shown: Option<PageRef>,
    objects: BTreeMap<u32, Object>,
    waiting: Vec<Change>,
}

impl BoardLog {
    /// The board as it stands.
    pub fn begin(&mut self, board: &Board) {
        self.compare(board);
        self.compare_objects(board);
    }

    /// The board after a fact.
    pub fn note(&mut self, fact: &BoardFact, board: &Board) {
        match fact {
            BoardFact::Drawn { object } => self.look_at(board, &[object.object]),
            BoardFact::Changed { object, .. } => self.look_at(board, &[*object]),
            BoardFact::Erased { objects, .. } => self.look_at(board, objects),
            BoardFact::Added { .. } | BoardFact::Paged { .. } => self.compare(board),
            // What these change is not in the fact; a document comes with what was drawn on it before it was shown.
            BoardFact::Shown { .. }
            | BoardFact::Dropped { .. }
            | BoardFact::Undone { .. }
            | BoardFact::Redone { .. } => self.begin(board),
        }
    }

    /// What is to be written down.
    pub fn lines(&mut self, at: Duration) -> Vec<Line> {
        let at = u64::try_from(at.as_millis()).unwrap_or(u64::MAX);
        std::mem::take(&mut self.waiting).into_iter().map(|change| Line { at, change }).collect()
    }

    fn compare(&mut self, board: &Board) {
        let is_seen = |deck: &&Deck| deck.place == CLASS && board.is_open(deck, CLASS);
        let decks: Vec<Deck> = board.decks.iter().filter(is_seen).cloned().collect();
        if decks != self.decks {
            self.decks.clone_from(&decks);
            self.waiting.push(Change::Decks(decks));
        }
        let shown = board.shown.get(&CLASS).copied();
        if shown != self.shown {
            self.shown = shown;
            self.waiting.push(Change::Shown(shown));
        }
    }

    fn compare_objects(&mut self, board: &Board) {
        let known = self.objects.keys().copied();
        let mut numbers: Vec<u32> = known.chain(board.objects.keys().copied()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        self.look_at(board, &numbers);
    }

    fn look_at(&mut self, board: &Board, numbers: &[u32]) {
        let (mut drawn, mut erased) = (Vec::new(), Vec::new());
        for number in numbers {
            let now = board.objects.get(number).filter(|it| self.decks.iter().any(|deck| deck.deck == it.page.deck));
            match now {
                Some(object) if self.objects.get(number) != Some(object) => {
                    self.objects.insert(*number, object.clone());
                    drawn.push(object.clone());
                }
                None if self.objects.remove(number).is_some() => erased.push(*number),
                _ => {}
            }
        }
        self.waiting.extend((!drawn.is_empty()).then_some(Change::Drawn(drawn)));
        self.waiting.extend((!erased.is_empty()).then_some(Change::Erased(erased)));
    }
}

/// The documents that such a file says were shown to the whole class, and the pictures on what was shown. Lines that cannot
/// be read are passed over.
pub fn files_shown(text: &[u8]) -> BTreeSet<FileId> {
    let mut shown = BTreeSet::new();
    let mut files: Vec<(u32, FileId)> = Vec::new();
    for line in text.split(|byte| *byte == b'\n') {
        match serde_json::from_slice::<Line>(line).map(|line| line.change) {
            Ok(Change::Decks(decks)) => files.extend(decks.iter().filter_map(|deck| match deck.kind {
                DeckKind::Document { file } => Some((deck.deck, file)),
                DeckKind::Board => None,
            })),
            Ok(Change::Shown(page)) => shown.extend(page.map(|page| page.deck)),
            Ok(Change::Drawn(objects)) => files.extend(objects.iter().filter_map(|object| match object.shape {
                Shape::Picture { file, .. } => Some((object.page.deck, file)),
                _ => None,
            })),
            Ok(Change::Erased(_)) | Err(_) => {}
        }
    }
    files.into_iter().filter(|(deck, _)| shown.contains(deck)).map(|(_, file)| file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::{Instant, PersonId, SystemRng};
    use preau_classroom::book::{Book, Colour, Fact, Point};

    #[test]
    fn what_is_written_down_paints_the_board_again() {
        let by = PersonId::new(Instant::EPOCH, &mut SystemRng);
        let deck = |deck, place| Deck { deck, kind: DeckKind::Board, name: "T".to_owned(), pages: 1, place };
        let object = |object, deck| Object {
            object,
            by,
            page: PageRef { deck, page: 0 },
            shape: Shape::Pen { colour: Colour(1), width: 3, points: vec![Point(1, 2)] },
        };
        let facts = [
            BoardFact::Added { deck: deck(1, 0) },
            BoardFact::Added { deck: deck(2, 3) },
            BoardFact::Shown { place: 0, page: PageRef { deck: 1, page: 0 } },
            BoardFact::Drawn { object: object(1, 1) },
            BoardFact::Drawn { object: object(2, 2) },
            BoardFact::Drawn { object: object(3, 1) },
            BoardFact::Erased { by, objects: vec![1] },
            BoardFact::Undone { by },
            BoardFact::Undone { by },
            BoardFact::Redone { by },
            BoardFact::Dropped { deck: 1 },
        ];
        for begin in 0..=facts.len() {
            let (mut book, mut log) = (Book::default(), BoardLog::default());
            let (mut decks, mut objects) = (Vec::new(), BTreeMap::new());
            for (nth, fact) in facts.iter().enumerate() {
                book.note(&Fact::Board(fact.clone()));
                match nth + 1 {
                    nth if nth < begin => continue,
                    nth if nth == begin => log.begin(&book.board),
                    _ => log.note(fact, &book.board),
                }
                for Line { at, change } in log.lines(Duration::from_millis(nth as u64)) {
                    assert_eq!(at, nth as u64);
                    match change {
                        Change::Decks(all) => decks = all,
                        Change::Shown(_) => {}
                        Change::Drawn(drawn) => objects.extend(drawn.into_iter().map(|one| (one.object, one))),
                        Change::Erased(numbers) => numbers.iter().for_each(|number| _ = objects.remove(number)),
                    }
                }
                let seen: Vec<&Deck> = book.board.decks.iter().filter(|deck| deck.place == 0).collect();
                assert_eq!(decks.iter().collect::<Vec<_>>(), seen, "after {nth}, from {begin}");
                let of_class = |it: &&Object| seen.iter().any(|deck| deck.deck == it.page.deck);
                let expect: Vec<&Object> = book.board.objects.values().filter(of_class).collect();
                assert_eq!(objects.values().collect::<Vec<_>>(), expect, "after {nth}, from {begin}");
            }
        }
    }

    #[test]
    fn files_are_those_of_what_was_shown() {
        let by = PersonId::new(Instant::EPOCH, &mut SystemRng);
        let files: Vec<FileId> = (0..5).map(|_| FileId::new(Instant::EPOCH, &mut SystemRng)).collect();
        let document = |deck: u32, place| Deck {
            deck,
            kind: DeckKind::Document { file: files[deck as usize] },
            name: String::new(),
            pages: 1,
            place,
        };
        let board = Deck { deck: 3, kind: DeckKind::Board, name: String::new(), pages: 1, place: 0 };
        let picture = |object, deck, file: usize| BoardFact::Drawn {
            object: Object {
                object,
                by,
                page: PageRef { deck, page: 0 },
                shape: Shape::Picture { file: files[file], from: Point(0, 0), to: Point(1, 1) },
            },
        };
        let show = |deck, place| BoardFact::Shown { place, page: PageRef { deck, page: 0 } };
        // A document that was shown, one that never was, one of a group, and pictures on two of them.
        let facts = [
            BoardFact::Added { deck: document(0, 0) },
            BoardFact::Added { deck: document(1, 0) },
            BoardFact::Added { deck: document(2, 5) },
            BoardFact::Added { deck: board },
            show(2, 5),
            show(0, 0),
            show(3, 0),
            picture(1, 3, 3),
            picture(2, 1, 4),
            BoardFact::Dropped { deck: 0 },
        ];
        let (mut book, mut log, mut text) = (Book::default(), BoardLog::default(), Vec::new());
        for fact in &facts {
            book.note(&Fact::Board(fact.clone()));
            log.note(fact, &book.board);
            for line in log.lines(Duration::ZERO) {
                text.extend(serde_json::to_vec(&line).unwrap());
                text.push(b'\n');
            }
        }
        text.extend(b"{\"at\":9,\"sho");
        assert_eq!(files_shown(&text), BTreeSet::from([files[0], files[3]]));
    }

    #[test]
    fn lines_are_as_the_page_reads_them() {
        let line = Line { at: 7, change: Change::Shown(Some(PageRef { deck: 2, page: 1 })) };
        assert_eq!(serde_json::to_string(&line).unwrap(), r#"{"at":7,"shown":{"deck":2,"page":1}}"#);
    }
}
