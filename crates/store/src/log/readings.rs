//! Leaves of a head for somebody from outside to read the log.

use crate::limits::LOG_LISTED_MAX;
use crate::{Conn, StoreError};
use preau_base::{Instant, PersonId, ReadingId, SchoolId};
use preau_school::log::Reading;
use sqlx::types::Uuid;

/// A leave as lists show it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Opened {
    #[sqlx(try_from = "Uuid")]
    pub id: ReadingId,
    #[sqlx(try_from = "Uuid")]
    pub school_id: SchoolId,
    pub school: String,
    #[sqlx(try_from = "Uuid")]
    pub reader_id: PersonId,
    pub reader: String,
    pub teacher_id: Option<Uuid>,
    /// Title and family name; empty for all teachers.
    pub teacher: String,
    /// Empty for all subjects.
    pub subject_name: String,
    #[sqlx(try_from = "i64")]
    pub until_at: Instant,
    pub ended_at: Option<i64>,
}

impl Opened {
    /// What rights are made of.
    pub fn facts(&self) -> Reading {
        Reading {
            reader: self.reader_id,
            school: self.school_id,
            teacher: self.teacher_id.map(PersonId::from_uuid),
            subject: self.subject_name.clone(),
            until: self.until_at,
            ended: self.ended_at.is_some(),
        }
    }
}

/// Opens the log to somebody. The same id twice opens it once.
pub async fn open(
    conn: &mut Conn,
    id: ReadingId,
    reading: &Reading,
    head: PersonId,
    now: Instant,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO log_reading (id, school_id, reader_id, teacher_id, subject_name, opened_by, opened_at, until_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING",
        id.uuid(),
        reading.school.uuid(),
        reading.reader.uuid(),
        reading.teacher.map(PersonId::uuid),
        reading.subject.as_str(),
        head.uuid(),
        now.as_millis(),
        reading.until.as_millis()
    )?;
    Ok(())
}

/// Ends a leave of a school before its time. `false` when there is none that is open.
pub async fn end(conn: &mut Conn, id: ReadingId, school: SchoolId, now: Instant) -> Result<bool, StoreError> {
    let ended = execute!(
        conn,
        "UPDATE log_reading SET ended_at = $3 WHERE id = $1 AND school_id = $2 AND ended_at IS NULL",
        id.uuid(),
        school.uuid(),
        now.as_millis()
    )?;
    Ok(ended == 1)
}

pub async fn by_id(conn: &mut Conn, id: ReadingId) -> Result<Option<Opened>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Opened,
        "SELECT r.id, r.school_id, s.name AS school, r.reader_id, trim(p.given_name || ' ' || p.family_name) AS reader, \
         r.teacher_id, COALESCE(trim(t.title || ' ' || t.family_name), '') AS teacher, r.subject_name, r.until_at, \
         r.ended_at FROM log_reading r JOIN school s ON s.id = r.school_id JOIN person p ON p.id = r.reader_id \
         LEFT JOIN person t ON t.id = r.teacher_id WHERE r.id = $1",
        id.uuid()
    )?)
}

/// The leaves of a school, latest first.
pub async fn of_school(conn: &mut Conn, school: SchoolId) -> Result<Vec<Opened>, StoreError> {
    Ok(fetch_all!(
        conn,
        Opened,
        "SELECT r.id, r.school_id, s.name AS school, r.reader_id, trim(p.given_name || ' ' || p.family_name) AS reader, \
         r.teacher_id, COALESCE(trim(t.title || ' ' || t.family_name), '') AS teacher, r.subject_name, r.until_at, \
         r.ended_at FROM log_reading r JOIN school s ON s.id = r.school_id JOIN person p ON p.id = r.reader_id \
         LEFT JOIN person t ON t.id = r.teacher_id WHERE r.school_id = $1 ORDER BY r.opened_at DESC, r.id LIMIT CAST($2 AS BIGINT)",
        school.uuid(),
        LOG_LISTED_MAX
    )?)
}

/// The leaves that are open for somebody, which end soonest first.
pub async fn of_reader(conn: &mut Conn, reader: PersonId, now: Instant) -> Result<Vec<Opened>, StoreError> {
    Ok(fetch_all!(
        conn,
        Opened,
        "SELECT r.id, r.school_id, s.name AS school, r.reader_id, trim(p.given_name || ' ' || p.family_name) AS reader, \
         r.teacher_id, COALESCE(trim(t.title || ' ' || t.family_name), '') AS teacher, r.subject_name, r.until_at, \
         r.ended_at FROM log_reading r JOIN school s ON s.id = r.school_id JOIN person p ON p.id = r.reader_id \
         LEFT JOIN person t ON t.id = r.teacher_id WHERE r.reader_id = $1 AND r.ended_at IS NULL AND r.until_at > $2 \
         ORDER BY r.until_at, r.id LIMIT CAST($3 AS BIGINT)",
        reader.uuid(),
        now.as_millis(),
        LOG_LISTED_MAX
    )?)
}
