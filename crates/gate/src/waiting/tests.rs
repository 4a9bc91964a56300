//! The waiting room over seeds: order kept, nobody starves, one person a ticket, memory that does not grow.

use super::*;
use crate::limits::{AGAIN_WITHIN, TICKETS_MAX, TURN_KEPT};
use preau_base::{Instant, Rng as _, SeededRng};
use proptest::prelude::*;
use std::time::Duration;

const OPEN: Instant = Instant::from_secs(1_800_000_000);
const SECOND: Duration = Duration::from_secs(1);

fn after(seconds: u64) -> Instant {
    OPEN.plus(Duration::from_secs(seconds))
}

fn open_room() -> Room {
    Room::new(1, [7; 32], None, OPEN)
}

/// A room with this many tickets that came back.
fn line_of(people: u64) -> (Room, Vec<Ticket>) {
    let mut room = open_room();
    let tickets: Vec<_> = (0..people).map(|_| back(&mut room, OPEN)).collect();
    (room, tickets)
}

fn back(room: &mut Room, now: Instant) -> Ticket {
    let ticket = room.issue(now).unwrap();
    let _ = room.comes_back(&ticket, 1, now);
    ticket
}

#[test]
fn a_ticket_counts_only_once_it_came_back() {
    let mut room = open_room();
    let (first, second) = (room.issue(OPEN).unwrap(), room.issue(OPEN).unwrap());
    assert_eq!((room.issued(), room.waiting(), room.call(5, OPEN)), (2, 0, 0));
    assert_eq!(room.comes_back(&second, 1, OPEN), Turn::Wait(Place { order: 1, ahead: 0 }));
    assert_eq!(room.comes_back(&second, 2, OPEN), Turn::Wait(Place { order: 1, ahead: 0 }), "two tabs, one place");
    assert_eq!((room.waiting(), room.call(5, OPEN), room.waiting()), (1, 1, 0));
    // The first was not there when its turn passed; it stands before whoever came after.
    let third = back(&mut room, OPEN);
    assert_eq!(room.comes_back(&first, 1, OPEN), Turn::Wait(Place { order: 0, ahead: 0 }));
    assert_eq!(room.comes_back(&third, 1, OPEN), Turn::Wait(Place { order: 2, ahead: 1 }));
    room.call(1, OPEN);
    assert_eq!(room.comes_back(&first, 1, OPEN), Turn::Now);
}

#[test]
fn a_copied_ticket_admits_one() {
    let (mut room, tickets) = line_of(2);
    assert_eq!(room.use_turn(&tickets[0], 1, OPEN), None, "its turn has not come");
    room.call(2, OPEN);
    let entry = room.use_turn(&tickets[0], 1, OPEN).unwrap();
    assert_eq!(room.comes_back(&tickets[0], 2, OPEN), Turn::Void);
    assert_eq!(room.use_turn(&tickets[0], 2, OPEN), None);
    // Who used it and lost the answer is let in again, as the same person.
    let soon = OPEN.plus(AGAIN_WITHIN);
    assert_eq!(room.use_turn(&tickets[0], 1, soon), Some(entry));
    assert_eq!(room.comes_back(&tickets[0], 1, soon.plus(SECOND)), Turn::Void);
    assert_eq!(room.entered(), 1);
}

#[test]
fn a_turn_is_kept_for_15_minutes() {
    let (mut room, tickets) = line_of(4);
    room.call(2, OPEN);
    let last = OPEN.plus(TURN_KEPT);
    room.call(0, last);
    assert_eq!(room.comes_back(&tickets[0], 1, last), Turn::Now);
    let late = last.plus(2 * SECOND);
    room.call(0, late);
    assert_eq!(room.comes_back(&tickets[0], 1, late), Turn::Void);
    assert_eq!(room.comes_back(&tickets[2], 1, late), Turn::Wait(Place { order: 2, ahead: 0 }), "not its turn yet");
}

#[test]
fn whoever_comes_back_late_keeps_a_whole_turn() {
    let mut room = open_room();
    let late = room.issue(OPEN).unwrap();
    back(&mut room, OPEN);
    room.call(1, OPEN);
    let came = OPEN.plus(TURN_KEPT);
    assert!(matches!(room.comes_back(&late, 1, came), Turn::Wait(_)));
    room.call(1, came);
    let end = came.plus(TURN_KEPT);
    room.call(0, end);
    assert_eq!(room.comes_back(&late, 1, end), Turn::Now);
    room.call(0, end.plus(2 * SECOND));
    assert_eq!(room.comes_back(&late, 1, end.plus(2 * SECOND)), Turn::Void);
}

#[test]
fn no_shows_do_not_hold_up_the_line() {
    let (mut room, tickets) = line_of(100);
    room.call(10, OPEN);
    assert_eq!(room.expected(OPEN), 10);
    let _ = room.use_turn(&tickets[3], 1, OPEN);
    assert_eq!(room.expected(OPEN), 9);
    assert_eq!(room.expected(after(21)), 0, "their places inside go to the next");
    room.call(10, after(21));
    assert_eq!(room.comes_back(&tickets[19], 1, after(21)), Turn::Now);
}

#[test]
fn tickets_of_elsewhere_are_void() {
    let (mut room, tickets) = line_of(1);
    let now = OPEN;
    assert_eq!(room.comes_back(&Ticket { room: 2, ..tickets[0] }, 1, now), Turn::Void);
    assert_eq!(room.comes_back(&Ticket { serial: 1, ..tickets[0] }, 1, now), Turn::Void);
    assert_eq!(room.comes_back(&Ticket { serial: u64::MAX, ..tickets[0] }, 1, now), Turn::Void);
}

#[test]
fn before_the_doors_open_nobody_has_a_place_and_the_seed_is_secret() {
    let mut room = Room::new(1, [9; 32], Some(after(60)), OPEN);
    let tickets: Vec<_> = (0..1_000).map(|_| back(&mut room, OPEN)).collect();
    assert_eq!(room.comes_back(&tickets[0], 1, OPEN), Turn::BeforeOpening);
    assert_eq!((room.call(10, OPEN), room.seed(), room.figures(OPEN).seed), (0, None, None));
    assert!(!format!("{room:?}").contains('9'), "{room:?}");
    let hash = room.seed_hash().to_owned();
    let never_back = room.issue(OPEN).unwrap();
    room.open(after(60));
    let later = back(&mut room, after(61));
    assert_eq!((room.seed(), room.seed_hash()), (Some([9; 32]), hash.as_str()));
    assert_eq!(room.waiting(), 1_001);
    for ticket in &tickets {
        let Turn::Wait(place) = room.comes_back(ticket, 1, after(61)) else { panic!("{ticket:?} does not wait") };
        assert_eq!(place.order, verify(&[9; 32], 1_001, ticket.serial));
    }
    assert_eq!(room.comes_back(&later, 1, after(61)), Turn::Wait(Place { order: 1_001, ahead: 1_000 }));
    assert!(matches!(room.comes_back(&never_back, 1, after(61)), Turn::Wait(_)));
}

#[test]
fn a_full_room_gives_no_ticket() {
    let mut room = open_room();
    for _ in 0..TICKETS_MAX {
        room.issue(OPEN);
    }
    assert_eq!(room.issue(OPEN), None);
    let bytes = room.memory_bytes();
    assert!(bytes < 2_000, "tickets that never came back take {bytes} bytes");
}

#[test]
fn a_ticket_and_an_entry_travel_sealed() {
    let keys = crate::KeyRing::generate(OPEN, &mut SeededRng::new(1));
    let estimate = Estimate { about: SECOND, at_most: 2 * SECOND, longer_than_said: false };
    let ticket = Ticket { room: u64::MAX, serial: 12_399_999, issued: OPEN, promised: None };
    for ticket in [ticket, ticket.promising(Some(estimate), OPEN)] {
        assert_eq!(Ticket::open(&ticket.seal(&keys), &keys), Ok(ticket));
    }
    assert_eq!(ticket.promising(Some(estimate), OPEN).promised, Some(after(2)));
    let entry = Entry { room: 3, serial: 4, issued: OPEN };
    assert_eq!(Entry::open(&entry.seal(&keys), &keys), Ok(entry));
    assert!(Ticket::open(&entry.seal(&keys), &keys).is_err());
}

/// Figures as they travel, at their largest.
#[test]
fn what_everybody_polls_is_small() {
    let mut room = Room::new(u64::MAX, [255; 32], Some(OPEN), OPEN);
    let mut tickets = Vec::new();
    for _ in 0..300_000 {
        tickets.push(back(&mut room, OPEN));
    }
    while !room.open(OPEN) {}
    for second in 0..30 {
        room.call(1_000, after(second));
    }
    let figures = room.figures(after(30)).with(Some(crate::Reason::NotYetOpen), preau_base::Level::Waiting, None);
    let json = serde_json::to_string(&figures).unwrap();
    // 12.4 million would add two points of 20 characters, and two digits to each number.
    assert!(json.len() < 700 - 2 * 20 - 2 * 40, "{} bytes: {json}", json.len());
    assert_eq!(serde_json::from_str::<Figures>(&json).unwrap(), figures);
    // A script that draws straight lines between the points says nearly what the room says.
    for ticket in tickets.iter().step_by(1_001) {
        let Turn::Wait(place) = room.comes_back(ticket, 1, after(30)) else { continue };
        let drawn = between(&figures.ahead, place.order);
        assert!(drawn.abs_diff(place.ahead) <= place.ahead / 20 + 2, "{place:?}: {drawn}");
    }
}

fn between(points: &[(u64, u64)], order: u64) -> u64 {
    let right = points.iter().position(|(at, _)| *at >= order).unwrap();
    let Some(left) = right.checked_sub(1) else { return points[0].1 };
    let ((low, before), (high, upto)) = (points[left], points[right]);
    before + (upto - before) * (order - low) / (high - low).max(1)
}

/// Of 12.4 million one in 97 came back: as many blocks of bits as when all do.
#[test]
fn twelve_million_take_a_bit_each_and_two_once_called() {
    const PEOPLE: u64 = 12_400_000;
    let mut room = open_room();
    let mut last = None;
    for serial in 0..PEOPLE {
        let ticket = room.issue(OPEN).unwrap();
        if serial % 97 == 0 {
            let _ = room.comes_back(&ticket, 1, OPEN);
            last = Some(ticket);
        }
    }
    let bits = room.memory_bytes() * 8;
    // Beside the bits, all of it: their index, 52 bytes for 4,096 tickets, and an eighth of some to grow.
    assert!(bits <= PEOPLE + PEOPLE / 9 + 8 * 1_024, "{bits} bits for {PEOPLE}");
    assert_eq!(room.waiting(), PEOPLE.div_ceil(97));
    let place = Place { order: PEOPLE / 97 * 97, ahead: PEOPLE / 97 };
    assert_eq!(last.map(|last| room.comes_back(&last, 1, OPEN)), Some(Turn::Wait(place)));
    // Half of them are called within the quarter of an hour in which turns are kept.
    room.call(u32::try_from(PEOPLE / 97 / 2).unwrap(), OPEN);
    let bits = room.memory_bytes() * 8;
    assert!(bits <= PEOPLE * 2, "{bits} bits for {PEOPLE}");
    room.call(u32::MAX, OPEN);
    let bits = room.memory_bytes() * 8;
    assert!(bits <= PEOPLE * 2 + PEOPLE / 16 + 8 * 1_024, "{bits} bits for {PEOPLE}");
}

/// The worst for memory: all are called within the quarter of an hour in which turns are kept. Some never came back for
/// their place, and some do not use it.
#[test]
fn a_whole_morning_takes_less_than_two_bits_a_ticket() {
    const PEOPLE: u64 = 400_000;
    for (never_back, unused) in [(10, 40), (40, 10), (100, 100)] {
        let mut room = open_room();
        let mut tickets = Vec::new();
        for number in 0..PEOPLE {
            let ticket = room.issue(OPEN).unwrap();
            if number % never_back > 0 {
                let _ = room.comes_back(&ticket, 1, OPEN);
                tickets.push(ticket);
            }
        }
        let mut most = room.states.memory_bytes();
        for (second, called) in (0..).zip(tickets.chunks(1_000)) {
            room.call(1_000, after(second));
            let users = called.iter().filter(|ticket| ticket.serial % unused > 0);
            users.for_each(|ticket| assert!(room.use_turn(ticket, 1, after(second)).is_some()));
            most = most.max(room.states.memory_bytes());
        }
        let bits = most as f64 * 8.0 / PEOPLE as f64;
        // What is kept of the last uses, whatever their number, among 12.4 million tickets.
        let fixed = crate::limits::RECENT_USES_MAX as f64 * 64.0 / 12_400_000.0;
        assert!(bits + fixed < 2.0, "one in {never_back}, one in {unused}: {bits:.2} and {fixed:.2} bits a ticket");
    }
}

/// The doors open a step at a time, each bounded; whoever comes meanwhile is drawn too, or stands behind.
#[test]
fn an_opening_is_made_of_bounded_steps() {
    for seed in 0..4 {
        let mut rng = SeededRng::new(seed);
        let mut room = Room::new(1, [7; 32], Some(OPEN), OPEN);
        let tickets: Vec<_> = (0..400_000).map(|_| room.issue(OPEN).unwrap()).collect();
        let (early, late) = tickets.split_at(300_000);
        early.iter().for_each(|ticket| assert_eq!(room.comes_back(ticket, 1, OPEN), Turn::BeforeOpening));
        let (mut steps, mut waiting, mut after_draw) = (1, 300_000, Vec::new());
        while !room.open(OPEN) {
            steps += 1;
            assert!(room.is_opening() && room.seed().is_none() && room.call(10, OPEN) == 0);
            let meanwhile = &late[usize::try_from(rng.below(late.len() as u64)).unwrap()];
            let news = !after_draw.contains(meanwhile);
            assert_eq!(room.comes_back(meanwhile, 1, OPEN), Turn::BeforeOpening);
            after_draw.extend(news.then_some(*meanwhile));
            after_draw.push(back(&mut room, OPEN));
            waiting += 1 + u64::from(news);
            let _ = room.comes_back(&early[usize::try_from(rng.below(300_000)).unwrap()], 1, OPEN);
        }
        assert_eq!(steps, 400_000_u64.div_ceil(crate::limits::OPENING_STEP_TICKETS), "seed {seed}");
        assert_eq!(room.waiting(), waiting, "seed {seed}");
        assert_eq!(room.figures(OPEN).drawn, Some(400_000));
        for ticket in early.iter().step_by(997).chain(&after_draw) {
            let order = verify(&[7; 32], 400_000, ticket.serial);
            let Turn::Wait(place) = room.comes_back(ticket, 1, OPEN) else { panic!("seed {seed}: {ticket:?}") };
            assert_eq!(place.order, order, "seed {seed}");
        }
    }
}

/// Two hours of a line in which people come as fast as they are let in.
#[test]
fn memory_stays_the_same_however_long_it_goes_on() {
    let mut room = open_room();
    let mut most = [0; 2];
    for second in 0..7_200_u64 {
        let tickets: Vec<_> = (0..200).map(|_| back(&mut room, after(second))).collect();
        room.call(200, after(second));
        for ticket in tickets {
            assert!(room.use_turn(&ticket, ticket.serial, after(second)).is_some());
        }
        let half = usize::from(second >= 3_600);
        most[half] = most[half].max(room.memory_bytes());
    }
    // 360,000 tickets of 15 minutes are 90 KB; 512 KB are the last uses.
    assert!(most[1] < 700_000 && most[1] - most[0] < 20_000, "{most:?}");
}

#[test]
fn a_restart_keeps_the_line() {
    let mut room = Room::new(5, [9; 32], Some(after(10)), OPEN);
    let early: Vec<_> = (0..9_000).map(|_| back(&mut room, OPEN)).collect();
    let saved = room.copy(OPEN).into_bytes();
    let mut room = Room::from_bytes(&saved, after(5)).unwrap();
    assert_eq!((room.is_open(), room.opens(), room.waiting()), (false, Some(after(10)), 9_000));
    room.open(after(10));
    room.call(100, after(10));
    let turns: Vec<_> = early.iter().map(|ticket| room.comes_back(ticket, 1, after(10))).collect();
    let first = turns.iter().position(|turn| *turn == Turn::Now).unwrap();
    assert!(room.use_turn(&early[first], 1, after(10)).is_some());
    let saved = room.copy(after(11)).into_bytes();
    let lost = back(&mut room, after(12));

    assert_eq!(Room::from_bytes(&saved, after(3_612)).err(), Some(SavedError::Old));
    let hour = after(3_600);
    let mut room = Room::from_bytes(&saved, hour).unwrap();
    assert_eq!((room.issued(), room.entered(), room.waiting(), room.turn()), (9_000, 1, 8_900, 100));
    for (index, (ticket, turn)) in early.iter().zip(turns).enumerate() {
        let expect = if index == first { Turn::Void } else { turn };
        assert_eq!(room.comes_back(ticket, 1, hour), expect, "{ticket:?}");
    }
    // A serial that is given a second time belongs to the second.
    let new = back(&mut room, hour);
    assert_eq!(new.serial, lost.serial);
    assert_eq!(room.comes_back(&lost, 1, hour), Turn::Void);
    assert!(matches!(room.comes_back(&new, 1, hour), Turn::Wait(_)));
    // Turns go on from where they were: 15 minutes, without the hour.
    let called = early.iter().find(|ticket| room.comes_back(ticket, 1, hour) == Turn::Now).unwrap();
    let end = hour.plus(TURN_KEPT - 2 * SECOND);
    room.call(0, end);
    assert_eq!(room.comes_back(called, 1, end), Turn::Now);
    room.call(0, end.plus(4 * SECOND));
    assert_eq!(room.comes_back(called, 1, end.plus(4 * SECOND)), Turn::Void);
    assert!(!room.is_idle() && open_room().is_idle());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn damaged_bytes_are_no_room(at: prop::sample::Index, bit in 0_u8..8, cut: prop::sample::Index) {
        let mut bytes = line_of(5_000).0.copy(OPEN).into_bytes();
        prop_assert!(Room::from_bytes(&bytes[..cut.index(bytes.len())], OPEN).is_err());
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        prop_assert!(Room::from_bytes(&bytes, OPEN).is_err());
    }
}

/// A morning with people who come, come back or don't, leave, and come back late.
struct Morning {
    room: Room,
    rng: SeededRng,
    there: Vec<Ticket>,
    away: Vec<Ticket>,
    called: Vec<u64>,
    entered: std::collections::BTreeSet<u64>,
    at_s: u64,
}

impl Morning {
    fn new(seed: u64) -> Self {
        let (there, away, called) = (Vec::new(), Vec::new(), Vec::new());
        Self { room: open_room(), rng: SeededRng::new(seed), there, away, called, entered: Default::default(), at_s: 0 }
    }

    fn second(&mut self, arrivals: u64, rate: u32) {
        let now = after(self.at_s);
        for _ in 0..self.rng.below(arrivals + 1) {
            let ticket = self.room.issue(now).unwrap();
            if self.rng.below(4) == 0 { self.away.push(ticket) } else { self.there.push(ticket) }
        }
        if self.rng.below(3) == 0 && !self.away.is_empty() {
            let index = self.rng.below(self.away.len() as u64);
            self.there.push(self.away.swap_remove(usize::try_from(index).unwrap()));
        }
        self.room.call(rate, now);
        let (mut staying, mut calls) = (Vec::new(), Vec::new());
        for ticket in std::mem::take(&mut self.there) {
            match self.room.comes_back(&ticket, ticket.serial, now) {
                Turn::Wait(_) => staying.push(ticket),
                Turn::Now => calls.push(ticket),
                _ => (),
            }
        }
        for ticket in calls {
            self.called.push(ticket.serial);
            assert!(self.room.use_turn(&ticket, ticket.serial, now).is_some());
            assert!(self.entered.insert(ticket.serial), "{} came in twice", ticket.serial);
            assert_eq!(self.room.use_turn(&ticket, !ticket.serial, now), None, "a copy came in");
        }
        self.there = staying;
        self.at_s += 1;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whoever waits is let in before everybody behind them, and everybody is let in while the line moves.
    #[test]
    fn order_is_kept_and_nobody_starves(seed: u64, arrivals in 0_u64..12, rate in 1_u32..6) {
        let mut morning = Morning::new(seed);
        for _ in 0..120 {
            let waiting: Vec<u64> = morning.there.iter().map(|ticket| ticket.serial).collect();
            let before = morning.called.len();
            morning.second(arrivals, rate);
            // Of those who waited when people were called, none was passed over for one behind.
            let called = &morning.called[before..];
            let passed: Vec<_> = morning.there.iter().filter(|ticket| waiting.contains(&ticket.serial)).collect();
            let known: Vec<_> = called.iter().filter(|serial| waiting.contains(serial)).collect();
            for left in passed {
                prop_assert!(known.iter().all(|serial| **serial < left.serial), "{left:?} behind {known:?}");
            }
            prop_assert!(called.len() <= 2 * rate as usize);
        }
        for _ in 0..3_000 {
            if morning.there.is_empty() && morning.away.is_empty() { break }
            morning.second(0, rate);
        }
        prop_assert!(morning.there.is_empty(), "{:?} never came in", morning.there);
    }

    /// Each time that is told is at most what was said before, or the page names that it is not.
    #[test]
    fn no_promise_is_broken_unsaid(seed: u64, rates in prop::collection::vec(0_u32..200, 1..40), late in 0_u64..300) {
        let mut rng = SeededRng::new(seed);
        let mut room = open_room();
        let mut away: Vec<_> = (0..late).map(|_| room.issue(OPEN).unwrap()).collect();
        for _ in 0..20_000 { back(&mut room, OPEN); }
        let mut mine = back(&mut room, OPEN);
        let mut asks = 0;
        for second in 0..600 {
            let now = after(second);
            room.call(rates[usize::try_from(second / 15).unwrap() % rates.len()], now);
            if rng.below(5) == 0 && let Some(ticket) = away.pop() { let _ = room.comes_back(&ticket, 1, now); }
            if second < asks { continue }
            let Turn::Wait(place) = room.comes_back(&mine, 1, now) else { break };
            let estimate = room.estimate(&mine, place, now);
            if let (Some(estimate), Some(promised)) = (estimate, mine.promised) {
                prop_assert!(now.plus(estimate.about) <= promised || estimate.longer_than_said);
                prop_assert!(estimate.about <= estimate.at_most);
            }
            mine = mine.promising(estimate, now);
            asks = second + pace(place.ahead, estimate, &mut rng).as_secs();
        }
    }

    /// A line that moves at a steady rate with ordinary unevenness never has to be sorry.
    #[test]
    fn a_steady_line_keeps_what_it_says(seed: u64, rate in 5_u64..100) {
        let mut rng = SeededRng::new(seed);
        let (mut room, _) = line_of(rate * 400);
        let mut mine = back(&mut room, OPEN);
        let mut asks = 10;
        for second in 0..400 {
            let now = after(second);
            room.call(u32::try_from(rate / 2 + rng.below(rate + 1)).unwrap(), now);
            if second < asks { continue }
            let Turn::Wait(place) = room.comes_back(&mine, 1, now) else { break };
            let estimate = room.estimate(&mine, place, now).unwrap();
            prop_assert!(!estimate.longer_than_said, "after {second} s: {estimate:?}, {:?}", mine.promised);
            mine = mine.promising(Some(estimate), now);
            asks = second + pace(place.ahead, Some(estimate), &mut rng).as_secs();
        }
    }

    /// However the line stops, what is published falls so slowly that the time of somebody whose place does not
    /// change stays within what was said, until they ask again.
    #[test]
    fn a_stop_is_told_within_what_was_said(rate in 1_u32..300, seed: u64) {
        let (mut room, _) = line_of(40_000);
        let mine = back(&mut room, OPEN);
        for second in 0..120 { room.call(rate, after(second)); }
        let Turn::Wait(place) = room.comes_back(&mine, 1, after(119)) else { panic!("called") };
        let Some(said) = room.estimate(&mine, place, after(119)) else { return Ok(()) };
        let asks = 119 + pace(place.ahead, Some(said), &mut SeededRng::new(seed)).as_secs();
        for second in 120..=asks { room.call(0, after(second)); }
        if let Some(told) = room.estimate(&mine, place, after(asks)) {
            prop_assert!(after(asks).plus(told.about) <= after(119).plus(said.at_most), "{said:?} {told:?}");
        }
    }
}

#[test]
fn a_standing_line_is_named_slow() {
    let (mut room, tickets) = line_of(10_000);
    for second in 0..120 {
        room.call(20, after(second));
    }
    assert!(!room.figures(after(120)).slowing);
    for second in 120..150 {
        room.call(0, after(second));
    }
    assert!(room.figures(after(150)).slowing);
    let Turn::Wait(place) = room.comes_back(&tickets[9_999], 1, after(150)) else { panic!("called") };
    assert!(room.estimate(&tickets[9_999], place, after(150)).is_some_and(|estimate| estimate.longer_than_said));
}

#[test]
fn an_empty_line_does_not_slow_the_rate() {
    let (mut room, _) = line_of(3_000);
    for second in 0..60 {
        room.call(50, after(second));
    }
    let before = room.per_minute().unwrap();
    assert!((before - 3_000.0).abs() < 300.0, "{before}");
    for second in 60..600 {
        back(&mut room, after(second));
        room.call(50, after(second));
    }
    assert!(room.per_minute().unwrap() >= before * 0.99, "{:?}", room.per_minute());
}
