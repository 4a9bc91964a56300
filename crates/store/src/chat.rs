//! The chat of a lesson.

use crate::limits::CHAT_RECENT_MAX;
use crate::{Conn, StoreError};
use preau_base::{ChatId, Instant, LessonId, PersonId};
use sqlx::types::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Message {
    #[sqlx(try_from = "Uuid")]
    pub id: ChatId,
    #[sqlx(try_from = "Uuid")]
    pub person_id: PersonId,
    pub body: String,
    /// For whom it is, as opaque JSON (`preau_classroom::wire::To`).
    pub audience: String,
    #[sqlx(try_from = "i64")]
    pub sent_at: Instant,
}

/// Stores a message once: the same key of the same person gives the message that is there already.
/// What it returns is stored when the transaction is committed.
pub async fn send(
    conn: &mut Conn,
    lesson: LessonId,
    message: &Message,
    idempotency_key: &str,
) -> Result<Message, StoreError> {
    execute!(
        conn,
        "INSERT INTO chat_message (id, lesson_id, person_id, idempotency_key, body, audience, sent_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (lesson_id, person_id, idempotency_key) DO NOTHING",
        message.id.uuid(),
        lesson.uuid(),
        message.person_id.uuid(),
        idempotency_key,
        message.body.as_str(),
        message.audience.as_str(),
        message.sent_at.as_millis()
    )?;
    let stored = fetch_optional!(
        conn,
        Message,
        "SELECT id, person_id, body, audience, sent_at FROM chat_message \
         WHERE lesson_id = $1 AND person_id = $2 AND idempotency_key = $3",
        lesson.uuid(),
        message.person_id.uuid(),
        idempotency_key
    )?;
    stored.ok_or(StoreError::Database(sqlx::Error::RowNotFound))
}

/// Takes a message back: it is shown to nobody any more, but kept for those who may have to judge it.
pub async fn take_back(
    conn: &mut Conn,
    lesson: LessonId,
    id: ChatId,
    by: PersonId,
    now: Instant,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE chat_message SET deleted_at = $3, deleted_by = $4 WHERE id = $1 AND lesson_id = $2 AND deleted_at IS NULL",
        id.uuid(),
        lesson.uuid(),
        now.as_millis(),
        by.uuid()
    )?;
    Ok(())
}

/// The same for its author alone. Gives whether `by` has written such a message, taken back before or not.
pub async fn take_own_back(
    conn: &mut Conn,
    lesson: LessonId,
    id: ChatId,
    by: PersonId,
    now: Instant,
) -> Result<bool, StoreError> {
    let found = execute!(
        conn,
        "UPDATE chat_message SET deleted_at = COALESCE(deleted_at, $3), deleted_by = COALESCE(deleted_by, person_id) \
         WHERE id = $1 AND lesson_id = $2 AND person_id = $4",
        id.uuid(),
        lesson.uuid(),
        now.as_millis(),
        by.uuid()
    )?;
    Ok(found > 0)
}

/// The last [`CHAT_RECENT_MAX`] messages of a lesson that were not taken back, oldest first.
pub async fn recent(conn: &mut Conn, lesson: LessonId) -> Result<Vec<Message>, StoreError> {
    let mut messages = fetch_all!(
        conn,
        Message,
        "SELECT id, person_id, body, audience, sent_at FROM chat_message WHERE lesson_id = $1 AND deleted_at IS NULL \
         ORDER BY sent_at DESC, id DESC LIMIT CAST($2 AS BIGINT)",
        lesson.uuid(),
        CHAT_RECENT_MAX
    )?;
    messages.reverse();
    Ok(messages)
}
