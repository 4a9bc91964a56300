use super::grade::Grade;
use super::place::{Departement, Place};
use super::public::{PublicHoliday, after, public_holiday};
use super::rule::{Half, Letter, Mode, Rule, Turns, Weeks};
use crate::limits::YEAR_DAYS_MAX;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use std::collections::BTreeMap;

/// A school year of a place, with every name in it resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Year {
    /// `2026-2027`.
    pub name: String,
    /// The first day with school.
    pub first: Date,
    /// The last day with school.
    pub last: Date,
    /// The days of the week on which there is school, from Monday.
    pub weekdays: [bool; 7],
    pub weeks: Weeks,
    /// The letter of the first week, or of odd weeks.
    pub first_letter: Letter,
    pub(super) lists: BTreeMap<String, Vec<Departement>>,
    /// The last that fits decides.
    pub rules: Vec<Rule>,
}

/// How a day is for a grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day<'a> {
    pub mode: Mode,
    /// Who is on site, where half groups are.
    pub on_site: Option<Half>,
    pub reason: Reason<'a>,
}

/// Why a day is as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason<'a> {
    /// Nothing says otherwise.
    Ordinary,
    /// Not a day of the week with school.
    Weekday,
    Public(PublicHoliday),
    /// Before the first or after the last day of the year.
    Summer,
    Rule(&'a Rule),
}

/// The school years of one school.
#[derive(Clone, Debug)]
pub struct Calendar {
    pub place: Place,
    years: Vec<(Year, Vec<(Date, Letter)>)>,
}

impl Calendar {
    /// A later year of the same name as an earlier takes its place.
    pub fn new(place: Place, years: Vec<Year>) -> Self {
        let mut known: BTreeMap<i16, Year> = BTreeMap::new();
        for year in years {
            known.insert(year.first.year(), year);
        }
        let mut calendar = Self { place, years: known.into_values().map(|year| (year, Vec::new())).collect() };
        for at in 0..calendar.years.len() {
            let letters = calendar.letters(&calendar.years[at].0);
            calendar.years[at].1 = letters;
        }
        calendar
    }

    pub fn years(&self) -> impl DoubleEndedIterator<Item = &Year> {
        self.years.iter().map(|(year, _)| year)
    }

    /// The year that a day belongs to: from August to July, whether it has school on that day or not.
    pub fn year_of(&self, day: Date) -> Option<&Year> {
        self.dated(day).map(|(year, _)| year)
    }

    fn dated(&self, day: Date) -> Option<&(Year, Vec<(Date, Letter)>)> {
        let begins = if day.month() >= 8 { day.year() } else { day.year() - 1 };
        self.years.iter().find(|(year, _)| year.first.year() == begins)
    }

    /// How `day` is for a grade; without a grade, for the school as a whole. A year that the calendar does not have is
    /// ordinary but for public holidays and Sundays.
    pub fn day(&self, day: Date, grade: Option<Grade>) -> Day<'_> {
        let closed = |reason| Day { mode: Mode::NoSchool, on_site: None, reason };
        let Some((year, _)) = self.dated(day) else {
            if day.weekday() == Weekday::Sunday {
                return closed(Reason::Weekday);
            }
            let holiday = public_holiday(day, self.place.departement);
            let ordinary = Day { mode: Mode::OnSite, on_site: None, reason: Reason::Ordinary };
            return holiday.map_or(ordinary, |holiday| closed(Reason::Public(holiday)));
        };
        if day < year.first || day > year.last {
            return closed(Reason::Summer);
        }
        let rule = year.rule(day, self.place, grade);
        // What a holiday is called matters more on pages than that it is a Sunday.
        if let Some(rule) = rule.filter(|rule| rule.mode == Mode::NoSchool) {
            return closed(Reason::Rule(rule));
        }
        if !year.has_school_on(day.weekday()) {
            return closed(Reason::Weekday);
        }
        if let Some(holiday) = public_holiday(day, self.place.departement) {
            return closed(Reason::Public(holiday));
        }
        let Some(rule) = rule else { return Day { mode: Mode::OnSite, on_site: None, reason: Reason::Ordinary } };
        let halves = rule.mode == Mode::HalfGroups;
        let on_site = if halves { self.letter(day).map(|letter| half_on_site(rule.turns, letter, day)) } else { None };
        Day { mode: rule.mode, on_site, reason: Reason::Rule(rule) }
    }

    pub fn has_school(&self, day: Date, grade: Option<Grade>) -> bool {
        self.day(day, grade).mode != Mode::NoSchool
    }

    /// The letter of the week that a day is in; a week without school has that of the next with school.
    pub fn letter(&self, day: Date) -> Option<Letter> {
        let monday = monday_of(day);
        let (_, letters) = self.dated(day)?;
        letters.iter().find(|(at, _)| *at >= monday).or_else(|| letters.last()).map(|(_, letter)| *letter)
    }

    /// The Mondays of all weeks with school, with their letters.
    fn letters(&self, year: &Year) -> Vec<(Date, Letter)> {
        let mut found = Vec::new();
        let mut letter = year.first_letter;
        let mut monday = monday_of(year.first);
        while monday <= year.last && found.len() < YEAR_DAYS_MAX / 7 + 2 {
            let days: Vec<Date> = (0..7_i64).filter_map(|offset| monday.checked_add(offset.days()).ok()).collect();
            let school = days.iter().any(|day| self.has_any_school(year, *day));
            if school {
                let odd = monday.iso_week_date().week() % 2 == 1;
                let is_first = if year.weeks == Weeks::Iso { odd } else { letter == year.first_letter };
                found.push((monday, if is_first { year.first_letter } else { year.first_letter.other() }));
                letter = letter.other();
            }
            let Ok(next) = monday.checked_add(7.days()) else { break };
            monday = next;
        }
        found
    }

    /// Holidays count for weeks; what the mode of teaching is does not, nor a public holiday.
    fn has_any_school(&self, year: &Year, day: Date) -> bool {
        (year.first..=year.last).contains(&day)
            && year.has_school_on(day.weekday())
            && year.rule(day, self.place, None).is_none_or(|rule| rule.mode != Mode::NoSchool)
    }

    /// The days from `from` to `to`, both included, at most [`YEAR_DAYS_MAX`].
    pub fn days(from: Date, to: Date) -> impl Iterator<Item = Date> {
        std::iter::successors(Some(from), |day| Some(after(*day)).filter(|next| next > day))
            .take(YEAR_DAYS_MAX)
            .take_while(move |day| *day <= to)
    }
}

impl Year {
    pub fn has_school_on(&self, weekday: Weekday) -> bool {
        usize::try_from(weekday.to_monday_zero_offset()).ok().and_then(|at| self.weekdays.get(at)).is_some_and(|is| *is)
    }

    /// The départements of each named list.
    pub const fn lists(&self) -> &BTreeMap<String, Vec<Departement>> {
        &self.lists
    }

    fn rule(&self, day: Date, place: Place, grade: Option<Grade>) -> Option<&Rule> {
        self.rules.iter().rev().filter(|rule| rule.covers(day)).find(|rule| {
            let listed = rule.selector.list.as_ref().and_then(|name| self.lists.get(name));
            rule.selector.fits(place, grade, listed.map_or(&[], Vec::as_slice))
        })
    }
}

/// The Monday of the week of a day.
pub(crate) fn monday_of(day: Date) -> Date {
    day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).unwrap_or(day)
}

fn half_on_site(turns: Turns, letter: Letter, day: Date) -> Half {
    let odd_day = turns == Turns::Day && day.weekday().to_monday_zero_offset() % 2 == 1;
    if (letter == Letter::A) == odd_day { Half::Second } else { Half::First }
}
