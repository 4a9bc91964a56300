//! How lessons take place, as the calendar has it.

use super::{late, publish};
use crate::{Conn, StoreError, lessons};
use jiff::tz::TimeZone;
use preau_base::{GroupId, Instant, LessonId, SchoolId};
use preau_school::calendar::Calendar;
use preau_school::timetable::LessonMode;
use sqlx::types::Uuid;

#[derive(sqlx::FromRow)]
struct ModeRow {
    #[sqlx(try_from = "Uuid")]
    id: LessonId,
    #[sqlx(try_from = "i64")]
    starts_at: Instant,
    mode: String,
    on_site_half: Option<i64>,
    mode_by_hand: bool,
    no_school: bool,
    cancelled_at: Option<i64>,
    group_id: Option<Uuid>,
}

/// Gives every lesson to come the mode that the calendar has for its day and its groups, but where somebody has chosen it
/// and where no calendar has said one, and marks those that stand on a day without school. Gives how many do. Those
/// that have begun keep what they were, but for [`late::settle`].
pub async fn remode(
    conn: &mut Conn,
    school: SchoolId,
    calendar: &Calendar,
    zone: &TimeZone,
    (from, now): (Instant, Instant),
) -> Result<usize, StoreError> {
    let grades = publish::grades(conn, school, calendar).await?;
    let rows = fetch_all!(
        conn,
        ModeRow,
        "SELECT l.id, l.starts_at, l.mode, l.on_site_half, l.mode_by_hand, l.no_school, l.cancelled_at, lg.group_id FROM lesson l \
         LEFT JOIN lesson_group lg ON lg.lesson_id = l.id WHERE l.school_id = $1 AND l.starts_at > $2 \
         AND (l.mode <> '' OR l.no_school) ORDER BY l.starts_at, l.id",
        school.uuid(),
        from.as_millis()
    )?;
    let mut stranded = 0;
    for lesson in rows.chunk_by(|a, b| a.id == b.id) {
        let first = &lesson[0];
        let Ok(at) = jiff::Timestamp::from_millisecond(first.starts_at.as_millis()) else { continue };
        let day = at.to_zoned(zone.clone()).date();
        let grade_of = |row: &ModeRow| grades.get(&GroupId::from_uuid(row.group_id?)).copied().flatten();
        let mode = LessonMode::of_days(lesson.iter().map(|row| calendar.day(day, grade_of(row))));
        if mode.is_none() != first.no_school {
            lessons::set_no_school(conn, first.id, mode.is_none()).await?;
        }
        let cancelled = first.cancelled_at.is_some();
        let free = !first.mode_by_hand && !first.mode.is_empty() && !cancelled;
        match mode {
            None => stranded += usize::from(!cancelled),
            Some(mode) if free && LessonMode::read(&first.mode, first.on_site_half) != Some(mode) => {
                lessons::set_mode(conn, first.id, mode, false, now).await?;
            }
            Some(_) => {}
        }
    }
    late::settle(conn, school, calendar, zone, (from, &grades)).await?;
    Ok(stranded)
}
