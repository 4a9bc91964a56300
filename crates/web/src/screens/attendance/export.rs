use super::board::asked_day;
use super::{kept, status_text};
use crate::ids::Id;
use crate::screens::place;
use crate::spreadsheet::Spreadsheet;
use crate::{Answer, Fields, Member, PageError};
use axum::response::IntoResponse as _;
use http::header;
use jiff::ToSpan as _;
use preau_base::{PersonId, SchoolId};
use preau_school::attendance::{Excuse, Half, HalfDay, Status, excuse_of};
use preau_store::limits::ATTENDANCE_EXPORT_ROWS_MAX;
use preau_store::{absences, attendance};
use std::collections::HashMap;

/// Days of one file.
const DAYS_MAX: i64 = 31;

/// `GET /schools/{id}/attendance.csv?from=2026-11-01&to=2026-11-30`; of today where nothing is said.
pub(crate) async fn csv(mut member: Member, Id(id): Id<SchoolId>, asked: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    kept(&mut member, &mut tx, id).await?;
    let first = asked_day(&asked, "from", member.today())?;
    let last = asked_day(&asked, "to", first)?;
    let most = first.checked_add(DAYS_MAX.days()).map_err(|_| PageError::Malformed("day"))?;
    if last < first || last >= most {
        return Err(PageError::Malformed("day"));
    }
    let (from, to) = (HalfDay::morning(first), HalfDay::afternoon(last));
    let lines = attendance::export(&mut tx, id, from, to).await?;
    if lines.len() as i64 > ATTENDANCE_EXPORT_ROWS_MAX {
        return Err(PageError::TooLarge);
    }
    let mut excuses: HashMap<PersonId, Vec<Excuse>> = HashMap::new();
    for absence in absences::of_school(&mut tx, id, from, to).await? {
        excuses.entry(absence.pupil_id).or_default().push(absence.excuse());
    }
    let detail = format!("{first} {last}");
    place::log(&member, &mut tx, Some(id), ("attendance.export", &id.to_string(), &detail)).await?;
    tx.commit().await?;
    let page = &member.page;
    let heads = ["day", "half", "time", "subject", "class", "family", "given", "status", "minutes", "excuse"];
    let heads = heads.map(|head| page.t(&format!("csv-{head}")));
    let mut sheet = Spreadsheet::new(&heads);
    let [morning, afternoon] = ["half-morning", "half-afternoon"].map(|key| page.t(key));
    let statuses: Vec<_> = Status::ALL.iter().map(|status| (*status, status_text(page, *status, 0))).collect();
    // A day has some thousands of lines, and few beginnings of lessons.
    for lesson in lines.chunk_by(|a, b| (a.starts_at, a.half_day) == (b.starts_at, b.half_day)) {
        let first = &lesson[0];
        let (day, time) = (first.half_day.day.to_string(), page.zoned(first.starts_at).strftime("%H:%M").to_string());
        let half = if first.half_day.half == Half::Morning { &morning } else { &afternoon };
        for line in lesson {
            let excuse = if line.status.attended() { None } else { excuses.get(&line.pupil_id) };
            let excuse = excuse.and_then(|said| excuse_of(said, line.half_day));
            let status = statuses.iter().find(|(status, _)| *status == line.status).map_or("", |(_, text)| text);
            sheet.row(&[
                &day,
                half,
                &time,
                &line.subject_name,
                &line.class,
                line.family_name.reveal(),
                line.given_name.reveal(),
                status,
                &if line.minutes > 0 { line.minutes.to_string() } else { String::new() },
                &excuse.map(|excuse| super::board::excuse_text(page, &excuse)).unwrap_or_default(),
            ]);
        }
    }
    let name = format!("attachment; filename=\"attendance-{first}-{last}.csv\"");
    let kind = "text/csv; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, &name)], sheet.into_bytes()).into_response())
}
