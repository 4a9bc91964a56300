use crate::many::{self, Value};
use crate::series::Series;
use crate::{Conn, StoreError};
use preau_base::{Instant, LessonId, Rng};
use preau_school::timetable::Planned;
use sqlx::types::Uuid;

/// Lessons that go to the database at once.
const AT_ONCE: usize = 1_000;

/// A lesson that is new, or that is as its series is now, at the same hour.
const LESSON: &str = "INSERT INTO lesson (id, school_id, subject_name, room, starts_at, ends_at, source, created_at, series_id, series_day, mode, \
     on_site_half, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
     ON CONFLICT (id) DO UPDATE SET ends_at = excluded.ends_at, subject_name = excluded.subject_name, \
     room = excluded.room, mode = excluded.mode, on_site_half = excluded.on_site_half, \
     sequence = lesson.sequence + 1, updated_at = excluded.updated_at";
/// The same of one at another hour. People of a lesson are stored by its start as well, so whoever changes it locks the
/// lesson against all who write something that hangs on it: only where it moves.
const LESSON_MOVED: &str = "INSERT INTO lesson (id, school_id, subject_name, room, starts_at, ends_at, source, created_at, series_id, series_day, mode, \
     on_site_half, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
     ON CONFLICT (id) DO UPDATE SET starts_at = excluded.starts_at, ends_at = excluded.ends_at, subject_name = excluded.subject_name, \
     room = excluded.room, mode = excluded.mode, on_site_half = excluded.on_site_half, \
     sequence = lesson.sequence + 1, updated_at = excluded.updated_at";

/// What a publication adds, changes and withdraws, put into the database by the hundred: one by one, a large school would
/// keep the database's one writer for seconds.
#[derive(Default)]
pub(super) struct Written {
    withdrawn: Vec<Uuid>,
    /// Those of them that have other people.
    regrouped: Vec<Uuid>,
    lessons: Vec<[Value; 13]>,
    /// Those of them that are there already, at another hour.
    moved: Vec<[Value; 13]>,
    groups: Vec<[Value; 3]>,
    teachers: Vec<[Value; 3]>,
}

impl Written {
    pub fn add(&mut self, series: &Series, planned: &Planned, now: Instant, rng: &mut dyn Rng) {
        let id = LessonId::new(now, rng).uuid();
        self.lessons.push(Self::lesson(series, id, planned, now));
        self.put_people(series, id, planned);
    }

    /// The lesson is as its series is now.
    pub fn refresh(&mut self, series: &Series, id: LessonId, planned: &Planned, (moves, now): (bool, Instant)) {
        let lesson = Self::lesson(series, id.uuid(), planned, now);
        if moves {
            self.moved.push(lesson)
        } else {
            self.lessons.push(lesson)
        }
        if series.unpublished {
            self.regrouped.push(id.uuid());
            self.put_people(series, id.uuid(), planned);
        }
    }

    pub fn withdraw(&mut self, id: LessonId) {
        self.withdrawn.push(id.uuid());
    }

    fn lesson(series: &Series, id: Uuid, planned: &Planned, now: Instant) -> [Value; 13] {
        [
            id.into(),
            series.school.uuid().into(),
            series.subject_name.clone().into(),
            series.claim.room.clone().into(),
            planned.starts_at.as_millis().into(),
            planned.ends_at.as_millis().into(),
            series.source.clone().into(),
            now.as_millis().into(),
            series.id.uuid().into(),
            planned.day.to_string().into(),
            planned.mode.as_str().into(),
            planned.mode.half().into(),
            now.as_millis().into(),
        ]
    }

    fn put_people(&mut self, series: &Series, id: Uuid, planned: &Planned) {
        let starts_at = planned.starts_at.as_millis();
        self.groups.extend(series.claim.groups.iter().map(|it| [id.into(), it.uuid().into(), starts_at.into()]));
        self.teachers.extend(series.claim.teachers.iter().map(|it| [id.into(), it.uuid().into(), starts_at.into()]));
    }

    /// Only between two series: what one withdraws makes room for what it adds.
    pub async fn flush_if_full(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        if self.lessons.len() + self.moved.len() + self.withdrawn.len() < AT_ONCE {
            Ok(())
        } else {
            self.flush(conn).await
        }
    }

    /// Writes all of it.
    pub async fn flush(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        let Self { withdrawn, regrouped, lessons, moved, groups, teachers } = std::mem::take(self);
        let parted: Vec<Uuid> = withdrawn.iter().chain(&regrouped).copied().collect();
        many::among(conn, "DELETE FROM lesson_group WHERE lesson_id IN ($1)", &[], &parted).await?;
        many::among(conn, "DELETE FROM lesson_teacher WHERE lesson_id IN ($1)", &[], &parted).await?;
        many::among(conn, "DELETE FROM lesson WHERE id IN ($1)", &[], &withdrawn).await?;
        many::insert(conn, LESSON, &lessons).await?;
        many::insert(conn, LESSON_MOVED, &moved).await?;
        many::insert(conn, "INSERT INTO lesson_group (lesson_id, group_id, starts_at) VALUES ($1, $2, $3)", &groups)
            .await?;
        many::insert(
            conn,
            "INSERT INTO lesson_teacher (lesson_id, person_id, starts_at) VALUES ($1, $2, $3)",
            &teachers,
        )
        .await
    }
}
