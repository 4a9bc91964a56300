//! A school behind one address with bots inside; a stolen pass; a flood of addresses.

use super::site::{Browser, STEP, Site, Told, holder, ipv4, lesson, minutes};
use crate::decision::{Away, Decision, Lane};
use crate::limits::{ABSENT_TICKETS_MAX, PASS_NETWORKS_MAX};
use crate::request::{Holder, Kind, Shown};
use crate::settings::Settings;
use preau_base::{Instant, Rng, SeededRng};
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

/// A pupil: with a pass from an earlier day, or signing in for the first time.
struct Pupil {
    browser: Browser,
    signed_in: bool,
    next: Instant,
    pages: u32,
    turned_away: u32,
}

/// A thousand pupils come within a minute, three in ten of them without a pass; ten bots in the same school send a
/// hundred requests a second each.
#[test]
fn a_school_behind_one_address_with_bots_inside_loses_nobody() {
    let school: IpAddr = "192.0.2.1".parse().unwrap();
    let mut site = Site::new(11, Settings::default(), 8, Duration::from_millis(15));
    let bell = site.now.plus(minutes(2));
    site.timetable((0..1_000).map(|person| (person, lesson(person / 30, bell))));
    let mut pupils: Vec<Pupil> = (0..1_000_u128)
        .map(|person| {
            let signed_in = person % 10 >= 3;
            let mut browser = Browser::at(school);
            if signed_in {
                browser.shown = Shown::Valid(holder(person));
            }
            let next = site.now.plus(Duration::from_millis(site.below(60_000)));
            Pupil { browser, signed_in, next, pages: 0, turned_away: 0 }
        })
        .collect();
    let end = site.now.plus(minutes(3));
    let mut bots_let_in = 0_u32;
    while site.now < end {
        for _ in 0..50 {
            let kind = if site.below(2) == 0 { Kind::SignIn } else { Kind::Page };
            let decision = site.ask(9_999, &Browser::at(school).request(kind));
            bots_let_in += u32::from(matches!(decision, Decision::Admit(_)));
        }
        for (number, pupil) in pupils.iter_mut().enumerate() {
            if pupil.next <= site.now && pupil.pages < 4 {
                let kind = if pupil.signed_in { Kind::Page } else { Kind::SignIn };
                let decision = site.ask(number as u64, &pupil.browser.request(kind));
                hears(pupil, number, decision, site.now);
            }
        }
        for (who, told) in site.step() {
            let decision = match told {
                Told::Admitted(admission) => Decision::Admit(admission),
                Told::Otherwise(decision) => decision,
            };
            if let Some(pupil) = pupils.get_mut(who as usize) {
                hears(pupil, who as usize, decision, site.now);
            }
        }
    }
    let refused = pupils.iter().filter(|pupil| pupil.turned_away > 0).count();
    let missing = pupils.iter().filter(|pupil| !pupil.signed_in || pupil.pages < 4).count();
    assert_eq!((refused, missing), (0, 0), "bots let in: {bots_let_in}");
    let sent = 3 * 60 * 1_000;
    assert!(bots_let_in < sent / 10, "the anonymous budget falls: {bots_let_in} of {sent}");
}

fn hears(pupil: &mut Pupil, number: usize, decision: Decision, now: Instant) {
    pupil.browser.keep(&decision);
    pupil.next = match decision {
        Decision::Admit(admission) => {
            pupil.pages += 1;
            if admission.kind == Kind::SignIn && pupil.pages == 2 {
                pupil.signed_in = true;
                pupil.browser.shown = Shown::Valid(Holder { earned: now, ..holder(number as u128) });
            }
            now.plus(Duration::from_secs(2))
        }
        Decision::Hold { .. } => Instant::from_millis(i64::MAX),
        Decision::Wait(wait) => now.plus(wait.again),
        Decision::TurnAway { again, .. } => {
            pupil.turned_away += 1;
            now.plus(again)
        }
        Decision::SignInAgain => panic!("nobody shares a pass"),
    };
}

/// Five thousand networks replay one pass for ten minutes.
#[test]
fn a_stolen_pass_shields_no_botnet() {
    let mut site = Site::new(3, Settings::default(), 8, Duration::from_millis(10));
    let stolen = holder(1);
    let owner = "2001:db8:1::1".parse().unwrap();
    site.visits(&mut Browser::with_pass(owner, stolen), Kind::Page);
    let mut admitted = [0_u32; 10];
    let mut again = 0_u32;
    for (minute, admitted) in admitted.iter_mut().enumerate() {
        for _ in 0..20_000 {
            let address = ipv4(0x0a00_0000 + site.below(5_000) as u32 * 256);
            match site.ask(0, &Browser::with_pass(address, stolen).request(Kind::Page)) {
                Decision::Admit(admission) if admission.lane <= Lane::Known => *admitted += 1,
                Decision::SignInAgain => again += 1,
                Decision::TurnAway { why: Away::Budget, .. } => {}
                other => panic!("minute {minute}: {other:?}"),
            }
        }
        site.pass_time(Duration::from_secs(60));
    }
    assert!(admitted[0] as usize <= PASS_NETWORKS_MAX, "{admitted:?}");
    assert_eq!(admitted[1..].iter().sum::<u32>(), 0, "{admitted:?}");
    assert!(again > 100_000);
    // The owner is asked once, reaches the sign-in, and goes on with another session.
    let mut browser = Browser::with_pass(owner, stolen);
    assert_eq!(site.visit(&mut browser, Kind::Page), Decision::SignInAgain);
    assert!(matches!(site.visit(&mut browser, Kind::SignIn), Decision::Admit(_)));
    browser.shown = Shown::Valid(Holder { session: 77, earned: site.now, ..stolen });
    assert!(matches!(site.visit(&mut browser, Kind::Page), Decision::Admit(_)));
    let vouched = (0..5_000).filter(|net| site.gate.passes_of(ipv4(0x0a00_0000 + net * 256), site.now) > 1).count();
    assert_eq!(vouched, 0);
}

/// The same from one network: the pass has a budget, its network's neighbours have theirs.
#[test]
fn a_stolen_pass_in_one_network_gets_what_one_browser_gets() {
    let mut site = Site::new(3, Settings::default(), 1_000, Duration::from_millis(10));
    let address = ipv4(1);
    let mut admitted = 0;
    for _ in 0..10_000 {
        admitted += u32::from(matches!(
            site.visit(&mut Browser::with_pass(address, holder(1)), Kind::Page),
            Decision::Admit(_) | Decision::Hold { .. }
        ));
        if admitted % 10 == 0 {
            site.step();
        }
    }
    assert!(admitted < 1_500, "{admitted}");
    assert!(matches!(site.visit(&mut Browser::with_pass(address, holder(2)), Kind::Page), Decision::Admit(_)));
}

#[test]
fn an_entry_that_is_handed_round_is_one_no_more() {
    let mut site = Site::quick(Settings::default());
    let mut first = Browser::at(ipv4(1));
    site.visits(&mut first, Kind::Page);
    let lanes: Vec<_> = (0..12_u32)
        .map(|site_number| {
            let copy = Browser { address: ipv4(site_number * 256), ..first };
            match site.ask(0, &copy.request(Kind::Page)) {
                Decision::Admit(admission) => admission.lane,
                other => panic!("{other:?}"),
            }
        })
        .collect();
    assert_eq!(lanes[..6], [Lane::Entered; 6]);
    assert_eq!(lanes[6..], [Lane::Newcomer; 6]);
}

/// The first day: nobody has a pass, and the bots of the school have spent its budget before the pupils come.
#[test]
fn a_school_without_passes_sees_a_waiting_page_behind_its_bots() {
    let school: IpAddr = "192.0.2.1".parse().unwrap();
    let mut site = Site::new(12, Settings::default(), 8, Duration::from_millis(15));
    for _ in 0..20_000 {
        let _ = site.ask(0, &Browser::at(school).request(Kind::Asset));
        let _ = site.ask(0, &Browser::at(school).request(Kind::Asset));
    }
    let pupils = (0..1_000).map(|_| site.ask(0, &Browser::at(school).request(Kind::Page)));
    assert!(pupils.into_iter().all(|decision| matches!(decision, Decision::Wait(wait) if wait.ticket.is_some())));
}

#[test]
fn strangers_beyond_the_budget_of_their_network_are_turned_away() {
    let mut site = Site::quick(Settings::default());
    let mut away = 0;
    for _ in 0..40_000 {
        match site.ask(0, &Browser::at(ipv4(1)).request(Kind::Asset)) {
            Decision::TurnAway { why: Away::Budget, again, .. } => {
                assert!(again >= Duration::from_secs(1));
                away += 1;
            }
            Decision::Admit(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert!((5_000..12_000).contains(&away), "{away}");
    assert!(matches!(site.ask(0, &Browser::at(ipv4(2)).request(Kind::Page)), Decision::Admit(_)));
    assert!(matches!(site.ask(0, &Browser::with_pass(ipv4(1), holder(1)).request(Kind::Page)), Decision::Admit(_)));
}

/// Files that are none cost what pages do: the pass of whoever has one, or else the network. No neighbour pays for it.
#[test]
fn a_file_that_is_none_costs_a_page() {
    let mut site = Site::quick(Settings::default());
    let mut let_in = |browser: Browser, is_none: bool| {
        let asks = |site: &mut Site| {
            let request = browser.request(Kind::Asset);
            let is_in = matches!(site.ask(0, &request), Decision::Admit(_));
            if is_in && is_none {
                site.gate.charge_page(request.shown, request.address, site.now);
            }
            is_in
        };
        (0..40_000).take_while(|_| asks(&mut site)).count()
    };
    assert_eq!([false, true].map(|is_none| let_in(Browser::at(ipv4(is_none.into())), is_none)), [30_000, 3_000]);
    let of = |person, address| Browser::with_pass(ipv4(address), holder(person));
    assert_eq!([false, true].map(|is_none| let_in(of(is_none.into(), 7), is_none)), [3_000, 300]);
    assert_eq!(let_in(Browser::at(ipv4(7)), false), 30_000, "where somebody with a pass asks for what is not there");
    assert_eq!(let_in(of(3, 1), false), 3_000, "where others have spent all");
}

/// Addresses, passes and entries without end: memory stays where it is.
#[test]
fn memory_is_bounded_whoever_comes() {
    let mut site = Site::quick(Settings::default());
    site.gate.prefixes = crate::gate::prefixes::Prefixes::with_rows_max(2_000);
    site.gate.passes = crate::gate::passes::Passes::with_rows_max(2_000);
    site.gate.inside = crate::gate::inside::Inside::with_rows_max(2_000);
    site.gate.claims = crate::gate::claims::Claims::with_rows_max(2_000);
    let mut rng = SeededRng::new(1);
    let mut memory = Vec::new();
    for number in 0..120_000_u64 {
        let bits = u128::from(rng.next_u64()) << 64 | 1;
        let mut browser = Browser::at(IpAddr::V6(Ipv6Addr::from_bits(0x2001_0db8 << 96 | bits >> 32)));
        if number % 3 == 0 {
            browser.shown = Shown::Valid(holder(u128::from(number)));
        }
        site.visits(&mut browser, if number % 2 == 0 { Kind::Page } else { Kind::SignIn });
        site.visits(&mut browser, Kind::Page);
        if number % 100 == 0 {
            site.now = site.now.plus(STEP);
            site.step();
        }
        if number % 20_000 == 19_999 {
            memory.push(site.gate.memory_bytes());
        }
    }
    let growth = memory[5] as f64 / memory[0] as f64;
    assert!(growth < 1.3, "{memory:?}");
    assert!(memory[5] < 3_000_000, "{memory:?}");
}

/// The first morning of a school behind one address, with bots in it that ask as fast as they can and keep nothing.
#[test]
fn an_address_with_people_behind_it_is_known_as_such_without_a_pass() {
    let (school, bots) = (ipv4(0x0a00_0001), ipv4(0x0b00_0001));
    let mut site = Site::quick(Settings { doors: crate::settings::Doors::Closed, ..Settings::default() });
    let mut pupils = [Browser::at(school); 20];
    for _ in 0..10 {
        pupils.iter_mut().for_each(|pupil| site.visits(pupil, Kind::Page));
        for bot in [school, bots] {
            (0..200).for_each(|_| site.visits(&mut Browser::at(bot), Kind::Page));
        }
        site.pass_time(Duration::from_secs(2));
    }
    let shows = |site: &Site, address| site.gate.shows_people(address, site.now);
    assert!(shows(&site, school) && !shows(&site, bots));
    assert_eq!(site.gate.passes_of(school, site.now), 0, "nobody has a pass yet");
    // A single pass, however old, is enough; and it is forgotten within the hour.
    let old = crate::request::Holder { earned: super::site::START.minus(minutes(60 * 24 * 20)), ..holder(7) };
    site.visits(&mut Browser::with_pass(bots, old), Kind::Page);
    assert!(shows(&site, bots));
    site.now = site.now.plus(minutes(61));
    assert!(!shows(&site, school) && !shows(&site, bots));
}

/// The first morning again, with bots that keep what they are given and show it as fast as they can: whoever is in line
/// stays in it, and whoever has a promise gets their place.
#[test]
fn nobody_in_line_is_turned_away_for_bots_that_keep_a_ticket() {
    let school = ipv4(0x0a00_0001);
    let mut site = Site::quick(Settings { doors: crate::settings::Doors::Closed, ..Settings::default() });
    let mut bot = Browser::at(school);
    site.visits(&mut bot, Kind::Page);
    let mut pupils = [Browser::at(school); 40];
    let (early, late) = pupils.split_at_mut(20);
    early.iter_mut().for_each(|pupil| site.visits(pupil, Kind::Page));
    // From here on the tickets and pages of the school are spent, and what is left are promises.
    (0..10_000).for_each(|_| site.visits(&mut Browser::at(school), Kind::Page));
    late.iter_mut().for_each(|pupil| pupil.ticket = Some(site.gate.newcomers.promises.give(site.now)));
    for round in 0..20 {
        (0..5_000).for_each(|_| site.visits(&mut bot, Kind::Page));
        for pupil in &mut pupils {
            let decision = site.visit(pupil, Kind::Page);
            assert!(matches!(decision, Decision::Wait(_)), "round {round}: {decision:?}");
        }
        site.pass_time(Duration::from_secs(2));
    }
    assert_eq!(site.gate.snapshot(site.now).people.waiting, 41, "the pupils, and one for all that the bot has sent");
}

/// Tickets are given to ten thousand networks that never come back with them: people get promises, and their places.
#[test]
fn a_farm_of_tickets_leaves_places_to_people() {
    let mut site = Site::quick(Settings { doors: crate::settings::Doors::Closed, ..Settings::default() });
    let mut first = Browser::at(ipv4(1));
    (0..2).for_each(|_| site.visits(&mut first, Kind::Page));
    let mut farmed = 0;
    while site.gate.newcomers.room.issue(site.now).is_some() && farmed < ABSENT_TICKETS_MAX {
        farmed += 1;
    }
    let issued = site.gate.newcomers.room.issued();
    for number in 0..20_000_u32 {
        let decision = site.visit(&mut Browser::at(ipv4(0x0a00_0000 + number % 10_000)), Kind::Page);
        assert!(matches!(decision, Decision::Wait(wait) if wait.ticket.is_some()), "{decision:?}");
    }
    assert_eq!(site.gate.newcomers.room.issued(), issued, "a promise takes no place");
    let mut pupil = Browser::at(ipv4(2));
    site.visits(&mut pupil, Kind::Page);
    let Decision::Wait(wait) = site.visit(&mut pupil, Kind::Page) else { panic!("{pupil:?}") };
    assert_eq!(wait.place.map(|place| place.ahead), Some(1));
    // The ticket of whoever came before is worth what it was.
    let Decision::Wait(wait) = site.visit(&mut first, Kind::Page) else { panic!("{first:?}") };
    assert_eq!(wait.place.map(|place| place.ahead), Some(0));
}

/// Two tabs that were opened before either was given a ticket, and copies of what they were given.
#[test]
fn a_promise_is_one_place_whoever_shows_it() {
    let mut site = Site::quick(Settings { doors: crate::settings::Doors::Closed, ..Settings::default() });
    let promise = Browser { ticket: Some(site.gate.newcomers.promises.give(site.now)), ..Browser::at(ipv4(1)) };
    let mut tabs = [promise; 2];
    tabs.iter_mut().for_each(|tab| site.visits(tab, Kind::Page));
    assert_eq!(tabs[0].ticket, tabs[1].ticket);
    for number in 0..1_000 {
        site.visits(&mut Browser { address: ipv4(number), ..promise }, Kind::Page);
        if number % 100 == 0 {
            site.pass_time(Duration::from_secs(60));
        }
    }
    assert_eq!(site.gate.snapshot(site.now).people.waiting, 1);
}
