//! A timetable from EDT, UDT or a calendar, taken in on a page: tried first, then applied.

use crate::ids::Id;
use crate::imported::ImportWords;
use crate::limits::TIMETABLE_FILE_BYTES_MAX;
use crate::multipart::{FilesForm, Form};
use crate::screens::place;
use crate::{Answer, Member, Page, PageError};
use askama::Template;
use futures_util::TryStreamExt as _;
use http::StatusCode;
use jiff::ToSpan as _;
use preau_base::{GroupId, SchoolId, SystemRng};
use preau_directory::ical::Options;
use preau_directory::timetable::{Format, read};
use preau_school::Act;
use preau_school::feed::fault::ExportFault;
use preau_school::feed::timetable::Timetable;
use preau_store::groups::{self, Group};
use preau_store::series::{Feed, FeedReport, apply};
use preau_store::{Conn, schools::School};

/// Refusals that the page lists.
const LISTED_MAX: usize = 50;

#[derive(Template)]
#[template(path = "calendars/import.html")]
struct FormPage<'a> {
    page: &'a Page,
    school: SchoolId,
    groups: Vec<Group>,
    fault: Option<String>,
}

#[derive(Template)]
#[template(path = "calendars/report.html")]
struct ReportPage<'a> {
    page: &'a Page,
    school: SchoolId,
    dry: bool,
    lines: Vec<String>,
    report: FeedReport,
    refused: Vec<String>,
    more: usize,
}

async fn school(member: &mut Member, conn: &mut Conn, id: SchoolId) -> Result<School, PageError> {
    place::school(member, conn, id, Act::PlanLesson(id)).await
}

/// `GET /schools/{id}/timetable/import`.
pub(crate) async fn form(mut member: Member, Id(id): Id<SchoolId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    school(&mut member, &mut conn, id).await?;
    let groups = groups::list(&mut conn, id).await?;
    member.html(&FormPage { page: &member.page, school: id, groups, fault: None })
}

/// `POST /schools/{id}/timetable/import`.
pub(crate) async fn submit(mut member: Member, Id(id): Id<SchoolId>, form: FilesForm) -> Answer {
    let mut conn = member.app().store.read().await?;
    school(&mut member, &mut conn, id).await?;
    let groups = groups::list(&mut conn, id).await?;
    drop(conn);
    let form = form.receive(&member, TIMETABLE_FILE_BYTES_MAX).await?;
    let (format, timetable) = match read_form(&member, &form).await? {
        Ok(read) => read,
        Err(fault) => {
            let page = FormPage { page: &member.page, school: id, groups, fault: Some(fault) };
            return member.html_as(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let asked = form.fields.raw("group");
    let chosen: Vec<GroupId> =
        groups.iter().filter(|group| group.id.to_string() == asked).map(|group| group.id).collect();
    let dry = !form.fields.checked("apply");
    // Two classes may each have a calendar of their own: it stands for that class alone.
    let source = match (format, chosen.first()) {
        (Format::Icalendar, Some(group)) => format!("ics:{group}"),
        _ => format.source().to_owned(),
    };
    let feed = Feed {
        school: id,
        source: &source,
        timetable: &timetable,
        groups: &chosen,
        teachers: &[],
        by: Some(member.id()),
    };
    let mut tx = member.app().store.write().await?;
    let zone = member.page.zone.clone();
    let report = apply(&mut tx, &feed, &zone, member.now(), &mut SystemRng).await?;
    if !dry {
        place::log(&member, &mut tx, Some(id), ("timetable.import", &source, "")).await?;
        tx.commit().await?;
    }
    let words = ImportWords::new(member.page.lang());
    let lines = words.timetable(&timetable, &report);
    let more = timetable.refusals.len().saturating_sub(LISTED_MAX);
    let refused = timetable.refusals.iter().take(LISTED_MAX).map(|one| words.refusal(one)).collect();
    member.html(&ReportPage { page: &member.page, school: id, dry, lines, report, refused, more })
}

/// What the file of the form says, or why it cannot be read.
async fn read_form(member: &Member, form: &Form) -> Result<Result<(Format, Timetable), String>, PageError> {
    if let Some(fault) = form.faults.first() {
        return Ok(Err(fault.text(&member.page)));
    }
    let Some(received) = form.files.first() else { return Ok(Err(member.t("timetable-import-missing"))) };
    let opened = member.app().files.open(received.id()).await.map_err(PageError::internal)?;
    let pieces = opened.read_all().try_collect::<Vec<_>>().await.map_err(PageError::internal)?;
    let bytes = pieces.concat();
    let today = member.today();
    let options = Options { zone: member.page.zone.clone(), from: today, to: today.saturating_add(1.years()) };
    let name = received.name.clone();
    let read = tokio::task::spawn_blocking(move || read(&name, &bytes, &options)).await.map_err(PageError::internal)?;
    let told = |fault: ExportFault| {
        let reason = ImportWords::new(member.page.lang()).fault(&fault.into());
        member.t1("import-unreadable", "reason", reason)
    };
    Ok(read.map_err(told))
}
