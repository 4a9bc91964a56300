//! Attendance of a lesson as it happens (visits), and who was removed from it.

use crate::{Conn, StoreError, lessons};
use preau_base::{Instant, LessonId, PersonId, VisitId};
use preau_school::LessonRole;
use sqlx::types::Uuid;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Visit {
    #[sqlx(try_from = "Uuid")]
    pub id: VisitId,
    #[sqlx(try_from = "Uuid")]
    pub person_id: PersonId,
    pub name: String,
    #[sqlx(try_from = "String")]
    pub role: LessonRole,
    #[sqlx(try_from = "i64")]
    pub joined_at: Instant,
    pub left_at: Option<i64>,
}

/// Somebody comes into a lesson. A pupil in it shows that it takes place, should its day have been closed after it began.
pub async fn join(
    conn: &mut Conn,
    id: VisitId,
    lesson: LessonId,
    person: PersonId,
    role: LessonRole,
    now: Instant,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO visit (id, lesson_id, person_id, role, joined_at) VALUES ($1, $2, $3, $4, $5)",
        id.uuid(),
        lesson.uuid(),
        person.uuid(),
        role.as_str(),
        now.as_millis()
    )?;
    if role == LessonRole::Pupil {
        lessons::reopen_held(conn, lesson).await?;
    }
    Ok(())
}

/// Ends a visit; one that has ended keeps its end.
pub async fn leave(conn: &mut Conn, id: VisitId, now: Instant) -> Result<(), StoreError> {
    execute!(conn, "UPDATE visit SET left_at = $2 WHERE id = $1 AND left_at IS NULL", id.uuid(), now.as_millis())?;
    Ok(())
}

/// Ends all visits that a stopped server left open in a lesson. Gives how many.
pub async fn leave_all(conn: &mut Conn, lesson: LessonId, now: Instant) -> Result<u64, StoreError> {
    Ok(execute!(
        conn,
        "UPDATE visit SET left_at = $2 WHERE lesson_id = $1 AND left_at IS NULL",
        lesson.uuid(),
        now.as_millis()
    )?)
}

/// All visits of a lesson, in order of joining.
pub async fn list(conn: &mut Conn, lesson: LessonId) -> Result<Vec<Visit>, StoreError> {
    Ok(fetch_all!(
        conn,
        Visit,
        "SELECT v.id, v.person_id, p.given_name || ' ' || p.family_name AS name, v.role, v.joined_at, v.left_at \
         FROM visit v JOIN person p ON p.id = v.person_id WHERE v.lesson_id = $1 ORDER BY v.joined_at, v.id",
        lesson.uuid()
    )?)
}

/// How many people of this role are in the lesson now.
pub async fn present(conn: &mut Conn, lesson: LessonId, role: LessonRole) -> Result<i64, StoreError> {
    Ok(fetch_number!(
        conn,
        "SELECT count(DISTINCT person_id) FROM visit WHERE lesson_id = $1 AND role = $2 AND left_at IS NULL",
        lesson.uuid(),
        role.as_str()
    )?)
}

/// Takes a person out of a lesson for good.
pub async fn remove(
    conn: &mut Conn,
    lesson: LessonId,
    person: PersonId,
    removed_by: PersonId,
    now: Instant,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO lesson_removal (lesson_id, person_id, removed_by, removed_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (lesson_id, person_id) DO NOTHING",
        lesson.uuid(),
        person.uuid(),
        removed_by.uuid(),
        now.as_millis()
    )?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Removed {
    #[sqlx(try_from = "Uuid")]
    person_id: PersonId,
}

/// Who was removed from a lesson.
pub async fn removed(conn: &mut Conn, lesson: LessonId) -> Result<Vec<PersonId>, StoreError> {
    let rows = fetch_all!(
        conn,
        Removed,
        "SELECT person_id FROM lesson_removal WHERE lesson_id = $1 ORDER BY removed_at",
        lesson.uuid()
    )?;
    Ok(rows.into_iter().map(|row| row.person_id).collect())
}
