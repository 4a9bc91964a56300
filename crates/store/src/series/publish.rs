mod written;

use super::Series;
use super::modes::{self, Days};
use crate::limits::{LESSON_LENGTH_MAX, PUBLISHED_MAX};
use crate::{Conn, StoreError, calendars, many};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use preau_base::{GroupId, Instant, LessonId, Rng, SchoolId, SeriesId};
use preau_school::calendar::{Calendar, Grade};
use preau_school::timetable::{Existing, Kept, LessonMode, Planned, Recurrence, Step, expand, publication};
use sqlx::types::Uuid;
use std::collections::{BTreeMap, HashMap};
use written::Written;

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
    /// Of those alone that would be changed ([`ask_of_changing`]).
    #[sqlx(skip)]
    used: bool,
    #[sqlx(skip)]
    prepared: bool,
}

impl Row {
    fn existing(&self) -> Option<Existing> {
        Some(Existing {
            id: self.id,
            day: self.series_day.parse().ok()?,
            starts_at: self.starts_at,
            by_hand: self.by_hand,
            used: self.used,
            prepared: self.prepared,
        })
    }

    fn is_same(&self, series: &Series, planned: &Planned) -> bool {
        self.subject_name == series.subject_name
            && self.room == series.claim.room
            && (self.starts_at, self.ends_at) == (planned.starts_at, planned.ends_at)
            && LessonMode::read(&self.mode, self.on_site_half) == Some(planned.mode)
    }
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
    let days = Days { calendar: &calendar, zone, grades: &grades };
    let all = super::of_school(conn, school).await?;
    let today = days.day_of(from).unwrap_or_default();
    let wanted = wanted(conn, school, &all, (&days, today)).await?;
    let mut existing = existing(conn, school, from, today).await?;
    ask_of_changing(conn, all.iter().zip(&wanted), &mut existing, from).await?;
    let (mut report, mut written, mut kept) = (Report::default(), Written::default(), Vec::new());
    for (series, wanted) in all.iter().zip(&wanted) {
        let rows = existing.remove(&series.id).unwrap_or_default();
        plan(series, &rows, wanted, from, &mut |step| match step {
            Step::Add(planned) => {
                written.add(series, &planned, now, rng);
                report.added += 1;
            }
            Step::Refresh(id, planned) => {
                let moves = rows.iter().any(|row| row.id == id && row.starts_at != planned.starts_at);
                written.refresh(series, id, &planned, (moves, now));
                report.changed += 1;
            }
            Step::Withdraw(id) => {
                written.withdraw(id);
                report.withdrawn += 1;
            }
            Step::Keep(_, Kept::ByHand) => report.kept_by_hand += 1,
            Step::Keep(id, Kept::Used) => {
                kept.push(id.uuid());
                report.kept_used += 1;
            }
            Step::Keep(_, Kept::Begun) => {}
        });
        if before.is_some_and(|before| was_closed(series, before, &grades, today)) {
            for planned in begun_without(&rows, wanted, (today, from)) {
                written.add(series, planned, now, rng);
                report.added += 1;
            }
        }
        written.flush_if_full(conn).await?;
    }
    written.flush(conn).await?;
    execute!(
        conn,
        "UPDATE series SET published_version = version, published_at = $2 \
         WHERE school_id = $1 AND published_version <> version",
        school.uuid(),
        now.as_millis()
    )?;
    // What is left stands for series that are gone.
    kept.extend(existing.values().flatten().map(|row| row.id.uuid()));
    report.stranded = modes::remode_kept(conn, school, &days, (from, now), &kept).await?;
    Ok(report)
}

/// The lessons of each of these series from a day on, as the calendar is now.
async fn wanted(
    conn: &mut Conn,
    school: SchoolId,
    all: &[Series],
    (days, from): (&Days<'_>, Date),
) -> Result<Vec<Vec<Planned>>, StoreError> {
    let named = super::feed::days(conn, school).await?;
    let mut found = 0;
    let mut wanted = Vec::with_capacity(all.len());
    for series in all {
        let groups = &series.claim.groups;
        let of: Vec<Option<Grade>> = groups.iter().map(|group| days.grades.get(group).copied().flatten()).collect();
        let coming = Recurrence { from: series.recurrence.from.max(from), ..series.recurrence };
        let mut lessons =
            if series.removed { Vec::new() } else { expand(&coming, &of, days.calendar, days.zone).lessons };
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
/// wherever people have moved them to. Others of the hours before `from` may be among them.
async fn existing(
    conn: &mut Conn,
    school: SchoolId,
    from: Instant,
    day: Date,
) -> Result<BTreeMap<SeriesId, Vec<Row>>, StoreError> {
    // What nobody has moved and stands for today has begun in the last hours.
    let today = from.minus(LESSON_LENGTH_MAX * 2);
    let rows = fetch_all!(
        conn,
        Row,
        "SELECT l.id, l.series_id, COALESCE(l.series_day, '') AS series_day, l.subject_name, l.room, l.starts_at, \
         l.ends_at, l.mode, l.on_site_half, (l.changed_at IS NOT NULL OR l.mode_by_hand) AS by_hand FROM lesson l \
         WHERE l.school_id = $1 AND l.starts_at > $2 AND l.series_id IS NOT NULL \
         UNION ALL \
         SELECT l.id, l.series_id, COALESCE(l.series_day, '') AS series_day, l.subject_name, l.room, l.starts_at, \
         l.ends_at, l.mode, l.on_site_half, true AS by_hand FROM lesson l \
         WHERE l.school_id = $1 AND l.series_day >= $3 AND l.changed_at IS NOT NULL AND l.series_id IS NOT NULL \
         AND l.starts_at <= $2",
        school.uuid(),
        today.as_millis(),
        day.to_string()
    )?;
    let mut by_series: BTreeMap<SeriesId, Vec<Row>> = BTreeMap::new();
    for row in rows {
        by_series.entry(row.series_id).or_default().push(row);
    }
    Ok(by_series)
}

#[derive(sqlx::FromRow)]
struct HangsOn {
    #[sqlx(try_from = "Uuid")]
    id: LessonId,
    used: bool,
    prepared: bool,
}

/// Of the lessons that a publication would change or withdraw, asks whether something hangs on them.
async fn ask_of_changing(
    conn: &mut Conn,
    all: impl Iterator<Item = (&Series, &Vec<Planned>)>,
    existing: &mut BTreeMap<SeriesId, Vec<Row>>,
    from: Instant,
) -> Result<(), StoreError> {
    let mut changing = Vec::new();
    for (series, wanted) in all {
        let rows = existing.get(&series.id).map(Vec::as_slice).unwrap_or_default();
        plan(series, rows, wanted, from, &mut |step| match step {
            Step::Refresh(id, _) | Step::Withdraw(id) => changing.push(id.uuid()),
            Step::Add(_) | Step::Keep(..) => {}
        });
    }
    let found = many::fetch_among::<HangsOn>(
        conn,
        "SELECT l.id, (l.closed_at IS NOT NULL \
           OR EXISTS (SELECT 1 FROM visit v WHERE v.lesson_id = l.id) \
           OR EXISTS (SELECT 1 FROM chat_message c WHERE c.lesson_id = l.id) \
           OR EXISTS (SELECT 1 FROM lesson_removal r WHERE r.lesson_id = l.id) \
           OR EXISTS (SELECT 1 FROM log_entry e WHERE e.lesson_id = l.id) \
           OR EXISTS (SELECT 1 FROM log_note n WHERE n.lesson_id = l.id) \
           OR EXISTS (SELECT 1 FROM homework h WHERE h.lesson_id = l.id) \
           OR EXISTS (SELECT 1 FROM roll a WHERE a.lesson_id = l.id) \
           OR EXISTS (SELECT 1 FROM roll_reminder b WHERE b.lesson_id = l.id)) AS used, \
         (EXISTS (SELECT 1 FROM class_setup s WHERE s.lesson_id = l.id) \
           OR EXISTS (SELECT 1 FROM lesson_guest i WHERE i.lesson_id = l.id) \
           OR EXISTS (SELECT 1 FROM stream_key k WHERE k.lesson_id = l.id) \
           OR EXISTS (SELECT 1 FROM lesson_document d WHERE d.lesson_id = l.id)) AS prepared \
         FROM lesson l WHERE l.id IN ($1)",
        &changing,
    )
    .await?;
    let found: HashMap<LessonId, HangsOn> = found.into_iter().map(|row| (row.id, row)).collect();
    for row in existing.values_mut().flatten() {
        if let Some(hangs) = found.get(&row.id) {
            (row.used, row.prepared) = (hangs.used, hangs.prepared);
        }
    }
    Ok(())
}

/// The steps of a publication for one series, but for lessons that are as it wants them.
fn plan(series: &Series, rows: &[Row], wanted: &[Planned], from: Instant, take: &mut dyn FnMut(Step)) {
    let existing: Vec<Existing> = rows.iter().filter_map(Row::existing).collect();
    for step in publication(&existing, wanted, from) {
        let is_same = match &step {
            Step::Refresh(id, planned) if !series.unpublished => {
                rows.iter().any(|row| row.id == *id && row.is_same(series, planned))
            }
            _ => false,
        };
        if !is_same {
            take(step);
        }
    }
}
