use crate::calendar::{Calendar, Day, Grade, Half, Letter, Mode};
use crate::limits::SERIES_LESSON_MAX;
use jiff::ToSpan as _;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use preau_base::Instant;

/// When a lesson comes back, by the school's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recurrence {
    pub weekday: Weekday,
    pub start: Time,
    /// After `start`, on the same day.
    pub end: Time,
    /// In weeks A or B only; in every week without.
    pub weeks: Option<Letter>,
    /// The first day it may fall on.
    pub from: Date,
    /// The last day it may fall on, included.
    pub to: Date,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecurrenceFault {
    #[error("it ends before it begins, or lasts longer than half a day")]
    Time,
    #[error("its last day is before its first, or more than a school year after")]
    Days,
}

impl Recurrence {
    /// # Errors
    /// When the times or the days make no lesson.
    pub fn check(&self) -> Result<(), RecurrenceFault> {
        let seconds = self.start.until(self.end).map_or(0, |span| span.total(jiff::Unit::Second).unwrap_or(0.0) as i64);
        let most = i64::try_from(SERIES_LESSON_MAX.as_secs()).unwrap_or(i64::MAX);
        if seconds <= 0 || seconds > most {
            return Err(RecurrenceFault::Time);
        }
        let end = self.from.checked_add(i64::try_from(crate::limits::YEAR_DAYS_MAX).unwrap_or(0).days());
        if self.to < self.from || end.is_ok_and(|end| self.to > end) {
            return Err(RecurrenceFault::Days);
        }
        Ok(())
    }

    /// The days of its weekday, whatever the week and the calendar.
    fn days(&self) -> impl Iterator<Item = Date> {
        let first = self.from.checked_add(i64::from(self.from.weekday().until(self.weekday)).days()).ok();
        std::iter::successors(first, |day| day.checked_add(7.days()).ok()).take_while(|day| *day <= self.to)
    }
}

/// Where a lesson takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LessonMode {
    /// In its room; nobody joins by video unless its teacher opens it.
    OnSite,
    /// As a live class.
    Distance,
    /// In its room and as a live class at once: half groups, of which the one that is on site is named; or groups of
    /// grades that are taught in different ways, or a teacher who has opened it for those at home.
    Both(Option<Half>),
}

impl LessonMode {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OnSite => "on_site",
            Self::Distance => "distance",
            Self::Both(_) => "both",
        }
    }

    /// The half that is on site, as the database has it.
    pub fn half(self) -> Option<i64> {
        match self {
            Self::Both(half) => half.map(Half::number),
            Self::OnSite | Self::Distance => None,
        }
    }

    /// What the database has; a word it does not know is none.
    pub fn read(word: &str, half: Option<i64>) -> Option<Self> {
        match word {
            "on_site" => Some(Self::OnSite),
            "distance" => Some(Self::Distance),
            "both" => Some(Self::Both(half.and_then(Half::of_number))),
            _ => None,
        }
    }

    /// The mode of a lesson whose groups have these days; `None` when none of them has school.
    pub fn of_days<'a>(days: impl IntoIterator<Item = Day<'a>>) -> Option<Self> {
        let one = |day: Day<'_>| match day.mode {
            Mode::NoSchool => None,
            Mode::OnSite => Some(Self::OnSite),
            Mode::Distance => Some(Self::Distance),
            Mode::HalfGroups => Some(Self::Both(day.on_site)),
        };
        days.into_iter().filter_map(one).reduce(|a, b| if a == b { a } else { Self::Both(None) })
    }

    /// Whether there is a live class to join, for somebody of this half; without a half, for somebody at all.
    pub fn is_live_for(self, half: Option<Half>) -> bool {
        match self {
            Self::OnSite => false,
            Self::Distance => true,
            Self::Both(on_site) => on_site.is_none() || half.is_none() || on_site != half,
        }
    }
}

/// One lesson of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    pub day: Date,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub mode: LessonMode,
}

/// The lessons of a series, in order, and the days on which it would have been, had there been school.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expansion {
    pub lessons: Vec<Planned>,
    pub skipped: Vec<Date>,
}

/// A time of the school's clock as an instant. One that the clocks leave out moves with them, one that comes twice is the
/// first (RFC 5545 §3.3.5).
pub fn at(day: Date, time: Time, zone: &TimeZone) -> Option<Instant> {
    let zoned = day.to_datetime(time).to_zoned(zone.clone()).ok()?;
    Some(Instant::from_millis(zoned.timestamp().as_millisecond()))
}

/// The lessons of a series for groups of these grades (one entry a group). A lesson takes place when one of the groups
/// has school. Gives nothing for a recurrence that [`Recurrence::check`] refuses.
pub fn expand(recurrence: &Recurrence, grades: &[Option<Grade>], calendar: &Calendar, zone: &TimeZone) -> Expansion {
    let mut expansion = Expansion::default();
    if recurrence.check().is_err() {
        return expansion;
    }
    let nobody = [None];
    let grades = if grades.is_empty() { &nobody[..] } else { grades };
    for day in recurrence.days() {
        if recurrence.weeks.is_some_and(|letter| calendar.letter(day).is_some_and(|is| is != letter)) {
            continue;
        }
        let mode = LessonMode::of_days(grades.iter().map(|grade| calendar.day(day, *grade)));
        let times = at(day, recurrence.start, zone).zip(at(day, recurrence.end, zone));
        match (mode, times) {
            (Some(mode), Some((starts_at, ends_at))) if starts_at < ends_at => {
                expansion.lessons.push(Planned { day, starts_at, ends_at, mode });
            }
            _ => expansion.skipped.push(day),
        }
    }
    expansion
}
