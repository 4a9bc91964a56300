//! How pages reach the live classes.

use futures_util::future::BoxFuture;
use preau_base::{FileId, LessonId, PersonId};
use preau_live::Live;
use preau_live::board::{Input, PageRef, Point};
use preau_live::self_test::{Refused, SelfTests};
use preau_school::InClass;
use preau_web::{Classes, ForBoard, MediaTest, MediaTestRefused, Presence, PresenceOf};
use std::sync::Arc;

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

    fn shows(&self, lesson: LessonId, person: PersonId, file: FileId) -> BoxFuture<'static, bool> {
        let live = self.0.clone();
        Box::pin(async move { live.shows(lesson, person, file).await })
    }

    fn captions_by(&self) -> Option<String> {
        self.0.captions_by().map(str::to_owned)
    }

    fn rules_changed(&self) {
        let live = self.0.clone();
        tokio::spawn(async move { live.rules_changed().await });
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

/// Who is in a class, for its door and the home pages.
pub fn presence(live: Live) -> PresenceOf {
    Arc::new(move |lesson| {
        let found = live.presence(lesson);
        Box::pin(async move {
            Presence {
                teacher_in: found.teacher_here,
                pupils_in: u32::try_from(found.pupils_inside).unwrap_or(u32::MAX),
                recorded: found.recorded,
                captioned: found.captioned,
            }
        })
    })
}

/// Tells a class that is about to begin what was prepared for it.
pub fn prepared(live: Live) -> Arc<dyn Fn(LessonId) + Send + Sync> {
    Arc::new(move |lesson| {
        let live = live.clone();
        tokio::spawn(async move { live.prepared(lesson).await });
    })
}

/// How pages ask the media for a self-test.
pub fn self_tests(tests: SelfTests) -> MediaTest {
    Arc::new(move |person, run, offer| {
        let tests = tests.clone();
        Box::pin(async move {
            tests.answer((person, run), offer).await.map_err(|refused| match refused {
                Refused::Busy => MediaTestRefused::Busy,
                Refused::BadOffer => MediaTestRefused::BadOffer,
                Refused::NoMedia => MediaTestRefused::NoMedia,
            })
        })
    })
}
