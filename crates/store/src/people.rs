//! People, what they are in schools, and the facts that rights are made of.

use crate::{Conn, StoreError};
use preau_base::{Instant, PersonId, Pii, SchoolId};
use preau_school::{Actor, PersonFacts, Profile};
use sqlx::types::Uuid;

mod export;
mod facts;
mod leaving;
mod merge;
mod relations;
mod search;

pub use export::{CopyFile, DataKind, Line, Weight, data_kinds, export_files, export_lines, export_weight};
pub use facts::{SignedIn, actor, facts, facts_of_children, facts_of_pupils, signed_in};
pub use leaving::{Left, forget, forget_left, left, mark_left};
#[cfg(test)]
pub(crate) use merge::COLUMNS;
pub use merge::{Merged, Take, merge, merged_into};
pub use relations::{
    Relation, Told, change_rights, relate, relations_of, set_barred, told_of_day, unrelate, unrelate_school,
};
pub(crate) use relations::{feed_ends, set_kind};
pub use search::{Found, Named, by_email, children_of, codes_sheet, relatives_of, search, with_profile};

/// A person's own row. The password's hash is read by [`credentials`] alone.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Person {
    #[sqlx(try_from = "Uuid")]
    pub id: PersonId,
    pub login: String,
    #[sqlx(try_from = "String")]
    pub given_name: Pii<String>,
    #[sqlx(try_from = "String")]
    pub family_name: Pii<String>,
    /// Mme, M., or nothing.
    pub title: String,
    pub email: Option<String>,
    pub locale: Option<String>,
    pub platform_admin: bool,
    pub suspended_at: Option<i64>,
    /// Set once the person has chosen a password.
    pub password_changed_at: Option<i64>,
    pub code_expires_at: Option<i64>,
}

impl Person {
    /// Given name and family name, as pages show them.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.given_name.reveal(), self.family_name.reveal())
    }

    pub const fn is_suspended(&self) -> bool {
        self.suspended_at.is_some()
    }

    pub const fn is_active(&self) -> bool {
        self.password_changed_at.is_some()
    }
}

#[derive(Clone, Debug)]
pub struct NewPerson<'a> {
    pub id: PersonId,
    pub login: &'a str,
    pub given_name: &'a str,
    pub family_name: &'a str,
    pub title: &'a str,
    pub birth_day: Option<&'a str>,
    pub ine: Option<&'a str>,
    pub email: Option<&'a str>,
    pub source: &'a str,
    pub external_id: Option<&'a str>,
}

/// What is compared when a person is searched by name: lower case, accents folded by the login rule.
pub fn search_name(given_name: &str, family_name: &str) -> String {
    let both = format!("{family_name} {given_name}").to_lowercase();
    preau_school::login::fold(&both)
}

/// # Errors
/// [`StoreError::Taken`] when the login, or the source's identifier, is there already.
pub async fn create(conn: &mut Conn, person: &NewPerson<'_>, now: Instant) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO person (id, login, given_name, family_name, title, search_name, birth_day, ine, email, source, \
         external_id, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)",
        person.id.uuid(),
        person.login,
        person.given_name,
        person.family_name,
        person.title,
        search_name(person.given_name, person.family_name),
        person.birth_day,
        person.ine,
        person.email,
        person.source,
        person.external_id,
        now.as_millis(),
    )?;
    Ok(())
}

pub async fn by_id(conn: &mut Conn, id: PersonId) -> Result<Option<Person>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Person,
        "SELECT id, login, given_name, family_name, title, email, locale, platform_admin, suspended_at, \
         password_changed_at, code_expires_at FROM person WHERE id = $1",
        id.uuid()
    )?)
}

pub async fn by_login(conn: &mut Conn, login: &str) -> Result<Option<Person>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Person,
        "SELECT id, login, given_name, family_name, title, email, locale, platform_admin, suspended_at, \
         password_changed_at, code_expires_at FROM person WHERE login = $1",
        login
    )?)
}

/// What signing in needs.
#[derive(Clone, sqlx::FromRow)]
pub struct Credentials {
    #[sqlx(try_from = "Uuid")]
    pub id: PersonId,
    pub password_hash: Option<String>,
    pub suspended_at: Option<i64>,
    pub epoch: i64,
}

pub async fn credentials(conn: &mut Conn, login: &str) -> Result<Option<Credentials>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Credentials,
        "SELECT id, password_hash, suspended_at, epoch FROM person WHERE login = $1",
        login
    )?)
}

pub async fn credentials_of(conn: &mut Conn, id: PersonId) -> Result<Option<Credentials>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Credentials,
        "SELECT id, password_hash, suspended_at, epoch FROM person WHERE id = $1",
        id.uuid()
    )?)
}

pub async fn login_taken(conn: &mut Conn, login: &str) -> Result<bool, StoreError> {
    Ok(fetch_number!(conn, "SELECT count(*) FROM person WHERE login = $1", login)? > 0)
}

/// Sets the password, uses the activation code up, and ends every link sent by e-mail and every pass made before
/// ([`raise_epoch`]). Gives the new epoch.
pub async fn set_password(conn: &mut Conn, id: PersonId, hash: &str, now: Instant) -> Result<i64, StoreError> {
    execute!(
        conn,
        "UPDATE person SET password_hash = $2, password_changed_at = $3, code_hash = NULL, code_expires_at = NULL, \
         updated_at = $3 WHERE id = $1",
        id.uuid(),
        hash,
        now.as_millis()
    )?;
    crate::resets::forget(conn, id).await?;
    raise_epoch(conn, id, now).await
}

/// Replaces the hash alone, when the hashing parameters have changed; passes stay good.
pub async fn rehash_password(conn: &mut Conn, id: PersonId, hash: &str) -> Result<(), StoreError> {
    execute!(conn, "UPDATE person SET password_hash = $2 WHERE id = $1", id.uuid(), hash)?;
    Ok(())
}

/// Ends every pass that the person holds. Other machines learn it by polling `person_epoch`.
pub async fn raise_epoch(conn: &mut Conn, id: PersonId, now: Instant) -> Result<i64, StoreError> {
    execute!(conn, "UPDATE person SET epoch = epoch + 1 WHERE id = $1", id.uuid())?;
    execute!(
        conn,
        "INSERT INTO person_epoch (person_id, epoch, raised_at) SELECT id, epoch, $2 FROM person WHERE id = $1 \
         ON CONFLICT (person_id) DO UPDATE SET epoch = excluded.epoch, raised_at = excluded.raised_at",
        id.uuid(),
        now.as_millis()
    )?;
    Ok(fetch_number!(conn, "SELECT epoch FROM person WHERE id = $1", id.uuid())?)
}

/// Suspends an account, or restores it; either way its passes end.
pub async fn set_suspended(conn: &mut Conn, id: PersonId, suspended: bool, now: Instant) -> Result<(), StoreError> {
    let at = suspended.then_some(now.as_millis());
    execute!(
        conn,
        "UPDATE person SET suspended_at = $2, updated_at = $3 WHERE id = $1",
        id.uuid(),
        at,
        now.as_millis()
    )?;
    raise_epoch(conn, id, now).await?;
    Ok(())
}

pub async fn set_locale(conn: &mut Conn, id: PersonId, locale: &str) -> Result<(), StoreError> {
    execute!(conn, "UPDATE person SET locale = $2 WHERE id = $1", id.uuid(), locale)?;
    Ok(())
}

pub async fn set_names(
    conn: &mut Conn,
    id: PersonId,
    names: (&str, &str, &str),
    email: Option<&str>,
    now: Instant,
) -> Result<(), StoreError> {
    let (title, given_name, family_name) = names;
    execute!(
        conn,
        "UPDATE person SET title = $2, given_name = $3, family_name = $4, search_name = $5, email = $6, updated_at = $7 \
         WHERE id = $1",
        id.uuid(),
        title,
        given_name,
        family_name,
        search_name(given_name, family_name),
        email,
        now.as_millis()
    )?;
    Ok(())
}

/// The same from a form that was made when the person was `was`. `false` when they are called, or reached, otherwise by now:
/// nothing changes then.
pub async fn change_names(
    conn: &mut Conn,
    was: &Person,
    names: (&str, &str, &str),
    email: Option<&str>,
    now: Instant,
) -> Result<bool, StoreError> {
    let (title, given_name, family_name) = names;
    let changed = execute!(
        conn,
        "UPDATE person SET title = $2, given_name = $3, family_name = $4, search_name = $5, email = $6, updated_at = $7 \
         WHERE id = $1 AND title = $8 AND given_name = $9 AND family_name = $10 AND COALESCE(email, '') = $11",
        was.id.uuid(),
        title,
        given_name,
        family_name,
        search_name(given_name, family_name),
        email,
        now.as_millis(),
        was.title.as_str(),
        was.given_name.reveal().as_str(),
        was.family_name.reveal().as_str(),
        was.email.as_deref().unwrap_or_default()
    )?;
    Ok(changed > 0)
}

pub async fn set_platform_admin(conn: &mut Conn, id: PersonId, yes: bool) -> Result<(), StoreError> {
    execute!(conn, "UPDATE person SET platform_admin = $2 WHERE id = $1", id.uuid(), yes)?;
    Ok(())
}

/// How many people may administer the whole platform and are not suspended.
pub async fn count_platform_admins(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(fetch_number!(conn, "SELECT count(*) FROM person WHERE platform_admin = true AND suspended_at IS NULL")?)
}

pub async fn count(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(fetch_number!(conn, "SELECT count(*) FROM person")?)
}

/// Makes a person something in a school; nothing changes when they are it already. Whoever had left is back.
pub async fn affiliate(
    conn: &mut Conn,
    person: PersonId,
    school: SchoolId,
    profile: Profile,
    source: &str,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO affiliation (person_id, school_id, profile, source) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (person_id, school_id, profile) DO NOTHING",
        person.uuid(),
        school.uuid(),
        profile.as_str(),
        source
    )?;
    execute!(conn, "UPDATE person SET left_at = NULL WHERE id = $1 AND left_at IS NOT NULL", person.uuid())?;
    Ok(())
}

/// The end of what [`affiliate`] began; [`mark_left`] notes when it was the last.
pub async fn unaffiliate(
    conn: &mut Conn,
    person: PersonId,
    school: SchoolId,
    profile: Profile,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "DELETE FROM affiliation WHERE person_id = $1 AND school_id = $2 AND profile = $3",
        person.uuid(),
        school.uuid(),
        profile.as_str()
    )?;
    Ok(())
}

#[derive(sqlx::FromRow)]
pub(crate) struct AffiliationRow {
    #[sqlx(try_from = "Uuid")]
    pub school_id: SchoolId,
    #[sqlx(try_from = "String")]
    pub profile: Profile,
}

pub async fn affiliations(conn: &mut Conn, id: PersonId) -> Result<Vec<(SchoolId, Profile)>, StoreError> {
    let rows = fetch_all!(
        conn,
        AffiliationRow,
        "SELECT school_id, profile FROM affiliation WHERE person_id = $1 ORDER BY school_id, profile",
        id.uuid()
    )?;
    Ok(rows.into_iter().map(|row| (row.school_id, row.profile)).collect())
}

/// What only those read who keep the school's register; every reading goes into the audit log.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Identity {
    /// ISO 8601.
    pub birth_day: Option<String>,
    /// National pupil number.
    pub ine: Option<String>,
}

pub async fn identity(conn: &mut Conn, id: PersonId) -> Result<Option<Identity>, StoreError> {
    Ok(fetch_optional!(conn, Identity, "SELECT birth_day, ine FROM person WHERE id = $1", id.uuid())?)
}

#[derive(sqlx::FromRow)]
struct BirthRow {
    birth_day: Option<String>,
}

/// Whether the person was born after `day` (both ISO 8601); `None` when the birth date is not known.
pub async fn is_born_after(conn: &mut Conn, id: PersonId, day: &str) -> Result<Option<bool>, StoreError> {
    let row = fetch_optional!(conn, BirthRow, "SELECT birth_day FROM person WHERE id = $1", id.uuid())?;
    Ok(row.and_then(|row| row.birth_day).map(|born| born.as_str() > day))
}
