//! The change of the school year: last year's classes and groups go into the archive, and can be brought back.

use crate::limits::ARCHIVED_GROUPS_MAX;
use crate::{Conn, StoreError};
use preau_base::{GroupId, Instant, SchoolId};
use preau_school::GroupKind;
use sqlx::types::Uuid;

/// A group that the change of year would archive, or that is in the archive.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct YearGroup {
    #[sqlx(try_from = "Uuid")]
    pub id: GroupId,
    #[sqlx(try_from = "String")]
    pub kind: GroupKind,
    pub name: String,
    /// Such as `2026-2027`; empty when it was not noted.
    pub school_year: String,
    pub pupils: i64,
    pub archived_at: Option<i64>,
}

/// The groups that [`roll`] would archive: those of another year than `year`, those without a year too.
pub async fn preview(conn: &mut Conn, school: SchoolId, year: &str) -> Result<Vec<YearGroup>, StoreError> {
    Ok(fetch_all!(
        conn,
        YearGroup,
        "SELECT g.id, g.kind, g.name, g.school_year, g.archived_at, (SELECT count(DISTINCT m.person_id) FROM membership m \
         WHERE m.group_id = g.id AND m.role = 'pupil') AS pupils FROM school_group g \
         WHERE g.school_id = $1 AND g.archived_at IS NULL AND g.school_year <> $2 ORDER BY g.kind, g.name, g.id",
        school.uuid(),
        year
    )?)
}

/// The archive of a school, the latest year first, at most [`ARCHIVED_GROUPS_MAX`].
pub async fn archived(conn: &mut Conn, school: SchoolId) -> Result<Vec<YearGroup>, StoreError> {
    Ok(fetch_all!(
        conn,
        YearGroup,
        "SELECT g.id, g.kind, g.name, g.school_year, g.archived_at, (SELECT count(DISTINCT m.person_id) FROM membership m \
         WHERE m.group_id = g.id AND m.role = 'pupil') AS pupils FROM school_group g \
         WHERE g.school_id = $1 AND g.archived_at IS NOT NULL ORDER BY g.school_year DESC, g.kind, g.name, g.id LIMIT CAST($2 AS BIGINT)",
        school.uuid(),
        ARCHIVED_GROUPS_MAX
    )?)
}

/// Archives a school's groups of other years than `year`. Their lessons, work and members stay with them; their names get
/// their year, so that a new 6e B can come. Gives how many; run again it gives 0.
pub async fn roll(conn: &mut Conn, school: SchoolId, year: &str, now: Instant) -> Result<u64, StoreError> {
    let mut done = 0;
    for group in preview(conn, school, year).await? {
        done += put_away(conn, school, (group.id, group.kind, &group.name), &group.school_year, now).await?;
    }
    Ok(done)
}

/// Puts one group into the archive, if it is not there, under its name with `year`. Gives 1 when it did.
pub(crate) async fn put_away(
    conn: &mut Conn,
    school: SchoolId,
    (id, kind, plain): (GroupId, GroupKind, &str),
    year: &str,
    now: Instant,
) -> Result<u64, StoreError> {
    let name = free_name(conn, school, (kind, plain), year).await?;
    Ok(execute!(
        conn,
        "UPDATE school_group SET archived_at = COALESCE(archived_at, $2), name = $3 WHERE id = $1 AND name = $4",
        id.uuid(),
        now.as_millis(),
        name.as_str(),
        plain
    )?)
}

/// The name with the year behind it: `6e B (2025-2026)`, numbered when the archive has it already.
async fn free_name(
    conn: &mut Conn,
    school: SchoolId,
    (kind, plain): (GroupKind, &str),
    year: &str,
) -> Result<String, StoreError> {
    let year = if year.is_empty() { "…" } else { year };
    let mut name = format!("{plain} ({year})");
    let mut number = 2;
    while taken(conn, school, kind, &name).await? {
        name = format!("{plain} ({year}, {number})");
        number += 1;
    }
    Ok(name)
}

async fn taken(conn: &mut Conn, school: SchoolId, kind: GroupKind, name: &str) -> Result<bool, StoreError> {
    let count = fetch_number!(
        conn,
        "SELECT count(*) FROM school_group WHERE school_id = $1 AND kind = $2 AND name = $3",
        school.uuid(),
        kind.as_str(),
        name
    )?;
    Ok(count > 0)
}

#[derive(sqlx::FromRow)]
struct ArchivedRow {
    #[sqlx(try_from = "Uuid")]
    school_id: SchoolId,
    #[sqlx(try_from = "String")]
    kind: GroupKind,
    name: String,
}

/// Brings an archived group back, under its plain name where that is free. It counts as one of `year` from now on, so that the
/// next [`roll`] of the same year leaves it alone. `false` when it is not in the archive.
pub async fn restore(conn: &mut Conn, id: GroupId, year: &str) -> Result<bool, StoreError> {
    let row = fetch_optional!(
        conn,
        ArchivedRow,
        "SELECT school_id, kind, name FROM school_group WHERE id = $1 AND archived_at IS NOT NULL",
        id.uuid()
    )?;
    let Some(row) = row else { return Ok(false) };
    let plain = plain_name(&row.name);
    let name = if taken(conn, row.school_id, row.kind, plain).await? { row.name.as_str() } else { plain };
    execute!(
        conn,
        "UPDATE school_group SET archived_at = NULL, school_year = $2, name = $3 WHERE id = $1",
        id.uuid(),
        year,
        name
    )?;
    Ok(true)
}

/// The name without the year that [`roll`] has put behind it.
fn plain_name(name: &str) -> &str {
    let is_year = |inner: &str| {
        let year = inner.split(',').next().unwrap_or("");
        year == "…" || (year.len() == 9 && year.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'))
    };
    match name.strip_suffix(')').and_then(|rest| rest.rsplit_once(" (")) {
        Some((plain, inner)) if is_year(inner) => plain,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::plain_name;

    #[test]
    fn a_name_loses_its_year_and_nothing_else() {
        for (name, plain) in [
            ("6e B (2025-2026)", "6e B"),
            ("6e B (2025-2026, 2)", "6e B"),
            ("6e B (…)", "6e B"),
            ("Latin (débutants)", "Latin (débutants)"),
            ("6e B", "6e B"),
            ("(2025-2026)", "(2025-2026)"),
        ] {
            assert_eq!(plain_name(name), plain);
        }
    }
}
