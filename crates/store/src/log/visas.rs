//! The head's view: what a school has held, written and signed; and signing it.

use crate::limits::{LOG_OVERVIEW_MAX, VISA_REMARK_CHARS_MAX};
use crate::{Conn, StoreError};
use preau_base::{GroupId, Instant, PersonId, SchoolId};
use sqlx::types::Uuid;

/// How far the log of one class, or of one teacher, is.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Progress {
    /// A group's or a person's id.
    pub id: Uuid,
    pub name: String,
    /// Lessons that were held, none that were cancelled.
    pub held: i64,
    /// Of them, those with a published entry.
    pub written: i64,
    pub signed: i64,
}

impl Progress {
    pub const fn missing(&self) -> i64 {
        self.held - self.written
    }

    pub const fn unsigned(&self) -> i64 {
        self.written - self.signed
    }
}

/// How far the log of a school is.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    /// Classes and groups, by kind and name, at most [`LOG_OVERVIEW_MAX`].
    pub groups: Vec<Progress>,
    /// By name, at most [`LOG_OVERVIEW_MAX`].
    pub teachers: Vec<Progress>,
}

#[derive(sqlx::FromRow)]
struct OverviewRow {
    #[sqlx(flatten)]
    progress: Progress,
    is_group: bool,
}

/// Each class, group and teacher with lessons that began from `from` on and ended before `to`. The lessons, some thousands in
/// two weeks, are looked up once for both.
pub async fn overview(conn: &mut Conn, school: SchoolId, from: Instant, to: Instant) -> Result<Overview, StoreError> {
    let rows = fetch_all!(
        conn,
        OverviewRow,
        "WITH held AS MATERIALIZED (SELECT l.id, e.published_at, e.signed_at FROM lesson l \
           LEFT JOIN log_entry e ON e.lesson_id = l.id WHERE l.school_id = $1 \
           AND l.starts_at >= $2 AND l.starts_at < $3 AND l.ends_at <= $3 AND l.cancelled_at IS NULL) \
         SELECT * FROM (SELECT true AS is_group, g.id AS id, g.name AS name, t.held, t.written, t.signed FROM ( \
             SELECT lg.group_id, count(*) AS held, count(h.published_at) AS written, count(h.signed_at) AS signed \
             FROM held h CROSS JOIN lesson_group lg WHERE lg.lesson_id = h.id GROUP BY lg.group_id) t \
           JOIN school_group g ON g.id = t.group_id ORDER BY g.kind, g.name, g.id LIMIT CAST($4 AS BIGINT)) classes \
         UNION ALL \
         SELECT * FROM (SELECT false, p.id, trim(p.title || ' ' || p.family_name), t.held, t.written, t.signed FROM ( \
             SELECT lt.person_id, count(*) AS held, count(h.published_at) AS written, count(h.signed_at) AS signed \
             FROM held h CROSS JOIN lesson_teacher lt WHERE lt.lesson_id = h.id GROUP BY lt.person_id) t \
           JOIN person p ON p.id = t.person_id ORDER BY p.search_name, p.id LIMIT CAST($4 AS BIGINT)) people",
        school.uuid(),
        from.as_millis(),
        to.as_millis(),
        LOG_OVERVIEW_MAX
    )?;
    let (groups, teachers): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.is_group);
    let of = |rows: Vec<OverviewRow>| rows.into_iter().map(|row| row.progress).collect();
    Ok(Overview { groups: of(groups), teachers: of(teachers) })
}

/// What a visa is given to: lessons that began in `from..to`, of a group, of a teacher, or of the whole school.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    pub school: SchoolId,
    pub group: Option<GroupId>,
    pub teacher: Option<PersonId>,
    pub from: Instant,
    pub to: Instant,
    /// Entries saved after this have not been seen and stay unsigned.
    pub seen: Instant,
    /// What is said with it to those whose lessons they are, or nothing.
    pub remark: &'a str,
}

/// Signs all published entries of the scope that are not signed yet. Gives how many.
///
/// # Errors
/// [`StoreError::Limit`] for a remark of more than [`VISA_REMARK_CHARS_MAX`].
pub async fn sign(conn: &mut Conn, scope: &Scope<'_>, head: PersonId, now: Instant) -> Result<u64, StoreError> {
    let found = scope.remark.chars().count();
    if found > VISA_REMARK_CHARS_MAX {
        return Err(StoreError::Limit { what: "a remark", found, most: VISA_REMARK_CHARS_MAX });
    }
    Ok(execute!(
        conn,
        "UPDATE log_entry SET signed_at = $2, signed_by = $3, visa_remark = $11, version = version + 1 \
         WHERE school_id = $1 AND published_at IS NOT NULL AND signed_at IS NULL AND updated_at <= $4 \
         AND lesson_id IN (SELECT l.id FROM lesson l WHERE l.school_id = $1 AND l.starts_at >= $5 AND l.starts_at < $6 \
           AND ($7 OR EXISTS (SELECT 1 FROM lesson_group lg WHERE lg.lesson_id = l.id AND lg.group_id = $8)) \
           AND ($9 OR EXISTS (SELECT 1 FROM lesson_teacher lt WHERE lt.lesson_id = l.id AND lt.person_id = $10)))",
        scope.school.uuid(),
        now.as_millis(),
        head.uuid(),
        scope.seen.as_millis(),
        scope.from.as_millis(),
        scope.to.as_millis(),
        scope.group.is_none(),
        scope.group.map(GroupId::uuid),
        scope.teacher.is_none(),
        scope.teacher.map(PersonId::uuid),
        scope.remark
    )?)
}

/// How many entries of one teacher a visa has signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Signed {
    #[sqlx(try_from = "Uuid")]
    pub teacher_id: PersonId,
    pub entries: i64,
}

/// Whose entries were signed by `head` at this instant, the act's own.
pub async fn signed_at(
    conn: &mut Conn,
    school: SchoolId,
    head: PersonId,
    at: Instant,
) -> Result<Vec<Signed>, StoreError> {
    Ok(fetch_all!(
        conn,
        Signed,
        "SELECT t.person_id AS teacher_id, count(*) AS entries FROM log_entry e \
         JOIN lesson_teacher t ON t.lesson_id = e.lesson_id WHERE e.school_id = $1 AND e.signed_by = $2 \
         AND e.signed_at = $3 GROUP BY t.person_id ORDER BY t.person_id",
        school.uuid(),
        head.uuid(),
        at.as_millis()
    )?)
}
