//! What the form of work says, and what is wrong with it.

use super::Stuff;
use crate::forms::Check;
use crate::limits::{HOMEWORK_BODY_CHARS_MAX, HOMEWORK_TITLE_CHARS_MAX, SKILLS_MAX, SUBJECT_CHARS_MAX};
use crate::{Fields, Member, Page};
use jiff::ToSpan as _;
use jiff::civil::Date;
use preau_base::{GroupId, Instant, PersonId};
use preau_school::homework::{LateRule, MARK_MAX, Ways, parse_mark};
use preau_school::log::WORK_MINUTES_MAX;
use preau_store::homework::Handing;

/// What the form says, once everything in it is good.
pub(super) struct Told {
    pub title: String,
    pub body: String,
    pub subject: String,
    pub day: Date,
    pub ways: Ways,
    pub late_rule: LateRule,
    pub deadline: Option<Instant>,
    pub mark_max: Option<i64>,
    pub skills: String,
    pub visible_at: Option<Instant>,
    pub pupils: Vec<PersonId>,
    /// How long it takes, and whether it is a test: the load of the class is made of it.
    pub minutes: Option<i64>,
    pub is_test: bool,
}

impl Told {
    pub fn handing(&self) -> Handing<'_> {
        Handing {
            ways: self.ways,
            late_rule: self.late_rule,
            deadline: self.deadline,
            mark_max: self.mark_max,
            skills: &self.skills,
            visible_at: self.visible_at,
            pupils: &self.pupils,
        }
    }
}

/// Reads the form for work of `group`. A day that it has already may be past.
pub(super) fn read(
    member: &Member,
    sent: &Fields,
    group: Option<GroupId>,
    stuff: &Stuff,
    check: &mut Check<'_>,
) -> Option<Told> {
    let title = check.needed("title", HOMEWORK_TITLE_CHARS_MAX);
    let body = check.lines("body", HOMEWORK_BODY_CHARS_MAX);
    let subject = check.line("subject", SUBJECT_CHARS_MAX);
    let day = check.day("day");
    let known = stuff.change.as_ref().map(|(at, _)| at.work.due_day.clone());
    let far = member.today().checked_add(1.years()).unwrap_or_else(|_| member.today());
    let is_out = |day: Date| (day < member.today() && Some(day.to_string()) != known) || day > far;
    if day.is_some_and(is_out) {
        check.fault("day", "fault-day-range");
    }
    if group.is_none() {
        check.fault("group", "fault-choose");
    }
    let ways = Ways::of_words(sent.all("ways"));
    let time = if sent.line("time").is_empty() { None } else { check.time("time") };
    let visible_at = if sent.line("visible").is_empty() { None } else { check.day("visible") };
    let visible_at = visible_at.map(|day| member.start_of(day));
    let mark_max = mark_max(sent, check);
    let skills = skills(check);
    let minutes = minutes(sent, check);
    let of_group = |id: PersonId| stuff.pupils.iter().any(|(of, pupil, _)| Some(*of) == group && *pupil == id);
    let pupils: Vec<PersonId> = sent.all("pupils").filter_map(|id| id.parse().ok()).collect();
    if !pupils.iter().all(|id| of_group(*id)) {
        check.fault("pupils", "fault-work-pupils");
    }
    if !check.is_good() {
        return None;
    }
    let day = day?;
    let deadline = ways.is_any().then(|| match time {
        Some(time) => at_clock(member, day, time),
        None => member.start_of(day.tomorrow().unwrap_or(day)),
    });
    let late_rule = LateRule::of_word(sent.raw("late"));
    let is_test = sent.checked("test");
    Some(Told {
        title,
        body,
        subject,
        day,
        ways,
        late_rule,
        deadline,
        mark_max,
        skills,
        visible_at,
        pupils,
        minutes,
        is_test,
    })
}

/// A time of a day on the school's clock; one that the clock leaps over counts from before the leap.
pub(in crate::screens::homework) fn at_clock(page: &Page, day: Date, time: jiff::civil::Time) -> Instant {
    let at = day.to_datetime(time).to_zoned(page.zone.clone());
    at.map_or_else(|_| page.start_of(day), |at| Instant::from_millis(at.timestamp().as_millisecond()))
}

fn mark_max(sent: &Fields, check: &mut Check<'_>) -> Option<i64> {
    let text = sent.line("mark");
    if text.is_empty() {
        return None;
    }
    let most = parse_mark(&text, MARK_MAX).filter(|most| *most > 0);
    if most.is_none() {
        check.fault("mark", "fault-mark-max");
    }
    most
}

fn minutes(sent: &Fields, check: &mut Check<'_>) -> Option<i64> {
    let text = sent.line("minutes");
    let minutes = text.parse::<u32>().ok().filter(|minutes| (1..=WORK_MINUTES_MAX).contains(minutes));
    if !text.is_empty() && minutes.is_none() {
        check.fault("minutes", "plan-fault-minutes");
    }
    minutes.map(i64::from)
}

fn skills(check: &mut Check<'_>) -> String {
    let text = check.lines("skills", SKILLS_MAX * SUBJECT_CHARS_MAX);
    let names: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if names.len() > SKILLS_MAX || names.iter().any(|name| name.chars().count() > SUBJECT_CHARS_MAX) {
        check.fault("skills", "fault-skills");
    }
    names.join("\n")
}
