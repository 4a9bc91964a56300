//! What is due, by day: a pupil's to do, a child's, a teacher's set.

use super::{Tag, mark_of, state_of};
use crate::forms::parse_day;
use crate::ids::Id;
use crate::limits::{HOMEWORK_DAYS_BACK, HOMEWORK_DAYS_LISTED};
use crate::screens::home::capital;
use crate::screens::place;
use crate::{Answer, Member, Page, PageError};
use askama::Template;
use jiff::ToSpan as _;
use jiff::civil::Date;
use preau_base::PersonId;
use preau_school::homework::State;
use preau_school::{Act, Profile};
use preau_store::homework::{self, Homework};
use preau_store::{Conn, hand_ins};

#[derive(Template)]
#[template(path = "work/list.html")]
struct ListPage<'a> {
    page: &'a Page,
    title: String,
    back: Option<String>,
    window: Window,
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
pub(crate) async fn own(member: Member) -> Answer {
    let mut conn = member.app().store.read().await?;
    let window = Window::asked(&member);
    let (from, to) = window.days();
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
    member.html(&ListPage { page: &member.page, title, back: None, window, teaches, ticks, days })
}

/// `GET /people/{id}/homework`: a child's.
pub(crate) async fn of_child(mut member: Member, Id(id): Id<PersonId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let (person, facts) = place::person(&mut conn, id).await?;
    member.may(Act::SeeDayOf(&facts))?;
    place::school_of(&mut member, &mut conn, &facts).await?;
    let window = Window::asked(&member);
    let (from, to) = window.days();
    let lines = of_pupil(&member, &mut conn, id, (&from, &to), Some(id)).await?;
    let title = member.t1("work-of", "name", person.full_name());
    let days = by_day(&member, lines);
    let back = Some("/".to_owned());
    member.html(&ListPage { page: &member.page, title, back, window, teaches: false, ticks: false, days })
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
            days.push(DueDay { name: capital(&super::due(page, &line.work)), works: Vec::new() });
        }
        if let Some(day) = days.last_mut() {
            day.works.push(line);
        }
    }
    days
}

/// The days of a list: those to come with the week before them, or, further back, a month.
struct Window {
    from: Date,
    /// The first day that is not shown; none where the list goes on.
    until: Option<Date>,
    today: Date,
}

impl Window {
    /// From the query, `until`: a later day than a week ago asks for what is to come.
    fn asked(page: &Page) -> Self {
        let today = page.today();
        let latest = today.checked_sub(7.days()).unwrap_or(today);
        let until = page.query("until").and_then(|day| parse_day(&day)).filter(|until| *until <= latest);
        let from = until.map_or(latest, |until| until.checked_sub(HOMEWORK_DAYS_BACK.days()).unwrap_or(until));
        Self { from, until, today }
    }

    /// First and last, as the store writes days.
    fn days(&self) -> (String, String) {
        let ahead = || self.today.checked_add(HOMEWORK_DAYS_LISTED.days()).unwrap_or(self.today);
        let last = self.until.map_or_else(ahead, |until| until.yesterday().unwrap_or(until));
        (self.from.to_string(), last.to_string())
    }

    /// The query of the month before.
    fn earlier(&self) -> String {
        format!("?until={}", self.from)
    }

    /// The query of the month after; none where nothing comes later.
    fn later(&self) -> Option<String> {
        let after = self.until?.checked_add(HOMEWORK_DAYS_BACK.days()).ok()?;
        Some(format!("?until={after}"))
    }
}
