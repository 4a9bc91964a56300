use preau_base::{Instant, PersonId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Breakout groups: made, then opened for a while, then closed; who is in which stays, so that they can be opened again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breakouts {
    pub open: bool,
    /// When they close by themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<Instant>,
    /// Pupils choose their group by themselves.
    #[serde(default)]
    pub choose: bool,
    /// Group number n is place n; place 0 is the whole class.
    pub groups: Vec<Group>,
}

/// One group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// At most [`crate::limits::LABEL_CHARS_MAX`] characters.
    pub name: String,
    /// Its pupils; with it, leaders who are on a visit.
    pub people: BTreeSet<PersonId>,
    /// It calls for help.
    #[serde(default)]
    pub help: bool,
}

impl Breakouts {
    /// Where a person is: 0 is the whole class.
    pub fn place_of(&self, person: PersonId) -> u8 {
        if self.open { self.group_of(person) } else { 0 }
    }

    /// The place of the group that a person belongs to, open or not; 0: none.
    pub fn group_of(&self, person: PersonId) -> u8 {
        let at = self.groups.iter().position(|group| group.people.contains(&person));
        at.and_then(|at| u8::try_from(at + 1).ok()).unwrap_or(0)
    }

    /// The group of a place.
    pub fn group_mut(&mut self, place: u8) -> Option<&mut Group> {
        self.groups.get_mut(usize::from(place).checked_sub(1)?)
    }

    /// Puts a person into a place, and out of every other.
    pub fn put(&mut self, person: PersonId, place: u8) {
        for group in &mut self.groups {
            group.people.remove(&person);
        }
        if let Some(group) = self.group_mut(place) {
            group.people.insert(person);
        }
    }
}
