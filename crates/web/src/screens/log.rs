//! The lesson log (cahier de textes): writing, reading, the head's visa, an inspector's reading, archives, progressions.

pub(crate) mod archive;
pub(crate) mod copy;
pub(crate) mod entry;
pub(crate) mod files;
mod form;
pub(crate) mod group;
pub(crate) mod hub;
pub(crate) mod lead;
pub(crate) mod load;
pub(crate) mod plan;
pub(crate) mod readings;
mod shown;
pub(crate) mod step;
pub(crate) mod write;

use crate::screens::home::capital;
use crate::screens::place;
use crate::{Member, PageError, agenda};
use jiff::civil::Date;
use preau_base::{GroupId, LessonId, SystemRng};
use preau_school::LessonFacts;
use preau_school::log::{Facts, State};
use preau_store::groups::{self, Group};
use preau_store::lessons::{self, Lesson};
use preau_store::log::Entry;
use preau_store::{Conn, log, schools};

/// A lesson, what stands in the log about it, and what may be done with that.
pub(super) struct Here {
    pub lesson: Lesson,
    pub facts: LessonFacts,
    pub entry: Option<Entry>,
    pub state: State,
    /// The school's day of the lesson.
    pub day: Date,
}

/// Reads a lesson and its entry; the page takes the school's name and clock. The caller asks for a right.
pub(super) async fn here(member: &mut Member, conn: &mut Conn, id: LessonId) -> Result<Here, PageError> {
    let facts = lessons::facts(conn, id).await?.ok_or(PageError::NotFound)?;
    let lesson = lessons::by_id(conn, id).await?.ok_or(PageError::NotFound)?;
    let school = schools::by_id(conn, facts.school).await?.ok_or(PageError::NotFound)?;
    let entry = log::of_lesson(conn, id).await?;
    place::at(member, &school);
    let day = member.zoned(lesson.starts_at).date();
    let published = entry.as_ref().is_some_and(Entry::is_published);
    let signed = entry.as_ref().is_some_and(|entry| entry.signed_at.is_some());
    let state = State::of(Facts { published, signed, day }, member.today());
    Ok(Here { lesson, facts, entry, state, day })
}

impl Here {
    /// `Histoire-géographie, 6e B`
    pub(super) fn title(&self, member: &Member) -> String {
        title(member, &self.lesson.subject_name, &self.lesson.groups)
    }

    /// `Lundi 23 novembre, 9 h 00 – 9 h 55`
    pub(super) fn time(&self, member: &Member) -> String {
        let range = member.clock_range(self.lesson.starts_at, self.lesson.ends_at);
        capital(&format!("{}, {range}", member.day_near(self.day)))
    }

    pub(super) async fn groups(&self, conn: &mut Conn) -> Result<Vec<Group>, PageError> {
        let mut all = Vec::new();
        for id in &self.facts.groups {
            all.extend(groups::by_id(conn, *id).await?);
        }
        all.sort_by(|one, other| one.name.cmp(&other.name).then(one.id.cmp(&other.id)));
        Ok(all)
    }
}

pub(super) fn title(member: &Member, subject: &str, groups: &str) -> String {
    let subject = if subject.is_empty() { member.t("lesson-unnamed") } else { subject.to_owned() };
    let groups = agenda::unbroken(groups);
    if groups.is_empty() { subject } else { format!("{subject}, {groups}") }
}

/// The person has lessons with the group on the timetable, lately or soon, without being one of its teachers.
pub(super) async fn stands_in(member: &Member, conn: &mut Conn, group: GroupId) -> Result<bool, PageError> {
    let (from, to) = (member.now().minus(STANDING_IN), member.now().plus(STANDING_IN));
    Ok(log::lists::stands_in(conn, member.id(), group, from, to).await?)
}

/// A substitute reads the log of a class this long after the last lesson and before the first.
const STANDING_IN: std::time::Duration = std::time::Duration::from_secs(14 * 86_400);

/// A key that a form carries, so that the same form sent twice makes one thing.
pub(super) fn new_key(member: &Member) -> String {
    preau_base::LogEntryId::new(member.now(), &mut SystemRng).to_string()
}
