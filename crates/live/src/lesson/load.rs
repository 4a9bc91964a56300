//! What the store knows of a lesson when its task starts, and its roster.

use crate::limits::{FACTS_READ_AT_ONCE, FOLD_FACTS_MIN};
use crate::live::Live;
use preau_base::{LessonId, PersonId, Pii, SchoolId};
use preau_classroom::book::{Book, Duty, Fact, Group};
use preau_classroom::wire::Line;
use preau_classroom::{LessonInfo, Restored, Roster};
use preau_media::{Declared, Mode};
use preau_school::rights::ENTRY_AFTER_END;
use preau_school::{Help, LessonFacts, LessonRole, MemberRole, Profile};
use preau_store::setups::{Named, Setup};
use preau_store::{Conn, StoreError, chat, facts, groups, guests, lessons, people, recordings, setups, visits};
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

pub(super) struct Loaded {
    pub info: LessonInfo,
    pub roster: Roster,
    pub restored: Restored,
    /// The number of the next fact.
    pub next_seq: i64,
}

impl Loaded {
    /// What the lesson is expected to take of the media when everybody is there. Those who only look in are few.
    pub fn declares(&self, mode: Mode) -> Declared {
        let Roster { teachers, assistants, pupils, guests, observers: _ } = &self.roster;
        let people = teachers.len() + assistants.len() + pupils.len() + guests.len();
        Declared::of(people, usize::from(self.restored.book.rules.cameras_max), mode)
    }
}

/// What a school allows in its lessons.
#[derive(Debug, Default)]
pub(crate) struct May {
    pub record: bool,
    /// The host whose speech engine may hear what is said.
    pub captions_by: Option<String>,
}

/// What the school of a lesson allows now; nothing when the lesson is gone.
pub(super) async fn may(live: &Live, id: LessonId) -> Result<May, StoreError> {
    let mut conn = live.parts().store.read().await?;
    match lessons::facts(&mut conn, id).await? {
        Some(facts) => may_of(live, &mut conn, facts.school).await,
        None => Ok(May::default()),
    }
}

async fn may_of(live: &Live, conn: &mut Conn, school: SchoolId) -> Result<May, StoreError> {
    let settings = recordings::settings(conn, school).await?;
    // A school says yes to the host that it was shown, and to no other.
    let captions_by = live.captions_by().filter(|host| settings.captions_host.as_deref() == Some(host));
    Ok(May {
        record: live.parts().recordings.is_some() && settings.allowed,
        captions_by: captions_by.map(str::to_owned),
    })
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
    let May { record, captions_by } = may_of(live, &mut conn, facts.school).await?;
    let title = [row.subject_name.as_str(), row.groups.as_str()];
    let title: Vec<&str> = title.into_iter().filter(|part| !part.is_empty()).collect();
    let info = LessonInfo {
        lesson: id,
        title: title.join(", "),
        starts: facts.starts_at,
        ends: row.ends_at,
        slots: live.slots(),
        lean: live.mode() == Mode::Lean,
        codec: live.codec(),
        may_record: record,
        captions_by,
    };
    let (folded, last_seq, unfolded) = book(&mut conn, id).await?;
    let roster = roster_of(&mut conn, &facts).await?;
    let been_in: BTreeSet<PersonId> =
        visits::list(&mut conn, id).await?.into_iter().map(|visit| visit.person_id).collect();
    let is_untouched = last_seq == 0 && been_in.is_empty();
    let book = match folded {
        Some(book) if !is_untouched => book,
        _ => prepared_for(&mut conn, id, &roster).await?,
    };
    let restored = Restored {
        removed: visits::removed(&mut conn, id).await?.into_iter().collect(),
        closed: facts.closed,
        chat: chat_lines(&mut conn, id).await?,
        book,
        facts: u64::try_from(last_seq).unwrap_or_default(),
        been_in,
        at: live.now(),
    };
    drop(conn);
    // Nobody is in before this task lets somebody in: what is open was left by a process that stopped.
    let mut tx = store.write().await?;
    visits::leave_all(&mut tx, id, live.now().min(facts.ends_at.plus(ENTRY_AFTER_END))).await?;
    if unfolded >= FOLD_FACTS_MIN || is_untouched {
        let book = serde_json::to_string(&restored.book)?;
        facts::fold(&mut tx, id, last_seq, &book, live.now()).await?;
    }
    tx.commit().await?;
    Ok(Some(Loaded { info, roster, restored, next_seq: last_seq + 1 }))
}

/// The book as all facts make it, the number of the last one, and how many were not folded yet. `None`: there is nothing yet.
async fn book(conn: &mut Conn, id: LessonId) -> Result<(Option<Book>, i64, usize), StoreError> {
    let (mut book, mut last, mut unfolded) = (None, 0, 0);
    if let Some(folded) = facts::folded(conn, id).await? {
        (book, last) = (Some(serde_json::from_str(&folded.book)?), folded.seq);
    }
    loop {
        let rows = facts::after(conn, id, last, FACTS_READ_AT_ONCE).await?;
        for row in &rows {
            book.get_or_insert_with(Book::default).note(&serde_json::from_str::<Fact>(&row.fact)?);
            last = row.seq;
        }
        unfolded += rows.len();
        if i64::try_from(rows.len()).unwrap_or(i64::MAX) < FACTS_READ_AT_ONCE {
            return Ok((book, last, unfolded));
        }
    }
}

/// What its teacher has prepared for a lesson: where nothing is said, as lessons begin.
pub(super) async fn prepared(live: &Live, id: LessonId) -> Result<Book, StoreError> {
    let roster = roster(live, id).await?;
    let mut conn = live.parts().store.read().await?;
    prepared_for(&mut conn, id, &roster).await
}

async fn prepared_for(conn: &mut Conn, id: LessonId, roster: &Roster) -> Result<Book, StoreError> {
    let mut book = Book::default();
    let Some(Setup { prepared, .. }) = setups::of_lesson(conn, id).await? else { return Ok(book) };
    book.rules = serde_json::from_str(&prepared.rules)?;
    let group = |name: &String| Group { name: name.clone(), ..Group::default() };
    book.breakouts.groups = prepared.groups.iter().map(group).collect();
    for named in prepared.people {
        match named {
            // Whoever has left the class since is in none of its groups.
            Named::InGroup(person, place) if roster.pupils.contains_key(&person) => {
                if let Some(group) = book.breakouts.groups.get_mut(usize::from(place).wrapping_sub(1)) {
                    group.people.insert(person);
                }
            }
            Named::Helps(person, Help::Captioner) => _ = book.duties.insert(person, Duty::Captioner),
            Named::Helps(person, Help::Interpreter) => _ = book.duties.insert(person, Duty::Interpreter),
            Named::InGroup(..) | Named::Helps(_, Help::CoTeacher | Help::Assistant | Help::Observer) => {}
        }
    }
    Ok(book)
}

/// Writes down what is prepared, so that a restart finds it; nothing any more once something has happened.
pub(super) async fn keep_prepared(live: &Live, id: LessonId, book: &Book) -> Result<(), StoreError> {
    let mut tx = live.parts().store.write().await?;
    let is_untouched = facts::after(&mut tx, id, 0, 1).await?.is_empty() && visits::list(&mut tx, id).await?.is_empty();
    if is_untouched {
        facts::fold(&mut tx, id, 0, &serde_json::to_string(book)?, live.now()).await?;
    }
    tx.commit().await
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
    roster.observers.extend(setups::heads(conn, facts.school).await?);
    for (person, help) in setups::helpers(conn, facts.id).await? {
        let here: Vec<Profile> = people::affiliations(conn, person)
            .await?
            .into_iter()
            .filter_map(|(school, profile)| (school == facts.school).then_some(profile))
            .collect();
        let is_staff = here.iter().any(|profile| profile.is_staff());
        if !is_staff && !here.contains(&Profile::Guest) {
            continue;
        }
        match help.role(here.contains(&Profile::Teacher), is_staff) {
            Some(LessonRole::Teacher) => _ = roster.teachers.insert(person),
            Some(LessonRole::Assistant) => _ = roster.assistants.insert(person),
            Some(LessonRole::Observer) => _ = roster.observers.insert(person),
            Some(LessonRole::Pupil | LessonRole::Guest) | None => {}
        }
    }
    for guest in guests::of_lesson(conn, facts.id).await? {
        if guest.entered_at.is_some() && guest.revoked_at.is_none() {
            roster.guests.insert(guest.person_id);
        }
    }
    Ok(roster)
}

async fn chat_lines(conn: &mut Conn, id: LessonId) -> Result<Vec<Line>, StoreError> {
    let mut names: HashMap<PersonId, Pii<String>> = HashMap::new();
    let guests: BTreeSet<PersonId> =
        guests::of_lesson(conn, id).await?.into_iter().map(|guest| guest.person_id).collect();
    let mut lines = Vec::new();
    for message in chat::recent(conn, id).await? {
        let person = message.person_id;
        let guest = guests.contains(&person);
        // Better nobody reads a line than somebody for whom it is not.
        let Ok(to) = serde_json::from_str(&message.audience) else { continue };
        let name = match names.entry(person) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(unknown) => {
                let name = people::by_id(conn, person).await?.map(|person| person.full_name()).unwrap_or_default();
                unknown.insert(Pii::new(name)).clone()
            }
        };
        lines.push(Line {
            chat: message.id,
            person,
            name,
            body: Pii::new(message.body),
            at: message.sent_at,
            to,
            guest,
        });
    }
    Ok(lines)
}
