//! The timetable of a school by hand: the lessons of a day, making, changing, cancelling.

mod by_calendar;
mod conflicts;

pub(super) use by_calendar::by_calendar;

use crate::agenda::{self, Eyes, Slot};
use crate::forms::{self, Check, Choice, Faults, FormPage, Kind};
use crate::ids::Id;
use crate::limits::{
    LESSON_GROUPS_MAX, LESSON_HOURS_MAX, LESSON_NOTE_CHARS_MAX, LESSON_TEACHERS_MAX, LESSON_YEARS_MAX, ROOM_CHARS_MAX,
    SUBJECT_CHARS_MAX,
};
use crate::screens::group::teacher_choices;
use crate::screens::home::capital;
use crate::screens::place;
use crate::screens::telling::{self, Told};
use crate::{Answer, Fields, Member, Page, PageError};
use askama::Template;
use jiff::ToSpan as _;
use jiff::civil::{Date, Time};
use preau_base::{GroupId, Instant, LessonId, PersonId, SchoolId, SystemRng};
use preau_school::timetable::{self, Claim, LessonMode, MoveFault};
use preau_school::{Act, LessonFacts, LessonRole, lesson_role};
use preau_store::lessons::{self, Lesson, NewLesson};
use preau_store::schools::{self, School};
use preau_store::{Conn, groups, subjects};
use std::collections::BTreeSet;

#[derive(Template)]
#[template(path = "school/lessons.html")]
struct DayPage<'a> {
    page: &'a Page,
    school: &'a School,
    name: String,
    day: Date,
    before: Date,
    after: Date,
    slots: Vec<Slot>,
}

/// `GET /schools/{id}/lessons`.
pub(crate) async fn list(mut member: Member, Id(id): Id<SchoolId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    let school = place::school(&mut member, &mut conn, id, Act::PlanLesson(id)).await?;
    let day = forms::parse_day(asked.raw("day")).unwrap_or_else(|| member.today());
    let (from, to) = agenda::bounds(&member, day);
    let found = lessons::of_school(&mut conn, id, None, from, to).await?;
    let slots = agenda::slots(&member, &found, Eyes::School);
    member.html(&DayPage {
        page: &member.page,
        school: &school,
        name: capital(&member.day(day)),
        day,
        before: day.yesterday().unwrap_or(day),
        after: day.tomorrow().unwrap_or(day),
        slots,
    })
}

/// What a lesson may be made of, in one school.
pub(super) struct Offer {
    pub groups: Vec<Choice>,
    pub teachers: Vec<Choice>,
    pub subjects: Vec<String>,
}

pub(super) async fn offer(conn: &mut Conn, school: SchoolId) -> Result<Offer, PageError> {
    let groups = groups::list(conn, school).await?;
    Ok(Offer {
        groups: groups.into_iter().map(|one| Choice { value: one.id.to_string(), label: one.name }).collect(),
        teachers: teacher_choices(conn, school).await?,
        subjects: subjects::list(conn, school).await?.into_iter().map(|subject| subject.name).collect(),
    })
}

fn form<'a>(
    page: &'a Page,
    title: &str,
    (action, back): (String, String),
    sent: &Fields,
    offer: Offer,
) -> FormPage<'a> {
    let mut form = FormPage::new(page, page.t(title), action, back);
    let subject = form.field(sent, "subject", "lesson-subject", Kind::Suggest(offer.subjects));
    (subject.required, subject.chars_max) = (true, SUBJECT_CHARS_MAX);
    form.field(sent, "day", "lesson-day", Kind::Input("date")).required = true;
    form.field(sent, "start", "lesson-start", Kind::Input("time")).required = true;
    form.field(sent, "end", "lesson-end", Kind::Input("time")).required = true;
    form.field(sent, "groups", "lesson-groups", Kind::Boxes(offer.groups)).required = true;
    form.field(sent, "teachers", "lesson-teachers", Kind::Boxes(offer.teachers));
    form.field(sent, "room", "lesson-room", Kind::Input("text")).chars_max = ROOM_CHARS_MAX;
    form
}

/// What a change has beyond a new lesson: a word to those concerned, and which state of the lesson it begins from.
fn change_fields(form: &mut FormPage<'_>, sent: &Fields) {
    let help = form.page.t("lesson-note-help");
    let note = form.field(sent, "note", "lesson-note", Kind::Input("text"));
    (note.chars_max, note.help) = (LESSON_NOTE_CHARS_MAX, Some(help));
    form.field(sent, "version", "lesson-note", Kind::Hidden);
}

/// Shows a form again that is good but for what else takes place then; a box says that it is meant.
fn with_conflict<'a>(mut form: FormPage<'a>, sent: &Fields, conflict: String) -> (FormPage<'a>, Faults) {
    form.field(sent, "anyway", "lesson-anyway", Kind::Check);
    (form, Faults::of("anyway", conflict))
}

/// A lesson that was typed well.
struct Typed {
    subject: String,
    room: String,
    day: Date,
    starts_at: Instant,
    ends_at: Instant,
    groups: Vec<GroupId>,
    teachers: Vec<PersonId>,
}

fn read(page: &Page, sent: &Fields, offer: &Offer) -> Result<Typed, Faults> {
    let mut check = Check::new(page, sent);
    let subject = check.needed("subject", SUBJECT_CHARS_MAX);
    let room = check.line("room", ROOM_CHARS_MAX);
    let (day, start, end) = (check.day("day"), check.time("start"), check.time("end"));
    let near = |day: &Date| {
        let years = LESSON_YEARS_MAX.years();
        let (from, to) = (page.today().checked_sub(years), page.today().checked_add(years));
        from.is_ok_and(|from| from <= *day) && to.is_ok_and(|to| *day <= to)
    };
    if day.as_ref().is_some_and(|day| !near(day)) {
        check.fault("day", "fault-day-range");
    }
    let mut span = None;
    if let (Some(day), Some(start), Some(end)) = (day, start, end) {
        span = at(page, day, start).zip(at(page, day, end)).map(|(from, to)| (day, from, to));
        let most = std::time::Duration::from_secs(u64::try_from(LESSON_HOURS_MAX * 3_600).unwrap_or(0));
        match span {
            Some((_, from, to)) if to > from && to.since(from) <= most => {}
            _ => check.fault("end", "fault-end"),
        }
    }
    let groups = chosen(sent, "groups", &offer.groups);
    if groups.is_empty() || groups.len() > LESSON_GROUPS_MAX {
        check.fault("groups", "fault-groups");
    }
    let teachers = chosen(sent, "teachers", &offer.teachers);
    if teachers.len() > LESSON_TEACHERS_MAX {
        check.fault("teachers", "fault-teachers");
    }
    match span {
        Some((day, starts_at, ends_at)) if check.is_good() => {
            Ok(Typed { subject, room, day, starts_at, ends_at, groups, teachers })
        }
        _ => Err(check.faults()),
    }
}

/// In whatever order.
pub(super) fn same<T: Ord>(one: &[T], other: &[T]) -> bool {
    one.iter().collect::<BTreeSet<_>>() == other.iter().collect()
}

/// The boxes that were checked, of those that were offered: nobody of another school can be named.
pub(super) fn chosen<T: std::str::FromStr>(sent: &Fields, name: &str, offered: &[Choice]) -> Vec<T> {
    let mut texts: Vec<&str> =
        sent.all(name).filter(|text| offered.iter().any(|choice| choice.value == *text)).collect();
    texts.sort_unstable();
    texts.dedup();
    texts.into_iter().filter_map(|text| text.parse().ok()).collect()
}

/// A time of the school's clock; one that a change of the clocks leaves out moves with it.
fn at(page: &Page, day: Date, time: Time) -> Option<Instant> {
    let zoned = day.to_datetime(time).to_zoned(page.zone.clone()).ok()?;
    Some(Instant::from_millis(zoned.timestamp().as_millisecond()))
}

fn day_path(school: SchoolId, day: Date) -> String {
    format!("/schools/{school}/lessons?day={day}")
}

/// `GET /schools/{id}/lessons/new`.
pub(crate) async fn new(mut member: Member, Id(id): Id<SchoolId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    place::school(&mut member, &mut conn, id, Act::PlanLesson(id)).await?;
    let day = forms::parse_day(asked.raw("day")).unwrap_or_else(|| member.today());
    let sent = Fields::of([("day", day.to_string())]);
    let offer = offer(&mut conn, id).await?;
    let paths = (format!("/schools/{id}/lessons/new"), day_path(id, day));
    form(&member.page, "lesson-new", paths, &sent, offer).answer(Faults::default())
}

/// `POST /schools/{id}/lessons/new`.
pub(crate) async fn create(mut member: Member, Id(id): Id<SchoolId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    place::school(&mut member, &mut tx, id, Act::PlanLesson(id)).await?;
    let offer = offer(&mut tx, id).await?;
    let typed = match read(&member, &sent, &offer) {
        Ok(typed) => typed,
        Err(faults) => {
            let paths = (format!("/schools/{id}/lessons/new"), format!("/schools/{id}/lessons"));
            return form(&member.page, "lesson-new", paths, &sent, offer).answer(faults);
        }
    };
    let paths = || (format!("/schools/{id}/lessons/new"), day_path(id, typed.day));
    if let Some(text) = conflicts::of(&member, &mut tx, id, None, &typed, &sent).await? {
        let (form, faults) = with_conflict(form(&member.page, "lesson-new", paths(), &sent, offer), &sent, text);
        return form.answer(faults);
    }
    let lesson = LessonId::new(member.now(), &mut SystemRng);
    lessons::create(&mut tx, &typed.lesson(lesson, id, member.id()), member.now()).await?;
    by_calendar(&mut tx, &member, id, lesson, (&typed.groups, typed.day), true).await?;
    place::log(&member, &mut tx, Some(id), ("lesson.create", &lesson.to_string(), &typed.subject)).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&day_path(id, typed.day), "notice-saved"))
}

impl Typed {
    fn claim(&self) -> Claim {
        Claim { teachers: self.teachers.clone(), groups: self.groups.clone(), room: self.room.clone() }
    }

    /// Whether a lesson is this already.
    fn is(&self, lesson: &Lesson, facts: &LessonFacts) -> bool {
        (&self.subject, &self.room) == (&lesson.subject_name, &lesson.room)
            && (self.starts_at, self.ends_at) == (lesson.starts_at, lesson.ends_at)
            && same(&self.groups, &facts.groups)
            && same(&self.teachers, &facts.teachers)
    }

    fn lesson(&self, id: LessonId, school: SchoolId, by: PersonId) -> NewLesson<'_> {
        NewLesson {
            id,
            school,
            subject_name: &self.subject,
            room: &self.room,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            groups: &self.groups,
            teachers: &self.teachers,
            created_by: Some(by),
            source: "hand",
        }
    }
}

/// A lesson that the person may plan.
async fn planned(member: &mut Member, conn: &mut Conn, id: LessonId) -> Result<LessonFacts, PageError> {
    let facts = lessons::facts(conn, id).await?.ok_or(PageError::NotFound)?;
    place::school(member, conn, facts.school, Act::PlanLesson(facts.school)).await?;
    Ok(facts)
}

/// `GET /lessons/{id}/change`.
pub(crate) async fn edit(mut member: Member, Id(id): Id<LessonId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let facts = planned(&mut member, &mut conn, id).await?;
    let lesson = lessons::by_id(&mut conn, id).await?.ok_or(PageError::NotFound)?;
    let (start, end) = (member.zoned(facts.starts_at), member.zoned(facts.ends_at));
    let mut pairs = vec![
        ("subject".to_owned(), lesson.subject_name),
        ("room".to_owned(), lesson.room),
        ("day".to_owned(), start.date().to_string()),
        ("start".to_owned(), start.strftime("%H:%M").to_string()),
        ("end".to_owned(), end.strftime("%H:%M").to_string()),
    ];
    pairs.extend([("note".to_owned(), lesson.note), ("version".to_owned(), lesson.sequence.to_string())]);
    pairs.extend(facts.groups.iter().map(|group| ("groups".to_owned(), group.to_string())));
    pairs.extend(facts.teachers.iter().map(|teacher| ("teachers".to_owned(), teacher.to_string())));
    let sent: Fields = pairs.into_iter().collect();
    let offer = offer(&mut conn, facts.school).await?;
    let paths = (format!("/lessons/{id}/change"), day_path(facts.school, start.date()));
    let mut form = form(&member.page, "lesson-change", paths, &sent, offer);
    change_fields(&mut form, &sent);
    form.answer(Faults::default())
}

/// `POST /lessons/{id}/change`.
pub(crate) async fn change(mut member: Member, Id(id): Id<LessonId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let facts = planned(&mut member, &mut tx, id).await?;
    let before = lessons::by_id(&mut tx, id).await?.ok_or(PageError::NotFound)?;
    let school = facts.school;
    let offer = offer(&mut tx, school).await?;
    let again = |sent: &Fields, offer: Offer| {
        let paths = (format!("/lessons/{id}/change"), format!("/schools/{school}/lessons"));
        let mut form = form(&member.page, "lesson-change", paths, sent, offer);
        change_fields(&mut form, sent);
        form
    };
    let typed = match read(&member, &sent, &offer) {
        Ok(typed) => typed,
        Err(faults) => return again(&sent, offer).answer(faults),
    };
    let note: String = sent.line("note").chars().take(LESSON_NOTE_CHARS_MAX).collect();
    if let Some(text) = stale(&member, &before, &sent) {
        if typed.is(&before, &facts) && note == before.note {
            // Sent twice, it is saved once.
            return Ok(member.see_other_saying(&day_path(school, typed.day), "notice-saved"));
        }
        // What was typed stays; sending it once more means it.
        let sent = sent.with("version", before.sequence.to_string());
        return again(&sent, offer).answer_stale(Faults::of("note", text));
    }
    let moves = (typed.starts_at, typed.ends_at) != (before.starts_at, before.ends_at);
    if moves && let Err(fault) = may_move(&facts, typed.starts_at, &member) {
        return again(&sent, offer).answer(Faults::of("start", member.t(fault)));
    }
    if let Some(text) = conflicts::of(&member, &mut tx, school, Some(id), &typed, &sent).await? {
        let (form, faults) = with_conflict(again(&sent, offer), &sent, text);
        return form.answer(faults);
    }
    let by = lessons::By { person: member.id(), note: &note };
    lessons::change(&mut tx, &typed.lesson(id, school, member.id()), by, member.now()).await?;
    if moves {
        by_calendar(&mut tx, &member, school, id, (&typed.groups, typed.day), before.mode().is_some()).await?;
    }
    let after = lessons::by_id(&mut tx, id).await?.ok_or(PageError::NotFound)?;
    if let Some(told) = telling::difference(&before, &after) {
        telling::tell(&member, &mut tx, id, told, &facts.teachers).await?;
    }
    place::log(&member, &mut tx, Some(school), ("lesson.change", &id.to_string(), &typed.subject)).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&day_path(school, typed.day), "notice-saved"))
}

/// What somebody else has made of the lesson since the form was opened, if they have.
fn stale(page: &Page, lesson: &Lesson, sent: &Fields) -> Option<String> {
    let version: i64 = sent.raw("version").parse().ok()?;
    if version == lesson.sequence {
        return None;
    }
    let slot = Slot::of(page, lesson, Eyes::School);
    let day = page.day(page.zoned(lesson.starts_at).date());
    let parts = [day.as_str(), &slot.range, &slot.subject, &slot.who, &slot.room];
    let now: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    Some(page.t1("fault-changed-meanwhile", "now", now.join(", ")))
}

/// Why a lesson stays at its time, as the key of a text.
fn may_move(facts: &LessonFacts, to: Instant, page: &Page) -> Result<(), &'static str> {
    timetable::may_move(facts.starts_at, facts.ends_at, facts.cancelled, to, page.now()).map_err(|fault| match fault {
        MoveFault::On => "fault-lesson-on",
        MoveFault::Over => "fault-lesson-over",
        MoveFault::Cancelled => "fault-lesson-cancelled",
        MoveFault::Past => "fault-lesson-past",
    })
}

/// `POST /lessons/{id}/cancel`.
pub(crate) async fn cancel(member: Member, Id(id): Id<LessonId>, sent: Fields) -> Answer {
    set_cancelled(member, id, true, &sent).await
}

/// `POST /lessons/{id}/restore`.
pub(crate) async fn restore(member: Member, Id(id): Id<LessonId>, sent: Fields) -> Answer {
    set_cancelled(member, id, false, &sent).await
}

async fn set_cancelled(mut member: Member, id: LessonId, cancelled: bool, sent: &Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let facts = planned(&mut member, &mut tx, id).await?;
    let day = member.zoned(facts.starts_at).date();
    let (action, told, notice) = if cancelled {
        ("lesson.cancel", Told::Cancelled, "notice-lesson-cancelled")
    } else {
        ("lesson.restore", Told::Restored, "notice-lesson-restored")
    };
    // Pressed twice, it is told once.
    if facts.cancelled != cancelled {
        let note: String = sent.line("note").chars().take(LESSON_NOTE_CHARS_MAX).collect();
        let by = lessons::By { person: member.id(), note: &note };
        lessons::cancel(&mut tx, id, cancelled, by, member.now()).await?;
        telling::tell(&member, &mut tx, id, told, &[]).await?;
        place::log(&member, &mut tx, Some(facts.school), (action, &id.to_string(), "")).await?;
        tx.commit().await?;
    }
    Ok(member.see_other_saying(&day_path(facts.school, day), notice))
}

/// `POST /lessons/{id}/at-distance`: a lesson on site can be joined from home too.
pub(crate) async fn at_distance(mut member: Member, Id(id): Id<LessonId>) -> Answer {
    let mut tx = member.app().store.write().await?;
    let facts = lessons::facts(&mut tx, id).await?.ok_or(PageError::NotFound)?;
    member.may(Act::OpenAtDistance(&facts))?;
    if let Some(school) = schools::by_id(&mut tx, facts.school).await? {
        place::at(&mut member, &school);
    }
    let lesson = lessons::by_id(&mut tx, id).await?.ok_or(PageError::NotFound)?;
    if lesson.mode() == Some(LessonMode::OnSite) {
        lessons::set_mode(&mut tx, id, LessonMode::Both(None), true, member.now()).await?;
        telling::tell(&member, &mut tx, id, Told::AtDistance, &[]).await?;
        place::log(&member, &mut tx, Some(facts.school), ("lesson.at-distance", &id.to_string(), "")).await?;
        tx.commit().await?;
    }
    let teaches = lesson_role(&member.actor, &facts) == Some(LessonRole::Teacher);
    let back = if teaches { "/".to_owned() } else { day_path(facts.school, member.zoned(facts.starts_at).date()) };
    Ok(member.see_other_saying(&back, "notice-at-distance"))
}
