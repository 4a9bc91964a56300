//! The log of a class and a school year, put away as one page with its hash.

use crate::limits::{LOG_ARCHIVE_BYTES_MAX, LOG_ARCHIVE_FILES_MAX, LOG_LISTED_MAX};
use crate::{Conn, StoreError};
use aws_lc_rs::digest;
use preau_base::{ArchiveId, FileId, GroupId, Instant, LessonId, PersonId, SchoolId};
use sqlx::types::Uuid;

/// An archive as lists show it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Archive {
    #[sqlx(try_from = "Uuid")]
    pub id: ArchiveId,
    #[sqlx(try_from = "Uuid")]
    pub school_id: SchoolId,
    #[sqlx(try_from = "Uuid")]
    pub group_id: GroupId,
    pub group_name: String,
    /// The calendar year in which the school year began.
    pub year: i64,
    #[sqlx(try_from = "i64")]
    pub made_at: Instant,
    pub entries: i64,
    pub html_bytes: i64,
    /// SHA-256 of the page.
    pub html_sha256: Vec<u8>,
}

impl Archive {
    /// The hash in hexadecimal.
    pub fn hash(&self) -> String {
        self.html_sha256.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[derive(Clone, Debug)]
pub struct NewArchive<'a> {
    pub id: ArchiveId,
    pub school: SchoolId,
    pub group: GroupId,
    pub year: i16,
    pub made_by: PersonId,
    pub entries: i64,
    pub html: &'a [u8],
    /// The same page in gzip (RFC 1952).
    pub gzip: &'a [u8],
}

/// Puts a page away; [`set_authors`] says whose lessons are in it. `false` when this very page of the group and year is
/// kept already.
///
/// # Errors
/// [`StoreError::Limit`] when the compressed page is over [`LOG_ARCHIVE_BYTES_MAX`].
pub async fn keep(conn: &mut Conn, archive: &NewArchive<'_>, now: Instant) -> Result<bool, StoreError> {
    if archive.gzip.len() > LOG_ARCHIVE_BYTES_MAX {
        return Err(StoreError::Limit { what: "archive", found: archive.gzip.len(), most: LOG_ARCHIVE_BYTES_MAX });
    }
    let hash = digest::digest(&digest::SHA256, archive.html);
    let made = execute!(
        conn,
        "INSERT INTO log_archive (id, school_id, group_id, year, made_by, made_at, entries, html_bytes, html_sha256, \
         html_gzip) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (group_id, year, html_sha256) DO NOTHING",
        archive.id.uuid(),
        archive.school.uuid(),
        archive.group.uuid(),
        i64::from(archive.year),
        archive.made_by.uuid(),
        now.as_millis(),
        archive.entries,
        i64::try_from(archive.html.len()).unwrap_or(i64::MAX),
        hash.as_ref(),
        archive.gzip
    )?;
    Ok(made == 1)
}

/// Says whose lessons are in an archive: those of the group that began in `from..to` and have a published entry.
pub async fn set_authors(conn: &mut Conn, id: ArchiveId, from: Instant, to: Instant) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO log_archive_author (archive_id, person_id) SELECT DISTINCT a.id, t.person_id \
         FROM log_archive a JOIN lesson_group g ON g.group_id = a.group_id JOIN lesson l ON l.id = g.lesson_id \
         JOIN log_entry e ON e.lesson_id = l.id JOIN lesson_teacher t ON t.lesson_id = l.id \
         WHERE a.id = $1 AND e.published_at IS NOT NULL AND g.starts_at >= $2 AND g.starts_at < $3 \
         ON CONFLICT (archive_id, person_id) DO NOTHING",
        id.uuid(),
        from.as_millis(),
        to.as_millis()
    )?;
    Ok(())
}

pub async fn by_id(conn: &mut Conn, id: ArchiveId) -> Result<Option<Archive>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Archive,
        "SELECT a.id, a.school_id, a.group_id, g.name AS group_name, a.year, a.made_at, a.entries, a.html_bytes, \
         a.html_sha256 FROM log_archive a JOIN school_group g ON g.id = a.group_id WHERE a.id = $1",
        id.uuid()
    )?)
}

/// The archives of a school, the latest years first, then by class.
pub async fn of_school(conn: &mut Conn, school: SchoolId) -> Result<Vec<Archive>, StoreError> {
    Ok(fetch_all!(
        conn,
        Archive,
        "SELECT a.id, a.school_id, a.group_id, g.name AS group_name, a.year, a.made_at, a.entries, a.html_bytes, \
         a.html_sha256 FROM log_archive a JOIN school_group g ON g.id = a.group_id WHERE a.school_id = $1 \
         ORDER BY a.year DESC, g.name, a.made_at DESC, a.id LIMIT CAST($2 AS BIGINT)",
        school.uuid(),
        LOG_LISTED_MAX
    )?)
}

/// The archives that have lessons of a teacher, the latest years first.
pub async fn of_author(conn: &mut Conn, person: PersonId) -> Result<Vec<Archive>, StoreError> {
    Ok(fetch_all!(
        conn,
        Archive,
        "SELECT a.id, a.school_id, a.group_id, g.name AS group_name, a.year, a.made_at, a.entries, a.html_bytes, \
         a.html_sha256 FROM log_archive a JOIN school_group g ON g.id = a.group_id \
         JOIN log_archive_author w ON w.archive_id = a.id WHERE w.person_id = $1 \
         ORDER BY a.year DESC, g.name, a.made_at DESC, a.id LIMIT CAST($2 AS BIGINT)",
        person.uuid(),
        LOG_LISTED_MAX
    )?)
}

#[derive(sqlx::FromRow)]
struct Author {
    #[sqlx(try_from = "Uuid")]
    person_id: PersonId,
}

/// Whose lessons are in it.
pub async fn authors(conn: &mut Conn, id: ArchiveId) -> Result<Vec<PersonId>, StoreError> {
    let rows = fetch_all!(conn, Author, "SELECT person_id FROM log_archive_author WHERE archive_id = $1", id.uuid())?;
    Ok(rows.into_iter().map(|row| row.person_id).collect())
}

#[derive(sqlx::FromRow)]
struct Page {
    html_gzip: Vec<u8>,
}

/// The page, in gzip.
pub async fn page(conn: &mut Conn, id: ArchiveId) -> Result<Option<Vec<u8>>, StoreError> {
    let row = fetch_optional!(conn, Page, "SELECT html_gzip FROM log_archive WHERE id = $1", id.uuid())?;
    Ok(row.map(|row| row.html_gzip))
}

/// A file that is attached to an entry of a class's log.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Attached {
    #[sqlx(try_from = "Uuid")]
    pub lesson_id: LessonId,
    #[sqlx(try_from = "i64")]
    pub starts_at: Instant,
    pub subject_name: String,
    #[sqlx(try_from = "Uuid")]
    pub file_id: FileId,
    pub name: String,
    pub bytes: i64,
    /// 32 bytes.
    pub sha256: Vec<u8>,
}

/// The files of the published entries of a group's lessons that began in `from..to`, by time; at most
/// [`LOG_ARCHIVE_FILES_MAX`].
///
/// # Errors
/// [`StoreError::Limit`] for more: an archive says all or nothing.
pub async fn files(conn: &mut Conn, group: GroupId, from: Instant, to: Instant) -> Result<Vec<Attached>, StoreError> {
    let files = fetch_all!(
        conn,
        Attached,
        "SELECT l.id AS lesson_id, l.starts_at, l.subject_name, f.id AS file_id, f.name, f.bytes, f.sha256 \
         FROM lesson_group lg JOIN lesson l ON l.id = lg.lesson_id JOIN log_entry e ON e.lesson_id = l.id \
         JOIN attachment a ON a.place = 'log' AND a.of_id = e.id JOIN file f ON f.id = a.file_id \
         WHERE lg.group_id = $1 AND lg.starts_at >= $2 AND lg.starts_at < $3 AND e.published_at IS NOT NULL \
         ORDER BY l.starts_at, l.id, a.position LIMIT CAST($4 AS BIGINT)",
        group.uuid(),
        from.as_millis(),
        to.as_millis(),
        LOG_ARCHIVE_FILES_MAX + 1
    )?;
    let most = usize::try_from(LOG_ARCHIVE_FILES_MAX).unwrap_or(usize::MAX);
    if files.len() > most {
        return Err(StoreError::Limit { what: "files of an archive", found: files.len(), most });
    }
    Ok(files)
}
