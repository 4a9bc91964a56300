//! How long what was said and drawn in live lessons is kept, and its end.

use crate::limits::{KEPT_LINES_MAX, LESSON_FACTS_KEPT, SCHOOLS_SWEPT_MAX, SWEPT_ROWS_MAX};
use crate::{Conn, StoreError};
use preau_base::{ChatId, Instant, LessonId, PersonId, Pii, SchoolId};
use sqlx::types::Uuid;

#[derive(sqlx::FromRow)]
struct DaysRow {
    days: Option<i64>,
}

/// For how many days a school keeps the chat of its lessons; `None`: to the end of the school year.
pub async fn chat_days(conn: &mut Conn, school: SchoolId) -> Result<Option<i64>, StoreError> {
    let row = fetch_optional!(conn, DaysRow, "SELECT days FROM chat_keeping WHERE school_id = $1", school.uuid())?;
    Ok(row.and_then(|row| row.days))
}

/// Sets them where they are `was`. `false` when they are others by now: nothing changes then.
pub async fn change_chat_days(
    conn: &mut Conn,
    school: SchoolId,
    (was, days): (Option<i64>, Option<i64>),
    by: PersonId,
    now: Instant,
) -> Result<bool, StoreError> {
    // A school that has set nothing yet has no row.
    if chat_days(conn, school).await? != was {
        return Ok(false);
    }
    let changed = execute!(
        conn,
        "INSERT INTO chat_keeping AS k (school_id, days, changed_at, changed_by) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (school_id) DO UPDATE SET days = excluded.days, changed_at = excluded.changed_at, \
         changed_by = excluded.changed_by WHERE COALESCE(k.days, 0) = $5",
        school.uuid(),
        days,
        now.as_millis(),
        by.uuid(),
        was.unwrap_or(0)
    )?;
    Ok(changed > 0)
}

#[derive(sqlx::FromRow)]
struct SchoolRow {
    #[sqlx(try_from = "Uuid")]
    school_id: SchoolId,
    days: i64,
}

/// The schools that keep chat for a number of days, at most [`SCHOOLS_SWEPT_MAX`], after `after` in the order of their ids.
pub async fn by_days(conn: &mut Conn, after: Option<SchoolId>) -> Result<Vec<(SchoolId, i64)>, StoreError> {
    let rows = fetch_all!(
        conn,
        SchoolRow,
        "SELECT school_id, days FROM chat_keeping WHERE days IS NOT NULL AND school_id > $1 ORDER BY school_id LIMIT CAST($2 AS BIGINT)",
        after.map_or(Uuid::nil(), SchoolId::uuid),
        SCHOOLS_SWEPT_MAX
    )?;
    Ok(rows.into_iter().map(|row| (row.school_id, row.days)).collect())
}

/// Deletes the chat of a school's lessons from before `before`, at most [`SWEPT_ROWS_MAX`] lines. Gives how many.
pub async fn sweep_chat_of(conn: &mut Conn, school: SchoolId, before: Instant) -> Result<u64, StoreError> {
    Ok(execute!(
        conn,
        "DELETE FROM chat_message WHERE id IN (SELECT c.id FROM chat_message c JOIN lesson l ON l.id = c.lesson_id \
         WHERE l.school_id = $1 AND c.sent_at < $2 LIMIT CAST($3 AS BIGINT))",
        school.uuid(),
        before.as_millis(),
        SWEPT_ROWS_MAX
    )?)
}

/// The same for all schools that keep it to the end of the school year, which was at `before`.
pub async fn sweep_chat_of_years(conn: &mut Conn, before: Instant) -> Result<u64, StoreError> {
    Ok(execute!(
        conn,
        "DELETE FROM chat_message WHERE id IN (SELECT c.id FROM chat_message c JOIN lesson l ON l.id = c.lesson_id \
         WHERE c.sent_at < $1 AND NOT EXISTS (SELECT 1 FROM chat_keeping k WHERE k.school_id = l.school_id \
         AND k.days IS NOT NULL) LIMIT CAST($2 AS BIGINT))",
        before.as_millis(),
        SWEPT_ROWS_MAX
    )?)
}

/// Deletes the facts of lessons that ended longer ago than [`LESSON_FACTS_KEPT`], at most [`SWEPT_ROWS_MAX`] of them and as
/// many folded ones. Gives how many.
pub async fn sweep_facts(conn: &mut Conn, now: Instant) -> Result<u64, StoreError> {
    let before = now.minus(LESSON_FACTS_KEPT).as_millis();
    let facts = execute!(
        conn,
        "DELETE FROM lesson_fact WHERE (lesson_id, seq) IN (SELECT f.lesson_id, f.seq FROM lesson_fact f \
         JOIN lesson l ON l.id = f.lesson_id WHERE l.ends_at < $1 AND f.noted_at < $1 LIMIT CAST($2 AS BIGINT))",
        before,
        SWEPT_ROWS_MAX
    )?;
    let books = execute!(
        conn,
        "DELETE FROM lesson_book WHERE lesson_id IN (SELECT b.lesson_id FROM lesson_book b \
         JOIN lesson l ON l.id = b.lesson_id WHERE l.ends_at < $1 AND b.folded_at < $1 LIMIT CAST($2 AS BIGINT))",
        before,
        SWEPT_ROWS_MAX
    )?;
    Ok(facts + books)
}

/// A line of a lesson's chat, with the name of who wrote it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Line {
    #[sqlx(try_from = "Uuid")]
    pub id: ChatId,
    #[sqlx(try_from = "Uuid")]
    pub person_id: PersonId,
    #[sqlx(try_from = "String")]
    pub name: Pii<String>,
    /// They were invited into this lesson, and are of no school.
    pub is_guest: bool,
    #[sqlx(try_from = "String")]
    pub body: Pii<String>,
    /// For whom it was, as opaque JSON.
    pub audience: String,
    #[sqlx(try_from = "i64")]
    pub sent_at: Instant,
}

/// The first [`KEPT_LINES_MAX`] lines of a lesson after `after` that were not taken back, in their order.
pub async fn lines(conn: &mut Conn, lesson: LessonId, after: Option<ChatId>) -> Result<Vec<Line>, StoreError> {
    Ok(fetch_all!(
        conn,
        Line,
        "SELECT c.id, c.person_id, trim(p.given_name || ' ' || p.family_name) AS name, c.body, c.audience, c.sent_at, \
         EXISTS (SELECT 1 FROM lesson_guest g WHERE g.lesson_id = c.lesson_id AND g.person_id = c.person_id) AS is_guest \
         FROM chat_message c JOIN person p ON p.id = c.person_id \
         WHERE c.lesson_id = $1 AND c.id > $2 AND c.deleted_at IS NULL ORDER BY c.id LIMIT CAST($3 AS BIGINT)",
        lesson.uuid(),
        after.map_or(Uuid::nil(), ChatId::uuid),
        KEPT_LINES_MAX
    )?)
}

/// One line of a lesson, also one that was taken back.
pub async fn line(conn: &mut Conn, lesson: LessonId, id: ChatId) -> Result<Option<Line>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Line,
        "SELECT c.id, c.person_id, trim(p.given_name || ' ' || p.family_name) AS name, c.body, c.audience, c.sent_at, \
         EXISTS (SELECT 1 FROM lesson_guest g WHERE g.lesson_id = c.lesson_id AND g.person_id = c.person_id) AS is_guest \
         FROM chat_message c JOIN person p ON p.id = c.person_id WHERE c.lesson_id = $1 AND c.id = $2",
        lesson.uuid(),
        id.uuid()
    )?)
}

/// Up to `count` lines of the same conversation before a line, and as many after it, in their order, without the line itself;
/// also those that were taken back.
pub async fn around(conn: &mut Conn, lesson: LessonId, line: &Line, count: i64) -> Result<Vec<Line>, StoreError> {
    let mut before = fetch_all!(
        conn,
        Line,
        "SELECT c.id, c.person_id, trim(p.given_name || ' ' || p.family_name) AS name, c.body, c.audience, c.sent_at, \
         EXISTS (SELECT 1 FROM lesson_guest g WHERE g.lesson_id = c.lesson_id AND g.person_id = c.person_id) AS is_guest \
         FROM chat_message c JOIN person p ON p.id = c.person_id \
         WHERE c.lesson_id = $1 AND c.id < $2 AND c.audience = $3 ORDER BY c.id DESC LIMIT CAST($4 AS BIGINT)",
        lesson.uuid(),
        line.id.uuid(),
        line.audience.as_str(),
        count
    )?;
    before.reverse();
    let after = fetch_all!(
        conn,
        Line,
        "SELECT c.id, c.person_id, trim(p.given_name || ' ' || p.family_name) AS name, c.body, c.audience, c.sent_at, \
         EXISTS (SELECT 1 FROM lesson_guest g WHERE g.lesson_id = c.lesson_id AND g.person_id = c.person_id) AS is_guest \
         FROM chat_message c JOIN person p ON p.id = c.person_id \
         WHERE c.lesson_id = $1 AND c.id > $2 AND c.audience = $3 ORDER BY c.id LIMIT CAST($4 AS BIGINT)",
        lesson.uuid(),
        line.id.uuid(),
        line.audience.as_str(),
        count
    )?;
    before.extend(after);
    Ok(before)
}

#[derive(sqlx::FromRow)]
struct SpanRow {
    joined_at: Option<i64>,
    left_at: Option<i64>,
    visits: i64,
    open: i64,
}

/// From a person's first coming into a lesson to their last going, which is `now` while they are in; `None` for somebody who
/// never was.
pub async fn was_in(
    conn: &mut Conn,
    lesson: LessonId,
    person: PersonId,
    now: Instant,
) -> Result<Option<(Instant, Instant)>, StoreError> {
    let row = fetch_optional!(
        conn,
        SpanRow,
        "SELECT min(joined_at) AS joined_at, max(left_at) AS left_at, count(*) AS visits, \
         count(*) - count(left_at) AS open FROM visit WHERE lesson_id = $1 AND person_id = $2",
        lesson.uuid(),
        person.uuid()
    )?;
    Ok(row.filter(|row| row.visits > 0).map(|row| {
        let left = if row.open > 0 { now } else { row.left_at.map_or(now, Instant::from_millis) };
        (row.joined_at.map_or(left, Instant::from_millis), left)
    }))
}
