use super::*;
use crate::keys::KeyRing;
use crate::{Attempt, KnownBrowser, Permission, SignInBudgets};
use preau_base::SeededRng;
use std::net::{IpAddr, Ipv4Addr};

const START: Instant = Instant::from_secs(1_800_000_000);
const SECOND: Duration = Duration::from_secs(1);

struct Scene {
    budgets: SignInBudgets,
    keys: KeyRing,
    now: Instant,
    tried: u32,
}

impl Scene {
    fn new() -> Self {
        let keys = KeyRing::generate(START, &mut SeededRng::new(1));
        Self { budgets: SignInBudgets::default(), keys, now: START, tried: 0 }
    }

    fn attempt(&self, login: &str, address: IpAddr) -> Attempt {
        Attempt { login: LoginKey::of(login, &self.keys), address, known: None }
    }

    fn known(&self, login: &str, address: IpAddr) -> Attempt {
        let attempt = self.attempt(login, address);
        let browser = KnownBrowser::new(START, &mut SeededRng::new(5)).with(attempt.login, START);
        Attempt { known: browser.known_for(attempt.login), ..attempt }
    }

    /// One password; whether it was tried at all.
    fn sign_in(&mut self, attempt: &Attempt, right: bool) -> bool {
        let allowed = self.budgets.ask(attempt, self.now) == Permission::Allow;
        match (allowed, right) {
            (true, true) => self.budgets.succeeded(attempt, self.now),
            (true, false) => self.budgets.failed(attempt, self.now),
            (false, _) => {}
        }
        allowed
    }

    /// So many tries a second from a thousand networks, each of another login; how many were tried.
    fn storm(&mut self, seconds: u32, per_second: u32) -> u32 {
        let before = self.tried;
        for _ in 0..seconds {
            for _ in 0..per_second {
                self.tried += u32::from(self.attack(self.tried));
            }
            self.now = self.now.plus(SECOND);
        }
        self.tried - before
    }

    fn attack(&mut self, number: u32) -> bool {
        let address = Ipv4Addr::from_bits(0xcb00_7100 + number % 1_000).into();
        let attempt = self.attempt(&format!("victim{}", number % 700), address);
        self.sign_in(&attempt, false)
    }

    fn is_on(&self) -> bool {
        self.budgets.storm(self.now).on
    }
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn a_spread_attack_is_noticed_within_seconds_and_its_end_too() {
    let mut scene = Scene::new();
    let mut seconds = 0;
    while !scene.is_on() {
        scene.storm(1, 20);
        seconds += 1;
        assert!(seconds <= 5, "{:?}", scene.budgets.storm(scene.now));
    }
    scene.storm(30, 20);
    let state = scene.budgets.storm(scene.now);
    assert!(state.wrong_per_minute > 300.0 && state.wrong_share == 1.0, "{state:?}");
    assert!((500.0..800.0).contains(&state.logins) && (500.0..800.0).contains(&state.networks), "{state:?}");
    assert_eq!(state.since.map(|since| since <= START.plus(SECOND * 5)), Some(true));
    scene.now = scene.now.plus(QUIET_AFTER);
    assert!(!scene.is_on());
}

#[test]
fn a_morning_of_mistakes_is_no_storm() {
    let mut scene = Scene::new();
    for second in 0..600_u32 {
        for n in 0..20 {
            let pupil = second * 20 + n;
            let home = Ipv4Addr::from_bits(0x5000_0000 + pupil / 2).into();
            let attempt = scene.attempt(&format!("eleve{pupil}"), home);
            assert!(scene.sign_in(&attempt, pupil % 10 >= 3));
        }
        scene.now = scene.now.plus(SECOND);
        assert!(!scene.is_on(), "{:?}", scene.budgets.storm(scene.now));
    }
}

/// Half a million sign in within ten minutes, two of a home and one in ten at school, and three in a hundred mistype once;
/// gives how many were refused, while `beside` happens each second.
fn a_nation_signs_in(scene: &mut Scene, mut beside: impl FnMut(&mut Scene)) -> u32 {
    const PER_SECOND: u32 = 833;
    let mut refused = 0;
    for second in 0..600 {
        for n in 0..PER_SECOND {
            let pupil = second * PER_SECOND + n;
            let from = if n % 10 == 0 { 0x3000_0000 + n / 10 } else { 0x5000_0000 + pupil / 2 };
            let attempt = scene.attempt(&format!("eleve{pupil}"), Ipv4Addr::from_bits(from).into());
            if pupil.is_multiple_of(33) {
                refused += u32::from(!scene.sign_in(&attempt, false));
            }
            refused += u32::from(!scene.sign_in(&attempt, true));
        }
        beside(scene);
        scene.now = scene.now.plus(SECOND);
    }
    refused
}

#[test]
fn a_nation_signs_in_with_its_mistakes() {
    let mut scene = Scene::new();
    let refused = a_nation_signs_in(&mut scene, |scene| {
        assert!(!scene.is_on(), "{:?}", scene.budgets.storm(scene.now));
    });
    assert_eq!(refused, 0);
}

#[test]
fn a_nation_signs_in_through_a_storm() {
    let mut scene = Scene::new();
    let (mut tried, mut storms) = (0, 0);
    let refused = a_nation_signs_in(&mut scene, |scene| {
        for _ in 0..200 {
            tried += u32::from(scene.attack(tried));
        }
        storms += u32::from(scene.is_on());
    });
    assert_eq!(refused, 0);
    assert!(tried < 600 * 200 / 2, "the storm is held: {tried} tried, on for {storms} s");
}

#[test]
fn one_login_or_one_network_is_no_storm_their_budgets_do() {
    let mut scene = Scene::new();
    for n in 0..2_000_u32 {
        let everywhere = Ipv4Addr::from_bits(0xcb00_0000 + n).into();
        let one_login = scene.attempt("prof", everywhere);
        scene.sign_in(&one_login, false);
        let one_network = scene.attempt(&format!("eleve{n}"), address("203.0.113.1"));
        scene.sign_in(&one_network, false);
    }
    // A flood on one login is stopped by the login's budget before it is a storm, one network by its own.
    assert!(!scene.is_on(), "{:?}", scene.budgets.storm(scene.now));
}

#[test]
fn what_is_usual_here_is_no_storm() {
    let (mut storm, mut now) = (Storm::default(), START);
    let keys = KeyRing::generate(START, &mut SeededRng::new(1));
    let login = |n: u32| LoginKey::of(&format!("x{n}"), &keys);
    let network = |n: u32| Prefix::narrow(Ipv4Addr::from_bits(0xcb00_0000 + n % 5_000).into());
    // A portal where somebody's program is always wrong: three a second of nine.
    for second in 0..1_200_u32 {
        now = now.plus(SECOND);
        for n in second * 9..second * 9 + 9 {
            match n % 3 {
                0 => storm.wrong(login(n), network(n), now),
                _ => storm.right(login(n), network(n), now),
            }
        }
    }
    assert!((150.0..200.0).contains(&storm.state(now).usual_wrong_per_minute), "{:?}", storm.state(now));
    (0..400).for_each(|n| storm.wrong(login(n + 100_000), network(n), now));
    assert!(!storm.is_on(now), "580 in a minute are not four times 180");
    (0..400).for_each(|n| storm.wrong(login(n + 200_000), network(n), now));
    assert!(storm.is_on(now));
}

#[test]
fn in_a_storm_strangers_pay_more_and_known_browsers_nothing() {
    let mut scene = Scene::new();
    scene.storm(10, 20);
    assert!(scene.is_on());
    let spray = |scene: &mut Scene, network: &str| {
        (0..400)
            .filter(|n| {
                let attempt = scene.attempt(&format!("eleve{n}"), address(&network.replace('N', &format!("{n:x}"))));
                scene.sign_in(&attempt, false)
            })
            .count()
    };
    assert_eq!(spray(&mut scene, "198.51.100.1"), 60, "one IPv4 address, 300 without a storm");
    assert_eq!(spray(&mut scene, "2001:db8:1:1::N"), 12, "one /64, 60 without");
    assert_eq!(spray(&mut scene, "2001:db8:2:N::1"), 60, "one /48, 300 without");
    let teacher = scene.known("prof", address("198.51.100.1"));
    assert!(scene.sign_in(&teacher, false) && scene.sign_in(&teacher, true), "from a network that has paid all");
}

#[test]
fn a_school_signs_in_through_a_storm_with_all_its_mistakes() {
    let mut scene = Scene::new();
    let school = address("192.0.2.1");
    scene.storm(10, 20);
    let mut refused = 0;
    for pupil in 0..1_000 {
        let attempt = scene.attempt(&format!("eleve{pupil}"), school);
        // One in four mistypes first, none of them on a known browser.
        if pupil % 4 == 0 {
            refused += u32::from(!scene.sign_in(&attempt, false));
        }
        refused += u32::from(!scene.sign_in(&attempt, true));
        if pupil % 5 == 0 {
            scene.storm(1, 20);
        }
    }
    assert!(scene.is_on());
    assert_eq!(refused, 0);
}

#[test]
fn an_attacker_s_own_account_buys_nothing() {
    let mut scene = Scene::new();
    scene.storm(10, 20);
    let network = address("198.51.100.1");
    let own = scene.attempt("attacker", network);
    let mut wrong = 0;
    for n in 0..400 {
        scene.sign_in(&own, true);
        let attempt = scene.attempt(&format!("eleve{n}"), network);
        wrong += u32::from(scene.sign_in(&attempt, false));
    }
    assert_eq!(wrong, 60);
}

#[test]
fn a_storm_costs_the_attacker_and_the_pool_stays_free_for_known_browsers() {
    let mut scene = Scene::new();
    scene.storm(20, 20);
    // Tries whose hash takes its time.
    let asked = (0..100_u32).filter(|n| {
        let attempt = scene.attempt(&format!("w{n}"), Ipv4Addr::from_bits(0xcc00_0000 + n).into());
        scene.budgets.ask(&attempt, scene.now) == Permission::Allow
    });
    assert_eq!(asked.count(), crate::limits::STRANGERS_AT_ONCE_IN_STORM_MAX);
    for n in 0..100 {
        let teacher = scene.known(&format!("prof{n}"), address("192.0.2.1"));
        assert_eq!(scene.budgets.ask(&teacher, scene.now), Permission::Allow);
    }
    // What nobody reported is over after a while.
    let stranger = scene.attempt("new", address("192.0.2.7"));
    assert!(matches!(scene.budgets.ask(&stranger, scene.now), Permission::WaitUntil(at) if at > scene.now));
    scene.now = scene.now.plus(crate::limits::TRY_LASTS_MAX);
    assert_eq!(scene.budgets.ask(&stranger, scene.now), Permission::Allow);
}

#[test]
fn proven_networks_are_bounded() {
    let mut storm = Storm::default();
    let keys = KeyRing::generate(START, &mut SeededRng::new(1));
    let login = LoginKey::of("eleve", &keys);
    for n in 0..u32::try_from(PROVEN_NETWORKS_MAX).unwrap() + 1_000 {
        storm.right(login, Prefix::narrow(Ipv4Addr::from_bits(n).into()), START);
    }
    assert_eq!(storm.proven.len(), PROVEN_NETWORKS_MAX);
    let later = START.plus(PROVEN_FOR);
    storm.right(login, Prefix::narrow(Ipv4Addr::from_bits(u32::MAX).into()), later);
    assert_eq!(storm.proven.len(), 1, "those of an hour ago made room");
}
