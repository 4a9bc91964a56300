//! The calendar of a school: how there is school on each day for each grade, and the school's own rules.

mod month;
mod rule;
mod settings;
mod telling;

pub(crate) use rule::{add, new, remove};
pub(crate) use settings::{edit, list_text, save};

use crate::ids::Id;
use crate::screens::place;
use crate::screens::series::{done_word, report_text};
use crate::screens::week::days::rule_label;
use crate::{Answer, App, Fields, Member, Page, PageError};
use askama::Template;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;
use month::{DayRow, Run};
use preau_base::{Instant, SchoolId, SystemRng};
use preau_school::Act;
use preau_school::calendar::{Calendar, CalendarError, Decision, Draft, Grade, Place, Rule, Year, ready};
use preau_store::schools::{self, School};
use preau_store::{Conn, StoreError, calendars, series};

#[derive(Template)]
#[template(path = "timetable/calendar.html")]
struct CalendarPage<'a> {
    page: &'a Page,
    school: &'a School,
    /// `Zone B · Alpes-de-Haute-Provence (04)`
    place: String,
    month: String,
    before: String,
    after: String,
    days: Vec<DayRow>,
    year: String,
    runs: Vec<Run>,
    /// What a change has made of the lessons.
    report: Option<String>,
    own: Vec<OwnRule>,
    version: i64,
    begins: i64,
    plans: bool,
}

/// Some series wait for their publication, so only how lessons take place was brought up to date.
const PENDING: &str = "pending";
/// The same, because the timetable has more lessons than can be published.
const TOO_LARGE: &str = "too-large";

/// A rule of the school's own.
struct OwnRule {
    number: usize,
    label: String,
    text: String,
}

/// `GET /schools/{id}/calendar`.
pub(crate) async fn show(mut member: Member, Id(id): Id<SchoolId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    let school = place::school(&mut member, &mut conn, id, Act::SeeSchool(id)).await?;
    let calendar = calendars::of_school(&mut conn, id).await?;
    let grades = grades(&mut conn, id, &calendar).await?;
    let today = member.today();
    let first = asked_month(asked.raw("month")).unwrap_or_else(|| today.first_of_month());
    let year_of = calendar.year_of(first);
    let own = own_of(&mut conn, id, begins(first)).await?;
    let page = &member.page;
    let months = |count: i64| first.checked_add(count.months()).unwrap_or(first).strftime("%Y-%m").to_string();
    let rules = own.draft.rules.iter().enumerate();
    member.html(&CalendarPage {
        page,
        place: place_text(page, &calendar),
        month: crate::screens::home::capital(&month_name(page, first)),
        before: months(-1),
        after: months(1),
        days: month::days(page, &calendar, &grades, first),
        year: year_of.map_or_else(|| format!("{0}-{1}", begins(first), begins(first) + 1), |year| year.name.clone()),
        runs: year_of.map(|year| month::runs(page, &calendar, &grades, year)).unwrap_or_default(),
        own: rules.map(|(number, rule)| own_rule(page, number, rule)).collect(),
        report: match asked.raw("done") {
            PENDING => Some(page.t("calendar-saved-pending")),
            TOO_LARGE => Some(page.t("calendar-saved-too-large")),
            done => report_text(page, done),
        },
        version: own.version,
        begins: own.year,
        plans: member.can(Act::PlanLesson(id)),
        school: &school,
    })
}

/// `2026-11`.
fn asked_month(text: &str) -> Option<Date> {
    let (year, month) = text.split_once('-')?;
    let plain = year.len() == 4 && month.len() == 2 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let year = year.parse::<i16>().ok().filter(|year| plain && (2000..2200).contains(year))?;
    Date::new(year, month.parse().ok()?, 1).ok()
}

fn month_name(page: &Page, first: Date) -> String {
    format!("{} {}", page.t(&format!("month-{}", first.month())), first.year())
}

/// The year in which the school year of a day begins.
fn begins(day: Date) -> i64 {
    i64::from(if day.month() >= 8 { day.year() } else { day.year() - 1 })
}

fn place_text(page: &Page, calendar: &Calendar) -> String {
    let zone = calendar.place.zone.map(|zone| page.t1("calendar-zone", "zone", zone.as_str()));
    let departement = calendar.place.departement.map(|it| page.t1("calendar-departement", "code", it.as_str()));
    let known: Vec<String> = zone.into_iter().chain(departement).collect();
    if known.is_empty() { page.t("calendar-no-place") } else { known.join(" · ") }
}

/// The grades that a school has, in order; those usual for its kind where no group tells one.
async fn grades(conn: &mut Conn, school: SchoolId, calendar: &Calendar) -> Result<Vec<Grade>, PageError> {
    let groups = calendars::grades(conn, school, calendar.place.kind).await?;
    let mut found: Vec<Grade> = groups.into_iter().filter_map(|group| group.grade).collect();
    found.sort_unstable();
    found.dedup();
    if found.is_empty() {
        found.extend(calendar.place.kind.map(|kind| kind.grades().to_vec()).unwrap_or_default());
    }
    Ok(found)
}

fn own_rule(page: &Page, number: usize, rule: &Rule) -> OwnRule {
    let selector = &rule.selector;
    let grades: Vec<&str> = Grade::ALL.iter().filter(|it| selector.has_grade(**it)).map(|it| it.written()).collect();
    let days = page.t2("week-span", ("from", page.day(rule.start.first_day())), ("to", page.day(rule.to)));
    let mode = page.t(&format!("mode-{}", rule.mode.as_str()));
    let parts = [days, mode, grades.join(", ")];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    OwnRule { number, label: rule_label(page, rule), text: parts.join(" · ") }
}

/// What a school has of its own for a year, or would have.
struct Own {
    year: i64,
    version: i64,
    draft: Draft,
    /// What territories around it have decided, the widest first.
    decisions: Vec<Decision>,
}

impl Own {
    /// The year that it makes for a school there.
    fn year_at(&self, place: &Place) -> Result<Year, CalendarError> {
        self.draft.year_for(place.departement, &self.decisions)
    }
}

async fn own_of(conn: &mut Conn, school: SchoolId, year: i64) -> Result<Own, PageError> {
    let (own, decisions) = calendars::own_and_decided(conn, school).await?;
    let row = own.into_iter().find(|own| own.year == year);
    let version = row.as_ref().map_or(0, |row| row.version);
    let draft = row.and_then(|row| Draft::parse(&row.body).ok()).unwrap_or_else(|| blank(year));
    Ok(Own { year, version, draft, decisions })
}

/// The ready calendar of a year; without one, from the first weekday of September to the first Friday of July.
fn blank(year: i64) -> Draft {
    let begins = i16::try_from(year).unwrap_or(2000);
    if let Some(ready) = ready::of_year(begins) {
        return Draft { extends: Some(ready.to_owned()), ..Draft::default() };
    }
    let weekday = |day: &Date| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    let first = Calendar::days(date(begins, 9, 1), date(begins, 9, 7)).find(weekday);
    let last =
        Calendar::days(date(begins + 1, 7, 1), date(begins + 1, 7, 7)).find(|it| it.weekday() == Weekday::Friday);
    Draft { name: Some(format!("{year}-{}", year + 1)), first, last, ..Draft::default() }
}

/// Saves what a school has of its own, and lets the lessons to come follow: all of them where the timetable is as it was
/// published, else only how they take place. Tells those concerned what it was `before`, and by which rule it changes, if by
/// one. `None` when somebody else has saved meanwhile.
async fn apply(
    member: &Member,
    conn: &mut Conn,
    school: SchoolId,
    own: &Own,
    (before, label): (&Calendar, &str),
) -> Result<Option<String>, PageError> {
    let row = calendars::Own { year: own.year, body: own.draft.to_text(), version: own.version };
    if !calendars::save(conn, school, &row, Some(member.id()), member.now()).await? {
        return Ok(None);
    }
    let calendar = calendars::of_school(conn, school).await?;
    let once = format!("calendar/{school}/{}/{}", own.year, own.version);
    let change = telling::Change { before, after: &calendar, label, once, by: Some(member.id()) };
    Ok(Some(follow(conn, school, &change, &member.zone, member.now()).await?))
}

/// Tells those concerned that days to come are not as they were, and lets the lessons follow. Where the timetable is not as
/// it was published, or too large to be published, those that there are follow in how they take place. Gives what to say of
/// them.
async fn follow(
    conn: &mut Conn,
    school: SchoolId,
    change: &telling::Change<'_>,
    zone: &TimeZone,
    now: Instant,
) -> Result<String, StoreError> {
    let today = jiff::Timestamp::from_millisecond(now.as_millis()).unwrap_or_default().to_zoned(zone.clone()).date();
    telling::tell(conn, school, change, (today, now)).await?;
    let said = if series::is_unpublished(conn, school).await? {
        PENDING
    } else {
        match series::republish(conn, school, zone, (now, now), change.before, &mut SystemRng).await {
            Ok(report) => return Ok(done_word(&report)),
            Err(error @ StoreError::Limit { .. }) => {
                tracing::error!(%school, %error, "lessons follow the calendar only in how they take place");
                TOO_LARGE
            }
            Err(error) => return Err(error),
        }
    };
    series::remode(conn, school, change.after, zone, (now, now)).await?;
    Ok(said.to_owned())
}

/// Lets the lessons of schools follow what territories have decided, each school by a transaction of its own. Gives how many
/// schools there were.
///
/// # Errors
/// The store's, the first of them; the other schools have followed.
pub(crate) async fn follow_decisions(app: &App) -> Result<u64, StoreError> {
    let mut conn = app.store.read().await?;
    let due = calendars::due(&mut conn).await?;
    drop(conn);
    let mut failed = None;
    for school in &due {
        let mut tx = app.store.write().await?;
        let now = app.now();
        let (before, after) = calendars::follow(&mut tx, *school).await?;
        let zone = schools::by_id(&mut tx, *school).await?.and_then(|found| TimeZone::get(&found.time_zone).ok());
        let once = format!("calendar/{school}/decided/{}", now.as_millis());
        let change = telling::Change { before: &before, after: &after, label: "", once, by: None };
        match follow(&mut tx, *school, &change, &zone.unwrap_or(TimeZone::UTC), now).await {
            Ok(_) => tx.commit().await?,
            // A school that something is wrong with keeps no other waiting; it is tried again.
            Err(error) => {
                tracing::error!(%school, %error, "lessons do not follow the calendar yet");
                failed.get_or_insert(error);
            }
        }
    }
    failed.map_or(Ok(due.len() as u64), Err)
}

/// Back to the month of a change, with what became of the lessons.
fn applied(member: &Member, school: SchoolId, done: &str, day: Date) -> Answer {
    let month = day.strftime("%Y-%m").to_string();
    let path = format!("/schools/{school}/calendar?month={month}&done={done}");
    Ok(member.see_other_saying(&path, "notice-saved"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_months() {
        for (text, expect) in
            [("2026-11", Some(date(2026, 11, 1))), ("2026-13", None), ("26-11", None), ("+026-11", None), ("", None)]
        {
            assert_eq!(asked_month(text), expect, "{text}");
        }
    }

    #[test]
    fn a_year_that_nobody_has_written_down_can_be_begun() {
        for year in 2020..2040 {
            let draft = blank(year);
            assert!(draft.year().is_ok(), "{year}: {:?}", draft.year());
            assert_eq!(Draft::parse(&draft.to_text()).unwrap(), draft);
        }
    }
}
