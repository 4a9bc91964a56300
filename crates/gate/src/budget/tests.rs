use super::*;
use crate::keys::KeyRing;
use crate::known_browser::KnownBrowser;
use preau_base::SeededRng;
use proptest::prelude::*;

const NOW: Instant = Instant::from_secs(1_800_000_000);
const SECOND: Duration = Duration::from_secs(1);
const THREE: Allowance = Allowance { burst: 3, refill: SECOND };

fn ring() -> KeyRing {
    KeyRing::generate(NOW, &mut SeededRng::new(1))
}

fn login(name: &str) -> LoginKey {
    LoginKey::of(name, &ring())
}

fn from(name: &str, address: &str) -> Attempt {
    Attempt { login: login(name), address: address.parse().unwrap(), known: None }
}

fn on_known_browser(name: &str, address: &str) -> Attempt {
    let browser = KnownBrowser::new(NOW, &mut SeededRng::new(5)).with(login(name), NOW);
    Attempt { known: browser.known_for(login(name)), ..from(name, address) }
}

/// Tries wrong passwords until refused; how many were allowed.
fn exhaust(budgets: &mut SignInBudgets, attempt: &Attempt, now: Instant) -> u32 {
    let mut tried = 0;
    while budgets.ask(attempt, now) == Permission::Allow {
        budgets.failed(attempt, now);
        tried += 1;
    }
    tried
}

#[test]
fn a_budget_is_spent_and_refilled() {
    let mut budgets = Budgets::new(THREE);
    assert_eq!([0; 3].map(|_| budgets.take(1, 1, NOW)), [Permission::Allow; 3]);
    assert_eq!(budgets.take(1, 1, NOW), Permission::WaitUntil(NOW.plus(SECOND)));
    assert_eq!(budgets.take(2, 3, NOW), Permission::Allow);
    assert_eq!(budgets.take(1, 1, NOW.plus(SECOND)), Permission::Allow);
    assert_eq!(budgets.take(1, 2, NOW.plus(SECOND)), Permission::WaitUntil(NOW.plus(SECOND * 3)));
    budgets.refund(1, 2, NOW.plus(SECOND));
    assert_eq!(budgets.take(1, 2, NOW.plus(SECOND)), Permission::Allow);
}

#[test]
fn debt_is_bounded_by_another_burst() {
    let mut budgets = Budgets::new(THREE);
    for _ in 0..1_000 {
        budgets.charge(1, 1, NOW);
    }
    assert_eq!(budgets.ask(1, 1, NOW), Permission::WaitUntil(NOW.plus(SECOND * 4)));
}

#[test]
fn a_flood_of_keys_is_bounded_and_does_not_wipe_out_the_deepest_debt() {
    let mut budgets = Budgets::with_keys_max(THREE, 100);
    budgets.charge(0, 3, NOW);
    for key in 1..10_000 {
        budgets.charge(key, 1, NOW);
        assert!(budgets.len() <= 100);
    }
    assert_eq!(budgets.ask(0, 1, NOW), Permission::WaitUntil(NOW.plus(SECOND)));
    budgets.charge(10_000, 1, NOW.plus(SECOND * 60));
    assert_eq!(budgets.len(), 1);
}

#[test]
fn a_flood_on_a_teacher_s_login_does_not_lock_out_the_browser_known_for_it() {
    let mut budgets = SignInBudgets::default();
    for host in 0..250 {
        exhaust(&mut budgets, &from("prof", &format!("203.0.113.{host}")), NOW);
    }
    assert!(matches!(budgets.ask(&from("prof", "198.51.100.7"), NOW), Permission::WaitUntil(_)));
    let teacher = on_known_browser("prof", "198.51.100.7");
    assert_eq!(budgets.ask(&teacher, NOW), Permission::Allow);
    budgets.succeeded(&teacher, NOW);
}

#[test]
fn a_flood_from_the_school_s_own_address_does_not_lock_out_a_known_browser_there() {
    let mut budgets = SignInBudgets::default();
    for n in 0..100 {
        exhaust(&mut budgets, &from(&format!("eleve{n}"), "192.0.2.1"), NOW);
    }
    assert!(matches!(budgets.ask(&from("nouveau", "192.0.2.1"), NOW), Permission::WaitUntil(_)));
    assert_eq!(budgets.ask(&on_known_browser("prof", "192.0.2.1"), NOW), Permission::Allow);
}

#[test]
fn a_known_browser_has_a_budget_too_and_it_is_not_that_of_another_login() {
    let mut budgets = SignInBudgets::default();
    assert_eq!(exhaust(&mut budgets, &on_known_browser("prof", "192.0.2.1"), NOW), BROWSER_ALLOWANCE.burst);
    assert_eq!(budgets.ask(&on_known_browser("eleve", "192.0.2.1"), NOW), Permission::Allow);
    let wait = Permission::WaitUntil(NOW.plus(BROWSER_ALLOWANCE.refill));
    assert_eq!(budgets.ask(&on_known_browser("prof", "192.0.2.1"), NOW), wait);
}

#[test]
fn a_thousand_pupils_behind_one_address_sign_in_at_nine() {
    let mut budgets = SignInBudgets::default();
    let pupils: Vec<Attempt> = (0..1_000).map(|n| from(&format!("eleve{n}"), "192.0.2.1")).collect();
    // All at once, one in four with a wrong password first.
    let first = pupils.iter().filter(|pupil| budgets.ask(pupil, NOW) == Permission::Allow).count();
    assert_eq!(first, 1_000);
    for (n, pupil) in pupils.iter().enumerate() {
        if n % 4 == 0 { budgets.failed(pupil, NOW) } else { budgets.succeeded(pupil, NOW) }
    }
    let later = NOW.plus(SECOND * 20);
    let again = pupils.iter().step_by(4).filter(|pupil| budgets.ask(pupil, later) == Permission::Allow).count();
    assert_eq!(again, 250);
}

#[test]
fn tries_at_once_are_not_cheaper() {
    let mut budgets = SignInBudgets::default();
    let attempt = from("prof", "192.0.2.1");
    let allowed = (0..1_000).filter(|_| budgets.ask(&attempt, NOW) == Permission::Allow).count();
    assert_eq!(allowed, 5);
}

#[test]
fn a_try_that_the_pool_could_not_take_costs_nothing() {
    let mut budgets = SignInBudgets::default();
    for attempt in [from("prof", "192.0.2.1"), on_known_browser("prof", "192.0.2.1")] {
        for _ in 0..1_000 {
            assert_eq!(budgets.ask(&attempt, NOW), Permission::Allow);
            budgets.not_tried(&attempt, NOW);
        }
    }
    assert!(budgets.is_empty());
}

/// Two sites have a login locked for browsers that nobody knows, one has not; and no more is tried than before.
#[test]
fn one_address_locks_nobody_out_elsewhere() {
    let mut budgets = SignInBudgets::default();
    let tried: u32 = (0..100).map(|n| exhaust(&mut budgets, &from(&format!("eleve{n}"), "203.0.113.1"), NOW)).sum();
    assert_eq!(tried, 300, "what the address has");
    for n in 0..100 {
        let at_home = from(&format!("eleve{n}"), &format!("198.51.100.{n}"));
        assert_eq!(budgets.ask(&at_home, NOW), Permission::Allow, "eleve{n}");
        budgets.not_tried(&at_home, NOW);
    }
    let again = NOW.plus(SHARE_ALLOWANCE.refill);
    assert_eq!(exhaust(&mut budgets, &from("prof", "203.0.113.2"), again), 5);
    assert_eq!(exhaust(&mut budgets, &from("prof", "2001:db8:1:1::1"), again), 5);
    assert_eq!(exhaust(&mut budgets, &from("prof", "203.0.113.3"), again), 0);
}

/// Everybody's login was tried from everywhere; in the school, where others sign in, each has a few tries left.
#[test]
fn a_school_signs_in_with_logins_that_are_attacked_from_elsewhere() {
    let mut budgets = SignInBudgets::default();
    let sign_in = |budgets: &mut SignInBudgets, name: &str, address: &str| {
        let attempt = from(name, address);
        let allowed = budgets.ask(&attempt, NOW) == Permission::Allow;
        if allowed {
            budgets.succeeded(&attempt, NOW);
        }
        allowed
    };
    assert!(sign_in(&mut budgets, "eleve0", "192.0.2.1"));
    (0..4).for_each(|host| _ = exhaust(&mut budgets, &from("eleve7", &format!("203.0.113.{host}")), NOW));
    assert!(!sign_in(&mut budgets, "eleve7", "192.0.2.1"), "one person proves nothing");
    assert!(sign_in(&mut budgets, "eleve1", "192.0.2.1"));
    for _ in 0..10 {
        assert!(sign_in(&mut budgets, "eleve7", "192.0.2.1"), "a right password costs nothing");
    }
    assert!(!sign_in(&mut budgets, "eleve7", "192.0.2.2"), "their neighbours");
    assert_eq!(exhaust(&mut budgets, &from("eleve7", "192.0.2.1"), NOW), PROVEN_SHARE_ALLOWANCE.burst);
    // Two accounts of an attacker's own make any network proven, and the login's second budget bounds them all.
    let mut tried = 0;
    for host in 0..200 {
        let address = format!("198.51.100.{host}");
        ["own1", "own2"].iter().for_each(|own| _ = sign_in(&mut budgets, own, &address));
        tried += exhaust(&mut budgets, &from("eleve7", &address), NOW);
    }
    assert_eq!(tried, PROVEN_ALLOWANCE.burst - PROVEN_SHARE_ALLOWANCE.burst);
}

#[test]
fn one_address_that_sprays_many_logins_is_slowed() {
    let mut budgets = SignInBudgets::default();
    let mut spray = |network: &str, count: u32| {
        let tried = (0..count).filter(|n| {
            let attempt = from(&format!("eleve{n}"), &network.replace('N', &format!("{n:x}")));
            let allowed = budgets.ask(&attempt, NOW) == Permission::Allow;
            if allowed {
                budgets.failed(&attempt, NOW);
            }
            allowed
        });
        tried.count()
    };
    assert_eq!(spray("203.0.113.1", 1_000), 300);
    assert_eq!(spray("::ffff:203.0.113.1", 1_000), 0, "the same address mapped into IPv6");
    assert_eq!(spray("2001:db8:1:1::N", 1_000), 60, "one /64");
    assert_eq!(spray("2001:db8:2:N::1", 1_000), 300, "one /48");
}

proptest! {
    #[test]
    fn no_more_is_ever_allowed_than_burst_and_refill(steps in proptest::collection::vec((0_u64..3_000, 1_u32..4), 1..200)) {
        let mut budgets = Budgets::new(THREE);
        let (mut now, mut spent) = (NOW, 0);
        for (ms, cost) in steps {
            now = now.plus(Duration::from_millis(ms));
            match budgets.take(1, cost, now) {
                Permission::Allow => spent += u64::from(cost),
                Permission::WaitUntil(at) => {
                    prop_assert!(at > now);
                    prop_assert_eq!(budgets.ask(1, cost, at), Permission::Allow);
                }
            }
            prop_assert!(spent * 1_000 <= 3_000 + u64::try_from(now.since(NOW).as_millis()).unwrap());
        }
    }

    #[test]
    fn table_and_index_agree_whatever_happens(steps in proptest::collection::vec((0_u8..4, 0_u8..20, 0_u32..5, 0_u64..2_000), 1..200)) {
        let mut budgets = Budgets::with_keys_max(THREE, 8);
        let mut now = NOW;
        for (act, key, cost, ms) in steps {
            now = now.plus(Duration::from_millis(ms));
            match act {
                0 => { budgets.take(key, cost, now); }
                1 => budgets.charge(key, cost, now),
                2 => budgets.refund(key, cost, now),
                _ => budgets.clear(key),
            }
            prop_assert!(budgets.len() <= 8);
            let mut listed: Vec<(Instant, u8)> = budgets.full_at.iter().map(|(key, at)| (*at, *key)).collect();
            listed.sort();
            prop_assert_eq!(listed, budgets.by_time.iter().copied().collect::<Vec<_>>());
        }
    }
}
