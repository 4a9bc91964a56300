//! What the pages about a school, a group or a person begin with: the thing itself, after the right to it.

use crate::{Member, PageError};
use jiff::tz::TimeZone;
use preau_base::{GroupId, PersonId, SchoolId};
use preau_school::{Act, PersonFacts};
use preau_store::groups::{self, Group};
use preau_store::people::{self, Person};
use preau_store::schools::{self, School};
use preau_store::{Conn, audit};
use std::collections::HashMap;

/// A school, after asking for `act` on it; the page takes its name and its time zone.
pub(crate) async fn school(
    member: &mut Member,
    conn: &mut Conn,
    id: SchoolId,
    act: Act<'_>,
) -> Result<School, PageError> {
    member.may(act)?;
    let school = schools::by_id(conn, id).await?.ok_or(PageError::NotFound)?;
    at(member, &school);
    Ok(school)
}

/// The page is about this school: its name in the header, its clock.
pub(crate) fn at(member: &mut Member, school: &School) {
    if let Ok(zone) = TimeZone::get(&school.time_zone) {
        member.page.zone = zone;
    }
    member.page.place = Some(school.name.clone());
}

/// A group and its school, after asking for an act on it.
pub(crate) async fn group<'a>(
    member: &mut Member,
    conn: &mut Conn,
    id: GroupId,
    act: impl FnOnce(&Group) -> Act<'a>,
) -> Result<(Group, School), PageError> {
    let group = groups::by_id(conn, id).await?.ok_or(PageError::NotFound)?;
    member.may(act(&group))?;
    let school = schools::by_id(conn, group.school_id).await?.ok_or(PageError::NotFound)?;
    at(member, &school);
    Ok((group, school))
}

/// A person and the facts that rights are made of. The caller asks for an act on them.
pub(crate) async fn person(conn: &mut Conn, id: PersonId) -> Result<(Person, PersonFacts), PageError> {
    let facts = people::facts(conn, id).await?.ok_or(PageError::NotFound)?;
    let person = people::by_id(conn, id).await?.ok_or(PageError::NotFound)?;
    Ok((person, facts))
}

/// The children whose day the person may see, by name: two statements however many there are.
pub(crate) async fn children(member: &Member, conn: &mut Conn) -> Result<Vec<(Person, PersonFacts)>, PageError> {
    let mut facts = facts_of_children(member, conn).await?;
    if facts.is_empty() {
        return Ok(Vec::new());
    }
    let named = people::children_of(conn, member.id()).await?;
    let with_facts = named.into_iter().filter_map(|child| facts.remove(&child.id).map(|facts| (child, facts)));
    Ok(with_facts.filter(|(_, facts)| member.can(Act::SeeDayOf(facts))).collect())
}

/// The facts about the children whose day the person may see.
pub(crate) async fn facts_of_children(
    member: &Member,
    conn: &mut Conn,
) -> Result<HashMap<PersonId, PersonFacts>, PageError> {
    if member.actor.children.is_empty() {
        return Ok(HashMap::new());
    }
    let mut facts = people::facts_of_children(conn, member.id()).await?;
    facts.retain(|child, _| member.actor.children.contains(child));
    Ok(facts)
}

/// The first school of a person, whose name and clock the page takes.
pub(crate) async fn school_of(
    member: &mut Member,
    conn: &mut Conn,
    facts: &PersonFacts,
) -> Result<Option<School>, PageError> {
    let Some((id, _)) = facts.affiliations.first() else { return Ok(None) };
    let school = schools::by_id(conn, *id).await?;
    if let Some(school) = &school {
        at(member, school);
    }
    Ok(school)
}

/// Writes what `member` does into the audit log, in the transaction of the act itself.
pub(crate) async fn log(
    member: &Member,
    conn: &mut Conn,
    school: Option<SchoolId>,
    (action, target, detail): (&str, &str, &str),
) -> Result<(), PageError> {
    let entry = audit::Entry { actor: Some(member.id()), action, target, school, detail };
    Ok(audit::append(conn, &entry, member.now()).await?)
}
