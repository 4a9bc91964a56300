use super::Typed;
use crate::agenda::{Eyes, Slot};
use crate::limits::CONFLICTS_NAMED_MAX;
use crate::{Fields, Page, PageError};
use preau_base::{LessonId, SchoolId};
use preau_school::timetable::{Overlaps, shared};
use preau_store::{Conn, groups, lessons};

/// What else takes place at the time of a lesson with the same teacher, group or room, as a sentence; nothing where there
/// is nothing, or where the person has said that it is meant.
pub(super) async fn of(
    page: &Page,
    conn: &mut Conn,
    school: SchoolId,
    lesson: Option<LessonId>,
    typed: &Typed,
    sent: &Fields,
) -> Result<Option<String>, PageError> {
    if sent.checked("anyway") {
        return Ok(None);
    }
    let claim = typed.claim();
    let taken = lessons::times_taken(conn, school, lesson, typed.starts_at, typed.ends_at).await?;
    let overlaps = if taken.is_empty() { Overlaps::default() } else { groups::overlaps(conn, school).await? };
    let mut named = Vec::new();
    for (id, _) in
        taken.iter().filter(|(_, other)| !shared(&claim, other, &overlaps).is_empty()).take(CONFLICTS_NAMED_MAX)
    {
        let Some(other) = lessons::by_id(conn, *id).await? else { continue };
        let slot = Slot::of(page, &other, Eyes::School);
        let parts = [slot.range.as_str(), &slot.subject, &slot.who, &slot.room];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        named.push(parts.join(", "));
    }
    Ok((!named.is_empty()).then(|| page.t1("fault-conflict", "others", named.join(" ; "))))
}
