//! The task that a lesson is, and the way to it.

use super::captioned::MayReads;
use super::load::{self, Loaded};
use super::recorder::{self, Answer};
use super::stage::Stage;
use super::{Lesson, ToLesson};
use crate::limits::{INBOX_MAX, RECORDS_MAX};
use crate::live::Live;
use crate::session::Out;
use preau_base::LessonId;
use preau_classroom::wire::Bye;
use preau_classroom::{Classroom, Presence, Record};
use std::collections::HashMap;
use tokio::sync::{mpsc, oneshot, watch};

/// The way to a running lesson. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Handle {
    /// Tells one run of a lesson from the next.
    pub run: u64,
    inbox: mpsc::Sender<ToLesson>,
    presence: watch::Receiver<Presence>,
    done: watch::Receiver<()>,
}

impl Handle {
    /// `false`: the lesson has ended.
    pub async fn send(&self, message: ToLesson) -> bool {
        self.inbox.send(message).await.is_ok()
    }

    pub fn is_on(&self) -> bool {
        !self.inbox.is_closed()
    }

    pub fn presence(&self) -> Presence {
        *self.presence.borrow()
    }

    /// Returns when the lesson has ended and its last record is stored.
    pub async fn done(&mut self) {
        while self.done.changed().await.is_ok() {}
    }
}

/// Starts the task of a lesson; it reads the lesson from the store first, while messages wait.
pub(crate) fn start(live: Live, id: LessonId, run: u64) -> Handle {
    let (inbox, messages) = mpsc::channel(INBOX_MAX);
    let (presence_out, presence) = watch::channel(Presence::default());
    let (done_out, done) = watch::channel(());
    let handle = Handle { run, inbox: inbox.clone(), presence, done };
    tokio::spawn(async move {
        let (recorder, records) = mpsc::channel(RECORDS_MAX);
        let (answer, answers) = mpsc::channel(RECORDS_MAX);
        let (first_seq, seq) = oneshot::channel();
        let recording = tokio::spawn(recorder::run(live.clone(), id, seq, records, answer));
        let inbox_weak = inbox.downgrade();
        let task =
            Task { live: live.clone(), id, inbox: inbox_weak, messages, recorder, first_seq, answers, presence_out };
        drop(inbox);
        if let Err(error) = tokio::spawn(task.run()).await {
            metrics::counter!("preau_live_lessons_failed_total").increment(1);
            tracing::error!(lesson = %id, %error, "a lesson ended by an inner error; its clients come again");
        }
        live.forget(id, run);
        if let Err(error) = recording.await {
            tracing::error!(lesson = %id, %error, "the recorder of a lesson ended by an inner error");
        }
        drop(done_out);
    });
    handle
}

struct Task {
    live: Live,
    id: LessonId,
    inbox: mpsc::WeakSender<ToLesson>,
    messages: mpsc::Receiver<ToLesson>,
    recorder: mpsc::Sender<Record>,
    first_seq: oneshot::Sender<i64>,
    answers: mpsc::Receiver<Answer>,
    presence_out: watch::Sender<Presence>,
}

impl Task {
    async fn run(mut self) {
        match load::lesson(&self.live, self.id).await {
            Ok(Some(loaded)) => Box::pin(self.teach(loaded)).await,
            Ok(None) => self.refuse_all(Bye::NoLesson),
            Err(error) => {
                tracing::error!(lesson = %self.id, %error, "cannot read a lesson");
                self.refuse_all(Bye::Busy);
            }
        }
    }

    fn refuse_all(&mut self, code: Bye) {
        self.messages.close();
        while let Ok(message) = self.messages.try_recv() {
            if let ToLesson::Arrive(newcomer) = message {
                let _ = newcomer.out.try_send(Out::Bye(code));
            }
        }
    }

    async fn teach(self, loaded: Loaded) {
        let now = self.live.now();
        let Self { live, id, inbox, mut messages, recorder, first_seq, mut answers, presence_out } = self;
        let _ = first_seq.send(loaded.next_seq);
        let declared = loaded.declares(live.mode());
        let (stage, mut media_events) = Stage::new(live.clone(), id, declared, inbox.clone());
        let mut lesson = Lesson {
            room: Classroom::new(loaded.info, loaded.roster.clone(), loaded.restored),
            roster: loaded.roster,
            conns: HashMap::new(),
            stage,
            cut: Vec::new(),
            idle_since: now,
            roster_at: now,
            ended: false,
            live,
            id,
            inbox,
            recorder,
            presence_out,
            told_waiting: 0,
            told_to: Vec::new(),
            gate_asked_at: now,
            unheard: 0,
            may_reads: MayReads::default(),
            looking: None,
        };
        lesson.resume();
        while !lesson.ended {
            let pause = lesson.next_deadline().since(lesson.live.now());
            tokio::select! {
                message = messages.recv() => match message {
                    Some(message) => lesson.take(message),
                    None => break,
                },
                Some(answer) = answers.recv() => lesson.recorded(answer),
                Some(event) = media_events.recv() => {
                    lesson.stage.take(event, &lesson.room);
                    // A burst (everybody comes at once) makes one list of slots a client, not one a change.
                    while let Ok(event) = media_events.try_recv() {
                        lesson.stage.take(event, &lesson.room);
                    }
                }
                () = tokio::time::sleep(pause) => lesson.wake(),
            }
            lesson.settle();
        }
        messages.close();
    }
}
