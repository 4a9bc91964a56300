//! Work to be done: what is due, by day; and what the other pages of it begin with.

pub(crate) mod archive;
pub(crate) mod correct;
pub(crate) mod day;
pub(crate) mod hand_in;
pub(crate) mod receipt;
mod returned;
pub(crate) mod set;
pub(crate) mod show;

use crate::limits::HOMEWORK_DAYS_LISTED;
use crate::screens::home::capital;
use crate::screens::place;
use crate::{Answer, Member, Page, PageError};
use askama::Template;
use jiff::ToSpan as _;
use jiff::civil::Date;
use preau_base::{HomeworkId, PersonId};
use preau_school::homework::{State, mark_text, state};
use preau_school::{Act, HomeworkFacts, Profile, WorkAct};
use preau_store::hand_ins::{Count, HandIn};
use preau_store::homework::{self, Homework};
use preau_store::{Conn, hand_ins, people, schools};

/// A piece of homework with what rights are made of.
pub(crate) struct At {
    pub work: Homework,
    pub facts: HomeworkFacts,
}

/// The homework of a path; the page takes the name and the clock of its school. The caller asks for an act on it.
pub(crate) async fn at(member: &mut Member, conn: &mut Conn, id: HomeworkId) -> Result<At, PageError> {
    let work = homework::by_id(conn, id).await?.ok_or(PageError::NotFound)?;
    let facts = homework::facts(conn, &work).await?;
    let school = schools::by_id(conn, work.school_id).await?.ok_or(PageError::NotFound)?;
    place::at(member, &school);
    Ok(At { work, facts })
}

/// Asks whether the person may read it, as themselves or for a child; gives the children who have it to do.
pub(crate) async fn may_read(member: &Member, conn: &mut Conn, at: &At) -> Result<Vec<PersonId>, PageError> {
    let mut children = Vec::new();
    for child in &member.actor.children {
        let Some(child) = people::facts(conn, *child).await? else { continue };
        if at.facts.is_for(&child) && member.can(Act::Work(WorkAct::ReadFor(&at.facts, &child))) {
            children.push(child.id);
        }
    }
    if children.is_empty() {
        member.may(Act::Work(WorkAct::Read(&at.facts)))?;
    }
    Ok(children)
}

/// How a page says in what state a pupil's work is.
pub(crate) struct Tag {
    pub class: &'static str,
    pub text: String,
}

impl Tag {
    pub(crate) fn of(page: &Page, state: State) -> Self {
        let class = match state {
            State::HandedIn | State::Returned | State::Done => "tag good",
            State::Started | State::HandedInLate => "tag now",
            State::Missing => "tag bad",
            State::Todo => "tag",
        };
        Self { class, text: page.t(&format!("work-state-{}", state.as_str())) }
    }
}

impl Tag {
    /// `12 rendus sur 28`; nothing for work that is not handed in through the page.
    fn of_count(page: &Page, work: &Homework, count: &Count) -> Option<Self> {
        let class = if count.handed >= count.pupils { "tag good" } else { "tag" };
        let text = || page.t2("work-handed-count", ("handed", count.handed), ("all", count.pupils));
        work.ways().is_online().then(|| Self { class, text: text() })
    }
}

/// The state of a pupil's work, of whom perhaps nothing is known yet.
pub(crate) fn state_of(page: &Page, work: &Homework, known: Option<&HandIn>) -> State {
    let terms = work.terms();
    known.map_or_else(
        || state(&terms, preau_school::homework::Progress::default(), page.now()),
        |known| state(&known.terms(terms), known.progress(), page.now()),
    )
}

/// A mark as the language of the page writes it: `14,5/20`.
pub(crate) fn mark_of(page: &Page, mark: i64, most: Option<i64>) -> String {
    let decimal = if page.lang() == crate::Lang::Fr { ',' } else { '.' };
    let mark = mark_text(mark, decimal);
    most.map_or_else(|| mark.clone(), |most| format!("{mark}/{}", mark_text(most, decimal)))
}

/// The day for which it is to be done, as people say it.
pub(crate) fn due(page: &Page, work: &Homework) -> String {
    work.due_day.parse().map_or_else(|_| work.due_day.clone(), |day| page.day_near(day))
}

#[derive(Template)]
#[template(path = "work/list.html")]
struct ListPage<'a> {
    page: &'a Page,
    title: String,
    back: Option<String>,
    teaches: bool,
    /// The pupil whose list it is may tick what is done.
    ticks: bool,
    days: Vec<DueDay>,
}

/// The work that is due on one day.
struct DueDay {
    name: String,
    works: Vec<Line>,
}

/// Work in a list.
pub(crate) struct Line {
    pub work: Homework,
    pub path: String,
    /// In which state the pupil's own work is; in a teacher's list, how many have handed it in.
    pub tag: Option<Tag>,
    pub mark: Option<String>,
    pub done: bool,
    /// Nothing is handed in through the page, so that the pupil says what is done.
    pub may_tick: bool,
}

/// `GET /homework`: a pupil's to do, a teacher's set.
pub(crate) async fn list(member: Member) -> Answer {
    let mut conn = member.app().store.read().await?;
    let today = member.today();
    let (from, to) = listed_days(today);
    let teaches = member.actor.is_somewhere(Profile::Teacher);
    let ticks = member.actor.is_somewhere(Profile::Pupil);
    let mut lines = Vec::new();
    if ticks {
        lines = of_pupil(&member, &mut conn, member.id(), (&from, &to), None).await?;
    }
    if teaches {
        let set = homework::of_author(&mut conn, member.id(), &from, &to).await?;
        let counts = hand_ins::counts(&mut conn, member.id(), &from, &to).await?;
        let tag_of = |work: &Homework| {
            let count = counts.iter().find(|count| count.homework_id == work.id)?;
            Tag::of_count(&member, work, count)
        };
        lines.extend(set.into_iter().map(|work| Line {
            path: format!("/homework/{}", work.id),
            tag: tag_of(&work),
            work,
            mark: None,
            done: false,
            may_tick: false,
        }));
        lines.sort_by(|one, other| one.work.due_day.cmp(&other.work.due_day));
    }
    let title = member.t(if teaches && !ticks { "home-set" } else { "homework-list" });
    let days = by_day(&member, lines);
    member.html(&ListPage { page: &member.page, title, back: None, teaches, ticks, days })
}

/// `GET /people/{id}/homework`: a child's.
pub(crate) async fn of_child(mut member: Member, crate::ids::Id(id): crate::ids::Id<PersonId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let (person, facts) = place::person(&mut conn, id).await?;
    member.may(Act::SeeDayOf(&facts))?;
    place::school_of(&mut member, &mut conn, &facts).await?;
    let (from, to) = listed_days(member.today());
    let lines = of_pupil(&member, &mut conn, id, (&from, &to), Some(id)).await?;
    let title = member.t1("work-of", "name", person.full_name());
    let days = by_day(&member, lines);
    let page = ListPage { page: &member.page, title, back: Some("/".to_owned()), teaches: false, ticks: false, days };
    member.html(&page)
}

/// The work of a pupil with the state of each; for a relative, it leads to what the child handed in.
pub(crate) async fn of_pupil(
    page: &Page,
    conn: &mut Conn,
    pupil: PersonId,
    (from, to): (&str, &str),
    child: Option<PersonId>,
) -> Result<Vec<Line>, PageError> {
    let works = homework::of_pupil(conn, pupil, from, to, page.now()).await?;
    let known = hand_ins::of_pupil(conn, pupil, from, to).await?;
    let line = |work: Homework| {
        let known = known.iter().find(|known| known.homework_id == work.id);
        let state = state_of(page, &work, known);
        let path = match child {
            Some(child) => format!("/homework/{}/pupils/{child}", work.id),
            None => format!("/homework/{}", work.id),
        };
        let returned = known.filter(|known| known.returned_at.is_some());
        Line {
            path,
            tag: (state != State::Todo || work.ways().is_any()).then(|| Tag::of(page, state)),
            mark: returned.and_then(|known| known.mark).map(|mark| mark_of(page, mark, work.mark_max)),
            done: known.is_some_and(|known| known.done_at.is_some()),
            may_tick: !work.ways().is_online(),
            work,
        }
    };
    Ok(works.into_iter().map(line).collect())
}

fn by_day(page: &Page, lines: Vec<Line>) -> Vec<DueDay> {
    let mut days: Vec<DueDay> = Vec::new();
    let mut last = String::new();
    for line in lines {
        if line.work.due_day != last || days.is_empty() {
            last.clone_from(&line.work.due_day);
            days.push(DueDay { name: capital(&due(page, &line.work)), works: Vec::new() });
        }
        if let Some(day) = days.last_mut() {
            day.works.push(line);
        }
    }
    days
}

/// The days that lists reach back and ahead.
fn listed_days(today: Date) -> (String, String) {
    let span = i64::from(HOMEWORK_DAYS_LISTED).days();
    let from = today.checked_sub(7.days()).unwrap_or(today);
    (from.to_string(), today.checked_add(span).unwrap_or(today).to_string())
}
