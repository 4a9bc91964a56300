use super::{Actor, Person, PersonFacts, affiliations};
use crate::{Conn, StoreError, groups, territories};
use preau_base::{GroupId, PersonId, SchoolId};
use preau_school::{MemberRole, Profile, RelationRights};
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

/// The facts about somebody whom another person wants to see or change.
pub async fn facts(conn: &mut Conn, id: PersonId) -> Result<Option<PersonFacts>, StoreError> {
    let Some(standing) = standing(conn, id).await? else {
        return Ok(None);
    };
    // Not those of archived groups: whoever taught last year's class has no power over its pupils.
    let pupil_of = groups::of_person(conn, id, MemberRole::Pupil).await?.into_iter().map(|group| group.id).collect();
    Ok(Some(PersonFacts {
        id,
        platform_admin: standing.platform_admin,
        governs: standing.governs,
        affiliations: affiliations(conn, id).await?,
        pupil_of,
    }))
}

#[derive(sqlx::FromRow)]
struct PupilRow {
    #[sqlx(try_from = "Uuid")]
    id: PersonId,
    platform_admin: bool,
    governs: bool,
}

#[derive(sqlx::FromRow)]
struct PupilAffiliation {
    #[sqlx(try_from = "Uuid")]
    person_id: PersonId,
    #[sqlx(try_from = "Uuid")]
    school_id: SchoolId,
    #[sqlx(try_from = "String")]
    profile: Profile,
}

#[derive(sqlx::FromRow)]
struct PupilGroup {
    #[sqlx(try_from = "Uuid")]
    person_id: PersonId,
    #[sqlx(try_from = "Uuid")]
    group_id: GroupId,
}

/// The [`facts`] about all pupils of a group.
pub async fn facts_of_pupils(conn: &mut Conn, group: GroupId) -> Result<HashMap<PersonId, PersonFacts>, StoreError> {
    let pupils = fetch_all!(
        conn,
        PupilRow,
        "SELECT p.id, p.platform_admin, EXISTS (SELECT 1 FROM territory_admin t WHERE t.person_id = p.id) AS governs \
         FROM membership m JOIN person p ON p.id = m.person_id WHERE m.group_id = $1 AND m.role = 'pupil'",
        group.uuid()
    )?;
    let facts = |row: PupilRow| PersonFacts {
        id: row.id,
        platform_admin: row.platform_admin,
        governs: row.governs,
        affiliations: Vec::new(),
        pupil_of: Vec::new(),
    };
    let mut all: HashMap<_, _> = pupils.into_iter().map(|row| (row.id, facts(row))).collect();
    let affiliations = fetch_all!(
        conn,
        PupilAffiliation,
        "SELECT a.person_id, a.school_id, a.profile FROM membership m JOIN affiliation a ON a.person_id = m.person_id \
         WHERE m.group_id = $1 AND m.role = 'pupil' ORDER BY a.school_id, a.profile",
        group.uuid()
    )?;
    for row in affiliations {
        if let Some(facts) = all.get_mut(&row.person_id) {
            facts.affiliations.push((row.school_id, row.profile));
        }
    }
    let groups = fetch_all!(
        conn,
        PupilGroup,
        "SELECT DISTINCT o.person_id, o.group_id FROM membership m JOIN membership o ON o.person_id = m.person_id \
         AND o.role = 'pupil' JOIN school_group g ON g.id = o.group_id AND g.archived_at IS NULL \
         WHERE m.group_id = $1 AND m.role = 'pupil'",
        group.uuid()
    )?;
    for row in groups {
        if let Some(facts) = all.get_mut(&row.person_id) {
            facts.pupil_of.push(row.group_id);
        }
    }
    Ok(all)
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
