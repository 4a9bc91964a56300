//! The facts that rights are made of: about whoever acts, and about what they act upon.

use crate::{GroupKind, MemberRole, Profile};
use preau_base::{GroupId, Instant, LessonId, PersonId, SchoolId, TerritoryId};
use std::collections::HashSet;
use std::sync::Arc;

/// What a relative may know and do for one child. Separated parents may have different rights; the school sets them,
/// and where it has not, they follow from what the relative is to the child ([`RelationRights::of_kind`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RelationRights {
    /// Sees timetable, lesson log, work and hand-ins.
    pub sees_day: bool,
    /// Sees absences, and is told of them.
    pub sees_attendance: bool,
    /// May declare an absence, or that the child could not connect.
    pub may_declare: bool,
    /// May sign for the child, and ask for the child's data.
    pub may_sign: bool,
}

impl RelationRights {
    pub const ALL: Self = Self { sees_day: true, sees_attendance: true, may_declare: true, may_sign: true };
    /// Those of somebody who is only called, and of whoever is barred.
    pub const NONE: Self = Self { sees_day: false, sees_attendance: false, may_declare: false, may_sign: false };

    /// What goes with the word of `relation.kind` where the school has said nothing else: `contact` is somebody to call,
    /// `in_charge` looks after the child without being its legal representative, everything else is one.
    pub fn of_kind(kind: &str) -> Self {
        match kind {
            "contact" => Self::NONE,
            "in_charge" => Self { may_sign: false, ..Self::ALL },
            _ => Self::ALL,
        }
    }
}

/// The facts about a signed-in person that rights are made of.
#[derive(Clone, Debug)]
pub struct Actor {
    pub person: PersonId,
    pub platform_admin: bool,
    pub affiliations: Vec<(SchoolId, Profile)>,
    pub memberships: Vec<(GroupId, MemberRole)>,
    /// The children whose day this person may see.
    pub children: Vec<PersonId>,
    /// What this person may do for each child; a barred relation is not there.
    pub relations: Vec<(PersonId, RelationRights)>,
    /// Territories that this person administers, and all below them.
    pub territories: Arc<HashSet<TerritoryId>>,
    /// The schools below those territories.
    pub governs: Arc<HashSet<SchoolId>>,
}

impl Actor {
    /// Somebody who is nothing anywhere yet.
    pub fn nobody(person: PersonId) -> Self {
        Self {
            person,
            platform_admin: false,
            affiliations: Vec::new(),
            memberships: Vec::new(),
            children: Vec::new(),
            relations: Vec::new(),
            territories: Arc::default(),
            governs: Arc::default(),
        }
    }

    pub fn is(&self, school: SchoolId, profiles: &[Profile]) -> bool {
        self.affiliations.iter().any(|(at, profile)| *at == school && profiles.contains(profile))
    }

    pub fn is_somewhere(&self, profile: Profile) -> bool {
        self.affiliations.iter().any(|(_, is)| *is == profile)
    }

    /// Works for a school, a territory or the platform: sees data of others.
    pub fn is_staff(&self) -> bool {
        self.platform_admin || !self.territories.is_empty() || self.affiliations.iter().any(|(_, is)| is.is_staff())
    }

    /// Somebody of this school. An invited guest is not, and learns nothing of what there is.
    pub fn belongs_to(&self, school: SchoolId) -> bool {
        self.affiliations.iter().any(|(at, profile)| *at == school && *profile != Profile::Guest)
    }

    /// Manages the school: as its administrator, as one of a territory above it, or of the platform.
    pub fn administers(&self, school: SchoolId) -> bool {
        self.platform_admin || self.governs.contains(&school) || self.is(school, &[Profile::Administrator])
    }

    /// Sees the whole school: whoever leads it, its school life, whoever administers it.
    pub fn oversees(&self, school: SchoolId) -> bool {
        self.administers(school) || self.is(school, &[Profile::Head, Profile::SchoolLife])
    }

    /// What this person may do for a child; nothing for one who is not theirs.
    pub fn relation_to(&self, child: PersonId) -> RelationRights {
        let known = self.relations.iter().find(|(of, _)| *of == child);
        known.map_or(RelationRights::NONE, |(_, rights)| *rights)
    }

    pub(super) fn teaches(&self, group: GroupId) -> bool {
        let teaching = [MemberRole::Teacher, MemberRole::HeadTeacher];
        self.memberships.iter().any(|(of, role)| *of == group && teaching.contains(role))
    }

    /// A teacher of `school` who teaches one of `groups`. A membership alone gives nothing: somebody who has left the
    /// school may still stand in a group that was assigned by hand.
    pub fn teaches_one_of(&self, groups: &[GroupId], school: SchoolId) -> bool {
        self.is(school, &[Profile::Teacher]) && groups.iter().any(|group| self.teaches(*group))
    }

    pub fn teaches_pupil(&self, person: &PersonFacts) -> bool {
        person.is_only(Profile::Pupil)
            && person.affiliations.iter().any(|(school, _)| self.teaches_one_of(&person.pupil_of, *school))
    }

    pub fn is_pupil_of(&self, group: GroupId) -> bool {
        self.memberships.iter().any(|(of, role)| *of == group && *role == MemberRole::Pupil)
    }
}

/// The facts about a group that rights are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupFacts {
    pub id: GroupId,
    pub school: SchoolId,
    pub kind: GroupKind,
}

/// The facts about a lesson that rights are made of.
#[derive(Clone, Debug)]
pub struct LessonFacts {
    pub id: LessonId,
    pub school: SchoolId,
    pub groups: Vec<GroupId>,
    pub teachers: Vec<PersonId>,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub cancelled: bool,
    pub closed: bool,
    /// The calendar has no school for any of its groups on its day.
    pub no_school: bool,
}

/// The facts about another person that rights are made of.
#[derive(Clone, Debug)]
pub struct PersonFacts {
    pub id: PersonId,
    pub platform_admin: bool,
    /// Administers a territory.
    pub governs: bool,
    pub affiliations: Vec<(SchoolId, Profile)>,
    /// Groups of which this person is a pupil.
    pub pupil_of: Vec<GroupId>,
}

impl PersonFacts {
    /// Has power beyond a school; only the platform's administrators change such people.
    pub const fn is_above_schools(&self) -> bool {
        self.platform_admin || self.governs
    }

    pub fn is_only(&self, profile: Profile) -> bool {
        !self.is_above_schools()
            && !self.affiliations.is_empty()
            && self.affiliations.iter().all(|(_, is)| *is == profile)
    }

    pub fn is_family(&self) -> bool {
        !self.is_above_schools()
            && !self.affiliations.is_empty()
            && self.affiliations.iter().all(|(_, is)| matches!(is, Profile::Pupil | Profile::Relative))
    }

    /// The schools of which this person is a pupil.
    pub fn schools_as_pupil(&self) -> impl Iterator<Item = SchoolId> {
        self.affiliations.iter().filter(|(_, profile)| *profile == Profile::Pupil).map(|(school, _)| *school)
    }
}
