use super::*;
use preau_base::{Rng, SeededRng};
use std::net::{Ipv4Addr, Ipv6Addr};

const NOW: Instant = Instant::from_secs(1_800_000_000);
const PAGE: u32 = 10;

fn levels(text: &str) -> Levels {
    Levels::of(text.parse().unwrap())
}

/// Pages asked for until refused.
fn pages(prefixes: &mut Prefixes, levels: &Levels, now: Instant) -> u32 {
    (0..100_000).take_while(|_| prefixes.spend(levels, PAGE, now) == Permission::Allow).count() as u32
}

#[test]
fn a_neighbour_pays_nothing_and_the_site_pays_for_all() {
    let mut prefixes = Prefixes::new();
    assert_eq!(pages(&mut prefixes, &levels("192.0.2.1"), NOW), 3_000);
    assert_eq!(pages(&mut prefixes, &levels("192.0.2.2"), NOW), 3_000);
    assert_eq!(pages(&mut prefixes, &levels("2001:db8:1:100::1"), NOW), 1_200);
    assert_eq!(pages(&mut prefixes, &levels("2001:db8:1:101::1"), NOW), 800, "the /56 has 2,000");
    assert_eq!(pages(&mut prefixes, &levels("2001:db8:1:200::1"), NOW), 1_000, "the /48 has 3,000");
    assert_eq!(pages(&mut prefixes, &levels("2001:db8:2:200::1"), NOW), 1_200);
}

/// A promise that comes back is a place in line.
#[test]
fn nobody_fills_the_line_from_the_many_networks_of_one_site() {
    let mut prefixes = Prefixes::new();
    let mut places = |site: &str, homes: u32| {
        let home = |home: u32| levels(&format!("2001:db8:{site}:{home:x}::1"));
        let all = (0..homes).flat_map(|number| std::iter::repeat_n(home(number), 5_000));
        all.filter(|levels| prefixes.come_first(levels, NOW) == Permission::Allow).count()
    };
    assert_eq!(places("1", 1), 4_000, "a home");
    assert_eq!(places("2", 100), 8_000, "the /56 that they are in");
    assert_eq!(places("3", 0x800), 32_000, "the /48");
}

#[test]
fn whoever_asks_often_leaves_the_others_their_places() {
    let mut prefixes = Prefixes::new();
    let school = levels("192.0.2.1");
    let count = |asked: &mut dyn FnMut() -> Permission| (0..5_000).filter(|_| asked() == Permission::Allow).count();
    assert_eq!(count(&mut || prefixes.poll(&school, NOW)), 3_000);
    assert_eq!(count(&mut || prefixes.come_first(&school, NOW)), 1_000);
    let later = NOW.plus(Duration::from_secs(2));
    assert_eq!(count(&mut || prefixes.poll(&school, later)), 0);
    assert_eq!(count(&mut || prefixes.come_first(&school, later)), 250);
}

#[test]
fn whoever_goes_on_beyond_the_budget_gets_less_whatever_passes_are_seen() {
    let school = levels("192.0.2.1");
    let mut prefixes = Prefixes::new();
    for person in 0..500 {
        prefixes.saw_pass(&school, HolderKey(person), NOW);
    }
    pages(&mut prefixes, &school, NOW);
    let mut earned = Vec::new();
    let mut now = NOW;
    for _ in 0..6 {
        for _ in 0..SHRUNK_BY_REFUSALS {
            prefixes.spend(&school, PAGE, now);
        }
        now = now.plus(Duration::from_secs(10));
        earned.push(pages(&mut prefixes, &school, now));
    }
    assert_eq!(earned[..4], [250, 125, 62, 31], "of 500 that ten seconds give");
    assert!(earned[4..].iter().all(|pages| (30..35).contains(pages)), "{earned:?}");
    assert!(prefixes.vouched(&school, now));
    let quiet = now.plus(SHRINK_RECOVERS * u32::from(SHRINK_MAX + 1));
    assert_eq!(pages(&mut prefixes, &school, quiet), 3_000);
}

#[test]
fn one_pass_vouches_for_nothing_and_three_for_half_an_hour() {
    let [home, beside, far] = ["2001:db8:1:100::1", "2001:db8:1:200::1", "2001:db8:2::1"].map(levels);
    let mut prefixes = Prefixes::new();
    for _ in 0..1_000 {
        prefixes.saw_pass(&home, HolderKey(1), NOW);
    }
    assert!(!prefixes.vouched(&home, NOW));
    for person in 0..20 {
        prefixes.saw_pass(&home, HolderKey(person), NOW);
    }
    assert!(prefixes.vouched(&home, NOW) && prefixes.vouched(&beside, NOW));
    assert!(!prefixes.vouched(&far, NOW));
    let half_an_hour = Duration::from_secs(1_800);
    assert!(prefixes.vouched(&home, NOW.plus(half_an_hour)));
    assert!(!prefixes.vouched(&home, NOW.plus(half_an_hour * 2)));
    assert_eq!(prefixes.passes_of("2001:db8:2::1".parse().unwrap(), NOW), 0);
    assert!((15..=25).contains(&prefixes.passes_of("2001:db8:1:1::".parse().unwrap(), NOW)));
}

/// A hundred times as many addresses come by as there are rows, some of them IPv6, while a school with passes and a flooding network are there.
#[test]
fn a_flood_of_addresses_takes_bounded_memory_and_washes_nothing_away() {
    const ROWS_MAX: usize = 10_000;
    let mut prefixes = Prefixes::with_rows_max(ROWS_MAX);
    let [school, flood] = ["192.0.2.1", "198.51.100.1"].map(levels);
    for person in 0..50 {
        prefixes.saw_pass(&school, HolderKey(person), NOW);
    }
    pages(&mut prefixes, &flood, NOW);
    let mut rng = SeededRng::new(1);
    let mut memory_max = 0;
    for number in 0..100 * ROWS_MAX as u64 {
        let random = rng.next_u64();
        let address = match number % 16 {
            0 => IpAddr::V6(Ipv6Addr::from_bits(0x2001_0db8 << 96 | u128::from(random) << 48)),
            _ => IpAddr::V4(Ipv4Addr::from_bits(random as u32)),
        };
        let _ = prefixes.spend(&Levels::of(address), PAGE, NOW.plus(Duration::from_micros(number)));
        if number % 1_000 == 0 {
            let _ = prefixes.spend(&flood, PAGE, NOW.plus(Duration::from_micros(number)));
            memory_max = memory_max.max(prefixes.memory_bytes());
        }
    }
    assert!(prefixes.len() <= ROWS_MAX);
    assert!(memory_max <= ROWS_MAX * 270, "{memory_max}");
    let after = NOW.plus(Duration::from_secs(10));
    assert!(prefixes.vouched(&school, after));
    assert!(pages(&mut prefixes, &flood, after) <= 500);
}
