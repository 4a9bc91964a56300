//! The entry of one lesson: its text, the work set with it, what came after its visa.

use super::copy::{Target, targets};
use super::form::clean;
use super::shown::{Rich, Work};
use super::{Here, here, new_key};
use crate::ids::Id;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError};
use askama::Template;
use http::StatusCode;
use preau_base::{LessonId, LogEntryId, PersonId};
use preau_school::log::{ADDITIONS_MAX, ENTRY_CHARS_MAX};
use preau_school::{Act, LogAct};
use preau_store::Conn;
use preau_store::log::{self, Dated, load, readings};

#[derive(Template)]
#[template(path = "log/entry.html")]
struct EntryPage<'a> {
    page: &'a Page,
    id: LessonId,
    /// Whose text a script keeps while it is typed.
    owner: PersonId,
    title: String,
    time: String,
    teachers: String,
    text: Rich,
    works: Vec<Work>,
    files: Vec<crate::files::Shown>,
    /// Work that is planned and not set yet, for who writes.
    planned: Option<String>,
    additions: Vec<Note>,
    /// By whom and when.
    signed: Option<String>,
    /// What was said with the visa; for the lesson's teachers and those who sign.
    remark: Option<String>,
    is_draft: bool,
    writes: Option<Writes>,
    /// The text of an addition that was not taken, and why.
    typed: String,
    fault: String,
}

/// What only those who write it have.
struct Writes {
    may_change: bool,
    may_add: bool,
    /// Makes an addition once.
    key: String,
    note: Option<Rich>,
    revisions: Vec<Note>,
    targets: Vec<Target>,
    chars_max: usize,
}

/// A dated text of somebody.
struct Note {
    line: String,
    text: Rich,
}

impl Note {
    fn of(page: &Page, dated: &Dated) -> Self {
        let line = page.t2("log-by", ("author", &dated.author), ("when", page.moment(dated.at)));
        Self { line, text: Rich::of(&dated.body) }
    }
}

/// `GET /lessons/{id}/log`.
pub(crate) async fn show(mut member: Member, Id(id): Id<LessonId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let here = here(&mut member, &mut conn, id).await?;
    may_read(&member, &mut conn, &here).await?;
    let writes = member.can(Act::Log(LogAct::Write(&here.facts)));
    if here.entry.is_none() {
        // Only who writes it gets this far without one.
        let path = if here.state.may_change() { format!("/lessons/{id}/log/write") } else { "/log".to_owned() };
        return if writes { Ok(member.see_other(&path)) } else { Err(PageError::NotFound) };
    }
    answer(&member, &mut conn, &here, StatusCode::OK, (String::new(), String::new())).await
}

/// Those of the class, the relatives of a pupil who is in it, and whom the head has let in.
pub(in crate::screens) async fn may_read(member: &Member, conn: &mut Conn, here: &Here) -> Result<(), PageError> {
    let refused = match member.may(Act::Log(LogAct::ReadEntry(&here.facts, here.state))) {
        Ok(()) => return Ok(()),
        Err(refused) => refused,
    };
    let children = place::facts_of_children(member, conn).await?;
    if children.values().any(|child| member.can(Act::Log(LogAct::ReadEntryOf(&here.facts, here.state, child)))) {
        return Ok(());
    }
    for reading in readings::of_reader(conn, member.id(), member.now()).await? {
        let (reading, subject) = (reading.facts(), &here.lesson.subject_name);
        if member.can(Act::Log(LogAct::ReadEntryOpened(&reading, &here.facts, subject, here.state))) {
            return Ok(());
        }
    }
    Err(refused)
}

/// The page of an entry whose text can no longer be changed; nothing that was typed is lost.
pub(super) async fn closed(member: &Member, conn: &mut Conn, here: &Here, typed: String) -> Answer {
    let fault = member.t("log-closed");
    answer(member, conn, here, StatusCode::CONFLICT, (typed, fault)).await
}

async fn answer(
    member: &Member,
    conn: &mut Conn,
    here: &Here,
    status: StatusCode,
    (typed, fault): (String, String),
) -> Answer {
    // Read again: it may have been signed in this very moment.
    let entry = log::of_lesson(conn, here.lesson.id).await?.ok_or(PageError::NotFound)?;
    let additions = log::additions(conn, entry.id).await?;
    let writes = member.can(Act::Log(LogAct::Write(&here.facts)));
    let mut given = load::given_in(conn, here.lesson.id).await?;
    if !writes {
        let (from, to) = (here.lesson.starts_at, here.lesson.starts_at.plus(std::time::Duration::from_millis(1)));
        given = given_to_reader(member, conn, here, from, to).await?;
    }
    let reads_remark = writes || member.can(Act::Log(LogAct::Lead(here.facts.school)));
    let signed = entry.signed_at.map(|at| {
        let when = member.moment(preau_base::Instant::from_millis(at));
        member.t2("log-signed-by", ("author", &entry.signer), ("when", when))
    });
    let page = EntryPage {
        page: &member.page,
        owner: member.id(),
        id: here.lesson.id,
        title: here.title(member),
        time: here.time(member),
        teachers: here.lesson.teachers.clone(),
        text: Rich::of(&entry.body),
        works: given.iter().map(|given| Work::of(member, given)).collect(),
        files: super::files::shown(member, conn, here).await?,
        planned: (writes && !entry.work_title.is_empty()).then(|| entry.work_title.clone()),
        additions: additions.iter().map(|dated| Note::of(member, dated)).collect(),
        is_draft: !entry.is_published(),
        writes: if writes { Some(writes_of(member, conn, here, &entry).await?) } else { None },
        signed,
        remark: (!entry.visa_remark.is_empty() && reads_remark).then(|| entry.visa_remark.clone()),
        typed,
        fault,
    };
    member.html_as(status, &page)
}

/// A pupil sees their own work, everybody else what the whole group has.
async fn given_to_reader(
    member: &Member,
    conn: &mut Conn,
    here: &Here,
    from: preau_base::Instant,
    to: preau_base::Instant,
) -> Result<Vec<load::Given>, PageError> {
    let mut all = Vec::new();
    for group in &here.facts.groups {
        if member.actor.is_pupil_of(*group) {
            all = load::given_to_pupil(conn, member.id(), from, to, member.now()).await?;
            break;
        }
        all.extend(load::given_to_group(conn, *group, from, to, member.now()).await?);
    }
    all.retain(|given| given.lesson_id == here.lesson.id);
    Ok(all)
}

async fn writes_of(member: &Member, conn: &mut Conn, here: &Here, entry: &log::Entry) -> Result<Writes, PageError> {
    let note = log::note(conn, here.lesson.id, member.id()).await?;
    let revisions = log::revisions(conn, entry.id).await?;
    Ok(Writes {
        may_change: here.state.may_change() && entry.signed_at.is_none(),
        may_add: entry.signed_at.is_some() && here.state != preau_school::log::State::Past,
        key: new_key(member),
        note: (!note.is_empty()).then(|| Rich::of(&note)),
        revisions: revisions.iter().map(|dated| Note::of(member, dated)).collect(),
        targets: targets(member, conn, here).await?,
        chars_max: ENTRY_CHARS_MAX,
    })
}

/// `POST /lessons/{id}/log/add`: a dated addition under an entry that is signed.
pub(crate) async fn add(mut member: Member, Id(id): Id<LessonId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let here = here(&mut member, &mut tx, id).await?;
    member.may(Act::Log(LogAct::Write(&here.facts)))?;
    let body = clean(sent.raw("body"));
    let fault = if body.is_empty() {
        member.t("fault-empty")
    } else if body.chars().count() > ENTRY_CHARS_MAX {
        member.t1("fault-long", "most", ENTRY_CHARS_MAX)
    } else {
        String::new()
    };
    let entry = here.entry.as_ref().ok_or(PageError::NotFound)?;
    if !fault.is_empty() || !here.state.may_add() {
        let fault = if fault.is_empty() { member.t("log-not-signed") } else { fault };
        return answer(&member, &mut tx, &here, StatusCode::UNPROCESSABLE_ENTITY, (body, fault)).await;
    }
    let key: LogEntryId = crate::forms::id(&sent, "key")?;
    match log::addition(&mut tx, key).await? {
        Some((author, _)) if author != member.id() => return Err(PageError::Malformed("key")),
        // Whoever went back and wrote something else is told; the page has another key.
        Some((_, kept)) if kept != body => {
            let fault = member.t("log-added-before");
            return answer(&member, &mut tx, &here, StatusCode::CONFLICT, (body, fault)).await;
        }
        _ => {}
    }
    if !log::add(&mut tx, key, entry.id, (member.id(), &body), ADDITIONS_MAX, member.now()).await? {
        let fault = member.t1("log-additions-max", "most", ADDITIONS_MAX);
        return answer(&member, &mut tx, &here, StatusCode::UNPROCESSABLE_ENTITY, (body, fault)).await;
    }
    tx.commit().await?;
    Ok(member.see_other_saying(&format!("/lessons/{id}/log"), "notice-log-added"))
}
