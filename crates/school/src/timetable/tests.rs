use super::*;
use crate::calendar::{Calendar, Draft, Grade, Half, Letter, Mode, Place, ready};
use jiff::ToSpan as _;
use jiff::civil::{Date, Time, Weekday, date, time};
use jiff::tz::TimeZone;
use preau_base::{GroupId, LessonId, PersonId, SeededRng};
use proptest::prelude::*;

fn paris() -> TimeZone {
    TimeZone::get("Europe/Paris").unwrap()
}

fn tilleuls() -> Calendar {
    Calendar::new(Place::of_school(Some("0040001A"), "college", None, None), ready::years())
}

fn weekly(weekday: Weekday, weeks: Option<Letter>) -> Recurrence {
    Recurrence {
        weekday,
        start: time(9, 0, 0, 0),
        end: time(9, 55, 0, 0),
        weeks,
        from: date(2026, 9, 1),
        to: date(2027, 7, 2),
    }
}

fn local(at: Instant) -> (Date, Time) {
    let zoned = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap().to_zoned(paris());
    (zoned.date(), zoned.time())
}

#[test]
fn a_year_of_mondays_leaves_out_holidays() {
    let expansion = expand(&weekly(Weekday::Monday, None), &[Some(Grade::Sixth)], &tilleuls(), &paris());
    let days: Vec<Date> = expansion.lessons.iter().map(|it| it.day).collect();
    assert!(days.contains(&date(2026, 11, 23)) && !days.contains(&date(2026, 10, 19)));
    assert!(expansion.skipped.contains(&date(2027, 3, 29)), "Easter Monday");
    assert_eq!(days.len() + expansion.skipped.len(), 43, "every Monday is one or the other");
    assert!(expansion.lessons.iter().all(|it| it.mode == LessonMode::OnSite));
}

#[test]
fn weeks_a_and_b_share_all_weeks() {
    let of = |weeks| expand(&weekly(Weekday::Tuesday, weeks), &[], &tilleuls(), &paris()).lessons;
    let (a, b, all) = (of(Some(Letter::A)), of(Some(Letter::B)), of(None));
    assert_eq!(a.len() + b.len(), all.len());
    assert!(a.iter().all(|one| !b.contains(one)) && a.len().abs_diff(b.len()) <= 1);
}

#[test]
fn a_lesson_is_where_its_groups_are() {
    let of = |mode, half| crate::calendar::Day { mode, on_site: half, reason: crate::calendar::Reason::Ordinary };
    let (site, away, none) = (of(Mode::OnSite, None), of(Mode::Distance, None), of(Mode::NoSchool, None));
    let half = of(Mode::HalfGroups, Some(Half::First));
    for (days, expect) in [
        (vec![site], Some(LessonMode::OnSite)),
        (vec![away, away], Some(LessonMode::Distance)),
        (vec![half, half], Some(LessonMode::Both(Some(Half::First)))),
        (vec![site, away], Some(LessonMode::Both(None))),
        (vec![none, away], Some(LessonMode::Distance)),
        (vec![none], None),
        (vec![], None),
    ] {
        assert_eq!(LessonMode::of_days(days), expect);
    }
    let both = LessonMode::Both(Some(Half::First));
    assert!(!both.is_live_for(Some(Half::First)) && both.is_live_for(Some(Half::Second)));
    assert!(LessonMode::Both(None).is_live_for(Some(Half::First)) && !LessonMode::OnSite.is_live_for(None));
    for mode in [LessonMode::OnSite, LessonMode::Distance, both, LessonMode::Both(None)] {
        assert_eq!(LessonMode::read(mode.as_str(), mode.half()), Some(mode));
    }
}

#[test]
fn what_makes_no_lesson_is_refused() {
    let good = weekly(Weekday::Monday, None);
    assert_eq!(good.check(), Ok(()));
    let late = Recurrence { start: time(23, 30, 0, 0), end: time(0, 30, 0, 0), ..good };
    assert_eq!(late.check(), Err(RecurrenceFault::Time));
    assert_eq!(Recurrence { end: good.start, ..good }.check(), Err(RecurrenceFault::Time));
    assert_eq!(Recurrence { to: date(2026, 8, 31), ..good }.check(), Err(RecurrenceFault::Days));
    assert_eq!(Recurrence { to: date(2029, 8, 31), ..good }.check(), Err(RecurrenceFault::Days));
    assert_eq!(expand(&late, &[], &tilleuls(), &paris()), Expansion::default());
}

#[test]
fn two_lessons_at_once_cannot_share() {
    let mut rng = SeededRng::new(1);
    let now = Instant::EPOCH;
    let (teacher, class) = (PersonId::new(now, &mut rng), GroupId::new(now, &mut rng));
    let claim = |teachers: &[PersonId], groups: &[GroupId], room: &str| Claim {
        teachers: teachers.to_vec(),
        groups: groups.to_vec(),
        room: room.to_owned(),
    };
    let monday = weekly(Weekday::Monday, None);
    let next = Recurrence { start: monday.end, end: time(10, 50, 0, 0), ..monday };
    let check = |a: (Recurrence, Claim), b: (Recurrence, Claim), expect: &[Shared]| {
        let found = conflicts(&[a, b], &Overlaps::default());
        assert_eq!(found.first().map_or(&[][..], |it| &it.shared), expect);
    };
    let base = || (monday, claim(&[teacher], &[class], "B 12"));
    check(base(), base(), &[Shared::Teacher(teacher), Shared::Group(class), Shared::Room("B 12".into())]);
    check(base(), (monday, claim(&[], &[], "b12")), &[Shared::Room("B 12".into())]);
    check(base(), (monday, claim(&[], &[], "")), &[]);
    check(base(), (next, claim(&[teacher], &[class], "B 12")), &[]);
    check(base(), (weekly(Weekday::Tuesday, None), claim(&[teacher], &[], "")), &[]);
    let (a, b) = (weekly(Weekday::Monday, Some(Letter::A)), weekly(Weekday::Monday, Some(Letter::B)));
    check((a, claim(&[teacher], &[], "")), (b, claim(&[teacher], &[], "")), &[]);
    check((a, claim(&[teacher], &[], "")), (monday, claim(&[teacher], &[], "")), &[Shared::Teacher(teacher)]);
    let later = Recurrence { from: date(2027, 1, 4), ..monday };
    let before = Recurrence { to: date(2026, 12, 18), ..monday };
    check((later, claim(&[teacher], &[], "")), (before, claim(&[teacher], &[], "")), &[]);
}

#[test]
fn a_class_and_its_parts_are_the_same_pupils_and_parallel_halves_are_not() {
    let mut rng = SeededRng::new(1);
    let [class, first, second, latin] = [(); 4].map(|()| GroupId::new(Instant::EPOCH, &mut rng));
    // Who takes Latin is in either half.
    let overlaps: Overlaps =
        [(class, first), (second, class), (latin, class), (first, latin), (latin, second)].into_iter().collect();
    let when = weekly(Weekday::Monday, None);
    let check = |a: &[GroupId], b: &[GroupId], expect: &[Shared]| {
        let claim = |groups: &[GroupId]| (when, Claim { groups: groups.to_vec(), ..Claim::default() });
        let found = conflicts(&[claim(a), claim(b)], &overlaps);
        assert_eq!(found.first().map_or(&[][..], |it| &it.shared), expect, "{a:?} {b:?}");
    };
    check(&[first], &[second], &[]);
    check(&[class], &[first], &[Shared::Pupils(class, first)]);
    check(&[first], &[class], &[Shared::Pupils(first, class)]);
    check(&[first], &[latin], &[Shared::Pupils(first, latin)]);
    check(&[first, class], &[class, second], &[Shared::Group(class), Shared::Pupils(first, class)]);
    assert!(!overlaps.has(class, class), "a group is not another one");
}

#[test]
fn a_lesson_that_is_on_stays() {
    let at = Instant::from_secs;
    let check = |now, to, cancelled, expect| assert_eq!(may_move(at(100), at(200), cancelled, at(to), at(now)), expect);
    check(50, 300, false, Ok(()));
    check(99, 300, false, Ok(()));
    check(100, 300, false, Err(MoveFault::On));
    check(199, 300, false, Err(MoveFault::On));
    check(200, 300, false, Err(MoveFault::Over));
    check(50, 40, false, Err(MoveFault::Past));
    check(50, 300, true, Err(MoveFault::Cancelled));
}

fn weekday() -> impl Strategy<Value = Weekday> {
    (0_i8..7).prop_map(|at| Weekday::from_monday_zero_offset(at).unwrap())
}

proptest! {
    #[test]
    fn no_lesson_falls_on_a_day_without_school(
        weekday in weekday(), hour in 0_i8..23, grade in 0..15_usize, departement in 1_u8..96, spring in any::<bool>(),
    ) {
        let departement = format!("{departement:02}").parse().ok();
        let place = Place::of_school(None, "", None, departement);
        let calendar = Calendar::new(place, ready::years());
        let (from, to) = if spring { (date(2020, 9, 1), date(2021, 7, 6)) } else { (date(2026, 9, 1), date(2027, 7, 2)) };
        let (start, end) = (time(hour, 5, 0, 0), time(hour + 1, 0, 0, 0));
        let recurrence = Recurrence { weekday, start, end, weeks: None, from, to };
        let grade = Grade::ALL[grade];
        let expansion = expand(&recurrence, &[Some(grade)], &calendar, &paris());
        for lesson in &expansion.lessons {
            prop_assert!(calendar.has_school(lesson.day, Some(grade)));
            // The clock on the wall says the same on both sides of a change of the clocks, but for the hour that is
            // left out.
            let skipped_hour = weekday == Weekday::Sunday && hour == 2;
            prop_assert!(skipped_hour || local(lesson.starts_at) == (lesson.day, start));
            prop_assert!(skipped_hour || local(lesson.ends_at) == (lesson.day, end));
        }
        prop_assert!(expansion.skipped.iter().all(|day| !calendar.has_school(*day, Some(grade))));
    }

    /// Whatever was moved, cancelled or written about stays, whichever way the series changes and however often it is
    /// published again.
    #[test]
    fn publishing_again_loses_nothing_by_hand(
        hands in proptest::collection::vec((0_usize..40, 0_u8..4), 0..12),
        changes in proptest::collection::vec((weekday(), 0_i64..200, 0_i64..200), 1..4),
        now_days in 0_i64..300,
    ) {
        let (calendar, zone) = (tilleuls(), paris());
        let mut rng = SeededRng::new(3);
        let now = at(date(2026, 9, 1).checked_add(now_days.days()).unwrap(), time(9, 30, 0, 0), &zone).unwrap();
        let first = expand(&weekly(Weekday::Monday, None), &[], &calendar, &zone).lessons;
        let mut rows: Vec<(Existing, Planned)> = first.iter().map(|planned| {
            let id = LessonId::new(now, &mut rng);
            (Existing { id, day: planned.day, starts_at: planned.starts_at, by_hand: false, used: false, prepared: false }, *planned)
        }).collect();
        for (at, what) in hands {
            if let Some((row, _)) = rows.get_mut(at) {
                row.by_hand |= what == 0 || what == 2;
                row.used |= what == 1 || what == 2;
                row.prepared |= what == 3;
            }
        }
        let kept: Vec<_> = rows.iter().filter(|(row, _)| row.by_hand || row.used || row.starts_at <= now).cloned().collect();
        let prepared: Vec<_> = rows.iter().filter(|(row, _)| row.prepared).map(|(row, _)| row.id).collect();
        for (weekday, from, to) in changes {
            let day = |offset: i64| date(2026, 9, 1).checked_add(offset.days()).unwrap();
            let series = Recurrence { from: day(from.min(to)), to: day(from.max(to)), ..weekly(weekday, None) };
            let wanted = expand(&series, &[], &calendar, &zone).lessons;
            let existing: Vec<Existing> = rows.iter().map(|(row, _)| *row).collect();
            for step in publication(&existing, &wanted, now) {
                match step {
                    Step::Add(planned) => {
                        prop_assert!(planned.starts_at > now);
                        let id = LessonId::new(now, &mut rng);
                        let row = Existing { id, day: planned.day, starts_at: planned.starts_at, by_hand: false, used: false, prepared: false };
                        rows.push((row, planned));
                    }
                    Step::Refresh(id, planned) => {
                        let row = rows.iter_mut().find(|(row, _)| row.id == id).unwrap();
                        row.0.starts_at = planned.starts_at;
                        row.1 = planned;
                    }
                    Step::Withdraw(id) => rows.retain(|(row, _)| row.id != id),
                    Step::Keep(..) => {}
                }
            }
            for row in &kept {
                prop_assert!(rows.contains(row), "lost {row:?}");
            }
            for id in &prepared {
                prop_assert!(rows.iter().any(|(row, _)| row.id == *id), "withdrawn though it was made ready");
            }
            let mut days: Vec<_> = rows.iter().map(|(row, _)| row.day).collect();
            days.sort_unstable();
            days.dedup();
            prop_assert_eq!(days.len(), rows.len(), "a day stands twice");
            let missing = wanted.iter().filter(|it| it.starts_at > now).find(|it| !rows.iter().any(|(row, _)| row.day == it.day));
            prop_assert!(missing.is_none(), "not published: {missing:?}");
        }
    }

    #[test]
    fn a_closure_turns_lessons_into_live_classes(day in 0_i64..250) {
        let day = date(2026, 9, 1).checked_add(day.days()).unwrap();
        let own = format!("extends = \"france-2026-2027\"\n[[rule]]\nlabel = \"x\"\nfrom = {day}\nto = {day}\nmode = \"distance\"\n");
        let closed = Calendar::new(tilleuls().place, vec![Draft::parse(&own).unwrap().year().unwrap()]);
        let series = weekly(day.weekday(), None);
        let (before, after) = (expand(&series, &[], &tilleuls(), &paris()), expand(&series, &[], &closed, &paris()));
        let others = |lessons: &[Planned]| lessons.iter().filter(|it| it.day != day).copied().collect::<Vec<_>>();
        prop_assert_eq!(others(&before.lessons), others(&after.lessons));
        let on_day = after.lessons.iter().find(|it| it.day == day);
        // A day at a distance within holidays is a day with lessons: somebody has said so on purpose. A public holiday
        // stays one.
        prop_assert!(on_day.is_none_or(|it| it.mode == LessonMode::Distance));
        prop_assert!(before.lessons.iter().all(|it| it.day != day) || on_day.is_some());
    }
}
