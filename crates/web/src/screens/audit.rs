//! The log of what those with power over others have done.

use crate::ids::Id;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page};
use askama::Template;
use preau_base::SchoolId;
use preau_school::{Act, Profile};
use preau_store::audit::{self, Row};
use preau_store::limits::PAGE_ROWS_MAX;

#[derive(Template)]
#[template(path = "school/audit.html")]
struct LogPage<'a> {
    page: &'a Page,
    rows: Vec<Line>,
    back: String,
    later: Option<String>,
}

struct Line {
    machine_time: String,
    moment: String,
    actor: String,
    action: String,
    target: String,
    detail: String,
}

/// `GET /audit`: of everything.
pub(crate) async fn all(member: Member, asked: Fields) -> Answer {
    member.may(Act::ManagePlatform)?;
    let mut conn = member.app().store.read().await?;
    let rows = audit::list(&mut conn, None, before(&asked)).await?;
    answer(&member, rows, "/audit", "/schools".to_owned())
}

/// `GET /schools/{id}/audit`: of one school.
pub(crate) async fn of_school(mut member: Member, Id(id): Id<SchoolId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    place::school(&mut member, &mut conn, id, Act::ReadAudit(id)).await?;
    let rows = audit::list(&mut conn, Some(id), before(&asked)).await?;
    answer(&member, rows, &format!("/schools/{id}/audit"), format!("/schools/{id}"))
}

fn before(asked: &Fields) -> i64 {
    asked.raw("before").parse().unwrap_or(i64::MAX)
}

fn answer(page: &Page, rows: Vec<Row>, path: &str, back: String) -> Answer {
    let full = rows.len() as i64 >= PAGE_ROWS_MAX;
    let later = rows.last().filter(|_| full).map(|row| format!("{path}?before={}", row.id));
    let line = |row: Row| Line {
        machine_time: page.machine_time(row.at),
        moment: page.moment(row.at),
        actor: if row.actor.is_empty() { page.t("audit-command-line") } else { row.actor },
        action: action_name(page, &row.action),
        target: row.target,
        detail: detail_of(page, row.detail),
    };
    page.html(&LogPage { page, rows: rows.into_iter().map(line).collect(), back, later })
}

/// What an action is called, where it has a name; its word otherwise.
fn action_name(page: &Page, action: &str) -> String {
    let key = format!("act-{}", action.replace('.', "-"));
    if crate::texts::has(page.lang(), &key) { page.t(&key) } else { action.to_owned() }
}

/// A detail that begins with a profile has it as people read it.
fn detail_of(page: &Page, detail: String) -> String {
    let (word, rest) = detail.split_once(' ').unwrap_or((&detail, ""));
    match word.parse::<Profile>() {
        Ok(profile) => format!("{} {rest}", page.t(&format!("profile-{}", profile.as_str()))).trim_end().to_owned(),
        Err(_) => detail,
    }
}
