use super::{Actor, Person, PersonFacts};
use crate::{Conn, StoreError, territories};
use preau_base::{GroupId, PersonId};
use preau_school::RelationRights;
use sqlx::types::Uuid;
use std::collections::HashMap;
use std::sync::Arc;

#[derive(sqlx::FromRow)]
struct StandingRow {
    platform_admin: bool,
    suspended_at: Option<i64>,
    governs: bool,
}

async fn standing(conn: &mut Conn, id: PersonId) -> Result<Option<StandingRow>, StoreError> {
    Ok(fetch_optional!(
        conn,
        StandingRow,
        "SELECT platform_admin, suspended_at, \
         EXISTS (SELECT 1 FROM territory_admin t WHERE t.person_id = person.id) AS governs FROM person WHERE id = $1",
        id.uuid()
    )?)
}

/// The facts about a signed-in person, read at each request: rights are never kept in a pass.
/// `None` when the person is gone or suspended.
pub async fn actor(conn: &mut Conn, id: PersonId) -> Result<Option<Actor>, StoreError> {
    let Some(standing) = standing(conn, id).await?.filter(|row| row.suspended_at.is_none()) else {
        return Ok(None);
    };
    Ok(Some(standing_as(conn, id, (standing.platform_admin, standing.governs)).await?))
}

async fn standing_as(
    conn: &mut Conn,
    id: PersonId,
    (platform_admin, governs): (bool, bool),
) -> Result<Actor, StoreError> {
    let mut actor = Actor { platform_admin, ..Actor::nobody(id) };
    tie(conn, &mut actor).await?;
    if governs {
        actor.territories = Arc::new(territories::below_those_of(conn, id).await?);
        actor.governs = Arc::new(territories::schools_governed(conn, id).await?);
    }
    Ok(actor)
}

/// Somebody who is signed in, as every page needs them.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub person: Person,
    pub actor: Actor,
    /// Name and time zone (IANA) of the school that is the first of their affiliations.
    pub school: Option<(String, String)>,
}

#[derive(sqlx::FromRow)]
struct SignedInRow {
    #[sqlx(flatten)]
    person: Person,
    governs: bool,
    school_name: Option<String>,
    school_zone: Option<String>,
}

/// The [`actor`] with their own row and school: two statements, for every page begins with them. `None` when the person is gone
/// or suspended.
pub async fn signed_in(conn: &mut Conn, id: PersonId) -> Result<Option<SignedIn>, StoreError> {
    let row = fetch_optional!(
        conn,
        SignedInRow,
        "SELECT p.id, p.login, p.given_name, p.family_name, p.title, p.email, p.locale, p.platform_admin, p.suspended_at, \
         p.password_changed_at, p.code_expires_at, EXISTS (SELECT 1 FROM territory_admin t WHERE t.person_id = p.id) AS governs, \
         s.name AS school_name, s.time_zone AS school_zone FROM person p LEFT JOIN school s ON s.id = \
           (SELECT a.school_id FROM affiliation a WHERE a.person_id = p.id ORDER BY a.school_id LIMIT 1) WHERE p.id = $1",
        id.uuid()
    )?;
    let Some(row) = row.filter(|row| !row.person.is_suspended()) else { return Ok(None) };
    let actor = standing_as(conn, id, (row.person.platform_admin, row.governs)).await?;
    Ok(Some(SignedIn { person: row.person, actor, school: row.school_name.zip(row.school_zone) }))
}

/// One fact about a person: the person, a school, or a group in which they are a pupil.
#[derive(sqlx::FromRow)]
struct FactRow {
    #[sqlx(try_from = "Uuid")]
    person_id: PersonId,
    kind: String,
    id: Uuid,
    word: String,
    platform_admin: bool,
    governs: bool,
}

fn gathered(rows: Vec<FactRow>) -> Result<HashMap<PersonId, PersonFacts>, StoreError> {
    let mut all: HashMap<PersonId, PersonFacts> = HashMap::new();
    for row in rows {
        let facts = all.entry(row.person_id).or_insert_with(|| PersonFacts {
            id: row.person_id,
            platform_admin: false,
            governs: false,
            affiliations: Vec::new(),
            pupil_of: Vec::new(),
        });
        match row.kind.as_str() {
            "school" => facts.affiliations.push((row.id.into(), word(row.word)?)),
            "group" => facts.pupil_of.push(row.id.into()),
            _ => (facts.platform_admin, facts.governs) = (row.platform_admin, row.governs),
        }
    }
    Ok(all)
}

/// The facts about somebody whom another person wants to see or change. Archived groups are none of them: whoever taught last
/// year's class has no power over its pupils.
pub async fn facts(conn: &mut Conn, id: PersonId) -> Result<Option<PersonFacts>, StoreError> {
    let rows = fetch_all!(
        conn,
        FactRow,
        "SELECT p.id AS person_id, 'person' AS kind, p.id AS id, '' AS word, p.platform_admin AS platform_admin, \
         EXISTS (SELECT 1 FROM territory_admin t WHERE t.person_id = p.id) AS governs FROM person p WHERE p.id = $1 \
         UNION ALL SELECT person_id, 'school', school_id, profile, false, false FROM affiliation WHERE person_id = $1 \
         UNION ALL SELECT DISTINCT m.person_id, 'group', m.group_id, '', false, false FROM membership m \
           JOIN school_group g ON g.id = m.group_id AND g.archived_at IS NULL \
           WHERE m.person_id = $1 AND m.role = 'pupil' ORDER BY kind, id, word",
        id.uuid()
    )?;
    Ok(gathered(rows)?.remove(&id))
}

/// The [`facts`] about all pupils of a group.
pub async fn facts_of_pupils(conn: &mut Conn, group: GroupId) -> Result<HashMap<PersonId, PersonFacts>, StoreError> {
    let rows = fetch_all!(
        conn,
        FactRow,
        "WITH who AS (SELECT DISTINCT person_id FROM membership WHERE group_id = $1 AND role = 'pupil') \
         SELECT p.id AS person_id, 'person' AS kind, p.id AS id, '' AS word, p.platform_admin AS platform_admin, \
         EXISTS (SELECT 1 FROM territory_admin t WHERE t.person_id = p.id) AS governs \
           FROM who CROSS JOIN person p WHERE p.id = who.person_id \
         UNION ALL SELECT a.person_id, 'school', a.school_id, a.profile, false, false \
           FROM who CROSS JOIN affiliation a WHERE a.person_id = who.person_id \
         UNION ALL SELECT DISTINCT m.person_id, 'group', m.group_id, '', false, false FROM who CROSS JOIN membership m \
           JOIN school_group g ON g.id = m.group_id AND g.archived_at IS NULL \
           WHERE m.person_id = who.person_id AND m.role = 'pupil' ORDER BY kind, id, word",
        group.uuid()
    )?;
    gathered(rows)
}

/// The [`facts`] about the children of a relative who is not barred from them.
pub async fn facts_of_children(
    conn: &mut Conn,
    relative: PersonId,
) -> Result<HashMap<PersonId, PersonFacts>, StoreError> {
    let rows = fetch_all!(
        conn,
        FactRow,
        "WITH who AS (SELECT pupil_id AS person_id FROM relation WHERE relative_id = $1 AND barred_at IS NULL) \
         SELECT p.id AS person_id, 'person' AS kind, p.id AS id, '' AS word, p.platform_admin AS platform_admin, \
         EXISTS (SELECT 1 FROM territory_admin t WHERE t.person_id = p.id) AS governs \
           FROM who CROSS JOIN person p WHERE p.id = who.person_id \
         UNION ALL SELECT a.person_id, 'school', a.school_id, a.profile, false, false \
           FROM who CROSS JOIN affiliation a WHERE a.person_id = who.person_id \
         UNION ALL SELECT DISTINCT m.person_id, 'group', m.group_id, '', false, false FROM who CROSS JOIN membership m \
           JOIN school_group g ON g.id = m.group_id AND g.archived_at IS NULL \
           WHERE m.person_id = who.person_id AND m.role = 'pupil' ORDER BY kind, id, word",
        relative.uuid()
    )?;
    gathered(rows)
}

#[derive(sqlx::FromRow)]
struct TieRow {
    kind: String,
    id: Uuid,
    word: String,
    sees_day: bool,
    sees_attendance: bool,
    may_declare: bool,
    may_sign: bool,
}

impl TieRow {
    const fn rights(&self) -> RelationRights {
        RelationRights {
            sees_day: self.sees_day,
            sees_attendance: self.sees_attendance,
            may_declare: self.may_declare,
            may_sign: self.may_sign,
        }
    }
}

/// A word that the database has, as the rules read it.
fn word<T: TryFrom<String, Error = preau_school::UnknownWord>>(word: String) -> Result<T, StoreError> {
    word.try_into().map_err(|error| StoreError::Database(sqlx::Error::Decode(Box::new(error))))
}

/// What a person is in schools and groups, and whose relative: one statement, for every page reads it. Relations that are
/// barred are not there, nor a membership that was assigned by hand and outlives what they were in the group's school: it gives
/// nothing from then on.
async fn tie(conn: &mut Conn, actor: &mut Actor) -> Result<(), StoreError> {
    let rows = fetch_all!(
        conn,
        TieRow,
        "SELECT 'school' AS kind, school_id AS id, profile AS word, false AS sees_day, false AS sees_attendance, \
         false AS may_declare, false AS may_sign FROM affiliation WHERE person_id = $1 \
         UNION SELECT 'group', m.group_id, m.role, false, false, false, false FROM membership m \
           JOIN school_group g ON g.id = m.group_id WHERE m.person_id = $1 AND EXISTS (SELECT 1 FROM affiliation a \
             WHERE a.person_id = m.person_id AND a.school_id = g.school_id \
             AND a.profile = CASE m.role WHEN 'pupil' THEN 'pupil' ELSE 'teacher' END) \
         UNION SELECT 'child', pupil_id, '', sees_day, sees_attendance, may_declare, may_sign FROM relation \
           WHERE relative_id = $1 AND barred_at IS NULL ORDER BY kind, id, word",
        actor.person.uuid()
    )?;
    for row in rows {
        match row.kind.as_str() {
            "school" => actor.affiliations.push((row.id.into(), word(row.word)?)),
            "group" => actor.memberships.push((row.id.into(), word(row.word)?)),
            _ => actor.relations.push((row.id.into(), row.rights())),
        }
    }
    let seen = actor.relations.iter().filter(|(_, rights)| rights.sees_day);
    actor.children = seen.map(|(child, _)| *child).collect();
    Ok(())
}
