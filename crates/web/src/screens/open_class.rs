//! A teacher opens a lesson at once for one of their classes or groups.

use crate::forms::{self, Check, Choice, Faults, FormPage, Kind};
use crate::limits::{OPEN_AGAIN_WITHIN, OPEN_MINUTES, SUBJECT_CHARS_MAX};
use crate::screens::lessons::by_calendar;
use crate::{Answer, Fields, Member, Page, PageError};
use preau_base::{GroupId, LessonId, SystemRng};
use preau_school::{Act, Profile, Why};
use preau_store::groups::{self, Taught};
use preau_store::{Conn, lessons};
use std::time::Duration;

pub(crate) async fn show(member: Member, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    let taught = taught(&member, &mut conn).await?;
    let chosen = preselected(&member, &mut conn, asked.raw("group"), &taught).await?;
    let sent = Fields::of([("group", chosen), ("minutes", "55".to_owned())]);
    form(&member, &sent, &taught).answer(Faults::default())
}

/// The groups for which the person may open a lesson. Whoever teaches nowhere has no such page.
async fn taught(member: &Member, conn: &mut Conn) -> Result<Vec<Taught>, PageError> {
    if !member.actor.is_somewhere(Profile::Teacher) {
        return Err(PageError::Forbidden(Why::Role));
    }
    let mut taught = groups::taught_by(conn, member.id()).await?;
    taught.retain(|group| member.can(Act::OpenLesson(group.facts())));
    Ok(taught)
}

fn form<'a>(member: &'a Member, sent: &Fields, taught: &[Taught]) -> FormPage<'a> {
    let page = &member.page;
    let mut form = FormPage::new(page, page.t("open-title"), "/open".to_owned(), "/".to_owned());
    form.submit = page.t("open-button");
    if taught.is_empty() {
        form.intro = Some(page.t("open-none"));
        form.submit.clear();
        return form;
    }
    form.intro = Some(page.t("open-intro"));
    let group = form.field(sent, "group", "open-group", Kind::Select(group_choices(page, taught)));
    group.required = true;
    let mut subjects: Vec<_> =
        taught.iter().map(|one| one.subject_name.clone()).filter(|name| !name.is_empty()).collect();
    subjects.sort();
    subjects.dedup();
    let help = page.t("open-subject-help");
    let subject = form.field(sent, "subject", "lesson-subject", Kind::Suggest(subjects));
    subject.chars_max = SUBJECT_CHARS_MAX;
    subject.help = Some(help);
    let minutes = OPEN_MINUTES
        .iter()
        .map(|minutes| Choice { value: minutes.to_string(), label: page.t1("minutes", "minutes", *minutes) });
    form.field(sent, "minutes", "open-minutes", Kind::Select(minutes.collect())).required = true;
    form
}

/// The group that a new form holds: the one asked for, else the only one, else that of the lesson which is on now. Else
/// none, so that nobody writes to the first of the list unawares.
pub(crate) async fn preselected(
    member: &Member,
    conn: &mut Conn,
    asked: &str,
    taught: &[Taught],
) -> Result<String, PageError> {
    let is_taught = |id: GroupId| taught.iter().any(|one| one.id == id);
    if let Some(id) = asked.parse().ok().filter(|id| is_taught(*id)) {
        return Ok(id.to_string());
    }
    if let Some(only) = taught.first().filter(|first| taught.iter().all(|one| one.id == first.id)) {
        return Ok(only.id.to_string());
    }
    let now = member.now();
    let on = lessons::of_person(conn, member.id(), now, now.plus(Duration::from_millis(1))).await?;
    for lesson in on.iter().rev().filter(|lesson| lesson.is_on(now)) {
        let Some(facts) = lessons::facts(conn, lesson.id).await? else { continue };
        let teaches = facts.teachers.contains(&member.id());
        if let Some(group) = facts.groups.iter().find(|group| teaches && is_taught(**group)) {
            return Ok(group.to_string());
        }
    }
    Ok(String::new())
}

/// Each group once, after the empty choice.
pub(crate) fn group_choices(page: &Page, taught: &[Taught]) -> Vec<Choice> {
    let mut choices = vec![Choice { value: String::new(), label: page.t("form-choose") }];
    for group in taught {
        let value = group.id.to_string();
        if !choices.iter().any(|choice| choice.value == value) {
            choices.push(Choice { value, label: group.name.clone() });
        }
    }
    choices
}

/// What was typed, else what the person teaches this group.
pub(crate) fn subject_of(typed: &str, group: GroupId, taught: &[Taught]) -> String {
    if !typed.is_empty() {
        return typed.to_owned();
    }
    let known = taught.iter().find(|one| one.id == group && !one.subject_name.is_empty());
    known.map_or_else(String::new, |one| one.subject_name.clone())
}

pub(crate) async fn open(member: Member, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let taught = taught(&member, &mut tx).await?;
    let mut check = Check::new(&member.page, &sent);
    let typed = check.line("subject", SUBJECT_CHARS_MAX);
    let minutes = sent.raw("minutes").parse::<u64>().ok().filter(|minutes| OPEN_MINUTES.contains(minutes));
    if minutes.is_none() {
        check.fault("minutes", "fault-choose");
    }
    let group = forms::id::<GroupId>(&sent, "group").ok();
    let group = group.and_then(|id| taught.iter().find(|one| one.id == id));
    if group.is_none() {
        check.fault("group", "fault-choose");
    }
    let (true, Some(group), Some(minutes)) = (check.is_good(), group, minutes) else {
        let faults = check.faults();
        return form(&member, &sent, &taught).answer(faults);
    };
    member.may(Act::OpenLesson(group.facts()))?;
    if let Some(open) = just_opened(&member, &mut tx, group).await? {
        return Ok(member.see_other(&format!("/lessons/{open}")));
    }
    let mut subject_name = subject_of(&typed, group.id, &taught);
    if subject_name.is_empty() {
        subject_name = member.t("lesson-unnamed");
    }
    let id = LessonId::new(member.now(), &mut SystemRng);
    let lesson = lessons::NewLesson {
        id,
        school: group.school_id,
        subject_name: &subject_name,
        room: "",
        starts_at: member.now(),
        ends_at: member.now().plus(Duration::from_secs(minutes * 60)),
        groups: &[group.id],
        teachers: &[member.id()],
        created_by: Some(member.id()),
        source: "opened",
    };
    lessons::create(&mut tx, &lesson, member.now()).await?;
    by_calendar(&mut tx, &member, group.school_id, id, (&[group.id], member.today()), false).await?;
    tx.commit().await?;
    Ok(member.see_other(&format!("/lessons/{id}")))
}

/// The lesson that a second press of the same button would open once more.
async fn just_opened(member: &Member, conn: &mut Conn, group: &Taught) -> Result<Option<LessonId>, PageError> {
    let now = member.now();
    let since = now.minus(OPEN_AGAIN_WITHIN);
    for lesson in lessons::of_person(conn, member.id(), now, now.plus(Duration::from_millis(1))).await? {
        let fresh = lesson.starts_at >= since && lesson.is_open() && lesson.groups == group.name;
        if fresh {
            return Ok(Some(lesson.id));
        }
    }
    Ok(None)
}
