use super::{kept, span_text, status_text, tone, word};
use crate::forms::parse_day;
use crate::ids::Id;
use crate::screens::home::capital;
use crate::{Answer, Fields, Member, Page, PageError, agenda};
use askama::Template;
use jiff::ToSpan as _;
use jiff::civil::Date;
use preau_base::{AbsenceId, LessonId, PersonId, SchoolId};
use preau_school::attendance::{Excuse, ExcuseState, Half, HalfDay, Status, excuse_of};
use preau_store::absences::{self, Absence};
use preau_store::attendance::{self, Line, Tally};
use preau_store::rolls;
use std::collections::HashMap;

#[derive(Template)]
#[template(path = "attendance/board.html")]
struct BoardPage<'a> {
    page: &'a Page,
    school: SchoolId,
    day: String,
    iso: String,
    before: String,
    after: String,
    halves: Vec<HalfCount>,
    parts: Vec<Part>,
    forgotten: Vec<Forgotten>,
    undecided: Vec<ToDecide>,
}

/// A half-day in numbers.
struct HalfCount {
    name: String,
    counts: Vec<(String, i64, &'static str)>,
}

/// Those of one status.
struct Part {
    id: &'static str,
    name: String,
    people: Vec<Person>,
}

struct Person {
    id: PersonId,
    name: String,
    class: String,
    lines: Vec<Said>,
    /// What is known of the reason.
    excuse: Option<(String, &'static str)>,
}

struct Said {
    lesson: LessonId,
    text: String,
}

struct Forgotten {
    lesson: LessonId,
    time: String,
    title: String,
    teachers: String,
}

struct ToDecide {
    id: AbsenceId,
    pupil_id: PersonId,
    pupil: String,
    span: String,
    reason: String,
    detail: String,
    by: String,
}

/// `GET /schools/{id}/attendance?day=2026-11-23`.
pub(crate) async fn show(mut member: Member, Id(id): Id<SchoolId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    kept(&mut member, &mut conn, id).await?;
    let day = parse_day(asked.raw("day")).unwrap_or_else(|| member.today());
    let (first, last) = (HalfDay::morning(day), HalfDay::afternoon(day));
    let lines = attendance::exceptions(&mut conn, id, first, last).await?;
    let mut excuses: HashMap<PersonId, Vec<Excuse>> = HashMap::new();
    for absence in absences::of_school(&mut conn, id, first, last).await? {
        excuses.entry(absence.pupil_id).or_default().push(absence.excuse());
    }
    let tallies = attendance::tallies(&mut conn, id, first, last).await?;
    let (from, to) = agenda::bounds(&member, day);
    let to = to.min(member.now());
    let missing = if from < to { rolls::forgotten(&mut conn, id, from, to).await? } else { Vec::new() };
    let undecided = absences::undecided(&mut conn, id).await?;
    let page = &member.page;
    let part = |status, key: &str, id| part(page, &lines, &excuses, status, (page.t(key), id));
    member.html(&BoardPage {
        page,
        school: id,
        day: capital(&page.day_near(day)),
        iso: day.to_string(),
        before: shifted(day, -1),
        after: shifted(day, 1),
        halves: vec![
            half_count(page, &tallies, HalfDay::morning(day)),
            half_count(page, &tallies, HalfDay::afternoon(day)),
        ],
        parts: vec![
            part(Status::Absent, "board-absent", "absent"),
            part(Status::NoConnection, "board-no-connection", "no-connection"),
            part(Status::Late, "board-late", "late"),
            part(Status::LeftEarly, "board-left-early", "left-early"),
        ],
        forgotten: missing.iter().map(|lesson| forgotten(page, lesson)).collect(),
        undecided: undecided.into_iter().map(|absence| to_decide(page, absence)).collect(),
    })
}

/// The day before or after, a weekend skipped.
fn shifted(day: Date, by: i64) -> String {
    let mut next = day;
    for _ in 0..3 {
        next = next.checked_add(by.days()).unwrap_or(day);
        if next.weekday().to_monday_zero_offset() < 5 {
            break;
        }
    }
    next.to_string()
}

fn half_count(page: &Page, tallies: &[Tally], half: HalfDay) -> HalfCount {
    let of = |status| tallies.iter().find(|it| it.half_day == half && it.status == status).map_or(0, |it| it.pupils);
    let name = match half.half {
        Half::Morning => page.t("half-morning"),
        Half::Afternoon => page.t("half-afternoon"),
    };
    let one = |status: Status| (page.t(&super::status_key(status)), of(status), tone(status));
    HalfCount { name: capital(&name), counts: Status::ALL.iter().copied().map(one).collect() }
}

fn part(
    page: &Page,
    lines: &[Line],
    excuses: &HashMap<PersonId, Vec<Excuse>>,
    status: Status,
    (name, id): (String, &'static str),
) -> Part {
    let mut people: Vec<Person> = Vec::new();
    for line in lines.iter().filter(|line| line.status == status) {
        if people.last().is_none_or(|last| last.id != line.pupil_id) {
            let excuse = excuses.get(&line.pupil_id).and_then(|said| excuse_of(said, line.half_day));
            people.push(Person {
                id: line.pupil_id,
                name: line.roll_name(),
                class: agenda::unbroken(&line.class),
                lines: Vec::new(),
                excuse: excuse.map(|excuse| (excuse_text(page, &excuse), excuse_tone(excuse.state))),
            });
        }
        let text = [page.clock(line.starts_at), line.subject_name.clone()].join(" ");
        let minutes = if line.minutes > 0 { status_text(page, status, line.minutes) } else { String::new() };
        let text = if minutes.is_empty() { text } else { format!("{text} · {minutes}") };
        if let Some(person) = people.last_mut() {
            person.lines.push(Said { lesson: line.lesson_id, text });
        }
    }
    Part { id, name, people }
}

/// `Santé (acceptée)`
pub(super) fn excuse_text(page: &Page, excuse: &Excuse) -> String {
    let reason = word(page, "reason-", excuse.reason.as_str());
    format!("{reason} ({})", word(page, "excuse-", excuse.state.as_str()))
}

pub(super) const fn excuse_tone(state: ExcuseState) -> &'static str {
    match state {
        ExcuseState::Declared => "now",
        ExcuseState::Accepted => "good",
        ExcuseState::Refused => "bad",
    }
}

fn forgotten(page: &Page, lesson: &rolls::Forgotten) -> Forgotten {
    let title = [lesson.subject_name.as_str(), &agenda::unbroken(&lesson.groups)].join(", ");
    Forgotten { lesson: lesson.lesson_id, time: page.clock(lesson.starts_at), title, teachers: lesson.teachers.clone() }
}

fn to_decide(page: &Page, absence: Absence) -> ToDecide {
    ToDecide {
        id: absence.id,
        pupil_id: absence.pupil_id,
        span: capital(&span_text(page, absence.first_half, absence.last_half)),
        reason: word(page, "reason-", absence.reason.as_str()),
        pupil: absence.pupil.into_inner(),
        detail: absence.detail.into_inner(),
        by: absence.declared_by,
    }
}

/// The day that a page about attendance is asked for.
///
/// # Errors
/// [`PageError::Malformed`] for a text that is no day.
pub(super) fn asked_day(asked: &Fields, name: &str, otherwise: Date) -> Result<Date, PageError> {
    match asked.raw(name) {
        "" => Ok(otherwise),
        text => parse_day(text).ok_or(PageError::Malformed("day")),
    }
}
