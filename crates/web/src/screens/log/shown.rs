//! Entries, texts and work as pages show them.

use super::title;
use crate::screens::home::capital;
use crate::{Member, Page};
use askama::Template;
use jiff::ToSpan as _;
use jiff::civil::Date;
use preau_base::{HomeworkId, Instant, LessonId};
use preau_school::log::text::{self, Block, Span};
use preau_school::log::year_of;
use preau_store::log::lists::Read;
use preau_store::log::load::Given;

/// A text with its paragraphs, lists and links; everything is escaped. In a template: `{{ text|safe }}`.
#[derive(Template)]
#[template(path = "log/text.html")]
pub(crate) struct Rich {
    blocks: Vec<Block>,
}

impl Rich {
    pub(crate) fn of(text: &str) -> Self {
        Self { blocks: text::read(text) }
    }
}

/// Work that was set from a lesson.
pub(crate) struct Work {
    pub id: HomeworkId,
    pub title: String,
    /// `pour demain · environ 20 min`
    pub line: String,
    pub is_test: bool,
    pub text: Rich,
}

impl Work {
    pub(crate) fn of(page: &Page, given: &Given) -> Self {
        Self::due(page, given, |day| page.day_near(day))
    }

    fn due(page: &Page, given: &Given, name: impl Fn(Date) -> String) -> Self {
        let day = given.due_day.parse().map_or_else(|_| given.due_day.clone(), name);
        let mut line = page.t1("log-due", "day", day);
        if let Some(minutes) = given.minutes {
            line = format!("{line} · {}", page.t1("log-about-minutes", "minutes", minutes));
        }
        Self { id: given.id, title: given.title.clone(), line, is_test: given.is_test, text: Rich::of(&given.body) }
    }
}

/// What pages name beside a subject.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    /// Who taught.
    Teachers,
    /// Which class as well.
    Both,
    /// Who taught, and every day with its year: a page that is read in later years.
    Archive,
}

/// One entry in a list.
pub(crate) struct Shown {
    pub id: LessonId,
    pub machine_time: String,
    pub time: String,
    pub subject: String,
    pub who: String,
    pub text: Rich,
    pub is_signed: bool,
    pub additions: i64,
    pub works: Vec<Work>,
}

impl Shown {
    pub(crate) fn of(page: &Page, row: &Read, given: &[Given], names: Names) -> Self {
        let works = given.iter().filter(|work| work.lesson_id == row.lesson_id);
        let work = |given: &Given| match names {
            Names::Archive => Work::due(page, given, |day| long_date(page, day)),
            _ => Work::of(page, given),
        };
        let who = match names {
            Names::Teachers | Names::Archive => row.teachers.clone(),
            Names::Both => format!("{} · {}", crate::agenda::unbroken(&row.groups), row.teachers),
        };
        let subject = if row.subject_name.is_empty() { page.t("lesson-unnamed") } else { row.subject_name.clone() };
        Self {
            id: row.lesson_id,
            machine_time: page.machine_time(row.starts_at),
            time: page.clock_range(row.starts_at, row.ends_at),
            subject,
            who,
            text: Rich::of(&row.body),
            is_signed: row.signed_at.is_some(),
            additions: row.additions,
            works: works.map(work).collect(),
        }
    }
}

/// The entries of one day.
pub(crate) struct Day {
    pub name: String,
    pub entries: Vec<Shown>,
}

/// Entries by day, in the order in which they come.
pub(crate) fn days(page: &Page, rows: &[Read], given: &[Given], names: Names) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    let mut last: Option<Date> = None;
    for row in rows {
        let day = page.zoned(row.starts_at).date();
        if last != Some(day) {
            last = Some(day);
            let name = if names == Names::Archive { capital(&long_date(page, day)) } else { long_day(page, day) };
            days.push(Day { name, entries: Vec::new() });
        }
        if let Some(day) = days.last_mut() {
            day.entries.push(Shown::of(page, row, given, names));
        }
    }
    // Days run from the latest back; within a day the first lesson comes first.
    for day in &mut days {
        day.entries.reverse();
    }
    days
}

/// `Lundi 23 novembre`, with its year when that is another school year's.
pub(crate) fn long_day(page: &Page, day: Date) -> String {
    let name = capital(&page.day(day));
    if year_of(day) == year_of(page.today()) { name } else { format!("{name} {}", day.year()) }
}

/// `lundi 23 novembre 2026`
pub(crate) fn long_date(page: &Page, day: Date) -> String {
    format!("{} {}", page.day(day), day.year())
}

/// Which days of a log a page shows.
pub(crate) struct Window {
    pub from: Date,
    /// The first day that is not shown.
    pub until: Date,
    pub subject: String,
    /// Ends in the future, as pages do that were asked for nothing.
    is_latest: bool,
}

/// Days of a log on one page; a subject's whole year, when one is chosen.
const DAYS_SHOWN: i64 = 15;
/// Published plans of coming lessons reach this far.
const DAYS_AHEAD: i64 = 8;

impl Window {
    /// From the query: `until` and `subject`.
    pub(crate) fn of(page: &Page, until: &str, subject: &str) -> Self {
        let today = page.today();
        let latest = today.checked_add(DAYS_AHEAD.days()).unwrap_or(today);
        let until = crate::forms::parse_day(until).unwrap_or(latest).min(latest);
        let back = until.checked_sub(DAYS_SHOWN.days()).unwrap_or(until);
        let from = if subject.is_empty() {
            back
        } else {
            let begins = until.checked_sub(1.days()).unwrap_or(until);
            preau_school::log::days_of_year(year_of(begins)).0.min(back)
        };
        Self { from, until, subject: subject.to_owned(), is_latest: until == latest }
    }

    pub(crate) fn instants(&self, page: &Page) -> (Instant, Instant) {
        (page.start_of(self.from), page.start_of(self.until))
    }

    /// The query of the days before these.
    pub(crate) fn earlier(&self) -> String {
        format!("?until={}{}", self.from, self.subject_part())
    }

    /// The query of the days after these; none where there are no later ones.
    pub(crate) fn later(&self) -> Option<String> {
        let span = self.from.until(self.until).ok()?;
        let until = self.until.checked_add(span).ok()?;
        (!self.is_latest).then(|| format!("?until={until}{}", self.subject_part()))
    }

    fn subject_part(&self) -> String {
        if self.subject.is_empty() {
            String::new()
        } else {
            format!("&subject={}", crate::paging::encode(&self.subject))
        }
    }
}

/// A lesson of a teacher as lists name it.
pub(crate) struct Slot {
    pub id: LessonId,
    pub machine_time: String,
    pub when: String,
    pub title: String,
}

impl Slot {
    pub(crate) fn of(member: &Member, id: LessonId, starts_at: Instant, subject: &str, groups: &str) -> Self {
        Self {
            id,
            machine_time: member.machine_time(starts_at),
            when: capital(&format!("{}, {}", member.day(member.zoned(starts_at).date()), member.clock(starts_at))),
            title: title(member, subject, groups),
        }
    }
}
