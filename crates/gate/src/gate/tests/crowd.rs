//! People without a pass, in numbers.

use super::site::{Browser, START, Site, Told, holder, ipv4, minutes};
use crate::decision::{Decision, Lane, Reason};
use crate::pass::Standing;
use crate::request::{Holder, Kind};
use crate::settings::{Command, Doors, Settings};
use preau_base::{Instant, Level};
use std::time::Duration;

/// Somebody who asks for one page until they get it.
#[derive(Clone, Copy, Debug)]
struct Comer {
    browser: Browser,
    next: Instant,
    came_in: Option<Instant>,
    /// When their ticket came back: from then on it counts.
    back: Option<Instant>,
    refused: u32,
}

impl Comer {
    fn new(number: u32, at: Instant) -> Self {
        Self { browser: Browser::at(ipv4(number)), next: at, came_in: None, back: None, refused: 0 }
    }

    fn hears(&mut self, decision: Decision, now: Instant) {
        self.browser.keep(&decision);
        self.next = match decision {
            Decision::Admit(_) => {
                self.came_in = Some(now);
                Instant::from_millis(i64::MAX)
            }
            Decision::Hold { .. } => Instant::from_millis(i64::MAX),
            Decision::Wait(wait) => now.plus(wait.again),
            Decision::TurnAway { again, .. } => {
                self.refused += 1;
                now.plus(again)
            }
            Decision::SignInAgain => panic!("they have no pass"),
        };
    }
}

/// Plays until all are in or the time is over; `see` looks at each answer.
fn play(site: &mut Site, comers: &mut [Comer], lasts: Duration, mut see: impl FnMut(&Comer, &Decision, Instant)) {
    let until = site.now.plus(lasts);
    while site.now < until && comers.iter().any(|comer| comer.came_in.is_none()) {
        for (number, comer) in comers.iter_mut().enumerate() {
            if comer.next <= site.now {
                if comer.browser.ticket.is_some() {
                    comer.back.get_or_insert(site.now);
                }
                let decision = site.ask(number as u64, &comer.browser.request(Kind::Page));
                see(comer, &decision, site.now);
                comer.hears(decision, site.now);
            }
        }
        for (who, told) in site.step() {
            let decision = match told {
                Told::Admitted(admission) => Decision::Admit(admission),
                Told::Otherwise(decision) => decision,
            };
            see(&comers[who as usize], &decision, site.now);
            comers[who as usize].hears(decision, site.now);
        }
    }
}

/// Two servers that take a quarter of a second, and hundreds within seconds: nobody is overtaken by whoever took
/// their place later and came back for it later, and all come in.
#[test]
fn newcomers_come_in_in_the_order_in_which_they_came() {
    for seed in 0..4 {
        let mut site = Site::new(seed, Settings::default(), 2, Duration::from_millis(250));
        let comers = (0..500).map(|number| Comer::new(number, START.plus(Duration::from_millis(site.below(20_000)))));
        let mut comers: Vec<_> = comers.collect();
        let (mut entered, mut waited) = (Vec::new(), 0);
        play(&mut site, &mut comers, minutes(20), |comer, decision, _| {
            let place = comer.browser.ticket.map(|ticket| (ticket.serial, comer.back));
            match decision {
                Decision::Admit(admission) if admission.lane == Lane::Returning => entered.extend(place),
                Decision::Wait(wait) if wait.place.is_some() => {
                    waited += 1;
                    let (serial, back) = place.unwrap();
                    let overtaker = entered.iter().find(|(other, its_back)| *other > serial && *its_back > back);
                    assert_eq!(overtaker, None, "seed {seed}: {place:?}");
                }
                _ => {}
            }
        });
        assert!(waited > 100, "seed {seed}: {waited}");
        assert!(comers.iter().all(|comer| comer.came_in.is_some() && comer.refused == 0), "seed {seed}");
    }
}

/// As long as the application serves, the line moves: nobody waits for longer than the crowd is long.
#[test]
fn everybody_in_line_comes_in_while_pass_holders_come_and_go() {
    for seed in 0..3 {
        let mut site = Site::new(seed, Settings::default(), 4, Duration::from_millis(100));
        let mut comers: Vec<_> = (0..200).map(|number| Comer::new(number, START)).collect();
        let until = START.plus(minutes(15));
        while site.now < until && comers.iter().any(|comer| comer.came_in.is_none()) {
            for _ in 0..site.below(3) {
                let person = u128::from(site.below(300));
                site.visits(&mut Browser::with_pass(ipv4(9_999), holder(person)), Kind::Page);
            }
            play(&mut site, &mut comers, super::site::STEP, |_, _, _| ());
        }
        assert!(comers.iter().all(|comer| comer.came_in.is_some()), "seed {seed}");
    }
}

#[test]
fn a_level_that_is_held_by_hand_is_not_called_an_attack() {
    let mut site = Site::quick(Settings::default());
    site.gate.apply(Command::Level { level: Some(Level::Waiting) }, site.now).unwrap();
    let Decision::Wait(wait) = site.visit(&mut Browser::at(ipv4(2)), Kind::Page) else { panic!("held back") };
    assert_eq!(wait.reason, Reason::Crowd);
}

#[test]
fn doors_hold_back_newcomers_and_nobody_else() {
    let mut site = Site::quick(Settings::default());
    let mut inside = Browser::at(ipv4(1));
    site.visits(&mut inside, Kind::Page);
    let opens = site.now.plus(minutes(1));
    for (doors, reason, at) in
        [(Doors::Closed, Reason::Closed, None), (Doors::OpenAt { at: opens }, Reason::NotYetOpen, Some(opens))]
    {
        site.gate.apply(Command::Doors(doors), site.now).unwrap();
        let Decision::Wait(wait) = site.visit(&mut Browser::at(ipv4(2)), Kind::Page) else { panic!("{reason:?}") };
        assert_eq!((wait.reason, wait.opens), (reason, at));
        assert!(matches!(site.visit(&mut inside, Kind::Page), Decision::Admit(_)));
        assert!(matches!(site.visit(&mut Browser::with_pass(ipv4(3), holder(1)), Kind::Page), Decision::Admit(_)));
    }
    let mut comers: Vec<_> = (0..20).map(|number| Comer::new(number, site.now)).collect();
    play(&mut site, &mut comers, minutes(5), |_, _, _| ());
    assert!(comers.iter().all(|comer| comer.came_in.is_some_and(|at| at >= opens)));
}

/// Signing in stays open, for those who work behind shut doors. Whoever else signs in now gains nothing by it but the
/// password's time.
#[test]
fn staff_sign_in_before_shut_doors_and_nobody_else_gets_in_by_it() {
    let mut site = Site::quick(Settings::default());
    let opens = site.now.plus(minutes(1));
    for (doors, reason, at) in
        [(Doors::Closed, Reason::Closed, None), (Doors::OpenAt { at: opens }, Reason::NotYetOpen, Some(opens))]
    {
        site.gate.apply(Command::Doors(doors), site.now).unwrap();
        let mut browser = Browser::at(ipv4(2));
        assert!(matches!(site.visit(&mut browser, Kind::SignIn), Decision::Admit(_)), "{reason:?}");
        assert!(matches!(site.visit(&mut browser, Kind::Page), Decision::Wait(_)), "{reason:?}");
        assert!(matches!(site.visit(&mut browser, Kind::SignIn), Decision::Admit(_)), "in line too, {reason:?}");
        for standing in [Standing::Teacher, Standing::Staff, Standing::Pupil, Standing::Relative] {
            let since = Holder { signed_in: site.now, standing, ..holder(standing as u128) };
            let decision = site.visit(&mut Browser::with_pass(ipv4(3), since), Kind::Page);
            match decision {
                Decision::Admit(_) => assert!(standing.works_here(), "{standing:?}, {reason:?}"),
                Decision::Wait(wait) => {
                    assert!(!standing.works_here(), "{standing:?}, {reason:?}");
                    assert_eq!((wait.reason, wait.opens, wait.place), (reason, at, None));
                }
                other => panic!("{standing:?}, {reason:?}: {other:?}"),
            }
        }
        site.pass_time(Duration::from_secs(1));
    }
    site.pass_time(minutes(2));
    let pupil = Holder { signed_in: START, ..holder(9) };
    assert!(matches!(site.visit(&mut Browser::with_pass(ipv4(3), pupil), Kind::Page), Decision::Admit(_)));
}

/// An hour of shut doors survives a restart, and so does who came before.
#[test]
fn since_when_the_doors_are_shut_is_kept() {
    let mut site = Site::quick(Settings::default());
    site.gate.apply(Command::Doors(Doors::Closed), START).unwrap();
    let later = START.plus(minutes(30));
    site.gate.apply(Command::Doors(Doors::OpenAt { at: START.plus(minutes(60)) }), later).unwrap();
    assert_eq!(site.gate.settings().doors_shut, Some(START), "never open in between");
    let json = serde_json::to_string(site.gate.settings()).unwrap();
    let mut again = Site::quick(serde_json::from_str(&json).unwrap());
    again.now = later;
    let waits = |site: &mut Site, signed_in| {
        let pupil = Holder { signed_in, ..holder(4) };
        matches!(site.visit(&mut Browser::with_pass(ipv4(3), pupil), Kind::Page), Decision::Wait(_))
    };
    assert!(waits(&mut again, START.plus(minutes(1))));
    assert!(!waits(&mut again, START.minus(minutes(1))));
    again.gate.apply(Command::Doors(Doors::Open), later).unwrap();
    assert_eq!(again.gate.settings().doors_shut, None);
}

#[test]
fn before_the_doors_open_places_are_drawn_by_a_seed_that_is_told_after() {
    let opens = START.plus(minutes(2));
    let settings = Settings { doors: Doors::OpenAt { at: opens }, ..Settings::default() };
    let mut site = Site::new(5, settings, 1, Duration::from_millis(500));
    let before = site.gate.snapshot(site.now).room;
    assert!(!before.open && before.seed.is_none() && before.seed_hash.len() == 64);
    let mut comers: Vec<_> = (0..60).map(|number| Comer::new(number, START)).collect();
    let mut order = Vec::new();
    play(&mut site, &mut comers, minutes(10), |comer, decision, now| {
        if let Decision::Admit(_) = decision {
            assert!(now >= opens);
            order.push(comer.browser.ticket.unwrap().serial);
        }
    });
    assert_eq!(order.len(), 60);
    assert!(!order.is_sorted(), "by lot");
    let after = site.gate.snapshot(site.now).room;
    assert_eq!(after.seed_hash, before.seed_hash);
    assert_eq!(after.seed.map(|seed| seed.len()), Some(64));
}

#[test]
fn quotas_bound_people_without_a_pass() {
    let mut site = Site::quick(Settings { inside_max: Some(30), ..Settings::default() });
    let mut comers: Vec<_> = (0..100).map(|number| Comer::new(number, START)).collect();
    let mut reasons = Vec::new();
    play(&mut site, &mut comers, minutes(5), |_, decision, _| {
        if let Decision::Wait(wait) = decision {
            reasons.push(wait.reason);
        }
    });
    assert_eq!(comers.iter().filter(|comer| comer.came_in.is_some()).count(), 30);
    assert!(reasons.contains(&Reason::Full));
    for person in 0..10 {
        let mut known = Browser::with_pass(ipv4(5_000), holder(person));
        assert!(matches!(site.visit(&mut known, Kind::Page), Decision::Admit(_)), "a quota is not for them");
    }
    site.gate.apply(Command::InsideMax { people: None }, site.now).unwrap();
    site.gate.apply(Command::NewcomersPerMinuteMax { people: Some(20) }, site.now).unwrap();
    let from = site.now;
    play(&mut site, &mut comers, minutes(8), |_, _, _| ());
    let mut came: Vec<_> = comers.iter().filter_map(|comer| comer.came_in).filter(|at| *at >= from).collect();
    came.sort_unstable();
    assert_eq!(came.len(), 70);
    // Who was called comes within a few seconds.
    let seconds = Duration::from_secs(45);
    assert!(came.windows(21).all(|some| some[20].since(some[0]) >= seconds), "{came:?}");
}

/// The lowest level keeps newcomers outside, and yet somebody whose lesson is on reaches the sign-in.
#[test]
fn signing_in_is_reached_past_idlers_quotas_and_levels() {
    let mut site = Site::new(1, Settings { inside_max: Some(1), ..Settings::default() }, 1_000, minutes(60));
    for person in 0..1_000 {
        site.visits(&mut Browser::with_pass(ipv4(person), holder(u128::from(person))), Kind::Page);
    }
    site.gate.apply(Command::Level { level: Some(Level::Waiting) }, site.now).unwrap();
    site.pass_time(Duration::from_secs(10));
    let mut browser = Browser::at(ipv4(5_000));
    assert!(matches!(site.visit(&mut browser, Kind::Page), Decision::Wait(_)));
    let Decision::Admit(admission) = site.visit(&mut browser, Kind::SignIn) else { panic!("signing in has its share") };
    assert_eq!((admission.lane, admission.kind), (Lane::Returning, Kind::SignIn));
    let idler = site.visit(&mut Browser::with_pass(ipv4(3), holder(9_999)), Kind::Page);
    assert!(!matches!(idler, Decision::Admit(_)), "all other places are taken: {idler:?}");
}

#[test]
fn a_flood_of_sign_ins_stays_in_its_share() {
    let mut site = Site::new(1, Settings::default(), 1_000, minutes(60));
    let mut admitted = 0;
    for number in 0..3_000 {
        admitted += u32::from(matches!(site.visit(&mut Browser::at(ipv4(number)), Kind::SignIn), Decision::Admit(_)));
    }
    let limit = site.gate.snapshot(site.now).limit.limit;
    assert!(admitted < limit, "{admitted} of {limit}");
    let mut known = Browser::with_pass(ipv4(5_000), holder(1));
    assert!(matches!(site.visit(&mut known, Kind::Page), Decision::Admit(_)), "never behind a password");
}

/// A full quota: whoever is next is told no time while nobody leaves, and one again once people do.
#[test]
fn a_line_that_stands_still_tells_no_time() {
    let mut site = Site::quick(Settings { inside_max: Some(1), ..Settings::default() });
    let mut comers: Vec<_> = (0..40).map(|number| Comer::new(number << 8, START)).collect();
    let mut told = Vec::new();
    play(&mut site, &mut comers, minutes(3), |_, decision, now| {
        if let Decision::Wait(wait) = decision
            && wait.place.is_some()
        {
            told.push((now, wait.estimate.is_some()));
        }
    });
    assert!(comers.iter().filter(|comer| comer.came_in.is_some()).count() <= 2);
    let late = |(now, _): &&(Instant, bool)| now.since(START) > minutes(2);
    assert!(told.iter().filter(late).count() > 20 && told.iter().filter(late).all(|(_, estimate)| !estimate));
    assert_eq!(site.gate.figures(site.now).per_minute, None);
    site.gate.apply(Command::InsideMax { people: Some(20) }, site.now).unwrap();
    site.pass_time(Duration::from_secs(10));
    assert!(comers.iter().any(|comer| comer.came_in.is_none()));
    assert!(site.gate.figures(site.now).per_minute.is_some());
}
