//! School years: which days there is school, and how, for each grade at each place.
//!
//! A [`Year`] is a list of rules; the last rule that fits a day, a place and a grade says the [`Mode`]. Public holidays
//! and days that are no weekday of the school have no school whatever the rules say. Rules come from a text
//! ([`Draft::parse`]): a [ready one](ready) of the whole country, and on top of it what a school has of its own.

mod decision;
mod draft;
mod grade;
mod label;
mod place;
mod public;
pub mod ready;
mod rule;
mod text;
mod year;

pub use decision::Decision;
pub use draft::{CalendarError, Draft, RuleFault};
pub use grade::{Grade, Kind, Stage};
pub use place::{Departement, Place, Zone};
pub use public::{PublicHoliday, easter, public_holiday};
pub use rule::{Half, Label, Letter, Mode, Rule, Selector, Start, Turns, Weeks};
pub use year::{Calendar, Day, Reason, Year};

#[cfg(test)]
mod tests;
