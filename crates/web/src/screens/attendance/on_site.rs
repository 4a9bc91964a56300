use super::board::asked_day;
use crate::forms;
use crate::ids::Id;
use crate::screens::home::capital;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError, agenda};
use askama::Template;
use jiff::ToSpan as _;
use preau_base::{PersonId, SchoolId};
use preau_school::{Act, AttendanceAct, Profile};
use preau_store::limits::ON_SITE_NOTE_CHARS_MAX;
use preau_store::on_site::{self, Arrival};
use preau_store::{attendance, people};
use std::collections::HashSet;

/// Children found by a search.
const FOUND_MAX: usize = 20;

#[derive(Template)]
#[template(path = "attendance/on_site.html")]
struct OnSitePage<'a> {
    page: &'a Page,
    school: SchoolId,
    day: String,
    iso: String,
    before: String,
    after: String,
    places: String,
    is_full: bool,
    children: Vec<Child>,
    text: String,
    found: Vec<Found>,
    note_chars_max: usize,
    keeps: bool,
}

struct Child {
    id: PersonId,
    name: String,
    class: String,
    note: String,
    by: String,
}

struct Found {
    id: PersonId,
    name: String,
    class: String,
}

/// `GET /schools/{id}/on-site?day=2026-11-23&q=…`.
pub(crate) async fn show(mut member: Member, Id(id): Id<SchoolId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    place::school(&mut member, &mut conn, id, Act::Attendance(AttendanceAct::ReceiveOnSite(id))).await?;
    let day = asked_day(&asked, "day", member.today())?;
    let register = on_site::of_day(&mut conn, id, &day.to_string()).await?;
    let places = attendance::settings(&mut conn, id).await?.on_site_places;
    let text = asked.line("q");
    let mut found = Vec::new();
    if !text.is_empty() {
        let known: HashSet<PersonId> = register.iter().map(|child| child.pupil_id).collect();
        found = people::search(&mut conn, id, &text, Some(Profile::Pupil), 0).await?;
        found.retain(|pupil| !known.contains(&pupil.id) && pupil.suspended_at.is_none());
        found.truncate(FOUND_MAX);
    }
    let page = &member.page;
    let near = |days: i64| day.checked_add(days.days()).unwrap_or(day).to_string();
    member.html(&OnSitePage {
        page,
        school: id,
        day: capital(&page.day_near(day)),
        iso: day.to_string(),
        before: near(-1),
        after: near(1),
        places: match places {
            0 => page.t1("on-site-count", "count", register.len()),
            _ => page.t2("on-site-places", ("count", register.len()), ("places", places)),
        },
        is_full: places > 0 && register.len() as i64 >= places,
        children: register
            .into_iter()
            .map(|child| Child {
                id: child.pupil_id,
                name: child.roll_name(),
                class: agenda::unbroken(&child.class),
                by: page.t2(
                    "on-site-by",
                    ("name", child.received_by.clone()),
                    ("when", page.moment(child.received_at)),
                ),
                note: child.note.into_inner(),
            })
            .collect(),
        text,
        found: found
            .into_iter()
            .map(|pupil| Found {
                id: pupil.id,
                name: format!("{} {}", pupil.family_name.reveal(), pupil.given_name.reveal()),
                class: agenda::unbroken(&pupil.groups.replace(',', ", ")),
            })
            .collect(),
        note_chars_max: ON_SITE_NOTE_CHARS_MAX,
        keeps: member.can(Act::Attendance(AttendanceAct::Keep(id))),
    })
}

/// `POST /schools/{id}/on-site`: writes a child into the register, or takes one out.
pub(crate) async fn submit(mut member: Member, Id(id): Id<SchoolId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    place::school(&mut member, &mut tx, id, Act::Attendance(AttendanceAct::ReceiveOnSite(id))).await?;
    let day = asked_day(&sent, "day", member.today())?.to_string();
    let pupil: PersonId = forms::id(&sent, "pupil")?;
    let note: String = sent.line("note").chars().take(ON_SITE_NOTE_CHARS_MAX).collect();
    let said = match sent.raw("do") {
        "receive" => {
            let arrival = Arrival { school: id, day: &day, pupil, note: &note, by: member.id() };
            on_site::receive(&mut tx, &arrival, member.now()).await?;
            "notice-on-site-received"
        }
        "out" => {
            let entry = ("on_site.out", &*pupil.to_string(), &*day);
            if on_site::take_out(&mut tx, id, &day, pupil).await? {
                place::log(&member, &mut tx, Some(id), entry).await?;
            }
            "notice-on-site-out"
        }
        _ => return Err(PageError::Malformed("do")),
    };
    tx.commit().await?;
    Ok(member.see_other_saying(&format!("/schools/{id}/on-site?day={day}"), said))
}
