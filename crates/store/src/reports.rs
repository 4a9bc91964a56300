//! What people tell school life of a live lesson: a message, a picture, a person.

use crate::limits::{
    JUDGES_MAX, PAGE_ROWS_MAX, REPORT_BODY_CHARS_MAX, REPORT_KEPT, REPORT_NOTE_CHARS_MAX, REPORT_PICTURE_BYTES_MAX,
    SWEPT_ROWS_MAX,
};
use crate::{Conn, StoreError};
use preau_base::{Instant, LessonId, PersonId, Pii, ReportId, SchoolId};
use preau_school::safety::{Concern, ReportKind};
use sqlx::types::Uuid;

#[derive(Clone, Debug)]
pub struct NewReport<'a> {
    pub id: ReportId,
    pub school: SchoolId,
    pub lesson: LessonId,
    pub kind: ReportKind,
    pub concern: Concern,
    pub reporter: PersonId,
    pub reported: PersonId,
    /// At most [`REPORT_BODY_CHARS_MAX`] characters.
    pub body: &'a str,
    /// Opaque JSON, or nothing.
    pub lines: &'a str,
    /// At most [`REPORT_PICTURE_BYTES_MAX`] bytes of a JPEG.
    pub picture: Option<&'a [u8]>,
}

/// # Errors
/// [`StoreError::Limit`] when words or picture are too long.
pub async fn add(conn: &mut Conn, report: &NewReport<'_>, now: Instant) -> Result<(), StoreError> {
    limit("a report", report.body.chars().count(), REPORT_BODY_CHARS_MAX)?;
    limit("a picture", report.picture.map_or(0, <[u8]>::len), REPORT_PICTURE_BYTES_MAX)?;
    execute!(
        conn,
        "INSERT INTO report (id, school_id, lesson_id, kind, concern, reporter_id, reported_id, body, lines, made_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        report.id.uuid(),
        report.school.uuid(),
        report.lesson.uuid(),
        report.kind.as_str(),
        report.concern.as_str(),
        report.reporter.uuid(),
        report.reported.uuid(),
        report.body,
        report.lines,
        now.as_millis()
    )?;
    if let Some(bytes) = report.picture {
        execute!(conn, "INSERT INTO report_picture (report_id, bytes) VALUES ($1, $2)", report.id.uuid(), bytes)?;
    }
    Ok(())
}

fn limit(what: &'static str, found: usize, most: usize) -> Result<(), StoreError> {
    if found > most { Err(StoreError::Limit { what, found, most }) } else { Ok(()) }
}

/// How many reports a person has made since `from`.
pub async fn made_since(conn: &mut Conn, reporter: PersonId, from: Instant) -> Result<i64, StoreError> {
    Ok(fetch_number!(
        conn,
        "SELECT count(*) FROM report WHERE reporter_id = $1 AND made_at > $2",
        reporter.uuid(),
        from.as_millis()
    )?)
}

/// A report as those who judge it read it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Report {
    #[sqlx(try_from = "Uuid")]
    pub id: ReportId,
    #[sqlx(try_from = "Uuid")]
    pub school_id: SchoolId,
    #[sqlx(try_from = "Uuid")]
    pub lesson_id: LessonId,
    #[sqlx(try_from = "String")]
    pub kind: ReportKind,
    #[sqlx(try_from = "String")]
    pub concern: Concern,
    #[sqlx(try_from = "Uuid")]
    pub reporter_id: PersonId,
    #[sqlx(try_from = "String")]
    pub reporter: Pii<String>,
    /// Somebody of the school; otherwise a guest of the lesson, or somebody who has left.
    pub reporter_is_here: bool,
    pub reporter_is_guest: bool,
    #[sqlx(try_from = "Uuid")]
    pub reported_id: PersonId,
    #[sqlx(try_from = "String")]
    pub reported: Pii<String>,
    /// The same of whom it is about.
    pub reported_is_here: bool,
    pub reported_is_guest: bool,
    #[sqlx(try_from = "String")]
    pub body: Pii<String>,
    #[sqlx(try_from = "String")]
    pub lines: Pii<String>,
    pub has_picture: bool,
    pub subject_name: String,
    #[sqlx(try_from = "i64")]
    pub starts_at: Instant,
    #[sqlx(try_from = "i64")]
    pub made_at: Instant,
    pub handled_at: Option<i64>,
    /// Title and family name; empty while nobody has handled it.
    pub handled_by: String,
    #[sqlx(try_from = "String")]
    pub note: Pii<String>,
}

pub async fn by_id(conn: &mut Conn, id: ReportId) -> Result<Option<Report>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Report,
        "SELECT r.id, r.school_id, r.lesson_id, r.kind, r.concern, r.reporter_id, \
         trim(a.given_name || ' ' || a.family_name) AS reporter, r.reported_id, \
         trim(b.given_name || ' ' || b.family_name) AS reported, r.body, r.lines, \
         EXISTS (SELECT 1 FROM affiliation f WHERE f.person_id = a.id AND f.school_id = r.school_id) AS reporter_is_here, \
         EXISTS (SELECT 1 FROM affiliation f WHERE f.person_id = b.id AND f.school_id = r.school_id) AS reported_is_here, \
         EXISTS (SELECT 1 FROM lesson_guest g WHERE g.lesson_id = r.lesson_id AND g.person_id = a.id) AS reporter_is_guest, \
         EXISTS (SELECT 1 FROM lesson_guest g WHERE g.lesson_id = r.lesson_id AND g.person_id = b.id) AS reported_is_guest, \
         EXISTS (SELECT 1 FROM report_picture q WHERE q.report_id = r.id) AS has_picture, l.subject_name, l.starts_at, \
         r.made_at, r.handled_at, COALESCE(trim(h.title || ' ' || h.family_name), '') AS handled_by, r.note \
         FROM report r JOIN lesson l ON l.id = r.lesson_id JOIN person a ON a.id = r.reporter_id \
         JOIN person b ON b.id = r.reported_id LEFT JOIN person h ON h.id = r.handled_by WHERE r.id = $1",
        id.uuid()
    )?)
}

#[derive(sqlx::FromRow)]
struct Bytes {
    bytes: Vec<u8>,
}

/// The still of a report.
pub async fn picture(conn: &mut Conn, id: ReportId) -> Result<Option<Vec<u8>>, StoreError> {
    let row = fetch_optional!(conn, Bytes, "SELECT bytes FROM report_picture WHERE report_id = $1", id.uuid())?;
    Ok(row.map(|row| row.bytes))
}

/// A report in the list of a school.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    #[sqlx(try_from = "Uuid")]
    pub id: ReportId,
    #[sqlx(try_from = "String")]
    pub kind: ReportKind,
    #[sqlx(try_from = "String")]
    pub concern: Concern,
    pub subject_name: String,
    #[sqlx(try_from = "i64")]
    pub made_at: Instant,
    pub handled_at: Option<i64>,
}

/// Reports of a school, without those about `reader`: those that wait first, then the latest; a page of [`PAGE_ROWS_MAX`]
/// and one more.
pub async fn list(conn: &mut Conn, school: SchoolId, reader: PersonId, offset: i64) -> Result<Vec<Listed>, StoreError> {
    Ok(fetch_all!(
        conn,
        Listed,
        "SELECT r.id, r.kind, r.concern, l.subject_name, r.made_at, r.handled_at FROM report r \
         JOIN lesson l ON l.id = r.lesson_id WHERE r.school_id = $1 AND r.reported_id <> $2 \
         ORDER BY CASE WHEN r.handled_at IS NULL THEN 0 ELSE 1 END, r.made_at DESC, r.id DESC LIMIT CAST($3 AS BIGINT) OFFSET $4",
        school.uuid(),
        reader.uuid(),
        PAGE_ROWS_MAX + 1,
        offset
    )?)
}

/// Notes what came of a report; a later note replaces the former one.
///
/// # Errors
/// [`StoreError::Limit`] when the note is too long.
pub async fn handle(conn: &mut Conn, id: ReportId, by: PersonId, note: &str, now: Instant) -> Result<(), StoreError> {
    limit("a note", note.chars().count(), REPORT_NOTE_CHARS_MAX)?;
    execute!(
        conn,
        "UPDATE report SET handled_at = $2, handled_by = $3, note = $4 WHERE id = $1",
        id.uuid(),
        now.as_millis(),
        by.uuid(),
        note
    )?;
    Ok(())
}

/// Somebody who judges a school's reports.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Judge {
    #[sqlx(try_from = "Uuid")]
    pub id: PersonId,
    pub email: Option<String>,
    pub locale: Option<String>,
}

/// School life and head of a school, at most [`JUDGES_MAX`].
pub async fn judges(conn: &mut Conn, school: SchoolId) -> Result<Vec<Judge>, StoreError> {
    Ok(fetch_all!(
        conn,
        Judge,
        "SELECT p.id, p.email, p.locale FROM person p WHERE p.suspended_at IS NULL AND EXISTS (SELECT 1 FROM affiliation a \
         WHERE a.person_id = p.id AND a.school_id = $1 AND a.profile IN ('school_life', 'head')) ORDER BY p.id LIMIT CAST($2 AS BIGINT)",
        school.uuid(),
        JUDGES_MAX
    )?)
}

/// Removes reports that were handled longer ago than [`REPORT_KEPT`], at most [`SWEPT_ROWS_MAX`]. Gives how many.
pub async fn sweep(conn: &mut Conn, now: Instant) -> Result<u64, StoreError> {
    let before = now.minus(REPORT_KEPT).as_millis();
    execute!(
        conn,
        "DELETE FROM report_picture WHERE report_id IN (SELECT id FROM report WHERE handled_at < $1 ORDER BY id LIMIT CAST($2 AS BIGINT))",
        before,
        SWEPT_ROWS_MAX
    )?;
    Ok(execute!(
        conn,
        "DELETE FROM report WHERE id IN (SELECT id FROM report WHERE handled_at < $1 ORDER BY id LIMIT CAST($2 AS BIGINT))",
        before,
        SWEPT_ROWS_MAX
    )?)
}
