//! `/log`: where everybody finds their lesson log.

use super::group;
use super::shown::Slot;
use crate::limits::LOG_MISSING_DAYS;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError};
use askama::Template;
use preau_base::{GroupId, PersonId, ReadingId, SchoolId};
use preau_school::{Act, LogAct, Profile};
use preau_store::log::archives::{self, Archive};
use preau_store::log::lists::{self, Taught};
use preau_store::log::readings;
use preau_store::{Conn, groups, schools};
use std::time::Duration;

#[derive(Template)]
#[template(path = "log/hub.html")]
struct HubPage<'a> {
    page: &'a Page,
    teacher: Option<Teacher>,
    children: Vec<(PersonId, String)>,
    /// Schools whose log the person leads.
    led: Vec<(SchoolId, String)>,
    readings: Vec<Opened>,
    is_bare: bool,
}

/// What a teacher finds.
struct Teacher {
    /// Lessons that were held and have nothing to read.
    missing: Vec<Lesson>,
    /// How many more of them there are.
    missing_more: usize,
    coming: Vec<Lesson>,
    lately: Vec<Lesson>,
    groups: Vec<(GroupId, String)>,
    archives: Vec<(Archive, String)>,
}

struct Lesson {
    slot: Slot,
    /// A draft waits there.
    is_draft: bool,
    is_signed: bool,
}

struct Opened {
    id: ReadingId,
    line: String,
    until: String,
}

/// Coming lessons that may be prepared from here.
const AHEAD: Duration = Duration::from_secs(8 * 86_400);
/// Entries that were written lately.
const LATELY_SHOWN: usize = 12;
const MISSING_SHOWN: usize = 60;

/// `GET /log`.
pub(crate) async fn show(member: Member, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    let is = |profile| member.actor.is_somewhere(profile);
    if is(Profile::Pupil) && !is(Profile::Teacher) {
        return group::own(&member, &mut conn, &asked).await;
    }
    let children = children(&member, &mut conn).await?;
    let teacher = if is(Profile::Teacher) { Some(teacher(&member, &mut conn).await?) } else { None };
    let mut led = Vec::new();
    for (school, _) in &member.actor.affiliations {
        if member.can(Act::Log(LogAct::Lead(*school))) && led.iter().all(|(id, _)| id != school) {
            led.extend(schools::by_id(&mut conn, *school).await?.map(|school| (school.id, school.name)));
        }
    }
    let readings = opened(&member, &mut conn).await?;
    // Whoever has one thing here is led to it.
    if let (None, true, true, [(child, _)]) = (&teacher, led.is_empty(), readings.is_empty(), children.as_slice()) {
        return Ok(member.see_other(&format!("/people/{child}/log")));
    }
    if let (None, true, true, [(school, _)]) = (&teacher, children.is_empty(), readings.is_empty(), led.as_slice()) {
        return Ok(member.see_other(&format!("/schools/{school}/log")));
    }
    let is_bare = teacher.is_none() && led.is_empty() && readings.is_empty() && children.is_empty();
    member.html(&HubPage { page: &member.page, teacher, children, led, readings, is_bare })
}

async fn children(member: &Member, conn: &mut Conn) -> Result<Vec<(PersonId, String)>, PageError> {
    let all = place::children(member, conn).await?;
    Ok(all.into_iter().map(|(child, _)| (child.id, child.full_name())).collect())
}

async fn teacher(member: &Member, conn: &mut Conn) -> Result<Teacher, PageError> {
    let now = member.now();
    let from = now.minus(Duration::from_secs(LOG_MISSING_DAYS * 86_400));
    let rows = lists::of_teacher(conn, member.id(), from, now.plus(AHEAD)).await?;
    let of = |row: &Taught| Lesson {
        slot: Slot::of(member, row.lesson_id, row.starts_at, &row.subject_name, &row.groups),
        is_draft: row.body.is_some() && row.published_at.is_none(),
        is_signed: row.signed_at.is_some(),
    };
    let is_coming = |row: &&Taught| row.cancelled_at.is_none() && row.ends_at > now;
    let is_written = |row: &&Taught| row.published_at.is_some() && row.ends_at <= now;
    let mut taught = groups::taught_by(conn, member.id()).await?;
    taught.dedup_by_key(|group| group.id);
    let archives = archives::of_author(conn, member.id()).await?;
    let missing = rows.iter().filter(|row| row.is_missing(now)).count();
    Ok(Teacher {
        missing_more: missing.saturating_sub(MISSING_SHOWN),
        missing: rows.iter().rev().filter(|row| row.is_missing(now)).take(MISSING_SHOWN).map(of).collect(),
        coming: rows.iter().filter(is_coming).map(of).collect(),
        lately: rows.iter().rev().filter(is_written).take(LATELY_SHOWN).map(of).collect(),
        groups: taught.into_iter().map(|group| (group.id, group.name)).collect(),
        archives: archives
            .into_iter()
            .map(|archive| (super::archive::year_name(archive.year), archive))
            .map(|(year, archive)| (archive, year))
            .collect(),
    })
}

async fn opened(member: &Member, conn: &mut Conn) -> Result<Vec<Opened>, PageError> {
    let mut all = Vec::new();
    for reading in readings::of_reader(conn, member.id(), member.now()).await? {
        if member.can(Act::Log(LogAct::ReadOpened(&reading.facts()))) {
            all.push(Opened {
                id: reading.id,
                line: super::readings::scope(member, &reading),
                until: super::readings::until(member, reading.until_at),
            });
        }
    }
    Ok(all)
}
