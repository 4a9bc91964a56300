use super::{kept, word};
use crate::forms::{self, Check};
use crate::ids::Id;
use crate::screens::home::capital;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError};
use askama::Template;
use http::StatusCode;
use preau_base::{FollowUpId, PersonId, SchoolId, SystemRng};
use preau_school::attendance::{Means, Reached};
use preau_school::{Act, AttendanceAct, PersonFacts};
use preau_store::Conn;
use preau_store::follow_ups::{self, FollowUp, NewFollowUp};
use preau_store::limits::FOLLOW_UP_NOTE_CHARS_MAX;
use preau_store::people::{self, Person};

#[derive(Template)]
#[template(path = "attendance/follow_up.html")]
struct FollowUpPage<'a> {
    page: &'a Page,
    id: PersonId,
    school: SchoolId,
    name: String,
    relatives: Vec<Relative>,
    entries: Vec<Shown>,
    means: Vec<forms::Choice>,
    results: Vec<forms::Choice>,
    sent_means: String,
    sent_result: String,
    note: String,
    note_fault: Option<String>,
    note_chars_max: usize,
    /// Makes a follow-up once.
    key: String,
}

struct Relative {
    name: String,
    email: Option<String>,
}

struct Shown {
    when: String,
    by: String,
    means: String,
    result: String,
    lines: Vec<String>,
}

struct Here {
    person: Person,
    school: SchoolId,
}

/// The pupil, and the school for which the person follows them up: the first one that they keep.
async fn here(member: &mut Member, conn: &mut Conn, id: PersonId) -> Result<Here, PageError> {
    let (person, facts) = place::person(conn, id).await?;
    let school = school_kept(member, &facts)?;
    kept(member, conn, school).await?;
    Ok(Here { person, school })
}

fn school_kept(member: &Member, pupil: &PersonFacts) -> Result<SchoolId, PageError> {
    let mut schools = pupil.schools_as_pupil();
    let kept = schools.find(|school| member.can(Act::Attendance(AttendanceAct::Keep(*school))));
    match kept {
        Some(school) => Ok(school),
        None => {
            // Those who may know of the pupil are told that this is not for them, everybody else nothing.
            member.may(Act::SeePerson(pupil))?;
            Err(PageError::Forbidden(preau_school::Why::Role))
        }
    }
}

/// `GET /people/{id}/follow-up`.
pub(crate) async fn show(mut member: Member, Id(id): Id<PersonId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let here = here(&mut member, &mut conn, id).await?;
    page(&member, &mut conn, here, &Fields::default(), None).await
}

/// `POST /people/{id}/follow-up`: what was tried, and what came of it.
pub(crate) async fn submit(mut member: Member, Id(id): Id<PersonId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let here = here(&mut member, &mut tx, id).await?;
    let means: Means = sent.raw("means").parse().map_err(|_| PageError::Malformed("means"))?;
    let result: Reached = sent.raw("result").parse().map_err(|_| PageError::Malformed("result"))?;
    let mut check = Check::new(&member.page, &sent);
    let note = check.lines("note", FOLLOW_UP_NOTE_CHARS_MAX);
    if !check.is_good() {
        let fault = member.t1("fault-long", "most", FOLLOW_UP_NOTE_CHARS_MAX);
        return page(&member, &mut tx, here, &sent, Some(fault)).await;
    }
    let mut entry = NewFollowUp {
        id: sent.raw("key").parse().unwrap_or_else(|_| FollowUpId::new(member.now(), &mut SystemRng)),
        school: here.school,
        pupil: id,
        by: member.id(),
        means,
        result,
        note: &note,
    };
    // Whoever goes back in the browser and writes something else means another one.
    let kept = follow_ups::of_pupil(&mut tx, here.school, id).await?;
    if kept.iter().any(|kept| kept.id == entry.id && !is_same(kept, &entry)) {
        entry.id = FollowUpId::new(member.now(), &mut SystemRng);
    }
    follow_ups::add(&mut tx, &entry, member.now()).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&format!("/people/{id}/follow-up"), "notice-follow-up-kept"))
}

fn is_same(kept: &FollowUp, sent: &NewFollowUp<'_>) -> bool {
    (kept.means, kept.result, kept.note.reveal().as_str()) == (sent.means, sent.result, sent.note)
}

async fn page(member: &Member, conn: &mut Conn, here: Here, sent: &Fields, fault: Option<String>) -> Answer {
    let page = &member.page;
    let entries = follow_ups::of_pupil(conn, here.school, here.person.id).await?;
    let relatives = people::relatives_of(conn, here.person.id).await?;
    let choice = |kind: &str, it: &str| forms::Choice { value: it.to_owned(), label: word(page, kind, it) };
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let template = FollowUpPage {
        page,
        id: here.person.id,
        school: here.school,
        name: here.person.full_name(),
        relatives: relatives.into_iter().map(|it| Relative { name: it.full_name(), email: it.email }).collect(),
        entries: entries.into_iter().map(|entry| shown(page, entry)).collect(),
        means: Means::ALL.iter().map(|it| choice("means-", it.as_str())).collect(),
        results: Reached::ALL.iter().map(|it| choice("reached-", it.as_str())).collect(),
        sent_means: sent.raw("means").to_owned(),
        sent_result: sent.raw("result").to_owned(),
        note: sent.raw("note").to_owned(),
        note_fault: fault,
        note_chars_max: FOLLOW_UP_NOTE_CHARS_MAX,
        key: match sent.raw("key") {
            "" => FollowUpId::new(member.now(), &mut SystemRng).to_string(),
            sent => sent.to_owned(),
        },
    };
    page.html_as(status, &template)
}

fn shown(page: &Page, entry: FollowUp) -> Shown {
    Shown {
        when: capital(&page.moment(entry.made_at)),
        by: entry.made_by,
        means: word(page, "means-", entry.means.as_str()),
        result: word(page, "reached-", entry.result.as_str()),
        lines: entry.note.reveal().lines().map(str::to_owned).collect(),
    }
}
