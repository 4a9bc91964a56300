//! A lesson's page: what the timetable says of it, and the ways from there that this person has.

use crate::agenda::{self, Eyes, Slot};
use crate::ids::Id;
use crate::screens::{log, place, recordings};
use crate::{Answer, Member, Page, PageError};
use askama::Template;
use preau_base::LessonId;
use preau_school::{Act, AttendanceAct, ClassFacts, LessonFacts, LogAct};
use preau_store::{Conn, setups};

#[derive(Template)]
#[template(path = "lesson/about.html")]
struct AboutPage<'a> {
    page: &'a Page,
    id: LessonId,
    facts: super::Shown,
    slot: Slot,
    ways: Ways,
}

/// Where this person may go from here.
struct Ways {
    /// Now; whether there is a live class for the person's half, the slot says.
    enters: bool,
    prepares: bool,
    calls_roll: bool,
    reads_log: bool,
    writes_log: bool,
    changes: bool,
    /// A recording that may be watched.
    watches: Option<i64>,
}

/// `GET /lessons/{id}/about`: for those who see it on a timetable, the relatives of its pupils among them.
pub(crate) async fn show(mut member: Member, Id(id): Id<LessonId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let here = log::here(&mut member, &mut conn, id).await?;
    may_see(&member, &mut conn, &here.facts).await?;
    let halves = agenda::halves(&mut conn, member.id(), std::slice::from_ref(&here.lesson)).await?;
    let slot = Slot::for_half(&member, &here.lesson, Eyes::School, halves.get(&id).copied());
    let ways = Ways::of(&member, &mut conn, &here).await?;
    let facts = super::show(&member, here.lesson);
    member.html(&AboutPage { page: &member.page, id, facts, slot, ways })
}

/// Those of the lesson and of its school, and who sees the day of a pupil who is in it.
async fn may_see(member: &Member, conn: &mut Conn, lesson: &LessonFacts) -> Result<(), PageError> {
    let refused = match member.may(Act::SeeLesson(lesson)) {
        Ok(()) => return Ok(()),
        Err(refused) => refused,
    };
    let children = place::facts_of_children(member, conn).await?;
    let is_of_child = children.values().any(|child| {
        member.can(Act::SeeDayOf(child)) && lesson.groups.iter().any(|group| child.pupil_of.contains(group))
    });
    if is_of_child { Ok(()) } else { Err(refused) }
}

impl Ways {
    async fn of(member: &Member, conn: &mut Conn, here: &log::Here) -> Result<Self, PageError> {
        let facts = &here.facts;
        let lasts = member.now() < facts.ends_at && here.lesson.is_open();
        let class = ClassFacts { lesson: facts.clone(), helpers: setups::helpers(conn, facts.id).await? };
        Ok(Self {
            enters: member.can(Act::ComeToClass(&class)),
            prepares: lasts && member.can(Act::PrepareLesson(facts)),
            calls_roll: member.can(Act::Attendance(AttendanceAct::CallRoll(facts))),
            reads_log: here.entry.is_some() && log::entry::may_read(member, conn, here).await.is_ok(),
            writes_log: here.entry.is_none() && here.state.may_change() && member.can(Act::Log(LogAct::Write(facts))),
            changes: member.can(Act::PlanLesson(facts.school)),
            watches: recordings::first(member, conn, facts).await?,
        })
    }
}
