//! The feed of a real academy, which lies beside the project, and what becomes of it a week later: people gone, moved, come
//! and renamed, relatives with other rights.

use super::{apply, number, options, sizes, tally};
use crate::import::{Link, Report, Thing};
use crate::tests::on_both;
use crate::tests::world::Place;
use preau_directory::aaf;
use preau_school::feed::Kind;
use std::path::{Path, PathBuf};

/// The folder. `None` where it is absent and the machine may do without, which has to be said.
fn folder() -> Option<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/aaf");
    if dir.is_dir() {
        return Some(dir);
    }
    let without = std::env::var_os("PREAU_TEST_WITHOUT_AAF").is_some_and(|set| set == "1");
    assert!(without, "the real feed is not at {}; PREAU_TEST_WITHOUT_AAF=1 does without", dir.display());
    None
}

async fn import(place: &Place, dir: &Path) -> Report {
    apply(place, aaf::read_dir(dir).expect("a feed"), &options("aaf", true, false)).await.expect("applied")
}

/// The files of a feed, to be changed record by record.
struct Edition {
    files: Vec<(PathBuf, String)>,
}

impl Edition {
    fn of(dir: &Path) -> Self {
        let paths = std::fs::read_dir(dir).expect("the feed").map(|entry| entry.expect("an entry").path());
        let files = paths.map(|path| (path.clone(), std::fs::read_to_string(&path).expect("UTF-8"))).collect();
        Self { files }
    }

    /// Puts what `change` makes of the record with this key in its place.
    fn change(&mut self, key: &str, change: impl FnOnce(&str) -> String) {
        let id = format!("<id>{key}</id>");
        let (_, text) = self.files.iter_mut().find(|(_, text)| text.contains(&id)).expect(key);
        let at = text.find(&id).expect(key);
        let begin = text[..at].rfind("<addRequest>").expect("a record begins");
        let end = at + text[at..].find("</addRequest>").expect("a record ends") + "</addRequest>".len();
        let new = change(&text[begin..end]);
        text.replace_range(begin..end, &new);
    }

    /// Puts `new` for `old`, which stands in the record as often as this.
    fn replace(&mut self, key: &str, old: &str, new: &str) {
        self.change(key, |record| {
            assert_eq!(record.matches(old).count(), 1, "{key} has {old}: {record}");
            record.replace(old, new)
        });
    }

    fn write(&self) -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("a folder");
        for (path, text) in &self.files {
            std::fs::write(dir.path().join(path.file_name().expect("a name")), text).expect("written");
        }
        dir
    }
}

/// A week later. The keys are those of the feed; each is used once.
fn a_week_later(dir: &Path) -> tempfile::TempDir {
    let mut feed = Edition::of(dir);
    // Gone: a pupil of a class and a group, a teacher, and the record of a mother whom her son still names: she stays.
    for key in ["2605692", "2397001", "2318846"] {
        feed.change(key, |_| String::new());
    }
    // From one class to another of the same school.
    feed.replace("2605699", "52003$5EME6", "52003$4EME7");
    // A pupil and a teacher are renamed.
    feed.replace("2605693", "<attr name=\"sn\"><value>Burke</value>", "<attr name=\"sn\"><value>Renommé</value>");
    feed.replace("2397002", "<attr name=\"sn\"><value>CUVEILLER</value>", "<attr name=\"sn\"><value>Remariée</value>");
    // A new pupil comes into the class of another.
    feed.change("2605702", |record| {
        let new = record
            .replace("2605702", "99000001")
            .replace("<attr name=\"sn\"><value>Stephens</value>", "<attr name=\"sn\"><value>Nouvelle</value>");
        format!("{record}\n{new}")
    });
    // Who was in charge of a child may now only be called; who was in charge of another now represents her by law; and who
    // did represent a third is named no more.
    feed.replace("2605766", "<value>2107295$2$0$2$1$0</value>", "<value>2107295$2$0$0$1$0</value>");
    feed.replace("2606174", "<value>2192390$6$0$2$1$0</value>", "<value>2192390$6$0$1$1$0</value>");
    feed.replace("2606258", "<value>2146746$2$1$1$0$0</value>", "<value/>");
    feed.write()
}

/// What the database has of the people who were changed.
async fn facts(place: &Place) -> Vec<i64> {
    let mut facts = Vec::new();
    for sql in [
        // Gone, all but the mother who is named.
        "SELECT count(*) FROM person WHERE external_id IN ('2605692', '2397001', '2318846', '2146746') AND left_at IS NOT NULL",
        "SELECT count(*) FROM affiliation a JOIN person p ON p.id = a.person_id \
         WHERE p.external_id IN ('2605692', '2397001', '2318846', '2146746')",
        "SELECT count(*) FROM membership m JOIN person p ON p.id = m.person_id WHERE p.external_id = '2605692'",
        // In the old class, and in the new one.
        "SELECT count(*) FROM membership m JOIN person p ON p.id = m.person_id JOIN school_group g ON g.id = m.group_id \
         WHERE p.external_id = '2605699' AND g.name = '5EME6'",
        "SELECT count(*) FROM membership m JOIN person p ON p.id = m.person_id JOIN school_group g ON g.id = m.group_id \
         WHERE p.external_id = '2605699' AND g.name = '4EME7' AND g.archived_at IS NULL",
        // Renamed.
        "SELECT count(*) FROM person WHERE (external_id = '2605693' AND family_name = 'Renommé') \
         OR (external_id = '2397002' AND family_name = 'Remariée')",
        // New.
        "SELECT count(*) FROM membership m JOIN person p ON p.id = m.person_id JOIN school_group g ON g.id = m.group_id \
         JOIN affiliation a ON a.person_id = p.id WHERE p.external_id = '99000001' AND p.family_name = 'Nouvelle' \
         AND g.name = '213' AND a.profile = 'pupil' AND a.school_id = g.school_id AND p.left_at IS NULL",
        // May only be called: sees nothing.
        "SELECT count(*) FROM relation r JOIN person p ON p.id = r.relative_id WHERE p.external_id = '2107295' \
         AND r.kind = 'contact' AND r.sees_day = false AND r.sees_attendance = false AND r.may_declare = false AND r.may_sign = false",
        // Represents by law: may sign.
        "SELECT count(*) FROM relation r JOIN person p ON p.id = r.relative_id WHERE p.external_id = '2192390' \
         AND r.kind = 'legal' AND r.sees_day = true AND r.may_sign = true",
        // Named no more, or without a record.
        "SELECT count(*) FROM relation r JOIN person p ON p.id = r.relative_id WHERE p.external_id IN ('2146746', '2318846')",
    ] {
        facts.push(number(place, sql).await);
    }
    facts
}

on_both! {
    async fn the_real_feed_comes_in_whole_and_is_followed(place) {
        let Some(dir) = folder() else { return };
        let first = import(place, &dir).await;
        assert_eq!(Kind::ALL.map(|kind| first.read[&kind]), [10, 718, 2_504, 642, 2_709, 701]);
        assert_eq!(first.refused.count, 0);
        assert_eq!(first.tally(Thing::School), tally(10, 0, 0, 0));
        assert_eq!(first.tally(Thing::Pupil), tally(642, 0, 0, 0));
        assert_eq!(first.tally(Thing::Relative), tally(20, 0, 0, 0));
        assert_eq!(first.tally(Thing::Staff), tally(600, 0, 0, 0));
        assert_eq!(first.relatives_unnamed, 2_689);
        assert_eq!(first.missing[&Link::StaffToSchool].count, 101);
        let relations = first.tally(Thing::Relation).created;
        assert_eq!(first.missing[&Link::PupilToRelative].count, 1_064 - relations);
        // Every pupil is in a class.
        let in_classes = "SELECT count(DISTINCT m.person_id) FROM membership m JOIN school_group g ON g.id = m.group_id \
                          WHERE g.kind = 'class' AND m.role = 'pupil'";
        assert_eq!(number(place, in_classes).await, 642);
        let (before, of_the_first) = (sizes(place).await, facts(place).await);
        let seats_of_gone = of_the_first[2];
        assert_eq!(of_the_first, [0, 4, seats_of_gone, 1, 0, 0, 0, 0, 0, 2]);
        assert!(seats_of_gone > 0);

        let again = import(place, &dir).await;
        assert!(again.is_unchanged(), "{again:?}");
        assert_eq!(again.tally(Thing::Staff), tally(0, 0, 600, 0));

        let later = a_week_later(&dir);
        let second = import(place, later.path()).await;
        assert_eq!(Kind::ALL.map(|kind| second.read[&kind]), [10, 718, 2_504, 642, 2_708, 700]);
        assert!(second.refused.count == 0 && second.failed.is_empty() && second.not_left.is_empty(), "{second:?}");
        assert_eq!(second.tally(Thing::Pupil), tally(1, 1, 640, 1));
        assert_eq!(second.tally(Thing::Relative), tally(0, 0, 20, 1), "counted in each school");
        assert_eq!(second.tally(Thing::Staff), tally(0, 1, 598, 1));
        assert_eq!(second.tally(Thing::Relation), tally(0, 2, relations - 3, 1));
        let seats = first.tally(Thing::Membership).created;
        let left = seats_of_gone.unsigned_abs() + 1;
        assert_eq!(second.tally(Thing::Membership), tally(2, 0, seats - left, left));
        for thing in [Thing::School, Thing::Subject, Thing::Class, Thing::Group] {
            assert_eq!((second.tally(thing).created, second.tally(thing).changed), (0, 0), "{thing:?}");
        }
        assert_eq!(second.relatives_unnamed, 2_690, "and she whom nobody names any more");
        // Two of the pupil who is gone are missed no more; one of the new pupil is, and the mother who is gone.
        assert_eq!(second.missing[&Link::PupilToRelative].count, 1_064 - relations);
        assert_eq!(facts(place).await, [3, 1, 0, 0, 1, 2, 1, 1, 1, 1]);
        let after = sizes(place).await;
        assert_eq!(after[2], before[2] + 1, "whoever leaves keeps the account; one has come");
        assert!(import(place, later.path()).await.is_unchanged());

        // As before: all are back, as who they were, and the new pupil is gone.
        let third = import(place, &dir).await;
        assert_eq!(third.tally(Thing::Pupil), tally(0, 2, 640, 1));
        assert_eq!(facts(place).await, of_the_first);
        let back = sizes(place).await;
        assert_eq!((&back[..2], &back[3..7]), (&before[..2], &before[3..7]));
        assert_eq!(back[2], before[2] + 1);
    }
}
