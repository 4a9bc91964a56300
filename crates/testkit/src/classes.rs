use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use preau_base::{FileId, LessonId, PersonId};
use preau_school::InClass;
use preau_web::{Classes, ForBoard};
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Live classes in which a test puts people, and what came on their boards.
#[derive(Debug, Default)]
pub struct TestClasses(Mutex<Inside>);

#[derive(Debug, Default)]
struct Inside {
    standing: HashMap<(LessonId, PersonId), InClass>,
    boards: Vec<(LessonId, PersonId, ForBoard)>,
    /// Of another group than theirs.
    hidden: HashSet<(PersonId, FileId)>,
}

impl TestClasses {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on this person is in the class, or no longer.
    pub fn set(&self, lesson: LessonId, person: PersonId, standing: Option<InClass>) {
        match standing {
            Some(standing) => _ = self.inside().standing.insert((lesson, person), standing),
            None => _ = self.inside().standing.remove(&(lesson, person)),
        }
    }

    /// From now on a file is on the board of a group in which this person is not.
    pub fn hide(&self, person: PersonId, file: FileId) {
        self.inside().hidden.insert((person, file));
    }

    /// What came on the boards, in order.
    pub fn boards(&self) -> Vec<(LessonId, PersonId, ForBoard)> {
        self.inside().boards.clone()
    }
}

impl Classes for TestClasses {
    fn standing(&self, lesson: LessonId, person: PersonId) -> BoxFuture<'static, Option<InClass>> {
        std::future::ready(self.inside().standing.get(&(lesson, person)).copied()).boxed()
    }

    fn shows(&self, lesson: LessonId, person: PersonId, file: FileId) -> BoxFuture<'static, bool> {
        let inside = self.inside();
        let is_of = |(of, _, what): &(LessonId, PersonId, ForBoard)| {
            let (ForBoard::Document { file: on_board, .. } | ForBoard::Picture { file: on_board, .. }) = what;
            *of == lesson && *on_board == file
        };
        let is_there = inside.standing.contains_key(&(lesson, person)) && inside.boards.iter().any(is_of);
        std::future::ready(is_there && !inside.hidden.contains(&(person, file))).boxed()
    }

    fn captions_by(&self) -> Option<String> {
        Some("parole.ecole.example".to_owned())
    }

    fn rules_changed(&self) {}

    fn put(&self, lesson: LessonId, by: PersonId, what: ForBoard) -> BoxFuture<'static, bool> {
        let mut inside = self.inside();
        let is_in = inside.standing.contains_key(&(lesson, by));
        if is_in {
            inside.boards.push((lesson, by, what));
        }
        std::future::ready(is_in).boxed()
    }
}
