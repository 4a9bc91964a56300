//! Lessons in which somebody was asked to help.

use super::Lesson;
use crate::limits::{HELPED_LESSONS_MAX, LESSON_LENGTH_MAX};
use crate::{Conn, StoreError};
use preau_base::{Instant, PersonId};
use preau_school::Help;

#[derive(sqlx::FromRow)]
struct HelpedRow {
    #[sqlx(flatten)]
    lesson: Lesson,
    help: String,
}

/// The lessons that touch `from..to` and in whose set-up this person helps, in order of time, at most
/// [`HELPED_LESSONS_MAX`]; cancelled and closed ones are none, nor are those of a school that the person has left.
pub async fn helped_by(
    conn: &mut Conn,
    person: PersonId,
    from: Instant,
    to: Instant,
) -> Result<Vec<(Lesson, Help)>, StoreError> {
    // A lesson may have several set-ups in which the person stands or stood: the one that holds is that of
    // `setups::of_lesson`. The lessons are found first, by their times (CROSS JOIN tells SQLite so).
    let rows = fetch_all!(
        conn,
        HelpedRow,
        "SELECT l.id, l.school_id, l.subject_name, l.room, l.starts_at, l.ends_at, l.cancelled_at, l.closed_at, \
         l.changed_at, l.was_starts_at, l.was_ends_at, l.was_room, l.was_teachers, l.note, l.mode, l.on_site_half, l.no_school, l.prolonged_until, \
         l.series_id, l.sequence, l.updated_at, \
         COALESCE((SELECT string_agg(g.name, ', ' ORDER BY g.name) FROM lesson_group lg JOIN school_group g \
           ON g.id = lg.group_id WHERE lg.lesson_id = l.id), '') AS groups, \
         COALESCE((SELECT string_agg(trim(p.title || ' ' || p.family_name), ', ' ORDER BY p.family_name, p.id) \
           FROM lesson_teacher lt JOIN person p ON p.id = lt.person_id WHERE lt.lesson_id = l.id), '') AS teachers, h.help \
         FROM lesson l CROSS JOIN class_setup_person h \
         WHERE l.ends_at > $2 AND l.starts_at < $3 AND l.cancelled_at IS NULL AND l.closed_at IS NULL \
         AND l.id IN ( \
           SELECT s.lesson_id FROM class_setup_person m JOIN class_setup s ON s.id = m.setup_id \
             WHERE m.person_id = $1 AND m.place = 0 AND s.lesson_id IS NOT NULL \
           UNION SELECT lg.lesson_id FROM class_setup_person m JOIN class_setup s ON s.id = m.setup_id \
             JOIN lesson_group lg ON lg.group_id = s.group_id AND lg.starts_at > $5 AND lg.starts_at < $3 \
             JOIN lesson_teacher lt ON lt.lesson_id = lg.lesson_id AND lt.person_id = s.teacher_id \
             JOIN lesson taught ON taught.id = lg.lesson_id AND taught.subject_name = s.subject_name \
             WHERE m.person_id = $1 AND m.place = 0) \
         AND EXISTS (SELECT 1 FROM affiliation a WHERE a.person_id = $1 AND a.school_id = l.school_id \
           AND a.profile NOT IN ('pupil', 'relative')) \
         AND h.person_id = $1 AND h.place = 0 AND h.setup_id = (SELECT s.id FROM class_setup s \
           WHERE s.lesson_id = l.id OR (s.subject_name = l.subject_name \
             AND s.group_id IN (SELECT g.group_id FROM lesson_group g WHERE g.lesson_id = l.id) \
             AND s.teacher_id IN (SELECT t.person_id FROM lesson_teacher t WHERE t.lesson_id = l.id)) \
           ORDER BY CASE WHEN s.lesson_id IS NULL THEN 1 ELSE 0 END, s.changed_at DESC, s.id LIMIT 1) \
         ORDER BY l.starts_at, l.id LIMIT CAST($4 AS BIGINT)",
        person.uuid(),
        from.as_millis(),
        to.as_millis(),
        HELPED_LESSONS_MAX,
        from.minus(LESSON_LENGTH_MAX).as_millis()
    )?;
    Ok(rows.into_iter().filter_map(|row| Some((row.lesson, row.help.parse().ok()?))).collect())
}
