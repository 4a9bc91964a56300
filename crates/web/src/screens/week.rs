//! Lessons of a day, a week or a fortnight: one's own, a child's, a class's, a teacher's, a room's.

mod chooser;
pub(crate) mod days;
mod span;

use crate::agenda::{self, Eyes, Halves};
use crate::ids::Id;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError};
use askama::Template;
use chooser::Chooser;
use days::Day;
use preau_base::{GroupId, PersonId, SchoolId};
use preau_school::calendar::{Calendar, Grade, Kind};
use preau_school::{Act, Profile};
use preau_store::lessons::{self, Lesson};
use preau_store::{Conn, calendars};
use span::{Span, View};

#[derive(Template)]
#[template(path = "timetable/view.html")]
struct ViewPage<'a> {
    page: &'a Page,
    title: String,
    chooser: Option<Chooser>,
    span: &'a Span,
    /// `du 23 au 29 novembre`
    dates: String,
    letter: Option<String>,
    days: Vec<Day>,
    is_empty: bool,
    /// The path of this page, with `?` or `&` at its end.
    base: String,
    has_today: bool,
}

/// Whose lessons are shown, and how.
struct Shown<'a> {
    title: String,
    base: String,
    eyes: Eyes,
    lessons: &'a [Lesson],
    halves: Halves,
    /// The calendar of the school, and the grade that its days are told for.
    calendar: Option<Calendar>,
    grade: Option<Grade>,
    chooser: Option<Chooser>,
}

fn answer(page: &Page, span: &Span, shown: Shown<'_>) -> Answer {
    let slots = agenda::slots_for(page, shown.lessons, shown.eyes, &shown.halves);
    let days = days::of(page, span, slots, shown.calendar.as_ref(), shown.grade);
    let letter = shown.calendar.as_ref().and_then(|calendar| calendar.letter(span.from));
    let letter = letter.filter(|_| span.view != View::List);
    page.html(&ViewPage {
        page,
        title: shown.title,
        chooser: shown.chooser,
        dates: span.dates(page),
        letter: letter.map(|letter| page.t1("week-letter", "letter", letter.as_str())),
        is_empty: days.iter().all(|day| day.slots.is_empty() && day.label.is_none()),
        days,
        base: shown.base,
        has_today: span.has(page.today()),
        span,
    })
}

/// The calendar of the school of a pupil, and the grade of the pupil.
async fn pupils_calendar(conn: &mut Conn, pupil: PersonId) -> Result<(Option<Calendar>, Option<Grade>), PageError> {
    let Some((school, grade)) = calendars::class_of(conn, pupil).await? else { return Ok((None, None)) };
    Ok((Some(calendars::of_school(conn, school).await?), grade))
}

/// `GET /week`: one's own.
pub(crate) async fn own(member: Member, asked: Fields) -> Answer {
    let teaches = member.actor.is_somewhere(Profile::Teacher);
    let span = Span::asked(&member, &asked);
    let (from, to) = span.bounds(&member);
    let mut conn = member.app().store.read().await?;
    let lessons = lessons::of_person(&mut conn, member.id(), from, to).await?;
    let halves = agenda::halves(&mut conn, member.id(), &lessons).await?;
    let (mut calendar, grade) = pupils_calendar(&mut conn, member.id()).await?;
    if let (None, Some((school, _))) = (&calendar, member.actor.affiliations.first()) {
        calendar = Some(calendars::of_school(&mut conn, *school).await?);
    }
    let shown = Shown {
        title: member.t("week-own"),
        base: "/week?".to_owned(),
        eyes: if teaches { Eyes::Teacher } else { Eyes::Pupil },
        lessons: &lessons,
        halves,
        calendar,
        grade,
        chooser: None,
    };
    answer(&member, &span, shown)
}

/// `GET /people/{id}/week`: a child's, a pupil's.
pub(crate) async fn of_person(mut member: Member, Id(id): Id<PersonId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    let (person, facts) = place::person(&mut conn, id).await?;
    member.may(Act::SeeDayOf(&facts))?;
    place::school_of(&mut member, &mut conn, &facts).await?;
    let span = Span::asked(&member, &asked);
    let (from, to) = span.bounds(&member);
    let lessons = lessons::of_person(&mut conn, id, from, to).await?;
    let halves = agenda::halves(&mut conn, id, &lessons).await?;
    let (calendar, grade) = pupils_calendar(&mut conn, id).await?;
    let shown = Shown {
        title: member.t1("week-of", "name", person.full_name()),
        base: format!("/people/{id}/week?"),
        eyes: Eyes::Pupil,
        lessons: &lessons,
        halves,
        calendar,
        grade,
        chooser: None,
    };
    answer(&member, &span, shown)
}

/// `GET /groups/{id}/week`: a class's.
pub(crate) async fn of_group(mut member: Member, Id(id): Id<GroupId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    let (group, school) = place::group(&mut member, &mut conn, id, |group| Act::SeeGroup(group.facts())).await?;
    let span = Span::asked(&member, &asked);
    let (from, to) = span.bounds(&member);
    let lessons = lessons::of_school(&mut conn, group.school_id, Some(id), from, to).await?;
    let grades = calendars::grades(&mut conn, school.id, school.kind.parse::<Kind>().ok()).await?;
    let shown = Shown {
        title: member.t1("week-of", "name", &group.name),
        base: format!("/groups/{id}/week?"),
        eyes: Eyes::Pupil,
        lessons: &lessons,
        halves: Halves::new(),
        calendar: Some(calendars::of_school(&mut conn, school.id).await?),
        grade: grades.into_iter().find(|one| one.id == id).and_then(|one| one.grade),
        chooser: None,
    };
    answer(&member, &span, shown)
}

/// `GET /schools/{id}/timetable`: of the class, the teacher or the room that is chosen; of the whole school without.
pub(crate) async fn of_school(mut member: Member, Id(id): Id<SchoolId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    place::school(&mut member, &mut conn, id, Act::SeeSchool(id)).await?;
    let span = Span::asked(&member, &asked);
    let (from, to) = span.bounds(&member);
    let chooser = Chooser::read(&member, &mut conn, id, &asked, (from, to)).await?;
    let lessons = chooser.lessons(&mut conn, (from, to)).await?;
    let shown = Shown {
        title: member.t("school-timetable"),
        base: chooser.base(),
        eyes: Eyes::School,
        lessons: &lessons,
        halves: Halves::new(),
        calendar: Some(calendars::of_school(&mut conn, id).await?),
        grade: None,
        chooser: Some(chooser),
    };
    answer(&member, &span, shown)
}
