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
    least_limit: u32,
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
                self.limiter.sample(latency, at_work, self.failing, self.now());
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
            limiter.sample(Duration::from_millis(latency_ms), at_work, failed, now);
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
        limiter.sample(Duration::from_millis(if slow { 400 } else { 10 }), 1, slow, now);
    }
    assert!(limiter.latency_ratio() > 5.0 && limiter.failed_share() > 0.5, "{limiter:?}");
    for _ in 0..4 * 60 {
        now = now.plus(crate::limits::TICK);
        limiter.tick(now);
        limiter.idle();
    }
    assert!(limiter.latency_ratio() < 1.1 && limiter.failed_share() < 0.01, "{limiter:?}");
}
