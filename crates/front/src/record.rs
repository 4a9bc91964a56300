//! The record: what the gate decided and what was done to it, in an append-only log whose records are chained by hashes
//! ([`preau_evidence`]), written by a thread of its own.
//!
//! [`Recorder::note`] counts every decision and samples them within a budget; [`Recorder::event`] samples nothing. Neither
//! blocks and neither fails: what cannot be kept is counted, and the log itself says later how many records it lacks and of
//! which time.
//!
//! ```text
//! note  → counted: lane × outcome × kind → a record each minute
//!       → sampled → bounded queue
//! event → bounded queue → writer thread → 2026-11-22-1f2e3d4c-000000.jsonl, synced each second
//! ```

mod event;
mod folder;
mod log;
mod note;
mod queue;
mod sampler;
mod shape;
mod writer;

#[cfg(test)]
mod tests;

pub use event::{Ended, Event};
pub use folder::{Part, parts};
pub use note::Note;

use crate::limits as l;
use folder::Folder;
use preau_base::{Instant, Rng, SharedClock};
use preau_evidence::Hash;
use queue::Shared;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// The folder of the record below the data folder.
pub const RECORD_FOLDER: &str = "record";

/// Where the record is kept, and how much of it.
#[derive(Clone, Debug)]
pub struct RecordConfig {
    /// Made when it is missing, mode 0700. One process writes there at a time.
    pub folder: PathBuf,
    /// Sampled decisions a second, all kinds together.
    pub per_second_max: u32,
    /// The same of one lane, outcome and kind.
    pub per_second_of_a_kind_max: u32,
    /// Days after which an address is blanked.
    pub address_days: u32,
    /// Days after which a file is removed.
    pub keep_days: u32,
    /// A part that reaches this is followed by the next; a new day begins a new part as well.
    pub part_bytes_max: u64,
}

impl RecordConfig {
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            per_second_max: l::RECORDS_PER_SECOND_MAX,
            per_second_of_a_kind_max: l::RECORDS_OF_A_KIND_PER_SECOND_MAX,
            address_days: l::RECORD_ADDRESS_DAYS,
            keep_days: l::RECORD_KEEP_DAYS,
            part_bytes_max: l::RECORD_PART_BYTES_MAX,
        }
    }
}

/// Why no record can be kept.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("the folder of the record, {}: {source}", path.display())]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("another process writes the record in {}", .0.display())]
    Taken(PathBuf),
    #[error("the thread that writes the record: {0}")]
    Thread(std::io::Error),
}

/// How the record goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordState {
    /// Records in the chain, over all parts that are known.
    pub records: u64,
    /// The hash of the last one, to be compared with.
    pub last: Hash,
    /// Decisions that were counted and not written one by one, since the start.
    pub sampled_out: u64,
    /// Records that could not be written, since the start.
    pub dropped: u64,
    /// Why nothing can be written at the moment, and since when.
    pub failing: Option<(Instant, String)>,
}

/// A known person tried to reach a lesson, and the gate let them wait or turned them away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailedTry {
    /// The id of the person of a valid pass.
    pub person: u128,
    pub at: Instant,
    /// [`preau_gate::Reason::name`] or [`preau_gate::Away::name`]; empty where there is none.
    pub why: &'static str,
}

/// Told of failed tries, sampled or not, on the way of the request: it must not block. Of one person's tries the first
/// few of each ten seconds are told.
pub type OnFailedTry = Arc<dyn Fn(FailedTry) + Send + Sync>;

/// A hold on the record; clones share it. When [`Recorder::stop`] is called, or the last clone goes, what is queued is
/// written and synced.
#[derive(Clone)]
pub struct Recorder(Option<Arc<Running>>);

struct Running {
    shared: Arc<Shared>,
    clock: SharedClock,
    thread: Mutex<Option<JoinHandle<()>>>,
    on_failed_try: OnceLock<OnFailedTry>,
}

impl Recorder {
    /// Makes and locks the folder, and starts the writer, which goes on with the chain that it finds there. `rng` gives
    /// the salts of the addresses.
    pub fn start(config: RecordConfig, clock: SharedClock, rng: Box<dyn Rng>) -> Result<Self, RecordError> {
        Self::start_on(config, clock, rng, log::on_disk())
    }

    fn start_on(
        config: RecordConfig,
        clock: SharedClock,
        rng: Box<dyn Rng>,
        open: log::Opener,
    ) -> Result<Self, RecordError> {
        let folder = Folder::open(&config.folder)?;
        let shared = Arc::new(Shared::new(&config));
        let writer = writer::Writer::new(config, folder, shared.clone(), clock.clone(), rng, open);
        let thread = std::thread::Builder::new()
            .name("record".to_owned())
            .spawn(move || writer.run())
            .map_err(RecordError::Thread)?;
        Ok(Self(Some(Arc::new(Running {
            shared,
            clock,
            thread: Mutex::new(Some(thread)),
            on_failed_try: OnceLock::new(),
        }))))
    }

    /// A recorder that keeps nothing.
    pub const fn off() -> Self {
        Self(None)
    }

    /// One decision. Counts it, and copies it where it is going to be written; never waits for a disk.
    pub fn note(&self, note: &Note<'_>) {
        if let Some(running) = &self.0 {
            let is_try = running.shared.note(note);
            if let (true, Some(person), Some(told)) = (is_try, note.holder, running.on_failed_try.get()) {
                told(FailedTry { person, at: note.at, why: note.why });
            }
        }
    }

    /// Who is told of failed tries from now on; the first one stays. A recorder that is off tells nobody.
    pub fn on_failed_try(&self, told: OnFailedTry) {
        if let Some(running) = &self.0 {
            let _ = running.on_failed_try.set(told);
        }
    }

    /// What is recorded always, at the clock's time.
    pub fn event(&self, event: Event) {
        if let Some(running) = &self.0 {
            running.shared.event(running.clock.now(), event);
        }
    }

    pub fn state(&self) -> RecordState {
        self.0.as_ref().map(|running| running.shared.state()).unwrap_or_default()
    }

    /// Writes and syncs what is queued, and ends the writer. Blocks; what comes later is dropped and counted nowhere.
    pub fn stop(&self) {
        if let Some(running) = &self.0 {
            running.stop();
        }
    }
}

impl Running {
    fn stop(&self) {
        self.shared.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the writer of the record ended in a panic");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Describes the counters of the record.
pub(crate) fn describe_counters() {
    use metrics::{Unit, describe_counter, describe_gauge};
    describe_counter!("preau_gate_record_written_total", Unit::Count, "Records written to the log");
    describe_counter!(
        "preau_gate_record_sampled_out_total",
        Unit::Count,
        "Decisions that were counted in the log and not written one by one"
    );
    describe_counter!("preau_gate_record_dropped_total", Unit::Count, "Records that could not be written");
    describe_counter!("preau_gate_record_bytes_total", Unit::Bytes, "Bytes written to the log");
    describe_gauge!("preau_gate_record_failing", Unit::Count, "1 while the log cannot be written");
}

/// Days of a config as a time.
const fn days(days: u32) -> Duration {
    Duration::from_secs(days as u64 * 86_400)
}
