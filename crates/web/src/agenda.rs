//! Lessons as lists of a day or a week show them.

use crate::times::NBSP;
use crate::{Page, PageError};
use jiff::civil::Date;
use preau_base::{Instant, LessonId, PersonId};
use preau_school::calendar::Half;
use preau_school::rights::ENTRY_BEFORE_START;
use preau_school::timetable::LessonMode;
use preau_store::lessons::{self, Lesson};
use preau_store::{Conn, calendars};
use std::collections::BTreeMap;
use std::time::Duration;

/// A coming lesson says in how many minutes it starts when it is this near.
const SOON: Duration = Duration::from_secs(4 * 3_600);

/// A longer name of a group may be broken, lest it overflow a phone.
const SHORT_NAME_CHARS_MAX: usize = 12;

/// What the second line of a lesson names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Eyes {
    /// Who teaches.
    Pupil,
    /// Which class.
    Teacher,
    /// Both.
    School,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Past,
    Now,
    Coming,
    Cancelled,
}

impl State {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Past => "past",
            Self::Now => "now",
            Self::Coming => "coming",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A lesson as a list shows it.
pub(crate) struct Slot {
    pub id: LessonId,
    pub machine_time: String,
    pub start: String,
    pub range: String,
    pub subject: String,
    pub who: String,
    pub room: String,
    pub state: State,
    pub tag: Option<String>,
    pub starts_at: Instant,
    /// It is the time at which those of the lesson may go in.
    pub may_enter: bool,
    /// It has begun, and whoever looks teaches it: the way to its entry in the lesson log.
    pub to_log: bool,
    /// `à distance`, `groupe 1 sur place`; none for a lesson on site, which has its room.
    pub place: Option<String>,
    /// What was changed: `déplacé`, `remplacement`.
    pub marks: Vec<String>,
    /// Time, teachers and room as they were before, where they were others; to be struck through.
    pub was: Vec<String>,
    /// What is told with a change.
    pub note: String,
    /// Where a person of this half has a live class to join.
    pub joins: bool,
}

/// The half that one pupil is in, by lesson; empty for everybody else.
pub(crate) type Halves = BTreeMap<LessonId, Half>;

/// The halves that matter for these lessons; asks the store only where one is in half groups.
pub(crate) async fn halves(conn: &mut Conn, person: PersonId, lessons: &[Lesson]) -> Result<Halves, PageError> {
    let by_halves = |lesson: &&Lesson| matches!(lesson.mode(), Some(LessonMode::Both(Some(_))));
    let (Some(first), Some(last)) = (lessons.iter().find(by_halves), lessons.iter().rfind(by_halves)) else {
        return Ok(Halves::new());
    };
    Ok(calendars::halves_in(conn, person, first.starts_at, last.ends_at).await?)
}

impl Slot {
    pub(crate) fn of(page: &Page, lesson: &Lesson, eyes: Eyes) -> Self {
        Self::for_half(page, lesson, eyes, None)
    }

    /// As somebody sees it who is in this half of the group.
    pub(crate) fn for_half(page: &Page, lesson: &Lesson, eyes: Eyes, half: Option<Half>) -> Self {
        let now = page.now();
        let state = if lesson.cancelled_at.is_some() {
            State::Cancelled
        } else if lesson.is_on(now) {
            State::Now
        } else if lesson.closed_at.is_some() || lesson.ends_at <= now {
            State::Past
        } else {
            State::Coming
        };
        let tag = match state {
            State::Cancelled => Some(page.t("lesson-cancelled")),
            State::Now => Some(page.t("lesson-now")),
            State::Past if lesson.starts_at > now || lesson.ends_at > now => Some(page.t("lesson-closed")),
            State::Past | State::Coming => None,
        };
        let who = match eyes {
            Eyes::Pupil => lesson.teachers.clone(),
            Eyes::Teacher => unbroken(&lesson.groups),
            Eyes::School => both(&unbroken(&lesson.groups), &lesson.teachers),
        };
        Self {
            id: lesson.id,
            machine_time: page.machine_time(lesson.starts_at),
            start: page.clock(lesson.starts_at),
            range: page.clock_range(lesson.starts_at, lesson.ends_at),
            subject: lesson.subject_name.clone(),
            who,
            // Whoever is at home has no way to go.
            room: if at_home(lesson, half) { String::new() } else { lesson.room.clone() },
            state,
            tag,
            starts_at: lesson.starts_at,
            to_log: eyes == Eyes::Teacher && lesson.starts_at <= now && lesson.cancelled_at.is_none(),
            may_enter: lesson.is_open()
                && lesson.is_live_for(half)
                && lesson.starts_at.minus(ENTRY_BEFORE_START) <= now
                && now < lesson.ends_at,
            place: place(page, lesson, half),
            marks: marks(page, lesson),
            was: was(page, lesson, eyes),
            note: lesson.note.clone(),
            joins: lesson.is_live_for(half),
        }
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.state == State::Cancelled
    }
}

/// Nobody of this half is in the lesson's room.
fn at_home(lesson: &Lesson, half: Option<Half>) -> bool {
    match lesson.mode() {
        Some(LessonMode::Distance) => true,
        Some(LessonMode::Both(Some(on_site))) => half.is_some_and(|half| half != on_site),
        Some(LessonMode::OnSite | LessonMode::Both(None)) | None => false,
    }
}

fn place(page: &Page, lesson: &Lesson, half: Option<Half>) -> Option<String> {
    match (lesson.mode()?, half) {
        (LessonMode::OnSite, _) => None,
        (LessonMode::Distance, _) => Some(page.t("place-distance")),
        (LessonMode::Both(None), _) => Some(page.t("place-both")),
        (LessonMode::Both(on_site), Some(_)) if on_site == half => Some(page.t("place-half-here")),
        (LessonMode::Both(Some(_)), Some(_)) => Some(page.t("place-half-away")),
        (LessonMode::Both(Some(on_site)), None) => Some(page.t1("place-half", "half", on_site.number())),
    }
}

/// What somebody has changed of a lesson that takes place.
fn marks(page: &Page, lesson: &Lesson) -> Vec<String> {
    if lesson.cancelled_at.is_some() {
        return Vec::new();
    }
    let marks = [
        (lesson.moved_from().is_some(), "mark-moved"),
        (lesson.teachers_were().is_some(), "mark-replaced"),
        (lesson.room_was().is_some(), "mark-room"),
    ];
    marks.into_iter().filter(|(is, _)| *is).map(|(_, key)| page.t(key)).collect()
}

fn was(page: &Page, lesson: &Lesson, eyes: Eyes) -> Vec<String> {
    let mut was = Vec::new();
    if let Some((from, to)) = lesson.moved_from() {
        let day = page.zoned(from).date();
        let time = page.clock_range(from, to);
        was.push(if day == page.zoned(lesson.starts_at).date() { time } else { format!("{}, {time}", page.day(day)) });
    }
    let teachers = lesson.teachers_were().filter(|was| eyes != Eyes::Teacher && !was.is_empty());
    was.extend(teachers.map(str::to_owned));
    was.extend(lesson.room_was().filter(|was| !was.is_empty()).map(str::to_owned));
    was
}

/// Names of groups as lines show them: a short one such as `6e B` stays on one line.
pub(crate) fn unbroken(groups: &str) -> String {
    let one = |name: &str| {
        if name.chars().count() > SHORT_NAME_CHARS_MAX {
            name.to_owned()
        } else {
            name.chars().map(|letter| if letter == ' ' { NBSP } else { letter }).collect()
        }
    };
    groups.split(", ").map(one).collect::<Vec<_>>().join(", ")
}

/// `6e B · Mme Fontaine`, or the one that there is.
pub(crate) fn both(one: &str, two: &str) -> String {
    match (one.is_empty(), two.is_empty()) {
        (false, false) => format!("{one} · {two}"),
        _ => format!("{one}{two}"),
    }
}

/// Lessons as slots; the first that is yet to come says in how long.
pub(crate) fn slots(page: &Page, lessons: &[Lesson], eyes: Eyes) -> Vec<Slot> {
    slots_for(page, lessons, eyes, &Halves::new())
}

/// The same for somebody who is in these halves.
pub(crate) fn slots_for(page: &Page, lessons: &[Lesson], eyes: Eyes, halves: &Halves) -> Vec<Slot> {
    let half = |lesson: &Lesson| halves.get(&lesson.id).copied();
    let mut slots: Vec<_> = lessons.iter().map(|lesson| Slot::for_half(page, lesson, eyes, half(lesson))).collect();
    if let Some(next) = slots.iter_mut().find(|slot| slot.state == State::Coming) {
        let wait = next.starts_at.since(page.now());
        if wait < SOON {
            next.tag = Some(in_how_long(page, wait));
        }
    }
    slots
}

/// `dans 53 min`, `dans 1 h 20`.
pub(crate) fn in_how_long(page: &Page, wait: Duration) -> String {
    let minutes = wait.as_secs().div_ceil(60);
    let (hours, rest) = (minutes / 60, minutes % 60);
    match hours {
        0 => page.t1("in-minutes", "minutes", minutes),
        _ => page.t2("in-hours", ("hours", hours), ("minutes", format!("{rest:02}"))),
    }
}

/// A day as the home page shows it.
pub(crate) struct Today {
    pub slots: Vec<Slot>,
    /// What is over, folded away while something is still to come.
    pub past: Vec<Slot>,
}

impl Today {
    pub(crate) fn of(slots: Vec<Slot>) -> Self {
        let (past, slots): (Vec<_>, Vec<_>) = slots.into_iter().partition(|slot| slot.state == State::Past);
        if slots.is_empty() { Self { slots: past, past: slots } } else { Self { slots, past } }
    }
}

/// When a day of the school begins and ends.
pub(crate) fn bounds(page: &Page, day: Date) -> (Instant, Instant) {
    let next = day.tomorrow().unwrap_or(day);
    (page.start_of(day), page.start_of(next))
}

/// The lessons of one person on one day.
pub(crate) async fn day_of(
    page: &Page,
    conn: &mut Conn,
    person: PersonId,
    day: Date,
) -> Result<Vec<Lesson>, PageError> {
    let (from, to) = bounds(page, day);
    Ok(lessons::of_person(conn, person, from, to).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_of_groups_stay_on_one_line() {
        assert_eq!(unbroken("6e B, Groupe de latin des 4e"), "6e\u{a0}B, Groupe de latin des 4e");
        assert_eq!(unbroken(""), "");
    }
}
