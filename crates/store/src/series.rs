//! Lessons that come back, and their publication as lessons.

mod feed;
mod late;
mod modes;
mod publish;

pub use feed::{Feed, FeedReport, Members, apply};
pub use modes::remode;
pub use publish::{Report, publish, republish};

use crate::limits::SERIES_MAX;
use crate::{Conn, StoreError};
use jiff::civil::{Date, Time, Weekday};
use preau_base::{GroupId, Instant, PersonId, SchoolId, SeriesId};
use preau_school::calendar::Letter;
use preau_school::timetable::{Claim, Recurrence};
use sqlx::types::Uuid;
use std::collections::HashMap;

/// A series as it is made or changed.
#[derive(Clone, Debug)]
pub struct NewSeries<'a> {
    pub id: SeriesId,
    pub school: SchoolId,
    pub subject_name: &'a str,
    pub room: &'a str,
    pub recurrence: Recurrence,
    pub groups: &'a [GroupId],
    pub teachers: &'a [PersonId],
    pub by: Option<PersonId>,
    /// `hand`, or the feed it comes from.
    pub source: &'a str,
    /// The feed's own key; empty by hand.
    pub external_id: &'a str,
}

/// A series with whom and what it takes.
#[derive(Clone, Debug)]
pub struct Series {
    pub id: SeriesId,
    pub school: SchoolId,
    pub subject_name: String,
    pub recurrence: Recurrence,
    pub claim: Claim,
    /// Counts the changes; a save names the one it began from.
    pub version: i64,
    /// It was changed, or removed, since its lessons were published.
    pub unpublished: bool,
    pub removed: bool,
    pub source: String,
    pub external_id: String,
    /// Names of groups and teachers, joined by commas.
    pub groups: String,
    pub teachers: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: SeriesId,
    #[sqlx(try_from = "Uuid")]
    school_id: SchoolId,
    subject_name: String,
    room: String,
    weekday: i64,
    starts_min: i64,
    ends_min: i64,
    weeks: String,
    from_day: String,
    to_day: String,
    version: i64,
    published_version: i64,
    removed_at: Option<i64>,
    source: String,
    external_id: String,
}

/// That a series takes a group, or a teacher.
#[derive(sqlx::FromRow)]
struct Taken {
    #[sqlx(try_from = "Uuid")]
    series_id: SeriesId,
    what: Uuid,
}

#[derive(sqlx::FromRow)]
struct Named {
    id: Uuid,
    name: String,
}

fn minutes(time: Time) -> i64 {
    i64::from(time.hour()) * 60 + i64::from(time.minute())
}

fn time(minutes: i64) -> Option<Time> {
    Time::new(i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?, 0, 0).ok()
}

impl Row {
    fn recurrence(&self) -> Result<Recurrence, StoreError> {
        let read = || {
            Some(Recurrence {
                weekday: Weekday::from_monday_one_offset(i8::try_from(self.weekday).ok()?).ok()?,
                start: time(self.starts_min)?,
                end: time(self.ends_min)?,
                weeks: self.weeks.parse::<Letter>().ok(),
                from: self.from_day.parse::<Date>().ok()?,
                to: self.to_day.parse::<Date>().ok()?,
            })
        };
        read().ok_or_else(|| sqlx::Error::Decode(format!("series {}: not a recurrence", self.id).into()).into())
    }
}

/// Makes a series. Its lessons come with the next publication.
pub async fn create(conn: &mut Conn, series: &NewSeries<'_>, now: Instant) -> Result<(), StoreError> {
    let when = &series.recurrence;
    execute!(
        conn,
        "INSERT INTO series (id, school_id, subject_name, room, weekday, starts_min, ends_min, weeks, from_day, to_day, \
         version, source, external_id, changed_at, changed_by, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $12, $13, $14, $13)",
        series.id.uuid(),
        series.school.uuid(),
        series.subject_name,
        series.room,
        i64::from(when.weekday.to_monday_one_offset()),
        minutes(when.start),
        minutes(when.end),
        when.weeks.map_or("", Letter::as_str),
        when.from.to_string(),
        when.to.to_string(),
        series.source,
        series.external_id,
        now.as_millis(),
        series.by.map(PersonId::uuid)
    )?;
    put_people(conn, series).await
}

async fn put_people(conn: &mut Conn, series: &NewSeries<'_>) -> Result<(), StoreError> {
    for group in series.groups {
        execute!(
            conn,
            "INSERT INTO series_group (series_id, group_id) VALUES ($1, $2) ON CONFLICT (series_id, group_id) DO NOTHING",
            series.id.uuid(),
            group.uuid()
        )?;
    }
    for teacher in series.teachers {
        execute!(
            conn,
            "INSERT INTO series_teacher (series_id, person_id) VALUES ($1, $2) \
             ON CONFLICT (series_id, person_id) DO NOTHING",
            series.id.uuid(),
            teacher.uuid()
        )?;
    }
    Ok(())
}

/// Changes a series. `false`, and nothing changes, when somebody else has changed it since `version`, or it was removed.
pub async fn change(conn: &mut Conn, series: &NewSeries<'_>, version: i64, now: Instant) -> Result<bool, StoreError> {
    let when = &series.recurrence;
    let changed = execute!(
        conn,
        "UPDATE series SET subject_name = $2, room = $3, weekday = $4, starts_min = $5, ends_min = $6, weeks = $7, \
         from_day = $8, to_day = $9, version = version + 1, changed_at = $10, changed_by = $11 \
         WHERE id = $1 AND version = $12 AND removed_at IS NULL",
        series.id.uuid(),
        series.subject_name,
        series.room,
        i64::from(when.weekday.to_monday_one_offset()),
        minutes(when.start),
        minutes(when.end),
        when.weeks.map_or("", Letter::as_str),
        when.from.to_string(),
        when.to.to_string(),
        now.as_millis(),
        series.by.map(PersonId::uuid),
        version
    )?;
    if changed == 0 {
        return Ok(false);
    }
    execute!(conn, "DELETE FROM series_group WHERE series_id = $1", series.id.uuid())?;
    execute!(conn, "DELETE FROM series_teacher WHERE series_id = $1", series.id.uuid())?;
    put_people(conn, series).await?;
    Ok(true)
}

/// Removes a series: the next publication withdraws its lessons to come.
pub async fn remove(conn: &mut Conn, id: SeriesId, by: Option<PersonId>, now: Instant) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE series SET removed_at = $2, version = version + 1, changed_at = $2, changed_by = $3 \
         WHERE id = $1 AND removed_at IS NULL",
        id.uuid(),
        now.as_millis(),
        by.map(PersonId::uuid)
    )?;
    Ok(())
}

/// The series of a school, in order of the week: those that are not removed, and those whose removal is not published.
/// Five statements; at most [`SERIES_MAX`].
pub async fn of_school(conn: &mut Conn, school: SchoolId) -> Result<Vec<Series>, StoreError> {
    let mut rows = fetch_all!(
        conn,
        Row,
        "SELECT id, school_id, subject_name, room, weekday, starts_min, ends_min, weeks, from_day, to_day, version, \
         published_version, removed_at, source, external_id FROM series \
         WHERE school_id = $1 AND (removed_at IS NULL OR version <> published_version) LIMIT CAST($2 AS BIGINT)",
        school.uuid(),
        SERIES_MAX
    )?;
    // Here, because SQLite sorts whole rows.
    rows.sort_by(|one, other| {
        let of = |row: &Row| (row.weekday, row.starts_min);
        of(one).cmp(&of(other)).then_with(|| (&one.subject_name, one.id).cmp(&(&other.subject_name, other.id)))
    });
    let groups = fetch_all!(
        conn,
        Taken,
        "SELECT sg.series_id, sg.group_id AS what FROM series s JOIN series_group sg ON sg.series_id = s.id \
         WHERE s.school_id = $1",
        school.uuid()
    )?;
    let teachers = fetch_all!(
        conn,
        Taken,
        "SELECT st.series_id, st.person_id AS what FROM series s JOIN series_teacher st ON st.series_id = s.id \
         WHERE s.school_id = $1",
        school.uuid()
    )?;
    // Each is named once: there are some fifty classes for fifteen hundred series.
    let group_names = fetch_all!(
        conn,
        Named,
        "SELECT g.id, g.name FROM school_group g WHERE g.id IN (SELECT sg.group_id FROM series s \
         JOIN series_group sg ON sg.series_id = s.id WHERE s.school_id = $1) ORDER BY g.name, g.id",
        school.uuid()
    )?;
    let teacher_names = fetch_all!(
        conn,
        Named,
        "SELECT p.id, trim(p.title || ' ' || p.family_name) AS name FROM person p WHERE p.id IN (SELECT st.person_id \
         FROM series s JOIN series_teacher st ON st.series_id = s.id WHERE s.school_id = $1) ORDER BY p.family_name, p.id",
        school.uuid()
    )?;
    assemble(rows, &Takes::new(groups, group_names), &Takes::new(teachers, teacher_names))
}

/// A series that is not removed.
pub async fn by_id(conn: &mut Conn, id: SeriesId) -> Result<Option<Series>, StoreError> {
    let row = fetch_optional!(
        conn,
        Row,
        "SELECT id, school_id, subject_name, room, weekday, starts_min, ends_min, weeks, from_day, to_day, version, \
         published_version, removed_at, source, external_id FROM series WHERE id = $1 AND removed_at IS NULL",
        id.uuid()
    )?;
    let groups = fetch_all!(
        conn,
        Named,
        "SELECT g.id, g.name FROM series_group sg JOIN school_group g ON g.id = sg.group_id \
         WHERE sg.series_id = $1 ORDER BY g.name, g.id",
        id.uuid()
    )?;
    let teachers = fetch_all!(
        conn,
        Named,
        "SELECT p.id, trim(p.title || ' ' || p.family_name) AS name FROM series_teacher st \
         JOIN person p ON p.id = st.person_id WHERE st.series_id = $1 ORDER BY p.family_name, p.id",
        id.uuid()
    )?;
    let all = |named: &[Named]| named.iter().map(|it| Taken { series_id: id, what: it.id }).collect();
    let (of_groups, of_teachers) = (all(&groups), all(&teachers));
    Ok(assemble(row.into_iter().collect(), &Takes::new(of_groups, groups), &Takes::new(of_teachers, teachers))?.pop())
}

/// Whether something of a school's series was changed since its lessons were published.
pub async fn is_unpublished(conn: &mut Conn, school: SchoolId) -> Result<bool, StoreError> {
    let found = fetch_number!(
        conn,
        "SELECT count(*) FROM (SELECT 1 FROM series WHERE school_id = $1 AND version <> published_version LIMIT 1) AS found",
        school.uuid()
    )?;
    Ok(found > 0)
}

/// What each series takes, in the order of the names.
struct Takes {
    of: HashMap<SeriesId, Vec<usize>>,
    named: Vec<Named>,
}

impl Takes {
    fn new(taken: Vec<Taken>, named: Vec<Named>) -> Self {
        let places: HashMap<Uuid, usize> = named.iter().enumerate().map(|(place, one)| (one.id, place)).collect();
        let mut of: HashMap<SeriesId, Vec<usize>> = HashMap::new();
        for one in taken {
            of.entry(one.series_id).or_default().extend(places.get(&one.what));
        }
        of.values_mut().for_each(|places| places.sort_unstable());
        Self { of, named }
    }

    fn of(&self, series: SeriesId) -> impl Iterator<Item = &Named> {
        self.of.get(&series).into_iter().flatten().filter_map(|place| self.named.get(*place))
    }

    /// Joined by commas.
    fn names(&self, series: SeriesId) -> String {
        self.of(series).map(|it| it.name.as_str()).collect::<Vec<_>>().join(", ")
    }
}

fn assemble(rows: Vec<Row>, groups: &Takes, teachers: &Takes) -> Result<Vec<Series>, StoreError> {
    let one = |row: Row| {
        Ok(Series {
            recurrence: row.recurrence()?,
            id: row.id,
            school: row.school_id,
            subject_name: row.subject_name,
            claim: Claim {
                teachers: teachers.of(row.id).map(|it| PersonId::from_uuid(it.id)).collect(),
                groups: groups.of(row.id).map(|it| GroupId::from_uuid(it.id)).collect(),
                room: row.room,
            },
            version: row.version,
            unpublished: row.version != row.published_version,
            removed: row.removed_at.is_some(),
            source: row.source,
            external_id: row.external_id,
            groups: groups.names(row.id),
            teachers: teachers.names(row.id),
        })
    };
    rows.into_iter().map(one).collect()
}
