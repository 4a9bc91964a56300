//! Who goes before whom, and that everybody goes.

use super::site::{Browser, START, Site, Told, holder, ipv4, lesson, minutes};
use crate::decision::{Answered, Decision, Lane};
use crate::gate::Gate;
use crate::gate::lanes::Class;
use crate::limits::{AGED_AFTER, INSIDE_IDLE_MAX};
use crate::pass::Standing;
use crate::request::{Holder, HolderKey, Kind};
use crate::settings::{Command, Doors, Settings};
use preau_base::{Instant, Level, Rng, SeededRng};
use std::collections::BTreeMap;
use std::time::Duration;

/// A site on which everything is at work for an hour, so that nothing more can go.
fn full(seed: u64) -> (Site, Vec<crate::Admission>) {
    let mut site = Site::new(seed, Settings::default(), 1_000, minutes(60));
    let mut at_work = Vec::new();
    for person in 0..1_000_u32 {
        let browser = Browser::with_pass(ipv4(person), holder(u128::from(person)));
        site.timetable([(u128::from(person), lesson(1, site.now))]);
        match site.gate.decide(&browser.request(Kind::Page), site.now) {
            Decision::Admit(admission) => at_work.push(admission),
            Decision::Hold { id, .. } => {
                let _ = site.gate.give_up(id, site.now);
                return (site, at_work);
            }
            other => panic!("{other:?}"),
        }
    }
    panic!("the limit is below a thousand");
}

const DONE: Answered = Answered { latency: Duration::from_millis(20), failed: false, bytes: 0 };

#[test]
fn those_whose_lesson_starts_first_go_first() {
    for seed in 0..30 {
        let (mut site, at_work) = full(seed);
        let mut rng = SeededRng::new(seed);
        let mut lessons = BTreeMap::new();
        for person in 10_000..10_100_u128 {
            // Lessons from a quarter of an hour ago to one in a quarter of an hour; some people have none.
            let starts = site.now.plus(minutes(rng.below(7) * 5)).minus(minutes(15));
            if rng.below(4) > 0 {
                lessons.insert(person, lesson(u128::from(rng.next_u64()), starts));
            }
        }
        site.timetable(lessons.clone());
        let mut held = BTreeMap::new();
        for person in 10_000..10_100_u128 {
            let browser = Browser::with_pass(ipv4(7), holder(person));
            if let Decision::Hold { id, .. } = site.gate.decide(&browser.request(Kind::Page), site.now) {
                held.insert(id, person);
            }
        }
        let mut order = Vec::new();
        for admission in at_work {
            for (id, next) in site.gate.finished(admission, DONE, site.now) {
                let lane = if lessons.contains_key(&held[&id]) { Lane::Lesson } else { Lane::Known };
                assert_eq!(next.lane, lane, "seed {seed}");
                order.push(lessons.get(&held[&id]).map_or(Instant::from_millis(i64::MAX), |lesson| lesson.starts));
            }
        }
        assert!(order.len() > 20, "seed {seed}: {}", order.len());
        assert!(order.is_sorted(), "seed {seed}: {order:?}");
    }
}

#[test]
fn priorities_order_people_of_equal_need() {
    let (mut site, at_work) = full(1);
    site.gate.apply(Command::Priority { standings: vec![Standing::Teacher, Standing::Staff] }, site.now).unwrap();
    let standings = [Standing::Relative, Standing::Staff, Standing::Pupil, Standing::Teacher];
    let soon = lesson(1, site.now.plus(minutes(5)));
    site.timetable((0..4).map(|person| (20_000 + person, soon)));
    let mut held = BTreeMap::new();
    for (person, standing) in (20_000..).zip(standings) {
        let browser = Browser::with_pass(ipv4(7), Holder { standing, ..holder(person) });
        let Decision::Hold { id, .. } = site.gate.decide(&browser.request(Kind::Page), site.now) else { panic!() };
        held.insert(id, standing);
    }
    let released: Vec<_> =
        at_work.into_iter().flat_map(|admission| site.gate.finished(admission, DONE, site.now)).collect();
    let order: Vec<_> = released.iter().map(|(id, _)| held[id]).collect();
    assert_eq!(order, [Standing::Teacher, Standing::Staff, Standing::Relative, Standing::Pupil]);
}

/// Lessons ask for all there is, for an hour; whoever has none, or was only let in, gets in all the same.
#[test]
fn nobody_starves_behind_lessons() {
    for seed in 0..3 {
        let mut site = Site::new(seed, Settings::default(), 4, Duration::from_millis(500));
        let with_lesson = 400;
        site.timetable((0..with_lesson).map(|person| (person, lesson(1, START.plus(minutes(5))))));
        let mut entered = Browser::at(ipv4(9));
        site.visits(&mut entered, Kind::Page);
        let mut late = [entered, Browser::with_pass(ipv4(8), holder(9_999))];
        let mut asked: [Option<(Instant, Instant)>; 2] = [None; 2];
        let mut got_in = [false; 2];
        while site.now < START.plus(minutes(55)) && got_in != [true; 2] {
            for _ in 0..2 {
                let person = u128::from(site.below(with_lesson as u64));
                site.visits(&mut Browser::with_pass(ipv4(5), holder(person)), Kind::Page);
            }
            let is_full = site.now >= START.plus(minutes(2));
            for (number, browser) in late.iter_mut().enumerate().filter(|_| is_full) {
                let (since, next) = *asked[number].get_or_insert((site.now, site.now));
                if got_in[number] || site.now < next {
                    continue;
                }
                let decision = site.ask(number as u64 + 1, &browser.request(Kind::Page));
                browser.keep(&decision);
                asked[number] = Some((since, Instant::from_millis(i64::MAX)));
                after(decision, number, &mut asked, &mut got_in, site.now);
            }
            for (who, told) in site.step() {
                let Some(number) = (who as usize).checked_sub(1) else { continue };
                match told {
                    Told::Admitted(_) => got_in[number] = true,
                    Told::Otherwise(decision) => after(decision, number, &mut asked, &mut got_in, site.now),
                }
            }
        }
        assert_eq!(got_in, [true; 2], "seed {seed}");
        let waited = asked.map(|times| site.now.since(times.unwrap().0));
        assert!(waited.iter().all(|waited| *waited < minutes(35)), "seed {seed}: {waited:?}");
    }
}

fn after(
    decision: Decision,
    number: usize,
    asked: &mut [Option<(Instant, Instant)>; 2],
    got_in: &mut [bool; 2],
    now: Instant,
) {
    let again = match decision {
        Decision::Admit(_) => {
            got_in[number] = true;
            return;
        }
        Decision::Hold { .. } => return,
        Decision::Wait(wait) => wait.again,
        other => panic!("{other:?}"),
    };
    if let Some((since, _)) = asked[number] {
        asked[number] = Some((since, now.plus(again)));
    }
}

/// Whatever crowd, attack, doors, quota and level there are: while there is room, whoever has a pass goes in at once.
#[test]
fn a_known_person_is_always_let_in_while_there_is_room() {
    for seed in 0..20 {
        let mut site = Site::new(seed, Settings::default(), 8, Duration::from_millis(100));
        let mut let_in = 0;
        for _ in 0..2_000 {
            shake(&mut site);
            let stranger = ipv4(site.below(200) as u32);
            site.visits(
                &mut Browser::at(stranger),
                if site.now.as_millis() % 200 == 0 { Kind::SignIn } else { Kind::Page },
            );
            let person = u128::from(site.below(3_000));
            let browser = Browser::with_pass(stranger, holder(person));
            let room = site.gate.has_room(Class::Fresh, Duration::ZERO);
            let decision = site.ask(0, &browser.request(Kind::Page));
            if room {
                let_in += 1;
                assert!(matches!(decision, Decision::Admit(_)), "seed {seed}: {decision:?}");
            }
            assert!(!matches!(decision, Decision::TurnAway { .. }), "seed {seed}: {decision:?}");
            if site.below(3) == 0 {
                site.step();
            }
        }
        assert!(let_in > 200, "seed {seed}: {let_in}");
    }
}

/// Something that operators or attackers do.
fn shake(site: &mut Site) {
    let now = site.now;
    let command = match site.below(60) {
        0 => Command::Doors(Doors::Closed),
        1 => Command::Doors(Doors::Open),
        2 => Command::Doors(Doors::OpenAt { at: now.plus(minutes(1)) }),
        3 => Command::InsideMax { people: Some(1) },
        4 => Command::InsideMax { people: None },
        5 => Command::Level { level: Some(Level::Waiting) },
        6 => Command::Level { level: None },
        7 => Command::NewcomersPerMinuteMax { people: Some(1) },
        _ => return,
    };
    site.gate.apply(command, now).unwrap();
}

/// Nobody who got in is thrown out: whatever is set, an entry goes on being one until its holder is idle.
#[test]
fn whoever_is_in_stays_in() {
    for seed in 0..10 {
        let mut site = Site::new(seed, Settings::default(), 50, Duration::from_millis(50));
        let mut browser = Browser::at(ipv4(1));
        site.visits(&mut browser, Kind::Page);
        site.visits(&mut browser, Kind::Page);
        for _ in 0..40 {
            for _ in 0..30 {
                shake(&mut site);
            }
            let idle = Duration::from_secs(site.below(INSIDE_IDLE_MAX.as_secs()));
            site.now = site.now.plus(idle);
            site.step();
            let decision = site.visit(&mut browser, Kind::Page);
            let Decision::Admit(admission) = decision else { panic!("seed {seed}: {decision:?}") };
            assert_eq!(admission.lane, Lane::Entered);
        }
    }
}

#[test]
fn pupils_who_wait_are_told_of_and_counted_for_their_lesson() {
    let (mut site, _) = full(3);
    let soon = lesson(42, site.now.plus(minutes(5)));
    site.timetable((0..30).map(|person| (30_000 + person, soon)));
    for person in 0..30 {
        let browser = Browser::with_pass(ipv4(7), holder(30_000 + person));
        let Decision::Hold { id, .. } = site.gate.decide(&browser.request(Kind::Page), site.now) else { panic!() };
        let Decision::Wait(wait) = site.gate.give_up(id, site.now) else { panic!() };
        assert_eq!((wait.lane, wait.lesson, wait.holder), (Lane::Lesson, Some(soon), Some(HolderKey(30_000 + person))));
        assert!(wait.again <= Duration::from_secs(30) && wait.ticket.is_none());
    }
    assert_eq!((site.gate.waiting_for(42), site.gate.waiting_for(43)), (30, 0));
    assert_eq!(site.gate.snapshot(site.now).people.known_waiting, 31, "with the one before whom it was full");
    site.now = site.now.plus(AGED_AFTER);
    site.step();
    assert_eq!(site.gate.waiting_for(42), 0, "nobody came back");
}

/// Five hundred people who load a page every ten seconds, and beside them one with a pass who asks fifty times a second for
/// what takes `latency` and fails; gives the least limit after a minute and the highest level.
fn beside_one_pass(seed: u64, other: Option<(Duration, bool)>) -> (u32, Level) {
    let mut rng = SeededRng::new(seed);
    let mut gate = Gate::new(Settings::default(), START, &mut rng);
    let (mut least, mut highest) = (u32::MAX, Level::Full);
    let ask = |gate: &mut Gate, who: u128, kind: Kind, (latency, failed): (Duration, bool), now: Instant| {
        let network = ipv4(u32::try_from(who).unwrap() << 8);
        let request = Browser::with_pass(network, holder(who)).request(kind);
        if let Decision::Admit(admission) = gate.decide(&request, now) {
            assert!(gate.finished(admission, Answered { latency, failed, bytes: 1_000 }, now).is_empty());
        }
    };
    for step in 0..12_000_u64 {
        let now = START.plus(Duration::from_millis(10) * u32::try_from(step).unwrap());
        if rng.below(2) == 0 {
            let latency = Duration::from_millis(20 + rng.below(20));
            ask(&mut gate, u128::from(1 + rng.below(500)), Kind::Page, (latency, false), now);
        }
        if let (Some(answer), 0) = (other, step % 2) {
            ask(&mut gate, 10_000, Kind::Call, answer, now);
        }
        if step % 25 == 0 {
            assert!(gate.tick(now).is_empty());
            highest = highest.max(gate.level());
            least = if step > 6_000 { least.min(gate.snapshot(now).limit.limit) } else { least };
        }
    }
    (least, highest)
}

#[test]
fn one_pass_moves_neither_the_limit_nor_the_ladder() {
    let others =
        [(Duration::from_millis(1), false), (Duration::from_secs(20), false), (Duration::from_millis(2), true)];
    for seed in 0..4 {
        let (quiet, _) = beside_one_pass(seed, None);
        for other in others {
            let (least, highest) = beside_one_pass(seed, Some(other));
            assert_eq!(highest, Level::Full, "seed {seed}, {other:?}");
            assert!(least * 10 >= quiet * 9, "seed {seed}, {other:?}: {least} where it was {quiet}");
        }
    }
}
