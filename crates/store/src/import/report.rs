use crate::limits::IMPORT_LISTED_MAX;
use preau_base::Pii;
use preau_school::feed::{Fault, Kind, Position, Refusal};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What an import did, or would do. Holds keys of people, no names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub source: String,
    pub dry_run: bool,
    /// Records that were taken in.
    pub read: BTreeMap<Kind, u64>,
    pub tallies: BTreeMap<Thing, Tally>,
    pub refused: Listed<Refusal>,
    /// Values that were left out of good records.
    pub doubts: Listed<Doubt>,
    /// Links to what the feed does not contain.
    pub missing: BTreeMap<Link, Listed<Missing>>,
    /// Relatives whom no pupil of the feed's schools names: they get no account.
    pub relatives_unnamed: u64,
    /// Kinds of people of whom nobody was taken to have left, because the feed was incomplete.
    pub not_left: Vec<Kind>,
    /// Schools that could not be applied; nothing of them was changed.
    pub failed: Vec<Failure>,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Thing {
    School,
    Subject,
    Class,
    Group,
    Pupil,
    Relative,
    Staff,
    /// Somebody in a class or a group.
    Membership,
    /// A pupil and a relative.
    Relation,
}

impl Thing {
    pub(super) const fn of(kind: Kind) -> Self {
        match kind {
            Kind::School => Self::School,
            Kind::Subject | Kind::Programme => Self::Subject,
            Kind::Pupil => Self::Pupil,
            Kind::Relative => Self::Relative,
            Kind::Staff => Self::Staff,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    pub created: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub left: u64,
}

/// What became of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Created,
    Changed,
    Unchanged,
    Left,
}

/// All are counted, the first [`IMPORT_LISTED_MAX`] are listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed<T> {
    pub count: u64,
    pub first: Vec<T>,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { count: 0, first: Vec::new() }
    }
}

impl<T> Listed<T> {
    pub(super) fn push(&mut self, make: impl FnOnce() -> T) {
        self.count += 1;
        if self.first.len() < IMPORT_LISTED_MAX {
            self.first.push(make());
        }
    }

    fn absorb(&mut self, other: Self) {
        self.count += other.count;
        let room = IMPORT_LISTED_MAX.saturating_sub(self.first.len());
        self.first.extend(other.first.into_iter().take(room));
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    pub position: Position,
    pub what: Fault,
}

/// A link that leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    pub position: Position,
    /// Key of the record with the link.
    pub from: Pii<String>,
    /// Where it should lead.
    pub to: Pii<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// A pupil whose school the feed does not contain: no account.
    PupilToSchool,
    /// A member of the staff none of whose schools the feed contains: no account.
    StaffToSchool,
    /// A class, a group or a function in a school that the feed does not contain.
    InOtherSchool,
    /// A class or a group that the school does not have.
    ToGroup,
    /// A subject.
    ToSubject,
    /// A relative whom a pupil names.
    PupilToRelative,
    /// A child whom a relative's line names, not found or not to be told from a namesake.
    RelativeToChild,
}

/// A school that could not be applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub position: Position,
    pub uai: String,
    pub reason: Fault,
}

impl Report {
    pub fn tally(&self, thing: Thing) -> Tally {
        self.tallies.get(&thing).copied().unwrap_or_default()
    }

    /// Nothing in the database was, or would be, different afterwards.
    pub fn is_unchanged(&self) -> bool {
        self.tallies.values().all(|tally| (tally.created, tally.changed, tally.left) == (0, 0, 0))
    }

    pub(super) fn count(&mut self, thing: Thing, outcome: Outcome) {
        let tally = self.tallies.entry(thing).or_default();
        let number = match outcome {
            Outcome::Created => &mut tally.created,
            Outcome::Changed => &mut tally.changed,
            Outcome::Unchanged => &mut tally.unchanged,
            Outcome::Left => &mut tally.left,
        };
        *number += 1;
    }

    pub(super) fn miss(&mut self, link: Link, position: &Position, from: &str, to: &str) {
        self.missing.entry(link).or_default().push(|| Missing {
            position: position.clone(),
            from: Pii::new(from.to_owned()),
            to: Pii::new(to.to_owned()),
        });
    }

    /// Adds what one school's transaction did.
    pub(super) fn absorb(&mut self, part: Self) {
        for (thing, more) in part.tallies {
            let tally = self.tallies.entry(thing).or_default();
            tally.created += more.created;
            tally.changed += more.changed;
            tally.unchanged += more.unchanged;
            tally.left += more.left;
        }
        for (link, more) in part.missing {
            self.missing.entry(link).or_default().absorb(more);
        }
    }
}
