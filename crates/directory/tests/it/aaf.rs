use crate::{count, fixture, read};
use preau_directory::aaf::read_dir;
use preau_school::Profile;
use preau_school::feed::fault::AafFault;
use preau_school::feed::{Entry, GroupLink, Kind, Record, RelativeRole, Scope};

fn pupil<'a>(entries: &'a [Entry], key: &str) -> &'a preau_school::feed::Pupil {
    entries
        .iter()
        .find_map(|entry| match &entry.record {
            Record::Pupil(pupil) if pupil.key.reveal() == key => Some(pupil),
            _ => None,
        })
        .expect("the pupil")
}

#[test]
fn a_school_comes_in_whole_and_in_order() {
    let (entries, refusals) = read("aaf/tilleuls");
    assert_eq!(refusals, []);
    let counts = Kind::ALL.map(|kind| count(&entries, kind));
    assert_eq!(counts, [1, 5, 2, 8, 9, 5]);
    let kinds: Vec<Kind> = entries.iter().map(|entry| entry.record.kind()).collect();
    assert!(kinds.is_sorted(), "structures, subjects, courses of study, pupils, relatives, staff");
    assert!(entries.iter().all(|entry| entry.doubts.is_empty()));

    let Record::School(school) = &entries[0].record else { panic!("a school first") };
    assert_eq!(school.uai, "0931234X");
    assert_eq!(school.name.as_deref(), Some("Collège des Tilleuls"));
    assert_eq!(school.classes, ["5EME A", "6EME B"]);
    assert_eq!(school.groups, ["6LATIN"]);

    let lina = pupil(&entries, "41001");
    assert_eq!((lina.name.given.reveal().as_str(), lina.name.family.reveal().as_str()), ("Lina", "MOREAU"));
    assert_eq!(lina.birth_date.as_ref().map(|date| date.reveal().to_string()).as_deref(), Some("2015-09-14"));
    assert_eq!(lina.school.as_deref(), Some("2650"));
    assert_eq!(lina.classes, [GroupLink::new("2650", "6EME B")]);
    assert_eq!(lina.groups, [GroupLink::new("2650", "6LATIN")]);
    assert_eq!(lina.subjects.len(), 5);
    let roles: Vec<_> = lina.relatives.iter().map(|it| (it.key.reveal().as_str(), it.role)).collect();
    assert_eq!(roles, [("52001", RelativeRole::Legal), ("52002", RelativeRole::Legal)]);
    assert_eq!(pupil(&entries, "41003").relatives[1].role, RelativeRole::InCharge);
    assert_eq!(pupil(&entries, "41008").relatives[1].role, RelativeRole::Contact);
}

#[test]
fn entities_and_references_are_resolved() {
    let (entries, _) = read("aaf/tilleuls");
    assert_eq!(pupil(&entries, "41003").name.given.reveal(), "Chloé");
    assert_eq!(pupil(&entries, "41005").name.given.reveal(), "Inès");
}

#[test]
fn staff_keep_functions_classes_and_subjects() {
    let (entries, _) = read("aaf/tilleuls");
    let staff: Vec<_> = entries
        .iter()
        .filter_map(|entry| match &entry.record {
            Record::Staff(staff) => Some(staff),
            _ => None,
        })
        .collect();
    let roles: Vec<_> = staff.iter().map(|it| it.role_at("2650")).collect();
    assert_eq!(roles, [Profile::Teacher, Profile::Teacher, Profile::Teacher, Profile::Head, Profile::SchoolLife]);
    assert_eq!(staff[0].head_teacher_of, [GroupLink::new("2650", "6EME B")]);
    assert_eq!(staff[2].teaching.iter().map(|it| it.class).collect::<Vec<_>>(), [true, false]);
    assert_eq!(staff[2].teaching[1].subject.as_deref(), Some("030201"));
    assert_eq!(staff[0].functions[0].label, "LETTRES MODERNES");
}

#[test]
fn latin9_reads_like_utf8() {
    let (utf8, _) = read("aaf/tilleuls");
    let (latin9, refusals) = read("aaf/tilleuls-latin9");
    assert_eq!(refusals, []);
    assert_eq!(pupil(&latin9, "41004").name.family.reveal(), "D'ŒUVRE");
    let without = |entries: &[Entry]| -> Vec<Record> {
        // The one name that ISO-8859-15 cannot write.
        entries.iter().filter(|it| it.record.key() != "63003").map(|it| it.record.clone()).collect()
    };
    assert_eq!(without(&latin9), without(&utf8));
}

#[test]
fn a_cut_off_file_keeps_what_stood_before_the_cut() {
    let (entries, refusals) = read("aaf/truncated");
    assert_eq!(refusals.len(), 1);
    let refusal = &refusals[0];
    assert_eq!(refusal.scope, Scope::RestOfFile);
    assert_eq!(refusal.position.file, "ENT_0931234X_Complet_20261122_Eleve_0000.xml");
    assert!(refusal.position.line > 50 && refusal.position.record == 3, "{}", refusal.position);
    assert!(refusal.reason.to_string().contains("cut-off"), "{}", refusal.reason);
    // Two of the first file, all of the second.
    assert_eq!((count(&entries, Kind::Pupil), count(&entries, Kind::Staff)), (5, 5));
}

#[test]
fn a_delta_is_refused_record_by_record() {
    let (entries, refusals) = read("aaf/delta");
    assert_eq!(count(&entries, Kind::Pupil), 2);
    let said: Vec<_> = refusals
        .iter()
        .map(|it| (it.key.as_ref().map_or("", |key| key.reveal().as_str()), it.reason.to_string()))
        .collect();
    let delta = |request: &str| format!("aaf-delta request={request:?}");
    assert_eq!(said, [("41002", delta("modifyRequest")), ("41003", delta("deleteRequest"))]);
    assert_eq!(refusals[0].scope, Scope::Record);
}

#[test]
fn dirty_values_are_left_out_and_said() {
    let (entries, refusals) = read("aaf/links");
    assert_eq!(refusals, []);
    assert_eq!(pupil(&entries, "41012").birth_date, None);
    let doubts: Vec<_> = entries.iter().flat_map(|it| &it.doubts).collect();
    assert_eq!(doubts, [&AafFault::OddValue { attribute: "ENTPersonDateNaissance".into() }.into()]);
}

#[test]
fn a_folder_without_a_feed_is_said() {
    let error = read_dir(&fixture("aaf")).err().expect("no feed there").to_string();
    assert!(error.contains("aaf-no-feed"), "{error}");
    assert!(read_dir(&fixture("nowhere")).is_err());
    let feed = read_dir(&fixture("aaf/tilleuls")).expect("a feed");
    assert_eq!(feed.ignored(), ["ficAlimMENESR.dtd"]);
}

#[test]
fn the_counter_reaches_the_total() {
    let mut feed = read_dir(&fixture("aaf/tilleuls")).expect("a feed");
    let (total, read) = (feed.bytes_total(), feed.bytes_read());
    assert!(feed.by_ref().count() > 0);
    assert_eq!(read.load(std::sync::atomic::Ordering::Relaxed), total);
}
