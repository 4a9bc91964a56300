//! The facts of a live lesson (`preau_classroom::book`), as opaque JSON: appended while it is on, folded from time to time.

use crate::{Conn, StoreError};
use preau_base::{Instant, LessonId};

/// One fact, with its number within the lesson.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Fact {
    pub seq: i64,
    pub fact: String,
}

/// Facts folded into one, up to the number `seq`.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Folded {
    pub seq: i64,
    pub book: String,
}

/// Appends a fact. The numbers of a lesson are given by the one process that runs it; one that is taken is an error.
pub async fn note(conn: &mut Conn, lesson: LessonId, seq: i64, fact: &str, now: Instant) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO lesson_fact (lesson_id, seq, fact, noted_at) VALUES ($1, $2, $3, $4)",
        lesson.uuid(),
        seq,
        fact,
        now.as_millis()
    )?;
    Ok(())
}

/// The facts after `seq`, in order, at most `limit`.
pub async fn after(conn: &mut Conn, lesson: LessonId, seq: i64, limit: i64) -> Result<Vec<Fact>, StoreError> {
    Ok(fetch_all!(
        conn,
        Fact,
        "SELECT seq, fact FROM lesson_fact WHERE lesson_id = $1 AND seq > $2 ORDER BY seq LIMIT CAST($3 AS BIGINT)",
        lesson.uuid(),
        seq,
        limit
    )?)
}

pub async fn folded(conn: &mut Conn, lesson: LessonId) -> Result<Option<Folded>, StoreError> {
    Ok(fetch_optional!(conn, Folded, "SELECT seq, book FROM lesson_book WHERE lesson_id = $1", lesson.uuid())?)
}

/// Puts the folded facts in the place of all up to `seq`.
pub async fn fold(conn: &mut Conn, lesson: LessonId, seq: i64, book: &str, now: Instant) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO lesson_book (lesson_id, seq, book, folded_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (lesson_id) DO UPDATE SET seq = excluded.seq, book = excluded.book, folded_at = excluded.folded_at",
        lesson.uuid(),
        seq,
        book,
        now.as_millis()
    )?;
    execute!(conn, "DELETE FROM lesson_fact WHERE lesson_id = $1 AND seq <= $2", lesson.uuid(), seq)?;
    Ok(())
}
