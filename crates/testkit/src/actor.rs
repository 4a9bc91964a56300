/// The actors of the seeded school. Each but [`Who::Anonymous`] has an account with the password [`crate::PASSWORD`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Who {
    Anonymous,
    /// Léa Martin, of 6e B.
    Pupil,
    /// Tom Petit, of 6e B.
    Classmate,
    /// Max Autre, of 5e C.
    PupilElsewhere,
    /// Anne Martin, mother of the pupil.
    Parent,
    /// Claire Fontaine, who teaches 6e B and has its lesson now.
    Teacher,
    Head,
    SchoolLife,
    /// Manages the people of the school.
    Administrator,
    /// Administers the whole platform and is nothing in any school.
    PlatformAdmin,
    /// A teacher and administrator of another school.
    Stranger,
}

impl Who {
    pub const ALL: [Self; 11] = [
        Self::Anonymous,
        Self::Pupil,
        Self::Classmate,
        Self::PupilElsewhere,
        Self::Parent,
        Self::Teacher,
        Self::Head,
        Self::SchoolLife,
        Self::Administrator,
        Self::PlatformAdmin,
        Self::Stranger,
    ];

    /// What they sign in with; empty for nobody.
    pub const fn login(self) -> &'static str {
        match self {
            Self::Anonymous => "",
            Self::Pupil => "lea.martin",
            Self::Classmate => "tom.petit",
            Self::PupilElsewhere => "max.autre",
            Self::Parent => "anne.martin",
            Self::Teacher => "claire.fontaine",
            Self::Head => "paul.roux",
            Self::SchoolLife => "julie.moreau",
            Self::Administrator => "alain.gestion",
            Self::PlatformAdmin => "paula.plateforme",
            Self::Stranger => "eve.ailleurs",
        }
    }

    pub(crate) const fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Anonymous => ("", "", ""),
            Self::Pupil => ("", "Léa", "Martin"),
            Self::Classmate => ("", "Tom", "Petit"),
            Self::PupilElsewhere => ("", "Max", "Autre"),
            Self::Parent => ("Mme", "Anne", "Martin"),
            Self::Teacher => ("Mme", "Claire", "Fontaine"),
            Self::Head => ("M.", "Paul", "Roux"),
            Self::SchoolLife => ("Mme", "Julie", "Moreau"),
            Self::Administrator => ("M.", "Alain", "Gestion"),
            Self::PlatformAdmin => ("Mme", "Paula", "Plateforme"),
            Self::Stranger => ("Mme", "Ève", "Ailleurs"),
        }
    }
}
