//! What school life does with reports: reads the list, opens one, notes what came of it. Who opened which one is in the audit
//! log.

use super::{concern_key, kind_key, lines};
use crate::forms::Check;
use crate::ids::Id;
use crate::paging::Paging;
use crate::screens::home::capital;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError};
use askama::Template;
use axum::response::IntoResponse as _;
use http::{HeaderValue, StatusCode, header};
use preau_base::{Instant, PersonId, ReportId, SchoolId};
use preau_school::{Act, SafetyAct};
use preau_store::limits::{PAGE_ROWS_MAX, REPORT_NOTE_CHARS_MAX};
use preau_store::reports::{self, Listed, Report};
use preau_store::{Conn, schools};

#[derive(Template)]
#[template(path = "safety/reports.html")]
struct ListPage<'a> {
    page: &'a Page,
    school: SchoolId,
    rows: Vec<Row>,
    paging: Paging,
}

struct Row {
    id: ReportId,
    kind: String,
    concern: String,
    subject: String,
    when: String,
    is_handled: bool,
}

struct Named {
    /// Of somebody who has a page in the school.
    id: Option<PersonId>,
    name: String,
}

#[derive(Template)]
#[template(path = "safety/report.html")]
struct OnePage<'a> {
    page: &'a Page,
    id: ReportId,
    school: SchoolId,
    kind: String,
    concern: String,
    subject: String,
    lesson_when: String,
    when: String,
    reporter: Named,
    reported: Named,
    words: Vec<String>,
    lines: Vec<Shown>,
    has_picture: bool,
    /// When it was handled, and by whom.
    handled: Option<String>,
    note: String,
    note_fault: Option<String>,
    note_chars_max: usize,
}

/// A line of the chat as it stood.
struct Shown {
    name: String,
    when: String,
    lines: Vec<String>,
    is_it: bool,
}

/// `GET /schools/{id}/reports`.
pub(crate) async fn list(mut member: Member, Id(id): Id<SchoolId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    place::school(&mut member, &mut conn, id, Act::Safety(SafetyAct::Judge(id))).await?;
    let mut paging = Paging::of(&asked, PAGE_ROWS_MAX, format!("/schools/{id}/reports"), &[]);
    let mut rows = reports::list(&mut conn, id, member.id(), paging.offset()).await?;
    paging.cut(&mut rows);
    let page = &member.page;
    let row = |row: Listed| Row {
        id: row.id,
        kind: page.t(&kind_key(row.kind)),
        concern: page.t(&concern_key(row.concern)),
        subject: row.subject_name,
        when: page.moment(row.made_at),
        is_handled: row.handled_at.is_some(),
    };
    page.html(&ListPage { page, school: id, rows: rows.into_iter().map(row).collect(), paging })
}

/// A report, after asking for the right to read it; the page takes the school's name and clock.
async fn here(member: &mut Member, conn: &mut Conn, id: ReportId) -> Result<Report, PageError> {
    let report = reports::by_id(conn, id).await?.ok_or(PageError::NotFound)?;
    let act = SafetyAct::JudgeOne { school: report.school_id, reported: report.reported_id };
    member.may(Act::Safety(act))?;
    let school = schools::by_id(conn, report.school_id).await?.ok_or(PageError::NotFound)?;
    place::at(member, &school);
    Ok(report)
}

/// `GET /reports/{id}`: that it was opened is written down before it is shown.
pub(crate) async fn show(mut member: Member, Id(id): Id<ReportId>) -> Answer {
    let mut tx = member.app().store.write().await?;
    let report = here(&mut member, &mut tx, id).await?;
    place::log(&member, &mut tx, Some(report.school_id), ("report.open", &id.to_string(), "")).await?;
    tx.commit().await?;
    let note = report.note.reveal().clone();
    one(&member.page, report, note, None)
}

/// `POST /reports/{id}`: it is handled, and this is what came of it.
pub(crate) async fn handle(mut member: Member, Id(id): Id<ReportId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let report = here(&mut member, &mut tx, id).await?;
    let mut check = Check::new(&member.page, &sent);
    let note = check.lines("note", REPORT_NOTE_CHARS_MAX);
    if !check.is_good() {
        let fault = member.t1("fault-long", "most", REPORT_NOTE_CHARS_MAX);
        return one(&member.page, report, sent.raw("note").to_owned(), Some(fault));
    }
    reports::handle(&mut tx, id, member.id(), &note, member.now()).await?;
    place::log(&member, &mut tx, Some(report.school_id), ("report.handle", &id.to_string(), "")).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&format!("/schools/{}/reports", report.school_id), "notice-report-handled"))
}

/// `GET /reports/{id}/picture`: the still, for the page of the report alone.
pub(crate) async fn picture(mut member: Member, Id(id): Id<ReportId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    here(&mut member, &mut conn, id).await?;
    let bytes = reports::picture(&mut conn, id).await?.ok_or(PageError::NotFound)?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn one(page: &Page, report: Report, note: String, note_fault: Option<String>) -> Answer {
    let status = if note_fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let split = |text: &str| text.lines().map(str::to_owned).collect();
    let line = |line: lines::Quoted| Shown {
        name: lines::with_guest(page, line.name, line.is_guest),
        when: page.moment(Instant::from_millis(line.at)),
        lines: split(&line.body),
        is_it: line.is_it,
    };
    let handled = report.handled_at.map(|at| {
        let when = page.moment(Instant::from_millis(at));
        page.t2("report-handled-by", ("when", when), ("by", report.handled_by.as_str()))
    });
    let template = OnePage {
        page,
        id: report.id,
        school: report.school_id,
        kind: page.t(&kind_key(report.kind)),
        concern: page.t(&concern_key(report.concern)),
        subject: report.subject_name,
        lesson_when: capital(&page.moment(report.starts_at)),
        when: capital(&page.moment(report.made_at)),
        reporter: Named {
            id: report.reporter_is_here.then_some(report.reporter_id),
            name: lines::with_guest(page, report.reporter.into_inner(), report.reporter_is_guest),
        },
        reported: Named {
            id: report.reported_is_here.then_some(report.reported_id),
            name: lines::with_guest(page, report.reported.into_inner(), report.reported_is_guest),
        },
        words: split(report.body.reveal()),
        lines: lines::quoted(report.lines.reveal()).into_iter().map(line).collect(),
        has_picture: report.has_picture,
        handled,
        note,
        note_fault,
        note_chars_max: REPORT_NOTE_CHARS_MAX,
    };
    page.html_as(status, &template)
}
