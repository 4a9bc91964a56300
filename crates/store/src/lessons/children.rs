use super::Lesson;
use crate::limits::{LESSON_LENGTH_MAX, LESSONS_MAX};
use crate::{Conn, StoreError};
use preau_base::{Instant, PersonId};
use sqlx::types::Uuid;

#[derive(sqlx::FromRow)]
struct OfChild {
    #[sqlx(try_from = "Uuid")]
    pupil_id: PersonId,
    #[sqlx(flatten)]
    lesson: Lesson,
}

/// Of each child of a relative who is not barred from them, what [`super::of_person`] gives of one; of all together no more
/// than that.
pub async fn of_children(
    conn: &mut Conn,
    relative: PersonId,
    from: Instant,
    to: Instant,
) -> Result<Vec<(PersonId, Lesson)>, StoreError> {
    let rows = fetch_all!(
        conn,
        OfChild,
        "WITH seat AS MATERIALIZED (SELECT DISTINCT r.pupil_id, lg.lesson_id FROM relation r CROSS JOIN membership m \
           CROSS JOIN lesson_group lg WHERE r.relative_id = $1 AND r.barred_at IS NULL AND m.person_id = r.pupil_id \
           AND m.role = 'pupil' AND lg.group_id = m.group_id AND lg.starts_at > $5 AND lg.starts_at < $3) \
         SELECT seat.pupil_id, l.id, l.school_id, l.subject_name, l.room, l.starts_at, l.ends_at, l.cancelled_at, l.closed_at, \
         l.changed_at, l.was_starts_at, l.was_ends_at, l.was_room, l.was_teachers, l.note, l.mode, l.on_site_half, l.no_school, l.prolonged_until, \
         l.series_id, l.sequence, l.updated_at, \
         COALESCE((SELECT string_agg(g.name, ', ' ORDER BY g.name) FROM lesson_group lg JOIN school_group g ON g.id = lg.group_id \
           WHERE lg.lesson_id = l.id), '') AS groups, \
         COALESCE((SELECT string_agg(trim(p.title || ' ' || p.family_name), ', ' ORDER BY p.family_name, p.id) FROM lesson_teacher lt \
           JOIN person p ON p.id = lt.person_id WHERE lt.lesson_id = l.id), '') AS teachers \
         FROM seat CROSS JOIN lesson l WHERE l.id = seat.lesson_id AND l.ends_at > $2 \
         ORDER BY l.starts_at, l.id, seat.pupil_id LIMIT CAST($4 AS BIGINT)",
        relative.uuid(),
        from.as_millis(),
        to.as_millis(),
        LESSONS_MAX,
        from.minus(LESSON_LENGTH_MAX).as_millis()
    )?;
    Ok(rows.into_iter().map(|row| (row.pupil_id, row.lesson)).collect())
}
