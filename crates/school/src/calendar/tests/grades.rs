use crate::calendar::{Grade, Kind};
use proptest::prelude::*;

#[test]
fn a_class_tells_its_grade() {
    use Grade::*;
    for (label, expect) in [
        ("6EME B", Some(Sixth)),
        ("6e B", Some(Sixth)),
        ("6ème B", Some(Sixth)),
        ("6eB", Some(Sixth)),
        ("6°3", Some(Sixth)),
        ("6B", Some(Sixth)),
        ("601", Some(Sixth)),
        ("5 C", Some(Fifth)),
        ("4EME BILANGUE", Some(Fourth)),
        ("3EME SEGPA", Some(Third)),
        ("3PREPAMETIERS", Some(Third)),
        ("SIXIEME", Some(Sixth)),
        ("2NDE 3", Some(Second)),
        ("2de 3", Some(Second)),
        ("SECONDE GENERALE ET TECHNO", Some(Second)),
        ("1ERE STMG 2", Some(First)),
        ("1re 4", Some(First)),
        ("PREMIERE GENERALE", Some(First)),
        ("TS2", Some(Final)),
        ("TLE G 3", Some(Final)),
        ("Tle 5", Some(Final)),
        ("TSTMG1", Some(Final)),
        ("TERMINALE GENERALE", Some(Final)),
        ("CM2 A", Some(Cm2)),
        ("CM2A", Some(Cm2)),
        ("CE2-CM1 Mme Roche", Some(Ce2)),
        ("CP B", Some(Cp)),
        ("GS", Some(Gs)),
        ("PETITE SECTION", Some(Ps)),
        ("COURS PREPARATOIRE", Some(Cp)),
        ("BTS MUC 2", None),
        ("2BTS", None),
        ("CPGE MP", None),
        ("CAP 1", None),
        ("LATIN", None),
        ("62", None),
        ("", None),
        ("ULIS", None),
    ] {
        assert_eq!(Grade::of_label(label, None), expect, "{label}");
    }
}

#[test]
fn the_kind_of_school_rules_out_what_cannot_be() {
    for (label, kind, expect) in [
        ("201", Kind::Lycee, Some(Grade::Second)),
        ("2GT1", Kind::Lycee, Some(Grade::Second)),
        ("1G", Kind::Lycee, Some(Grade::First)),
        ("2 A", Kind::Lycee, Some(Grade::Second)),
        ("T 3", Kind::Lycee, Some(Grade::Final)),
        ("T01", Kind::Lycee, Some(Grade::Final)),
        ("2 A", Kind::Primary, None),
        ("TS2", Kind::College, None),
        ("6e B", Kind::Lycee, None),
        ("CM2", Kind::College, None),
        ("6e B", Kind::College, Some(Grade::Sixth)),
    ] {
        assert_eq!(Grade::of_label(label, Some(kind)), expect, "{label}");
    }
}

proptest! {
    #[test]
    fn no_label_makes_it_panic(label in "\\PC{0,100}|[0-9TSEtse°é -]{0,8}") {
        for kind in [None, Some(Kind::Primary), Some(Kind::College), Some(Kind::Lycee)] {
            if let (Some(grade), Some(kind)) = (Grade::of_label(&label, kind), kind) {
                prop_assert_eq!(grade.kind(), kind);
            }
        }
    }

    #[test]
    fn words_read_back(at in 0..Grade::ALL.len()) {
        let grade = Grade::ALL[at];
        prop_assert_eq!(grade.as_str().parse::<Grade>().ok(), Some(grade));
        prop_assert_eq!(Grade::of_label(grade.written(), None), Some(grade));
    }
}
