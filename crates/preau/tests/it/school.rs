//! A small school in a data folder, whatever the day of the test: a class whose lessons have just been, and work to hand in.

use jiff::ToSpan as _;
use preau_base::{Clock, GroupId, HomeworkId, Instant, LessonId, PersonId, Pii, Rng, SchoolId, SeededRng, SystemClock};
use preau_files::Files;
use preau_identity::{HashPool, HashPoolConfig, PasswordHash};
use preau_school::homework::Ways;
use preau_school::{GroupKind, MemberRole, Profile};
use preau_store::groups::{self, Group};
use preau_store::homework::{self, Handing, NewHomework};
use preau_store::lessons::{self, NewLesson};
use preau_store::people::{self, NewPerson};
use preau_store::schools::{self, NewSchool};
use preau_store::{Conn, Database, Store};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub const PASSWORD: &str = "trois mots sans rapport";
pub const TEACHER: &str = "claire.fontaine";
pub const HEAD: &str = "paul.mercier";
const PUPILS: [(&str, &str, &str); 6] = [
    ("lea.martin", "Léa", "Martin"),
    ("tom.petit", "Tom", "Petit"),
    ("ines.obrien", "Inès", "O’Brien"),
    ("nour.haddad", "نور", "حداد"),
    ("xiu.wang", "秀英", "王"),
    ("max.leroy", "Max", "Leroy"),
];
const LESSONS: usize = 16;
const HOMEWORK: usize = 64;

/// A data folder with its database.
pub struct School {
    pub runtime: Runtime,
    pub data: PathBuf,
    pub database: Database,
    pub store: Store,
    pub school: SchoolId,
    pub class: GroupId,
    pub teacher: PersonId,
    /// Login and id of each.
    pub pupils: Vec<(&'static str, PersonId)>,
    pub lessons: Vec<LessonId>,
    pub homework: Vec<HomeworkId>,
    pub folder: TempDir,
}

impl School {
    pub fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let database = Database::Sqlite { path: data.join("preau.sqlite") };
        Self::found(folder, data, database)
    }

    pub fn on_postgres() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        Self::found(folder, data, Database::Postgres { url: preau_pgtest::fresh_database() })
    }

    /// In a data folder on a disk of its own, such as a small one.
    pub fn found(folder: TempDir, data: PathBuf, database: Database) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        std::fs::create_dir_all(&data).expect("a folder");
        let (store, sown) = runtime.block_on(async {
            let store = Store::open(&database, &data.join("backups")).await.expect("opens");
            let mut tx = store.write().await.expect("a transaction");
            let sown = Sower::sow(&mut tx).await;
            tx.commit().await.expect("commit");
            (store, sown)
        });
        let Sower { school, class, teacher, pupils, lessons, homework, .. } = sown;
        Self { runtime, data, database, store, school, class, teacher, pupils, lessons, homework, folder }
    }

    /// What its server needs in the environment.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let mut environment = vec![("PREAU_ADMIN__LISTEN", String::new())];
        if let Database::Postgres { url } = &self.database {
            environment.push(("PREAU_DATABASE__URL", url.clone()));
        }
        environment
    }

    /// The object store of its server.
    pub fn files(&self) -> Files {
        Files::in_folder(&self.data.join("files"), 0).expect("a folder")
    }

    /// Runs a question against the database.
    pub fn read<T>(&self, ask: impl AsyncFnOnce(&mut Conn) -> T) -> T {
        self.runtime.block_on(async {
            let mut conn = self.store.read().await.expect("a connection");
            ask(&mut conn).await
        })
    }

    /// Changes the database beside the server.
    pub fn write<T>(&self, act: impl AsyncFnOnce(&mut Conn) -> T) -> T {
        self.runtime.block_on(async {
            let mut tx = self.store.write().await.expect("a transaction");
            let done = act(&mut tx).await;
            tx.commit().await.expect("commit");
            done
        })
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

struct Sower {
    now: Instant,
    rng: SeededRng,
    hash: PasswordHash,
    school: SchoolId,
    class: GroupId,
    teacher: PersonId,
    pupils: Vec<(&'static str, PersonId)>,
    lessons: Vec<LessonId>,
    homework: Vec<HomeworkId>,
}

impl Sower {
    async fn sow(conn: &mut Conn) -> Self {
        let now = SystemClock.now();
        let mut rng = SeededRng::new(now.as_millis().unsigned_abs());
        let pool = HashPool::start(HashPoolConfig { threads: 1, waiting_max: 1 }).expect("a thread");
        let hash = pool.hash(Pii::new(PASSWORD.to_owned()), &mut rng).await.expect("a hash");
        let (school, class) = (SchoolId::new(now, &mut rng), GroupId::new(now, &mut rng));
        let teacher = PersonId::new(now, &mut rng);
        let mut sower = Self {
            now,
            rng,
            hash,
            school,
            class,
            teacher,
            pupils: Vec::new(),
            lessons: Vec::new(),
            homework: Vec::new(),
        };
        let new = NewSchool {
            id: school,
            uai: Some("0040001A"),
            name: "Collège des Tilleuls",
            kind: "college",
            city: "Oraison",
            source: "hand",
        };
        schools::create(conn, &new, now).await.expect("a school");
        let group = Group { id: class, school_id: school, kind: GroupKind::Class, name: "6e B".to_owned() };
        groups::create(conn, &group, "hand", now).await.expect("a class");
        sower.people(conn).await;
        sower.timetable(conn).await;
        sower.work(conn).await;
        sower
    }

    async fn people(&mut self, conn: &mut Conn) {
        let teacher = self.teacher;
        self.person(conn, teacher, (TEACHER, "Claire", "Fontaine"), Profile::Teacher, Some(MemberRole::Teacher)).await;
        let head = PersonId::new(self.now, &mut self.rng);
        self.person(conn, head, (HEAD, "Paul", "Mercier"), Profile::Head, None).await;
        for pupil in PUPILS {
            let id = PersonId::new(self.now, &mut self.rng);
            self.person(conn, id, pupil, Profile::Pupil, Some(MemberRole::Pupil)).await;
            self.pupils.push((pupil.0, id));
        }
    }

    async fn person(
        &mut self,
        conn: &mut Conn,
        id: PersonId,
        (login, given_name, family_name): (&str, &str, &str),
        profile: Profile,
        role: Option<MemberRole>,
    ) {
        let email = format!("{login}@exemple.fr");
        let new = NewPerson {
            id,
            login,
            given_name,
            family_name,
            title: "",
            birth_day: None,
            ine: None,
            email: Some(&email),
            source: "hand",
            external_id: None,
        };
        people::create(conn, &new, self.now).await.expect("a person");
        people::set_password(conn, id, self.hash.as_str(), self.now).await.expect("a password");
        people::affiliate(conn, id, self.school, profile, "hand").await.expect("an affiliation");
        if let Some(role) = role {
            groups::add_member(conn, self.class, id, role, "", "hand").await.expect("a member");
        }
    }

    /// Lessons of a minute, one after the other, the last of which has just ended.
    async fn timetable(&mut self, conn: &mut Conn) {
        for back in 1..=LESSONS as u64 {
            let id = LessonId::new(self.now, &mut self.rng);
            let starts_at = self.now.minus(Duration::from_secs(60 * back));
            let lesson = NewLesson {
                id,
                school: self.school,
                subject_name: "Géographie",
                room: "",
                starts_at,
                ends_at: starts_at.plus(Duration::from_secs(60)),
                groups: &[self.class],
                teachers: &[self.teacher],
                created_by: None,
                source: "hand",
            };
            lessons::create(conn, &lesson, self.now).await.expect("a lesson");
            self.lessons.push(id);
        }
    }

    async fn work(&mut self, conn: &mut Conn) {
        let due_day = day_in(self.now, 10);
        for number in 0..HOMEWORK {
            let id = HomeworkId::new(self.now, &mut self.rng);
            let ways = Ways { paper: false, text: true, files: true, photos: true, audio: true };
            let new = NewHomework {
                id,
                school: self.school,
                group: self.class,
                author: self.teacher,
                lesson: None,
                subject_name: "Géographie",
                title: &format!("Le delta, partie {number}"),
                body: "",
                due_day: &due_day,
                handing: Handing { ways, ..Handing::default() },
            };
            homework::create(conn, &new, self.now).await.expect("homework");
            self.homework.push(id);
        }
    }
}

/// The day that many days after an instant.
pub fn day_in(now: Instant, days: i32) -> String {
    let now = jiff::Timestamp::from_millisecond(now.as_millis()).expect("an instant");
    let day = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    day.checked_add(days.days()).expect("a day").to_string()
}

/// Bytes that nobody else has sent.
pub fn some_bytes(rng: &mut SeededRng, most: u64) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(1 + rng.below(most)).expect("small")];
    rng.fill(&mut bytes);
    bytes
}
