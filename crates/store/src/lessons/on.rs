//! What is on in a school at this moment.

use crate::limits::{LESSON_LENGTH_MAX, LESSONS_MAX};
use crate::{Conn, StoreError};
use preau_base::{Instant, LessonId, SchoolId};
use preau_school::timetable::LessonMode;
use sqlx::types::Uuid;

/// A lesson that is on, as a line of a school's overview.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct On {
    #[sqlx(try_from = "Uuid")]
    pub id: LessonId,
    pub subject_name: String,
    #[sqlx(try_from = "i64")]
    pub starts_at: Instant,
    mode: String,
    on_site_half: Option<i64>,
    /// Names of the classes and groups, joined by commas.
    pub groups: String,
    /// Titles and family names of the teachers, joined by commas.
    pub teachers: String,
}

/// The lessons of a school that are on and have a live class, in order of time.
pub async fn live_now(conn: &mut Conn, school: SchoolId, now: Instant) -> Result<Vec<On>, StoreError> {
    let mut on = fetch_all!(
        conn,
        On,
        "SELECT l.id, l.subject_name, l.starts_at, l.mode, l.on_site_half, \
         COALESCE((SELECT string_agg(g.name, ', ' ORDER BY g.name) FROM lesson_group lg JOIN school_group g ON g.id = lg.group_id \
           WHERE lg.lesson_id = l.id), '') AS groups, \
         COALESCE((SELECT string_agg(trim(p.title || ' ' || p.family_name), ', ' ORDER BY p.family_name, p.id) FROM lesson_teacher lt \
           JOIN person p ON p.id = lt.person_id WHERE lt.lesson_id = l.id), '') AS teachers \
         FROM lesson l WHERE l.school_id = $1 AND l.starts_at > $3 AND l.starts_at <= $2 AND l.ends_at > $2 \
         AND l.cancelled_at IS NULL AND l.closed_at IS NULL ORDER BY l.starts_at, l.id LIMIT CAST($4 AS BIGINT)",
        school.uuid(),
        now.as_millis(),
        now.minus(LESSON_LENGTH_MAX).as_millis(),
        LESSONS_MAX
    )?;
    on.retain(|lesson| LessonMode::read(&lesson.mode, lesson.on_site_half).is_none_or(|mode| mode.is_live_for(None)));
    Ok(on)
}
