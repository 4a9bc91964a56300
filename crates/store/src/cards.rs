//! Sign-in cards of the youngest: a secret in a QR code, and three pictures to tap. The store has digests of both.

use crate::limits::CARD_FAILURES_MAX;
use crate::{Conn, StoreError};
use preau_base::{CardId, GroupId, Instant, PersonId, SchoolId, SessionId};
use preau_school::calendar::Grade;
use preau_school::cards::CardFacts;
use sqlx::types::Uuid;
use std::collections::HashMap;

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

#[derive(sqlx::FromRow)]
struct FactRow {
    #[sqlx(try_from = "Uuid")]
    person_id: PersonId,
    school_kind: String,
    beyond_primary: bool,
    /// Empty where the person is in no class of the school.
    class_name: String,
    class_grade: String,
}

impl FactRow {
    fn read(&self) -> CardFacts {
        let kind = self.school_kind.parse().ok();
        let by_hand: Option<Grade> = self.class_grade.parse().ok();
        let grade = by_hand.or_else(|| Grade::of_label(&self.class_name, kind));
        CardFacts { kind, grade, beyond_primary: self.beyond_primary }
    }
}

/// The classes of a pupil, and for schools in which they are in none the school, as the rule of cards asks.
pub async fn facts(conn: &mut Conn, pupil: PersonId) -> Result<Vec<CardFacts>, StoreError> {
    let rows = fetch_all!(
        conn,
        FactRow,
        "SELECT a.person_id, s.kind AS school_kind, s.cards_beyond_primary AS beyond_primary, COALESCE(g.name, '') AS class_name, \
         COALESCE(g.grade, '') AS class_grade FROM affiliation a JOIN school s ON s.id = a.school_id \
         LEFT JOIN school_group g ON g.school_id = a.school_id AND g.kind = 'class' AND g.archived_at IS NULL \
           AND g.id IN (SELECT m.group_id FROM membership m WHERE m.person_id = $1 AND m.role = 'pupil') \
         WHERE a.person_id = $1 AND a.profile = 'pupil'",
        pupil.uuid()
    )?;
    Ok(rows.iter().map(FactRow::read).collect())
}

/// The [`facts`] of all pupils of a group.
pub async fn facts_of_pupils(conn: &mut Conn, group: GroupId) -> Result<HashMap<PersonId, Vec<CardFacts>>, StoreError> {
    let rows = fetch_all!(
        conn,
        FactRow,
        "WITH who AS (SELECT DISTINCT person_id FROM membership WHERE group_id = $1 AND role = 'pupil'), \
         class AS (SELECT w.person_id, g.school_id, g.name, g.grade FROM who w CROSS JOIN membership m CROSS JOIN school_group g \
           WHERE m.person_id = w.person_id AND m.role = 'pupil' AND g.id = m.group_id AND g.kind = 'class' AND g.archived_at IS NULL) \
         SELECT a.person_id, s.kind AS school_kind, s.cards_beyond_primary AS beyond_primary, COALESCE(c.name, '') AS class_name, \
         COALESCE(c.grade, '') AS class_grade FROM who w CROSS JOIN affiliation a CROSS JOIN school s \
         LEFT JOIN class c ON c.person_id = a.person_id AND c.school_id = a.school_id \
         WHERE a.person_id = w.person_id AND a.profile = 'pupil' AND s.id = a.school_id",
        group.uuid()
    )?;
    let mut all: HashMap<PersonId, Vec<CardFacts>> = HashMap::new();
    for row in rows {
        all.entry(row.person_id).or_default().push(row.read());
    }
    Ok(all)
}

#[derive(sqlx::FromRow)]
struct SettingRow {
    beyond_primary: bool,
}

/// Whether a school gives cards to pupils of all grades.
pub async fn beyond_primary(conn: &mut Conn, school: SchoolId) -> Result<bool, StoreError> {
    let row = fetch_optional!(
        conn,
        SettingRow,
        "SELECT cards_beyond_primary AS beyond_primary FROM school WHERE id = $1",
        school.uuid()
    )?;
    Ok(row.is_some_and(|row| row.beyond_primary))
}

/// Has a school give cards to pupils of all grades, or of primary grades alone.
pub async fn set_beyond_primary(conn: &mut Conn, school: SchoolId, beyond: bool) -> Result<(), StoreError> {
    execute!(conn, "UPDATE school SET cards_beyond_primary = $2 WHERE id = $1", school.uuid(), beyond)?;
    Ok(())
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
