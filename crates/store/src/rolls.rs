//! Rolls: who was in a lesson, as its teacher confirmed it, and what is still missing.

use crate::limits::{ROLL_PUPILS_MAX, ROLLS_LISTED_MAX};
use crate::many::{self, Value};
use crate::{Conn, StoreError};
use preau_base::{Instant, LessonId, PersonId, Pii, SchoolId};
use preau_school::attendance::{HalfDay, Status};
use sqlx::types::Uuid;

/// A confirmed roll.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Roll {
    /// Goes up by one with each change.
    pub version: i64,
    #[sqlx(try_from = "i64")]
    pub confirmed_at: Instant,
    #[sqlx(try_from = "i64")]
    pub changed_at: Instant,
    /// Title and family name of whoever confirmed or changed it last.
    pub changed_by: String,
}

/// What a roll says of one pupil.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub struct Entry {
    #[sqlx(try_from = "Uuid")]
    pub pupil_id: PersonId,
    #[sqlx(try_from = "String")]
    pub status: Status,
    /// Late by so much, or gone so early; 0 for other statuses.
    pub minutes: i64,
}

/// A pupil of a lesson's groups.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Pupil {
    #[sqlx(try_from = "Uuid")]
    pub id: PersonId,
    #[sqlx(try_from = "String")]
    pub given_name: Pii<String>,
    #[sqlx(try_from = "String")]
    pub family_name: Pii<String>,
}

impl Pupil {
    /// Family name first, as rolls have it.
    pub fn roll_name(&self) -> String {
        format!("{} {}", self.family_name.reveal(), self.given_name.reveal())
    }
}

/// The pupils of a lesson, and those of whom its roll speaks already, by name.
///
/// # Errors
/// [`StoreError::Limit`] for more than [`ROLL_PUPILS_MAX`].
pub async fn roster(conn: &mut Conn, lesson: LessonId) -> Result<Vec<Pupil>, StoreError> {
    let pupils = fetch_all!(
        conn,
        Pupil,
        "SELECT p.id, p.given_name, p.family_name FROM person p WHERE p.id IN \
         (SELECT m.person_id FROM membership m JOIN lesson_group lg ON lg.group_id = m.group_id \
          WHERE lg.lesson_id = $1 AND m.role = 'pupil' \
          UNION SELECT e.pupil_id FROM roll_entry e WHERE e.lesson_id = $1) ORDER BY p.search_name, p.id LIMIT CAST($2 AS BIGINT)",
        lesson.uuid(),
        ROLL_PUPILS_MAX + 1
    )?;
    let most = usize::try_from(ROLL_PUPILS_MAX).unwrap_or(usize::MAX);
    if pupils.len() > most {
        return Err(StoreError::Limit { what: "a roll", found: pupils.len(), most });
    }
    Ok(pupils)
}

pub async fn by_lesson(conn: &mut Conn, lesson: LessonId) -> Result<Option<Roll>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Roll,
        "SELECT r.version, r.confirmed_at, r.changed_at, trim(p.title || ' ' || p.family_name) AS changed_by \
         FROM roll r JOIN person p ON p.id = r.changed_by WHERE r.lesson_id = $1",
        lesson.uuid()
    )?)
}

#[derive(sqlx::FromRow)]
struct Confirmed {
    #[sqlx(try_from = "Uuid")]
    lesson_id: LessonId,
}

/// The lessons of a teacher that begin in `from..to` and whose roll is confirmed.
pub async fn confirmed_of(
    conn: &mut Conn,
    teacher: PersonId,
    from: Instant,
    to: Instant,
) -> Result<Vec<LessonId>, StoreError> {
    let rows = fetch_all!(
        conn,
        Confirmed,
        "SELECT r.lesson_id FROM lesson_teacher t JOIN roll r ON r.lesson_id = t.lesson_id \
         WHERE t.person_id = $1 AND t.starts_at >= $2 AND t.starts_at < $3",
        teacher.uuid(),
        from.as_millis(),
        to.as_millis()
    )?;
    Ok(rows.into_iter().map(|row| row.lesson_id).collect())
}

/// What the roll of a lesson says, by pupil; nothing before it is confirmed.
pub async fn entries(conn: &mut Conn, lesson: LessonId) -> Result<Vec<Entry>, StoreError> {
    Ok(fetch_all!(
        conn,
        Entry,
        "SELECT pupil_id, status, minutes FROM roll_entry WHERE lesson_id = $1 ORDER BY pupil_id",
        lesson.uuid()
    )?)
}

/// A roll to be confirmed.
#[derive(Clone, Debug)]
pub struct NewRoll<'a> {
    pub lesson: LessonId,
    pub school: SchoolId,
    pub half: HalfDay,
    pub by: PersonId,
    /// The version that was on the screen; 0 where the roll was not confirmed yet.
    pub seen: i64,
    pub entries: &'a [Entry],
}

/// What became of a roll that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// Kept, as this version.
    New(i64),
    /// The roll says this already: sent twice, or from two tabs that agree.
    Same,
    /// Somebody has changed it since it was on the screen; nothing was written.
    Changed,
}

/// Confirms or changes a roll.
pub async fn save(conn: &mut Conn, roll: &NewRoll<'_>, now: Instant) -> Result<Saved, StoreError> {
    let mut sent = roll.entries.to_vec();
    sent.sort_unstable();
    let known = by_lesson(conn, roll.lesson).await?.map_or(0, |known| known.version);
    if known > 0 {
        let mut stored = entries(conn, roll.lesson).await?;
        stored.sort_unstable();
        if stored == sent {
            return Ok(Saved::Same);
        }
    }
    if !take_version(conn, roll, now).await? {
        return Ok(Saved::Changed);
    }
    execute!(conn, "DELETE FROM roll_entry WHERE lesson_id = $1", roll.lesson.uuid())?;
    let row = |entry: &Entry| {
        [
            roll.lesson.uuid().into(),
            entry.pupil_id.uuid().into(),
            roll.school.uuid().into(),
            roll.half.to_string().into(),
            entry.status.as_str().into(),
            entry.minutes.into(),
        ]
    };
    let rows: Vec<[Value; 6]> = sent.iter().map(row).collect();
    many::insert(
        conn,
        "INSERT INTO roll_entry (lesson_id, pupil_id, school_id, half_day, status, minutes) VALUES ($1, $2, $3, $4, $5, $6)",
        &rows,
    )
    .await?;
    Ok(Saved::New(roll.seen + 1))
}

/// Makes the roll, or moves it on from the version that was seen; `false` when it is another one by now.
async fn take_version(conn: &mut Conn, roll: &NewRoll<'_>, now: Instant) -> Result<bool, StoreError> {
    let changed = if roll.seen == 0 {
        execute!(
            conn,
            "INSERT INTO roll (lesson_id, school_id, half_day, version, confirmed_at, confirmed_by, changed_at, changed_by) \
             VALUES ($1, $2, $3, 1, $4, $5, $4, $5) ON CONFLICT (lesson_id) DO NOTHING",
            roll.lesson.uuid(),
            roll.school.uuid(),
            roll.half.to_string(),
            now.as_millis(),
            roll.by.uuid()
        )?
    } else {
        execute!(
            conn,
            "UPDATE roll SET version = version + 1, changed_at = $3, changed_by = $4, half_day = $5 \
             WHERE lesson_id = $1 AND version = $2",
            roll.lesson.uuid(),
            roll.seen,
            now.as_millis(),
            roll.by.uuid(),
            roll.half.to_string()
        )?
    };
    Ok(changed > 0)
}

/// A lesson whose roll is not confirmed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Forgotten {
    #[sqlx(try_from = "Uuid")]
    pub lesson_id: LessonId,
    #[sqlx(try_from = "Uuid")]
    pub school_id: SchoolId,
    pub subject_name: String,
    #[sqlx(try_from = "i64")]
    pub starts_at: Instant,
    #[sqlx(try_from = "i64")]
    pub ends_at: Instant,
    pub groups: String,
    pub teachers: String,
}

/// The lessons of a school that began in `from..to` and whose roll is not confirmed, the first one first.
pub async fn forgotten(
    conn: &mut Conn,
    school: SchoolId,
    from: Instant,
    to: Instant,
) -> Result<Vec<Forgotten>, StoreError> {
    Ok(fetch_all!(
        conn,
        Forgotten,
        "SELECT l.id AS lesson_id, l.school_id, l.subject_name, l.starts_at, l.ends_at, \
         COALESCE((SELECT string_agg(g.name, ', ') FROM lesson_group lg JOIN school_group g ON g.id = lg.group_id \
           WHERE lg.lesson_id = l.id), '') AS groups, \
         COALESCE((SELECT string_agg(trim(p.title || ' ' || p.family_name), ', ') FROM lesson_teacher lt \
           JOIN person p ON p.id = lt.person_id WHERE lt.lesson_id = l.id), '') AS teachers \
         FROM lesson l WHERE l.school_id = $1 AND l.starts_at >= $2 AND l.starts_at < $3 AND l.cancelled_at IS NULL \
         AND NOT l.no_school \
         AND NOT EXISTS (SELECT 1 FROM roll r WHERE r.lesson_id = l.id) \
         AND EXISTS (SELECT 1 FROM lesson_group lg JOIN membership m ON m.group_id = lg.group_id \
           WHERE lg.lesson_id = l.id AND m.role = 'pupil') \
         ORDER BY l.starts_at, l.id LIMIT CAST($4 AS BIGINT)",
        school.uuid(),
        from.as_millis(),
        to.as_millis(),
        ROLLS_LISTED_MAX
    )?)
}

/// A teacher to be reminded of a roll.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Reminder {
    #[sqlx(try_from = "Uuid")]
    pub lesson_id: LessonId,
    #[sqlx(try_from = "Uuid")]
    pub teacher_id: PersonId,
    pub subject_name: String,
    pub groups: String,
    #[sqlx(try_from = "i64")]
    pub starts_at: Instant,
}

/// The teachers of lessons of all schools that began at `from` or later, whose roll is not confirmed as long after the start
/// as their school waits (`reminder_min` minutes where it says nothing), and who have not been told so.
pub async fn reminders(
    conn: &mut Conn,
    from: Instant,
    reminder_min: i64,
    now: Instant,
) -> Result<Vec<Reminder>, StoreError> {
    Ok(fetch_all!(
        conn,
        Reminder,
        "SELECT l.id AS lesson_id, lt.person_id AS teacher_id, l.subject_name, l.starts_at, \
         COALESCE((SELECT string_agg(g.name, ', ') FROM lesson_group lg JOIN school_group g ON g.id = lg.group_id \
           WHERE lg.lesson_id = l.id), '') AS groups \
         FROM lesson l JOIN lesson_teacher lt ON lt.lesson_id = l.id \
         LEFT JOIN attendance_setting s ON s.school_id = l.school_id \
         WHERE l.starts_at >= $1 AND l.starts_at <= $2 AND l.cancelled_at IS NULL AND NOT l.no_school \
         AND l.starts_at + COALESCE(s.reminder_min, $3) * 60000 <= $2 \
         AND NOT EXISTS (SELECT 1 FROM roll r WHERE r.lesson_id = l.id) \
         AND EXISTS (SELECT 1 FROM lesson_group lg JOIN membership m ON m.group_id = lg.group_id \
           WHERE lg.lesson_id = l.id AND m.role = 'pupil') \
         AND NOT EXISTS (SELECT 1 FROM roll_reminder d WHERE d.lesson_id = l.id AND d.teacher_id = lt.person_id) \
         ORDER BY l.starts_at, l.id LIMIT CAST($4 AS BIGINT)",
        from.as_millis(),
        now.as_millis(),
        reminder_min,
        ROLLS_LISTED_MAX
    )?)
}

/// Notes that a teacher has been reminded.
pub async fn reminded(conn: &mut Conn, lesson: LessonId, teacher: PersonId, now: Instant) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO roll_reminder (lesson_id, teacher_id, told_at) VALUES ($1, $2, $3) \
         ON CONFLICT (lesson_id, teacher_id) DO NOTHING",
        lesson.uuid(),
        teacher.uuid(),
        now.as_millis()
    )?;
    Ok(())
}
