//! The log as people read it: of a group, of a pupil, of a teacher; and the lesson that comes next.

use crate::limits::LOG_ENTRIES_MAX;
use crate::{Conn, StoreError};
use preau_base::{GroupId, Instant, LessonId, LogEntryId, PersonId, SchoolId};
use sqlx::types::Uuid;

/// A published entry with its lesson.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Read {
    #[sqlx(try_from = "Uuid")]
    pub lesson_id: LessonId,
    #[sqlx(try_from = "Uuid")]
    pub entry_id: LogEntryId,
    pub subject_name: String,
    #[sqlx(try_from = "i64")]
    pub starts_at: Instant,
    #[sqlx(try_from = "i64")]
    pub ends_at: Instant,
    pub groups: String,
    pub teachers: String,
    pub body: String,
    pub signed_at: Option<i64>,
    /// Additions after the visa.
    pub additions: i64,
}

/// Which part of a log: from an instant to another (not included), and one subject by its name, or all when empty.
#[derive(Clone, Copy, Debug)]
pub struct Span<'a> {
    pub from: Instant,
    pub to: Instant,
    pub subject: &'a str,
}

/// What a group's lessons were about, latest first.
pub async fn of_group(conn: &mut Conn, group: GroupId, span: Span<'_>, most: i64) -> Result<Vec<Read>, StoreError> {
    Ok(fetch_all!(
        conn,
        Read,
        "SELECT l.id AS lesson_id, e.id AS entry_id, l.subject_name, l.starts_at, l.ends_at, \
         COALESCE((SELECT string_agg(g.name, ', ') FROM lesson_group lg JOIN school_group g ON g.id = lg.group_id \
           WHERE lg.lesson_id = l.id), '') AS groups, \
         COALESCE((SELECT string_agg(trim(p.title || ' ' || p.family_name), ', ') FROM lesson_teacher lt \
           JOIN person p ON p.id = lt.person_id WHERE lt.lesson_id = l.id), '') AS teachers, \
         e.body, e.signed_at, (SELECT count(*) FROM log_addition a WHERE a.entry_id = e.id) AS additions \
         FROM lesson_group x JOIN lesson l ON l.id = x.lesson_id JOIN log_entry e ON e.lesson_id = l.id \
         WHERE x.group_id = $1 AND x.starts_at >= $2 AND x.starts_at < $3 AND e.published_at IS NOT NULL \
         AND ($4 = '' OR l.subject_name = $4) ORDER BY x.starts_at DESC, x.lesson_id LIMIT CAST($5 AS BIGINT)",
        group.uuid(),
        span.from.as_millis(),
        span.to.as_millis(),
        span.subject,
        most
    )?)
}

/// What the lessons of a pupil were about, in all their groups, latest first.
pub async fn of_pupil(conn: &mut Conn, pupil: PersonId, span: Span<'_>) -> Result<Vec<Read>, StoreError> {
    Ok(fetch_all!(
        conn,
        Read,
        "SELECT l.id AS lesson_id, e.id AS entry_id, l.subject_name, l.starts_at, l.ends_at, \
         COALESCE((SELECT string_agg(g.name, ', ') FROM lesson_group lg JOIN school_group g ON g.id = lg.group_id \
           WHERE lg.lesson_id = l.id), '') AS groups, \
         COALESCE((SELECT string_agg(trim(p.title || ' ' || p.family_name), ', ') FROM lesson_teacher lt \
           JOIN person p ON p.id = lt.person_id WHERE lt.lesson_id = l.id), '') AS teachers, \
         e.body, e.signed_at, (SELECT count(*) FROM log_addition a WHERE a.entry_id = e.id) AS additions \
         FROM log_entry e JOIN lesson l ON l.id = e.lesson_id \
         WHERE e.published_at IS NOT NULL AND ($4 = '' OR l.subject_name = $4) \
         AND l.id IN (SELECT lg.lesson_id FROM membership m JOIN lesson_group lg ON lg.group_id = m.group_id \
           AND lg.starts_at >= $2 AND lg.starts_at < $3 WHERE m.person_id = $1 AND m.role = 'pupil') ORDER BY l.starts_at DESC, l.id LIMIT CAST($5 AS BIGINT)",
        pupil.uuid(),
        span.from.as_millis(),
        span.to.as_millis(),
        span.subject,
        LOG_ENTRIES_MAX
    )?)
}

#[derive(sqlx::FromRow)]
struct OfChild {
    #[sqlx(try_from = "Uuid")]
    pupil_id: PersonId,
    #[sqlx(flatten)]
    read: Read,
}

/// Of each child of a relative who is not barred from them, what [`of_pupil`] gives of one; of all together no more than that.
pub async fn of_children(
    conn: &mut Conn,
    relative: PersonId,
    span: Span<'_>,
) -> Result<Vec<(PersonId, Read)>, StoreError> {
    let rows = fetch_all!(
        conn,
        OfChild,
        "WITH seat AS MATERIALIZED (SELECT DISTINCT r.pupil_id, lg.lesson_id FROM relation r CROSS JOIN membership m \
           CROSS JOIN lesson_group lg WHERE r.relative_id = $1 AND r.barred_at IS NULL AND m.person_id = r.pupil_id \
           AND m.role = 'pupil' AND lg.group_id = m.group_id AND lg.starts_at >= $2 AND lg.starts_at < $3) \
         SELECT seat.pupil_id, l.id AS lesson_id, e.id AS entry_id, l.subject_name, l.starts_at, l.ends_at, \
         COALESCE((SELECT string_agg(g.name, ', ') FROM lesson_group lg JOIN school_group g ON g.id = lg.group_id \
           WHERE lg.lesson_id = l.id), '') AS groups, \
         COALESCE((SELECT string_agg(trim(p.title || ' ' || p.family_name), ', ') FROM lesson_teacher lt \
           JOIN person p ON p.id = lt.person_id WHERE lt.lesson_id = l.id), '') AS teachers, \
         e.body, e.signed_at, (SELECT count(*) FROM log_addition a WHERE a.entry_id = e.id) AS additions \
         FROM seat CROSS JOIN lesson l CROSS JOIN log_entry e WHERE l.id = seat.lesson_id AND e.lesson_id = l.id \
         AND e.published_at IS NOT NULL AND ($4 = '' OR l.subject_name = $4) \
         ORDER BY l.starts_at DESC, l.id, seat.pupil_id LIMIT CAST($5 AS BIGINT)",
        relative.uuid(),
        span.from.as_millis(),
        span.to.as_millis(),
        span.subject,
        LOG_ENTRIES_MAX
    )?;
    Ok(rows.into_iter().map(|row| (row.pupil_id, row.read)).collect())
}

/// What a school's lessons were about, of one teacher, or of all for `None`, latest first.
pub async fn of_school(
    conn: &mut Conn,
    school: SchoolId,
    teacher: Option<PersonId>,
    span: Span<'_>,
) -> Result<Vec<Read>, StoreError> {
    Ok(fetch_all!(
        conn,
        Read,
        "SELECT l.id AS lesson_id, e.id AS entry_id, l.subject_name, l.starts_at, l.ends_at, \
         COALESCE((SELECT string_agg(g.name, ', ') FROM lesson_group lg JOIN school_group g ON g.id = lg.group_id \
           WHERE lg.lesson_id = l.id), '') AS groups, \
         COALESCE((SELECT string_agg(trim(p.title || ' ' || p.family_name), ', ') FROM lesson_teacher lt \
           JOIN person p ON p.id = lt.person_id WHERE lt.lesson_id = l.id), '') AS teachers, \
         e.body, e.signed_at, (SELECT count(*) FROM log_addition a WHERE a.entry_id = e.id) AS additions \
         FROM log_entry e JOIN lesson l ON l.id = e.lesson_id \
         WHERE e.published_at IS NOT NULL AND l.school_id = $1 AND l.starts_at >= $2 AND l.starts_at < $3 \
         AND ($4 = '' OR l.subject_name = $4) \
         AND ($5 OR EXISTS (SELECT 1 FROM lesson_teacher lt WHERE lt.lesson_id = l.id AND lt.person_id = $6)) \
         ORDER BY l.starts_at DESC, l.id LIMIT CAST($7 AS BIGINT)",
        school.uuid(),
        span.from.as_millis(),
        span.to.as_millis(),
        span.subject,
        teacher.is_none(),
        teacher.map(PersonId::uuid),
        LOG_ENTRIES_MAX
    )?)
}

/// A lesson of a teacher, with what stands in the log about it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Taught {
    #[sqlx(try_from = "Uuid")]
    pub lesson_id: LessonId,
    #[sqlx(try_from = "Uuid")]
    pub school_id: SchoolId,
    pub subject_name: String,
    #[sqlx(try_from = "i64")]
    pub starts_at: Instant,
    #[sqlx(try_from = "i64")]
    pub ends_at: Instant,
    pub cancelled_at: Option<i64>,
    pub groups: String,
    entry_id: Option<Uuid>,
    /// None where nothing is written.
    pub body: Option<String>,
    pub published_at: Option<i64>,
    pub signed_at: Option<i64>,
}

impl Taught {
    /// What is written about it.
    pub fn entry(&self) -> Option<LogEntryId> {
        self.entry_id.map(LogEntryId::from)
    }

    /// Held, and the class has nothing to read about it.
    pub fn is_missing(&self, now: Instant) -> bool {
        self.cancelled_at.is_none() && self.ends_at <= now && self.published_at.is_none()
    }
}

/// The lessons of a teacher that begin from `from` on, before `to`, in order of time.
pub async fn of_teacher(
    conn: &mut Conn,
    teacher: PersonId,
    from: Instant,
    to: Instant,
) -> Result<Vec<Taught>, StoreError> {
    Ok(fetch_all!(
        conn,
        Taught,
        "SELECT l.id AS lesson_id, l.school_id, l.subject_name, l.starts_at, l.ends_at, l.cancelled_at, \
         COALESCE((SELECT string_agg(g.name, ', ') FROM lesson_group lg JOIN school_group g ON g.id = lg.group_id \
           WHERE lg.lesson_id = l.id), '') AS groups, e.id AS entry_id, e.body, e.published_at, e.signed_at \
         FROM lesson_teacher t JOIN lesson l ON l.id = t.lesson_id LEFT JOIN log_entry e ON e.lesson_id = l.id \
         WHERE t.person_id = $1 AND t.starts_at >= $2 AND t.starts_at < $3 ORDER BY t.starts_at, t.lesson_id LIMIT CAST($4 AS BIGINT)",
        teacher.uuid(),
        from.as_millis(),
        to.as_millis(),
        LOG_ENTRIES_MAX
    )?)
}

#[derive(sqlx::FromRow)]
struct Name {
    name: String,
}

/// The subjects of a group's lessons since an instant, by name.
pub async fn subjects_of_group(conn: &mut Conn, group: GroupId, from: Instant) -> Result<Vec<String>, StoreError> {
    let rows = fetch_all!(
        conn,
        Name,
        "SELECT DISTINCT l.subject_name AS name FROM lesson l JOIN lesson_group lg ON lg.lesson_id = l.id \
         WHERE lg.group_id = $1 AND lg.starts_at >= $2 AND l.subject_name <> '' ORDER BY name LIMIT CAST($3 AS BIGINT)",
        group.uuid(),
        from.as_millis(),
        LOG_ENTRIES_MAX
    )?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// The subjects of a pupil's lessons since an instant, by name.
pub async fn subjects_of_pupil(conn: &mut Conn, pupil: PersonId, from: Instant) -> Result<Vec<String>, StoreError> {
    let rows = fetch_all!(
        conn,
        Name,
        "SELECT DISTINCT l.subject_name AS name FROM lesson l JOIN lesson_group lg ON lg.lesson_id = l.id \
         JOIN membership m ON m.group_id = lg.group_id AND m.role = 'pupil' \
         WHERE m.person_id = $1 AND lg.starts_at >= $2 AND l.subject_name <> '' ORDER BY name LIMIT CAST($3 AS BIGINT)",
        pupil.uuid(),
        from.as_millis(),
        LOG_ENTRIES_MAX
    )?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// A lesson by its id and start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Start {
    #[sqlx(try_from = "Uuid")]
    pub id: LessonId,
    #[sqlx(try_from = "i64")]
    pub starts_at: Instant,
}

/// The next lesson of the same subject for one of the same groups, whoever teaches it; none that is cancelled.
pub async fn next_lesson(conn: &mut Conn, lesson: LessonId) -> Result<Option<Start>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Start,
        "SELECT n.id, n.starts_at FROM lesson l JOIN lesson_group a ON a.lesson_id = l.id \
         JOIN lesson_group b ON b.group_id = a.group_id AND b.starts_at > a.starts_at JOIN lesson n ON n.id = b.lesson_id \
         AND n.school_id = l.school_id AND n.subject_name = l.subject_name AND n.cancelled_at IS NULL \
         WHERE l.id = $1 ORDER BY n.starts_at, n.id LIMIT 1",
        lesson.uuid()
    )?)
}

/// The group's last published entries of the subject before a lesson, for whoever writes the next: latest first.
pub async fn before(conn: &mut Conn, lesson: LessonId, most: i64) -> Result<Vec<Read>, StoreError> {
    Ok(fetch_all!(
        conn,
        Read,
        "SELECT l.id AS lesson_id, e.id AS entry_id, l.subject_name, l.starts_at, l.ends_at, '' AS groups, \
         COALESCE((SELECT string_agg(trim(p.title || ' ' || p.family_name), ', ') FROM lesson_teacher lt \
           JOIN person p ON p.id = lt.person_id WHERE lt.lesson_id = l.id), '') AS teachers, \
         e.body, e.signed_at, (SELECT count(*) FROM log_addition a WHERE a.entry_id = e.id) AS additions \
         FROM (SELECT DISTINCT b.lesson_id, b.starts_at FROM lesson this CROSS JOIN lesson_group a CROSS JOIN lesson_group b \
             CROSS JOIN lesson o CROSS JOIN log_entry w WHERE this.id = $1 AND a.lesson_id = this.id \
             AND b.group_id = a.group_id AND b.starts_at < a.starts_at AND o.id = b.lesson_id AND o.school_id = this.school_id \
             AND o.subject_name = this.subject_name AND w.lesson_id = o.id AND w.published_at IS NOT NULL \
             ORDER BY b.starts_at DESC, b.lesson_id LIMIT CAST($2 AS BIGINT)) last \
         JOIN lesson l ON l.id = last.lesson_id JOIN log_entry e ON e.lesson_id = l.id ORDER BY l.starts_at DESC, l.id",
        lesson.uuid(),
        most
    )?)
}

/// The person has, or had, lessons in the school.
pub async fn has_lessons(conn: &mut Conn, school: SchoolId, teacher: PersonId) -> Result<bool, StoreError> {
    let found = fetch_number!(
        conn,
        "SELECT count(*) FROM (SELECT 1 FROM lesson_teacher t CROSS JOIN lesson l WHERE t.person_id = $1 \
         AND l.id = t.lesson_id AND l.school_id = $2 LIMIT 1) any_lesson",
        teacher.uuid(),
        school.uuid()
    )?;
    Ok(found > 0)
}

/// The person has lessons with the group on the timetable in `from..to`: somebody who stands in.
pub async fn stands_in(
    conn: &mut Conn,
    teacher: PersonId,
    group: GroupId,
    from: Instant,
    to: Instant,
) -> Result<bool, StoreError> {
    let lessons = fetch_number!(
        conn,
        "SELECT count(*) FROM lesson_teacher t JOIN lesson_group g ON g.lesson_id = t.lesson_id \
         WHERE t.person_id = $1 AND g.group_id = $2 AND t.starts_at >= $3 AND t.starts_at < $4",
        teacher.uuid(),
        group.uuid(),
        from.as_millis(),
        to.as_millis()
    )?;
    Ok(lessons > 0)
}
