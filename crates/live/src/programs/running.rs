//! Programs that are connected: each is a client of its lesson, with the same queues and messages as a page.

use super::offer::Offered;
use super::problem::Problem;
use crate::lesson::{Handle, ToLesson};
use crate::limits::{
    OUT_QUEUE_MAX, PLAYED_WIDTH_PX, PROGRAM_ANSWER_WAIT_MAX, PROGRAM_RETRY_AFTER, PROGRAMS_RUNNING_MAX, ROSTER_EVERY,
};
use crate::live::Live;
use crate::session::Out;
use axum::http::StatusCode;
use preau_base::{LessonId, Pii, Rng as _, StreamKeyId, SystemRng};
use preau_classroom::wire::{Bye, Code, Command, MediaState, Program, ServerMessage};
use preau_classroom::{Attachment, ConnId};
use preau_gate::{StreamKey, StreamUse};
use preau_school::{Act, may};
use preau_store::{StoreError, lessons, people, stream_keys};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::time::{MissedTickBehavior, timeout};

/// The number of the one offer that a program makes.
const OFFER: u32 = 1;

/// All programs that are connected to lessons of this process, by the last part of their address.
#[derive(Default)]
pub(crate) struct Programs(Mutex<HashMap<String, Running>>);

#[derive(Clone)]
struct Running {
    lesson: LessonId,
    key: StreamKeyId,
    /// Whether the key still holds is to be asked now.
    look: Arc<Notify>,
    end: Arc<Notify>,
    ended: watch::Receiver<()>,
}

/// A program that is connected: its address and the answer to its offer.
pub(super) struct Begun {
    pub session: String,
    pub answer: String,
}

impl Programs {
    /// Keys of this lesson may have been revoked.
    pub fn look(&self, lesson: LessonId) {
        for running in self.all().values().filter(|running| running.lesson == lesson) {
            running.look.notify_one();
        }
    }

    /// Ends a program, and waits until it is no longer in the lesson. `false`: with this key there is none of this address.
    pub(super) async fn end(&self, session: &str, key: StreamKeyId) -> bool {
        let Some(mut running) = self.all().get(session).filter(|running| running.key == key).cloned() else {
            return false;
        };
        running.end.notify_one();
        while running.ended.changed().await.is_ok() {}
        true
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Running>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a key that was opened still holds, and its person may still stream.
pub(super) async fn holds(live: &Live, key: &StreamKey) -> Result<bool, StoreError> {
    let mut conn = live.parts().store.read().await?;
    let row = stream_keys::by_id(&mut conn, key.id, live.now()).await?;
    if row.is_none_or(|row| row.person_id != key.person || row.lesson_id != key.lesson) {
        return Ok(false);
    }
    let (Some(actor), Some(lesson)) =
        (people::actor(&mut conn, key.person).await?, lessons::facts(&mut conn, key.lesson).await?)
    else {
        return Ok(false);
    };
    Ok(may(&actor, Act::Stream(&lesson), live.now()).is_ok())
}

/// Brings a program into its lesson.
pub(super) async fn begin(live: &Live, key: StreamKey, offered: Offered) -> Result<Begun, Problem> {
    let handle = live.running(key.lesson).ok_or_else(not_in)?;
    if live.programs().all().len() >= PROGRAMS_RUNNING_MAX {
        return Err(no_room());
    }
    let conn = live.next_conn();
    let (out, mut frames) = mpsc::channel(OUT_QUEUE_MAX);
    let (end, cut) = oneshot::channel();
    let program = match key.usage {
        StreamUse::Publish => Program::Publisher,
        StreamUse::Play => Program::Player,
    };
    let attachment = Attachment { conn, person: key.person, program, key: key.id };
    handle.send(ToLesson::Attach { attachment, out, end }).await;
    for command in commands(key.usage, offered) {
        let id = matches!(command, Command::Offer { .. }).then_some(OFFER);
        handle.send(ToLesson::Command { conn, id, command }).await;
    }
    let answer = timeout(PROGRAM_ANSWER_WAIT_MAX, answer(&mut frames)).await.unwrap_or_else(|_| Err(no_room()));
    let answer = match answer {
        Ok(answer) => answer,
        Err(problem) => {
            handle.send(ToLesson::Lost { conn }).await;
            return Err(problem);
        }
    };
    let mut random = [0; 16];
    SystemRng.fill(&mut random);
    let session: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let (done, ended) = watch::channel(());
    let running = Running { lesson: key.lesson, key: key.id, look: Arc::default(), end: Arc::default(), ended };
    live.programs().all().insert(session.clone(), running.clone());
    metrics::gauge!("preau_live_programs").increment(1.0);
    tracing::info!(lesson = %key.lesson, ?program, "a program has come into a lesson");
    let (live, name) = (live.clone(), session.clone());
    tokio::spawn(async move {
        stay(&live, &key, &running, frames, cut).await;
        leave(&handle, conn).await;
        live.programs().all().remove(&name);
        metrics::gauge!("preau_live_programs").decrement(1.0);
        drop(done);
    });
    Ok(Begun { session, answer })
}

async fn leave(handle: &Handle, conn: ConnId) {
    handle.send(ToLesson::Lost { conn }).await;
}

/// What a program says, in order: what it gives, how large it shows what it takes, its offer.
fn commands(usage: StreamUse, offered: Offered) -> Vec<Command> {
    let Offered { sdp, pictures } = offered;
    let mut commands = match usage {
        // It is its teacher's, whose microphone nobody else mutes.
        StreamUse::Publish => {
            vec![Command::Media(MediaState { mic: true, camera: false, screen: true, mutes: u32::MAX })]
        }
        StreamUse::Play => pictures.into_iter().map(|mid| Command::Want { mid, width: PLAYED_WIDTH_PX }).collect(),
    };
    commands.push(Command::Offer { sdp: Pii::new(sdp) });
    commands
}

/// Waits for what the lesson says to the offer.
async fn answer(frames: &mut mpsc::Receiver<Out>) -> Result<String, Problem> {
    loop {
        let text = match frames.recv().await {
            Some(Out::Frame(text)) => text,
            Some(Out::Bye(Bye::Left)) => return Err(not_in()),
            Some(Out::Bye(Bye::Closed | Bye::Over | Bye::NoLesson)) => {
                return Err(Problem::new(StatusCode::CONFLICT, "this lesson is over"));
            }
            Some(Out::Bye(_)) | None => return Err(no_room()),
        };
        match heard(&text) {
            Some(ServerMessage::Answer { re: OFFER, sdp }) => return Ok(sdp.into_inner()),
            Some(ServerMessage::Error { re: Some(OFFER), code: Code::BadSdp, .. }) => {
                let detail = "the offer cannot be answered: each section needs one of Opus, VP8 and H.264 with \
                              packetization-mode=1, over DTLS-SRTP, with ICE credentials and a fingerprint";
                return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail));
            }
            Some(ServerMessage::Error { re: Some(OFFER), .. }) => return Err(no_room()),
            _ => {}
        }
    }
}

/// Until the lesson, the program, its line or its key ends.
async fn stay(
    live: &Live,
    key: &StreamKey,
    running: &Running,
    mut frames: mpsc::Receiver<Out>,
    mut cut: oneshot::Receiver<Bye>,
) {
    // The first tick is at once: the key may have been revoked while the lesson was asked.
    let mut ask = tokio::time::interval(ROSTER_EVERY);
    ask.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            frame = frames.recv() => match frame {
                Some(Out::Frame(text)) => {
                    if matches!(heard(&text), Some(ServerMessage::MediaLost)) {
                        return;
                    }
                    continue;
                }
                Some(Out::Bye(_)) | None => return,
            },
            _ = &mut cut => return,
            () = running.end.notified() => return,
            () = running.look.notified() => {}
            _ = ask.tick() => {}
        }
        match holds(live, key).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::error!(lesson = %key.lesson, %error, "cannot read a stream key; it is taken to hold")
            }
        }
    }
}

/// The messages that a program heeds; the others are for people.
fn heard(text: &str) -> Option<ServerMessage> {
    #[derive(Deserialize)]
    struct Kind<'a> {
        #[serde(rename = "type", borrow)]
        kind: Cow<'a, str>,
    }
    let kind: Kind<'_> = serde_json::from_str(text).ok()?;
    matches!(&*kind.kind, "answer" | "error" | "media_lost").then(|| serde_json::from_str(text).ok()).flatten()
}

pub(super) fn not_in() -> Problem {
    let detail = "a stream stands beside its teacher: come into the class with a browser first, then start the program";
    Problem::new(StatusCode::CONFLICT, detail)
}

pub(super) fn no_room() -> Problem {
    let detail = "the lesson takes no program just now: it is full, or the server is busy or restarting";
    Problem::later(StatusCode::SERVICE_UNAVAILABLE, detail, PROGRAM_RETRY_AFTER)
}
