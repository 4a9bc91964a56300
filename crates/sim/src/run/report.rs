use super::histogram::Histogram;
use preau_base::Level;
use preau_gate::Outcome;
use preau_gate::snapshot::AttackKind;
use serde::Serialize;
use std::collections::BTreeMap;

/// Waits from arrival to being in, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Waits {
    pub people: u64,
    pub p50_ms: u64,
    pub p99_ms: u64,
    pub max_ms: u64,
}

impl From<&Histogram> for Waits {
    fn from(histogram: &Histogram) -> Self {
        let ms = |share| u64::try_from(histogram.quantile(share).as_millis()).unwrap_or(u64::MAX);
        Self { people: histogram.count(), p50_ms: ms(0.5), p99_ms: ms(0.99), max_ms: ms(1.0) }
    }
}

/// What came of one attack.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct AttackPlayed {
    pub kind: AttackKind,
    pub begins_s: f64,
    pub lasts_s: f64,
    pub sent: u64,
    /// Requests of it that reached the application.
    pub admitted: u64,
    /// From its beginning to the verdict that names it; none while it was not named.
    pub named_after_s: Option<f64>,
}

/// What came of a morning.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Played {
    pub seed: u64,
    pub people: u64,
    pub arrived: u64,
    /// Saw their home page.
    pub people_in: u64,
    /// Reached their lesson.
    pub in_lesson: u64,
    pub gave_up: u64,
    /// Arrived, and neither in nor gone when the morning ended.
    pub still_outside: u64,
    /// Seconds from the start of the window until the last one was in.
    pub last_in_s: f64,
    pub in_per_minute: Vec<u64>,
    /// By who they are: pass and lesson, pass, no pass.
    pub waits_lesson: Waits,
    pub waits_known: Waits,
    pub waits_newcomer: Waits,
    /// Times that a person with a valid pass was turned away or sent to sign in again. Must be 0.
    pub pass_holders_refused: u64,
    /// Times that a person was turned away who had been told their place in line. Must be 0.
    pub in_line_refused: u64,
    /// Times that a pass holder was sent to the waiting page.
    pub pass_holders_waited: u64,
    /// Of these, times that the application had room. Must be 0.
    pub pass_holders_waited_with_room: u64,
    /// People told to wait although somebody behind them had been let in. Must be 0.
    pub order_violations: u64,
    /// Times promised in the line that were exceeded by the next without a word, among the people who were watched. Must
    /// be 0.
    pub promises_broken: u64,
    /// The same of people with a pass. Must be 0.
    pub pass_holders_times_exceeded: u64,
    pub promises_watched: u64,
    pub decisions: u64,
    /// Decisions on people's requests by how they ended.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// Answers of the application that failed or came too late for the person.
    pub failures_seen: u64,
    pub waiting_most: u64,
    /// What the waiting room held at most, as the gate tells.
    pub room_bytes_most: u64,
    /// Places in the line that were given out.
    pub tickets_issued: u64,
    pub at_work_most: u64,
    pub held_most: u64,
    /// What the simulation keeps of each person.
    pub bytes_per_person: usize,
    /// When the ladder moved, in seconds, and to which level.
    pub levels: Vec<(f64, Level)>,
    /// Attacks that the verdict named although they were not played, with when.
    pub falsely_named: Vec<(f64, AttackKind)>,
    pub attacks: Vec<AttackPlayed>,
}

impl Played {
    pub(super) fn count(&mut self, outcome: Outcome) {
        *self.outcomes.entry(outcome.name()).or_default() += 1;
    }

    /// What must never be, in words; empty when it was not.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut none = |count: u64, what: &str| {
            if count > 0 {
                faults.push(format!("{count} {what}"));
            }
        };
        none(self.pass_holders_refused, "pass holders refused");
        none(self.in_line_refused, "people in line turned away");
        none(self.pass_holders_waited_with_room, "pass holders sent to wait while there was room");
        none(self.order_violations, "people overtaken in the line");
        none(self.promises_broken + self.pass_holders_times_exceeded, "promised times exceeded");
        faults
    }
}
