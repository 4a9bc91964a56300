//! Classes and groups, and who is in them.

mod merge;

#[cfg(test)]
pub(crate) use merge::COLUMNS;
pub use merge::merge;

use crate::people::Found;
use crate::{Conn, StoreError};
use preau_base::{GroupId, Instant, PersonId, Pii, SchoolId};
use preau_school::timetable::Overlaps;
use preau_school::{GroupFacts, GroupKind, MemberRole};
use sqlx::types::Uuid;

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Group {
    #[sqlx(try_from = "Uuid")]
    pub id: GroupId,
    #[sqlx(try_from = "Uuid")]
    pub school_id: SchoolId,
    #[sqlx(try_from = "String")]
    pub kind: GroupKind,
    pub name: String,
}

impl Group {
    pub const fn facts(&self) -> GroupFacts {
        GroupFacts { id: self.id, school: self.school_id, kind: self.kind }
    }
}

/// Makes a group of the school year of `now`.
///
/// # Errors
/// [`StoreError::Taken`] when the school has a group of this kind and name.
pub async fn create(conn: &mut Conn, group: &Group, source: &str, now: Instant) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO school_group (id, school_id, kind, name, source, created_at, school_year) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        group.id.uuid(),
        group.school_id.uuid(),
        group.kind.as_str(),
        group.name.as_str(),
        source,
        now.as_millis(),
        preau_school::year::of(now)
    )?;
    Ok(())
}

/// Gives a group that is called `was` another name. `false` when it is called otherwise by now: nothing changes then.
///
/// # Errors
/// [`StoreError::Taken`] when the school has a group of this kind and name.
pub async fn rename(conn: &mut Conn, id: GroupId, was: &str, name: &str) -> Result<bool, StoreError> {
    let changed =
        execute!(conn, "UPDATE school_group SET name = $2 WHERE id = $1 AND name = $3", id.uuid(), name, was)?;
    Ok(changed > 0)
}

/// An archived group is in no list; its lessons and homework stay.
pub async fn archive(conn: &mut Conn, id: GroupId, now: Instant) -> Result<(), StoreError> {
    execute!(conn, "UPDATE school_group SET archived_at = $2 WHERE id = $1", id.uuid(), now.as_millis())?;
    Ok(())
}

pub async fn by_id(conn: &mut Conn, id: GroupId) -> Result<Option<Group>, StoreError> {
    Ok(fetch_optional!(conn, Group, "SELECT id, school_id, kind, name FROM school_group WHERE id = $1", id.uuid())?)
}

/// A name as people write it: `6eB`, `6e B`, `6EME B` and `6ème B` are one class.
pub(crate) fn spoken(name: &str) -> String {
    let folded: String = preau_school::login::fold(name).chars().filter(|c| c.is_alphanumeric()).collect();
    match folded.split_once("eme") {
        Some((level, rest)) if level.chars().all(|c| c.is_ascii_digit()) && !level.is_empty() => {
            format!("{level}e{rest}")
        }
        _ => folded,
    }
}

/// By name as people write it ([`spoken`]); an exact name wins, then classes come before groups.
pub async fn by_name(conn: &mut Conn, school: SchoolId, name: &str) -> Result<Option<Group>, StoreError> {
    let groups = list(conn, school).await?;
    let exact = groups.iter().find(|group| group.name == name);
    let wanted = spoken(name);
    Ok(exact.or_else(|| groups.iter().find(|group| spoken(&group.name) == wanted)).cloned())
}

/// The groups of a school that are not archived, classes first, by name.
pub async fn list(conn: &mut Conn, school: SchoolId) -> Result<Vec<Group>, StoreError> {
    Ok(fetch_all!(
        conn,
        Group,
        "SELECT id, school_id, kind, name FROM school_group WHERE school_id = $1 AND archived_at IS NULL \
         ORDER BY kind, name, id",
        school.uuid()
    )?)
}

/// The groups in which a person is `role`.
pub async fn of_person(conn: &mut Conn, person: PersonId, role: MemberRole) -> Result<Vec<Group>, StoreError> {
    Ok(fetch_all!(
        conn,
        Group,
        "SELECT DISTINCT g.id, g.school_id, g.kind, g.name FROM school_group g JOIN membership m ON m.group_id = g.id \
         WHERE m.person_id = $1 AND m.role = $2 AND g.archived_at IS NULL ORDER BY g.kind, g.name, g.id",
        person.uuid(),
        role.as_str()
    )?)
}

/// The people of a group who are `role` in it, by name.
pub async fn members(conn: &mut Conn, group: GroupId, role: MemberRole) -> Result<Vec<Found>, StoreError> {
    Ok(fetch_all!(
        conn,
        Found,
        "SELECT p.id, p.login, p.given_name, p.family_name, p.title, '' AS profiles, \
         COALESCE(string_agg(m.subject_code, ','), '') AS groups, p.password_changed_at, p.code_expires_at, p.suspended_at \
         FROM person p JOIN membership m ON m.person_id = p.id WHERE m.group_id = $1 AND m.role = $2 \
         GROUP BY p.id ORDER BY p.search_name, p.id",
        group.uuid(),
        role.as_str()
    )?)
}

/// Puts a person into a group; nothing changes when they are in it already. `subject_code` is empty for pupils.
pub async fn add_member(
    conn: &mut Conn,
    group: GroupId,
    person: PersonId,
    role: MemberRole,
    subject_code: &str,
    source: &str,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO membership (group_id, person_id, role, subject_code, source) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (group_id, person_id, role, subject_code) DO NOTHING",
        group.uuid(),
        person.uuid(),
        role.as_str(),
        subject_code,
        source
    )?;
    Ok(())
}

/// Takes a person out of a group in this role, for every subject. Gives how many rows went.
pub async fn remove_member(
    conn: &mut Conn,
    group: GroupId,
    person: PersonId,
    role: MemberRole,
) -> Result<u64, StoreError> {
    Ok(execute!(
        conn,
        "DELETE FROM membership WHERE group_id = $1 AND person_id = $2 AND role = $3",
        group.uuid(),
        person.uuid(),
        role.as_str()
    )?)
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Size {
    #[sqlx(try_from = "Uuid")]
    pub id: GroupId,
    pub pupils: i64,
    pub teachers: i64,
}

/// How many pupils and teachers each group of a school has.
pub async fn sizes(conn: &mut Conn, school: SchoolId) -> Result<Vec<Size>, StoreError> {
    Ok(fetch_all!(
        conn,
        Size,
        "SELECT g.id, count(DISTINCT m.person_id) FILTER (WHERE m.role = 'pupil') AS pupils, \
         count(DISTINCT m.person_id) FILTER (WHERE m.role <> 'pupil') AS teachers \
         FROM school_group g LEFT JOIN membership m ON m.group_id = g.id \
         WHERE g.school_id = $1 AND g.archived_at IS NULL GROUP BY g.id",
        school.uuid()
    )?)
}

#[derive(sqlx::FromRow)]
struct OverlapRow {
    #[sqlx(try_from = "Uuid")]
    group_id: GroupId,
    #[sqlx(try_from = "Uuid")]
    other_id: GroupId,
}

/// Which classes and groups of a school have pupils in common.
pub async fn overlaps(conn: &mut Conn, school: SchoolId) -> Result<Overlaps, StoreError> {
    let rows = fetch_all!(
        conn,
        OverlapRow,
        "SELECT DISTINCT a.group_id, b.group_id AS other_id FROM school_group g \
         JOIN membership a ON a.group_id = g.id AND a.role = 'pupil' \
         JOIN membership b ON b.person_id = a.person_id AND b.role = 'pupil' AND b.group_id > a.group_id \
         JOIN school_group h ON h.id = b.group_id AND h.school_id = g.school_id AND h.archived_at IS NULL \
         WHERE g.school_id = $1 AND g.archived_at IS NULL",
        school.uuid()
    )?;
    Ok(rows.into_iter().map(|row| (row.group_id, row.other_id)).collect())
}

/// Takes a person out of all groups of a school in this role, when they are no longer that in the school.
pub async fn leave_school(
    conn: &mut Conn,
    person: PersonId,
    school: SchoolId,
    role: MemberRole,
) -> Result<u64, StoreError> {
    Ok(execute!(
        conn,
        "DELETE FROM membership WHERE person_id = $1 AND role = $3 \
         AND group_id IN (SELECT id FROM school_group WHERE school_id = $2)",
        person.uuid(),
        school.uuid(),
        role.as_str()
    )?)
}

/// A group that somebody teaches, and a subject.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Taught {
    #[sqlx(try_from = "Uuid")]
    pub id: GroupId,
    #[sqlx(try_from = "Uuid")]
    pub school_id: SchoolId,
    #[sqlx(try_from = "String")]
    pub kind: GroupKind,
    pub name: String,
    /// Name of the subject; empty when it is not known.
    pub subject_name: String,
}

impl Taught {
    pub const fn facts(&self) -> GroupFacts {
        GroupFacts { id: self.id, school: self.school_id, kind: self.kind }
    }
}

/// The groups that a person teaches, once for each subject; the head teacher's class too.
pub async fn taught_by(conn: &mut Conn, person: PersonId) -> Result<Vec<Taught>, StoreError> {
    Ok(fetch_all!(
        conn,
        Taught,
        "SELECT DISTINCT g.id, g.school_id, g.kind, g.name, COALESCE(s.name, '') AS subject_name \
         FROM school_group g JOIN membership m ON m.group_id = g.id \
         LEFT JOIN subject s ON s.school_id = g.school_id AND s.code = m.subject_code \
         WHERE m.person_id = $1 AND m.role <> 'pupil' AND g.archived_at IS NULL \
         ORDER BY g.kind, g.name, g.id, subject_name DESC",
        person.uuid()
    )?)
}

/// A pupil of a group that somebody teaches.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TaughtPupil {
    #[sqlx(try_from = "Uuid")]
    pub group_id: GroupId,
    #[sqlx(try_from = "Uuid")]
    pub id: PersonId,
    #[sqlx(try_from = "String")]
    pub given_name: Pii<String>,
    #[sqlx(try_from = "String")]
    pub family_name: Pii<String>,
}

/// The pupils of the groups that a person teaches, by group, then name; whoever is in two of them stands in both.
pub async fn pupils_taught_by(conn: &mut Conn, person: PersonId) -> Result<Vec<TaughtPupil>, StoreError> {
    Ok(fetch_all!(
        conn,
        TaughtPupil,
        "SELECT DISTINCT g.kind, g.name, m.group_id, p.search_name, p.id, p.given_name, p.family_name \
         FROM membership t JOIN school_group g ON g.id = t.group_id AND g.archived_at IS NULL \
         JOIN membership m ON m.group_id = g.id AND m.role = 'pupil' JOIN person p ON p.id = m.person_id \
         WHERE t.person_id = $1 AND t.role <> 'pupil' ORDER BY g.kind, g.name, m.group_id, p.search_name, p.id",
        person.uuid()
    )?)
}

#[cfg(test)]
mod tests {
    use super::spoken;

    #[test]
    fn one_class_has_many_spellings() {
        for name in ["6eB", "6e B", "6E B", "6EME B", "6ème  B", "6ÈME-B"] {
            assert_eq!(spoken(name), "6eb", "{name}");
        }
        assert_ne!(spoken("6e C"), spoken("6e B"));
        assert_eq!(spoken("Emeraude"), "emeraude");
    }
}
