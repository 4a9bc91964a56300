use super::board::{excuse_text, excuse_tone};
use super::declare::schools_seen;
use super::{outcome_key, outcome_tone, span_text, status_text, tone, year_start};
use crate::ids::Id;
use crate::screens::home::capital;
use crate::screens::place;
use crate::{Answer, Member, Page, PageError};
use askama::Template;
use preau_base::{AbsenceId, PersonId, SchoolId};
use preau_school::attendance::{
    Counts, Excuse, ExcuseState, HalfDay, Mark, Outcome, Status, UNJUSTIFIED_MONTH_MAX, outcomes,
};
use preau_school::{Act, AttendanceAct};
use preau_store::absences::{self, Absence};
use preau_store::attendance::{self, Line};
use preau_store::{Conn, schools};

#[derive(Template)]
#[template(path = "attendance/pupil.html")]
struct PupilPage<'a> {
    page: &'a Page,
    id: PersonId,
    name: String,
    is_self: bool,
    may_declare: bool,
    parts: Vec<Part>,
    here: String,
}

/// One school's register of the pupil.
struct Part {
    /// Where there are several.
    name: Option<String>,
    counts: Vec<(String, usize, &'static str)>,
    /// The month has as many half-days without a reason as the law lets pass.
    is_alarming: bool,
    keeps: bool,
    missed: Vec<Missed>,
    late: Vec<(String, String, &'static str)>,
    said: Vec<Said>,
}

struct Missed {
    half: String,
    /// As a query has it.
    word: String,
    outcome: String,
    tone: &'static str,
    lessons: String,
    may_explain: bool,
}

struct Said {
    id: AbsenceId,
    span: String,
    text: String,
    tone: &'static str,
    detail: String,
    by: String,
    is_open: bool,
}

/// `GET /people/{id}/attendance`.
pub(crate) async fn show(mut member: Member, Id(id): Id<PersonId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let (person, facts) = place::person(&mut conn, id).await?;
    member.may(Act::Attendance(AttendanceAct::SeeOf(&facts)))?;
    let seen = schools_seen(&member, &facts);
    let mut parts = Vec::new();
    for school in &seen {
        parts.push(part(&mut member, &mut conn, *school, id, seen.len() > 1).await?);
    }
    member.html(&PupilPage {
        page: &member.page,
        id,
        name: person.full_name(),
        is_self: member.id() == id,
        may_declare: !seen.is_empty() && member.can(Act::Attendance(AttendanceAct::Declare(&facts))),
        parts,
        here: format!("/people/{id}/attendance"),
    })
}

async fn part(
    member: &mut Member,
    conn: &mut Conn,
    school: SchoolId,
    pupil: PersonId,
    is_one_of_several: bool,
) -> Result<Part, PageError> {
    let known = schools::by_id(conn, school).await?.ok_or(PageError::NotFound)?;
    place::at(member, &known);
    let today = member.today();
    let first = HalfDay::morning(year_start(today));
    let lines = attendance::of_pupil(conn, school, pupil, first).await?;
    let said = absences::of_pupil(conn, school, pupil, first).await?;
    let keeps = member.can(Act::Attendance(AttendanceAct::Keep(school)));
    let excuses: Vec<Excuse> = said.iter().map(Absence::excuse).collect();
    let marks: Vec<Mark> = lines.iter().map(Line::mark).collect();
    let page = &member.page;
    let counts = Counts::of(&marks, &excuses);
    let month = |mark: &&Mark| (mark.half.day.year(), mark.half.day.month()) == (today.year(), today.month());
    let of_month: Vec<Mark> = marks.iter().filter(month).copied().collect();
    let may_explain = member.actor.relation_to(pupil).may_declare || keeps;
    // What somebody has told school life is not for the child, nor for the other parent.
    let may_read = |absence: &Absence| keeps || absence.declared_by_id == member.id();
    let missed = outcomes(&marks, &excuses).into_iter().rev().filter(|(_, outcome)| *outcome != Outcome::Attended);
    let late = lines.iter().filter(|line| matches!(line.status, Status::Late | Status::LeftEarly));
    Ok(Part {
        name: is_one_of_several.then_some(known.name),
        counts: vec![
            (page.t("outcome-unjustified"), counts.unjustified, if counts.unjustified > 0 { "bad" } else { "" }),
            (page.t("outcome-pending"), counts.pending, ""),
            (page.t("outcome-justified"), counts.justified, ""),
            (page.t("outcome-no-connection"), counts.no_connection, ""),
            (page.t("attendance-lates"), counts.lates, ""),
        ],
        is_alarming: keeps && Counts::of(&of_month, &excuses).unjustified >= UNJUSTIFIED_MONTH_MAX,
        keeps,
        missed: missed.map(|(half, outcome)| missed_row(page, &lines, half, outcome, may_explain)).collect(),
        late: late
            .map(|line| {
                let when = format!("{} · {}", capital(&page.moment(line.starts_at)), line.subject_name);
                (when, status_text(page, line.status, line.minutes), tone(line.status))
            })
            .collect(),
        said: said.into_iter().map(|absence| said_row(page, may_read(&absence), absence)).collect(),
    })
}

fn missed_row(page: &Page, lines: &[Line], half: HalfDay, outcome: Outcome, may_explain: bool) -> Missed {
    let of_half = lines.iter().rev().filter(|line| line.half_day == half && !line.status.attended());
    let lessons: Vec<_> = of_half.map(|line| format!("{} {}", page.clock(line.starts_at), line.subject_name)).collect();
    Missed {
        half: capital(&super::half_text(page, half)),
        word: half.to_string(),
        outcome: page.t(outcome_key(outcome)),
        tone: outcome_tone(outcome),
        lessons: lessons.join(", "),
        may_explain: may_explain && outcome == Outcome::Unjustified,
    }
}

fn said_row(page: &Page, may_read: bool, absence: Absence) -> Said {
    Said {
        id: absence.id,
        span: capital(&span_text(page, absence.first_half, absence.last_half)),
        text: excuse_text(page, &absence.excuse()),
        tone: excuse_tone(absence.state),
        by: page.t2("absence-said-by", ("name", absence.declared_by), ("when", page.moment(absence.declared_at))),
        detail: if may_read { absence.detail.into_inner() } else { String::new() },
        is_open: absence.state == ExcuseState::Declared,
    }
}
