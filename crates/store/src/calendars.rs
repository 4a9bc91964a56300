//! The calendar of a school: what it has of its own for each year, over what comes with the program; its place, and the
//! grades and halves of its groups.

mod concerned;
mod grades;
mod halves;
mod lists;

pub use concerned::{Concerned, concerned};
pub use grades::{GroupGrade, class_of, classes_of_children, grades, set_grade};
pub use halves::{Member, halves_in, halves_of, members, set_half, set_halves_by_alphabet};
pub use lists::{Decided, NewDecision, around, decide, due, follow};

use crate::{Conn, StoreError};
use preau_base::{Instant, PersonId, SchoolId};
use preau_school::calendar::{Calendar, Decision, Place};

/// What a school has of its own for one year.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Own {
    /// In which the school year begins.
    pub year: i64,
    /// The text of a calendar ([`Draft::parse`]).
    pub body: String,
    /// Counts the saves; the next must name it.
    pub version: i64,
}

/// The school's own calendars, the earliest year first.
pub async fn own(conn: &mut Conn, school: SchoolId) -> Result<Vec<Own>, StoreError> {
    Ok(fetch_all!(
        conn,
        Own,
        "SELECT year, body, version FROM school_calendar WHERE school_id = $1 ORDER BY year",
        school.uuid()
    )?)
}

/// Saves what a school has of its own for a year. `false`, and nothing is saved, when somebody else has saved since
/// `version` was read; the first save names 0.
pub async fn save(
    conn: &mut Conn,
    school: SchoolId,
    own: &Own,
    by: Option<PersonId>,
    now: Instant,
) -> Result<bool, StoreError> {
    let changed = execute!(
        conn,
        "INSERT INTO school_calendar (school_id, year, body, version, changed_at, changed_by) \
         SELECT id, CAST($2 AS BIGINT), $3, CAST(1 AS BIGINT), CAST($5 AS BIGINT), $6 FROM school \
         WHERE id = $1 AND CAST($4 AS BIGINT) = 0 \
         ON CONFLICT (school_id, year) DO NOTHING",
        school.uuid(),
        own.year,
        own.body.as_str(),
        own.version,
        now.as_millis(),
        by.map(PersonId::uuid)
    )?;
    if changed > 0 {
        return Ok(true);
    }
    let changed = execute!(
        conn,
        "UPDATE school_calendar SET body = $3, version = version + 1, changed_at = $5, changed_by = $6 \
         WHERE school_id = $1 AND year = $2 AND version = $4",
        school.uuid(),
        own.year,
        own.body.as_str(),
        own.version,
        now.as_millis(),
        by.map(PersonId::uuid)
    )?;
    Ok(changed > 0)
}

#[derive(sqlx::FromRow)]
struct PlaceRow {
    uai: Option<String>,
    kind: String,
    zone: String,
    departement: String,
}

/// Where a school is, as rules ask: its zone as somebody has set it, else that of its département; and the département in
/// whose territory it lies, else the one that its code names.
pub async fn place(conn: &mut Conn, school: SchoolId) -> Result<Place, StoreError> {
    let row = fetch_optional!(
        conn,
        PlaceRow,
        "WITH RECURSIVE up (kind, code, parent_id) AS (SELECT t.kind, t.code, t.parent_id FROM territory t \
           JOIN school s ON s.territory_id = t.id WHERE s.id = $1 \
           UNION SELECT t.kind, t.code, t.parent_id FROM territory t JOIN up u ON t.id = u.parent_id) \
         SELECT s.uai, s.kind, s.zone, COALESCE((SELECT min(u.code) FROM up u WHERE u.kind = 'department'), '') \
           AS departement FROM school s WHERE s.id = $1",
        school.uuid()
    )?;
    Ok(row.map_or_else(Place::default, |row| {
        Place::of_school(row.uai.as_deref(), &row.kind, row.zone.parse().ok(), row.departement.parse().ok())
    }))
}

#[derive(sqlx::FromRow)]
struct ZoneRow {
    zone: String,
}

/// The zone as somebody has set it; empty where nobody has.
pub async fn zone_by_hand(conn: &mut Conn, school: SchoolId) -> Result<String, StoreError> {
    let row = fetch_optional!(conn, ZoneRow, "SELECT zone FROM school WHERE id = $1", school.uuid())?;
    Ok(row.map(|row| row.zone).unwrap_or_default())
}

/// The zone of a school by hand; empty for that of its département.
pub async fn set_zone(conn: &mut Conn, school: SchoolId, zone: &str) -> Result<(), StoreError> {
    execute!(conn, "UPDATE school SET zone = $2 WHERE id = $1", school.uuid(), zone)?;
    Ok(())
}

/// The calendar of a school: the years that come with the program, with what territories have decided of their lists, and
/// the school's own in their place.
pub async fn of_school(conn: &mut Conn, school: SchoolId) -> Result<Calendar, StoreError> {
    let place = place(conn, school).await?;
    Ok(lists::told(conn, school).await?.calendar(school, place))
}

/// What a school has of its own, the earliest year first, and what the territories in which it lies have decided, the widest
/// first.
pub async fn own_and_decided(conn: &mut Conn, school: SchoolId) -> Result<(Vec<Own>, Vec<Decision>), StoreError> {
    let told = lists::told(conn, school).await?;
    let decisions = told.decisions();
    Ok((told.own, decisions))
}
