use super::*;
use crate::limits::TICK;
use proptest::prelude::*;

const START: Instant = Instant::from_secs(1_800_000_000);
const CALM: Pressure = Pressure { held: 0, limit: 100, latency_ratio: 1.0, failed_share: 0.0, machine: 0.1 };
const HARD: Pressure = Pressure { held: 300, ..CALM };

/// Presses for so long; gives each change with the milliseconds since the start.
fn press(ladder: &mut Ladder, pressure: Pressure, from: Instant, lasts: Duration) -> Vec<(u128, Level)> {
    let ticks = lasts.as_millis() / TICK.as_millis();
    let at = |tick: u128| from.plus(TICK * u32::try_from(tick).unwrap());
    (1..=ticks)
        .filter_map(|tick| Some((at(tick).since(START).as_millis(), ladder.press(pressure, at(tick))?)))
        .collect()
}

const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

#[test]
fn sustained_pressure_climbs_to_the_top_and_calm_comes_down_a_level_at_a_time() {
    let mut ladder = Ladder::new(START);
    let up = press(&mut ladder, HARD, START, seconds(60));
    assert_eq!(up.iter().map(|(_, level)| *level).collect::<Vec<_>>(), &Level::ALL[1..]);
    assert!(up[0].0 <= 4_000, "first level after {} ms", up[0].0);
    assert_eq!(ladder.state().pressure_percent, 100);
    assert_eq!(ladder.state().cause, Cause::Queue);
    let down = press(&mut ladder, CALM, START.plus(seconds(60)), seconds(300));
    let expected: Vec<Level> = Level::ALL.into_iter().rev().skip(1).collect();
    assert_eq!(down.iter().map(|(_, level)| *level).collect::<Vec<_>>(), expected);
    assert!(down.windows(2).all(|pair| pair[1].0 - pair[0].0 >= 25_000));
    assert_eq!((ladder.state().cause, ladder.state().pressure_percent), (Cause::Calm, 0));
}

#[test]
fn a_moment_of_pressure_moves_nothing_and_half_pressure_holds() {
    let mut ladder = Ladder::new(START);
    assert_eq!(press(&mut ladder, HARD, START, seconds(1)), []);
    assert_eq!(press(&mut ladder, CALM, START.plus(seconds(1)), seconds(60)), []);
    press(&mut ladder, HARD, START.plus(seconds(61)), seconds(5));
    let held = ladder.level();
    assert!(held > Level::Full);
    let half = Pressure { held: 75, ..CALM };
    assert_eq!(press(&mut ladder, half, START.plus(seconds(70)), seconds(600)), []);
    assert_eq!(ladder.level(), held);
}

#[test]
fn each_kind_of_pressure_moves_it_and_says_so() {
    let check = |pressure: Pressure, cause: Cause| {
        let mut ladder = Ladder::new(START);
        press(&mut ladder, pressure, START, seconds(6));
        assert!(ladder.level() >= Level::Light, "{cause:?}");
        assert_eq!((ladder.state().cause, ladder.pressing()), (cause, cause));
    };
    check(HARD, Cause::Queue);
    check(Pressure { latency_ratio: 6.0, ..CALM }, Cause::Latency);
    check(Pressure { failed_share: 0.5, ..CALM }, Cause::Errors);
    check(Pressure { machine: 0.99, ..CALM }, Cause::Machine);
    let mut ladder = Ladder::new(START);
    let busy = Pressure { latency_ratio: 1.9, machine: 0.7, held: 40, failed_share: 0.05, limit: 100 };
    assert_eq!(press(&mut ladder, busy, START, seconds(600)), [], "well used is not pressed");
}

#[test]
fn a_hand_holds_it_and_gives_it_back() {
    let mut ladder = Ladder::new(START);
    ladder.hold(Some(Level::ReadOnly), START);
    assert_eq!(press(&mut ladder, CALM, START, seconds(600)), []);
    assert_eq!(ladder.level(), Level::ReadOnly);
    assert!(ladder.state().by_hand && ladder.state().cause == Cause::Hand);
    ladder.hold(None, START.plus(seconds(600)));
    let down = press(&mut ladder, CALM, START.plus(seconds(600)), seconds(200));
    assert_eq!(down.last().map(|(_, level)| *level), Some(Level::Full));
    assert!(!ladder.state().by_hand);
    ladder.hold(Some(Level::Full), START.plus(seconds(800)));
    assert_eq!(press(&mut ladder, HARD, START.plus(seconds(800)), seconds(60)), [], "held down too");
}

#[test]
fn relapses_make_it_more_patient() {
    let mut ladder = Ladder::new(START);
    let mut now = START;
    // An application that is well without search and bad with it.
    let mut changes = Vec::new();
    while now < START.plus(seconds(3_600)) {
        now = now.plus(TICK);
        let pressure = if ladder.level() == Level::Full { HARD } else { CALM };
        changes.extend(ladder.press(pressure, now));
    }
    assert!(changes.len() <= 2 * 3_600 / 150, "{} changes in an hour", changes.len());
}

proptest! {
    #[test]
    fn it_never_moves_faster_than_it_says(
        pressures in proptest::collection::vec((0_u32..500, 0.0..20.0_f64, 0.0..1.0_f64, 0.0..1.2_f64, 1_u32..40), 1..200),
    ) {
        let mut ladder = Ladder::new(START);
        let (mut now, mut changed, mut before) = (START, START, Level::Full);
        for (held, latency_ratio, failed_share, machine, ticks) in pressures {
            let pressure = Pressure { held, limit: 100, latency_ratio, failed_share, machine };
            for _ in 0..ticks {
                now = now.plus(TICK);
                let Some(level) = ladder.press(pressure, now) else { continue };
                let steps = i16::from(level.number()) - i16::from(before.number());
                let least = if steps > 0 { UP_AFTER } else { DOWN_AFTER };
                prop_assert_eq!(steps.abs(), 1, "a level at a time");
                prop_assert!(now.since(changed) >= least, "{:?} after {:?}", level, now.since(changed));
                prop_assert_eq!(ladder.level(), level);
                (before, changed) = (level, now);
            }
        }
    }
}
