//! Today: what is on now, the day, what is to be done. Each role has its part; people with several see them all.

mod family;
mod helping;
pub(super) mod oversight;

use crate::agenda::{self, Eyes, Halves, Slot, Today};
use crate::limits::HOMEWORK_DAYS_AHEAD;
use crate::presence::Presence;
use crate::screens::notices::{self, Told};
use crate::{Answer, Member, Page, PageError};
use askama::Template;
use family::Child;
use helping::Helped;
use jiff::ToSpan as _;
use jiff::civil::Date;
use oversight::Overseen;
use preau_base::PersonId;
use preau_school::calendar::Half;
use preau_school::rights::{ENTRY_AFTER_END, ENTRY_BEFORE_START};
use preau_school::{Act, Profile, lesson_role};
use preau_store::Conn;
use preau_store::groups::{self, Taught};
use preau_store::homework::{self, Due};
use preau_store::lessons::{self, Lesson};
use std::time::Duration;

#[derive(Template)]
#[template(path = "school/home.html")]
struct HomePage<'a> {
    page: &'a Page,
    today: String,
    notices: Vec<Told>,
    current: Vec<Current>,
    /// The lessons on now are the person's to call the roll of.
    calls_roll: bool,
    /// For pupils and teachers.
    own: Option<Own>,
    /// Lessons to come in which the person was asked to help.
    helped: Vec<Helped>,
    children: Vec<Child>,
    schools: Vec<Overseen>,
    is_platform_admin: bool,
    /// None of the parts above.
    is_bare: bool,
}

struct Own {
    day: Today,
    /// When the day has no lesson: `lundi 23 novembre à 9 h 05 : Mathématiques`.
    next: Option<String>,
    todo: Vec<Todo>,
    teaches: bool,
    taught: Vec<Taught>,
}

/// A lesson that one may go into now.
pub(crate) struct Current {
    slot: Slot,
    /// It is on site, and the person may open it for those at home.
    opens: bool,
    on: bool,
    tag: String,
    presence: Option<String>,
    /// In hundredths.
    progress: u64,
    progress_text: String,
}

/// Work as a list shows it.
pub(crate) struct Todo {
    pub path: String,
    pub title: String,
    /// `Maths · pour demain`
    pub line: String,
}

pub(crate) async fn show(member: Member) -> Answer {
    let mut conn = member.app().store.read().await?;
    let today = member.today();
    let learns = member.actor.is_somewhere(Profile::Pupil);
    let teaches = member.actor.is_somewhere(Profile::Teacher);
    let (mut current, mut own) = (Vec::new(), None);
    if learns || teaches {
        let lessons = agenda::day_of(&member, &mut conn, member.id(), today).await?;
        let halves = if learns { agenda::halves(&mut conn, member.id(), &lessons).await? } else { Halves::new() };
        current = currents(&member, &mut conn, &lessons, &halves, teaches).await?;
        own = Some(own_part(&member, &mut conn, &lessons, &halves, (learns, teaches)).await?);
    }
    let helped = helping::lessons(&member, &mut conn).await?;
    let children = family::children(&member, &mut conn, today).await?;
    let schools = oversight::schools(&member, &mut conn).await?;
    let notices = notices::for_home(&member, &mut conn).await?;
    let page = HomePage {
        page: &member.page,
        notices,
        calls_roll: teaches,
        today: capital(&member.day(today)),
        is_bare: own.is_none()
            && helped.is_empty()
            && children.is_empty()
            && schools.is_empty()
            && !member.actor.platform_admin,
        is_platform_admin: member.actor.platform_admin,
        current,
        own,
        helped,
        children,
        schools,
    };
    member.html(&page)
}

async fn own_part(
    member: &Member,
    conn: &mut Conn,
    lessons: &[Lesson],
    halves: &Halves,
    (learns, teaches): (bool, bool),
) -> Result<Own, PageError> {
    let eyes = if teaches { Eyes::Teacher } else { Eyes::Pupil };
    let today = member.today();
    let (from, to) = due_days(today);
    let mut work = Vec::new();
    if learns {
        work.extend(homework::due_of_pupil(conn, member.id(), &from, &to, member.now()).await?);
    }
    if teaches {
        work.extend(homework::due_of_author(conn, member.id(), &from, &to).await?);
    }
    let next = if lessons.is_empty() { next_lesson(member, conn, member.id()).await? } else { None };
    let mut taught = if teaches { groups::taught_by(conn, member.id()).await? } else { Vec::new() };
    taught.dedup_by_key(|group| group.id);
    Ok(Own {
        day: Today::of(agenda::slots_for(member, lessons, eyes, halves)),
        next,
        todo: work.iter().map(|work| todo(member, work)).collect(),
        teaches,
        taught,
    })
}

/// From today to a week ahead, as the store writes days.
pub(crate) fn due_days(today: Date) -> (String, String) {
    let to = today.checked_add(i64::from(HOMEWORK_DAYS_AHEAD).days()).unwrap_or(today);
    (today.to_string(), to.to_string())
}

pub(crate) fn todo(page: &Page, work: &Due) -> Todo {
    let day = work.due_day.parse().map_or_else(|_| work.due_day.clone(), |day| page.day_near(day));
    let due = page.t1("homework-for", "day", day);
    let group = agenda::unbroken(&work.group_name);
    let line = [work.subject_name.as_str(), &group, &due];
    let line: Vec<_> = line.into_iter().filter(|part| !part.is_empty()).collect();
    Todo { path: format!("/homework/{}", work.id), title: work.title.clone(), line: line.join(" · ") }
}

/// The first lesson after today, within two weeks.
async fn next_lesson(page: &Page, conn: &mut Conn, person: PersonId) -> Result<Option<String>, PageError> {
    let far = page.now().plus(Duration::from_secs(14 * 86_400));
    let coming = lessons::of_person(conn, person, page.now(), far).await?;
    let next = coming.into_iter().find(|lesson| lesson.is_open() && lesson.starts_at > page.now());
    Ok(next.map(|lesson| {
        let when = page.moment(lesson.starts_at);
        page.t2("home-next", ("when", when), ("subject", lesson.subject_name))
    }))
}

/// The lessons of today that the person may enter now, the one that began last first. One that has not begun is left out
/// while another is on.
async fn currents(
    member: &Member,
    conn: &mut Conn,
    lessons: &[Lesson],
    halves: &Halves,
    teaches: bool,
) -> Result<Vec<Current>, PageError> {
    let now = member.now();
    let mut all = Vec::new();
    let near = |lesson: &&Lesson| {
        lesson.starts_at <= now.plus(ENTRY_BEFORE_START) && now < lesson.ends_at.plus(ENTRY_AFTER_END)
    };
    let near: Vec<Lesson> = lessons.iter().filter(near).cloned().collect();
    let facts = lessons::facts_of(conn, member.id(), &near).await?;
    for (lesson, facts) in near.iter().zip(facts) {
        if !member.can(Act::EnterLesson(&facts)) || lesson_role(&member.actor, &facts).is_none() {
            continue;
        }
        let presence = (member.app().presence)(lesson.id).await;
        // A lesson that runs over its end is still one to join while its teacher is in.
        if now < lesson.ends_at || presence.teacher_in {
            all.push(current(member, lesson, halves.get(&lesson.id).copied(), presence, teaches));
        }
    }
    if all.iter().any(|one| one.on) {
        all.retain(|one| one.on);
    } else {
        all.truncate(1);
    }
    all.reverse();
    Ok(all)
}

fn current(page: &Page, lesson: &Lesson, half: Option<Half>, presence: Presence, teaches: bool) -> Current {
    let now = page.now();
    let on = lesson.starts_at <= now;
    let eyes = if teaches { Eyes::Teacher } else { Eyes::Pupil };
    let gone = now.since(lesson.starts_at);
    let length = lesson.ends_at.since(lesson.starts_at).as_secs().max(1);
    let tag = if on { page.t("home-now") } else { agenda::in_how_long(page, lesson.starts_at.since(now)) };
    let key = if teaches { "present-pupils" } else { "present-classmates" };
    let in_class = page.t1(key, "count", presence.pupils_in);
    let presence = match (presence.teacher_in, presence.pupils_in) {
        (true, 0) if !teaches => Some(page.t("present-teacher")),
        (_, 0) => None,
        _ => Some(in_class),
    };
    Current {
        slot: Slot::for_half(page, lesson, eyes, half),
        opens: teaches && !lesson.is_live_for(None),
        on,
        tag,
        presence,
        progress: (gone.as_secs() * 100 / length).min(100),
        progress_text: page.t1("home-since", "minutes", gone.as_secs() / 60),
    }
}

pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
