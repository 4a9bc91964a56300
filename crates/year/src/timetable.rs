//! Thirty lessons a week for each class, as published series.

use crate::people::People;
use crate::{SOURCE, When};
use jiff::ToSpan;
use jiff::civil::Date;
use preau_base::{GroupId, Instant, LessonId, PersonId, SeededRng, SeriesId};
use preau_school::attendance::{AFTERNOON_MIN, HalfDay};
use preau_store::bulk::{self, Value};
use preau_store::{Conn, StoreError};
use std::time::Duration;

/// Days of school in a week, and lessons in a day.
pub(crate) const DAYS: usize = 5;
pub(crate) const SLOTS: usize = 6;
pub(crate) const HOUR: Duration = Duration::from_secs(3_600);

/// Code, name, lessons in a week.
pub(crate) const SUBJECTS: [(&str, &str, usize); 10] = [
    ("FRANC", "Français", 5),
    ("MATHS", "Mathématiques", 4),
    ("HIGEO", "Histoire-géographie", 4),
    ("AGL1", "Anglais", 4),
    ("EPS", "Éducation physique", 4),
    ("SVT", "Sciences de la vie", 2),
    ("PHCH", "Physique-chimie", 2),
    ("TECHN", "Technologie", 2),
    ("ALL2", "Allemand", 2),
    ("ARTPL", "Arts plastiques", 1),
];
/// Taught to the language group of a class alone.
const OF_GROUPS: usize = 8;

/// A place in the week: day and slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    pub day: usize,
    pub slot: usize,
}

impl Spot {
    /// Where the lesson that is on now stands. Today is the first day of each week.
    pub fn now(when: &When) -> Self {
        let local = jiff::Timestamp::from_millisecond(when.now.as_millis()).unwrap_or_default();
        let local = local.to_zoned(when.zone.clone());
        let minute = i64::from(local.hour()) * 60 + i64::from(local.minute()) - when.first_min;
        Self { day: 0, slot: usize::try_from(minute / 60).unwrap_or(0).min(SLOTS - 1) }
    }

    /// What a class has there: each subject as often as it has hours, one subject seldom twice in a row, and each class
    /// elsewhere in the row than the one before.
    pub fn subject(self, class: usize) -> usize {
        let spread = ((self.day * SLOTS + self.slot) * 7 + class * 11) % (DAYS * SLOTS);
        let mut before = 0;
        for (subject, (_, _, hours)) in SUBJECTS.iter().enumerate() {
            before += hours;
            if spread < before {
                return subject;
            }
        }
        0
    }
}

/// A lesson as it will be a row.
pub(crate) struct Lesson {
    pub id: LessonId,
    pub class: usize,
    pub subject: usize,
    pub group: GroupId,
    pub teacher: PersonId,
    pub starts_at: Instant,
    pub half: HalfDay,
    pub day: Date,
    series: SeriesId,
}

impl Lesson {
    pub fn ends_at(&self) -> Instant {
        self.starts_at.plus(HOUR)
    }

    /// Those of its class who have it.
    pub fn pupils<'a>(&self, people: &'a People) -> impl Iterator<Item = PersonId> + 'a {
        let step = if self.subject == OF_GROUPS { 2 } else { 1 };
        people.classes[self.class].pupils.iter().copied().step_by(step)
    }

    pub fn subject_name(&self) -> &'static str {
        SUBJECTS[self.subject].1
    }
}

struct Series {
    id: SeriesId,
    class: usize,
    subject: usize,
    group: GroupId,
    teacher: PersonId,
    spot: Spot,
}

pub(crate) struct Timetable(Vec<Series>);

/// The days of school of the year, each with how many days ago it was (below 0: how many are still to come).
pub(crate) fn days(when: &When) -> Vec<(i64, Date)> {
    let before = (when.weeks * 2 / 3) as i64;
    let day = |week: i64, day: i64| {
        let offset = (week - before) * 7 + day;
        (-offset, when.today.checked_add(offset.days()).unwrap_or(when.today))
    };
    (0..when.weeks as i64).flat_map(|week| (0..DAYS as i64).map(move |number| day(week, number))).collect()
}

/// Makes the series.
pub(crate) async fn sow(
    conn: &mut Conn,
    people: &People,
    when: &When,
    rng: &mut SeededRng,
) -> Result<Timetable, StoreError> {
    let days = days(when);
    let (first, last) = (days.first().map_or(when.today, |day| day.1), days.last().map_or(when.today, |day| day.1));
    let (mut all, mut rows, mut groups, mut teachers) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for class in 0..people.classes.len() {
        for (day, slot) in (0..DAYS).flat_map(|day| (0..SLOTS).map(move |slot| (day, slot))) {
            let spot = Spot { day, slot };
            let subject = spot.subject(class);
            let of = &people.classes[class];
            let group = if subject == OF_GROUPS { of.group } else { of.id };
            let teacher = people.teacher(subject, class);
            let series = Series { id: SeriesId::new(when.now, rng), class, subject, group, teacher, spot };
            rows.push(series_row(people, &series, when, (first, last)));
            groups.push([series.id.uuid().into(), group.uuid().into()]);
            teachers.push([series.id.uuid().into(), teacher.uuid().into()]);
            all.push(series);
        }
    }
    bulk::insert(conn, bulk::SERIES, &rows).await?;
    bulk::insert(conn, bulk::SERIES_GROUP, &groups).await?;
    bulk::insert(conn, bulk::SERIES_TEACHER, &teachers).await?;
    Ok(Timetable(all))
}

fn series_row(people: &People, series: &Series, when: &When, (first, last): (Date, Date)) -> [Value; 15] {
    let starts_min = when.first_min + series.spot.slot as i64 * 60;
    let weekday = when.today.checked_add((series.spot.day as i64).days()).unwrap_or(when.today).weekday();
    let made = when.now.minus(HOUR * 24 * 200).as_millis();
    [
        series.id.uuid().into(),
        people.school.uuid().into(),
        SUBJECTS[series.subject].1.into(),
        room(series.class).into(),
        i64::from(weekday.to_monday_one_offset()).into(),
        starts_min.into(),
        (starts_min + 60).into(),
        first.to_string().into(),
        last.to_string().into(),
        1_i64.into(),
        1_i64.into(),
        made.into(),
        SOURCE.into(),
        made.into(),
        made.into(),
    ]
}

fn room(class: usize) -> String {
    format!("B {}", class + 1)
}

impl Timetable {
    pub fn first_series(&self) -> SeriesId {
        self.0[0].id
    }

    /// What takes place on a day of the year.
    pub fn lessons(&self, day: Date, when: &When, rng: &mut SeededRng) -> Vec<Lesson> {
        let since = day.since(when.today).map_or(0, |span| i64::from(span.get_days())).rem_euclid(7);
        let of_day = self.0.iter().filter(|series| series.spot.day as i64 == since);
        let lesson = |series: &Series| {
            let minute = when.first_min + series.spot.slot as i64 * 60;
            let (hour, rest) = (i8::try_from(minute / 60).unwrap_or(0), i8::try_from(minute % 60).unwrap_or(0));
            let local = day.at(hour, rest, 0, 0).to_zoned(when.zone.clone()).ok()?;
            Some(Lesson {
                id: LessonId::new(when.now, rng),
                class: series.class,
                subject: series.subject,
                group: series.group,
                teacher: series.teacher,
                starts_at: Instant::from_millis(local.timestamp().as_millisecond()),
                half: HalfDay::at(&local, AFTERNOON_MIN),
                day,
                series: series.id,
            })
        };
        of_day.filter_map(lesson).collect()
    }
}

/// Lessons of today are at a distance, all others on site.
pub(crate) async fn write(conn: &mut Conn, people: &People, lessons: &[Lesson], when: &When) -> Result<(), StoreError> {
    let made = when.now.minus(HOUR * 24 * 200).as_millis();
    let row = |lesson: &Lesson| {
        [
            lesson.id.uuid().into(),
            people.school.uuid().into(),
            lesson.subject_name().into(),
            room(lesson.class).into(),
            lesson.starts_at.as_millis().into(),
            lesson.ends_at().as_millis().into(),
            SOURCE.into(),
            made.into(),
            made.into(),
            lesson.series.uuid().into(),
            lesson.day.to_string().into(),
            if lesson.day == when.today { "distance" } else { "on_site" }.into(),
        ]
    };
    let starts = |lesson: &Lesson| Value::from(lesson.starts_at.as_millis());
    let rows: Vec<_> = lessons.iter().map(row).collect();
    bulk::insert(conn, bulk::LESSON, &rows).await?;
    let rows: Vec<_> = lessons.iter().map(|it| [it.id.uuid().into(), it.group.uuid().into(), starts(it)]).collect();
    bulk::insert(conn, bulk::LESSON_GROUP, &rows).await?;
    let rows: Vec<_> = lessons.iter().map(|it| [it.id.uuid().into(), it.teacher.uuid().into(), starts(it)]).collect();
    bulk::insert(conn, bulk::LESSON_TEACHER, &rows).await
}
