//! `GET /api/day`: what a browser keeps for when there is no network (docs/protocol/offline.md): the lessons and the work that
//! are near, one's drafts, and the same of one's children.

use super::hand_in::SavedFile;
use super::state_of;
use crate::agenda::{self, Eyes, Slot};
use crate::files::Shown;
use crate::limits::CHILDREN_SHOWN_MAX;
use crate::screens::place;
use crate::{Answer, Member, PageError};
use axum::Json;
use axum::response::IntoResponse as _;
use jiff::ToSpan as _;
use jiff::civil::Date;
use preau_base::{HomeworkId, LessonId, PersonId};
use preau_school::Profile;
use preau_store::files::{self, Place};
use preau_store::hand_ins::HandIn;
use preau_store::{Conn, hand_ins, homework, lessons};
use serde::Serialize;

/// Of what is kept; another number is another shape.
const FORMAT: u8 = 1;

#[derive(Serialize)]
struct Day {
    format: u8,
    person: PersonId,
    name: String,
    /// Nothing may be kept on a device that several people use.
    shared_device: bool,
    /// ISO 8601 day of the school's clock.
    day: String,
    /// Milliseconds since 1970, as all instants here.
    now: i64,
    zone: String,
    lessons: Vec<Lesson>,
    works: Vec<Work>,
    children: Vec<Child>,
}

/// What a relative may keep of one child.
#[derive(Serialize)]
struct Child {
    person: PersonId,
    name: String,
    lessons: Vec<Lesson>,
    works: Vec<Work>,
}

#[derive(Serialize)]
struct Lesson {
    id: LessonId,
    subject: String,
    groups: String,
    teachers: String,
    room: String,
    starts_at: i64,
    ends_at: i64,
    cancelled: bool,
    /// Whom its line names: the teachers, or for a teacher the groups.
    who: String,
    /// `à distance`, as the pages say it.
    place: Option<String>,
    /// What was changed.
    marks: Vec<String>,
    note: String,
}

#[derive(Serialize)]
struct Work {
    id: HomeworkId,
    subject: String,
    title: String,
    body: String,
    author: String,
    due_day: String,
    deadline_at: Option<i64>,
    /// `paper`, `text`, `files`, `photos`, `audio`.
    ways: Vec<&'static str>,
    /// A word of the page's states: `todo`, `started`, `handed-in`, `late`, `missing`, `returned`, `done`.
    state: &'static str,
    may_hand_in: bool,
    files: Vec<SavedFile>,
    draft: Option<Draft>,
    path: String,
}

#[derive(Serialize)]
struct Draft {
    version: i64,
    body: String,
    saved_at: i64,
    files: Vec<SavedFile>,
}

pub(crate) async fn today(member: Member) -> Answer {
    let mut conn = member.app().store.read().await?;
    let span = Span::of(member.today());
    let own = |profile| member.actor.is_somewhere(profile);
    let eyes = if own(Profile::Teacher) { Eyes::Teacher } else { Eyes::Pupil };
    let lessons = if own(Profile::Teacher) || own(Profile::Pupil) {
        span.lessons(&member, &mut conn, member.id(), eyes).await?
    } else {
        Vec::new()
    };
    let works = if own(Profile::Pupil) { span.works(&member, &mut conn, member.id()).await? } else { Vec::new() };
    let day = Day {
        format: FORMAT,
        person: member.id(),
        name: member.name.clone().unwrap_or_default(),
        shared_device: member.pass.shared_device,
        day: span.first.to_string(),
        now: member.now().as_millis(),
        zone: member.zone.iana_name().unwrap_or("UTC").to_owned(),
        lessons,
        works,
        children: children(&member, &mut conn, span).await?,
    };
    Ok(Json(day).into_response())
}

async fn children(member: &Member, conn: &mut Conn, span: Span) -> Result<Vec<Child>, PageError> {
    let mut all = Vec::new();
    for (child, _) in place::children(member, conn).await?.into_iter().take(CHILDREN_SHOWN_MAX) {
        let lessons = span.lessons(member, conn, child.id, Eyes::Pupil).await?;
        let works = span.works(member, conn, child.id).await?;
        all.push(Child { person: child.id, name: child.full_name(), lessons, works });
    }
    Ok(all)
}

/// From today up to the next day with school: over a weekend that is Monday.
#[derive(Clone, Copy)]
struct Span {
    first: Date,
    last: Date,
}

impl Span {
    fn of(today: Date) -> Self {
        let ahead = match today.weekday() {
            jiff::civil::Weekday::Friday => 3,
            jiff::civil::Weekday::Saturday => 2,
            _ => 1,
        };
        Self { first: today, last: today.checked_add(ahead.days()).unwrap_or(today) }
    }

    async fn lessons(
        self,
        member: &Member,
        conn: &mut Conn,
        person: PersonId,
        eyes: Eyes,
    ) -> Result<Vec<Lesson>, PageError> {
        let (from, to) = (agenda::bounds(member, self.first).0, agenda::bounds(member, self.last).1);
        let all = lessons::of_person(conn, person, from, to).await?;
        let halves = agenda::halves(conn, person, &all).await?;
        let shown = all.into_iter().map(|lesson| {
            let slot = Slot::for_half(member, &lesson, eyes, halves.get(&lesson.id).copied());
            Lesson {
                id: lesson.id,
                cancelled: !lesson.is_open(),
                who: slot.who,
                room: slot.room,
                place: slot.place,
                marks: slot.marks,
                note: slot.note,
                starts_at: lesson.starts_at.as_millis(),
                ends_at: lesson.ends_at.as_millis(),
                subject: lesson.subject_name,
                groups: lesson.groups,
                teachers: lesson.teachers,
            }
        });
        Ok(shown.collect())
    }

    /// What the pupil has to do; drafts and handing in are theirs alone.
    async fn works(self, member: &Member, conn: &mut Conn, pupil: PersonId) -> Result<Vec<Work>, PageError> {
        let (from, to) = (self.first.to_string(), self.last.to_string());
        let known = hand_ins::of_pupil(conn, pupil, &from, &to).await?;
        let mut all = Vec::new();
        for work in homework::of_pupil(conn, pupil, &from, &to, member.now()).await? {
            let mine = known.iter().find(|known| known.homework_id == work.id);
            let is_own = pupil == member.id();
            let terms = mine.map_or_else(|| work.terms(), |mine| mine.terms(work.terms()));
            let given = files::attached(conn, Place::Homework(work.id)).await?;
            let draft = match mine {
                Some(mine) if is_own => draft(member, conn, mine).await?,
                _ => None,
            };
            all.push(Work {
                id: work.id,
                files: given.iter().map(|file| saved(member, work.id, file, "files")).collect(),
                path: format!("/homework/{}", work.id),
                state: state_of(member, &work, mine).as_str(),
                ways: work.ways().words().collect(),
                may_hand_in: is_own && terms.may_hand_in(member.now()).is_ok(),
                deadline_at: terms.due().map(preau_base::Instant::as_millis),
                draft,
                subject: work.subject_name,
                title: work.title,
                body: work.body,
                author: work.author,
                due_day: work.due_day,
            });
        }
        Ok(all)
    }
}

async fn draft(member: &Member, conn: &mut Conn, mine: &HandIn) -> Result<Option<Draft>, PageError> {
    let Some(saved_at) = mine.draft_saved_at else { return Ok(None) };
    let kept = files::attached(conn, Place::Draft(mine.id)).await?;
    let files = kept.iter().map(|file| saved(member, mine.homework_id, file, "drafts")).collect();
    Ok(Some(Draft { version: mine.draft_version, body: mine.draft_body.clone(), saved_at, files }))
}

fn saved(member: &Member, work: HomeworkId, file: &files::File, part: &str) -> SavedFile {
    SavedFile::of(&Shown::of(member, file, format!("/homework/{work}/{part}/{}", file.id)))
}
