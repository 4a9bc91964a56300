//! Progressions: a teacher's sequence of planned lessons, used for one class after another and year after year.

use crate::limits::LOG_ENTRIES_MAX;
use crate::{Conn, StoreError};
use preau_base::{GroupId, Instant, LessonId, PersonId, ProgressionId, SchoolId, StepId};
use sqlx::types::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Progression {
    #[sqlx(try_from = "Uuid")]
    pub id: ProgressionId,
    #[sqlx(try_from = "Uuid")]
    pub school_id: SchoolId,
    #[sqlx(try_from = "Uuid")]
    pub owner_id: PersonId,
    pub title: String,
    /// The lessons that it is for, by their subject's name.
    pub subject_name: String,
    pub version: i64,
    pub steps: i64,
}

/// A planned lesson.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Step {
    #[sqlx(try_from = "Uuid")]
    pub id: StepId,
    #[sqlx(try_from = "Uuid")]
    pub progression_id: ProgressionId,
    /// From 1, without holes.
    pub position: i64,
    pub title: String,
    pub body: String,
    pub work_title: String,
    pub work_body: String,
    pub work_minutes: Option<i64>,
    /// Raised by each save, from 1.
    pub version: i64,
}

/// What a step says.
#[derive(Clone, Copy, Debug)]
pub struct StepText<'a> {
    pub title: &'a str,
    pub body: &'a str,
    pub work_title: &'a str,
    pub work_body: &'a str,
    pub work_minutes: Option<i64>,
}

impl Step {
    pub fn text(&self) -> StepText<'_> {
        StepText {
            title: &self.title,
            body: &self.body,
            work_title: &self.work_title,
            work_body: &self.work_body,
            work_minutes: self.work_minutes,
        }
    }

    fn says(&self, text: &StepText<'_>) -> bool {
        self.title == text.title
            && self.body == text.body
            && self.work_title == text.work_title
            && self.work_body == text.work_body
            && self.work_minutes == text.work_minutes
    }
}

/// Makes an empty progression. The same id twice makes one.
pub async fn create(
    conn: &mut Conn,
    id: ProgressionId,
    (school, owner): (SchoolId, PersonId),
    title: &str,
    subject_name: &str,
    now: Instant,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO progression (id, school_id, owner_id, title, subject_name, version, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, 1, $6, $6) ON CONFLICT (id) DO NOTHING",
        id.uuid(),
        school.uuid(),
        owner.uuid(),
        title,
        subject_name,
        now.as_millis()
    )?;
    Ok(())
}

/// Gives a progression another title and subject; `base` is the version that the writer has seen. `false` when there is a
/// later one: nothing changes then.
pub async fn rename(
    conn: &mut Conn,
    id: ProgressionId,
    (title, subject_name): (&str, &str),
    base: i64,
    now: Instant,
) -> Result<bool, StoreError> {
    let changed = execute!(
        conn,
        "UPDATE progression SET title = $3, subject_name = $4, version = version + 1, updated_at = $5 \
         WHERE id = $1 AND version = $2",
        id.uuid(),
        base,
        title,
        subject_name,
        now.as_millis()
    )?;
    Ok(changed > 0)
}

pub async fn by_id(conn: &mut Conn, id: ProgressionId) -> Result<Option<Progression>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Progression,
        "SELECT p.id, p.school_id, p.owner_id, p.title, p.subject_name, p.version, \
         (SELECT count(*) FROM progression_step s WHERE s.progression_id = p.id) AS steps \
         FROM progression p WHERE p.id = $1",
        id.uuid()
    )?)
}

/// The progressions of a teacher, the one that was changed last first.
pub async fn of_owner(conn: &mut Conn, owner: PersonId) -> Result<Vec<Progression>, StoreError> {
    Ok(fetch_all!(
        conn,
        Progression,
        "SELECT p.id, p.school_id, p.owner_id, p.title, p.subject_name, p.version, \
         (SELECT count(*) FROM progression_step s WHERE s.progression_id = p.id) AS steps \
         FROM progression p WHERE p.owner_id = $1 ORDER BY p.updated_at DESC, p.id LIMIT CAST($2 AS BIGINT)",
        owner.uuid(),
        LOG_ENTRIES_MAX
    )?)
}

/// Removes a progression with its steps. The entries that were made from them stay.
pub async fn remove(conn: &mut Conn, id: ProgressionId) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE log_entry SET step_id = NULL WHERE step_id IN (SELECT id FROM progression_step WHERE progression_id = $1)",
        id.uuid()
    )?;
    execute!(conn, "DELETE FROM progression_step WHERE progression_id = $1", id.uuid())?;
    execute!(conn, "DELETE FROM progression WHERE id = $1", id.uuid())?;
    Ok(())
}

/// The steps in their order.
pub async fn steps(conn: &mut Conn, id: ProgressionId) -> Result<Vec<Step>, StoreError> {
    Ok(fetch_all!(
        conn,
        Step,
        "SELECT id, progression_id, position, title, body, work_title, work_body, work_minutes, version \
         FROM progression_step WHERE progression_id = $1 ORDER BY position, id",
        id.uuid()
    )?)
}

pub async fn step(conn: &mut Conn, id: StepId) -> Result<Option<Step>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Step,
        "SELECT id, progression_id, position, title, body, work_title, work_body, work_minutes, version \
         FROM progression_step WHERE id = $1",
        id.uuid()
    )?)
}

/// Puts a step at the end. The same id twice adds one. `false` when the progression has `most` steps already.
pub async fn add_step(
    conn: &mut Conn,
    id: StepId,
    progression: ProgressionId,
    text: &StepText<'_>,
    most: usize,
) -> Result<bool, StoreError> {
    if step(conn, id).await?.is_some() {
        return Ok(true);
    }
    let made = execute!(
        conn,
        "INSERT INTO progression_step (id, progression_id, position, title, body, work_title, work_body, work_minutes, \
         version) SELECT $1, p.id, \
           (SELECT count(*) FROM progression_step s WHERE s.progression_id = p.id) + 1, $3, $4, $5, $6, $7, 1 \
         FROM progression p WHERE p.id = $2 \
         AND (SELECT count(*) FROM progression_step s WHERE s.progression_id = p.id) < $8 ON CONFLICT (id) DO NOTHING",
        id.uuid(),
        progression.uuid(),
        text.title,
        text.body,
        text.work_title,
        text.work_body,
        text.work_minutes,
        i64::try_from(most).unwrap_or(i64::MAX)
    )?;
    Ok(made == 1)
}

/// What came of saving a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepSaved {
    Kept,
    /// Another tab has saved another text since; nothing was changed.
    Changed(Box<Step>),
    Gone,
}

/// Saves the text of a step; `base` is the version that the writer has seen.
pub async fn save_step(conn: &mut Conn, id: StepId, text: &StepText<'_>, base: i64) -> Result<StepSaved, StoreError> {
    let saved = execute!(
        conn,
        "UPDATE progression_step SET title = $3, body = $4, work_title = $5, work_body = $6, work_minutes = $7, \
         version = version + 1 WHERE id = $1 AND version = $2",
        id.uuid(),
        base,
        text.title,
        text.body,
        text.work_title,
        text.work_body,
        text.work_minutes
    )?;
    if saved == 1 {
        return Ok(StepSaved::Kept);
    }
    Ok(match step(conn, id).await? {
        None => StepSaved::Gone,
        Some(current) if current.says(text) => StepSaved::Kept,
        Some(current) => StepSaved::Changed(Box::new(current)),
    })
}

/// Moves a step to a position; those between move by one.
pub async fn move_step(conn: &mut Conn, moved: &Step, to: i64) -> Result<(), StoreError> {
    let count = fetch_number!(
        conn,
        "SELECT count(*) FROM progression_step WHERE progression_id = $1",
        moved.progression_id.uuid()
    )?;
    let (from, to) = (moved.position, to.clamp(1, count.max(1)));
    execute!(
        conn,
        "UPDATE progression_step SET position = CASE WHEN id = $2 THEN $3 ELSE position + $4 END \
         WHERE progression_id = $1 AND position BETWEEN $5 AND $6",
        moved.progression_id.uuid(),
        moved.id.uuid(),
        to,
        (from - to).signum(),
        from.min(to),
        from.max(to)
    )?;
    Ok(())
}

/// Takes a step out; those behind move up. The entries that were made from it stay.
pub async fn remove_step(conn: &mut Conn, gone: &Step) -> Result<(), StoreError> {
    execute!(conn, "UPDATE log_entry SET step_id = NULL WHERE step_id = $1", gone.id.uuid())?;
    let removed = execute!(conn, "DELETE FROM progression_step WHERE id = $1", gone.id.uuid())?;
    if removed == 1 {
        execute!(
            conn,
            "UPDATE progression_step SET position = position - 1 WHERE progression_id = $1 AND position > $2",
            gone.progression_id.uuid(),
            gone.position
        )?;
    }
    Ok(())
}

/// A lesson of a group that was made from a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Applied {
    #[sqlx(try_from = "Uuid")]
    pub step_id: StepId,
    #[sqlx(try_from = "Uuid")]
    pub lesson_id: LessonId,
    #[sqlx(try_from = "i64")]
    pub starts_at: Instant,
}

/// Which steps of a progression a group has had, or is to have, since an instant: the beginning of the school year.
pub async fn applied(
    conn: &mut Conn,
    id: ProgressionId,
    group: GroupId,
    since: Instant,
) -> Result<Vec<Applied>, StoreError> {
    Ok(fetch_all!(
        conn,
        Applied,
        "SELECT s.id AS step_id, l.id AS lesson_id, l.starts_at FROM progression_step s \
         JOIN log_entry e ON e.step_id = s.id JOIN lesson l ON l.id = e.lesson_id \
         JOIN lesson_group g ON g.lesson_id = l.id AND g.group_id = $2 \
         WHERE s.progression_id = $1 AND l.starts_at >= $3 ORDER BY l.starts_at, l.id",
        id.uuid(),
        group.uuid(),
        since.as_millis()
    )?)
}

#[derive(sqlx::FromRow)]
struct Free {
    #[sqlx(try_from = "Uuid")]
    id: LessonId,
}

/// The lessons of a teacher with a group, of one subject, from an instant on, that nothing is written about; soonest
/// first.
pub async fn free_lessons(
    conn: &mut Conn,
    teacher: PersonId,
    group: GroupId,
    subject_name: &str,
    from: Instant,
    most: usize,
) -> Result<Vec<LessonId>, StoreError> {
    let rows = fetch_all!(
        conn,
        Free,
        "SELECT l.id FROM lesson_teacher t JOIN lesson_group g ON g.lesson_id = t.lesson_id JOIN lesson l ON l.id = t.lesson_id \
         WHERE t.person_id = $1 AND g.group_id = $2 AND l.subject_name = $3 AND t.starts_at >= $4 \
         AND l.cancelled_at IS NULL AND NOT EXISTS (SELECT 1 FROM log_entry e WHERE e.lesson_id = l.id) \
         ORDER BY l.starts_at, l.id LIMIT CAST($5 AS BIGINT)",
        teacher.uuid(),
        group.uuid(),
        subject_name,
        from.as_millis(),
        i64::try_from(most).unwrap_or(i64::MAX)
    )?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
