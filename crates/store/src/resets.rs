//! Links to choose a new password, sent by e-mail: stored as a hash, used once.

use crate::{Conn, StoreError};
use preau_base::{Instant, PersonId};
use sqlx::types::Uuid;

/// Stores a new link and ends the ones before.
pub async fn create(
    conn: &mut Conn,
    token_hash: &[u8],
    person: PersonId,
    expires_at: Instant,
) -> Result<(), StoreError> {
    forget(conn, person).await?;
    execute!(
        conn,
        "INSERT INTO password_reset (token_hash, person_id, expires_at) VALUES ($1, $2, $3)",
        token_hash,
        person.uuid(),
        expires_at.as_millis()
    )?;
    Ok(())
}

/// Ends every link of a person: whoever may read their mail gets in by none of them any more.
pub async fn forget(conn: &mut Conn, person: PersonId) -> Result<(), StoreError> {
    execute!(conn, "DELETE FROM password_reset WHERE person_id = $1", person.uuid())?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Holder {
    #[sqlx(try_from = "Uuid")]
    person_id: PersonId,
}

/// Whose link this is, while it is good. Looking does not use it up.
pub async fn holder(conn: &mut Conn, token_hash: &[u8], now: Instant) -> Result<Option<PersonId>, StoreError> {
    let row = fetch_optional!(
        conn,
        Holder,
        "SELECT person_id FROM password_reset WHERE token_hash = $1 AND expires_at > $2 AND used_at IS NULL",
        token_hash,
        now.as_millis()
    )?;
    Ok(row.map(|row| row.person_id))
}

/// Uses a link up. `false` when it was used, has expired or never was.
pub async fn spend(conn: &mut Conn, token_hash: &[u8], now: Instant) -> Result<bool, StoreError> {
    let changed = execute!(
        conn,
        "UPDATE password_reset SET used_at = $2 WHERE token_hash = $1 AND expires_at > $2 AND used_at IS NULL",
        token_hash,
        now.as_millis()
    )?;
    Ok(changed > 0)
}
