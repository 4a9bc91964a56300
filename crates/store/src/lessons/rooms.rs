//! Lessons by teacher and by room, for those who plan.

use super::Lesson;
use crate::limits::{LESSON_LENGTH_MAX, LESSONS_MAX, ROOMS_MAX};
use crate::{Conn, StoreError};
use preau_base::{Instant, PersonId, SchoolId};

/// The lessons that a person teaches in one school and that touch `from..to`, in order of time.
pub async fn of_teacher(
    conn: &mut Conn,
    school: SchoolId,
    teacher: PersonId,
    from: Instant,
    to: Instant,
) -> Result<Vec<Lesson>, StoreError> {
    Ok(fetch_all!(
        conn,
        Lesson,
        "SELECT l.id, l.school_id, l.subject_name, l.room, l.starts_at, l.ends_at, l.cancelled_at, l.closed_at, \
         l.changed_at, l.was_starts_at, l.was_ends_at, l.was_room, l.was_teachers, l.note, l.mode, l.on_site_half, l.no_school, l.prolonged_until, \
         l.series_id, l.sequence, l.updated_at, \
         COALESCE((SELECT string_agg(g.name, ', ' ORDER BY g.name) FROM lesson_group lg JOIN school_group g \
           ON g.id = lg.group_id WHERE lg.lesson_id = l.id), '') AS groups, \
         COALESCE((SELECT string_agg(trim(p.title || ' ' || p.family_name), ', ' ORDER BY p.family_name, p.id) \
           FROM lesson_teacher lt JOIN person p ON p.id = lt.person_id WHERE lt.lesson_id = l.id), '') AS teachers \
         FROM lesson_teacher mine JOIN lesson l ON l.id = mine.lesson_id \
         WHERE mine.person_id = $2 AND mine.starts_at > $6 AND mine.starts_at < $4 AND l.school_id = $1 \
         AND l.ends_at > $3 ORDER BY l.starts_at, l.id LIMIT CAST($5 AS BIGINT)",
        school.uuid(),
        teacher.uuid(),
        from.as_millis(),
        to.as_millis(),
        LESSONS_MAX,
        from.minus(LESSON_LENGTH_MAX).as_millis()
    )?)
}

/// The lessons in one room of a school that touch `from..to`, in order of time.
pub async fn of_room(
    conn: &mut Conn,
    school: SchoolId,
    room: &str,
    from: Instant,
    to: Instant,
) -> Result<Vec<Lesson>, StoreError> {
    Ok(fetch_all!(
        conn,
        Lesson,
        "SELECT l.id, l.school_id, l.subject_name, l.room, l.starts_at, l.ends_at, l.cancelled_at, l.closed_at, \
         l.changed_at, l.was_starts_at, l.was_ends_at, l.was_room, l.was_teachers, l.note, l.mode, l.on_site_half, l.no_school, l.prolonged_until, \
         l.series_id, l.sequence, l.updated_at, \
         COALESCE((SELECT string_agg(g.name, ', ' ORDER BY g.name) FROM lesson_group lg JOIN school_group g \
           ON g.id = lg.group_id WHERE lg.lesson_id = l.id), '') AS groups, \
         COALESCE((SELECT string_agg(trim(p.title || ' ' || p.family_name), ', ' ORDER BY p.family_name, p.id) \
           FROM lesson_teacher lt JOIN person p ON p.id = lt.person_id WHERE lt.lesson_id = l.id), '') AS teachers \
         FROM lesson l WHERE l.school_id = $1 AND l.room = $2 AND l.starts_at > $6 AND l.starts_at < $4 \
         AND l.ends_at > $3 ORDER BY l.starts_at, l.id LIMIT CAST($5 AS BIGINT)",
        school.uuid(),
        room,
        from.as_millis(),
        to.as_millis(),
        LESSONS_MAX,
        from.minus(LESSON_LENGTH_MAX).as_millis()
    )?)
}

#[derive(sqlx::FromRow)]
struct RoomRow {
    room: String,
}

/// The rooms that lessons and series of a school name, by name, at most [`ROOMS_MAX`].
pub async fn rooms(conn: &mut Conn, school: SchoolId, from: Instant, to: Instant) -> Result<Vec<String>, StoreError> {
    let rows = fetch_all!(
        conn,
        RoomRow,
        "SELECT room FROM lesson WHERE school_id = $1 AND room <> '' AND starts_at >= $2 AND starts_at < $3 \
         UNION SELECT room FROM series WHERE school_id = $1 AND room <> '' AND removed_at IS NULL \
         ORDER BY room LIMIT CAST($4 AS BIGINT)",
        school.uuid(),
        from.as_millis(),
        to.as_millis(),
        ROOMS_MAX
    )?;
    Ok(rows.into_iter().map(|row| row.room).collect())
}
