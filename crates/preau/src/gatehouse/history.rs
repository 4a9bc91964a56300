//! The networks of the last 30 days, kept over a restart: a morning after an update has to know them.

use crate::data::write_whole;
use preau_front::Gatekeeper;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

const KEPT_EVERY: Duration = Duration::from_secs(600);
const HISTORY_BYTES_MAX: u64 = 64 << 20;

/// Keeps them from time to time, on a thread of its own as disks may be slow, and when it is closed.
pub struct History {
    end: Sender<()>,
    thread: JoinHandle<()>,
}

impl History {
    /// Takes up what was kept; what is damaged is told and left out, as the gate works without.
    pub fn open(keeper: &Arc<Gatekeeper>, file: PathBuf) -> std::io::Result<Self> {
        restore(keeper, &file);
        let (end, ended) = channel();
        let keeper = keeper.clone();
        let work = move || {
            loop {
                let over = !matches!(ended.recv_timeout(KEPT_EVERY), Err(RecvTimeoutError::Timeout));
                if let Err(error) = write_whole(&file, &keeper.history_bytes()) {
                    tracing::error!(%error, file = %file.display(), "the networks of the last days were not kept");
                }
                if over {
                    return;
                }
            }
        };
        Ok(Self { end, thread: std::thread::Builder::new().name("gate-history".to_owned()).spawn(work)? })
    }

    pub fn close(self) {
        drop(self.end);
        if self.thread.join().is_err() {
            tracing::error!("the thread that keeps the networks had panicked");
        }
    }
}

fn restore(keeper: &Gatekeeper, file: &Path) {
    let mut bytes = Vec::new();
    let read = std::fs::File::open(file).and_then(|opened| opened.take(HISTORY_BYTES_MAX).read_to_end(&mut bytes));
    match read {
        Err(error) if error.kind() == ErrorKind::NotFound => return,
        Err(error) => {
            tracing::error!(%error, file = %file.display(), "the networks of the last days cannot be read");
            return;
        }
        Ok(_) => {}
    }
    if let Err(error) = keeper.restore_history(&bytes) {
        tracing::error!(%error, file = %file.display(), "the networks of the last days are damaged, and left out");
    }
}
