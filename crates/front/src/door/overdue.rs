//! Ends connections without a complete header in time, however late those are who serve them.

use crate::limits as l;
use crate::socket;
use std::collections::HashMap;
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Connections that were handed over and have not brought a complete header yet. Those who serve close them in time, with
/// a page where one is due; where they are late themselves, the thread at the door ends them.
#[derive(Default)]
pub(crate) struct Overdue {
    watched: Mutex<HashMap<u64, Entry>>,
    next: AtomicU64,
}

struct Entry {
    deadline: Instant,
    socket: RawFd,
    watch: Arc<Watch>,
}

/// One of them, as long as it is looked after.
pub(crate) struct Watch {
    of: Arc<Overdue>,
    number: u64,
    /// Its first turn has come: until then it is we who are slow.
    begun: AtomicBool,
    /// The door has ended the connection.
    ended: AtomicBool,
}

impl Overdue {
    fn watched(&self) -> MutexGuard<'_, HashMap<u64, Entry>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks after `socket` until the watch is over, which must be before the socket is closed.
    pub fn watch(self: &Arc<Self>, socket: RawFd, deadline: Instant) -> Arc<Watch> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let watch =
            Arc::new(Watch { of: self.clone(), number, begun: AtomicBool::new(false), ended: AtomicBool::new(false) });
        self.watched().insert(number, Entry { deadline, socket, watch: watch.clone() });
        watch
    }

    /// Ends those whose time was over a while ago by `now`; gives how many.
    #[expect(unsafe_code, reason = "the sockets are others', who cannot be asked: they are late")]
    pub fn end_overdue(&self, now: Instant) -> usize {
        let grace = Duration::from_millis(l::OVERDUE_MS);
        // Held until the end: no watch is over, and so no socket closed, while its number is used.
        let mut watched = self.watched();
        let before = watched.len();
        watched.retain(|_, entry| {
            if now < entry.deadline + grace {
                return true;
            }
            // SAFETY: whoever owns the socket ends the watch before closing it, which takes the lock that we hold.
            let socket = unsafe { std::os::fd::BorrowedFd::borrow_raw(entry.socket) };
            let ours = !entry.watch.begun.load(Ordering::Acquire) && socket::has_spoken(&socket);
            if !ours {
                entry.watch.ended.store(true, Ordering::Release);
                socket::end(&socket);
            }
            ours
        });
        before - watched.len()
    }
}

impl Watch {
    /// Its first turn has come.
    pub fn begin(&self) {
        self.begun.store(true, Ordering::Release);
    }

    /// The end that was seen is the door's doing.
    pub fn was_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// A complete header has come, or whoever serves it has come to its end.
    pub fn end(&self) {
        self.of.watched().remove(&self.number);
    }
}
