//! The log of a class or group, and of a pupil, as those read it for whom it is written.

use super::shown::{Day, Names, Window, days};
use super::stands_in;
use crate::ids::Id;
use crate::limits::SUBJECT_CHARS_MAX;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError};
use askama::Template;
use preau_base::{GroupId, PersonId};
use preau_school::log::{days_of_year, year_of};
use preau_school::{Act, LogAct};
use preau_store::limits::LOG_ENTRIES_MAX;
use preau_store::log::lists::{self, Span};
use preau_store::log::load;
use preau_store::{Conn, groups, schools};

#[derive(Template)]
#[template(path = "log/read.html")]
struct ReadPage<'a> {
    page: &'a Page,
    title: String,
    path: String,
    days: Vec<Day>,
    window: Window,
    subjects: Vec<String>,
    /// The class's load of work, for those who set it.
    load: Option<GroupId>,
    /// The list was cut to this many.
    cut: Option<usize>,
}

/// `GET /groups/{id}/log`.
pub(crate) async fn of_group(mut member: Member, Id(id): Id<GroupId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    let group = groups::by_id(&mut conn, id).await?.ok_or(PageError::NotFound)?;
    let stands_in = stands_in(&member, &mut conn, id).await?;
    member.may(Act::Log(LogAct::ReadGroup(group.facts(), stands_in)))?;
    let school = schools::by_id(&mut conn, group.school_id).await?.ok_or(PageError::NotFound)?;
    place::at(&mut member, &school);
    let window = window(&member, &asked);
    let (from, to) = window.instants(&member);
    let span = Span { from, to, subject: &window.subject };
    let rows = lists::of_group(&mut conn, id, span, LOG_ENTRIES_MAX).await?;
    let given = load::given_to_group(&mut conn, id, from, to, member.now()).await?;
    let subjects = lists::subjects_of_group(&mut conn, id, year_start(&member)).await?;
    let page = ReadPage {
        page: &member.page,
        title: member.t1("log-of", "name", &group.name),
        path: format!("/groups/{id}/log"),
        days: days(&member, &rows, &given, Names::Teachers),
        cut: cut(rows.len()),
        load: member.can(Act::Log(LogAct::SeeLoad(group.facts(), stands_in))).then_some(id),
        subjects,
        window,
    };
    member.html(&page)
}

/// `GET /people/{id}/log`: a child's, a pupil's.
pub(crate) async fn of_person(mut member: Member, Id(id): Id<PersonId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    let (person, facts) = place::person(&mut conn, id).await?;
    member.may(Act::SeeDayOf(&facts))?;
    place::school_of(&mut member, &mut conn, &facts).await?;
    let title = member.t1("log-of", "name", person.full_name());
    answer_of_pupil(&member, &mut conn, id, &asked, title, format!("/people/{id}/log")).await
}

/// A pupil's own, at `/log`.
pub(super) async fn own(member: &Member, conn: &mut Conn, asked: &Fields) -> Answer {
    answer_of_pupil(member, conn, member.id(), asked, member.t("log-title"), "/log".to_owned()).await
}

async fn answer_of_pupil(
    member: &Member,
    conn: &mut Conn,
    pupil: PersonId,
    asked: &Fields,
    title: String,
    path: String,
) -> Answer {
    let window = window(member, asked);
    let (from, to) = window.instants(member);
    let rows = lists::of_pupil(conn, pupil, Span { from, to, subject: &window.subject }).await?;
    let given = load::given_to_pupil(conn, pupil, from, to, member.now()).await?;
    let page = ReadPage {
        page: &member.page,
        title,
        path,
        days: days(member, &rows, &given, Names::Teachers),
        cut: cut(rows.len()),
        load: None,
        subjects: lists::subjects_of_pupil(conn, pupil, year_start(member)).await?,
        window,
    };
    member.html(&page)
}

fn window(member: &Member, asked: &Fields) -> Window {
    let subject: String = asked.line("subject").chars().take(SUBJECT_CHARS_MAX).collect();
    Window::of(member, asked.raw("until"), &subject)
}

fn year_start(page: &Page) -> preau_base::Instant {
    page.start_of(days_of_year(year_of(page.today())).0)
}

/// How many there are, where the list was cut.
pub(super) fn cut(rows: usize) -> Option<usize> {
    (rows as i64 >= LOG_ENTRIES_MAX).then_some(rows)
}
