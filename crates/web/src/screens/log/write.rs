//! Writing the entry of a lesson, and setting work with it.

use super::form::{Deed, Form, Sent, WAYS};
use super::load::{Table, table};
use super::shown::{Names, Rich, Shown, Work, long_day};
use super::{Here, here};
use crate::ids::Id;
use crate::limits::{HOMEWORK_BODY_CHARS_MAX, HOMEWORK_TITLE_CHARS_MAX, LOG_BEFORE_SHOWN};
use crate::{Answer, Fields, Member, Page, PageError};
use askama::Template;
use http::StatusCode;
use jiff::civil::Date;
use preau_base::{HomeworkId, LessonId, LogEntryId, PersonId, SystemRng};
use preau_school::homework::Ways;
use preau_school::log::{ENTRY_CHARS_MAX, NOTE_CHARS_MAX, State, WORK_MINUTES_MAX};
use preau_school::{Act, LogAct};
use preau_store::groups::Group;
use preau_store::homework::{Handing, NewHomework};
use preau_store::log::{Entry, Saved, Text, lists, load};
use preau_store::{Conn, homework, log};

#[derive(Template)]
#[template(path = "log/write.html")]
struct WritePage<'a> {
    page: &'a Page,
    id: LessonId,
    /// Whose text a script keeps while it is typed.
    owner: PersonId,
    title: String,
    time: String,
    form: Form,
    is_published: bool,
    /// The day of the next lesson: `jeudi 26 novembre`.
    next: Option<String>,
    /// What the lessons before were about.
    before: Vec<Shown>,
    /// Work that was set from this lesson already.
    given: Vec<Work>,
    loads: Vec<Table>,
    /// What somebody has saved in the meantime.
    theirs: Option<Theirs>,
    body_chars_max: usize,
    note_chars_max: usize,
    work_chars_max: usize,
    work_body_chars_max: usize,
    minutes_max: u32,
    /// Ways of handing in, and what each is called.
    ways: Vec<(&'static str, String)>,
}

/// The text that stands there instead of the one that was sent.
struct Theirs {
    /// Whose it is, and from when.
    line: String,
    text: Rich,
}

/// `GET /lessons/{id}/log/write`.
pub(crate) async fn show(mut member: Member, Id(id): Id<LessonId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let here = here(&mut member, &mut conn, id).await?;
    member.may(Act::Log(LogAct::Write(&here.facts)))?;
    if !here.state.may_change() {
        return Ok(member.see_other(&format!("/lessons/{id}/log")));
    }
    let groups = here.groups(&mut conn).await?;
    let next = next_day(&member, &mut conn, id).await?;
    let note = log::note(&mut conn, id, member.id()).await?;
    let form = Form::first(&member, &here, &groups, next, note);
    answer(&member, &mut conn, &here, form, next, (StatusCode::OK, None)).await
}

/// `POST /lessons/{id}/log/write`.
pub(crate) async fn save(mut member: Member, Id(id): Id<LessonId>, fields: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let here = here(&mut member, &mut tx, id).await?;
    member.may(Act::Log(LogAct::Write(&here.facts)))?;
    let next = next_day(&member, &mut tx, id).await?;
    let (form, sent) = Form::sent(&member, &fields, &here, next);
    if !here.state.may_change() {
        return super::entry::closed(&member, &mut tx, &here, form.body).await;
    }
    let Some(sent) = sent else {
        return answer(&member, &mut tx, &here, form, next, (StatusCode::UNPROCESSABLE_ENTITY, None)).await;
    };
    let due_day = sent.due.map(|due| due.to_string()).unwrap_or_default();
    let works = works(&member, &mut tx, &here, (&form, &sent), &due_day).await?;
    if let Some(other) = set_before(&member, &mut tx, &works, (sent.minutes, form.is_test)).await? {
        // Drawn anew with the page: sent again, it is another piece of work.
        let mut form = Form { keys: Vec::new(), ..form };
        form.faults.push(("work", member.t1("log-work-set-before", "title", other)));
        return answer(&member, &mut tx, &here, form, next, (StatusCode::CONFLICT, None)).await;
    }
    let new = LogEntryId::new(member.now(), &mut SystemRng);
    match log::save(&mut tx, new, &text(&member, &here, &form, &sent), form.version, member.now()).await? {
        Saved::Kept(_) | Saved::Same => {}
        Saved::Changed(current) => {
            let theirs = Some(theirs(&member, &current));
            let form = Form { version: current.version, ..form };
            return answer(&member, &mut tx, &here, form, next, (StatusCode::CONFLICT, theirs)).await;
        }
        Saved::Signed(_) => return super::entry::closed(&member, &mut tx, &here, form.body).await,
    }
    let stored = log::note(&mut tx, id, member.id()).await?;
    log::set_note(&mut tx, id, member.id(), &form.note_over(&stored), member.now()).await?;
    set(&member, &mut tx, &works, (sent.minutes, form.is_test)).await?;
    tx.commit().await?;
    let notice = match (sent.deed, sent.due) {
        (Deed::Draft, _) => "notice-log-draft",
        (Deed::Publish, None) => "notice-log-published",
        (Deed::Publish, Some(_)) => "notice-log-published-work",
    };
    Ok(member.see_other_saying(&format!("/lessons/{id}/log"), notice))
}

/// Work that is set leaves the entry: it stands as homework from then on.
fn text<'a>(member: &Member, here: &Here, form: &'a Form, sent: &Sent) -> Text<'a> {
    let planned = sent.due.is_none();
    let plans = planned && !form.work_title.is_empty();
    Text {
        lesson: here.lesson.id,
        school: here.facts.school,
        author: member.id(),
        step: None,
        body: &form.body,
        work_title: if planned { &form.work_title } else { "" },
        work_body: if planned { &form.work_body } else { "" },
        work_minutes: sent.minutes.filter(|_| plans),
        work_ways: if plans { form.ways() } else { Ways::default() },
        work_is_test: plans && form.is_test,
        publish: sent.deed == Deed::Publish,
    }
}

fn theirs(page: &Page, current: &Entry) -> Theirs {
    let when = page.moment(current.updated_at);
    Theirs {
        line: page.t2("log-changed-by", ("author", &current.author), ("when", when)),
        text: Rich::of(&current.body),
    }
}

/// One piece of work for each group of the lesson, under the keys of the form; none where no work is set.
async fn works<'a>(
    member: &Member,
    conn: &mut Conn,
    here: &'a Here,
    (form, sent): (&'a Form, &Sent),
    due_day: &'a str,
) -> Result<Vec<NewHomework<'a>>, PageError> {
    let Some(due) = sent.due else { return Ok(Vec::new()) };
    let ways = form.ways();
    // What is handed in online is handed in until the end of that day.
    let deadline = ways.is_any().then(|| member.start_of(due.tomorrow().unwrap_or(due)));
    let groups = here.groups(conn).await?;
    let work = |(group, key): (&Group, &HomeworkId)| NewHomework {
        id: *key,
        school: here.facts.school,
        group: group.id,
        author: member.id(),
        lesson: Some(here.lesson.id),
        subject_name: &here.lesson.subject_name,
        title: &form.work_title,
        body: &form.work_body,
        due_day,
        handing: Handing { ways, deadline, ..Handing::default() },
    };
    Ok(groups.iter().zip(&sent.keys).map(work).collect())
}

/// The title of work that this form has set before with other words in it: whoever went back and wrote something else is told.
async fn set_before(
    member: &Member,
    conn: &mut Conn,
    works: &[NewHomework<'_>],
    estimate: (Option<i64>, bool),
) -> Result<Option<String>, PageError> {
    for work in works {
        let Some(stored) = homework::by_id(conn, work.id).await? else { continue };
        if stored.author_id != member.id() {
            return Err(PageError::Malformed("key"));
        }
        if !stored.is(work) || load::estimate(conn, work.id).await? != estimate {
            return Ok(Some(stored.title));
        }
    }
    Ok(None)
}

/// Sets what is not set yet: the same form sent again sets nothing.
async fn set(
    member: &Member,
    conn: &mut Conn,
    works: &[NewHomework<'_>],
    (minutes, is_test): (Option<i64>, bool),
) -> Result<(), PageError> {
    for work in works {
        if homework::by_id(conn, work.id).await?.is_some() {
            continue;
        }
        homework::create(conn, work, member.now()).await?;
        load::describe(conn, work.id, None, minutes, is_test).await?;
        crate::screens::homework::set::tell(conn, member, work.id, "homework-set").await?;
    }
    Ok(())
}

async fn next_day(page: &Page, conn: &mut Conn, id: LessonId) -> Result<Option<Date>, PageError> {
    let next = lists::next_lesson(conn, id).await?;
    Ok(next.map(|next| page.zoned(next.starts_at).date()))
}

async fn answer(
    member: &Member,
    conn: &mut Conn,
    here: &Here,
    mut form: Form,
    next: Option<Date>,
    (status, theirs): (StatusCode, Option<Theirs>),
) -> Answer {
    let id = here.lesson.id;
    let groups = here.groups(conn).await?;
    if form.keys.len() != groups.len() {
        form.keys = Form::first(member, here, &groups, next, String::new()).keys;
    }
    let before = lists::before(conn, id, LOG_BEFORE_SHOWN).await?;
    let given = load::given_in(conn, id).await?;
    let page = WritePage {
        page: &member.page,
        owner: member.id(),
        id,
        title: here.title(member),
        time: here.time(member),
        is_published: here.state == State::Published,
        next: next.map(|day| member.day_near(day)),
        before: before.iter().map(|row| dated(member, row)).collect(),
        given: given.iter().map(|given| Work::of(member, given)).collect(),
        loads: loads(member, conn, &groups).await?,
        form,
        theirs,
        body_chars_max: ENTRY_CHARS_MAX,
        note_chars_max: NOTE_CHARS_MAX,
        work_chars_max: HOMEWORK_TITLE_CHARS_MAX,
        work_body_chars_max: HOMEWORK_BODY_CHARS_MAX,
        minutes_max: WORK_MINUTES_MAX,
        ways: WAYS.iter().map(|way| (*way, member.t(&format!("work-way-{way}")))).collect(),
    };
    member.html_as(status, &page)
}

/// An entry of another day, named by it.
fn dated(page: &Page, row: &lists::Read) -> Shown {
    let day = long_day(page, page.zoned(row.starts_at).date());
    Shown { time: day, ..Shown::of(page, row, &[], Names::Teachers) }
}

/// Tables of at most this many groups beside the form.
const LOADS_SHOWN: usize = 3;

async fn loads(page: &Page, conn: &mut Conn, groups: &[Group]) -> Result<Vec<Table>, PageError> {
    let mut all = Vec::new();
    for group in groups.iter().take(LOADS_SHOWN) {
        all.push(table(page, conn, (group.id, &group.name), page.today()).await?);
    }
    Ok(all)
}
