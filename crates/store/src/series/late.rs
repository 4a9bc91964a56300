//! Lessons that had begun before their day was closed.

use super::modes::Days;
use crate::limits::CLOSED_LATE_MAX;
use crate::{Conn, StoreError, lessons};
use preau_base::{Instant, LessonId, SchoolId};
use sqlx::types::Uuid;

#[derive(sqlx::FromRow)]
struct Begun {
    #[sqlx(try_from = "Uuid")]
    id: LessonId,
    #[sqlx(try_from = "i64")]
    starts_at: Instant,
    no_school: bool,
    closed_late: bool,
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
    days: &Days<'_>,
    from: Instant,
) -> Result<(), StoreError> {
    let rows = fetch_all!(
        conn,
        Begun,
        "SELECT l.id, l.starts_at, l.no_school, l.closed_late, lg.group_id FROM lesson l \
         LEFT JOIN lesson_group lg ON lg.lesson_id = l.id WHERE l.school_id = $1 AND l.starts_at > $2 \
         AND l.starts_at <= $3 AND (l.mode <> '' OR l.closed_late) AND (l.no_school OR l.cancelled_at IS NULL) \
         ORDER BY l.starts_at, l.id",
        school.uuid(),
        from.minus(CLOSED_LATE_MAX).as_millis(),
        from.as_millis()
    )?;
    let (mut open, mut late, mut closed) = (Vec::new(), Vec::new(), Vec::new());
    for lesson in rows.chunk_by(|a, b| a.id == b.id) {
        let first = &lesson[0];
        let Some(day) = days.day_of(first.starts_at) else { continue };
        // What nobody has written a calendar for is as it is.
        if days.calendar.year_of(day).is_none() {
            continue;
        }
        let has_school = days.mode(day, lesson.iter().map(|row| row.group_id)).is_some();
        match (has_school, first.no_school) {
            (true, true) => open.push(first.id.uuid()),
            (false, true) if first.closed_late => late.push(first.id.uuid()),
            (false, false) => closed.push(first.id.uuid()),
            _ => {}
        }
    }
    lessons::set_no_school_of(conn, &open, false).await?;
    lessons::reopen_held_of(conn, &late).await?;
    // In one order, so that two who close days of a school at once wait for each other and not in a ring.
    closed.sort_unstable();
    lessons::close_late(conn, &closed).await
}
