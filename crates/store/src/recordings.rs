//! Recordings of live lessons. The bytes of their tracks are in the object store, under the ids of their files.

use crate::files::{self, NewFile, Place};
use crate::limits::{
    PAGE_ROWS_MAX, RECORDING_DAYS_FIRST, RECORDING_TRACKS_MAX, RECORDINGS_LISTED_MAX, RECORDINGS_SWEPT_MAX,
};
use crate::{Conn, StoreError};
use preau_base::{FileId, Instant, LessonId, PersonId, Pii, RecordingId, SchoolId};
use sqlx::types::Uuid;

/// What a school allows.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Settings {
    /// Teachers may record their lessons.
    pub allowed: bool,
    /// For how many days a recording is kept.
    pub days: i64,
    /// Those who may see a recording may take its files home.
    pub downloads: bool,
    /// Teachers may have the speech engine of this host write captions: the voices of those who speak go to it, and to no
    /// other that the operator may name later.
    pub captions_host: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { allowed: false, days: RECORDING_DAYS_FIRST, downloads: false, captions_host: None }
    }
}

pub async fn settings(conn: &mut Conn, school: SchoolId) -> Result<Settings, StoreError> {
    let found = fetch_optional!(
        conn,
        Settings,
        "SELECT allowed, days, downloads, captions_host FROM recording_setting WHERE school_id = $1",
        school.uuid()
    )?;
    Ok(found.unwrap_or_default())
}

/// Sets them where they are `was`; recordings that there are keep the day on which they expire. `false` when they are others
/// by now: nothing changes then.
pub async fn change_settings(
    conn: &mut Conn,
    school: SchoolId,
    (was, settings): (&Settings, &Settings),
    by: PersonId,
    now: Instant,
) -> Result<bool, StoreError> {
    // A school that has set nothing yet has no row.
    if self::settings(conn, school).await? != *was {
        return Ok(false);
    }
    let changed = execute!(
        conn,
        "INSERT INTO recording_setting AS s (school_id, allowed, days, downloads, captions_host, changed_at, changed_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (school_id) DO UPDATE SET allowed = excluded.allowed, \
         days = excluded.days, downloads = excluded.downloads, captions_host = excluded.captions_host, \
         changed_at = excluded.changed_at, changed_by = excluded.changed_by \
         WHERE s.allowed = $8 AND s.days = $9 AND s.downloads = $10 AND COALESCE(s.captions_host, '') = $11",
        school.uuid(),
        settings.allowed,
        settings.days,
        settings.downloads,
        settings.captions_host.as_deref(),
        now.as_millis(),
        by.uuid(),
        was.allowed,
        was.days,
        was.downloads,
        was.captions_host.as_deref().unwrap_or_default()
    )?;
    Ok(changed > 0)
}

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Recording {
    #[sqlx(try_from = "Uuid")]
    pub id: RecordingId,
    #[sqlx(try_from = "Uuid")]
    pub lesson_id: LessonId,
    /// From 1 within the lesson.
    pub number: i64,
    #[sqlx(try_from = "i64")]
    pub begun_at: Instant,
    /// The end of the last track, milliseconds since 1970; `None` while there is none.
    pub ended_at: Option<i64>,
    #[sqlx(try_from = "i64")]
    pub expires_at: Instant,
}

/// The recording of a lesson that began at `begun_at`; a row is made when there is none, kept for as long as the school says.
/// `None` when it was deleted.
pub async fn begin(
    conn: &mut Conn,
    new: RecordingId,
    lesson: LessonId,
    begun_at: Instant,
) -> Result<Option<Recording>, StoreError> {
    execute!(
        conn,
        "INSERT INTO recording (id, lesson_id, school_id, number, begun_at, expires_at) \
         SELECT $1, l.id, l.school_id, (SELECT COALESCE(MAX(r.number), 0) + 1 FROM recording r WHERE r.lesson_id = l.id), $3, \
         $3 + 86400000 * COALESCE((SELECT s.days FROM recording_setting s WHERE s.school_id = l.school_id), $4) \
         FROM lesson l WHERE l.id = $2 ON CONFLICT (lesson_id, begun_at) DO NOTHING",
        new.uuid(),
        lesson.uuid(),
        begun_at.as_millis(),
        RECORDING_DAYS_FIRST
    )?;
    Ok(fetch_optional!(
        conn,
        Recording,
        "SELECT id, lesson_id, number, begun_at, ended_at, expires_at FROM recording \
         WHERE lesson_id = $1 AND begun_at = $2 AND deleted_at IS NULL",
        lesson.uuid(),
        begun_at.as_millis()
    )?)
}

/// One that can be seen: neither deleted nor expired.
pub async fn by_number(
    conn: &mut Conn,
    lesson: LessonId,
    number: i64,
    now: Instant,
) -> Result<Option<Recording>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Recording,
        "SELECT id, lesson_id, number, begun_at, ended_at, expires_at FROM recording \
         WHERE lesson_id = $1 AND number = $2 AND deleted_at IS NULL AND expires_at > $3",
        lesson.uuid(),
        number,
        now.as_millis()
    )?)
}

pub async fn by_id(conn: &mut Conn, id: RecordingId) -> Result<Option<Recording>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Recording,
        "SELECT id, lesson_id, number, begun_at, ended_at, expires_at FROM recording \
         WHERE id = $1 AND deleted_at IS NULL",
        id.uuid()
    )?)
}

/// Those of a lesson that can be seen, first made first, at most [`RECORDINGS_LISTED_MAX`].
pub async fn of_lesson(conn: &mut Conn, lesson: LessonId, now: Instant) -> Result<Vec<Recording>, StoreError> {
    Ok(fetch_all!(
        conn,
        Recording,
        "SELECT id, lesson_id, number, begun_at, ended_at, expires_at FROM recording \
         WHERE lesson_id = $1 AND deleted_at IS NULL AND expires_at > $2 ORDER BY number LIMIT CAST($3 AS BIGINT)",
        lesson.uuid(),
        now.as_millis(),
        RECORDINGS_LISTED_MAX
    )?)
}

/// A recording in the list of a school: of what it is and how much it takes, nothing of what is in it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Kept {
    #[sqlx(try_from = "Uuid")]
    pub lesson_id: LessonId,
    pub number: i64,
    #[sqlx(try_from = "i64")]
    pub begun_at: Instant,
    #[sqlx(try_from = "i64")]
    pub expires_at: Instant,
    pub subject_name: String,
    pub groups: String,
    pub teachers: String,
    pub bytes: i64,
}

/// Those of a school that can be seen, last made first: a page of [`PAGE_ROWS_MAX`] and one more.
pub async fn of_school(conn: &mut Conn, school: SchoolId, now: Instant, offset: i64) -> Result<Vec<Kept>, StoreError> {
    Ok(fetch_all!(
        conn,
        Kept,
        "SELECT r.lesson_id, r.number, r.begun_at, r.expires_at, l.subject_name, \
         COALESCE((SELECT string_agg(g.name, ', ' ORDER BY g.name) FROM lesson_group lg JOIN school_group g ON g.id = lg.group_id \
           WHERE lg.lesson_id = l.id), '') AS groups, \
         COALESCE((SELECT string_agg(trim(p.title || ' ' || p.family_name), ', ' ORDER BY p.family_name, p.id) FROM lesson_teacher lt \
           JOIN person p ON p.id = lt.person_id WHERE lt.lesson_id = l.id), '') AS teachers, \
         CAST(COALESCE((SELECT sum(f.bytes) FROM recording_track t JOIN file f ON f.id = t.file_id \
           WHERE t.recording_id = r.id), 0) AS BIGINT) AS bytes \
         FROM recording r JOIN lesson l ON l.id = r.lesson_id \
         WHERE r.school_id = $1 AND r.deleted_at IS NULL AND r.expires_at > $2 \
         ORDER BY r.begun_at DESC, r.id LIMIT CAST($3 AS BIGINT) OFFSET $4",
        school.uuid(),
        now.as_millis(),
        PAGE_ROWS_MAX + 1,
        offset
    )?)
}

/// A track that is in the object store, under the id of its file.
#[derive(Clone, Debug)]
pub struct NewTrack<'a> {
    pub recording: RecordingId,
    /// A word: `voice`, `camera`, `screen`, `board` or `captions`.
    pub kind: &'a str,
    pub begins_at: Instant,
    pub lasts_ms: i64,
}

/// Adds a track and the row of its file. `false`: the recording was deleted meanwhile, or is full.
pub async fn add_track(
    conn: &mut Conn,
    track: &NewTrack<'_>,
    file: &NewFile<'_>,
    now: Instant,
) -> Result<bool, StoreError> {
    let ends_at = track.begins_at.as_millis().saturating_add(track.lasts_ms);
    let changed = execute!(
        conn,
        "UPDATE recording SET ended_at = CASE WHEN ended_at > $2 THEN ended_at ELSE $2 END \
         WHERE id = $1 AND deleted_at IS NULL \
         AND (SELECT COUNT(*) FROM recording_track t WHERE t.recording_id = $1) < $3",
        track.recording.uuid(),
        ends_at,
        RECORDING_TRACKS_MAX
    )?;
    if changed == 0 {
        return Ok(false);
    }
    files::create(conn, file, now).await?;
    files::attach(conn, Place::Recording(track.recording), file.id).await?;
    execute!(
        conn,
        "INSERT INTO recording_track (file_id, recording_id, kind, begins_at, lasts_ms) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (file_id) DO NOTHING",
        file.id.uuid(),
        track.recording.uuid(),
        track.kind,
        track.begins_at.as_millis(),
        track.lasts_ms
    )?;
    Ok(true)
}

/// The class was shown this document or picture while it was recorded. What is none of the lesson's is passed over.
pub async fn add_document(conn: &mut Conn, recording: RecordingId, file: FileId) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO recording_document (recording_id, file_id) SELECT r.id, d.file_id FROM recording r \
         JOIN lesson_document d ON d.lesson_id = r.lesson_id WHERE r.id = $1 AND d.file_id = $2 \
         ON CONFLICT (recording_id, file_id) DO NOTHING",
        recording.uuid(),
        file.uuid()
    )?;
    Ok(())
}

/// Whether the class was shown it while this was recorded.
pub async fn shows(conn: &mut Conn, recording: RecordingId, file: FileId) -> Result<bool, StoreError> {
    let found = fetch_number!(
        conn,
        "SELECT count(*) FROM recording_document WHERE recording_id = $1 AND file_id = $2",
        recording.uuid(),
        file.uuid()
    )?;
    Ok(found > 0)
}

/// A track as a page shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Track {
    #[sqlx(try_from = "Uuid")]
    pub file_id: FileId,
    pub kind: String,
    #[sqlx(try_from = "Uuid")]
    pub person_id: PersonId,
    #[sqlx(try_from = "String")]
    pub person: Pii<String>,
    /// They were invited into the lesson, and are of no school.
    pub is_guest: bool,
    #[sqlx(try_from = "i64")]
    pub begins_at: Instant,
    pub lasts_ms: i64,
    pub bytes: i64,
}

/// The tracks of a recording in the order in which they begin.
pub async fn tracks(conn: &mut Conn, id: RecordingId) -> Result<Vec<Track>, StoreError> {
    Ok(fetch_all!(
        conn,
        Track,
        "SELECT t.file_id, t.kind, f.owner_id AS person_id, trim(p.given_name || ' ' || p.family_name) AS person, \
         EXISTS (SELECT 1 FROM recording r JOIN lesson_guest g ON g.lesson_id = r.lesson_id \
           WHERE r.id = t.recording_id AND g.person_id = f.owner_id) AS is_guest, \
         t.begins_at, t.lasts_ms, f.bytes FROM recording_track t JOIN file f ON f.id = t.file_id \
         JOIN person p ON p.id = f.owner_id WHERE t.recording_id = $1 ORDER BY t.begins_at, t.file_id LIMIT CAST($2 AS BIGINT)",
        id.uuid(),
        RECORDING_TRACKS_MAX
    )?)
}

/// From now on nobody sees it. `false` when it was deleted before.
pub async fn delete(conn: &mut Conn, id: RecordingId, by: Option<PersonId>, now: Instant) -> Result<bool, StoreError> {
    let changed = execute!(
        conn,
        "UPDATE recording SET deleted_at = $2, deleted_by = $3 WHERE id = $1 AND deleted_at IS NULL",
        id.uuid(),
        now.as_millis(),
        by.map(PersonId::uuid)
    )?;
    Ok(changed > 0)
}

#[derive(sqlx::FromRow)]
struct IdRow {
    #[sqlx(try_from = "Uuid")]
    id: RecordingId,
}

/// Recordings whose time is over, at most [`RECORDINGS_SWEPT_MAX`].
pub async fn expired(conn: &mut Conn, now: Instant) -> Result<Vec<RecordingId>, StoreError> {
    let rows = fetch_all!(
        conn,
        IdRow,
        "SELECT id FROM recording WHERE deleted_at IS NULL AND expires_at <= $1 ORDER BY expires_at LIMIT CAST($2 AS BIGINT)",
        now.as_millis(),
        RECORDINGS_SWEPT_MAX
    )?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

#[derive(sqlx::FromRow)]
struct FileRow {
    #[sqlx(try_from = "Uuid")]
    file_id: FileId,
}

/// Files of deleted recordings whose bytes are still to be removed, at most [`RECORDING_TRACKS_MAX`].
pub async fn files_of_deleted(conn: &mut Conn) -> Result<Vec<FileId>, StoreError> {
    let rows = fetch_all!(
        conn,
        FileRow,
        "SELECT t.file_id FROM recording_track t JOIN recording r ON r.id = t.recording_id \
         WHERE r.deleted_at IS NOT NULL ORDER BY t.file_id LIMIT CAST($1 AS BIGINT)",
        RECORDING_TRACKS_MAX
    )?;
    Ok(rows.into_iter().map(|row| row.file_id).collect())
}

/// The bytes of a track are gone: so are its rows.
pub async fn forget_track(conn: &mut Conn, file: FileId) -> Result<(), StoreError> {
    execute!(conn, "DELETE FROM recording_track WHERE file_id = $1", file.uuid())?;
    execute!(conn, "DELETE FROM attachment WHERE file_id = $1 AND place = 'recording'", file.uuid())?;
    execute!(
        conn,
        "DELETE FROM file WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.file_id = $1)",
        file.uuid()
    )?;
    Ok(())
}
