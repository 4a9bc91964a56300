//! Calendars that come with the program: `crates/school/calendars`.

use super::draft::Draft;
use super::year::Year;
use std::sync::LazyLock;

/// Name and text of each, the earliest year first.
pub const READY: [(&str, &str); 2] = [
    ("france-2020-2021", include_str!("../../calendars/france-2020-2021.toml")),
    ("france-2026-2027", include_str!("../../calendars/france-2026-2027.toml")),
];

/// The ready calendar of this name.
pub fn draft(name: &str) -> Option<Draft> {
    let (_, text) = READY.iter().find(|(known, _)| *known == name)?;
    // A test reads each of them.
    Draft::parse(text).ok()
}

/// All years that come with the program, the earliest first.
pub fn years() -> Vec<Year> {
    static YEARS: LazyLock<Vec<Year>> =
        LazyLock::new(|| READY.iter().filter_map(|(name, _)| draft(name)?.year().ok()).collect());
    YEARS.clone()
}

/// The name of the ready calendar of the school year that begins in this year.
pub fn of_year(begins: i16) -> Option<&'static str> {
    let end = format!("-{begins}-{}", begins.checked_add(1)?);
    READY.iter().map(|(name, _)| *name).find(|name| name.ends_with(&end))
}
