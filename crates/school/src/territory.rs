//! Where a school lies: région, académie, département, from its code (UAI) or its postal code.
//!
//! Départements and régions by INSEE's Code officiel géographique, académies by the ministry's circonscriptions académiques
//! (one Normandie since 2020). Collectivities overseas that are no département are not derived; people place them by hand.

use crate::TerritoryKind;

/// A région or an académie and, for an académie, the région in which it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    pub code: &'static str,
    pub name: &'static str,
}

/// A département, the académie and the région in which it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Department {
    /// INSEE's code: `04`, `2A`, `974`.
    pub code: &'static str,
    pub name: &'static str,
    pub academy: Area,
    pub region: Area,
}

/// Région: code, name; its académies: name and départements.
type Region = (&'static str, &'static str, &'static [(&'static str, &'static [(&'static str, &'static str)])]);

const REGIONS: &[Region] = &[
    ("01", "Guadeloupe", &[("Guadeloupe", &[("971", "Guadeloupe")])]),
    ("02", "Martinique", &[("Martinique", &[("972", "Martinique")])]),
    ("03", "Guyane", &[("Guyane", &[("973", "Guyane")])]),
    ("04", "La Réunion", &[("La Réunion", &[("974", "La Réunion")])]),
    ("06", "Mayotte", &[("Mayotte", &[("976", "Mayotte")])]),
    (
        "11",
        "Île-de-France",
        &[
            ("Paris", &[("75", "Paris")]),
            ("Créteil", &[("77", "Seine-et-Marne"), ("93", "Seine-Saint-Denis"), ("94", "Val-de-Marne")]),
            ("Versailles", &[("78", "Yvelines"), ("91", "Essonne"), ("92", "Hauts-de-Seine"), ("95", "Val-d’Oise")]),
        ],
    ),
    (
        "24",
        "Centre-Val de Loire",
        &[(
            "Orléans-Tours",
            &[
                ("18", "Cher"),
                ("28", "Eure-et-Loir"),
                ("36", "Indre"),
                ("37", "Indre-et-Loire"),
                ("41", "Loir-et-Cher"),
                ("45", "Loiret"),
            ],
        )],
    ),
    (
        "27",
        "Bourgogne-Franche-Comté",
        &[
            ("Besançon", &[("25", "Doubs"), ("39", "Jura"), ("70", "Haute-Saône"), ("90", "Territoire de Belfort")]),
            ("Dijon", &[("21", "Côte-d’Or"), ("58", "Nièvre"), ("71", "Saône-et-Loire"), ("89", "Yonne")]),
        ],
    ),
    (
        "28",
        "Normandie",
        &[(
            "Normandie",
            &[("14", "Calvados"), ("27", "Eure"), ("50", "Manche"), ("61", "Orne"), ("76", "Seine-Maritime")],
        )],
    ),
    (
        "32",
        "Hauts-de-France",
        &[
            ("Amiens", &[("02", "Aisne"), ("60", "Oise"), ("80", "Somme")]),
            ("Lille", &[("59", "Nord"), ("62", "Pas-de-Calais")]),
        ],
    ),
    (
        "44",
        "Grand Est",
        &[
            ("Nancy-Metz", &[("54", "Meurthe-et-Moselle"), ("55", "Meuse"), ("57", "Moselle"), ("88", "Vosges")]),
            ("Reims", &[("08", "Ardennes"), ("10", "Aube"), ("51", "Marne"), ("52", "Haute-Marne")]),
            ("Strasbourg", &[("67", "Bas-Rhin"), ("68", "Haut-Rhin")]),
        ],
    ),
    (
        "52",
        "Pays de la Loire",
        &[(
            "Nantes",
            &[
                ("44", "Loire-Atlantique"),
                ("49", "Maine-et-Loire"),
                ("53", "Mayenne"),
                ("72", "Sarthe"),
                ("85", "Vendée"),
            ],
        )],
    ),
    (
        "53",
        "Bretagne",
        &[("Rennes", &[("22", "Côtes-d’Armor"), ("29", "Finistère"), ("35", "Ille-et-Vilaine"), ("56", "Morbihan")])],
    ),
    (
        "75",
        "Nouvelle-Aquitaine",
        &[
            (
                "Bordeaux",
                &[
                    ("24", "Dordogne"),
                    ("33", "Gironde"),
                    ("40", "Landes"),
                    ("47", "Lot-et-Garonne"),
                    ("64", "Pyrénées-Atlantiques"),
                ],
            ),
            ("Limoges", &[("19", "Corrèze"), ("23", "Creuse"), ("87", "Haute-Vienne")]),
            ("Poitiers", &[("16", "Charente"), ("17", "Charente-Maritime"), ("79", "Deux-Sèvres"), ("86", "Vienne")]),
        ],
    ),
    (
        "76",
        "Occitanie",
        &[
            (
                "Montpellier",
                &[("11", "Aude"), ("30", "Gard"), ("34", "Hérault"), ("48", "Lozère"), ("66", "Pyrénées-Orientales")],
            ),
            (
                "Toulouse",
                &[
                    ("09", "Ariège"),
                    ("12", "Aveyron"),
                    ("31", "Haute-Garonne"),
                    ("32", "Gers"),
                    ("46", "Lot"),
                    ("65", "Hautes-Pyrénées"),
                    ("81", "Tarn"),
                    ("82", "Tarn-et-Garonne"),
                ],
            ),
        ],
    ),
    (
        "84",
        "Auvergne-Rhône-Alpes",
        &[
            ("Clermont-Ferrand", &[("03", "Allier"), ("15", "Cantal"), ("43", "Haute-Loire"), ("63", "Puy-de-Dôme")]),
            (
                "Grenoble",
                &[("07", "Ardèche"), ("26", "Drôme"), ("38", "Isère"), ("73", "Savoie"), ("74", "Haute-Savoie")],
            ),
            ("Lyon", &[("01", "Ain"), ("42", "Loire"), ("69", "Rhône")]),
        ],
    ),
    (
        "93",
        "Provence-Alpes-Côte d’Azur",
        &[
            (
                "Aix-Marseille",
                &[
                    ("04", "Alpes-de-Haute-Provence"),
                    ("05", "Hautes-Alpes"),
                    ("13", "Bouches-du-Rhône"),
                    ("84", "Vaucluse"),
                ],
            ),
            ("Nice", &[("06", "Alpes-Maritimes"), ("83", "Var")]),
        ],
    ),
    ("94", "Corse", &[("Corse", &[("2A", "Corse-du-Sud"), ("2B", "Haute-Corse")])]),
];

/// All départements, by région.
pub fn departments() -> impl Iterator<Item = Department> {
    REGIONS.iter().flat_map(|(region_code, region, academies)| {
        academies.iter().flat_map(move |(academy, departments)| {
            departments.iter().map(move |(code, name)| Department {
                code,
                name,
                // Académies have no code of their own that everybody uses; their names are unique.
                academy: Area { code: academy, name: academy },
                region: Area { code: region_code, name: region },
            })
        })
    })
}

/// The département with INSEE's code.
pub fn department(code: &str) -> Option<Department> {
    departments().find(|it| it.code == code)
}

/// The département that the first three digits of a school code (UAI) name: `0931234X` is in the 93. Corsica's schools have
/// 620 and 720.
pub fn of_uai(uai: &str) -> Option<Department> {
    let digits = uai.get(..3).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    match digits {
        "620" => department("2A"),
        "720" => department("2B"),
        _ => department(digits.strip_prefix('0').unwrap_or(digits)),
    }
}

/// The département of a postal code, for schools without a code. Some communes at a border have a postal code of the
/// neighbour, so the school code goes first.
pub fn of_postal_code(code: &str) -> Option<Department> {
    let code = code.trim();
    if code.len() != 5 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match (code.get(..2)?, code.get(..3)?) {
        ("20", "200" | "201") => department("2A"),
        ("20", _) => department("2B"),
        ("97", three) => department(three),
        (two, _) => department(two),
    }
}

/// The code under which a commune is kept: unique within its département by its folded name, since feeds give no INSEE code.
pub fn commune_code(department: &str, city: &str) -> String {
    let folded = crate::login::fold(city);
    let plain: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    format!("{department}:{}", plain.join("-"))
}

impl TerritoryKind {
    /// In which kind of territory this one lies; none for a région.
    pub const fn parent(self) -> Option<Self> {
        match self {
            Self::Region => None,
            Self::Academy => Some(Self::Region),
            Self::Department => Some(Self::Academy),
            Self::Commune => Some(Self::Department),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    #[test]
    fn france_has_101_departements_18_regions_and_30_academies() {
        let all: Vec<_> = departments().collect();
        let count = |of: fn(&Department) -> &'static str| all.iter().map(of).collect::<HashSet<_>>().len();
        assert_eq!(all.len(), 101);
        assert_eq!(count(|it| it.code), 101);
        assert_eq!(count(|it| it.region.code), 18);
        assert_eq!(count(|it| it.academy.code), 30);
    }

    #[test]
    fn a_school_is_placed_by_its_code() {
        let check = |uai: &str, expect: Option<(&str, &str, &str)>| {
            let found = of_uai(uai).map(|it| (it.code, it.academy.name, it.region.name));
            assert_eq!(found, expect, "{uai}");
        };
        check("0931234X", Some(("93", "Créteil", "Île-de-France")));
        check("0040001A", Some(("04", "Aix-Marseille", "Provence-Alpes-Côte d’Azur")));
        check("6200001G", Some(("2A", "Corse", "Corse")));
        check("7200001G", Some(("2B", "Corse", "Corse")));
        check("9741234X", Some(("974", "La Réunion", "La Réunion")));
        check("0201234X", None);
        check("99", None);
        check("é931234X", None);
    }

    #[test]
    fn a_postal_code_is_the_second_best() {
        let check = |code: &str, expect: Option<&str>| assert_eq!(of_postal_code(code).map(|it| it.code), expect);
        check("04700", Some("04"));
        check("20000", Some("2A"));
        check("20137", Some("2A"));
        check("20200", Some("2B"));
        check("20620", Some("2B"));
        check("97410", Some("974"));
        check("98000", None);
        check("7500", None);
        check("B-1000", None);
    }

    #[test]
    fn one_commune_has_many_spellings() {
        for name in ["Saint-Étienne-du-Grès", "SAINT ETIENNE DU GRES", "saint étienne  du grès"] {
            assert_eq!(commune_code("13", name), "13:saint-etienne-du-gres", "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,12}") {
            let _ = (of_uai(&text), of_postal_code(&text), commune_code("04", &text));
        }
    }
}
