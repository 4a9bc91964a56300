//! Setting work, changing it, taking it back.

use super::{At, at};
use crate::forms::{self, Check, Choice, Faults, FormPage, Kind};
use crate::ids::Id;
use crate::limits::{CHOICES_MAX, HOMEWORK_BODY_CHARS_MAX, HOMEWORK_TITLE_CHARS_MAX, SKILLS_MAX, SUBJECT_CHARS_MAX};
use crate::multipart::{FileFault, FilesForm, Form};
use crate::screens::open_class::{group_choices, preselected, subject_of};
use crate::{Answer, Fields, Member, Page, PageError};
use askama::Template;
use http::StatusCode;
use jiff::ToSpan as _;
use jiff::civil::Date;
use preau_base::{GroupId, HomeworkId, Instant, NoticeId, PersonId, SystemRng};
use preau_files::limits::FILE_BYTES_MAX;
use preau_school::homework::{LateRule, MARK_MAX, Ways, mark_text, parse_mark};
use preau_school::log::WORK_MINUTES_MAX;
use preau_school::{Act, Profile, Why, WorkAct};
use preau_store::files::{self, File, Place};
use preau_store::groups::{self, Taught, TaughtPupil};
use preau_store::homework::{self, Handing, Homework, NewHomework};
use preau_store::log::load;
use preau_store::notices::{self, NewNotice};
use preau_store::{Conn, hand_ins};

#[derive(Template)]
#[template(path = "work/form.html")]
struct SetPage<'a> {
    page: &'a Page,
    form: FormPage<'a>,
    /// The first fields; those after them are about handing in.
    first: usize,
    opens: bool,
    /// The classes whose load of work one may look at first.
    loads: Vec<(GroupId, String)>,
    files: Vec<File>,
    faults: Vec<String>,
    /// What somebody else has saved meanwhile.
    conflict: Option<Homework>,
}

/// The groups for which the person may set work. Whoever teaches nowhere has no such page.
async fn taught(member: &Member, conn: &mut Conn) -> Result<Vec<Taught>, PageError> {
    if !member.actor.is_somewhere(Profile::Teacher) {
        return Err(PageError::Forbidden(Why::Role));
    }
    let mut taught = groups::taught_by(conn, member.id()).await?;
    taught.retain(|group| member.can(Act::SetHomework(group.facts())));
    Ok(taught)
}

/// The pupils of these groups, which the person teaches, each once in each.
async fn pupils(
    member: &Member,
    conn: &mut Conn,
    taught: &[Taught],
) -> Result<Vec<(GroupId, PersonId, String)>, PageError> {
    let named = |pupil: TaughtPupil| {
        let group = taught.iter().find(|group| group.id == pupil.group_id)?;
        let name = format!("{} · {} {}", group.name, pupil.family_name.reveal(), pupil.given_name.reveal());
        Some((pupil.group_id, pupil.id, name))
    };
    let pupils = groups::pupils_taught_by(conn, member.id()).await?;
    Ok(pupils.into_iter().filter_map(named).take(CHOICES_MAX).collect())
}

/// What the form is made of.
struct Stuff {
    taught: Vec<Taught>,
    pupils: Vec<(GroupId, PersonId, String)>,
    /// The homework that is changed, with its files.
    change: Option<(At, Vec<File>)>,
}

impl Stuff {
    async fn read(member: &Member, conn: &mut Conn, change: Option<At>) -> Result<Self, PageError> {
        let mut taught = taught(member, conn).await?;
        let mut kept = None;
        if let Some(at) = change {
            taught.retain(|group| group.id == at.work.group_id);
            let files = files::attached(conn, Place::Homework(at.work.id)).await?;
            kept = Some((at, files));
        }
        let pupils = pupils(member, conn, &taught).await?;
        Ok(Self { taught, pupils, change: kept })
    }

    fn page<'a>(&self, member: &'a Member, sent: &Fields) -> SetPage<'a> {
        let page = &member.page;
        let (title, path, back) = match &self.change {
            Some((at, _)) => {
                let path = format!("/homework/{}", at.work.id);
                (page.t("work-change"), format!("{path}/change"), path)
            }
            None => (page.t("homework-new"), "/homework/new".to_owned(), "/homework".to_owned()),
        };
        let mut form = FormPage::new(page, title, path, back);
        form.submit = page.t(if self.change.is_some() { "save" } else { "homework-set" });
        let files = self.change.as_ref().map(|(_, files)| files.clone()).unwrap_or_default();
        if self.taught.is_empty() {
            form.intro = Some(page.t("open-none"));
            form.submit.clear();
        } else {
            self.first_fields(&mut form, sent);
            more_fields(&mut form, sent, &self.pupils);
        }
        let first = if self.change.is_some() { 5 } else { 6 };
        let opens = sent.all("ways").next().is_some() || !sent.raw("visible").is_empty();
        let mut loads: Vec<_> = self.taught.iter().map(|group| (group.id, group.name.clone())).collect();
        loads.dedup_by_key(|(id, _)| *id);
        SetPage { page, form, first, opens, loads, files, faults: Vec::new(), conflict: None }
    }

    fn first_fields(&self, form: &mut FormPage<'_>, sent: &Fields) {
        let page = form.page;
        if self.change.is_some() {
            form.field(sent, "version", "homework-title", Kind::Hidden);
        } else {
            form.field(sent, "group", "open-group", Kind::Select(group_choices(page, &self.taught))).required = true;
        }
        let title = form.field(sent, "title", "homework-title", Kind::Input("text"));
        (title.required, title.chars_max) = (true, HOMEWORK_TITLE_CHARS_MAX);
        form.field(sent, "body", "homework-body", Kind::Area).chars_max = HOMEWORK_BODY_CHARS_MAX;
        form.field(sent, "day", "homework-day", Kind::Input("date")).required = true;
        let help = page.t("open-subject-help");
        let subject = form.field(sent, "subject", "lesson-subject", Kind::Suggest(Vec::new()));
        (subject.help, subject.chars_max) = (Some(help), SUBJECT_CHARS_MAX);
        if self.change.is_none() {
            form.field(sent, "key", "homework-title", Kind::Hidden);
        }
    }
}

fn more_fields(form: &mut FormPage<'_>, sent: &Fields, pupils: &[(GroupId, PersonId, String)]) {
    let page = form.page;
    form.field(sent, "minutes", "log-minutes", Kind::Input("number")).chars_max = 4;
    form.field(sent, "test", "log-is-test", Kind::Check);
    let choice = |value: &str, key: &str| Choice { value: value.to_owned(), label: page.t(key) };
    let ways = ["paper", "text", "files", "photos", "audio"];
    let ways = ways.iter().map(|way| choice(way, &format!("work-way-{way}"))).collect();
    form.field(sent, "ways", "work-ways", Kind::Boxes(ways)).help = Some(page.t("work-ways-help"));
    form.field(sent, "time", "work-time", Kind::Input("time")).help = Some(page.t("work-time-help"));
    let late = vec![choice("accepted", "work-late-accepted"), choice("closed", "work-late-closed")];
    form.field(sent, "late", "work-late", Kind::Select(late)).required = true;
    form.field(sent, "mark", "work-mark-max", Kind::Input("text")).help = Some(page.t("work-mark-max-help"));
    let skills = form.field(sent, "skills", "work-skills", Kind::Area);
    (skills.help, skills.chars_max) = (Some(page.t("work-skills-help")), SKILLS_MAX * SUBJECT_CHARS_MAX);
    form.field(sent, "visible", "work-visible", Kind::Input("date")).help = Some(page.t("work-visible-help"));
    let pupils = pupils.iter().map(|(_, id, name)| Choice { value: id.to_string(), label: name.clone() }).collect();
    form.field(sent, "pupils", "work-pupils", Kind::Boxes(pupils)).help = Some(page.t("work-pupils-help"));
}

impl SetPage<'_> {
    fn answer(mut self, faults: Faults, of_files: &[FileFault]) -> Answer {
        let mut status = self.form.mark(faults);
        self.faults = of_files.iter().map(|fault| fault.text(self.page)).collect();
        self.opens |= self.form.fields.iter().skip(self.first).any(|field| field.fault.is_some());
        if !self.faults.is_empty() || self.conflict.is_some() {
            status = if self.conflict.is_some() { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
        }
        self.page.html_as(status, &self)
    }
}

/// `GET /homework/new`.
pub(crate) async fn new(member: Member, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    let stuff = Stuff::read(&member, &mut conn, None).await?;
    let chosen = preselected(&member, &mut conn, asked.raw("group"), &stuff.taught).await?;
    let tomorrow = member.today().tomorrow().unwrap_or_else(|_| member.today());
    let key = HomeworkId::new(member.now(), &mut SystemRng).to_string();
    let sent = Fields::of([("group", chosen), ("day", tomorrow.to_string()), ("key", key)]);
    stuff.page(&member, &sent).answer(Faults::default(), &[])
}

/// What the form says, once everything in it is good.
struct Told {
    title: String,
    body: String,
    subject: String,
    day: Date,
    ways: Ways,
    late_rule: LateRule,
    deadline: Option<Instant>,
    mark_max: Option<i64>,
    skills: String,
    visible_at: Option<Instant>,
    pupils: Vec<PersonId>,
    /// How long it takes, and whether it is a test: the load of the class is made of it.
    minutes: Option<i64>,
    is_test: bool,
}

impl Told {
    fn handing(&self) -> Handing<'_> {
        Handing {
            ways: self.ways,
            late_rule: self.late_rule,
            deadline: self.deadline,
            mark_max: self.mark_max,
            skills: &self.skills,
            visible_at: self.visible_at,
            pupils: &self.pupils,
        }
    }
}

/// Reads the form for work of `group`. A day that it has already may be past.
fn read(member: &Member, sent: &Fields, group: Option<GroupId>, stuff: &Stuff, check: &mut Check<'_>) -> Option<Told> {
    let title = check.needed("title", HOMEWORK_TITLE_CHARS_MAX);
    let body = check.lines("body", HOMEWORK_BODY_CHARS_MAX);
    let subject = check.line("subject", SUBJECT_CHARS_MAX);
    let day = check.day("day");
    let known = stuff.change.as_ref().map(|(at, _)| at.work.due_day.clone());
    let far = member.today().checked_add(1.years()).unwrap_or_else(|_| member.today());
    let is_out = |day: Date| (day < member.today() && Some(day.to_string()) != known) || day > far;
    if day.is_some_and(is_out) {
        check.fault("day", "fault-day-range");
    }
    if group.is_none() {
        check.fault("group", "fault-choose");
    }
    let ways = Ways::of_words(sent.all("ways"));
    let time = if sent.line("time").is_empty() { None } else { check.time("time") };
    let visible_at = if sent.line("visible").is_empty() { None } else { check.day("visible") };
    let visible_at = visible_at.map(|day| member.start_of(day));
    let mark_max = mark_max(sent, check);
    let skills = skills(check);
    let minutes = minutes(sent, check);
    let of_group = |id: PersonId| stuff.pupils.iter().any(|(of, pupil, _)| Some(*of) == group && *pupil == id);
    let pupils: Vec<PersonId> = sent.all("pupils").filter_map(|id| id.parse().ok()).collect();
    if !pupils.iter().all(|id| of_group(*id)) {
        check.fault("pupils", "fault-work-pupils");
    }
    if !check.is_good() {
        return None;
    }
    let day = day?;
    let deadline = ways.is_any().then(|| match time {
        Some(time) => at_clock(member, day, time),
        None => member.start_of(day.tomorrow().unwrap_or(day)),
    });
    let late_rule = LateRule::of_word(sent.raw("late"));
    let is_test = sent.checked("test");
    Some(Told {
        title,
        body,
        subject,
        day,
        ways,
        late_rule,
        deadline,
        mark_max,
        skills,
        visible_at,
        pupils,
        minutes,
        is_test,
    })
}

/// A time of a day on the school's clock; one that the clock leaps over counts from before the leap.
pub(super) fn at_clock(page: &Page, day: Date, time: jiff::civil::Time) -> Instant {
    let at = day.to_datetime(time).to_zoned(page.zone.clone());
    at.map_or_else(|_| page.start_of(day), |at| Instant::from_millis(at.timestamp().as_millisecond()))
}

fn mark_max(sent: &Fields, check: &mut Check<'_>) -> Option<i64> {
    let text = sent.line("mark");
    if text.is_empty() {
        return None;
    }
    let most = parse_mark(&text, MARK_MAX).filter(|most| *most > 0);
    if most.is_none() {
        check.fault("mark", "fault-mark-max");
    }
    most
}

fn minutes(sent: &Fields, check: &mut Check<'_>) -> Option<i64> {
    let text = sent.line("minutes");
    let minutes = text.parse::<u32>().ok().filter(|minutes| (1..=WORK_MINUTES_MAX).contains(minutes));
    if !text.is_empty() && minutes.is_none() {
        check.fault("minutes", "plan-fault-minutes");
    }
    minutes.map(i64::from)
}

fn skills(check: &mut Check<'_>) -> String {
    let text = check.lines("skills", SKILLS_MAX * SUBJECT_CHARS_MAX);
    let names: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if names.len() > SKILLS_MAX || names.iter().any(|name| name.chars().count() > SUBJECT_CHARS_MAX) {
        check.fault("skills", "fault-skills");
    }
    names.join("\n")
}

/// `POST /homework/new`. The form carries the id that the work will have: sent twice, it is one piece of work.
pub(crate) async fn create(mut member: Member, form: FilesForm) -> Answer {
    let stuff = {
        let mut conn = member.app().store.read().await?;
        Stuff::read(&member, &mut conn, None).await?
    };
    if stuff.taught.is_empty() {
        return stuff.page(&member, &Fields::default()).answer(Faults::default(), &[]);
    }
    let Form { fields: sent, files, faults } = form.receive(&member, FILE_BYTES_MAX).await?;
    let group = forms::id::<GroupId>(&sent, "group").ok();
    let group = group.and_then(|id| stuff.taught.iter().find(|one| one.id == id));
    if let Some(group) = group {
        let mut conn = member.app().store.read().await?;
        crate::screens::place::group(&mut member, &mut conn, group.id, |it| Act::SetHomework(it.facts())).await?;
    }
    let mut check = Check::new(&member.page, &sent);
    let told = read(&member, &sent, group.map(|group| group.id), &stuff, &mut check);
    let (Some(told), Some(group), true) = (told, group, faults.is_empty()) else {
        let wrong = check.faults();
        return stuff.page(&member, &sent).answer(wrong, &faults);
    };
    let id = sent.raw("key").parse().unwrap_or_else(|_| HomeworkId::new(member.now(), &mut SystemRng));
    let mut tx = member.app().store.write().await?;
    if homework::by_id(&mut tx, id).await?.is_some() {
        return Ok(member.see_other_saying("/homework", "notice-homework-set"));
    }
    let work = NewHomework {
        id,
        school: group.school_id,
        group: group.id,
        author: member.id(),
        lesson: None,
        subject_name: &subject_of(&told.subject, group.id, &stuff.taught),
        title: &told.title,
        body: &told.body,
        due_day: &told.day.to_string(),
        handing: told.handing(),
    };
    homework::create(&mut tx, &work, member.now()).await?;
    load::describe(&mut tx, id, None, told.minutes, told.is_test).await?;
    for file in &files {
        file.keep_at(&mut tx, &member, Place::Homework(id)).await?;
    }
    if told.visible_at.is_none_or(|at| at <= member.now()) {
        tell(&mut tx, &member, id, "homework-set").await?;
    }
    tx.commit().await?;
    Ok(member.see_other_saying("/homework", "notice-homework-set"))
}

/// Tells the pupils it is for.
pub(crate) async fn tell(conn: &mut Conn, member: &Member, id: HomeworkId, kind: &str) -> Result<(), PageError> {
    let Some(work) = homework::by_id(conn, id).await? else { return Ok(()) };
    let arguments = [("title", work.title.as_str()), ("subject", &work.subject_name), ("day", &work.due_day)];
    let (link, once) = (format!("/homework/{id}"), format!("{kind} {id} {}", work.version));
    for row in hand_ins::table(conn, id).await? {
        let notice = NewNotice {
            id: NoticeId::new(member.now(), &mut SystemRng),
            person: row.person_id,
            kind,
            arguments: &arguments,
            link: &link,
            once: &once,
        };
        notices::tell(conn, &notice, member.now()).await?;
    }
    Ok(())
}

/// The work of a path, for whoever set it.
async fn mine(member: &mut Member, conn: &mut Conn, id: HomeworkId) -> Result<At, PageError> {
    let at = at(member, conn, id).await?;
    member.may(Act::Work(WorkAct::Change(&at.facts)))?;
    Ok(at)
}

/// `GET /homework/{id}/change`.
pub(crate) async fn edit(mut member: Member, Id(id): Id<HomeworkId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let at = mine(&mut member, &mut conn, id).await?;
    let work = &at.work;
    let time = work.deadline_at.map(|at| member.zoned(Instant::from_millis(at)));
    let time = time.filter(|at| at.date().to_string() == work.due_day).map(|at| at.strftime("%H:%M").to_string());
    let visible = Instant::from_millis(work.visible_at);
    let visible = (visible > member.now()).then(|| member.zoned(visible).date().to_string());
    let mut pairs = vec![
        ("version", work.version.to_string()),
        ("title", work.title.clone()),
        ("body", work.body.clone()),
        ("day", work.due_day.clone()),
        ("subject", work.subject_name.clone()),
        ("time", time.unwrap_or_default()),
        ("late", work.late_rule.clone()),
        ("mark", work.mark_max.map(|most| mark_text(most, ',')).unwrap_or_default()),
        ("skills", work.skills.clone()),
        ("visible", visible.unwrap_or_default()),
    ];
    let (minutes, is_test) = load::estimate(&mut conn, id).await?;
    pairs.push(("minutes", minutes.map(|minutes| minutes.to_string()).unwrap_or_default()));
    pairs.extend(is_test.then(|| ("test", "yes".to_owned())));
    pairs.extend(work.ways().words().map(|way| ("ways", way.to_owned())));
    pairs.extend(homework::chosen(&mut conn, id).await?.into_iter().map(|pupil| ("pupils", pupil.to_string())));
    let sent: Fields = pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let stuff = Stuff::read(&member, &mut conn, Some(at)).await?;
    stuff.page(&member, &sent).answer(Faults::default(), &[])
}

/// `POST /homework/{id}/change`.
pub(crate) async fn change(mut member: Member, Id(id): Id<HomeworkId>, form: FilesForm) -> Answer {
    let (stuff, group, school) = {
        let mut conn = member.app().store.read().await?;
        let at = mine(&mut member, &mut conn, id).await?;
        let (group, school) = (at.work.group_id, at.work.school_id);
        (Stuff::read(&member, &mut conn, Some(at)).await?, group, school)
    };
    let Form { fields: sent, files, faults } = form.receive(&member, FILE_BYTES_MAX).await?;
    let mut check = Check::new(&member.page, &sent);
    let told = read(&member, &sent, Some(group), &stuff, &mut check);
    let (Some(told), true) = (told, faults.is_empty()) else {
        let wrong = check.faults();
        return stuff.page(&member, &sent).answer(wrong, &faults);
    };
    let mut tx = member.app().store.write().await?;
    let subject = subject_of(&told.subject, group, &stuff.taught);
    let work = NewHomework {
        id,
        school,
        group,
        author: member.id(),
        lesson: None,
        subject_name: &subject,
        title: &told.title,
        body: &told.body,
        due_day: &told.day.to_string(),
        handing: told.handing(),
    };
    let version = sent.raw("version").parse().unwrap_or(0);
    if !homework::change(&mut tx, &work, version, member.now()).await? {
        // The form is shown again with what was typed here, beside what is stored; saving again takes what was typed.
        let now = homework::by_id(&mut tx, id).await?.ok_or(PageError::NotFound)?;
        let retyped: Fields = sent
            .pairs()
            .map(|(name, value)| match name {
                "version" => (name.to_owned(), now.version.to_string()),
                _ => (name.to_owned(), value.to_owned()),
            })
            .collect();
        let at = At { facts: homework::facts(&mut tx, &now).await?, work: now.clone() };
        let mut page = Stuff::read(&member, &mut tx, Some(at)).await?.page(&member, &retyped);
        page.conflict = Some(now);
        return page.answer(Faults::default(), &[]);
    }
    load::describe(&mut tx, id, None, told.minutes, told.is_test).await?;
    for dropped in sent.all("drop").filter_map(|id| id.parse().ok()) {
        files::detach(&mut tx, Place::Homework(id), dropped).await?;
    }
    for file in &files {
        file.keep_at(&mut tx, &member, Place::Homework(id)).await?;
    }
    tx.commit().await?;
    Ok(member.see_other_saying(&format!("/homework/{id}"), "notice-saved"))
}

/// `POST /homework/{id}/remove`: taken back by whoever set it, while nobody has begun to hand in.
pub(crate) async fn remove(mut member: Member, Id(id): Id<HomeworkId>) -> Answer {
    let mut tx = member.app().store.write().await?;
    mine(&mut member, &mut tx, id).await?;
    if !homework::remove(&mut tx, id, member.id()).await? {
        return Ok(member.see_other_saying(&format!("/homework/{id}"), "notice-homework-handed-in"));
    }
    tx.commit().await?;
    Ok(member.see_other_saying("/homework", "notice-homework-removed"))
}
