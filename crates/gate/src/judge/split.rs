//! What the whole gate saw in the last five seconds, a second at a time.

use crate::decision::Lane;
use crate::limits::WINDOW;
use crate::request::{Kind, Sign};
use preau_base::Instant;

const SECONDS: usize = WINDOW.as_secs() as usize;

/// Sums of one second, or of the window.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Second {
    pub(super) lanes: [u32; Lane::ALL.len()],
    pub(super) turned_away: u32,
    pub(super) files: u32,
    pub(super) bare: u32,
    pub(super) queries: u32,
    pub(super) new_queries: u32,
    pub(super) tickets_given: u32,
    pub(super) tickets_back: u32,
    pub(super) tries: u32,
    /// Of these, those that the application answers.
    pub(super) tries_let_in: u32,
    pub(super) forged: u32,
    pub(super) sign_in_again: u32,
    /// The most networks that one pass was used from.
    pub(super) networks_of_one_pass: u32,
    pub(super) arrivals: u32,
    /// Of these, people who showed nothing that we gave them: each of a program's requests looks like one.
    pub(super) arrivals_bare: u32,
    pub(super) entered: u32,
    /// Requests without a valid pass, files not counted.
    pub(super) anonymous: u32,
    pub(super) signs: [u32; Sign::ALL.len()],
    pub(super) answered: u32,
    pub(super) failed: u32,
    pub(super) latency_ms: f64,
    pub(super) cost_ms: [f64; Lane::ALL.len()],
    pub(super) bytes: u64,
    pub(super) signature_hits: u32,
}

impl Second {
    pub(super) fn sign(&self, sign: Sign) -> f64 {
        f64::from(self.signs[sign as usize])
    }

    pub(super) fn requests(&self) -> f64 {
        self.lanes.iter().copied().map(f64::from).sum()
    }

    pub(super) fn latency_mean_ms(&self) -> Option<f64> {
        (self.answered > 0).then(|| self.latency_ms / f64::from(self.answered))
    }

    fn add(&mut self, other: &Self) {
        let sum_u32 = |to: &mut [u32], from: &[u32]| to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
        sum_u32(&mut self.lanes, &other.lanes);
        sum_u32(&mut self.signs, &other.signs);
        self.turned_away += other.turned_away;
        self.files += other.files;
        self.bare += other.bare;
        self.queries += other.queries;
        self.new_queries += other.new_queries;
        self.tickets_given += other.tickets_given;
        self.tickets_back += other.tickets_back;
        self.tries += other.tries;
        self.tries_let_in += other.tries_let_in;
        self.forged += other.forged;
        self.sign_in_again += other.sign_in_again;
        self.networks_of_one_pass = self.networks_of_one_pass.max(other.networks_of_one_pass);
        self.arrivals += other.arrivals;
        self.arrivals_bare += other.arrivals_bare;
        self.entered += other.entered;
        self.anonymous += other.anonymous;
        self.answered += other.answered;
        self.failed += other.failed;
        self.latency_ms += other.latency_ms;
        self.cost_ms.iter_mut().zip(&other.cost_ms).for_each(|(to, from)| *to += from);
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.signature_hits += other.signature_hits;
    }
}

/// The last [`WINDOW`], the second that goes on included.
#[derive(Clone, Debug, Default)]
pub(super) struct Seconds {
    slots: [Second; SECONDS],
    last_s: i64,
}

impl Seconds {
    pub(super) fn at(&mut self, now: Instant) -> &mut Second {
        let now_s = now.as_secs();
        let passed = now_s.saturating_sub(self.last_s).clamp(0, SECONDS as i64);
        for back in 0..passed {
            self.slots[(now_s - back).rem_euclid(SECONDS as i64) as usize] = Second::default();
        }
        self.last_s = self.last_s.max(now_s);
        &mut self.slots[now_s.rem_euclid(SECONDS as i64) as usize]
    }

    /// One of the last seconds; nothing of one that is gone.
    pub(super) fn of(&self, second_s: i64) -> Second {
        let held = second_s <= self.last_s && self.last_s - second_s < SECONDS as i64;
        if held { self.slots[second_s.rem_euclid(SECONDS as i64) as usize] } else { Second::default() }
    }

    pub(super) fn sum(&self, now: Instant) -> Second {
        let now_s = now.as_secs();
        let mut sum = Second::default();
        (now_s - SECONDS as i64 + 1..=now_s).for_each(|second_s| sum.add(&self.of(second_s)));
        sum
    }
}

/// What requests of a kind cost on average: milliseconds of the application, learned from its answers.
#[derive(Clone, Debug)]
pub(super) struct Costs {
    means_ms: [f64; Kind::ALL.len()],
}

/// Weight of one answer in the mean of its kind.
const COST_SMOOTHING: f64 = 0.02;

impl Default for Costs {
    /// A weight of 1 is about 10 µs; see [`Kind::weight`].
    fn default() -> Self {
        Self { means_ms: Kind::ALL.map(|kind| f64::from(kind.weight()) / 100.0) }
    }
}

impl Costs {
    pub(super) fn learn(&mut self, kind: Kind, latency_ms: f64) {
        let mean = &mut self.means_ms[kind as usize];
        *mean += (latency_ms - *mean) * COST_SMOOTHING;
    }

    pub(super) fn of(&self, kind: Kind) -> f64 {
        self.means_ms[kind as usize]
    }
}
