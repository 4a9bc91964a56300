use super::*;
use jiff::civil::{date, time};
use proptest::prelude::*;

fn files(lines: &[(&str, &str)]) -> Files {
    let mut files: Vec<(&str, &str)> = vec![
        (
            "UDCal_24.xml",
            "<cal><annee>2026</annee><debut_eleve>01/09/2026</debut_eleve><fin_eleve>16/10/2026</fin_eleve>\
             <fermeture debut=\"22/09/2026\" fin=\"23/09/2026\"/></cal>",
        ),
        ("UDCal_00.xml", "<p><init premiere_semaine_ISO=\"36\" duree_seq=\"60\"/></p>"),
        ("UDCal_03.xml", "<s><salle code=\"12\" nom=\"B 204\"/></s>"),
        (
            "UDCal_04.xml",
            "<p><prof code=\"DUR\" epj=\"4711\" nom=\"DURAND\" prenom=\"Léa\" code_matppl=\"HG\"/>\
             <prof code=\"NDI\" epj=\"\" nom=\"N'DIAYE\" prenom=\"Awa\"/></p>",
        ),
        ("UDCal_05.xml", "<m><mat code=\"HG\" libelle=\"HISTOIRE-GEO\"/></m>"),
        (
            "UDCal_07.xml",
            "<d><demi_seq code_jour=\"2\" code=\"1\" code_site=\"1\" hre_deb=\"08:00\" hre_fin=\"08:30\"/>\
             <demi_seq code_jour=\"2\" code=\"2\" code_site=\"1\" hre_deb=\"08:30\" hre_fin=\"09:00\"/>\
             <demi_seq code_jour=\"2\" code=\"3\" code_site=\"1\" hre_deb=\"09:00\" hre_fin=\"09:30\"/>\
             <demi_seq code_jour=\"2\" code=\"4\" code_site=\"1\" hre_deb=\"\" hre_fin=\"\"/></d>",
        ),
        ("UDCal_08.xml", "<d><div code=\"6B\" code_gep=\"6EMEB\"/></d>"),
        (
            "UDCal_11.xml",
            "<f><fiche code=\"201\" jour=\"2\" demi_seq=\"01\" site=\"1\"/>\
            <fiche code=\"202\" jour=\"2\" demi_seq=\"02\" site=\"1\"/><fiche code=\"203\" jour=\"2\" demi_seq=\"03\" site=\"1\"/></f>",
        ),
        ("UDCal_13.xml", "<r><rgpmt code=\"7\" nom=\"6LATIN\" code_div=\"6B\"/></r>"),
        ("UDCal_19.xml", "<g><gpe code=\"1\" code_div=\"6B\" code_sts=\"6BGR1\"/></g>"),
        ("UDCal_23.xml", "<c><coens lignefic=\"20101\" prof=\"NDI\"/></c>"),
        ("semaines.xml", "<x><semaines><semaine num=\"36\"/><semaine num=\"39\"/></semaines></x>"),
    ];
    files.extend(lines);
    files.into_iter().map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).collect()
}

const TWO_HALVES: &str = "<l><ligfiche code=\"20101\" fic=\"201\" div=\"6B\" mat=\"HG\" prof=\"DUR\" rgpmt=\"\" gpe=\"\" salle=\"12\"/>\
    <ligfiche code=\"20201\" fic=\"202\" div=\"6B\" mat=\"HG\" prof=\"DUR\" rgpmt=\"\" gpe=\"\" salle=\"12\"/></l>";

#[test]
fn half_slots_that_follow_each_other_are_one_lesson() {
    let found = read(&files(&[("UDCal_12.xml", TWO_HALVES)]));
    assert_eq!(found.refusals, []);
    let [lesson] = found.lessons.as_slice() else { panic!("{found:?}") };
    assert_eq!((lesson.start, lesson.end), (time(8, 0, 0, 0), time(9, 0, 0, 0)));
    // Tuesdays from 1 September to 13 October without the closure on the 22nd.
    let expect = [(9, 1), (9, 8), (9, 15), (9, 29), (10, 6), (10, 13)].map(|(month, day)| date(2026, month, day));
    assert_eq!(lesson.days, expect);
    assert_eq!((lesson.groups[0].name.as_str(), lesson.room.as_str()), ("6B", "B 204"));
    let names: Vec<_> =
        lesson.teachers.iter().map(|teacher| (teacher.key.as_str(), teacher.family_name.as_str())).collect();
    assert_eq!(names, [("", "N'DIAYE"), ("4711", "DURAND")]);
}

#[test]
fn a_period_of_its_own_replaces_the_common_lines() {
    let latin = "<l><ligfiche code=\"20301\" fic=\"203\" div=\"6B\" mat=\"HG\" prof=\"NDI\" rgpmt=\"7\" gpe=\"\" salle=\"\"/></l>";
    let found = read(&files(&[("UDCal_12.xml", TWO_HALVES), ("udcal_12_39.xml", latin)]));
    let [common, own] = found.lessons.as_slice() else { panic!("{found:?}") };
    assert_eq!(common.days, [date(2026, 9, 1), date(2026, 9, 8), date(2026, 9, 15)]);
    assert_eq!(own.days, [date(2026, 9, 29), date(2026, 10, 6), date(2026, 10, 13)]);
    assert_eq!(own.groups[0], Group { kind: GroupKind::Group, name: "6LATIN".to_owned() });
}

#[test]
fn a_group_has_the_name_that_the_state_gives_it() {
    let line = "<l><ligfiche code=\"20101\" fic=\"201\" div=\"6B\" mat=\"HG\" prof=\"DUR\" rgpmt=\"0\" gpe=\"1\" salle=\"\"/></l>";
    let found = read(&files(&[("UDCal_12.xml", line)]));
    assert_eq!(found.lessons[0].groups[0].name, "6BGR1");
}

fn told(found: &Timetable) -> Vec<(String, String)> {
    found.members.iter().map(|it| (it.group.name.clone(), it.pupil.given_name.clone())).collect()
}

#[test]
fn pupils_are_in_their_groups_and_in_the_regroupings_of_those() {
    let pupils = "<e><eleve code=\"1\" nom=\"MARTIN\" prenom=\"Léa\" naissance=\"14/09/2014\"/>\
        <eleve code=\"2\" nom=\"PETIT\" prenom=\"Tom\"/></e>";
    let regroupings = "<r><rgpmt code=\"7\" nom=\"6LATIN\" code_div=\"6B\" gpe=\"1\"/><rgpmt code=\"8\" nom=\"6CHORALE\" code_div=\"6B\" gpe=\"\"/></r>";
    // Léa is in group 1 all the year; Tom in the whole class, and in group 2 in weeks 36 and 37; the last is of one week only.
    let weeks = (1_u64 << 35) | (1 << 36);
    let seats = format!(
        "<g><ele_gpe ele=\"1\" code_div=\"6B\" gpe=\"1\" semaines=\"0\"/><ele_gpe ele=\"2\" code_div=\"6B\" gpe=\"\"/>\
         <ele_gpe ele=\"2\" code_div=\"6B\" gpe=\"2\" semaines=\"{weeks}\"/><ele_gpe ele=\"9\" code_div=\"6B\" gpe=\"1\"/>\
         <ele_gpe ele=\"2\" code_div=\"6B\" gpe=\"1\" theorique=\"0\"/></g>"
    );
    let found = read(&files(&[("UDCal_10.xml", pupils), ("UDCal_13.xml", regroupings), ("udcal_21.xml", &seats)]));
    let expect = [("6B2", "Tom"), ("6BGR1", "Léa"), ("6CHORALE", "Tom"), ("6LATIN", "Léa")];
    assert_eq!(told(&found), expect.map(|(group, pupil)| (group.to_owned(), pupil.to_owned())));
    assert!(found.members.iter().all(|it| it.group.kind == GroupKind::Group));
    let lea = &found.members[1];
    assert_eq!((lea.pupil.birth, lea.from, lea.to), (Some(date(2014, 9, 14)), None, None));
    let tom = &found.members[0];
    assert_eq!((tom.from, tom.to), (Some(date(2026, 8, 31)), Some(date(2026, 9, 13))));
    assert!(found.refusals.iter().any(|it| it.reason.to_string() == "udt-no-pupil"), "{:?}", found.refusals);
}

#[test]
fn what_is_wrong_is_told() {
    let line = "<l><ligfiche code=\"1\" fic=\"999\" div=\"6B\"/><ligfiche code=\"2\" fic=\"201\" div=\"\"/></l>";
    let found = read(&files(&[("UDCal_12.xml", line)]));
    assert!(found.lessons.is_empty() && found.refusals.len() == 1, "{found:?}");
    assert!(found.refusals[0].reason.to_string().contains("no-card"));
    let mut without_year = files(&[("UDCal_12.xml", TWO_HALVES)]);
    without_year.remove("UDCal_24.xml");
    assert!(read(&without_year).refusals[0].reason.to_string().contains("no-year"));
    assert!(is_part("UDCAL_12_04.XML") && !is_part("udcal.txt") && !is_part("../semaines.xml"));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(name in "UDCal_(00|07|10|11|12|13|21|12_3[0-9]|12_x|24)\\.xml|semaines\\.xml", text in "\\PC{0,200}", cut in 0_usize..400) {
        let mut files = files(&[("UDCal_12.xml", TWO_HALVES)]);
        let old = files.get(&name).cloned().unwrap_or_default();
        let mut bytes = old[..cut.min(old.len())].to_vec();
        bytes.extend(text.into_bytes());
        files.insert(name, bytes);
        for lesson in read(&files).lessons {
            prop_assert!(lesson.start < lesson.end && !lesson.days.is_empty());
        }
    }
}
