//! Régions, académies, départements and communes, the schools in them, and who administers them.

mod places;

pub use places::{place, place_by_hand};

use crate::limits::{TERRITORY_ROWS_MAX, TERRITORY_SCHOOLS_MAX};
use crate::people::Person;
use crate::{Conn, StoreError};
use preau_base::{Instant, PersonId, SchoolId, TerritoryId};
use preau_school::{Profile, TerritoryKind};
use sqlx::types::Uuid;
use std::collections::HashSet;

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Territory {
    #[sqlx(try_from = "Uuid")]
    pub id: TerritoryId,
    #[sqlx(try_from = "String")]
    pub kind: TerritoryKind,
    /// Unique within the kind: INSEE's code of a région or département, the name of an académie, and for a commune
    /// [`preau_school::territory::commune_code`].
    pub code: String,
    pub name: String,
    parent_id: Option<Uuid>,
}

impl Territory {
    /// The one in which it lies.
    pub fn parent(&self) -> Option<TerritoryId> {
        self.parent_id.map(TerritoryId::from_uuid)
    }
}

#[derive(Clone, Debug)]
pub struct NewTerritory<'a> {
    pub id: TerritoryId,
    pub kind: TerritoryKind,
    pub code: &'a str,
    pub name: &'a str,
    pub parent: Option<TerritoryId>,
}

/// # Errors
/// [`StoreError::Taken`] when there is one of this kind and code.
pub async fn create(conn: &mut Conn, new: &NewTerritory<'_>, now: Instant) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO territory (id, kind, code, name, parent_id, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        new.id.uuid(),
        new.kind.as_str(),
        new.code,
        new.name,
        new.parent.map(TerritoryId::uuid),
        now.as_millis()
    )?;
    Ok(())
}

pub async fn by_id(conn: &mut Conn, id: TerritoryId) -> Result<Option<Territory>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Territory,
        "SELECT id, kind, code, name, parent_id FROM territory WHERE id = $1",
        id.uuid()
    )?)
}

pub async fn by_code(conn: &mut Conn, kind: TerritoryKind, code: &str) -> Result<Option<Territory>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Territory,
        "SELECT id, kind, code, name, parent_id FROM territory WHERE kind = $1 AND code = $2",
        kind.as_str(),
        code
    )?)
}

/// A territory in a list, with the schools that lie in it and below it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Listed {
    #[sqlx(flatten)]
    pub territory: Territory,
    pub schools: i64,
}

/// The territories that lie directly in `parent`, those that lie in none for `None`, by name, at most
/// [`TERRITORY_ROWS_MAX`].
pub async fn children(conn: &mut Conn, parent: Option<TerritoryId>) -> Result<Vec<Listed>, StoreError> {
    Ok(fetch_all!(
        conn,
        Listed,
        "WITH RECURSIVE below (top, id) AS (SELECT c.id, c.id FROM territory c \
         WHERE (c.parent_id = $1 OR ($2 AND c.parent_id IS NULL)) \
         UNION SELECT b.top, t.id FROM territory t JOIN below b ON t.parent_id = b.id) \
         SELECT t.id, t.kind, t.code, t.name, t.parent_id, \
         (SELECT count(*) FROM school s JOIN below b ON s.territory_id = b.id WHERE b.top = t.id) AS schools \
         FROM territory t WHERE t.parent_id = $1 OR ($2 AND t.parent_id IS NULL) ORDER BY t.name, t.id LIMIT CAST($3 AS BIGINT)",
        parent.map(TerritoryId::uuid),
        parent.is_none(),
        TERRITORY_ROWS_MAX
    )?)
}

/// Those in which a territory lies, the largest first, and itself.
pub async fn path(conn: &mut Conn, id: TerritoryId) -> Result<Vec<Territory>, StoreError> {
    let mut path = Vec::new();
    let mut next = Some(id);
    // As deep as there are kinds.
    while let (Some(id), true) = (next, path.len() < TerritoryKind::ALL.len()) {
        let Some(found) = by_id(conn, id).await? else { break };
        next = found.parent();
        path.push(found);
    }
    path.reverse();
    Ok(path)
}

/// All territories of the three larger kinds, to choose from, at most [`TERRITORY_ROWS_MAX`].
pub async fn large(conn: &mut Conn) -> Result<Vec<Territory>, StoreError> {
    Ok(fetch_all!(
        conn,
        Territory,
        "SELECT id, kind, code, name, parent_id FROM territory WHERE kind <> 'commune' ORDER BY kind, name, id LIMIT CAST($1 AS BIGINT)",
        TERRITORY_ROWS_MAX
    )?)
}

/// A school of a territory, with how many of its people are what.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SchoolCount {
    #[sqlx(try_from = "Uuid")]
    pub id: SchoolId,
    pub uai: Option<String>,
    pub name: String,
    pub city: String,
    pub pupils: i64,
    pub teachers: i64,
    /// Pupils who have chosen a password or hold a sign-in card.
    pub pupils_active: i64,
}

/// The schools in a territory and below it, by name, at most [`TERRITORY_SCHOOLS_MAX`] from `offset`.
pub async fn schools(conn: &mut Conn, id: TerritoryId, offset: i64) -> Result<Vec<SchoolCount>, StoreError> {
    Ok(fetch_all!(
        conn,
        SchoolCount,
        "WITH RECURSIVE below (id) AS (SELECT t.id FROM territory t WHERE t.id = $1 \
         UNION SELECT t.id FROM territory t JOIN below b ON t.parent_id = b.id) \
         SELECT s.id, s.uai, s.name, s.city, \
         (SELECT count(*) FROM affiliation a WHERE a.school_id = s.id AND a.profile = 'pupil') AS pupils, \
         (SELECT count(*) FROM affiliation a WHERE a.school_id = s.id AND a.profile = 'teacher') AS teachers, \
         (SELECT count(*) FROM affiliation a JOIN person p ON p.id = a.person_id WHERE a.school_id = s.id \
           AND a.profile = 'pupil' AND (p.password_changed_at IS NOT NULL OR EXISTS (SELECT 1 FROM card c \
           WHERE c.person_id = p.id AND c.revoked_at IS NULL))) AS pupils_active \
         FROM school s JOIN below b ON s.territory_id = b.id ORDER BY s.name, s.id LIMIT CAST($2 AS BIGINT) OFFSET $3",
        id.uuid(),
        TERRITORY_SCHOOLS_MAX,
        offset
    )?)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ProfilePeople {
    #[sqlx(try_from = "String")]
    pub profile: Profile,
    pub people: i64,
}

/// How many people are what in the schools of a territory; whoever is it in several counts once.
pub async fn people_below(conn: &mut Conn, id: TerritoryId) -> Result<Vec<ProfilePeople>, StoreError> {
    Ok(fetch_all!(
        conn,
        ProfilePeople,
        "WITH RECURSIVE below (id) AS (SELECT t.id FROM territory t WHERE t.id = $1 \
         UNION SELECT t.id FROM territory t JOIN below b ON t.parent_id = b.id) \
         SELECT a.profile, count(DISTINCT a.person_id) AS people FROM affiliation a JOIN school s ON s.id = a.school_id \
         JOIN below b ON s.territory_id = b.id GROUP BY a.profile ORDER BY a.profile",
        id.uuid()
    )?)
}

/// How many schools lie in no territory yet.
pub async fn count_unplaced(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(fetch_number!(conn, "SELECT count(*) FROM school WHERE territory_id IS NULL")?)
}

/// Makes a person administrator of a territory; nothing changes when they are it already.
pub async fn give(
    conn: &mut Conn,
    person: PersonId,
    territory: TerritoryId,
    by: Option<PersonId>,
    now: Instant,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO territory_admin (person_id, territory_id, given_by, given_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (person_id, territory_id) DO NOTHING",
        person.uuid(),
        territory.uuid(),
        by.map(PersonId::uuid),
        now.as_millis()
    )?;
    execute!(conn, "UPDATE person SET left_at = NULL WHERE id = $1 AND left_at IS NOT NULL", person.uuid())?;
    Ok(())
}

/// The end of what [`give`] began.
pub async fn take(conn: &mut Conn, person: PersonId, territory: TerritoryId) -> Result<(), StoreError> {
    execute!(
        conn,
        "DELETE FROM territory_admin WHERE person_id = $1 AND territory_id = $2",
        person.uuid(),
        territory.uuid()
    )?;
    Ok(())
}

/// Those who administer a territory, by name.
pub async fn administrators(conn: &mut Conn, territory: TerritoryId) -> Result<Vec<Person>, StoreError> {
    Ok(fetch_all!(
        conn,
        Person,
        "SELECT p.id, p.login, p.given_name, p.family_name, p.title, p.email, p.locale, p.platform_admin, p.suspended_at, \
         p.password_changed_at, p.code_expires_at FROM person p JOIN territory_admin t ON t.person_id = p.id \
         WHERE t.territory_id = $1 ORDER BY p.search_name, p.id",
        territory.uuid()
    )?)
}

/// The territories that a person was given, without those below.
pub async fn of_person(conn: &mut Conn, person: PersonId) -> Result<Vec<Territory>, StoreError> {
    Ok(fetch_all!(
        conn,
        Territory,
        "SELECT t.id, t.kind, t.code, t.name, t.parent_id FROM territory t JOIN territory_admin a ON a.territory_id = t.id \
         WHERE a.person_id = $1 ORDER BY t.name, t.id",
        person.uuid()
    )?)
}

#[derive(sqlx::FromRow)]
struct TerritoryRow {
    #[sqlx(try_from = "Uuid")]
    id: TerritoryId,
}

/// The territories that a person administers, with all below.
pub async fn below_those_of(conn: &mut Conn, person: PersonId) -> Result<HashSet<TerritoryId>, StoreError> {
    let rows = fetch_all!(
        conn,
        TerritoryRow,
        "WITH RECURSIVE below (id) AS (SELECT territory_id FROM territory_admin WHERE person_id = $1 \
         UNION SELECT t.id FROM territory t JOIN below b ON t.parent_id = b.id) SELECT id FROM below",
        person.uuid()
    )?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

#[derive(sqlx::FromRow)]
struct SchoolRow {
    #[sqlx(try_from = "Uuid")]
    id: SchoolId,
}

/// The schools of the territories that a person administers.
pub async fn schools_governed(conn: &mut Conn, person: PersonId) -> Result<HashSet<SchoolId>, StoreError> {
    let rows = fetch_all!(
        conn,
        SchoolRow,
        "WITH RECURSIVE below (id) AS (SELECT territory_id FROM territory_admin WHERE person_id = $1 \
         UNION SELECT t.id FROM territory t JOIN below b ON t.parent_id = b.id) \
         SELECT s.id FROM school s JOIN below b ON s.territory_id = b.id",
        person.uuid()
    )?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
