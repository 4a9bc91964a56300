//! What attackers send, and what the gate says of itself meanwhile.

use super::{Morning, Whose};
use crate::attack::Sent;
use crate::limits as l;
use preau_gate::Decision;
use std::time::Duration;

impl Morning<'_> {
    pub(super) fn attack(&mut self) {
        let at = Duration::from_millis(self.now_ms);
        let mut text = String::new();
        for number in 0..self.plan.attacks.len() {
            let attack = self.plan.attacks[number];
            if !attack.is_on(at) {
                continue;
            }
            let due = (at.saturating_sub(attack.begins).as_millis() as u64 + l::BUCKET_MS)
                * u64::from(attack.per_second)
                / 1_000;
            while self.sent[number] < due {
                self.sent[number] += 1;
                self.played.attacks[number].sent += 1;
                match attack.sends(self.plan.world.seed, self.sent[number], self.now(), &mut text) {
                    Sent::Sign(sign, address) => self.gate.observe(sign, address, self.now()),
                    Sent::Request { mut request, then } => {
                        request.ticket = self.kept[number];
                        let decision = self.decide(&request);
                        if let (true, None, Decision::Wait(wait)) = (attack.as_browsers, request.ticket, &decision) {
                            self.kept[number] = wait.ticket;
                        }
                        let whose = Whose::Attacker { attack: number, then, address: request.address };
                        self.follow(whose, request.kind, decision);
                    }
                }
            }
        }
    }

    /// Once a second: what the gate says of itself.
    pub(super) fn look(&mut self) {
        let snapshot = self.gate.snapshot(self.now());
        let at_s = self.now_ms as f64 / 1_000.0;
        self.played.waiting_most = self.played.waiting_most.max(snapshot.people.waiting);
        self.played.room_bytes_most = self.played.room_bytes_most.max(snapshot.room.memory_bytes);
        self.played.tickets_issued = self.played.tickets_issued.max(snapshot.room.issued);
        let level = snapshot.ladder.level;
        if self.played.levels.last().is_none_or(|(_, last)| *last != level) {
            self.played.levels.push((at_s, level));
        }
        for kind in snapshot.verdict.attacks {
            let mut was_played = false;
            for attack in self.played.attacks.iter_mut().filter(|attack| attack.kind == kind) {
                // A verdict looks back over its window, and signatures live on for a while.
                let is_on = attack.begins_s <= at_s && at_s <= attack.begins_s + attack.lasts_s + 60.0;
                was_played |= is_on;
                if is_on && attack.named_after_s.is_none() {
                    attack.named_after_s = Some(at_s - attack.begins_s);
                }
            }
            if !was_played && !self.played.falsely_named.iter().any(|(_, named)| *named == kind) {
                self.played.falsely_named.push((at_s, kind));
            }
        }
    }
}
