//! `GET /api/day`: what a browser keeps for when there is no network (docs/protocol/offline.md): the lessons and the work that
//! are near, what the last lessons were about, one's drafts, and the same of one's children.

use super::hand_in::SavedFile;
use super::state_of;
use crate::agenda::{self, Eyes, Slot};
use crate::files::Shown;
use crate::limits::{CHILDREN_SHOWN_MAX, KEPT_ENTRIES_MAX, KEPT_LOG_DAYS, NEXT_SCHOOL_DAY_DAYS_MAX};
use crate::screens::place;
use crate::{Answer, Member, PageError};
use axum::Json;
use axum::response::IntoResponse as _;
use jiff::ToSpan as _;
use jiff::civil::Date;
use preau_base::{HomeworkId, Instant, LessonId, LogEntryId, PersonId, SchoolId};
use preau_school::Profile;
use preau_school::calendar::{Calendar, Grade};
use preau_store::files::{self, Place};
use preau_store::hand_ins::HandIn;
use preau_store::homework::Homework;
use preau_store::log::lists;
use preau_store::people::Person;
use preau_store::{Conn, calendars, hand_ins, homework, lessons};
use serde::Serialize;
use std::collections::{HashMap, hash_map};

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
    log: Vec<Entry>,
    children: Vec<Child>,
}

/// What a relative may keep of one child.
#[derive(Serialize)]
struct Child {
    person: PersonId,
    name: String,
    lessons: Vec<Lesson>,
    works: Vec<Work>,
    log: Vec<Entry>,
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

/// What a lesson was about: an entry of the lesson log that its class may read.
#[derive(Clone, Serialize)]
struct Entry {
    lesson: LessonId,
    subject: String,
    /// Whom its line names, as of a lesson.
    who: String,
    starts_at: i64,
    ends_at: i64,
    body: String,
    files: Vec<SavedFile>,
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
    let mut calendars = Calendars::default();
    let own = near(&member, &mut conn, &mut calendars).await?;
    let children = near_children(&member, &mut conn, &mut calendars).await?;
    // All files of everything that is near, of oneself and of one's children, at once.
    let places: Vec<Place> = children.iter().map(|(_, near)| near).chain([&own]).flat_map(Near::places).collect();
    let files = Files(files::attached_to(&mut conn, &places).await?);
    let day = Day {
        format: FORMAT,
        person: member.id(),
        name: member.name.clone().unwrap_or_default(),
        shared_device: member.pass.shared_device,
        day: member.today().to_string(),
        now: member.now().as_millis(),
        zone: member.zone.iana_name().unwrap_or("UTC").to_owned(),
        works: own.works(&member, &files),
        log: own.log(&member, &files),
        lessons: own.lessons,
        children: children
            .into_iter()
            .map(|(child, near)| Child {
                person: child.id,
                name: child.full_name(),
                works: near.works(&member, &files),
                log: near.log(&member, &files),
                lessons: near.lessons,
            })
            .collect(),
    };
    Ok(Json(day).into_response())
}

/// The calendars of the schools that have been asked for.
#[derive(Default)]
struct Calendars(HashMap<SchoolId, Calendar>);

impl Calendars {
    async fn of(&mut self, conn: &mut Conn, school: SchoolId) -> Result<&Calendar, PageError> {
        Ok(match self.0.entry(school) {
            hash_map::Entry::Occupied(known) => known.into_mut(),
            hash_map::Entry::Vacant(new) => new.insert(calendars::of_school(conn, school).await?),
        })
    }
}

/// From today up to the next day on which there is school, whatever holidays are in between: over a weekend that is Monday.
#[derive(Clone, Copy)]
struct Span {
    first: Date,
    last: Date,
}

impl Span {
    /// Where the calendar has no such day soon, in summer, up to tomorrow.
    fn of(today: Date, calendar: &Calendar, grade: Option<Grade>) -> Self {
        let later = |days: i64| today.saturating_add(days.days());
        let next =
            Calendar::days(later(1), later(NEXT_SCHOOL_DAY_DAYS_MAX)).find(|day| calendar.has_school(*day, grade));
        Self { first: today, last: next.unwrap_or_else(|| later(1)) }
    }

    /// For whoever is of this school, and of this grade of it.
    async fn at(
        member: &Member,
        conn: &mut Conn,
        known: &mut Calendars,
        class: Option<(SchoolId, Option<Grade>)>,
    ) -> Result<Self, PageError> {
        let today = member.today();
        Ok(match class {
            Some((school, grade)) => Self::of(today, known.of(conn, school).await?, grade),
            None => Self { first: today, last: today.saturating_add(1.days()) },
        })
    }

    /// When it begins and ends.
    fn bounds(self, member: &Member) -> (Instant, Instant) {
        (agenda::bounds(member, self.first).0, agenda::bounds(member, self.last).1)
    }

    /// As the store writes days.
    fn days(self) -> (String, String) {
        (self.first.to_string(), self.last.to_string())
    }

    /// The lessons of the last days as well, and those to come whose entries are written already.
    fn of_log(self, member: &Member) -> lists::Span<'static> {
        let from = member.start_of(self.first.saturating_sub(KEPT_LOG_DAYS.days()));
        lists::Span { from, to: self.bounds(member).1, subject: "" }
    }
}

/// What is near for one person, as it was read: its files come later, all at once.
#[derive(Default)]
struct Near {
    lessons: Vec<Lesson>,
    /// With what the pupil has of each; a draft only of one's own.
    works: Vec<(Homework, Option<HandIn>)>,
    entries: Vec<Read>,
    is_own: bool,
}

/// An entry of the log, whoever reads it.
struct Read {
    id: Option<LogEntryId>,
    entry: Entry,
}

/// What is near for whoever asks: nothing for those who neither learn nor teach.
async fn near(member: &Member, conn: &mut Conn, known: &mut Calendars) -> Result<Near, PageError> {
    let teaches = member.actor.is_somewhere(Profile::Teacher);
    let learns = member.actor.is_somewhere(Profile::Pupil);
    if !teaches && !learns {
        return Ok(Near::default());
    }
    let id = member.id();
    let class = if learns { calendars::class_of(conn, id).await? } else { None };
    let of_own = || member.actor.affiliations.first().map(|(school, _)| (*school, None));
    let span = Span::at(member, conn, known, class.or_else(of_own)).await?;
    let eyes = if teaches { Eyes::Teacher } else { Eyes::Pupil };
    let (from, to) = span.bounds(member);
    let lessons = lessons::of_person(conn, id, from, to).await?;
    let works = if learns {
        let (from, to) = span.days();
        let mine = hand_ins::of_pupil(conn, id, &from, &to).await?;
        with_mine(homework::of_pupil(conn, id, &from, &to, member.now()).await?, mine)
    } else {
        Vec::new()
    };
    let log = span.of_log(member);
    let entries = if teaches {
        let taught = lists::of_teacher(conn, id, log.from, log.to).await?;
        let taught = taught.into_iter().rev().filter(|it| it.published_at.is_some());
        taught.filter_map(Read::taught).take(KEPT_ENTRIES_MAX).collect()
    } else {
        lists::of_pupil(conn, id, log).await?.into_iter().take(KEPT_ENTRIES_MAX).map(Read::learnt).collect()
    };
    Ok(Near { lessons: shown(member, conn, id, eyes, lessons).await?, works, entries, is_own: true })
}

/// What is near for the children, by name. It is read for all of them at once, over the longest span of theirs; each has a
/// day of school to come of their own.
async fn near_children(
    member: &Member,
    conn: &mut Conn,
    known: &mut Calendars,
) -> Result<Vec<(Person, Near)>, PageError> {
    let children = place::children(member, conn).await?;
    if children.is_empty() {
        return Ok(Vec::new());
    }
    let relative = member.id();
    let classes = calendars::classes_of_children(conn, relative).await?;
    let mut spans = Vec::new();
    for (child, _) in children.into_iter().take(CHILDREN_SHOWN_MAX) {
        let span = Span::at(member, conn, known, classes.get(&child.id).copied()).await?;
        spans.push((child, span));
    }
    let first = member.today();
    let longest = Span { first, last: spans.iter().map(|(_, span)| span.last).max().unwrap_or(first) };
    let (from, to) = longest.bounds(member);
    let mut lessons = by_child(lessons::of_children(conn, relative, from, to).await?);
    let (from, to) = longest.days();
    let mut works = by_child(homework::of_children(conn, relative, &from, &to, member.now()).await?);
    let mine = hand_ins::of_children(conn, relative, &from, &to).await?;
    let mut mine = by_child(mine.into_iter().map(|it| (it.person_id, it)).collect());
    let mut entries = by_child(lists::of_children(conn, relative, longest.of_log(member)).await?);
    let mut all = Vec::new();
    for (child, span) in spans {
        let (end, last) = (span.bounds(member).1, span.days().1);
        let mut lessons = lessons.remove(&child.id).unwrap_or_default();
        lessons.retain(|lesson| lesson.starts_at < end);
        let mut works = works.remove(&child.id).unwrap_or_default();
        works.retain(|work| work.due_day <= last);
        let entries = entries.remove(&child.id).unwrap_or_default().into_iter().filter(|read| read.starts_at < end);
        let near = Near {
            lessons: shown(member, conn, child.id, Eyes::Pupil, lessons).await?,
            works: with_mine(works, mine.remove(&child.id).unwrap_or_default()),
            entries: entries.take(KEPT_ENTRIES_MAX).map(Read::learnt).collect(),
            is_own: false,
        };
        all.push((child, near));
    }
    Ok(all)
}

fn by_child<T>(all: Vec<(PersonId, T)>) -> HashMap<PersonId, Vec<T>> {
    let mut children: HashMap<PersonId, Vec<T>> = HashMap::new();
    for (child, one) in all {
        children.entry(child).or_default().push(one);
    }
    children
}

/// Work, with what the pupil has of it.
fn with_mine(works: Vec<Homework>, mine: Vec<HandIn>) -> Vec<(Homework, Option<HandIn>)> {
    let mut known: HashMap<HomeworkId, HandIn> = mine.into_iter().map(|it| (it.homework_id, it)).collect();
    let with_mine = |work: Homework| {
        let mine = known.remove(&work.id);
        (work, mine)
    };
    works.into_iter().map(with_mine).collect()
}

async fn shown(
    member: &Member,
    conn: &mut Conn,
    person: PersonId,
    eyes: Eyes,
    all: Vec<lessons::Lesson>,
) -> Result<Vec<Lesson>, PageError> {
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

impl Read {
    fn learnt(row: lists::Read) -> Self {
        let entry = Entry {
            lesson: row.lesson_id,
            subject: row.subject_name,
            who: row.teachers,
            starts_at: row.starts_at.as_millis(),
            ends_at: row.ends_at.as_millis(),
            body: row.body,
            files: Vec::new(),
            path: format!("/lessons/{}/log", row.lesson_id),
        };
        Self { id: Some(row.entry_id), entry }
    }

    fn taught(row: lists::Taught) -> Option<Self> {
        let id = row.entry();
        let entry = Entry {
            lesson: row.lesson_id,
            subject: row.subject_name,
            who: agenda::unbroken(&row.groups),
            starts_at: row.starts_at.as_millis(),
            ends_at: row.ends_at.as_millis(),
            body: row.body?,
            files: Vec::new(),
            path: format!("/lessons/{}/log", row.lesson_id),
        };
        Some(Self { id, entry })
    }
}

impl Near {
    /// What its files are attached to.
    fn places(&self) -> Vec<Place> {
        let works = self.works.iter().map(|(work, _)| Place::Homework(work.id));
        let drafts = self.works.iter().filter_map(|(_, mine)| self.draft_of(mine.as_ref()));
        let entries = self.entries.iter().filter_map(|read| read.id.map(Place::Log));
        works.chain(drafts.map(|mine| Place::Draft(mine.id))).chain(entries).collect()
    }

    /// Drafts are for their pupil alone.
    fn draft_of<'a>(&self, mine: Option<&'a HandIn>) -> Option<&'a HandIn> {
        mine.filter(|mine| self.is_own && mine.draft_saved_at.is_some())
    }

    fn works(&self, member: &Member, files: &Files) -> Vec<Work> {
        let shown = self.works.iter().map(|(work, mine)| {
            let terms = mine.as_ref().map_or_else(|| work.terms(), |mine| mine.terms(work.terms()));
            Work {
                id: work.id,
                files: files.saved(member, Place::Homework(work.id), &format!("/homework/{}/files", work.id)),
                path: format!("/homework/{}", work.id),
                state: state_of(member, work, mine.as_ref()).as_str(),
                ways: work.ways().words().collect(),
                may_hand_in: self.is_own && terms.may_hand_in(member.now()).is_ok(),
                deadline_at: terms.due().map(Instant::as_millis),
                draft: self.draft_of(mine.as_ref()).and_then(|mine| files.draft(member, mine)),
                subject: work.subject_name.clone(),
                title: work.title.clone(),
                body: work.body.clone(),
                author: work.author.clone(),
                due_day: work.due_day.clone(),
            }
        });
        shown.collect()
    }

    fn log(&self, member: &Member, files: &Files) -> Vec<Entry> {
        let shown = self.entries.iter().map(|Read { id, entry }| {
            let path = format!("{}/files", entry.path);
            let files = id.map_or_else(Vec::new, |id| files.saved(member, Place::Log(id), &path));
            Entry { files, ..entry.clone() }
        });
        shown.collect()
    }
}

/// The files of everything that is near, by what they are attached to.
struct Files(HashMap<Place, Vec<files::File>>);

impl Files {
    /// Those of one thing, which are served below `path`.
    fn saved(&self, member: &Member, place: Place, path: &str) -> Vec<SavedFile> {
        let saved = |file: &files::File| SavedFile::of(&Shown::of(member, file, format!("{path}/{}", file.id)));
        self.0.get(&place).into_iter().flatten().map(saved).collect()
    }

    fn draft(&self, member: &Member, mine: &HandIn) -> Option<Draft> {
        let files = self.saved(member, Place::Draft(mine.id), &format!("/homework/{}/drafts", mine.homework_id));
        Some(Draft {
            version: mine.draft_version,
            body: mine.draft_body.clone(),
            saved_at: mine.draft_saved_at?,
            files,
        })
    }
}
