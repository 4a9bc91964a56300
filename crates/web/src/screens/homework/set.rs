//! Setting work, changing it, taking it back.

mod change;
mod told;

pub(crate) use change::{change, edit, remove};
pub(super) use told::at_clock;

use super::{At, at};
use crate::forms::{Check, Choice, Faults, FormPage, Kind};
use crate::limits::{CHOICES_MAX, HOMEWORK_BODY_CHARS_MAX, HOMEWORK_TITLE_CHARS_MAX, SKILLS_MAX, SUBJECT_CHARS_MAX};
use crate::multipart::{FileFault, FilesForm, Form, Received};
use crate::screens::open_class::{group_choices, preselected, subject_of};
use crate::{Answer, Fields, Member, Page, PageError, forms};
use askama::Template;
use http::StatusCode;
use preau_base::{GroupId, HomeworkId, NoticeId, PersonId, SystemRng};
use preau_files::limits::FILE_BYTES_MAX;
use preau_school::{Act, Profile, Why};
use preau_store::files::{self, File, Place};
use preau_store::groups::{self, Taught, TaughtPupil};
use preau_store::homework::{self, Homework, NewHomework};
use preau_store::log::load;
use preau_store::notices::{self, NewNotice};
use preau_store::{Conn, hand_ins};
use std::collections::HashSet;
use told::{Told, read};

#[derive(Template)]
#[template(path = "work/form.html")]
struct SetPage<'a> {
    page: &'a Page,
    form: FormPage<'a>,
    /// The first fields; those after them are about handing in.
    first: usize,
    opens: bool,
    /// The classes whose load of work one may look at first.
    loads: Vec<(GroupId, String)>,
    files: Vec<File>,
    faults: Vec<String>,
    /// What somebody else has saved meanwhile, or what this form has set before, with other words in it.
    conflict: Option<Homework>,
    /// The text that says which of them.
    conflict_key: &'static str,
}

/// The groups for which the person may set work. Whoever teaches nowhere has no such page.
async fn taught(member: &Member, conn: &mut Conn) -> Result<Vec<Taught>, PageError> {
    if !member.actor.is_somewhere(Profile::Teacher) {
        return Err(PageError::Forbidden(Why::Role));
    }
    let mut taught = groups::taught_by(conn, member.id()).await?;
    taught.retain(|group| member.can(Act::SetHomework(group.facts())));
    Ok(taught)
}

/// The pupils of these groups, which the person teaches, each once in each.
async fn pupils(
    member: &Member,
    conn: &mut Conn,
    taught: &[Taught],
) -> Result<Vec<(GroupId, PersonId, String)>, PageError> {
    let named = |pupil: TaughtPupil| {
        let group = taught.iter().find(|group| group.id == pupil.group_id)?;
        let name = format!("{} · {} {}", group.name, pupil.family_name.reveal(), pupil.given_name.reveal());
        Some((pupil.group_id, pupil.id, name))
    };
    let pupils = groups::pupils_taught_by(conn, member.id()).await?;
    Ok(pupils.into_iter().filter_map(named).take(CHOICES_MAX).collect())
}

/// What the form is made of.
struct Stuff {
    taught: Vec<Taught>,
    pupils: Vec<(GroupId, PersonId, String)>,
    /// The homework that is changed, with its files.
    change: Option<(At, Vec<File>)>,
}

impl Stuff {
    async fn read(member: &Member, conn: &mut Conn, change: Option<At>) -> Result<Self, PageError> {
        let mut taught = taught(member, conn).await?;
        let mut kept = None;
        if let Some(at) = change {
            taught.retain(|group| group.id == at.work.group_id);
            let files = files::attached(conn, Place::Homework(at.work.id)).await?;
            kept = Some((at, files));
        }
        let pupils = pupils(member, conn, &taught).await?;
        Ok(Self { taught, pupils, change: kept })
    }

    fn page<'a>(&self, member: &'a Member, sent: &Fields) -> SetPage<'a> {
        let page = &member.page;
        let (title, path, back) = match &self.change {
            Some((at, _)) => {
                let path = format!("/homework/{}", at.work.id);
                (page.t("work-change"), format!("{path}/change"), path)
            }
            None => (page.t("homework-new"), "/homework/new".to_owned(), "/homework".to_owned()),
        };
        let mut form = FormPage::new(page, title, path, back);
        form.submit = page.t(if self.change.is_some() { "save" } else { "homework-set" });
        let files = self.change.as_ref().map(|(_, files)| files.clone()).unwrap_or_default();
        if self.taught.is_empty() {
            form.intro = Some(page.t("open-none"));
            form.submit.clear();
        } else {
            self.first_fields(&mut form, sent);
            more_fields(&mut form, sent, &self.pupils);
        }
        let first = if self.change.is_some() { 5 } else { 6 };
        let opens = sent.all("ways").next().is_some() || !sent.raw("visible").is_empty();
        let mut loads: Vec<_> = self.taught.iter().map(|group| (group.id, group.name.clone())).collect();
        loads.dedup_by_key(|(id, _)| *id);
        SetPage {
            page,
            form,
            first,
            opens,
            loads,
            files,
            faults: Vec::new(),
            conflict: None,
            conflict_key: "work-set-conflict",
        }
    }

    fn first_fields(&self, form: &mut FormPage<'_>, sent: &Fields) {
        let page = form.page;
        if self.change.is_some() {
            form.field(sent, "version", "homework-title", Kind::Hidden);
        } else {
            form.field(sent, "group", "open-group", Kind::Select(group_choices(page, &self.taught))).required = true;
        }
        let title = form.field(sent, "title", "homework-title", Kind::Input("text"));
        (title.required, title.chars_max) = (true, HOMEWORK_TITLE_CHARS_MAX);
        form.field(sent, "body", "homework-body", Kind::Area).chars_max = HOMEWORK_BODY_CHARS_MAX;
        form.field(sent, "day", "homework-day", Kind::Input("date")).required = true;
        let help = page.t("open-subject-help");
        let subject = form.field(sent, "subject", "lesson-subject", Kind::Suggest(Vec::new()));
        (subject.help, subject.chars_max) = (Some(help), SUBJECT_CHARS_MAX);
        if self.change.is_none() {
            form.field(sent, "key", "homework-title", Kind::Hidden);
        }
    }
}

fn more_fields(form: &mut FormPage<'_>, sent: &Fields, pupils: &[(GroupId, PersonId, String)]) {
    let page = form.page;
    form.field(sent, "minutes", "log-minutes", Kind::Input("number")).chars_max = 4;
    form.field(sent, "test", "log-is-test", Kind::Check);
    let choice = |value: &str, key: &str| Choice { value: value.to_owned(), label: page.t(key) };
    let ways = ["paper", "text", "files", "photos", "audio"];
    let ways = ways.iter().map(|way| choice(way, &format!("work-way-{way}"))).collect();
    form.field(sent, "ways", "work-ways", Kind::Boxes(ways)).help = Some(page.t("work-ways-help"));
    form.field(sent, "time", "work-time", Kind::Input("time")).help = Some(page.t("work-time-help"));
    let late = vec![choice("accepted", "work-late-accepted"), choice("closed", "work-late-closed")];
    form.field(sent, "late", "work-late", Kind::Select(late)).required = true;
    form.field(sent, "mark", "work-mark-max", Kind::Input("text")).help = Some(page.t("work-mark-max-help"));
    let skills = form.field(sent, "skills", "work-skills", Kind::Area);
    (skills.help, skills.chars_max) = (Some(page.t("work-skills-help")), SKILLS_MAX * SUBJECT_CHARS_MAX);
    form.field(sent, "visible", "work-visible", Kind::Input("date")).help = Some(page.t("work-visible-help"));
    let pupils = pupils.iter().map(|(_, id, name)| Choice { value: id.to_string(), label: name.clone() }).collect();
    form.field(sent, "pupils", "work-pupils", Kind::Boxes(pupils)).help = Some(page.t("work-pupils-help"));
}

impl SetPage<'_> {
    fn answer(mut self, faults: Faults, of_files: &[FileFault]) -> Answer {
        let mut status = self.form.mark(faults);
        self.faults = of_files.iter().map(|fault| fault.text(self.page)).collect();
        self.opens |= self.form.fields.iter().skip(self.first).any(|field| field.fault.is_some());
        if !self.faults.is_empty() || self.conflict.is_some() {
            status = if self.conflict.is_some() { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
        }
        self.page.html_as(status, &self)
    }
}

/// `GET /homework/new`.
pub(crate) async fn new(member: Member, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    let stuff = Stuff::read(&member, &mut conn, None).await?;
    let chosen = preselected(&member, &mut conn, asked.raw("group"), &stuff.taught).await?;
    let tomorrow = member.today().tomorrow().unwrap_or_else(|_| member.today());
    let key = HomeworkId::new(member.now(), &mut SystemRng).to_string();
    let sent = Fields::of([("group", chosen), ("day", tomorrow.to_string()), ("key", key)]);
    stuff.page(&member, &sent).answer(Faults::default(), &[])
}

/// `POST /homework/new`. The form carries the id that the work will have: sent twice, it is one piece of work.
pub(crate) async fn create(mut member: Member, form: FilesForm) -> Answer {
    let stuff = {
        let mut conn = member.app().store.read().await?;
        Stuff::read(&member, &mut conn, None).await?
    };
    if stuff.taught.is_empty() {
        return stuff.page(&member, &Fields::default()).answer(Faults::default(), &[]);
    }
    let Form { fields: sent, files, faults } = form.receive(&member, FILE_BYTES_MAX).await?;
    let group = forms::id::<GroupId>(&sent, "group").ok();
    let group = group.and_then(|id| stuff.taught.iter().find(|one| one.id == id));
    if let Some(group) = group {
        let mut conn = member.app().store.read().await?;
        crate::screens::place::group(&mut member, &mut conn, group.id, |it| Act::SetHomework(it.facts())).await?;
    }
    let mut check = Check::new(&member.page, &sent);
    let told = read(&member, &sent, group.map(|group| group.id), &stuff, &mut check);
    let (Some(told), Some(group), true) = (told, group, faults.is_empty()) else {
        let wrong = check.faults();
        return stuff.page(&member, &sent).answer(wrong, &faults);
    };
    let id = sent.raw("key").parse().unwrap_or_else(|_| HomeworkId::new(member.now(), &mut SystemRng));
    let mut tx = member.app().store.write().await?;
    let work = NewHomework {
        id,
        school: group.school_id,
        group: group.id,
        author: member.id(),
        lesson: None,
        subject_name: &subject_of(&told.subject, group.id, &stuff.taught),
        title: &told.title,
        body: &told.body,
        due_day: &told.day.to_string(),
        handing: told.handing(),
    };
    if let Some(stored) = homework::by_id(&mut tx, id).await? {
        if is_same(&mut tx, &stored, &work, (&told, &files)).await? {
            return Ok(member.see_other_saying("/homework", "notice-homework-set"));
        }
        return set_before(&member, &stuff, &sent, stored);
    }
    homework::create(&mut tx, &work, member.now()).await?;
    load::describe(&mut tx, id, None, told.minutes, told.is_test).await?;
    for file in &files {
        file.keep_at(&mut tx, &member, Place::Homework(id)).await?;
    }
    if told.visible_at.is_none_or(|at| at <= member.now()) {
        tell(&mut tx, &member, id, "homework-set").await?;
    }
    tx.commit().await?;
    Ok(member.see_other_saying("/homework", "notice-homework-set"))
}

/// The form says of this work what is stored of it, files included.
async fn is_same(
    conn: &mut Conn,
    stored: &Homework,
    work: &NewHomework<'_>,
    (told, files): (&Told, &[Received]),
) -> Result<bool, PageError> {
    let id = stored.id;
    let chosen: HashSet<PersonId> = homework::chosen(conn, id).await?.into_iter().collect();
    let wanted: HashSet<PersonId> = told.pupils.iter().copied().collect();
    let kept = files::attached(conn, Place::Homework(id)).await?;
    let kept: Vec<_> = kept.iter().map(|file| (file.name.as_str(), file.sha256.as_slice())).collect();
    let came: Vec<_> = files.iter().map(|file| (file.name.as_str(), &file.stored.sha256.bytes()[..])).collect();
    Ok(stored.is(work)
        && chosen == wanted
        && load::estimate(conn, id).await? == (told.minutes, told.is_test)
        && kept == came)
}

/// This form has set other work before: whoever went back and wrote something else is told, and sets a second one by sending
/// it again.
fn set_before(member: &Member, stuff: &Stuff, sent: &Fields, stored: Homework) -> Answer {
    if stored.author_id != member.id() {
        return Err(PageError::Malformed("key"));
    }
    let key = HomeworkId::new(member.now(), &mut SystemRng).to_string();
    let page = stuff.page(member, &sent.with("key", key));
    SetPage { conflict: Some(stored), conflict_key: "work-set-before", ..page }.answer(Faults::default(), &[])
}

/// Tells the pupils it is for.
pub(crate) async fn tell(conn: &mut Conn, member: &Member, id: HomeworkId, kind: &str) -> Result<(), PageError> {
    let Some(work) = homework::by_id(conn, id).await? else { return Ok(()) };
    let arguments = [("title", work.title.as_str()), ("subject", &work.subject_name), ("day", &work.due_day)];
    let (link, once) = (format!("/homework/{id}"), format!("{kind} {id} {}", work.version));
    for row in hand_ins::table(conn, id).await? {
        let notice = NewNotice {
            id: NoticeId::new(member.now(), &mut SystemRng),
            person: row.person_id,
            kind,
            arguments: &arguments,
            link: &link,
            once: &once,
        };
        notices::tell(conn, &notice, member.now()).await?;
    }
    Ok(())
}
