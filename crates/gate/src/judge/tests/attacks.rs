//! Every attack is named within five seconds, for what it is and nothing else, beside people who come and go.

use super::*;

const ATTACK_NAMED_AFTER_MAX: Duration = WINDOW;

/// Plays an attack beside people; it must be named alone and in time, and be over soon after its end.
#[track_caller]
fn check(kind: AttackKind, attack: fn(&mut Scene)) {
    for seed in 0..3 {
        let mut scene = Scene::after_a_quiet_minute(seed);
        let begun = scene.now;
        scene.play(20, &mut |scene| {
            scene.people(2);
            attack(scene);
        });
        scene.expect_attacks(&[kind]);
        assert_eq!(scene.kind(), VerdictKind::Attack(kind), "seed {seed}");
        assert!(!scene.judge.verdict().grounds.is_empty());
        let (_, named) = scene.named.iter().find(|(named, _)| *named == kind).unwrap();
        assert!(named.since(begun) <= ATTACK_NAMED_AFTER_MAX, "seed {seed}: {kind:?} after {:?}", named.since(begun));
        assert_eq!(scene.named.len(), 1, "seed {seed}: {:?}", scene.named);
        scene.play(15, &mut |scene| scene.people(2));
        assert_eq!(scene.kind(), VerdictKind::Calm, "seed {seed}: {:#?}", scene.judge.verdict());
        let of_attack = |minute: &Minute| minute.verdict == VerdictKind::Attack(kind);
        assert!(scene.judge.minutes(scene.now).iter().any(of_attack), "seed {seed}: the minute says it too");
    }
}

#[test]
fn a_connection_flood_is_named() {
    check(AttackKind::ConnectionFlood, |scene| scene.sign(Sign::ConnectionRefused, 100, 50));
}

#[test]
fn a_flood_of_connections_from_everywhere_is_named() {
    check(AttackKind::ConnectionFlood, |scene| scene.sign(Sign::ConnectionRefused, 200, 1_000_000));
}

#[test]
fn a_handshake_flood_is_named() {
    check(AttackKind::HandshakeFlood, |scene| {
        scene.sign(Sign::HandshakeOnly, 50, 100);
        scene.sign(Sign::HandshakeFailed, 50, 100);
    });
}

#[test]
fn slow_connections_are_named() {
    check(AttackKind::SlowConnections, |scene| {
        for sign in [Sign::Silent, Sign::SlowHeader, Sign::SlowBody, Sign::SlowRead] {
            scene.sign(sign, 10, 5_000);
        }
    });
}

#[test]
fn an_http_flood_is_named() {
    check(AttackKind::HttpFlood, |scene| {
        for _ in 0..100 {
            let request = bare(scene.attacker(50));
            scene.request(&request, Outcome::TurnedAway, false);
        }
    });
}

#[test]
fn a_flood_from_one_network_is_named() {
    check(AttackKind::HttpFlood, |scene| {
        for _ in 0..20 {
            let request = bare(scene.attacker(1));
            scene.request(&request, Outcome::Admitted, false);
        }
    });
}

/// One request every ten seconds from each of many networks: only what they have in common tells them.
#[test]
fn a_flood_of_single_requests_from_everywhere_is_named() {
    check(AttackKind::HttpFlood, |scene| {
        for _ in 0..200 {
            let request = bare(scene.attacker(20_000));
            scene.request(&request, Outcome::Admitted, false);
        }
    });
}

#[test]
fn a_flood_of_files_is_named() {
    check(AttackKind::HttpFlood, |scene| {
        for _ in 0..100 {
            let request = Request { kind: Kind::Asset, ..bare(scene.attacker(2)) };
            scene.request(&request, Outcome::Admitted, false);
        }
    });
}

#[test]
fn a_flood_with_one_ticket_is_named() {
    check(AttackKind::HttpFlood, |scene| {
        for _ in 0..100 {
            let ticket = Some(ticket(7));
            let request = Request { ticket, ..bare(scene.attacker(1)) };
            scene.request(&request, Outcome::Waits, false);
        }
    });
}

#[test]
fn a_flood_with_one_copied_ticket_from_everywhere_is_named() {
    check(AttackKind::HttpFlood, |scene| {
        for _ in 0..100 {
            let shape = Shape { agent: BROWSERS[0], header_order: 0, ..Shape::of_path("/") };
            let request = Request { ticket: Some(ticket(7)), shape, ..bare(scene.attacker(50)) };
            scene.request(&request, Outcome::TurnedAway, false);
        }
    });
}

#[test]
fn a_flood_with_a_pass_that_has_lapsed_is_named() {
    check(AttackKind::HttpFlood, |scene| {
        for _ in 0..100 {
            let shape = Shape { agent: BROWSERS[0], header_order: 0, ..Shape::of_path("/") };
            let request = Request { shown: Shown::Lapsed, shape, ..bare(scene.attacker(50)) };
            scene.request(&request, Outcome::TurnedAway, false);
        }
    });
}

#[test]
fn a_flood_from_a_site_that_changes_its_ipv6_network_each_time_is_named() {
    check(AttackKind::HttpFlood, |scene| {
        for _ in 0..50 {
            let bits = 0x2001_0db8_0007 << 80 | u128::from(scene.rng.below(1 << 16)) << 64;
            let shape = Shape { agent: BROWSERS[0], header_order: 0, ..Shape::of_path("/") };
            let request = Request { shape, ..bare(IpAddr::V6(bits.into())) };
            scene.request(&request, Outcome::Admitted, false);
        }
    });
}

#[test]
fn cache_busting_is_named() {
    check(AttackKind::CacheBusting, |scene| {
        for _ in 0..100 {
            let query = format!("x={}", scene.rng.next_u64());
            let request = bare(scene.attacker(50));
            let shape = Shape { query: &query, ..request.shape };
            scene.request(&Request { shape, ..request }, Outcome::Admitted, false);
        }
    });
}

#[test]
fn http2_abuse_is_named() {
    check(AttackKind::Http2Abuse, |scene| scene.sign(Sign::Http2Abuse, 1, 10));
}

#[test]
fn large_requests_are_named() {
    check(AttackKind::LargeRequests, |scene| {
        scene.sign(Sign::HeaderTooLarge, 3, 50);
        scene.sign(Sign::BodyTooLarge, 3, 50);
    });
}

#[test]
fn smuggling_is_named() {
    check(AttackKind::Smuggling, |scene| scene.sign(Sign::Smuggling, 1, 3));
}

#[test]
fn password_stuffing_is_named() {
    check(AttackKind::PasswordStuffing, |scene| {
        for _ in 0..15 {
            let request = bare(scene.attacker(5_000));
            let shape = Shape { method: "POST", path: "/sign-in", agent: BROWSERS[1], ..request.shape };
            let request = Request { kind: Kind::SignIn, shape, ..request };
            scene.request(&request, Outcome::Admitted, false);
            scene.judge.sign(Sign::WrongPassword, request.address, scene.now);
        }
    });
}

#[test]
fn ticket_farming_is_named() {
    check(AttackKind::TicketFarming, |scene| {
        for _ in 0..100 {
            let request = bare(scene.attacker(200));
            scene.request(&request, Outcome::Waits, true);
        }
    });
}

#[test]
fn forged_passes_are_named() {
    check(AttackKind::ForgedPasses, |scene| {
        for _ in 0..20 {
            let request = Request { shown: Shown::Forged, ..bare(scene.attacker(500)) };
            scene.request(&request, Outcome::Admitted, false);
        }
    });
}

#[test]
fn a_shared_pass_is_named() {
    check(AttackKind::SharedPass, |scene| {
        let shown = Shown::Valid(holder(999));
        let request = Request { shown, ..bare(scene.attacker(100)) };
        scene.request(&request, Outcome::SignInAgain, false);
        scene.judge.shared_pass(30, scene.now);
    });
}

#[test]
fn two_attacks_beside_a_crowd_are_both_named_and_the_crowd_is_told() {
    for seed in 0..3 {
        let mut scene = Scene::after_a_quiet_minute(seed);
        let begun = scene.now;
        scene.play(20, &mut |scene| {
            scene.people(250);
            scene.sign(Sign::ConnectionRefused, 200, 100);
            for _ in 0..200 {
                let request = bare(scene.attacker(300));
                scene.request(&request, Outcome::TurnedAway, true);
            }
        });
        scene.expect_attacks(&[AttackKind::ConnectionFlood, AttackKind::HttpFlood]);
        assert!(scene.named.iter().all(|(_, named)| named.since(begun) <= ATTACK_NAMED_AFTER_MAX));
        let arrivals = scene.ground(Fact::Arrivals).unwrap();
        assert!(
            (50_000.0..70_000.0).contains(&arrivals),
            "seed {seed}: {arrivals} new people a minute, without programs"
        );
    }
}

#[test]
fn all_attacks_at_once_are_all_named() {
    let mut scene = Scene::after_a_quiet_minute(4);
    scene.play(20, &mut |scene| {
        scene.people(10);
        for sign in Sign::ALL {
            scene.sign(sign, 40, 300);
        }
        scene.judge.shared_pass(40, scene.now);
        for n in 0..300_u64 {
            let base = bare(scene.attacker(100));
            let query = format!("q={}", scene.rng.next_u64());
            let networks = |by: u32| IpAddr::V4(Ipv4Addr::from_bits(0xcb10_0000 + (by << 12) + (n as u32 % 60)));
            let busting = Shape { query: &query, ..base.shape };
            scene.request(&Request { address: networks(1), ..base }, Outcome::TurnedAway, false);
            scene.request(&Request { address: networks(2), shape: busting, ..base }, Outcome::TurnedAway, false);
            let farming = Shape { agent: "farm/1", header_order: 1, ..Shape::of_path("/") };
            scene.request(&Request { address: networks(3), shape: farming, ..base }, Outcome::Waits, false);
            scene.request(&Request { address: networks(4), shown: Shown::Forged, ..base }, Outcome::TurnedAway, false);
        }
    });
    scene.expect_attacks(&AttackKind::ALL);
}

#[test]
fn one_network_is_told_from_its_neighbours() {
    let mut scene = Scene::after_a_quiet_minute(1);
    let bad: IpAddr = "203.0.113.9".parse().unwrap();
    let good: IpAddr = "198.51.100.9".parse().unwrap();
    scene.play(5, &mut |scene| {
        for _ in 0..20 {
            scene.request(&bare(bad), Outcome::TurnedAway, false);
        }
        scene.person(1_000_001, good);
    });
    assert_eq!(scene.judge.network_verdict(bad, scene.now), VerdictKind::Attack(AttackKind::HttpFlood));
    assert_eq!(scene.judge.network_verdict(good, scene.now), VerdictKind::Calm);
    let shown = scene.judge.networks(scene.now);
    assert_eq!(shown.iter().map(|state| state.network).collect::<Vec<_>>(), [Cidr::of_client(bad)]);
    assert!((60.0..100.0).contains(&shown[0].turned_away_per_second) && !shown[0].known, "{shown:?}");
}
