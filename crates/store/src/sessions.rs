//! Signed-in browsers, and the news of what has been revoked.

use crate::{Conn, StoreError};
use preau_base::{Instant, PersonId, SessionId};
use sqlx::types::Uuid;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Session {
    #[sqlx(try_from = "Uuid")]
    pub id: SessionId,
    #[sqlx(try_from = "i64")]
    pub created_at: Instant,
    #[sqlx(try_from = "i64")]
    pub renewed_at: Instant,
    pub shared_device: bool,
    /// A short name of the browser, from its `User-Agent`.
    pub browser: String,
}

pub async fn create(
    conn: &mut Conn,
    session: &Session,
    person: PersonId,
    expires_at: Instant,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO session (id, person_id, created_at, renewed_at, expires_at, shared_device, browser) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        session.id.uuid(),
        person.uuid(),
        session.created_at.as_millis(),
        session.renewed_at.as_millis(),
        expires_at.as_millis(),
        session.shared_device,
        session.browser.as_str()
    )?;
    Ok(())
}

/// Notes that the pass of a session was renewed.
pub async fn renew(conn: &mut Conn, id: SessionId, now: Instant, expires_at: Instant) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE session SET renewed_at = $2, expires_at = $3 WHERE id = $1 AND revoked_at IS NULL",
        id.uuid(),
        now.as_millis(),
        expires_at.as_millis()
    )?;
    Ok(())
}

/// Ends one session of a person; other machines learn it by [`revoked_since`]. Gives whether there was one to end.
pub async fn revoke(conn: &mut Conn, id: SessionId, person: PersonId, now: Instant) -> Result<bool, StoreError> {
    let changed = execute!(
        conn,
        "UPDATE session SET revoked_at = $3 WHERE id = $1 AND person_id = $2 AND revoked_at IS NULL",
        id.uuid(),
        person.uuid(),
        now.as_millis()
    )?;
    Ok(changed > 0)
}

#[derive(sqlx::FromRow)]
struct IdRow {
    #[sqlx(try_from = "Uuid")]
    id: SessionId,
}

/// Ends every session of a person. Gives those that were good.
pub async fn revoke_all(conn: &mut Conn, person: PersonId, now: Instant) -> Result<Vec<SessionId>, StoreError> {
    let rows = fetch_all!(
        conn,
        IdRow,
        "UPDATE session SET revoked_at = $2 WHERE person_id = $1 AND revoked_at IS NULL RETURNING id",
        person.uuid(),
        now.as_millis()
    )?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The sessions of a person that are good, latest first.
pub async fn list(conn: &mut Conn, person: PersonId, now: Instant) -> Result<Vec<Session>, StoreError> {
    Ok(fetch_all!(
        conn,
        Session,
        "SELECT id, created_at, renewed_at, shared_device, browser FROM session \
         WHERE person_id = $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY renewed_at DESC, id LIMIT 100",
        person.uuid(),
        now.as_millis()
    )?)
}

#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct RevokedSession {
    #[sqlx(try_from = "Uuid")]
    pub id: SessionId,
    /// After this instant no pass of the session is good anyway.
    #[sqlx(try_from = "i64")]
    pub expires_at: Instant,
}

#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct RaisedEpoch {
    #[sqlx(try_from = "Uuid")]
    pub person_id: PersonId,
    pub epoch: i64,
}

/// The sessions revoked since `since` whose passes would still be good at `now`.
pub async fn revoked_since(conn: &mut Conn, since: Instant, now: Instant) -> Result<Vec<RevokedSession>, StoreError> {
    Ok(fetch_all!(
        conn,
        RevokedSession,
        "SELECT id, expires_at FROM session WHERE revoked_at >= $1 AND expires_at > $2",
        since.as_millis(),
        now.as_millis()
    )?)
}

/// The people whose epoch was raised since `since`.
pub async fn raised_since(conn: &mut Conn, since: Instant) -> Result<Vec<RaisedEpoch>, StoreError> {
    Ok(fetch_all!(
        conn,
        RaisedEpoch,
        "SELECT person_id, epoch FROM person_epoch WHERE raised_at >= $1",
        since.as_millis()
    )?)
}
