//! The door of a live lesson, and the token that lets one in.

pub(crate) mod about;
pub(crate) mod guests;
mod script_texts;
pub(crate) mod setup;
pub(crate) mod streams;

use crate::ids::Id;
use crate::presence::Presence;
use crate::relay_access::RelayAccess;
use crate::screens::{kept_chat, place, recordings};
use crate::{Answer, Member, Page, PageError, agenda, documents};
use askama::Template;
use axum::Json;
use axum::response::IntoResponse as _;
use http::StatusCode;
use preau_base::{LessonId, SystemRng};
use preau_gate::{JoinRole, JoinToken};
use preau_school::{Act, ClassFacts, Entrance, LessonFacts, LessonRole, Refusal, Why, entrance, may};
use preau_store::files::{self, File, Place};
use preau_store::lessons::{self, Lesson};
use preau_store::{log, setups, visits};

#[derive(Template)]
#[template(path = "lesson/door.html")]
struct DoorPage<'a> {
    page: &'a Page,
    id: LessonId,
    token_path: String,
    facts: &'a Shown,
    coming: Coming,
    is_teacher: bool,
    presence: Presence,
    /// The host to which what is said goes now, for captions.
    captioned_by: Option<String>,
    /// For how many days a recording of this lesson would be kept.
    record_days: i64,
    /// A recording of this lesson that may be watched.
    watches: Option<i64>,
    /// What this teacher has put into the lesson's entry of the log and the board can show.
    log_files: Vec<File>,
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
    /// The lesson that its teacher may prepare meanwhile.
    prepares: Option<LessonId>,
    /// The lesson whose chat may be read again.
    reads: Option<LessonId>,
    /// A recording that may be watched.
    watches: Option<(LessonId, i64)>,
}

/// A lesson as people read it.
pub(crate) struct Shown {
    /// `Histoire-géographie, 6e B`
    pub title: String,
    pub time: String,
    pub machine_time: String,
    pub teachers: String,
    pub groups: String,
    pub room: String,
    pub is_on: bool,
}

/// Where a join token is good.
#[derive(serde::Serialize)]
pub(crate) struct Entry {
    token: String,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    relay: Option<RelayAccess>,
}

impl Entry {
    pub(crate) fn new(token: &JoinToken, page: &Page) -> Self {
        let relay = RelayAccess::of(page.app(), token.person);
        Self { token: token.seal(&page.app().keys()), url: format!("/live/{}", token.lesson), relay }
    }
}

/// How somebody stands at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coming {
    Teacher,
    /// By roster or as a helper.
    Expected,
    /// A leader has to let them in.
    Knocks,
    Guest,
}

impl Coming {
    /// The word that the class's scripts know it by.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Teacher => "teacher",
            Self::Expected => "expected",
            Self::Knocks => "knocks",
            Self::Guest => "guest",
        }
    }
}

/// `GET /lessons/{id}`.
pub(crate) async fn door(member: Member, Id(id): Id<LessonId>) -> Answer {
    let (lesson, class) = read(&member, id).await?;
    let shown = show(&member, lesson);
    let watches = {
        let mut conn = member.app().store.read().await?;
        recordings::first(&member, &mut conn, &class.lesson).await?
    };
    if let Err(refusal) = may(&member.actor, Act::ComeToClass(&class), member.now()) {
        return match refusal {
            Refusal::Forbidden(why) => {
                let reads = why == Why::Over && kept_chat::may_read(&member, &class.lesson).await?;
                shut_to(&member, &class, &shown, why, (reads, watches))
            }
            Refusal::Hidden if is_of_child(&member, &class.lesson).await? => Err(PageError::Relative),
            Refusal::Hidden => Err(refusal.into()),
        };
    }
    if is_removed(&member, id).await? {
        return shut(&member, &shown, "removed");
    }
    let coming = match entrance(&member.actor, &class) {
        Some(Entrance::As(LessonRole::Teacher)) => Coming::Teacher,
        Some(Entrance::As(_)) => Coming::Expected,
        Some(Entrance::Knocks(_)) | None => Coming::Knocks,
    };
    let log_files = if coming == Coming::Teacher { log_files(&member, id).await? } else { Vec::new() };
    door_page(&member, &class.lesson, &shown, coming, (watches, log_files)).await
}

/// The place before the class, for whoever may come as far.
pub(crate) async fn door_page(
    page: &Page,
    facts: &LessonFacts,
    shown: &Shown,
    coming: Coming,
    (watches, log_files): (Option<i64>, Vec<File>),
) -> Answer {
    let id = facts.id;
    let mut conn = page.app().store.read().await?;
    let record_days = preau_store::recordings::settings(&mut conn, facts.school).await?.days;
    drop(conn);
    let presence = (page.app().presence)(id).await;
    let captioned_by = page.app().classes.captions_by().filter(|_| presence.captioned);
    let token_path = if coming == Coming::Guest { "/guest/token".to_owned() } else { format!("/lessons/{id}/token") };
    page.html(&DoorPage {
        page,
        id,
        token_path,
        facts: shown,
        coming,
        is_teacher: coming == Coming::Teacher,
        presence,
        captioned_by,
        record_days,
        watches,
        log_files,
        zone: page.zone.iana_name().unwrap_or("UTC"),
        version: env!("CARGO_PKG_VERSION"),
        script_texts: script_texts::AREAS,
    })
}

async fn log_files(member: &Member, lesson: LessonId) -> Result<Vec<File>, PageError> {
    let mut conn = member.app().store.read().await?;
    let Some(entry) = log::of_lesson(&mut conn, lesson).await? else { return Ok(Vec::new()) };
    let mut files = files::attached(&mut conn, Place::Log(entry.id)).await?;
    files.retain(|file| file.owner_id == member.id() && documents::can_be_shown(file));
    Ok(files)
}

/// `POST /lessons/{id}/token`: who, which lesson, which role; for the WebSocket's first message.
pub(crate) async fn token(member: Member, Id(id): Id<LessonId>) -> Answer {
    let (_, class) = read(&member, id).await?;
    member.may(Act::ComeToClass(&class))?;
    if is_removed(&member, id).await? {
        return Err(PageError::Removed);
    }
    let role = match entrance(&member.actor, &class).ok_or(PageError::NotFound)? {
        Entrance::As(LessonRole::Teacher) => JoinRole::Teacher,
        Entrance::As(LessonRole::Pupil) => JoinRole::Pupil,
        Entrance::As(LessonRole::Assistant) => JoinRole::Assistant,
        Entrance::As(LessonRole::Observer) => JoinRole::Observer,
        // Guests have another door.
        Entrance::As(LessonRole::Guest) => return Err(PageError::NotFound),
        Entrance::Knocks(_) => JoinRole::Knocker,
    };
    let token = JoinToken::new(member.id(), id, role, member.session(), member.now(), &mut SystemRng);
    Ok(Json(Entry::new(&token, &member)).into_response())
}

async fn read(member: &Member, id: LessonId) -> Result<(Lesson, ClassFacts), PageError> {
    let mut conn = member.app().store.read().await?;
    let facts = lessons::facts(&mut conn, id).await?.ok_or(PageError::NotFound)?;
    let lesson = lessons::by_id(&mut conn, id).await?.ok_or(PageError::NotFound)?;
    let helpers = setups::helpers(&mut conn, id).await?;
    Ok((lesson, ClassFacts { lesson: facts, helpers }))
}

pub(crate) fn show(page: &Page, lesson: Lesson) -> Shown {
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

/// Somebody who is of no school's lessons asks for one of their child's, of which they know anyway.
async fn is_of_child(member: &Member, lesson: &LessonFacts) -> Result<bool, PageError> {
    let mut conn = member.app().store.read().await?;
    let children = place::facts_of_children(member, &mut conn).await?;
    Ok(children.values().any(|child| lesson.groups.iter().any(|group| child.pupil_of.contains(group))))
}

/// A teacher comes before the hour to prepare, and finds the way to that.
fn shut_to(
    member: &Member,
    class: &ClassFacts,
    facts: &Shown,
    why: Why,
    (reads, watches): (bool, Option<i64>),
) -> Answer {
    let prepares = (why == Why::TooEarly && member.can(Act::PrepareLesson(&class.lesson))).then_some(class.lesson.id);
    let id = class.lesson.id;
    shut_page(member, facts, word_of(why), prepares, (reads.then_some(id), watches.map(|number| (id, number))))
}

/// Somebody comes when nobody is let in.
pub(crate) fn shut_for(page: &Page, facts: &Shown, why: Why) -> Answer {
    shut_page(page, facts, word_of(why), None, (None, None))
}

const fn word_of(why: Why) -> &'static str {
    match why {
        Why::TooEarly => "too-early",
        Why::Cancelled => "cancelled",
        Why::Role => "role",
        Why::NotOnRoster => "not-on-roster",
        Why::Over => "over",
    }
}

/// `word` is the stem of the reason's texts, as in [`PageError`].
pub(crate) fn shut(page: &Page, facts: &Shown, word: &str) -> Answer {
    shut_page(page, facts, word, None, (None, None))
}

fn shut_page(
    page: &Page,
    facts: &Shown,
    word: &str,
    prepares: Option<LessonId>,
    (reads, watches): (Option<LessonId>, Option<(LessonId, i64)>),
) -> Answer {
    let text = |part: &str| page.t(&format!("error-{word}-{part}"));
    let shut = ShutPage {
        page,
        facts,
        what_title: text("title"),
        what: text("what"),
        advice: text("do"),
        prepares,
        reads,
        watches,
    };
    page.html_as(StatusCode::FORBIDDEN, &shut)
}
