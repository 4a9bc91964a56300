use crate::forms::{self, Check, Choice, Faults, FormPage, Kind};
use crate::ids::Id;
use crate::screens::place;
use crate::{Answer, Fields, Member, PageError};
use jiff::ToSpan as _;
use jiff::civil::Date;
use preau_base::{AbsenceId, PersonId, SchoolId, SystemRng};
use preau_school::attendance::{ExcuseState, Half, HalfDay, Reason};
use preau_school::{Act, AttendanceAct, PersonFacts};
use preau_store::absences::{self, Absence, NewAbsence};
use preau_store::limits::ABSENCE_DETAIL_CHARS_MAX;
use preau_store::people::Person;
use preau_store::{Conn, schools};

/// An absence is said at most this long after, and ahead.
const DAYS_BACK_MAX: i64 = 120;
const DAYS_AHEAD_MAX: i64 = 180;
/// The longest absence.
const DAYS_LONG_MAX: i64 = 120;

/// A pupil, and the schools for which the person may say something of them.
struct Here {
    person: Person,
    schools: Vec<(SchoolId, String)>,
    /// Where the person goes afterwards.
    back: String,
}

async fn here(member: &mut Member, conn: &mut Conn, id: PersonId) -> Result<Here, PageError> {
    let (person, facts) = place::person(conn, id).await?;
    member.may(Act::Attendance(AttendanceAct::Declare(&facts)))?;
    let mut known = Vec::new();
    for school in schools_told(member, &facts) {
        let school = schools::by_id(conn, school).await?.ok_or(PageError::NotFound)?;
        if known.is_empty() {
            place::at(member, &school);
        }
        known.push((school.id, school.name));
    }
    let back = back(member, &facts);
    if known.is_empty() { Err(PageError::NotFound) } else { Ok(Here { person, schools: known, back }) }
}

/// The schools that the person may tell of a pupil's absence: all for whoever declares for the family, one's own for a
/// school. A relative may declare without seeing the register.
fn schools_told(member: &Member, pupil: &PersonFacts) -> Vec<SchoolId> {
    let family = member.actor.relation_to(pupil.id).may_declare;
    let tells = |school: &SchoolId| family || member.can(Act::Attendance(AttendanceAct::Keep(*school)));
    pupil.schools_as_pupil().filter(tells).collect()
}

/// The pupil's attendance for those who may see it; what they may see of the pupil else.
fn back(member: &Member, pupil: &PersonFacts) -> String {
    let id = pupil.id;
    if member.can(Act::Attendance(AttendanceAct::SeeOf(pupil))) {
        format!("/people/{id}/attendance")
    } else if member.can(Act::SeePerson(pupil)) {
        format!("/people/{id}")
    } else {
        "/".to_owned()
    }
}

/// The schools of a pupil of whose attendance the person may know: all for pupil and family, one's own for a school.
pub(super) fn schools_seen(member: &Member, pupil: &PersonFacts) -> Vec<SchoolId> {
    let family = member.id() == pupil.id || member.actor.relation_to(pupil.id).sees_attendance;
    let sees = |school: &SchoolId| family || member.can(Act::Attendance(AttendanceAct::Keep(*school)));
    pupil.schools_as_pupil().filter(sees).collect()
}

/// `GET /people/{id}/absences/new?half=2026-11-23-am`.
pub(crate) async fn new(mut member: Member, Id(id): Id<PersonId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    let here = here(&mut member, &mut conn, id).await?;
    let half = asked.raw("half").parse().unwrap_or(HalfDay::morning(member.today()));
    let last = if asked.raw("half").is_empty() { HalfDay::afternoon(half.day) } else { half };
    let sent = Fields::of([
        ("first", half.day.to_string()),
        ("first-half", word_of(half.half).to_owned()),
        ("last", last.day.to_string()),
        ("last-half", word_of(last.half).to_owned()),
        ("key", AbsenceId::new(member.now(), &mut SystemRng).to_string()),
    ]);
    form(&member, id, &here, &sent).answer(Faults::default())
}

/// `POST /people/{id}/absences/new`. The form carries the id that the absence will have: sent twice, it is one absence.
pub(crate) async fn submit(mut member: Member, Id(id): Id<PersonId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let here = here(&mut member, &mut tx, id).await?;
    let mut check = Check::new(&member.page, &sent);
    let first = check.day("first");
    let last = if sent.line("last").is_empty() { first } else { check.day("last") };
    let detail = check.lines("detail", ABSENCE_DETAIL_CHARS_MAX);
    let reason = sent.raw("reason").parse::<Reason>().ok();
    if reason.is_none() {
        check.fault("reason", "fault-choose");
    }
    let span = first.zip(last).and_then(|(first, last)| span(&sent, first, last, member.today()));
    if span.is_none() {
        check.fault("last", "fault-absence-span");
    }
    let (Some((first, last)), Some(reason), true) = (span, reason, check.is_good()) else {
        let faults = check.faults();
        return form(&member, id, &here, &sent).answer(faults);
    };
    let school = chosen_school(&here, &sent)?;
    // What the school itself writes needs nobody to look at it.
    let keeps = member.can(Act::Attendance(AttendanceAct::Keep(school)));
    let mut absence = NewAbsence {
        id: sent.raw("key").parse().unwrap_or_else(|_| AbsenceId::new(member.now(), &mut SystemRng)),
        school,
        pupil: id,
        first,
        last,
        reason,
        detail: &detail,
        state: if keeps { ExcuseState::Accepted } else { ExcuseState::Declared },
        by: member.id(),
    };
    // Whoever goes back in the browser and writes something else means another absence.
    if absences::by_id(&mut tx, absence.id).await?.is_some_and(|kept| !is_same(&kept, &absence)) {
        absence.id = AbsenceId::new(member.now(), &mut SystemRng);
    }
    if absences::declare(&mut tx, &absence, member.now()).await? {
        let entry = ("absence.declare", &*absence.id.to_string(), reason.as_str());
        place::log(&member, &mut tx, Some(school), entry).await?;
    }
    tx.commit().await?;
    Ok(member.see_other_saying(&here.back, "notice-absence-declared"))
}

fn chosen_school(here: &Here, sent: &Fields) -> Result<SchoolId, PageError> {
    if let [(only, _)] = &here.schools[..] {
        return Ok(*only);
    }
    let chosen: SchoolId = forms::id(sent, "school")?;
    if here.schools.iter().any(|(school, _)| *school == chosen) { Ok(chosen) } else { Err(PageError::NotFound) }
}

fn is_same(kept: &Absence, sent: &NewAbsence<'_>) -> bool {
    (kept.school_id, kept.pupil_id, kept.declared_by_id) == (sent.school, sent.pupil, sent.by)
        && (kept.first_half, kept.last_half, kept.reason) == (sent.first, sent.last, sent.reason)
        && kept.detail.reveal() == sent.detail
}

const fn word_of(half: Half) -> &'static str {
    match half {
        Half::Morning => "am",
        Half::Afternoon => "pm",
    }
}

/// The half-days that were asked for, if they are a span of time that is near enough and not too long.
fn span(sent: &Fields, first: Date, last: Date, today: Date) -> Option<(HalfDay, HalfDay)> {
    let half = |name: &str| if sent.raw(name) == "pm" { Half::Afternoon } else { Half::Morning };
    let first = HalfDay { day: first, half: half("first-half") };
    let last = HalfDay { day: last, half: half("last-half") };
    let earliest = today.checked_sub(DAYS_BACK_MAX.days()).ok()?;
    let latest = today.checked_add(DAYS_AHEAD_MAX.days()).ok()?;
    let longest = first.day.checked_add(DAYS_LONG_MAX.days()).ok()?;
    let good = first <= last && earliest <= first.day && last.day <= latest && last.day <= longest;
    good.then_some((first, last))
}

fn form<'a>(member: &'a Member, id: PersonId, here: &Here, sent: &Fields) -> FormPage<'a> {
    let page = &member.page;
    let action = format!("/people/{id}/absences/new");
    let title = page.t1("absence-new", "name", here.person.full_name());
    let mut form = FormPage::new(page, title, action, here.back.clone());
    form.intro = Some(page.t("absence-intro"));
    form.submit = page.t("absence-send");
    form.field(sent, "key", "absence-send", Kind::Hidden);
    if here.schools.len() > 1 {
        let choice = |(id, name): &(SchoolId, String)| Choice { value: id.to_string(), label: name.clone() };
        let choices = here.schools.iter().map(choice).collect();
        form.field(sent, "school", "absence-school", Kind::Select(choices)).required = true;
    }
    let halves = || {
        let choice = |half| Choice { value: word_of(half).to_owned(), label: half_name(page, half) };
        Kind::Select(vec![choice(Half::Morning), choice(Half::Afternoon)])
    };
    form.field(sent, "first", "absence-first", Kind::Input("date")).required = true;
    form.field(sent, "first-half", "absence-first-half", halves()).required = true;
    form.field(sent, "last", "absence-last", Kind::Input("date")).required = true;
    form.field(sent, "last-half", "absence-last-half", halves()).required = true;
    let reason =
        |it: &Reason| Choice { value: it.as_str().to_owned(), label: super::word(page, "reason-", it.as_str()) };
    let reasons = Reason::ALL.iter().filter(|it| **it != Reason::School).map(reason).collect();
    form.field(sent, "reason", "absence-reason", Kind::Select(reasons)).required = true;
    let detail = form.field(sent, "detail", "absence-detail", Kind::Area);
    detail.chars_max = ABSENCE_DETAIL_CHARS_MAX;
    detail.help = Some(page.t("absence-detail-help"));
    form
}

fn half_name(page: &crate::Page, half: Half) -> String {
    match half {
        Half::Morning => page.t("half-morning"),
        Half::Afternoon => page.t("half-afternoon"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn an_absence_is_near_and_not_endless() {
        let today = date(2026, 11, 23);
        let check = |first: Date, last: Date, halves: (&str, &str), good: bool| {
            let sent = Fields::of([("first-half", halves.0.to_owned()), ("last-half", halves.1.to_owned())]);
            assert_eq!(span(&sent, first, last, today).is_some(), good, "{first} to {last} {halves:?}");
        };
        check(today, today, ("am", "pm"), true);
        check(today, today, ("pm", "pm"), true);
        check(today, today, ("pm", "am"), false);
        check(today, date(2026, 11, 22), ("am", "pm"), false);
        check(date(2026, 7, 1), date(2026, 7, 1), ("am", "pm"), false);
        check(date(2027, 5, 1), date(2027, 5, 22), ("am", "pm"), true);
        check(date(2027, 5, 1), date(2027, 5, 23), ("am", "pm"), false);
        check(date(2026, 10, 1), date(2027, 1, 30), ("am", "pm"), false);
        check(date(2199, 12, 31), date(2199, 12, 31), ("am", "pm"), false);
    }
}
