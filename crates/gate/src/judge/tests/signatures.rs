//! Signatures hit what differs from people, never people; they end by themselves and obey an operator.

use super::*;
use crate::limits::*;

fn flood(scene: &mut Scene, count: u32, networks: u32) {
    for _ in 0..count {
        let request = bare(scene.attacker(networks));
        scene.request(&request, Outcome::TurnedAway, false);
    }
}

/// Ten seconds of a flood beside people.
fn flooded(seed: u64) -> Scene {
    let mut scene = Scene::after_a_quiet_minute(seed);
    scene.play(10, &mut |scene| {
        scene.people(5);
        flood(scene, 100, 5_000);
    });
    scene
}

/// People of every kind, none of whom may be hit.
#[track_caller]
fn expect_people_pass(scene: &mut Scene) {
    let before: u64 = scene.judge.signatures().iter().map(|signature| signature.hits).sum();
    for _ in 0..20 {
        scene.people(50);
    }
    let after: u64 = scene.judge.signatures().iter().map(|signature| signature.hits).sum();
    assert_eq!(before, after, "seed {}: people are hit by {:#?}", scene.seed, scene.judge.signatures());
}

#[test]
fn a_flood_is_described_by_what_people_don_t_have_and_people_pass() {
    for seed in 0..5 {
        let mut scene = flooded(seed);
        let signatures = scene.judge.signatures();
        assert_eq!(signatures.len(), 1, "seed {seed}: {signatures:#?}");
        let signature = &signatures[0];
        assert!((1..=SIGNATURE_ATTRIBUTES_MAX).contains(&signature.attributes.len()));
        assert!(signature.baseline_share <= SIGNATURE_BASELINE_SHARE_MAX && signature.hits > 1_000, "{signature:?}");
        let own = [("agent", TOOL), ("header_order", "0000000000000063"), ("language", "no"), ("version", "HTTP/1.1")];
        let differs = |(name, value): &(String, String)| own.contains(&(name.as_str(), value.as_str()));
        assert!(signature.attributes.iter().all(differs), "seed {seed}: {signature:?}");
        let again = bare(scene.attacker(5_000));
        assert!(scene.judge.hit(&again, scene.now).is_some());
        expect_people_pass(&mut scene);
    }
}

#[test]
fn only_anonymous_requests_for_pages_are_hit() {
    let mut scene = flooded(1);
    let request = bare(scene.attacker(1));
    assert!(scene.judge.hit(&request, scene.now).is_some());
    assert_eq!(scene.judge.hit(&Request { shown: Shown::Valid(holder(1)), ..request }, scene.now), None);
    assert_eq!(scene.judge.hit(&Request { kind: Kind::Asset, ..request }, scene.now), None);
}

/// The same agent as one in four people; told by the path and the missing language together or alone.
#[test]
fn an_attacker_who_copies_much_is_told_by_the_rest() {
    for seed in 0..3 {
        let mut scene = Scene::after_a_quiet_minute(seed);
        scene.play(10, &mut |scene| {
            scene.people(5);
            for _ in 0..100 {
                let request = bare(scene.attacker(5_000));
                let shape = Shape { agent: BROWSERS[1], header_order: 1, path: "/directory", ..Shape::of_path("/") };
                scene.request(&Request { shape, ..request }, Outcome::TurnedAway, false);
            }
        });
        let signatures = scene.judge.signatures();
        assert_eq!(signatures.len(), 1, "seed {seed}");
        let path = ("path".to_owned(), "/directory".to_owned());
        assert!(signatures[0].attributes.contains(&path), "seed {seed}: {signatures:?}");
        expect_people_pass(&mut scene);
    }
}

#[test]
fn an_attacker_who_copies_everything_is_not_described_but_named() {
    let mut scene = Scene::after_a_quiet_minute(1);
    scene.play(20, &mut |scene| {
        scene.people(5);
        for n in 0..100_u64 {
            let request = bare(scene.attacker(100));
            let n = n % 4;
            let shape = Shape { agent: BROWSERS[n as usize | 1], header_order: n | 1, ..Shape::of_path("/") };
            scene.request(&Request { shape, ..request }, Outcome::TurnedAway, false);
        }
    });
    assert_eq!(scene.judge.signatures(), []);
    scene.expect_attacks(&[AttackKind::HttpFlood]);
}

#[test]
fn nothing_is_described_without_people_to_compare_with() {
    let mut scene = Scene::new(1);
    scene.play(20, &mut |scene| flood(scene, 100, 5_000));
    assert_eq!(scene.judge.signatures(), []);
}

#[test]
fn two_tools_at_once_are_two_signatures() {
    let mut scene = Scene::after_a_quiet_minute(1);
    scene.play(10, &mut |scene| {
        scene.people(5);
        flood(scene, 60, 3_000);
        for _ in 0..60 {
            let request = bare(scene.attacker(3_000));
            let shape = Shape { agent: "curl/8.5.0", header_order: 5, has_language: true, ..Shape::of_path("/search") };
            scene.request(&Request { shape, ..request }, Outcome::TurnedAway, false);
        }
    });
    assert_eq!(scene.judge.signatures().len(), 2, "{:#?}", scene.judge.signatures());
}

#[test]
fn they_end_without_hits_and_pinned_ones_stay() {
    let mut scene = flooded(1);
    let id = scene.judge.signatures()[0].id;
    scene.play(100, &mut |scene| scene.people(2));
    assert_eq!(scene.judge.signatures().len(), 1, "not yet");
    assert!(scene.judge.pin(id) && !scene.judge.pin(id + 99));
    scene.play(200, &mut |scene| scene.people(2));
    assert_eq!(scene.judge.signatures().iter().map(|signature| signature.pinned).collect::<Vec<_>>(), [true]);
    assert!(scene.judge.drop_signature(id, scene.now));
    assert_eq!(scene.judge.signatures(), []);

    let mut scene = flooded(2);
    scene.play(130, &mut |scene| scene.people(2));
    assert_eq!(scene.judge.signatures(), []);
}

#[test]
fn one_that_goes_on_hitting_ends_after_half_an_hour_and_is_found_again() {
    let mut scene = flooded(1);
    let first = scene.judge.signatures()[0].id;
    scene.play(31 * 60, &mut |scene| {
        scene.people(1);
        flood(scene, 30, 5_000);
    });
    let now: Vec<u64> = scene.judge.signatures().iter().map(|signature| signature.id).collect();
    assert_eq!(now.len(), 1);
    assert_ne!(now[0], first);
}

#[test]
fn a_dropped_one_is_not_found_again_for_an_hour() {
    let mut scene = flooded(1);
    let id = scene.judge.signatures()[0].id;
    assert!(scene.judge.drop_signature(id, scene.now) && !scene.judge.drop_signature(id, scene.now));
    let wave = |scene: &mut Scene, what: &str, found: usize| {
        scene.play(10, &mut |scene| {
            scene.people(1);
            flood(scene, 100, 5_000);
        });
        assert_eq!(scene.judge.signatures().len(), found, "{what}");
    };
    wave(&mut scene, "at once", 0);
    scene.play(3_000, &mut |scene| scene.people(1));
    wave(&mut scene, "after 50 minutes", 0);
    scene.play(600, &mut |scene| scene.people(1));
    wave(&mut scene, "after an hour", 1);
}

#[test]
fn people_who_come_to_look_like_it_end_it() {
    let mut scene = flooded(1);
    let mut person = 5_000_000;
    scene.play(60, &mut |scene| {
        scene.people(1);
        for _ in 0..5 {
            person += 1;
            let address = Ipv4Addr::from_bits(0x5300_0000 + person).into();
            let page = Request { shown: Shown::Valid(holder(u128::from(person))), ..bare(address) };
            scene.request(&page, Outcome::Admitted, true);
        }
    });
    assert_eq!(scene.judge.signatures(), []);
}

#[test]
fn their_number_is_bounded_under_ever_changing_tools() {
    let mut scene = Scene::after_a_quiet_minute(1);
    for round in 0..60_u64 {
        let agent = format!("tool/{round}");
        scene.play(4, &mut |scene| {
            scene.people(3);
            for _ in 0..60 {
                let request = bare(scene.attacker(3_000));
                let shape = Shape { agent: &agent, header_order: 1, ..Shape::of_path("/") };
                scene.request(&Request { shape, ..request }, Outcome::TurnedAway, false);
            }
        });
        assert!(scene.judge.signatures().len() <= SIGNATURES_MAX);
    }
    assert!(scene.judge.signatures().len() > 10, "{}", scene.judge.signatures().len());
}
