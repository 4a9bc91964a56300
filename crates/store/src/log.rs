//! The lesson log: one entry a lesson, what it was before, and what came after its visa.

use crate::limits::LOG_REVISIONS_MAX;
use crate::{Conn, StoreError, lessons};
use preau_base::{Instant, LessonId, LogEntryId, PersonId, SchoolId, StepId};
use preau_school::homework::Ways;
use sqlx::types::Uuid;

pub mod archives;
pub mod lists;
pub mod load;
pub mod readings;
pub mod visas;

/// An entry with everything that its page shows.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Entry {
    #[sqlx(try_from = "Uuid")]
    pub id: LogEntryId,
    #[sqlx(try_from = "Uuid")]
    pub school_id: SchoolId,
    #[sqlx(try_from = "Uuid")]
    pub lesson_id: LessonId,
    /// Who saved it last.
    #[sqlx(try_from = "Uuid")]
    pub author_id: PersonId,
    /// Title and family name of that person.
    pub author: String,
    pub body: String,
    /// Work that is planned and not set yet.
    pub work_title: String,
    pub work_body: String,
    pub work_minutes: Option<i64>,
    /// Words of [`Ways`], with spaces between them.
    pub work_ways: String,
    pub work_is_test: bool,
    pub published_at: Option<i64>,
    pub signed_at: Option<i64>,
    /// Title and family name of whoever signed it; empty before.
    pub signer: String,
    /// What they said with the visa; for those who write the log.
    pub visa_remark: String,
    /// Raised by each save, from 1.
    pub version: i64,
    #[sqlx(try_from = "i64")]
    pub updated_at: Instant,
}

impl Entry {
    pub const fn is_published(&self) -> bool {
        self.published_at.is_some()
    }

    /// How the planned work will be handed in.
    pub fn work_ways(&self) -> Ways {
        Ways::of_words(self.work_ways.split(' '))
    }

    /// Saving `text` would change nothing.
    fn says(&self, text: &Text<'_>) -> bool {
        self.body == text.body
            && self.work_title == text.work_title
            && self.work_body == text.work_body
            && self.work_minutes == text.work_minutes
            && self.work_ways() == text.work_ways
            && self.work_is_test == text.work_is_test
            && self.is_published() == text.publish
    }
}

/// What is saved as the entry of a lesson.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    pub lesson: LessonId,
    pub school: SchoolId,
    pub author: PersonId,
    /// The step of a progression that it was made from.
    pub step: Option<StepId>,
    pub body: &'a str,
    pub work_title: &'a str,
    pub work_body: &'a str,
    pub work_minutes: Option<i64>,
    pub work_ways: Ways,
    pub work_is_test: bool,
    pub publish: bool,
}

/// What came of a save.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// Kept, as this version.
    Kept(i64),
    /// It says so already: the same form came twice.
    Same,
    /// Somebody has saved another text since; nothing was changed.
    Changed(Box<Entry>),
    /// It was signed; nothing was changed.
    Signed(Box<Entry>),
}

pub async fn of_lesson(conn: &mut Conn, lesson: LessonId) -> Result<Option<Entry>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Entry,
        "SELECT e.id, e.school_id, e.lesson_id, e.author_id, trim(a.title || ' ' || a.family_name) AS author, e.body, \
         e.work_title, e.work_body, e.work_minutes, e.work_ways, e.work_is_test, e.published_at, e.signed_at, \
         COALESCE(trim(s.title || ' ' || s.family_name), '') AS signer, e.visa_remark, e.version, e.updated_at \
         FROM log_entry e JOIN person a ON a.id = e.author_id LEFT JOIN person s ON s.id = e.signed_by \
         WHERE e.lesson_id = $1",
        lesson.uuid()
    )?)
}

/// Saves the text of a lesson's entry. `base` is the version that the writer has seen, 0 for none; `id` is taken when
/// there is no entry yet. What the text replaces is kept ([`revisions`]). What is published for the first time shows that the
/// lesson took place, should its day have been closed after it began.
pub async fn save(
    conn: &mut Conn,
    id: LogEntryId,
    text: &Text<'_>,
    base: i64,
    now: Instant,
) -> Result<Saved, StoreError> {
    let Some(current) = of_lesson(conn, text.lesson).await? else {
        if insert(conn, id, text, now).await? {
            published(conn, text, now).await?;
            return Ok(Saved::Kept(1));
        }
        return not_saved(conn, text).await;
    };
    if current.says(text) {
        return Ok(Saved::Same);
    }
    if current.version != base || current.signed_at.is_some() || !replace(conn, &current, text, now).await? {
        return not_saved(conn, text).await;
    }
    if current.body != text.body {
        keep_revision(conn, &current).await?;
    }
    if !current.is_published() {
        published(conn, text, now).await?;
    }
    Ok(Saved::Kept(current.version + 1))
}

async fn insert(conn: &mut Conn, id: LogEntryId, text: &Text<'_>, now: Instant) -> Result<bool, StoreError> {
    let made = execute!(
        conn,
        "INSERT INTO log_entry (id, school_id, lesson_id, author_id, step_id, body, work_title, work_body, work_minutes, \
         published_at, version, created_at, updated_at, work_ways, work_is_test) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $11, $12, $13) \
         ON CONFLICT (lesson_id) DO NOTHING",
        id.uuid(),
        text.school.uuid(),
        text.lesson.uuid(),
        text.author.uuid(),
        text.step.map(StepId::uuid),
        text.body,
        text.work_title,
        text.work_body,
        text.work_minutes,
        text.publish.then_some(now.as_millis()),
        now.as_millis(),
        text.work_ways.to_string(),
        text.work_is_test
    )?;
    Ok(made == 1)
}

async fn replace(conn: &mut Conn, current: &Entry, text: &Text<'_>, now: Instant) -> Result<bool, StoreError> {
    let published = text.publish.then_some(current.published_at.unwrap_or(now.as_millis()));
    let changed = execute!(
        conn,
        "UPDATE log_entry SET author_id = $3, body = $4, work_title = $5, work_body = $6, work_minutes = $7, \
         published_at = $8, updated_at = $9, work_ways = $10, work_is_test = $11, version = version + 1 \
         WHERE id = $1 AND version = $2 AND signed_at IS NULL",
        current.id.uuid(),
        current.version,
        text.author.uuid(),
        text.body,
        text.work_title,
        text.work_body,
        text.work_minutes,
        published,
        now.as_millis(),
        text.work_ways.to_string(),
        text.work_is_test
    )?;
    Ok(changed == 1)
}

async fn published(conn: &mut Conn, text: &Text<'_>, now: Instant) -> Result<(), StoreError> {
    if text.publish { lessons::was_logged(conn, text.lesson, now).await } else { Ok(()) }
}

/// Why a save changed nothing, by what stands there now.
async fn not_saved(conn: &mut Conn, text: &Text<'_>) -> Result<Saved, StoreError> {
    let current = of_lesson(conn, text.lesson).await?.ok_or(sqlx::Error::RowNotFound)?;
    Ok(if current.says(text) {
        Saved::Same
    } else if current.signed_at.is_some() {
        Saved::Signed(Box::new(current))
    } else {
        Saved::Changed(Box::new(current))
    })
}

async fn keep_revision(conn: &mut Conn, old: &Entry) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO log_revision (entry_id, version, author_id, body, saved_at) VALUES ($1, $2, $3, $4, $5)",
        old.id.uuid(),
        old.version,
        old.author_id.uuid(),
        old.body.as_str(),
        old.updated_at.as_millis()
    )?;
    execute!(
        conn,
        "DELETE FROM log_revision WHERE entry_id = $1 AND version NOT IN ( \
         SELECT version FROM log_revision WHERE entry_id = $1 ORDER BY version DESC LIMIT CAST($2 AS BIGINT))",
        old.id.uuid(),
        LOG_REVISIONS_MAX
    )?;
    Ok(())
}

/// A dated text of somebody: a revision, an addition.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Dated {
    pub author: String,
    pub body: String,
    #[sqlx(try_from = "i64")]
    pub at: Instant,
}

/// The texts that later saves replaced, latest first.
pub async fn revisions(conn: &mut Conn, entry: LogEntryId) -> Result<Vec<Dated>, StoreError> {
    Ok(fetch_all!(
        conn,
        Dated,
        "SELECT trim(p.title || ' ' || p.family_name) AS author, r.body, r.saved_at AS at \
         FROM log_revision r JOIN person p ON p.id = r.author_id WHERE r.entry_id = $1 ORDER BY r.version DESC LIMIT CAST($2 AS BIGINT)",
        entry.uuid(),
        LOG_REVISIONS_MAX
    )?)
}

/// Puts a dated addition under a signed entry. `id` makes it idempotent. `false` when the entry is not signed, or has
/// `most` additions already.
pub async fn add(
    conn: &mut Conn,
    id: LogEntryId,
    entry: LogEntryId,
    (author, body): (PersonId, &str),
    most: usize,
    now: Instant,
) -> Result<bool, StoreError> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let there = fetch_number!(conn, "SELECT count(*) FROM log_addition WHERE id = $1", id.uuid())?;
    if there > 0 {
        return Ok(true);
    }
    let made = execute!(
        conn,
        "INSERT INTO log_addition (id, entry_id, author_id, body, added_at) \
         SELECT $1, e.id, $3, $4, $5 FROM log_entry e WHERE e.id = $2 AND e.signed_at IS NOT NULL \
         AND (SELECT count(*) FROM log_addition a WHERE a.entry_id = e.id) < $6 \
         ON CONFLICT (id) DO NOTHING",
        id.uuid(),
        entry.uuid(),
        author.uuid(),
        body,
        now.as_millis(),
        most
    )?;
    Ok(made == 1)
}

/// The text of an addition, and whose it is.
pub async fn addition(conn: &mut Conn, id: LogEntryId) -> Result<Option<(PersonId, String)>, StoreError> {
    let row = fetch_optional!(conn, AdditionRow, "SELECT author_id, body FROM log_addition WHERE id = $1", id.uuid())?;
    Ok(row.map(|row| (row.author_id, row.body)))
}

#[derive(sqlx::FromRow)]
struct AdditionRow {
    #[sqlx(try_from = "Uuid")]
    author_id: PersonId,
    body: String,
}

/// The additions to an entry, earliest first.
pub async fn additions(conn: &mut Conn, entry: LogEntryId) -> Result<Vec<Dated>, StoreError> {
    Ok(fetch_all!(
        conn,
        Dated,
        "SELECT trim(p.title || ' ' || p.family_name) AS author, a.body, a.added_at AS at \
         FROM log_addition a JOIN person p ON p.id = a.author_id WHERE a.entry_id = $1 ORDER BY a.added_at, a.id",
        entry.uuid()
    )?)
}

#[derive(sqlx::FromRow)]
struct Body {
    body: String,
}

/// A teacher's own note on a lesson; empty when there is none.
pub async fn note(conn: &mut Conn, lesson: LessonId, person: PersonId) -> Result<String, StoreError> {
    let row = fetch_optional!(
        conn,
        Body,
        "SELECT body FROM log_note WHERE lesson_id = $1 AND person_id = $2",
        lesson.uuid(),
        person.uuid()
    )?;
    Ok(row.map(|row| row.body).unwrap_or_default())
}

pub async fn set_note(
    conn: &mut Conn,
    lesson: LessonId,
    person: PersonId,
    body: &str,
    now: Instant,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO log_note (lesson_id, person_id, body, updated_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (lesson_id, person_id) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at",
        lesson.uuid(),
        person.uuid(),
        body,
        now.as_millis()
    )?;
    Ok(())
}
