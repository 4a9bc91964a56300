//! The single-use link of the first start, and the instance's settings.

use crate::{Conn, StoreError};
use preau_base::Instant;

/// Stores a new link; the ones before stop working.
pub async fn create_link(conn: &mut Conn, token_hash: &[u8], expires_at: Instant) -> Result<(), StoreError> {
    execute!(conn, "DELETE FROM setup_link")?;
    execute!(
        conn,
        "INSERT INTO setup_link (token_hash, expires_at) VALUES ($1, $2)",
        token_hash,
        expires_at.as_millis()
    )?;
    Ok(())
}

/// Whether the link is good. Looking does not use it up.
pub async fn link_is_good(conn: &mut Conn, token_hash: &[u8], now: Instant) -> Result<bool, StoreError> {
    let found = fetch_number!(
        conn,
        "SELECT count(*) FROM setup_link WHERE token_hash = $1 AND expires_at > $2 AND used_at IS NULL",
        token_hash,
        now.as_millis()
    )?;
    Ok(found > 0)
}

/// Uses the link up. `false` when it was used, has expired or never was.
pub async fn spend_link(conn: &mut Conn, token_hash: &[u8], now: Instant) -> Result<bool, StoreError> {
    let changed = execute!(
        conn,
        "UPDATE setup_link SET used_at = $2 WHERE token_hash = $1 AND expires_at > $2 AND used_at IS NULL",
        token_hash,
        now.as_millis()
    )?;
    Ok(changed > 0)
}

#[derive(sqlx::FromRow)]
struct Setting {
    value: String,
}

pub async fn setting(conn: &mut Conn, name: &str) -> Result<Option<String>, StoreError> {
    Ok(fetch_optional!(conn, Setting, "SELECT value FROM setting WHERE name = $1", name)?.map(|row| row.value))
}

pub async fn set_setting(conn: &mut Conn, name: &str, value: &str) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name,
        value
    )?;
    Ok(())
}
