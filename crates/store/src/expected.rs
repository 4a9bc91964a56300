//! Who is expected in which live lesson, over all schools: for the gate's timetable. Lessons on site bring nobody.

use crate::limits::{BELLS_MAX, EXPECTED_MAX, LESSON_LENGTH_MAX};
use crate::{Conn, StoreError};
use preau_base::{Instant, LessonId, PersonId};
use sqlx::types::Uuid;

/// A pupil or teacher of a lesson that takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Expected {
    #[sqlx(try_from = "Uuid")]
    pub person_id: PersonId,
    #[sqlx(try_from = "Uuid")]
    pub lesson_id: LessonId,
    #[sqlx(try_from = "i64")]
    pub starts_at: Instant,
    #[sqlx(try_from = "i64")]
    pub ends_at: Instant,
}

/// A bell, and for how many people it rings in their day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Bell {
    #[sqlx(try_from = "i64")]
    pub starts_at: Instant,
    pub people: i64,
}

/// Everybody with a lesson that touches `from..to`, in order of the lessons' time; at most [`EXPECTED_MAX`], those of
/// the first lessons then.
pub async fn in_lessons(conn: &mut Conn, from: Instant, to: Instant) -> Result<Vec<Expected>, StoreError> {
    Ok(fetch_all!(
        conn,
        Expected,
        "SELECT m.person_id, l.id AS lesson_id, l.starts_at AS starts_at, l.ends_at FROM lesson l \
           JOIN lesson_group lg ON lg.lesson_id = l.id JOIN membership m ON m.group_id = lg.group_id AND m.role = 'pupil' \
           WHERE l.starts_at > $1 AND l.starts_at < $3 AND l.ends_at > $2 \
           AND l.mode <> 'on_site' AND l.cancelled_at IS NULL AND l.closed_at IS NULL \
         UNION SELECT lt.person_id, l.id, l.starts_at, l.ends_at FROM lesson l \
           JOIN lesson_teacher lt ON lt.lesson_id = l.id \
           WHERE l.starts_at > $1 AND l.starts_at < $3 AND l.ends_at > $2 \
           AND l.mode <> 'on_site' AND l.cancelled_at IS NULL AND l.closed_at IS NULL \
         ORDER BY starts_at, lesson_id, person_id LIMIT CAST($4 AS BIGINT)",
        from.minus(LESSON_LENGTH_MAX).as_millis(),
        from.as_millis(),
        to.as_millis(),
        EXPECTED_MAX
    )?)
}

/// How many people's first lesson within `from..to` begins at each instant, in order of time.
pub async fn first_bells(conn: &mut Conn, from: Instant, to: Instant) -> Result<Vec<Bell>, StoreError> {
    Ok(fetch_all!(
        conn,
        Bell,
        "SELECT first_at AS starts_at, count(*) AS people FROM ( \
           SELECT person_id, min(starts_at) AS first_at FROM ( \
             SELECT m.person_id, l.starts_at FROM lesson l JOIN lesson_group lg ON lg.lesson_id = l.id \
               JOIN membership m ON m.group_id = lg.group_id AND m.role = 'pupil' \
               WHERE l.starts_at >= $1 AND l.starts_at < $2 AND l.mode <> 'on_site' AND l.cancelled_at IS NULL \
             UNION SELECT lt.person_id, l.starts_at FROM lesson l JOIN lesson_teacher lt ON lt.lesson_id = l.id \
               WHERE l.starts_at >= $1 AND l.starts_at < $2 AND l.mode <> 'on_site' AND l.cancelled_at IS NULL) starts \
           GROUP BY person_id) firsts \
         GROUP BY first_at ORDER BY first_at LIMIT CAST($3 AS BIGINT)",
        from.as_millis(),
        to.as_millis(),
        BELLS_MAX
    )?)
}
