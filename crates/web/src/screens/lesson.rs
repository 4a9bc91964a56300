//! The door of a live lesson, and the token that lets one in.

mod script_texts;

use crate::ids::Id;
use crate::presence::Presence;
use crate::{Answer, Member, Page, PageError, agenda};
use askama::Template;
use axum::Json;
use axum::response::IntoResponse as _;
use http::StatusCode;
use preau_base::{LessonId, SystemRng};
use preau_gate::{JoinRole, JoinToken};
use preau_school::{Act, LessonFacts, LessonRole, Profile, Refusal, Why, lesson_role, may};
use preau_store::lessons::{self, Lesson};
use preau_store::visits;

#[derive(Template)]
#[template(path = "lesson/door.html")]
struct DoorPage<'a> {
    page: &'a Page,
    id: LessonId,
    facts: &'a Shown,
    is_teacher: bool,
    presence: Presence,
    zone: &'a str,
    version: &'static str,
    script_texts: &'static [&'static [&'static str]],
}

/// Somebody of the lesson comes at a time when nobody is let in: the facts, and why.
#[derive(Template)]
#[template(path = "lesson/shut.html")]
struct ShutPage<'a> {
    page: &'a Page,
    facts: &'a Shown,
    what_title: String,
    what: String,
    advice: String,
}

/// A lesson as people read it.
struct Shown {
    /// `Histoire-géographie, 6e B`
    title: String,
    time: String,
    machine_time: String,
    teachers: String,
    groups: String,
    room: String,
    is_on: bool,
}

/// Where a join token is good.
#[derive(serde::Serialize)]
struct Entry {
    token: String,
    url: String,
}

/// `GET /lessons/{id}`.
pub(crate) async fn door(member: Member, Id(id): Id<LessonId>) -> Answer {
    let (lesson, facts) = read(&member, id).await?;
    let shown = show(&member, lesson);
    if let Err(refusal) = may(&member.actor, Act::EnterLesson(&facts), member.now()) {
        return match refusal {
            Refusal::Forbidden(Why::TooEarly) => shut(&member, &shown, "too-early"),
            Refusal::Forbidden(Why::Over) => shut(&member, &shown, "over"),
            Refusal::Forbidden(Why::Cancelled) => shut(&member, &shown, "cancelled"),
            Refusal::Forbidden(Why::NotOnRoster) if is_only_relative(&member) => Err(PageError::Relative),
            other => Err(other.into()),
        };
    }
    if is_removed(&member, id).await? {
        return shut(&member, &shown, "removed");
    }
    let presence = (member.app().presence)(id).await;
    member.html(&DoorPage {
        page: &member.page,
        id,
        facts: &shown,
        is_teacher: lesson_role(&member.actor, &facts) == Some(LessonRole::Teacher),
        presence,
        zone: member.zone.iana_name().unwrap_or("UTC"),
        version: env!("CARGO_PKG_VERSION"),
        script_texts: script_texts::AREAS,
    })
}

/// `POST /lessons/{id}/token`: who, which lesson, which role; for the WebSocket's first message.
pub(crate) async fn token(member: Member, Id(id): Id<LessonId>) -> Answer {
    let (_, facts) = read(&member, id).await?;
    member.may(Act::EnterLesson(&facts))?;
    if is_removed(&member, id).await? {
        return Err(PageError::Removed);
    }
    let role = match lesson_role(&member.actor, &facts) {
        Some(LessonRole::Teacher) => JoinRole::Teacher,
        // What else somebody is, the class reads from its roster.
        Some(LessonRole::Pupil | LessonRole::Assistant | LessonRole::Observer | LessonRole::Guest) => JoinRole::Pupil,
        None => return Err(PageError::Forbidden(Why::NotOnRoster)),
    };
    let token = JoinToken::new(member.id(), id, role, member.session(), member.now(), &mut SystemRng);
    let token = token.seal(&member.app().keys());
    Ok(Json(Entry { token, url: format!("/live/{id}") }).into_response())
}

async fn read(member: &Member, id: LessonId) -> Result<(Lesson, LessonFacts), PageError> {
    let mut conn = member.app().store.read().await?;
    let facts = lessons::facts(&mut conn, id).await?.ok_or(PageError::NotFound)?;
    let lesson = lessons::by_id(&mut conn, id).await?.ok_or(PageError::NotFound)?;
    Ok((lesson, facts))
}

fn show(page: &Page, lesson: Lesson) -> Shown {
    let groups = agenda::unbroken(&lesson.groups);
    let title = [lesson.subject_name.as_str(), groups.as_str()];
    let title: Vec<&str> = title.into_iter().filter(|part| !part.is_empty()).collect();
    let day = page.day_near(page.zoned(lesson.starts_at).date());
    Shown {
        title: title.join(", "),
        time: format!("{day}, {}", page.clock_range(lesson.starts_at, lesson.ends_at)),
        machine_time: page.machine_time(lesson.starts_at),
        is_on: lesson.is_on(page.now()),
        teachers: lesson.teachers,
        groups,
        room: lesson.room,
    }
}

/// A teacher has taken the person out of this lesson.
async fn is_removed(member: &Member, id: LessonId) -> Result<bool, PageError> {
    let mut conn = member.app().store.read().await?;
    Ok(visits::removed(&mut conn, id).await?.contains(&member.id()))
}

/// Somebody who has no lessons of their own, but a child's to look at.
fn is_only_relative(member: &Member) -> bool {
    let is = |profile| member.actor.is_somewhere(profile);
    is(Profile::Relative) && !is(Profile::Teacher) && !is(Profile::Pupil)
}

/// `word` is the stem of the reason's texts, as in [`PageError`].
fn shut(member: &Member, facts: &Shown, word: &str) -> Answer {
    let text = |part: &str| member.t(&format!("error-{word}-{part}"));
    let page =
        ShutPage { page: &member.page, facts, what_title: text("title"), what: text("what"), advice: text("do") };
    member.html_as(StatusCode::FORBIDDEN, &page)
}
