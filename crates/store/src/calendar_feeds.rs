//! Secret addresses of timetables, for calendar programs: stored as a hash, revoked one by one.

use crate::limits::CALENDAR_FEEDS_MAX;
use crate::{Conn, StoreError};
use preau_base::{FeedId, Instant, PersonId};
use sqlx::types::Uuid;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CalendarFeed {
    #[sqlx(try_from = "Uuid")]
    pub id: FeedId,
    /// Who made it.
    #[sqlx(try_from = "Uuid")]
    pub person_id: PersonId,
    /// Whose lessons it gives.
    #[sqlx(try_from = "Uuid")]
    pub of_person: PersonId,
    /// What its maker calls it.
    pub name: String,
    pub created_at: i64,
    /// When a program last asked for it, within an hour.
    pub used_at: Option<i64>,
}

#[derive(Clone, Copy, Debug)]
pub struct NewFeed<'a> {
    pub id: FeedId,
    pub person: PersonId,
    pub of_person: PersonId,
    pub secret_hash: &'a [u8],
    pub name: &'a str,
}

/// # Errors
/// [`StoreError::Limit`] when the person has [`CALENDAR_FEEDS_MAX`] already.
pub async fn create(conn: &mut Conn, feed: &NewFeed<'_>, now: Instant) -> Result<(), StoreError> {
    let found = usize::try_from(fetch_number!(
        conn,
        "SELECT count(*) FROM calendar_feed WHERE person_id = $1 AND revoked_at IS NULL",
        feed.person.uuid()
    )?)
    .unwrap_or(usize::MAX);
    if found >= CALENDAR_FEEDS_MAX {
        return Err(StoreError::Limit { what: "the number of calendar addresses", found, most: CALENDAR_FEEDS_MAX });
    }
    execute!(
        conn,
        "INSERT INTO calendar_feed (id, person_id, of_person, secret_hash, name, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        feed.id.uuid(),
        feed.person.uuid(),
        feed.of_person.uuid(),
        feed.secret_hash,
        feed.name,
        now.as_millis()
    )?;
    Ok(())
}

/// Those that a person has made and not revoked, newest first.
pub async fn of_maker(conn: &mut Conn, person: PersonId) -> Result<Vec<CalendarFeed>, StoreError> {
    Ok(fetch_all!(
        conn,
        CalendarFeed,
        "SELECT id, person_id, of_person, name, created_at, used_at FROM calendar_feed \
         WHERE person_id = $1 AND revoked_at IS NULL ORDER BY created_at DESC, id",
        person.uuid()
    )?)
}

/// The feed of this secret, if its maker is not suspended.
pub async fn by_secret(conn: &mut Conn, secret_hash: &[u8]) -> Result<Option<CalendarFeed>, StoreError> {
    Ok(fetch_optional!(
        conn,
        CalendarFeed,
        "SELECT f.id, f.person_id, f.of_person, f.name, f.created_at, f.used_at FROM calendar_feed f \
         JOIN person p ON p.id = f.person_id \
         WHERE f.secret_hash = $1 AND f.revoked_at IS NULL AND p.suspended_at IS NULL",
        secret_hash
    )?)
}

/// Notes that a program has asked for it. Programs ask every hour, so it is written once an hour at most.
pub async fn used(conn: &mut Conn, id: FeedId, now: Instant) -> Result<(), StoreError> {
    const HOUR_MS: i64 = 3_600_000;
    execute!(
        conn,
        "UPDATE calendar_feed SET used_at = $2 WHERE id = $1 AND (used_at IS NULL OR used_at < $3)",
        id.uuid(),
        now.as_millis(),
        now.as_millis() - HOUR_MS
    )?;
    Ok(())
}

/// `false` when the person has made none with this id.
pub async fn revoke(conn: &mut Conn, id: FeedId, person: PersonId, now: Instant) -> Result<bool, StoreError> {
    let changed = execute!(
        conn,
        "UPDATE calendar_feed SET revoked_at = $3 WHERE id = $1 AND person_id = $2 AND revoked_at IS NULL",
        id.uuid(),
        person.uuid(),
        now.as_millis()
    )?;
    Ok(changed > 0)
}
