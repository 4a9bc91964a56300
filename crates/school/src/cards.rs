//! Sign-in cards, with a QR code and three pictures: whom they are for.

use crate::calendar::{Grade, Kind};

/// What decides whether a pupil gets a card: one class of theirs and its school; the school alone, for whoever is in no class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardFacts {
    pub kind: Option<Kind>,
    pub grade: Option<Grade>,
    /// The school gives cards to its pupils of all grades.
    pub beyond_primary: bool,
}

impl CardFacts {
    /// A card is for those who cannot be asked for a password yet: pupils of nursery and elementary school, by the grade of
    /// their class, or by the kind of school where the class tells none. A school may extend it to all its pupils, such as
    /// those who have just come to the country.
    pub fn gives(self) -> bool {
        let kind = self.grade.map(Grade::kind).or(self.kind);
        self.beyond_primary || kind == Some(Kind::Primary)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_are_for_primary_pupils_unless_the_school_says_more() {
        let check = |kind: Option<Kind>, grade: Option<Grade>, expect: bool| {
            let facts = CardFacts { kind, grade, beyond_primary: false };
            assert_eq!(facts.gives(), expect, "{facts:?}");
            assert!(CardFacts { beyond_primary: true, ..facts }.gives(), "{facts:?}");
        };
        for grade in Grade::ALL.iter().copied() {
            // A collège with a class of CM2 in it, a school without a kind.
            for kind in [Some(Kind::College), Some(Kind::Primary), None] {
                check(kind, Some(grade), grade.kind() == Kind::Primary);
            }
        }
        check(Some(Kind::Primary), None, true);
        check(Some(Kind::College), None, false);
        check(None, None, false);
    }
}
