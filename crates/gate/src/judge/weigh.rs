//! From facts to one verdict: attack before crowd, crowd before slowness.

use super::attacks::Finding;
use super::split::Second;
use super::sweep::Sweep;
use super::usual::{Usual, What};
use crate::limits::WINDOW;
use crate::snapshot::{Fact, Ground, VerdictKind};

const WINDOW_S: f64 = WINDOW.as_secs() as f64;
/// New people a minute from which on they are a crowd, and how many times the usual they must be.
const CROWD_ARRIVALS_MIN: f64 = 120.0;
const CROWD_TIMES_USUAL: f64 = 3.0;
/// Requests of people a second from which on they are a crowd without being new: everybody reloads.
const CROWD_REQUESTS_MIN: f64 = 50.0;
const CROWD_REQUESTS_TIMES_USUAL: f64 = 4.0;
/// A crowd was expected when it is at most this many times the forecast, and this many people a minute more.
const EXPECTED_TIMES: f64 = 1.5;
const EXPECTED_BESIDE: f64 = 60.0;
/// A crowd that is on ends below this share of what makes one.
const CROWD_STAYS: f64 = 0.6;
/// The application is slow at this many times its usual latency, and at least so many milliseconds more; without
/// anything learned yet, at a second.
const SLOW_TIMES_USUAL: f64 = 3.0;
const SLOW_BEYOND_MS: f64 = 100.0;
const SLOW_MS: f64 = 1_000.0;
const LATENCY_LEARNED_S: f64 = 10.0;
const FAILED_SHARE_MIN: f64 = 0.2;
const FAILED_MIN: u32 = 5;
const ANSWERED_MIN: u32 = 3;

pub(super) struct Situation<'a> {
    pub(super) findings: &'a [Finding],
    pub(super) sum: &'a Second,
    pub(super) sweep: &'a Sweep,
    pub(super) usual: &'a Usual,
    /// New people of the window, without those of floods.
    pub(super) arrivals: f64,
    /// Requests of people in the window.
    pub(super) people_requests: f64,
    /// New people a minute that the timetable brings about now.
    pub(super) expected: f64,
    /// A crowd was on a second ago.
    pub(super) crowd_on: bool,
}

pub(super) struct Weighed {
    pub(super) kind: VerdictKind,
    pub(super) grounds: Vec<Ground>,
    pub(super) slow: bool,
}

pub(super) fn weigh(situation: &Situation<'_>) -> Weighed {
    let crowd = situation.crowd();
    let slow = situation.is_slow();
    let kind = match (situation.findings.first(), crowd, slow) {
        (Some(strongest), _, _) => VerdictKind::Attack(strongest.kind),
        // Slowness under a crowd that the timetable told us of is ours to explain.
        (None, VerdictKind::ExpectedCrowd | VerdictKind::Calm, true) => VerdictKind::OurSlowness,
        (None, crowd, _) => crowd,
    };
    let mut grounds: Vec<Ground> = situation.findings.iter().flat_map(|finding| finding.grounds.clone()).collect();
    if crowd != VerdictKind::Calm {
        grounds.extend(situation.crowd_grounds());
    }
    if slow {
        grounds.extend(situation.slow_grounds());
    }
    if kind == VerdictKind::OurSlowness && crowd == VerdictKind::Calm {
        grounds.push(situation.requests_ground());
    }
    Weighed { kind, grounds, slow }
}

impl Situation<'_> {
    fn arrivals_a_minute(&self) -> f64 {
        self.arrivals * 60.0 / WINDOW_S
    }

    fn crowd(&self) -> VerdictKind {
        let stays = if self.crowd_on { CROWD_STAYS } else { 1.0 };
        let arrivals = self.arrivals_a_minute();
        let requests = self.people_requests / WINDOW_S;
        let arrive = arrivals >= CROWD_ARRIVALS_MIN * stays;
        let many_arrive = arrive && arrivals >= CROWD_TIMES_USUAL * self.usual.of(What::Arrivals) * stays;
        let many_ask =
            requests >= CROWD_REQUESTS_MIN.max(CROWD_REQUESTS_TIMES_USUAL * self.usual.of(What::Requests)) * stays;
        let foreseen = self.expected >= CROWD_ARRIVALS_MIN * stays;
        let as_expected = arrivals <= EXPECTED_TIMES * self.expected + EXPECTED_BESIDE;
        if foreseen && as_expected && (arrive || many_ask) {
            VerdictKind::ExpectedCrowd
        } else if many_arrive && !as_expected || many_ask {
            VerdictKind::UnexpectedCrowd
        } else {
            VerdictKind::Calm
        }
    }

    fn is_slow(&self) -> bool {
        let failing = self.sum.failed >= FAILED_MIN && self.failed_share() >= FAILED_SHARE_MIN;
        let usual = self.usual.of(What::Latency);
        let slow = self.sum.latency_mean_ms().is_some_and(|latency| {
            if self.usual.seconds(What::Latency) < LATENCY_LEARNED_S {
                latency >= SLOW_MS
            } else {
                latency >= SLOW_TIMES_USUAL * usual && latency >= usual + SLOW_BEYOND_MS
            }
        });
        failing || slow && self.sum.answered >= ANSWERED_MIN
    }

    fn failed_share(&self) -> f64 {
        f64::from(self.sum.failed) / f64::from(self.sum.answered.max(1))
    }

    fn crowd_grounds(&self) -> [Ground; 3] {
        [
            Ground { fact: Fact::Arrivals, value: self.arrivals_a_minute(), usual: self.expected },
            Ground {
                fact: Fact::KnownNetworksShare,
                value: self.sweep.known_networks / self.sweep.networks.max(1.0),
                usual: self.usual.of(What::KnownShare),
            },
            self.requests_ground(),
        ]
    }

    fn requests_ground(&self) -> Ground {
        let value = self.people_requests / WINDOW_S;
        Ground { fact: Fact::RequestsPerSecond, value, usual: self.usual.of(What::Requests) }
    }

    fn slow_grounds(&self) -> [Ground; 2] {
        let latency = self.sum.latency_mean_ms().unwrap_or(0.0);
        [
            Ground { fact: Fact::LatencyMs, value: latency, usual: self.usual.of(What::Latency) },
            Ground { fact: Fact::ErrorsShare, value: self.failed_share(), usual: 0.0 },
        ]
    }
}
