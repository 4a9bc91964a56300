//! What the store knows of a lesson when its task starts, and its roster.

use crate::live::Live;
use preau_base::{LessonId, PersonId, Pii};
use preau_classroom::wire::Line;
use preau_classroom::{LessonInfo, Restored, Roster};
use preau_school::rights::ENTRY_AFTER_END;
use preau_school::{LessonFacts, MemberRole, Profile};
use preau_store::{Conn, StoreError, chat, groups, lessons, people, visits};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

pub(super) struct Loaded {
    pub info: LessonInfo,
    pub roster: Roster,
    pub restored: Restored,
}

/// `None`: there is no such lesson, or it is cancelled.
pub(super) async fn lesson(live: &Live, id: LessonId) -> Result<Option<Loaded>, StoreError> {
    let store = &live.parts().store;
    let mut conn = store.read().await?;
    let (Some(facts), Some(row)) = (lessons::facts(&mut conn, id).await?, lessons::by_id(&mut conn, id).await?) else {
        return Ok(None);
    };
    if facts.cancelled {
        return Ok(None);
    }
    let title = [row.subject_name.as_str(), row.groups.as_str()];
    let title: Vec<&str> = title.into_iter().filter(|part| !part.is_empty()).collect();
    let info = LessonInfo {
        lesson: id,
        title: title.join(", "),
        starts: facts.starts_at,
        ends: facts.ends_at,
        slots: live.slots(),
    };
    let restored = Restored {
        removed: visits::removed(&mut conn, id).await?.into_iter().collect(),
        closed: facts.closed,
        chat: chat_lines(&mut conn, id).await?,
    };
    let roster = roster_of(&mut conn, &facts).await?;
    drop(conn);
    // Nobody is in before this task lets somebody in: what is open was left by a process that stopped.
    let mut tx = store.write().await?;
    visits::leave_all(&mut tx, id, live.now().min(facts.ends_at.plus(ENTRY_AFTER_END))).await?;
    tx.commit().await?;
    Ok(Some(Loaded { info, roster, restored }))
}

/// The roster as it is now; empty when the lesson is gone.
pub(super) async fn roster(live: &Live, id: LessonId) -> Result<Roster, StoreError> {
    let mut conn = live.parts().store.read().await?;
    match lessons::facts(&mut conn, id).await?.filter(|facts| !facts.cancelled) {
        Some(facts) => roster_of(&mut conn, &facts).await,
        None => Ok(Roster::default()),
    }
}

async fn roster_of(conn: &mut Conn, facts: &LessonFacts) -> Result<Roster, StoreError> {
    let mut roster = Roster::default();
    for teacher in &facts.teachers {
        // As `preau_school::lesson_role` has it: who no longer teaches in the school leads none of its lessons.
        if people::affiliations(conn, *teacher).await?.contains(&(facts.school, Profile::Teacher)) {
            roster.teachers.insert(*teacher);
        }
    }
    for group in &facts.groups {
        let pupils = groups::members(conn, *group, MemberRole::Pupil).await?;
        roster.pupils.extend(pupils.into_iter().map(|pupil| pupil.id));
    }
    Ok(roster)
}

async fn chat_lines(conn: &mut Conn, id: LessonId) -> Result<Vec<Line>, StoreError> {
    let mut names: HashMap<PersonId, Pii<String>> = HashMap::new();
    let mut lines = Vec::new();
    for message in chat::recent(conn, id).await? {
        let person = message.person_id;
        let name = match names.entry(person) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(unknown) => {
                let name = people::by_id(conn, person).await?.map(|person| person.full_name()).unwrap_or_default();
                unknown.insert(Pii::new(name)).clone()
            }
        };
        lines.push(Line { chat: message.id, person, name, body: Pii::new(message.body), at: message.sent_at });
    }
    Ok(lines)
}
