//! Documents and pictures of live classes. Their pages' pictures are in the object store, one behind the other in one file;
//! here is where in it each of them stands.

use crate::files::{self, NewFile, Place};
use crate::limits::{DOCUMENTS_BYTES_MAX, DOCUMENTS_MAX, LESSON_FACTS_KEPT, SWEPT_ROWS_MAX};
use crate::{Conn, StoreError};
use preau_base::{FileId, Instant, LessonId};
use sqlx::types::Uuid;

/// A document or a picture of a lesson, made into pages.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Document {
    #[sqlx(try_from = "Uuid")]
    pub file_id: FileId,
    /// The file that came.
    #[sqlx(try_from = "Uuid")]
    pub source_id: FileId,
    pub name: String,
    pub is_picture: bool,
    pub pages: i64,
}

#[derive(Clone, Debug)]
pub struct NewDocument<'a> {
    /// All pages; its row is written with the document's.
    pub file: NewFile<'a>,
    pub lesson: LessonId,
    pub source: FileId,
    pub is_picture: bool,
    pub sheets: &'a [Sheet],
}

/// A page in one of its sizes.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Sheet {
    /// From 0.
    pub page: i64,
    pub small: bool,
    /// A word of `preau_pages::Coding`.
    pub coding: String,
    pub width_px: i64,
    pub height_px: i64,
    /// Its first byte in the file, and how many there are.
    pub at: i64,
    pub bytes: i64,
    /// What is written on the page, as far as the document says it; with the large size alone.
    pub words: String,
}

/// Whether a lesson has room for one more document.
pub async fn has_room(conn: &mut Conn, lesson: LessonId) -> Result<bool, StoreError> {
    let count = fetch_number!(conn, "SELECT count(*) FROM lesson_document WHERE lesson_id = $1", lesson.uuid())?;
    let bytes = fetch_number!(
        conn,
        "SELECT CAST(COALESCE(SUM(f.bytes), 0) AS BIGINT) FROM lesson_document d JOIN file f ON f.id = d.file_id \
         WHERE d.lesson_id = $1",
        lesson.uuid()
    )?;
    Ok(count < DOCUMENTS_MAX && bytes < DOCUMENTS_BYTES_MAX)
}

/// Writes a document whose pages are in the object store already, and attaches it to its lesson. Gives `false`, and writes
/// nothing, when this source has been made before.
pub async fn create(conn: &mut Conn, new: &NewDocument<'_>, now: Instant) -> Result<bool, StoreError> {
    if of_source(conn, new.lesson, new.source).await?.is_some() {
        return Ok(false);
    }
    files::create(conn, &new.file, now).await?;
    files::attach(conn, Place::Lesson(new.lesson), new.file.id).await?;
    let pages = new.sheets.iter().filter(|sheet| !sheet.small).count();
    execute!(
        conn,
        "INSERT INTO lesson_document (file_id, lesson_id, source_id, is_picture, pages, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        new.file.id.uuid(),
        new.lesson.uuid(),
        new.source.uuid(),
        new.is_picture,
        i64::try_from(pages).unwrap_or(i64::MAX),
        now.as_millis()
    )?;
    for sheet in new.sheets {
        execute!(
            conn,
            "INSERT INTO lesson_page (file_id, page, small, coding, width_px, height_px, at, bytes, words) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            new.file.id.uuid(),
            sheet.page,
            sheet.small,
            sheet.coding.as_str(),
            sheet.width_px,
            sheet.height_px,
            sheet.at,
            sheet.bytes,
            sheet.words.as_str()
        )?;
    }
    Ok(true)
}

/// What was made of a file for this lesson.
pub async fn of_source(conn: &mut Conn, lesson: LessonId, source: FileId) -> Result<Option<Document>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Document,
        "SELECT d.file_id, d.source_id, f.name, d.is_picture, d.pages FROM lesson_document d \
         JOIN file f ON f.id = d.file_id WHERE d.lesson_id = $1 AND d.source_id = $2",
        lesson.uuid(),
        source.uuid()
    )?)
}

/// A page of a document of this lesson.
pub async fn sheet(
    conn: &mut Conn,
    lesson: LessonId,
    file: FileId,
    page: u16,
    small: bool,
) -> Result<Option<Sheet>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Sheet,
        "SELECT p.page, p.small, p.coding, p.width_px, p.height_px, p.at, p.bytes, p.words FROM lesson_page p \
         JOIN lesson_document d ON d.file_id = p.file_id \
         WHERE d.lesson_id = $1 AND p.file_id = $2 AND p.page = $3 AND p.small = $4",
        lesson.uuid(),
        file.uuid(),
        i64::from(page),
        small
    )?)
}

#[derive(sqlx::FromRow)]
struct OldRow {
    #[sqlx(try_from = "Uuid")]
    file_id: FileId,
    #[sqlx(try_from = "Uuid")]
    lesson_id: LessonId,
}

/// Deletes documents of lessons that ended longer ago than what was drawn on them is kept, and of which no recording shows
/// them, at most [`SWEPT_ROWS_MAX`]. Their files are then used nowhere, and are swept like all such. Gives how many.
pub async fn sweep(conn: &mut Conn, now: Instant) -> Result<u64, StoreError> {
    let old = fetch_all!(
        conn,
        OldRow,
        "SELECT d.file_id, d.lesson_id FROM lesson_document d JOIN lesson l ON l.id = d.lesson_id \
         WHERE l.ends_at < $1 AND d.created_at < $1 AND NOT EXISTS \
           (SELECT 1 FROM recording r WHERE r.lesson_id = d.lesson_id AND r.deleted_at IS NULL) \
         ORDER BY d.file_id LIMIT CAST($2 AS BIGINT)",
        now.minus(LESSON_FACTS_KEPT).as_millis(),
        SWEPT_ROWS_MAX
    )?;
    for row in &old {
        execute!(conn, "DELETE FROM lesson_page WHERE file_id = $1", row.file_id.uuid())?;
        execute!(conn, "DELETE FROM recording_document WHERE file_id = $1", row.file_id.uuid())?;
        execute!(conn, "DELETE FROM lesson_document WHERE file_id = $1", row.file_id.uuid())?;
        files::detach(conn, Place::Lesson(row.lesson_id), row.file_id).await?;
    }
    Ok(old.len() as u64)
}
