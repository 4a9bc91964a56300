use crate::captions::Engine;
use crate::lesson::{self, Examine, Examined, Handle, NotExamined, ToLesson};
use crate::limits::{
    DRAIN_MAX, FRAME_READ_BYTES_MAX, JOIN_ALLOWANCE, LESSONS_MAX, OUT_QUEUE_MAX, READ_BUFFER_BYTES, SESSIONS_MAX,
    VOICES_HEARD_MAX, WRITE_BUFFER_BYTES_MAX,
};
use crate::programs::{self, Attempts, Programs, RelayAccess};
use crate::recording::Recordings;
use crate::revoked::RecentlyRevoked;
use crate::{origin, session};
use axum::Router;
use axum::extract::{Path, State, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use preau_base::{FileId, Instant, LessonId, PersonId, SharedClock};
use preau_classroom::wire::{Bye, PictureCodec, SlotCount};
use preau_classroom::{ConnId, Input, Presence};
use preau_gate::budget::Budgets;
use preau_gate::{JoinRefusal, JoinToken, KeyRing, Permission, Revocation, UsedTokens};
use preau_media::{Codec, Media, Mode, SlotPlan};
use preau_store::Store;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use tokio::sync::{Semaphore, oneshot};

/// What live lessons are made with; the binary fills it.
pub struct Parts {
    pub store: Store,
    /// `None`: no sound and pictures on this machine; offers get `media_unavailable`.
    pub media: Option<Arc<Media>>,
    pub keys: Arc<RwLock<KeyRing>>,
    pub clock: SharedClock,
    /// `https://ecole.example`: an origin that is ours besides the `Host` asked for (behind a proxy that changes it).
    pub public_origin: Option<String>,
    /// `None`: no lesson of this process can be recorded.
    pub recordings: Option<Recordings>,
    /// The operator's speech engine; `None`: no lesson has automatic captions.
    pub captions: Option<Engine>,
    /// The relay's credentials for a person, where there is one: programs are told.
    pub relay: Arc<dyn Fn(PersonId) -> Option<RelayAccess> + Send + Sync>,
    /// Pupils of a lesson who wait at the gate now; its teachers are told.
    pub waiting_at_gate: Arc<dyn Fn(LessonId) -> u32 + Send + Sync>,
}

/// All live lessons of this process. Cheap to clone.
#[derive(Clone)]
pub struct Live(Arc<Inner>);

struct Inner {
    parts: Parts,
    used_tokens: Mutex<UsedTokens>,
    joins: Mutex<Budgets<PersonId>>,
    revoked: Mutex<RecentlyRevoked>,
    lessons: Mutex<HashMap<LessonId, Handle>>,
    sessions: Arc<Semaphore>,
    captioned_voices: Arc<Semaphore>,
    programs: Programs,
    attempts: Mutex<Attempts>,
    next: AtomicU64,
    draining: AtomicBool,
}

impl Live {
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Inner {
            parts,
            used_tokens: Mutex::default(),
            joins: Mutex::new(Budgets::new(JOIN_ALLOWANCE)),
            revoked: Mutex::default(),
            lessons: Mutex::default(),
            sessions: Arc::new(Semaphore::new(SESSIONS_MAX)),
            captioned_voices: Arc::new(Semaphore::new(VOICES_HEARD_MAX)),
            programs: Programs::default(),
            attempts: Mutex::default(),
            next: AtomicU64::new(0),
            draining: AtomicBool::new(false),
        }))
    }

    /// Who is in a lesson now; nobody when it is not on in this process.
    pub fn presence(&self, lesson: LessonId) -> Presence {
        self.lessons().get(&lesson).map(Handle::presence).unwrap_or_default()
    }

    /// How somebody stands in a lesson that is on: `(leads, may draw)`; `None` for who is not in.
    pub async fn at_board(&self, lesson: LessonId, person: PersonId) -> Option<(bool, bool)> {
        let handle = self.lessons().get(&lesson).cloned()?;
        let (answer, asked) = oneshot::channel();
        handle.send(ToLesson::AtBoard { person, answer }).await;
        asked.await.ok().flatten()
    }

    /// Whether the board of a lesson that is on shows this document or picture to somebody who is in.
    pub async fn shows(&self, lesson: LessonId, person: PersonId, file: FileId) -> bool {
        let Some(handle) = self.lessons().get(&lesson).cloned() else { return false };
        let (answer, asked) = oneshot::channel();
        handle.send(ToLesson::Shows { person, file, answer }).await;
        asked.await.unwrap_or(false)
    }

    /// Puts a document ([`Input::Document`]) or a picture ([`Input::Picture`]) on the board of a lesson that is on. Gives whether
    /// it is there.
    pub async fn put_on_board(&self, lesson: LessonId, input: Input) -> bool {
        let Some(handle) = self.lessons().get(&lesson).cloned() else { return false };
        let (answer, asked) = oneshot::channel();
        handle.send(ToLesson::Board { input, answer }).await;
        asked.await.unwrap_or(false)
    }

    /// Begins a look at the headers of one connection of a lesson that is on; its page says so.
    ///
    /// # Errors
    /// [`NotExamined`] says why nothing is looked at.
    pub async fn examine(&self, lesson: LessonId, ask: Examine) -> Result<Examined, NotExamined> {
        let handle = self.lessons().get(&lesson).cloned().ok_or(NotExamined::NotOn)?;
        let (answer, asked) = oneshot::channel();
        handle.send(ToLesson::Examine { ask, answer }).await;
        asked.await.unwrap_or(Err(NotExamined::NotOn))
    }

    /// The host of the speech engine that the operator has named.
    pub fn captions_by(&self) -> Option<&str> {
        self.parts().captions.as_ref().map(Engine::host)
    }

    /// How many lessons are on in this process.
    pub fn lessons_on(&self) -> usize {
        self.lessons().len()
    }

    /// Ends the connections of a session that was signed out, or of a person whose passes were revoked. Join tokens that
    /// were asked for before let nobody in any more.
    ///
    /// Call it for each revocation that this process makes or learns of.
    pub async fn revoke(&self, revocation: &Revocation) {
        // Noted before the lessons are told: whoever arrives between the two is refused, or told like the others.
        self.revoked().note(revocation, self.now());
        for handle in self.handles() {
            handle.send(ToLesson::Revoked(*revocation)).await;
        }
    }

    /// What its teacher has prepared has changed, whom a lesson has invited, or its stream keys: a lesson that is on reads it
    /// again.
    pub async fn prepared(&self, lesson: LessonId) {
        self.programs().look(lesson);
        let handle = self.lessons().get(&lesson).cloned();
        if let Some(handle) = handle {
            handle.send(ToLesson::Prepared).await;
        }
    }

    /// What a school allows has changed: lessons that are on read it again, those of other processes within a minute.
    pub async fn rules_changed(&self) {
        for handle in self.handles() {
            handle.send(ToLesson::AskMay).await;
        }
    }

    /// Takes nobody in any more, sends everybody away to come again in a moment, and waits until the last records are
    /// stored, at most [`DRAIN_MAX`].
    pub async fn drain(&self) {
        self.0.draining.store(true, Ordering::SeqCst);
        let handles = self.handles();
        for handle in &handles {
            handle.send(ToLesson::Drain).await;
        }
        let all_done = async {
            for mut handle in handles {
                handle.done().await;
            }
        };
        if tokio::time::timeout(DRAIN_MAX, all_done).await.is_err() {
            tracing::error!("lessons did not end in time; some attendance may be missing");
        }
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.0.parts
    }

    /// Places for the voices that the speech engine hears, of all lessons.
    pub(crate) fn captioned_voices(&self) -> Arc<Semaphore> {
        self.0.captioned_voices.clone()
    }

    pub(crate) fn programs(&self) -> &Programs {
        &self.0.programs
    }

    pub(crate) fn attempts(&self) -> MutexGuard<'_, Attempts> {
        self.0.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A lesson that is on. None is started for whom it is not on.
    pub(crate) fn running(&self, lesson: LessonId) -> Option<Handle> {
        self.lessons().get(&lesson).filter(|handle| handle.is_on()).cloned()
    }

    pub(crate) fn now(&self) -> Instant {
        self.0.parts.clock.now()
    }

    /// How much there is to see here.
    pub(crate) fn mode(&self) -> Mode {
        self.0.parts.media.as_ref().map_or_else(Mode::default, |media| media.mode())
    }

    /// As what pictures may be sent.
    pub(crate) fn codec(&self) -> PictureCodec {
        self.0.parts.media.as_ref().map_or_else(PictureCodec::default, |media| picture_codec(media.codec()))
    }

    pub(crate) fn slots(&self) -> SlotCount {
        let SlotPlan { audio, video } = self.mode().slots();
        SlotCount { voices: audio, pictures: video }
    }

    pub(crate) fn next_conn(&self) -> ConnId {
        ConnId(self.0.next.fetch_add(1, Ordering::Relaxed))
    }

    /// Opens a join token and uses it up.
    pub(crate) fn take_token(&self, text: &str) -> Result<JoinToken, JoinRefusal> {
        let now = self.now();
        let token = {
            let keys = self.0.parts.keys.read().unwrap_or_else(PoisonError::into_inner);
            JoinToken::open(text, &keys, now)?
        };
        let mut used = self.0.used_tokens.lock().unwrap_or_else(PoisonError::into_inner);
        used.take(&token, now)?;
        Ok(token)
    }

    /// Whether a person may come in once more just now.
    pub(crate) fn may_join(&self, person: PersonId) -> bool {
        let mut joins = self.0.joins.lock().unwrap_or_else(PoisonError::into_inner);
        joins.take(person, 1, self.now()) == Permission::Allow
    }

    /// Whether the pass behind a token has been revoked since it was made.
    pub(crate) fn is_revoked(&self, token: &JoinToken) -> bool {
        self.revoked().ends(token)
    }

    fn revoked(&self) -> MutexGuard<'_, RecentlyRevoked> {
        self.0.revoked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The running lesson, started when it is not on yet.
    pub(crate) fn lesson(&self, id: LessonId) -> Result<Handle, Bye> {
        if self.0.draining.load(Ordering::SeqCst) {
            return Err(Bye::Restart);
        }
        let mut lessons = self.lessons();
        if let Some(handle) = lessons.get(&id).filter(|handle| handle.is_on()) {
            return Ok(handle.clone());
        }
        if lessons.len() >= LESSONS_MAX {
            return Err(Bye::Busy);
        }
        let handle = lesson::start(self.clone(), id, self.0.next.fetch_add(1, Ordering::Relaxed));
        lessons.insert(id, handle.clone());
        metrics::gauge!("preau_live_lessons").set(lessons.len() as f64);
        Ok(handle)
    }

    /// A lesson has ended; another one of the same id that was started since stays.
    pub(crate) fn forget(&self, id: LessonId, run: u64) {
        let mut lessons = self.lessons();
        if lessons.get(&id).is_some_and(|handle| handle.run == run) {
            lessons.remove(&id);
        }
        metrics::gauge!("preau_live_lessons").set(lessons.len() as f64);
    }

    fn lessons(&self) -> MutexGuard<'_, HashMap<LessonId, Handle>> {
        self.0.lessons.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn handles(&self) -> Vec<Handle> {
        self.lessons().values().cloned().collect()
    }
}

/// What pages are told of a codec.
pub(crate) const fn picture_codec(codec: Codec) -> PictureCodec {
    match codec {
        Codec::Vp9 => PictureCodec::Vp9,
        Codec::Av1 => PictureCodec::Av1,
        Codec::Vp8 | Codec::H264 | Codec::Opus => PictureCodec::Vp8,
    }
}

/// `GET /live/{lesson}`, the WebSocket of `docs/protocol/class.md`, and the addresses of `docs/protocol/whip.md` below it.
pub fn router(live: Live) -> Router {
    Router::new().route("/live/{lesson}", any(connect)).merge(programs::routes()).with_state(live)
}

async fn connect(
    State(live): State<Live>,
    Path(lesson): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !origin::is_ours(live.parts().public_origin.as_deref(), &uri, &headers) {
        metrics::counter!("preau_live_refused_total", "why" => "origin").increment(1);
        return StatusCode::FORBIDDEN.into_response();
    }
    let Ok(lesson) = lesson.parse::<LessonId>() else { return StatusCode::NOT_FOUND.into_response() };
    let Ok(permit) = Arc::clone(&live.0.sessions).try_acquire_owned() else {
        metrics::counter!("preau_live_refused_total", "why" => "sessions").increment(1);
        return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "10")]).into_response();
    };
    upgrade
        .max_message_size(FRAME_READ_BYTES_MAX)
        .max_frame_size(FRAME_READ_BYTES_MAX)
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BUFFER_BYTES_MAX)
        .on_upgrade(move |socket| async move {
            metrics::gauge!("preau_live_sessions").increment(1.0);
            Box::pin(session::run(live, lesson, socket, OUT_QUEUE_MAX)).await;
            metrics::gauge!("preau_live_sessions").decrement(1.0);
            drop(permit);
        })
}
