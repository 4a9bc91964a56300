//! The work of a class by day, and the work that was set from a lesson.

use crate::limits::{LOAD_WORKS_MAX, LOG_ENTRIES_MAX};
use crate::{Conn, StoreError};
use preau_base::{GroupId, HomeworkId, Instant, LessonId, PersonId, SchoolId};
use sqlx::types::Uuid;

/// A piece of work that a class has to do.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Due {
    #[sqlx(try_from = "Uuid")]
    pub id: HomeworkId,
    /// ISO 8601 day.
    pub due_day: String,
    pub subject_name: String,
    pub title: String,
    pub group_name: String,
    /// How long the teacher thinks that it takes.
    pub minutes: Option<i64>,
    pub is_test: bool,
}

/// All that pupils of a group have to do from `from_day` to `to_day`, both included, also in their other groups.
pub async fn of_group(conn: &mut Conn, group: GroupId, from_day: &str, to_day: &str) -> Result<Vec<Due>, StoreError> {
    Ok(fetch_all!(
        conn,
        Due,
        "SELECT h.id, h.due_day, h.subject_name, h.title, g.name AS group_name, h.minutes, h.is_test \
         FROM homework h JOIN school_group g ON g.id = h.group_id \
         WHERE h.due_day >= $2 AND h.due_day <= $3 AND (h.group_id = $1 OR h.group_id IN ( \
           SELECT o.group_id FROM membership m JOIN membership o ON o.person_id = m.person_id AND o.role = 'pupil' \
           WHERE m.group_id = $1 AND m.role = 'pupil')) ORDER BY h.due_day, h.subject_name, h.id LIMIT CAST($4 AS BIGINT)",
        group.uuid(),
        from_day,
        to_day,
        LOAD_WORKS_MAX
    )?)
}

/// Says how long a piece of work takes, whether it is a test, and from which lesson it was set (unchanged for `None`).
pub async fn describe(
    conn: &mut Conn,
    homework: HomeworkId,
    lesson: Option<LessonId>,
    minutes: Option<i64>,
    is_test: bool,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE homework SET minutes = $2, is_test = $3, lesson_id = COALESCE($4, lesson_id) WHERE id = $1",
        homework.uuid(),
        minutes,
        is_test,
        lesson.map(LessonId::uuid)
    )?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Estimate {
    minutes: Option<i64>,
    is_test: bool,
}

/// How long a piece of work is thought to take, and whether it is a test.
pub async fn estimate(conn: &mut Conn, homework: HomeworkId) -> Result<(Option<i64>, bool), StoreError> {
    let row = fetch_optional!(conn, Estimate, "SELECT minutes, is_test FROM homework WHERE id = $1", homework.uuid())?;
    Ok(row.map_or((None, false), |row| (row.minutes, row.is_test)))
}

/// A piece of work as the entry of its lesson shows it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Given {
    #[sqlx(try_from = "Uuid")]
    pub id: HomeworkId,
    #[sqlx(try_from = "Uuid")]
    pub lesson_id: LessonId,
    #[sqlx(try_from = "Uuid")]
    pub group_id: GroupId,
    pub group_name: String,
    pub title: String,
    pub body: String,
    /// ISO 8601 day.
    pub due_day: String,
    pub minutes: Option<i64>,
    pub is_test: bool,
}

/// All work set from a lesson, for those who teach it.
pub async fn given_in(conn: &mut Conn, lesson: LessonId) -> Result<Vec<Given>, StoreError> {
    Ok(fetch_all!(
        conn,
        Given,
        "SELECT h.id, h.lesson_id, h.group_id, g.name AS group_name, h.title, h.body, h.due_day, h.minutes, h.is_test \
         FROM homework h JOIN school_group g ON g.id = h.group_id WHERE h.lesson_id = $1 \
         ORDER BY h.due_day, g.name, h.id LIMIT CAST($2 AS BIGINT)",
        lesson.uuid(),
        LOG_ENTRIES_MAX
    )?)
}

/// The work set for a whole group, and shown by now, from lessons that began in `from..to`.
pub async fn given_to_group(
    conn: &mut Conn,
    group: GroupId,
    from: Instant,
    to: Instant,
    now: Instant,
) -> Result<Vec<Given>, StoreError> {
    Ok(fetch_all!(
        conn,
        Given,
        "SELECT h.id, h.lesson_id, h.group_id, g.name AS group_name, h.title, h.body, h.due_day, h.minutes, h.is_test \
         FROM homework h JOIN school_group g ON g.id = h.group_id JOIN lesson l ON l.id = h.lesson_id \
         WHERE h.group_id = $1 AND l.starts_at >= $2 AND l.starts_at < $3 AND h.whole_group AND h.visible_at <= $4 \
         ORDER BY h.due_day, h.id LIMIT CAST($5 AS BIGINT)",
        group.uuid(),
        from.as_millis(),
        to.as_millis(),
        now.as_millis(),
        LOAD_WORKS_MAX
    )?)
}

/// The work that a pupil has been set, and is shown by now, from lessons that began in `from..to`.
pub async fn given_to_pupil(
    conn: &mut Conn,
    pupil: PersonId,
    from: Instant,
    to: Instant,
    now: Instant,
) -> Result<Vec<Given>, StoreError> {
    Ok(fetch_all!(
        conn,
        Given,
        "SELECT h.id, h.lesson_id, h.group_id, g.name AS group_name, h.title, h.body, h.due_day, h.minutes, h.is_test \
         FROM homework h JOIN school_group g ON g.id = h.group_id JOIN lesson l ON l.id = h.lesson_id \
         WHERE h.group_id IN (SELECT m.group_id FROM membership m WHERE m.person_id = $1 AND m.role = 'pupil') \
         AND (h.whole_group OR EXISTS ( \
           SELECT 1 FROM homework_pupil c WHERE c.homework_id = h.id AND c.person_id = $1)) \
         AND l.starts_at >= $2 AND l.starts_at < $3 AND h.visible_at <= $4 ORDER BY h.due_day, h.id LIMIT CAST($5 AS BIGINT)",
        pupil.uuid(),
        from.as_millis(),
        to.as_millis(),
        now.as_millis(),
        LOAD_WORKS_MAX
    )?)
}

/// The work set for whole groups, and shown by now, from lessons of a school that began in `from..to`; of one teacher,
/// or of all for `None`.
pub async fn given_in_school(
    conn: &mut Conn,
    school: SchoolId,
    teacher: Option<PersonId>,
    (from, to): (Instant, Instant),
    now: Instant,
) -> Result<Vec<Given>, StoreError> {
    Ok(fetch_all!(
        conn,
        Given,
        "SELECT h.id, h.lesson_id, h.group_id, g.name AS group_name, h.title, h.body, h.due_day, h.minutes, h.is_test \
         FROM homework h JOIN school_group g ON g.id = h.group_id JOIN lesson l ON l.id = h.lesson_id \
         WHERE l.school_id = $1 AND l.starts_at >= $2 AND l.starts_at < $3 AND h.whole_group AND h.visible_at <= $4 \
         AND ($5 OR EXISTS (SELECT 1 FROM lesson_teacher t WHERE t.lesson_id = l.id AND t.person_id = $6)) \
         ORDER BY h.due_day, h.id LIMIT CAST($7 AS BIGINT)",
        school.uuid(),
        from.as_millis(),
        to.as_millis(),
        now.as_millis(),
        teacher.is_none(),
        teacher.map(PersonId::uuid),
        LOAD_WORKS_MAX
    )?)
}
