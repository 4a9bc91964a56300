use crate::limits::HOMEWORK_MAX;
use crate::{Conn, StoreError};
use preau_base::{HomeworkId, Instant, PersonId};
use sqlx::types::Uuid;

/// Work as a line of a list: what every home page reads, and no more.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Due {
    #[sqlx(try_from = "Uuid")]
    pub id: HomeworkId,
    pub group_name: String,
    pub subject_name: String,
    pub title: String,
    /// ISO 8601 day, such as `2026-11-24`.
    pub due_day: String,
}

/// Of [`super::of_pupil`], the lines.
pub async fn due_of_pupil(
    conn: &mut Conn,
    pupil: PersonId,
    from_day: &str,
    to_day: &str,
    now: Instant,
) -> Result<Vec<Due>, StoreError> {
    Ok(fetch_all!(
        conn,
        Due,
        "SELECT h.id, g.name AS group_name, h.subject_name, h.title, h.due_day \
         FROM homework h JOIN school_group g ON g.id = h.group_id \
         WHERE h.due_day >= $2 AND h.due_day <= $3 AND h.visible_at <= $4 AND g.archived_at IS NULL \
         AND h.group_id IN (SELECT group_id FROM membership WHERE person_id = $1 AND role = 'pupil') \
         AND (h.whole_group OR EXISTS ( \
           SELECT 1 FROM homework_pupil p WHERE p.homework_id = h.id AND p.person_id = $1)) \
         ORDER BY h.due_day, h.subject_name, h.id LIMIT CAST($5 AS BIGINT)",
        pupil.uuid(),
        from_day,
        to_day,
        now.as_millis(),
        HOMEWORK_MAX
    )?)
}

#[derive(sqlx::FromRow)]
struct DueOfChild {
    #[sqlx(try_from = "Uuid")]
    pupil_id: PersonId,
    #[sqlx(flatten)]
    due: Due,
}

/// Of each child of a relative who is not barred from them, what [`due_of_pupil`] gives of one; of all together no more than
/// that.
pub async fn due_of_children(
    conn: &mut Conn,
    relative: PersonId,
    from_day: &str,
    to_day: &str,
    now: Instant,
) -> Result<Vec<(PersonId, Due)>, StoreError> {
    let rows = fetch_all!(
        conn,
        DueOfChild,
        "WITH seat AS (SELECT DISTINCT r.pupil_id, m.group_id FROM relation r CROSS JOIN membership m \
           WHERE r.relative_id = $1 AND r.barred_at IS NULL AND m.person_id = r.pupil_id AND m.role = 'pupil') \
         SELECT seat.pupil_id, h.id, g.name AS group_name, h.subject_name, h.title, h.due_day \
         FROM seat CROSS JOIN school_group g CROSS JOIN homework h \
         WHERE g.id = seat.group_id AND g.archived_at IS NULL AND h.group_id = seat.group_id \
         AND h.due_day >= $2 AND h.due_day <= $3 AND h.visible_at <= $4 \
         AND (h.whole_group OR EXISTS ( \
           SELECT 1 FROM homework_pupil p WHERE p.homework_id = h.id AND p.person_id = seat.pupil_id)) \
         ORDER BY h.due_day, h.subject_name, h.id, seat.pupil_id LIMIT CAST($5 AS BIGINT)",
        relative.uuid(),
        from_day,
        to_day,
        now.as_millis(),
        HOMEWORK_MAX
    )?;
    Ok(rows.into_iter().map(|row| (row.pupil_id, row.due)).collect())
}

/// Of [`super::of_author`], the lines.
pub async fn due_of_author(
    conn: &mut Conn,
    author: PersonId,
    from_day: &str,
    to_day: &str,
) -> Result<Vec<Due>, StoreError> {
    Ok(fetch_all!(
        conn,
        Due,
        "SELECT h.id, g.name AS group_name, h.subject_name, h.title, h.due_day \
         FROM homework h JOIN school_group g ON g.id = h.group_id \
         WHERE h.author_id = $1 AND h.due_day >= $2 AND h.due_day <= $3 ORDER BY h.due_day, h.subject_name, h.id LIMIT CAST($4 AS BIGINT)",
        author.uuid(),
        from_day,
        to_day,
        HOMEWORK_MAX
    )?)
}
