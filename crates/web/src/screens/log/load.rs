//! A class's load of work per day, before a teacher adds to it.

use super::shown::long_day;
use super::stands_in;
use crate::ids::Id;
use crate::limits::LOAD_DAYS_SHOWN;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError, forms};
use askama::Template;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use preau_base::GroupId;
use preau_school::log::load::{self as pure, DayLoad, Weight};
use preau_school::{Act, LogAct};
use preau_store::log::load::{self, Due};
use preau_store::{Conn, groups, schools};

/// One day of the table.
pub(super) struct Row {
    pub name: String,
    pub load: DayLoad,
    pub weight: Weight,
    pub is_weekend: bool,
    /// `Maths : Exercice 3 (20 min)`
    pub works: Vec<String>,
}

impl Row {
    /// A word of the style sheet and of the texts.
    pub(super) const fn word(&self) -> &'static str {
        match self.weight {
            Weight::Free => "free",
            Weight::Fair => "fair",
            Weight::Full => "full",
            Weight::Heavy => "heavy",
        }
    }

    /// `≈ 40 min · 2 travaux · 1 contrôle`; `–` for nothing.
    pub(super) fn summary(&self, page: &Page) -> String {
        if self.load.pieces == 0 {
            return "–".to_owned();
        }
        let about = if self.load.unknown > 0 { "≈\u{a0}" } else { "" };
        let minutes = format!("{about}{}", page.t1("load-minutes", "minutes", self.load.minutes));
        let pieces = page.t1("load-pieces", "count", self.load.pieces);
        let tests = (self.load.tests > 0).then(|| page.t1("load-tests", "count", self.load.tests));
        [Some(minutes), Some(pieces), tests].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    pub(super) fn text(&self, page: &Page) -> String {
        page.t(&format!("load-{}", self.word()))
    }
}

/// The load of a class from a day on.
pub(super) struct Table {
    pub class: String,
    pub rows: Vec<Row>,
}

/// The table of one group for [`LOAD_DAYS_SHOWN`] days.
pub(super) async fn table(
    page: &Page,
    conn: &mut Conn,
    (group, class): (GroupId, &str),
    from: Date,
) -> Result<Table, PageError> {
    let days = i64::try_from(LOAD_DAYS_SHOWN).unwrap_or_default();
    let to = from.checked_add((days - 1).days()).unwrap_or(from);
    let due = load::of_group(conn, group, &from.to_string(), &to.to_string()).await?;
    let works: Vec<_> = due.iter().filter_map(work).collect();
    let rows = pure::of_days(&works, from, LOAD_DAYS_SHOWN).into_iter().map(|load| Row {
        name: long_day(page, load.day),
        weight: load.weight(),
        is_weekend: matches!(load.day.weekday(), Weekday::Saturday | Weekday::Sunday),
        works: due.iter().filter(|work| work.due_day == load.day.to_string()).map(|due| line(page, due)).collect(),
        load,
    });
    // Saturdays and Sundays only where there is something.
    let rows = rows.filter(|row| !row.is_weekend || row.load.pieces > 0).collect();
    Ok(Table { class: class.to_owned(), rows })
}

fn work(due: &Due) -> Option<pure::Work> {
    let minutes = due.minutes.and_then(|minutes| u32::try_from(minutes).ok());
    Some(pure::Work { due: due.due_day.parse().ok()?, minutes, is_test: due.is_test })
}

fn line(page: &Page, due: &Due) -> String {
    let what = if due.subject_name.is_empty() {
        due.title.clone()
    } else {
        page.t2("load-line", ("subject", &due.subject_name), ("title", &due.title))
    };
    let kind = due.is_test.then(|| page.t("log-test"));
    let minutes = due.minutes.map(|minutes| page.t1("log-about-minutes", "minutes", minutes));
    let notes: Vec<_> = [kind, minutes].into_iter().flatten().collect();
    if notes.is_empty() { what } else { format!("{what} · {}", notes.join(" · ")) }
}

#[derive(Template)]
#[template(path = "log/load.html")]
struct LoadPage<'a> {
    page: &'a Page,
    title: String,
    group: GroupId,
    table: Table,
    before: String,
    after: String,
}

/// `GET /groups/{id}/load`.
pub(crate) async fn show(mut member: Member, Id(id): Id<GroupId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    let group = groups::by_id(&mut conn, id).await?.ok_or(PageError::NotFound)?;
    let stands_in = stands_in(&member, &mut conn, id).await?;
    member.may(Act::Log(LogAct::SeeLoad(group.facts(), stands_in)))?;
    let school = schools::by_id(&mut conn, group.school_id).await?.ok_or(PageError::NotFound)?;
    place::at(&mut member, &school);
    let from = forms::parse_day(asked.raw("from")).unwrap_or_else(|| member.today());
    let step = i64::try_from(LOAD_DAYS_SHOWN).unwrap_or_default().days();
    let page = LoadPage {
        page: &member.page,
        title: member.t1("load-of", "name", &group.name),
        group: id,
        table: table(&member, &mut conn, (id, &group.name), from).await?,
        before: from.checked_sub(step).unwrap_or(from).to_string(),
        after: from.checked_add(step).unwrap_or(from).to_string(),
    };
    member.html(&page)
}
