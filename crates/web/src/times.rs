//! Times and days as French schools write them (9 h 05, lundi 23 novembre) and as English readers do (9:05, Monday 23
//! November). Methods of [`Page`], in the school's time zone.

use crate::Page;
use crate::lang::Lang;
use crate::texts::{self, Voice};
use fluent_bundle::FluentArgs;
use jiff::civil::{Date, Time};
use jiff::{Timestamp, Zoned};
use preau_base::Instant;

/// Between a number and what it counts (U+00A0).
pub(crate) const NBSP: char = '\u{a0}';

impl Page {
    /// The instant on the school's clock.
    pub fn zoned(&self, at: Instant) -> Zoned {
        Timestamp::from_millisecond(at.as_millis()).unwrap_or_default().to_zoned(self.zone.clone())
    }

    /// The school's day of this request.
    pub fn today(&self) -> Date {
        self.zoned(self.now()).date()
    }

    /// When a day of the school begins.
    pub fn start_of(&self, day: Date) -> Instant {
        let start = day.to_zoned(self.zone.clone()).map(|start| start.timestamp().as_millisecond());
        Instant::from_millis(start.unwrap_or_default())
    }

    /// `9 h 05`, `9:05`.
    pub fn clock(&self, at: Instant) -> String {
        self.clock_of(self.zoned(at).time())
    }

    /// The same for a time of the clock on no day.
    pub fn clock_of(&self, at: Time) -> String {
        clock_in(self.lang(), at)
    }

    /// `9 h 00 – 9 h 55`.
    pub fn clock_range(&self, from: Instant, to: Instant) -> String {
        format!("{} – {}", self.clock(from), self.clock(to))
    }

    /// For the `datetime` attribute of `<time>`.
    pub fn machine_time(&self, at: Instant) -> String {
        Timestamp::from_millisecond(at.as_millis()).unwrap_or_default().to_string()
    }

    /// `40 secondes`, `2 minutes`: how long somebody has to wait, rounded up.
    pub fn wait(&self, seconds: u64) -> String {
        match seconds {
            0..60 => self.t1("wait-seconds", "count", seconds),
            _ => self.t1("wait-minutes", "count", seconds.div_ceil(60)),
        }
    }

    /// `lundi 23 novembre`, `Monday 23 November`.
    pub fn day(&self, day: Date) -> String {
        day_in(self.lang(), day)
    }

    /// `aujourd’hui`, `demain`, `hier`, else [`Page::day`].
    pub fn day_near(&self, day: Date) -> String {
        let apart = self.today().until(day).map_or(i32::MAX, |span| span.get_days());
        match apart {
            0 => self.t("day-today"),
            1 => self.t("day-tomorrow"),
            -1 => self.t("day-yesterday"),
            _ => self.day(day),
        }
    }

    /// Day and time, for what happened: `aujourd’hui à 9 h 05`.
    pub fn moment(&self, at: Instant) -> String {
        self.t2("moment", ("day", self.day_near(self.zoned(at).date())), ("time", self.clock(at)))
    }
}

/// `9 h 05`, `9:05`.
pub(crate) fn clock_in(lang: Lang, at: Time) -> String {
    match lang {
        Lang::Fr => format!("{}{NBSP}h{NBSP}{:02}", at.hour(), at.minute()),
        Lang::En => format!("{}:{:02}", at.hour(), at.minute()),
    }
}

/// `lundi 23 novembre`, `Monday 23 November`.
pub(crate) fn day_in(lang: Lang, day: Date) -> String {
    let text = |key: String| texts::text(lang, Voice::Vous, &key, FluentArgs::new());
    let weekday = text(format!("weekday-{}", day.weekday().to_monday_one_offset()));
    let month = text(format!("month-{}", day.month()));
    let number = match (lang, day.day()) {
        (Lang::Fr, 1) => "1er".to_owned(),
        (_, number) => number.to_string(),
    };
    format!("{weekday} {number}{NBSP}{month}")
}
