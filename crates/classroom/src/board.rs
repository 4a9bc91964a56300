//! Documents, whiteboards, and what is drawn on them.

use crate::book::{BoardFact, Deck, DeckKind, Fact, Object, PageRef, Point, Shape, Use};
use crate::chat::clean;
use crate::classroom::{Answer, Caller, Classroom, Done};
use crate::limits::{
    BOARD_BYTES_MAX, BOARD_PAGES_MAX, COLOURS, DECKS_MAX, DOCUMENT_PAGES_MAX, ERASED_MAX, GROUPS_MAX, LABEL_CHARS_MAX,
    OBJECTS_CHUNK_BYTES_MAX, OBJECTS_MAX, POINTS_MAX, TEXT_CHARS_MAX,
};
use crate::wire::{Code, ServerMessage};
use preau_base::{FileId, Instant, PersonId};

impl Classroom {
    pub(crate) fn decks_for(&self, person: PersonId) -> Vec<Deck> {
        self.book.board.decks.iter().filter(|deck| self.sees_deck(person, deck)).cloned().collect()
    }

    /// A document that no leader has shown yet is theirs alone: it may hold the answers.
    fn sees_deck(&self, person: PersonId, deck: &Deck) -> bool {
        let leads = || self.people.person(person).is_some_and(|who| who.role.leads());
        self.sees_place(person, deck.place)
            && (deck.place > 0 || self.book.board.is_open(deck, self.place_of(person)) || leads())
    }

    pub(crate) fn tell_decks_to(&mut self, person: PersonId) {
        let to = self.people.conns_of(person);
        let decks = self.decks_for(person);
        let shown = self.book.board.shown.get(&self.place_of(person)).copied();
        self.send(to, ServerMessage::Decks { decks, shown });
    }

    /// To those who see the place; the page shown to those who are there.
    fn tell_decks(&mut self, place: u8) {
        let inside: Vec<PersonId> = self.people.persons().map(|(id, _)| id).collect();
        for person in inside {
            if self.people.inside(person).is_some() && self.sees_place(person, place) {
                self.tell_decks_to(person);
            }
        }
    }

    /// To those who see a deck.
    fn tell_deck(&mut self, deck: u32, but: Option<PersonId>, message: ServerMessage) {
        let Some(deck) = self.book.board.deck(deck) else { return };
        let to = self.people.conns_where(|id, _| Some(id) != but && self.sees_deck(id, deck));
        self.send(to, message);
    }

    /// A page that this person sees, with the deck's place.
    fn seen(&self, person: PersonId, page: PageRef) -> Result<u8, Code> {
        let deck = self.book.board.deck(page.deck).filter(|deck| page.page < deck.pages);
        deck.filter(|deck| self.sees_deck(person, deck)).map(|deck| deck.place).ok_or(Code::UnknownThing)
    }

    /// Whether the person may draw in a place: by the rules in the class, always in the own group.
    fn may_draw(&self, from: PersonId, place: u8) -> Result<(), Code> {
        let own_group = place > 0
            && place == self.book.breakouts.group_of(from)
            && self.book.own.get(&from).and_then(|own| own.board) != Some(false);
        if own_group || self.may(from, Use::Board) { Ok(()) } else { Err(Code::Locked) }
    }

    /// Whether somebody who is in leads, and may draw where she or he is.
    pub fn at_board(&self, person: PersonId) -> Option<(bool, bool)> {
        let leads = self.people.inside(person)?.role.leads();
        Some((leads, self.may_draw(person, self.place_of(person)).is_ok()))
    }

    /// Whether a document or a picture is on the board where this person, who is in, may look at it.
    pub fn shows(&self, person: PersonId, file: FileId) -> bool {
        let board = &self.book.board;
        let sees = |deck: &Deck| self.sees_deck(person, deck);
        let is_of = |object: &Object| matches!(object.shape, Shape::Picture { file: of, .. } if of == file);
        let as_document = |deck: &Deck| deck.kind == DeckKind::Document { file } && sees(deck);
        let as_picture = |object: &Object| is_of(object) && board.deck(object.page.deck).is_some_and(sees);
        self.people.inside(person).is_some()
            && (board.decks.iter().any(as_document) || board.objects.values().any(as_picture))
    }

    /// Whether the person may draw on a page.
    fn writable(&self, person: PersonId, page: PageRef) -> Result<(), Code> {
        let place = self.seen(person, page)?;
        self.may_draw(person, place)
    }

    pub(crate) fn look(&mut self, from: Caller, page: PageRef) -> Answer {
        self.seen(from.person, page)?;
        let mut pieces = pieces(self.book.board.on(page).cloned());
        if pieces.is_empty() {
            pieces.push(Vec::new());
        }
        let count = pieces.len();
        for (at, objects) in pieces.into_iter().enumerate() {
            let message = ServerMessage::Objects { page, objects, first: at == 0, last: at + 1 == count };
            self.send(vec![from.conn], message);
        }
        Ok(Done::Now)
    }

    /// Whether so much more fits on the board.
    fn has_room(&self, objects: usize, bytes: usize) -> Result<(), Code> {
        let board = &self.book.board;
        let fits = board.objects.len() + objects <= OBJECTS_MAX && board.bytes + bytes <= BOARD_BYTES_MAX;
        if fits { Ok(()) } else { Err(Code::Full) }
    }

    pub(crate) fn draw(&mut self, from: Caller, page: PageRef, shape: Shape, now: Instant) -> Answer {
        self.writable(from.person, page)?;
        if matches!(shape, Shape::Picture { .. }) {
            return Err(Code::BadMessage);
        }
        let shape = checked(shape)?;
        self.has_room(1, shape.bytes())?;
        let object = Object { object: self.book.board.last_object + 1, by: from.person, page, shape };
        let made = object.object;
        self.note_made(from, Fact::Board(BoardFact::Drawn { object: object.clone() }), Some(made), now)?;
        self.tell_deck(page.deck, None, ServerMessage::Drawn { objects: vec![object] });
        Ok(Done::Later)
    }

    /// A picture that came over HTTP; the page there has asked whether it may.
    pub(crate) fn picture(&mut self, by: PersonId, page: PageRef, shape: Shape, now: Instant) {
        let may = self.people.inside(by).is_some() && self.writable(by, page).is_ok();
        if !may || self.has_room(1, shape.bytes()).is_err() {
            return;
        }
        let object = Object { object: self.book.board.last_object + 1, by, page, shape };
        self.note_only(Fact::Board(BoardFact::Drawn { object: object.clone() }), now);
        self.tell_deck(page.deck, None, ServerMessage::Drawn { objects: vec![object] });
    }

    /// An object that this person may change.
    fn mine(&self, from: Caller, object: u32) -> Result<&Object, Code> {
        let object = self.book.board.objects.get(&object).ok_or(Code::UnknownThing)?;
        self.writable(from.person, object.page)?;
        if object.by != from.person && !from.role.leads() {
            return Err(Code::NotAllowed);
        }
        Ok(object)
    }

    pub(crate) fn change(&mut self, from: Caller, object: u32, shape: Shape, now: Instant) -> Answer {
        let (was, shape) = (self.mine(from, object)?.clone(), checked(shape)?);
        let same_file = match (&was.shape, &shape) {
            (Shape::Picture { file: was, .. }, Shape::Picture { file, .. }) => was == file,
            (_, Shape::Picture { .. }) => false,
            _ => true,
        };
        if !same_file {
            return Err(Code::BadMessage);
        }
        self.has_room(0, shape.bytes())?;
        self.note(from, Fact::Board(BoardFact::Changed { object, by: from.person, shape: shape.clone() }), now)?;
        self.tell_deck(was.page.deck, None, ServerMessage::Drawn { objects: vec![Object { shape, ..was }] });
        Ok(Done::Later)
    }

    /// All of one deck, or none.
    pub(crate) fn erase(&mut self, from: Caller, objects: Vec<u32>, now: Instant) -> Answer {
        if objects.is_empty() || objects.len() > ERASED_MAX {
            return Err(Code::BadMessage);
        }
        let mut decks = std::collections::BTreeSet::new();
        for object in &objects {
            decks.insert(self.mine(from, *object)?.page.deck);
        }
        let [deck] = Vec::from_iter(decks)[..] else { return Err(Code::BadMessage) };
        self.note(from, Fact::Board(BoardFact::Erased { by: from.person, objects: objects.clone() }), now)?;
        self.tell_deck(deck, None, ServerMessage::Erased { objects, by: from.person });
        Ok(Done::Later)
    }

    pub(crate) fn undo(&mut self, from: Caller, redo: bool, now: Instant) -> Answer {
        let by = from.person;
        let delta = self.book.board.preview(by, redo).ok_or(Code::UnknownThing)?;
        let pages = delta.drawn.iter().map(|object| object.page);
        let pages: Vec<PageRef> =
            pages.chain(delta.erased.iter().filter_map(|id| Some(self.book.board.objects.get(id)?.page))).collect();
        for page in &pages {
            self.writable(by, *page)?;
        }
        self.has_room(delta.drawn.len(), delta.drawn.iter().map(|object| object.shape.bytes()).sum())?;
        self.note(from, Fact::Board(if redo { BoardFact::Redone { by } } else { BoardFact::Undone { by } }), now)?;
        // An act is of one deck.
        let Some(PageRef { deck, .. }) = pages.first().copied() else { return Ok(Done::Later) };
        if !delta.erased.is_empty() {
            self.tell_deck(deck, None, ServerMessage::Erased { objects: delta.erased, by });
        }
        for objects in pieces(delta.drawn) {
            self.tell_deck(deck, None, ServerMessage::Drawn { objects });
        }
        Ok(Done::Later)
    }

    /// A stroke under way: seen at once, kept nowhere.
    pub(crate) fn ink(&mut self, from: Caller, page: PageRef, shape: Shape) -> Answer {
        self.writable(from.person, page)?;
        if matches!(shape, Shape::Picture { .. }) {
            return Err(Code::BadMessage);
        }
        let shape = checked(shape)?;
        let message = ServerMessage::Inking { person: from.person, page, shape };
        self.tell_deck(page.deck, Some(from.person), message);
        Ok(Done::Now)
    }

    pub(crate) fn point(&mut self, from: Caller, page: PageRef, at: Option<Point>) -> Answer {
        self.writable(from.person, page)?;
        let message = ServerMessage::Pointing { person: from.person, page, at };
        self.tell_deck(page.deck, Some(from.person), message);
        Ok(Done::Now)
    }

    fn new_deck(&self, name: &str, kind: DeckKind, pages: u16, place: u8) -> Result<Deck, Code> {
        let decks = &self.book.board.decks;
        let limit = if place == 0 { DECKS_MAX } else { DECKS_MAX + GROUPS_MAX };
        if decks.iter().filter(|deck| place > 0 || deck.place == 0).count() >= limit {
            return Err(Code::Full);
        }
        Ok(Deck { deck: self.book.board.last_deck + 1, kind, name: clean(name, LABEL_CHARS_MAX)?, pages, place })
    }

    pub(crate) fn deck_add(&mut self, from: Caller, name: &str, now: Instant) -> Answer {
        let place = self.place_of(from.person);
        let deck = self.new_deck(name, DeckKind::Board, 1, place)?;
        let made = deck.deck;
        self.note_made(from, Fact::Board(BoardFact::Added { deck }), Some(made), now)?;
        self.tell_decks(place);
        Ok(Done::Later)
    }

    /// A document of the class is there for leaders alone until one of them shows it; one of a group is its group's at once.
    pub(crate) fn document(&mut self, by: PersonId, file: FileId, name: &str, pages: u16, now: Instant) {
        let leads = self.people.inside(by).is_some_and(|who| who.role.leads());
        if !leads || pages == 0 || pages > DOCUMENT_PAGES_MAX {
            return;
        }
        let place = self.place_of(by);
        let name: String = name.chars().filter(|char| !char.is_control()).take(LABEL_CHARS_MAX).collect();
        let Ok(deck) = self.new_deck(&name, DeckKind::Document { file }, pages, place) else { return };
        self.note_only(Fact::Board(BoardFact::Added { deck }), now);
        self.tell_decks(place);
    }

    pub(crate) fn deck_drop(&mut self, from: Caller, deck: u32, now: Instant) -> Answer {
        let place = self.seen(from.person, PageRef { deck, page: 0 })?;
        let was_shown: Vec<u8> = {
            let shown = self.book.board.shown.iter().filter(|(_, page)| page.deck == deck);
            shown.map(|(place, _)| *place).collect()
        };
        self.note(from, Fact::Board(BoardFact::Dropped { deck }), now)?;
        self.tell_decks(place);
        for other in was_shown.into_iter().filter(|other| *other != place && place != 0) {
            self.tell_decks(other);
        }
        Ok(Done::Later)
    }

    pub(crate) fn page_add(&mut self, from: Caller, deck: u32, now: Instant) -> Answer {
        self.writable(from.person, PageRef { deck, page: 0 })?;
        let known = self.book.board.deck(deck).ok_or(Code::UnknownThing)?;
        let place = known.place;
        if known.kind != DeckKind::Board {
            return Err(Code::NotAllowed);
        }
        if known.pages >= BOARD_PAGES_MAX {
            return Err(Code::Full);
        }
        let pages = known.pages + 1;
        self.note(from, Fact::Board(BoardFact::Paged { deck, pages }), now)?;
        self.tell_decks(place);
        Ok(Done::Later)
    }

    /// A leader shows a page where she or he is (or where the deck belongs); pupils turn the pages of their own group.
    pub(crate) fn show(&mut self, from: Caller, page: PageRef, now: Instant) -> Answer {
        let owner = self.seen(from.person, page)?;
        if !from.role.leads() && (owner == 0 || owner != self.book.breakouts.group_of(from.person)) {
            return Err(Code::NotAllowed);
        }
        let place = if owner > 0 { owner } else { self.place_of(from.person) };
        self.note(from, Fact::Board(BoardFact::Shown { place, page }), now)?;
        self.tell_decks(place);
        Ok(Done::Later)
    }
}

/// Objects as they fit into messages.
fn pieces(objects: impl IntoIterator<Item = Object>) -> Vec<Vec<Object>> {
    let mut pieces: Vec<Vec<Object>> = Vec::new();
    let mut bytes = 0;
    for object in objects {
        bytes += object.shape.bytes();
        match pieces.last_mut().filter(|_| bytes <= OBJECTS_CHUNK_BYTES_MAX) {
            Some(piece) => piece.push(object),
            None => {
                bytes = object.shape.bytes();
                pieces.push(vec![object]);
            }
        }
    }
    pieces
}

/// A shape within its limits.
fn checked(shape: Shape) -> Result<Shape, Code> {
    let (colour, size) = match &shape {
        Shape::Pen { colour, width, points } => {
            if points.is_empty() || points.len() > POINTS_MAX {
                return Err(Code::TooLong);
            }
            (colour.0, *width)
        }
        Shape::Form { colour, width, .. } => (colour.0, *width),
        Shape::Text { colour, size, at, text } => {
            let text = clean(text, TEXT_CHARS_MAX)?;
            return checked_look(Shape::Text { colour: *colour, size: *size, at: *at, text }, colour.0, *size);
        }
        Shape::Picture { .. } => (0, 1),
    };
    checked_look(shape, colour, size)
}

fn checked_look(shape: Shape, colour: u8, size: u8) -> Result<Shape, Code> {
    if colour < COLOURS && size > 0 { Ok(shape) } else { Err(Code::BadMessage) }
}
