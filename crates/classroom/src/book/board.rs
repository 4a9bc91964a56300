use crate::limits::UNDO_STEPS_MAX;
use preau_base::{FileId, PersonId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Documents and whiteboards, what is drawn on their pages, and which page is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Board {
    pub decks: Vec<Deck>,
    /// The page shown in each place (0: the whole class).
    pub shown: BTreeMap<u8, PageRef>,
    /// The decks that the whole class has been shown.
    opened: BTreeSet<u32>,
    /// In the order of drawing, which is the order of painting.
    pub objects: BTreeMap<u32, Object>,
    /// Bytes of all shapes together, as [`Shape::bytes`] counts them.
    pub bytes: usize,
    /// The last number given to an object.
    pub last_object: u32,
    pub last_deck: u32,
    history: BTreeMap<PersonId, History>,
}

/// A document or a whiteboard: some pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deck {
    /// Numbered from 1 within the lesson.
    pub deck: u32,
    #[serde(flatten)]
    pub kind: DeckKind,
    /// At most [`crate::limits::LABEL_CHARS_MAX`] characters.
    pub name: String,
    pub pages: u16,
    /// The place that it belongs to.
    pub place: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DeckKind {
    Board,
    /// Its pages are pictures that were made of this file.
    Document {
        file: FileId,
    },
}

/// A page of a deck, from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PageRef {
    pub deck: u32,
    pub page: u16,
}

/// Something drawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    pub object: u32,
    pub by: PersonId,
    #[serde(flatten)]
    pub page: PageRef,
    pub shape: Shape,
}

/// A point in ten-thousandths of the page's width, both ways; a page is 16 to 9, or as its picture is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point(pub i16, pub i16);

/// One of twelve colours of the board's palette.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colour(pub u8);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    Line,
    Arrow,
    Rectangle,
    Ellipse,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Shape {
    Pen { colour: Colour, width: u8, points: Vec<Point> },
    Form { form: Form, colour: Colour, width: u8, fill: bool, from: Point, to: Point },
    Text { colour: Colour, size: u8, at: Point, text: String },
    Picture { file: FileId, from: Point, to: Point },
}

impl Shape {
    /// What it counts against the board's limit, about its length on the wire.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Pen { points, .. } => 48 + points.len() * 12,
            Self::Text { text, .. } => 80 + text.len(),
            Self::Form { .. } | Self::Picture { .. } => 128,
        }
    }
}

/// What a person can undo and redo: objects drawn (to take away) and erased (to bring back).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct History {
    done: VecDeque<Step>,
    undone: VecDeque<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    Drew(Vec<Object>),
    Erased(Vec<Object>),
    /// As it was before.
    Changed(Object),
}

/// One change of the board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum BoardFact {
    Added { deck: Deck },
    Dropped { deck: u32 },
    Paged { deck: u32, pages: u16 },
    Shown { place: u8, page: PageRef },
    Drawn { object: Object },
    Changed { object: u32, by: PersonId, shape: Shape },
    Erased { by: PersonId, objects: Vec<u32> },
    Undone { by: PersonId },
    Redone { by: PersonId },
}

/// What an undo or redo does to the pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Delta {
    pub drawn: Vec<Object>,
    pub erased: Vec<u32>,
}

impl Board {
    pub fn deck(&self, id: u32) -> Option<&Deck> {
        self.decks.iter().find(|deck| deck.deck == id)
    }

    /// Whether those of a place may see a deck of the class: a whiteboard at once, a document when it was shown to all, or while
    /// it is shown where they are.
    pub fn is_open(&self, deck: &Deck, place: u8) -> bool {
        let is_shown = || self.shown.get(&place).is_some_and(|page| page.deck == deck.deck);
        deck.kind == DeckKind::Board || self.opened.contains(&deck.deck) || is_shown()
    }

    /// Whether there is such a page.
    pub fn has(&self, page: PageRef) -> bool {
        self.deck(page.deck).is_some_and(|deck| page.page < deck.pages)
    }

    /// The objects of a page, in the order of painting.
    pub fn on(&self, page: PageRef) -> impl Iterator<Item = &Object> {
        self.objects.values().filter(move |object| object.page == page)
    }

    /// Takes everything of one person away, and what counts it: what is left is the others'.
    #[cfg(test)]
    pub(crate) fn forget_of(&mut self, person: PersonId) {
        self.objects.retain(|_, object| object.by != person);
        self.history.clear();
        (self.bytes, self.last_object) = (0, 0);
        // Pages that pupils turn and add in their own group.
        self.shown.retain(|place, _| *place == 0);
        for deck in self.decks.iter_mut().filter(|deck| deck.kind == DeckKind::Board) {
            deck.pages = 0;
        }
    }

    /// What an undo (or redo) of this person would change; `None`: there is nothing to undo.
    pub(crate) fn preview(&self, person: PersonId, redo: bool) -> Option<Delta> {
        let history = self.history.get(&person)?;
        let step = if redo { history.undone.back()? } else { history.done.back()? };
        Some(match step {
            Step::Drew(objects) => {
                let there = objects.iter().map(|object| object.object).filter(|id| self.objects.contains_key(id));
                Delta { drawn: Vec::new(), erased: there.collect() }
            }
            Step::Erased(objects) => {
                let drawn = objects.iter().filter(|object| self.has(object.page)).cloned().collect();
                Delta { drawn, erased: Vec::new() }
            }
            Step::Changed(was) => {
                let drawn = self.objects.contains_key(&was.object).then(|| was.clone());
                Delta { drawn: drawn.into_iter().collect(), erased: Vec::new() }
            }
        })
    }

    pub(super) fn note(&mut self, fact: &BoardFact) {
        match fact {
            BoardFact::Added { deck } => {
                self.last_deck = self.last_deck.max(deck.deck);
                self.decks.push(deck.clone());
            }
            BoardFact::Dropped { deck } => self.drop_deck(*deck),
            BoardFact::Paged { deck, pages } => {
                if let Some(deck) = self.decks.iter_mut().find(|known| known.deck == *deck) {
                    deck.pages = *pages;
                }
            }
            BoardFact::Shown { place, page } => {
                self.shown.insert(*place, *page);
                if *place == 0 {
                    self.opened.insert(page.deck);
                }
            }
            BoardFact::Drawn { object } => {
                self.put(object.clone());
                self.did(object.by, Step::Drew(vec![object.clone()]));
            }
            BoardFact::Changed { object, by, shape } => {
                let Some(was) = self.objects.get(object).cloned() else { return };
                self.put(Object { shape: shape.clone(), ..was.clone() });
                self.did(*by, Step::Changed(was));
            }
            BoardFact::Erased { by, objects } => {
                let erased: Vec<Object> = objects.iter().filter_map(|id| self.take(*id)).collect();
                self.did(*by, Step::Erased(erased));
            }
            BoardFact::Undone { by } => self.undo(*by, false),
            BoardFact::Redone { by } => self.undo(*by, true),
        }
    }

    fn drop_deck(&mut self, deck: u32) {
        self.decks.retain(|known| known.deck != deck);
        self.shown.retain(|_, page| page.deck != deck);
        self.opened.remove(&deck);
        let objects: Vec<u32> =
            self.objects.values().filter(|object| object.page.deck == deck).map(|object| object.object).collect();
        for object in objects {
            self.take(object);
        }
        for history in self.history.values_mut() {
            history.forget(deck);
        }
    }

    fn put(&mut self, object: Object) {
        self.last_object = self.last_object.max(object.object);
        self.bytes += object.shape.bytes();
        if let Some(was) = self.objects.insert(object.object, object) {
            self.bytes -= was.shape.bytes();
        }
    }

    fn take(&mut self, id: u32) -> Option<Object> {
        let object = self.objects.remove(&id)?;
        self.bytes -= object.shape.bytes();
        Some(object)
    }

    fn did(&mut self, by: PersonId, step: Step) {
        let history = self.history.entry(by).or_default();
        history.undone.clear();
        push(&mut history.done, step);
    }

    /// Takes the person's last act back, or does again what was undone last.
    fn undo(&mut self, by: PersonId, redo: bool) {
        let Some(delta) = self.preview(by, redo) else { return };
        let Some(history) = self.history.get_mut(&by) else { return };
        let step = if redo { history.undone.pop_back() } else { history.done.pop_back() };
        let Some(step) = step else { return };
        // What others have erased or changed meanwhile is taken away as it stands now, if it is there.
        let erased: Vec<Object> = delta.erased.iter().filter_map(|id| self.take(*id)).collect();
        let was = delta.drawn.first().and_then(|object| self.objects.get(&object.object)).cloned();
        let back = match step {
            Step::Drew(_) => Step::Erased(erased),
            Step::Erased(_) => Step::Drew(delta.drawn.clone()),
            Step::Changed(former) => Step::Changed(was.unwrap_or(former)),
        };
        for object in delta.drawn {
            self.put(object);
        }
        if let Some(history) = self.history.get_mut(&by) {
            push(if redo { &mut history.done } else { &mut history.undone }, back);
        }
    }
}

impl History {
    fn forget(&mut self, deck: u32) {
        for steps in [&mut self.done, &mut self.undone] {
            for step in steps.iter_mut() {
                if let Step::Drew(objects) | Step::Erased(objects) = step {
                    objects.retain(|object| object.page.deck != deck);
                }
            }
            steps.retain(|step| match step {
                Step::Drew(objects) | Step::Erased(objects) => !objects.is_empty(),
                Step::Changed(object) => object.page.deck != deck,
            });
        }
    }
}

fn push(steps: &mut VecDeque<Step>, step: Step) {
    steps.push_back(step);
    if steps.len() > UNDO_STEPS_MAX {
        steps.pop_front();
    }
}
