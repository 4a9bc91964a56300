//! A week of lessons: one's own, a child's, a class's.

use crate::agenda::{self, Eyes, Slot};
use crate::ids::Id;
use crate::screens::home::capital;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page};
use askama::Template;
use jiff::civil::{Date, ISOWeekDate, Weekday};
use jiff::{Span, ToSpan as _};
use preau_base::{GroupId, Instant, PersonId};
use preau_school::{Act, Profile};
use preau_store::lessons::{self, Lesson};

#[derive(Template)]
#[template(path = "school/week.html")]
struct WeekPage<'a> {
    page: &'a Page,
    title: String,
    /// `du 23 au 29 novembre`
    span: String,
    days: Vec<Day>,
    is_empty: bool,
    path: String,
    before: String,
    after: String,
    is_this_week: bool,
}

struct Day {
    name: String,
    is_today: bool,
    slots: Vec<Slot>,
}

/// The Monday of a week as ISO 8601 writes it: `2026-W48`.
fn parse_week(text: &str) -> Option<Date> {
    let (year, week) = text.split_once("-W")?;
    if year.len() != 4 || week.len() != 2 || !(2000..2200).contains(&year.parse::<i16>().ok()?) {
        return None;
    }
    let week = ISOWeekDate::new(year.parse().ok()?, week.parse().ok()?, Weekday::Monday).ok()?;
    Some(week.date())
}

fn week_name(day: Date) -> String {
    let week = day.iso_week_date();
    format!("{:04}-W{:02}", week.year(), week.week())
}

fn later(day: Date, span: Span) -> Date {
    day.checked_add(span).unwrap_or(day)
}

/// The Monday that was asked for, else that of this week.
fn monday(page: &Page, asked: &str) -> Date {
    parse_week(asked).unwrap_or_else(|| {
        let today = page.today();
        let past = i64::from(today.weekday().to_monday_zero_offset());
        later(today, (-past).days())
    })
}

fn bounds(page: &Page, monday: Date) -> (Instant, Instant) {
    (page.start_of(monday), page.start_of(later(monday, 7.days())))
}

fn answer(page: &Page, monday: Date, lessons: &[Lesson], eyes: Eyes, title: String, path: String) -> Answer {
    let today = page.today();
    let mut slots: Vec<_> = agenda::slots(page, lessons, eyes).into_iter().map(Some).collect();
    let days = (0..7_i64).map(|offset| {
        let date = later(monday, offset.days());
        let on_day = |slot: &mut Option<Slot>| slot.take_if(|slot| page.zoned(slot.starts_at).date() == date);
        let slots = slots.iter_mut().filter_map(on_day).collect();
        Day { name: capital(&page.day(date)), is_today: date == today, slots }
    });
    let mut days: Vec<Day> = days.collect();
    // Saturday and Sunday only where there is something.
    while days.len() > 5 && days.last().is_some_and(|day| day.slots.is_empty() && !day.is_today) {
        days.pop();
    }
    let span = page.t2("week-span", ("from", page.day(monday)), ("to", page.day(later(monday, 6.days()))));
    page.html(&WeekPage {
        page,
        title,
        span,
        is_empty: days.iter().all(|day| day.slots.is_empty()),
        days,
        path,
        before: week_name(later(monday, (-7).days())),
        after: week_name(later(monday, 7.days())),
        is_this_week: (0..7).contains(&monday.until(today).map_or(99, |span| span.get_days())),
    })
}

/// `GET /week`: one's own.
pub(crate) async fn own(member: Member, asked: Fields) -> Answer {
    let teaches = member.actor.is_somewhere(Profile::Teacher);
    let eyes = if teaches { Eyes::Teacher } else { Eyes::Pupil };
    let monday = monday(&member, asked.raw("week"));
    let (from, to) = bounds(&member, monday);
    let mut conn = member.app().store.read().await?;
    let lessons = lessons::of_person(&mut conn, member.id(), from, to).await?;
    answer(&member, monday, &lessons, eyes, member.t("week-own"), "/week".to_owned())
}

/// `GET /people/{id}/week`: a child's, a pupil's.
pub(crate) async fn of_person(mut member: Member, Id(id): Id<PersonId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    let (person, facts) = place::person(&mut conn, id).await?;
    member.may(Act::SeeDayOf(&facts))?;
    place::school_of(&mut member, &mut conn, &facts).await?;
    let monday = monday(&member, asked.raw("week"));
    let (from, to) = bounds(&member, monday);
    let lessons = lessons::of_person(&mut conn, id, from, to).await?;
    let title = member.t1("week-of", "name", person.full_name());
    answer(&member, monday, &lessons, Eyes::Pupil, title, format!("/people/{id}/week"))
}

/// `GET /groups/{id}/week`: a class's.
pub(crate) async fn of_group(mut member: Member, Id(id): Id<GroupId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    let (group, _) = place::group(&mut member, &mut conn, id, |group| Act::SeeGroup(group.facts())).await?;
    let monday = monday(&member, asked.raw("week"));
    let (from, to) = bounds(&member, monday);
    let lessons = lessons::of_school(&mut conn, group.school_id, Some(id), from, to).await?;
    let title = member.t1("week-of", "name", &group.name);
    answer(&member, monday, &lessons, Eyes::Pupil, title, format!("/groups/{id}/week"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn reads_weeks() {
        for (text, expect) in [
            ("2026-W48", Some(date(2026, 11, 23))),
            ("2026-W01", Some(date(2025, 12, 29))),
            ("2026-W54", None),
            ("2026-W00", None),
            ("1999-W10", None),
            ("2026-48", None),
            ("+026-W48", None),
            ("", None),
        ] {
            assert_eq!(parse_week(text), expect, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_day_is_in_the_week_it_names(days in 0_i64..60_000) {
            let day = later(date(2001, 1, 1), days.days());
            let monday = parse_week(&week_name(day)).unwrap();
            prop_assert!((0..7).contains(&monday.until(day).unwrap().get_days()));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,12}|[0-9W-]{0,9}") {
            let _ = parse_week(&text);
        }
    }
}
