//! Once a second: from what was counted to the verdict.

use super::attacks::{self, Evidence, Finding};
use super::split::Second;
use super::sweep;
use super::weigh::{Situation, Weighed, weigh};
use super::{Judge, WINDOW_S};
use crate::limits::WINDOW;
use crate::snapshot::{AttackKind, Verdict, VerdictKind};
use preau_base::Instant;
use std::time::Duration;

/// An attack is named for this long after the last sign of it.
const ATTACK_HELD: Duration = WINDOW;
/// Windows of arrivals that explain spare connections of browsers.
const ARRIVALS_REMEMBERED_S: usize = 60;

impl Judge {
    /// To be called every [`crate::limits::TICK`]; judges once a second.
    pub fn tick(&mut self, now: Instant) {
        let now_s = now.as_secs();
        if now_s <= self.judged_s {
            return;
        }
        let first_s = self.judged_s.max(now_s - WINDOW.as_secs() as i64);
        self.judged_s = now_s;
        let over: Vec<(i64, Second)> = (first_s..now_s).map(|at_s| (at_s, self.seconds.of(at_s))).collect();
        self.judge(now);
        let flood = self.last_sweep.floods.sum() / WINDOW_S;
        for (at_s, second) in over {
            let arrived = people_of(f64::from(second.arrivals), f64::from(second.arrivals_bare), flood);
            self.minutes.add(Instant::from_secs(at_s), &second, arrived, self.verdict.kind, &self.forecast);
        }
    }

    fn judge(&mut self, now: Instant) {
        let sweep = sweep::sweep(&self.networks, &self.history, now);
        let sum = self.seconds.sum(now);
        let (networks, history) = (&self.networks, &self.history);
        self.samples.turn(now, |key| {
            networks.seen_key(key, now).is_some_and(|seen| sweep::is_people(&seen, history.knows(seen.network, now)))
        });
        self.signatures.turn(self.samples.baseline(), now);
        let described = self.make_signatures(&sweep, &sum, now);
        let flood = sweep.floods.max(described).sum();
        let arrivals = people_of(f64::from(sum.arrivals), f64::from(sum.arrivals_bare), flood);
        self.arrivals.push_back(arrivals);
        if self.arrivals.len() > ARRIVALS_REMEMBERED_S {
            self.arrivals.pop_front();
        }
        let most_arrivals = self.arrivals.iter().copied().fold(0.0, f64::max);
        let evidence = Evidence { sweep: &sweep, sum: &sum, usual: &self.usual, arrivals: most_arrivals, described };
        self.hold(attacks::find(&evidence), now);
        let findings: Vec<Finding> = self.held.iter().map(|(finding, _)| finding.clone()).collect();
        let weighed = weigh(&Situation {
            findings: &findings,
            sum: &sum,
            sweep: &sweep,
            usual: &self.usual,
            arrivals,
            people_requests: (sum.requests() - f64::from(sum.files) - f64::from(sum.forged) - flood).max(0.0),
            expected: self.forecast.most_per_minute_around(now),
            crowd_on: matches!(self.verdict.kind, VerdictKind::ExpectedCrowd | VerdictKind::UnexpectedCrowd),
        });
        self.usual.learn_second(&sweep, &sum, arrivals, !self.held.is_empty(), &weighed);
        self.pronounce(weighed, now);
        self.last_sweep = sweep;
    }

    fn hold(&mut self, found: Vec<Finding>, now: Instant) {
        self.held.retain(|(held, last)| {
            now.since(*last) < ATTACK_HELD && found.iter().all(|finding| finding.kind != held.kind)
        });
        let held = std::mem::take(&mut self.held);
        self.held = found.into_iter().map(|finding| (finding, now)).chain(held).collect();
    }

    fn pronounce(&mut self, weighed: Weighed, now: Instant) {
        let attacks: Vec<AttackKind> = self.held.iter().map(|(finding, _)| finding.kind).collect();
        let since = if weighed.kind == self.verdict.kind { self.verdict.since } else { now };
        self.verdict = Verdict { kind: weighed.kind, attacks, since, grounds: weighed.grounds };
    }
}

/// Arrivals without those that are a flood's requests: each of them looks like somebody new.
fn people_of(arrivals: f64, bare: f64, flood: f64) -> f64 {
    arrivals - bare.min(flood)
}
