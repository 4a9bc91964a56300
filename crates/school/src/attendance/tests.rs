use super::*;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use preau_base::Instant;
use proptest::prelude::*;
use std::collections::BTreeMap;

const MONDAY: Date = date(2026, 11, 23);
/// Any instant that is the start of a lesson of 55 minutes.
const START: Instant = Instant::from_secs(1_795_420_800);

fn at(minute: i64) -> Instant {
    Instant::from_millis(START.as_millis() + minute * 60_000)
}

fn stay(joined: i64, left: Option<i64>) -> Stay {
    Stay { joined_at: at(joined), left_at: left.map(at) }
}

const NOTHING: Evidence<'static> = Evidence { stays: &[], tried: false, no_connection: false, away: false };

#[test]
fn proposes_what_the_class_has_seen() {
    let check = |stays: &[Stay], now: i64, status: Status, minutes: u32| {
        let evidence = Evidence { stays, ..NOTHING };
        let expect = Proposal { status, minutes };
        assert_eq!(propose((START, at(55)), true, &evidence, at(now)), expect, "{stays:?} at {now}");
    };
    use Status::{Absent, Distant, Late, LeftEarly, NoConnection};
    check(&[stay(-5, Some(56))], 60, Distant, 0);
    check(&[stay(5, Some(55))], 60, Distant, 0);
    check(&[stay(6, Some(55))], 60, Late, 6);
    check(&[stay(0, Some(45))], 60, Distant, 0);
    check(&[stay(0, Some(44))], 60, LeftEarly, 11);
    check(&[stay(0, Some(20))], 60, Absent, 0);
    check(&[stay(50, Some(55))], 60, Absent, 0);
    // Whoever is in is there, however late.
    check(&[stay(8, None)], 12, Late, 8);
    check(&[stay(50, None)], 54, Late, 50);
    // A reload is one stay; a line that breaks again and again is none that was kept.
    check(&[stay(0, Some(30)), stay(30, Some(55))], 60, Distant, 0);
    check(&[stay(0, Some(5)), stay(20, Some(24)), stay(40, Some(43))], 60, NoConnection, 0);
    // Two windows at once are not twice the time.
    check(&[stay(0, Some(20)), stay(0, Some(20))], 60, Absent, 0);
    check(&[], 60, Absent, 0);
    // What lies outside the lesson, as after it was moved, is nothing.
    check(&[stay(-60, Some(-10))], 60, Absent, 0);
    check(&[stay(70, Some(90))], 100, Absent, 0);
}

#[test]
fn a_pupil_is_measured_by_the_time_that_the_class_was_open() {
    let check = |led: &[Stay], closed: Option<i64>, stays: &[Stay], status: Status, minutes: u32| {
        let open = open_time((START, at(55)), led, closed.map(at));
        let evidence = Evidence { stays, ..NOTHING };
        let expect = Proposal { status, minutes };
        assert_eq!(propose(open, true, &evidence, at(60)), expect, "{stays:?}, led {led:?}, closed {closed:?}");
    };
    use Status::{Absent, Distant, Late, LeftEarly};
    // Closed after three minutes: two of them were most of it.
    check(&[stay(-3, Some(3))], Some(3), &[stay(1, Some(3))], Distant, 0);
    check(&[stay(-3, Some(3))], Some(3), &[], Absent, 0);
    check(&[stay(0, Some(40))], Some(40), &[stay(0, Some(15))], Absent, 0);
    check(&[stay(0, Some(40))], Some(40), &[stay(0, Some(25))], LeftEarly, 15);
    // Not closed, but nobody taught any more; the pupils waited for a while.
    check(&[stay(0, Some(20))], None, &[stay(0, Some(30))], Distant, 0);
    check(&[stay(0, Some(20)), stay(21, Some(55))], None, &[stay(0, Some(20))], Absent, 0);
    // The teacher came late, and looked in before.
    check(&[stay(-10, Some(-8)), stay(8, Some(55))], None, &[stay(8, Some(55))], Distant, 0);
    check(&[stay(8, Some(55))], None, &[stay(14, Some(55))], Late, 6);
    // Closed after its end, or not at all: as planned.
    check(&[stay(0, Some(70))], Some(70), &[stay(0, Some(55))], Distant, 0);
    check(&[], None, &[stay(0, Some(20))], Absent, 0);
    assert_eq!(open_time((START, at(55)), &[], Some(at(-5))), (START, START), "never backwards");
}

#[test]
fn tries_and_the_family_say_why_nobody_came() {
    let propose = |is_live, evidence: Evidence<'_>| propose((START, at(55)), is_live, &evidence, at(60)).status;
    assert_eq!(propose(true, Evidence { tried: true, ..NOTHING }), Status::NoConnection);
    assert_eq!(propose(true, Evidence { no_connection: true, ..NOTHING }), Status::NoConnection);
    assert_eq!(propose(true, Evidence { away: true, tried: true, ..NOTHING }), Status::Absent);
    assert_eq!(propose(false, NOTHING), Status::Present);
    assert_eq!(propose(false, Evidence { tried: true, ..NOTHING }), Status::Present);
    assert_eq!(propose(false, Evidence { away: true, ..NOTHING }), Status::Absent);
}

#[test]
fn half_days_go_by_the_clock_on_the_wall() {
    let paris = TimeZone::get("Europe/Paris").unwrap();
    // The night of 25 October 2026 has one hour twice, and 13:00 is in the afternoon all the same.
    for (day, hour, minute, expect) in [
        (date(2026, 10, 25), 12, 59, "2026-10-25-am"),
        (date(2026, 10, 25), 13, 0, "2026-10-25-pm"),
        (date(2026, 3, 29), 12, 59, "2026-03-29-am"),
        (date(2026, 3, 29), 13, 0, "2026-03-29-pm"),
        (MONDAY, 0, 0, "2026-11-23-am"),
        (MONDAY, 23, 59, "2026-11-23-pm"),
    ] {
        let local = day.at(hour, minute, 0, 0).to_zoned(paris.clone()).unwrap();
        assert_eq!(HalfDay::at(&local, AFTERNOON_MIN).to_string(), expect);
    }
    for bad in ["", "2026-11-23", "2026-11-23-xm", "2026-1-3-am", "20261123-am", "2026-02-30-pm", "-am"] {
        assert_eq!(bad.parse::<HalfDay>(), Err(BadHalfDay), "{bad}");
    }
}

#[test]
fn a_half_day_is_what_most_of_it_was() {
    use Outcome::{Attended, Justified, NoConnection, Pending, Unjustified};
    let half = HalfDay::morning(MONDAY);
    let excuse = |reason, state| vec![Excuse { first: half, last: HalfDay::afternoon(MONDAY), reason, state }];
    let check = |letters: &str, excuses: &[Excuse], expect: Outcome| {
        let status = |letter| match letter {
            'p' => Status::Present,
            'l' => Status::Late,
            'a' => Status::Absent,
            _ => Status::NoConnection,
        };
        let marks: Vec<_> = letters.chars().map(|letter| Mark { half, status: status(letter) }).collect();
        assert_eq!(outcomes(&marks, excuses), BTreeMap::from([(half, expect)]), "{letters}");
    };
    check("ppa", &[], Attended);
    check("ppaa", &[], Unjustified);
    check("a", &[], Unjustified);
    check("ll", &[], Attended);
    check("n", &[], NoConnection);
    check("aan", &[], Unjustified);
    check("ann", &[], NoConnection);
    check("pan", &[], NoConnection);
    check("aa", &excuse(Reason::Health, ExcuseState::Declared), Pending);
    check("aa", &excuse(Reason::Health, ExcuseState::Accepted), Justified);
    check("aa", &excuse(Reason::Health, ExcuseState::Refused), Unjustified);
    check("nn", &excuse(Reason::Health, ExcuseState::Refused), NoConnection);
    check("aa", &excuse(Reason::NoConnection, ExcuseState::Declared), NoConnection);
    check("aa", &excuse(Reason::NoConnection, ExcuseState::Refused), Unjustified);
    let mut both = excuse(Reason::Family, ExcuseState::Refused);
    both.extend(excuse(Reason::Health, ExcuseState::Accepted));
    check("aa", &both, Justified);
    assert_eq!(excuse_of(&both, HalfDay::morning(date(2026, 11, 24))), None);
}

fn half_days() -> impl Strategy<Value = HalfDay> {
    (0_i64..4, any::<bool>()).prop_map(|(days, morning)| {
        let day = MONDAY.checked_add(jiff::Span::new().days(days)).unwrap();
        if morning { HalfDay::morning(day) } else { HalfDay::afternoon(day) }
    })
}

fn marks() -> impl Strategy<Value = Vec<Mark>> {
    let mark = (half_days(), proptest::sample::select(Status::ALL)).prop_map(|(half, status)| Mark { half, status });
    proptest::collection::vec(mark, 0..30)
}

fn excuses() -> impl Strategy<Value = Vec<Excuse>> {
    let reason = proptest::sample::select(Reason::ALL);
    let state = proptest::sample::select(ExcuseState::ALL);
    let excuse = (half_days(), half_days(), reason, state).prop_map(|(first, last, reason, state)| Excuse {
        first,
        last,
        reason,
        state,
    });
    proptest::collection::vec(excuse, 0..4)
}

proptest! {
    #[test]
    fn nobody_who_could_not_connect_is_without_a_reason(marks in marks(), excuses in excuses()) {
        let before = Counts::of(&marks, &excuses);
        let mut tried = marks.clone();
        for mark in tried.iter_mut().filter(|mark| mark.status == Status::Absent) {
            mark.status = Status::NoConnection;
        }
        prop_assert_eq!(Counts::of(&tried, &excuses).unjustified, 0);
        // One by one, it never gets worse.
        for at in 0..marks.len() {
            let mut one = marks.clone();
            if one[at].status == Status::Absent {
                one[at].status = Status::NoConnection;
                prop_assert!(Counts::of(&one, &excuses).unjustified <= before.unjustified);
            }
        }
    }

    #[test]
    fn a_day_has_two_halves_at_the_most(marks in marks(), excuses in excuses()) {
        let mut days: BTreeMap<Date, usize> = BTreeMap::new();
        for half in outcomes(&marks, &excuses).into_keys() {
            *days.entry(half.day).or_default() += 1;
        }
        prop_assert!(days.values().all(|halves| *halves <= 2));
        let counts = Counts::of(&marks, &excuses);
        prop_assert_eq!(counts.attended + counts.missed(), days.values().sum::<usize>());
    }

    #[test]
    fn the_order_of_stays_says_nothing(
        mut spans in proptest::collection::vec((-20_i64..80, 0_i64..40, any::<bool>()), 0..6),
        now in -10_i64..90,
    ) {
        let of = |spans: &[(i64, i64, bool)]| {
            let stays: Vec<_> = spans.iter().map(|(from, long, ended)| stay(*from, ended.then_some(from + long))).collect();
            propose((START, at(55)), true, &Evidence { stays: &stays, ..NOTHING }, at(now))
        };
        let forward = of(&spans);
        spans.reverse();
        prop_assert_eq!(forward, of(&spans));
        prop_assert!(forward.status.has_minutes() || forward.minutes == 0);
        prop_assert!(forward.status != Status::Present, "a live class has nobody in a room");
    }

    #[test]
    fn half_days_read_back_and_sort_as_text(one in half_days(), other in half_days()) {
        prop_assert_eq!(one.to_string().parse(), Ok(one));
        prop_assert_eq!(one.cmp(&other), one.to_string().cmp(&other.to_string()));
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,16}|[0-9-]{0,12}(am|pm)") {
        let _ = text.parse::<HalfDay>();
    }
}
