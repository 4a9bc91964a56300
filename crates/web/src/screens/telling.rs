//! Telling those concerned that a lesson was changed.

use crate::{Member, PageError};
use preau_base::{LessonId, NoticeId, PersonId, SystemRng};
use preau_store::lessons::Lesson;
use preau_store::notices::{self, NewNotice};
use preau_store::{Conn, lessons};

/// What happened to a lesson; the texts are `told-lesson-…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Moved,
    Changed,
    Replaced,
    Cancelled,
    Restored,
    /// It can be joined from home.
    AtDistance,
}

impl Told {
    const fn kind(self) -> &'static str {
        match self {
            Self::Moved => "lesson-moved",
            Self::Changed => "lesson-changed",
            Self::Replaced => "lesson-replaced",
            Self::Cancelled => "lesson-cancelled",
            Self::Restored => "lesson-restored",
            Self::AtDistance => "lesson-at-distance",
        }
    }
}

/// What a change of a lesson is for its people: the most telling of what differs, if anything does.
pub(crate) fn difference(before: &Lesson, after: &Lesson) -> Option<Told> {
    if (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at) {
        Some(Told::Moved)
    } else if before.teachers != after.teachers {
        Some(Told::Replaced)
    } else if (&before.room, &before.subject_name, &before.groups) != (&after.room, &after.subject_name, &after.groups)
    {
        Some(Told::Changed)
    } else {
        None
    }
}

/// Tells the pupils, their relatives and the teachers of a lesson, those of before too, but for whoever did it. Lessons
/// that are over are no news.
pub(crate) async fn tell(
    member: &Member,
    conn: &mut Conn,
    id: LessonId,
    told: Told,
    before: &[PersonId],
) -> Result<(), PageError> {
    let Some(lesson) = lessons::by_id(conn, id).await? else { return Ok(()) };
    let (was, now) = (lesson.moved_from().map_or(lesson.ends_at, |(_, end)| end), member.now());
    if lesson.ends_at.max(was) <= now {
        return Ok(());
    }
    let mut people = lessons::people_of(conn, id).await?;
    people.extend(before);
    people.sort_unstable();
    people.dedup();
    people.retain(|person| *person != member.id());
    let at = lesson.starts_at.as_millis().to_string();
    let was_at = lesson.moved_from().map_or(lesson.starts_at, |(from, _)| from).as_millis().to_string();
    let arguments = [
        ("subject", lesson.subject_name.as_str()),
        ("groups", lesson.groups.as_str()),
        ("teachers", lesson.teachers.as_str()),
        ("room", lesson.room.as_str()),
        ("note", lesson.note.as_str()),
        ("start_at", at.as_str()),
        ("was_at", was_at.as_str()),
    ];
    // Each change is told once; a lesson that changes again is told again.
    let once = format!("{}-{id}-{}", told.kind(), lesson.sequence);
    for person in people {
        let notice = NewNotice {
            id: NoticeId::new(now, &mut SystemRng),
            person,
            kind: told.kind(),
            arguments: &arguments,
            link: "",
            once: &once,
        };
        notices::tell(conn, &notice, now).await?;
    }
    Ok(())
}
