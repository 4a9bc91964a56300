//! One pupil's work on one piece of homework: draft, tick, what was handed in, extension, correction.

use crate::files::{self, Place};
use crate::limits::{HOMEWORK_MAX, RECEIPTS_MAX, ROSTER_MAX};
use crate::{Conn, StoreError};
use preau_base::{FileId, HandInId, HomeworkId, Instant, PersonId, ReceiptId};
use preau_school::homework::{Progress, Terms};
use sqlx::types::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct HandIn {
    #[sqlx(try_from = "Uuid")]
    pub id: HandInId,
    #[sqlx(try_from = "Uuid")]
    pub homework_id: HomeworkId,
    #[sqlx(try_from = "Uuid")]
    pub person_id: PersonId,
    /// Milliseconds since 1970, as all instants here.
    pub done_at: Option<i64>,
    pub extended_to: Option<i64>,
    pub draft_body: String,
    /// Counts the savings of the draft; 0 before the first.
    pub draft_version: i64,
    /// None: there is no draft, or it was handed in.
    pub draft_saved_at: Option<i64>,
    pub comment: String,
    /// In hundredths.
    pub mark: Option<i64>,
    /// A level from 1 to 4 for each skill of the homework, `-` for none: `3 - 4`.
    pub levels: String,
    pub returned_at: Option<i64>,
    /// Counts the savings of the correction; 0 before the first.
    pub correction_version: i64,
    /// Of what was handed in last.
    pub handed_at: Option<i64>,
    pub handed_late: Option<bool>,
}

impl HandIn {
    /// The terms for this pupil.
    pub fn terms(&self, terms: Terms) -> Terms {
        Terms { extended_to: self.extended_to.map(Instant::from_millis), returned: self.returned_at.is_some(), ..terms }
    }

    pub fn progress(&self) -> Progress {
        Progress {
            done: self.done_at.is_some(),
            has_draft: self.draft_saved_at.is_some(),
            handed_in_late: self.handed_late,
        }
    }
}

/// What was handed in, as it was acknowledged.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Receipt {
    #[sqlx(try_from = "Uuid")]
    pub id: ReceiptId,
    #[sqlx(try_from = "Uuid")]
    pub hand_in_id: HandInId,
    #[sqlx(try_from = "Uuid")]
    pub homework_id: HomeworkId,
    #[sqlx(try_from = "Uuid")]
    pub person_id: PersonId,
    pub body: String,
    pub late: bool,
    /// 32 bytes.
    pub sha256: Vec<u8>,
    pub handed_at: i64,
}

#[derive(Clone, Debug)]
pub struct NewReceipt<'a> {
    pub id: ReceiptId,
    pub hand_in: HandInId,
    /// Chosen by the sender; what comes with it again is the same hand-in.
    pub key: &'a str,
    pub body: &'a str,
    pub late: bool,
    pub sha256: &'a [u8],
    pub files: &'a [FileId],
}

/// A pupil of a homework, as its teacher sees them.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Row {
    #[sqlx(try_from = "Uuid")]
    pub person_id: PersonId,
    pub given_name: String,
    pub family_name: String,
    pub extended_to: Option<i64>,
    pub has_draft: bool,
    pub handed_at: Option<i64>,
    pub handed_late: Option<bool>,
    pub mark: Option<i64>,
    pub levels: String,
    pub comment: String,
    pub returned_at: Option<i64>,
    pub done: bool,
}

impl Row {
    pub fn terms(&self, terms: Terms) -> Terms {
        Terms { extended_to: self.extended_to.map(Instant::from_millis), returned: self.returned_at.is_some(), ..terms }
    }

    pub const fn progress(&self) -> Progress {
        Progress { done: self.done, has_draft: self.has_draft, handed_in_late: self.handed_late }
    }
}

/// The work of a pupil on a homework, made with `id` if there is none yet.
pub async fn ensure(
    conn: &mut Conn,
    id: HandInId,
    homework: HomeworkId,
    pupil: PersonId,
    now: Instant,
) -> Result<HandIn, StoreError> {
    execute!(
        conn,
        "INSERT INTO hand_in (id, homework_id, person_id, created_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (homework_id, person_id) DO NOTHING",
        id.uuid(),
        homework.uuid(),
        pupil.uuid(),
        now.as_millis()
    )?;
    let found = of(conn, homework, pupil).await?;
    found.ok_or(StoreError::Database(sqlx::Error::RowNotFound))
}

/// The work of a pupil on a homework.
pub async fn of(conn: &mut Conn, homework: HomeworkId, pupil: PersonId) -> Result<Option<HandIn>, StoreError> {
    Ok(fetch_optional!(
        conn,
        HandIn,
        "SELECT i.id, i.homework_id, i.person_id, i.done_at, i.extended_to, i.draft_body, i.draft_version, \
         i.draft_saved_at, i.comment, i.mark, i.levels, i.returned_at, i.correction_version, \
         (SELECT r.handed_at FROM receipt r WHERE r.hand_in_id = i.id ORDER BY r.handed_at DESC, r.id DESC LIMIT 1) \
           AS handed_at, \
         (SELECT r.late FROM receipt r WHERE r.hand_in_id = i.id ORDER BY r.handed_at DESC, r.id DESC LIMIT 1) \
           AS handed_late \
         FROM hand_in i WHERE i.homework_id = $1 AND i.person_id = $2",
        homework.uuid(),
        pupil.uuid()
    )?)
}

/// The work of a pupil on all homework due from `from_day` to `to_day`, both included.
pub async fn of_pupil(
    conn: &mut Conn,
    pupil: PersonId,
    from_day: &str,
    to_day: &str,
) -> Result<Vec<HandIn>, StoreError> {
    Ok(fetch_all!(
        conn,
        HandIn,
        "SELECT i.id, i.homework_id, i.person_id, i.done_at, i.extended_to, i.draft_body, i.draft_version, \
         i.draft_saved_at, i.comment, i.mark, i.levels, i.returned_at, i.correction_version, \
         (SELECT r.handed_at FROM receipt r WHERE r.hand_in_id = i.id ORDER BY r.handed_at DESC, r.id DESC LIMIT 1) \
           AS handed_at, \
         (SELECT r.late FROM receipt r WHERE r.hand_in_id = i.id ORDER BY r.handed_at DESC, r.id DESC LIMIT 1) \
           AS handed_late \
         FROM hand_in i JOIN homework h ON h.id = i.homework_id \
         WHERE i.person_id = $1 AND h.due_day >= $2 AND h.due_day <= $3",
        pupil.uuid(),
        from_day,
        to_day
    )?)
}

/// The same of the children of a relative who is not barred from them.
pub async fn of_children(
    conn: &mut Conn,
    relative: PersonId,
    from_day: &str,
    to_day: &str,
) -> Result<Vec<HandIn>, StoreError> {
    Ok(fetch_all!(
        conn,
        HandIn,
        "SELECT i.id, i.homework_id, i.person_id, i.done_at, i.extended_to, i.draft_body, i.draft_version, \
         i.draft_saved_at, i.comment, i.mark, i.levels, i.returned_at, i.correction_version, \
         (SELECT r.handed_at FROM receipt r WHERE r.hand_in_id = i.id ORDER BY r.handed_at DESC, r.id DESC LIMIT 1) \
           AS handed_at, \
         (SELECT r.late FROM receipt r WHERE r.hand_in_id = i.id ORDER BY r.handed_at DESC, r.id DESC LIMIT 1) \
           AS handed_late \
         FROM hand_in i JOIN homework h ON h.id = i.homework_id \
         WHERE i.person_id IN (SELECT r.pupil_id FROM relation r WHERE r.relative_id = $1 AND r.barred_at IS NULL) \
         AND h.due_day >= $2 AND h.due_day <= $3",
        relative.uuid(),
        from_day,
        to_day
    )?)
}

/// Saves the draft, if it is still of `version`; gives its new version. `None`: another tab was faster, nothing is saved.
pub async fn save_draft(
    conn: &mut Conn,
    id: HandInId,
    version: i64,
    body: &str,
    now: Instant,
) -> Result<Option<i64>, StoreError> {
    let changed = execute!(
        conn,
        "UPDATE hand_in SET draft_body = $3, draft_version = draft_version + 1, draft_saved_at = $4 \
         WHERE id = $1 AND draft_version = $2",
        id.uuid(),
        version,
        body,
        now.as_millis()
    )?;
    Ok((changed > 0).then_some(version + 1))
}

/// Ticks the work as done, or not.
pub async fn set_done(conn: &mut Conn, id: HandInId, done: Option<Instant>) -> Result<(), StoreError> {
    execute!(conn, "UPDATE hand_in SET done_at = $2 WHERE id = $1", id.uuid(), done.map(Instant::as_millis))?;
    Ok(())
}

/// Gives this pupil another deadline, or takes it back.
pub async fn extend(conn: &mut Conn, id: HandInId, to: Option<Instant>) -> Result<(), StoreError> {
    execute!(conn, "UPDATE hand_in SET extended_to = $2 WHERE id = $1", id.uuid(), to.map(Instant::as_millis))?;
    Ok(())
}

/// Keeps what is handed in, with its files; the draft is then empty, and the work done. The same key again gives the receipt
/// of the first time, whatever comes with it.
pub async fn hand_in(conn: &mut Conn, new: &NewReceipt<'_>, now: Instant) -> Result<Receipt, StoreError> {
    let made = execute!(
        conn,
        "INSERT INTO receipt (id, hand_in_id, idempotency_key, body, late, sha256, handed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (hand_in_id, idempotency_key) DO NOTHING",
        new.id.uuid(),
        new.hand_in.uuid(),
        new.key,
        new.body,
        new.late,
        new.sha256,
        now.as_millis()
    )?;
    if made > 0 {
        files::attach_only(conn, Place::Receipt(new.id), new.files).await?;
        files::detach_all(conn, Place::Draft(new.hand_in)).await?;
        execute!(
            conn,
            "UPDATE hand_in SET draft_body = '', draft_saved_at = NULL, draft_version = draft_version + 1, done_at = $2 \
             WHERE id = $1",
            new.hand_in.uuid(),
            now.as_millis()
        )?;
    }
    let known = by_key(conn, new.hand_in, new.key).await?;
    known.ok_or(StoreError::Database(sqlx::Error::RowNotFound))
}

/// The receipt of a key.
pub async fn by_key(conn: &mut Conn, hand_in: HandInId, key: &str) -> Result<Option<Receipt>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Receipt,
        "SELECT r.id, r.hand_in_id, i.homework_id, i.person_id, r.body, r.late, r.sha256, r.handed_at FROM receipt r \
         JOIN hand_in i ON i.id = r.hand_in_id WHERE r.hand_in_id = $1 AND r.idempotency_key = $2",
        hand_in.uuid(),
        key
    )?)
}

pub async fn receipt(conn: &mut Conn, id: ReceiptId) -> Result<Option<Receipt>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Receipt,
        "SELECT r.id, r.hand_in_id, i.homework_id, i.person_id, r.body, r.late, r.sha256, r.handed_at FROM receipt r \
         JOIN hand_in i ON i.id = r.hand_in_id WHERE r.id = $1",
        id.uuid()
    )?)
}

/// What was handed in, the last first.
pub async fn receipts(conn: &mut Conn, hand_in: HandInId) -> Result<Vec<Receipt>, StoreError> {
    Ok(fetch_all!(
        conn,
        Receipt,
        "SELECT r.id, r.hand_in_id, i.homework_id, i.person_id, r.body, r.late, r.sha256, r.handed_at FROM receipt r \
         JOIN hand_in i ON i.id = r.hand_in_id WHERE r.hand_in_id = $1 ORDER BY r.handed_at DESC, r.id DESC LIMIT CAST($2 AS BIGINT)",
        hand_in.uuid(),
        RECEIPTS_MAX
    )?)
}

/// How often something was handed in.
pub async fn count(conn: &mut Conn, hand_in: HandInId) -> Result<i64, StoreError> {
    Ok(fetch_number!(conn, "SELECT count(*) FROM receipt WHERE hand_in_id = $1", hand_in.uuid())?)
}

/// What was handed in last by each pupil.
pub async fn last_of_homework(conn: &mut Conn, homework: HomeworkId) -> Result<Vec<Receipt>, StoreError> {
    Ok(fetch_all!(
        conn,
        Receipt,
        "SELECT r.id, r.hand_in_id, i.homework_id, i.person_id, r.body, r.late, r.sha256, r.handed_at FROM receipt r \
         JOIN hand_in i ON i.id = r.hand_in_id WHERE i.homework_id = $1 AND NOT EXISTS (SELECT 1 FROM receipt n \
           WHERE n.hand_in_id = r.hand_in_id AND (n.handed_at > r.handed_at OR (n.handed_at = r.handed_at AND n.id > r.id))) \
         ORDER BY r.handed_at, r.id LIMIT CAST($2 AS BIGINT)",
        homework.uuid(),
        ROSTER_MAX
    )?)
}

/// What a teacher writes under a pupil's work.
#[derive(Clone, Debug)]
pub struct Correction<'a> {
    pub comment: &'a str,
    /// In hundredths.
    pub mark: Option<i64>,
    pub levels: &'a str,
    /// None: kept for the teacher alone.
    pub returned_at: Option<Instant>,
    pub by: PersonId,
}

/// Saves the correction, if it is still of `version`. `false`: somebody else was faster, nothing is saved.
pub async fn correct(
    conn: &mut Conn,
    id: HandInId,
    version: i64,
    correction: &Correction<'_>,
) -> Result<bool, StoreError> {
    let changed = execute!(
        conn,
        "UPDATE hand_in SET comment = $3, mark = $4, levels = $5, returned_at = $6, corrected_by = $7, \
         correction_version = correction_version + 1 WHERE id = $1 AND correction_version = $2",
        id.uuid(),
        version,
        correction.comment,
        correction.mark,
        correction.levels,
        correction.returned_at.map(Instant::as_millis),
        correction.by.uuid()
    )?;
    Ok(changed > 0)
}

/// The pupils of a homework by name, with the state of their work: those it is for, and whoever handed something in and has
/// left the group since.
pub async fn table(conn: &mut Conn, homework: HomeworkId) -> Result<Vec<Row>, StoreError> {
    Ok(fetch_all!(
        conn,
        Row,
        "SELECT p.id AS person_id, p.given_name, p.family_name, i.extended_to, \
         (i.draft_saved_at IS NOT NULL) AS has_draft, (i.done_at IS NOT NULL) AS done, \
         (SELECT r.handed_at FROM receipt r WHERE r.hand_in_id = i.id ORDER BY r.handed_at DESC, r.id DESC LIMIT 1) \
           AS handed_at, \
         (SELECT r.late FROM receipt r WHERE r.hand_in_id = i.id ORDER BY r.handed_at DESC, r.id DESC LIMIT 1) \
           AS handed_late, \
         i.mark, COALESCE(i.levels, '') AS levels, COALESCE(i.comment, '') AS comment, i.returned_at \
         FROM person p LEFT JOIN hand_in i ON i.homework_id = $1 AND i.person_id = p.id \
         WHERE p.id IN (SELECT m.person_id FROM homework h JOIN membership m ON m.group_id = h.group_id AND m.role = 'pupil' \
             WHERE h.id = $1 AND (h.whole_group OR EXISTS ( \
               SELECT 1 FROM homework_pupil c WHERE c.homework_id = h.id AND c.person_id = m.person_id)) \
           UNION SELECT o.person_id FROM hand_in o WHERE o.homework_id = $1 \
             AND (o.returned_at IS NOT NULL OR EXISTS (SELECT 1 FROM receipt r WHERE r.hand_in_id = o.id))) \
         ORDER BY p.search_name, p.id LIMIT CAST($2 AS BIGINT)",
        homework.uuid(),
        ROSTER_MAX
    )?)
}

/// How many of those for whom a piece of work is have handed it in through the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Count {
    #[sqlx(try_from = "Uuid")]
    pub homework_id: HomeworkId,
    pub handed: i64,
    pub pupils: i64,
}

/// The counts of all work that a teacher has set, due from `from_day` to `to_day`, both included.
pub async fn counts(conn: &mut Conn, author: PersonId, from_day: &str, to_day: &str) -> Result<Vec<Count>, StoreError> {
    Ok(fetch_all!(
        conn,
        Count,
        "SELECT h.id AS homework_id, count(DISTINCT i.person_id) AS handed, count(DISTINCT m.person_id) AS pupils \
         FROM homework h JOIN membership m ON m.group_id = h.group_id AND m.role = 'pupil' \
         LEFT JOIN hand_in i ON i.homework_id = h.id AND i.person_id = m.person_id \
           AND EXISTS (SELECT 1 FROM receipt r WHERE r.hand_in_id = i.id) \
         WHERE h.author_id = $1 AND h.due_day >= $2 AND h.due_day <= $3 AND (h.whole_group OR EXISTS ( \
           SELECT 1 FROM homework_pupil c WHERE c.homework_id = h.id AND c.person_id = m.person_id)) \
         GROUP BY h.id ORDER BY h.id LIMIT CAST($4 AS BIGINT)",
        author.uuid(),
        from_day,
        to_day,
        HOMEWORK_MAX
    )?)
}
