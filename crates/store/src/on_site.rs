//! The register of children received at school on a day on which school is at a distance.

use crate::limits::{ON_SITE_LISTED_MAX, ON_SITE_NOTE_CHARS_MAX};
use crate::{Conn, StoreError};
use preau_base::{Instant, PersonId, Pii, SchoolId};
use sqlx::types::Uuid;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Received {
    #[sqlx(try_from = "Uuid")]
    pub pupil_id: PersonId,
    #[sqlx(try_from = "String")]
    pub given_name: Pii<String>,
    #[sqlx(try_from = "String")]
    pub family_name: Pii<String>,
    /// The pupil's class in this school, or nothing.
    pub class: String,
    #[sqlx(try_from = "String")]
    pub note: Pii<String>,
    #[sqlx(try_from = "i64")]
    pub received_at: Instant,
    /// Title and family name of whoever wrote it.
    pub received_by: String,
}

impl Received {
    /// Family name first, as lists have it.
    pub fn roll_name(&self) -> String {
        format!("{} {}", self.family_name.reveal(), self.given_name.reveal())
    }
}

/// Who receives which child.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    pub school: SchoolId,
    /// ISO 8601.
    pub day: &'a str,
    pub pupil: PersonId,
    /// At most [`ON_SITE_NOTE_CHARS_MAX`] characters.
    pub note: &'a str,
    pub by: PersonId,
}

/// Writes a child of the school into the register of a day. `false` when the child is in it already, or is no pupil of
/// this school.
///
/// # Errors
/// [`StoreError::Limit`] when the note is too long.
pub async fn receive(conn: &mut Conn, arrival: &Arrival<'_>, now: Instant) -> Result<bool, StoreError> {
    let found = arrival.note.chars().count();
    if found > ON_SITE_NOTE_CHARS_MAX {
        return Err(StoreError::Limit { what: "a note", found, most: ON_SITE_NOTE_CHARS_MAX });
    }
    let changed = execute!(
        conn,
        "INSERT INTO on_site (school_id, day, pupil_id, note, received_at, received_by) \
         SELECT a.school_id, $2, a.person_id, $4, $5, $6 FROM affiliation a \
         WHERE a.school_id = $1 AND a.person_id = $3 AND a.profile = 'pupil' \
         ON CONFLICT (school_id, day, pupil_id) DO NOTHING",
        arrival.school.uuid(),
        arrival.day,
        arrival.pupil.uuid(),
        arrival.note,
        now.as_millis(),
        arrival.by.uuid()
    )?;
    Ok(changed > 0)
}

/// Takes a child out of the register of a day, who was written there by mistake.
pub async fn take_out(conn: &mut Conn, school: SchoolId, day: &str, pupil: PersonId) -> Result<bool, StoreError> {
    let changed = execute!(
        conn,
        "DELETE FROM on_site WHERE school_id = $1 AND day = $2 AND pupil_id = $3",
        school.uuid(),
        day,
        pupil.uuid()
    )?;
    Ok(changed > 0)
}

/// The register of a day, by name.
pub async fn of_day(conn: &mut Conn, school: SchoolId, day: &str) -> Result<Vec<Received>, StoreError> {
    Ok(fetch_all!(
        conn,
        Received,
        "SELECT o.pupil_id, p.given_name, p.family_name, COALESCE((SELECT min(g.name) FROM school_group g \
           JOIN membership m ON m.group_id = g.id WHERE m.person_id = o.pupil_id AND m.role = 'pupil' \
           AND g.kind = 'class' AND g.school_id = o.school_id AND g.archived_at IS NULL), '') AS class, \
         o.note, o.received_at, trim(q.title || ' ' || q.family_name) AS received_by \
         FROM on_site o JOIN person p ON p.id = o.pupil_id JOIN person q ON q.id = o.received_by \
         WHERE o.school_id = $1 AND o.day = $2 ORDER BY p.search_name, p.id LIMIT CAST($3 AS BIGINT)",
        school.uuid(),
        day,
        ON_SITE_LISTED_MAX
    )?)
}
