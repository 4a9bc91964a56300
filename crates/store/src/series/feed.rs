//! Series that a timetable feed names: matched to the groups and teachers of the school, and brought up to date.

mod members;

pub use members::Members;

use super::{NewSeries, Report, Series, create, of_school, publish, remove};
use crate::limits::FEED_UNKNOWN_LISTED_MAX;
use crate::{Conn, StoreError, groups};
use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use preau_base::{GroupId, Instant, PersonId, Rng, SchoolId, SeriesId};
use preau_school::feed::fold;
use preau_school::feed::timetable::{Group, Recurring, Teacher, Timetable};
use preau_school::timetable::Recurrence;
use sqlx::types::Uuid;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A feed to be applied.
#[derive(Clone, Copy, Debug)]
pub struct Feed<'a> {
    pub school: SchoolId,
    /// `edt`, `udt`, `ics:…`: what this feed does not name any more goes, what another one made stays.
    pub source: &'a str,
    pub timetable: &'a Timetable,
    /// For lessons that name no group.
    pub groups: &'a [GroupId],
    /// For lessons that name no teacher.
    pub teachers: &'a [PersonId],
    pub by: Option<PersonId>,
}

/// What applying a feed did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedReport {
    pub series_added: usize,
    pub series_changed: usize,
    pub series_same: usize,
    pub series_removed: usize,
    /// Lessons of the feed that were left out because no group of theirs is known.
    pub without_group: usize,
    /// Names that no group of the school has; sorted, at most [`FEED_UNKNOWN_LISTED_MAX`].
    pub unknown_groups: Vec<String>,
    /// Names that no teacher of the school has, or several; sorted, at most [`FEED_UNKNOWN_LISTED_MAX`].
    pub unknown_teachers: Vec<String>,
    pub cancelled: usize,
    pub lessons: Report,
    /// Pupils in groups, where the feed tells them.
    pub members: Members,
}

/// Makes the series of a feed what the feed says, and publishes the timetable of the school; puts pupils into the groups in
/// which the feed has them. What people have changed by hand stays. Nothing is told to anybody.
///
/// # Errors
/// [`StoreError::Limit`] as [`publish`]; then nothing should be committed.
pub async fn apply(
    conn: &mut Conn,
    feed: &Feed<'_>,
    zone: &TimeZone,
    now: Instant,
    rng: &mut dyn Rng,
) -> Result<FeedReport, StoreError> {
    let known = Known::read(conn, feed.school).await?;
    let mut report = FeedReport::default();
    let mut before: HashMap<String, Series> = of_school(conn, feed.school)
        .await?
        .into_iter()
        .filter(|series| series.source == feed.source && !series.removed)
        .map(|series| (series.external_id.clone(), series))
        .collect();
    let days_before = days(conn, feed.school).await?;
    let mut unknown = Unknown::default();
    for lesson in &feed.timetable.lessons {
        let groups = known.groups(lesson, feed.groups, &mut unknown);
        let teachers = known.teachers(lesson, feed.teachers, &mut unknown);
        if groups.is_empty() {
            report.without_group += 1;
            continue;
        }
        for (weekday, days) in by_weekday(lesson) {
            let Some(wanted) = Wanted::of(lesson, weekday, &days, &groups, &teachers) else { continue };
            match before.remove(&wanted.key) {
                Some(series) if wanted.is(&series, &days, days_before.get(&series.id)) => report.series_same += 1,
                Some(series) => {
                    wanted.put(conn, feed, series.id, Some(series.version), now).await?;
                    put_days(conn, series.id, &days).await?;
                    report.series_changed += 1;
                }
                None => {
                    let id = SeriesId::new(now, rng);
                    wanted.put(conn, feed, id, None, now).await?;
                    put_days(conn, id, &days).await?;
                    report.series_added += 1;
                }
            }
        }
    }
    for series in before.into_values() {
        remove(conn, series.id, feed.by, now).await?;
        report.series_removed += 1;
    }
    report.lessons = publish(conn, feed.school, zone, (now, now), rng).await?;
    report.cancelled = follow_cancellations(conn, feed.school, now).await?;
    report.members = members::follow(conn, feed, &known, today(zone, now)).await?;
    (report.unknown_groups, report.unknown_teachers) = unknown.lists();
    Ok(report)
}

fn today(zone: &TimeZone, now: Instant) -> Date {
    let at = Timestamp::from_millisecond(now.as_millis()).unwrap_or(Timestamp::UNIX_EPOCH);
    at.to_zoned(zone.clone()).date()
}

type Days = BTreeMap<Date, bool>;

/// The days of a lesson by weekday, each with whether it is cancelled.
fn by_weekday(lesson: &Recurring) -> Vec<(Weekday, Days)> {
    let mut found: Vec<(Weekday, Days)> = Vec::new();
    for day in &lesson.days {
        let cancelled = lesson.cancelled.binary_search(day).is_ok();
        match found.iter_mut().find(|(weekday, _)| *weekday == day.weekday()) {
            Some((_, days)) => drop(days.insert(*day, cancelled)),
            None => found.push((day.weekday(), Days::from([(*day, cancelled)]))),
        }
    }
    found
}

/// A series as the feed wants it.
struct Wanted<'a> {
    key: String,
    subject: &'a str,
    room: &'a str,
    recurrence: Recurrence,
    groups: &'a [GroupId],
    teachers: &'a [PersonId],
}

impl<'a> Wanted<'a> {
    fn of(
        lesson: &'a Recurring,
        weekday: Weekday,
        days: &Days,
        groups: &'a [GroupId],
        teachers: &'a [PersonId],
    ) -> Option<Self> {
        let (from, to) = (*days.first_key_value()?.0, *days.last_key_value()?.0);
        let label = if lesson.subject.label.is_empty() { &lesson.subject.code } else { &lesson.subject.label };
        Some(Self {
            key: format!("{} {}", weekday.to_monday_one_offset(), lesson.key),
            subject: label,
            room: &lesson.room,
            recurrence: Recurrence { weekday, start: lesson.start, end: lesson.end, weeks: None, from, to },
            groups,
            teachers,
        })
    }

    fn is(&self, series: &Series, days: &Days, before: Option<&Days>) -> bool {
        let set = |ids: &[GroupId]| ids.iter().copied().collect::<BTreeSet<_>>();
        let people = |ids: &[PersonId]| ids.iter().copied().collect::<BTreeSet<_>>();
        series.subject_name == self.subject
            && series.claim.room == self.room
            && series.recurrence == self.recurrence
            && set(&series.claim.groups) == set(self.groups)
            && people(&series.claim.teachers) == people(self.teachers)
            && before == Some(days)
    }

    async fn put(
        &self,
        conn: &mut Conn,
        feed: &Feed<'_>,
        id: SeriesId,
        version: Option<i64>,
        now: Instant,
    ) -> Result<(), StoreError> {
        let series = NewSeries {
            id,
            school: feed.school,
            subject_name: self.subject,
            room: self.room,
            recurrence: self.recurrence,
            groups: self.groups,
            teachers: self.teachers,
            by: feed.by,
            source: feed.source,
            external_id: &self.key,
        };
        match version {
            // Within the transaction that read this version nobody else has changed it.
            Some(version) => super::change(conn, &series, version, now).await.map(drop),
            None => create(conn, &series, now).await,
        }
    }
}

async fn put_days(conn: &mut Conn, series: SeriesId, days: &Days) -> Result<(), StoreError> {
    execute!(conn, "DELETE FROM series_day WHERE series_id = $1", series.uuid())?;
    for (day, cancelled) in days {
        execute!(
            conn,
            "INSERT INTO series_day (series_id, day, cancelled) VALUES ($1, $2, $3)",
            series.uuid(),
            day.to_string(),
            *cancelled
        )?;
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct DayRow {
    #[sqlx(try_from = "Uuid")]
    series_id: SeriesId,
    day: String,
    cancelled: bool,
}

/// The days that feeds have named, of the series of a school that have any.
pub(super) async fn days(conn: &mut Conn, school: SchoolId) -> Result<HashMap<SeriesId, Days>, StoreError> {
    let rows = fetch_all!(
        conn,
        DayRow,
        "SELECT d.series_id, d.day, d.cancelled FROM series_day d JOIN series s ON s.id = d.series_id \
         WHERE s.school_id = $1 AND s.removed_at IS NULL",
        school.uuid()
    )?;
    let mut found: HashMap<SeriesId, Days> = HashMap::new();
    for row in rows {
        if let Ok(day) = row.day.parse() {
            found.entry(row.series_id).or_default().insert(day, row.cancelled);
        }
    }
    Ok(found)
}

/// Cancels the coming lessons whose day the feed cancels, and gives back those whose day it does not cancel any more;
/// what people have changed by hand stays. Gives how many lessons of the feed are cancelled.
async fn follow_cancellations(conn: &mut Conn, school: SchoolId, now: Instant) -> Result<usize, StoreError> {
    let cancelled = execute!(
        conn,
        "UPDATE lesson SET cancelled_at = $2, sequence = sequence + 1, updated_at = $2 \
         WHERE school_id = $1 AND starts_at > $2 AND cancelled_at IS NULL AND changed_at IS NULL AND EXISTS \
         (SELECT 1 FROM series_day d WHERE d.series_id = lesson.series_id AND d.day = lesson.series_day AND d.cancelled)",
        school.uuid(),
        now.as_millis()
    )?;
    execute!(
        conn,
        "UPDATE lesson SET cancelled_at = NULL, sequence = sequence + 1, updated_at = $2 \
         WHERE school_id = $1 AND starts_at > $2 AND cancelled_at IS NOT NULL AND changed_at IS NULL AND EXISTS \
         (SELECT 1 FROM series_day d WHERE d.series_id = lesson.series_id AND d.day = lesson.series_day \
          AND NOT d.cancelled)",
        school.uuid(),
        now.as_millis()
    )?;
    Ok(usize::try_from(cancelled).unwrap_or(usize::MAX))
}

#[derive(sqlx::FromRow)]
struct TeacherRow {
    #[sqlx(try_from = "Uuid")]
    id: PersonId,
    given_name: String,
    family_name: String,
    external_id: Option<String>,
}

/// The groups and teachers of a school, to be found by what feeds call them.
struct Known {
    groups: Vec<groups::Group>,
    teachers: Vec<TeacherRow>,
}

#[derive(Default)]
struct Unknown {
    groups: BTreeSet<String>,
    teachers: BTreeSet<String>,
}

impl Unknown {
    fn lists(self) -> (Vec<String>, Vec<String>) {
        let list = |names: BTreeSet<String>| names.into_iter().take(FEED_UNKNOWN_LISTED_MAX).collect();
        (list(self.groups), list(self.teachers))
    }
}

impl Known {
    async fn read(conn: &mut Conn, school: SchoolId) -> Result<Self, StoreError> {
        let teachers = fetch_all!(
            conn,
            TeacherRow,
            "SELECT p.id, p.given_name, p.family_name, p.external_id FROM person p \
             JOIN affiliation a ON a.person_id = p.id WHERE a.school_id = $1 AND a.profile = 'teacher'",
            school.uuid()
        )?;
        Ok(Self { groups: groups::list(conn, school).await?, teachers })
    }

    fn groups(&self, lesson: &Recurring, otherwise: &[GroupId], unknown: &mut Unknown) -> Vec<GroupId> {
        if lesson.groups.is_empty() {
            return otherwise.to_vec();
        }
        let mut found = Vec::new();
        for named in &lesson.groups {
            match self.group(named) {
                Some(id) if !found.contains(&id) => found.push(id),
                Some(_) => {}
                None => drop(unknown.groups.insert(named.name.clone())),
            }
        }
        found
    }

    /// By its exact name, then by the name as people write it; of its own kind first.
    fn group(&self, named: &Group) -> Option<GroupId> {
        let spoken = groups::spoken(&named.name);
        let rank = |group: &&groups::Group| {
            let exact = group.name == named.name;
            let said = exact || groups::spoken(&group.name) == spoken;
            said.then_some((!exact, group.kind != named.kind))
        };
        self.groups.iter().filter_map(|group| Some((rank(&group)?, group.id))).min().map(|(_, id)| id)
    }

    fn teachers(&self, lesson: &Recurring, otherwise: &[PersonId], unknown: &mut Unknown) -> Vec<PersonId> {
        if lesson.teachers.is_empty() {
            return otherwise.to_vec();
        }
        let mut found = Vec::new();
        for named in &lesson.teachers {
            match self.teacher(named) {
                Some(id) if !found.contains(&id) => found.push(id),
                Some(_) => {}
                None => drop(unknown.teachers.insert(format!("{} {}", named.family_name, named.given_name))),
            }
        }
        found
    }

    /// By the join key, else by both names, else by a family name that only one has.
    fn teacher(&self, named: &Teacher) -> Option<PersonId> {
        let by_key = |row: &&TeacherRow| !named.key.is_empty() && row.external_id.as_deref() == Some(&named.key);
        if let Some(row) = self.teachers.iter().find(by_key) {
            return Some(row.id);
        }
        let (family, given) = (fold(&named.family_name), fold(&named.given_name));
        let same_family = |row: &&TeacherRow| fold(&row.family_name) == family;
        let alike: Vec<&TeacherRow> = self.teachers.iter().filter(same_family).collect();
        let same: Vec<_> = alike.iter().filter(|row| fold(&row.given_name) == given).collect();
        match (same.as_slice(), alike.as_slice()) {
            ([one], _) => Some(one.id),
            ([], [one]) if given.as_str().is_empty() => Some(one.id),
            _ => None,
        }
    }
}
