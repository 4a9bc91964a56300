//! What the gate shows of itself.

use super::newcomers::opens;
use super::{Gate, waits};
use crate::snapshot::{LimitState, NetworkState, People, RoomState, Snapshot};
use crate::waiting::{Estimate, Figures, Place, Ticket};
use preau_base::{Cidr, Instant};

impl Gate {
    pub fn snapshot(&self, now: Instant) -> Snapshot {
        let (latency_floor_ms, latency_ms) = self.limiter.state();
        Snapshot {
            at: now,
            ladder: self.ladder.state(),
            people: People {
                inside: self.inside.people(),
                inside_with_lesson: self.inside.with_lesson(),
                waiting: self.newcomers.room.waiting(),
                known_waiting: self.claims.waiting(),
                entered_total: self.inside.entered_total(),
            },
            counts: self.counts.all(),
            lanes: self.counts.lanes(now),
            limit: LimitState {
                limit: self.limiter.limit(),
                at_work: self.work.total(),
                held: self.queue.len(),
                latency_floor_ms,
                latency_ms,
            },
            room: self.room_state(now),
            curve: self.judge.minutes(now),
            verdict: self.judge.verdict().clone(),
            split: self.judge.split(now),
            signatures: self.judge.signatures(),
            networks: self.networks(now),
            settings: self.settings.clone(),
        }
    }

    /// What everybody in line may know: the poll resource.
    pub fn figures(&self, now: Instant) -> Figures {
        let reason = self.someone_waits(now).then(|| self.reason(now));
        let figures = self.newcomers.room.figures(now).with(reason, self.level(), self.settings.note.clone());
        // Who polls tells no time either, while there is none.
        let per_minute = figures.per_minute.filter(|_| !waits::stands_still(self, now));
        Figures { entered: self.inside.entered_total(), per_minute, ..figures }
    }

    fn someone_waits(&self, now: Instant) -> bool {
        self.holds_back(now) || self.newcomers.room.waiting() > 0
    }

    fn room_state(&self, now: Instant) -> RoomState {
        let room = &self.newcomers.room;
        RoomState {
            open: !self.holds_back(now),
            opens: opens(&self.settings.doors, now),
            reason: self.someone_waits(now).then(|| self.reason(now)),
            issued: room.issued(),
            called: room.turn(),
            people_per_minute: room.per_minute().unwrap_or(0.0),
            wait_s: self.longest_wait(now).map(|estimate| estimate.about.as_secs()),
            memory_bytes: room.memory_bytes(),
            seed_hash: room.seed_hash().to_owned(),
            seed: room.seed().map(|seed| seed.iter().map(|byte| format!("{byte:02x}")).collect()),
        }
    }

    /// What the last in line is told.
    fn longest_wait(&self, now: Instant) -> Option<Estimate> {
        let room = &self.newcomers.room;
        let place = Place { order: room.issued(), ahead: room.waiting() };
        let ticket = Ticket { room: room.id(), serial: room.issued(), issued: now, promised: None };
        room.estimate(&ticket, place, now).filter(|_| room.waiting() > 0 && !waits::stands_still(self, now))
    }

    fn networks(&self, now: Instant) -> Vec<NetworkState> {
        let with_passes = |state: NetworkState| NetworkState { passes: self.passes_in(state.network, now), ..state };
        self.judge.networks(now).into_iter().map(with_passes).collect()
    }

    fn passes_in(&self, network: Cidr, now: Instant) -> u32 {
        self.prefixes.passes_of(network.network(), now)
    }

    /// Memory of all that grows with the number of people and networks, in bytes.
    pub fn memory_bytes(&self) -> u64 {
        let tables = self.prefixes.memory_bytes()
            + self.passes.memory_bytes()
            + self.inside.memory_bytes()
            + self.claims.memory_bytes()
            + self.newcomers.promises.memory_bytes();
        tables as u64 + self.newcomers.room.memory_bytes()
    }
}
