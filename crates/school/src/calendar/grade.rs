words! {
    /// A level of schooling (niveau), from the first year of nursery school to the last of the lycée.
    Grade ("grade") {
        Ps = "ps",
        Ms = "ms",
        Gs = "gs",
        Cp = "cp",
        Ce1 = "ce1",
        Ce2 = "ce2",
        Cm1 = "cm1",
        Cm2 = "cm2",
        Sixth = "6e",
        Fifth = "5e",
        Fourth = "4e",
        Third = "3e",
        Second = "2de",
        First = "1re",
        Final = "tle",
    }

    /// A stage of schooling: what rules name when they mean all grades of it.
    Stage ("stage") {
        /// PS, MS, GS (école maternelle).
        Nursery = "maternelle",
        /// CP to CM2 (école élémentaire).
        Elementary = "elementaire",
        /// Nursery and elementary (premier degré).
        Primary = "primaire",
        /// 6e to 3e.
        College = "college",
        /// 2de to Tle.
        Lycee = "lycee",
        /// Collège and lycée (second degré).
        Secondary = "secondaire",
    }

    /// The kind of a school, as its page has it.
    Kind ("kind of school") {
        /// Nursery, elementary or both.
        Primary = "ecole",
        College = "college",
        Lycee = "lycee",
    }
}

impl Grade {
    /// As people write it: `CM2`, `6e`, `Tle`.
    pub const fn written(self) -> &'static str {
        match self {
            Self::Ps => "PS",
            Self::Ms => "MS",
            Self::Gs => "GS",
            Self::Cp => "CP",
            Self::Ce1 => "CE1",
            Self::Ce2 => "CE2",
            Self::Cm1 => "CM1",
            Self::Cm2 => "CM2",
            Self::Sixth => "6e",
            Self::Fifth => "5e",
            Self::Fourth => "4e",
            Self::Third => "3e",
            Self::Second => "2de",
            Self::First => "1re",
            Self::Final => "Tle",
        }
    }

    pub const fn kind(self) -> Kind {
        match self {
            Self::Sixth | Self::Fifth | Self::Fourth | Self::Third => Kind::College,
            Self::Second | Self::First | Self::Final => Kind::Lycee,
            _ => Kind::Primary,
        }
    }
}

impl Stage {
    pub fn grades(self) -> &'static [Grade] {
        match self {
            Self::Nursery => &Grade::ALL[..3],
            Self::Elementary => &Grade::ALL[3..8],
            Self::Primary => &Grade::ALL[..8],
            Self::College => &Grade::ALL[8..12],
            Self::Lycee => &Grade::ALL[12..],
            Self::Secondary => &Grade::ALL[8..],
        }
    }
}

impl Kind {
    /// The grades that such a school usually has.
    pub fn grades(self) -> &'static [Grade] {
        match self {
            Self::Primary => Stage::Primary.grades(),
            Self::College => Stage::College.grades(),
            Self::Lycee => Stage::Lycee.grades(),
        }
    }
}
