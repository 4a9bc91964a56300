use super::*;
use jiff::civil::{date, time};
use proptest::prelude::*;

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?><EDT UAI="0931234X">
<GrilleHoraire DureePlace="55"><PlacesParJour>
<Place Numero="1" LibelleHeureDebut="08h05" LibelleHeureFin="09h00"/>
<Place Numero="2" LibelleHeureDebut="09h05" LibelleHeureFin="10h00"/>
<Place Numero="3" LibelleHeureDebut="10h15" LibelleHeureFin=""/>
</PlacesParJour></GrilleHoraire>
<AnneeScolaire DatePremierJourSemaine1="2026-08-31"/>
<Matieres><Matiere Ident="M1" Code="HIGEO" Libelle="HISTOIRE-G&#233;OGRAPHIE"/></Matieres>
<Professeurs><Professeur Ident="P1" Nom="DURAND" Prenom="Léa"/><Professeur Ident="P2" Nom="N'DIAYE" Prenom="Awa"/></Professeurs>
<Classes><Classe Ident="C1" Nom="6EME B"><PartieDeClasse Ident="D1" Nom="6B Gr1"/></Classe></Classes>
<Groupes><Groupe Ident="G1" Nom="6LATIN"><Classe Ident="C1"/></Groupe></Groupes>
<Salles><Salle Ident="S1" Nom="B 204"/></Salles>
"#;

fn export(course: &str) -> Timetable {
    read(format!("{HEAD}<Cours>{course}</Cours></EDT>").as_bytes(), "edt.xml")
}

#[test]
fn a_lesson_stands_on_the_weeks_of_its_mask() {
    // Weeks 1, 2 and 4, the second of them cancelled.
    let found = export(
        r#"<Cours Jour="2" NumeroPlaceDebut="1" NombrePlaces="2" SemainesAnnulation="4"><Matiere Ident="M1"/>
        <Professeur Ident="P1" Semaines="22"/><Classe Ident="C1" Semaines="22"/><Salle Ident="S1" Semaines="22"/></Cours>"#,
    );
    assert_eq!(found.refusals, []);
    let [lesson] = found.lessons.as_slice() else { panic!("{found:?}") };
    assert_eq!((lesson.start, lesson.end), (time(8, 5, 0, 0), time(10, 0, 0, 0)));
    assert_eq!(lesson.days, [date(2026, 9, 1), date(2026, 9, 8), date(2026, 9, 22)]);
    assert_eq!(lesson.cancelled, [date(2026, 9, 8)]);
    assert_eq!(lesson.subject, Subject { code: "HIGEO".to_owned(), label: "HISTOIRE-GéOGRAPHIE".to_owned() });
    assert_eq!((lesson.room.as_str(), lesson.groups[0].name.as_str()), ("B 204", "6EME B"));
    assert_eq!(lesson.teachers[0].family_name, "DURAND");
    assert_eq!(found.hours(), 3);
}

#[test]
fn other_people_in_other_weeks_are_other_lessons() {
    let found = export(
        r#"<Cours Jour="5" NumeroPlaceDebut="3" NombrePlaces="1"><Matiere Ident="M1"/>
        <Professeur Ident="P1" Semaines="2"/><Professeur Ident="P2" Semaines="4"/>
        <Classe Ident="C1" Semaines="6"/><Groupe Ident="G1" Semaines="4"/></Cours>"#,
    );
    let [one, two] = found.lessons.as_slice() else { panic!("{found:?}") };
    assert_eq!((one.days[0], two.days[0]), (date(2026, 9, 4), date(2026, 9, 11)));
    assert_eq!(one.groups, [Group { kind: GroupKind::Class, name: "6EME B".to_owned() }]);
    assert_eq!(two.groups, [Group { kind: GroupKind::Group, name: "6LATIN".to_owned() }]);
    assert_eq!(two.teachers[0].family_name, "N'DIAYE");
    // A place without an end lasts as long as places do.
    assert_eq!(one.end, time(11, 10, 0, 0));
    assert_ne!(one.key, two.key);
}

#[test]
fn a_part_of_a_class_stands_for_it_where_nothing_else_does() {
    let found = export(
        r#"<Cours Jour="1" NumeroPlaceDebut="1" NombrePlaces="1"><Matiere Ident="M1"/>
        <Professeur Ident="P1" Semaines="2"/><PartieDeClasse Ident="D1" Semaines="2"/></Cours>"#,
    );
    assert_eq!(found.lessons[0].groups[0].name, "6B Gr1");
}

#[test]
fn pupils_are_in_the_groups_that_their_parts_and_classes_make() {
    let head = HEAD.replace(
        "</Groupes>",
        r#"<Groupe Ident="G2" Nom="6B-6C SVT"><Classe Ident="C1"/><PartieDeClasse Ident="D1"/></Groupe>
        <Groupe Ident="G3" Nom="6ANG"><Classe Ident="C1" LibellePartition="LV1"/></Groupe></Groupes>"#,
    );
    // The parents refer to their child, whose elements refer to classes: neither takes a name away.
    let pupils = r#"<Eleves><Eleve Ident="E1" Nom="MARTIN" Prenom="Léa" DateNaissance="2014-09-14">
        <Classe Ident="C1" DateEntree="2026-09-01" DateSortie="2027-07-03"/>
        <PartieDeClasse Ident="D1" DateEntree="2026-09-01T00:00:00" DateSortie="2026-12-18"/></Eleve></Eleves>
        <Responsables><Responsable Nom="MARTIN"><Eleve Ident="E1"/></Responsable></Responsables>"#;
    let course = r#"<Cours Jour="2" NumeroPlaceDebut="1" NombrePlaces="1"><Matiere Ident="M1"/><Classe Ident="C1" Semaines="2"/></Cours>"#;
    let found = read(format!("{head}{pupils}<Cours>{course}</Cours></EDT>").as_bytes(), "edt.xml");
    assert_eq!(found.refusals, []);
    assert_eq!(found.lessons[0].groups[0].name, "6EME B");
    let told: Vec<_> = found.members.iter().map(|it| (it.group.name.as_str(), it.from, it.to)).collect();
    let all_year = (Some(date(2026, 9, 1)), Some(date(2027, 7, 3)));
    let autumn = (Some(date(2026, 9, 1)), Some(date(2026, 12, 18)));
    let expect = [("6B Gr1", autumn), ("6B-6C SVT", autumn), ("6LATIN", all_year)];
    assert_eq!(told, expect.map(|(name, (from, to))| (name, from, to)));
    assert_eq!(found.members[0].pupil.birth, Some(date(2014, 9, 14)));
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let check = |course: &str, expect: &str| {
        let found = export(course);
        assert!(found.lessons.is_empty(), "{found:?}");
        assert!(found.refusals[0].reason.to_string().contains(expect), "{:?}", found.refusals);
        assert!(found.refusals[0].position.line > 1);
    };
    check(r#"<Cours Jour="8" NumeroPlaceDebut="1" NombrePlaces="1"/>"#, "bad-day day=8");
    check(r#"<Cours Jour="1" NumeroPlaceDebut="9" NombrePlaces="1"/>"#, "no-place place=9");
    check(r#"<Cours Jour="1" NumeroPlaceDebut="4294967295" NombrePlaces="4294967295"/>"#, "no-place");
    check(r#"<Cours NumeroPlaceDebut="1" NombrePlaces="1"/>"#, "no-number attribute=\"Jour\"");
    check("<Cours Jour=\"1\" ", "");
}

#[test]
fn encrypted_exports_say_so() {
    let found = read(&b"<EDT><PARTENAIRE NOM=\"x\">abc</PARTENAIRE><CONTENU>def</CONTENU></EDT>"[..], "edt.xml");
    assert!(found.refusals[0].reason.to_string().contains("encrypted"), "{found:?}");
}

#[test]
fn a_bomb_is_refused() {
    let found = read(&b"<!DOCTYPE a [<!ENTITY b \"c\">]><EDT>&b;</EDT>"[..], "edt.xml");
    assert!(found.refusals[0].reason.to_string().contains("own-entities"), "{found:?}");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(cut in 0_usize..2_000, noise in proptest::collection::vec(any::<u8>(), 0..40)) {
        let whole = format!("{HEAD}<Cours><Cours Jour=\"1\" NumeroPlaceDebut=\"1\" NombrePlaces=\"1\">\
            <Professeur Ident=\"P1\" Semaines=\"18446744073709551615\"/></Cours></Cours></EDT>");
        let mut bytes = whole.into_bytes();
        bytes.truncate(cut);
        bytes.extend(noise);
        let found = read(bytes.as_slice(), "edt.xml");
        for lesson in &found.lessons {
            prop_assert!(lesson.start < lesson.end && !lesson.days.is_empty());
        }
    }
}
