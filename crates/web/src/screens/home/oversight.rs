use crate::agenda::{Eyes, Slot};
use crate::limits::{LESSONS_ON_SHOWN_MAX, SCHOOLS_SHOWN_MAX};
use crate::presence::Presence;
use crate::{Member, PageError};
use preau_base::{Instant, Level, SchoolId};
use preau_school::Act;
use preau_store::schools::{self, School};
use preau_store::{Conn, lessons};

/// A school of which the person sees everything.
pub(super) struct Overseen {
    pub school: School,
    pub on: Vec<On>,
    /// Lessons on now that the list leaves out.
    pub more: usize,
    pub missing: Vec<Missing>,
}

/// A lesson that is on now.
pub(super) struct On {
    pub slot: Slot,
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
    let now = member.now();
    let on_now = lessons::of_school(conn, school.id, None, now, Instant::from_millis(now.as_millis() + 1)).await?;
    let open: Vec<_> = on_now.iter().filter(|lesson| lesson.is_on(now) && lesson.is_live_for(None)).collect();
    let mut on = Vec::new();
    for lesson in open.iter().take(LESSONS_ON_SHOWN_MAX) {
        let presence = (member.app().presence)(lesson.id).await;
        let text = if presence.teacher_in || presence.pupils_in > 0 {
            member.t1("present-pupils", "count", presence.pupils_in)
        } else {
            member.t("present-nobody")
        };
        on.push(On { slot: Slot::of(member, lesson, Eyes::School), presence: text, people: presence });
    }
    let more = open.len() - on.len();
    let manages = member.can(Act::ManageSchool(school.id));
    let missing = if manages { missing(member, conn, school.id).await? } else { Vec::new() };
    Ok(Overseen { school, on, more, missing })
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
