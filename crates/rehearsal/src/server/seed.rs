use super::{PASSWORD, ServerError, login_of};
use crate::people::Luggage;
use preau_base::{GroupId, Instant, LessonId, PersonId, Pii, Rng, SchoolId, SeededRng, SessionId, SystemRng};
use preau_gate::{KeyRing, Pass, Standing};
use preau_identity::{HashPool, HashPoolConfig};
use preau_school::{GroupKind, MemberRole, Profile};
use preau_sim::{Person, World, limits as sim};
use preau_store::groups::Group;
use preau_store::lessons::NewLesson;
use preau_store::people::NewPerson;
use preau_store::schools::NewSchool;
use preau_store::{Conn, Database, Store, groups, lessons, people, schools};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

const SOURCE: &str = "rehearsal";
const PEOPLE_PER_SCHOOL_ROLL: u32 = 1_020;
const LESSON: Duration = Duration::from_secs(55 * 60);
/// Passes were earned on an earlier day, but not so early that they are renewed.
pub(super) const PASS_AGE: Duration = Duration::from_secs(3 * 3_600);

/// A folder full of schools, and what their people bring.
pub struct Sown {
    keys: KeyRing,
    people: Vec<PersonId>,
    begins: Instant,
    secure: bool,
}

/// Fills an empty data folder: schools, everybody of the world, a class and a lesson at the bell for thirty people each,
/// and the keys that the server will find.
///
/// # Errors
/// [`ServerError`] when the folder is not empty, or cannot be written.
pub async fn sow(folder: &Path, world: &World, begins: Instant, secure: bool) -> Result<Sown, ServerError> {
    let keys = KeyRing::generate(begins, &mut SystemRng);
    write_keys(folder, &keys).map_err(ServerError::Folder)?;
    let pool = HashPool::start(HashPoolConfig::default()).map_err(ServerError::Folder)?;
    // One hash for everybody: what it costs to check does not depend on it.
    let hash = pool.hash(Pii::new(PASSWORD.to_owned()), &mut SystemRng).await.map_err(|_| ServerError::Password)?;
    let store = Store::open(&Database::Sqlite { path: folder.join("preau.sqlite") }, &folder.join("backups")).await?;
    let mut rng = SeededRng::new(world.seed);
    let mut tx = store.write().await?;
    let mut sowing = Sowing { world, begins, hash: hash.as_str(), people: Vec::new(), school: None };
    let mut number = 0;
    while number < world.people {
        let until = (number + sim::PEOPLE_PER_LESSON).min(world.people);
        sowing.lesson(&mut tx, number..until, &mut rng).await?;
        number = until;
    }
    tx.commit().await?;
    let people = sowing.people;
    store.close().await;
    Ok(Sown { keys, people, begins, secure })
}

struct Sowing<'a> {
    world: &'a World,
    begins: Instant,
    hash: &'a str,
    people: Vec<PersonId>,
    school: Option<(SchoolId, u32)>,
}

impl Sowing<'_> {
    /// One class with its people and its lesson.
    async fn lesson(
        &mut self,
        conn: &mut Conn,
        numbers: std::ops::Range<u32>,
        rng: &mut dyn Rng,
    ) -> Result<(), ServerError> {
        let first = self.world.person(numbers.start);
        let school = self.school_of(conn, numbers.start, rng).await?;
        let class = Group {
            id: GroupId::new(self.begins, rng),
            school_id: school,
            kind: GroupKind::Class,
            name: format!("Classe {}", first.lesson + 1),
        };
        groups::create(conn, &class, SOURCE, self.begins).await?;
        let mut teachers = Vec::new();
        for person in numbers.map(|number| self.world.person(number)) {
            let id = self.person(conn, &person, rng).await?;
            let (profile, role) = match person.standing {
                Standing::Teacher => (Profile::Teacher, Some(MemberRole::Teacher)),
                Standing::Staff => (Profile::SchoolLife, None),
                Standing::Pupil | Standing::Relative => (Profile::Pupil, Some(MemberRole::Pupil)),
            };
            people::affiliate(conn, id, school, profile, SOURCE).await?;
            if let Some(role) = role {
                groups::add_member(conn, class.id, id, role, "", SOURCE).await?;
            }
            if person.standing == Standing::Teacher {
                teachers.push(id);
            }
        }
        let bell = self.begins.plus(self.world.bell());
        let starts_at = if first.has_lesson { bell } else { bell.plus(Duration::from_secs(3_600)) };
        let lesson = NewLesson {
            id: LessonId::new(self.begins, rng),
            school,
            subject_name: "Histoire-géographie",
            room: "",
            starts_at,
            ends_at: starts_at.plus(LESSON),
            groups: &[class.id],
            teachers: &teachers,
            created_by: None,
            source: SOURCE,
        };
        Ok(lessons::create(conn, &lesson, self.begins).await?)
    }

    async fn school_of(&mut self, conn: &mut Conn, number: u32, rng: &mut dyn Rng) -> Result<SchoolId, ServerError> {
        let wanted = number / PEOPLE_PER_SCHOOL_ROLL;
        if let Some((id, roll)) = self.school
            && roll == wanted
        {
            return Ok(id);
        }
        let id = SchoolId::new(self.begins, rng);
        let name = format!("Collège de la répétition {}", wanted + 1);
        let uai = format!("{:07}R", 9_900_000 + wanted);
        let new = NewSchool { id, uai: Some(&uai), name: &name, kind: "college", city: "Oraison", source: SOURCE };
        schools::create(conn, &new, self.begins).await?;
        self.school = Some((id, wanted));
        Ok(id)
    }

    async fn person(&mut self, conn: &mut Conn, person: &Person, rng: &mut dyn Rng) -> Result<PersonId, ServerError> {
        let id = PersonId::new(self.begins, rng);
        let login = login_of(person.number);
        let family_name = format!("Personne {}", person.number + 1);
        let new = NewPerson {
            id,
            login: &login,
            given_name: "Camille",
            family_name: &family_name,
            title: "",
            birth_day: None,
            ine: None,
            email: None,
            source: SOURCE,
            external_id: None,
        };
        people::create(conn, &new, self.begins).await?;
        people::rehash_password(conn, id, self.hash).await?;
        self.people.push(id);
        Ok(id)
    }
}

impl Sown {
    /// What this person comes with: a pass from an earlier hour, or login and password.
    pub(crate) fn luggage(&self, person: &Person) -> Luggage {
        Luggage {
            pass: person.has_pass.then(|| self.pass(person)).flatten(),
            session: None,
            login: login_of(person.number),
            password: PASSWORD.to_owned(),
        }
    }

    /// Name and value of the cookie of a pass from an earlier hour.
    pub fn pass(&self, person: &Person) -> Option<(String, String)> {
        let id = *self.people.get(person.number as usize)?;
        let issued = self.begins.minus(PASS_AGE);
        let pass = Pass {
            person: id,
            session: SessionId::new(issued, &mut SeededRng::new(u64::from(person.number))),
            standing: person.standing,
            epoch: 0,
            issued,
            shared_device: false,
        };
        let name = if self.secure { "__Host-preau-pass" } else { "preau-pass" };
        Some((name.to_owned(), pass.seal(&self.keys)))
    }
}

pub(super) fn write_keys(folder: &Path, keys: &KeyRing) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(folder.join("keys"))?;
    file.write_all(keys.to_text().reveal().as_bytes())
}
