//! Documents on their way to the board: each is made into pages in the background, whether somebody watches or not.
//!
//! What is being made is remembered here, and forgotten with the process: whoever sent it asks again, and the file that was
//! sent is still there.

mod making;

use crate::app::App;
use crate::classes::ForBoard;
use crate::limits::{DOCUMENTS_KEPT_MAX, DOCUMENTS_MAKING_MAX, DOCUMENTS_OF_PERSON_MAX};
use preau_base::{FileId, LessonId, PersonId};
use preau_files::Kind;
use preau_pages::Fault;
use preau_store::files::File;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Whether pages can be made of a file, as far as its kind says.
pub(crate) fn can_be_shown(file: &File) -> bool {
    [Kind::Pdf, Kind::Png, Kind::Jpeg, Kind::Webp, Kind::Gif].iter().any(|kind| kind.as_str() == file.kind)
}

/// What becomes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// How many pages there are, once it is known, and how many of them are made.
    Making {
        pages: Option<u16>,
        made: u16,
    },
    /// Its pages are there; on the board too, unless who sent it has left meanwhile or the board is full.
    Ready {
        file: FileId,
        pages: u16,
        on_board: bool,
    },
    Failed(Failure),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It is the document's.
    Fault(Fault),
    /// The disk has no room, or the lesson.
    NoRoom,
}

/// Where a picture goes on a page: its upper left corner and its width, in ten-thousandths of the page's width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    pub deck: u32,
    pub page: u16,
    pub at: (i16, i16),
    pub width: i16,
}

/// One thing to make.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub lesson: LessonId,
    pub by: PersonId,
    pub source: File,
    /// A picture's place; `None` for a document.
    pub spot: Option<Spot>,
}

impl Order {
    /// What goes on the board of a file with these pages, the first of which has this size.
    fn for_board(&self, file: FileId, pages: u16, size_px: (i64, i64)) -> ForBoard {
        let Some(Spot { deck, page, at: (x, y), width }) = self.spot else {
            return ForBoard::Document { file, name: self.source.name.clone(), pages };
        };
        let height = i64::from(width) * size_px.1.max(1) / size_px.0.max(1);
        let far = |near: i16, length: i64| i16::try_from(i64::from(near) + length).unwrap_or(i16::MAX);
        ForBoard::Picture { file, deck, page, from: (x, y), to: (far(x, width.into()), far(y, height.max(1))) }
    }
}

/// A lesson, and the file that came.
type Key = (LessonId, FileId);

#[derive(Debug)]
struct Job {
    by: PersonId,
    number: u64,
    state: State,
}

/// All that is being made, and the last that were.
#[derive(Debug, Default)]
pub(crate) struct Jobs(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    jobs: BTreeMap<Key, Job>,
    last: u64,
}

/// Too much is being made: by this person, or by all.
pub(crate) struct TooMany;

impl Jobs {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What became of a file that this person has sent.
    pub(crate) fn state(&self, lesson: LessonId, by: PersonId, source: FileId) -> Option<State> {
        self.table().jobs.get(&(lesson, source)).filter(|job| job.by == by).map(|job| job.state)
    }

    /// A place for an order that is not being made already; `None` when it is.
    fn begin(&self, order: &Order) -> Result<Option<Turn>, TooMany> {
        let mut table = self.table();
        let key = (order.lesson, order.source.id);
        let is_making = |job: &Job| matches!(job.state, State::Making { .. });
        if table.jobs.get(&key).is_some_and(is_making) {
            return Ok(None);
        }
        let making = || table.jobs.values().filter(|job| is_making(job));
        let of_person = making().filter(|job| job.by == order.by).count();
        if making().count() >= DOCUMENTS_MAKING_MAX || of_person >= DOCUMENTS_OF_PERSON_MAX {
            return Err(TooMany);
        }
        table.last += 1;
        let number = table.last;
        table.jobs.insert(key, Job { by: order.by, number, state: State::Making { pages: None, made: 0 } });
        while table.jobs.len() > DOCUMENTS_KEPT_MAX {
            let oldest = table.jobs.iter().filter(|(_, job)| !is_making(job)).min_by_key(|(_, job)| job.number);
            let Some(oldest) = oldest.map(|(key, _)| *key) else { break };
            table.jobs.remove(&oldest);
        }
        Ok(Some(Turn { key, number }))
    }

    fn set(&self, turn: &Turn, state: State) {
        if let Some(job) = self.table().jobs.get_mut(&turn.key).filter(|job| job.number == turn.number) {
            job.state = state;
        }
    }
}

/// An order's place among the jobs.
#[derive(Debug)]
struct Turn {
    key: Key,
    number: u64,
}

/// Begins to make pages of a file, unless that is going on, and gives how it stands.
///
/// # Errors
/// [`TooMany`]; nothing was begun then.
pub(crate) fn begin(app: &App, order: Order) -> Result<State, TooMany> {
    let (lesson, by, source) = (order.lesson, order.by, order.source.id);
    if let Some(turn) = app.documents().begin(&order)? {
        let app = app.clone();
        tokio::spawn(async move {
            let state = match making::make(&app, &order, &turn).await {
                Ok(state) => state,
                Err(failure) => State::Failed(failure),
            };
            app.documents().set(&turn, state);
        });
    }
    Ok(app.documents().state(lesson, by, source).unwrap_or(State::Making { pages: None, made: 0 }))
}

#[cfg(test)]
mod tests;
