//! Resumable uploads that have been begun. Their bytes are parts in the object store, under the same ids.

use crate::limits::SWEPT_ROWS_MAX;
use crate::{Conn, StoreError};
use preau_base::{Instant, PersonId, UploadId};
use sqlx::types::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Upload {
    #[sqlx(try_from = "Uuid")]
    pub id: UploadId,
    #[sqlx(try_from = "Uuid")]
    pub person_id: PersonId,
    pub name: String,
    /// How many there will be when it is whole.
    pub bytes: i64,
    /// Milliseconds since 1970.
    pub expires_at: i64,
    /// Set once the file has its row.
    pub finished_at: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct NewUpload<'a> {
    pub id: UploadId,
    pub person: PersonId,
    pub name: &'a str,
    pub bytes: u64,
    pub expires_at: Instant,
}

pub async fn create(conn: &mut Conn, upload: &NewUpload<'_>, now: Instant) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO upload (id, person_id, name, bytes, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        upload.id.uuid(),
        upload.person.uuid(),
        upload.name,
        i64::try_from(upload.bytes).unwrap_or(i64::MAX),
        now.as_millis(),
        upload.expires_at.as_millis()
    )?;
    Ok(())
}

/// One that has not expired.
pub async fn by_id(conn: &mut Conn, id: UploadId, now: Instant) -> Result<Option<Upload>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Upload,
        "SELECT id, person_id, name, bytes, expires_at, finished_at FROM upload WHERE id = $1 AND expires_at > $2",
        id.uuid(),
        now.as_millis()
    )?)
}

/// How many uploads of a person are begun and not finished, and how many bytes they will have.
pub async fn open_of(conn: &mut Conn, person: PersonId, now: Instant) -> Result<(i64, i64), StoreError> {
    let count = fetch_number!(
        conn,
        "SELECT count(*) FROM upload WHERE person_id = $1 AND finished_at IS NULL AND expires_at > $2",
        person.uuid(),
        now.as_millis()
    )?;
    let bytes = fetch_number!(
        conn,
        "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM upload \
         WHERE person_id = $1 AND finished_at IS NULL AND expires_at > $2",
        person.uuid(),
        now.as_millis()
    )?;
    Ok((count, bytes))
}

pub async fn finish(conn: &mut Conn, id: UploadId, now: Instant) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE upload SET finished_at = $2 WHERE id = $1 AND finished_at IS NULL",
        id.uuid(),
        now.as_millis()
    )?;
    Ok(())
}

/// Gives up an upload that is not finished. `false` when there is none.
pub async fn remove(conn: &mut Conn, id: UploadId) -> Result<bool, StoreError> {
    Ok(execute!(conn, "DELETE FROM upload WHERE id = $1 AND finished_at IS NULL", id.uuid())? > 0)
}

/// Deletes what has expired, a bounded number at a time. The parts are then parts without a row.
pub async fn sweep(conn: &mut Conn, now: Instant) -> Result<u64, StoreError> {
    Ok(execute!(
        conn,
        "DELETE FROM upload WHERE id IN (SELECT u.id FROM upload u WHERE u.expires_at <= $1 LIMIT CAST($2 AS BIGINT))",
        now.as_millis(),
        SWEPT_ROWS_MAX
    )?)
}

/// Whether an upload has a row, expired or not.
pub async fn is_known(conn: &mut Conn, id: UploadId) -> Result<bool, StoreError> {
    Ok(fetch_number!(conn, "SELECT count(*) FROM upload WHERE id = $1", id.uuid())? > 0)
}
