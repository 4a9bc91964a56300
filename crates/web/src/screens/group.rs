//! One class or group: its pupils and teachers, for those who teach it and those who manage it.

use crate::forms::{self, Check, Choice, Faults, FormPage, Kind, is_overtaken, marked};
use crate::ids::Id;
use crate::limits::{ADD_FOUND_MAX, CHOICES_MAX, GROUP_NAME_CHARS_MAX, SUBJECT_CHARS_MAX, SUBJECT_CODE_CHARS_MAX};
use crate::screens::people::{Row, row};
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError};
use askama::Template;
use preau_base::{GroupId, PersonId, SchoolId, SubjectId, SystemRng};
use preau_school::{Act, LogAct, MemberRole, Profile};
use preau_store::groups::{self, Group};
use preau_store::limits::SEARCH_CHARS_MAX;
use preau_store::people::{self, Found};
use preau_store::subjects::{self, Subject};
use preau_store::{Conn, StoreError, cards};

#[derive(Template)]
#[template(path = "school/group.html")]
struct GroupPage<'a> {
    page: &'a Page,
    group: &'a Group,
    pupils: Vec<Pupil>,
    teachers: Vec<Teacher>,
    /// Nobody manages it but administrators.
    manages: bool,
    sees_school: bool,
    prints: bool,
    gives_cards: bool,
    opens: bool,
    /// The lesson log is theirs to read.
    reads_log: bool,
    text: &'a str,
    chars_max: usize,
    /// Pupils of the school whom the search has found.
    found: Vec<Row>,
    choices: Vec<Choice>,
    subjects: Vec<Subject>,
    subject_chars_max: usize,
}

/// There is somebody in the group who may have a card, or this person may say so.
async fn gives_cards(member: &Member, conn: &mut Conn, group: &Group) -> Result<bool, PageError> {
    if !member.can(Act::PrintCards(group.facts())) {
        return Ok(false);
    }
    let classes = cards::facts_of_pupils(conn, group.id).await?;
    Ok(member.can(Act::ManageSchool(group.school_id)) || classes.values().flatten().any(|class| class.gives()))
}

struct Pupil {
    row: Row,
    resets: bool,
}

struct Teacher {
    id: PersonId,
    name: String,
    subjects: String,
    leads: bool,
}

/// `GET /groups/{id}`.
pub(crate) async fn show(mut member: Member, Id(id): Id<GroupId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    let (group, _) = place::group(&mut member, &mut conn, id, |group| Act::SeeGroup(group.facts())).await?;
    let school = group.school_id;
    let manages = member.can(Act::ManageSchool(school));
    let subjects = subjects::list(&mut conn, school).await?;
    let pupils = groups::members(&mut conn, id, MemberRole::Pupil).await?;
    let text: String = asked.line("q").chars().take(SEARCH_CHARS_MAX).collect();
    let mut found = Vec::new();
    if manages && !text.is_empty() {
        found = people::search(&mut conn, school, &text, Some(Profile::Pupil), 0).await?;
        found.retain(|one| pupils.iter().all(|pupil| pupil.id != one.id));
        found.truncate(ADD_FOUND_MAX);
    }
    let facts = people::facts_of_pupils(&mut conn, id).await?;
    let mut listed = Vec::new();
    for pupil in pupils {
        let resets =
            pupil.id != member.id() && facts.get(&pupil.id).is_some_and(|facts| member.can(Act::ResetPassword(facts)));
        listed.push(Pupil { row: row(&member, pupil), resets });
    }
    let page = GroupPage {
        page: &member.page,
        pupils: listed,
        teachers: teachers(&mut conn, id, &subjects).await?,
        manages,
        sees_school: member.can(Act::SeeSchool(school)),
        prints: member.can(Act::PrintCodes(school, Profile::Pupil)),
        gives_cards: gives_cards(&member, &mut conn, &group).await?,
        opens: member.can(Act::OpenLesson(group.facts())),
        reads_log: member.can(Act::Log(LogAct::ReadGroup(group.facts(), false))),
        found: found.into_iter().map(|found| row(&member, found)).collect(),
        choices: if manages { teacher_choices(&mut conn, school).await? } else { Vec::new() },
        subjects,
        text: &text,
        chars_max: SEARCH_CHARS_MAX,
        subject_chars_max: SUBJECT_CHARS_MAX,
        group: &group,
    };
    member.html(&page)
}

/// The teachers of a group, each once, with subjects by name.
async fn teachers(conn: &mut Conn, id: GroupId, subjects: &[Subject]) -> Result<Vec<Teacher>, StoreError> {
    let led = groups::members(conn, id, MemberRole::HeadTeacher).await?;
    let mut all: Vec<Teacher> = Vec::new();
    let name = |found: &Found| format!("{} {}", found.title, found.full_name()).trim().to_owned();
    for found in groups::members(conn, id, MemberRole::Teacher).await? {
        let named = |code: &str| {
            let known = subjects.iter().find(|subject| subject.code == code);
            known.map_or_else(|| code.to_owned(), |subject| subject.name.clone())
        };
        let codes = found.groups.split(',').filter(|code| !code.is_empty());
        all.push(Teacher {
            id: found.id,
            name: name(&found),
            subjects: codes.map(named).collect::<Vec<_>>().join(", "),
            leads: led.iter().any(|it| it.id == found.id),
        });
    }
    for found in led.iter().filter(|it| all.iter().all(|teacher| teacher.id != it.id)).collect::<Vec<_>>() {
        all.push(Teacher { id: found.id, name: name(found), subjects: String::new(), leads: true });
    }
    Ok(all)
}

/// The teachers of a school, to choose from.
pub(crate) async fn teacher_choices(conn: &mut Conn, school: SchoolId) -> Result<Vec<Choice>, StoreError> {
    let most = i64::try_from(CHOICES_MAX).unwrap_or(i64::MAX);
    let found = people::with_profile(conn, school, Profile::Teacher, most).await?;
    let choice = |one: people::Named| Choice {
        value: one.id.to_string(),
        label: format!("{} {}", one.family_name.reveal(), one.given_name.reveal()),
    };
    Ok(found.into_iter().map(choice).collect())
}

fn form<'a>(page: &'a Page, id: GroupId, sent: &Fields) -> FormPage<'a> {
    let here = format!("/groups/{id}");
    let mut form = FormPage::new(page, page.t("group-rename"), format!("{here}/rename"), here);
    let name = form.field(sent, "name", "group-name", Kind::Input("text"));
    (name.required, name.chars_max) = (true, GROUP_NAME_CHARS_MAX);
    form.carry_mark(sent);
    form
}

/// `GET /groups/{id}/rename`.
pub(crate) async fn edit(mut member: Member, Id(id): Id<GroupId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let (group, _) = place::group(&mut member, &mut conn, id, |group| Act::ManageSchool(group.school_id)).await?;
    form(&member.page, id, &marked(&called(&group.name))).answer(Faults::default())
}

/// What the form of a group with this name holds.
fn called(name: &str) -> Fields {
    Fields::of([("name", name.to_owned())])
}

/// `POST /groups/{id}/rename`.
pub(crate) async fn rename(mut member: Member, Id(id): Id<GroupId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let (group, _) = place::group(&mut member, &mut tx, id, |group| Act::ManageSchool(group.school_id)).await?;
    let mut check = Check::new(&member.page, &sent);
    let name = check.needed("name", GROUP_NAME_CHARS_MAX);
    if !check.is_good() {
        let faults = check.faults();
        return form(&member.page, id, &sent).answer(faults);
    }
    let renamed = if is_overtaken(&sent, &called(&group.name), &called(&name)) {
        false
    } else {
        match groups::rename(&mut tx, id, &group.name, &name).await {
            Err(StoreError::Taken(_)) => {
                check.fault("name", "fault-group-taken");
                let faults = check.faults();
                return form(&member.page, id, &sent).answer(faults);
            }
            made => made?,
        }
    };
    if !renamed {
        let group = groups::by_id(&mut tx, id).await?.ok_or(PageError::NotFound)?;
        return form(&member.page, id, &sent).overtaken(&called(&group.name));
    }
    place::log(&member, &mut tx, Some(group.school_id), ("group.rename", &group.name, &name)).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&format!("/groups/{id}"), "notice-saved"))
}

/// `POST /groups/{id}/archive`.
pub(crate) async fn archive(mut member: Member, Id(id): Id<GroupId>) -> Answer {
    let mut tx = member.app().store.write().await?;
    let (group, _) = place::group(&mut member, &mut tx, id, |group| Act::ManageSchool(group.school_id)).await?;
    groups::archive(&mut tx, id, member.now()).await?;
    place::log(&member, &mut tx, Some(group.school_id), ("group.archive", &group.name, "")).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&format!("/schools/{}/groups", group.school_id), "notice-group-archived"))
}

/// `POST /groups/{id}/pupils`: a pupil of the school comes in, or goes.
pub(crate) async fn pupils(mut member: Member, Id(id): Id<GroupId>, sent: Fields) -> Answer {
    let here = format!("/groups/{id}");
    let mut tx = member.app().store.write().await?;
    let (group, _) = place::group(&mut member, &mut tx, id, |group| Act::ManageSchool(group.school_id)).await?;
    let (person, facts) = place::person(&mut tx, forms::id(&sent, "person")?).await?;
    let action = if sent.raw("do") == "end" {
        groups::remove_member(&mut tx, id, person.id, MemberRole::Pupil).await?;
        "group.pupil.end"
    } else {
        if !facts.affiliations.contains(&(group.school_id, Profile::Pupil)) {
            return Err(PageError::NotFound);
        }
        groups::add_member(&mut tx, id, person.id, MemberRole::Pupil, "", "hand").await?;
        "group.pupil.add"
    };
    place::log(&member, &mut tx, Some(group.school_id), (action, &person.login, &group.name)).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&here, "notice-saved"))
}

/// `POST /groups/{id}/teachers`: a teacher of the school gets the group, with a subject, or gives it up.
pub(crate) async fn teachers_of(mut member: Member, Id(id): Id<GroupId>, sent: Fields) -> Answer {
    let here = format!("/groups/{id}");
    let mut tx = member.app().store.write().await?;
    let (group, _) = place::group(&mut member, &mut tx, id, |group| Act::ManageSchool(group.school_id)).await?;
    let (person, facts) = place::person(&mut tx, forms::id(&sent, "person")?).await?;
    let action = if sent.raw("do") == "end" {
        for role in [MemberRole::Teacher, MemberRole::HeadTeacher] {
            groups::remove_member(&mut tx, id, person.id, role).await?;
        }
        "teaching.end"
    } else {
        if !facts.affiliations.contains(&(group.school_id, Profile::Teacher)) {
            return Err(PageError::NotFound);
        }
        let subject = subject_code(&member, &mut tx, group.school_id, &sent).await?;
        groups::add_member(&mut tx, id, person.id, MemberRole::Teacher, &subject, "hand").await?;
        if sent.checked("leads") {
            groups::add_member(&mut tx, id, person.id, MemberRole::HeadTeacher, "", "hand").await?;
        }
        "teaching.assign"
    };
    place::log(&member, &mut tx, Some(group.school_id), (action, &person.login, &group.name)).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&here, "notice-saved"))
}

/// The code of the subject that was named; a new name makes a new subject. Empty for none.
async fn subject_code(member: &Member, conn: &mut Conn, school: SchoolId, sent: &Fields) -> Result<String, PageError> {
    let name: String = sent.line("subject").chars().take(SUBJECT_CHARS_MAX).collect();
    if name.is_empty() {
        return Ok(name);
    }
    let known = subjects::list(conn, school).await?;
    let folded = preau_school::login::fold(&name);
    let same = |subject: &&Subject| preau_school::login::fold(&subject.name) == folded || subject.code == name;
    if let Some(subject) = known.iter().find(same) {
        return Ok(subject.code.clone());
    }
    let letters = folded.to_uppercase();
    let stem: String = letters.chars().filter(|c| c.is_alphanumeric()).take(SUBJECT_CODE_CHARS_MAX).collect();
    let mut code = stem.clone();
    for number in 2..=known.len() + 2 {
        if !code.is_empty() && known.iter().all(|subject| subject.code != code) {
            break;
        }
        code = format!("{stem}{number}");
    }
    subjects::create(conn, SubjectId::new(member.now(), &mut SystemRng), school, &code, &name, "hand").await?;
    Ok(code)
}
