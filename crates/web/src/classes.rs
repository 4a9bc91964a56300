use futures_util::future::BoxFuture;
use preau_base::{FileId, LessonId, PersonId};
use preau_school::InClass;
use std::sync::Arc;

/// A document made into pages, or a picture, for the board of a live class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForBoard {
    Document {
        file: FileId,
        name: String,
        pages: u16,
    },
    /// On a page of a deck, between two corners in ten-thousandths of the page's width.
    Picture {
        file: FileId,
        deck: u32,
        page: u16,
        from: (i16, i16),
        to: (i16, i16),
    },
}

/// The live classes, as the pages ask them; the binary provides them.
pub trait Classes: Send + Sync {
    /// How somebody stands in a class now; `None` for who is not in it.
    fn standing(&self, lesson: LessonId, person: PersonId) -> BoxFuture<'static, Option<InClass>>;

    /// Whether the board of a class shows this document or picture to somebody who is in it: in a breakout group, those of
    /// the class and of that group.
    fn shows(&self, lesson: LessonId, person: PersonId, file: FileId) -> BoxFuture<'static, bool>;

    /// The host of the operator's speech engine, where there is one.
    fn captions_by(&self) -> Option<String>;

    /// What a school allows in its lessons has changed: those that are on are to know.
    fn rules_changed(&self);

    /// Puts something on the board as `by`. Gives whether it is there.
    fn put(&self, lesson: LessonId, by: PersonId, what: ForBoard) -> BoxFuture<'static, bool>;
}

/// The classes of this process.
pub type TheClasses = Arc<dyn Classes>;
