//! Public holidays of France (Code du travail, art. L3133-1, L3134-13, L3422-2).

use super::place::Departement;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};

words! {
    /// A public holiday (jour férié).
    PublicHoliday ("public holiday") {
        NewYear = "new-year",
        /// Alsace and Moselle.
        GoodFriday = "good-friday",
        EasterMonday = "easter-monday",
        Labour = "labour",
        Victory = "victory",
        Ascension = "ascension",
        WhitMonday = "whit-monday",
        National = "national",
        Assumption = "assumption",
        AllSaints = "all-saints",
        Armistice = "armistice",
        Christmas = "christmas",
        /// Alsace and Moselle.
        SaintStephen = "saint-stephen",
        /// Each département overseas on its own day.
        Abolition = "abolition",
    }
}

/// Easter Sunday of a year of the Gregorian calendar (Butcher's rule, as in Meeus, Astronomical Algorithms, ch. 8).
pub fn easter(year: i16) -> Date {
    let y = i32::from(year);
    let (a, b, c) = (y.rem_euclid(19), y.div_euclid(100), y.rem_euclid(100));
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15).rem_euclid(30);
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k).rem_euclid(7);
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    let (month, day) = (n / 31, n % 31 + 1);
    Date::new(year, i8::try_from(month).unwrap_or(4), i8::try_from(day).unwrap_or(1)).unwrap_or(date(2000, 4, 23))
}

/// The public holiday that a day is at a place, if it is one.
pub fn public_holiday(day: Date, departement: Option<Departement>) -> Option<PublicHoliday> {
    use PublicHoliday::{
        Abolition, AllSaints, Armistice, Ascension, Assumption, Christmas, EasterMonday, GoodFriday, Labour, National,
        NewYear, SaintStephen, Victory, WhitMonday,
    };
    let code = departement.as_ref().map_or("", Departement::as_str);
    let rhine = matches!(code, "57" | "67" | "68");
    let abolition = match code {
        "971" => (5, 27),
        "972" => (5, 22),
        "973" => (6, 10),
        "974" => (12, 20),
        "976" => (4, 27),
        "977" => (10, 9),
        "978" => (5, 28),
        _ => (0, 0),
    };
    match (day.month(), day.day()) {
        (1, 1) => return Some(NewYear),
        (5, 1) => return Some(Labour),
        (5, 8) => return Some(Victory),
        (7, 14) => return Some(National),
        (8, 15) => return Some(Assumption),
        (11, 1) => return Some(AllSaints),
        (11, 11) => return Some(Armistice),
        (12, 25) => return Some(Christmas),
        (12, 26) if rhine => return Some(SaintStephen),
        found if found == abolition => return Some(Abolition),
        _ => {}
    }
    // Whoever expands a timetable asks this for some ten thousands of days, and the others are from March to June.
    if !(3..=6).contains(&day.month()) {
        return None;
    }
    match day.day_of_year() - easter(day.year()).day_of_year() {
        -2 if rhine => Some(GoodFriday),
        1 => Some(EasterMonday),
        39 => Some(Ascension),
        50 => Some(WhitMonday),
        _ => None,
    }
}

/// The day after; the last day that there is stays.
pub(super) fn after(day: Date) -> Date {
    day.checked_add(1.day()).unwrap_or(day)
}
