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
        "INSERT INTO chat_message (id, lesson_id, person_id, idempotency_key, body, sent_at) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (lesson_id, person_id, idempotency_key) DO NOTHING",
        message.id.uuid(),
        lesson.uuid(),
        message.person_id.uuid(),
        idempotency_key,
        message.body.as_str(),
        message.sent_at.as_millis()
    )?;
    let stored = fetch_optional!(
        conn,
        Message,
        "SELECT id, person_id, body, sent_at FROM chat_message \
         WHERE lesson_id = $1 AND person_id = $2 AND idempotency_key = $3",
        lesson.uuid(),
        message.person_id.uuid(),
        idempotency_key
    )?;
    stored.ok_or(StoreError::Database(sqlx::Error::RowNotFound))
}

/// The last [`CHAT_RECENT_MAX`] messages of a lesson, oldest first.
pub async fn recent(conn: &mut Conn, lesson: LessonId) -> Result<Vec<Message>, StoreError> {
    let mut messages = fetch_all!(
        conn,
        Message,
        "SELECT id, person_id, body, sent_at FROM chat_message WHERE lesson_id = $1 \
         ORDER BY sent_at DESC, id DESC LIMIT $2",
        lesson.uuid(),
        CHAT_RECENT_MAX
    )?;
    messages.reverse();
    Ok(messages)
}
