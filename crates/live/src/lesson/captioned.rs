//! What the school allows, and captions by the speech engine.

use super::{Lesson, May, ToLesson, load};
use crate::limits::UNHEARD_MAX;
use preau_base::Pii;
use preau_classroom::wire::Command;
use preau_classroom::{ConnId, Input};
use preau_media::PeerId;

type Waiting = (ConnId, Option<u32>, Command);

/// How often what the school allows was asked for, and which of the answers is known: they may come in another order.
#[derive(Default)]
pub(super) struct MayReads {
    asked: u64,
    known: u64,
}

impl Lesson {
    /// The server has come again in the middle of a recording, or of captions.
    pub(super) fn resume(&mut self) {
        let allowed = self.room.allowed();
        self.apply(allowed);
        self.record_from(self.room.book().recording);
        if self.room.book().captions && !self.stage.caption(true) {
            self.apply(Input::Unheard);
        }
    }

    /// What needs the school's leave is carried out when it is known as it is now, not as it was when the lesson began.
    pub(super) fn command(&mut self, conn: ConnId, id: Option<u32>, command: Command) {
        let asks = matches!(command, Command::Record { on: true } | Command::AutoCaptions { on: true });
        if asks && self.room.conns_of_leaders().contains(&conn) {
            self.read_may(Some((conn, id, command)));
        } else {
            self.apply(Input::Command { conn, id, command });
        }
    }

    pub(super) fn read_may(&mut self, then: Option<Waiting>) {
        let Some(inbox) = self.inbox.upgrade() else { return };
        let (live, id) = (self.live.clone(), self.id);
        self.may_reads.asked += 1;
        let nth = self.may_reads.asked;
        tokio::spawn(async move {
            let may = load::may(&live, id).await;
            let may =
                may.inspect_err(|error| tracing::error!(lesson = %id, %error, "cannot read what the school allows"));
            let may = may.ok();
            let _ = inbox.send(ToLesson::May { nth, may, then }).await;
        });
    }

    /// What was asked for the `nth` time; what was asked for later is newer.
    pub(super) fn may(&mut self, nth: u64, may: Option<May>, then: Option<Waiting>) {
        if let Some(May { record, captions_by }) = may.filter(|_| nth > self.may_reads.known) {
            self.may_reads.known = nth;
            self.apply(Input::May { record, captions_by });
        }
        if let Some((conn, id, command)) = then {
            self.apply(Input::Command { conn, id, command });
        }
    }

    pub(super) fn heard(&mut self, peer: PeerId, text: String, is_final: bool) {
        self.unheard = 0;
        let person = self.stage.visit_of(peer).and_then(|visit| self.room.person_of(visit));
        if let Some(person) = person {
            self.apply(Input::Heard { person, text: Pii::new(text), is_final });
        }
    }

    pub(super) fn unheard(&mut self, for_good: bool) {
        self.unheard += 1;
        if for_good || self.unheard >= UNHEARD_MAX {
            self.unheard = 0;
            self.apply(Input::Unheard);
        }
    }
}
