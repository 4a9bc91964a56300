//! Whether a client takes its answers over HTTP/2, where it can hold back each stream without holding back the socket.

use crate::limits as l;
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::Instant;

#[derive(Default)]
pub(super) struct Taking {
    /// Answers of which a piece was handed out and no further one asked for, since when.
    waiting: HashMap<u64, Instant>,
    written_bytes: u64,
    /// Since when is measured, and what had been written by then.
    window: Option<(Instant, u64)>,
}

impl Taking {
    /// True when measuring begins with it.
    pub fn gave(&mut self, id: u64, now: Instant) -> bool {
        self.waiting.insert(id, now);
        let begins = self.window.is_none();
        if begins {
            self.window = Some((now, self.written_bytes));
        }
        begins
    }

    pub fn asked(&mut self, id: u64) {
        self.waiting.remove(&id);
        if self.waiting.is_empty() {
            self.window = None;
        }
    }

    pub fn on_write(&mut self, bytes: usize) {
        self.written_bytes = self.written_bytes.saturating_add(bytes as u64);
    }

    /// While the socket is full, it is the socket that is waited for.
    pub fn on_write_pending(&mut self) {
        if let Some((since, _)) = &mut self.window {
            *since = Instant::now();
        }
    }

    pub fn look_at(&self, stall: Duration) -> Option<Instant> {
        self.window.map(|(since, _)| since + stall)
    }

    /// At the end of a window: too little was written while an answer waited, or one answer has waited far too long.
    pub fn is_late(&mut self, now: Instant, stall: Duration) -> bool {
        let Some((since, written)) = self.window else { return false };
        let waited = self.waiting.values().min().map_or(Duration::ZERO, |oldest| now.duration_since(*oldest));
        let least = l::WRITE_BYTES_PER_S_MIN.saturating_mul(now.duration_since(since).as_secs().max(1));
        let slow = self.written_bytes - written < least && waited >= stall;
        self.window = Some((now, self.written_bytes));
        slow || waited >= Duration::from_millis(l::HTTP2_ANSWER_STALL_MS_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STALL: Duration = Duration::from_secs(8);

    #[test]
    fn who_takes_is_not_late_and_who_does_not_is() {
        let begin = Instant::now();
        let mut taking = Taking::default();
        assert_eq!(taking.look_at(STALL), None);
        assert!(taking.gave(1, begin) && !taking.gave(2, begin));
        assert_eq!(taking.look_at(STALL), Some(begin + STALL));
        taking.on_write(100_000);
        assert!(!taking.is_late(begin + STALL, STALL), "took enough");
        assert!(taking.is_late(begin + STALL * 2, STALL), "took nothing since");
        taking.asked(1);
        taking.asked(2);
        assert_eq!(taking.look_at(STALL), None, "nothing waits for the client");
        assert!(!taking.is_late(begin + STALL * 3, STALL));
    }

    #[test]
    fn one_answer_cannot_wait_for_ever_behind_others() {
        let begin = Instant::now();
        let mut taking = Taking::default();
        taking.gave(1, begin);
        let max = Duration::from_millis(l::HTTP2_ANSWER_STALL_MS_MAX);
        let mut at = Duration::ZERO;
        while at < max {
            taking.on_write(1_000_000);
            assert!(!taking.is_late(begin + at, STALL), "{at:?}");
            at += STALL;
        }
        taking.on_write(1_000_000);
        assert!(taking.is_late(begin + at, STALL));
    }
}
