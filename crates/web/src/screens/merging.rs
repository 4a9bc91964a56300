//! Two accounts of one person, side by side, and made one.

use crate::ids::Id;
use crate::screens::people::AccountState;
use crate::screens::place;
use crate::{Answer, Fields, Member, Page, PageError, forms};
use askama::Template;
use preau_base::PersonId;
use preau_gate::{Revocation, forgotten_after};
use preau_school::login::LOGIN_CHARS_MAX;
use preau_school::{Act, MemberRole, PersonFacts};
use preau_store::people::{self, Found, Merged, Person, Take};
use preau_store::{Conn, StoreError, groups, schools};

#[derive(Template)]
#[template(path = "people/merge.html")]
struct MergePage<'a> {
    page: &'a Page,
    id: PersonId,
    name: String,
    text: String,
    chars_max: usize,
    /// The account that was asked for is none that may be merged.
    unknown: bool,
    namesakes: Vec<Found>,
    sides: Option<[Side; 2]>,
}

/// One of the two accounts.
struct Side {
    person: Person,
    name: String,
    state: AccountState,
    profiles: Vec<String>,
    groups: Vec<String>,
    family: Vec<String>,
}

async fn side(member: &Member, conn: &mut Conn, person: Person, facts: &PersonFacts) -> Result<Side, PageError> {
    let mut profiles = Vec::new();
    for (school, profile) in &facts.affiliations {
        let school = schools::by_id(conn, *school).await?.map(|school| school.name).unwrap_or_default();
        profiles.push(format!("{} · {school}", member.t(&format!("profile-{}", profile.as_str()))));
    }
    let mut names = Vec::new();
    for role in [MemberRole::Pupil, MemberRole::Teacher] {
        names.extend(groups::of_person(conn, facts.id, role).await?.into_iter().map(|group| group.name));
    }
    let mut family = people::children_of(conn, facts.id).await?;
    family.extend(people::relatives_of(conn, facts.id).await?);
    Ok(Side {
        name: format!("{} {}", person.title, person.full_name()).trim().to_owned(),
        state: AccountState::of(member, person.is_suspended(), person.is_active(), person.code_expires_at),
        profiles,
        groups: names,
        family: family.iter().map(Person::full_name).collect(),
        person,
    })
}

/// People of the same name in the same schools whom this person may manage.
async fn namesakes(
    member: &Member,
    conn: &mut Conn,
    person: &Person,
    facts: &PersonFacts,
) -> Result<Vec<Found>, StoreError> {
    let wanted = people::search_name(person.given_name.reveal(), person.family_name.reveal());
    let mut all: Vec<Found> = Vec::new();
    for (school, _) in &facts.affiliations {
        let same = people::search(conn, *school, &wanted, None, 0).await?;
        for found in same.into_iter().filter(|found| found.id != person.id) {
            let manages = match people::facts(conn, found.id).await? {
                Some(other) => member.can(Act::ManagePerson(&other)),
                None => false,
            };
            if manages && all.iter().all(|known| known.id != found.id) {
                all.push(found);
            }
        }
    }
    Ok(all)
}

/// `GET /people/{id}/merge`: the other account is looked for by its login.
pub(crate) async fn preview(mut member: Member, Id(id): Id<PersonId>, asked: Fields) -> Answer {
    let mut conn = member.app().store.read().await?;
    let (person, facts) = place::person(&mut conn, id).await?;
    member.may(Act::ManagePerson(&facts))?;
    place::school_of(&mut member, &mut conn, &facts).await?;
    let text: String = asked.line("with").to_lowercase().chars().take(LOGIN_CHARS_MAX).collect();
    let mut other = None;
    if let Some(found) = people::by_login(&mut conn, &text).await?.filter(|found| found.id != id)
        && let Some(its) = people::facts(&mut conn, found.id).await?
        && member.can(Act::ManagePerson(&its))
    {
        other = Some((found, its));
    }
    let page = MergePage {
        page: &member.page,
        id,
        name: person.full_name(),
        chars_max: LOGIN_CHARS_MAX,
        unknown: !text.is_empty() && other.is_none(),
        namesakes: namesakes(&member, &mut conn, &person, &facts).await?,
        sides: match other {
            Some((other, its)) => {
                let stays = side(&member, &mut conn, person, &facts).await?;
                Some([stays, side(&member, &mut conn, other, &its).await?])
            }
            None => None,
        },
        text,
    };
    member.html(&page)
}

/// `POST /people/{id}/merge`: `other` goes into this one.
pub(crate) async fn merge(member: Member, Id(id): Id<PersonId>, sent: Fields) -> Answer {
    let here = format!("/people/{id}");
    let other: PersonId = forms::id(&sent, "other")?;
    let mut tx = member.app().store.write().await?;
    let (person, facts) = place::person(&mut tx, id).await?;
    member.may(Act::ManagePerson(&facts))?;
    if people::merged_into(&mut tx, other).await? == Some(id) {
        return Ok(member.see_other_saying(&here, "notice-merged"));
    }
    let (goes, its) = place::person(&mut tx, other).await?;
    member.may(Act::ManagePerson(&its))?;
    if other == member.id() {
        return Ok(member.see_other_saying(&here, "notice-not-yourself"));
    }
    let take = Take {
        names: sent.raw("names") == "other",
        login: sent.raw("login") == "other",
        email: sent.raw("email") == "other",
        identity: sent.raw("identity") == "other",
    };
    let merged = people::merge(&mut tx, id, other, take, member.now()).await?;
    if merged == Merged::Impossible {
        return Ok(member.see_other_saying(&here, "notice-no-merge"));
    }
    let school = facts.affiliations.first().or(its.affiliations.first()).map(|(school, _)| *school);
    // By its number: the login of the account that goes is nobody's from now on.
    let stays = if take.login { &goes.login } else { &person.login };
    place::log(&member, &mut tx, school, ("person.merge", stays, &other.to_string())).await?;
    let mut epochs = Vec::new();
    for one in [id, other] {
        epochs.push((one, people::credentials_of(&mut tx, one).await?.map_or(0, |row| row.epoch)));
    }
    tx.commit().await?;
    let until = forgotten_after(member.now(), false);
    for (person, epoch) in epochs {
        let epoch = u32::try_from(epoch).unwrap_or(u32::MAX);
        member.app().revoke(Revocation::Person { person, epoch, until });
    }
    Ok(member.see_other_saying(&here, "notice-merged"))
}
