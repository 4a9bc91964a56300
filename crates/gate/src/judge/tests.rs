use super::*;
use crate::request::{Holder, HolderKey, Shape, Shown, Version};
use crate::snapshot::{AttackKind, Fact, Minute, VerdictKind};
use crate::waiting::{Entry, Ticket};
use crate::{Standing, limits::TICK};
use preau_base::{Rng, SeededRng};
use std::net::Ipv4Addr;
use std::time::Duration;

mod attacks;
mod crowds;
mod signatures;

const START: Instant = Instant::from_secs(1_800_000_000);
const BROWSERS: [&str; 4] = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPad; CPU OS 16_7 like Mac OS X) AppleWebKit/605.1.15 Version/16.6 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/130.0.0.0 Mobile Safari/537.36",
];
const TOOL: &str = "python-requests/2.31";

/// A judge in virtual time, with people and programs that act on it.
struct Scene {
    judge: Judge,
    rng: SeededRng,
    now: Instant,
    seed: u64,
    /// Latency of the application, and whether it fails.
    latency: Duration,
    failing: bool,
    next_person: u32,
    /// When each attack was first named.
    named: Vec<(AttackKind, Instant)>,
}

/// What happens in a tick of 250 ms.
type Play<'a> = &'a mut dyn FnMut(&mut Scene);

impl Scene {
    fn new(seed: u64) -> Self {
        Self {
            judge: Judge::new(seed, START),
            rng: SeededRng::new(seed),
            now: START,
            seed,
            latency: Duration::from_millis(40),
            failing: false,
            next_person: 0,
            named: Vec::new(),
        }
    }

    /// A scene after a minute in which a few people came and were in.
    fn after_a_quiet_minute(seed: u64) -> Self {
        let mut scene = Self::new(seed);
        scene.play(60, &mut |scene| scene.people(2));
        assert_eq!(scene.judge.verdict().kind, VerdictKind::Calm, "seed {seed}: {:?}", scene.judge.verdict());
        scene
    }

    fn play(&mut self, seconds: u64, tick: Play<'_>) {
        for _ in 0..seconds * 4 {
            self.now = self.now.plus(TICK);
            tick(self);
            self.judge.tick(self.now);
            for kind in self.judge.verdict().attacks.clone() {
                if self.named.iter().all(|(named, _)| *named != kind) {
                    self.named.push((kind, self.now));
                }
            }
        }
    }

    fn request(&mut self, request: &Request<'_>, outcome: Outcome, new_person: bool) {
        let lane = match (request.shown, request.entry, request.ticket) {
            (Shown::Valid(_), _, _) => Lane::Known,
            (_, Some(_), _) => Lane::Entered,
            (_, _, Some(_)) => Lane::Returning,
            _ => Lane::Newcomer,
        };
        let outcome = if self.judge.hit(request, self.now).is_some() { Outcome::TurnedAway } else { outcome };
        self.judge.request(request, lane, outcome, new_person, self.now);
        if outcome == Outcome::Admitted {
            let admission = Admission {
                lane,
                kind: request.kind,
                begun: self.now,
                counted: true,
                entry: None,
                source: Default::default(),
            };
            let answered = Answered { latency: self.latency, failed: self.failing, bytes: 10_000 };
            self.judge.answered(&admission, &answered, self.now);
        }
    }

    /// So many people arrive as people do: half with a pass, half as newcomers; each fetches the page's files, and
    /// those without a pass come back with what they were given.
    fn people(&mut self, count: u32) {
        for _ in 0..count {
            let person = self.next_person;
            self.next_person += 1;
            let address = Ipv4Addr::from_bits(0x5000_0000 + person / 3).into();
            self.person(person, address);
        }
    }

    fn person(&mut self, person: u32, address: IpAddr) {
        let agent = BROWSERS[person as usize % BROWSERS.len()];
        let known = person.is_multiple_of(2);
        let shown = if known { Shown::Valid(holder(u128::from(person))) } else { Shown::Nothing };
        let shape = Shape { agent, header_order: u64::from(person % 4), has_cookie: known, ..Shape::of_path("/") };
        let page = Request { address, shown, ticket: None, entry: None, kind: Kind::Page, navigates: true, shape };
        self.request(&page, Outcome::Admitted, true);
        for file in ["/static/a.css", "/static/a.js"] {
            let shape = Shape { path: file, ..page.shape };
            self.request(&Request { kind: Kind::Asset, navigates: false, shape, ..page }, Outcome::Admitted, false);
        }
        let entry = (!known).then_some(Entry { room: 1, serial: u64::from(person), issued: self.now });
        let path = ["/sign-in", "/lessons/018f3b2e-7b1a-7c3d-9e4f-0123456789ab"][usize::from(known)];
        let shape = Shape { path, has_cookie: true, header_order: u64::from(person % 4) + 10, ..page.shape };
        let kind = if known { Kind::Page } else { Kind::SignIn };
        self.request(&Request { entry, kind, shape, ..page }, Outcome::Admitted, false);
    }

    fn sign(&mut self, sign: Sign, count: u32, networks: u32) {
        for _ in 0..count {
            let address = self.attacker(networks);
            self.judge.sign(sign, address, self.now);
        }
    }

    fn attacker(&mut self, networks: u32) -> IpAddr {
        let number = u32::try_from(self.rng.below(u64::from(networks))).unwrap();
        Ipv4Addr::from_bits(0xcb00_7100 + number).into()
    }

    fn kind(&self) -> VerdictKind {
        self.judge.verdict().kind
    }

    fn attacks(&self) -> Vec<AttackKind> {
        let mut attacks = self.judge.verdict().attacks.clone();
        attacks.sort();
        attacks
    }

    #[track_caller]
    fn expect_attacks(&self, expected: &[AttackKind]) {
        assert_eq!(self.attacks(), expected, "seed {}: {:#?}", self.seed, self.judge.verdict());
    }

    fn ground(&self, fact: Fact) -> Option<f64> {
        self.judge.verdict().grounds.iter().find(|ground| ground.fact == fact).map(|ground| ground.value)
    }
}

fn holder(key: u128) -> Holder {
    Holder { key: HolderKey(key), session: key, earned: START, signed_in: START, standing: Standing::Pupil }
}

fn ticket(serial: u64) -> Ticket {
    Ticket { room: 1, serial, issued: START, promised: None }
}

/// A request as a tool sends it.
fn bare(address: IpAddr) -> Request<'static> {
    let shape =
        Shape { agent: TOOL, header_order: 99, has_language: false, version: Version::Http11, ..Shape::of_path("/") };
    Request { address, shown: Shown::Nothing, ticket: None, entry: None, kind: Kind::Page, navigates: true, shape }
}
