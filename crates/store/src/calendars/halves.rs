//! The two halves of each group: as somebody has set them, else the first half of the alphabet and the second.

use crate::limits::{LESSON_LENGTH_MAX, LESSONS_MAX};
use crate::{Conn, StoreError};
use preau_base::{GroupId, Instant, LessonId, PersonId, Pii};
use preau_school::calendar::Half;
use sqlx::types::Uuid;
use std::collections::BTreeMap;

#[derive(sqlx::FromRow)]
struct HalfRow {
    #[sqlx(try_from = "Uuid")]
    group_id: GroupId,
    half: Option<i64>,
    earlier: i64,
    pupils: i64,
}

/// The groups of which a person is a pupil, and the half they are in.
pub async fn halves_of(conn: &mut Conn, person: PersonId) -> Result<BTreeMap<GroupId, Half>, StoreError> {
    let rows = fetch_all!(
        conn,
        HalfRow,
        "SELECT m.group_id, m.half, \
         (SELECT count(*) FROM membership o JOIN person p ON p.id = o.person_id \
           WHERE o.group_id = m.group_id AND o.role = 'pupil' AND (p.search_name < me.search_name \
           OR (p.search_name = me.search_name AND p.id < me.id))) AS earlier, \
         (SELECT count(*) FROM membership o WHERE o.group_id = m.group_id AND o.role = 'pupil') AS pupils \
         FROM membership m JOIN person me ON me.id = m.person_id WHERE m.person_id = $1 AND m.role = 'pupil'",
        person.uuid()
    )?;
    let half =
        |row: &HalfRow| row.half.and_then(Half::of_number).unwrap_or_else(|| by_alphabet(row.earlier, row.pupils));
    Ok(rows.iter().map(|row| (row.group_id, half(row))).collect())
}

#[derive(sqlx::FromRow)]
struct LessonHalfRow {
    #[sqlx(try_from = "Uuid")]
    lesson_id: LessonId,
    half: Option<i64>,
    earlier: i64,
    pupils: i64,
}

/// The half that a pupil is in, in each of their lessons in half groups that touch `from..to`.
pub async fn halves_in(
    conn: &mut Conn,
    person: PersonId,
    from: Instant,
    to: Instant,
) -> Result<BTreeMap<LessonId, Half>, StoreError> {
    let rows = fetch_all!(
        conn,
        LessonHalfRow,
        "SELECT l.id AS lesson_id, m.half, \
         (SELECT count(*) FROM membership o JOIN person p ON p.id = o.person_id \
           WHERE o.group_id = m.group_id AND o.role = 'pupil' AND (p.search_name < me.search_name \
           OR (p.search_name = me.search_name AND p.id < me.id))) AS earlier, \
         (SELECT count(*) FROM membership o WHERE o.group_id = m.group_id AND o.role = 'pupil') AS pupils \
         FROM membership m JOIN person me ON me.id = m.person_id JOIN lesson_group lg ON lg.group_id = m.group_id \
         JOIN lesson l ON l.id = lg.lesson_id WHERE m.person_id = $1 AND m.role = 'pupil' \
         AND lg.starts_at > $5 AND lg.starts_at < $3 AND l.ends_at > $2 AND l.on_site_half IS NOT NULL LIMIT CAST($4 AS BIGINT)",
        person.uuid(),
        from.as_millis(),
        to.as_millis(),
        LESSONS_MAX,
        from.minus(LESSON_LENGTH_MAX).as_millis()
    )?;
    let half = |row: &LessonHalfRow| {
        row.half.and_then(Half::of_number).unwrap_or_else(|| by_alphabet(row.earlier, row.pupils))
    };
    Ok(rows.iter().map(|row| (row.lesson_id, half(row))).collect())
}

/// The first half has one more where the number is odd.
const fn by_alphabet(earlier: i64, pupils: i64) -> Half {
    if earlier * 2 < pupils { Half::First } else { Half::Second }
}

/// A pupil of a group, and their half.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Member {
    #[sqlx(try_from = "Uuid")]
    pub id: PersonId,
    #[sqlx(try_from = "String")]
    pub given_name: Pii<String>,
    #[sqlx(try_from = "String")]
    pub family_name: Pii<String>,
    half: Option<i64>,
    #[sqlx(skip)]
    first: bool,
}

impl Member {
    pub fn half(&self) -> Half {
        let alphabet = if self.first { Half::First } else { Half::Second };
        self.half.and_then(Half::of_number).unwrap_or(alphabet)
    }
}

/// The pupils of a group by name, with their halves.
pub async fn members(conn: &mut Conn, group: GroupId) -> Result<Vec<Member>, StoreError> {
    let mut rows = fetch_all!(
        conn,
        Member,
        "SELECT p.id, p.given_name, p.family_name, m.half FROM membership m JOIN person p ON p.id = m.person_id \
         WHERE m.group_id = $1 AND m.role = 'pupil' ORDER BY p.search_name, p.id",
        group.uuid()
    )?;
    let pupils = rows.len() as i64;
    for (before, row) in rows.iter_mut().enumerate() {
        row.first = by_alphabet(before as i64, pupils) == Half::First;
    }
    Ok(rows)
}

/// A pupil of a group is in this half of it.
pub async fn set_half(conn: &mut Conn, group: GroupId, pupil: PersonId, half: Half) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE membership SET half = $3 WHERE group_id = $1 AND person_id = $2 AND role = 'pupil'",
        group.uuid(),
        pupil.uuid(),
        half.number()
    )?;
    Ok(())
}

/// The halves of a group go by the alphabet again.
pub async fn set_halves_by_alphabet(conn: &mut Conn, group: GroupId) -> Result<(), StoreError> {
    execute!(conn, "UPDATE membership SET half = NULL WHERE group_id = $1 AND role = 'pupil'", group.uuid())?;
    Ok(())
}
