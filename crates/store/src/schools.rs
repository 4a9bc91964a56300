//! Schools (établissements).

use crate::{Conn, StoreError};
use preau_base::{Instant, SchoolId};
use preau_school::Profile;
use sqlx::types::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct School {
    #[sqlx(try_from = "Uuid")]
    pub id: SchoolId,
    /// The school code (UAI): seven digits and a letter.
    pub uai: Option<String>,
    pub name: String,
    pub kind: String,
    pub city: String,
    /// IANA name, such as `Europe/Paris`.
    pub time_zone: String,
}

#[derive(Clone, Debug)]
pub struct NewSchool<'a> {
    pub id: SchoolId,
    pub uai: Option<&'a str>,
    pub name: &'a str,
    pub kind: &'a str,
    pub city: &'a str,
    /// Where it comes from: `hand`, `aaf:…`, `csv`.
    pub source: &'a str,
}

pub async fn create(conn: &mut Conn, school: &NewSchool<'_>, now: Instant) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO school (id, uai, name, kind, city, source, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        school.id.uuid(),
        school.uai,
        school.name,
        school.kind,
        school.city,
        school.source,
        now.as_millis(),
    )?;
    Ok(())
}

pub async fn by_id(conn: &mut Conn, id: SchoolId) -> Result<Option<School>, StoreError> {
    Ok(fetch_optional!(
        conn,
        School,
        "SELECT id, uai, name, kind, city, time_zone FROM school WHERE id = $1",
        id.uuid()
    )?)
}

pub async fn by_uai(conn: &mut Conn, uai: &str) -> Result<Option<School>, StoreError> {
    Ok(fetch_optional!(conn, School, "SELECT id, uai, name, kind, city, time_zone FROM school WHERE uai = $1", uai)?)
}

/// All schools by name, from `offset`, at most `limit`.
pub async fn list(conn: &mut Conn, offset: i64, limit: i64) -> Result<Vec<School>, StoreError> {
    Ok(fetch_all!(
        conn,
        School,
        "SELECT id, uai, name, kind, city, time_zone FROM school ORDER BY name, id LIMIT CAST($2 AS BIGINT) OFFSET $1",
        offset,
        limit
    )?)
}

pub async fn count(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(fetch_number!(conn, "SELECT count(*) FROM school")?)
}

/// How many people of a profile a school has, without those who are suspended.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ProfileCount {
    #[sqlx(try_from = "String")]
    pub profile: Profile,
    pub people: i64,
    /// They have chosen a password.
    pub active: i64,
    /// They have no password yet, but a code that is good.
    pub coded: i64,
}

/// Whether a school has what lessons need. Everything is looked for, nothing counted: the page that asks is the first of
/// the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Readiness {
    pub pupils: bool,
    pub teachers: bool,
    pub groups: bool,
    /// Somebody teaches a group.
    pub teaching: bool,
    /// A pupil, or a teacher, has a password or a code that is good.
    pub pupils_enter: bool,
    pub teachers_enter: bool,
    /// A lesson begins in `from..to`.
    pub lessons: bool,
}

/// What of a school is there, with lessons between two instants.
pub async fn readiness(
    conn: &mut Conn,
    school: SchoolId,
    (from, to): (Instant, Instant),
    now: Instant,
) -> Result<Readiness, StoreError> {
    let row = fetch_optional!(
        conn,
        Readiness,
        "SELECT EXISTS (SELECT 1 FROM affiliation a JOIN person p ON p.id = a.person_id WHERE a.school_id = $1 \
           AND a.profile = 'pupil' AND p.suspended_at IS NULL) AS pupils, \
         EXISTS (SELECT 1 FROM affiliation a JOIN person p ON p.id = a.person_id WHERE a.school_id = $1 \
           AND a.profile = 'teacher' AND p.suspended_at IS NULL) AS teachers, \
         EXISTS (SELECT 1 FROM school_group g WHERE g.school_id = $1 AND g.archived_at IS NULL) AS groups, \
         EXISTS (SELECT 1 FROM school_group g JOIN membership m ON m.group_id = g.id WHERE g.school_id = $1 \
           AND g.archived_at IS NULL AND m.role <> 'pupil') AS teaching, \
         EXISTS (SELECT 1 FROM affiliation a JOIN person p ON p.id = a.person_id WHERE a.school_id = $1 \
           AND a.profile = 'pupil' AND p.suspended_at IS NULL \
           AND (p.password_changed_at IS NOT NULL OR p.code_expires_at > $4)) AS pupils_enter, \
         EXISTS (SELECT 1 FROM affiliation a JOIN person p ON p.id = a.person_id WHERE a.school_id = $1 \
           AND a.profile = 'teacher' AND p.suspended_at IS NULL \
           AND (p.password_changed_at IS NOT NULL OR p.code_expires_at > $4)) AS teachers_enter, \
         EXISTS (SELECT 1 FROM lesson l WHERE l.school_id = $1 AND l.starts_at >= $2 AND l.starts_at < $3) AS lessons \
         FROM school WHERE id = $1",
        school.uuid(),
        from.as_millis(),
        to.as_millis(),
        now.as_millis()
    )?;
    row.ok_or(StoreError::Database(sqlx::Error::RowNotFound))
}

pub async fn profile_counts(conn: &mut Conn, school: SchoolId, now: Instant) -> Result<Vec<ProfileCount>, StoreError> {
    Ok(fetch_all!(
        conn,
        ProfileCount,
        "SELECT a.profile, count(*) AS people, \
         count(*) FILTER (WHERE p.password_changed_at IS NOT NULL) AS active, \
         count(*) FILTER (WHERE p.password_changed_at IS NULL AND p.code_expires_at > $2) AS coded \
         FROM affiliation a JOIN person p ON p.id = a.person_id \
         WHERE a.school_id = $1 AND p.suspended_at IS NULL GROUP BY a.profile ORDER BY a.profile",
        school.uuid(),
        now.as_millis()
    )?)
}
