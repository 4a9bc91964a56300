use super::{Todo, due_days, todo};
use crate::agenda::{self, Eyes, Today};
use crate::limits::CHILDREN_SHOWN_MAX;
use crate::screens::place;
use crate::{Member, PageError};
use jiff::civil::Date;
use preau_base::PersonId;
use preau_school::{Act, AttendanceAct};
use preau_store::{Conn, homework, lessons};

/// What a relative sees of one child.
pub(super) struct Child {
    pub id: PersonId,
    pub name: String,
    pub sees_attendance: bool,
    pub day: Today,
    pub todo: Vec<Todo>,
}

/// The children of the person, each with the day and the work, which are read for all of them at once.
pub(super) async fn children(member: &Member, conn: &mut Conn, today: Date) -> Result<Vec<Child>, PageError> {
    let children = place::children(member, conn).await?;
    if children.is_empty() {
        return Ok(Vec::new());
    }
    let (from, to) = agenda::bounds(member, today);
    let day = lessons::of_children(conn, member.id(), from, to).await?;
    let (from, to) = due_days(today);
    let work = homework::due_of_children(conn, member.id(), &from, &to, member.now()).await?;
    let mut all = Vec::new();
    for (child, facts) in children.into_iter().take(CHILDREN_SHOWN_MAX) {
        let of_child = day.iter().filter(|(id, _)| *id == child.id);
        let lessons: Vec<_> = of_child.map(|(_, lesson)| lesson.clone()).collect();
        let halves = agenda::halves(conn, child.id, &lessons).await?;
        all.push(Child {
            id: child.id,
            name: child.full_name(),
            sees_attendance: member.can(Act::Attendance(AttendanceAct::SeeOf(&facts))),
            day: Today::of(agenda::slots_for(member, &lessons, Eyes::Pupil, &halves)),
            todo: work.iter().filter(|(id, _)| *id == child.id).map(|(_, work)| todo(member, work)).collect(),
        });
    }
    Ok(all)
}
