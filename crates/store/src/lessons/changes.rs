//! What people change of one lesson. Each change counts up, and keeps what was before the first.

use super::{NewLesson, add_group, add_teacher, postgres};
use crate::{Conn, StoreError, many};
use preau_base::{Instant, LessonId, PersonId};
use preau_school::timetable::LessonMode;
use sqlx::types::Uuid;

/// Who changes a lesson, and what those concerned are told with it.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    pub person: PersonId,
    pub note: &'a str,
}

/// Keeps what the lesson is before it is changed by hand for the first time, and counts the change.
async fn begin(conn: &mut Conn, id: LessonId, by: By<'_>, now: Instant) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO lesson_was_teacher (lesson_id, person_id) SELECT lt.lesson_id, lt.person_id FROM lesson_teacher lt \
         JOIN lesson l ON l.id = lt.lesson_id WHERE lt.lesson_id = $1 AND l.was_teachers IS NULL",
        id.uuid()
    )?;
    execute!(
        conn,
        "UPDATE lesson SET was_starts_at = COALESCE(was_starts_at, starts_at), \
         was_ends_at = COALESCE(was_ends_at, ends_at), was_room = COALESCE(was_room, room), \
         was_teachers = COALESCE(was_teachers, (SELECT string_agg(trim(p.title || ' ' || p.family_name), ', ' \
           ORDER BY p.family_name, p.id) FROM lesson_teacher lt JOIN person p ON p.id = lt.person_id \
           WHERE lt.lesson_id = lesson.id), ''), \
         changed_at = $2, changed_by = $3, note = $4, sequence = sequence + 1, updated_at = $2 WHERE id = $1",
        id.uuid(),
        now.as_millis(),
        by.person.uuid(),
        by.note
    )?;
    Ok(())
}

/// Whoever taught lessons before they were changed has another name by now, or none: the lessons say it as it is.
pub(crate) async fn rename_before(conn: &mut Conn, person: PersonId) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE lesson SET was_teachers = (SELECT string_agg(trim(p.title || ' ' || p.family_name), ', ' \
           ORDER BY p.family_name, p.id) FROM lesson_was_teacher w JOIN person p ON p.id = w.person_id \
           WHERE w.lesson_id = lesson.id) \
         WHERE id IN (SELECT w.lesson_id FROM lesson_was_teacher w WHERE w.person_id = $1)",
        person.uuid()
    )?;
    Ok(())
}

/// Changes time, subject, room, groups and teachers of a lesson.
pub async fn change(conn: &mut Conn, lesson: &NewLesson<'_>, by: By<'_>, now: Instant) -> Result<(), StoreError> {
    begin(conn, lesson.id, by, now).await?;
    execute!(
        conn,
        "UPDATE lesson SET subject_name = $2, room = $3, starts_at = $4, ends_at = $5 WHERE id = $1",
        lesson.id.uuid(),
        lesson.subject_name,
        lesson.room,
        lesson.starts_at.as_millis(),
        lesson.ends_at.as_millis()
    )?;
    execute!(conn, "DELETE FROM lesson_group WHERE lesson_id = $1", lesson.id.uuid())?;
    for group in lesson.groups {
        add_group(conn, lesson.id, *group).await?;
    }
    put_teachers(conn, lesson.id, lesson.teachers).await
}

async fn put_teachers(conn: &mut Conn, id: LessonId, teachers: &[PersonId]) -> Result<(), StoreError> {
    execute!(conn, "DELETE FROM lesson_teacher WHERE lesson_id = $1", id.uuid())?;
    for teacher in teachers {
        add_teacher(conn, id, *teacher).await?;
    }
    Ok(())
}

/// Others teach this lesson.
pub async fn set_teachers(
    conn: &mut Conn,
    id: LessonId,
    teachers: &[PersonId],
    by: By<'_>,
    now: Instant,
) -> Result<(), StoreError> {
    begin(conn, id, by, now).await?;
    put_teachers(conn, id, teachers).await
}

/// The lesson does not take place, or does again, as a feed says; a person does it by [`cancel`].
pub async fn set_cancelled(conn: &mut Conn, id: LessonId, at: Option<Instant>) -> Result<(), StoreError> {
    execute!(conn, "UPDATE lesson SET cancelled_at = $2 WHERE id = $1", id.uuid(), at.map(Instant::as_millis))?;
    Ok(())
}

/// The lesson does not take place, or does again, as somebody decides.
pub async fn cancel(
    conn: &mut Conn,
    id: LessonId,
    cancelled: bool,
    by: By<'_>,
    now: Instant,
) -> Result<(), StoreError> {
    begin(conn, id, by, now).await?;
    set_cancelled(conn, id, cancelled.then_some(now)).await
}

/// Where the lesson takes place. By hand, the calendar does not change it any more.
pub async fn set_mode(
    conn: &mut Conn,
    id: LessonId,
    mode: LessonMode,
    by_hand: bool,
    now: Instant,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE lesson SET mode = $2, on_site_half = $3, mode_by_hand = $4, updated_at = $5, sequence = sequence + 1 \
         WHERE id = $1",
        id.uuid(),
        mode.as_str(),
        mode.half(),
        by_hand,
        now.as_millis()
    )?;
    Ok(())
}

/// Whether the calendar has no school on the lesson's day for any of its groups; then no roll is asked for, and none counts.
pub async fn set_no_school(conn: &mut Conn, id: LessonId, no_school: bool) -> Result<(), StoreError> {
    execute!(conn, "UPDATE lesson SET no_school = $2, closed_late = false WHERE id = $1", id.uuid(), no_school)?;
    Ok(())
}

/// The same of many at once.
pub(crate) async fn set_no_school_of(conn: &mut Conn, ids: &[Uuid], no_school: bool) -> Result<(), StoreError> {
    many::among(
        conn,
        "UPDATE lesson SET no_school = $1, closed_late = false WHERE id IN ($2)",
        &[no_school.into()],
        ids,
    )
    .await
}

/// Where many lessons take place, as the calendar has it.
pub(crate) async fn set_mode_of(
    conn: &mut Conn,
    ids: &[Uuid],
    mode: LessonMode,
    now: Instant,
) -> Result<(), StoreError> {
    many::among(
        conn,
        "UPDATE lesson SET mode = $1, on_site_half = $2, mode_by_hand = false, updated_at = $3, sequence = sequence + 1 \
         WHERE id IN ($4)",
        &[mode.as_str().into(), mode.half().into(), now.as_millis().into()],
        ids,
    )
    .await
}

/// Closes lessons that had begun before somebody closed their day, but for those of which something shows that they took
/// place. No roll is asked for any more, until [`was_held`] or [`reopen_held`]. Whoever is writing such a thing at this
/// moment is waited for and seen; whoever comes later waits for this transaction, and opens the lesson again.
pub(crate) async fn close_late(conn: &mut Conn, ids: &[Uuid]) -> Result<(), StoreError> {
    postgres::lock_unheld(conn, ids).await?;
    many::among(
        conn,
        "UPDATE lesson SET no_school = true, closed_late = true WHERE id IN ($1) \
         AND NOT EXISTS (SELECT 1 FROM roll r WHERE r.lesson_id = lesson.id) \
         AND NOT EXISTS (SELECT 1 FROM log_entry e WHERE e.lesson_id = lesson.id AND e.published_at >= lesson.starts_at) \
         AND NOT EXISTS (SELECT 1 FROM visit v WHERE v.lesson_id = lesson.id AND v.role = 'pupil')",
        &[],
        ids,
    )
    .await
}

/// Opens a lesson that was closed after it had begun when a roll, what the log has published since, or a pupil in its live
/// class shows that it took place. Whoever lets a pupil in calls this, so that its roll is asked for from then on. Locks
/// only a lesson that it opens: a class that fills up does not queue for its row.
pub(crate) async fn reopen_held(conn: &mut Conn, id: LessonId) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE lesson SET no_school = false, closed_late = false WHERE id = $1 AND closed_late \
         AND (EXISTS (SELECT 1 FROM roll r WHERE r.lesson_id = lesson.id) \
           OR EXISTS (SELECT 1 FROM log_entry e WHERE e.lesson_id = lesson.id AND e.published_at >= lesson.starts_at) \
           OR EXISTS (SELECT 1 FROM visit v WHERE v.lesson_id = lesson.id AND v.role = 'pupil'))",
        id.uuid()
    )?;
    Ok(())
}

/// The same of many at once.
pub(crate) async fn reopen_held_of(conn: &mut Conn, ids: &[Uuid]) -> Result<(), StoreError> {
    many::among(
        conn,
        "UPDATE lesson SET no_school = false, closed_late = false WHERE id IN ($1) AND closed_late \
         AND (EXISTS (SELECT 1 FROM roll r WHERE r.lesson_id = lesson.id) \
           OR EXISTS (SELECT 1 FROM log_entry e WHERE e.lesson_id = lesson.id AND e.published_at >= lesson.starts_at) \
           OR EXISTS (SELECT 1 FROM visit v WHERE v.lesson_id = lesson.id AND v.role = 'pupil'))",
        &[],
        ids,
    )
    .await
}

/// The log has published at `now` what was done in a lesson; if that had begun, it took place. Locks it then in any case: a
/// text that was a draft before does not name the lesson anew, and a closure of the same moment has to see it.
pub(crate) async fn was_logged(conn: &mut Conn, id: LessonId, now: Instant) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE lesson SET no_school = (no_school AND NOT closed_late), closed_late = false \
         WHERE id = $1 AND starts_at <= $2",
        id.uuid(),
        now.as_millis()
    )?;
    Ok(())
}

/// Whether the lesson's day was closed after it had begun, and nothing has shown since that it took place.
pub async fn is_closed_late(conn: &mut Conn, id: LessonId) -> Result<bool, StoreError> {
    let found = fetch_number!(conn, "SELECT count(*) FROM lesson WHERE id = $1 AND closed_late", id.uuid())?;
    Ok(found > 0)
}

/// Somebody says, by calling its roll, that a lesson took place before its day was closed: it counts like any other. A
/// lesson on a day that never had school stays as it is. Locks the lesson in any case, so that a closure of the same moment
/// sees the roll.
pub async fn was_held(conn: &mut Conn, id: LessonId) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE lesson SET no_school = (no_school AND NOT closed_late), closed_late = false WHERE id = $1",
        id.uuid()
    )?;
    Ok(())
}
