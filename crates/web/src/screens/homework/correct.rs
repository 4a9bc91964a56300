//! One pupil's work, for its teacher to correct; for the pupil's relatives to see.

use super::receipt::files_of;
use super::returned;
use super::set::at_clock;
use super::show::{Correction, Head};
use super::{At, Tag, at, mark_of, state_of};
use crate::files::{self as given, Shown};
use crate::forms::Check;
use crate::ids::Ids;
use crate::limits::{COMMENT_CHARS_MAX, HAND_IN_FILES_MAX, LEVELS_MAX};
use crate::multipart::{FilesForm, Form};
use crate::{Answer, Fields, Member, Page, PageError};
use askama::Template;
use http::{HeaderMap, StatusCode};
use preau_base::{FileId, HandInId, HomeworkId, Instant, PersonId, ReceiptId, SystemRng};
use preau_files::limits::FILE_BYTES_MAX;
use preau_school::homework::{mark_text, parse_mark};
use preau_school::{Act, PersonFacts, WorkAct};
use preau_store::files::{self, File, Place};
use preau_store::hand_ins::{self, Correction as Saved, HandIn};
use preau_store::{Conn, people};

#[derive(Template)]
#[template(path = "work/correct.html")]
struct CorrectPage<'a> {
    page: &'a Page,
    head: Head<'a>,
    path: String,
    name: String,
    tag: Tag,
    last: Option<Last>,
    earlier: Vec<(ReceiptId, String)>,
    /// For whoever may only see.
    correction: Option<Correction>,
    /// For whoever corrects.
    form: Option<CorrectForm>,
    before: Option<(String, String)>,
    after: Option<(String, String)>,
}

/// What was handed in last.
struct Last {
    when: String,
    late: bool,
    lines: Vec<String>,
    files: Vec<Shown>,
    path: String,
}

/// The form of a correction, with what was typed.
#[derive(Default)]
struct CorrectForm {
    version: i64,
    comment: String,
    mark: String,
    mark_max: Option<String>,
    /// Name of the field, skill, level chosen.
    levels: Vec<(String, String, String)>,
    files: Vec<Shown>,
    returned: bool,
    extended_day: String,
    extended_time: String,
    faults: Vec<String>,
    conflict: Option<(String, String)>,
}

/// The work and the pupil of a path, for whoever may see what the pupil handed in.
async fn seen(
    member: &mut Member,
    conn: &mut Conn,
    id: HomeworkId,
    pupil: PersonId,
) -> Result<(At, PersonFacts), PageError> {
    let at = at(member, conn, id).await?;
    let facts = people::facts(conn, pupil).await?.ok_or(PageError::NotFound)?;
    member.may(Act::Work(WorkAct::SeeHandIn(&at.facts, &facts)))?;
    let mut belongs = at.facts.is_for(&facts);
    if !belongs {
        belongs = hand_ins::of(conn, id, pupil).await?.is_some();
    }
    if belongs { Ok((at, facts)) } else { Err(PageError::NotFound) }
}

/// The same for its teachers only.
async fn corrected(
    member: &mut Member,
    conn: &mut Conn,
    id: HomeworkId,
    pupil: PersonId,
) -> Result<(At, PersonFacts), PageError> {
    let (at, facts) = seen(member, conn, id, pupil).await?;
    member.may(Act::Work(WorkAct::Correct(&at.facts)))?;
    Ok((at, facts))
}

/// `GET /homework/{id}/pupils/{person}`.
pub(crate) async fn show(mut member: Member, Ids(id, pupil): Ids<HomeworkId, PersonId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let (at, facts) = seen(&mut member, &mut conn, id, pupil).await?;
    let known = hand_ins::of(&mut conn, id, pupil).await?;
    let form = if member.can(Act::Work(WorkAct::Correct(&at.facts))) {
        Some(form(&member, &mut conn, &at, known.as_ref()).await?)
    } else {
        // Relatives see it from the day from which pupils do.
        let visible = pupil == member.id() || member.now() >= at.facts.visible_at;
        if !visible {
            return Err(PageError::NotFound);
        }
        None
    };
    page(&member, &mut conn, (&at, facts.id, known), form, StatusCode::OK).await
}

async fn form(member: &Member, conn: &mut Conn, at: &At, known: Option<&HandIn>) -> Result<CorrectForm, PageError> {
    let work = &at.work;
    let mut form = CorrectForm { mark_max: work.mark_max.map(|most| mark_text(most, ',')), ..CorrectForm::default() };
    let levels = known.map_or("", |known| known.levels.as_str());
    let mut chosen = levels.split(' ');
    for (number, skill) in work.skills().enumerate() {
        form.levels.push((format!("level{number}"), skill.to_owned(), chosen.next().unwrap_or("-").to_owned()));
    }
    let Some(known) = known else { return Ok(form) };
    let attached = files::attached(conn, Place::Returned(known.id)).await?;
    let path = |file: &File| format!("/homework/{}/pupils/{}/files/{}", work.id, known.person_id, file.id);
    form.files = attached.iter().map(|file| Shown::of(member, file, path(file))).collect();
    form.version = known.correction_version;
    form.comment.clone_from(&known.comment);
    form.mark = known.mark.map(|mark| mark_text(mark, ',')).unwrap_or_default();
    form.returned = known.returned_at.is_some();
    if let Some(to) = known.extended_to {
        let to = member.zoned(Instant::from_millis(to));
        form.extended_day = to.date().to_string();
        form.extended_time = to.strftime("%H:%M").to_string();
    }
    Ok(form)
}

async fn page(
    member: &Member,
    conn: &mut Conn,
    (at, pupil, known): (&At, PersonId, Option<HandIn>),
    form: Option<CorrectForm>,
    status: StatusCode,
) -> Answer {
    let work = &at.work;
    let person = people::by_id(conn, pupil).await?.ok_or(PageError::NotFound)?;
    let (mut last, mut earlier, mut correction) = (None, Vec::new(), None);
    if let Some(known) = &known {
        let mut receipts = hand_ins::receipts(conn, known.id).await?.into_iter();
        if let Some(receipt) = receipts.next() {
            last = Some(Last {
                when: member.moment(Instant::from_millis(receipt.handed_at)),
                late: receipt.late,
                lines: receipt.body.lines().map(str::to_owned).collect(),
                files: files_of(member, conn, receipt.id).await?,
                path: format!("/receipts/{}", receipt.id),
            });
        }
        earlier = receipts.map(|it| (it.id, member.moment(Instant::from_millis(it.handed_at)))).collect();
        correction = Correction::of(member, conn, work, known).await?;
    }
    let (mut before, mut after) = (None, None);
    if form.is_some() {
        let rows = hand_ins::table(conn, work.id).await?;
        let here = rows.iter().position(|row| row.person_id == pupil);
        let step = |at: Option<usize>| {
            let row = rows.get(at?)?;
            let path = format!("/homework/{}/pupils/{}", work.id, row.person_id);
            Some((path, format!("{} {}", row.given_name, row.family_name)))
        };
        before = step(here.and_then(|at| at.checked_sub(1)));
        after = step(here.map(|at| at + 1));
    }
    let template = CorrectPage {
        page: &member.page,
        head: Head::of(member, conn, work).await?,
        path: format!("/homework/{}/pupils/{pupil}", work.id),
        name: person.full_name(),
        tag: Tag::of(member, state_of(member, work, known.as_ref())),
        last,
        earlier,
        correction: if form.is_some() { None } else { correction },
        form,
        before,
        after,
    };
    member.html_as(status, &template)
}

/// What the form of a correction says, and what is wrong with it.
struct Read {
    comment: String,
    mark: Option<i64>,
    levels: String,
    faults: Vec<String>,
}

fn read(member: &Member, at: &At, sent: &Fields) -> Read {
    let mut check = Check::new(&member.page, sent);
    let comment = check.lines("comment", COMMENT_CHARS_MAX);
    let mut faults = Vec::new();
    if !check.is_good() {
        faults.push(member.t1("fault-long", "most", COMMENT_CHARS_MAX));
    }
    let mut mark = None;
    let typed = sent.line("mark");
    if let Some(most) = at.work.mark_max
        && !typed.is_empty()
    {
        mark = parse_mark(&typed, most);
        if mark.is_none() {
            faults.push(member.t1("fault-mark", "most", mark_of(member, most, None)));
        }
    }
    let level = |number| {
        let level = sent.raw(&format!("level{number}")).parse::<u8>().unwrap_or(0);
        if (1..=LEVELS_MAX).contains(&level) { level.to_string() } else { "-".to_owned() }
    };
    let levels: Vec<_> = (0..at.work.skills().count()).map(level).collect();
    Read { comment, mark, levels: levels.join(" "), faults }
}

/// `POST /homework/{id}/pupils/{person}`: saves the correction, and gives it back where the button says so.
pub(crate) async fn correct(mut member: Member, Ids(id, pupil): Ids<HomeworkId, PersonId>, sent: FilesForm) -> Answer {
    {
        let mut conn = member.app().store.read().await?;
        corrected(&mut member, &mut conn, id, pupil).await?;
    }
    let Form { fields: sent, files: received, faults } = sent.receive(&member, FILE_BYTES_MAX).await?;
    let mut tx = member.app().store.write().await?;
    let (at, facts) = corrected(&mut member, &mut tx, id, pupil).await?;
    let new = HandInId::new(member.now(), &mut SystemRng);
    let known = hand_ins::ensure(&mut tx, new, id, pupil, member.now()).await?;
    for dropped in sent.all("drop").filter_map(|id| id.parse().ok()) {
        files::detach(&mut tx, Place::Returned(known.id), dropped).await?;
    }
    let there = files::attached(&mut tx, Place::Returned(known.id)).await?.len();
    for file in received.iter().take(HAND_IN_FILES_MAX.saturating_sub(there)) {
        file.keep_at(&mut tx, &member, Place::Returned(known.id)).await?;
    }
    let mut told = read(&member, &at, &sent);
    told.faults.extend(faults.iter().map(|fault| fault.text(&member)));
    let returns = sent.raw("do") == "return" || (known.returned_at.is_some() && sent.raw("do") != "take-back");
    let returned_at = returns.then(|| known.returned_at.map_or(member.now(), Instant::from_millis));
    let version = sent.raw("version").parse().unwrap_or(0);
    let saved = Saved { comment: &told.comment, mark: told.mark, levels: &told.levels, returned_at, by: member.id() };
    let good = told.faults.is_empty();
    if good && hand_ins::correct(&mut tx, known.id, version, &saved).await? {
        if returns && known.returned_at.is_none() {
            returned::tell(&mut tx, &member, &at, pupil).await?;
        }
        tx.commit().await?;
        let notice = if returns { "notice-work-returned" } else { "notice-saved" };
        return Ok(member.see_other_saying(&format!("/homework/{id}/pupils/{pupil}"), notice));
    }
    // Shown again with what was typed; the files stay.
    tx.commit().await?;
    let mut conn = member.app().store.read().await?;
    let now = hand_ins::of(&mut conn, id, pupil).await?;
    let mut form = form(&member, &mut conn, &at, now.as_ref()).await?;
    if good {
        form.conflict = Some((form.comment.clone(), form.mark.clone()));
    }
    form.comment = told.comment;
    form.mark = sent.line("mark");
    for ((_, _, level), chosen) in form.levels.iter_mut().zip(told.levels.split(' ')) {
        chosen.clone_into(level);
    }
    form.faults = told.faults;
    let status = if good { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(&member, &mut conn, (&at, facts.id, now), Some(form), status).await
}

/// `POST /homework/{id}/pupils/{person}/extension`: another deadline for this pupil, or none.
pub(crate) async fn extend(mut member: Member, Ids(id, pupil): Ids<HomeworkId, PersonId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let (at, facts) = corrected(&mut member, &mut tx, id, pupil).await?;
    let mut check = Check::new(&member.page, &sent);
    let mut to = None;
    if sent.raw("do") != "end" {
        let day = check.day("day");
        let time = if sent.line("time").is_empty() { None } else { check.time("time") };
        to = day.map(|day| match time {
            Some(time) => at_clock(&member, day, time),
            None => member.start_of(day.tomorrow().unwrap_or(day)),
        });
        let early = to.is_some_and(|to| Some(to.as_millis()) < at.work.deadline_at);
        if !check.is_good() || early {
            let known = hand_ins::of(&mut tx, id, pupil).await?;
            let mut form = form(&member, &mut tx, &at, known.as_ref()).await?;
            form.faults.push(member.t("fault-extension"));
            (form.extended_day, form.extended_time) = (sent.line("day"), sent.line("time"));
            return page(&member, &mut tx, (&at, facts.id, known), Some(form), StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    }
    let new = HandInId::new(member.now(), &mut SystemRng);
    let known = hand_ins::ensure(&mut tx, new, id, pupil, member.now()).await?;
    hand_ins::extend(&mut tx, known.id, to).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&format!("/homework/{id}/pupils/{pupil}"), "notice-saved"))
}

/// `GET /homework/{id}/pupils/{person}/files/{file}`: what the teacher gave back.
pub(crate) async fn file(
    mut member: Member,
    axum::extract::Path((id, pupil, file)): axum::extract::Path<(String, String, String)>,
    headers: HeaderMap,
) -> Answer {
    let bad = |_| PageError::NotFound;
    let (id, pupil): (HomeworkId, PersonId) = (id.parse().map_err(bad)?, pupil.parse().map_err(bad)?);
    let file: FileId = file.parse().map_err(bad)?;
    let mut conn = member.app().store.read().await?;
    let (at, _) = seen(&mut member, &mut conn, id, pupil).await?;
    let known = hand_ins::of(&mut conn, id, pupil).await?.ok_or(PageError::NotFound)?;
    // Until the correction is given back, what goes with it is the teacher's.
    if known.returned_at.is_none() {
        member.may(Act::Work(WorkAct::Correct(&at.facts)))?;
    }
    let file = files::attached_one(&mut conn, Place::Returned(known.id), file).await?.ok_or(PageError::NotFound)?;
    drop(conn);
    given::serve(member.app(), &file, &headers).await
}
