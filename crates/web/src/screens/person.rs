//! One person: what they are, the state of the account, and the acts of those who manage it.

use crate::forms::{self, Check, Choice, Faults, FormPage, is_overtaken, marked};
use crate::ids::Id;
use crate::screens::data::is_under_15;
use crate::screens::people::{AccountState, name_fields, pupil_of, read_names};
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError};
use askama::Template;
use preau_base::{Instant, PersonId, SchoolId};
use preau_gate::{Revocation, forgotten_after};
use preau_school::{Act, MemberRole, PersonFacts, Profile};
use preau_store::groups::{self, Group};
use preau_store::limits::LEFT_KEPT;
use preau_store::people::{self, Left, Person};
use preau_store::schools::{self, School};
use preau_store::territories::{self, Territory};
use preau_store::{Conn, StoreError, cards};

#[derive(Template)]
#[template(path = "school/person.html")]
struct PersonPage<'a> {
    page: &'a Page,
    person: &'a Person,
    name: String,
    state: AccountState,
    is_suspended: bool,
    affiliations: Vec<Affiliation>,
    pupil_of: Vec<Group>,
    teaches: Vec<Group>,
    relatives: Vec<Related>,
    children: Vec<Related>,
    is_relative: bool,
    is_self: bool,
    resets: bool,
    manages: bool,
    sees_day: bool,
    sees_mail: bool,
    /// May set what the relatives of this pupil know and do.
    sets_relations: bool,
    reads_identity: bool,
    exports: bool,
    /// The pupil's sign-in card, for those who may give or end it.
    card: Option<CardOf>,
    territories: Vec<Territory>,
    /// That the person has left, and until when the account is kept.
    left: Option<String>,
    /// Where the person may be made something more.
    schools: Vec<Choice>,
    profiles: Vec<Choice>,
}

struct CardOf {
    has: bool,
    /// The pupil is one of those who get one.
    gives: bool,
}

struct Affiliation {
    school: School,
    profile: &'static str,
    label: String,
    may_end: bool,
}

struct Related {
    id: PersonId,
    name: String,
    login: String,
    sees: bool,
}

async fn card(member: &Member, conn: &mut Conn, facts: &PersonFacts) -> Result<Option<CardOf>, PageError> {
    if !member.can(Act::RevokeCard(facts)) {
        return Ok(None);
    }
    let classes = cards::facts(conn, facts.id).await?;
    let gives = member.can(Act::GiveCard(facts, &classes));
    let has = cards::has(conn, facts.id).await?;
    Ok((gives || has).then_some(CardOf { has, gives }))
}

/// `GET /people/{id}`.
pub(crate) async fn show(mut member: Member, Id(id): Id<PersonId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    if let Some(into) = people::merged_into(&mut conn, id).await? {
        return Ok(member.see_other(&format!("/people/{into}")));
    }
    let (person, facts) = place::person(&mut conn, id).await?;
    member.may(Act::SeePerson(&facts))?;
    place::school_of(&mut member, &mut conn, &facts).await?;
    let manages = member.can(Act::ManagePerson(&facts));
    let affiliations = affiliations(&member, &mut conn, &facts, manages).await?;
    let mut teaches = groups::of_person(&mut conn, id, MemberRole::Teacher).await?;
    let led = groups::of_person(&mut conn, id, MemberRole::HeadTeacher).await?;
    teaches.extend(led.into_iter().filter(|group| teaches.iter().all(|it| it.id != group.id)).collect::<Vec<_>>());
    let relatives = people::relatives_of(&mut conn, id).await?;
    let children = people::children_of(&mut conn, id).await?;
    // A teacher sees the pupils of a class, not who their relatives are.
    let sees_family = manages || id == member.id() || oversees(&member, &facts);
    let is_pupil = facts.affiliations.iter().any(|(_, profile)| *profile == Profile::Pupil);
    let under_15 = is_under_15(&member, &mut conn, id).await?;
    let page = PersonPage {
        sets_relations: is_pupil && member.can(Act::SetRelations(&facts)),
        reads_identity: member.can(Act::SeeIdentity(&facts)),
        exports: member.can(Act::ExportData(&facts, under_15)),
        card: card(&member, &mut conn, &facts).await?,
        territories: if sees_family { territories::of_person(&mut conn, id).await? } else { Vec::new() },
        left: people::left(&mut conn, id).await?.map(|left| left_text(&member, &left)),
        page: &member.page,
        name: person.full_name(),
        state: AccountState::of(&member, person.is_suspended(), person.is_active(), person.code_expires_at),
        is_suspended: person.is_suspended(),
        affiliations,
        pupil_of: groups::of_person(&mut conn, id, MemberRole::Pupil).await?,
        teaches,
        relatives: if sees_family { related(&member, &mut conn, relatives).await? } else { Vec::new() },
        children: if sees_family { related(&member, &mut conn, children).await? } else { Vec::new() },
        is_relative: facts.affiliations.iter().any(|(_, profile)| *profile == Profile::Relative),
        is_self: id == member.id(),
        resets: id != member.id() && member.can(Act::ResetPassword(&facts)),
        manages,
        sees_day: is_pupil && member.can(Act::SeeDayOf(&facts)),
        sees_mail: sees_family,
        schools: if manages { managed_schools(&member, &mut conn, &facts).await? } else { Vec::new() },
        profiles: profile_choices(&member),
        person: &person,
    };
    member.html(&page)
}

/// `A quitté le …; le compte est effacé le … au plus tard.`
fn left_text(page: &Page, left: &Left) -> String {
    let day = |at: Instant| page.day(page.zoned(at).date());
    match left.forgotten_at {
        Some(at) => page.t1("person-forgotten", "day", day(Instant::from_millis(at))),
        None => page.t2("person-left", ("day", day(left.left_at)), ("until", day(left.left_at.plus(LEFT_KEPT)))),
    }
}

fn oversees(member: &Member, facts: &PersonFacts) -> bool {
    facts.affiliations.iter().any(|(school, _)| member.can(Act::SeeSchool(*school)))
}

fn profile_choices(page: &Page) -> Vec<Choice> {
    let choice = |profile: &Profile| Choice {
        value: profile.as_str().to_owned(),
        label: page.t(&format!("profile-{}", profile.as_str())),
    };
    Profile::ALL.iter().map(choice).collect()
}

async fn affiliations(
    member: &Member,
    conn: &mut Conn,
    facts: &PersonFacts,
    manages: bool,
) -> Result<Vec<Affiliation>, StoreError> {
    let mut all = Vec::new();
    for (id, profile) in &facts.affiliations {
        let Some(school) = schools::by_id(conn, *id).await? else { continue };
        let own_power = facts.id == member.id() && *profile == Profile::Administrator;
        all.push(Affiliation {
            profile: profile.as_str(),
            label: member.t(&format!("profile-{}", profile.as_str())),
            may_end: manages && !own_power && member.can(Act::ManageSchool(*id)),
            school,
        });
    }
    Ok(all)
}

async fn related(member: &Member, conn: &mut Conn, people: Vec<Person>) -> Result<Vec<Related>, PageError> {
    let mut all = Vec::new();
    for person in people {
        let facts = people::facts(conn, person.id).await?.ok_or(PageError::NotFound)?;
        let sees = member.can(Act::SeePerson(&facts));
        all.push(Related { id: person.id, name: person.full_name(), login: person.login, sees });
    }
    Ok(all)
}

/// The schools that the actor manages: the person's own first.
async fn managed_schools(member: &Member, conn: &mut Conn, facts: &PersonFacts) -> Result<Vec<Choice>, StoreError> {
    let mut ids: Vec<SchoolId> = facts.affiliations.iter().map(|(school, _)| *school).collect();
    ids.extend(member.actor.affiliations.iter().map(|(school, _)| *school));
    if member.actor.platform_admin {
        let all = schools::list(conn, 0, crate::limits::SCHOOLS_PAGE_MAX).await?;
        ids.extend(all.into_iter().map(|school| school.id));
    }
    let mut choices: Vec<Choice> = Vec::new();
    for id in ids.into_iter().filter(|id| member.can(Act::ManageSchool(*id))) {
        let value = id.to_string();
        if choices.iter().any(|choice| choice.value == value) {
            continue;
        }
        if let Some(school) = schools::by_id(conn, id).await? {
            choices.push(Choice { value, label: school.name });
        }
    }
    Ok(choices)
}

fn form<'a>(member: &'a Member, id: PersonId, sent: &Fields) -> FormPage<'a> {
    let page = &member.page;
    let here = format!("/people/{id}");
    let mut form = FormPage::new(page, page.t("person-change"), format!("{here}/change"), here);
    name_fields(&mut form, sent);
    form.carry_mark(sent);
    form
}

/// `GET /people/{id}/change`.
pub(crate) async fn edit(mut member: Member, Id(id): Id<PersonId>) -> Answer {
    let mut conn = member.app().store.read().await?;
    let (person, facts) = place::person(&mut conn, id).await?;
    member.may(Act::ManagePerson(&facts))?;
    place::school_of(&mut member, &mut conn, &facts).await?;
    form(&member, id, &marked(&fields_of(&person))).answer(Faults::default())
}

/// What the form of a person with these names holds.
fn fields(title: &str, given: &str, family: &str, email: Option<&str>) -> Fields {
    Fields::of([
        ("family", family.to_owned()),
        ("given", given.to_owned()),
        ("title", title.to_owned()),
        ("email", email.unwrap_or_default().to_owned()),
    ])
}

fn fields_of(person: &Person) -> Fields {
    fields(&person.title, person.given_name.reveal(), person.family_name.reveal(), person.email.as_deref())
}

/// `POST /people/{id}/change`.
pub(crate) async fn change(mut member: Member, Id(id): Id<PersonId>, sent: Fields) -> Answer {
    let mut tx = member.app().store.write().await?;
    let (person, facts) = place::person(&mut tx, id).await?;
    member.may(Act::ManagePerson(&facts))?;
    let school = place::school_of(&mut member, &mut tx, &facts).await?;
    let mut check = Check::new(&member.page, &sent);
    let names = read_names(&mut check, &sent);
    if !check.is_good() {
        let faults = check.faults();
        return form(&member, id, &sent).answer(faults);
    }
    let (three, email) = ((names.title, names.given.as_str(), names.family.as_str()), names.email.as_deref());
    let asked = fields(three.0, three.1, three.2, email);
    if is_overtaken(&sent, &fields_of(&person), &asked)
        || !people::change_names(&mut tx, &person, three, email, member.now()).await?
    {
        let (person, _) = place::person(&mut tx, id).await?;
        return form(&member, id, &sent).overtaken(&fields_of(&person));
    }
    let of = school.map(|school| school.id);
    place::log(&member, &mut tx, of, ("person.change", &person.login, "")).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&format!("/people/{id}"), "notice-saved"))
}

/// `POST /people/{id}/suspend`.
pub(crate) async fn suspend(member: Member, Id(id): Id<PersonId>) -> Answer {
    set_suspended(member, id, true).await
}

/// `POST /people/{id}/restore`.
pub(crate) async fn restore(member: Member, Id(id): Id<PersonId>) -> Answer {
    set_suspended(member, id, false).await
}

async fn set_suspended(member: Member, id: PersonId, suspended: bool) -> Answer {
    let here = format!("/people/{id}");
    let mut tx = member.app().store.write().await?;
    let (person, facts) = place::person(&mut tx, id).await?;
    member.may(Act::ManagePerson(&facts))?;
    // Nobody shuts themselves out; so the last administrator of the platform stays, too.
    if id == member.id() {
        return Ok(member.see_other_saying(&here, "notice-not-yourself"));
    }
    people::set_suspended(&mut tx, id, suspended, member.now()).await?;
    let epoch = people::credentials_of(&mut tx, id).await?.map_or(0, |row| row.epoch);
    let school = facts.affiliations.first().map(|(school, _)| *school);
    let action = if suspended { "person.suspend" } else { "person.restore" };
    place::log(&member, &mut tx, school, (action, &person.login, "")).await?;
    tx.commit().await?;
    let until = forgotten_after(member.now(), false);
    let epoch = u32::try_from(epoch).unwrap_or(u32::MAX);
    member.app().revoke(Revocation::Person { person: id, epoch, until });
    let notice = if suspended { "notice-suspended" } else { "notice-restored" };
    Ok(member.see_other_saying(&here, notice))
}

/// `POST /people/{id}/profiles`: makes the person something in a school, or ends it.
pub(crate) async fn profiles(member: Member, Id(id): Id<PersonId>, sent: Fields) -> Answer {
    let here = format!("/people/{id}");
    let school = forms::id::<SchoolId>(&sent, "school")?;
    let profile = sent.raw("profile").parse::<Profile>().map_err(|_| PageError::Malformed("profile"))?;
    let mut tx = member.app().store.write().await?;
    let (person, facts) = place::person(&mut tx, id).await?;
    member.may(Act::ManagePerson(&facts))?;
    member.may(Act::ManageSchool(school))?;
    schools::by_id(&mut tx, school).await?.ok_or(PageError::NotFound)?;
    let action = if sent.raw("do") == "end" {
        if id == member.id() && profile == Profile::Administrator {
            return Ok(member.see_other_saying(&here, "notice-not-yourself"));
        }
        people::unaffiliate(&mut tx, id, school, profile).await?;
        for role in roles_of(profile) {
            groups::leave_school(&mut tx, id, school, *role).await?;
        }
        if profile == Profile::Relative {
            // No longer a relative in this school: its pupils' days are not theirs to see.
            people::unrelate_school(&mut tx, id, school).await?;
        }
        people::mark_left(&mut tx, id, member.now()).await?;
        "profile.end"
    } else {
        people::affiliate(&mut tx, id, school, profile, "hand").await?;
        "profile.add"
    };
    place::log(&member, &mut tx, Some(school), (action, &person.login, profile.as_str())).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&here, "notice-saved"))
}

/// The roles in groups that go with a profile.
const fn roles_of(profile: Profile) -> &'static [MemberRole] {
    match profile {
        Profile::Pupil => &[MemberRole::Pupil],
        Profile::Teacher => &[MemberRole::Teacher, MemberRole::HeadTeacher],
        _ => &[],
    }
}

/// `POST /people/{id}/children`: makes the person a relative of a pupil, or ends it.
pub(crate) async fn children(member: Member, Id(id): Id<PersonId>, sent: Fields) -> Answer {
    let here = format!("/people/{id}");
    let mut tx = member.app().store.write().await?;
    let (person, facts) = place::person(&mut tx, id).await?;
    member.may(Act::ManagePerson(&facts))?;
    let login = sent.line("login").to_lowercase();
    let (action, child) = if sent.raw("do") == "end" {
        let child = people::by_login(&mut tx, &login).await?.ok_or(PageError::NotFound)?;
        people::unrelate(&mut tx, id, child.id).await?;
        ("relation.end", child)
    } else {
        let mut child = None;
        for (school, profile) in &facts.affiliations {
            if *profile == Profile::Relative && member.can(Act::ManageSchool(*school)) {
                child = child.or(pupil_of(&mut tx, *school, &login).await?);
            }
        }
        let Some(child) = child else {
            return Ok(member.see_other_saying(&here, "notice-no-such-pupil"));
        };
        people::relate(&mut tx, id, child.id, "", "hand").await?;
        ("relation.add", child)
    };
    let school = facts.affiliations.first().map(|(school, _)| *school);
    place::log(&member, &mut tx, school, (action, &person.login, &child.login)).await?;
    tx.commit().await?;
    Ok(member.see_other_saying(&here, "notice-saved"))
}
