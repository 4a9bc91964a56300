//! Copying an entry to a parallel class.

use super::shown::long_day;
use super::{Here, here, title};
use crate::ids::Id;
use crate::{Answer, Fields, Member, PageError, forms};
use preau_base::{LessonId, LogEntryId, SystemRng};
use preau_school::{Act, LogAct};
use preau_store::Conn;
use preau_store::log::lists::{self, Taught};
use preau_store::log::{self, Saved, Text, load};
use std::time::Duration;

/// A lesson that the entry can be copied to.
pub(super) struct Target {
    pub id: LessonId,
    pub label: String,
}

/// Parallel lessons are looked for this long before and after.
const REACH: Duration = Duration::from_secs(21 * 86_400);
/// Lessons to choose from.
const TARGETS_MAX: usize = 40;

/// The teacher's lessons of the same subject in other groups that nothing is written about, the nearest first.
pub(super) async fn targets(member: &Member, conn: &mut Conn, here: &Here) -> Result<Vec<Target>, PageError> {
    let at = here.lesson.starts_at;
    let mut rows = lists::of_teacher(conn, member.id(), at.minus(REACH), at.plus(REACH)).await?;
    rows.retain(|row| fits(here, row));
    rows.sort_by_key(|row| at.since(row.starts_at).max(row.starts_at.since(at)));
    let label = |row: &Taught| {
        let when = long_day(member, member.zoned(row.starts_at).date());
        format!("{} · {when}, {}", title(member, &row.subject_name, &row.groups), member.clock(row.starts_at))
    };
    Ok(rows.iter().take(TARGETS_MAX).map(|row| Target { id: row.lesson_id, label: label(row) }).collect())
}

fn fits(here: &Here, row: &Taught) -> bool {
    row.cancelled_at.is_none()
        && row.body.is_none()
        && row.school_id == here.facts.school
        && row.subject_name == here.lesson.subject_name
        && row.groups != here.lesson.groups
}

/// `POST /lessons/{id}/log/copy`: a draft for the other class, with the work that was set here as planned work.
pub(crate) async fn copy(mut member: Member, Id(id): Id<LessonId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let from = here(&mut member, &mut tx, id).await?;
    member.may(Act::Log(LogAct::Write(&from.facts)))?;
    let to = here(&mut member, &mut tx, forms::id(&sent, "to")?).await?;
    member.may(Act::Log(LogAct::Write(&to.facts)))?;
    let entry = from.entry.as_ref().ok_or(PageError::NotFound)?;
    let path = format!("/lessons/{}/log/write", to.lesson.id);
    if to.entry.is_some() || !to.state.may_change() {
        return Ok(member.see_other_saying(&path, "notice-log-not-copied"));
    }
    let given = load::given_in(&mut tx, id).await?.into_iter().next();
    let (work_title, work_body, work_minutes) = match &given {
        Some(given) if entry.work_title.is_empty() => (given.title.as_str(), given.body.as_str(), given.minutes),
        _ => (entry.work_title.as_str(), entry.work_body.as_str(), entry.work_minutes),
    };
    let text = Text {
        lesson: to.lesson.id,
        school: to.facts.school,
        author: member.id(),
        step: None,
        body: &entry.body,
        work_title,
        work_body,
        work_minutes,
        work_ways: entry.work_ways(),
        work_is_test: entry.work_is_test,
        publish: false,
    };
    let new = LogEntryId::new(member.now(), &mut SystemRng);
    let saved = log::save(&mut tx, new, &text, 0, member.now()).await?;
    tx.commit().await?;
    let notice =
        if matches!(saved, Saved::Kept(_) | Saved::Same) { "notice-log-copied" } else { "notice-log-not-copied" };
    Ok(member.see_other_saying(&path, notice))
}
