//! What a lesson that is on reads anew: its roster, and what is prepared for it.

use super::{Lesson, Newcomer, ToLesson, load};
use crate::session::Out;
use preau_classroom::Input;
use preau_classroom::book::Book;
use preau_classroom::wire::Bye;

impl Lesson {
    pub(super) fn read_roster(&mut self, newcomer: Option<Box<Newcomer>>) {
        self.roster_at = self.live.now();
        let Some(inbox) = self.inbox.upgrade() else { return };
        let (live, id) = (self.live.clone(), self.id);
        tokio::spawn(async move {
            match load::roster(&live, id).await {
                Ok(roster) => {
                    let _ = inbox.send(ToLesson::Roster(roster)).await;
                    if let Some(newcomer) = newcomer {
                        let _ = inbox.send(ToLesson::Arrive(newcomer)).await;
                    }
                }
                Err(error) => {
                    tracing::error!(lesson = %id, %error, "cannot read the roster");
                    if let Some(newcomer) = newcomer {
                        let _ = newcomer.out.try_send(Out::Bye(Bye::Busy));
                    }
                }
            }
        });
    }

    pub(super) fn read_prepared(&self) {
        let Some(inbox) = self.inbox.upgrade().filter(|_| self.room.is_untouched()) else { return };
        let (live, id) = (self.live.clone(), self.id);
        tokio::spawn(async move {
            match load::prepared(&live, id).await {
                Ok(book) => _ = inbox.send(ToLesson::Book(Box::new(book))).await,
                Err(error) => tracing::error!(lesson = %id, %error, "cannot read what is prepared for a lesson"),
            }
        });
    }

    /// Kept as soon as it holds: after a restart the lesson begins with it, whatever is prepared meanwhile.
    pub(super) fn prepared(&mut self, book: Box<Book>) {
        if !self.room.is_untouched() {
            return;
        }
        let (live, id, kept) = (self.live.clone(), self.id, book.clone());
        self.apply(Input::Prepared(book));
        tokio::spawn(async move {
            if let Err(error) = load::keep_prepared(&live, id, &kept).await {
                tracing::error!(lesson = %id, %error, "what is prepared for a lesson was not kept");
            }
        });
    }
}
