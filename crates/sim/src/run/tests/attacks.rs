//! Attacks beside a crowd: each kind is named in time, and none in a crowd.

use super::played;
use crate::attack::Attack;
use preau_gate::snapshot::AttackKind;
use std::time::Duration;

const SEEDS: std::ops::Range<u64> = 100..120;
/// From the first request of an attack to the verdict that names it.
const NAMED_WITHIN_S: f64 = 5.0;

/// One kind beside a crowd of two thousand before an application that is so many times what they need, at this rate, two and a half minutes after the first of them came.
fn named_after(seed: u64, kind: AttackKind, (per_second, addresses): (u32, u32), times: f64) -> Option<f64> {
    let played = played(seed, 2_000, |plan| {
        plan.lasts = Duration::from_secs(170);
        let attack = Attack {
            kind,
            begins: Duration::from_secs(150),
            lasts: Duration::from_secs(15),
            per_second,
            addresses,
            within: None,
            as_browsers: false,
        };
        plan.attacks = vec![attack];
        plan.application = plan.application.times(times);
    });
    played.attacks[0].named_after_s
}

#[test]
fn every_kind_of_attack_is_named_within_five_seconds() {
    for seed in SEEDS {
        for kind in AttackKind::ALL {
            let after = named_after(seed, kind, (500, 100), 3.0);
            assert!(after.is_some_and(|s| s <= NAMED_WITHIN_S), "seed {seed}, {kind:?}: {after:?}");
        }
    }
}

#[test]
fn twenty_a_second_are_named_too() {
    // Places in line are farmed where there is a line.
    let kinds = [(AttackKind::TicketFarming, 0.3), (AttackKind::HttpFlood, 3.0), (AttackKind::CacheBusting, 3.0)];
    let passes = [AttackKind::PasswordStuffing, AttackKind::ForgedPasses, AttackKind::SharedPass];
    for seed in SEEDS {
        for (kind, times) in kinds.into_iter().chain(passes.map(|kind| (kind, 3.0))) {
            let after = named_after(seed, kind, (20, 20), times);
            assert!(after.is_some_and(|s| s <= NAMED_WITHIN_S), "seed {seed}, {kind:?}: {after:?}");
        }
    }
}

#[test]
fn no_attack_is_named_in_a_crowd() {
    for seed in SEEDS {
        for (times, mistyped) in [(0.6, 0.03), (3.0, 0.2)] {
            let played = played(seed, 2_000, |plan| {
                plan.application = plan.application.times(times);
                plan.mistyped = mistyped;
                plan.lasts = Duration::from_secs(700);
                plan.world.passes = if seed % 2 == 0 { 0.7 } else { 0.0 };
            });
            assert_eq!(played.falsely_named, [], "seed {seed}, {times}");
        }
    }
}

/// Half a million in ten minutes, of whom the half comes within two: at its height four thousand a second, of whom a third
/// signs in and some mistype.
#[test]
fn half_a_million_are_a_crowd_and_nobody_in_their_line_starves() {
    let played = played(100, 500_000, |plan| {
        plan.world.passes = 0.0;
        plan.line_only = true;
        plan.lessons_known = false;
        // One page instead of a sign-in, three pages and a lesson.
        plan.application = plan.application.times(0.15);
    });
    assert_eq!((played.people_in + played.gave_up, played.still_outside), (500_000, 0));
    assert!(played.gave_up < 500, "{played:?}");
    assert!(played.waiting_most > 100_000, "{played:?}");
    assert_eq!(played.falsely_named, []);
}
