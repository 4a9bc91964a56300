//! How pages reach the live classes.

use futures_util::future::BoxFuture;
use preau_base::{LessonId, PersonId};
use preau_live::Live;
use preau_live::board::{Input, PageRef, Point};
use preau_school::InClass;
use preau_web::{Classes, ForBoard};

/// The classes of this process.
pub struct LiveClasses(pub Live);

impl Classes for LiveClasses {
    fn standing(&self, lesson: LessonId, person: PersonId) -> BoxFuture<'static, Option<InClass>> {
        let live = self.0.clone();
        Box::pin(async move {
            let (leads, may_draw) = live.at_board(lesson, person).await?;
            Some(InClass { leads, may_draw })
        })
    }

    fn put(&self, lesson: LessonId, by: PersonId, what: ForBoard) -> BoxFuture<'static, bool> {
        let live = self.0.clone();
        let input = match what {
            ForBoard::Document { file, name, pages } => Input::Document { by, file, name, pages },
            ForBoard::Picture { file, deck, page, from, to } => {
                let page = PageRef { deck, page };
                Input::Picture { by, page, file, from: Point(from.0, from.1), to: Point(to.0, to.1) }
            }
        };
        Box::pin(async move { live.put_on_board(lesson, input).await })
    }
}
