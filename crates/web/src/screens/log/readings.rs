//! Letting an inspector read: the head's list of leaves, and what such a person reads.

use super::shown::{Day, Names, Window, days};
use crate::forms::{Check, Choice, Faults, FormPage, Kind};
use crate::ids::Id;
use crate::limits::SUBJECT_CHARS_MAX;
use crate::screens::group::teacher_choices;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError, forms};
use askama::Template;
use http::StatusCode;
use jiff::ToSpan as _;
use preau_base::{Instant, PersonId, ReadingId, SchoolId, SystemRng};
use preau_school::log::{READING_DAYS_MAX, Reading};
use preau_school::{Act, LogAct};
use preau_store::log::lists::{self, Span};
use preau_store::log::load;
use preau_store::log::readings::{self, Opened};
use preau_store::{Conn, people, subjects};
use std::time::Duration;

#[derive(Template)]
#[template(path = "log/readings.html")]
struct ReadingsPage<'a> {
    page: &'a Page,
    school: SchoolId,
    rows: Vec<Row>,
}

struct Row {
    id: ReadingId,
    reader: String,
    scope: String,
    until: String,
    is_open: bool,
}

/// `Collège des Tilleuls · Mme Fontaine · Latin`
pub(super) fn scope(page: &Page, opened: &Opened) -> String {
    let all = |text: &str, key: &str| if text.is_empty() { page.t(key) } else { text.to_owned() };
    let teacher = all(&opened.teacher, "readings-all-teachers");
    format!("{} · {teacher} · {}", opened.school, all(&opened.subject_name, "log-all-subjects"))
}

/// Names the last day on which a leave lets somebody in; it ends at the midnight after it.
pub(super) fn until(page: &Page, end: Instant) -> String {
    let last = end.minus(Duration::from_millis(1));
    page.t1("log-reading-until", "day", page.day(page.zoned(last).date()))
}

/// `GET /schools/{id}/log/readings`.
pub(crate) async fn list(mut member: Member, Id(id): Id<SchoolId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    place::school(&mut member, &mut conn, id, Act::Log(LogAct::Lead(id))).await?;
    let rows = readings::of_school(&mut conn, id).await?.into_iter().map(|opened| Row {
        id: opened.id,
        scope: scope(&member, &opened),
        until: until(&member, opened.until_at),
        is_open: opened.facts().is_open(member.now()),
        reader: opened.reader,
    });
    member.html(&ReadingsPage { page: &member.page, school: id, rows: rows.collect() })
}

async fn form<'a>(
    member: &'a Member,
    conn: &mut Conn,
    school: SchoolId,
    sent: &Fields,
) -> Result<FormPage<'a>, PageError> {
    let page = &member.page;
    let back = format!("/schools/{school}/log/readings");
    let mut form = FormPage::new(page, page.t("readings-new"), format!("{back}/new"), back);
    form.intro = Some(page.t("readings-help"));
    form.submit = page.t("readings-open");
    form.field(sent, "key", "readings-new", Kind::Hidden);
    let reader = form.field(sent, "reader", "readings-reader", Kind::Input("text"));
    (reader.required, reader.help) = (true, Some(page.t("readings-reader-help")));
    let all = |key: &str| vec![Choice { value: String::new(), label: page.t(key) }];
    let mut teachers = all("readings-all-teachers");
    teachers.extend(teacher_choices(conn, school).await?);
    form.field(sent, "teacher", "lead-teacher", Kind::Select(teachers));
    let mut names = all("log-all-subjects");
    let known = subjects::list(conn, school).await?;
    names.extend(known.into_iter().map(|subject| Choice { value: subject.name.clone(), label: subject.name }));
    form.field(sent, "subject", "lesson-subject", Kind::Select(names));
    form.field(sent, "until", "readings-until", Kind::Input("date")).required = true;
    Ok(form)
}

/// `GET /schools/{id}/log/readings/new`.
pub(crate) async fn new(mut member: Member, Id(id): Id<SchoolId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    place::school(&mut member, &mut conn, id, Act::Log(LogAct::Lead(id))).await?;
    let until = member.today().checked_add(7.days()).unwrap_or_else(|_| member.today());
    let key = ReadingId::new(member.now(), &mut SystemRng).to_string();
    let sent = Fields::of([("until", until.to_string()), ("key", key)]);
    form(&member, &mut conn, id, &sent).await?.answer(Faults::default())
}

/// `POST /schools/{id}/log/readings/new`.
pub(crate) async fn open(mut member: Member, Id(id): Id<SchoolId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    place::school(&mut member, &mut tx, id, Act::Log(LogAct::Lead(id))).await?;
    let mut check = Check::new(&member.page, &sent);
    let login = check.needed("reader", crate::limits::LINE_CHARS_MAX);
    let subject = check.line("subject", SUBJECT_CHARS_MAX);
    let until = check.day("until");
    let far = member.today().checked_add(READING_DAYS_MAX.days()).unwrap_or_else(|_| member.today());
    if until.is_some_and(|day| day < member.today() || day > far) {
        check.fault("until", "fault-day-range");
    }
    let reader = reader(&mut tx, id, &login).await?;
    if reader.is_none() && !login.is_empty() {
        check.fault("reader", "readings-nobody");
    }
    let teacher = chosen_teacher(&mut tx, id, sent.raw("teacher")).await?;
    if teacher.is_none() && !sent.raw("teacher").is_empty() {
        check.fault("teacher", "fault-choose");
    }
    let (true, Some(reader), Some(until)) = (check.is_good(), reader, until) else {
        let faults = check.faults();
        return form(&member, &mut tx, id, &sent).await?.answer(faults);
    };
    let key: ReadingId = forms::id(&sent, "key")?;
    let until = member.start_of(until.tomorrow().unwrap_or(until));
    let reading = Reading { reader, school: id, teacher, subject, until, ended: false };
    if let Some(kept) = readings::by_id(&mut tx, key).await? {
        if kept.school_id != id {
            return Err(PageError::Malformed("key"));
        }
        let kept = Reading { ended: false, ..kept.facts() };
        if kept != reading {
            // Whoever went back and wrote something else is told; the page has another key.
            let key = ReadingId::new(member.now(), &mut SystemRng).to_string();
            let mut form = form(&member, &mut tx, id, &sent.with("key", key)).await?;
            form.intro = Some(member.t("form-sent-before"));
            return member.html_as(StatusCode::CONFLICT, &form);
        }
        return Ok(member.see_other_saying(&format!("/schools/{id}/log/readings"), "notice-log-opened"));
    }
    readings::open(&mut tx, key, &reading, member.id(), member.now()).await?;
    place::log(&member, &mut tx, Some(id), ("log.open", &login, "")).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&format!("/schools/{id}/log/readings"), "notice-log-opened"))
}

/// A guest of the school, or somebody who works there.
async fn reader(conn: &mut Conn, school: SchoolId, login: &str) -> Result<Option<PersonId>, PageError> {
    let Some(person) = people::by_login(conn, login).await?.filter(|person| !person.is_suspended()) else {
        return Ok(None);
    };
    let facts = people::facts(conn, person.id).await?;
    let fits = facts.is_some_and(|facts| facts.affiliations.iter().any(|(at, is)| *at == school && !is.is_family()));
    Ok(fits.then_some(person.id))
}

async fn chosen_teacher(conn: &mut Conn, school: SchoolId, text: &str) -> Result<Option<PersonId>, PageError> {
    let Ok(id) = text.parse::<PersonId>() else { return Ok(None) };
    let facts = people::facts(conn, id).await?;
    let teaches =
        |facts: preau_school::PersonFacts| facts.affiliations.contains(&(school, preau_school::Profile::Teacher));
    Ok(facts.is_some_and(teaches).then_some(id))
}

/// `POST /schools/{id}/log/readings/end`.
pub(crate) async fn end(mut member: Member, Id(id): Id<SchoolId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    place::school(&mut member, &mut tx, id, Act::Log(LogAct::Lead(id))).await?;
    let reading: ReadingId = forms::id(&sent, "reading")?;
    if readings::end(&mut tx, reading, id, member.now()).await? {
        place::log(&member, &mut tx, Some(id), ("log.close", &reading.to_string(), "")).await?;
    }
    tx.commit().await?;
    Ok(member.see_other_saying(&format!("/schools/{id}/log/readings"), "notice-log-ended"))
}

#[derive(Template)]
#[template(path = "log/opened.html")]
struct OpenedPage<'a> {
    page: &'a Page,
    path: String,
    scope: String,
    until: String,
    days: Vec<Day>,
    window: Window,
}

/// `GET /log/readings/{id}`: what an inspector reads.
pub(crate) async fn read(mut member: Member, Id(id): Id<ReadingId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    let opened = readings::by_id(&mut conn, id).await?.ok_or(PageError::NotFound)?;
    let reading = opened.facts();
    member.may(Act::Log(LogAct::ReadOpened(&reading)))?;
    if let Some(school) = preau_store::schools::by_id(&mut conn, reading.school).await? {
        place::at(&mut member, &school);
    }
    let window = Window::of(&member, asked.raw("until"), "");
    let (from, to) = window.instants(&member);
    let span = Span { from, to, subject: &reading.subject };
    let rows = lists::of_school(&mut conn, reading.school, reading.teacher, span).await?;
    let given = load::given_in_school(&mut conn, reading.school, reading.teacher, (from, to), member.now()).await?;
    let page = OpenedPage {
        page: &member.page,
        path: format!("/log/readings/{id}"),
        scope: scope(&member, &opened),
        until: until(&member, opened.until_at),
        days: days(&member, &rows, &given, Names::Both),
        window,
    };
    member.html(&page)
}
