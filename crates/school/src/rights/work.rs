//! Work to be done at home: who reads it, hands it in, corrects it, and sees what was handed in.

use super::{Act, Actor, GroupFacts, PersonFacts, Refusal, Why, may};
use preau_base::{HomeworkId, Instant, PersonId, SchoolId};

/// The facts about a piece of homework that rights are made of.
#[derive(Clone, Debug)]
pub struct HomeworkFacts {
    pub id: HomeworkId,
    pub school: SchoolId,
    pub group: GroupFacts,
    pub author: PersonId,
    /// The pupils it is for; `None`: the whole group.
    pub chosen: Option<Vec<PersonId>>,
    /// Pupils and relatives see it from then on.
    pub visible_at: Instant,
}

impl HomeworkFacts {
    /// Whether this pupil has it to do.
    pub fn is_for(&self, pupil: &PersonFacts) -> bool {
        is_for(self, pupil.id, pupil.pupil_of.contains(&self.group.id))
    }
}

/// What somebody wants to do with work.
#[derive(Clone, Copy, Debug)]
pub enum WorkAct<'a> {
    /// Read what is to be done, and the files with it.
    Read(&'a HomeworkFacts),
    /// Read it as a relative of this pupil.
    ReadFor(&'a HomeworkFacts, &'a PersonFacts),
    /// Keep a draft, hand in, tick as done.
    HandIn(&'a HomeworkFacts),
    /// Change it or take it back.
    Change(&'a HomeworkFacts),
    /// See who has handed in, correct, give back, grant more time.
    Correct(&'a HomeworkFacts),
    /// See what this pupil handed in, and its correction.
    SeeHandIn(&'a HomeworkFacts, &'a PersonFacts),
    /// Go on with an upload that this person has begun.
    ResumeUpload(PersonId),
}

pub(super) fn work(actor: &Actor, act: WorkAct<'_>, now: Instant) -> Result<(), Refusal> {
    match act {
        WorkAct::Read(homework) => read(actor, homework, now),
        WorkAct::ReadFor(homework, child) => {
            let sees = actor.children.contains(&child.id) && homework.is_for(child) && now >= homework.visible_at;
            if sees { Ok(()) } else { read(actor, homework, now) }
        }
        WorkAct::HandIn(homework) => {
            let mine = is_for(homework, actor.person, actor.is_pupil_of(homework.group.id));
            if mine && now >= homework.visible_at { Ok(()) } else { Err(refused(actor, homework, now)) }
        }
        WorkAct::Change(homework) => {
            let is_author = homework.author == actor.person && teaches(actor, homework);
            if is_author { Ok(()) } else { Err(refused(actor, homework, now)) }
        }
        WorkAct::Correct(homework) => {
            if teaches(actor, homework) {
                Ok(())
            } else {
                Err(refused(actor, homework, now))
            }
        }
        WorkAct::SeeHandIn(homework, pupil) => {
            let sees = actor.person == pupil.id || actor.children.contains(&pupil.id) || teaches(actor, homework);
            if sees { Ok(()) } else { Err(refused(actor, homework, now)) }
        }
        WorkAct::ResumeUpload(owner) => {
            if actor.person == owner {
                Ok(())
            } else {
                Err(Refusal::Hidden)
            }
        }
    }
}

fn teaches(actor: &Actor, homework: &HomeworkFacts) -> bool {
    actor.teaches_one_of(&[homework.group.id], homework.school)
}

fn is_for(homework: &HomeworkFacts, person: PersonId, in_group: bool) -> bool {
    in_group && homework.chosen.as_ref().is_none_or(|chosen| chosen.contains(&person))
}

fn read(actor: &Actor, homework: &HomeworkFacts, now: Instant) -> Result<(), Refusal> {
    let mine = is_for(homework, actor.person, actor.is_pupil_of(homework.group.id));
    if mine && now >= homework.visible_at { Ok(()) } else { may(actor, Act::SeeGroup(homework.group), now) }
}

/// Whoever may read it knows that it exists; nobody else learns it.
fn refused(actor: &Actor, homework: &HomeworkFacts, now: Instant) -> Refusal {
    match read(actor, homework, now) {
        Ok(()) => Refusal::Forbidden(Why::Role),
        Err(refusal) => refusal,
    }
}

#[cfg(test)]
mod tests;
