//! The lesson log (cahier de textes): what was done in a lesson and the work set from it.
//!
//! It is an official document (circular no. 2010-136 of 6 September 2010): pupils and relatives read it at any time, it
//! lets a substitute go on where a teacher stopped, the head signs it (visa), an inspector may ask for it, and it is kept.

pub mod load;
pub mod text;

use jiff::civil::Date;
use preau_base::Instant;

/// The text of one entry, and of one addition to it.
pub const ENTRY_CHARS_MAX: usize = 8_000;
/// A teacher's own note on a lesson, which nobody else reads.
pub const NOTE_CHARS_MAX: usize = 2_000;
/// Additions to one entry after its visa.
pub const ADDITIONS_MAX: usize = 20;
/// The title of a progression, and of one of its steps.
pub const TITLE_CHARS_MAX: usize = 120;
/// Steps of one progression: more than a year has lessons of one subject for a class.
pub const STEPS_MAX: usize = 250;
/// Progressions of one teacher.
pub const PROGRESSIONS_MAX: usize = 100;
/// Minutes that one piece of work is thought to take, at most.
pub const WORK_MINUTES_MAX: u32 = 600;
/// The month in which a school year begins; the first lessons are in September, staff meet and plan in August.
const YEAR_BEGINS_MONTH: i8 = 8;
/// An inspector is let in for at most this long at a time.
pub const READING_DAYS_MAX: i64 = 60;

/// Where an entry of the log stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Only the lesson's teachers read it.
    Draft,
    /// The class, its relatives and its teachers read it.
    Published,
    /// The head has signed it.
    Signed,
    /// It is of a school year that is over.
    Past,
}

/// The facts of an entry that decide what may be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    pub published: bool,
    pub signed: bool,
    /// The school's day of its lesson.
    pub day: Date,
}

impl State {
    /// `today` is the school's day.
    pub fn of(facts: Facts, today: Date) -> Self {
        if year_of(facts.day) < year_of(today) {
            Self::Past
        } else if facts.signed {
            Self::Signed
        } else if facts.published {
            Self::Published
        } else {
            Self::Draft
        }
    }

    /// Text and publication may be changed. What was signed stays as it was signed.
    pub const fn may_change(self) -> bool {
        matches!(self, Self::Draft | Self::Published)
    }

    /// A dated addition may be put under it: all that a visa still allows.
    pub const fn may_add(self) -> bool {
        matches!(self, Self::Signed)
    }

    /// It may be taken back from the class: a draft is no entry of the log yet.
    pub const fn may_withdraw(self) -> bool {
        matches!(self, Self::Published)
    }

    pub const fn is_read_by_class(self) -> bool {
        !matches!(self, Self::Draft)
    }
}

/// The school year of a day, by the calendar year in which it begins: 2026 for 22 November 2026 and for 3 July 2027.
pub fn year_of(day: Date) -> i16 {
    if day.month() >= YEAR_BEGINS_MONTH { day.year() } else { day.year() - 1 }
}

/// The first day of a school year and the first day after it.
pub fn days_of_year(year: i16) -> (Date, Date) {
    let begins = |year| Date::new(year, YEAR_BEGINS_MONTH, 1).unwrap_or(Date::MIN);
    (begins(year), begins(year.saturating_add(1)))
}

/// A head's leave for somebody from outside, an inspector, to read the log of one teacher or of one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    pub reader: preau_base::PersonId,
    pub school: preau_base::SchoolId,
    /// Of one teacher; of all for `None`.
    pub teacher: Option<preau_base::PersonId>,
    /// Of one subject by its name on the timetable; of all when empty.
    pub subject: String,
    /// From this instant on it lets nobody in.
    pub until: Instant,
    pub ended: bool,
}

impl Reading {
    pub fn is_open(&self, now: Instant) -> bool {
        !self.ended && now < self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn state(published: bool, signed: bool, day: Date) -> State {
        State::of(Facts { published, signed, day }, date(2026, 11, 22))
    }

    #[test]
    fn a_visa_closes_the_text_and_a_year_closes_all() {
        let day = date(2026, 11, 20);
        for (facts, expect) in [
            (state(false, false, day), (State::Draft, true, false, false)),
            (state(true, false, day), (State::Published, true, false, true)),
            (state(true, true, day), (State::Signed, false, true, false)),
            (state(true, true, date(2026, 7, 3)), (State::Past, false, false, false)),
            (state(false, false, date(2026, 7, 31)), (State::Past, false, false, false)),
            (state(false, false, date(2026, 8, 1)), (State::Draft, true, false, false)),
        ] {
            assert_eq!((facts, facts.may_change(), facts.may_add(), facts.may_withdraw()), expect);
        }
    }

    proptest! {
        #[test]
        fn every_day_is_in_its_year(days in 0_i64..60_000) {
            let day = date(2001, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            let (from, to) = days_of_year(year_of(day));
            prop_assert!(from <= day && day < to);
        }
    }
}
