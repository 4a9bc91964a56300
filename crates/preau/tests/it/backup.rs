use crate::http::Browser;
use crate::school::{PASSWORD, School, some_bytes};
use crate::server::{Server, preau};
use preau_base::{Clock, FileId, SeededRng, SystemClock};
use preau_store::files::{self, Place};
use preau_store::{Database, hand_ins};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Runs `preau backup`; gives whether it succeeded, and what it said.
fn backup(school: &School, data: &Path, arguments: &[&str]) -> (bool, String) {
    let mut command = preau();
    command.arg("backup").args(arguments).envs(school.environment()).env("PREAU_DATA__DIR", data);
    let ran = command.output().expect("runs");
    let said = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
    (ran.status.success(), said)
}

fn start(school: &School, data: &Path) -> (Server, String) {
    let environment = school.environment();
    let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let server = Server::start(data, &environment);
    let address = server.url.replace("http://", "");
    (server, address)
}

/// Hands in a file for one of the pieces of work; gives the path of the receipt.
fn hand_in(pupil: &mut Browser, school: &School, number: usize, bytes: &[u8]) -> String {
    let path = format!("/homework/{}/hand-in", school.homework[number]);
    let key = format!("key {number}");
    let fields = [("key", key.as_str()), ("body", "Voici ma page.")];
    let done = pupil.files(&path, false, &fields, &[("page.bin", bytes)]).expect("an answer");
    assert_eq!(done.status, 303, "{}", done.text());
    done.header("location").to_owned()
}

fn file_of(school: &School, number: usize) -> FileId {
    let (work, pupil) = (school.homework[number], school.pupils[0].1);
    school.read(async |conn| {
        let mine = hand_ins::of(conn, work, pupil).await.expect("read").expect("there");
        let receipts = hand_ins::receipts(conn, mine.id).await.expect("read");
        files::attached(conn, Place::Receipt(receipts[0].id)).await.expect("read")[0].id
    })
}

/// Every file below a folder, with the time at which it was written there.
fn all_below(folder: &Path) -> BTreeSet<(PathBuf, SystemTime)> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        if entry.path().is_dir() {
            found.extend(all_below(&entry.path()));
        } else {
            found.insert((entry.path(), entry.metadata().and_then(|it| it.modified()).expect("a time")));
        }
    }
    found
}

fn path_in(folder: &Path, id: FileId) -> PathBuf {
    let name = id.to_string();
    folder.join(&name[name.len() - 2..]).join(name)
}

/// What pupils handed in comes back with the rows, each file is copied once, and damage is found wherever it is.
fn play(mut school: School) {
    let mut rng = SeededRng::new(4);
    let (server, address) = start(&school, &school.data);
    let mut pupil = Browser::signed_in(&address, school.pupils[0].0, PASSWORD);
    let sent: Vec<_> = (0..3).map(|_| some_bytes(&mut rng, 900_000)).collect();
    let receipt = hand_in(&mut pupil, &school, 0, &sent[0]);
    hand_in(&mut pupil, &school, 1, &sent[1]);
    let folder = school.folder().join("backups");
    std::fs::create_dir(&folder).expect("made");
    let copies = folder.join("preau-files");
    let archives = ["one.tar", "two.tar"].map(|name| folder.join(name).to_string_lossy().into_owned());
    let (good, said) = backup(&school, &school.data, &["create", &archives[0]]);
    assert!(good && said.contains("2 files of"), "{said}");
    let first = all_below(&copies);
    assert_eq!(first.len(), 2);

    hand_in(&mut pupil, &school, 2, &sent[2]);
    let (good, said) = backup(&school, &school.data, &["create", &archives[1]]);
    assert!(good && said.contains("1 files of") && said.contains("2 files of"), "{said}");
    assert!(
        all_below(&copies).is_superset(&first) && all_below(&copies).len() == 3,
        "what is there is not copied again"
    );
    let (good, said) = backup(&school, &school.data, &["verify", &archives[1]]);
    assert!(good && said.contains("so are the 3 files"), "{said}");
    assert!(server.terminate().success());

    let one = path_in(&copies, file_of(&school, 1));
    let whole = std::fs::read(&one).expect("a copy");
    let mut turned = whole.clone();
    turned[whole.len() / 2] ^= 1;
    std::fs::write(&one, turned).expect("written");
    let (good, said) = backup(&school, &school.data, &["verify", &archives[1]]);
    assert!(!good && said.contains("is damaged"), "{said}");
    let elsewhere = school.folder().join("elsewhere");
    if let Database::Postgres { url } = &mut school.database {
        *url = preau_pgtest::fresh_database();
    }
    let (good, said) = backup(&school, &elsewhere, &["restore", &archives[1]]);
    assert!(!good && said.contains("nothing is restored"), "{said}");
    std::fs::write(&one, whole).expect("written");
    let (good, said) = backup(&school, &elsewhere, &["restore", &archives[1]]);
    assert!(good && said.contains("with 3 files"), "{said}");
    let (server, address) = start(&school, &elsewhere);
    pupil.address = address;
    let page = pupil.get(&receipt).expect("an answer");
    assert!(
        page.status == 200 && page.text().contains("Voici ma page."),
        "the pass of before is good: {}",
        page.text()
    );
    for (number, bytes) in sent.iter().enumerate() {
        let work = pupil.get(&format!("/homework/{}", school.homework[number])).expect("an answer").text();
        let receipt = work.split('"').find(|part| part.starts_with("/receipts/")).expect("a receipt").to_owned();
        let shown = pupil.get(&receipt).expect("an answer").text();
        let file = shown.split('"').find(|part| part.contains("/files/")).expect("a file");
        assert_eq!(&pupil.get(file).expect("an answer").body, bytes, "file {number}");
    }
    let (good, said) = backup(&school, &elsewhere, &["restore", &archives[1]]);
    assert!(!good && said.contains("already"), "never over live data: {said}");
    drop(server);

    prune(&school, &elsewhere, &archives, &first);
}

/// Copies that no archive names go; nothing goes while an archive cannot be read.
fn prune(school: &School, data: &Path, archives: &[String; 2], first: &BTreeSet<(PathBuf, SystemTime)>) {
    let folder = school.folder().join("backups");
    let copies = folder.join("preau-files");
    let unknown = path_in(&copies, FileId::new(SystemClock.now(), &mut SeededRng::new(5)));
    std::fs::create_dir_all(unknown.parent().expect("a shelf")).expect("made");
    std::fs::write(&unknown, "of an archive that was deleted").expect("written");
    std::fs::write(folder.join("three.tar"), "not whole").expect("written");
    let (good, said) = backup(school, data, &["prune", &folder.to_string_lossy()]);
    assert!(!good && said.contains("three.tar") && unknown.exists(), "{said}");
    std::fs::remove_file(folder.join("three.tar")).expect("removed");
    std::fs::remove_file(&archives[1]).expect("removed");
    let (good, said) = backup(school, data, &["prune", &folder.to_string_lossy()]);
    assert!(good && said.contains("2 files of"), "{said}");
    let paths = |files: &BTreeSet<(PathBuf, _)>| files.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
    assert_eq!(paths(&all_below(&copies)), paths(first));
    assert!(backup(school, data, &["verify", &archives[0]]).0);
}

#[test]
fn what_was_handed_in_comes_back_from_sqlite() {
    play(School::on_sqlite());
}

#[test]
fn what_was_handed_in_comes_back_from_postgres() {
    play(School::on_postgres());
}

/// A file that the installation has lost is named and ends the command with an error, but keeps nothing else from being
/// saved; one that was removed on purpose does not come back as a row.
#[test]
fn what_is_lost_is_said_and_what_is_missing_can_be_left_out() {
    let school = School::on_sqlite();
    let (server, address) = start(&school, &school.data);
    let mut pupil = Browser::signed_in(&address, school.pupils[0].0, PASSWORD);
    let mut rng = SeededRng::new(5);
    for number in 0..3 {
        hand_in(&mut pupil, &school, number, &some_bytes(&mut rng, 5_000));
    }
    drop(server);
    let folder = school.folder().join("backups");
    std::fs::create_dir(&folder).expect("made");
    let archive = folder.join("one.tar").to_string_lossy().into_owned();
    let lost = path_in(&school.data.join("files"), file_of(&school, 0));
    std::fs::remove_file(&lost).expect("removed");
    let (good, said) = backup(&school, &school.data, &["create", &archive]);
    assert!(!good && said.contains("one.tar written") && said.contains("is lost or damaged"), "{said}");
    assert!(said.contains(&file_of(&school, 0).to_string()), "{said}");
    assert!(backup(&school, &school.data, &["verify", &archive]).0, "it is whole all the same");

    std::fs::remove_file(path_in(&folder.join("preau-files"), file_of(&school, 1))).expect("removed");
    let elsewhere = school.folder().join("elsewhere");
    assert!(!backup(&school, &elsewhere, &["restore", &archive]).0);
    let (good, said) = backup(&school, &elsewhere, &["restore", "--skip-damaged", &archive]);
    assert!(good && said.contains("is missing") && said.contains("with 1 files"), "{said}");
}
