//! Links that lead out of the feed, found in one pass over what was staged.

use super::staging::Row;
use super::{Link, Report, Run};
use crate::limits::IMPORT_STAGED_ROWS;
use crate::{Conn, StoreError};
use preau_school::feed::{Position, Pupil, Staff};

/// Reports pupils and staff without a school, values that name other schools, and relatives who are not there. Links
/// inside a school are looked into when the school is applied.
pub(super) async fn check(conn: &mut Conn, run: &Run, report: &mut Report) -> Result<(), StoreError> {
    let mut after = 0_i64;
    loop {
        let rows = fetch_all!(
            conn,
            Row,
            "SELECT serial, kind, file, position, payload FROM import_record \
             WHERE run_id = $1 AND kind IN ('pupil', 'staff') AND serial > $2 ORDER BY serial LIMIT CAST($3 AS BIGINT)",
            run.id.uuid(),
            after,
            i64::try_from(IMPORT_STAGED_ROWS).unwrap_or(i64::MAX)
        )?;
        let Some(last) = rows.last() else { break };
        after = last.serial;
        for row in &rows {
            if row.kind == "pupil" {
                pupil(run, report, &row.place(), &row.read::<Pupil>()?.record);
            } else {
                staff(run, report, &row.place(), &row.read::<Staff>()?.record);
            }
        }
    }
    relatives(conn, run, report).await
}

fn pupil(run: &Run, report: &mut Report, position: &Position, pupil: &Pupil) {
    let school = pupil.school.as_deref().unwrap_or("");
    if !run.schools.contains(school) {
        report.miss(Link::PupilToSchool, position, pupil.key.reveal(), school);
        return;
    }
    for link in pupil.classes.iter().chain(&pupil.groups).filter(|link| link.school != school) {
        report.miss(Link::InOtherSchool, position, pupil.key.reveal(), &format!("{}${}", link.school, link.name));
    }
}

fn staff(run: &Run, report: &mut Report, position: &Position, staff: &Staff) {
    let key = staff.key.reveal();
    let named = staff.schools_named();
    if !named.iter().any(|school| run.schools.contains(*school)) {
        report.miss(Link::StaffToSchool, position, key, &named.join(" "));
    }
    let outside = |school: &str| !run.schools.contains(school);
    for school in staff.schools.iter().filter(|it| outside(it)) {
        report.miss(Link::InOtherSchool, position, key, school);
    }
    for function in staff.functions.iter().filter(|it| outside(&it.school)) {
        report.miss(Link::InOtherSchool, position, key, &format!("{}${}", function.school, function.label));
    }
    let taught = staff.teaching.iter().map(|it| &it.to);
    for link in taught.chain(&staff.head_teacher_of).filter(|it| outside(&it.school)) {
        report.miss(Link::InOtherSchool, position, key, &format!("{}${}", link.school, link.name));
    }
}

#[derive(sqlx::FromRow)]
struct LinkRow {
    external_id: String,
    serial: i64,
    file: String,
    position: i64,
    payload: String,
}

async fn relatives(conn: &mut Conn, run: &Run, report: &mut Report) -> Result<(), StoreError> {
    let mut after = 0_i64;
    loop {
        let rows = fetch_all!(
            conn,
            LinkRow,
            "SELECT l.external_id, l.serial, l.file, l.position, l.payload FROM import_record l \
             WHERE l.run_id = $1 AND l.kind = 'link' AND l.serial > $2 AND NOT EXISTS (SELECT 1 FROM import_record r \
             WHERE r.run_id = $1 AND r.kind = 'relative' AND r.external_id = l.external_id) ORDER BY l.serial LIMIT CAST($3 AS BIGINT)",
            run.id.uuid(),
            after,
            i64::try_from(IMPORT_STAGED_ROWS).unwrap_or(i64::MAX)
        )?;
        let Some(last) = rows.last() else { break };
        after = last.serial;
        for row in rows {
            let position = Position { file: row.file, line: u64::try_from(row.position).unwrap_or(0), record: 0 };
            let pupil: String = serde_json::from_str(&row.payload).unwrap_or_default();
            report.miss(Link::PupilToRelative, &position, &pupil, &row.external_id);
        }
    }
    let unnamed = fetch_number!(
        conn,
        "SELECT count(*) FROM import_record r WHERE r.run_id = $1 AND r.kind = 'relative' AND r.school_key = '' \
         AND NOT EXISTS (SELECT 1 FROM import_record l WHERE l.run_id = $1 AND l.kind = 'link' \
         AND l.external_id = r.external_id)",
        run.id.uuid()
    )?;
    report.relatives_unnamed = u64::try_from(unnamed).unwrap_or(0);
    Ok(())
}
