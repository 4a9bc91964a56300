//! Two accounts of one person become one.
//!
//! Everything that points to the account that goes points to the one that stays afterwards. What both have (a group, a lesson)
//! stays once. The row of the one that goes remains, suspended and without a name, so that old links and the audit log lead
//! somewhere; merging again does nothing.

use super::leaving::nameless;
use super::raise_epoch;
use crate::{Conn, StoreError, audit, cards, lessons};
use preau_base::{Instant, PersonId, SessionId};
use sqlx::types::Uuid;

/// What is taken from the account that goes; everything else is that of the one that stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Take {
    /// Title, given name and family name.
    pub names: bool,
    /// Login, and the password with it.
    pub login: bool,
    pub email: bool,
    /// Birth date and national number. What the one that stays lacks is taken anyway.
    pub identity: bool,
}

/// What a merge did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Merged {
    Done {
        /// Sessions of the account that went; their passes end.
        ended: Vec<SessionId>,
    },
    /// It was done before.
    Already,
    /// One of them is not there, they are one and the same, or the one that stays has itself gone into another.
    Impossible,
}

#[derive(sqlx::FromRow)]
struct Account {
    login: String,
    given_name: String,
    family_name: String,
    title: String,
    birth_day: Option<String>,
    ine: Option<String>,
    email: Option<String>,
    source: String,
    external_id: Option<String>,
    password_hash: Option<String>,
    password_changed_at: Option<i64>,
    platform_admin: bool,
    merged_into: Option<Uuid>,
    forgotten_at: Option<i64>,
}

async fn account(conn: &mut Conn, id: PersonId) -> Result<Option<Account>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Account,
        "SELECT login, given_name, family_name, title, birth_day, ine, email, source, external_id, password_hash, \
         password_changed_at, platform_admin, merged_into, forgotten_at FROM person WHERE id = $1",
        id.uuid()
    )?)
}

#[derive(sqlx::FromRow)]
struct IntoRow {
    merged_into: Option<Uuid>,
}

/// The account that this one has gone into.
pub async fn merged_into(conn: &mut Conn, id: PersonId) -> Result<Option<PersonId>, StoreError> {
    let row = fetch_optional!(conn, IntoRow, "SELECT merged_into FROM person WHERE id = $1", id.uuid())?;
    Ok(row.and_then(|row| row.merged_into).map(PersonId::from_uuid))
}

/// Merges `gone` into `keep`, in the caller's transaction.
pub async fn merge(
    conn: &mut Conn,
    keep: PersonId,
    gone: PersonId,
    take: Take,
    now: Instant,
) -> Result<Merged, StoreError> {
    let (Some(stays), Some(goes)) = (account(conn, keep).await?, account(conn, gone).await?) else {
        return Ok(Merged::Impossible);
    };
    if goes.merged_into == Some(keep.uuid()) {
        return Ok(Merged::Already);
    }
    let is_real = |account: &Account| account.merged_into.is_none() && account.forgotten_at.is_none();
    if keep == gone || !is_real(&stays) || !is_real(&goes) {
        return Ok(Merged::Impossible);
    }
    let mut ended = crate::sessions::revoke_all(conn, gone, now).await?;
    ended.extend(cards::revoke(conn, gone, now).await?);
    crate::resets::forget(conn, gone).await?;
    raise_epoch(conn, gone, now).await?;
    lay_down(conn, gone, keep, now).await?;
    keep_key(conn, keep, &stays, &goes).await?;
    fill(conn, keep, &stays, &goes, take, now).await?;
    if take.login {
        raise_epoch(conn, keep, now).await?;
    }
    // Nobody has the other login any more, and a namesake may get it.
    let (login, lost) = if take.login { (&goes.login, &stays.login) } else { (&stays.login, &goes.login) };
    audit::rename(conn, lost, login).await?;
    families(conn, keep, gone).await?;
    repoint(conn, keep.uuid(), gone.uuid()).await?;
    lessons::rename_before(conn, keep).await?;
    execute!(conn, "UPDATE person SET left_at = NULL WHERE id = $1 AND left_at IS NOT NULL", keep.uuid())?;
    super::mark_left(conn, keep, now).await?;
    Ok(Merged::Done { ended })
}

/// The account that goes: nobody signs in with it, no feed finds it, no list of a school has it.
async fn lay_down(conn: &mut Conn, gone: PersonId, keep: PersonId, now: Instant) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE person SET login = $2, given_name = '', family_name = '—', title = '', search_name = '', birth_day = NULL, \
         ine = NULL, email = NULL, external_id = NULL, password_hash = NULL, password_changed_at = NULL, code_hash = NULL, \
         code_expires_at = NULL, platform_admin = false, suspended_at = $3, merged_into = $4, updated_at = $3 WHERE id = $1",
        gone.uuid(),
        nameless(gone),
        now.as_millis(),
        keep.uuid()
    )?;
    Ok(())
}

/// Feeds that knew the one that goes know the one that stays by the same key.
async fn keep_key(conn: &mut Conn, keep: PersonId, stays: &Account, goes: &Account) -> Result<(), StoreError> {
    let Some(key) = goes.external_id.as_deref() else { return Ok(()) };
    if stays.external_id.is_none() {
        execute!(
            conn,
            "UPDATE person SET source = $2, external_id = $3 WHERE id = $1",
            keep.uuid(),
            goes.source.as_str(),
            key
        )?;
        return Ok(());
    }
    execute!(
        conn,
        "INSERT INTO person_alias (source, external_id, person_id) VALUES ($1, $2, $3) \
         ON CONFLICT (source, external_id) DO UPDATE SET person_id = excluded.person_id",
        goes.source.as_str(),
        key,
        keep.uuid()
    )?;
    Ok(())
}

async fn fill(
    conn: &mut Conn,
    keep: PersonId,
    stays: &Account,
    goes: &Account,
    take: Take,
    now: Instant,
) -> Result<(), StoreError> {
    let names = if take.names { goes } else { stays };
    let login = if take.login { goes } else { stays };
    let pick = |taken: bool, a: &Option<String>, b: &Option<String>| {
        let (first, second) = if taken { (b, a) } else { (a, b) };
        first.clone().or_else(|| second.clone())
    };
    execute!(
        conn,
        "UPDATE person SET title = $2, given_name = $3, family_name = $4, search_name = $5, login = $6, password_hash = $7, \
         password_changed_at = $8, email = $9, birth_day = $10, ine = $11, platform_admin = $12, updated_at = $13 \
         WHERE id = $1",
        keep.uuid(),
        names.title.as_str(),
        names.given_name.as_str(),
        names.family_name.as_str(),
        super::search_name(&names.given_name, &names.family_name),
        login.login.as_str(),
        login.password_hash.as_deref(),
        login.password_changed_at,
        pick(take.email, &stays.email, &goes.email),
        pick(take.identity, &stays.birth_day, &goes.birth_day),
        pick(take.identity, &stays.ine, &goes.ine),
        stays.platform_admin || goes.platform_admin,
        now.as_millis()
    )?;
    Ok(())
}

/// Where both are related to the same person, a bar or rights that somebody has set win.
async fn families(conn: &mut Conn, keep: PersonId, gone: PersonId) -> Result<(), StoreError> {
    let (keep, gone) = (keep.uuid(), gone.uuid());
    execute!(
        conn,
        "DELETE FROM relation WHERE relative_id = $1 AND barred_at IS NULL AND EXISTS (SELECT 1 FROM relation o \
         WHERE o.relative_id = $2 AND o.pupil_id = relation.pupil_id \
         AND (o.barred_at IS NOT NULL OR (o.set_by_hand = true AND relation.set_by_hand = false)))",
        keep,
        gone
    )?;
    execute!(
        conn,
        "DELETE FROM relation WHERE pupil_id = $1 AND barred_at IS NULL AND EXISTS (SELECT 1 FROM relation o \
         WHERE o.pupil_id = $2 AND o.relative_id = relation.relative_id \
         AND (o.barred_at IS NOT NULL OR (o.set_by_hand = true AND relation.set_by_hand = false)))",
        keep,
        gone
    )?;
    // Nobody is their own relative.
    execute!(
        conn,
        "DELETE FROM relation WHERE (relative_id = $1 AND pupil_id = $2) OR (relative_id = $2 AND pupil_id = $1)",
        keep,
        gone
    )?;
    Ok(())
}

repoint_columns! {
    /// Every column that names a person, and [`merge`] looks after.
    "affiliation" "person_id" drop ("school_id", "profile");
    "relation" "relative_id" drop ("pupil_id");
    "relation" "pupil_id" drop ("relative_id");
    "membership" "person_id" drop ("group_id", "role", "subject_code");
    "territory_admin" "person_id" drop ("territory_id");
    "person_alias" "person_id" all;
    "person" "merged_into" all;
    "card" "made_by" all;
    "lesson" "created_by" all;
    "lesson" "changed_by" all;
    "lesson_teacher" "person_id" drop ("lesson_id");
    "lesson_was_teacher" "person_id" drop ("lesson_id");
    "lesson_removal" "person_id" drop ("lesson_id");
    "lesson_removal" "removed_by" all;
    "visit" "person_id" all;
    "chat_message" "person_id" once ("lesson_id", "idempotency_key");
    "chat_message" "deleted_by" all;
    "lesson_guest" "person_id" drop ("lesson_id");
    "lesson_guest" "invited_by" all;
    "stream_key" "person_id" all;
    "class_setup" "teacher_id" once ("group_id", "subject_name");
    "class_setup" "changed_by" all;
    "class_setup_person" "person_id" drop ("setup_id");
    "homework" "author_id" all;
    "school_calendar" "changed_by" all;
    "calendar_list" "changed_by" all;
    "series" "changed_by" all;
    "series_teacher" "person_id" drop ("series_id");
    "calendar_feed" "person_id" all;
    "calendar_feed" "of_person" all;
    "progression" "owner_id" all;
    "log_entry" "author_id" all;
    "log_entry" "signed_by" all;
    "log_revision" "author_id" all;
    "log_addition" "author_id" all;
    "log_note" "person_id" once ("lesson_id");
    "log_reading" "reader_id" all;
    "log_reading" "teacher_id" all;
    "log_reading" "opened_by" all;
    "log_archive" "made_by" all;
    "log_archive_author" "person_id" drop ("archive_id");
    "file" "owner_id" all;
    "upload" "person_id" all;
    "homework_pupil" "person_id" drop ("homework_id");
    "hand_in" "person_id" once ("homework_id");
    "hand_in" "corrected_by" all;
    "notice" "person_id" drop ("once_key");
    "mail" "person_id" all;
    "mail_off" "person_id" drop ("kind");
    "roll" "confirmed_by" all;
    "roll" "changed_by" all;
    "roll_entry" "pupil_id" once ("lesson_id");
    "roll_reminder" "teacher_id" drop ("lesson_id");
    "absence" "pupil_id" all;
    "absence" "declared_by" all;
    "absence" "decided_by" all;
    "absence_told" "pupil_id" drop ("half_day");
    "failed_try" "person_id" drop ("minute_at");
    "follow_up" "pupil_id" all;
    "follow_up" "made_by" all;
    "on_site" "pupil_id" drop ("school_id", "day");
    "on_site" "received_by" all;
    "report" "reporter_id" all;
    "report" "reported_id" all;
    "report" "handled_by" all;
    "self_test" "person_id" all;
    "chat_keeping" "changed_by" all;
    "recording_setting" "changed_by" all;
    "recording" "deleted_by" all;
}
