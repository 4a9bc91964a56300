//! Captions by the operator's speech engine: the voices of those who speak, and only while they do, go to it as sound;
//! what it understands comes back as words. Nothing here is waited for: what a queue has no room for is dropped and
//! counted, and an engine that does not answer ends the captions, never the lesson.
//!
//! ```text
//! media thread → tap → `Ear` (a thread: who speaks, Opus to 16 kHz) → one `vosk::listen` a voice → the lesson's inbox
//! ```

mod ear;
mod engine;
mod vosk;

pub use engine::{Engine, EngineAddressError};

use crate::lesson::ToLesson;
use crate::limits::{SOUND_CHUNKS_MAX, VOICES_OF_LESSON_MAX};
use crate::live::Live;
use ear::Ear;
use preau_base::LessonId;
use preau_media::{PeerId, Tap, Tapped};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc, oneshot};

/// How long the thread waits for a packet before it looks around.
const WAIT: Duration = Duration::from_millis(50);

/// The captions of one lesson while they go on. Dropping it ends them.
pub(crate) struct Captions {
    /// Where the room gives copies of voices.
    pub ears: Tap,
    speaking: Arc<Mutex<Vec<PeerId>>>,
}

impl Captions {
    /// `None`: the operator has named no engine.
    pub fn begin(live: &Live, lesson: LessonId, inbox: mpsc::WeakSender<ToLesson>) -> Option<Self> {
        let engine = Arc::new(live.parts().captions.clone()?);
        let (ears, packets) = Tap::new();
        let speaking = Arc::<Mutex<Vec<PeerId>>>::default();
        let told = speaking.clone();
        let voices = Voices { lesson, engine, inbox: inbox.clone(), places: live.captioned_voices() };
        let (runtime, (done, ended)) = (Handle::current(), oneshot::channel());
        // Not one of the runtime's threads for work that blocks: those are for what has an end.
        let thread = std::thread::Builder::new().name("captions".to_owned()).spawn(move || {
            let _in_runtime = runtime.enter();
            listen(&packets, &told, &voices);
            let _ = done.send(());
        });
        if let Err(error) = thread {
            tracing::error!(%lesson, %error, "there is no thread for captions");
        }
        tokio::spawn(async move {
            // A panic drops the other end, and so does a thread that never began.
            if ended.await.is_err() {
                tracing::error!(%lesson, "the thread that hears a lesson ended by an inner error");
                if let Some(inbox) = inbox.upgrade() {
                    let _ = inbox.send(ToLesson::Unheard { for_good: true }).await;
                }
            }
        });
        Some(Self { ears, speaking })
    }

    /// Who speaks from now on.
    pub fn speaking(&self, speakers: Vec<PeerId>) {
        *self.speaking.lock().unwrap_or_else(PoisonError::into_inner) = speakers;
    }
}

/// Hears until the lesson ends it, or nobody can give a packet any more.
fn listen(packets: &Receiver<Tapped>, speaking: &Arc<Mutex<Vec<PeerId>>>, voices: &Voices) {
    let mut ear = Ear::new(|peer| voices.open(peer), VOICES_OF_LESSON_MAX);
    loop {
        // The lesson has let go, whether or not the room has heard of it yet.
        if Arc::strong_count(speaking) == 1 {
            return;
        }
        match packets.recv_timeout(WAIT) {
            Ok(first) => {
                ear.take(&first);
                // What has come meanwhile; what comes while this is heard waits for the next turn.
                for packet in packets.try_iter().take(preau_media::limits::TAP_PACKETS_MAX) {
                    ear.take(&packet);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        let now = speaking.lock().unwrap_or_else(PoisonError::into_inner).clone();
        ear.look_around(&now, Instant::now());
    }
}

/// The way of voices to the engine.
struct Voices {
    lesson: LessonId,
    engine: Arc<Engine>,
    inbox: mpsc::WeakSender<ToLesson>,
    /// Bounds the voices of all lessons.
    places: Arc<Semaphore>,
}

impl Voices {
    /// A connection to the engine for one voice, which ends when the sender is dropped.
    fn open(&self, peer: PeerId) -> Option<mpsc::Sender<Vec<u8>>> {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            metrics::counter!("preau_captions_refused_total").increment(1);
            return None;
        };
        let (to, sound) = mpsc::channel(SOUND_CHUNKS_MAX);
        let (lesson, engine, inbox) = (self.lesson, self.engine.clone(), self.inbox.clone());
        tokio::spawn(async move {
            let said = |text, is_final| {
                let heard = ToLesson::Heard { peer, text, is_final };
                if inbox.upgrade().is_some_and(|inbox| inbox.try_send(heard).is_err()) {
                    metrics::counter!("preau_captions_dropped_total").increment(1);
                }
            };
            let heard = vosk::listen(&engine, sound, said).await;
            drop(place);
            if let Err(error) = heard {
                metrics::counter!("preau_captions_failed_total").increment(1);
                tracing::warn!(%lesson, engine = engine.host(), %error, "the speech engine does not answer");
                if let Some(inbox) = inbox.upgrade() {
                    let _ = inbox.send(ToLesson::Unheard { for_good: false }).await;
                }
            }
        });
        Some(to)
    }
}
