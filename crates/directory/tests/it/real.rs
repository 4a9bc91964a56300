use crate::{count, split};
use preau_directory::aaf::read_dir;
use preau_school::feed::{Kind, Record};
use std::collections::HashSet;
use std::path::Path;

/// The real feed lies beside the project, not in it. Where it is absent this fails, unless the machine may do without.
#[test]
fn the_real_feed_is_read_whole() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/aaf");
    if !dir.is_dir() {
        assert!(
            std::env::var_os("PREAU_TEST_WITHOUT_AAF").is_some_and(|set| set == "1"),
            "the real feed is not at {}; PREAU_TEST_WITHOUT_AAF=1 does without",
            dir.display()
        );
        return;
    }
    let (entries, refusals) = split(read_dir(&dir).expect("a feed"));
    assert_eq!(refusals, []);
    assert_eq!(Kind::ALL.map(|kind| count(&entries, kind)), [10, 718, 2_504, 642, 2_709, 701]);
    assert!(entries.iter().all(|entry| entry.doubts.is_empty()));
    let relatives: HashSet<&str> =
        entries.iter().filter(|it| it.record.kind() == Kind::Relative).map(|it| it.record.key()).collect();
    let named: HashSet<&str> = entries
        .iter()
        .filter_map(|it| match &it.record {
            Record::Pupil(pupil) => Some(pupil.relatives.iter().map(|link| link.key.reveal().as_str())),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(relatives.intersection(&named).count(), 20);
}
