//! Stored files and where they are used. The bytes are in the object store, under the same ids.

use crate::limits::{ATTACHED_MAX, SWEPT_ROWS_MAX};
use crate::{Conn, StoreError, many};
use preau_base::{
    FileId, HandInId, HomeworkId, Instant, LessonId, LogEntryId, PersonId, ReceiptId, RecordingId, StepId,
};
use sqlx::types::Uuid;
use std::collections::HashMap;

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct File {
    #[sqlx(try_from = "Uuid")]
    pub id: FileId,
    #[sqlx(try_from = "Uuid")]
    pub owner_id: PersonId,
    /// As it is given back; a clean name, yet any text.
    pub name: String,
    /// A word of `preau_files::Kind`: what its bytes are.
    pub kind: String,
    pub bytes: i64,
    /// 32 bytes.
    pub sha256: Vec<u8>,
    /// Milliseconds since 1970.
    pub created_at: i64,
}

#[derive(Clone, Debug)]
pub struct NewFile<'a> {
    pub id: FileId,
    pub owner: PersonId,
    pub name: &'a str,
    pub kind: &'a str,
    pub bytes: u64,
    pub sha256: &'a [u8],
}

/// What a file can be attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// Work set by a teacher.
    Homework(HomeworkId),
    /// A pupil's draft.
    Draft(HandInId),
    /// What was handed in.
    Receipt(ReceiptId),
    /// What the teacher gave back.
    Returned(HandInId),
    /// An entry of the lesson log.
    Log(LogEntryId),
    /// A step of a progression.
    Step(StepId),
    /// A track of a recorded lesson.
    Recording(RecordingId),
    /// What a live class has on its board.
    Lesson(LessonId),
}

impl Place {
    /// The word and the id that the database has.
    const fn parts(self) -> (&'static str, Uuid) {
        match self {
            Self::Homework(id) => ("homework", id.uuid()),
            Self::Draft(id) => ("draft", id.uuid()),
            Self::Receipt(id) => ("receipt", id.uuid()),
            Self::Returned(id) => ("returned", id.uuid()),
            Self::Log(id) => ("log", id.uuid()),
            Self::Step(id) => ("step", id.uuid()),
            Self::Recording(id) => ("recording", id.uuid()),
            Self::Lesson(id) => ("lesson", id.uuid()),
        }
    }
}

/// Writes the row of a file that the object store has already. The same file twice is one row.
pub async fn create(conn: &mut Conn, file: &NewFile<'_>, now: Instant) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO file (id, owner_id, name, kind, bytes, sha256, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (id) DO NOTHING",
        file.id.uuid(),
        file.owner.uuid(),
        file.name,
        file.kind,
        i64::try_from(file.bytes).unwrap_or(i64::MAX),
        file.sha256,
        now.as_millis()
    )?;
    Ok(())
}

pub async fn by_id(conn: &mut Conn, id: FileId) -> Result<Option<File>, StoreError> {
    Ok(fetch_optional!(
        conn,
        File,
        "SELECT id, owner_id, name, kind, bytes, sha256, created_at FROM file WHERE id = $1",
        id.uuid()
    )?)
}

/// Attaches a file behind those that are there; one that is attached there already stays where it is.
pub async fn attach(conn: &mut Conn, place: Place, file: FileId) -> Result<(), StoreError> {
    let (word, of) = place.parts();
    execute!(
        conn,
        "INSERT INTO attachment (place, of_id, file_id, position) VALUES ($1, $2, $3, \
         (SELECT COALESCE(MAX(position) + 1, 0) FROM attachment WHERE place = $1 AND of_id = $2)) \
         ON CONFLICT (place, of_id, file_id) DO NOTHING",
        word,
        of,
        file.uuid()
    )?;
    Ok(())
}

/// Attaches exactly these files, in this order.
pub async fn attach_only(conn: &mut Conn, place: Place, files: &[FileId]) -> Result<(), StoreError> {
    detach_all(conn, place).await?;
    for file in files {
        attach(conn, place, *file).await?;
    }
    Ok(())
}

pub async fn detach(conn: &mut Conn, place: Place, file: FileId) -> Result<bool, StoreError> {
    let (word, of) = place.parts();
    let changed = execute!(
        conn,
        "DELETE FROM attachment WHERE place = $1 AND of_id = $2 AND file_id = $3",
        word,
        of,
        file.uuid()
    )?;
    Ok(changed > 0)
}

/// Lets go of all files of a thing; call it before the thing itself is deleted.
pub async fn detach_all(conn: &mut Conn, place: Place) -> Result<(), StoreError> {
    let (word, of) = place.parts();
    execute!(conn, "DELETE FROM attachment WHERE place = $1 AND of_id = $2", word, of)?;
    Ok(())
}

/// The files of a thing, in their order.
pub async fn attached(conn: &mut Conn, place: Place) -> Result<Vec<File>, StoreError> {
    let (word, of) = place.parts();
    Ok(fetch_all!(
        conn,
        File,
        "SELECT f.id, f.owner_id, f.name, f.kind, f.bytes, f.sha256, f.created_at FROM attachment a \
         JOIN file f ON f.id = a.file_id WHERE a.place = $1 AND a.of_id = $2 ORDER BY a.position, f.id LIMIT CAST($3 AS BIGINT)",
        word,
        of,
        ATTACHED_MAX
    )?)
}

#[derive(sqlx::FromRow)]
struct AttachedRow {
    place: String,
    of_id: Uuid,
    #[sqlx(flatten)]
    file: File,
}

/// The files of many things, in their order; things without files are not in it. One statement for some hundreds of things.
pub async fn attached_to(conn: &mut Conn, places: &[Place]) -> Result<HashMap<Place, Vec<File>>, StoreError> {
    let known: HashMap<(&str, Uuid), Place> = places.iter().map(|place| (place.parts(), *place)).collect();
    let mut ids: Vec<Uuid> = known.keys().map(|(_, id)| *id).collect();
    ids.sort_unstable();
    ids.dedup();
    let rows = many::fetch_among::<AttachedRow>(
        conn,
        "SELECT a.place, a.of_id, f.id, f.owner_id, f.name, f.kind, f.bytes, f.sha256, f.created_at FROM attachment a \
         JOIN file f ON f.id = a.file_id WHERE a.of_id IN ($1) ORDER BY a.position, f.id",
        &ids,
    )
    .await?;
    let mut found: HashMap<Place, Vec<File>> = HashMap::new();
    for row in rows {
        // What was handed in for a hand-in stands beside its draft, under the same id.
        if let Some(place) = known.get(&(row.place.as_str(), row.of_id)) {
            found.entry(*place).or_default().push(row.file);
        }
    }
    Ok(found)
}

/// A file, if it is attached there.
pub async fn attached_one(conn: &mut Conn, place: Place, file: FileId) -> Result<Option<File>, StoreError> {
    let (word, of) = place.parts();
    Ok(fetch_optional!(
        conn,
        File,
        "SELECT f.id, f.owner_id, f.name, f.kind, f.bytes, f.sha256, f.created_at FROM attachment a \
         JOIN file f ON f.id = a.file_id WHERE a.place = $1 AND a.of_id = $2 AND a.file_id = $3",
        word,
        of,
        file.uuid()
    )?)
}

/// Bytes of the files of a person that are used nowhere yet.
pub async fn unused_bytes(conn: &mut Conn, owner: PersonId) -> Result<i64, StoreError> {
    Ok(fetch_number!(
        conn,
        "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM file WHERE owner_id = $1 \
         AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.file_id = file.id)",
        owner.uuid()
    )?)
}

/// Deletes rows of files made before an instant that are used nowhere, a bounded number at a time. Their bytes are then
/// files without a row.
pub async fn sweep(conn: &mut Conn, made_before: Instant) -> Result<u64, StoreError> {
    Ok(execute!(
        conn,
        "DELETE FROM file WHERE id IN (SELECT f.id FROM file f WHERE f.created_at < $1 \
         AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.file_id = f.id) ORDER BY f.created_at LIMIT CAST($2 AS BIGINT))",
        made_before.as_millis(),
        SWEPT_ROWS_MAX
    )?)
}

/// Forgets a file whose bytes are gone, wherever it was attached.
pub async fn forget(conn: &mut Conn, id: FileId) -> Result<(), StoreError> {
    execute!(conn, "DELETE FROM attachment WHERE file_id = $1", id.uuid())?;
    execute!(conn, "DELETE FROM lesson_page WHERE file_id = $1", id.uuid())?;
    execute!(conn, "DELETE FROM recording_document WHERE file_id = $1", id.uuid())?;
    execute!(conn, "DELETE FROM lesson_document WHERE file_id = $1", id.uuid())?;
    execute!(conn, "DELETE FROM file WHERE id = $1", id.uuid())?;
    Ok(())
}

/// Whether a file has a row, or an upload that still may become one.
pub async fn is_known(conn: &mut Conn, id: FileId) -> Result<bool, StoreError> {
    let found = fetch_number!(
        conn,
        "SELECT (SELECT count(*) FROM file WHERE id = $1) + (SELECT count(*) FROM upload WHERE id = $1)",
        id.uuid()
    )?;
    Ok(found > 0)
}
