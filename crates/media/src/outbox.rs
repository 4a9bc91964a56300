//! Events on their way to the room's owner: never waits, keeps the newest state when the owner is slow.

use crate::api::{MediaEvent, PeerId, SourceKind};
use crate::limits::EVENTS_WAITING_MAX;
use std::collections::VecDeque;
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

/// The events of one room that the channel had no room for yet.
pub struct Outbox {
    to: Sender<MediaEvent>,
    waiting: VecDeque<MediaEvent>,
    /// The receiver is gone, or so slow that more than [`EVENTS_WAITING_MAX`] state changes wait.
    over: bool,
    /// The channel was full when it was last tried.
    stuck: bool,
    dropped: u64,
}

/// Events with the same key replace each other: only the newest state counts.
#[derive(PartialEq, Eq)]
enum Key<'a> {
    Assigned(PeerId, &'a str),
    Publishing(PeerId, SourceKind),
    Speaking,
    Sends(PeerId),
}

fn key(event: &MediaEvent) -> Option<Key<'_>> {
    match event {
        MediaEvent::Assigned { peer, mid, .. } => Some(Key::Assigned(*peer, mid)),
        MediaEvent::Publishing { peer, kind, .. } => Some(Key::Publishing(*peer, *kind)),
        MediaEvent::Speaking { .. } => Some(Key::Speaking),
        MediaEvent::Sends { peer, .. } => Some(Key::Sends(*peer)),
        _ => None,
    }
}

impl Outbox {
    pub fn new(to: Sender<MediaEvent>) -> Self {
        Self { to, waiting: VecDeque::new(), over: false, stuck: false, dropped: 0 }
    }

    pub fn push(&mut self, event: MediaEvent) {
        if matches!(event, MediaEvent::Stats { .. }) && self.stuck {
            self.dropped += 1;
            return;
        }
        if let Some(new) = key(&event) {
            self.waiting.retain(|old| key(old).is_none_or(|old| old != new));
        }
        self.waiting.push_back(event);
    }

    /// Sends what the channel has room for.
    pub fn flush(&mut self) {
        self.stuck = false;
        while let Some(event) = self.waiting.pop_front() {
            match self.to.try_send(event) {
                Ok(()) => {}
                Err(TrySendError::Full(event)) => {
                    self.hold(event);
                    break;
                }
                Err(TrySendError::Closed(_)) => {
                    self.over = true;
                    self.waiting.clear();
                }
            }
        }
        if self.waiting.len() > EVENTS_WAITING_MAX {
            self.over = true;
        }
    }

    fn hold(&mut self, event: MediaEvent) {
        self.stuck = true;
        if matches!(event, MediaEvent::Stats { .. }) {
            self.dropped += 1;
        } else {
            self.waiting.push_front(event);
        }
        let before = self.waiting.len();
        self.waiting.retain(|event| !matches!(event, MediaEvent::Stats { .. }));
        self.dropped += (before - self.waiting.len()) as u64;
    }

    /// Whether the room has no listener any more.
    pub fn over(&self) -> bool {
        self.over
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Events dropped since the last call.
    pub fn take_dropped(&mut self) -> u64 {
        std::mem::take(&mut self.dropped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::mpsc;

    fn speaking(id: u64) -> MediaEvent {
        MediaEvent::Speaking { speakers: vec![PeerId(id)] }
    }

    fn stats(id: u64) -> MediaEvent {
        MediaEvent::Stats {
            peer: PeerId(id),
            estimate_kbps: 0,
            sent_kbps: 0,
            received_kbps: 0,
            loss_permille: None,
            rtt_ms: None,
            late_ms: 0,
        }
    }

    #[test]
    fn a_slow_listener_gets_the_newest_state_and_no_old_statistics() {
        let (to, mut from) = mpsc::channel(1);
        let mut outbox = Outbox::new(to);
        outbox.push(MediaEvent::Connected { peer: PeerId(1) });
        outbox.flush();
        for id in 0..100 {
            outbox.push(speaking(id));
            outbox.push(stats(id));
            outbox.flush();
        }
        assert_eq!(outbox.take_dropped(), 100);
        assert_eq!(from.try_recv().unwrap(), MediaEvent::Connected { peer: PeerId(1) });
        outbox.flush();
        assert_eq!(from.try_recv().unwrap(), speaking(99));
        assert!(from.try_recv().is_err() && outbox.is_empty());
    }

    #[test]
    fn a_listener_that_is_gone_ends_it() {
        let (to, from) = mpsc::channel(1);
        let mut outbox = Outbox::new(to);
        drop(from);
        outbox.push(speaking(1));
        outbox.flush();
        assert!(outbox.over());
    }
}
