//! Work to be done: what all pages of it begin with.

pub(crate) mod archive;
pub(crate) mod correct;
pub(crate) mod day;
pub(crate) mod hand_in;
pub(crate) mod list;
pub(crate) mod receipt;
mod returned;
pub(crate) mod set;
pub(crate) mod show;

use crate::screens::place;
use crate::{Member, Page, PageError};
use preau_base::{HomeworkId, PersonId};
use preau_school::homework::{State, mark_text, state};
use preau_school::{Act, HomeworkFacts, PersonFacts, WorkAct};
use preau_store::hand_ins::{Count, HandIn};
use preau_store::homework::{self, Homework};
use preau_store::{Conn, schools};

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
    let facts = place::facts_of_children(member, conn).await?;
    let reads =
        |child: &&PersonFacts| at.facts.is_for(child) && member.can(Act::Work(WorkAct::ReadFor(&at.facts, child)));
    // In the order of the relations, which the page keeps.
    let children = member.actor.children.iter().filter_map(|child| facts.get(child));
    let children: Vec<PersonId> = children.filter(reads).map(|child| child.id).collect();
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
