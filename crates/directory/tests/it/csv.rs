use crate::{count, fixture, split};
use preau_directory::csv::{Options, Table, read_file};
use preau_school::Profile;
use preau_school::feed::fault::TableFault;
use preau_school::feed::{
    ChildLink, Entry, Fault, GroupLink, Item, Kind, Name, Pupil, Record, Refusal, Relative, Scope, Staff,
};
use proptest::prelude::*;

const UAI: &str = "0931234X";

fn options(table: Option<Table>) -> Options {
    Options { uai: UAI.into(), school_name: Some("Collège des Tilleuls".into()), table }
}

fn read(name: &str) -> (Vec<Entry>, Vec<Refusal>) {
    split(read_file(&fixture("csv").join(name), &options(None)).expect("a table"))
}

fn pupils(entries: &[Entry]) -> Vec<&Pupil> {
    entries.iter().filter_map(|it| if let Record::Pupil(it) = &it.record { Some(it) } else { None }).collect()
}

fn relatives(entries: &[Entry]) -> Vec<&Relative> {
    entries.iter().filter_map(|it| if let Record::Relative(it) = &it.record { Some(it) } else { None }).collect()
}

fn staff(entries: &[Entry]) -> Vec<&Staff> {
    entries.iter().filter_map(|it| if let Record::Staff(it) = &it.record { Some(it) } else { None }).collect()
}

#[test]
fn pupils_with_their_relatives_on_the_line() {
    let (entries, refusals) = read("eleves.csv");
    assert_eq!(refusals, []);
    assert_eq!(Kind::ALL.map(|kind| count(&entries, kind)), [1, 0, 0, 4, 3, 0]);
    assert_eq!(entries[0].doubts, [TableFault::UnusedColumn { name: "Régime".into() }.into()]);
    let pupils = pupils(&entries);
    assert_eq!(pupils[0].name, Name::new("MOREAU", "Lina"));
    assert_eq!(pupils[0].key.reveal(), "pupil ine 0410012345A");
    assert_eq!(pupils[0].classes, [GroupLink::new(UAI, "6EME B")]);
    assert_eq!(pupils[0].groups, [GroupLink::new(UAI, "6LATIN")]);
    assert_eq!(pupils[3].key.reveal(), "pupil hugo.doeuvre 2015-06-30");
    // The mail address says that the mother of both is one person.
    let relatives = relatives(&entries);
    assert_eq!(relatives[0].key, relatives[2].key);
    assert_eq!(pupils[0].relatives, pupils[2].relatives);
    assert_eq!(entries[1].position.line, 2);
}

#[test]
fn encodings_and_delimiters_are_told() {
    let (windows, refusals) = read("eleves-windows.csv");
    assert_eq!(refusals, []);
    assert_eq!(pupils(&windows)[1].name, Name::new("D’ŒUVRE", "Hugo"));
    let (bom, refusals) = read("pupils-bom.csv");
    assert_eq!(refusals, []);
    assert_eq!(pupils(&bom)[1].name, Name::new("PETIT, junior", "Tom"));
    assert_eq!(pupils(&bom)[0].key, pupils(&windows)[0].key);
}

#[test]
fn teachers_with_subjects_and_classes() {
    let (entries, refusals) = read("enseignants.csv");
    assert_eq!(refusals, []);
    assert_eq!(Kind::ALL.map(|kind| count(&entries, kind)), [1, 4, 0, 0, 0, 3]);
    let staff = staff(&entries);
    assert!(staff.iter().all(|it| it.role_at(UAI) == Profile::Teacher));
    let taught: Vec<_> = staff[0].teaching.iter().map(|it| (it.to.name.as_str(), it.subject.as_deref())).collect();
    assert_eq!(taught, [("6EME B", Some("francais")), ("5EME A", Some("francais"))]);
    assert_eq!(staff[0].head_teacher_of, [GroupLink::new(UAI, "6EME B")]);
    assert_eq!(staff[1].head_teacher_of, [GroupLink::new(UAI, "5EME A")]);
    assert_eq!(staff[2].teaching.len(), 2);
    assert!(staff[2].head_teacher_of.is_empty());
    // The line of `sep=;` counts.
    assert_eq!(entries.last().map(|it| it.position.line), Some(5));
}

#[test]
fn parents_with_several_children_on_a_line() {
    let (entries, refusals) = read("parents.csv");
    let relatives = relatives(&entries);
    assert_eq!(relatives.len(), 2);
    let named = |given: &str, family: &str, class: &str| ChildLink::Named {
        name: Name::new(family, given),
        class: Some(class.into()),
    };
    assert_eq!(relatives[0].children, [named("Lina", "MOREAU", "6EME B"), named("Inès", "MOREAU", "5EME A")]);
    // A given name alone: the child bears the parent's name.
    assert_eq!(relatives[1].children, [named("Noé", "LEFÈVRE", "6EME B")]);
    assert_eq!(refusals.len(), 1);
    assert_eq!(refusals[0].position.to_string(), "parents.csv:4 (#3)");
    assert_eq!(refusals[0].reason, TableFault::NoChild.into());
}

#[test]
fn a_profile_column_tells_line_by_line() {
    let (entries, refusals) = read("tous.csv");
    assert_eq!(Kind::ALL.map(|kind| count(&entries, kind)), [1, 0, 0, 1, 1, 2]);
    assert_eq!(
        staff(&entries).iter().map(|it| it.role_at(UAI)).collect::<Vec<_>>(),
        [Profile::Teacher, Profile::SchoolLife]
    );
    assert_eq!(refusals.len(), 1);
    assert_eq!(refusals[0].position.to_string(), "tous.csv:6 (#5)");
    assert!(matches!(refusals[0].reason, Fault::Table(TableFault::UnknownProfile { .. })), "{refusals:?}");
}

#[test]
fn faults_are_said_by_line_and_the_rest_is_read() {
    let (entries, refusals) = read("fautes.csv");
    let said: Vec<_> = refusals.iter().map(|it| (it.position.line, it.reason.to_string())).collect();
    assert_eq!(said.len(), 4, "{said:?}");
    assert_eq!(said[0], (3, "table-no-family-name".to_owned()));
    assert_eq!(said[1], (4, "table-same-pupil line=2".to_owned()));
    assert_eq!(said[2], (6, "table-more-columns found=6 known=4".to_owned()));
    assert!(said[3].0 == 7 && said[3].1.starts_with("table-line-break column="), "{said:?}");
    assert!(refusals.iter().all(|it| it.scope == Scope::Record));
    assert_eq!(count(&entries, Kind::Pupil), 2);
    assert_eq!(entries.last().map(|it| it.doubts.len()), Some(1));
}

#[test]
fn what_is_no_table_is_refused() {
    let file = |bytes: &[u8], options: &Options| -> Result<Vec<Item>, String> {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("t.csv");
        std::fs::write(&path, bytes).expect("written");
        read_file(&path, options).map(Iterator::collect).map_err(|error| error.to_string())
    };
    let check = |bytes: &[u8], expect: &str| {
        let said = file(bytes, &options(None)).expect_err("refused");
        assert!(said.contains(expect) && said.contains("t.csv"), "{said}");
    };
    check(b"", "table-empty");
    check(b"a;b\n1;2\n", "table-no-names");
    check("Nom;Prénom\nA;B\n".as_bytes(), "table-of-whom");
    check(";".repeat(1000).as_bytes(), "table-many-columns most=256");
    check("x".repeat(3 << 20).as_bytes(), "read-long-piece most=1048576 bytes");
    let wrong = Options { uai: "Tilleuls".into(), ..options(None) };
    assert!(file(b"Nom;Classe\n", &wrong).expect_err("refused").contains("table-bad-uai"));
    // A line without end inside a quote.
    let endless = format!("Nom;Classe\nA;B\n\"{}", "x\n".repeat(1 << 20));
    let items = file(endless.as_bytes(), &options(None)).expect("a table");
    let last = items.last().and_then(|it| it.as_ref().err()).expect("a refusal");
    assert!(last.scope == Scope::RestOfFile && last.reason.to_string().contains("long-piece"), "{last:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_table_ends_without_panic(
        head in prop::sample::subsequence(vec![
            "Nom", "Prénom", "Classe", "Profil", "INE", "Né(e) le", "Nom enfant", "Enfant 2", "Email responsable 3", "Matière", "PP", "Enfants", "id 99", "",
        ], 1..14),
        body in ".{0,300}",
        bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("t.csv");
        let mut all = head.join(";").into_bytes();
        all.push(b'\n');
        all.extend(body.as_bytes());
        all.push(b'\n');
        all.extend(bytes);
        std::fs::write(&path, &all).expect("written");
        for table in [None, Some(Table::Pupils), Some(Table::Relatives), Some(Table::Teachers), Some(Table::Staff)] {
            if let Ok(rows) = read_file(&path, &options(table)) {
                prop_assert!(rows.count() <= 20_000);
            }
        }
    }
}
