//! Two samples of requests: what people without a pass sent in the last seconds, and what was let in over the last
//! minutes from networks of people.

use super::fingerprint::{Attribute, Values};
use super::hash;
use super::sweep::Flood;
use crate::limits::{BASELINE_SAMPLES_MAX, SUSPECT_SAMPLES_MAX, WINDOW};
use preau_base::Instant;
use std::collections::VecDeque;
use std::time::Duration;

/// Requests without a pass that are kept of each second.
const SUSPECTS_PER_SECOND: u32 = (SUSPECT_SAMPLES_MAX as u64 / WINDOW.as_secs()) as u32;
/// Requests of a second that join the baseline: of people who showed something that we gave them, and of newcomers.
const BASELINE_PER_SECOND: u32 = 40;
/// Of these at most so many from one network, so that none can make itself the baseline.
const BASELINE_PER_NETWORK: usize = 2;
/// After this long, a newcomer's browser has fetched the page's files, and its request can join the baseline.
const NEWCOMER_JUDGED_AFTER: Duration = Duration::from_secs(3);

/// Requests that are counted to show which are frequent.
const COUNTED_MAX: usize = 1_024;

#[derive(Clone, Copy, Debug)]
pub(super) struct Suspect {
    pub(super) at: Instant,
    /// Key of the network.
    pub(super) network: u64,
    pub(super) values: Values,
    /// Shows nothing that we gave.
    pub(super) newcomer: bool,
    /// What it would be part of if it were a program's; none where that is counted by itself.
    pub(super) flood: Option<Flood>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Let {
    pub(super) values: Values,
    pub(super) newcomer: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Known,
    Anonymous,
}

#[derive(Debug)]
pub(super) struct Samples {
    suspects: VecDeque<Suspect>,
    baseline: Vec<Let>,
    /// Of how many suspects from the front it was asked whether they are people.
    judged: usize,
    second_s: i64,
    suspects_this_second: u32,
    joined_this_second: Vec<(u64, Side)>,
    joined: u64,
}

impl Samples {
    pub(super) fn new() -> Self {
        Self {
            suspects: VecDeque::new(),
            baseline: Vec::new(),
            judged: 0,
            second_s: 0,
            suspects_this_second: 0,
            joined_this_second: Vec::new(),
            joined: 0,
        }
    }

    fn begin(&mut self, now: Instant) {
        if now.as_secs() != self.second_s {
            self.second_s = now.as_secs();
            self.suspects_this_second = 0;
            self.joined_this_second.clear();
        }
    }

    pub(super) fn wants_suspect(&mut self, now: Instant) -> bool {
        self.begin(now);
        self.suspects_this_second < SUSPECTS_PER_SECOND
    }

    pub(super) fn add_suspect(&mut self, suspect: Suspect) {
        self.suspects_this_second += 1;
        if self.suspects.len() >= SUSPECT_SAMPLES_MAX {
            self.pop_suspect();
        }
        self.suspects.push_back(suspect);
    }

    fn pop_suspect(&mut self) {
        self.suspects.pop_front();
        self.judged = self.judged.saturating_sub(1);
    }

    /// Whether a request of somebody who showed something that we gave them may join the baseline.
    pub(super) fn wants_known(&mut self, network: u64, now: Instant) -> bool {
        self.begin(now);
        self.may_join(network, Side::Known)
    }

    pub(super) fn add_known(&mut self, network: u64, values: Values) {
        self.join(network, values, Side::Known, false);
    }

    /// Newcomers whose networks turned out to be of people join the baseline; what is older than the window goes.
    pub(super) fn turn(&mut self, now: Instant, is_people: impl Fn(u64) -> bool) {
        self.begin(now);
        while let Some(suspect) = self.suspects.get(self.judged).copied() {
            if now.since(suspect.at) < NEWCOMER_JUDGED_AFTER {
                break;
            }
            self.judged += 1;
            if self.may_join(suspect.network, Side::Anonymous) && is_people(suspect.network) {
                self.join(suspect.network, suspect.values, Side::Anonymous, suspect.newcomer);
            }
        }
        while self.suspects.front().is_some_and(|suspect| now.since(suspect.at) >= WINDOW) {
            self.pop_suspect();
        }
    }

    fn may_join(&self, network: u64, side: Side) -> bool {
        let of_side = self.joined_this_second.iter().filter(|(_, other)| *other == side).count();
        let of_network = self.joined_this_second.iter().filter(|joined| **joined == (network, side)).count();
        of_side < BASELINE_PER_SECOND as usize && of_network < BASELINE_PER_NETWORK
    }

    /// Once full, each newcomer to the baseline takes the place of any: ages are spread over minutes, and an attack
    /// that is taken for people for a second is a small part.
    fn join(&mut self, network: u64, values: Values, side: Side, newcomer: bool) {
        self.joined_this_second.push((network, side));
        self.joined = self.joined.wrapping_add(1);
        let sample = Let { values, newcomer };
        if self.baseline.len() < BASELINE_SAMPLES_MAX {
            self.baseline.push(sample);
            return;
        }
        let at = hash::mix(0, self.joined) as usize % BASELINE_SAMPLES_MAX;
        self.baseline[at] = sample;
    }

    pub(super) fn baseline(&self) -> &[Let] {
        &self.baseline
    }

    /// People's and programs' requests without a pass, of the last seconds.
    pub(super) fn anonymous(&self) -> &VecDeque<Suspect> {
        &self.suspects
    }

    /// Values of an attribute among people without a pass, most frequent first, with their share.
    pub(super) fn most_frequent(&self, attributes: [Attribute; 2], count: usize) -> Vec<([u64; 2], f64)> {
        let step = self.suspects.len().div_ceil(COUNTED_MAX).max(1);
        let mut all: Vec<[u64; 2]> = self
            .suspects
            .iter()
            .step_by(step)
            .map(|suspect| attributes.map(|attribute| suspect.values[attribute as usize]))
            .collect();
        all.sort_unstable();
        let mut runs: Vec<([u64; 2], f64)> =
            all.chunk_by(|a, b| a == b).filter_map(|run| Some((*run.first()?, run.len() as f64))).collect();
        runs.sort_unstable_by(|a, b| b.1.total_cmp(&a.1));
        runs.truncate(count);
        runs.iter_mut().for_each(|(_, share)| *share /= all.len().max(1) as f64);
        runs
    }
}
