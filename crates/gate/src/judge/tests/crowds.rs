//! Crowds are no attacks, whether the timetable told of them or not; slowness is told from both.

use super::*;

/// People a tick at a bell of half a million: 2,000 a second.
const WALL: u32 = 500;

fn bell(at: Instant, people: u32) -> Timetable {
    Timetable { bells: vec![(at, people)], ..Timetable::default() }
}

#[test]
fn two_thousand_a_second_whom_the_timetable_brings_are_an_expected_crowd() {
    for seed in 0..2 {
        let mut scene = Scene::after_a_quiet_minute(seed);
        let nine = scene.now.plus(Duration::from_secs(60));
        scene.judge.forecast(&bell(nine, 500_000), scene.now);
        scene.play(60, &mut |scene| scene.people(WALL));
        assert_eq!(scene.kind(), VerdictKind::ExpectedCrowd, "seed {seed}: {:#?}", scene.judge.verdict());
        assert_eq!(scene.named, [], "seed {seed}");
        let minutes = scene.judge.minutes(scene.now);
        let wall = minutes.iter().rev().find(|minute| minute.arrived.is_some_and(|arrived| arrived > 50_000)).unwrap();
        assert_eq!(wall.verdict, VerdictKind::ExpectedCrowd);
        assert!(wall.expected > 100_000.0, "{wall:?}");
        assert!(scene.judge.signatures().is_empty());
    }
}

#[test]
fn the_same_crowd_without_a_timetable_is_unexpected_and_no_attack() {
    for seed in 0..2 {
        let mut scene = Scene::after_a_quiet_minute(seed);
        scene.play(30, &mut |scene| scene.people(WALL));
        assert_eq!(scene.kind(), VerdictKind::UnexpectedCrowd, "seed {seed}: {:#?}", scene.judge.verdict());
        assert_eq!(scene.named, [], "seed {seed}");
        assert!(scene.ground(Fact::Arrivals).is_some_and(|arrivals| arrivals > 100_000.0));
    }
}

#[test]
fn far_more_than_the_timetable_brings_are_unexpected() {
    let mut scene = Scene::after_a_quiet_minute(1);
    let nine = scene.now.plus(Duration::from_secs(60));
    scene.judge.forecast(&bell(nine, 20_000), scene.now);
    scene.play(30, &mut |scene| scene.people(WALL));
    assert_eq!(scene.kind(), VerdictKind::UnexpectedCrowd);
}

/// Nobody is new: those who are in, or wait, press reload.
#[test]
fn everybody_who_reloads_is_an_unexpected_crowd() {
    for seed in 0..3 {
        let mut scene = Scene::after_a_quiet_minute(seed);
        scene.play(30, &mut |scene| {
            for _ in 0..200 {
                let person = u32::try_from(scene.rng.below(2_000)).unwrap();
                let address = Ipv4Addr::from_bits(0x5100_0000 + person / 3).into();
                let ticket = Some(ticket(u64::from(person)));
                let shape = Shape { agent: BROWSERS[person as usize % 4], has_cookie: true, ..Shape::of_path("/") };
                let request = Request { ticket, shape, ..bare(address) };
                scene.request(&request, Outcome::Waits, false);
            }
        });
        assert_eq!(scene.kind(), VerdictKind::UnexpectedCrowd, "seed {seed}: {:#?}", scene.judge.verdict());
        assert_eq!(scene.named, [], "seed {seed}");
    }
}

/// Browsers of newcomers that fetch no file: everything cached, or a portal that links deep. Each asks once or twice.
#[test]
fn newcomers_with_full_caches_are_a_crowd() {
    for seed in 0..3 {
        let mut scene = Scene::after_a_quiet_minute(seed);
        let mut person = 0_u32;
        scene.play(30, &mut |scene| {
            for _ in 0..200 {
                person += 1;
                let shape = Shape {
                    agent: BROWSERS[person as usize % 4],
                    header_order: u64::from(person % 4),
                    ..Shape::of_path("/")
                };
                let address = Ipv4Addr::from_bits(0x5200_0000 + person).into();
                scene.request(&Request { shape, ..bare(address) }, Outcome::Waits, true);
            }
        });
        let seen = (scene.judge.verdict(), scene.judge.signatures());
        assert_eq!(scene.kind(), VerdictKind::UnexpectedCrowd, "seed {seed}: {seen:?}");
        assert_eq!(scene.named, [], "seed {seed}");
    }
}

#[test]
fn a_school_of_a_thousand_behind_one_address_is_no_attack() {
    for seed in 0..3 {
        let mut scene = Scene::after_a_quiet_minute(seed);
        let school: IpAddr = "192.0.2.1".parse().unwrap();
        let mut pupil = 2_000_000;
        scene.play(30, &mut |scene| {
            // A thousand in half a minute, some with wrong passwords.
            for _ in 0..8 {
                pupil += 1;
                scene.person(pupil, school);
                let request = bare(school);
                let shape = Shape { method: "POST", path: "/sign-in", agent: BROWSERS[0], ..request.shape };
                scene.request(&Request { kind: Kind::SignIn, shape, ..request }, Outcome::Admitted, false);
                if pupil % 4 == 0 {
                    scene.judge.sign(Sign::WrongPassword, school, scene.now);
                }
            }
        });
        assert_eq!(scene.named, [], "seed {seed}: {:#?}", scene.judge.verdict());
        assert_eq!(scene.judge.network_verdict(school, scene.now), VerdictKind::Calm);
    }
}

/// The waiting page's style comes from the gate's memory: the judge is told that it was fetched, and of no ticket that
/// came back yet.
#[test]
fn a_school_that_waits_behind_one_address_is_no_attack() {
    let mut scene = Scene::after_a_quiet_minute(1);
    let mut person = 0_u32;
    scene.play(30, &mut |scene| {
        for _ in 0..40 {
            person += 1;
            let school = Ipv4Addr::from_bits(0x5400_0000 + person % 10).into();
            let shape = Shape { agent: BROWSERS[person as usize % 4], ..Shape::of_path("/") };
            scene.request(&Request { shape, ..bare(school) }, Outcome::Waits, true);
            scene.judge.fetched(school, scene.now);
        }
    });
    assert_eq!((scene.kind(), scene.named.len()), (VerdictKind::UnexpectedCrowd, 0), "{:#?}", scene.judge.verdict());
    assert_eq!(scene.judge.signatures(), []);
}

/// The first morning after the holidays: every pass has lapsed.
#[test]
fn people_whose_passes_have_lapsed_are_no_attack() {
    let mut scene = Scene::after_a_quiet_minute(1);
    let mut person = 0_u32;
    scene.play(30, &mut |scene| {
        for _ in 0..100 {
            person += 1;
            let school = Ipv4Addr::from_bits(0x5500_0000 + person % 20).into();
            let shape = Shape { agent: BROWSERS[person as usize % 4], has_cookie: true, ..Shape::of_path("/") };
            let page = Request { shown: Shown::Lapsed, shape, ..bare(school) };
            scene.request(&page, Outcome::Admitted, true);
            scene.request(&Request { kind: Kind::Asset, ..page }, Outcome::Admitted, false);
        }
    });
    assert_eq!((scene.kind(), scene.named.len()), (VerdictKind::UnexpectedCrowd, 0), "{:#?}", scene.judge.verdict());
}

/// What browsers do: open connections ahead, and some lines are bad.
#[test]
fn spare_connections_and_weak_lines_of_a_crowd_are_no_attack() {
    let mut scene = Scene::after_a_quiet_minute(1);
    scene.play(30, &mut |scene| {
        scene.people(WALL);
        scene.sign(Sign::HandshakeOnly, 150, 1_000_000);
        scene.sign(Sign::Silent, 50, 1_000_000);
        scene.sign(Sign::SlowRead, 20, 1_000_000);
        scene.sign(Sign::ConnectionRefused, 300, 1_000_000);
    });
    assert_eq!(scene.named, [], "{:#?}", scene.judge.verdict());
}

#[test]
fn a_slow_application_with_few_people_is_our_slowness() {
    for seed in 0..3 {
        let mut scene = Scene::after_a_quiet_minute(seed);
        scene.latency = Duration::from_millis(900);
        let begun = scene.now;
        scene.play(6, &mut |scene| scene.people(2));
        assert_eq!(scene.kind(), VerdictKind::OurSlowness, "seed {seed}");
        assert!(scene.judge.verdict().since.since(begun) <= WINDOW, "seed {seed}");
        let latency = scene.judge.verdict().grounds.iter().find(|ground| ground.fact == Fact::LatencyMs).unwrap();
        assert!(latency.value > 500.0 && latency.usual < 100.0, "{latency:?}");
        scene.latency = Duration::from_millis(40);
        scene.play(10, &mut |scene| scene.people(2));
        assert_eq!(scene.kind(), VerdictKind::Calm, "seed {seed}");
        scene.failing = true;
        scene.play(6, &mut |scene| scene.people(2));
        assert_eq!(scene.kind(), VerdictKind::OurSlowness, "seed {seed}: errors");
    }
}

#[test]
fn an_application_that_is_slow_from_the_start_is_told_too() {
    let mut scene = Scene::new(1);
    scene.latency = Duration::from_secs(3);
    scene.play(6, &mut |scene| scene.people(1));
    assert_eq!(scene.kind(), VerdictKind::OurSlowness);
}

#[test]
fn a_quiet_day_is_calm_and_split_for_people_to_read() {
    let mut scene = Scene::after_a_quiet_minute(9);
    scene.play(600, &mut |scene| {
        scene.people(1);
        scene.sign(Sign::HandshakeOnly, 1, 1_000_000);
    });
    assert_eq!((scene.kind(), scene.named.len()), (VerdictKind::Calm, 0));
    let now = scene.now;
    let split = scene.judge.split(now);
    assert!(split.requests_per_second[Lane::Known as usize] > 5.0, "{split:?}");
    assert!(split.cost_per_second[Lane::Known as usize] > 0.1 && split.bytes_per_second > 1_000.0, "{split:?}");
    assert!(split.known_networks_share > 0.2 && split.handshakes_without_request_per_second > 1.0, "{split:?}");
    let mut paths: Vec<&str> = split.paths.iter().map(|(path, _)| path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["GET /", "GET /sign-in"]);
}

#[test]
fn what_was_known_is_known_after_a_restart() {
    let scene = Scene::after_a_quiet_minute(1);
    let person: IpAddr = Ipv4Addr::from_bits(0x5000_0000).into();
    assert!(scene.judge.knows(person, scene.now) && scene.judge.known_networks() > 50);
    let mut next = Judge::new(77, scene.now);
    next.restore_history(&scene.judge.history().to_bytes(), scene.now).unwrap();
    assert!(next.knows(person, scene.now));
    assert_eq!(next.restore_history(b"nonsense", scene.now), Err(HistoryError::Format));
    assert!(next.knows(person, scene.now), "an error changes nothing");
}
