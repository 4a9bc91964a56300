//! What a directory feed says, whatever the format it came in (AAF, CSV): one [`Entry`] a record, in any order.
//!
//! Records name each other by the feed's own keys (join keys in AAF) and classes by school and name, because feeds
//! give classes no record of their own. Whether those links lead anywhere is found out when the feed is applied.

pub mod fault;
mod staff;
mod text;
pub mod timetable;

pub use fault::Fault;
pub use staff::{Function, FunctionKind, Staff, Teaching};
pub use text::{Folded, fold, tidy};

use jiff::civil::Date;
use preau_base::Pii;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where a record stands, for people who have to look it up.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// The file's name without its folder.
    pub file: String,
    /// Line on which the record begins, from 1.
    pub line: u64,
    /// Number of the record in its file, from 1; 0 for the file as a whole.
    pub record: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        if self.record > 0 { write!(f, " (#{})", self.record) } else { Ok(()) }
    }
}

/// One record of a feed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub position: Position,
    pub record: Record,
    /// Values that were left out because they make no sense; the record itself is good.
    pub doubts: Vec<Fault>,
}

/// One record, or part of a file, that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    pub position: Position,
    pub kind: Option<Kind>,
    /// The record's key where it could be read.
    pub key: Option<Pii<String>>,
    pub scope: Scope,
    /// What is wrong.
    pub reason: Fault,
}

/// How much a [`Refusal`] loses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// This record; the next ones are read.
    Record,
    /// Everything from here to the end of the file.
    RestOfFile,
}

/// What a parser yields.
pub type Item = Result<Entry, Refusal>;

/// The kinds of records, in the order in which they are best applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    School,
    Subject,
    /// A course of study (MEF).
    Programme,
    Pupil,
    Relative,
    Staff,
}

impl Kind {
    pub const ALL: [Self; 6] = [Self::School, Self::Subject, Self::Programme, Self::Pupil, Self::Relative, Self::Staff];

    /// The word under which the kind is stored and reported.
    pub const fn name(self) -> &'static str {
        match self {
            Self::School => "school",
            Self::Subject => "subject",
            Self::Programme => "programme",
            Self::Pupil => "pupil",
            Self::Relative => "relative",
            Self::Staff => "staff",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Record {
    School(School),
    Subject(Subject),
    Programme(Programme),
    Pupil(Pupil),
    Relative(Relative),
    Staff(Staff),
}

impl Record {
    pub const fn kind(&self) -> Kind {
        match self {
            Self::School(_) => Kind::School,
            Self::Subject(_) => Kind::Subject,
            Self::Programme(_) => Kind::Programme,
            Self::Pupil(_) => Kind::Pupil,
            Self::Relative(_) => Kind::Relative,
            Self::Staff(_) => Kind::Staff,
        }
    }

    /// The key that is unique within the feed for this kind.
    pub fn key(&self) -> &str {
        match self {
            Self::School(it) => &it.key,
            Self::Subject(it) => &it.key,
            Self::Programme(it) => &it.key,
            Self::Pupil(it) => it.key.reveal(),
            Self::Relative(it) => it.key.reveal(),
            Self::Staff(it) => it.key.reveal(),
        }
    }
}

/// A school (établissement).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct School {
    pub key: String,
    /// 7 digits and a letter.
    pub uai: String,
    /// None where the feed names the school by its UAI only (CSV).
    pub name: Option<String>,
    /// The ministry's type, such as `COLLEGE`; empty when not given.
    pub kind: String,
    pub street: String,
    pub postal_code: String,
    pub city: String,
    pub academy: String,
    /// Names of classes and groups that the school declares; pupils and staff may name others.
    pub classes: Vec<String>,
    pub groups: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    pub key: String,
    pub label: String,
}

/// A course of study (MEF, "module élémentaire de formation").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Programme {
    pub key: String,
    pub label: String,
}

/// The name of a person as the feed writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Name {
    pub family: Pii<String>,
    /// May be empty: some people have one name only.
    pub given: Pii<String>,
}

impl Name {
    pub fn new(family: &str, given: &str) -> Self {
        Self { family: Pii::new(tidy(family)), given: Pii::new(tidy(given)) }
    }
}

/// A class or a group, by the school that has it and its name there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GroupLink {
    pub school: String,
    pub name: String,
}

impl GroupLink {
    pub fn new(school: &str, name: &str) -> Self {
        Self { school: school.to_owned(), name: name.to_owned() }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pupil {
    pub key: Pii<String>,
    pub name: Name,
    pub birth_date: Option<Pii<Date>>,
    /// The national pupil number.
    pub ine: Option<Pii<String>>,
    pub mail: Option<Pii<String>>,
    /// Key of the school; None when the feed attaches the pupil to none.
    pub school: Option<String>,
    pub classes: Vec<GroupLink>,
    pub groups: Vec<GroupLink>,
    /// Keys of the subjects that the pupil is taught.
    pub subjects: Vec<String>,
    pub relatives: Vec<RelativeLink>,
}

/// A pupil's word about one of their relatives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelativeLink {
    pub key: Pii<String>,
    pub role: RelativeRole,
}

/// What a relative is to a pupil, in the eyes of the school.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelativeRole {
    /// Legal representative (AAF: 1).
    Legal,
    /// Person in charge (AAF: 2).
    InCharge,
    /// Somebody to call, without rights over the pupil's schooling (AAF: 0).
    Contact,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Relative {
    pub key: Pii<String>,
    pub name: Name,
    /// Mme, M., or nothing.
    pub title: String,
    pub mail: Option<Pii<String>>,
    /// Key of the school whose table the relative stands in (CSV); None in AAF.
    pub school: Option<String>,
    /// Children that the relative's own record names (CSV); in AAF it is the pupil who names the relative.
    pub children: Vec<ChildLink>,
}

/// A child as a parent's line in a CSV file names it: by its key, or by its name in the same school, with its
/// class to tell namesakes apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChildLink {
    Key(Pii<String>),
    Named { name: Name, class: Option<String> },
}
