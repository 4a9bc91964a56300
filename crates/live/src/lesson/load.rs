//! What the store knows of a lesson when its task starts, and its roster.

use crate::limits::{FACTS_READ_AT_ONCE, FOLD_FACTS_MIN};
use crate::live::Live;
use preau_base::{LessonId, PersonId, Pii};
use preau_classroom::book::{Book, Fact, Rules, RulesPatch};
use preau_classroom::wire::Line;
use preau_classroom::{LessonInfo, Restored, Roster};
use preau_school::rights::ENTRY_AFTER_END;
use preau_school::{LessonFacts, MemberRole, Profile};
use preau_store::{Conn, StoreError, chat, facts, groups, lessons, people, visits};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// With what rules a lesson begins. Pupils enter as they are and may show their screen, until the page of the class has
/// switches for both.
const RULES_AT_FIRST: RulesPatch = RulesPatch { muted_at_entry: Some(false), screen: Some(true), ..RulesPatch::NONE };

pub(super) struct Loaded {
    pub info: LessonInfo,
    pub roster: Roster,
    pub restored: Restored,
    /// The number of the next fact.
    pub next_seq: i64,
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
        may_record: false,
    };
    let (book, last_seq, unfolded) = book(&mut conn, id).await?;
    let restored = Restored {
        removed: visits::removed(&mut conn, id).await?.into_iter().collect(),
        closed: facts.closed,
        chat: chat_lines(&mut conn, id).await?,
        book,
        facts: u64::try_from(last_seq).unwrap_or_default(),
        been_in: visits::list(&mut conn, id).await?.into_iter().map(|visit| visit.person_id).collect(),
        at: live.now(),
    };
    let roster = roster_of(&mut conn, &facts).await?;
    drop(conn);
    // Nobody is in before this task lets somebody in: what is open was left by a process that stopped.
    let mut tx = store.write().await?;
    visits::leave_all(&mut tx, id, live.now().min(facts.ends_at.plus(ENTRY_AFTER_END))).await?;
    if unfolded >= FOLD_FACTS_MIN {
        let book = serde_json::to_string(&restored.book)?;
        facts::fold(&mut tx, id, last_seq, &book, live.now()).await?;
    }
    tx.commit().await?;
    Ok(Some(Loaded { info, roster, restored, next_seq: last_seq + 1 }))
}

/// The book as all facts make it, the number of the last one, and how many were not folded yet.
async fn book(conn: &mut Conn, id: LessonId) -> Result<(Book, i64, usize), StoreError> {
    let mut book = Book { rules: RULES_AT_FIRST.on(Rules::default()), ..Book::default() };
    let (mut last, mut unfolded) = (0, 0);
    if let Some(folded) = facts::folded(conn, id).await? {
        (book, last) = (serde_json::from_str(&folded.book)?, folded.seq);
    }
    loop {
        let rows = facts::after(conn, id, last, FACTS_READ_AT_ONCE).await?;
        for row in &rows {
            book.note(&serde_json::from_str::<Fact>(&row.fact)?);
            last = row.seq;
        }
        unfolded += rows.len();
        if i64::try_from(rows.len()).unwrap_or(i64::MAX) < FACTS_READ_AT_ONCE {
            return Ok((book, last, unfolded));
        }
    }
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
        roster.pupils.extend(pupils.into_iter().map(|pupil| (pupil.id, Pii::new(pupil.full_name()))));
    }
    Ok(roster)
}

async fn chat_lines(conn: &mut Conn, id: LessonId) -> Result<Vec<Line>, StoreError> {
    let mut names: HashMap<PersonId, Pii<String>> = HashMap::new();
    let mut lines = Vec::new();
    for message in chat::recent(conn, id).await? {
        let person = message.person_id;
        // Better nobody reads a line than somebody for whom it is not.
        let Ok(to) = serde_json::from_str(&message.audience) else { continue };
        let name = match names.entry(person) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(unknown) => {
                let name = people::by_id(conn, person).await?.map(|person| person.full_name()).unwrap_or_default();
                unknown.insert(Pii::new(name)).clone()
            }
        };
        lines.push(Line { chat: message.id, person, name, body: Pii::new(message.body), at: message.sent_at, to });
    }
    Ok(lines)
}
