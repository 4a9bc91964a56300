use crate::agenda;
use crate::limits::{LESSONS_ON_FIRST_MAX, LESSONS_ON_SHOWN_MAX, SCHOOLS_SHOWN_MAX};
use crate::presence::Presence;
use crate::{Member, Page, PageError};
use preau_base::{Level, SchoolId};
use preau_school::Act;
use preau_store::schools::{self, School};
use preau_store::{Conn, lessons};

/// A school of which the person sees everything.
pub(super) struct Overseen {
    pub school: School,
    /// First those whose pupils wait for a teacher, then those with nobody in.
    pub on: Vec<On>,
    /// How many are on, and in how many of them a teacher is in.
    pub summary: String,
    /// Lessons on now that the list leaves out.
    pub more: usize,
    pub missing: Vec<Missing>,
}

/// A lesson that is on now.
pub(super) struct On {
    pub machine_time: String,
    pub start: String,
    pub subject: String,
    pub who: String,
    pub presence: String,
    pub people: Presence,
}

/// What a school still needs before lessons can be held.
pub(crate) struct Missing {
    pub path: String,
    pub text: String,
}

/// The schools that the person oversees; a platform administrator without one of their own gets the only one there is.
pub(super) async fn schools(member: &Member, conn: &mut Conn) -> Result<Vec<Overseen>, PageError> {
    let mut ids: Vec<SchoolId> = member.actor.affiliations.iter().map(|(school, _)| *school).collect();
    ids.dedup();
    ids.retain(|school| member.can(Act::SeeSchool(*school)));
    if ids.is_empty() && member.actor.platform_admin {
        let all = schools::list(conn, 0, 2).await?;
        ids.extend(<[School; 1]>::try_from(all).ok().map(|[only]| only.id));
    }
    let mut overseen = Vec::new();
    for id in ids.into_iter().take(SCHOOLS_SHOWN_MAX) {
        if let Some(school) = schools::by_id(conn, id).await? {
            overseen.push(of_school(member, conn, school).await?);
        }
    }
    Ok(overseen)
}

async fn of_school(member: &Member, conn: &mut Conn, school: School) -> Result<Overseen, PageError> {
    let mut all = Vec::new();
    for lesson in lessons::live_now(conn, school.id, member.now()).await? {
        all.push(((member.app().presence)(lesson.id).await, lesson));
    }
    let (count, led) = (all.len(), all.iter().filter(|(people, _)| people.teacher_in).count());
    let summary = member.t2("home-on-count", ("count", count), ("led", led));
    all.sort_by_key(|(people, _)| (people.teacher_in, people.pupils_in == 0));
    let most = if member.query("on").as_deref() == Some("all") { LESSONS_ON_SHOWN_MAX } else { LESSONS_ON_FIRST_MAX };
    all.truncate(most);
    let more = count - all.len();
    let on = all.into_iter().map(|(people, lesson)| shown(member, lesson, people)).collect();
    let manages = member.can(Act::ManageSchool(school.id));
    let missing = if manages { missing(member, conn, school.id).await? } else { Vec::new() };
    Ok(Overseen { school, on, summary, more, missing })
}

fn shown(page: &Page, lesson: lessons::On, people: Presence) -> On {
    On {
        machine_time: page.machine_time(lesson.starts_at),
        start: page.clock(lesson.starts_at),
        who: agenda::both(&agenda::unbroken(&lesson.groups), &lesson.teachers),
        presence: if people.teacher_in || people.pupils_in > 0 {
            page.t1("present-pupils", "count", people.pupils_in)
        } else {
            page.t("present-nobody")
        },
        subject: lesson.subject_name,
        people,
    }
}

/// What is still to be done in a school, in the order in which one does it.
pub(crate) async fn missing(member: &Member, conn: &mut Conn, school: SchoolId) -> Result<Vec<Missing>, PageError> {
    // Nobody sets a school up while a crowd comes in.
    if member.app().level() >= Level::Light {
        return Ok(Vec::new());
    }
    let (now, week) = (member.now(), std::time::Duration::from_secs(7 * 86_400));
    let has = schools::readiness(conn, school, (now.minus(week), now.plus(week)), now).await?;
    let mut all = Vec::new();
    let mut add = |lacks: bool, path: &str, key: &str| {
        if lacks {
            all.push(Missing { path: format!("/schools/{school}/{path}"), text: member.t(key) });
        }
    };
    add(!has.pupils, "people/new", "missing-pupils");
    add(!has.teachers, "people/new", "missing-teachers");
    add(!has.groups, "groups", "missing-groups");
    add(has.groups && !has.teaching, "groups", "missing-teaching");
    let nobody_enters = has.pupils && !has.pupils_enter || has.teachers && !has.teachers_enter;
    add(nobody_enters, "codes", "missing-codes");
    add(!has.lessons, "lessons", "missing-lessons");
    Ok(all)
}
