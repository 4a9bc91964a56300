//! One piece of work: for those who have it to do, for their relatives, for its teacher.

use super::hand_in::not_taken;
use super::{At, Tag, at, due, mark_of, may_read, state_of};
use crate::files::{self as given, Shown};
use crate::ids::{Id, Ids};
use crate::{Answer, Member, Page, PageError};
use askama::Template;
use http::{HeaderMap, StatusCode};
use preau_base::{FileId, HandInId, HomeworkId, Instant, PersonId, ReceiptId, SystemRng};
use preau_school::homework::{State, Ways, state};
use preau_school::{Act, WorkAct};
use preau_store::files::{self, File, Place};
use preau_store::hand_ins::{self, HandIn, Row};
use preau_store::homework::Homework;
use preau_store::{Conn, people};

/// What every page of a piece of work shows first.
pub(super) struct Head<'a> {
    pub work: &'a Homework,
    pub due: String,
    /// `avant mardi 24 novembre à 18 h 00`
    pub deadline: Option<String>,
    pub lines: Vec<&'a str>,
    pub files: Vec<Shown>,
    pub skills: Vec<&'a str>,
}

impl<'a> Head<'a> {
    pub(super) async fn of(page: &Page, conn: &mut Conn, work: &'a Homework) -> Result<Self, PageError> {
        let attached = files::attached(conn, Place::Homework(work.id)).await?;
        let path = |file: &File| format!("/homework/{}/files/{}", work.id, file.id);
        Ok(Self {
            work,
            due: due(page, work),
            deadline: work.deadline_at.map(|at| deadline_text(page, Instant::from_millis(at), &work.due_day)),
            lines: work.body.lines().collect(),
            files: attached.iter().map(|file| Shown::of(page, file, path(file))).collect(),
            skills: work.skills().collect(),
        })
    }
}

/// A deadline at midnight is the end of its day.
fn deadline_text(page: &Page, at: Instant, due_day: &str) -> String {
    let day = due_day.parse().map_or_else(|_| due_day.to_owned(), |day| page.day(day));
    if page.zoned(at).date().to_string() == due_day { page.moment(at) } else { day }
}

#[derive(Template)]
#[template(path = "work/one.html")]
struct ReadPage<'a> {
    page: &'a Page,
    head: Head<'a>,
    children: Vec<(String, String, Tag)>,
}

#[derive(Template)]
#[template(path = "work/teacher.html")]
struct TeacherPage<'a> {
    page: &'a Page,
    head: Head<'a>,
    is_mine: bool,
    rows: Vec<Pupil>,
    counts: Vec<(Tag, usize)>,
    has_mark: bool,
    hands_in: bool,
}

/// A pupil in the teacher's table.
struct Pupil {
    path: String,
    name: String,
    tag: Tag,
    when: Option<String>,
    mark: Option<String>,
    extended: Option<String>,
}

/// What was typed in a form that is shown again.
pub(super) struct Typed {
    pub body: String,
    pub files: Vec<File>,
    pub faults: Vec<String>,
    /// What another tab has saved meanwhile.
    pub stored: Option<String>,
}

#[derive(Template)]
#[template(path = "work/pupil.html")]
struct PupilPage<'a> {
    page: &'a Page,
    head: Head<'a>,
    tag: Tag,
    person: PersonId,
    ways: Ways,
    done: bool,
    /// The deadline of this pupil alone.
    extended: Option<String>,
    /// Why nothing can be handed in.
    closed: Option<String>,
    may_hand_in: bool,
    key: String,
    version: i64,
    body: String,
    files: Vec<Shown>,
    saved: Option<String>,
    faults: Vec<String>,
    stored: Option<String>,
    receipts: Vec<(ReceiptId, String)>,
    correction: Option<Correction>,
    shared_device: bool,
}

/// What the teacher gave back.
pub(super) struct Correction {
    pub comment: Vec<String>,
    pub mark: Option<String>,
    pub levels: Vec<(String, String)>,
    pub files: Vec<Shown>,
}

impl Correction {
    pub(super) async fn of(
        page: &Page,
        conn: &mut Conn,
        work: &Homework,
        known: &HandIn,
    ) -> Result<Option<Self>, PageError> {
        if known.returned_at.is_none() {
            return Ok(None);
        }
        let path = |file: &File| format!("/homework/{}/pupils/{}/files/{}", work.id, known.person_id, file.id);
        let attached = files::attached(conn, Place::Returned(known.id)).await?;
        Ok(Some(Self {
            comment: known.comment.lines().map(str::to_owned).collect(),
            mark: known.mark.map(|mark| mark_of(page, mark, work.mark_max)),
            levels: levels(page, work, &known.levels),
            files: attached.iter().map(|file| Shown::of(page, file, path(file))).collect(),
        }))
    }
}

/// Each skill with its level in words; those without one are left out.
fn levels(page: &Page, work: &Homework, levels: &str) -> Vec<(String, String)> {
    let pairs = work.skills().zip(levels.split(' ')).filter(|(_, level)| matches!(*level, "1" | "2" | "3" | "4"));
    pairs.map(|(skill, level)| (skill.to_owned(), page.t(&format!("work-level-{level}")))).collect()
}

/// `GET /homework/{id}`.
pub(crate) async fn show(mut member: Member, Id(id): Id<HomeworkId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let at = at(&mut member, &mut conn, id).await?;
    if member.can(Act::Work(WorkAct::Correct(&at.facts))) {
        return teacher(&member, &mut conn, &at).await;
    }
    if member.can(Act::Work(WorkAct::HandIn(&at.facts))) {
        let known = hand_ins::of(&mut conn, id, member.id()).await?;
        return pupil(&member, &mut conn, &at, known, None, StatusCode::OK).await;
    }
    let mut children = Vec::new();
    for child in may_read(&member, &mut conn, &at).await? {
        let known = hand_ins::of(&mut conn, id, child).await?;
        let Some(person) = people::by_id(&mut conn, child).await? else { continue };
        let tag = Tag::of(&member, state_of(&member, &at.work, known.as_ref()));
        children.push((format!("/homework/{id}/pupils/{child}"), person.full_name(), tag));
    }
    let head = Head::of(&member, &mut conn, &at.work).await?;
    member.html(&ReadPage { page: &member.page, head, children })
}

async fn teacher(member: &Member, conn: &mut Conn, at: &At) -> Answer {
    let work = &at.work;
    let terms = work.terms();
    let rows = hand_ins::table(conn, work.id).await?;
    let states: Vec<_> = rows.iter().map(|row| state(&row.terms(terms), row.progress(), member.now())).collect();
    let pupils = rows.iter().zip(&states).map(|(row, state)| pupil_row(member, work, row, *state)).collect();
    let order = [
        State::HandedIn,
        State::HandedInLate,
        State::Returned,
        State::Missing,
        State::Started,
        State::Done,
        State::Todo,
    ];
    let counts = order.into_iter().map(|state| {
        let count = states.iter().filter(|one| **one == state).count();
        (Tag::of(member, state), count)
    });
    let counts = counts.filter(|(_, count)| *count > 0).collect();
    let head = Head::of(member, conn, work).await?;
    member.html(&TeacherPage {
        page: &member.page,
        head,
        is_mine: member.can(Act::Work(WorkAct::Change(&at.facts))),
        rows: pupils,
        counts,
        has_mark: work.mark_max.is_some(),
        hands_in: work.ways().is_online(),
    })
}

fn pupil_row(member: &Member, work: &Homework, row: &Row, state: State) -> Pupil {
    Pupil {
        path: format!("/homework/{}/pupils/{}", work.id, row.person_id),
        name: format!("{} {}", row.family_name, row.given_name),
        tag: Tag::of(member, state),
        when: row.handed_at.map(|at| member.moment(Instant::from_millis(at))),
        mark: row.mark.map(|mark| mark_of(member, mark, work.mark_max)),
        extended: row.extended_to.map(|at| member.t1("work-extended", "when", member.moment(Instant::from_millis(at)))),
    }
}

/// The page of whoever has it to do, first or with what was typed.
pub(super) async fn pupil(
    member: &Member,
    conn: &mut Conn,
    at: &At,
    known: Option<HandIn>,
    typed: Option<Typed>,
    status: StatusCode,
) -> Answer {
    let (work, page) = (&at.work, &member.page);
    let terms = known.as_ref().map_or_else(|| work.terms(), |known| known.terms(work.terms()));
    let taken = terms.may_hand_in(member.now());
    let (mut receipts, mut correction, mut stored_files) = (Vec::new(), None, Vec::new());
    if let Some(known) = &known {
        let all = hand_ins::receipts(conn, known.id).await?;
        receipts = all.iter().map(|it| (it.id, page.moment(Instant::from_millis(it.handed_at)))).collect();
        correction = Correction::of(page, conn, work, known).await?;
        stored_files = files::attached(conn, Place::Draft(known.id)).await?;
    }
    let draft = known.as_ref().filter(|known| known.draft_saved_at.is_some());
    let typed = typed.unwrap_or_else(|| Typed {
        body: draft.map(|known| known.draft_body.clone()).unwrap_or_default(),
        files: stored_files,
        faults: Vec::new(),
        stored: None,
    });
    let path = |file: &File| format!("/homework/{}/drafts/{}", work.id, file.id);
    let moment = |at: Option<i64>| at.map(|at| page.moment(Instant::from_millis(at)));
    let template = PupilPage {
        page,
        head: Head::of(page, conn, work).await?,
        tag: Tag::of(page, state_of(page, work, known.as_ref())),
        person: member.id(),
        ways: work.ways(),
        done: known.as_ref().is_some_and(|known| known.done_at.is_some()),
        extended: moment(known.as_ref().and_then(|known| known.extended_to)),
        closed: taken.err().filter(|_| work.ways().is_online()).map(|why| page.t(not_taken(why))),
        may_hand_in: taken.is_ok(),
        key: HandInId::new(member.now(), &mut SystemRng).to_string(),
        version: known.as_ref().map_or(0, |known| known.draft_version),
        body: typed.body,
        files: typed.files.iter().map(|file| Shown::of(page, file, path(file))).collect(),
        saved: moment(draft.and_then(|known| known.draft_saved_at)),
        faults: typed.faults,
        stored: typed.stored,
        receipts,
        correction,
        shared_device: member.pass.shared_device,
    };
    member.html_as(status, &template)
}

/// `GET /homework/{id}/files/{file}`: what comes with the work.
pub(crate) async fn file(mut member: Member, Ids(id, file): Ids<HomeworkId, FileId>, headers: HeaderMap) -> Answer {
    let mut conn = member.app().store.read().await?;
    let at = at(&mut member, &mut conn, id).await?;
    may_read(&member, &mut conn, &at).await?;
    let file = files::attached_one(&mut conn, Place::Homework(id), file).await?.ok_or(PageError::NotFound)?;
    drop(conn);
    given::serve(member.app(), &file, &headers).await
}

/// `GET /homework/{id}/drafts/{file}`: what the pupil has put to their own draft, or is about to.
pub(crate) async fn draft_file(
    mut member: Member,
    Ids(id, file): Ids<HomeworkId, FileId>,
    headers: HeaderMap,
) -> Answer {
    let mut conn = member.app().store.read().await?;
    let at = at(&mut member, &mut conn, id).await?;
    member.may(Act::Work(WorkAct::HandIn(&at.facts)))?;
    let file = files::by_id(&mut conn, file).await?.filter(|file| file.owner_id == member.id());
    drop(conn);
    given::serve(member.app(), &file.ok_or(PageError::NotFound)?, &headers).await
}
