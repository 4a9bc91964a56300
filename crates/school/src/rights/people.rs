//! People: who sees, changes and lets in whom.

use super::{Actor, GroupFacts, PersonFacts, Refusal, Why, allow, in_school};
use crate::Profile;
use crate::cards::CardFacts;
use preau_base::SchoolId;

pub(super) fn see_person(actor: &Actor, person: &PersonFacts) -> Result<(), Refusal> {
    if actor.person == person.id || actor.platform_admin || actor.children.contains(&person.id) {
        return Ok(());
    }
    let sees = person.affiliations.iter().any(|(school, _)| actor.oversees(*school)) || actor.teaches_pupil(person);
    if sees { Ok(()) } else { Err(Refusal::Hidden) }
}

pub(super) fn see_day_of(actor: &Actor, person: &PersonFacts) -> Result<(), Refusal> {
    let oversees = [Profile::Head, Profile::SchoolLife];
    let sees = actor.person == person.id
        || actor.children.contains(&person.id)
        || person.schools_as_pupil().any(|school| actor.is(school, &oversees));
    if sees { Ok(()) } else { Err(Refusal::Hidden) }
}

/// National number and birth date are for those who keep the school's register, for nobody else: whoever administers the
/// school for all its people, school life for its pupils.
pub(super) fn see_identity(actor: &Actor, person: &PersonFacts) -> Result<(), Refusal> {
    let administers = person.affiliations.iter().any(|(school, _)| actor.administers(*school));
    if administers || person.schools_as_pupil().any(|school| actor.is(school, &[Profile::SchoolLife])) {
        return Ok(());
    }
    see_person(actor, person)?;
    Err(Refusal::Forbidden(Why::Role))
}

/// One's own data; a pupil's also those who may sign for them, until the pupil may ask alone (GDPR art. 8, in France 15).
pub(super) fn export_data(actor: &Actor, person: &PersonFacts, under_15: bool) -> Result<(), Refusal> {
    if actor.person == person.id || (under_15 && actor.relation_to(person.id).may_sign) {
        return Ok(());
    }
    see_person(actor, person)?;
    Err(Refusal::Forbidden(Why::Role))
}

/// Who may say what a pupil's relatives see and do, and bar one of them.
pub(super) fn set_relations(actor: &Actor, pupil: &PersonFacts) -> Result<(), Refusal> {
    if pupil.schools_as_pupil().any(|school| actor.oversees(school)) {
        return Ok(());
    }
    see_person(actor, pupil)?;
    Err(Refusal::Forbidden(Why::Role))
}

/// A teacher for the pupils of the groups they teach, school life for families, an administrator for everybody of their school.
pub(super) fn reset_password(actor: &Actor, person: &PersonFacts) -> Result<(), Refusal> {
    if manage_person(actor, person).is_ok() {
        return Ok(());
    }
    see_person(actor, person)?;
    let as_school_life = person.is_family()
        && person.affiliations.iter().any(|(school, _)| actor.is(*school, &[Profile::SchoolLife, Profile::Head]));
    allow(actor.person != person.id && (as_school_life || actor.teaches_pupil(person)))
}

/// Sign-in cards are for the youngest pupils alone: a card is less than a password, and a pupil sees only their own.
pub(super) fn give_card(actor: &Actor, person: &PersonFacts, classes: &[CardFacts]) -> Result<(), Refusal> {
    revoke_card(actor, person)?;
    allow(has_card(person, classes))
}

pub(super) fn revoke_card(actor: &Actor, person: &PersonFacts) -> Result<(), Refusal> {
    reset_password(actor, person)?;
    allow(person.is_only(Profile::Pupil))
}

/// A card opens this account: of a pupil, who is nothing else, in a class that has cards. One that was given before the pupil
/// left primary school opens nothing any more.
pub fn has_card(person: &PersonFacts, classes: &[CardFacts]) -> bool {
    person.is_only(Profile::Pupil) && classes.iter().any(|class| class.gives())
}

pub(super) fn print_cards(actor: &Actor, group: GroupFacts) -> Result<(), Refusal> {
    let prints = actor.oversees(group.school) || actor.teaches_one_of(&[group.id], group.school);
    in_school(actor, group.school, prints)
}

pub(super) fn print_codes(actor: &Actor, school: SchoolId, profile: Profile) -> Result<(), Refusal> {
    let may_print = if profile.is_family() { actor.oversees(school) } else { actor.administers(school) };
    in_school(actor, school, may_print)
}

/// People with power beyond a school are changed by the platform's administrators only; whoever administers schools changes
/// people who have no affiliation elsewhere that this administrator does not manage as well.
pub(super) fn manage_person(actor: &Actor, person: &PersonFacts) -> Result<(), Refusal> {
    if actor.platform_admin {
        return Ok(());
    }
    let all_mine =
        !person.affiliations.is_empty() && person.affiliations.iter().all(|(school, _)| actor.administers(*school));
    if all_mine && !person.is_above_schools() {
        return Ok(());
    }
    see_person(actor, person)?;
    Err(Refusal::Forbidden(Why::Role))
}
