use crate::Page;
use crate::screens::home::capital;
use crate::screens::week::days;
use jiff::civil::Date;
use preau_school::calendar::{Calendar, Day, Grade, Mode, Reason, Year};

/// A day of the month's table.
pub(super) struct DayRow {
    pub name: String,
    pub is_today: bool,
    /// The word of the mode that most grades have, for the row's look.
    pub mode: &'static str,
    /// One line for all grades, or one for each part of them.
    pub lines: Vec<String>,
}

/// Days, one after the other, that are not ordinary, and why.
pub(super) struct Run {
    pub days: String,
    pub text: String,
}

/// How a day is, grade by grade: those of one kind together. With which half is on site, or without.
fn lines(page: &Page, calendar: &Calendar, grades: &[Grade], day: Date, halves: bool) -> (Mode, Vec<String>) {
    let found: Vec<(Option<Grade>, Day<'_>)> = if grades.is_empty() {
        vec![(None, calendar.day(day, None))]
    } else {
        grades.iter().map(|grade| (Some(*grade), calendar.day(day, Some(*grade)))).collect()
    };
    let mut parts: Vec<(String, Vec<&str>)> = Vec::new();
    for (grade, day) in &found {
        let on_site = day.on_site.filter(|_| halves);
        let text = text(page, Day { on_site, ..*day });
        let name = grade.map_or("", Grade::written);
        match parts.iter_mut().find(|(known, _)| *known == text) {
            Some((_, names)) => names.push(name),
            None => parts.push((text, vec![name])),
        }
    }
    let mode = found.first().map_or(Mode::NoSchool, |(_, day)| day.mode);
    if parts.len() == 1 {
        return (mode, parts.into_iter().map(|(text, _)| text).collect());
    }
    let line =
        |(text, names): (String, Vec<&str>)| page.t2("calendar-grades", ("grades", names.join(", ")), ("mode", text));
    (mode, parts.into_iter().map(line).collect())
}

fn text(page: &Page, day: Day<'_>) -> String {
    match (day.mode, day.on_site) {
        (Mode::HalfGroups, Some(half)) => page.t1("mode-half-number", "half", half.number()),
        (Mode::OnSite, _) => page.t("mode-on_site"),
        _ => days::label(page, day).unwrap_or_else(|| page.t("mode-no_school")),
    }
}

pub(super) fn days(page: &Page, calendar: &Calendar, grades: &[Grade], first: Date) -> Vec<DayRow> {
    let row = |day: Date| {
        let (mode, lines) = lines(page, calendar, grades, day, true);
        let weekend = calendar.day(day, None).reason == Reason::Weekday;
        DayRow {
            name: capital(&page.day(day)),
            is_today: day == page.today(),
            mode: if mode == Mode::NoSchool { "off" } else { mode.as_str() },
            lines: if weekend { Vec::new() } else { lines },
        }
    };
    Calendar::days(first, first.last_of_month()).map(row).collect()
}

/// What is not ordinary in a year, as runs of days; days without lessons in the week neither break nor begin a run.
pub(super) fn runs(page: &Page, calendar: &Calendar, grades: &[Grade], year: &Year) -> Vec<Run> {
    let mut runs: Vec<(Date, Date, String)> = Vec::new();
    let mut open = false;
    for day in Calendar::days(year.first, year.last) {
        let probe = grades.first().copied();
        if calendar.day(day, probe).reason == Reason::Weekday {
            continue;
        }
        let (mode, lines) = lines(page, calendar, grades, day, false);
        if mode == Mode::OnSite && lines.len() == 1 {
            open = false;
            continue;
        }
        let text = lines.join(" ; ");
        match runs.last_mut().filter(|(_, _, last)| open && *last == text) {
            Some((_, to, _)) => *to = day,
            None => runs.push((day, day, text)),
        }
        open = true;
    }
    let shown = |(from, to, text): (Date, Date, String)| Run { days: span(page, from, to), text };
    runs.into_iter().map(shown).collect()
}

fn span(page: &Page, from: Date, to: Date) -> String {
    if from == to {
        return page.day(from);
    }
    page.t2("week-span", ("from", page.day(from)), ("to", page.day(to)))
}
