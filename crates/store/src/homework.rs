//! Work set for a group.

use crate::limits::HOMEWORK_MAX;
use crate::{Conn, StoreError};
use preau_base::{GroupId, HomeworkId, Instant, PersonId, SchoolId};
use sqlx::types::Uuid;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Homework {
    #[sqlx(try_from = "Uuid")]
    pub id: HomeworkId,
    #[sqlx(try_from = "Uuid")]
    pub group_id: GroupId,
    pub group_name: String,
    pub subject_name: String,
    pub title: String,
    pub body: String,
    /// ISO 8601 day, such as `2026-11-24`.
    pub due_day: String,
    /// Title and family name of the teacher.
    pub author: String,
}

#[derive(Clone, Debug)]
pub struct NewHomework<'a> {
    pub id: HomeworkId,
    pub school: SchoolId,
    pub group: GroupId,
    pub author: PersonId,
    pub subject_name: &'a str,
    pub title: &'a str,
    pub body: &'a str,
    pub due_day: &'a str,
}

pub async fn create(conn: &mut Conn, homework: &NewHomework<'_>, now: Instant) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO homework (id, school_id, group_id, author_id, subject_name, title, body, due_day, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        homework.id.uuid(),
        homework.school.uuid(),
        homework.group.uuid(),
        homework.author.uuid(),
        homework.subject_name,
        homework.title,
        homework.body,
        homework.due_day,
        now.as_millis()
    )?;
    Ok(())
}

/// The work of a pupil that is due from `from_day` to `to_day`, both included, soonest first; none of archived groups.
pub async fn of_pupil(
    conn: &mut Conn,
    pupil: PersonId,
    from_day: &str,
    to_day: &str,
) -> Result<Vec<Homework>, StoreError> {
    Ok(fetch_all!(
        conn,
        Homework,
        "SELECT h.id, h.group_id, g.name AS group_name, h.subject_name, h.title, h.body, h.due_day, \
         trim(a.title || ' ' || a.family_name) AS author \
         FROM homework h JOIN school_group g ON g.id = h.group_id JOIN person a ON a.id = h.author_id \
         WHERE h.due_day >= $2 AND h.due_day <= $3 AND g.archived_at IS NULL \
         AND h.group_id IN (SELECT group_id FROM membership WHERE person_id = $1 AND role = 'pupil') \
         ORDER BY h.due_day, h.subject_name, h.id LIMIT $4",
        pupil.uuid(),
        from_day,
        to_day,
        HOMEWORK_MAX
    )?)
}

/// The work that a teacher has set, due from `from_day` to `to_day`, both included, soonest first.
pub async fn of_author(
    conn: &mut Conn,
    author: PersonId,
    from_day: &str,
    to_day: &str,
) -> Result<Vec<Homework>, StoreError> {
    Ok(fetch_all!(
        conn,
        Homework,
        "SELECT h.id, h.group_id, g.name AS group_name, h.subject_name, h.title, h.body, h.due_day, \
         trim(a.title || ' ' || a.family_name) AS author \
         FROM homework h JOIN school_group g ON g.id = h.group_id JOIN person a ON a.id = h.author_id \
         WHERE h.author_id = $1 AND h.due_day >= $2 AND h.due_day <= $3 ORDER BY h.due_day, h.subject_name, h.id LIMIT $4",
        author.uuid(),
        from_day,
        to_day,
        HOMEWORK_MAX
    )?)
}

pub async fn by_id(conn: &mut Conn, id: HomeworkId) -> Result<Option<Homework>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Homework,
        "SELECT h.id, h.group_id, g.name AS group_name, h.subject_name, h.title, h.body, h.due_day, \
         trim(a.title || ' ' || a.family_name) AS author \
         FROM homework h JOIN school_group g ON g.id = h.group_id JOIN person a ON a.id = h.author_id WHERE h.id = $1",
        id.uuid()
    )?)
}

/// Takes back work that `author` has set. `false` when there is none of theirs with this id.
pub async fn remove(conn: &mut Conn, id: HomeworkId, author: PersonId) -> Result<bool, StoreError> {
    let changed = execute!(conn, "DELETE FROM homework WHERE id = $1 AND author_id = $2", id.uuid(), author.uuid())?;
    Ok(changed > 0)
}
