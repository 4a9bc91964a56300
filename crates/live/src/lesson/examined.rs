//! A look at the headers of what goes to and from one device, for an operator who looks for a fault. Its person sees it for as
//! long as it goes on, and nobody is looked at whose page cannot say so.

use super::{Lesson, ToLesson};
use crate::limits::HEADERS_QUEUED_MAX;
use preau_base::{Instant, PersonId, VisitId};
use preau_classroom::wire::ServerMessage;
use preau_media::{HeaderLine, HeaderWatch, PeerId};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// What an operator asks for.
#[derive(Clone, Copy, Debug)]
pub struct Examine {
    /// The number of the connection, as `preau media top` shows it.
    pub peer: u64,
    pub packets: u32,
    pub time: Duration,
}

/// A look that has begun; dropping it ends it.
#[derive(Debug)]
pub struct Examined {
    /// Whose device it is.
    pub person: PersonId,
    pub headers: mpsc::Receiver<HeaderLine>,
}

/// Why nothing is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotExamined {
    #[error("this lesson is not on")]
    NotOn,
    #[error("the lesson has no such connection, or its page cannot be told just now")]
    Nobody,
    #[error("another connection of this lesson is examined")]
    Another,
}

/// Whose headers are read now, and until when at the most.
#[derive(Clone, Copy, Debug)]
pub(super) struct Looking {
    visit: VisitId,
    until: Instant,
}

impl Lesson {
    pub(super) fn examine(&mut self, ask: Examine, answer: oneshot::Sender<Result<Examined, NotExamined>>) {
        let _ = answer.send(self.look_at(ask));
    }

    fn look_at(&mut self, Examine { peer, packets, time }: Examine) -> Result<Examined, NotExamined> {
        if self.looking.is_some() {
            return Err(NotExamined::Another);
        }
        let peer = PeerId(peer);
        let visit = self.stage.visit_of(peer).ok_or(NotExamined::Nobody)?;
        let (Some(_), Some(person)) = (self.room.conn_of(visit), self.room.person_of(visit)) else {
            return Err(NotExamined::Nobody);
        };
        let (to, headers) = mpsc::channel(HEADERS_QUEUED_MAX);
        self.looking = Some(Looking { visit, until: self.live.now().plus(time) });
        self.tell_examined(visit);
        self.stage.watch_headers(peer, HeaderWatch::new(to.clone(), packets, time, std::time::Instant::now()));
        let inbox = self.inbox.clone();
        tokio::spawn(async move {
            let _ = tokio::time::timeout(time, to.closed()).await;
            drop(to);
            if let Some(inbox) = inbox.upgrade() {
                let _ = inbox.send(ToLesson::ExamineEnds).await;
            }
        });
        Ok(Examined { person, headers })
    }

    /// Tells a device that is looked at; also one that comes again meanwhile.
    pub(super) fn tell_examined(&mut self, visit: VisitId) {
        if let Some(Looking { until, .. }) = self.looking.filter(|looking| looking.visit == visit)
            && let Some(conn) = self.room.conn_of(visit)
        {
            self.send(&[conn], &ServerMessage::Examined { until: Some(until) });
        }
    }

    pub(super) fn examine_ends(&mut self) {
        let conn = self.looking.take().and_then(|looking| self.room.conn_of(looking.visit));
        if let Some(conn) = conn {
            self.send(&[conn], &ServerMessage::Examined { until: None });
        }
    }
}
