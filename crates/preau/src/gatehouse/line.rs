//! The line of those who wait, kept over a restart: an update at the wrong moment must not cost a nation its places.

use crate::data::write_whole;
use preau_front::Gatekeeper;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// What a crash can cost: tickets given since are void, tickets used since can be used once more.
const KEPT_EVERY: Duration = Duration::from_secs(5);
/// The bits of all tickets that a room gives are 16 MiB.
const LINE_BYTES_MAX: u64 = 20 << 20;

/// Keeps it from time to time, on a thread of its own as disks may be slow, and when it is closed.
pub struct Line {
    end: Sender<()>,
    thread: JoinHandle<()>,
}

impl Line {
    /// Goes on with what was kept; what is damaged is told and left out, as a new line can be begun.
    pub fn open(keeper: &Arc<Gatekeeper>, file: PathBuf) -> std::io::Result<Self> {
        restore(keeper, &file);
        let (end, ended) = channel();
        let keeper = keeper.clone();
        let work = move || {
            loop {
                let over = !matches!(ended.recv_timeout(KEPT_EVERY), Err(RecvTimeoutError::Timeout));
                if let Err(error) = keep(&keeper, &file) {
                    tracing::error!(%error, file = %file.display(), "the line of those who wait was not kept");
                }
                if over {
                    return;
                }
            }
        };
        Ok(Self { end, thread: std::thread::Builder::new().name("gate-line".to_owned()).spawn(work)? })
    }

    pub fn close(self) {
        drop(self.end);
        if self.thread.join().is_err() {
            tracing::error!("the thread that keeps the line had panicked");
        }
    }
}

/// Without a line there is no file: an old one must not come back.
fn keep(keeper: &Gatekeeper, file: &Path) -> std::io::Result<()> {
    match keeper.line_bytes() {
        Some(bytes) => write_whole(file, &bytes),
        None => match std::fs::remove_file(file) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        },
    }
}

fn restore(keeper: &Gatekeeper, file: &Path) {
    let mut bytes = Vec::new();
    let read = std::fs::File::open(file).and_then(|opened| opened.take(LINE_BYTES_MAX).read_to_end(&mut bytes));
    match read {
        Err(error) if error.kind() == ErrorKind::NotFound => return,
        Err(error) => {
            tracing::error!(%error, file = %file.display(), "the line of those who wait cannot be read");
            return;
        }
        Ok(_) => {}
    }
    if let Err(error) = keeper.restore_line(&bytes) {
        tracing::warn!(%error, file = %file.display(), "a new line is begun");
    }
}
