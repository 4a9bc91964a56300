//! Activation codes: stored as a hash, with an expiry, used once.

use crate::{Conn, StoreError};
use preau_base::{Instant, PersonId};
use sqlx::types::Uuid;

/// Gives the person a new code; the one before stops working.
pub async fn set(conn: &mut Conn, person: PersonId, hash: &[u8], expires_at: Instant) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE person SET code_hash = $2, code_expires_at = $3 WHERE id = $1",
        person.uuid(),
        hash,
        expires_at.as_millis()
    )?;
    Ok(())
}

/// Forgets the password too, and the links sent by e-mail: the account can only be reached by the new code. The passes end with
/// [`crate::people::raise_epoch`].
pub async fn reset(conn: &mut Conn, person: PersonId, hash: &[u8], expires_at: Instant) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE person SET code_hash = $2, code_expires_at = $3, password_hash = NULL, password_changed_at = NULL \
         WHERE id = $1",
        person.uuid(),
        hash,
        expires_at.as_millis()
    )?;
    crate::resets::forget(conn, person).await
}

#[derive(sqlx::FromRow)]
struct Holder {
    #[sqlx(try_from = "Uuid")]
    id: PersonId,
}

/// Whose code this is, if it has not expired and the account is not suspended. It is used up by
/// [`crate::people::set_password`] in the same transaction.
pub async fn holder(conn: &mut Conn, hash: &[u8], now: Instant) -> Result<Option<PersonId>, StoreError> {
    let row = fetch_optional!(
        conn,
        Holder,
        "SELECT id FROM person WHERE code_hash = $1 AND code_expires_at > $2 AND suspended_at IS NULL",
        hash,
        now.as_millis()
    )?;
    Ok(row.map(|row| row.id))
}
