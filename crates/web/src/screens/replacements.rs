//! A teacher who is away for some days: their lessons are cancelled, or somebody else has them.

use crate::forms::{Check, Choice, Faults, FormPage, Kind};
use crate::ids::Id;
use crate::limits::{ABSENCE_DAYS_MAX, ABSENCE_LESSONS_MAX, LESSON_NOTE_CHARS_MAX};
use crate::screens::group::teacher_choices;
use crate::screens::place;
use crate::screens::telling::{self, Told};
use crate::{Answer, Fields, Member, Page, PageError};
use jiff::ToSpan as _;
use jiff::civil::Date;
use preau_base::{PersonId, SchoolId};
use preau_school::Act;
use preau_store::Conn;
use preau_store::lessons::{self, By, Lesson};

fn form<'a>(page: &'a Page, school: SchoolId, sent: &Fields, teachers: &[Choice]) -> FormPage<'a> {
    let action = format!("/schools/{school}/replacements");
    let mut form = FormPage::new(page, page.t("replacements-title"), action, format!("/schools/{school}/series"));
    form.intro = Some(page.t("replacements-intro"));
    form.submit = page.t("replacements-do");
    let choices = |first: String| {
        let mut choices = vec![Choice { value: String::new(), label: first }];
        choices.extend(teachers.iter().map(|it| Choice { value: it.value.clone(), label: it.label.clone() }));
        choices
    };
    let away = choices(page.t("form-choose"));
    form.field(sent, "teacher", "replacements-away", Kind::Select(away)).required = true;
    form.field(sent, "from", "series-from", Kind::Input("date")).required = true;
    form.field(sent, "to", "series-to", Kind::Input("date")).required = true;
    let by = choices(page.t("replacements-nobody"));
    form.field(sent, "by", "replacements-by", Kind::Select(by)).required = true;
    let help = page.t("lesson-note-help");
    let note = form.field(sent, "note", "lesson-note", Kind::Input("text"));
    (note.chars_max, note.help) = (LESSON_NOTE_CHARS_MAX, Some(help));
    form
}

/// What was typed well.
struct Typed {
    teacher: PersonId,
    by: Option<PersonId>,
    from: Date,
    to: Date,
    note: String,
}

fn read(page: &Page, sent: &Fields, teachers: &[Choice]) -> Result<Typed, Faults> {
    let mut check = Check::new(page, sent);
    let known = |name: &str| {
        let text = sent.raw(name);
        teachers.iter().find(|choice| choice.value == text).and_then(|choice| choice.value.parse::<PersonId>().ok())
    };
    let (teacher, by) = (known("teacher"), known("by"));
    if teacher.is_none() {
        check.fault("teacher", "fault-choose");
    }
    if by.is_none() != sent.raw("by").is_empty() || (by.is_some() && by == teacher) {
        check.fault("by", "fault-choose");
    }
    let note = check.line("note", LESSON_NOTE_CHARS_MAX);
    let days = check.day("from").zip(check.day("to"));
    let most = |from: Date| from.checked_add(ABSENCE_DAYS_MAX.days()).unwrap_or(from);
    if days.is_some_and(|(from, to)| to < from || to > most(from)) {
        check.fault("to", "fault-series-days");
    }
    match (teacher, days) {
        (Some(teacher), Some((from, to))) if check.is_good() => Ok(Typed { teacher, by, from, to, note }),
        _ => Err(check.faults()),
    }
}

/// `GET /schools/{id}/replacements`.
pub(crate) async fn show(mut member: Member, Id(id): Id<SchoolId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    place::school(&mut member, &mut conn, id, Act::PlanLesson(id)).await?;
    let teachers = teacher_choices(&mut conn, id).await?;
    let today = member.today().to_string();
    let sent = Fields::of([("from", today.clone()), ("to", today)]);
    form(&member.page, id, &sent, &teachers).answer(Faults::default())
}

/// `POST /schools/{id}/replacements`.
pub(crate) async fn apply(mut member: Member, Id(id): Id<SchoolId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    place::school(&mut member, &mut tx, id, Act::PlanLesson(id)).await?;
    let teachers = teacher_choices(&mut tx, id).await?;
    let typed = match read(&member, &sent, &teachers) {
        Ok(typed) => typed,
        Err(faults) => return form(&member.page, id, &sent, &teachers).answer(faults),
    };
    let after = typed.to.tomorrow().unwrap_or(typed.to);
    let (from, to) = (member.start_of(typed.from).max(member.now()), member.start_of(after));
    let mut found = lessons::of_teacher(&mut tx, id, typed.teacher, from, to).await?;
    found.retain(|lesson| lesson.is_open() && lesson.ends_at > member.now());
    if found.is_empty() || found.len() > ABSENCE_LESSONS_MAX {
        let key = if found.is_empty() { "fault-no-lesson" } else { "fault-many-lessons" };
        return form(&member.page, id, &sent, &teachers).answer(Faults::of("to", member.t(key)));
    }
    for lesson in &found {
        one(&member, &mut tx, lesson, &typed).await?;
    }
    let detail = format!("{} – {}: {}", typed.from, typed.to, found.len());
    place::log(&member, &mut tx, Some(id), ("lesson.replace", &typed.teacher.to_string(), &detail)).await?;
    tx.commit().await?;
    let day = member.zoned(found[0].starts_at).date();
    let here = format!("/schools/{id}/timetable?view=list&day={day}&teacher={}", typed.by.unwrap_or(typed.teacher));
    Ok(member.see_other_saying(&here, if typed.by.is_some() { "notice-replaced" } else { "notice-all-cancelled" }))
}

async fn one(member: &Member, conn: &mut Conn, lesson: &Lesson, typed: &Typed) -> Result<(), PageError> {
    let by = By { person: member.id(), note: &typed.note };
    let Some(replacing) = typed.by else {
        lessons::cancel(conn, lesson.id, true, by, member.now()).await?;
        return telling::tell(member, conn, lesson.id, Told::Cancelled, &[]).await;
    };
    let Some(facts) = lessons::facts(conn, lesson.id).await? else { return Ok(()) };
    let mut teachers: Vec<PersonId> = facts.teachers.iter().copied().filter(|it| *it != typed.teacher).collect();
    if !teachers.contains(&replacing) {
        teachers.push(replacing);
    }
    lessons::set_teachers(conn, lesson.id, &teachers, by, member.now()).await?;
    telling::tell(member, conn, lesson.id, Told::Replaced, &facts.teachers).await
}
