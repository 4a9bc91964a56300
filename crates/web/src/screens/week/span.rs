use crate::forms::parse_day;
use crate::{Fields, Page};
use jiff::ToSpan as _;
use jiff::civil::{Date, ISOWeekDate, Weekday};
use preau_base::Instant;

/// How lessons are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    Day,
    Week,
    /// Days with lessons only, one below the other.
    List,
}

impl View {
    pub(super) const ALL: [Self; 3] = [Self::Day, Self::Week, Self::List];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::List => "list",
        }
    }

    const fn days(self) -> i64 {
        match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::List => 14,
        }
    }
}

/// The days that are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub view: View,
    pub from: Date,
    /// The first day that is not shown.
    pub to: Date,
}

/// The Monday of a week as ISO 8601 writes it: `2026-W48`.
fn parse_week(text: &str) -> Option<Date> {
    let (year, week) = text.split_once("-W")?;
    if year.len() != 4 || week.len() != 2 || !(2000..2200).contains(&year.parse::<i16>().ok()?) {
        return None;
    }
    let week = ISOWeekDate::new(year.parse().ok()?, week.parse().ok()?, Weekday::Monday).ok()?;
    Some(week.date())
}

fn week_name(day: Date) -> String {
    let week = day.iso_week_date();
    format!("{:04}-W{:02}", week.year(), week.week())
}

fn later(day: Date, days: i64) -> Date {
    day.checked_add(days.days()).unwrap_or(day)
}

fn monday(day: Date) -> Date {
    later(day, -i64::from(day.weekday().to_monday_zero_offset()))
}

impl Span {
    /// What `view`, `week` and `day` of the query ask for; without them, this week.
    pub(super) fn asked(page: &Page, asked: &Fields) -> Self {
        let view = View::ALL.into_iter().find(|view| view.as_str() == asked.raw("view")).unwrap_or(View::Week);
        let week = parse_week(asked.raw("week"));
        let day = parse_day(asked.raw("day")).or(week).unwrap_or_else(|| page.today());
        Self::of(view, day)
    }

    fn of(view: View, day: Date) -> Self {
        let from = if view == View::Week { monday(day) } else { day };
        Self { view, from, to: later(from, view.days()) }
    }

    pub(super) fn bounds(&self, page: &Page) -> (Instant, Instant) {
        (page.start_of(self.from), page.start_of(self.to))
    }

    pub(super) fn has(&self, day: Date) -> bool {
        self.from <= day && day < self.to
    }

    pub(super) fn dates(&self, page: &Page) -> String {
        if self.view == View::Day {
            return page.day(self.from);
        }
        page.t2("week-span", ("from", page.day(self.from)), ("to", page.day(later(self.to, -1))))
    }

    /// The query of this span.
    fn query(&self) -> String {
        match self.view {
            View::Week => format!("week={}", week_name(self.from)),
            view => format!("view={}&day={}", view.as_str(), self.from),
        }
    }

    pub(super) fn before(&self) -> String {
        Self::of(self.view, later(self.from, -self.view.days())).query()
    }

    pub(super) fn after(&self) -> String {
        Self::of(self.view, self.to).query()
    }

    /// The span of another view that begins where this one does, or today where that is shown.
    pub(super) fn in_view(&self, view: &View, today: Date) -> String {
        let day = if self.has(today) { today } else { self.from };
        Self::of(*view, day).query()
    }

    /// The span around today.
    pub(super) fn now(&self, today: Date) -> String {
        Self::of(self.view, today).query()
    }

    /// The keys of its texts: `week-before`, `day-before`.
    pub(super) fn key(&self, word: &str) -> String {
        format!("view-{}-{word}", self.view.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn reads_weeks() {
        for (text, expect) in [
            ("2026-W48", Some(date(2026, 11, 23))),
            ("2026-W01", Some(date(2025, 12, 29))),
            ("2026-W54", None),
            ("2026-W00", None),
            ("1999-W10", None),
            ("2026-48", None),
            ("+026-W48", None),
            ("", None),
        ] {
            assert_eq!(parse_week(text), expect, "{text}");
        }
    }

    #[test]
    fn views_lead_to_each_other() {
        let week = Span::of(View::Week, date(2026, 11, 25));
        assert_eq!((week.from, week.to), (date(2026, 11, 23), date(2026, 11, 30)));
        assert_eq!((week.before().as_str(), week.after().as_str()), ("week=2026-W47", "week=2026-W49"));
        assert_eq!(week.in_view(&View::Day, date(2026, 11, 25)), "view=day&day=2026-11-25");
        assert_eq!(week.in_view(&View::List, date(2027, 1, 1)), "view=list&day=2026-11-23");
        let day = Span::of(View::Day, date(2026, 11, 23));
        assert_eq!(day.before(), "view=day&day=2026-11-22");
    }

    proptest! {
        #[test]
        fn every_day_is_in_the_week_it_names(days in 0_i64..60_000) {
            let day = later(date(2001, 1, 1), days);
            let monday = parse_week(&week_name(day)).unwrap();
            prop_assert!((0..7).contains(&monday.until(day).unwrap().get_days()));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,12}|[0-9W-]{0,9}") {
            let _ = parse_week(&text);
        }
    }
}
