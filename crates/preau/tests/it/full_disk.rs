//! A small disk that fills up under a running school.

use crate::http::Browser;
use crate::school::{PASSWORD, School, TEACHER, day_in};
use crate::server::{Server, preau};
use preau_base::{Clock, SystemClock};
use preau_files::limits::DISK_RESERVE_BYTES;
use preau_store::{Database, hand_ins, log, rolls};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const DISK_BYTES: u64 = 128 << 20;

/// A file system of its own in memory, unmounted when dropped.
struct SmallDisk {
    place: PathBuf,
}

impl SmallDisk {
    /// `None` where this user may not mount anything.
    fn mount(place: &Path) -> Option<Self> {
        std::fs::create_dir_all(place).expect("a folder");
        let options = format!("size={DISK_BYTES},mode=700");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "preau-test"]).arg(place).output();
        mounted.is_ok_and(|it| it.status.success()).then(|| Self { place: place.to_path_buf() })
    }

    fn free_bytes(&self) -> u64 {
        let asked = Command::new("df").args(["--output=avail", "-B1"]).arg(&self.place).output().expect("df runs");
        let text = String::from_utf8_lossy(&asked.stdout).into_owned();
        text.lines().nth(1).and_then(|line| line.trim().parse().ok()).expect("a number")
    }

    /// Writes until so many bytes are free; 0 takes the last byte.
    fn fill(&self, leave_bytes: u64) {
        let open = std::fs::OpenOptions::new().create(true).append(true).open(self.place.join("filler"));
        let mut filler = open.expect("a file");
        let piece = vec![7; 1 << 20];
        while self.free_bytes() > leave_bytes {
            let most =
                usize::try_from(self.free_bytes() - leave_bytes).map_or(piece.len(), |most| most.min(piece.len()));
            if filler.write_all(&piece[..most]).is_err() {
                return;
            }
        }
    }

    fn make_room(&self) {
        std::fs::remove_file(self.place.join("filler")).expect("removed");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.place).status();
    }
}

/// A school with its data on a small disk, a server, a pupil and a teacher.
struct Scene {
    pupil: Browser,
    teacher: Browser,
    server: Server,
    school: School,
    disk: SmallDisk,
}

impl Scene {
    fn begin() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("disk");
        let Some(disk) = SmallDisk::mount(&place) else {
            assert!(std::env::var_os("CI").is_none(), "this user may not mount a file system, and CI has to");
            println!("NOT RUN: a full disk, because this user may not mount a file system");
            return None;
        };
        let data = place.join("data");
        let school = School::found(folder, data.clone(), Database::Sqlite { path: data.join("preau.sqlite") });
        let server = Server::start(&data, &[("PREAU_ADMIN__LISTEN", "")]);
        let address = server.url.replace("http://", "");
        let pupil = Browser::signed_in(&address, school.pupils[0].0, PASSWORD);
        let teacher = Browser::signed_in(&address, TEACHER, PASSWORD);
        Some(Self { pupil, teacher, server, school, disk })
    }

    fn hand_in(&mut self, key: &str, text: &str, files: &[(&str, &[u8])]) -> (u16, String) {
        let path = format!("/homework/{}/hand-in", self.school.homework[0]);
        let sent = self.pupil.files(&path, false, &[("key", key), ("body", text)], files).expect("an answer");
        (sent.status, shown(&sent.text()))
    }

    fn write_log(&mut self, number: usize, text: &str) -> (u16, String) {
        let due = day_in(SystemClock.now(), 5);
        let path = format!("/lessons/{}/log/write", self.school.lessons[number]);
        let fields =
            [("version", "0"), ("body", text), ("work", "Exercice"), ("for", "day"), ("due", &due), ("do", "publish")];
        let sent = self.teacher.form(&path, &fields).expect("an answer");
        (sent.status, sent.text())
    }

    fn call_roll(&mut self, number: usize) -> (u16, String) {
        let path = format!("/lessons/{}/roll", self.school.lessons[number]);
        let status = format!("s-{}", self.school.pupils[0].1);
        let sent = self.teacher.form(&path, &[("version", "0"), (&status, "absent")]).expect("an answer");
        (sent.status, sent.text())
    }

    /// How much of the pupil is stored: what was handed in, and the draft.
    fn stored(&self) -> (usize, String) {
        let (work, pupil) = (self.school.homework[0], self.school.pupils[0].1);
        self.school.read(async |conn| {
            let Some(mine) = hand_ins::of(conn, work, pupil).await.expect("read") else { return (0, String::new()) };
            (hand_ins::receipts(conn, mine.id).await.expect("read").len(), mine.draft_body)
        })
    }

    /// Files in the object store, half ones too.
    fn files(&self) -> usize {
        let mut count = 0;
        for shelf in std::fs::read_dir(self.school.data.join("files")).expect("a folder").flatten() {
            count += std::fs::read_dir(shelf.path()).expect("a folder").count();
        }
        count
    }

    fn backup(&self) -> (bool, String) {
        let archive = self.disk.place.join("backup.tar");
        let mut command = preau();
        command.args(["backup", "create"]).arg(&archive).env("PREAU_DATA__DIR", &self.school.data);
        let ran = command.output().expect("runs");
        assert_eq!(ran.status.success(), archive.exists());
        (ran.status.success(), String::from_utf8_lossy(&ran.stderr).into_owned())
    }
}

/// A page's text with the spaces of French as plain ones.
fn shown(page: &str) -> String {
    page.replace('\u{a0}', " ")
}

#[test]
fn a_full_disk_is_said_loses_nothing_and_is_over_when_there_is_room() {
    let Some(mut scene) = Scene::begin() else { return };
    let photo = vec![7; 3 << 20];
    assert_eq!(scene.hand_in("1", "Avec de la place.", &[("page.jpg", &photo)]).0, 303);
    assert_eq!((scene.stored().0, scene.files()), (1, 1));

    // Files are refused while the database, on the same disk, still has its reserve.
    scene.disk.fill(DISK_RESERVE_BYTES - (8 << 20));
    let (status, page) = scene.hand_in("2", "Sans place pour la photo.", &[("page.jpg", &photo)]);
    assert!(
        status == 422 && page.contains("Le serveur n’a plus de place : le fichier n’est pas gardé"),
        "{status} {page}"
    );
    assert!(page.contains("Préviens l’établissement") && page.contains("Sans place pour la photo."), "{page}");
    assert_eq!((scene.stored(), scene.files()), ((1, "Sans place pour la photo.".to_owned()), 1));
    let tus = [("Tus-Resumable", "1.0.0"), ("Upload-Length", "1000")];
    assert_eq!(scene.pupil.script("POST", "/uploads", &tus, &[]).expect("an answer").status, 507);
    assert_eq!(scene.hand_in("2", "Sans la photo.", &[]).0, 303);
    assert_eq!(scene.write_log(0, "Le delta").0, 303);

    // Not a byte more.
    scene.disk.fill(0);
    let long = "Un texte qui a pris une heure. ".repeat(400);
    let (status, page) = scene.hand_in("3", &long, &[]);
    assert!(
        status == 507 && page.contains("Le serveur n’a plus de place : rien de ce qui vient d’être envoyé"),
        "{page}"
    );
    assert!(page.contains("Tout ce qui avait été confirmé est gardé") && page.contains(long.trim()), "{page}");
    let entry = "La crue, mois par mois. ".repeat(300);
    let (status, page) = scene.write_log(1, &entry);
    assert!(status == 507 && page.contains("Gardez-la ouverte") && page.contains(entry.trim()), "{status} {page}");
    let (status, page) = scene.call_roll(0);
    assert!(status == 507 && page.contains("rien de ce qui vient d’être envoyé n’est enregistré"), "{status} {page}");
    let (good, said) = scene.backup();
    assert!(!good && said.contains("no room for the copy of the database"), "{said}");
    let left: Vec<_> =
        std::fs::read_dir(&scene.disk.place).expect("the disk").flatten().map(|it| it.file_name()).collect();
    assert!(left.iter().all(|name| ["data", "filler", "preau-files"].iter().any(|it| name == it)), "{left:?}");
    let page = scene.pupil.get(&format!("/homework/{}", scene.school.homework[0])).expect("an answer");
    assert_eq!(page.status, 200, "reading goes on");
    assert_eq!((scene.stored(), scene.files()), ((2, String::new()), 1));

    // The same server, with room again.
    scene.disk.make_room();
    assert_eq!(scene.hand_in("3", &long, &[("page.jpg", &photo)]).0, 303);
    assert_eq!(scene.write_log(1, &entry).0, 303);
    assert_eq!(scene.call_roll(0).0, 303);
    assert_eq!((scene.stored().0, scene.files()), (3, 2));
    let lessons = scene.school.lessons.clone();
    scene.school.read(async |conn| {
        for lesson in &lessons[..2] {
            assert!(log::of_lesson(conn, *lesson).await.expect("read").is_some_and(|entry| entry.version == 1));
        }
        assert_eq!(rolls::by_lesson(conn, lessons[0]).await.expect("read").map(|roll| roll.version), Some(1));
    });
    let (good, said) = scene.backup();
    assert!(good, "{said}");
    assert!(scene.server.terminate().success());
}
