//! What the gate does by itself, told to the record: found by comparing one state with the next.

use crate::record::{Ended, Event, Recorder};
use preau_base::Instant;
use preau_gate::Snapshot;
use preau_gate::snapshot::{SignatureState, VerdictKind};
use std::collections::HashMap;

/// The last state that was seen.
#[derive(Default)]
pub(super) struct Witness {
    seen: Option<Seen>,
    /// Signatures that an operator dropped since.
    dropped: Vec<u64>,
}

struct Seen {
    level: preau_base::Level,
    verdict: (VerdictKind, Instant),
    signatures: HashMap<u64, SignatureState>,
    seed_hash: String,
    opened: bool,
}

impl Seen {
    fn of(snapshot: &Snapshot) -> Self {
        Self {
            level: snapshot.ladder.level,
            verdict: (snapshot.verdict.kind, snapshot.verdict.since),
            signatures: snapshot.signatures.iter().map(|found| (found.id, found.clone())).collect(),
            seed_hash: snapshot.room.seed_hash.clone(),
            opened: snapshot.room.seed.is_some(),
        }
    }
}

impl Witness {
    pub fn see(&mut self, snapshot: &Snapshot, room: u64, record: &Recorder) {
        let now = Seen::of(snapshot);
        for event in self.events(&now, snapshot, room) {
            record.event(event);
        }
        self.seen = Some(now);
        self.dropped.clear();
    }

    /// An operator has dropped a signature: it has not expired by itself.
    pub fn dropped(&mut self, id: u64) {
        self.dropped.push(id);
    }

    fn events(&self, now: &Seen, snapshot: &Snapshot, room: u64) -> Vec<Event> {
        let mut events = Vec::new();
        let seen = self.seen.as_ref();
        let before = seen.map(|seen| seen.level).unwrap_or_default();
        if before != now.level {
            events.push(Event::Level { from: before, to: now.level, cause: snapshot.ladder.cause });
        }
        if seen.map(|seen| seen.verdict.0).unwrap_or_default() != now.verdict.0 {
            events.push(Event::Verdict { verdict: snapshot.verdict.clone() });
        }
        if seen.is_none_or(|seen| seen.seed_hash != now.seed_hash) && !now.seed_hash.is_empty() {
            let (seed_hash, opens) = (now.seed_hash.clone(), snapshot.room.opens);
            events.push(Event::Room { room, seed_hash, opens });
        }
        if let Some(seed) = snapshot
            .room
            .seed
            .as_ref()
            .filter(|_| seen.is_none_or(|seen| !seen.opened || seen.seed_hash != now.seed_hash))
        {
            events.push(Event::Opened { room, seed_hash: now.seed_hash.clone(), seed: seed.clone() });
        }
        events.extend(signature_events(seen, now, &self.dropped));
        events
    }
}

fn signature_events(seen: Option<&Seen>, now: &Seen, dropped: &[u64]) -> Vec<Event> {
    let known = |id: u64| seen.is_some_and(|seen| seen.signatures.contains_key(&id));
    let made = now.signatures.values().filter(|found| !known(found.id));
    let mut events: Vec<Event> = made.map(|found| Event::SignatureMade { signature: found.clone() }).collect();
    let gone =
        seen.into_iter().flat_map(|seen| seen.signatures.values()).filter(|it| !now.signatures.contains_key(&it.id));
    events.extend(gone.map(|found| {
        let how = if dropped.contains(&found.id) { Ended::Dropped } else { Ended::Expired };
        Event::SignatureEnded { id: found.id, hits: found.hits, how }
    }));
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::{Level, SeededRng};
    use preau_gate::snapshot::RoomState;
    use preau_gate::{Gate, Settings};

    const NOW: Instant = Instant::from_secs(1_800_000_000);

    fn signature(id: u64) -> SignatureState {
        SignatureState {
            id,
            attributes: vec![("path".to_owned(), "/search".to_owned())],
            since: NOW,
            expires: NOW,
            pinned: false,
            hits: 7,
            baseline_share: 0.0,
        }
    }

    #[test]
    fn each_change_is_told_once() {
        let mut snapshot = Gate::new(Settings::default(), NOW, &mut SeededRng::new(1)).snapshot(NOW);
        snapshot.room = RoomState { seed_hash: "ab".to_owned(), ..RoomState::default() };
        let mut witness = Witness::default();
        let mut kinds = |snapshot: &Snapshot, dropped: Option<u64>| {
            dropped.into_iter().for_each(|id| witness.dropped(id));
            let now = Seen::of(snapshot);
            let events = witness.events(&now, snapshot, 1);
            witness.see(snapshot, 1, &Recorder::off());
            events
        };
        let names = |events: &[Event]| events.iter().map(Event::kind).collect::<Vec<_>>();
        assert_eq!(names(&kinds(&snapshot, None)), ["room"]);
        assert_eq!(kinds(&snapshot, None), []);
        snapshot.ladder.level = Level::Light;
        snapshot.verdict.kind = VerdictKind::UnexpectedCrowd;
        snapshot.signatures = vec![signature(1), signature(2)];
        assert_eq!(names(&kinds(&snapshot, None)), ["level", "verdict", "signature_made", "signature_made"]);
        snapshot.signatures.clear();
        let mut ended = kinds(&snapshot, Some(2));
        ended.sort_by_key(|event| format!("{event:?}"));
        let end = |id, how| Event::SignatureEnded { id, hits: 7, how };
        assert_eq!(ended, [end(1, Ended::Expired), end(2, Ended::Dropped)]);
        snapshot.room.seed = Some("cd".to_owned());
        assert_eq!(names(&kinds(&snapshot, None)), ["opened"]);
        assert_eq!(kinds(&snapshot, None), []);
    }
}
