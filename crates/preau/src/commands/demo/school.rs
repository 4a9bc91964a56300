//! The demonstration school: a collège whose timetable always has a lesson on now and one in ten minutes.

mod attendance;
mod log;
mod primary;
mod timetable;

use super::people::{ACCOUNTS, Account, CLASSES, Class, FAMILY_NAMES, GIVEN_NAMES, SUBJECTS, TEACHERS};
use super::work;
use anyhow::Context;
use jiff::ToSpan;
use preau_base::{GroupId, HomeworkId, Instant, LessonId, PersonId, Rng, SchoolId, SubjectId};
use preau_school::{GroupKind, MemberRole, Profile};
use preau_store::groups::Group;
use preau_store::homework::NewHomework;
use preau_store::lessons::NewLesson;
use preau_store::people::NewPerson;
use preau_store::schools::NewSchool;
use preau_store::{Conn, groups, homework, lessons, people, schools, subjects};
use std::collections::HashMap;
use std::time::Duration;

pub use primary::card;

const SOURCE: &str = "demo";
const UAI: &str = "0040999D";
const LESSON: Duration = Duration::from_secs(55 * 60);
/// The lesson that is on has run for this long, so the next one begins in ten minutes.
const RUNNING_FOR: Duration = Duration::from_secs(45 * 60);
/// Lessons before and after the one that is on, today.
const SLOTS_BEFORE: u32 = 3;
const SLOTS_AFTER: u32 = 6;
/// Starts of the lessons of the other days, in minutes after midnight.
const DAY_STARTS_MIN: [i64; 6] = [8 * 60, 9 * 60, 10 * 60 + 5, 11 * 60 + 5, 13 * 60 + 30, 14 * 60 + 30];
const PUPILS_PER_CLASS: usize = 22;

struct Seed<'a> {
    conn: &'a mut Conn,
    rng: &'a mut dyn Rng,
    now: Instant,
    school: SchoolId,
    people: HashMap<String, PersonId>,
    classes: Vec<(&'static Class, GroupId)>,
}

/// Fills an empty database. The accounts of [`ACCOUNTS`] have no password yet.
pub async fn fill(conn: &mut Conn, now: Instant, rng: &mut dyn Rng) -> anyhow::Result<()> {
    let school = SchoolId::new(now, rng);
    let new = NewSchool {
        id: school,
        uai: Some(UAI),
        name: "Collège des Tilleuls",
        kind: "college",
        city: "Oraison",
        source: SOURCE,
    };
    schools::create(conn, &new, now).await?;
    let mut seed = Seed { conn, rng, now, school, people: HashMap::new(), classes: Vec::new() };
    for (code, name) in SUBJECTS {
        let id = SubjectId::new(now, seed.rng);
        subjects::create(seed.conn, id, school, code, name, SOURCE).await?;
    }
    for account in ACCOUNTS {
        seed.account(account).await?;
    }
    for (login, title, given_name, family_name, _) in TEACHERS {
        if !seed.people.contains_key(*login) {
            let id = seed.person(login, title, given_name, family_name).await?;
            people::affiliate(seed.conn, id, school, Profile::Teacher, SOURCE).await?;
        }
    }
    seed.classes().await?;
    seed.family().await?;
    seed.timetable().await?;
    seed.homework().await?;
    seed.log().await?;
    seed.attendance().await?;
    seed.primary().await
}

/// Gives a demonstration that is started again lessons for today, if none is on. Gives whether it did.
pub async fn renew(conn: &mut Conn, now: Instant, rng: &mut dyn Rng) -> anyhow::Result<bool> {
    let school = schools::by_uai(conn, UAI).await?.context("the demonstration has no school")?.id;
    let on = lessons::of_school(conn, school, None, now, now.plus(Duration::from_millis(1))).await?;
    if on.iter().any(|lesson| Seed::is_live(lesson, now)) {
        return Ok(false);
    }
    let mut people = HashMap::new();
    for (login, ..) in TEACHERS {
        let teacher = people::by_login(conn, login).await?;
        let teacher = teacher.with_context(|| format!("the demonstration lacks {login}"))?;
        people.insert((*login).to_owned(), teacher.id);
    }
    let mut classes = Vec::new();
    for class in CLASSES {
        let group = groups::by_name(conn, school, class.name).await?;
        classes.push((class, group.with_context(|| format!("the demonstration lacks {}", class.name))?.id));
    }
    let mut seed = Seed { conn, rng, now, school, people, classes };
    seed.today(0).await?;
    Ok(true)
}

impl Seed<'_> {
    async fn person(&mut self, login: &str, title: &str, given: &str, family: &str) -> anyhow::Result<PersonId> {
        let id = PersonId::new(self.now, self.rng);
        let person = NewPerson {
            id,
            login,
            given_name: given,
            family_name: family,
            title,
            birth_day: None,
            ine: None,
            email: None,
            source: SOURCE,
            external_id: None,
        };
        people::create(self.conn, &person, self.now).await?;
        self.people.insert(login.to_owned(), id);
        Ok(id)
    }

    async fn account(&mut self, account: &Account) -> anyhow::Result<()> {
        let id = self.person(account.login, account.title, account.given_name, account.family_name).await?;
        match account.profile {
            Some(profile) => people::affiliate(self.conn, id, self.school, profile, SOURCE).await?,
            None => people::set_platform_admin(self.conn, id, true).await?,
        }
        Ok(())
    }

    fn known(&self, login: &str) -> anyhow::Result<PersonId> {
        self.people.get(login).copied().with_context(|| format!("the demonstration has nobody called {login}"))
    }

    async fn classes(&mut self) -> anyhow::Result<()> {
        for (number, class) in CLASSES.iter().enumerate() {
            let id = GroupId::new(self.now, self.rng);
            let group = Group { id, school_id: self.school, kind: GroupKind::Class, name: class.name.to_owned() };
            groups::create(self.conn, &group, SOURCE, self.now).await?;
            self.classes.push((class, id));
            let mut pupils = Vec::new();
            for login in class.accounts {
                pupils.push(self.known(login)?);
            }
            for place in pupils.len()..PUPILS_PER_CLASS {
                pupils.push(self.extra_pupil(number * PUPILS_PER_CLASS + place).await?);
            }
            for pupil in pupils {
                groups::add_member(self.conn, id, pupil, MemberRole::Pupil, "", SOURCE).await?;
            }
            for (login, _, _, _, subject) in TEACHERS {
                let teacher = self.known(login)?;
                groups::add_member(self.conn, id, teacher, MemberRole::Teacher, subject, SOURCE).await?;
            }
            let head_teacher = self.known(class.head_teacher)?;
            groups::add_member(self.conn, id, head_teacher, MemberRole::HeadTeacher, "", SOURCE).await?;
        }
        Ok(())
    }

    /// A pupil without a password, so that classes are full.
    async fn extra_pupil(&mut self, number: usize) -> anyhow::Result<PersonId> {
        let given = GIVEN_NAMES[number % GIVEN_NAMES.len()];
        // The step shares no factor with the number of names, so that pairs repeat late.
        let family = FAMILY_NAMES[(number * 7 + number / GIVEN_NAMES.len()) % FAMILY_NAMES.len()];
        let stem = preau_school::login::Stem::from_name(given, family, "eleve");
        let mut login = stem.numbered(1);
        for n in 2.. {
            if !self.people.contains_key(&login) {
                break;
            }
            login = stem.numbered(n);
        }
        let id = self.person(&login, "", given, family).await?;
        people::affiliate(self.conn, id, self.school, Profile::Pupil, SOURCE).await?;
        Ok(id)
    }

    async fn family(&mut self) -> anyhow::Result<()> {
        let (parent, child) = (self.known("parent")?, self.known("eleve")?);
        people::relate(self.conn, parent, child, "1", SOURCE).await?;
        Ok(())
    }

    /// The lesson that is on, `before` lessons before it, and those that follow.
    async fn today(&mut self, before: u32) -> anyhow::Result<()> {
        // Whole minutes, as a timetable has them.
        let current_start = Instant::from_secs(self.now.as_secs() / 60 * 60).minus(RUNNING_FOR);
        for slot in 0..=before + SLOTS_AFTER {
            let starts_at = current_start.minus(LESSON * before).plus(LESSON * slot);
            let turn = i64::from(slot) - i64::from(before);
            // The next lesson goes on with the same teachers: `prof` and `eleve` meet for another hour.
            self.slot(starts_at, if turn > 0 { turn - 1 } else { turn }).await?;
        }
        Ok(())
    }

    async fn timetable(&mut self) -> anyhow::Result<()> {
        self.today(SLOTS_BEFORE).await?;
        let zone = jiff::tz::TimeZone::get("Europe/Paris").context("time zone Europe/Paris")?;
        let today = jiff::Timestamp::from_millisecond(self.now.as_millis())?.to_zoned(zone.clone()).date();
        self.year(&zone, today).await?;
        self.changes().await
    }

    /// One lesson for each class at once: the classes take the teachers in turn, so that nobody teaches two of them.
    /// Turn 0 gives the first class the first teacher.
    async fn slot(&mut self, starts_at: Instant, turn: i64) -> anyhow::Result<()> {
        for (number, (_, class)) in (0_i64..).zip(self.classes.clone()) {
            let (teacher, name) = self.teacher_in(turn + number)?;
            let teachers = [teacher];
            let id = LessonId::new(self.now, self.rng);
            let lesson = NewLesson {
                id,
                school: self.school,
                subject_name: name,
                room: "",
                starts_at,
                ends_at: starts_at.plus(LESSON),
                groups: &[class],
                teachers: &teachers,
                created_by: None,
                source: SOURCE,
            };
            lessons::create(self.conn, &lesson, self.now).await?;
        }
        Ok(())
    }

    async fn homework(&mut self) -> anyhow::Result<()> {
        let zone = jiff::tz::TimeZone::get("Europe/Paris").context("time zone Europe/Paris")?;
        let today = jiff::Timestamp::from_millisecond(self.now.as_millis())?.to_zoned(zone).date();
        let works = [
            (-6, "prof", "Lire le document 1, page 34", "Repérez les dates et notez-les dans le cahier."),
            (-1, "marc.benali", "Exercices 1 à 3, page 82", ""),
            (0, "sarah.roy", "Apprendre le vocabulaire de la leçon 4", "Interrogation orale en début de cours."),
            (1, "marc.benali", "Exercices 4 à 6, page 87", "Rédigez chaque étape du calcul."),
            (2, "julien.costa", "Lire « Le voyage d’Ulysse »", "Chapitres 1 et 2."),
            (5, "prof", "Exposé : le Nil", "Deux pages au plus, avec une carte."),
        ];
        for (_, class) in self.classes.clone() {
            for (days, teacher, title, body) in works {
                let due_day = today.checked_add(i64::from(days).days())?.to_string();
                let subject = TEACHERS.iter().find(|it| it.0 == teacher).map_or("", |it| it.4);
                let subject = SUBJECTS.iter().find(|it| it.0 == subject).map_or("", |it| it.1);
                let homework = NewHomework {
                    id: HomeworkId::new(self.now, self.rng),
                    school: self.school,
                    group: class,
                    author: self.known(teacher)?,
                    lesson: None,
                    subject_name: subject,
                    title,
                    body,
                    due_day: &due_day,
                    handing: work::handing(days, self.now),
                };
                homework::create(self.conn, &homework, self.now).await?;
                if days < -5 {
                    let people = (homework.id, self.known("eleve")?, homework.author);
                    work::hand_in(self.conn, people, self.now, self.rng).await?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use preau_base::SeededRng;
    use preau_store::{Database, Store};

    #[tokio::test]
    async fn every_class_has_a_lesson_on_now_and_one_in_ten_minutes() {
        let folder = tempfile::tempdir().expect("a folder");
        let database = Database::Sqlite { path: folder.path().join("preau.sqlite") };
        let store = Store::open(&database, folder.path()).await.expect("opens");
        // Half a minute past a full minute, on a Sunday.
        let now = Instant::from_secs(1_795_338_630);
        let mut tx = store.write().await.expect("a transaction");
        fill(&mut tx, now, &mut SeededRng::new(1)).await.expect("filled");
        let school = schools::by_uai(&mut tx, "0040999D").await.expect("read").expect("there");
        let soon = now.plus(Duration::from_secs(10 * 60));
        for group in groups::list(&mut tx, school.id).await.expect("list") {
            for at in [now, soon] {
                let on =
                    lessons::of_school(&mut tx, school.id, Some(group.id), at, at.plus(Duration::from_millis(1))).await;
                assert_eq!(on.expect("read").len(), 1, "{} at {at}", group.name);
            }
        }
        let eleve = people::by_login(&mut tx, "eleve").await.expect("read").expect("there");
        let on = lessons::of_person(&mut tx, eleve.id, now, now.plus(Duration::from_millis(1))).await.expect("read");
        assert_eq!(on[0].teachers, "Mme Fontaine", "the pupil's lesson is the teacher's");
        let prof = people::by_login(&mut tx, "prof").await.expect("read").expect("there");
        let theirs = lessons::of_person(&mut tx, prof.id, now, now.plus(Duration::from_millis(1))).await.expect("read");
        assert_eq!(theirs.iter().map(|it| it.id).collect::<Vec<_>>(), [on[0].id], "and she has no other");
        let due = homework::of_pupil(&mut tx, eleve.id, "2026-11-01", "2026-12-31", now).await.expect("read");
        assert_eq!(due.len(), 6);

        let mut rng = SeededRng::new(2);
        assert!(!renew(&mut tx, now, &mut rng).await.expect("looked"), "a lesson is on");
        let next_week = now.plus(Duration::from_secs(7 * 86_400));
        assert!(renew(&mut tx, next_week, &mut rng).await.expect("renewed"));
        let on = lessons::of_person(&mut tx, eleve.id, next_week, next_week.plus(Duration::from_millis(1))).await;
        assert_eq!(on.expect("read")[0].teachers, "Mme Fontaine");
    }
}
