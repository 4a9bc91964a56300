use super::span::{Span, View};
use crate::Page;
use crate::agenda::Slot;
use crate::screens::home::capital;
use jiff::civil::Date;
use preau_school::calendar::{self, Calendar, Grade, Mode, Reason};

pub(super) struct Day {
    pub name: String,
    pub is_today: bool,
    /// Why there is no school, or how there is: `Vacances de Noël`, `à distance`.
    pub label: Option<String>,
    pub slots: Vec<Slot>,
}

/// The days of a span with their lessons. Saturday and Sunday only where there is something; of a list, days with
/// lessons only.
pub(super) fn of(
    page: &Page,
    span: &Span,
    slots: Vec<Slot>,
    calendar: Option<&Calendar>,
    grade: Option<Grade>,
) -> Vec<Day> {
    let mut slots: Vec<_> = slots.into_iter().map(Some).collect();
    let last = span.to.yesterday().unwrap_or(span.from);
    let day = |date: Date| {
        let on_day = |slot: &mut Option<Slot>| slot.take_if(|slot| page.zoned(slot.starts_at).date() == date);
        let label = calendar.and_then(|calendar| label(page, calendar.day(date, grade)));
        let mut slots: Vec<Slot> = slots.iter_mut().filter_map(on_day).collect();
        // What the day says need not be said of each lesson.
        for slot in slots.iter_mut().filter(|slot| slot.place.is_some() && slot.place == label) {
            slot.place = None;
        }
        Day { name: capital(&page.day(date)), is_today: date == page.today(), label, slots }
    };
    let mut days: Vec<Day> = Calendar::days(span.from, last).map(day).collect();
    match span.view {
        View::Day => {}
        View::List => days.retain(|day| !day.slots.is_empty()),
        View::Week => {
            while days.len() > 5 && days.last().is_some_and(|day| day.slots.is_empty() && !day.is_today) {
                days.pop();
            }
        }
    }
    days
}

/// What a page says of a day; nothing of an ordinary one.
pub(crate) fn label(page: &Page, day: calendar::Day<'_>) -> Option<String> {
    match (day.mode, day.reason) {
        (_, Reason::Public(holiday)) => Some(page.t(&format!("holiday-{}", holiday.as_str()))),
        (Mode::NoSchool, Reason::Rule(rule)) => Some(rule_label(page, rule)),
        (_, Reason::Summer) => Some(page.t("mode-summer")),
        (Mode::Distance, _) => Some(page.t("mode-distance")),
        (Mode::HalfGroups, _) => Some(page.t("mode-half_groups")),
        (Mode::NoSchool | Mode::OnSite, _) => None,
    }
}

/// What a rule is called, in the reader's language where it has a name in it.
pub(crate) fn rule_label(page: &Page, rule: &calendar::Rule) -> String {
    if page.lang() == crate::Lang::En && !rule.label.en.is_empty() {
        rule.label.en.clone()
    } else {
        rule.label.fr.clone()
    }
}
