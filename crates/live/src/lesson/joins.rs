//! Offers that wait until the media has time for another connection: the newest of each device, at the place that its first
//! one took. Everything else of the class goes on meanwhile.

use super::ToLesson;
use crate::limits::{JOIN_ASKED_EVERY, JOIN_ASKED_EVERY_MIN, JOIN_WAIT_TOLD_MIN};
use preau_base::{Pii, VisitId};
use preau_classroom::ConnId;
use preau_classroom::wire::ServerMessage;
use preau_media::{Place, Ticket};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

/// What a device wants answered.
pub(super) struct Offer {
    pub conn: ConnId,
    pub re: u32,
    /// Of a program, not of somebody's page.
    pub program: bool,
    pub sdp: Pii<String>,
}

/// A device that waits for its turn.
pub(super) struct Waiting {
    pub offer: Offer,
    /// The place and the seconds that its device was told last.
    told: Option<(usize, u64)>,
    _task: EndOnDrop,
}

struct EndOnDrop(AbortHandle);

impl Drop for EndOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Waiting {
    /// Asks for the device again and again, and tells the lesson where it stands, and when it is its turn.
    pub fn begin(visit: VisitId, offer: Offer, ticket: Ticket, inbox: mpsc::WeakSender<ToLesson>) -> Self {
        let task = tokio::spawn(async move {
            while let Some(place) = ticket.ask() {
                let Some(inbox) = inbox.upgrade() else { return };
                // News alone: who stands first must go on asking, or a lesson that has much to do would hold up all others.
                if let Err(mpsc::error::TrySendError::Closed(_)) = inbox.try_send(ToLesson::Queued { visit, place }) {
                    return;
                }
                drop(inbox);
                tokio::time::sleep(place.wait.clamp(JOIN_ASKED_EVERY_MIN, JOIN_ASKED_EVERY)).await;
            }
            if let Some(inbox) = inbox.upgrade() {
                let _ = inbox.send(ToLesson::Turn { visit }).await;
            }
        });
        Self { offer, told: None, _task: EndOnDrop(task.abort_handle()) }
    }

    /// The device has a newer offer, over a newer connection perhaps; gives the former one.
    pub fn replace(&mut self, offer: Offer) -> Offer {
        self.told = None;
        std::mem::replace(&mut self.offer, offer)
    }

    /// What its device is to be told; a wait that is over in a moment is not worth a word.
    pub fn news(&mut self, place: Place) -> Option<ServerMessage> {
        if self.told.is_none() && place.wait < JOIN_WAIT_TOLD_MIN {
            return None;
        }
        let now = (place.number, place.wait.as_secs());
        if self.told.replace(now) == Some(now) {
            return None;
        }
        let number = u32::try_from(place.number).unwrap_or(u32::MAX);
        Some(ServerMessage::Queued { re: self.offer.re, place: number, wait_ms: milliseconds(place.wait) })
    }
}

pub(super) fn milliseconds(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}
