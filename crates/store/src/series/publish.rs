use super::{Series, modes};
use crate::lessons::{add_group, add_teacher};
use crate::limits::PUBLISHED_MAX;
use crate::many::{self, Value};
use crate::{Conn, StoreError, calendars};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use preau_base::{GroupId, Instant, LessonId, Rng, SchoolId, SeriesId};
use preau_school::calendar::{Calendar, Grade};
use preau_school::timetable::{Existing, Kept, LessonMode, Planned, Step, expand, publication};
use sqlx::types::Uuid;
use std::collections::{BTreeMap, HashMap};

/// Lessons that a publication adds at once.
const ADDED_AT_ONCE: usize = 1_000;

/// What a publication did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub added: usize,
    pub changed: usize,
    pub withdrawn: usize,
    /// Left as they are: changed by hand.
    pub kept_by_hand: usize,
    /// Left as they are: people were in them, or something was written about them or prepared for them.
    pub kept_used: usize,
    /// Stand on a day on which there is no school.
    pub stranded: usize,
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(try_from = "Uuid")]
    id: LessonId,
    #[sqlx(try_from = "Uuid")]
    series_id: SeriesId,
    series_day: String,
    subject_name: String,
    room: String,
    #[sqlx(try_from = "i64")]
    starts_at: Instant,
    #[sqlx(try_from = "i64")]
    ends_at: Instant,
    mode: String,
    on_site_half: Option<i64>,
    by_hand: bool,
    used: bool,
    prepared: bool,
}

/// Makes lessons of the series of a school: what begins after `from` is added, changed and withdrawn as the series and the
/// calendar are now, but for what people have changed by hand and what something hangs on.
///
/// # Errors
/// [`StoreError::Limit`] for more than [`PUBLISHED_MAX`] lessons; then nothing was written.
pub async fn publish(
    conn: &mut Conn,
    school: SchoolId,
    zone: &TimeZone,
    times: (Instant, Instant),
    rng: &mut dyn Rng,
) -> Result<Report, StoreError> {
    make(conn, school, zone, times, None, rng).await
}

/// The same after the calendar has changed from what it was `before`. A closure had withdrawn the lessons of its day: where
/// the day of `from` has school again, those whose hour has come meanwhile are there again too.
///
/// # Errors
/// As of [`publish`].
pub async fn republish(
    conn: &mut Conn,
    school: SchoolId,
    zone: &TimeZone,
    times: (Instant, Instant),
    before: &Calendar,
    rng: &mut dyn Rng,
) -> Result<Report, StoreError> {
    make(conn, school, zone, times, Some(before), rng).await
}

async fn make(
    conn: &mut Conn,
    school: SchoolId,
    zone: &TimeZone,
    (from, now): (Instant, Instant),
    before: Option<&Calendar>,
    rng: &mut dyn Rng,
) -> Result<Report, StoreError> {
    let calendar = calendars::of_school(conn, school).await?;
    let grades = grades(conn, school, &calendar).await?;
    let all = super::of_school(conn, school).await?;
    let wanted = wanted(conn, school, &all, (&calendar, &grades), zone).await?;
    let today = day_of(from, zone);
    let mut existing = existing(conn, school, from, today).await?;
    let (mut report, mut added) = (Report::default(), Added::default());
    for (series, wanted) in all.iter().zip(&wanted) {
        let rows = existing.remove(&series.id).unwrap_or_default();
        one_series(conn, series, &rows, wanted, (from, now), &mut report, &mut |planned| {
            added.push(series, planned, now, rng);
        })
        .await?;
        if before.is_some_and(|before| was_closed(series, before, &grades, today)) {
            for planned in begun_without(&rows, wanted, (today, from)) {
                added.push(series, planned, now, rng);
                report.added += 1;
            }
        }
        if added.lessons.len() >= ADDED_AT_ONCE {
            added.write(conn).await?;
        }
    }
    added.write(conn).await?;
    execute!(
        conn,
        "UPDATE series SET published_version = version, published_at = $2 WHERE school_id = $1",
        school.uuid(),
        now.as_millis()
    )?;
    report.stranded = modes::remode(conn, school, &calendar, zone, (from, now)).await?;
    Ok(report)
}

/// The lessons of each of these series, as the calendar is now.
async fn wanted(
    conn: &mut Conn,
    school: SchoolId,
    all: &[Series],
    (calendar, grades): (&Calendar, &HashMap<GroupId, Option<Grade>>),
    zone: &TimeZone,
) -> Result<Vec<Vec<Planned>>, StoreError> {
    let named = super::feed::days(conn, school).await?;
    let mut found = 0;
    let mut wanted = Vec::with_capacity(all.len());
    for series in all {
        let groups = &series.claim.groups;
        let of: Vec<Option<Grade>> = groups.iter().map(|group| grades.get(group).copied().flatten()).collect();
        let mut lessons =
            if series.removed { Vec::new() } else { expand(&series.recurrence, &of, calendar, zone).lessons };
        if let Some(days) = named.get(&series.id) {
            lessons.retain(|planned| days.contains_key(&planned.day));
        }
        found += lessons.len();
        if found > PUBLISHED_MAX {
            return Err(StoreError::Limit { what: "a timetable", found, most: PUBLISHED_MAX });
        }
        wanted.push(lessons);
    }
    Ok(wanted)
}

/// Whether a day had no school for any of the groups of a series.
fn was_closed(series: &Series, before: &Calendar, grades: &HashMap<GroupId, Option<Grade>>, day: Date) -> bool {
    let groups = &series.claim.groups;
    let grade_of = |group: &GroupId| grades.get(group).copied().flatten();
    if groups.is_empty() {
        return !before.has_school(day, None);
    }
    !groups.iter().any(|group| before.has_school(day, grade_of(group)))
}

/// What of a day has begun by `from` and has no lesson, wherever it was moved to.
fn begun_without<'a>(
    rows: &'a [Row],
    wanted: &'a [Planned],
    (day, from): (Date, Instant),
) -> impl Iterator<Item = &'a Planned> {
    let is_there = move |planned: &Planned| {
        let day = planned.day.to_string();
        rows.iter().any(|row| row.series_day == day)
    };
    wanted.iter().filter(move |it| it.day == day && it.starts_at <= from && !is_there(it))
}

/// The day of an instant by the school's clock.
fn day_of(at: Instant, zone: &TimeZone) -> Date {
    jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default().to_zoned(zone.clone()).date()
}

/// The grade of each group.
pub(super) async fn grades(
    conn: &mut Conn,
    school: SchoolId,
    calendar: &Calendar,
) -> Result<HashMap<GroupId, Option<Grade>>, StoreError> {
    let rows = calendars::grades(conn, school, calendar.place.kind).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.grade)).collect())
}

/// The lessons that the series of a school have made and that begin after `from`, or stand for its `day` or a later one,
/// wherever they were moved to.
async fn existing(
    conn: &mut Conn,
    school: SchoolId,
    from: Instant,
    day: Date,
) -> Result<BTreeMap<SeriesId, Vec<Row>>, StoreError> {
    let rows = fetch_all!(
        conn,
        Row,
        "SELECT l.id, l.series_id, COALESCE(l.series_day, '') AS series_day, l.subject_name, l.room, l.starts_at, \
         l.ends_at, l.mode, l.on_site_half, (l.changed_at IS NOT NULL OR l.mode_by_hand) AS by_hand, \
         (l.starts_at > $2 AND (l.closed_at IS NOT NULL \
           OR EXISTS (SELECT 1 FROM visit v WHERE v.lesson_id = l.id) \
           OR EXISTS (SELECT 1 FROM chat_message c WHERE c.lesson_id = l.id) \
           OR EXISTS (SELECT 1 FROM lesson_removal r WHERE r.lesson_id = l.id) \
           OR EXISTS (SELECT 1 FROM log_entry e WHERE e.lesson_id = l.id) \
           OR EXISTS (SELECT 1 FROM log_note n WHERE n.lesson_id = l.id) \
           OR EXISTS (SELECT 1 FROM homework h WHERE h.lesson_id = l.id) \
           OR EXISTS (SELECT 1 FROM roll a WHERE a.lesson_id = l.id) \
           OR EXISTS (SELECT 1 FROM roll_reminder b WHERE b.lesson_id = l.id))) AS used, \
         (l.starts_at > $2 AND (EXISTS (SELECT 1 FROM class_setup s WHERE s.lesson_id = l.id) \
           OR EXISTS (SELECT 1 FROM lesson_guest i WHERE i.lesson_id = l.id) \
           OR EXISTS (SELECT 1 FROM lesson_document d WHERE d.lesson_id = l.id))) AS prepared \
         FROM lesson l WHERE l.school_id = $1 AND l.series_id IS NOT NULL AND (l.starts_at > $2 OR l.series_day >= $3)",
        school.uuid(),
        from.as_millis(),
        day.to_string()
    )?;
    let mut by_series: BTreeMap<SeriesId, Vec<Row>> = BTreeMap::new();
    for row in rows {
        by_series.entry(row.series_id).or_default().push(row);
    }
    Ok(by_series)
}

async fn one_series(
    conn: &mut Conn,
    series: &Series,
    rows: &[Row],
    wanted: &[Planned],
    (from, now): (Instant, Instant),
    report: &mut Report,
    add: &mut (dyn FnMut(&Planned) + Send),
) -> Result<(), StoreError> {
    let read = |row: &Row| {
        let day: Date = row.series_day.parse().ok()?;
        Some(Existing {
            id: row.id,
            day,
            starts_at: row.starts_at,
            by_hand: row.by_hand,
            used: row.used,
            prepared: row.prepared,
        })
    };
    let existing: Vec<Existing> = rows.iter().filter_map(read).collect();
    let by_id: HashMap<LessonId, &Row> = rows.iter().map(|row| (row.id, row)).collect();
    for step in publication(&existing, wanted, from) {
        match step {
            Step::Add(planned) => {
                add(&planned);
                report.added += 1;
            }
            Step::Refresh(id, planned) => {
                let same = by_id.get(&id).is_some_and(|row| is_same(row, series, &planned));
                if !same || series.unpublished {
                    refresh(conn, series, id, &planned, now).await?;
                    report.changed += 1;
                }
            }
            Step::Withdraw(id) => {
                withdraw(conn, id).await?;
                report.withdrawn += 1;
            }
            Step::Keep(_, Kept::ByHand) => report.kept_by_hand += 1,
            Step::Keep(_, Kept::Used) => report.kept_used += 1,
            Step::Keep(_, Kept::Begun) => {}
        }
    }
    Ok(())
}

fn is_same(row: &Row, series: &Series, planned: &Planned) -> bool {
    row.subject_name == series.subject_name
        && row.room == series.claim.room
        && (row.starts_at, row.ends_at) == (planned.starts_at, planned.ends_at)
        && LessonMode::read(&row.mode, row.on_site_half) == Some(planned.mode)
}

/// What a publication adds, put into the database by the hundred: one by one, a large school would keep the database's one
/// writer for seconds.
#[derive(Default)]
struct Added {
    lessons: Vec<[Value; 13]>,
    groups: Vec<[Value; 3]>,
    teachers: Vec<[Value; 3]>,
}

impl Added {
    fn push(&mut self, series: &Series, planned: &Planned, now: Instant, rng: &mut dyn Rng) {
        let id = LessonId::new(now, rng).uuid();
        let starts_at = planned.starts_at.as_millis();
        self.lessons.push([
            id.into(),
            series.school.uuid().into(),
            series.subject_name.clone().into(),
            series.claim.room.clone().into(),
            starts_at.into(),
            planned.ends_at.as_millis().into(),
            series.source.clone().into(),
            now.as_millis().into(),
            series.id.uuid().into(),
            planned.day.to_string().into(),
            planned.mode.as_str().into(),
            planned.mode.half().into(),
            now.as_millis().into(),
        ]);
        self.groups.extend(series.claim.groups.iter().map(|it| [id.into(), it.uuid().into(), starts_at.into()]));
        self.teachers.extend(series.claim.teachers.iter().map(|it| [id.into(), it.uuid().into(), starts_at.into()]));
    }

    /// Writes all of it. Only between two series: what one withdraws makes room for what it adds.
    async fn write(&mut self, conn: &mut Conn) -> Result<(), StoreError> {
        let Self { lessons, groups, teachers } = std::mem::take(self);
        many::insert(
            conn,
            "INSERT INTO lesson (id, school_id, subject_name, room, starts_at, ends_at, source, created_at, series_id, \
             series_day, mode, on_site_half, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            &lessons,
        )
        .await?;
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

async fn refresh(
    conn: &mut Conn,
    series: &Series,
    id: LessonId,
    planned: &Planned,
    now: Instant,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE lesson SET subject_name = $2, room = $3, starts_at = $4, ends_at = $5, mode = $6, on_site_half = $7, \
         sequence = sequence + 1, updated_at = $8 WHERE id = $1",
        id.uuid(),
        series.subject_name.as_str(),
        series.claim.room.as_str(),
        planned.starts_at.as_millis(),
        planned.ends_at.as_millis(),
        planned.mode.as_str(),
        planned.mode.half(),
        now.as_millis()
    )?;
    if !series.unpublished {
        return Ok(());
    }
    execute!(conn, "DELETE FROM lesson_group WHERE lesson_id = $1", id.uuid())?;
    execute!(conn, "DELETE FROM lesson_teacher WHERE lesson_id = $1", id.uuid())?;
    for group in &series.claim.groups {
        add_group(conn, id, *group).await?;
    }
    for teacher in &series.claim.teachers {
        add_teacher(conn, id, *teacher).await?;
    }
    Ok(())
}

async fn withdraw(conn: &mut Conn, id: LessonId) -> Result<(), StoreError> {
    execute!(conn, "DELETE FROM lesson_group WHERE lesson_id = $1", id.uuid())?;
    execute!(conn, "DELETE FROM lesson_teacher WHERE lesson_id = $1", id.uuid())?;
    execute!(conn, "DELETE FROM lesson WHERE id = $1", id.uuid())?;
    Ok(())
}
