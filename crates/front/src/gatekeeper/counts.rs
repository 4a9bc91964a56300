//! What the gate counts for `/metrics`. Handles are kept: looking a counter up costs more than a decision.

use metrics::{Counter, Gauge, Unit, counter, describe_counter, describe_gauge, gauge};
use preau_gate::snapshot::{AttackKind, VerdictKind};
use preau_gate::{Kind, Lane, Outcome, Snapshot};
use std::sync::OnceLock;

/// Made once a recorder is installed: a handle that was made before counts nowhere.
pub(super) struct Counts {
    decisions: Vec<OnceLock<Counter>>,
    gauges: Gauges,
    pub queue: Counter,
    pub not_modified: Counter,
    pub gone_held: Counter,
    pub abandoned: Counter,
}

struct Gauges {
    level: Gauge,
    limit: Gauge,
    at_work: Gauge,
    held: Gauge,
    latency: Gauge,
    floor: Gauge,
    inside: Gauge,
    waiting: Gauge,
    signatures: Gauge,
    signature_hits: Gauge,
    verdicts: Vec<(&'static str, Gauge)>,
}

impl Counts {
    pub fn new() -> Self {
        let cells = Lane::ALL.len() * Outcome::ALL.len() * Kind::ALL.len();
        Self {
            decisions: (0..cells).map(|_| OnceLock::new()).collect(),
            gauges: Gauges {
                level: gauge!("preau_gate_level"),
                limit: gauge!("preau_gate_limit"),
                at_work: gauge!("preau_gate_at_work"),
                held: gauge!("preau_gate_held"),
                latency: gauge!("preau_gate_latency_seconds"),
                floor: gauge!("preau_gate_latency_floor_seconds"),
                inside: gauge!("preau_gate_inside"),
                waiting: gauge!("preau_gate_waiting"),
                signatures: gauge!("preau_gate_signatures"),
                signature_hits: gauge!("preau_gate_signature_hits"),
                verdicts: verdict_names().map(|name| (name, gauge!("preau_gate_verdict", "is" => name))).collect(),
            },
            queue: counter!("preau_gate_queue_answers_total", "answer" => "whole"),
            not_modified: counter!("preau_gate_queue_answers_total", "answer" => "not_modified"),
            gone_held: counter!("preau_gate_gone_total", "while" => "held"),
            abandoned: counter!("preau_gate_gone_total", "while" => "at_work"),
        }
    }

    pub fn decided(&self, lane: Lane, outcome: Outcome, kind: Kind) {
        let cell = (lane as usize * Outcome::ALL.len() + outcome as usize) * Kind::ALL.len() + kind as usize;
        let Some(cell) = self.decisions.get(cell) else { return };
        let made = || {
            counter!("preau_gate_decisions_total",
                "lane" => lane.name(), "outcome" => outcome.name(), "kind" => kind.name())
        };
        cell.get_or_init(made).increment(1);
    }

    pub fn show(&self, snapshot: &Snapshot) {
        let gauges = &self.gauges;
        gauges.level.set(f64::from(snapshot.ladder.level.number()));
        gauges.limit.set(f64::from(snapshot.limit.limit));
        gauges.at_work.set(f64::from(snapshot.limit.at_work));
        gauges.held.set(f64::from(snapshot.limit.held));
        gauges.latency.set(snapshot.limit.latency_ms / 1_000.0);
        gauges.floor.set(snapshot.limit.latency_floor_ms / 1_000.0);
        gauges.inside.set(snapshot.people.inside as f64);
        gauges.waiting.set(snapshot.people.waiting as f64);
        gauges.signatures.set(snapshot.signatures.len() as f64);
        gauges.signature_hits.set(snapshot.signatures.iter().map(|signature| signature.hits).sum::<u64>() as f64);
        let verdict = &snapshot.verdict;
        let is = |name: &str| {
            name == verdict_name(verdict.kind) || verdict.attacks.iter().any(|kind| attack_name(*kind) == name)
        };
        for (name, gauge) in &gauges.verdicts {
            gauge.set(if is(name) { 1.0 } else { 0.0 });
        }
    }
}

fn verdict_names() -> impl Iterator<Item = &'static str> {
    let plain = [VerdictKind::Calm, VerdictKind::ExpectedCrowd, VerdictKind::UnexpectedCrowd, VerdictKind::OurSlowness];
    plain.into_iter().map(verdict_name).chain(AttackKind::ALL.into_iter().map(attack_name))
}

const fn verdict_name(kind: VerdictKind) -> &'static str {
    match kind {
        VerdictKind::Calm => "calm",
        VerdictKind::ExpectedCrowd => "expected_crowd",
        VerdictKind::UnexpectedCrowd => "unexpected_crowd",
        VerdictKind::OurSlowness => "our_slowness",
        VerdictKind::Attack(attack) => attack_name(attack),
    }
}

const fn attack_name(kind: AttackKind) -> &'static str {
    match kind {
        AttackKind::ConnectionFlood => "connection_flood",
        AttackKind::HandshakeFlood => "handshake_flood",
        AttackKind::SlowConnections => "slow_connections",
        AttackKind::HttpFlood => "http_flood",
        AttackKind::CacheBusting => "cache_busting",
        AttackKind::Http2Abuse => "http2_abuse",
        AttackKind::LargeRequests => "large_requests",
        AttackKind::Smuggling => "smuggling",
        AttackKind::PasswordStuffing => "password_stuffing",
        AttackKind::TicketFarming => "ticket_farming",
        AttackKind::ForgedPasses => "forged_passes",
        AttackKind::SharedPass => "shared_pass",
    }
}

/// Describes every counter of the gate; called once a recorder is installed.
pub(crate) fn describe() {
    describe_counter!(
        "preau_gate_decisions_total",
        Unit::Count,
        "Decisions of the gate, by lane, outcome and kind of request"
    );
    describe_counter!(
        "preau_gate_queue_answers_total",
        Unit::Count,
        "Answers of the poll resource, whole or not modified"
    );
    describe_counter!(
        "preau_gate_gone_total",
        Unit::Count,
        "Clients that went away while held, or before their answer"
    );
    describe_gauge!("preau_gate_level", Unit::Count, "Level of the ladder, 0 (everything) to 5 (newcomers wait)");
    describe_gauge!("preau_gate_limit", Unit::Count, "Requests that may be at work in the application at once");
    describe_gauge!("preau_gate_at_work", Unit::Count, "Requests at work in the application");
    describe_gauge!("preau_gate_held", Unit::Count, "Requests held back for a moment");
    describe_gauge!("preau_gate_latency_seconds", Unit::Seconds, "Latency of the application now");
    describe_gauge!("preau_gate_latency_floor_seconds", Unit::Seconds, "Latency of the application without load");
    describe_gauge!("preau_gate_inside", Unit::Count, "People who were let in and seen in the last 30 minutes");
    describe_gauge!("preau_gate_waiting", Unit::Count, "Waiting tickets that came back and are not used");
    describe_gauge!("preau_gate_verdict", Unit::Count, "1 for the verdict in force and for each attack under way");
    describe_gauge!("preau_gate_signatures", Unit::Count, "Signatures of attacks in force");
    describe_gauge!("preau_gate_signature_hits", Unit::Count, "Requests that the signatures in force have hit");
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_combination_has_a_cell_of_its_own() {
        let mut cells = HashSet::new();
        for lane in Lane::ALL {
            for outcome in Outcome::ALL {
                for kind in Kind::ALL {
                    cells.insert(
                        (lane as usize * Outcome::ALL.len() + outcome as usize) * Kind::ALL.len() + kind as usize,
                    );
                }
            }
        }
        assert_eq!(cells.len(), Counts::new().decisions.len());
        assert!(cells.iter().all(|cell| *cell < cells.len()));
    }

    #[test]
    fn every_verdict_has_a_name_of_its_own() {
        let names: HashSet<_> = verdict_names().collect();
        assert_eq!(names.len(), 4 + AttackKind::ALL.len());
    }
}
