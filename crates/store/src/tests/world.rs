use crate::files::{self, NewFile};
use crate::groups::{self, Group};
use crate::homework::{Handing, NewHomework};
use crate::lessons::{self, NewLesson};
use crate::log::Text;
use crate::people::{self, NewPerson};
use crate::schools::{self, NewSchool};
use crate::{Conn, Database, Store};
use preau_base::{FileId, GroupId, HomeworkId, Instant, LessonId, PersonId, SchoolId, SeededRng};
use preau_school::homework::Ways;
use preau_school::{GroupKind, MemberRole, Profile};
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;

pub const NOW: Instant = Instant::from_secs(1_800_000_000);
/// For when work is due.
pub const DUE_DAY: &str = "2026-11-24";
pub const LESSON: Duration = Duration::from_secs(3_300);

/// An empty store and the folder it may use.
pub struct Place {
    pub store: Store,
    pub database: Database,
    pub folder: TempDir,
}

impl Place {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = Database::Sqlite { path: folder.path().join("preau.sqlite") };
        Self::open(folder, database).await
    }

    pub async fn postgres() -> Self {
        let database = Database::Postgres { url: preau_pgtest::fresh_database() };
        Self::open(tempfile::tempdir().expect("a folder"), database).await
    }

    async fn open(folder: TempDir, database: Database) -> Self {
        let store = Store::open(&database, &folder.path().join("backups")).await.expect("opens");
        Self { store, database, folder }
    }

    /// Another empty database of the same kind, and an empty data folder for it.
    pub fn elsewhere(&self) -> (Database, PathBuf) {
        let data = self.folder.path().join("elsewhere");
        std::fs::create_dir(&data).expect("a folder");
        let database = match self.database {
            Database::Sqlite { .. } => Database::Sqlite { path: data.join("preau.sqlite") },
            Database::Postgres { .. } => Database::Postgres { url: preau_pgtest::fresh_database() },
        };
        (database, data)
    }
}

/// A school with a class, two pupils, their teacher and a mother.
pub struct World {
    pub rng: SeededRng,
    pub school: SchoolId,
    pub class: GroupId,
    pub teacher: PersonId,
    pub max: PersonId,
    pub ines: PersonId,
    pub mother: PersonId,
}

impl World {
    pub async fn make(conn: &mut Conn) -> Self {
        let mut rng = SeededRng::new(20_210_406);
        let school = SchoolId::new(NOW, &mut rng);
        let new = NewSchool {
            id: school,
            uai: Some("0931234X"),
            name: "Collège des Tilleuls",
            kind: "college",
            city: "Oraison",
            source: "hand",
        };
        schools::create(conn, &new, NOW).await.expect("a school");
        let class = GroupId::new(NOW, &mut rng);
        let group = Group { id: class, school_id: school, kind: GroupKind::Class, name: "6E B".to_owned() };
        groups::create(conn, &group, "hand", NOW).await.expect("a class");
        let mut world = Self { rng, school, class, teacher: nobody(), max: nobody(), ines: nobody(), mother: nobody() };
        world.teacher = world.person(conn, "claire.fontaine", "Claire", "Fontaine", Profile::Teacher).await;
        world.max = world.person(conn, "max.leroy", "Max", "Leroy", Profile::Pupil).await;
        world.ines = world.person(conn, "ines.o-brien", "Inès", "O’Brien", Profile::Pupil).await;
        world.mother = world.person(conn, "anne.leroy", "Anne", "Leroy", Profile::Relative).await;
        for pupil in [world.max, world.ines] {
            groups::add_member(conn, class, pupil, MemberRole::Pupil, "", "hand").await.expect("a pupil");
        }
        groups::add_member(conn, class, world.teacher, MemberRole::Teacher, "HIGEO", "hand").await.expect("a teacher");
        people::relate(conn, world.mother, world.max, "1", "hand").await.expect("a mother");
        world
    }

    /// A lesson of the class and its teacher, of 55 minutes.
    pub fn new_lesson<'a>(&'a self, id: LessonId, starts_at: Instant, subject_name: &'a str) -> NewLesson<'a> {
        NewLesson {
            id,
            school: self.school,
            subject_name,
            room: "",
            starts_at,
            ends_at: starts_at.plus(LESSON),
            groups: std::slice::from_ref(&self.class),
            teachers: std::slice::from_ref(&self.teacher),
            created_by: None,
            source: "hand",
        }
    }

    /// The same, created.
    pub async fn lesson(&mut self, conn: &mut Conn, starts_at: Instant, subject_name: &str) -> LessonId {
        let id = LessonId::new(NOW, &mut self.rng);
        lessons::create(conn, &self.new_lesson(id, starts_at, subject_name), NOW).await.expect("a lesson");
        id
    }

    /// Work in history that the teacher sets for the class.
    pub fn new_homework<'a>(&self, id: HomeworkId, title: &'a str) -> NewHomework<'a> {
        NewHomework {
            id,
            school: self.school,
            group: self.class,
            author: self.teacher,
            lesson: None,
            subject_name: "Histoire",
            title,
            body: "",
            due_day: DUE_DAY,
            handing: Handing::default(),
        }
    }

    /// What the teacher writes about a lesson.
    pub fn text<'a>(&self, lesson: LessonId, body: &'a str, publish: bool) -> Text<'a> {
        Text {
            lesson,
            school: self.school,
            author: self.teacher,
            step: None,
            body,
            work_title: "",
            work_body: "",
            work_minutes: None,
            work_ways: Ways::default(),
            work_is_test: false,
            publish,
        }
    }

    /// A file of 7 bytes.
    pub async fn file(&mut self, conn: &mut Conn, owner: PersonId, name: &str) -> FileId {
        let id = FileId::new(NOW, &mut self.rng);
        let new = NewFile { id, owner, name, kind: "text", bytes: 7, sha256: &[1; 32] };
        files::create(conn, &new, NOW).await.expect("a file");
        id
    }

    pub async fn person(
        &mut self,
        conn: &mut Conn,
        login: &str,
        given_name: &str,
        family_name: &str,
        profile: Profile,
    ) -> PersonId {
        let id = PersonId::new(NOW, &mut self.rng);
        let new = NewPerson {
            id,
            login,
            given_name,
            family_name,
            title: if profile == Profile::Teacher { "Mme" } else { "" },
            birth_day: None,
            ine: None,
            email: Some("Someone@Example.org"),
            source: "hand",
            external_id: Some(login),
        };
        people::create(conn, &new, NOW).await.expect("a person");
        people::affiliate(conn, id, self.school, profile, "hand").await.expect("an affiliation");
        id
    }
}

fn nobody() -> PersonId {
    PersonId::new(Instant::EPOCH, &mut SeededRng::new(0))
}
