//! What a timetable feed says, whatever the format it came in (EDT, UDT, iCalendar).

use super::{Position, Refusal};
use crate::GroupKind;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

/// A lesson that comes back, with every day on which it takes place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recurring {
    pub position: Position,
    /// The same in every delivery of the feed, and no other's in this one.
    pub key: String,
    /// By the school's clock.
    pub start: Time,
    /// By the school's clock, after `start` on the same day.
    pub end: Time,
    /// Sorted, each once. Never empty.
    pub days: Vec<Date>,
    /// Those of `days` on which the feed says that it is cancelled. Sorted.
    pub cancelled: Vec<Date>,
    pub subject: Subject,
    /// Names joined by commas; empty when the feed names none.
    pub room: String,
    pub groups: Vec<Group>,
    pub teachers: Vec<Teacher>,
}

/// A subject by its code in the feed and its label.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Subject {
    pub code: String,
    pub label: String,
}

/// A class or a group, named as the directory feed names it, one hopes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Group {
    pub kind: GroupKind,
    pub name: String,
}

/// A teacher, to be found by the join key if the feed has one, else by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Teacher {
    /// The directory's join key (UDT's `epj`); empty in EDT.
    pub key: String,
    pub family_name: String,
    pub given_name: String,
}

/// A pupil, to be found by name and birth date.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pupil {
    pub family_name: String,
    pub given_name: String,
    pub birth: Option<Date>,
}

/// A pupil's place in a group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    pub group: Group,
    pub pupil: Pupil,
    /// First and last day; none: from the beginning, to the end of the year.
    pub from: Option<Date>,
    pub to: Option<Date>,
}

/// A whole timetable feed, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timetable {
    pub lessons: Vec<Recurring>,
    /// Who is in which group, where the feed tells it; sorted, each once.
    pub members: Vec<Member>,
    /// What could not be read, with the place where it stands.
    pub refusals: Vec<Refusal>,
}

impl Timetable {
    /// How many lessons on how many days: what the feed comes to.
    pub fn hours(&self) -> usize {
        self.lessons.iter().map(|lesson| lesson.days.len()).sum()
    }
}
