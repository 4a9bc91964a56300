//! Documents and pictures on the board of a live class.

use super::{Actor, LessonFacts, Refusal, Why, lesson_role};
use crate::LessonRole;

/// How somebody stands in a live class, as the class itself says; nobody stands in it at its door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InClass {
    pub leads: bool,
    /// By the class's rules, one's own exceptions, and the group in which one is.
    pub may_draw: bool,
}

/// What somebody wants to do with a document of a live class. That it exists is known in the class alone.
#[derive(Clone, Copy, Debug)]
pub enum DocumentAct<'a> {
    /// See its pages: whom the class shows it now (`true`), as it stands on the board of the place where they are; and the
    /// lesson's teachers, also before and after.
    Read(&'a LessonFacts, bool),
    /// Put a document on the board.
    Add(Option<InClass>),
    /// Put a picture on a page.
    AddPicture(Option<InClass>),
}

pub(super) fn may(actor: &Actor, act: DocumentAct<'_>) -> Result<(), Refusal> {
    let only = |standing: Option<InClass>, may: fn(InClass) -> bool| match standing {
        None => Err(Refusal::Hidden),
        Some(standing) if may(standing) => Ok(()),
        Some(_) => Err(Refusal::Forbidden(Why::Role)),
    };
    match act {
        DocumentAct::Read(lesson, is_shown) => {
            let teaches = lesson_role(actor, lesson) == Some(LessonRole::Teacher);
            if is_shown || teaches { Ok(()) } else { Err(Refusal::Hidden) }
        }
        DocumentAct::Add(standing) => only(standing, |standing| standing.leads),
        DocumentAct::AddPicture(standing) => only(standing, |standing| standing.leads || standing.may_draw),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Act, MemberRole, Profile};
    use preau_base::{GroupId, Instant, LessonId, PersonId, SchoolId, SeededRng};

    #[test]
    fn documents_are_of_the_class_and_of_nobody_else() {
        let rng = &mut SeededRng::new(1);
        let at = Instant::from_secs;
        let (school, class, teacher) = (SchoolId::new(at(0), rng), GroupId::new(at(0), rng), PersonId::new(at(0), rng));
        let lesson = LessonFacts {
            id: LessonId::new(at(0), rng),
            school,
            groups: vec![class],
            teachers: vec![teacher],
            starts_at: at(1_000),
            ends_at: at(2_000),
            cancelled: false,
            closed: true,
            no_school: false,
        };
        let of = |person, profile| Actor { affiliations: vec![(school, profile)], ..Actor::nobody(person) };
        let hers = of(teacher, Profile::Teacher);
        let pupil =
            Actor { memberships: vec![(class, MemberRole::Pupil)], ..of(PersonId::new(at(0), rng), Profile::Pupil) };
        let head = of(PersonId::new(at(0), rng), Profile::Head);
        let in_class = |leads, may_draw| Some(InClass { leads, may_draw });
        let forbidden = Err(Refusal::Forbidden(Why::Role));
        let check = |actor: &Actor, act, expect| {
            assert_eq!(crate::may(actor, Act::Document(act), at(1_500)), expect, "{actor:?} {act:?}");
        };
        // In the class leaders add, and those who may draw add pictures.
        for (actor, standing, add, picture) in [
            (&hers, in_class(true, true), Ok(()), Ok(())),
            (&pupil, in_class(false, true), forbidden, Ok(())),
            (&pupil, in_class(false, false), forbidden, forbidden),
            (&head, in_class(false, false), forbidden, forbidden),
            (&hers, None, Err(Refusal::Hidden), Err(Refusal::Hidden)),
            (&pupil, None, Err(Refusal::Hidden), Err(Refusal::Hidden)),
        ] {
            check(actor, DocumentAct::Add(standing), add);
            check(actor, DocumentAct::AddPicture(standing), picture);
        }
        // Everybody sees what the class shows; anything else only its teacher, also when it is over.
        check(&hers, DocumentAct::Read(&lesson, false), Ok(()));
        for actor in [&hers, &pupil, &head] {
            check(actor, DocumentAct::Read(&lesson, true), Ok(()));
        }
        for actor in [&pupil, &head] {
            check(actor, DocumentAct::Read(&lesson, false), Err(Refusal::Hidden));
        }
    }
}
