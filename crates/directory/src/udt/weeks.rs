use crate::elements::Element;
use crate::limits::WEEKS_MAX;
use crate::report::Report;
use crate::values::date;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use preau_school::feed::fault::UdtFault;
use std::collections::BTreeMap;

/// The year as the export tells it: first and last day, closures, periods.
#[derive(Default)]
pub(super) struct Weeks {
    first: Option<Date>,
    last: Option<Date>,
    first_week: Option<i8>,
    closures: Vec<(Date, Date)>,
    /// ISO weeks with which periods begin, as `semaines.xml` lists them.
    starts: Vec<i8>,
}

impl Weeks {
    pub fn take(&mut self, element: &Element, report: &mut Report) {
        let day = || date(&element.text);
        match element.name.as_str() {
            "debut_eleve" => self.first = day(),
            "fin_eleve" => self.last = day(),
            "init" => self.first_week = element.get("premiere_semaine_ISO").parse().ok(),
            "fermeture" => match (date(element.get("debut")), date(element.get("fin"))) {
                (Some(from), Some(to)) if from <= to => self.closures.push((from, to)),
                _ => report.record(element.line, UdtFault::BadClosure),
            },
            "semaines" => {
                let weeks = element.all("semaine").filter_map(|week| week.get("num").parse().ok());
                self.starts = weeks.filter(|week| (1..=53).contains(week)).collect();
            }
            _ => {}
        }
    }

    /// None when the export does not say when the year begins and ends.
    pub fn calendar(&self) -> Option<Calendar> {
        let (first, last) = (self.first?, self.last?);
        let begin = match self.first_week {
            // The week may lie before the pupils' first day, in the same ISO year.
            Some(week) => {
                let year = first.iso_week_date().year();
                jiff::civil::ISOWeekDate::new(year, week, Weekday::Monday).ok()?.date()
            }
            None => first,
        };
        let begin = monday(begin);
        let mut mondays = Vec::new();
        while mondays.len() < WEEKS_MAX as usize {
            let next = begin.checked_add((7 * mondays.len() as i64).days()).ok()?;
            if next > last {
                break;
            }
            mondays.push(next);
        }
        let mut period = None;
        let mut of_week = BTreeMap::new();
        for day in &mondays {
            let week = day.iso_week_date().week();
            if self.starts.contains(&week) {
                period = Some(week);
            }
            of_week.insert(*day, period);
        }
        Some(Calendar { of_week })
    }

    /// This day of these weeks, where pupils have school.
    pub fn days(&self, mondays: &[Date], day: u8) -> Vec<Date> {
        let open = |date: &Date| {
            self.first.is_none_or(|first| first <= *date)
                && self.last.is_none_or(|last| *date <= last)
                && !self.closures.iter().any(|(from, to)| from <= date && date <= to)
        };
        let on = |monday: &Date| monday.checked_add((i64::from(day) - 1).days()).ok();
        if (1..=7).contains(&day) { mondays.iter().filter_map(on).filter(open).collect() } else { Vec::new() }
    }
}

/// The Mondays of the year, each with the ISO week that its period began with.
pub(super) struct Calendar {
    of_week: BTreeMap<Date, Option<i8>>,
}

impl Calendar {
    /// The weeks of the period that begins with this ISO week, or that week alone where periods are not told.
    pub fn period(&self, start: i8) -> Vec<Date> {
        let is_in = |(monday, period): (&Date, &Option<i8>)| {
            let there = period.unwrap_or_else(|| monday.iso_week_date().week()) == start;
            there.then_some(*monday)
        };
        self.of_week.iter().filter_map(is_in).collect()
    }

    /// From the Monday of the first of these ISO weeks to the Sunday of the last; bit n is week n + 1.
    pub fn span(&self, weeks: u64) -> Option<(Date, Date)> {
        let is_in = |monday: &&Date| weeks >> (monday.iso_week_date().week() - 1) & 1 == 1;
        let mut of = self.of_week.keys().filter(is_in);
        let first = *of.next()?;
        let last = of.next_back().copied().unwrap_or(first);
        Some((first, last.checked_add(6.days()).ok()?))
    }

    /// The weeks that none of these periods has.
    pub fn others(&self, starts: impl Iterator<Item = i8>) -> Vec<Date> {
        let taken: Vec<Date> = starts.flat_map(|start| self.period(start)).collect();
        self.of_week.keys().filter(|monday| !taken.contains(monday)).copied().collect()
    }
}

fn monday(day: Date) -> Date {
    day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).unwrap_or(day)
}
