//! How lessons take place, as the calendar has it.

use super::{late, publish};
use crate::{Conn, StoreError, lessons, many};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use preau_base::{GroupId, Instant, LessonId, SchoolId};
use preau_school::calendar::{Calendar, Grade};
use preau_school::timetable::LessonMode;
use sqlx::types::Uuid;
use std::collections::HashMap;

/// The days of a school: its calendar, its clock, and the grades of its groups.
pub(super) struct Days<'a> {
    pub calendar: &'a Calendar,
    pub zone: &'a TimeZone,
    pub grades: &'a HashMap<GroupId, Option<Grade>>,
}

impl Days<'_> {
    /// The day of an instant by the school's clock.
    pub fn day_of(&self, at: Instant) -> Option<Date> {
        let at = jiff::Timestamp::from_millisecond(at.as_millis()).ok()?;
        Some(self.zone.to_datetime(at).date())
    }

    /// How a lesson of these groups takes place on a day; `None`: none of them has school.
    pub fn mode(&self, day: Date, groups: impl Iterator<Item = Option<Uuid>>) -> Option<LessonMode> {
        let grade_of = |group: Option<Uuid>| self.grades.get(&GroupId::from_uuid(group?)).copied().flatten();
        LessonMode::of_days(groups.map(|group| self.calendar.day(day, grade_of(group))))
    }
}

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
    let days = Days { calendar, zone, grades: &grades };
    let stranded = write(conn, &days, &rows, now).await?;
    late::settle(conn, school, &days, from).await?;
    Ok(stranded)
}

/// The same after a publication, which has given all lessons that it made or could have changed the mode of their day: of
/// those to come there are left those that it does not touch, and what it has `kept`.
pub(super) async fn remode_kept(
    conn: &mut Conn,
    school: SchoolId,
    days: &Days<'_>,
    (from, now): (Instant, Instant),
    kept: &[Uuid],
) -> Result<usize, StoreError> {
    let mut rows = fetch_all!(
        conn,
        ModeRow,
        "SELECT l.id, l.starts_at, l.mode, l.on_site_half, l.mode_by_hand, l.no_school, l.cancelled_at, lg.group_id FROM lesson l \
         LEFT JOIN lesson_group lg ON lg.lesson_id = l.id WHERE l.school_id = $1 AND l.starts_at > $2 \
         AND (l.mode <> '' OR l.no_school) \
         AND (l.series_id IS NULL OR l.changed_at IS NOT NULL OR l.mode_by_hand OR l.no_school)",
        school.uuid(),
        from.as_millis()
    )?;
    let others = many::fetch_among::<ModeRow>(
        conn,
        "SELECT l.id, l.starts_at, l.mode, l.on_site_half, l.mode_by_hand, l.no_school, l.cancelled_at, lg.group_id FROM lesson l \
         LEFT JOIN lesson_group lg ON lg.lesson_id = l.id WHERE l.id IN ($1) AND (l.mode <> '' OR l.no_school)",
        kept,
    )
    .await?;
    rows.extend(others.into_iter().filter(|row| row.starts_at > from));
    rows.sort_unstable_by_key(|row| (row.starts_at, row.id, row.group_id));
    rows.dedup_by_key(|row| (row.id, row.group_id));
    let stranded = write(conn, days, &rows, now).await?;
    late::settle(conn, school, days, from).await?;
    Ok(stranded)
}

/// What each of these lessons, whose rows follow each other, is by the calendar, where it is something else. Gives how many
/// stand on a day without school.
async fn write(conn: &mut Conn, days: &Days<'_>, rows: &[ModeRow], now: Instant) -> Result<usize, StoreError> {
    let (mut open, mut closed) = (Vec::new(), Vec::new());
    let mut moved: Vec<(LessonMode, Vec<Uuid>)> = Vec::new();
    let mut stranded = 0;
    for lesson in rows.chunk_by(|a, b| a.id == b.id) {
        let first = &lesson[0];
        let Some(day) = days.day_of(first.starts_at) else { continue };
        let mode = days.mode(day, lesson.iter().map(|row| row.group_id));
        if mode.is_none() != first.no_school {
            if mode.is_none() { &mut closed } else { &mut open }.push(first.id.uuid());
        }
        let cancelled = first.cancelled_at.is_some();
        let free = !first.mode_by_hand && !first.mode.is_empty() && !cancelled;
        match mode {
            None => stranded += usize::from(!cancelled),
            Some(mode) if free && LessonMode::read(&first.mode, first.on_site_half) != Some(mode) => {
                match moved.iter_mut().find(|(to, _)| *to == mode) {
                    Some((_, ids)) => ids.push(first.id.uuid()),
                    None => moved.push((mode, vec![first.id.uuid()])),
                }
            }
            Some(_) => {}
        }
    }
    lessons::set_no_school_of(conn, &open, false).await?;
    lessons::set_no_school_of(conn, &closed, true).await?;
    for (mode, ids) in moved {
        lessons::set_mode_of(conn, &ids, mode, now).await?;
    }
    Ok(stranded)
}
