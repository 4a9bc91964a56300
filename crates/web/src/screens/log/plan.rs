//! Progressions: a teacher's sequence of planned lessons.

use super::shown::{Rich, long_day};
use crate::forms::{FormPage, Kind};
use crate::ids::Id;
use crate::limits::SUBJECT_CHARS_MAX;
use crate::{Answer, Fields, Member, Page, PageError, forms};
use askama::Template;
use http::StatusCode;
use preau_base::{GroupId, LogEntryId, ProgressionId, SchoolId, StepId, SystemRng};
use preau_school::homework::Ways;
use preau_school::log::{PROGRESSIONS_MAX, STEPS_MAX, TITLE_CHARS_MAX, days_of_year, year_of};
use preau_school::{Act, LogAct, Profile, Why};
use preau_store::Conn;
use preau_store::groups::{self, Taught};
use preau_store::limits::LOG_ENTRIES_MAX;
use preau_store::log::lists::{self, Span};
use preau_store::log::{self, Saved, Text, load};
use preau_store::progressions::{self, Applied, Progression, Step, StepText};
use std::collections::HashSet;

/// A progression of this person, after asking for the right to it.
pub(super) async fn own(member: &Member, conn: &mut Conn, id: ProgressionId) -> Result<Progression, PageError> {
    let progression = progressions::by_id(conn, id).await?.ok_or(PageError::NotFound)?;
    member.may(Act::Log(LogAct::Progression(progression.owner_id, progression.school_id)))?;
    Ok(progression)
}

/// The schools in which the person teaches. Whoever teaches nowhere has no such page.
fn schools(member: &Member) -> Result<Vec<SchoolId>, PageError> {
    let teaches = member.actor.affiliations.iter().filter(|(_, is)| *is == Profile::Teacher);
    let all: Vec<_> = teaches.map(|(school, _)| *school).collect();
    if all.is_empty() { Err(PageError::Forbidden(Why::Role)) } else { Ok(all) }
}

/// Each group once.
fn class_choices(taught: &[Taught]) -> Vec<forms::Choice> {
    let mut choices: Vec<forms::Choice> = Vec::new();
    for group in taught {
        let value = group.id.to_string();
        if choices.iter().all(|choice| choice.value != value) {
            choices.push(forms::Choice { value, label: group.name.clone() });
        }
    }
    choices
}

#[derive(Template)]
#[template(path = "log/plans.html")]
struct PlansPage<'a> {
    page: &'a Page,
    plans: Vec<Progression>,
    classes: Vec<forms::Choice>,
    subjects: Vec<String>,
    key: String,
    title: String,
    subject: String,
    fault: String,
    title_chars_max: usize,
    subject_chars_max: usize,
}

/// `GET /progressions`.
pub(crate) async fn list(member: Member) -> Answer {
    schools(&member)?;
    let mut conn = member.app().store.read().await?;
    answer_list(&member, &mut conn, &Fields::default(), String::new()).await
}

async fn answer_list(member: &Member, conn: &mut Conn, sent: &Fields, fault: String) -> Answer {
    let status = if fault.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    list_page(member, conn, sent, (status, fault)).await
}

async fn list_page(member: &Member, conn: &mut Conn, sent: &Fields, (status, fault): (StatusCode, String)) -> Answer {
    let taught = groups::taught_by(conn, member.id()).await?;
    let mut subjects: Vec<_> =
        taught.iter().map(|one| one.subject_name.clone()).filter(|name| !name.is_empty()).collect();
    subjects.sort();
    subjects.dedup();
    let subject = if sent.raw("subject").is_empty() {
        subjects.first().cloned().unwrap_or_default()
    } else {
        sent.line("subject")
    };
    let page = PlansPage {
        page: &member.page,
        plans: progressions::of_owner(conn, member.id()).await?,
        classes: class_choices(&taught),
        subjects,
        key: super::new_key(member),
        title: sent.line("title"),
        subject,
        fault,
        title_chars_max: TITLE_CHARS_MAX,
        subject_chars_max: SUBJECT_CHARS_MAX,
    };
    member.html_as(status, &page)
}

/// `POST /progressions`: an empty one, or one made of what was written for a class this year (`group`).
pub(crate) async fn create(member: Member, sent: Fields) -> Answer {
    let schools = schools(&member)?;
    let mut tx = member.app().store.write().await?;
    let title = sent.line("title");
    let subject: String = sent.line("subject").chars().take(SUBJECT_CHARS_MAX).collect();
    if title.is_empty() || title.chars().count() > TITLE_CHARS_MAX {
        return answer_list(&member, &mut tx, &sent, member.t1("plan-fault-title", "most", TITLE_CHARS_MAX)).await;
    }
    if progressions::of_owner(&mut tx, member.id()).await?.len() >= PROGRESSIONS_MAX {
        return answer_list(&member, &mut tx, &sent, member.t1("plan-fault-many", "most", PROGRESSIONS_MAX)).await;
    }
    let id: ProgressionId = forms::id(&sent, "key")?;
    let taught = groups::taught_by(&mut tx, member.id()).await?;
    let from = sent.raw("group").parse::<GroupId>().ok();
    let from = from.and_then(|group| taught.iter().find(|one| one.id == group));
    let school = from.map_or(schools[0], |group| group.school_id);
    if let Some(there) = progressions::by_id(&mut tx, id).await? {
        member.may(Act::Log(LogAct::Progression(there.owner_id, there.school_id)))?;
        if (&there.title, &there.subject_name) != (&title, &subject) {
            // Whoever went back and wrote something else is told; the page has another key.
            return list_page(&member, &mut tx, &sent, (StatusCode::CONFLICT, member.t("form-sent-before"))).await;
        }
        return Ok(member.see_other(&format!("/progressions/{id}")));
    }
    member.may(Act::Log(LogAct::Progression(member.id(), school)))?;
    progressions::create(&mut tx, id, (school, member.id()), &title, &subject, member.now()).await?;
    if let Some(group) = from {
        fill_from_log(&member, &mut tx, id, group, &subject).await?;
    }
    tx.commit().await?;
    Ok(member.see_other_saying(&format!("/progressions/{id}"), "notice-plan-made"))
}

/// A step for each entry of this person in a class this year, earliest first.
async fn fill_from_log(
    member: &Member,
    conn: &mut Conn,
    id: ProgressionId,
    group: &Taught,
    subject: &str,
) -> Result<(), PageError> {
    let (from, to) = super::lead::year_span(member, year_of(member.today()));
    let span = Span { from, to, subject };
    let own = lists::of_school(conn, group.school_id, Some(member.id()), span).await?;
    let own: HashSet<_> = own.into_iter().map(|row| row.lesson_id).collect();
    let mut rows = lists::of_group(conn, group.id, span, LOG_ENTRIES_MAX).await?;
    rows.retain(|row| own.contains(&row.lesson_id));
    let given = load::given_to_group(conn, group.id, from, to, member.now()).await?;
    for row in rows.iter().rev() {
        let work = given.iter().find(|given| given.lesson_id == row.lesson_id);
        let text = StepText {
            title: &first_line(&row.body),
            body: &row.body,
            work_title: work.map_or("", |work| &work.title),
            work_body: work.map_or("", |work| &work.body),
            work_minutes: work.and_then(|work| work.minutes),
        };
        let step = StepId::new(member.now(), &mut SystemRng);
        progressions::add_step(conn, step, id, &text, STEPS_MAX).await?;
    }
    Ok(())
}

/// The beginning of a text, as the title of a step.
fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default().trim();
    if line.chars().count() <= TITLE_CHARS_MAX {
        return line.to_owned();
    }
    line.chars().take(TITLE_CHARS_MAX - 1).chain(['…']).collect()
}

#[derive(Template)]
#[template(path = "log/plan.html")]
struct PlanPage<'a> {
    page: &'a Page,
    plan: Progression,
    steps: Vec<Shown>,
    classes: Vec<forms::Choice>,
    chosen: Option<GroupId>,
    /// The name of the class whose progress is shown.
    chosen_name: String,
    key: String,
    title_chars_max: usize,
    subject_chars_max: usize,
    is_full: bool,
}

struct Shown {
    step: Step,
    text: Rich,
    /// When the chosen class has it.
    applied: Option<(preau_base::LessonId, String)>,
}

/// `GET /progressions/{id}`.
pub(crate) async fn show(member: Member, Id(id): Id<ProgressionId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    let plan = own(&member, &mut conn, id).await?;
    let taught = taught(&member, &mut conn, &plan).await?;
    let chosen = asked.raw("group").parse::<GroupId>().ok().filter(|id| taught.iter().any(|one| one.id == *id));
    let chosen = chosen.or_else(|| taught.first().map(|one| one.id));
    let applied = match chosen {
        Some(group) => progressions::applied(&mut conn, id, group, year_start(&member)).await?,
        None => Vec::new(),
    };
    let steps = progressions::steps(&mut conn, id).await?;
    let page = PlanPage {
        page: &member.page,
        is_full: steps.len() >= STEPS_MAX,
        steps: steps.into_iter().map(|step| shown(&member, step, &applied)).collect(),
        chosen,
        chosen_name: taught.iter().find(|one| Some(one.id) == chosen).map(|one| one.name.clone()).unwrap_or_default(),
        classes: class_choices(&taught),
        key: super::new_key(&member),
        title_chars_max: TITLE_CHARS_MAX,
        subject_chars_max: SUBJECT_CHARS_MAX,
        plan,
    };
    member.html(&page)
}

/// The groups that the person teaches in the school of the progression, each once.
async fn taught(member: &Member, conn: &mut Conn, plan: &Progression) -> Result<Vec<Taught>, PageError> {
    let mut taught = groups::taught_by(conn, member.id()).await?;
    taught.retain(|group| group.school_id == plan.school_id);
    taught.dedup_by_key(|group| group.id);
    Ok(taught)
}

fn shown(page: &Page, step: Step, applied: &[Applied]) -> Shown {
    let at = applied.iter().find(|applied| applied.step_id == step.id);
    Shown {
        text: Rich::of(&step.body),
        applied: at.map(|at| (at.lesson_id, long_day(page, page.zoned(at.starts_at).date()))),
        step,
    }
}

fn year_start(page: &Page) -> preau_base::Instant {
    page.start_of(days_of_year(year_of(page.today())).0)
}

/// `POST /progressions/{id}`: renames it, makes a copy for another year, or removes it.
pub(crate) async fn change(member: Member, Id(id): Id<ProgressionId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let plan = own(&member, &mut tx, id).await?;
    let here = format!("/progressions/{id}");
    let (path, notice) = match sent.raw("do") {
        "remove" => {
            progressions::remove(&mut tx, id).await?;
            ("/progressions".to_owned(), "notice-plan-removed")
        }
        "copy" => {
            let copy: ProgressionId = forms::id(&sent, "key")?;
            copy_plan(&member, &mut tx, &plan, copy).await?;
            (format!("/progressions/{copy}"), "notice-plan-copied")
        }
        _ => {
            let title: String = sent.line("title").chars().take(TITLE_CHARS_MAX).collect();
            let subject: String = sent.line("subject").chars().take(SUBJECT_CHARS_MAX).collect();
            let title = if title.is_empty() { plan.title } else { title };
            let base = sent.raw("version").parse().unwrap_or(0);
            if !progressions::rename(&mut tx, id, (&title, &subject), base, member.now()).await? {
                let now = own(&member, &mut tx, id).await?;
                // The same form sent again names it as it is called already.
                if (&now.title, &now.subject_name) != (&title, &subject) {
                    return renamed_meanwhile(&member, (&title, &subject), &now);
                }
            }
            (here, "notice-saved")
        }
    };
    tx.commit().await?;
    Ok(member.see_other_saying(&path, notice))
}

async fn copy_plan(member: &Member, conn: &mut Conn, plan: &Progression, copy: ProgressionId) -> Result<(), PageError> {
    if let Some(there) = progressions::by_id(conn, copy).await? {
        return member.may(Act::Log(LogAct::Progression(there.owner_id, there.school_id)));
    }
    let title: String = member.t1("plan-copy-of", "title", &plan.title).chars().take(TITLE_CHARS_MAX).collect();
    let place = (plan.school_id, member.id());
    progressions::create(conn, copy, place, &title, &plan.subject_name, member.now()).await?;
    for step in progressions::steps(conn, plan.id).await? {
        let id = StepId::new(member.now(), &mut SystemRng);
        progressions::add_step(conn, id, copy, &step.text(), STEPS_MAX).await?;
    }
    Ok(())
}

/// Another tab was faster: what is stored stands beside what was typed, which replaces it when it is sent again.
fn renamed_meanwhile(page: &Page, (title, subject): (&str, &str), now: &Progression) -> Answer {
    let here = format!("/progressions/{}", now.id);
    let fields = |title: &str, subject: &str| {
        let version = now.version.to_string();
        Fields::of([("version", version), ("title", title.to_owned()), ("subject", subject.to_owned())])
    };
    let typed = fields(title, subject);
    let mut form = FormPage::new(page, now.title.clone(), here.clone(), here);
    form.field(&typed, "version", "plan-name", Kind::Hidden);
    form.field(&typed, "title", "plan-name", Kind::Input("text")).chars_max = TITLE_CHARS_MAX;
    form.field(&typed, "subject", "lesson-subject", Kind::Input("text")).chars_max = SUBJECT_CHARS_MAX;
    form.overtaken(&fields(&now.title, &now.subject_name))
}

/// `POST /progressions/{id}/apply`: the steps that a class has not had yet become drafts of its next free lessons.
///
/// Sent twice it changes nothing more: a step that the class has is not given to it again this year.
pub(crate) async fn apply(member: Member, Id(id): Id<ProgressionId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let plan = own(&member, &mut tx, id).await?;
    let group: GroupId = forms::id(&sent, "group")?;
    if taught(&member, &mut tx, &plan).await?.iter().all(|one| one.id != group) {
        return Err(PageError::Forbidden(Why::Role));
    }
    let had = progressions::applied(&mut tx, id, group, year_start(&member)).await?;
    let mut steps = progressions::steps(&mut tx, id).await?;
    steps.retain(|step| had.iter().all(|applied| applied.step_id != step.id));
    let last = had.iter().map(|applied| applied.starts_at).max().map_or(member.now(), |at| at.max(member.now()));
    let free = progressions::free_lessons(&mut tx, member.id(), group, &plan.subject_name, last, steps.len()).await?;
    let mut made = 0_usize;
    for (step, lesson) in steps.iter().zip(free) {
        let text = Text {
            lesson,
            school: plan.school_id,
            author: member.id(),
            step: Some(step.id),
            body: if step.body.is_empty() { &step.title } else { &step.body },
            work_title: &step.work_title,
            work_body: &step.work_body,
            work_minutes: step.work_minutes,
            work_ways: Ways::default(),
            work_is_test: false,
            publish: false,
        };
        let new = LogEntryId::new(member.now(), &mut SystemRng);
        made += usize::from(matches!(log::save(&mut tx, new, &text, 0, member.now()).await?, Saved::Kept(_)));
    }
    tx.commit().await?;
    let notice = if made > 0 { "notice-plan-applied" } else { "notice-plan-not-applied" };
    Ok(member.see_other_saying(&format!("/progressions/{id}?group={group}"), notice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_first_line_and_not_too_long() {
        assert_eq!(first_line(" Le Nil \nsuite"), "Le Nil");
        assert_eq!(first_line(""), "");
        let long = first_line(&"é".repeat(500));
        assert!(long.chars().count() == TITLE_CHARS_MAX && long.ends_with('…'));
    }
}
