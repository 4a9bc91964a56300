//! Lessons of the timetable, planned or opened at once.

mod changes;
mod children;
mod concerned;
mod helped;
mod on;
mod postgres;
mod rooms;

pub use changes::{By, cancel, change, is_closed_late, set_cancelled, set_mode, set_no_school, set_teachers, was_held};
pub(crate) use changes::{
    close_late, rename_before, reopen_held, reopen_held_of, set_mode_of, set_no_school_of, was_logged,
};
pub use children::of_children;
pub use concerned::{Concerned, people_of, times_taken};
pub use helped::helped_by;
pub use on::{On, live_now};
pub use rooms::{of_room, of_teacher, rooms};

use crate::limits::{LESSON_LENGTH_MAX, LESSONS_MAX};
use crate::{Conn, StoreError};
use preau_base::{GroupId, Instant, LessonId, PersonId, SchoolId};
use preau_school::LessonFacts;
use preau_school::calendar::Half;
use preau_school::timetable::LessonMode;
use sqlx::types::Uuid;

/// A lesson as lists show it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Lesson {
    #[sqlx(try_from = "Uuid")]
    pub id: LessonId,
    #[sqlx(try_from = "Uuid")]
    pub school_id: SchoolId,
    pub subject_name: String,
    pub room: String,
    #[sqlx(try_from = "i64")]
    pub starts_at: Instant,
    #[sqlx(try_from = "i64")]
    pub ends_at: Instant,
    pub cancelled_at: Option<i64>,
    pub closed_at: Option<i64>,
    /// When somebody has last changed it by hand.
    pub changed_at: Option<i64>,
    /// What it was before the first change by hand.
    pub was_starts_at: Option<i64>,
    pub was_ends_at: Option<i64>,
    pub was_room: Option<String>,
    pub was_teachers: Option<String>,
    /// What those concerned are told with a change.
    pub note: String,
    mode: String,
    on_site_half: Option<i64>,
    /// The calendar has no school for any of its groups on its day.
    pub no_school: bool,
    /// Until when its teacher has prolonged it while it was on.
    pub prolonged_until: Option<i64>,
    pub series_id: Option<Uuid>,
    /// How often it was changed (RFC 5545 §3.8.7.4).
    pub sequence: i64,
    /// When it was last changed, by hand or by a publication; its making, if never.
    #[sqlx(try_from = "i64")]
    pub updated_at: Instant,
    /// Names of the classes and groups, joined by commas.
    pub groups: String,
    /// Titles and family names of the teachers, joined by commas.
    pub teachers: String,
}

impl Lesson {
    pub fn is_on(&self, now: Instant) -> bool {
        self.is_open() && self.starts_at <= now && now < self.ends_at
    }

    /// Neither cancelled nor closed.
    pub const fn is_open(&self) -> bool {
        self.cancelled_at.is_none() && self.closed_at.is_none()
    }

    /// Where it takes place; `None` where no calendar has said it, which is as at a distance.
    pub fn mode(&self) -> Option<LessonMode> {
        LessonMode::read(&self.mode, self.on_site_half)
    }

    /// Whether there is a live class to join, for somebody of this half of its group.
    pub fn is_live_for(&self, half: Option<Half>) -> bool {
        self.mode().is_none_or(|mode| mode.is_live_for(half))
    }

    fn facts(&self, groups: Vec<GroupId>, teachers: Vec<PersonId>) -> LessonFacts {
        LessonFacts {
            id: self.id,
            school: self.school_id,
            groups,
            teachers,
            starts_at: self.starts_at,
            ends_at: self.ends_at.max(self.prolonged_until.map_or(self.ends_at, Instant::from)),
            cancelled: self.cancelled_at.is_some(),
            closed: self.closed_at.is_some(),
            no_school: self.no_school,
        }
    }

    /// The times it had before, if they were others.
    pub fn moved_from(&self) -> Option<(Instant, Instant)> {
        let was = (Instant::from(self.was_starts_at?), Instant::from(self.was_ends_at?));
        (was != (self.starts_at, self.ends_at)).then_some(was)
    }

    /// The room it had before, if it was another.
    pub fn room_was(&self) -> Option<&str> {
        self.was_room.as_deref().filter(|was| *was != self.room)
    }

    /// The teachers it had before, if they were others.
    pub fn teachers_were(&self) -> Option<&str> {
        self.was_teachers.as_deref().filter(|was| *was != self.teachers)
    }
}

#[derive(Clone, Debug)]
pub struct NewLesson<'a> {
    pub id: LessonId,
    pub school: SchoolId,
    pub subject_name: &'a str,
    pub room: &'a str,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub groups: &'a [GroupId],
    pub teachers: &'a [PersonId],
    pub created_by: Option<PersonId>,
    pub source: &'a str,
}

pub async fn create(conn: &mut Conn, lesson: &NewLesson<'_>, now: Instant) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO lesson (id, school_id, subject_name, room, starts_at, ends_at, created_by, source, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
        lesson.id.uuid(),
        lesson.school.uuid(),
        lesson.subject_name,
        lesson.room,
        lesson.starts_at.as_millis(),
        lesson.ends_at.as_millis(),
        lesson.created_by.map(PersonId::uuid),
        lesson.source,
        now.as_millis()
    )?;
    for group in lesson.groups {
        add_group(conn, lesson.id, *group).await?;
    }
    for teacher in lesson.teachers {
        add_teacher(conn, lesson.id, *teacher).await?;
    }
    Ok(())
}

pub(crate) async fn add_group(conn: &mut Conn, lesson: LessonId, group: GroupId) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO lesson_group (lesson_id, group_id, starts_at) SELECT id, $2, starts_at FROM lesson WHERE id = $1 \
         ON CONFLICT (lesson_id, group_id) DO NOTHING",
        lesson.uuid(),
        group.uuid()
    )?;
    Ok(())
}

pub(crate) async fn add_teacher(conn: &mut Conn, lesson: LessonId, teacher: PersonId) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO lesson_teacher (lesson_id, person_id, starts_at) SELECT id, $2, starts_at FROM lesson WHERE id = $1 \
         ON CONFLICT (lesson_id, person_id) DO NOTHING",
        lesson.uuid(),
        teacher.uuid()
    )?;
    Ok(())
}

/// The teacher has closed the class for all; it does not open again.
pub async fn close(conn: &mut Conn, id: LessonId, now: Instant) -> Result<(), StoreError> {
    execute!(conn, "UPDATE lesson SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL", id.uuid(), now.as_millis())?;
    Ok(())
}

/// Its teacher has prolonged it while it is on: it may be entered until after `until`. The timetable stays as it is.
pub async fn prolong(conn: &mut Conn, id: LessonId, until: Instant) -> Result<(), StoreError> {
    execute!(conn, "UPDATE lesson SET prolonged_until = $2 WHERE id = $1", id.uuid(), until.as_millis())?;
    Ok(())
}

pub async fn by_id(conn: &mut Conn, id: LessonId) -> Result<Option<Lesson>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Lesson,
        "SELECT l.id, l.school_id, l.subject_name, l.room, l.starts_at, l.ends_at, l.cancelled_at, l.closed_at, \
         l.changed_at, l.was_starts_at, l.was_ends_at, l.was_room, l.was_teachers, l.note, l.mode, l.on_site_half, l.no_school, l.prolonged_until, \
         l.series_id, l.sequence, l.updated_at, \
         COALESCE((SELECT string_agg(g.name, ', ' ORDER BY g.name) FROM lesson_group lg JOIN school_group g ON g.id = lg.group_id \
           WHERE lg.lesson_id = l.id), '') AS groups, \
         COALESCE((SELECT string_agg(trim(p.title || ' ' || p.family_name), ', ' ORDER BY p.family_name, p.id) FROM lesson_teacher lt \
           JOIN person p ON p.id = lt.person_id WHERE lt.lesson_id = l.id), '') AS teachers \
         FROM lesson l WHERE l.id = $1",
        id.uuid()
    )?)
}

#[derive(sqlx::FromRow)]
struct GroupRow {
    #[sqlx(try_from = "Uuid")]
    group_id: GroupId,
}

#[derive(sqlx::FromRow)]
struct TeacherRow {
    #[sqlx(try_from = "Uuid")]
    person_id: PersonId,
}

/// The facts that rights to a lesson are made of.
pub async fn facts(conn: &mut Conn, id: LessonId) -> Result<Option<LessonFacts>, StoreError> {
    let Some(lesson) = by_id(conn, id).await? else {
        return Ok(None);
    };
    let groups = fetch_all!(conn, GroupRow, "SELECT group_id FROM lesson_group WHERE lesson_id = $1", id.uuid())?;
    let teachers =
        fetch_all!(conn, TeacherRow, "SELECT person_id FROM lesson_teacher WHERE lesson_id = $1", id.uuid())?;
    let groups = groups.into_iter().map(|row| row.group_id).collect();
    Ok(Some(lesson.facts(groups, teachers.into_iter().map(|row| row.person_id).collect())))
}

#[derive(sqlx::FromRow)]
struct Named {
    #[sqlx(try_from = "Uuid")]
    lesson_id: LessonId,
    id: Uuid,
    /// Otherwise it is a teacher's.
    is_group: bool,
}

/// The [`facts`] of lessons of one person, as [`of_person`] gives them: in the same order.
pub async fn facts_of(conn: &mut Conn, person: PersonId, lessons: &[Lesson]) -> Result<Vec<LessonFacts>, StoreError> {
    let Some(from) = lessons.iter().map(|lesson| lesson.starts_at).min() else { return Ok(Vec::new()) };
    let to = lessons.iter().map(|lesson| lesson.starts_at).max().unwrap_or(from);
    let rows = fetch_all!(
        conn,
        Named,
        "WITH mine AS (SELECT lg.lesson_id FROM membership m CROSS JOIN lesson_group lg WHERE m.person_id = $1 \
             AND m.role = 'pupil' AND lg.group_id = m.group_id AND lg.starts_at >= $2 AND lg.starts_at <= $3 \
           UNION SELECT lt.lesson_id FROM lesson_teacher lt \
             WHERE lt.person_id = $1 AND lt.starts_at >= $2 AND lt.starts_at <= $3) \
         SELECT x.lesson_id, x.group_id AS id, true AS is_group FROM mine CROSS JOIN lesson_group x \
           WHERE x.lesson_id = mine.lesson_id \
         UNION ALL SELECT y.lesson_id, y.person_id, false FROM mine CROSS JOIN lesson_teacher y \
           WHERE y.lesson_id = mine.lesson_id",
        person.uuid(),
        from.as_millis(),
        to.as_millis()
    )?;
    let of = |is_group: bool, id: LessonId| {
        rows.iter().filter(move |row| row.is_group == is_group && row.lesson_id == id).map(|row| row.id)
    };
    let facts = |lesson: &Lesson| {
        let groups = of(true, lesson.id).map(GroupId::from_uuid).collect();
        lesson.facts(groups, of(false, lesson.id).map(PersonId::from_uuid).collect())
    };
    Ok(lessons.iter().map(facts).collect())
}

/// The lessons that a person has as a pupil or a teacher and that touch `from..to`, in order of time.
pub async fn of_person(
    conn: &mut Conn,
    person: PersonId,
    from: Instant,
    to: Instant,
) -> Result<Vec<Lesson>, StoreError> {
    Ok(fetch_all!(
        conn,
        Lesson,
        "SELECT l.id, l.school_id, l.subject_name, l.room, l.starts_at, l.ends_at, l.cancelled_at, l.closed_at, \
         l.changed_at, l.was_starts_at, l.was_ends_at, l.was_room, l.was_teachers, l.note, l.mode, l.on_site_half, l.no_school, l.prolonged_until, \
         l.series_id, l.sequence, l.updated_at, \
         COALESCE((SELECT string_agg(g.name, ', ' ORDER BY g.name) FROM lesson_group lg JOIN school_group g ON g.id = lg.group_id \
           WHERE lg.lesson_id = l.id), '') AS groups, \
         COALESCE((SELECT string_agg(trim(p.title || ' ' || p.family_name), ', ' ORDER BY p.family_name, p.id) FROM lesson_teacher lt \
           JOIN person p ON p.id = lt.person_id WHERE lt.lesson_id = l.id), '') AS teachers \
         FROM lesson l WHERE l.ends_at > $2 AND l.id IN ( \
           SELECT lg.lesson_id FROM membership m JOIN lesson_group lg ON lg.group_id = m.group_id \
             AND lg.starts_at > $5 AND lg.starts_at < $3 WHERE m.person_id = $1 AND m.role = 'pupil' \
           UNION SELECT lt.lesson_id FROM lesson_teacher lt \
             WHERE lt.person_id = $1 AND lt.starts_at > $5 AND lt.starts_at < $3) \
         ORDER BY l.starts_at, l.id LIMIT CAST($4 AS BIGINT)",
        person.uuid(),
        from.as_millis(),
        to.as_millis(),
        LESSONS_MAX,
        from.minus(LESSON_LENGTH_MAX).as_millis()
    )?)
}

/// The lessons of a whole school that touch `from..to`, in order of time; of one group if given.
pub async fn of_school(
    conn: &mut Conn,
    school: SchoolId,
    group: Option<GroupId>,
    from: Instant,
    to: Instant,
) -> Result<Vec<Lesson>, StoreError> {
    Ok(fetch_all!(
        conn,
        Lesson,
        "SELECT l.id, l.school_id, l.subject_name, l.room, l.starts_at, l.ends_at, l.cancelled_at, l.closed_at, \
         l.changed_at, l.was_starts_at, l.was_ends_at, l.was_room, l.was_teachers, l.note, l.mode, l.on_site_half, l.no_school, l.prolonged_until, \
         l.series_id, l.sequence, l.updated_at, \
         COALESCE((SELECT string_agg(g.name, ', ' ORDER BY g.name) FROM lesson_group lg JOIN school_group g ON g.id = lg.group_id \
           WHERE lg.lesson_id = l.id), '') AS groups, \
         COALESCE((SELECT string_agg(trim(p.title || ' ' || p.family_name), ', ' ORDER BY p.family_name, p.id) FROM lesson_teacher lt \
           JOIN person p ON p.id = lt.person_id WHERE lt.lesson_id = l.id), '') AS teachers \
         FROM lesson l WHERE l.school_id = $1 AND l.starts_at > $7 AND l.starts_at < $3 AND l.ends_at > $2 \
         AND ($4 OR EXISTS (SELECT 1 FROM lesson_group lg WHERE lg.lesson_id = l.id AND lg.group_id = $5)) \
         ORDER BY l.starts_at, l.id LIMIT CAST($6 AS BIGINT)",
        school.uuid(),
        from.as_millis(),
        to.as_millis(),
        group.is_none(),
        group.map(GroupId::uuid),
        LESSONS_MAX,
        from.minus(LESSON_LENGTH_MAX).as_millis()
    )?)
}

/// How many lessons of a school touch `from..to`, cancelled ones too.
pub async fn count(conn: &mut Conn, school: SchoolId, from: Instant, to: Instant) -> Result<i64, StoreError> {
    Ok(fetch_number!(
        conn,
        "SELECT count(*) FROM lesson WHERE school_id = $1 AND starts_at > $4 AND starts_at < $3 AND ends_at > $2",
        school.uuid(),
        from.as_millis(),
        to.as_millis(),
        from.minus(LESSON_LENGTH_MAX).as_millis()
    )?)
}
