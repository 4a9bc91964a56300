//! Lessons that had begun before their day was closed.

use crate::limits::CLOSED_LATE_MAX;
use crate::{Conn, StoreError, lessons};
use jiff::tz::TimeZone;
use preau_base::{GroupId, Instant, LessonId, SchoolId};
use preau_school::calendar::{Calendar, Grade};
use preau_school::timetable::LessonMode;
use sqlx::types::Uuid;
use std::collections::HashMap;

#[derive(sqlx::FromRow)]
struct Begun {
    #[sqlx(try_from = "Uuid")]
    id: LessonId,
    #[sqlx(try_from = "i64")]
    starts_at: Instant,
    no_school: bool,
    closed_late: bool,
    held: bool,
    group_id: Option<Uuid>,
}

/// Of lessons that began within [`CLOSED_LATE_MAX`] before `from`, on days that have no school now: one of which a roll, what
/// the log has published since, or the live class shows that it took place stays as it was, and so do its roll and what the roll counts for; of any
/// other nobody asks for a roll any more. Where a day has its school again, they are asked for as before, whenever it was
/// closed: the calendar says now that there was school. A lesson without a mode was opened beside the calendar, which
/// closes it neither before it begins nor after.
pub(super) async fn settle(
    conn: &mut Conn,
    school: SchoolId,
    calendar: &Calendar,
    zone: &TimeZone,
    (from, grades): (Instant, &HashMap<GroupId, Option<Grade>>),
) -> Result<(), StoreError> {
    let rows = fetch_all!(
        conn,
        Begun,
        "SELECT l.id, l.starts_at, l.no_school, l.closed_late, lg.group_id, \
         (EXISTS (SELECT 1 FROM roll r WHERE r.lesson_id = l.id) \
           OR EXISTS (SELECT 1 FROM log_entry e WHERE e.lesson_id = l.id AND e.published_at >= l.starts_at) \
           OR EXISTS (SELECT 1 FROM visit v WHERE v.lesson_id = l.id AND v.role = 'pupil')) AS held FROM lesson l \
         LEFT JOIN lesson_group lg ON lg.lesson_id = l.id WHERE l.school_id = $1 AND l.starts_at > $2 \
         AND l.starts_at <= $3 AND (l.mode <> '' OR l.closed_late) AND (l.no_school OR l.cancelled_at IS NULL) \
         ORDER BY l.starts_at, l.id",
        school.uuid(),
        from.minus(CLOSED_LATE_MAX).as_millis(),
        from.as_millis()
    )?;
    for lesson in rows.chunk_by(|a, b| a.id == b.id) {
        let first = &lesson[0];
        let Ok(at) = jiff::Timestamp::from_millisecond(first.starts_at.as_millis()) else { continue };
        let day = at.to_zoned(zone.clone()).date();
        // What nobody has written a calendar for is as it is.
        if calendar.year_of(day).is_none() {
            continue;
        }
        let grade_of = |row: &Begun| grades.get(&GroupId::from_uuid(row.group_id?)).copied().flatten();
        let has_school = LessonMode::of_days(lesson.iter().map(|row| calendar.day(day, grade_of(row)))).is_some();
        match (has_school, first.no_school) {
            (true, true) => lessons::set_no_school(conn, first.id, false).await?,
            (false, true) if first.closed_late && first.held => lessons::reopen_held(conn, first.id).await?,
            (false, false) if !first.held => lessons::close_late(conn, first.id).await?,
            _ => {}
        }
    }
    Ok(())
}
