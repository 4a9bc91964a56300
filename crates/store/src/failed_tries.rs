//! Tries of known people that failed: what the gate and the class have turned away. Attendance reads them, so that whoever
//! tried is not taken for absent.

use crate::limits::FAILED_TRIES_KEPT;
use crate::{Conn, StoreError};
use preau_base::{Instant, LessonId, PersonId};
use sqlx::types::Uuid;

const MINUTE_MS: i64 = 60_000;

/// Notes a try; a person has one row a minute. Somebody whom the store does not know leaves nothing.
pub async fn note(conn: &mut Conn, person: PersonId, at: Instant, why: &str) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO failed_try (person_id, minute_at, why) SELECT p.id, $2, $3 FROM person p WHERE p.id = $1 \
         ON CONFLICT (person_id, minute_at) DO NOTHING",
        person.uuid(),
        at.as_millis() - at.as_millis().rem_euclid(MINUTE_MS),
        why
    )?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    person_id: PersonId,
}

/// The pupils of a lesson who tried in vain in `from..to`.
pub async fn of_lesson(
    conn: &mut Conn,
    lesson: LessonId,
    from: Instant,
    to: Instant,
) -> Result<Vec<PersonId>, StoreError> {
    let rows = fetch_all!(
        conn,
        Row,
        "SELECT DISTINCT f.person_id FROM failed_try f WHERE f.minute_at >= $2 AND f.minute_at < $3 AND f.person_id IN \
         (SELECT m.person_id FROM membership m JOIN lesson_group lg ON lg.group_id = m.group_id \
          WHERE lg.lesson_id = $1 AND m.role = 'pupil')",
        lesson.uuid(),
        from.as_millis(),
        to.as_millis()
    )?;
    Ok(rows.into_iter().map(|row| row.person_id).collect())
}

/// Removes what is older than [`FAILED_TRIES_KEPT`]. Gives how many.
pub async fn sweep(conn: &mut Conn, now: Instant) -> Result<u64, StoreError> {
    Ok(execute!(conn, "DELETE FROM failed_try WHERE minute_at < $1", now.minus(FAILED_TRIES_KEPT).as_millis())?)
}
