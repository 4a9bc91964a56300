//! Writes down what happens in one lesson, in order: what came together shares a transaction, and what was promised
//! (chat, removal, end) is answered after the commit.

use crate::limits::{ATTENDANCE_RETRIES, RECORDS_IN_ONE_WRITE_MAX};
use crate::live::Live;
use preau_base::{LessonId, PersonId, SystemRng, VisitId};
use preau_classroom::book::Fact;
use preau_classroom::wire::Role;
use preau_classroom::{Record, StoredLine, Ticket};
use preau_school::LessonRole;
use preau_store::chat::Message;
use preau_store::{Conn, StoreError, chat, facts, lessons, visits};
use std::collections::HashMap;
use tokio::sync::{mpsc, oneshot};

/// What the store says to a record with a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Stored {
        ticket: Ticket,
        done: bool,
    },
    /// There is nothing of this kind, or it is somebody else's.
    Unknown {
        ticket: Ticket,
    },
    Chat {
        ticket: Ticket,
        line: Option<StoredLine>,
    },
}

/// Runs until the lesson has dropped its end of `records` and all of them are written.
/// `first_seq` is the number of the first fact to come.
pub(super) async fn run(
    live: Live,
    lesson: LessonId,
    first_seq: oneshot::Receiver<i64>,
    mut records: mpsc::Receiver<Record>,
    out: mpsc::Sender<Answer>,
) {
    // Nothing is recorded of a lesson that could not be read.
    let Ok(next_seq) = first_seq.await else { return };
    let mut recorder = Recorder { live, lesson, rows: HashMap::new(), next_seq };
    let mut batch = Vec::new();
    while records.recv_many(&mut batch, RECORDS_IN_ONE_WRITE_MAX).await > 0 {
        let jobs: Vec<Job> = batch.drain(..).map(|record| recorder.job(record)).collect();
        for answer in recorder.write(&jobs).await {
            // Without a lesson nobody waits for answers, but the records are still to be written.
            let _ = out.send(answer).await;
        }
    }
}

struct Recorder {
    live: Live,
    lesson: LessonId,
    /// The attendance row of each visit.
    rows: HashMap<VisitId, Row>,
    /// The number of the next fact.
    next_seq: i64,
}

#[derive(Clone, Copy)]
struct Row {
    id: VisitId,
    person: PersonId,
    role: LessonRole,
}

/// A record with the attendance row or the number that it has, chosen before the first try so that a second one writes the
/// same.
struct Job {
    record: Record,
    row: Option<Row>,
    /// The number of a fact.
    seq: i64,
}

impl Recorder {
    /// A visit has a row of its own for each time that it was connected: from when to when.
    fn job(&mut self, record: Record) -> Job {
        match &record {
            Record::Joined { visit, person, role, .. } => {
                let role = match role {
                    Role::Teacher => LessonRole::Teacher,
                    Role::Assistant => LessonRole::Assistant,
                    Role::Pupil => LessonRole::Pupil,
                    Role::Observer => LessonRole::Observer,
                    Role::Guest => LessonRole::Guest,
                };
                self.rows.insert(*visit, Row { id: *visit, person: *person, role });
            }
            Record::Back { visit, at } => {
                if let Some(row) = self.rows.get_mut(visit) {
                    row.id = VisitId::new(*at, &mut SystemRng);
                }
            }
            Record::Fact { .. } => self.next_seq += 1,
            Record::Left { .. }
            | Record::Chat { .. }
            | Record::ChatDeleted { .. }
            | Record::Removed { .. }
            | Record::Closed { .. } => {}
        }
        let row = match &record {
            Record::Joined { visit, .. } | Record::Back { visit, .. } | Record::Left { visit, .. } => {
                self.rows.get(visit).copied()
            }
            _ => None,
        };
        Job { record, row, seq: self.next_seq - 1 }
    }

    /// All in one transaction; if that fails, each on its own, so that one bad record spoils no other.
    async fn write(&self, jobs: &[Job]) -> Vec<Answer> {
        if let Ok(answers) = self.try_write(jobs).await {
            return answers;
        }
        let mut answers = Vec::new();
        for job in jobs {
            answers.extend(self.write_one(job).await);
        }
        answers
    }

    /// Attendance is tried again; what somebody waits for is refused at once, because they can try again.
    async fn write_one(&self, job: &Job) -> Option<Answer> {
        let refused = refusal(&job.record);
        let mut retries = if refused.is_none() { ATTENDANCE_RETRIES.iter() } else { [].iter() };
        loop {
            let error = match self.try_write(std::slice::from_ref(job)).await {
                Ok(answers) => return answers.into_iter().next(),
                Err(error) => error,
            };
            metrics::counter!("preau_live_store_errors_total").increment(1);
            tracing::error!(lesson = %self.lesson, %error, "a record of a lesson was not stored");
            let Some(wait) = retries.next() else { return refused };
            tokio::time::sleep(*wait).await;
        }
    }

    async fn try_write(&self, jobs: &[Job]) -> Result<Vec<Answer>, StoreError> {
        let mut answers = Vec::new();
        let mut tx = self.live.parts().store.write().await?;
        for job in jobs {
            answers.extend(self.put(&mut tx, job).await?);
        }
        tx.commit().await?;
        Ok(answers)
    }

    async fn put(&self, conn: &mut Conn, job: &Job) -> Result<Option<Answer>, StoreError> {
        let lesson = self.lesson;
        match (&job.record, job.row) {
            (Record::Joined { at, .. } | Record::Back { at, .. }, Some(row)) => {
                visits::join(conn, row.id, lesson, row.person, row.role, *at).await?;
            }
            (Record::Left { at, .. }, Some(row)) => visits::leave(conn, row.id, *at).await?,
            (Record::Joined { .. } | Record::Back { .. } | Record::Left { .. }, None) => {}
            (Record::Chat { ticket, chat, person, body, key, to, at }, _) => {
                let audience = serde_json::to_string(to)?;
                let body = body.reveal().clone();
                let message = Message { id: *chat, person_id: *person, body, audience, sent_at: *at };
                let stored = chat::send(conn, lesson, &message, key).await?;
                let line = StoredLine { chat: stored.id, at: stored.sent_at, is_new: stored.id == *chat };
                return Ok(Some(Answer::Chat { ticket: *ticket, line: Some(line) }));
            }
            (Record::ChatDeleted { ticket, chat: line, by, only_own: false, at }, _) => {
                chat::take_back(conn, lesson, *line, *by, *at).await?;
                return Ok(Some(Answer::Stored { ticket: *ticket, done: true }));
            }
            (Record::ChatDeleted { ticket, chat: line, by, only_own: true, at }, _) => {
                let is_theirs = chat::take_own_back(conn, lesson, *line, *by, *at).await?;
                return Ok(Some(match is_theirs {
                    true => Answer::Stored { ticket: *ticket, done: true },
                    false => Answer::Unknown { ticket: *ticket },
                }));
            }
            (Record::Fact { ticket, fact, at }, _) => {
                let text = serde_json::to_string(fact)?;
                facts::note(conn, lesson, job.seq, &text, *at).await?;
                if let Fact::Ends { at: until } = &**fact {
                    // The door goes by it: whoever loses the line in the minutes that were added comes back in.
                    lessons::prolong(conn, lesson, *until).await?;
                }
                return Ok(ticket.map(|ticket| Answer::Stored { ticket, done: true }));
            }
            (Record::Removed { ticket, person, by, at }, _) => {
                visits::remove(conn, lesson, *person, *by, *at).await?;
                return Ok(Some(Answer::Stored { ticket: *ticket, done: true }));
            }
            (Record::Closed { ticket, at, .. }, _) => {
                lessons::close(conn, lesson, *at).await?;
                return Ok(Some(Answer::Stored { ticket: *ticket, done: true }));
            }
        }
        Ok(None)
    }
}

/// The answer when a record was not stored; `None` for attendance, which nobody waits for.
const fn refusal(record: &Record) -> Option<Answer> {
    match record {
        Record::Chat { ticket, .. } => Some(Answer::Chat { ticket: *ticket, line: None }),
        Record::Removed { ticket, .. }
        | Record::Closed { ticket, .. }
        | Record::ChatDeleted { ticket, .. }
        | Record::Fact { ticket: Some(ticket), .. } => Some(Answer::Stored { ticket: *ticket, done: false }),
        Record::Fact { ticket: None, .. } | Record::Joined { .. } | Record::Left { .. } | Record::Back { .. } => None,
    }
}
