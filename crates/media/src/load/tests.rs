use super::*;
use preau_base::{Rng as _, SeededRng};

fn second(cpu_us: u64, joining_us: u64, joins: u64, forwarded: u64) -> Second {
    let time = Duration::from_micros;
    Second {
        passed: Duration::from_secs(1),
        cpu: time(cpu_us),
        joining: time(joining_us),
        joins,
        forwarded,
        datagrams: forwarded,
        bytes: forwarded * 1_000,
    }
}

fn pick(rng: &mut SeededRng, below: u64) -> u64 {
    rng.next_u64() % below
}

#[test]
fn a_lesson_declares_what_its_devices_are_sent() {
    let check = |devices, cameras, mode, packets: u64, kbit: u64| {
        let expected = Declared { packets_per_s: packets, bits_per_s: kbit * 1_000 };
        assert_eq!(Declared::of(devices, cameras, mode), expected, "{devices} devices, {cameras} cameras, {mode:?}");
    };
    check(0, 16, Mode::Full, 0, 0);
    check(1, 0, Mode::Full, 3 * 50 + 102, 3 * 61 + 950);
    check(31, 4, Mode::Full, 31 * (150 + 102 + 4 * 30), 31 * (183 + 950 + 4 * 115));
    check(31, 16, Mode::Full, 31 * (150 + 102 + 9 * 30), 31 * (183 + 950 + 9 * 115));
    check(31, 0, Mode::Lean, 31 * (75 + 35), 31 * (141 + 320));
    check(31, 16, Mode::Lean, 31 * (75 + 35), 31 * (141 + 320));
    for mode in [Mode::Full, Mode::Lean] {
        assert_eq!(Declared::of(usize::MAX, usize::MAX, mode).bits_per_s, u64::MAX, "nothing overflows");
    }
}

#[test]
fn the_cost_of_packets_and_joins_is_learned_whatever_the_mixture() {
    for seed in 0..200 {
        let rng = &mut SeededRng::new(seed);
        let (packet_us, join_us) = (1 + pick(rng, 40), 500 + pick(rng, 9_000));
        let mut load = Load::default();
        for _ in 0..120 {
            let joins = pick(rng, 20);
            // At least a fifth of a core, so that there is something to learn from.
            let forwarded = 200_000 / packet_us + pick(rng, 300_000 / packet_us);
            load.note(&second(packet_us * forwarded + join_us * joins, join_us * joins, joins, forwarded));
        }
        let near = |found: u64, real: u64| found.abs_diff(real) <= real / 20;
        assert!(near(load.packet_ns, packet_us * 1_000), "seed {seed}: {load:?}, really {packet_us} µs a packet");
        assert!(near(load.join_ns, join_us * 1_000), "seed {seed}: {load:?}, really {join_us} µs a join");
    }
}

#[test]
fn a_thread_with_little_to_do_learns_nothing_of_packets_and_half_joins_make_none_endless() {
    let mut load = Load::default();
    for _ in 0..100 {
        load.note(&second(50_000, 0, 0, 500));
    }
    assert_eq!((load.packet_ns, load.busy_permille), (PACKET_NS, 50));
    for _ in 0..600 {
        load.note(&second(400_000, 400_000, 0, 0));
    }
    load.note(&second(4_000, 4_000, 1, 0));
    assert!(load.join_ns < JOIN_NS + JOIN_NS_RANGE.1 / JOINS_MEMORY, "{load:?}");
    assert!(load.joins_per_s_milli() > 150_000, "a quiet node takes 150 joins a second and more: {load:?}");
    load.note(&Second::default());
}

#[test]
fn what_is_left_is_what_is_neither_promised_nor_used() {
    let mut load = Load::default();
    assert_eq!(load.packets_per_s_max(), 800_000_000 / PACKET_NS);
    let most = i64::try_from(load.packets_per_s_max()).unwrap();
    let promised = |packets_per_s| Declared { packets_per_s, bits_per_s: 0 };
    assert_eq!(load.packets_left(promised(1_000)), most - 1_000);
    load.note(&second(60_000, 0, 0, 5_000));
    assert_eq!(load.packets_left(promised(1_000)), most - 5_000, "what is used counts when it is more");
    assert!(load.packets_left(promised(1_000_000)) < 0);
    assert_eq!(load.bits_per_s, 5_000 * 1_028 * 8);
}

#[test]
fn newcomers_get_what_forwarding_leaves_and_always_something() {
    let check = |cpu_us, per_s| {
        let mut load = Load::default();
        load.note(&second(cpu_us, 0, 0, 0));
        assert_eq!(load.joins_per_s_milli() / 1_000, per_s, "{cpu_us} µs of forwarding");
    };
    check(0, 235);
    check(400_000, 117);
    check(790_000, 14);
    check(1_000_000, 14);
}

#[test]
fn a_lesson_is_placed_where_most_is_left_and_equal_ones_take_turns() {
    let check = |of: &[(i64, usize)], expected| assert_eq!(place(of.iter().copied()), expected, "{of:?}");
    check(&[], None);
    check(&[(5, 9), (7, 3), (6, 0)], Some(1));
    check(&[(5, 2), (5, 1), (5, 1)], Some(1));
    check(&[(-5, 0), (-1, 90)], Some(1));
    for seed in 0..100 {
        let rng = &mut SeededRng::new(seed);
        let (load, mut threads) = (Load::default(), [(Declared::default(), 0); 4]);
        let mut largest = 0;
        for _ in 0..60 {
            let lesson = Declared::of(2 + pick(rng, 60) as usize, pick(rng, 17) as usize, Mode::Full);
            largest = largest.max(lesson.packets_per_s);
            let chosen = place(threads.iter().map(|(promised, rooms)| (load.packets_left(*promised), *rooms))).unwrap();
            threads[chosen] = (threads[chosen].0.plus(lesson), threads[chosen].1 + 1);
        }
        let packets = threads.map(|(promised, _)| promised.packets_per_s);
        let spread = packets.iter().max().unwrap() - packets.iter().min().unwrap();
        assert!(spread <= largest, "seed {seed}: {packets:?}, and no lesson has more than {largest}");
    }
}

/// Lessons that would use so much of the thread at each level.
fn hours(seed: u64, uses: [u64; 4], hours: u64) -> (Shedding, Vec<(Level, u64)>) {
    let rng = &mut SeededRng::new(seed);
    let mut shedding = Shedding::default();
    let mut seen = Vec::new();
    for _ in 0..hours * 3_600 {
        let step = STEPS.iter().position(|&level| level == shedding.level()).unwrap();
        let used = uses[step] * (950 + pick(rng, 101)) / 1_000;
        seen.push((shedding.note(used), used));
    }
    (shedding, seen)
}

#[test]
fn quality_goes_until_there_is_room_and_no_further() {
    for (uses, expected) in [
        ([500, 300, 200, 100], Level::Full),
        ([1_400, 700, 400, 100], Level::Plain),
        ([3_000, 2_000, 800, 700], Level::Essential),
        ([3_000, 2_000, 1_500, 700], Level::ReadOnly),
        ([9_000, 9_000, 9_000, 9_000], Level::ReadOnly),
    ] {
        for seed in 0..20 {
            let (shedding, seen) = hours(seed, uses, 1);
            assert_eq!(shedding.level(), expected, "seed {seed}: {uses:?}");
            let first = seen.iter().position(|(level, _)| *level == expected).unwrap();
            assert!(first <= 8, "seed {seed}: {uses:?} took {first} s");
        }
    }
}

#[test]
fn quality_does_not_flap_where_a_step_is_too_much_and_the_other_too_little() {
    for seed in 0..20 {
        let (_, seen) = hours(seed, [1_300, 500, 300, 100], 1);
        let changes = seen.windows(2).filter(|pair| pair[0].0 != pair[1].0).count();
        assert!(changes <= 60, "seed {seed}: {changes} changes in an hour");
        let too_much = seen.iter().filter(|(_, used)| *used > FULL_PERMILLE).count();
        assert!(too_much <= 90, "seed {seed}: {too_much} s of the hour were too much");
    }
}

#[test]
fn quality_comes_back_within_seconds_when_the_crowd_is_gone() {
    let mut shedding = Shedding::default();
    for _ in 0..20 {
        shedding.note(2_000);
    }
    assert_eq!(shedding.level(), Level::ReadOnly);
    let back = (1..).find(|_| shedding.note(100) == Level::Full).unwrap();
    assert_eq!(back, 3 * CALM_SECONDS_MIN);
}
