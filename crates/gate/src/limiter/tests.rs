use super::*;
use preau_base::{Rng, SeededRng};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

const START: Instant = Instant::from_secs(1_800_000_000);

/// An application with `servers` threads and exponential work, in virtual time: M/M/c behind the limiter.
struct Application {
    limiter: Limiter,
    rng: SeededRng,
    now_us: u64,
    servers: usize,
    work_ms: f64,
    failing: bool,
    stalled_until_us: u64,
    /// End and admission of what is being worked on, admission of what waits inside.
    working: BinaryHeap<Reverse<(u64, u64)>>,
    inside: VecDeque<u64>,
    /// None: there is always somebody waiting. Otherwise arrivals a second, which wait for their admission.
    demand: Option<f64>,
    next_arrival_us: u64,
    waiting: u64,
    answered: u64,
    least_limit: u32,
}

/// Everybody asks once.
fn person(number: u64) -> Source {
    Source::person(crate::gate::mix(number))
}

#[derive(Debug)]
struct Measured {
    per_second: f64,
    latency_ms: f64,
}

impl Application {
    fn new(seed: u64, servers: usize, work_ms: f64) -> Self {
        Self {
            limiter: Limiter::new(START),
            rng: SeededRng::new(seed),
            now_us: 0,
            servers,
            work_ms,
            failing: false,
            stalled_until_us: 0,
            working: BinaryHeap::new(),
            inside: VecDeque::new(),
            demand: None,
            next_arrival_us: 0,
            waiting: 0,
            answered: 0,
            least_limit: u32::MAX,
        }
    }

    fn exponential(&mut self, mean: f64) -> f64 {
        let uniform = (self.rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        -mean * (1.0 - uniform).ln()
    }

    fn at_work(&self) -> u32 {
        u32::try_from(self.working.len() + self.inside.len()).unwrap()
    }

    fn now(&self) -> Instant {
        START.plus(Duration::from_micros(self.now_us))
    }

    fn fill(&mut self) {
        if let Some(demand) = self.demand {
            while self.next_arrival_us <= self.now_us {
                self.waiting += 1;
                self.next_arrival_us += (self.exponential(1e6 / demand) as u64).max(1);
            }
        }
        while self.at_work() < self.limiter.limit() && (self.demand.is_none() || self.waiting > 0) {
            self.waiting = self.waiting.saturating_sub(1);
            self.inside.push_back(self.now_us);
        }
        while self.working.len() < self.servers && !self.inside.is_empty() {
            let admitted = self.inside.pop_front().unwrap();
            let begins = self.now_us.max(self.stalled_until_us);
            let work = self.exponential(self.work_ms * 1_000.0) as u64;
            self.working.push(Reverse((begins + work, admitted)));
        }
    }

    /// Plays on, and measures.
    fn play(&mut self, seconds: u64) -> Measured {
        let (mut answers, mut latency_ms) = (0_u64, 0.0);
        let until = self.now_us + seconds * 1_000_000;
        self.next_arrival_us = self.next_arrival_us.max(self.now_us);
        self.least_limit = u32::MAX;
        let mut next_tick = self.now_us + 250_000;
        loop {
            self.fill();
            let ends = self.working.peek().map_or(u64::MAX, |Reverse((end, _))| *end);
            let arrives = self.demand.map_or(u64::MAX, |_| self.next_arrival_us);
            let next = ends.min(arrives).min(next_tick);
            if next >= until {
                self.now_us = until;
                return Measured {
                    per_second: answers as f64 / seconds as f64,
                    latency_ms: latency_ms / answers as f64,
                };
            }
            self.now_us = self.now_us.max(next);
            if next == next_tick {
                next_tick += 250_000;
                self.limiter.tick(self.now());
            } else if next == ends {
                let at_work = self.at_work();
                let Reverse((end, admitted)) = self.working.pop().unwrap();
                let latency = Duration::from_micros(end - admitted);
                answers += 1;
                latency_ms += latency.as_secs_f64() * 1_000.0;
                self.answered += 1;
                self.limiter.sample(latency, at_work, self.failing, person(self.answered), self.now());
            }
            self.least_limit = self.least_limit.min(self.limiter.limit());
        }
    }

    fn possible_per_second(&self) -> f64 {
        self.servers as f64 * 1_000.0 / self.work_ms
    }

    /// Near the knee: nearly all that is possible, at two to three times the latency without load.
    #[track_caller]
    fn expect_near_knee(&mut self, what: &str, seconds: u64, latencies_max: f64) {
        let measured = self.play(seconds);
        let possible = self.possible_per_second();
        assert!(
            measured.per_second >= 0.9 * possible,
            "{what}: {measured:?} of {possible} a second, {:?}",
            self.limiter
        );
        let slowest = latencies_max * self.work_ms;
        assert!(measured.latency_ms <= slowest, "{what}: {measured:?}, at most {slowest} ms, {:?}", self.limiter);
    }
}

#[test]
fn the_limit_finds_the_knee_of_applications_of_every_size() {
    for seed in 0..5 {
        for (servers, work_ms) in [(8, 20.0), (16, 5.0), (64, 50.0), (200, 100.0), (500, 30.0)] {
            let mut application = Application::new(seed, servers, work_ms);
            application.play(30);
            application.expect_near_knee(&format!("seed {seed}, {servers} threads"), 60, 2.5);
        }
    }
}

#[test]
fn a_small_application_gets_the_least_limit_and_no_endless_queue() {
    for seed in 0..5 {
        let mut application = Application::new(seed, 2, 10.0);
        application.play(30);
        application.expect_near_knee(&format!("seed {seed}"), 60, 6.0);
    }
}

#[test]
fn it_follows_when_the_capacity_halves_and_doubles() {
    for seed in 0..5 {
        let mut application = Application::new(seed, 64, 50.0);
        application.play(30);
        application.servers = 32;
        application.play(20);
        application.expect_near_knee(&format!("seed {seed}, halved"), 60, 2.8);
        application.servers = 128;
        application.play(30);
        application.expect_near_knee(&format!("seed {seed}, quadrupled"), 60, 2.8);
    }
}

#[test]
fn an_application_that_stays_slower_is_not_starved() {
    for seed in 0..5 {
        let mut application = Application::new(seed, 64, 50.0);
        application.play(30);
        application.work_ms = 200.0;
        application.play(60);
        application.expect_near_knee(&format!("seed {seed}, four times slower"), 60, 2.8);
        application.work_ms = 50.0;
        application.play(30);
        application.expect_near_knee(&format!("seed {seed}, quick again"), 60, 2.8);
    }
}

#[test]
fn it_recovers_from_a_stall_within_half_a_minute() {
    for seed in 0..5 {
        let mut application = Application::new(seed, 64, 50.0);
        application.play(30);
        application.stalled_until_us = application.now_us + 10_000_000;
        application.play(10 + 25);
        application.expect_near_knee(&format!("seed {seed}, after a stall"), 30, 2.8);
    }
}

#[test]
fn failures_bring_the_limit_down_and_its_end_brings_it_up() {
    let mut application = Application::new(1, 64, 50.0);
    application.play(30);
    application.failing = true;
    application.play(10);
    assert_eq!(application.limiter.limit(), CONCURRENCY_MIN);
    assert!(application.limiter.failed_share() > 0.9);
    application.failing = false;
    application.play(30);
    application.expect_near_knee("after failures", 30, 2.8);
}

#[test]
fn a_limit_that_nobody_uses_hardly_grows() {
    for seed in 0..5 {
        let mut application = Application::new(seed, 64, 50.0);
        application.demand = Some(100.0);
        application.play(120);
        assert!(application.limiter.limit() <= 2 * CONCURRENCY_START, "seed {seed}: {:?}", application.limiter);
        assert!(application.least_limit >= 8, "seed {seed}: light load is never held back");
        let (floor, latency) = application.limiter.state();
        assert!((30.0..60.0).contains(&floor) && (30.0..90.0).contains(&latency), "seed {seed}: {floor} {latency}");
    }
}

#[test]
fn demand_below_the_capacity_passes_unhindered() {
    for seed in 0..5 {
        let mut application = Application::new(seed, 64, 50.0);
        application.demand = Some(0.8 * application.possible_per_second());
        application.play(60);
        let measured = application.play(60);
        assert!(measured.per_second > 0.78 * application.possible_per_second(), "seed {seed}: {measured:?}");
        assert!(application.waiting < 50, "seed {seed}: {} wait, {:?}", application.waiting, application.limiter);
    }
}

#[test]
fn an_operator_s_bound_holds_at_once_and_lifts() {
    let mut application = Application::new(1, 64, 50.0);
    application.play(30);
    application.limiter.set_max(Some(2));
    assert_eq!(application.limiter.limit(), 2);
    application.play(10);
    assert_eq!(application.limiter.limit(), 2);
    application.limiter.set_max(None);
    application.play(30);
    application.expect_near_knee("bound lifted", 30, 2.8);
}

proptest::proptest! {
    #[test]
    fn the_limit_stays_within_its_bounds_whatever_is_measured(
        samples in proptest::collection::vec((0_u64..100_000, 0_u32..20_000, proptest::bool::ANY, 0_u64..3_000), 1..400),
    ) {
        let mut limiter = Limiter::new(START);
        let mut now = START;
        for (latency_ms, at_work, failed, passed_ms) in samples {
            now = now.plus(Duration::from_millis(passed_ms));
            limiter.sample(Duration::from_millis(latency_ms), at_work, failed, person(latency_ms % 50), now);
            proptest::prop_assert!((CONCURRENCY_MIN..=CONCURRENCY_MAX).contains(&limiter.limit()));
            let (floor, latency) = limiter.state();
            proptest::prop_assert!(floor.is_finite() && latency.is_finite() && limiter.latency_ratio().is_finite());
        }
    }
}

/// A slow last answer is no reason to keep everybody out whose answers would be better.
#[test]
fn what_was_measured_is_forgotten_when_nothing_is_at_work() {
    let mut limiter = Limiter::new(START);
    let mut now = START;
    for number in 0..4_000_u64 {
        now = now.plus(Duration::from_millis(10));
        let slow = number > 3_500;
        limiter.sample(Duration::from_millis(if slow { 400 } else { 10 }), 1, slow, person(number), now);
    }
    assert!(limiter.latency_ratio() > 5.0 && limiter.failed_share() > 0.5, "{limiter:?}");
    for _ in 0..4 * 60 {
        now = now.plus(crate::limits::TICK);
        limiter.tick(now);
        limiter.idle();
    }
    assert!(limiter.latency_ratio() < 1.1 && limiter.failed_share() < 0.01, "{limiter:?}");
}

/// Whoever asks beside five hundred people: which latencies, and whether they fail.
#[derive(Clone, Copy, Debug)]
struct Beside {
    per_second: u64,
    latency_ms: (u64, u64),
    failed: bool,
}

/// Five hundred people who each load a page every ten seconds, at half of the limit's places; gives the limit's least,
/// the highest latency ratio and the highest share of failures of the last two of three minutes.
fn beside(seed: u64, other: Option<Beside>, person_s_latency_ms: impl Fn(u64) -> u64) -> (u32, f64, f64) {
    let (mut rng, mut limiter, mut now) = (SeededRng::new(seed), Limiter::new(START), START);
    let (mut least, mut slowest, mut failed) = (u32::MAX, 0.0_f64, 0.0_f64);
    for step in 0..180_000_u64 {
        now = now.plus(Duration::from_millis(1));
        if rng.below(20) == 0 {
            let latency_ms = person_s_latency_ms(step / 1_000) + rng.below(20);
            limiter.sample(Duration::from_millis(latency_ms), 18, false, person(rng.below(500)), now);
        }
        if let Some(other) = other
            && step % (1_000 / other.per_second) == 0
        {
            let (from, to) = other.latency_ms;
            let latency = Duration::from_millis(from + rng.below(to - from));
            limiter.sample(latency, 18, other.failed, person(1_000_000), now);
        }
        if step % 250 == 0 {
            limiter.tick(now);
        }
        if step > 60_000 {
            least = least.min(limiter.limit());
            slowest = slowest.max(limiter.latency_ratio());
            failed = failed.max(limiter.failed_share());
        }
    }
    (least, slowest, failed)
}

#[test]
fn one_person_moves_neither_the_limit_nor_what_the_ladder_sees() {
    let others = [
        Beside { per_second: 50, latency_ms: (0, 1), failed: false },
        Beside { per_second: 50, latency_ms: (10_000, 30_000), failed: false },
        Beside { per_second: 50, latency_ms: (0, 5), failed: true },
        Beside { per_second: 500, latency_ms: (0, 20_000), failed: false },
    ];
    for seed in 0..8 {
        let (alone, quiet, _) = beside(seed, None, |_| 20);
        for other in others {
            let (least, slowest, failed) = beside(seed, Some(other), |_| 20);
            assert!(least * 10 >= alone * 9, "seed {seed}, {other:?}: {least} where it was {alone}");
            assert!(slowest <= quiet + 0.75, "seed {seed}, {other:?}: {slowest} where it was {quiet}");
            assert!(failed <= 0.05, "seed {seed}, {other:?}: {failed}");
        }
    }
}

#[test]
fn the_limit_follows_an_application_that_is_slow_for_all_whatever_one_person_asks_for() {
    let cheap = Beside { per_second: 50, latency_ms: (0, 1), failed: false };
    for seed in 0..8 {
        for other in [None, Some(cheap)] {
            let (least, slowest, _) = beside(seed, other, |second| if second < 90 { 20 } else { 300 });
            assert!(least <= CONCURRENCY_START / 2, "seed {seed}, {other:?}: {least}");
            assert!(slowest >= 5.0, "seed {seed}, {other:?}: {slowest}");
        }
    }
}

/// One site without passes, whose bots find a page that fails; and three persons, who find that all of them do.
#[test]
fn failures_of_one_site_are_one_fault_and_those_of_many_are_the_application_s() {
    for seed in 0..8 {
        let play = |sources: u64| {
            let (mut rng, mut limiter, mut now) = (SeededRng::new(seed), Limiter::new(START), START);
            let mut least = u32::MAX;
            for _ in 0..6_000 {
                now = now.plus(Duration::from_millis(10));
                limiter.sample(Duration::from_millis(20), 18, false, person(rng.below(500)), now);
                let site = crate::gate::mix(rng.below(sources));
                let at_site = Source::at_site(crate::gate::mix(site ^ rng.below(1_000)), site);
                limiter.sample(Duration::from_millis(2), 18, true, at_site, now);
                least = least.min(limiter.limit());
            }
            least
        };
        assert!(play(1) >= CONCURRENCY_START, "seed {seed}");
        assert!(play(400) <= CONCURRENCY_START / 2, "seed {seed}");
    }
}
