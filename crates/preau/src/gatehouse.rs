//! The gate of a running server with what it keeps in the data folder: settings, record, control socket.

mod history;
mod kernel;
mod line;
mod machine;

use crate::config::{Config, GateHelp};
use crate::data::DataFolder;
use anyhow::Context;
use history::History;
use jiff::tz::TimeZone;
use kernel::KernelHelp;
use line::Line;
use preau_base::{SharedClock, SystemRng};
use preau_front::record::{OnFailedTry, RECORD_FOLDER, RecordConfig, Recorder};
use preau_front::{Application, Front, GateThread, Gatekeeper, GatekeeperConfig};
use preau_gate::consent::ConsentKey;
use preau_gate::{KeyRing, Settings};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

/// What an operator has set, at most.
const SETTINGS_BYTES_MAX: u64 = 1 << 20;
/// In which times are said on the gate's own pages.
const ZONE: &str = "Europe/Paris";

pub struct Gatehouse {
    pub keeper: Arc<Gatekeeper>,
    record: Recorder,
    /// Ticks, and answers `preau gate status`, for as long as it lives.
    thread: GateThread,
    history: History,
    line: Line,
    kernel: KernelHelp,
}

/// Where `preau gate status` and `preau gate set` find a running server.
pub fn socket(data: &DataFolder) -> PathBuf {
    data.path().join("gate.sock")
}

pub fn zone() -> TimeZone {
    TimeZone::get(ZONE).unwrap_or(TimeZone::UTC)
}

impl Gatehouse {
    /// A metrics recorder must have been installed before.
    pub fn open(
        data: &DataFolder,
        help: &GateHelp,
        keys: Arc<RwLock<KeyRing>>,
        clock: SharedClock,
        application: Arc<dyn Application>,
        site: String,
    ) -> anyhow::Result<Self> {
        let file = data.gate_settings_file();
        let settings = read(&file)?;
        let record = RecordConfig {
            address_days: help.record_address_days,
            keep_days: help.record_keep_days,
            ..RecordConfig::new(data.path().join(RECORD_FOLDER))
        };
        let record = Recorder::start(record, clock.clone(), Box::new(SystemRng)).context("the gate’s record")?;
        let kernel = KernelHelp::default();
        let helper = kernel.clone();
        let config = GatekeeperConfig {
            settings,
            keys,
            clock,
            application,
            on_settings: Arc::new(move |settings| keep(&file, settings)),
            on_state: Arc::new(move |keeper, snapshot| {
                keeper.set_machine(machine::memory_full().unwrap_or(0.0));
                helper.follow(keeper, snapshot);
            }),
            record: record.clone(),
            site,
            zone: zone(),
            consent: help.consent_key.as_deref().map(consent_key).transpose()?,
        };
        let keeper = Gatekeeper::new(config, &mut SystemRng);
        let thread = keeper.start(Some(&socket(data))).context("the gate’s control socket")?;
        let history = History::open(&keeper, data.path().join("gate-networks")).context("a thread for the gate")?;
        let line = Line::open(&keeper, data.path().join("gate-line")).context("a thread for the gate")?;
        Ok(Self { keeper, record, thread, history, line, kernel })
    }

    /// Who is told when the gate lets a known person wait, or turns them away, on their way to a lesson.
    pub fn on_failed_try(&self, told: OnFailedTry) {
        self.record.on_failed_try(told);
    }

    /// Asks the kernel for help, once the edge is bound: its ports are known then.
    pub fn help_from_kernel(&self, config: &Config, front: &Front, clock: SharedClock) {
        self.kernel.start(config, front, clock);
    }

    /// Writes what is queued for the record. To be called last.
    pub fn close(self) {
        drop(self.thread);
        self.kernel.stop();
        self.line.close();
        self.history.close();
        self.record.stop();
    }
}

/// The key by which the operator agrees to a rehearsal.
fn consent_key(file: &Path) -> anyhow::Result<ConsentKey> {
    let name = || format!("rehearsal.consent_key, {}", file.display());
    ConsentKey::from_text(&std::fs::read_to_string(file).with_context(name)?).with_context(name)
}

/// What was set before the last stop; the gate decides where nothing was.
fn read(file: &Path) -> anyhow::Result<Settings> {
    use std::io::Read as _;
    let mut text = String::new();
    match std::fs::File::open(file) {
        Ok(opened) => opened.take(SETTINGS_BYTES_MAX).read_to_string(&mut text),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Settings::default()),
        Err(error) => Err(error),
    }
    .with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is damaged; without it nothing is set", file.display()))
}

/// What cannot be kept still holds until the next start.
fn keep(file: &Path, settings: &Settings) {
    let written = serde_json::to_vec_pretty(settings).map_err(std::io::Error::other);
    if let Err(error) = written.and_then(|json| crate::data::write_whole(file, &json)) {
        tracing::error!(%error, file = %file.display(), "the gate’s settings were not kept");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_kept_over_a_restart_and_damage_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("gate.json");
        assert_eq!(read(&file).expect("nothing set"), Settings::default());
        let settings = Settings { inside_max: Some(400), ..Settings::default() };
        keep(&file, &settings);
        assert_eq!(read(&file).expect("kept"), settings);
        std::fs::write(&file, "{").expect("written");
        assert!(format!("{:#}", read(&file).expect_err("damaged")).contains("gate.json"));
    }
}
