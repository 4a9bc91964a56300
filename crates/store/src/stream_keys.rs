//! What lets a program publish into one lesson, or play it. The keys themselves are sealed; here stands which of them hold.

use crate::limits::STREAM_KEYS_MAX;
use crate::{Conn, StoreError};
use preau_base::{Instant, LessonId, PersonId, StreamKeyId};
use sqlx::types::Uuid;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StreamKeyRow {
    #[sqlx(try_from = "Uuid")]
    pub id: StreamKeyId,
    #[sqlx(try_from = "Uuid")]
    pub lesson_id: LessonId,
    #[sqlx(try_from = "Uuid")]
    pub person_id: PersonId,
    /// `publish` or `play`.
    pub direction: String,
    /// What its maker calls it.
    pub name: String,
    pub created_at: i64,
    #[sqlx(try_from = "i64")]
    pub expires_at: Instant,
    /// When a program last began to use it.
    pub used_at: Option<i64>,
}

#[derive(Clone, Copy, Debug)]
pub struct NewStreamKey<'a> {
    pub id: StreamKeyId,
    pub lesson: LessonId,
    pub person: PersonId,
    pub direction: &'a str,
    pub name: &'a str,
    pub expires_at: Instant,
}

/// Makes a key, and forgets all that have expired.
///
/// # Errors
/// [`StoreError::Limit`] when the person has [`STREAM_KEYS_MAX`] for this lesson already.
pub async fn create(conn: &mut Conn, key: &NewStreamKey<'_>, now: Instant) -> Result<(), StoreError> {
    execute!(conn, "DELETE FROM stream_key WHERE expires_at <= $1", now.as_millis())?;
    let found = usize::try_from(fetch_number!(
        conn,
        "SELECT count(*) FROM stream_key WHERE lesson_id = $1 AND person_id = $2",
        key.lesson.uuid(),
        key.person.uuid()
    )?)
    .unwrap_or(usize::MAX);
    if found >= STREAM_KEYS_MAX {
        return Err(StoreError::Limit { what: "the stream keys of a lesson", found, most: STREAM_KEYS_MAX });
    }
    execute!(
        conn,
        "INSERT INTO stream_key (id, lesson_id, person_id, direction, name, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        key.id.uuid(),
        key.lesson.uuid(),
        key.person.uuid(),
        key.direction,
        key.name,
        now.as_millis(),
        key.expires_at.as_millis()
    )?;
    Ok(())
}

/// Those of a person for one lesson that hold, oldest first.
pub async fn of_person(
    conn: &mut Conn,
    lesson: LessonId,
    person: PersonId,
    now: Instant,
) -> Result<Vec<StreamKeyRow>, StoreError> {
    Ok(fetch_all!(
        conn,
        StreamKeyRow,
        "SELECT id, lesson_id, person_id, direction, name, created_at, expires_at, used_at FROM stream_key \
         WHERE lesson_id = $1 AND person_id = $2 AND expires_at > $3 ORDER BY created_at, id",
        lesson.uuid(),
        person.uuid(),
        now.as_millis()
    )?)
}

/// `None`: there is none of this id, or not any more.
pub async fn by_id(conn: &mut Conn, id: StreamKeyId, now: Instant) -> Result<Option<StreamKeyRow>, StoreError> {
    Ok(fetch_optional!(
        conn,
        StreamKeyRow,
        "SELECT id, lesson_id, person_id, direction, name, created_at, expires_at, used_at FROM stream_key \
         WHERE id = $1 AND expires_at > $2",
        id.uuid(),
        now.as_millis()
    )?)
}

/// Notes that a program has begun to use it.
pub async fn used(conn: &mut Conn, id: StreamKeyId, now: Instant) -> Result<(), StoreError> {
    execute!(conn, "UPDATE stream_key SET used_at = $2 WHERE id = $1", id.uuid(), now.as_millis())?;
    Ok(())
}

/// `false` when the person has none of this id for this lesson.
pub async fn revoke(conn: &mut Conn, id: StreamKeyId, lesson: LessonId, person: PersonId) -> Result<bool, StoreError> {
    let gone = execute!(
        conn,
        "DELETE FROM stream_key WHERE id = $1 AND lesson_id = $2 AND person_id = $3",
        id.uuid(),
        lesson.uuid(),
        person.uuid()
    )?;
    Ok(gone > 0)
}
