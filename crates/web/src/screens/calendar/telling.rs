//! Telling the people of a school that days to come are not as they were: one notice for each change, whatever it changes.

use jiff::civil::Date;
use preau_base::{GroupId, Instant, NoticeId, PersonId, SchoolId, SystemRng};
use preau_school::calendar::{Calendar, Grade, Mode};
use preau_store::notices::{self, NewNotice};
use preau_store::{Conn, StoreError, calendars};
use std::collections::{BTreeSet, HashSet};

/// A calendar before and after somebody has changed it.
pub(super) struct Change<'a> {
    pub before: &'a Calendar,
    pub after: &'a Calendar,
    /// The rule by which it changes, or nothing.
    pub label: &'a str,
    /// Names the change.
    pub once: String,
    /// Who has changed it, and knows; None for somebody beyond the school.
    pub by: Option<PersonId>,
}

/// What of the days to come is otherwise than before, for some grades.
#[derive(Debug, PartialEq, Eq)]
struct Difference {
    first: Date,
    last: Date,
    /// How there is school on those days now, where it is the same on all of them.
    mode: Option<Mode>,
    grades: HashSet<Option<Grade>>,
}

impl Change<'_> {
    /// For the grades of a school, from `today` on to the end of the year after; `None` where nothing is otherwise.
    fn difference(&self, today: Date, grades: &BTreeSet<Option<Grade>>) -> Option<Difference> {
        let last = self.before.years().chain(self.after.years()).map(|year| year.last).max()?;
        let mut found: Option<Difference> = None;
        for day in Calendar::days(today, last) {
            for grade in grades {
                let (was, is) = (self.before.day(day, *grade), self.after.day(day, *grade));
                if (was.mode, was.on_site) == (is.mode, is.on_site) {
                    continue;
                }
                let known = found.get_or_insert_with(|| Difference {
                    first: day,
                    last: day,
                    mode: Some(is.mode),
                    grades: HashSet::new(),
                });
                known.last = day;
                known.mode = known.mode.filter(|mode| *mode == is.mode);
                known.grades.insert(*grade);
            }
        }
        found
    }
}

const fn kind(mode: Option<Mode>) -> &'static str {
    match mode {
        Some(Mode::OnSite) => "calendar-on-site",
        Some(Mode::Distance) => "calendar-distance",
        Some(Mode::HalfGroups) => "calendar-half-groups",
        Some(Mode::NoSchool) => "calendar-no-school",
        None => "calendar-changed",
    }
}

/// Tells pupils of the grades that it concerns, those who see their day, and those who work for the school.
pub(super) async fn tell(
    conn: &mut Conn,
    school: SchoolId,
    change: &Change<'_>,
    (today, now): (Date, Instant),
) -> Result<(), StoreError> {
    let groups = calendars::grades(conn, school, change.after.place.kind).await?;
    let grades: BTreeSet<Option<Grade>> = groups.iter().map(|group| group.grade).chain([None]).collect();
    let Some(found) = change.difference(today, &grades) else { return Ok(()) };
    let is_of = |id: GroupId| groups.iter().any(|group| group.id == id && found.grades.contains(&group.grade));
    let people = calendars::concerned(conn, school).await?;
    let mut people: Vec<PersonId> =
        people.iter().filter(|one| one.group().is_none_or(is_of)).map(|one| one.person_id).collect();
    people.dedup();
    let (first, last) = (found.first.to_string(), found.last.to_string());
    let days = if found.first == found.last { "one" } else { "many" };
    let why = if change.label.is_empty() { String::new() } else { format!(" ({})", change.label) };
    let arguments = [("first_day", first.as_str()), ("last_day", &last), ("days", days), ("why", &why)];
    for person in people.into_iter().filter(|person| Some(*person) != change.by) {
        let notice = NewNotice {
            id: NoticeId::new(now, &mut SystemRng),
            person,
            kind: kind(found.mode),
            arguments: &arguments,
            link: "/week",
            once: &change.once,
        };
        notices::tell(conn, &notice, now).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use preau_school::calendar::{Draft, Place, ready};

    fn calendar(rules: &str) -> Calendar {
        let own = Draft::parse(&format!("extends = \"france-2026-2027\"\n{rules}")).unwrap();
        let mut years = ready::years();
        years.push(own.year().unwrap());
        Calendar::new(Place::of_school(Some("0040001A"), "college", None, None), years)
    }

    fn rule(from: &str, to: &str, mode: &str, grades: &str) -> String {
        format!("[[rule]]\nlabel = \"x\"\nfrom = {from}\nto = {to}\nmode = \"{mode}\"\ngrades = [{grades}]\n")
    }

    #[test]
    fn what_is_told_is_what_differs_from_today_on() {
        let grades = BTreeSet::from([None, Some(Grade::Sixth), Some(Grade::Third)]);
        let check = |before: &str, after: &str, expect: Option<(Date, Date, Option<Mode>, usize)>| {
            let (before, after) = (calendar(before), calendar(after));
            let change = Change { before: &before, after: &after, label: "", once: String::new(), by: None };
            let found = change.difference(date(2026, 11, 23), &grades);
            assert_eq!(found.map(|it| (it.first, it.last, it.mode, it.grades.len())), expect);
        };
        let week = rule("2026-11-23", "2026-11-27", "distance", "");
        check("", "", None);
        check("", &week, Some((date(2026, 11, 23), date(2026, 11, 27), Some(Mode::Distance), 3)));
        check(&week, "", Some((date(2026, 11, 23), date(2026, 11, 27), Some(Mode::OnSite), 3)));
        // What is past is no news, and neither is a weekend; a school that goes on through the holidays is.
        check("", &rule("2026-11-16", "2026-11-22", "distance", ""), None);
        check(
            "",
            &rule("2026-12-21", "2026-12-31", "distance", ""),
            Some((date(2026, 12, 21), date(2026, 12, 31), Some(Mode::Distance), 3)),
        );
        check("", &rule("2026-11-28", "2026-11-29", "distance", ""), None);
        let third = rule("2026-11-20", "2026-11-24", "no_school", "\"3e\"");
        check("", &third, Some((date(2026, 11, 23), date(2026, 11, 24), Some(Mode::NoSchool), 1)));
        let both = format!("{week}{third}");
        check("", &both, Some((date(2026, 11, 23), date(2026, 11, 27), None, 3)));
    }
}
