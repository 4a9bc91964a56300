use super::grade::{Grade, Kind, Stage};
use super::place::{Departement, Place, Zone};
use super::public::after;
use jiff::civil::Date;

words! {
    /// How there is school on a day.
    Mode ("mode") {
        OnSite = "on_site",
        Distance = "distance",
        /// Half of each group is on site, the other half at a distance.
        HalfGroups = "half_groups",
        NoSchool = "no_school",
    }

    /// When the halves of a group change places.
    Turns ("turn") {
        /// The first half is on site in weeks A.
        Week = "week",
        /// From one weekday to the next; what falls on the first half in weeks A falls on the second in weeks B.
        Day = "day",
    }

    Letter ("week letter") {
        A = "A",
        B = "B",
    }

    /// How weeks A and B alternate.
    Weeks ("kind of weeks") {
        /// From one week with school to the next; a fortnight of holidays changes nothing.
        School = "school",
        /// By the number of the week (ISO 8601): the first letter has the odd ones.
        Iso = "iso",
    }
}

impl Letter {
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// One of the two halves of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Half {
    First,
    Second,
}

impl Half {
    /// 1 or 2, as the database and pages have it.
    pub const fn number(self) -> i64 {
        match self {
            Self::First => 1,
            Self::Second => 2,
        }
    }

    pub const fn of_number(number: i64) -> Option<Self> {
        match number {
            1 => Some(Self::First),
            2 => Some(Self::Second),
            _ => None,
        }
    }

    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }
}

/// What a rule is called on pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    pub fr: String,
    /// Empty: the French one.
    pub en: String,
}

/// When a rule begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With the day.
    Morning(Date),
    /// After the day's lessons: the day itself is as it was.
    Evening(Date),
}

impl Start {
    pub fn first_day(self) -> Date {
        match self {
            Self::Morning(day) => day,
            Self::Evening(day) => after(day),
        }
    }
}

/// Whom a rule is for. An empty list asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector {
    pub zones: Vec<Zone>,
    pub departements: Vec<Departement>,
    /// A named list of départements, which a setting may change.
    pub list: Option<String>,
    pub kinds: Vec<Kind>,
    /// Grades that were named one by one.
    pub grades: Vec<Grade>,
    /// Stages that were named.
    pub stages: Vec<Stage>,
}

impl Selector {
    pub fn has_grade(&self, grade: Grade) -> bool {
        self.grades.contains(&grade) || self.stages.iter().any(|stage| stage.grades().contains(&grade))
    }

    const fn any_grade(&self) -> bool {
        self.grades.is_empty() && self.stages.is_empty()
    }

    /// A rule that names a zone, a département or a kind is not for a school of which that is not known. A group
    /// without a grade is meant when all grades of its school's kind are.
    pub(super) fn fits(&self, place: Place, grade: Option<Grade>, listed: &[Departement]) -> bool {
        let zone = self.zones.is_empty() || place.zone.is_some_and(|zone| self.zones.contains(&zone));
        let asks_departement = !self.departements.is_empty() || self.list.is_some();
        let in_departement = |it: Departement| self.departements.contains(&it) || listed.contains(&it);
        let departement = !asks_departement || place.departement.is_some_and(in_departement);
        let kind = self.kinds.is_empty() || place.kind.is_some_and(|kind| self.kinds.contains(&kind));
        let grade = self.any_grade()
            || match (grade, place.kind) {
                (Some(grade), _) => self.has_grade(grade),
                (None, Some(kind)) => kind.grades().iter().all(|grade| self.has_grade(*grade)),
                (None, None) => false,
            };
        zone && departement && kind && grade
    }
}

/// From a day to a day, for some, school is in this way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub label: Label,
    pub start: Start,
    /// The last day, included.
    pub to: Date,
    pub selector: Selector,
    pub mode: Mode,
    /// For [`Mode::HalfGroups`].
    pub turns: Turns,
}

impl Rule {
    pub fn covers(&self, day: Date) -> bool {
        self.start.first_day() <= day && day <= self.to
    }
}
