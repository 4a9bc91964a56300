//! A school with a whole year's data, from a seed: people, timetable, lesson log, homework, hand-ins, rolls, absences,
//! notices, a recording, a report; and the pages that its people open ([`pages`]). For benches and tests.
//!
//! The rows are real ones in the real schema, put in by the hundred ([`preau_store::bulk`]). The year is laid around an
//! instant: two thirds of it are over, today is a day of school, and a lesson is on now. What is random comes from the seed.

mod attendance;
mod calendars;
mod class;
mod pages;
mod people;
mod teaching;
mod timetable;
mod work;

pub use calendars::open_calendar;
pub use pages::{Page, pages};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use people::People;
use preau_base::{
    AbsenceId, GroupId, HomeworkId, Instant, LessonId, PersonId, ProgressionId, ReadingId, ReceiptId, ReportId, Rng,
    SchoolId, SeededRng, SeriesId, StepId, TerritoryId,
};
use preau_files::Files;
use preau_store::{Conn, Store, StoreError, bulk};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use timetable::Timetable;

/// Where every row comes from.
const SOURCE: &str = "year";

/// How large a school is, and how long its year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub classes: usize,
    pub pupils_per_class: usize,
    /// A third of them are still to come.
    pub weeks: usize,
    /// Rolls name everybody who was there, as teachers' do, and last week's lessons have their visits. Of a school that is
    /// only the neighbour in the database of another, rolls name those alone who were not simply there.
    pub whole: bool,
}

impl Size {
    /// A collège of 1,500 pupils, with 36 weeks of 30 lessons for each of 50 classes: 54,000 lessons.
    pub const LARGE: Self = Self { classes: 50, pupils_per_class: 30, weeks: 36, whole: true };
    /// The same beside others.
    pub const NEIGHBOUR: Self = Self { whole: false, ..Self::LARGE };
}

/// Who opens pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Actor {
    Pupil,
    /// Of two children, the pupil among them.
    Relative,
    /// Has a lesson with the pupil's class now.
    Teacher,
    Head,
    SchoolLife,
    /// Of the school.
    Administrator,
    /// Of the whole platform, and nothing in any school.
    Platform,
}

impl Actor {
    pub const ALL: [Self; 7] =
        [Self::Pupil, Self::Relative, Self::Teacher, Self::Head, Self::SchoolLife, Self::Administrator, Self::Platform];

    /// As tables of pages name them.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pupil => "pupil",
            Self::Relative => "relative",
            Self::Teacher => "teacher",
            Self::Head => "head",
            Self::SchoolLife => "school life",
            Self::Administrator => "administrator",
            Self::Platform => "platform",
        }
    }
}

/// A school that was sown, and what of it the pages show.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct School {
    pub id: SchoolId,
    pub territory: TerritoryId,
    pub actors: BTreeMap<Actor, PersonId>,
    /// The pupil's class.
    pub class: GroupId,
    /// On now, of that class and the teacher.
    pub lesson_now: LessonId,
    /// The last one of the teacher and the class that is over, has its entry, and was recorded.
    pub lesson_before: LessonId,
    /// Handed in by the pupil, over, set by the teacher for the class.
    pub homework: HomeworkId,
    pub receipt: ReceiptId,
    pub series: SeriesId,
    pub absence: AbsenceId,
    pub progression: ProgressionId,
    pub step: StepId,
    pub reading: ReadingId,
    /// Made by the pupil.
    pub report: ReportId,
    /// The secret of the pupil's calendar address; [`open_calendar`] makes it good.
    pub calendar: String,
    pub rows: Rows,
}

impl School {
    /// Who this actor is.
    ///
    /// # Panics
    /// Never for a school that [`sow`] gave.
    pub fn person(&self, actor: Actor) -> PersonId {
        self.actors[&actor]
    }
}

/// How many rows a school has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    pub people: usize,
    pub lessons: usize,
    pub entries: usize,
    pub homework: usize,
    pub hand_ins: usize,
    pub rolls: usize,
    pub roll_entries: usize,
    pub visits: usize,
    pub notices: usize,
}

/// When the year takes place.
#[derive(Clone, Debug)]
pub(crate) struct When {
    pub now: Instant,
    pub today: Date,
    pub zone: TimeZone,
    /// Minutes after midnight at which each day's first lesson begins; lessons are an hour long and follow each other.
    pub first_min: i64,
    pub weeks: usize,
}

impl When {
    fn around(now: Instant, weeks: usize) -> Self {
        let zone = TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC);
        let local = jiff::Timestamp::from_millisecond(now.as_millis()).unwrap_or_default().to_zoned(zone.clone());
        let minute = i64::from(local.hour()) * 60 + i64::from(local.minute());
        // The third lesson is on, but near midnight, which no day of school crosses.
        let latest = 24 * 60 - timetable::SLOTS as i64 * 60;
        Self { now, today: local.date(), zone, first_min: (minute - 150).clamp(0, latest), weeks }
    }
}

/// Puts the school with this number into the database, in one transaction, and what it has recorded into the object store.
///
/// # Errors
/// The store's, when there is a school of this number already.
pub async fn sow(store: &Store, files: &Files, size: &Size, number: usize, now: Instant) -> Result<School, StoreError> {
    let mut tx = store.write().await?;
    bulk::begin(&mut tx).await?;
    let mut rng = SeededRng::new(0x5eed_0000 + number as u64);
    let when = When::around(now, size.weeks);
    let (people, mut rows) = people::sow(&mut tx, size, number, &when, &mut rng).await?;
    let timetable = timetable::sow(&mut tx, &people, &when, &mut rng).await?;
    let mut found = Found::default();
    for (ago, day) in timetable::days(&when) {
        let mut lessons = timetable.lessons(day, &when, &mut rng);
        timetable::write(&mut tx, &people, &lessons, &when).await?;
        rows.lessons += lessons.len();
        lessons.retain(|lesson| lesson.starts_at <= now);
        work::sow(&mut tx, &people, &lessons, &when, &mut rng, (&mut rows, &mut found)).await?;
        attendance::rolls(&mut tx, size, &people, &lessons, (&when, ago), &mut rng, &mut rows).await?;
    }
    let absence = attendance::sow(&mut tx, &people, &timetable, &when, &mut rng, &mut rows).await?;
    let own = teaching::sow(&mut tx, &people, &when, &mut rng).await?;
    let before = found.lesson_before.ok_or_else(|| missing("lesson that is over"))?;
    let report = class::sow(&mut tx, files, &people, before, &when, &mut rng).await?;
    let left = (absence, own, report, calendars::draw(&mut rng));
    let school = assemble(&mut tx, &people, &timetable, found, (left, rows)).await?;
    tx.commit().await?;
    Ok(school)
}

fn missing(what: &str) -> StoreError {
    StoreError::Import(format!("the year has no {what}: it is too short, or the class too small"))
}

/// What was met on the way that pages show.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Found {
    pub lesson_now: Option<LessonId>,
    /// With its beginning.
    pub lesson_before: Option<(LessonId, Instant)>,
    pub handed_in: Option<(HomeworkId, ReceiptId)>,
}

async fn assemble(
    conn: &mut Conn,
    people: &People,
    timetable: &Timetable,
    found: Found,
    ((absence, own, report, calendar), rows): ((AbsenceId, teaching::Own, ReportId, String), Rows),
) -> Result<School, StoreError> {
    let (homework, receipt) = found.handed_in.ok_or_else(|| missing("work that was handed in"))?;
    Ok(School {
        id: people.school,
        territory: people::territory(conn).await?.ok_or_else(|| missing("territory"))?,
        actors: people.actors.clone(),
        class: people.classes[0].id,
        lesson_now: found.lesson_now.ok_or_else(|| missing("lesson that is on"))?,
        lesson_before: found.lesson_before.ok_or_else(|| missing("lesson that is over"))?.0,
        homework,
        receipt,
        series: timetable.first_series(),
        absence,
        progression: own.progression,
        step: own.step,
        reading: own.reading,
        report,
        calendar,
        rows,
    })
}

/// `below` of 0 gives 0.
pub(crate) fn pick(rng: &mut dyn Rng, below: usize) -> usize {
    usize::try_from(rng.below(below as u64)).unwrap_or(0)
}
