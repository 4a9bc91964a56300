use super::{Actor, PersonFacts, affiliations, by_id, memberships};
use crate::{Conn, StoreError, groups};
use preau_base::PersonId;
use preau_school::MemberRole;
use sqlx::types::Uuid;

/// The facts about a signed-in person, read at each request: rights are never kept in a pass.
/// `None` when the person is gone or suspended.
pub async fn actor(conn: &mut Conn, id: PersonId) -> Result<Option<Actor>, StoreError> {
    let Some(person) = by_id(conn, id).await?.filter(|person| !person.is_suspended()) else {
        return Ok(None);
    };
    Ok(Some(Actor {
        person: id,
        platform_admin: person.platform_admin,
        affiliations: affiliations(conn, id).await?,
        memberships: memberships(conn, id).await?,
        children: child_ids(conn, id).await?,
    }))
}

/// The facts about somebody whom another person wants to see or change.
pub async fn facts(conn: &mut Conn, id: PersonId) -> Result<Option<PersonFacts>, StoreError> {
    let Some(person) = by_id(conn, id).await? else {
        return Ok(None);
    };
    // Not those of archived groups: whoever taught last year's class has no power over its pupils.
    let pupil_of = groups::of_person(conn, id, MemberRole::Pupil).await?.into_iter().map(|group| group.id).collect();
    Ok(Some(PersonFacts {
        id,
        platform_admin: person.platform_admin,
        affiliations: affiliations(conn, id).await?,
        pupil_of,
    }))
}

#[derive(sqlx::FromRow)]
struct ChildRow {
    #[sqlx(try_from = "Uuid")]
    pupil_id: PersonId,
}

async fn child_ids(conn: &mut Conn, id: PersonId) -> Result<Vec<PersonId>, StoreError> {
    let rows = fetch_all!(
        conn,
        ChildRow,
        "SELECT pupil_id FROM relation WHERE relative_id = $1 AND kind <> 'contact' ORDER BY pupil_id",
        id.uuid()
    )?;
    Ok(rows.into_iter().map(|row| row.pupil_id).collect())
}
