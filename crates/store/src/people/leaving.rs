//! The end of an account: no school names the person any more, and three months later what is personal goes.
//!
//! Order of 30 November 2006 on ENT, article 6: data of whoever has left are kept no longer than three months.
//!
//! What stays is of the school, not of the person, and has nobody's name: who was there and who was not, for the counts; work
//! that was set and the lesson log, for the class; what was done by whom and to whom, in the log of acts, under a number that
//! says nothing.

use super::raise_epoch;
use crate::{Conn, StoreError, audit, lessons};
use preau_base::{AbsenceId, Instant, PersonId};
use sqlx::types::Uuid;

/// Notes that a person has left, if no school names them any more and they administer nothing. `false` when they stay, or had
/// left before.
pub async fn mark_left(conn: &mut Conn, id: PersonId, now: Instant) -> Result<bool, StoreError> {
    let changed = execute!(
        conn,
        "UPDATE person SET left_at = $2, updated_at = $2 WHERE id = $1 AND left_at IS NULL AND platform_admin = false \
         AND NOT EXISTS (SELECT 1 FROM affiliation a WHERE a.person_id = $1) \
         AND NOT EXISTS (SELECT 1 FROM territory_admin t WHERE t.person_id = $1)",
        id.uuid(),
        now.as_millis()
    )?;
    Ok(changed > 0)
}

/// When a person has left, and when what is personal about them was taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Left {
    #[sqlx(try_from = "i64")]
    pub left_at: Instant,
    pub forgotten_at: Option<i64>,
}

/// Nothing for somebody who is still there.
pub async fn left(conn: &mut Conn, id: PersonId) -> Result<Option<Left>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Left,
        "SELECT left_at, forgotten_at FROM person WHERE id = $1 AND left_at IS NOT NULL",
        id.uuid()
    )?)
}

#[derive(sqlx::FromRow)]
struct LeftRow {
    #[sqlx(try_from = "Uuid")]
    id: PersonId,
}

/// Forgets those who left before `before`, at most `limit` of them, the longest gone first. Gives who they were, for the
/// audit log; run it again while it gives `limit`.
pub async fn forget_left(
    conn: &mut Conn,
    before: Instant,
    limit: i64,
    now: Instant,
) -> Result<Vec<PersonId>, StoreError> {
    let rows = fetch_all!(
        conn,
        LeftRow,
        "SELECT id FROM person WHERE left_at < $1 AND forgotten_at IS NULL AND merged_into IS NULL AND platform_admin = false \
         ORDER BY left_at, id LIMIT $2",
        before.as_millis(),
        limit
    )?;
    let mut gone = Vec::new();
    for row in rows {
        forget(conn, row.id, now).await?;
        gone.push(row.id);
    }
    Ok(gone)
}

/// Takes away everything that is personal about somebody. The row stays, without a name, for what points to it: lessons,
/// attendance and its counts, the audit log.
pub async fn forget(conn: &mut Conn, id: PersonId, now: Instant) -> Result<(), StoreError> {
    // Passes end first: whoever is still in with one is out.
    raise_epoch(conn, id, now).await?;
    let person = id.uuid();
    own_work(conn, id).await?;
    classes(conn, id).await?;
    messages(conn, id).await?;
    attendance(conn, id).await?;
    acts(conn, id).await?;
    execute!(conn, "DELETE FROM password_reset WHERE person_id = $1", person)?;
    execute!(conn, "DELETE FROM session WHERE person_id = $1", person)?;
    execute!(conn, "DELETE FROM card WHERE person_id = $1", person)?;
    execute!(conn, "DELETE FROM calendar_feed WHERE person_id = $1 OR of_person = $1", person)?;
    execute!(conn, "DELETE FROM relation WHERE relative_id = $1 OR pupil_id = $1", person)?;
    execute!(conn, "DELETE FROM membership WHERE person_id = $1", person)?;
    execute!(conn, "DELETE FROM affiliation WHERE person_id = $1", person)?;
    execute!(conn, "DELETE FROM territory_admin WHERE person_id = $1", person)?;
    execute!(conn, "DELETE FROM person_alias WHERE person_id = $1", person)?;
    execute!(
        conn,
        "UPDATE person SET login = $2, given_name = '', family_name = '—', title = '', search_name = '', birth_day = NULL, \
         ine = NULL, email = NULL, locale = NULL, external_id = NULL, password_hash = NULL, password_changed_at = NULL, \
         code_hash = NULL, code_expires_at = NULL, suspended_at = $3, forgotten_at = $3, updated_at = $3 WHERE id = $1",
        person,
        nameless(id),
        now.as_millis()
    )?;
    lessons::rename_before(conn, id).await
}

/// What stands for somebody whose login is gone: of the number of their row, which says nothing and never changes. No login
/// looks like it.
pub(super) fn nameless(id: PersonId) -> String {
    format!("~{}", id.uuid().simple())
}

#[derive(sqlx::FromRow)]
struct LoginRow {
    login: String,
}

/// The log of acts has the number of the person in place of their login, and no longer why a pupil was not there.
async fn acts(conn: &mut Conn, id: PersonId) -> Result<(), StoreError> {
    let row = fetch_optional!(conn, LoginRow, "SELECT login FROM person WHERE id = $1", id.uuid())?;
    if let Some(row) = row {
        audit::rename(conn, &row.login, &nameless(id)).await?;
    }
    for absence in fetch_all!(conn, AbsenceRow, "SELECT id FROM absence WHERE pupil_id = $1", id.uuid())? {
        audit::blank(conn, "absence.declare", &absence.id.to_string()).await?;
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct AbsenceRow {
    #[sqlx(try_from = "Uuid")]
    id: AbsenceId,
}

/// What the person handed in, with its receipts, and notes for oneself. Files that nothing uses any more are swept later.
async fn own_work(conn: &mut Conn, id: PersonId) -> Result<(), StoreError> {
    let person = id.uuid();
    execute!(
        conn,
        "DELETE FROM attachment WHERE of_id IN (SELECT h.id FROM hand_in h WHERE h.person_id = $1) OR of_id IN \
         (SELECT r.id FROM receipt r JOIN hand_in h ON h.id = r.hand_in_id WHERE h.person_id = $1)",
        person
    )?;
    execute!(
        conn,
        "DELETE FROM receipt WHERE hand_in_id IN (SELECT h.id FROM hand_in h WHERE h.person_id = $1)",
        person
    )?;
    execute!(conn, "DELETE FROM hand_in WHERE person_id = $1", person)?;
    execute!(conn, "DELETE FROM homework_pupil WHERE person_id = $1", person)?;
    execute!(conn, "DELETE FROM upload WHERE person_id = $1", person)?;
    execute!(conn, "DELETE FROM log_note WHERE person_id = $1", person)?;
    // Where the person is heard or seen in recorded lessons; what else is kept of a lesson is not theirs alone.
    execute!(
        conn,
        "DELETE FROM attachment WHERE place = 'recording' AND file_id IN (SELECT t.file_id FROM recording_track t \
         JOIN file f ON f.id = t.file_id WHERE f.owner_id = $1 AND t.kind IN ('voice', 'camera', 'screen'))",
        person
    )?;
    execute!(
        conn,
        "DELETE FROM recording_track WHERE kind IN ('voice', 'camera', 'screen') \
         AND file_id IN (SELECT f.id FROM file f WHERE f.owner_id = $1)",
        person
    )?;
    execute!(conn, "UPDATE file SET name = '' WHERE owner_id = $1", person)?;
    Ok(())
}

/// What the person has prepared for live classes, where others have named them, and their invitation as a guest.
async fn classes(conn: &mut Conn, id: PersonId) -> Result<(), StoreError> {
    let person = id.uuid();
    execute!(conn, "DELETE FROM lesson_guest WHERE person_id = $1", person)?;
    execute!(conn, "DELETE FROM stream_key WHERE person_id = $1", person)?;
    execute!(
        conn,
        "DELETE FROM class_setup_person WHERE person_id = $1 OR setup_id IN \
         (SELECT s.id FROM class_setup s WHERE s.teacher_id = $1)",
        person
    )?;
    execute!(conn, "DELETE FROM class_setup WHERE teacher_id = $1", person)?;
    Ok(())
}

/// What was said by the person, to them, and of them.
async fn messages(conn: &mut Conn, id: PersonId) -> Result<(), StoreError> {
    let person = id.uuid();
    execute!(conn, "DELETE FROM chat_message WHERE person_id = $1", person)?;
    execute!(conn, "DELETE FROM notice WHERE person_id = $1", person)?;
    execute!(conn, "DELETE FROM mail WHERE person_id = $1", person)?;
    execute!(conn, "DELETE FROM mail_off WHERE person_id = $1", person)?;
    execute!(
        conn,
        "DELETE FROM report_picture WHERE report_id IN (SELECT id FROM report WHERE reporter_id = $1 OR reported_id = $1)",
        person
    )?;
    execute!(conn, "DELETE FROM report WHERE reporter_id = $1 OR reported_id = $1", person)?;
    execute!(conn, "DELETE FROM self_test WHERE person_id = $1", person)?;
    Ok(())
}

/// Who was there and who was not stays, for the counts, of somebody without a name; why does not: an illness or a rite is of the
/// person. That there was no connection is no reason of theirs, and decides how a half-day counts.
async fn attendance(conn: &mut Conn, id: PersonId) -> Result<(), StoreError> {
    let person = id.uuid();
    execute!(conn, "UPDATE absence SET detail = '' WHERE pupil_id = $1 OR declared_by = $1", person)?;
    execute!(conn, "UPDATE absence SET reason = 'other' WHERE pupil_id = $1 AND reason <> 'no_connection'", person)?;
    execute!(conn, "UPDATE on_site SET note = '' WHERE pupil_id = $1", person)?;
    execute!(conn, "DELETE FROM follow_up WHERE pupil_id = $1", person)?;
    execute!(conn, "DELETE FROM failed_try WHERE person_id = $1", person)?;
    execute!(conn, "DELETE FROM absence_told WHERE pupil_id = $1", person)?;
    Ok(())
}
