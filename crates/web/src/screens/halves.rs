//! The grade of a class, and its two halves.

use crate::forms::Choice;
use crate::ids::Id;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page};
use askama::Template;
use preau_base::{GroupId, PersonId};
use preau_school::Act;
use preau_school::calendar::{Grade, Half, Kind};
use preau_store::calendars;
use preau_store::groups::Group;

#[derive(Template)]
#[template(path = "timetable/halves.html")]
struct HalvesPage<'a> {
    page: &'a Page,
    group: &'a Group,
    grades: Vec<Choice>,
    /// The word of the grade that somebody has set; empty where the name tells it.
    grade: &'static str,
    /// The grade as it is.
    told: Option<&'static str>,
    pupils: Vec<Pupil>,
}

struct Pupil {
    id: PersonId,
    name: String,
    half: i64,
    other: i64,
}

/// `GET /groups/{id}/halves`.
pub(crate) async fn show(mut member: Member, Id(id): Id<GroupId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let (group, school) = place::group(&mut member, &mut conn, id, |group| Act::PlanLesson(group.school_id)).await?;
    let all = calendars::grades(&mut conn, school.id, school.kind.parse::<Kind>().ok()).await?;
    let own = all.into_iter().find(|one| one.id == id);
    let (grade, by_hand) = own.map_or((None, false), |one| (one.grade, one.by_hand));
    let page = &member.page;
    let mut grades = vec![Choice { value: String::new(), label: page.t("grade-by-name") }];
    let written = Grade::ALL.iter();
    grades.extend(written.map(|it| Choice { value: it.as_str().to_owned(), label: it.written().to_owned() }));
    let pupil = |member: calendars::Member| Pupil {
        id: member.id,
        name: format!("{} {}", member.given_name.reveal(), member.family_name.reveal()),
        half: member.half().number(),
        other: member.half().other().number(),
    };
    let pupils = calendars::members(&mut conn, id).await?.into_iter().map(pupil).collect();
    let told = grade.map(Grade::written);
    let grade = grade.filter(|_| by_hand).map_or("", Grade::as_str);
    member.html(&HalvesPage { page, group: &group, grades, grade, told, pupils })
}

/// `POST /groups/{id}/halves`: the grade, the half of one pupil, or all by alphabet.
pub(crate) async fn set(mut member: Member, Id(id): Id<GroupId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let (group, _) = place::group(&mut member, &mut tx, id, |group| Act::PlanLesson(group.school_id)).await?;
    let action = if sent.checked("grade") {
        calendars::set_grade(&mut tx, id, sent.raw("grade").parse().ok()).await?;
        "group.grade"
    } else if sent.checked("alphabet") {
        calendars::set_halves_by_alphabet(&mut tx, id).await?;
        "group.halves"
    } else {
        let half = sent.raw("half").parse().ok().and_then(Half::of_number);
        if let (Ok(pupil), Some(half)) = (sent.raw("person").parse::<PersonId>(), half) {
            calendars::set_half(&mut tx, id, pupil, half).await?;
        }
        "group.halves"
    };
    place::log(&member, &mut tx, Some(group.school_id), (action, &group.name, "")).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&format!("/groups/{id}/halves"), "notice-saved"))
}
