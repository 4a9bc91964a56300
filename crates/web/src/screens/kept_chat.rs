//! The chat of a lesson, to read again afterwards: what each could read then, as long as the school keeps it.

use crate::ids::Id;
use crate::screens::place;
use crate::screens::reports::{audience, with_guest};
use crate::{Answer, Fields, Member, Page, PageError};
use askama::Template;
use preau_base::{ChatId, LessonId};
use preau_school::safety::{Audience, ChatReader};
use preau_school::{Act, LessonFacts, LessonRole, SafetyAct, lesson_role};
use preau_store::keeping::{self, Line};
use preau_store::limits::KEPT_LINES_MAX;
use preau_store::{lessons, schools};

#[derive(Template)]
#[template(path = "safety/chat.html")]
struct ChatPage<'a> {
    page: &'a Page,
    id: LessonId,
    subject: String,
    when: String,
    lines: Vec<Shown>,
    /// The way to later lines.
    later: Option<String>,
    kept: String,
}

struct Shown {
    id: ChatId,
    name: String,
    at: String,
    machine_time: String,
    lines: Vec<String>,
    /// For whom it was, where it was not for all.
    to: Option<String>,
    is_own: bool,
}

/// `GET /lessons/{id}/chat`.
pub(crate) async fn show(mut member: Member, Id(id): Id<LessonId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    let facts = lessons::facts(&mut conn, id).await?.ok_or(PageError::NotFound)?;
    let was_in = keeping::was_in(&mut conn, id, member.id(), member.now()).await?;
    member.may(Act::Safety(SafetyAct::ReadChat { lesson: &facts, was_in: was_in.is_some() }))?;
    let lesson = lessons::by_id(&mut conn, id).await?.ok_or(PageError::NotFound)?;
    let school = schools::by_id(&mut conn, facts.school).await?.ok_or(PageError::NotFound)?;
    place::at(&mut member, &school);
    let leads = lesson_role(&member.actor, &facts) == Some(LessonRole::Teacher);
    let reader = ChatReader { person: member.id(), leads, was_in };
    let after: Option<ChatId> = asked.raw("after").parse().ok();
    let all = keeping::lines(&mut conn, id, after).await?;
    let is_full = all.len() as i64 >= KEPT_LINES_MAX;
    let later = all.last().filter(|_| is_full).map(|last| format!("/lessons/{id}/chat?after={}", last.id));
    let days = keeping::chat_days(&mut conn, facts.school).await?;
    let page = &member.page;
    let lines = all.into_iter().filter_map(|line| shown(page, &reader, line)).collect();
    page.html(&ChatPage {
        page,
        id,
        subject: format!("{}, {}", lesson.subject_name, lesson.groups),
        when: page.moment(lesson.starts_at),
        lines,
        later,
        kept: days.map_or_else(|| page.t("kept-chat-year"), |days| page.t1("kept-chat-days", "days", days)),
    })
}

/// Whether a page may lead this person to the lesson's chat.
pub(crate) async fn may_read(member: &Member, facts: &LessonFacts) -> Result<bool, PageError> {
    let mut conn = member.app().store.read().await?;
    let was_in = keeping::was_in(&mut conn, facts.id, member.id(), member.now()).await?.is_some();
    Ok(member.can(Act::Safety(SafetyAct::ReadChat { lesson: facts, was_in })))
}

fn shown(page: &Page, reader: &ChatReader, line: Line) -> Option<Shown> {
    let to = audience(&line.audience)?;
    if !reader.reads(line.person_id, to, line.sent_at) {
        return None;
    }
    let to = match to {
        Audience::Class => None,
        Audience::Leaders => Some(page.t("kept-chat-to-leaders")),
        Audience::Person(_) => Some(page.t("kept-chat-private")),
        Audience::Place(place) => Some(page.t1("kept-chat-to-group", "number", place)),
    };
    Some(Shown {
        id: line.id,
        is_own: line.person_id == reader.person,
        at: page.clock(line.sent_at),
        machine_time: page.machine_time(line.sent_at),
        lines: line.body.reveal().lines().map(str::to_owned).collect(),
        name: with_guest(page, line.name.into_inner(), line.is_guest),
        to,
    })
}
