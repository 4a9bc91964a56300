use super::folder::{Folder, day_of};
use super::log::{Batch, Log, Opener};
use super::queue::{Dropped, Queued, Shared, Taken};
use super::{RecordConfig, days};
use crate::limits as l;
use preau_base::{Instant, Rng, SharedClock};
use preau_evidence::limits::{KIND_CHECKPOINT, KIND_DROPPED, KIND_REDACTED};
use preau_evidence::{Chain, Opening, WriteError};
use serde_json::json;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The thread that writes.
pub struct Writer {
    config: RecordConfig,
    shared: Arc<Shared>,
    clock: SharedClock,
    rng: Box<dyn Rng>,
    unwritten: Dropped,
    due: Due,
    /// `None` until the folder was read.
    log: Option<Log>,
    start: Option<(Folder, Opener)>,
    failing: bool,
}

/// When what is done from time to time was done last.
#[derive(Default)]
struct Due {
    tried: Option<Instant>,
    synced: Option<Instant>,
    counted: Option<Instant>,
    checkpoint: Option<Instant>,
    cleaned: Option<Instant>,
}

/// Whether `every_ms` have gone by; a clock that was set back counts as that.
fn is_due(last: &mut Option<Instant>, now: Instant, every_ms: i64) -> bool {
    let due = last.is_none_or(|last| now < last || now.as_millis() - last.as_millis() >= every_ms);
    if due {
        *last = Some(now);
    }
    due
}

impl Writer {
    pub fn new(
        config: RecordConfig,
        folder: Folder,
        shared: Arc<Shared>,
        clock: SharedClock,
        rng: Box<dyn Rng>,
        open: Opener,
    ) -> Self {
        let now = clock.now();
        let due = Due { counted: Some(now), checkpoint: Some(now), ..Due::default() };
        let unwritten = Dropped::default();
        Self { config, shared, clock, rng, unwritten, due, log: None, start: Some((folder, open)), failing: false }
    }

    pub fn run(mut self) {
        loop {
            let Taken { records, dropped, closed } = self.shared.take(Duration::from_millis(l::RECORD_WRITE_MS));
            self.unwritten.add(dropped);
            self.count_drops(dropped.records);
            let now = self.clock.now();
            // A disk that is full is not asked again with every batch.
            let may_try = !self.failing || closed || is_due(&mut self.due.tried, now, l::RECORD_SYNC_MS);
            if may_try {
                let tried = self.attempt(now, &records.iter().collect::<Vec<_>>(), closed);
                self.told(now, tried, &records);
            } else {
                self.drop_all(&records);
            }
            if closed {
                return;
            }
        }
    }

    /// What came of an attempt. Its records are dropped when it failed.
    fn told(&mut self, now: Instant, tried: Result<(), Failure>, records: &std::collections::VecDeque<Queued>) {
        match tried {
            Ok(()) if self.failing => {
                self.failing = false;
                tracing::info!("the record is written again");
                metrics::gauge!("preau_gate_record_failing").set(0.0);
                self.shared.change(|state| state.failing = None);
            }
            Ok(()) => {}
            Err(Failure { written, error }) => {
                if !written {
                    self.drop_all(records);
                }
                let why = error.to_string();
                if !std::mem::replace(&mut self.failing, true) {
                    tracing::error!(
                        error = why,
                        "the record cannot be written; what happens meanwhile is only counted"
                    );
                    metrics::gauge!("preau_gate_record_failing").set(1.0);
                    self.shared.change(|state| state.failing = Some((now, why)));
                }
                self.due.tried = Some(now);
            }
        }
    }

    fn drop_all(&mut self, records: &std::collections::VecDeque<Queued>) {
        records.iter().for_each(|record| self.unwritten.add(Dropped::one(record.at())));
        self.count_drops(u64::try_from(records.len()).unwrap_or(u64::MAX));
    }

    fn count_drops(&self, records: u64) {
        if records > 0 {
            metrics::counter!("preau_gate_record_dropped_total").increment(records);
            self.shared.change(|state| state.dropped = state.dropped.saturating_add(records));
        }
    }

    fn attempt(&mut self, now: Instant, records: &[&Queued], closed: bool) -> Result<(), Failure> {
        self.open(now)?;
        let counts_due = closed || is_due(&mut self.due.counted, now, l::RECORD_COUNTS_MS);
        let checkpoint_due = closed || is_due(&mut self.due.checkpoint, now, l::RECORD_CHECKPOINT_MS);
        if !records.is_empty() || counts_due || checkpoint_due || self.unwritten.records > 0 {
            self.write(now, records, counts_due, checkpoint_due)?;
        }
        if (closed || is_due(&mut self.due.synced, now, l::RECORD_SYNC_MS))
            && let Some(log) = &mut self.log
        {
            log.sync().map_err(Failure::after_writing)?;
        }
        if is_due(&mut self.due.cleaned, now, l::RECORD_CLEANING_MS) {
            self.clean(now).map_err(Failure::after_writing)?;
        }
        Ok(())
    }

    /// Finds where an earlier run ended, and tells in the chain what it left.
    fn open(&mut self, now: Instant) -> Result<(), Failure> {
        let Some((folder, _)) = &self.start else { return Ok(()) };
        let found = folder.resume()?;
        let Some((folder, open)) = self.start.take() else { return Ok(()) };
        let chain = found.chain.unwrap_or_else(|| Chain::begin(&mut *self.rng));
        let log = self.log.insert(Log::new(folder, open, self.config.part_bytes_max, chain));
        let mut batch = log.batch(now)?;
        if let Some((bytes, path)) = &found.torn {
            tracing::warn!(bytes, path = %path.display(), "the last line of the record was cut off: the run before was killed there");
            batch.add(now, "torn", &json!({"bytes": bytes, "file": name(path)}), None)?;
        }
        if let Some((path, report)) = &found.broken {
            let breaks = report.breaks_count();
            tracing::error!(breaks, path = %path.display(), "the record of an earlier run was altered; a new chain begins");
            batch.add(now, "altered_before", &json!({"breaks": breaks, "file": name(path)}), None)?;
        }
        self.put(batch)
    }

    fn write(&mut self, now: Instant, records: &[&Queued], counts: bool, checkpoint: bool) -> Result<(), Failure> {
        let Some(log) = &self.log else { return Ok(()) };
        let mut batch = log.batch(now)?;
        let unwritten = self.unwritten;
        if unwritten.records > 0 {
            let fields = json!({"records": unwritten.records, "from": unwritten.from, "until": unwritten.until});
            batch.add(now, KIND_DROPPED, &fields, None)?;
        }
        for record in records {
            self.add(&mut batch, record);
        }
        let counts = if counts { self.shared.take_counts() } else { Vec::new() };
        if !counts.is_empty() {
            batch.add(now, "counts", &json!({"decisions": counts}), None)?;
        }
        if let Err(failure) = self.put(batch) {
            self.shared.give_back(&counts);
            return Err(failure);
        }
        // Drops that were found while this batch was made are told in the next.
        self.unwritten.records = self.unwritten.records.saturating_sub(unwritten.records);
        if checkpoint {
            self.checkpoint(now)?;
        }
        Ok(())
    }

    fn add(&mut self, batch: &mut Batch, record: &Queued) {
        let added = match record {
            Queued::Decision(kept) => {
                let address = Opening::new(*kept.address.reveal(), &mut *self.rng);
                batch.add(kept.at, "decision", &kept.fields, Some(address))
            }
            Queued::Event(at, event) => batch.add(*at, event.kind(), event, None),
        };
        if let Err(error) = added {
            tracing::warn!(%error, "a record was left out");
            self.unwritten.add(Dropped::one(record.at()));
            self.count_drops(1);
        }
    }

    fn put(&mut self, batch: Batch) -> Result<(), Failure> {
        let Some(log) = &mut self.log else { return Ok(()) };
        let (records, bytes) = (batch.records, u64::try_from(batch.bytes()).unwrap_or(u64::MAX));
        if bytes == 0 {
            return Ok(());
        }
        log.write(batch)?;
        metrics::counter!("preau_gate_record_written_total").increment(records);
        metrics::counter!("preau_gate_record_bytes_total").increment(bytes);
        let (next, last) = (log.chain().next_number(), log.chain().last());
        self.shared.change(|state| {
            state.records = next;
            state.last = last;
        });
        Ok(())
    }

    /// The process's own log is the other place that the hash is kept at.
    fn checkpoint(&mut self, now: Instant) -> Result<(), Failure> {
        let Some(log) = &self.log else { return Ok(()) };
        let mut batch = log.batch(now)?;
        batch.add(now, KIND_CHECKPOINT, &json!({"records": log.chain().next_number()}), None)?;
        self.put(batch).map_err(|failure| Failure { written: true, ..failure })?;
        let Some(log) = &self.log else { return Ok(()) };
        let (number, hash) = (log.chain().next_number().saturating_sub(1), log.chain().last());
        tracing::info!(checkpoint = format!("{}:{number}:{hash}", log.chain().id()), "checkpoint of the record");
        Ok(())
    }

    /// Blanks addresses and removes files whose time is over. A day goes as a whole once its beginning is that long ago.
    fn clean(&mut self, now: Instant) -> io::Result<()> {
        let Some(log) = &self.log else { return Ok(()) };
        let address_day = day_of(now.minus(days(self.config.address_days))) + 1;
        let keep_day = day_of(now.minus(days(self.config.keep_days))) + 1;
        // The part that is open is of today or was begun before: it has its turn tomorrow.
        let open = log.open_path().unwrap_or(Path::new(""));
        let removed = log.folder().remove(keep_day.min(day_of(now)), open)?;
        let records = log.folder().blank(address_day.min(day_of(now)), open)?;
        let mut batch = log.batch(now).map_err(io::Error::other)?;
        if !removed.is_empty() {
            tracing::info!(files = removed.len(), "parts of the record were removed, their time being over");
            let (first, last) = (removed.first(), removed.last());
            let fields = json!({"files": removed.len(), "first": first, "last": last});
            batch.add(now, "removed", &fields, None).map_err(io::Error::other)?;
        }
        if records > 0 {
            let until = Instant::from_secs(address_day.saturating_mul(86_400));
            tracing::info!(records, %until, "addresses in the record were blanked, their time being over");
            let fields = json!({"until": until, "records": records});
            batch.add(now, KIND_REDACTED, &fields, None).map_err(io::Error::other)?;
        }
        if batch.records > 0 {
            self.put(batch).map_err(|failure| failure.error)?;
        }
        Ok(())
    }
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Why an attempt failed, and whether its records had been written by then.
struct Failure {
    written: bool,
    error: io::Error,
}

impl Failure {
    const fn after_writing(error: io::Error) -> Self {
        Self { written: true, error }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self { written: false, error }
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        Self { written: false, error: io::Error::other(error) }
    }
}
