use crate::{count, fixture, read, split};
use preau_directory::aaf::read_dir;
use preau_school::feed::{Item, Kind, Scope};
use proptest::prelude::*;
use std::io::Write;

/// A feed of one file, in a folder that goes when the value does.
struct OneFile(tempfile::TempDir);

impl OneFile {
    fn new(bytes: &[u8]) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::write(dir.path().join("x_Eleve_0000.xml"), bytes).expect("written");
        Self(dir)
    }

    fn items(&self) -> Vec<Item> {
        read_dir(self.0.path()).expect("a feed").collect()
    }
}

fn refusal(bytes: &[u8]) -> String {
    let (entries, refusals) = split(OneFile::new(bytes).items().into_iter());
    assert_eq!((entries.len(), refusals.len()), (0, 1), "{refusals:?}");
    assert_eq!(refusals[0].scope, Scope::RestOfFile);
    refusals[0].reason.to_string()
}

const HEAD: &str = "<ficAlimMENESR><addRequest><operationalAttributes><attr name=\"categoriePersonne\"><value>Eleve</value>\
</attr></operationalAttributes><identifier><id>1</id></identifier><attributes>";
const TAIL: &str = "</attributes></addRequest></ficAlimMENESR>";

#[test]
fn a_billion_laughs_is_refused() {
    let (entries, refusals) = read("aaf/laughs");
    assert_eq!(refusals.len(), 2);
    assert!(refusals[0].reason.to_string().contains("read-own-entities"), "{:?}", refusals[0]);
    assert_eq!(
        (refusals[0].position.file.as_str(), refusals[0].scope),
        ("ENT_0931234X_Complet_20261122_Eleve_0000.xml", Scope::RestOfFile)
    );
    assert_eq!(refusals[1].reason.to_string(), "aaf-unknown-entity name=\"lol9\"");
    assert_eq!((refusals[1].position.record, refusals[1].scope), (1, Scope::Record));
    // The record behind the one with the unknown entity is read.
    assert_eq!(count(&entries, Kind::Pupil), 1);
}

#[test]
fn wrong_encodings_name_file_and_place() {
    let (entries, refusals) = read("aaf/encoding");
    let said: Vec<_> = refusals.iter().map(|it| (it.position.to_string(), it.reason.to_string())).collect();
    assert_eq!(said.len(), 2);
    // The first pupil is pure ASCII; the second one's name is not UTF-8.
    assert_eq!(count(&entries, Kind::Pupil), 1);
    assert!(
        said[0].0.starts_with("ENT_0931234X_Complet_20261122_Eleve_0000.xml:3") && said[0].1.contains("wrong-byte"),
        "{said:?}"
    );
    assert!(said[0].1.contains("encoding=\"UTF-8\""), "{said:?}");
    assert_eq!(said[1].1, "read-unknown-encoding name=\"KLINGON-1\"");
}

#[test]
fn what_is_no_feed_is_refused() {
    let check = |bytes: &[u8], expect: &str| {
        let said = refusal(bytes);
        assert!(said.contains(expect), "{said}");
    };
    check(b"", "aaf-no-root");
    check(b"\0\0\0", "aaf-no-root");
    check(b"<html></html>", "aaf-wrong-root name=\"html\"");
    check(b"<ficAlimMENESR/><ficAlimMENESR/>", "aaf-after-root");
    check(b"<ficAlimMENESR></addRequest>", "read-other-end found=\"addRequest\"");
    check(b"<ficAlimMENESR>", "read-cut-off element=");
    check(b"<ficAlimMENESR><addReq", "read-cut-off-in-tag");
    check("<ficAlimMENESR>".repeat(100).as_bytes(), "read-deep");
}

#[test]
fn limits_refuse_the_record_and_reading_goes_on() {
    let check = |inside: &str, expect: &str| {
        let good =
            format!("{}<attr name=\"sn\"><value>Roux</value></attr>{TAIL}", HEAD.trim_start_matches("<ficAlimMENESR>"));
        let file = format!("{HEAD}{inside}</attributes></addRequest>{good}");
        let (entries, refusals) = split(OneFile::new(file.as_bytes()).items().into_iter());
        assert_eq!((entries.len(), refusals.len()), (1, 1), "{refusals:?}");
        assert!(refusals[0].reason.to_string().contains(expect), "{}", refusals[0].reason);
        assert_eq!(refusals[0].key.as_ref().map(|key| key.reveal().as_str()), Some("1"));
    };
    let sn = |value: &str| format!("<attr name=\"sn\"><value>{value}</value></attr>");
    check(&sn(&"x".repeat(20_000)), "read-long-value most=16384 bytes");
    check(&sn(&"&amp;".repeat(20_000)), "read-long-value most=16384 bytes");
    check(&sn(&"x".repeat(201)), "aaf-long-text attribute=\"sn\" most=200");
    check(&sn("Roux").repeat(300), "read-many-attributes most=256");
    check(&format!("<attr name=\"sn\">{}</attr>", "<value/>".repeat(200_000)), "aaf-long-record most=1048576 bytes");
    check(&sn("&#0;"), "aaf-bad-reference reference=\"0\"");
    check(&sn("a\u{1}b"), "aaf-bad-character character=\"U+0001\"");
    check(&sn(""), "aaf-missing attribute=\"sn\"");
    check("<attr><value>x</value></attr>", "aaf-nameless-attribute");
}

/// A folder with one file: `head`, then NUL bytes up to `size`, sparse, so that it takes no room on the disk.
fn sparse(head: &[u8], size: u64) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    let mut file = std::fs::File::create(dir.path().join("x_Eleve_0000.xml")).expect("a file");
    file.write_all(head).expect("written");
    file.set_len(size).expect("stretched");
    dir
}

#[test]
fn two_gigabytes_of_one_element_are_refused_in_bounded_memory() {
    let peak = || -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or("VmHWM: 0 kB");
        line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).unwrap_or(0)
    };
    let before_kib = peak();
    for head in
        [HEAD.to_owned() + "<attr name=\"sn\"><value>", HEAD.to_owned() + "<attr name=\"", "<!--".into(), String::new()]
    {
        let huge = sparse(head.as_bytes(), 2 << 30);
        let (entries, refusals) = split(read_dir(huge.path()).expect("a feed"));
        assert_eq!((entries.len(), refusals.len()), (0, 1));
        assert!(
            refusals[0].reason.to_string().contains("read-long-piece most=1048576 bytes"),
            "{}",
            refusals[0].reason
        );
    }
    let grown_kib = peak() - before_kib;
    assert!(grown_kib < 64 << 10, "{grown_kib} KiB more");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_bytes_end_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..4096)) {
        // A broken file ends with one refusal; nothing comes after it.
        let items = OneFile::new(&bytes).items();
        let ends = items.iter().filter(|it| it.as_ref().is_err_and(|it| it.scope == Scope::RestOfFile)).count();
        prop_assert!(ends <= 1);
    }

    #[test]
    fn mutated_feeds_end_without_panic(edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3u8), 1..20)) {
        let mut bytes = std::fs::read(fixture("aaf/tilleuls/ENT_0931234X_Complet_20261122_Eleve_0000.xml")).expect("the fixture");
        for (at, byte, how) in edits {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => drop(bytes.drain(at..(at + usize::from(byte)).min(bytes.len()))),
            }
            if bytes.is_empty() { break }
        }
        let items = OneFile::new(&bytes).items();
        prop_assert!(items.len() <= 64);
    }

    #[test]
    fn any_markup_ends_without_panic(pieces in prop::collection::vec(prop::sample::select(vec![
        "<addRequest>", "</addRequest>", "<attributes>", "</attributes>", "<attr name=\"sn\">", "<attr>", "</attr>", "<value>", "</value>",
        "<value/>", "<identifier>", "</identifier>", "<id>", "</id>", "<operationalAttributes>", "</operationalAttributes>", "Eleve",
        "&amp;", "&lol;", "&", "<![CDATA[", "]]>", "<!--", "-->", "<?x", "?>", "2650$6EME B", "\u{0}", "é",
    ]), 0..60)) {
        let text = format!("<ficAlimMENESR>{}</ficAlimMENESR>", pieces.concat());
        OneFile::new(text.as_bytes()).items();
    }
}
