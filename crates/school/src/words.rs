/// A stored word that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("unknown {kind} \"{word}\"")]
pub struct UnknownWord {
    pub kind: &'static str,
    pub word: String,
}

/// Enums of words that the database, the wire and the text of a calendar use.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident ($kind:literal) { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant,)+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word that the database and the wire use.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownWord;
            fn from_str(word: &str) -> Result<Self, $crate::UnknownWord> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownWord { kind: $kind, word: word.chars().take(40).collect() }),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::UnknownWord;
            fn try_from(word: String) -> Result<Self, $crate::UnknownWord> {
                word.parse()
            }
        }
    )*};
}

words! {
    /// What a person is in a school. One person may be several things in several schools.
    Profile ("profile") {
        Pupil = "pupil",
        Relative = "relative",
        Teacher = "teacher",
        /// School life (vie scolaire): attendance, forgotten passwords, codes of pupils.
        SchoolLife = "school_life",
        Head = "head",
        Staff = "staff",
        /// Somebody invited: a speaker, an inspector. Has nothing until something is given.
        Guest = "guest",
        /// Manages the people and groups of this school.
        Administrator = "administrator",
    }

    GroupKind ("kind of group") {
        /// A group of pupils who have most lessons together (6e B).
        Class = "class",
        /// Any other group (Latin, half a class).
        Group = "group",
    }

    /// What a person is in a group.
    MemberRole ("role in a group") {
        Pupil = "pupil",
        Teacher = "teacher",
        /// Head teacher (professeur principal).
        HeadTeacher = "head_teacher",
    }

    /// A région, an académie, a département or a commune.
    TerritoryKind ("kind of territory") {
        Region = "region",
        Academy = "academy",
        Department = "department",
        Commune = "commune",
    }

    /// What a person is in a lesson.
    LessonRole ("role in a lesson") {
        Pupil = "pupil",
        Teacher = "teacher",
        Assistant = "assistant",
        Observer = "observer",
        Guest = "guest",
    }

    /// What somebody of the school does in a lesson that is not theirs, named beforehand by its teacher.
    Help ("help in a lesson") {
        CoTeacher = "co_teacher",
        Assistant = "assistant",
        Observer = "observer",
        Captioner = "captioner",
        Interpreter = "interpreter",
    }
}

impl Profile {
    /// A pupil, or a relative of one.
    pub const fn is_family(self) -> bool {
        matches!(self, Self::Pupil | Self::Relative)
    }

    /// Works for the school: neither of a family nor a guest.
    pub const fn is_staff(self) -> bool {
        !matches!(self, Self::Pupil | Self::Relative | Self::Guest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for profile in Profile::ALL {
            assert_eq!(profile.as_str().parse::<Profile>().ok(), Some(*profile));
        }
        assert!("king".parse::<Profile>().is_err());
    }
}
