//! Sign-in cards of the youngest: a secret in a QR code, and three pictures to tap. The store has digests of both.

use crate::limits::CARD_FAILURES_MAX;
use crate::{Conn, StoreError};
use preau_base::{CardId, GroupId, Instant, PersonId, SessionId};
use sqlx::types::Uuid;

#[derive(Clone, Debug)]
pub struct NewCard<'a> {
    pub id: CardId,
    pub person: PersonId,
    pub secret_hash: &'a [u8],
    pub picture_hash: &'a [u8],
    pub made_by: PersonId,
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    #[sqlx(try_from = "Uuid")]
    id: SessionId,
}

/// Gives a pupil a card; the one before dies, and the sessions that it began end. Gives those sessions.
pub async fn give(conn: &mut Conn, card: &NewCard<'_>, now: Instant) -> Result<Vec<SessionId>, StoreError> {
    let ended = revoke(conn, card.person, now).await?;
    execute!(
        conn,
        "INSERT INTO card (id, person_id, secret_hash, picture_hash, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6)",
        card.id.uuid(),
        card.person.uuid(),
        card.secret_hash,
        card.picture_hash,
        card.made_by.uuid(),
        now.as_millis()
    )?;
    Ok(ended)
}

/// Ends a person's card and the sessions that cards of theirs began. Gives those sessions.
pub async fn revoke(conn: &mut Conn, person: PersonId, now: Instant) -> Result<Vec<SessionId>, StoreError> {
    execute!(
        conn,
        "UPDATE card SET revoked_at = $2 WHERE person_id = $1 AND revoked_at IS NULL",
        person.uuid(),
        now.as_millis()
    )?;
    let rows = fetch_all!(
        conn,
        SessionRow,
        "UPDATE session SET revoked_at = $2 WHERE person_id = $1 AND card_id IS NOT NULL AND revoked_at IS NULL RETURNING id",
        person.uuid(),
        now.as_millis()
    )?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// A card that is good.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Card {
    #[sqlx(try_from = "Uuid")]
    pub id: CardId,
    #[sqlx(try_from = "Uuid")]
    pub person_id: PersonId,
    /// Digest of the three pictures.
    pub picture_hash: Vec<u8>,
}

/// The card of this secret, if it is good and its person not suspended.
pub async fn by_secret(conn: &mut Conn, hash: &[u8]) -> Result<Option<Card>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Card,
        "SELECT c.id, c.person_id, c.picture_hash FROM card c JOIN person p ON p.id = c.person_id \
         WHERE c.secret_hash = $1 AND c.revoked_at IS NULL AND p.suspended_at IS NULL",
        hash
    )?)
}

/// The pictures were wrong. After [`CARD_FAILURES_MAX`] such tries in a row the card is revoked: `true` then.
pub async fn failed(conn: &mut Conn, id: CardId, now: Instant) -> Result<bool, StoreError> {
    execute!(conn, "UPDATE card SET failures = failures + 1 WHERE id = $1", id.uuid())?;
    let ended = execute!(
        conn,
        "UPDATE card SET revoked_at = $3 WHERE id = $1 AND failures >= $2 AND revoked_at IS NULL",
        id.uuid(),
        CARD_FAILURES_MAX,
        now.as_millis()
    )?;
    Ok(ended > 0)
}

/// The pictures were right, and began this session: it ends with the card. `false` when the card has died meanwhile.
pub async fn entered(conn: &mut Conn, id: CardId, session: SessionId, now: Instant) -> Result<bool, StoreError> {
    let changed = execute!(
        conn,
        "UPDATE card SET failures = 0, used_at = $2 WHERE id = $1 AND revoked_at IS NULL",
        id.uuid(),
        now.as_millis()
    )?;
    execute!(conn, "UPDATE session SET card_id = $2 WHERE id = $1", session.uuid(), id.uuid())?;
    Ok(changed > 0)
}

/// A pupil's good card as lists show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Given {
    #[sqlx(try_from = "Uuid")]
    pub person_id: PersonId,
    #[sqlx(try_from = "i64")]
    pub made_at: Instant,
    pub used_at: Option<i64>,
}

/// The good cards of a group's pupils.
pub async fn of_group(conn: &mut Conn, group: GroupId) -> Result<Vec<Given>, StoreError> {
    Ok(fetch_all!(
        conn,
        Given,
        "SELECT c.person_id, c.made_at, c.used_at FROM card c WHERE c.revoked_at IS NULL AND c.person_id IN \
         (SELECT m.person_id FROM membership m WHERE m.group_id = $1 AND m.role = 'pupil') \
         ORDER BY c.person_id",
        group.uuid()
    )?)
}

/// Whether a person has a good card.
pub async fn has(conn: &mut Conn, person: PersonId) -> Result<bool, StoreError> {
    let count =
        fetch_number!(conn, "SELECT count(*) FROM card WHERE person_id = $1 AND revoked_at IS NULL", person.uuid())?;
    Ok(count > 0)
}
