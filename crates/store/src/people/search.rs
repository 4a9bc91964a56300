use crate::limits::{PAGE_ROWS_MAX, SEARCH_CHARS_MAX};
use crate::people::Person;
use crate::{Conn, StoreError};
use preau_base::{GroupId, PersonId, Pii, SchoolId};
use preau_school::Profile;
use sqlx::types::Uuid;

/// A row of a list of people.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Found {
    #[sqlx(try_from = "Uuid")]
    pub id: PersonId,
    pub login: String,
    #[sqlx(try_from = "String")]
    pub given_name: Pii<String>,
    #[sqlx(try_from = "String")]
    pub family_name: Pii<String>,
    pub title: String,
    /// The profiles in this school, joined by commas.
    pub profiles: String,
    /// The classes and groups in this school, joined by commas; empty for none.
    pub groups: String,
    pub password_changed_at: Option<i64>,
    pub code_expires_at: Option<i64>,
    pub suspended_at: Option<i64>,
}

impl Found {
    pub fn full_name(&self) -> String {
        format!("{} {}", self.given_name.reveal(), self.family_name.reveal())
    }
}

/// People of a school whose name, read either way round, or login holds `text` (all for an empty text), by family name, one
/// page of [`PAGE_ROWS_MAX`] from `offset`. What a row needs beside its name is read for that page alone.
pub async fn search(
    conn: &mut Conn,
    school: SchoolId,
    text: &str,
    profile: Option<Profile>,
    offset: i64,
) -> Result<Vec<Found>, StoreError> {
    let text: String = text.trim().chars().take(SEARCH_CHARS_MAX).collect();
    let folded = preau_school::login::fold(&text.to_lowercase());
    let like = format!("%{}%", folded.replace(['%', '_', '\\'], ""));
    Ok(fetch_all!(
        conn,
        Found,
        "SELECT p.id, p.login, p.given_name, p.family_name, p.title, \
         (SELECT string_agg(a.profile, ',') FROM affiliation a WHERE a.person_id = p.id AND a.school_id = $1) AS profiles, \
         COALESCE((SELECT string_agg(d.name, ',') FROM (SELECT DISTINCT g.id, g.name FROM membership m \
           JOIN school_group g ON g.id = m.group_id WHERE m.person_id = p.id AND g.school_id = $1) d), '') AS groups, \
         p.password_changed_at, p.code_expires_at, p.suspended_at \
         FROM (SELECT q.id FROM person q WHERE q.id IN \
             (SELECT a.person_id FROM affiliation a WHERE a.school_id = $1 AND ($3 = '' OR a.profile = $3)) \
           AND (q.search_name || ' ' || q.search_name LIKE $2 OR q.login LIKE $2) \
           ORDER BY q.search_name, q.id LIMIT CAST($4 AS BIGINT) OFFSET $5) few \
         JOIN person p ON p.id = few.id ORDER BY p.search_name, p.id",
        school.uuid(),
        like,
        profile.map_or("", Profile::as_str),
        PAGE_ROWS_MAX,
        offset
    )?)
}

/// Somebody to choose from a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Named {
    #[sqlx(try_from = "Uuid")]
    pub id: PersonId,
    #[sqlx(try_from = "String")]
    pub given_name: Pii<String>,
    #[sqlx(try_from = "String")]
    pub family_name: Pii<String>,
}

/// Those who have a profile in a school, by name, `most` at the most.
pub async fn with_profile(
    conn: &mut Conn,
    school: SchoolId,
    profile: Profile,
    most: i64,
) -> Result<Vec<Named>, StoreError> {
    Ok(fetch_all!(
        conn,
        Named,
        "SELECT p.id, p.given_name, p.family_name FROM affiliation a JOIN person p ON p.id = a.person_id \
         WHERE a.school_id = $1 AND a.profile = $2 ORDER BY p.search_name, p.id LIMIT CAST($3 AS BIGINT)",
        school.uuid(),
        profile.as_str(),
        most
    )?)
}

/// Everybody with this e-mail address (in any letter case), at most ten.
pub async fn by_email(conn: &mut Conn, email: &str) -> Result<Vec<Person>, StoreError> {
    Ok(fetch_all!(
        conn,
        Person,
        "SELECT id, login, given_name, family_name, title, email, locale, platform_admin, suspended_at, \
         password_changed_at, code_expires_at FROM person WHERE lower(email) = lower($1) ORDER BY id LIMIT 10",
        email
    )?)
}

/// The children whose day a relative may see.
pub async fn children_of(conn: &mut Conn, relative: PersonId) -> Result<Vec<Person>, StoreError> {
    Ok(fetch_all!(
        conn,
        Person,
        "SELECT p.id, p.login, p.given_name, p.family_name, p.title, p.email, p.locale, p.platform_admin, p.suspended_at, \
         p.password_changed_at, p.code_expires_at FROM person p JOIN relation r ON r.pupil_id = p.id \
         WHERE r.relative_id = $1 AND r.sees_day = true AND r.barred_at IS NULL ORDER BY p.search_name, p.id",
        relative.uuid()
    )?)
}

/// The relatives of a pupil; not those who are barred.
pub async fn relatives_of(conn: &mut Conn, pupil: PersonId) -> Result<Vec<Person>, StoreError> {
    Ok(fetch_all!(
        conn,
        Person,
        "SELECT p.id, p.login, p.given_name, p.family_name, p.title, p.email, p.locale, p.platform_admin, p.suspended_at, \
         p.password_changed_at, p.code_expires_at FROM person p JOIN relation r ON r.relative_id = p.id \
         WHERE r.pupil_id = $1 AND r.barred_at IS NULL ORDER BY p.search_name, p.id",
        pupil.uuid()
    )?)
}

/// The people for whom a sheet of activation codes is printed: those of `profile` in the school, of one group if given,
/// who have not chosen a password yet; with `renew`, those who have as well.
pub async fn codes_sheet(
    conn: &mut Conn,
    school: SchoolId,
    profile: Profile,
    group: Option<GroupId>,
    renew: bool,
) -> Result<Vec<Person>, StoreError> {
    Ok(fetch_all!(
        conn,
        Person,
        "SELECT p.id, p.login, p.given_name, p.family_name, p.title, p.email, p.locale, p.platform_admin, p.suspended_at, \
         p.password_changed_at, p.code_expires_at FROM person p \
         JOIN affiliation a ON a.person_id = p.id AND a.school_id = $1 AND a.profile = $2 \
         WHERE p.suspended_at IS NULL AND ($3 OR p.password_changed_at IS NULL) \
         AND ($4 OR EXISTS (SELECT 1 FROM membership m WHERE m.person_id = p.id AND m.group_id = $5) \
           OR EXISTS (SELECT 1 FROM relation r JOIN membership m ON m.person_id = r.pupil_id \
             WHERE r.relative_id = p.id AND r.sees_day = true AND r.barred_at IS NULL AND m.group_id = $5)) \
         ORDER BY p.search_name, p.id",
        school.uuid(),
        profile.as_str(),
        renew,
        group.is_none(),
        group.map(GroupId::uuid)
    )?)
}
