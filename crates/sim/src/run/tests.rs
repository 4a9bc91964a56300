//! Properties of the gate over seeds. Each assertion names the seed that broke it.

mod attacks;

use super::*;
use crate::attack::Attack;
use crate::world::{Network, NetworkKind};
use preau_base::Level;
use preau_gate::Doors;
use preau_gate::snapshot::AttackKind;

const SEEDS: std::ops::Range<u64> = 1..6;
/// For mornings in which many wait: they take longest.
const SEEDS_OF_LINES: std::ops::Range<u64> = 1..4;

fn played(seed: u64, people: u32, change: impl FnOnce(&mut Plan)) -> Played {
    let mut plan = Plan::new(World::new(seed, people));
    change(&mut plan);
    let played = play(&plan);
    assert_eq!(played.faults(), Vec::<String>::new(), "seed {seed}");
    assert_eq!(
        played.people_in + played.gave_up + played.still_outside,
        played.people,
        "seed {seed}: everybody counts"
    );
    played
}

#[test]
fn everybody_gets_in_where_there_is_room_for_all() {
    for seed in SEEDS {
        let played = played(seed, 2_000, |plan| plan.application = plan.application.times(4.0));
        assert_eq!((played.people_in, played.still_outside), (2_000, 0), "seed {seed}");
        assert_eq!(played.pass_holders_waited, 0, "seed {seed}: nobody with a pass waits while there is room");
        assert!(played.waits_lesson.p99_ms < 5_000, "seed {seed}: {:?}", played.waits_lesson);
        assert!(played.in_lesson > 1_500, "seed {seed}: {}", played.in_lesson);
        let dearest = played.levels.iter().all(|(_, level)| *level <= Level::Light);
        assert!(dearest, "seed {seed}: nothing is turned off but what is optional: {:?}", played.levels);
        assert_eq!(played.falsely_named.len(), 0, "seed {seed}: a crowd is no attack: {:?}", played.falsely_named);
    }
}

#[test]
fn nobody_starves_where_it_is_narrow() {
    for seed in SEEDS_OF_LINES {
        let played = played(seed, 3_000, |plan| {
            plan.application = plan.application.times(0.6);
            plan.lasts = Duration::from_secs(2 * 3_600);
        });
        assert_eq!(played.still_outside, 0, "seed {seed}: {played:?}");
        assert!(played.waits_lesson.p99_ms <= played.waits_newcomer.p99_ms.max(30_000), "seed {seed}: {played:?}");
    }
}

#[test]
fn doors_that_open_later_let_everybody_in_then() {
    for seed in SEEDS_OF_LINES {
        let played = played(seed, 2_000, |plan| {
            plan.world.passes = 0.2;
            plan.application = plan.application.times(2.0);
            plan.settings.doors = Doors::OpenAt { at: plan.starts.plus(Duration::from_secs(150)) };
        });
        assert_eq!(played.still_outside, 0, "seed {seed}: {played:?}");
    }
}

#[test]
fn attacks_in_waves_refuse_no_pass_holder() {
    let played = played(11, 3_000, |plan| {
        plan.attacks = Attack::waves(plan.world.window);
        plan.application = plan.application.times(3.0);
    });
    assert!(played.attacks.iter().all(|attack| attack.sent > 0), "{:?}", played.attacks);
    assert!(played.waits_lesson.p99_ms < 60_000, "{:?}", played.waits_lesson);
}

#[test]
fn bots_inside_a_school_refuse_none_of_its_pupils() {
    let school = Network { kind: NetworkKind::School, number: 0 };
    let played = played(12, 9_000, |plan| {
        let bots = Attack {
            kind: AttackKind::HttpFlood,
            begins: Duration::from_secs(60),
            lasts: Duration::from_secs(400),
            per_second: 500,
            addresses: 1,
            within: Some(school),
            as_browsers: false,
        };
        plan.attacks = vec![bots];
        plan.application = plan.application.times(3.0);
    });
    assert!(played.attacks[0].sent >= 190_000, "{:?}", played.attacks);
}

/// A morning on which nobody has a pass or earns one, with a long line: programs in a school show a ticket as fast as they
/// can.
#[test]
fn bots_that_keep_a_ticket_turn_nobody_of_their_school_out_of_the_line() {
    let school = Network { kind: NetworkKind::School, number: 0 };
    for seed in SEEDS_OF_LINES {
        let played = played(seed, 9_000, |plan| {
            plan.world.passes = 0.0;
            plan.line_only = true;
            plan.lessons_known = false;
            plan.application = plan.application.times(0.15);
            let bots = Attack {
                kind: AttackKind::TicketFarming,
                begins: Duration::from_secs(200),
                lasts: Duration::from_secs(60),
                per_second: 1_000,
                addresses: 1,
                within: Some(school),
                as_browsers: true,
            };
            plan.attacks = vec![bots];
        });
        assert!(played.waiting_most > 1_000, "seed {seed}: {played:?}");
    }
}

#[test]
fn a_seed_plays_the_same_morning_again() {
    let once = |seed| format!("{:?}", played(seed, 1_000, |_| ()));
    assert_eq!(once(4), once(4));
    assert_ne!(once(4), once(5));
}
