//! What people are told, each thing once, in a list that they mark as read.
//!
//! A notice is a kind and its arguments; pages make the sentence, the text `told-{kind}`, in the reader's language. An
//! argument whose name ends in `_day` is a day (ISO 8601), one whose name ends in `_at` an instant in milliseconds: pages
//! write them as the reader's school does.

use crate::limits::{NOTICE_BYTES_MAX, NOTICE_KEPT, NOTICES_LISTED_MAX};
use crate::{Conn, StoreError};
use preau_base::{Instant, NoticeId, PersonId};
use sqlx::types::Uuid;
use std::collections::BTreeMap;

/// Something to tell one person.
#[derive(Clone, Debug)]
pub struct NewNotice<'a> {
    pub id: NoticeId,
    pub person: PersonId,
    /// Letters, digits and hyphens: `lesson-moved` has the text `told-lesson-moved`.
    pub kind: &'a str,
    /// Names and values for the text; a name is letters, digits, `-` and `_`, and not `who`, which the pages set.
    pub arguments: &'a [(&'a str, &'a str)],
    /// A path of ours that it leads to, or nothing.
    pub link: &'a str,
    /// Names the thing that is told: the same person is not told again under the same key.
    pub once: &'a str,
}

/// A notice as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub id: NoticeId,
    pub kind: String,
    pub arguments: BTreeMap<String, String>,
    pub link: String,
    pub created_at: Instant,
    pub is_read: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: NoticeId,
    kind: String,
    arguments: String,
    link: String,
    #[sqlx(try_from = "i64")]
    created_at: Instant,
    read_at: Option<i64>,
}

impl From<Row> for Notice {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            arguments: serde_json::from_str(&row.arguments).unwrap_or_default(),
            link: row.link,
            created_at: row.created_at,
            is_read: row.read_at.is_some(),
        }
    }
}

/// Tells a person something; call it in the transaction of the act itself. `false` when they had been told already.
///
/// # Errors
/// [`StoreError::Limit`] for more than [`NOTICE_BYTES_MAX`] of arguments.
pub async fn tell(conn: &mut Conn, notice: &NewNotice<'_>, now: Instant) -> Result<bool, StoreError> {
    let arguments: BTreeMap<&str, &str> = notice.arguments.iter().copied().collect();
    let arguments = serde_json::to_string(&arguments).unwrap_or_default();
    let bytes = arguments.len() + notice.link.len() + notice.once.len();
    if bytes > NOTICE_BYTES_MAX {
        return Err(StoreError::Limit { what: "a notice", found: bytes, most: NOTICE_BYTES_MAX });
    }
    let changed = execute!(
        conn,
        "INSERT INTO notice (id, person_id, kind, arguments, link, once_key, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (person_id, once_key) DO NOTHING",
        notice.id.uuid(),
        notice.person.uuid(),
        notice.kind,
        arguments.as_str(),
        notice.link,
        notice.once,
        now.as_millis()
    )?;
    Ok(changed > 0)
}

/// The latest notices of a person, latest first, at most [`NOTICES_LISTED_MAX`].
pub async fn list(conn: &mut Conn, person: PersonId) -> Result<Vec<Notice>, StoreError> {
    let rows = fetch_all!(
        conn,
        Row,
        "SELECT id, kind, arguments, link, created_at, read_at FROM notice WHERE person_id = $1 \
         ORDER BY created_at DESC, id DESC LIMIT CAST($2 AS BIGINT)",
        person.uuid(),
        NOTICES_LISTED_MAX
    )?;
    Ok(rows.into_iter().map(Notice::from).collect())
}

/// The latest notices that the person has not read, latest first, at most `limit`.
pub async fn unread(conn: &mut Conn, person: PersonId, limit: i64) -> Result<Vec<Notice>, StoreError> {
    let rows = fetch_all!(
        conn,
        Row,
        "SELECT id, kind, arguments, link, created_at, read_at FROM notice WHERE person_id = $1 AND read_at IS NULL \
         ORDER BY created_at DESC, id DESC LIMIT CAST($2 AS BIGINT)",
        person.uuid(),
        limit.min(NOTICES_LISTED_MAX)
    )?;
    Ok(rows.into_iter().map(Notice::from).collect())
}

/// One notice of this person.
pub async fn by_id(conn: &mut Conn, id: NoticeId, person: PersonId) -> Result<Option<Notice>, StoreError> {
    let row = fetch_optional!(
        conn,
        Row,
        "SELECT id, kind, arguments, link, created_at, read_at FROM notice WHERE id = $1 AND person_id = $2",
        id.uuid(),
        person.uuid()
    )?;
    Ok(row.map(Notice::from))
}

/// Marks one notice of this person as read; one that is read already stays so.
pub async fn mark_read(conn: &mut Conn, id: NoticeId, person: PersonId, now: Instant) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE notice SET read_at = $3 WHERE id = $1 AND person_id = $2 AND read_at IS NULL",
        id.uuid(),
        person.uuid(),
        now.as_millis()
    )?;
    Ok(())
}

/// Marks every notice that the person was told up to `until` as read. Gives how many.
pub async fn mark_all_read(conn: &mut Conn, person: PersonId, until: Instant, now: Instant) -> Result<u64, StoreError> {
    Ok(execute!(
        conn,
        "UPDATE notice SET read_at = $3 WHERE person_id = $1 AND created_at <= $2 AND read_at IS NULL",
        person.uuid(),
        until.as_millis(),
        now.as_millis()
    )?)
}

/// Removes what was told longer ago than [`NOTICE_KEPT`]. Gives how many.
pub async fn sweep(conn: &mut Conn, now: Instant) -> Result<u64, StoreError> {
    Ok(execute!(conn, "DELETE FROM notice WHERE created_at < $1", now.minus(NOTICE_KEPT).as_millis())?)
}
