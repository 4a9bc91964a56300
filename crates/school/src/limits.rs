//! Limits of the rules of a school, each with its unit last.

use std::time::Duration;

/// The text of one calendar.
pub const CALENDAR_BYTES_MAX: usize = 64 << 10;
/// Rules of one calendar.
pub const RULES_MAX: usize = 200;
/// Words of one list of a rule: zones, grades, départements.
pub const RULE_WORDS_MAX: usize = 120;
/// Named lists of départements.
pub const LIST_NAMES_MAX: usize = 20;
/// Départements of one list.
pub const LIST_ROWS_MAX: usize = 120;
/// What a rule is called.
pub const LABEL_CHARS_MAX: usize = 80;
/// From the first to the last day of a school year.
pub const YEAR_DAYS_MAX: usize = 400;
/// How much of a label is looked at for a grade.
pub const GRADE_LABEL_CHARS_MAX: usize = 80;
/// A lesson of a series.
pub const SERIES_LESSON_MAX: Duration = Duration::from_secs(12 * 60 * 60);
/// Conflicts that are reported; all are looked for until so many are found.
pub const CONFLICTS_MAX: usize = 200;
