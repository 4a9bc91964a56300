use crate::limits::{CONCERNED_MAX, LESSON_LENGTH_MAX, LESSONS_MAX};
use crate::{Conn, StoreError};
use preau_base::{GroupId, Instant, LessonId, PersonId, SchoolId};
use preau_school::timetable::Claim;
use sqlx::types::Uuid;
use std::collections::BTreeMap;

/// Somebody whom a change of a lesson concerns.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Concerned {
    #[sqlx(try_from = "Uuid")]
    pub id: PersonId,
    pub email: Option<String>,
    pub locale: Option<String>,
}

/// Whom a change of a lesson concerns: its pupils, its teachers, and the relatives who may see its pupils' day. Each once,
/// at most [`CONCERNED_MAX`].
pub async fn people_of(conn: &mut Conn, id: LessonId) -> Result<Vec<Concerned>, StoreError> {
    Ok(fetch_all!(
        conn,
        Concerned,
        "SELECT p.id, p.email, p.locale FROM person p WHERE p.suspended_at IS NULL AND p.id IN ( \
         SELECT m.person_id FROM lesson_group lg JOIN membership m ON m.group_id = lg.group_id AND m.role = 'pupil' \
           WHERE lg.lesson_id = $1 \
         UNION SELECT lt.person_id FROM lesson_teacher lt WHERE lt.lesson_id = $1 \
         UNION SELECT r.relative_id FROM lesson_group lg \
           JOIN membership m ON m.group_id = lg.group_id AND m.role = 'pupil' JOIN relation r ON r.pupil_id = m.person_id \
           WHERE lg.lesson_id = $1 AND r.sees_day AND r.barred_at IS NULL) \
         ORDER BY p.id LIMIT CAST($2 AS BIGINT)",
        id.uuid(),
        CONCERNED_MAX
    )?)
}

#[derive(sqlx::FromRow)]
struct TakenRow {
    #[sqlx(try_from = "Uuid")]
    id: LessonId,
    room: String,
    group_id: Option<Uuid>,
    person_id: Option<Uuid>,
}

/// What the lessons of a school that touch `from..to` and are not cancelled take, but for one of them.
pub async fn times_taken(
    conn: &mut Conn,
    school: SchoolId,
    but: Option<LessonId>,
    from: Instant,
    to: Instant,
) -> Result<Vec<(LessonId, Claim)>, StoreError> {
    let rows = fetch_all!(
        conn,
        TakenRow,
        "SELECT l.id, l.room, lg.group_id, lt.person_id FROM lesson l \
         LEFT JOIN lesson_group lg ON lg.lesson_id = l.id LEFT JOIN lesson_teacher lt ON lt.lesson_id = l.id \
         WHERE l.school_id = $1 AND l.starts_at > $5 AND l.starts_at < $3 AND l.ends_at > $2 AND l.cancelled_at IS NULL \
         LIMIT CAST($4 AS BIGINT)",
        school.uuid(),
        from.as_millis(),
        to.as_millis(),
        LESSONS_MAX * 10,
        from.minus(LESSON_LENGTH_MAX).as_millis()
    )?;
    let mut taken: BTreeMap<LessonId, Claim> = BTreeMap::new();
    for row in rows.into_iter().filter(|row| Some(row.id) != but) {
        let claim = taken.entry(row.id).or_default();
        claim.room = row.room;
        let group = row.group_id.map(GroupId::from_uuid);
        claim.groups.extend(group.filter(|group| !claim.groups.contains(group)));
        let teacher = row.person_id.map(PersonId::from_uuid);
        claim.teachers.extend(teacher.filter(|teacher| !claim.teachers.contains(teacher)));
    }
    Ok(taken.into_iter().collect())
}
