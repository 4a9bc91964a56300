use crate::limits::CALENDAR_CONCERNED_MAX;
use crate::{Conn, StoreError};
use preau_base::{GroupId, PersonId, SchoolId};
use sqlx::types::Uuid;

/// Somebody whom a change of the calendar may concern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Concerned {
    #[sqlx(try_from = "Uuid")]
    pub person_id: PersonId,
    group_id: Option<Uuid>,
}

impl Concerned {
    /// The class or group whose days are theirs, or their child's; none for those who work for the school, whom every
    /// change concerns.
    pub fn group(&self) -> Option<GroupId> {
        self.group_id.map(GroupId::from_uuid)
    }
}

/// The people of a school, each once for each group: pupils, the relatives who see their day, and those who work for it. At
/// most [`CALENDAR_CONCERNED_MAX`].
pub async fn concerned(conn: &mut Conn, school: SchoolId) -> Result<Vec<Concerned>, StoreError> {
    Ok(fetch_all!(
        conn,
        Concerned,
        "WITH pupil AS (SELECT m.person_id, g.id AS group_id FROM school_group g JOIN membership m ON m.group_id = g.id \
           WHERE g.school_id = $1 AND g.archived_at IS NULL AND m.role = 'pupil') \
         SELECT q.person_id, q.group_id FROM (SELECT person_id, group_id FROM pupil \
           UNION SELECT r.relative_id, pupil.group_id FROM relation r JOIN pupil ON pupil.person_id = r.pupil_id \
             WHERE r.sees_day AND r.barred_at IS NULL \
           UNION SELECT a.person_id, NULL FROM affiliation a WHERE a.school_id = $1 \
             AND a.profile NOT IN ('pupil', 'relative', 'guest')) q \
         JOIN person p ON p.id = q.person_id WHERE p.suspended_at IS NULL ORDER BY q.person_id, q.group_id LIMIT CAST($2 AS BIGINT)",
        school.uuid(),
        CALENDAR_CONCERNED_MAX
    )?)
}
