//! Attendance as boards, pupils' pages and exports show it. Rolls of lessons that were cancelled since, or stand on a day
//! without school, are in none of them.

use crate::limits::{ATTENDANCE_EXPORT_ROWS_MAX, ATTENDANCE_ROWS_MAX};
use crate::{Conn, StoreError};
use preau_base::{Instant, LessonId, PersonId, Pii, SchoolId};
use preau_school::attendance::{AFTERNOON_MIN, HalfDay, Mark, Status};
use sqlx::types::Uuid;
use std::collections::HashMap;

/// What a school has set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Settings {
    /// Minutes after midnight at which the afternoon begins.
    pub afternoon_min: i64,
    /// Minutes after a lesson's start at which its teacher is reminded of the roll.
    pub reminder_min: i64,
    /// Relatives get a mail of an absence without a known reason.
    pub mails_families: bool,
    /// Children that can be received on site in a day; 0 where nobody has said.
    pub on_site_places: i64,
}

/// Teachers are reminded of a roll this long after the start of the lesson, in minutes.
pub const REMINDER_MIN: i64 = 20;

impl Default for Settings {
    fn default() -> Self {
        Self { afternoon_min: AFTERNOON_MIN, reminder_min: REMINDER_MIN, mails_families: true, on_site_places: 0 }
    }
}

/// What a school has set, or the defaults.
pub async fn settings(conn: &mut Conn, school: SchoolId) -> Result<Settings, StoreError> {
    let row = fetch_optional!(
        conn,
        Settings,
        "SELECT afternoon_min, reminder_min, mails_families, on_site_places FROM attendance_setting WHERE school_id = $1",
        school.uuid()
    )?;
    Ok(row.unwrap_or_default())
}

/// Sets them where they are `was`. `false` when they are others by now: nothing changes then.
pub async fn change_settings(
    conn: &mut Conn,
    school: SchoolId,
    was: &Settings,
    settings: &Settings,
) -> Result<bool, StoreError> {
    // A school that has set nothing yet has no row.
    if self::settings(conn, school).await? != *was {
        return Ok(false);
    }
    let changed = execute!(
        conn,
        "INSERT INTO attendance_setting AS s (school_id, afternoon_min, reminder_min, mails_families, on_site_places) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (school_id) DO UPDATE SET afternoon_min = excluded.afternoon_min, \
         reminder_min = excluded.reminder_min, mails_families = excluded.mails_families, \
         on_site_places = excluded.on_site_places \
         WHERE s.afternoon_min = $6 AND s.reminder_min = $7 AND s.mails_families = $8 AND s.on_site_places = $9",
        school.uuid(),
        settings.afternoon_min,
        settings.reminder_min,
        settings.mails_families,
        settings.on_site_places,
        was.afternoon_min,
        was.reminder_min,
        was.mails_families,
        was.on_site_places
    )?;
    Ok(changed > 0)
}

/// What a roll says of a pupil, with the lesson.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Line {
    #[sqlx(try_from = "Uuid")]
    pub pupil_id: PersonId,
    #[sqlx(try_from = "String")]
    pub given_name: Pii<String>,
    #[sqlx(try_from = "String")]
    pub family_name: Pii<String>,
    /// The pupil's class in this school, or nothing.
    pub class: String,
    #[sqlx(try_from = "Uuid")]
    pub lesson_id: LessonId,
    pub subject_name: String,
    #[sqlx(try_from = "i64")]
    pub starts_at: Instant,
    #[sqlx(try_from = "String")]
    pub half_day: HalfDay,
    #[sqlx(try_from = "String")]
    pub status: Status,
    pub minutes: i64,
}

impl Line {
    /// Family name first, as lists have it.
    pub fn roll_name(&self) -> String {
        format!("{} {}", self.family_name.reveal(), self.given_name.reveal())
    }

    pub const fn mark(&self) -> Mark {
        Mark { half: self.half_day, status: self.status }
    }
}

/// Everybody of a school who was not simply there in `first..=last`: by name, then time. At most
/// [`ATTENDANCE_ROWS_MAX`]. They are gathered first: for the first of them by name, PostgreSQL would go through all names.
pub async fn exceptions(
    conn: &mut Conn,
    school: SchoolId,
    first: HalfDay,
    last: HalfDay,
) -> Result<Vec<Line>, StoreError> {
    Ok(fetch_all!(
        conn,
        Line,
        "WITH c AS (SELECT m.person_id, min(g.name) AS class FROM school_group g CROSS JOIN membership m \
           WHERE g.school_id = $1 AND g.kind = 'class' AND g.archived_at IS NULL AND m.group_id = g.id AND m.role = 'pupil' \
           GROUP BY m.person_id), \
         line AS MATERIALIZED (SELECT e.pupil_id, p.given_name, p.family_name, p.search_name, COALESCE(c.class, '') AS class, \
           e.lesson_id, l.subject_name, l.starts_at, e.half_day, e.status, e.minutes \
           FROM roll_entry e JOIN person p ON p.id = e.pupil_id JOIN lesson l ON l.id = e.lesson_id \
           LEFT JOIN c ON c.person_id = e.pupil_id \
           WHERE e.school_id = $1 AND e.half_day >= $2 AND e.half_day <= $3 AND l.cancelled_at IS NULL AND NOT l.no_school \
           AND e.status IN ('absent', 'no_connection', 'late', 'left_early')) \
         SELECT pupil_id, given_name, family_name, class, lesson_id, subject_name, starts_at, half_day, status, minutes \
         FROM line ORDER BY search_name, pupil_id, starts_at LIMIT CAST($4 AS BIGINT)",
        school.uuid(),
        first.to_string(),
        last.to_string(),
        ATTENDANCE_ROWS_MAX
    )?)
}

/// All that rolls of a school say in `first..=last`, for an export: by time, then name. At most
/// [`ATTENDANCE_EXPORT_ROWS_MAX`] and one more, which tells that there would be more.
pub async fn export(conn: &mut Conn, school: SchoolId, first: HalfDay, last: HalfDay) -> Result<Vec<Line>, StoreError> {
    // Thousands of entries are of a few hundred lessons and of pupils who have several: each of these is read once.
    let (first, last) = (first.to_string(), last.to_string());
    let entries = fetch_all!(
        conn,
        Said,
        "SELECT e.lesson_id, e.pupil_id, e.status, e.minutes FROM roll r CROSS JOIN lesson l CROSS JOIN roll_entry e \
         WHERE r.school_id = $1 AND r.half_day >= $2 AND r.half_day <= $3 AND l.id = r.lesson_id AND l.cancelled_at IS NULL \
         AND NOT l.no_school AND e.lesson_id = r.lesson_id LIMIT CAST($4 AS BIGINT)",
        school.uuid(),
        first.as_str(),
        last.as_str(),
        ATTENDANCE_EXPORT_ROWS_MAX + 1
    )?;
    let lessons = fetch_all!(
        conn,
        Held,
        "SELECT l.id, l.subject_name, l.starts_at, r.half_day FROM roll r CROSS JOIN lesson l \
         WHERE r.school_id = $1 AND r.half_day >= $2 AND r.half_day <= $3 AND l.id = r.lesson_id",
        school.uuid(),
        first.as_str(),
        last.as_str()
    )?;
    let pupils = fetch_all!(
        conn,
        Named,
        "WITH c AS (SELECT m.person_id, min(g.name) AS class FROM school_group g CROSS JOIN membership m \
           WHERE g.school_id = $1 AND g.kind = 'class' AND g.archived_at IS NULL AND m.group_id = g.id AND m.role = 'pupil' \
           GROUP BY m.person_id) \
         SELECT p.id, p.given_name, p.family_name, COALESCE(c.class, '') AS class FROM person p LEFT JOIN c ON c.person_id = p.id \
         WHERE p.id IN (SELECT e.pupil_id FROM roll r CROSS JOIN roll_entry e WHERE r.school_id = $1 AND r.half_day >= $2 \
           AND r.half_day <= $3 AND e.lesson_id = r.lesson_id) ORDER BY p.search_name, p.id",
        school.uuid(),
        first.as_str(),
        last.as_str()
    )?;
    Ok(joined(entries, &lessons, &pupils))
}

/// What a roll says of a pupil, by ids.
#[derive(sqlx::FromRow)]
struct Said {
    lesson_id: Uuid,
    pupil_id: Uuid,
    #[sqlx(try_from = "String")]
    status: Status,
    minutes: i64,
}

#[derive(sqlx::FromRow)]
struct Held {
    id: Uuid,
    subject_name: String,
    #[sqlx(try_from = "i64")]
    starts_at: Instant,
    #[sqlx(try_from = "String")]
    half_day: HalfDay,
}

#[derive(sqlx::FromRow)]
struct Named {
    id: Uuid,
    #[sqlx(try_from = "String")]
    given_name: Pii<String>,
    #[sqlx(try_from = "String")]
    family_name: Pii<String>,
    class: String,
}

/// By time, then in the order of the pupils.
fn joined(entries: Vec<Said>, lessons: &[Held], pupils: &[Named]) -> Vec<Line> {
    let lessons: HashMap<Uuid, &Held> = lessons.iter().map(|lesson| (lesson.id, lesson)).collect();
    let places: HashMap<Uuid, (usize, &Named)> =
        pupils.iter().enumerate().map(|(at, pupil)| (pupil.id, (at, pupil))).collect();
    // On PostgreSQL, what somebody writes between two statements may be in the second alone.
    let known = entries.into_iter().filter_map(|said| {
        let (lesson, (at, pupil)) = (*lessons.get(&said.lesson_id)?, *places.get(&said.pupil_id)?);
        Some(((lesson.starts_at, at), said, lesson, pupil))
    });
    let mut known: Vec<_> = known.collect();
    known.sort_by_key(|(place, ..)| *place);
    let line = |(_, said, lesson, pupil): (_, Said, &Held, &Named)| Line {
        pupil_id: PersonId::from_uuid(pupil.id),
        given_name: pupil.given_name.clone(),
        family_name: pupil.family_name.clone(),
        class: pupil.class.clone(),
        lesson_id: LessonId::from_uuid(lesson.id),
        subject_name: lesson.subject_name.clone(),
        starts_at: lesson.starts_at,
        half_day: lesson.half_day,
        status: said.status,
        minutes: said.minutes,
    };
    known.into_iter().map(line).collect()
}

/// All that rolls of a school say of one pupil from `first` on, latest first. At most [`ATTENDANCE_ROWS_MAX`]. The school is
/// asked of the lesson: asked of the entry, SQLite would walk all of the school's entries instead of the pupil's.
pub async fn of_pupil(
    conn: &mut Conn,
    school: SchoolId,
    pupil: PersonId,
    first: HalfDay,
) -> Result<Vec<Line>, StoreError> {
    Ok(fetch_all!(
        conn,
        Line,
        "SELECT e.pupil_id, p.given_name, p.family_name, '' AS class, \
         e.lesson_id, l.subject_name, l.starts_at, e.half_day, e.status, e.minutes \
         FROM roll_entry e JOIN person p ON p.id = e.pupil_id JOIN lesson l ON l.id = e.lesson_id \
         WHERE e.pupil_id = $2 AND e.half_day >= $3 AND l.school_id = $1 AND l.cancelled_at IS NULL AND NOT l.no_school \
         ORDER BY l.starts_at DESC LIMIT CAST($4 AS BIGINT)",
        school.uuid(),
        pupil.uuid(),
        first.to_string(),
        ATTENDANCE_ROWS_MAX
    )?)
}

/// How many pupils rolls of a school say what of, in one half-day.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Tally {
    #[sqlx(try_from = "String")]
    pub half_day: HalfDay,
    #[sqlx(try_from = "String")]
    pub status: Status,
    pub pupils: i64,
}

/// For each half-day of `first..=last` and each status: pupils of whom a roll says it, each counted once.
pub async fn tallies(
    conn: &mut Conn,
    school: SchoolId,
    first: HalfDay,
    last: HalfDay,
) -> Result<Vec<Tally>, StoreError> {
    Ok(fetch_all!(
        conn,
        Tally,
        "SELECT d.half_day, d.status, count(*) AS pupils FROM (SELECT DISTINCT r.half_day, e.status, e.pupil_id \
           FROM roll r CROSS JOIN lesson l CROSS JOIN roll_entry e \
           WHERE r.school_id = $1 AND r.half_day >= $2 AND r.half_day <= $3 AND l.id = r.lesson_id AND l.cancelled_at IS NULL \
           AND NOT l.no_school AND e.lesson_id = r.lesson_id) d GROUP BY d.half_day, d.status ORDER BY d.half_day, d.status",
        school.uuid(),
        first.to_string(),
        last.to_string()
    )?)
}
