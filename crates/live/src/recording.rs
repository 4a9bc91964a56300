//! A lesson that is recorded: copies of its packets become files in a folder of this run, a file a track; when it stops, or
//! when the server comes again after a crash, the folder's files are finished, go to the object store and get their rows.
//!
//! ```text
//! <spool>/<recording>.<run>/0003-1763802000123-voice-<person>.webm
//! ```
//!
//! The names say all that the rows will: which recording, when the track begins, what it is, who is in it. So nothing has to
//! be written twice, and nothing can be half known.

mod adopt;
mod board;
mod captions;
mod folder;
mod thread;

pub use adopt::{adopt_all, orphans};
pub use board::BoardLog;

use crate::limits::{RECORDING_TOLD_MAX, SPOOL_RESERVE_BYTES};
use crate::live::Live;
use board::Line;
use preau_base::{Instant, LessonId, PersonId, RecordingId, SystemRng};
use preau_classroom::book::{Board, BoardFact};
use preau_files::Files;
use preau_media::{PeerId, Room, Tap};
use preau_store::{StoreError, recordings};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use thread::Run;

/// Where recordings are written, and where they are kept.
#[derive(Clone)]
pub struct Recordings {
    /// A folder on the disk of the object store's reserve; made when it is not there.
    pub spool: PathBuf,
    pub files: Files,
}

/// What the lesson tells the thread that writes.
pub(crate) enum Told {
    /// Whose packets these are.
    Peer(PeerId, PersonId),
    /// Something happened on the board, so long after the beginning.
    Board(Line),
    /// Something was said, and is written: from, to, text, whether by the speech engine.
    Caption(Duration, Duration, String, bool),
}

/// A lesson's recording while it goes on. Dropping it ends it; its files are then brought home.
pub(crate) struct Recording {
    pub since: Instant,
    pub tap: Tap,
    told: SyncSender<Told>,
    board: BoardLog,
    captions: BTreeMap<PersonId, captions::Pace>,
    room: Arc<Mutex<Weak<Room>>>,
    failed: Arc<AtomicBool>,
}

impl Recording {
    /// Begins, or goes on with what began at `since`. Files appear as soon as the store knows of it.
    pub fn begin(live: &Live, lesson: LessonId, since: Instant, owner: PersonId, board: &Board) -> Option<Self> {
        let recordings = live.parts().recordings.clone()?;
        let (tap, packets) = Tap::new();
        let (told, telling) = sync_channel(RECORDING_TOLD_MAX);
        let (room, failed) = (Arc::<Mutex<Weak<Room>>>::default(), Arc::new(AtomicBool::new(false)));
        let run =
            Run { packets, telling, room: room.clone(), failed: failed.clone(), clock: live.parts().clock.clone() };
        let now = live.now();
        let (live, over) = (live.clone(), failed.clone());
        tokio::spawn(async move {
            if let Err(error) = record(&live, &recordings, (lesson, since, owner), run).await {
                over.store(true, Ordering::Relaxed);
                metrics::counter!("preau_recordings_failed_total").increment(1);
                tracing::error!(%lesson, error = format!("{error:#}"), "a lesson is not recorded");
            }
        });
        let mut recording =
            Self { since, tap, told, board: BoardLog::default(), captions: BTreeMap::new(), room, failed };
        recording.board.begin(board);
        // It may have begun before the server came again.
        recording.tell_board(now.since(since));
        Some(recording)
    }

    /// Where keyframes are asked for.
    pub fn set_room(&self, room: &Arc<Room>) {
        *self.room.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(room);
    }

    pub fn peer(&self, peer: PeerId, person: PersonId) {
        self.tell(Told::Peer(peer, person));
    }

    pub fn board(&mut self, fact: &BoardFact, board: &Board, now: Instant) {
        self.board.note(fact, board);
        self.tell_board(now.since(self.since));
    }

    pub fn caption(&mut self, by: PersonId, text: &str, (is_final, auto): (bool, bool), now: Instant) {
        let at = now.since(self.since);
        if let Some(from) = self.captions.entry(by).or_default().said(is_final, at) {
            let until = at + captions::reading_time(text);
            self.tell(Told::Caption(from, until, text.to_owned(), auto));
        }
    }

    /// Whether nothing is written any more, although nobody has stopped it; says so once.
    pub fn has_failed(&self) -> bool {
        self.failed.swap(false, Ordering::Relaxed)
    }

    fn tell_board(&mut self, at: Duration) {
        for line in self.board.lines(at) {
            self.tell(Told::Board(line));
        }
    }

    fn tell(&self, told: Told) {
        if self.told.try_send(told).is_err() {
            metrics::counter!("preau_recording_lines_dropped_total").increment(1);
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Files(#[from] preau_files::FilesError),
    #[error("{0}")]
    Put(String),
    #[error("cannot write {path}")]
    Io { path: PathBuf, source: std::io::Error },
    #[error("the recording was deleted")]
    Deleted,
    #[error("less than {SPOOL_RESERVE_BYTES} bytes are free where recordings are written")]
    DiskFull,
    #[error("the thread that writes a recording ended by an inner error")]
    Panic,
}

impl RecordingError {
    fn at(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { path, source }
    }
}

/// One run from its beginning to the day when its files are home.
async fn record(
    live: &Live,
    recordings: &Recordings,
    (lesson, since, owner): (LessonId, Instant, PersonId),
    run: Run,
) -> Result<(), RecordingError> {
    let mut tx = live.parts().store.write().await?;
    let id = RecordingId::new(live.now(), &mut SystemRng);
    let row = recordings::begin(&mut tx, id, lesson, since).await?;
    tx.commit().await?;
    let row = row.ok_or(RecordingError::Deleted)?;
    let folder = folder::make(&recordings.spool, row.id, live.now())?;
    let written = {
        let folder = folder.clone();
        tokio::task::spawn_blocking(move || run.write(&folder, since, owner))
            .await
            .map_err(|_| RecordingError::Panic)?
    };
    adopt::adopt(&live.parts().store, recordings, &folder, live.now()).await?;
    written
}
