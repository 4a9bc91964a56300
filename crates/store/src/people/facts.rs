use super::{Actor, PersonFacts, affiliations, memberships};
use crate::{Conn, StoreError, groups, territories};
use preau_base::PersonId;
use preau_school::{MemberRole, RelationRights};
use sqlx::types::Uuid;
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
    let relations = relations(conn, id).await?;
    let mut actor = Actor {
        platform_admin: standing.platform_admin,
        affiliations: affiliations(conn, id).await?,
        memberships: memberships(conn, id).await?,
        children: relations.iter().filter(|(_, rights)| rights.sees_day).map(|(child, _)| *child).collect(),
        relations,
        ..Actor::nobody(id)
    };
    if standing.governs {
        actor.territories = Arc::new(territories::below_those_of(conn, id).await?);
        actor.governs = Arc::new(territories::schools_governed(conn, id).await?);
    }
    Ok(Some(actor))
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
struct RelationRow {
    #[sqlx(try_from = "Uuid")]
    pupil_id: PersonId,
    sees_day: bool,
    sees_attendance: bool,
    may_declare: bool,
    may_sign: bool,
}

/// What a person may do for each child; barred relations are not there.
async fn relations(conn: &mut Conn, id: PersonId) -> Result<Vec<(PersonId, RelationRights)>, StoreError> {
    let rows = fetch_all!(
        conn,
        RelationRow,
        "SELECT pupil_id, sees_day, sees_attendance, may_declare, may_sign FROM relation \
         WHERE relative_id = $1 AND barred_at IS NULL ORDER BY pupil_id",
        id.uuid()
    )?;
    let rights = |row: &RelationRow| RelationRights {
        sees_day: row.sees_day,
        sees_attendance: row.sees_attendance,
        may_declare: row.may_declare,
        may_sign: row.may_sign,
    };
    Ok(rows.iter().map(|row| (row.pupil_id, rights(row))).collect())
}
