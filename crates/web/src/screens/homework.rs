//! Work to be done: what is due, one piece of it, and setting it.

use crate::forms::{self, Check, Faults, FormPage, Kind};
use crate::ids::Id;
use crate::limits::{HOMEWORK_BODY_CHARS_MAX, HOMEWORK_DAYS_LISTED, HOMEWORK_TITLE_CHARS_MAX, SUBJECT_CHARS_MAX};
use crate::screens::home::capital;
use crate::screens::open_class::{group_choices, preselected, subject_of};
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError};
use askama::Template;
use jiff::ToSpan as _;
use jiff::civil::Date;
use preau_base::{GroupId, HomeworkId, SystemRng};
use preau_school::{Act, Profile, Why, WorkAct};
use preau_store::groups::{self, Taught};
use preau_store::homework::{self, Homework};
use preau_store::{Conn, people};

#[derive(Template)]
#[template(path = "school/homework_list.html")]
struct ListPage<'a> {
    page: &'a Page,
    teaches: bool,
    days: Vec<DueDay>,
}

/// The work that is due on one day.
struct DueDay {
    name: String,
    works: Vec<Homework>,
}

/// `GET /homework`: a pupil's to do, a teacher's set.
pub(crate) async fn list(member: Member) -> Answer {
    let mut conn = member.app().store.read().await?;
    let today = member.today();
    let (from, to) = listed_days(today);
    let teaches = member.actor.is_somewhere(Profile::Teacher);
    let mut works = homework::of_pupil(&mut conn, member.id(), &today.to_string(), &to, member.now()).await?;
    if teaches {
        works.extend(homework::of_author(&mut conn, member.id(), &from, &to).await?);
        works.sort_by(|one, other| one.due_day.cmp(&other.due_day));
    }
    let mut days: Vec<DueDay> = Vec::new();
    let mut last = String::new();
    for work in works {
        if work.due_day != last || days.is_empty() {
            last.clone_from(&work.due_day);
            days.push(DueDay { name: capital(&due(&member, &work)), works: Vec::new() });
        }
        if let Some(day) = days.last_mut() {
            day.works.push(work);
        }
    }
    member.html(&ListPage { page: &member.page, teaches, days })
}

/// The days that lists reach back and ahead.
fn listed_days(today: Date) -> (String, String) {
    let span = i64::from(HOMEWORK_DAYS_LISTED).days();
    let from = today.checked_sub(7.days()).unwrap_or(today);
    (from.to_string(), today.checked_add(span).unwrap_or(today).to_string())
}

fn due(page: &Page, work: &Homework) -> String {
    work.due_day.parse().map_or_else(|_| work.due_day.clone(), |day| page.day_near(day))
}

#[derive(Template)]
#[template(path = "school/homework.html")]
struct OnePage<'a> {
    page: &'a Page,
    work: &'a Homework,
    due: String,
    lines: Vec<&'a str>,
    is_mine: bool,
}

/// `GET /homework/{id}`.
pub(crate) async fn show(mut member: Member, Id(id): Id<HomeworkId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let work = homework::by_id(&mut conn, id).await?.ok_or(PageError::NotFound)?;
    let (_, school) = may_read(&mut member, &mut conn, &work).await?;
    place::at(&mut member, &school);
    let (from, to) = (&work.due_day, &work.due_day);
    let mine = homework::of_author(&mut conn, member.id(), from, to).await?;
    member.html(&OnePage {
        page: &member.page,
        due: due(&member, &work),
        lines: work.body.lines().collect(),
        is_mine: mine.iter().any(|mine| mine.id == id),
        work: &work,
    })
}

/// Those it is for, their relatives, and those who see the group.
async fn may_read(
    member: &mut Member,
    conn: &mut Conn,
    work: &Homework,
) -> Result<(groups::Group, preau_store::schools::School), PageError> {
    let facts = homework::facts(conn, work).await?;
    let mut allowed = member.may(Act::Work(WorkAct::Read(&facts)));
    for child in member.actor.children.clone() {
        let Some(child) = people::facts(conn, child).await? else { continue };
        if allowed.is_err() && member.can(Act::Work(WorkAct::ReadFor(&facts, &child))) {
            allowed = Ok(());
        }
    }
    allowed?;
    let group = groups::by_id(conn, work.group_id).await?.ok_or(PageError::NotFound)?;
    let school = preau_store::schools::by_id(conn, work.school_id).await?.ok_or(PageError::NotFound)?;
    place::at(member, &school);
    Ok((group, school))
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

fn form<'a>(member: &'a Member, sent: &Fields, taught: &[Taught]) -> FormPage<'a> {
    let page = &member.page;
    let mut form = FormPage::new(page, page.t("homework-new"), "/homework/new".to_owned(), "/homework".to_owned());
    form.submit = page.t("homework-set");
    if taught.is_empty() {
        form.intro = Some(page.t("open-none"));
        form.submit.clear();
        return form;
    }
    form.field(sent, "group", "open-group", Kind::Select(group_choices(page, taught))).required = true;
    let title = form.field(sent, "title", "homework-title", Kind::Input("text"));
    (title.required, title.chars_max) = (true, HOMEWORK_TITLE_CHARS_MAX);
    let body = form.field(sent, "body", "homework-body", Kind::Area);
    body.chars_max = HOMEWORK_BODY_CHARS_MAX;
    form.field(sent, "day", "homework-day", Kind::Input("date")).required = true;
    let help = page.t("open-subject-help");
    let subject = form.field(sent, "subject", "lesson-subject", Kind::Suggest(Vec::new()));
    (subject.help, subject.chars_max) = (Some(help), SUBJECT_CHARS_MAX);
    form
}

/// `GET /homework/new`.
pub(crate) async fn new(member: Member, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    let taught = taught(&member, &mut conn).await?;
    let chosen = preselected(&member, &mut conn, asked.raw("group"), &taught).await?;
    let tomorrow = member.today().tomorrow().unwrap_or_else(|_| member.today());
    let sent = Fields::of([("group", chosen), ("day", tomorrow.to_string())]);
    form(&member, &sent, &taught).answer(Faults::default())
}

/// `POST /homework/new`.
pub(crate) async fn create(member: Member, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let taught = taught(&member, &mut tx).await?;
    let mut check = Check::new(&member.page, &sent);
    let title = check.needed("title", HOMEWORK_TITLE_CHARS_MAX);
    let body = check.lines("body", HOMEWORK_BODY_CHARS_MAX);
    let typed = check.line("subject", SUBJECT_CHARS_MAX);
    let day = check.day("day");
    let far = member.today().checked_add(1.years()).unwrap_or_else(|_| member.today());
    if day.is_some_and(|day| day < member.today() || day > far) {
        check.fault("day", "fault-day-range");
    }
    let group = forms::id::<GroupId>(&sent, "group").ok();
    let group = group.and_then(|id| taught.iter().find(|one| one.id == id));
    if group.is_none() {
        check.fault("group", "fault-choose");
    }
    let (true, Some(group), Some(day)) = (check.is_good(), group, day) else {
        let faults = check.faults();
        return form(&member, &sent, &taught).answer(faults);
    };
    member.may(Act::SetHomework(group.facts()))?;
    let work = homework::NewHomework {
        id: HomeworkId::new(member.now(), &mut SystemRng),
        school: group.school_id,
        group: group.id,
        author: member.id(),
        lesson: None,
        subject_name: &subject_of(&typed, group.id, &taught),
        title: &title,
        body: &body,
        due_day: &day.to_string(),
        handing: homework::Handing::default(),
    };
    homework::create(&mut tx, &work, member.now()).await?;
    tx.commit().await?;
    Ok(member.see_other_saying("/homework", "notice-homework-set"))
}

/// `POST /homework/{id}/remove`: taken back by whoever set it.
pub(crate) async fn remove(mut member: Member, Id(id): Id<HomeworkId>) -> Answer {
    let mut tx = member.app().store.write().await?;
    let work = homework::by_id(&mut tx, id).await?.ok_or(PageError::NotFound)?;
    may_read(&mut member, &mut tx, &work).await?;
    if !homework::remove(&mut tx, id, member.id()).await? {
        return Err(PageError::Forbidden(Why::Role));
    }
    tx.commit().await?;
    Ok(member.see_other_saying("/homework", "notice-homework-removed"))
}
