//! The head's view: what is written and what is missing, by class and by teacher; the visa.

use super::archive::{self, Kept};
use super::shown::{Day, Names, days};
use crate::ids::Id;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError, forms};
use askama::Template;
use jiff::ToSpan as _;
use jiff::civil::Date;
use preau_base::{GroupId, Instant, NoticeId, PersonId, SchoolId, SystemRng};
use preau_school::log::{days_of_year, year_of};
use preau_school::{Act, LogAct};
use preau_store::limits::{LOG_ENTRIES_MAX, LOG_OVERVIEW_MAX, VISA_REMARK_CHARS_MAX};
use preau_store::log::lists::{self, Span};
use preau_store::log::load;
use preau_store::log::visas::{self, Overview, Progress, Scope};
use preau_store::notices::{self, NewNotice};
use preau_store::{Conn, people};

#[derive(Template)]
#[template(path = "log/lead.html")]
struct LeadPage<'a> {
    page: &'a Page,
    school: SchoolId,
    from: Date,
    /// The last day that is counted.
    to: Date,
    classes: Vec<Progress>,
    teachers: Vec<Progress>,
    /// The instant of this page: what is saved later is not signed from it.
    seen: i64,
    archives: Vec<Kept>,
    years: Vec<(i16, String)>,
    /// A list was cut to this many.
    cut: Option<usize>,
    remark_chars_max: usize,
}

/// Days that the page shows when it was asked for none.
const DAYS_SHOWN: i64 = 14;

/// Days from the query, both included; the last two weeks when there are none, never more than a school year and a half.
fn span(member: &Member, asked: &Fields) -> (Date, Date) {
    let today = member.today();
    let to = forms::parse_day(asked.raw("to")).unwrap_or(today);
    let begins = to.checked_sub((DAYS_SHOWN - 1).days()).unwrap_or(to);
    let from = forms::parse_day(asked.raw("from")).unwrap_or(begins).min(to);
    let longest = to.checked_sub(550.days()).unwrap_or(from);
    (from.max(longest), to)
}

fn instants(member: &Member, (from, to): (Date, Date)) -> (Instant, Instant) {
    (member.start_of(from), member.start_of(to.tomorrow().unwrap_or(to)))
}

/// `GET /schools/{id}/log`.
pub(crate) async fn show(mut member: Member, Id(id): Id<SchoolId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    place::school(&mut member, &mut conn, id, Act::Log(LogAct::Lead(id))).await?;
    let (from, to) = span(&member, &asked);
    let (starts, ends) = instants(&member, (from, to));
    let ends = ends.min(member.now());
    let this_year = year_of(member.today());
    let years = (0..archive::YEARS_OFFERED).map(|back| this_year - back);
    let Overview { groups: classes, teachers } = visas::overview(&mut conn, id, starts, ends).await?;
    let longest = classes.len().max(teachers.len());
    let page = LeadPage {
        page: &member.page,
        school: id,
        from,
        to,
        classes,
        teachers,
        cut: (longest as i64 >= LOG_OVERVIEW_MAX).then_some(longest),
        remark_chars_max: VISA_REMARK_CHARS_MAX,
        seen: member.now().as_millis(),
        archives: archive::of_school(&member, &mut conn, id).await?,
        years: years.map(|year| (year, archive::year_name(i64::from(year)))).collect(),
    };
    member.html(&page)
}

#[derive(Template)]
#[template(path = "log/inspect.html")]
struct InspectPage<'a> {
    page: &'a Page,
    school: SchoolId,
    name: String,
    from: Date,
    to: Date,
    group: Option<GroupId>,
    teacher: Option<PersonId>,
    days: Vec<Day>,
    unsigned: usize,
    seen: i64,
    /// The list was cut to this many.
    cut: Option<usize>,
    remark_chars_max: usize,
}

/// `GET /schools/{id}/log/entries`: what is signed, before it is.
pub(crate) async fn entries(mut member: Member, Id(id): Id<SchoolId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    place::school(&mut member, &mut conn, id, Act::Log(LogAct::Lead(id))).await?;
    let (from, to) = span(&member, &asked);
    let (starts, ends) = instants(&member, (from, to));
    let (group, teacher) = (asked.raw("group").parse().ok(), asked.raw("teacher").parse().ok());
    let span = Span { from: starts, to: ends, subject: "" };
    let (name, rows, given);
    if let Some(group) = group {
        let found = preau_store::groups::by_id(&mut conn, group).await?.filter(|found| found.school_id == id);
        name = found.ok_or(PageError::NotFound)?.name;
        rows = lists::of_group(&mut conn, group, span, LOG_ENTRIES_MAX).await?;
        given = load::given_to_group(&mut conn, group, starts, ends, member.now()).await?;
    } else {
        name = match teacher {
            Some(teacher) => name_of_teacher(&mut conn, id, teacher).await?,
            None => member.t("lead-all"),
        };
        rows = lists::of_school(&mut conn, id, teacher, span).await?;
        given = load::given_in_school(&mut conn, id, teacher, (starts, ends), member.now()).await?;
    }
    let page = InspectPage {
        page: &member.page,
        school: id,
        name,
        from,
        to,
        group,
        teacher,
        days: days(&member, &rows, &given, Names::Both),
        unsigned: rows.iter().filter(|row| row.signed_at.is_none()).count(),
        cut: super::group::cut(rows.len()),
        remark_chars_max: VISA_REMARK_CHARS_MAX,
        seen: member.now().as_millis(),
    };
    member.html(&page)
}

/// Of somebody who teaches in the school, or has lessons there.
async fn name_of_teacher(conn: &mut Conn, school: SchoolId, teacher: PersonId) -> Result<String, PageError> {
    let person = people::by_id(conn, teacher).await?.ok_or(PageError::NotFound)?;
    if !lists::has_lessons(conn, school, teacher).await? {
        return Err(PageError::NotFound);
    }
    Ok(format!("{} {}", person.title, person.family_name.reveal()).trim().to_owned())
}

/// `POST /schools/{id}/log/visa`: signs all published entries of a class, of a teacher, or of the school, in a span.
pub(crate) async fn sign(mut member: Member, Id(id): Id<SchoolId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    place::school(&mut member, &mut tx, id, Act::Log(LogAct::Lead(id))).await?;
    let (from, to) = span(&member, &sent);
    let (starts, ends) = instants(&member, (from, to));
    let seen = sent.raw("seen").parse().map_or(Instant::EPOCH, Instant::from_millis).min(member.now());
    let remark: String = super::form::clean(sent.raw("remark")).chars().take(VISA_REMARK_CHARS_MAX).collect();
    let scope = Scope {
        school: id,
        group: chosen(&sent, "group")?,
        teacher: chosen(&sent, "teacher")?,
        from: starts,
        to: ends,
        seen,
        remark: &remark,
    };
    let signed = visas::sign(&mut tx, &scope, member.id(), member.now()).await?;
    if signed > 0 {
        let target = scope.group.map(|group| group.to_string()).or_else(|| scope.teacher.map(|it| it.to_string()));
        let detail = format!("{from}/{to}: {signed}");
        place::log(&member, &mut tx, Some(id), ("log.sign", &target.unwrap_or_default(), &detail)).await?;
        if !remark.is_empty() {
            tell(&member, &mut tx, id, &remark).await?;
        }
    }
    tx.commit().await?;
    let path = format!("/schools/{id}/log?from={from}&to={to}");
    Ok(member.see_other_saying(&path, if signed > 0 { "notice-log-signed" } else { "notice-log-none-signed" }))
}

/// Tells the teachers whose entries were signed just now what was said with the visa.
async fn tell(member: &Member, conn: &mut Conn, school: SchoolId, remark: &str) -> Result<(), PageError> {
    let now = member.now();
    for signed in visas::signed_at(conn, school, member.id(), now).await? {
        let count = signed.entries.to_string();
        let how_many = if signed.entries == 1 { "one" } else { "more" };
        let notice = NewNotice {
            id: NoticeId::new(now, &mut SystemRng),
            person: signed.teacher_id,
            kind: "log-visa",
            arguments: &[("how_many", how_many), ("count", &count), ("remark", remark)],
            link: "/log",
            once: &format!("visa/{school}/{}", now.as_millis()),
        };
        notices::tell(conn, &notice, now).await?;
    }
    Ok(())
}

/// An id, or nothing where the field is empty; anything else is no form of ours.
fn chosen<T: std::str::FromStr>(sent: &Fields, name: &str) -> Result<Option<T>, PageError> {
    if sent.raw(name).is_empty() { Ok(None) } else { forms::id(sent, name).map(Some) }
}

/// The first and the last instant of a school year, by the school's clock.
pub(super) fn year_span(page: &Page, year: i16) -> (Instant, Instant) {
    let (from, to) = days_of_year(year);
    (page.start_of(from), page.start_of(to))
}
