use crate::{Answer, Member, Page, PageError, agenda};
use askama::Template;
use preau_base::{LessonId, PersonId, SchoolId};
use preau_school::{Act, AttendanceAct, LessonRole, lesson_role};
use preau_store::{Conn, lessons, people, rolls, schools};

#[derive(Template)]
#[template(path = "attendance/hub.html")]
struct HubPage<'a> {
    page: &'a Page,
    /// Lessons of today whose roll is the person's to call.
    rolls: Vec<RollOf>,
    schools: Vec<(SchoolId, String)>,
    receives: Vec<(SchoolId, String)>,
    children: Vec<(PersonId, String)>,
    /// Of whom the person may declare an absence and not see the register.
    declares: Vec<(PersonId, String)>,
    own: Option<PersonId>,
    is_bare: bool,
}

struct RollOf {
    lesson: LessonId,
    time: String,
    title: String,
    confirmed: bool,
    /// Its day has school.
    asked: bool,
}

/// `GET /attendance`: what each has to do with it.
pub(crate) async fn show(member: Member) -> Answer {
    let mut conn = member.app().store.read().await?;
    let rolls = rolls_of(&member, &mut conn).await?;
    let (mut kept, mut receives) = (Vec::new(), Vec::new());
    let mut ids: Vec<SchoolId> = member.actor.affiliations.iter().map(|(school, _)| *school).collect();
    ids.dedup();
    for id in ids {
        let keeps = member.can(Act::Attendance(AttendanceAct::Keep(id)));
        let Some(school) = schools::by_id(&mut conn, id).await? else { continue };
        if keeps {
            kept.push((id, school.name));
        } else if member.can(Act::Attendance(AttendanceAct::ReceiveOnSite(id))) {
            receives.push((id, school.name));
        }
    }
    let (mut children, mut declares) = (Vec::new(), Vec::new());
    for (child, rights) in member.actor.relations.iter().filter(|(_, it)| it.sees_attendance || it.may_declare) {
        let Some(person) = people::by_id(&mut conn, *child).await? else { continue };
        let list = if rights.sees_attendance { &mut children } else { &mut declares };
        list.push((*child, person.full_name()));
    }
    let own = member.actor.is_somewhere(preau_school::Profile::Pupil).then(|| member.id());
    let has_pupils = !children.is_empty() || !declares.is_empty() || own.is_some();
    let is_bare = rolls.is_empty() && kept.is_empty() && receives.is_empty() && !has_pupils;
    // Whoever has one thing only is led to it.
    let is_alone = rolls.is_empty() && declares.is_empty();
    match (&kept[..], &children[..], own) {
        ([(school, _)], [], None) if is_alone => {
            return Ok(member.see_other(&format!("/schools/{school}/attendance")));
        }
        ([], [(child, _)], None) if is_alone && receives.is_empty() => {
            return Ok(member.see_other(&format!("/people/{child}/attendance")));
        }
        ([], [], Some(own)) if is_alone && receives.is_empty() => {
            return Ok(member.see_other(&format!("/people/{own}/attendance")));
        }
        _ => {}
    }
    member.html(&HubPage { page: &member.page, rolls, schools: kept, receives, children, declares, own, is_bare })
}

async fn rolls_of(member: &Member, conn: &mut Conn) -> Result<Vec<RollOf>, PageError> {
    let mut all = Vec::new();
    let lessons = agenda::day_of(member, conn, member.id(), member.today()).await?;
    let (from, to) = agenda::bounds(member, member.today());
    let confirmed = rolls::confirmed_of(conn, member.id(), from, to).await?;
    for (lesson, facts) in lessons.iter().zip(lessons::facts_of(conn, member.id(), &lessons).await?) {
        let may = member.can(Act::Attendance(AttendanceAct::CallRoll(&facts)));
        if !may || lesson_role(&member.actor, &facts) != Some(LessonRole::Teacher) {
            continue;
        }
        let groups = agenda::unbroken(&lesson.groups);
        all.push(RollOf {
            lesson: lesson.id,
            time: member.clock(lesson.starts_at),
            title: [lesson.subject_name.as_str(), groups.as_str()].join(", "),
            confirmed: confirmed.contains(&lesson.id),
            asked: !facts.no_school,
        });
    }
    Ok(all)
}
