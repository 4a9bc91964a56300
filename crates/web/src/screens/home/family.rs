use super::{Todo, due_days, todo};
use crate::agenda::{self, Eyes, Today};
use crate::limits::CHILDREN_SHOWN_MAX;
use crate::screens::place;
use crate::{Member, PageError};
use jiff::civil::Date;
use preau_base::PersonId;
use preau_school::{Act, AttendanceAct};
use preau_store::{Conn, homework};

/// What a relative sees of one child.
pub(super) struct Child {
    pub id: PersonId,
    pub name: String,
    pub sees_attendance: bool,
    pub day: Today,
    pub todo: Vec<Todo>,
}

/// The children of the person, each with the day and the work.
pub(super) async fn children(member: &Member, conn: &mut Conn, today: Date) -> Result<Vec<Child>, PageError> {
    let mut all = Vec::new();
    let (from, to) = due_days(today);
    for (child, facts) in place::children(member, conn).await?.into_iter().take(CHILDREN_SHOWN_MAX) {
        let lessons = agenda::day_of(member, conn, child.id, today).await?;
        let halves = agenda::halves(conn, child.id, &lessons).await?;
        let work = homework::due_of_pupil(conn, child.id, &from, &to, member.now()).await?;
        all.push(Child {
            id: child.id,
            name: child.full_name(),
            sees_attendance: member.can(Act::Attendance(AttendanceAct::SeeOf(&facts))),
            day: Today::of(agenda::slots_for(member, &lessons, Eyes::Pupil, &halves)),
            todo: work.iter().map(|work| todo(member, work)).collect(),
        });
    }
    Ok(all)
}
