//! Who is in the demonstration school.

use preau_school::Profile;

pub struct Account {
    pub login: &'static str,
    /// As the table of accounts shows it.
    pub role: &'static str,
    pub title: &'static str,
    pub given_name: &'static str,
    pub family_name: &'static str,
    /// `None`: administrator of the platform.
    pub profile: Option<Profile>,
}

const fn account(
    login: &'static str,
    role: &'static str,
    (title, given_name, family_name): (&'static str, &'static str, &'static str),
    profile: Option<Profile>,
) -> Account {
    Account { login, role, title, given_name, family_name, profile }
}

/// The accounts with fixed logins, one a role.
pub const ACCOUNTS: &[Account] = &[
    account("eleve", "élève, 6e B", ("", "Max", "Leroy"), Some(Profile::Pupil)),
    account("eleve2", "élève, 6e B", ("", "Inès", "Martin"), Some(Profile::Pupil)),
    account("eleve-autre-classe", "élève, 5e A", ("", "Hugo", "Bernard"), Some(Profile::Pupil)),
    account("prof", "professeure d’histoire-géographie", ("Mme", "Claire", "Fontaine"), Some(Profile::Teacher)),
    account("parent", "mère de Max (eleve)", ("Mme", "Anne", "Leroy"), Some(Profile::Relative)),
    account(
        "vie-scolaire",
        "conseillère principale d’éducation",
        ("Mme", "Julie", "Moreau"),
        Some(Profile::SchoolLife),
    ),
    account("direction", "principal du collège", ("M.", "Paul", "Mercier"), Some(Profile::Head)),
    account("maitresse", "professeure des écoles, CE1 A", ("Mme", "Lucie", "Blanc"), Some(Profile::Teacher)),
    account("admin", "administratrice", ("Mme", "Sofia", "Lambert"), None),
];

/// Login, title, given name, family name, code of the subject. The first is the account `prof`.
pub const TEACHERS: &[(&str, &str, &str, &str, &str)] = &[
    ("prof", "Mme", "Claire", "Fontaine", "HIGEO"),
    ("sarah.roy", "Mme", "Sarah", "Roy", "ANGL"),
    ("marc.benali", "M.", "Marc", "Benali", "MATHS"),
    ("julien.costa", "M.", "Julien", "Costa", "FRANC"),
    ("nadia.petit", "Mme", "Nadia", "Petit", "SVT"),
    ("luc.garnier", "M.", "Luc", "Garnier", "EPS"),
];

pub const SUBJECTS: &[(&str, &str)] = &[
    ("HIGEO", "Histoire-géographie"),
    ("ANGL", "Anglais"),
    ("MATHS", "Mathématiques"),
    ("FRANC", "Français"),
    ("SVT", "Sciences de la vie et de la Terre"),
    ("EPS", "Éducation physique et sportive"),
];

pub struct Class {
    pub name: &'static str,
    pub accounts: &'static [&'static str],
    pub head_teacher: &'static str,
}

pub const CLASSES: &[Class] = &[
    Class { name: "6e B", accounts: &["eleve", "eleve2"], head_teacher: "prof" },
    Class { name: "5e A", accounts: &["eleve-autre-classe"], head_teacher: "sarah.roy" },
    Class { name: "4e C", accounts: &[], head_teacher: "marc.benali" },
    Class { name: "3e A", accounts: &[], head_teacher: "julien.costa" },
];

pub const GIVEN_NAMES: &[&str] = &[
    "Léa", "Adam", "Jade", "Gabriel", "Louise", "Raphaël", "Emma", "Louis", "Alice", "Yanis", "Chloé", "Noé", "Aïcha",
    "Théo", "Manon", "Ibrahim", "Camille", "Lucas", "Zoé", "Mehdi", "Anaïs", "Arthur", "Fatou",
];

pub const FAMILY_NAMES: &[&str] = &[
    "Durand",
    "Moreau",
    "Diallo",
    "Nguyen",
    "Lefèvre",
    "Garcia",
    "Rousseau",
    "Fournier",
    "Girard",
    "Benoît",
    "Haddad",
    "Mercier",
    "Dupuis",
    "Lambert",
    "Faure",
    "Da Silva",
    "Chevalier",
    "François",
    "Traoré",
    "Gauthier",
    "Perrin",
    "Robin",
    "Clément",
    "Morin",
    "Nicolas",
    "Henry",
    "Roussel",
    "Mathieu",
    "Masson",
];
