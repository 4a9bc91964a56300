//! `GET /api/day`: what a browser keeps for when there is no network: today's lessons, the work that is near, one's drafts.

use super::hand_in::SavedFile;
use super::state_of;
use crate::agenda;
use crate::files::Shown;
use crate::{Answer, Member, PageError};
use axum::Json;
use axum::response::IntoResponse as _;
use jiff::ToSpan as _;
use preau_base::{HomeworkId, LessonId, PersonId};
use preau_school::Profile;
use preau_store::files::{self, Place};
use preau_store::{Conn, hand_ins, homework};
use serde::Serialize;

#[derive(Serialize)]
struct Day {
    person: PersonId,
    /// Nothing may be kept on a device that several people use.
    shared_device: bool,
    /// ISO 8601 day of the school's clock.
    day: String,
    /// Milliseconds since 1970, as all instants here.
    now: i64,
    zone: String,
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
    let today = member.today();
    let lessons = agenda::day_of(&member, &mut conn, member.id(), today).await?;
    let lessons = lessons.into_iter().map(|lesson| Lesson {
        id: lesson.id,
        cancelled: !lesson.is_open(),
        subject: lesson.subject_name,
        groups: lesson.groups,
        teachers: lesson.teachers,
        room: lesson.room,
        starts_at: lesson.starts_at.as_millis(),
        ends_at: lesson.ends_at.as_millis(),
    });
    let lessons = lessons.collect();
    let works = if member.actor.is_somewhere(Profile::Pupil) { works(&member, &mut conn).await? } else { Vec::new() };
    let day = Day {
        person: member.id(),
        shared_device: member.pass.shared_device,
        day: today.to_string(),
        now: member.now().as_millis(),
        zone: member.zone.iana_name().unwrap_or("UTC").to_owned(),
        lessons,
        works,
    };
    Ok(Json(day).into_response())
}

/// What is due from today on, up to the next day with school: over a weekend that is Monday.
async fn works(member: &Member, conn: &mut Conn) -> Result<Vec<Work>, PageError> {
    let today = member.today();
    let ahead = match today.weekday() {
        jiff::civil::Weekday::Friday => 3,
        jiff::civil::Weekday::Saturday => 2,
        _ => 1,
    };
    let (from, to) = (today.to_string(), today.checked_add(ahead.days()).unwrap_or(today).to_string());
    let known = hand_ins::of_pupil(conn, member.id(), &from, &to).await?;
    let mut all = Vec::new();
    for work in homework::of_pupil(conn, member.id(), &from, &to, member.now()).await? {
        let mine = known.iter().find(|known| known.homework_id == work.id);
        let terms = mine.map_or_else(|| work.terms(), |mine| mine.terms(work.terms()));
        let given = files::attached(conn, Place::Homework(work.id)).await?;
        let shown = |file: &files::File, part: &str| {
            SavedFile::of(&Shown::of(member, file, format!("/homework/{}/{part}/{}", work.id, file.id)))
        };
        let mut draft = None;
        if let Some((mine, saved_at)) = mine.and_then(|mine| Some((mine, mine.draft_saved_at?))) {
            let kept = files::attached(conn, Place::Draft(mine.id)).await?;
            let files = kept.iter().map(|file| shown(file, "drafts")).collect();
            draft = Some(Draft { version: mine.draft_version, body: mine.draft_body.clone(), saved_at, files });
        }
        all.push(Work {
            id: work.id,
            files: given.iter().map(|file| shown(file, "files")).collect(),
            path: format!("/homework/{}", work.id),
            state: state_of(member, &work, mine).as_str(),
            ways: work.ways().words().collect(),
            may_hand_in: terms.may_hand_in(member.now()).is_ok(),
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
