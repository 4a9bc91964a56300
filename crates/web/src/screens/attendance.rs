//! Attendance: the teacher's roll, school life's board of the day, a pupil's page, those who were not reached, and the
//! register of children on site.

pub(crate) mod below;
pub(crate) mod board;
pub(crate) mod decide;
pub(crate) mod declare;
pub(crate) mod export;
pub(crate) mod follow_up;
pub(crate) mod hub;
pub(crate) mod not_reached;
pub(crate) mod on_site;
pub(crate) mod pupil;
pub(crate) mod roll;
mod roll_form;
pub(crate) mod settings;

use crate::screens::place;
use crate::{Member, Page, PageError};
use jiff::civil::Date;
use preau_base::{Instant, SchoolId};
use preau_school::attendance::{Half, HalfDay, Outcome, Status};
use preau_school::{Act, AttendanceAct};
use preau_store::schools::School;
use preau_store::{Conn, attendance};

/// A school, after asking for the right to keep its attendance.
pub(super) async fn kept(member: &mut Member, conn: &mut Conn, id: SchoolId) -> Result<School, PageError> {
    place::school(member, conn, id, Act::Attendance(AttendanceAct::Keep(id))).await
}

/// The half-day of an instant, on the clock of the page.
pub(super) fn half_of(page: &Page, at: Instant, settings: &attendance::Settings) -> HalfDay {
    HalfDay::at(&page.zoned(at), settings.afternoon_min)
}

/// `lundi 23 novembre, matin`
pub(crate) fn half_text(page: &Page, half: HalfDay) -> String {
    let part = match half.half {
        Half::Morning => page.t("half-morning"),
        Half::Afternoon => page.t("half-afternoon"),
    };
    format!("{}, {part}", page.day_near(half.day))
}

/// `lundi 23 novembre, matin`, or from one half-day to another.
pub(super) fn span_text(page: &Page, first: HalfDay, last: HalfDay) -> String {
    if first == last {
        return half_text(page, first);
    }
    if first.day == last.day {
        return page.t1("half-whole-day", "day", page.day_near(first.day));
    }
    page.t2("half-span", ("from", half_text(page, first)), ("to", half_text(page, last)))
}

/// `Retard de 7 min`, `Absent`.
pub(super) fn status_text(page: &Page, status: Status, minutes: i64) -> String {
    match (status, minutes) {
        (Status::Late, 1..) => page.t1("status-late-by", "minutes", minutes),
        (Status::LeftEarly, 1..) => page.t1("status-left-early-by", "minutes", minutes),
        _ => page.t(&status_key(status)),
    }
}

pub(super) fn status_key(status: Status) -> String {
    format!("status-{}", status.as_str().replace('_', "-"))
}

/// The class of a tag of a status.
pub(super) const fn tone(status: Status) -> &'static str {
    match status {
        Status::Present | Status::Distant => "good",
        Status::Absent => "bad",
        Status::Late | Status::LeftEarly | Status::NoConnection => "now",
    }
}

pub(super) const fn outcome_key(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Attended => "outcome-attended",
        Outcome::Unjustified => "outcome-unjustified",
        Outcome::Pending => "outcome-pending",
        Outcome::Justified => "outcome-justified",
        Outcome::NoConnection => "outcome-no-connection",
    }
}

pub(super) const fn outcome_tone(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Attended | Outcome::Justified => "good",
        Outcome::Unjustified => "bad",
        Outcome::Pending | Outcome::NoConnection => "now",
    }
}

/// The text of a word that is stored; `stem` is `reason-`, `excuse-`, `means-` or `reached-`.
pub(super) fn word(page: &Page, stem: &str, stored: &str) -> String {
    page.t(&format!("{stem}{}", stored.replace('_', "-")))
}

/// The first day of the school year of `day`: 1 September.
pub(super) fn year_start(day: Date) -> Date {
    let year = if day.month() >= 9 { day.year() } else { day.year() - 1 };
    Date::new(year, 9, 1).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;
    use crate::texts::has;
    use preau_school::attendance::{ExcuseState, Means, Reached, Reason};

    #[test]
    fn every_stored_word_has_its_text() {
        let mut keys: Vec<String> = Status::ALL.iter().map(|it| status_key(*it)).collect();
        let key = |stem: &str, word: &str| format!("{stem}{}", word.replace('_', "-"));
        keys.extend(Reason::ALL.iter().map(|it| key("reason-", it.as_str())));
        keys.extend(ExcuseState::ALL.iter().map(|it| key("excuse-", it.as_str())));
        keys.extend(Means::ALL.iter().map(|it| key("means-", it.as_str())));
        keys.extend(Reached::ALL.iter().map(|it| key("reached-", it.as_str())));
        for outcome in
            [Outcome::Attended, Outcome::Unjustified, Outcome::Pending, Outcome::Justified, Outcome::NoConnection]
        {
            keys.push(outcome_key(outcome).to_owned());
        }
        assert!(keys.len() > 25);
        let missing: Vec<_> = keys.iter().filter(|key| !Lang::ALL.into_iter().all(|lang| has(lang, key))).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn a_school_year_begins_in_september() {
        let date = |year, month, day| Date::new(year, month, day).unwrap();
        for (day, expect) in [(date(2026, 8, 31), 2025), (date(2026, 9, 1), 2026), (date(2027, 1, 1), 2026)] {
            assert_eq!(year_start(day), date(expect, 9, 1));
        }
    }
}
