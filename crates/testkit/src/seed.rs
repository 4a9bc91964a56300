pub(crate) mod log;
pub(crate) mod work;

pub use log::LogSeed;
pub use work::WorkSeed;

use crate::actor::Who;
use crate::app::START;
use jiff::civil::{Weekday, date, time};
use preau_base::{
    AbsenceId, FileId, GroupId, HomeworkId, Instant, LessonId, PersonId, RecordingId, ReportId, SchoolId, SeededRng,
    SeriesId, TerritoryId,
};
use preau_files::Files;
use preau_identity::PasswordHash;
use preau_school::attendance::{ExcuseState, HalfDay, Reason};
use preau_school::safety::{Concern, ReportKind};
use preau_school::timetable::Recurrence;
use preau_school::{GroupKind, MemberRole, Profile, TerritoryKind};
use preau_store::absences::{self, NewAbsence};
use preau_store::files::NewFile;
use preau_store::groups::{self, Group};
use preau_store::homework::{self, NewHomework};
use preau_store::lessons::{self, NewLesson};
use preau_store::people::{self, NewPerson};
use preau_store::recordings::{self, NewTrack};
use preau_store::reports::{self, NewReport};
use preau_store::schools::{self, NewSchool};
use preau_store::series::{self, NewSeries};
use preau_store::{Conn, Store, StoreError, territories};
use std::collections::BTreeMap;
use std::time::Duration;

/// The password of every actor.
pub const PASSWORD: &str = "trois mots sans rapport";

/// What is in the seeded database.
#[derive(Clone, Debug, Default)]
pub struct Seed {
    people: BTreeMap<Who, PersonId>,
    schools: Vec<SchoolId>,
    groups: Vec<GroupId>,
    lessons: Vec<LessonId>,
    homework: Vec<HomeworkId>,
    absences: Vec<AbsenceId>,
    territories: Vec<TerritoryId>,
    series: Vec<SeriesId>,
    reports: Vec<ReportId>,
    recorded: Vec<FileId>,
    log: Option<LogSeed>,
    pub(crate) work: Option<WorkSeed>,
    town: Town,
}

/// What tells one seeded town from another: two of them have no id and no login in common.
#[derive(Clone, Copy, Debug, Default)]
struct Town {
    /// Added to the seeds of all ids.
    salt: u64,
    /// Behind each login, and each name of a person or a group.
    mark: &'static str,
    /// UAI and name of its two schools.
    schools: [(&'static str, &'static str); 2],
}

const HERE: Town =
    Town { salt: 0, mark: "", schools: [("0040001A", "Collège des Tilleuls"), ("0040002B", "Lycée des Acacias")] };
const ELSEWHERE: Town = Town {
    salt: 1_000_000,
    mark: Seed::MARK,
    schools: [("0930001C", "Collège d’Outremur"), ("0930002D", "Lycée d’Outremur")],
};

impl Town {
    const fn rng(self, seed: u64) -> SeededRng {
        SeededRng::new(seed + self.salt)
    }

    /// Code of the département.
    fn department(self) -> &'static str {
        &self.schools[0].0[1..3]
    }
}

impl Seed {
    /// In each name of a person, a group or a school of [`crate::TestApp::sow_elsewhere`], and in nothing else.
    pub const MARK: &'static str = "utremur";

    /// # Panics
    /// For [`Who::Anonymous`], and in an empty database.
    pub fn person(&self, who: Who) -> PersonId {
        self.people[&who]
    }

    /// Collège des Tilleuls, of everybody but the stranger.
    pub fn school(&self) -> SchoolId {
        self.schools[0]
    }

    /// Lycée des Acacias.
    pub fn other_school(&self) -> SchoolId {
        self.schools[1]
    }

    /// 6e B.
    pub fn class(&self) -> GroupId {
        self.groups[0]
    }

    /// 5e C.
    pub fn other_class(&self) -> GroupId {
        self.groups[1]
    }

    /// 9:00 to 9:55, Histoire-géographie, 6e B, Mme Fontaine: on now.
    pub fn lesson_now(&self) -> LessonId {
        self.lessons[0]
    }

    /// 14:00 to 14:55, the same people.
    pub fn lesson_later(&self) -> LessonId {
        self.lessons[1]
    }

    /// An exposition about the Nile, set by the teacher for 6e B, due tomorrow.
    pub fn homework(&self) -> HomeworkId {
        self.homework[0]
    }

    /// What is in the lesson log.
    ///
    /// # Panics
    /// In an empty database.
    pub fn log(&self) -> LogSeed {
        match self.log {
            Some(log) => log,
            None => panic!("nothing was sown"),
        }
    }

    /// Work that is handed in online.
    ///
    /// # Panics
    /// In an empty database.
    pub fn work(&self) -> WorkSeed {
        match self.work {
            Some(work) => work,
            None => panic!("nothing was sown"),
        }
    }

    /// Alpes-de-Haute-Provence, in which Collège des Tilleuls lies.
    pub fn territory(&self) -> TerritoryId {
        self.territories[0]
    }

    /// Said by the parent of the pupil for the morning of Friday 20 November; nobody has looked at it.
    pub fn absence(&self) -> AbsenceId {
        self.absences[0]
    }

    /// Every Thursday 10:05 to 11:00, Latin, 5e C, room C 1, to 20 November, not published.
    pub fn series(&self) -> SeriesId {
        self.series[0]
    }

    /// By the pupil, of a picture of the classmate, in the lesson that is on now; nobody has looked at it.
    pub fn report(&self) -> ReportId {
        self.reports[0]
    }

    /// The teacher's voice in the first recording of the lesson that is on now.
    pub fn recorded(&self) -> FileId {
        self.recorded[0]
    }

    /// 9:00 to 9:55, 5e C, without a teacher of ours: on now.
    pub fn lesson_elsewhere(&self) -> LessonId {
        self.lessons[2]
    }
}

pub(crate) async fn sow(store: &Store, hash: &PasswordHash) -> Seed {
    sow_town(store, hash, HERE).await
}

/// The same in another town, which has nothing to do with the first.
pub(crate) async fn sow_elsewhere(store: &Store, hash: &PasswordHash) -> Seed {
    sow_town(store, hash, ELSEWHERE).await
}

async fn sow_town(store: &Store, hash: &PasswordHash, town: Town) -> Seed {
    match try_sow(store, hash, town).await {
        Ok(seed) => seed,
        Err(error) => panic!("the seeded school cannot be stored: {error}"),
    }
}

async fn try_sow(store: &Store, hash: &PasswordHash, town: Town) -> Result<Seed, StoreError> {
    let mut rng = town.rng(2026);
    let mut tx = store.write().await?;
    let mut seed = Seed { town, ..Seed::default() };
    for (uai, name) in town.schools {
        let id = SchoolId::new(START, &mut rng);
        let school = NewSchool { id, uai: Some(uai), name, kind: "", city: "Oraison", source: "hand" };
        schools::create(&mut tx, &school, START).await?;
        seed.schools.push(id);
    }
    let place = (Some(town.schools[0].0), "", "Oraison");
    territories::place(&mut tx, seed.school(), place, START, &mut town.rng(4)).await?;
    let department = territories::by_code(&mut tx, TerritoryKind::Department, town.department()).await?;
    seed.territories.extend(department.map(|it| it.id));
    for who in Who::ALL.into_iter().filter(|who| *who != Who::Anonymous) {
        let id = person(&mut tx, (who, town), hash, &mut rng).await?;
        seed.people.insert(who, id);
    }
    affiliate(&mut tx, &seed).await?;
    for name in ["6e B", "5e C"] {
        let group = Group {
            id: GroupId::new(START, &mut rng),
            school_id: seed.school(),
            kind: GroupKind::Class,
            name: format!("{name}{}", town.mark),
        };
        groups::create(&mut tx, &group, "hand", START).await?;
        seed.groups.push(group.id);
    }
    let (class, other) = (seed.class(), seed.other_class());
    for (group, who, role, subject) in [
        (class, Who::Pupil, MemberRole::Pupil, ""),
        (class, Who::Classmate, MemberRole::Pupil, ""),
        (class, Who::Teacher, MemberRole::Teacher, "HIST-GEO"),
        (other, Who::PupilElsewhere, MemberRole::Pupil, ""),
    ] {
        groups::add_member(&mut tx, group, seed.person(who), role, subject, "hand").await?;
    }
    timetable(&mut tx, &mut seed, &mut rng).await?;
    absence(&mut tx, &mut seed, &mut rng).await?;
    report(&mut tx, &mut seed).await?;
    recording(&mut tx, &mut seed).await?;
    seed.log = Some(log::sow(&mut tx, &seed, &mut rng).await?);
    tx.commit().await?;
    Ok(seed)
}

async fn person(
    conn: &mut Conn,
    (who, town): (Who, Town),
    hash: &PasswordHash,
    rng: &mut SeededRng,
) -> Result<PersonId, StoreError> {
    let id = PersonId::new(START, rng);
    let (title, given_name, family_name) = who.names();
    let (login, family_name) = (format!("{}{}", who.login(), town.mark), format!("{family_name}{}", town.mark));
    let email = format!("{login}@exemple.fr");
    let new = NewPerson {
        id,
        login: &login,
        given_name,
        family_name: &family_name,
        title,
        birth_day: None,
        ine: None,
        email: Some(&email),
        source: "hand",
        external_id: None,
    };
    people::create(conn, &new, START).await?;
    people::set_password(conn, id, hash.as_str(), START).await?;
    Ok(id)
}

async fn affiliate(conn: &mut Conn, seed: &Seed) -> Result<(), StoreError> {
    let (here, there) = (seed.school(), seed.other_school());
    for (who, school, profile) in [
        (Who::Pupil, here, Profile::Pupil),
        (Who::Classmate, here, Profile::Pupil),
        (Who::PupilElsewhere, here, Profile::Pupil),
        (Who::Parent, here, Profile::Relative),
        (Who::Teacher, here, Profile::Teacher),
        (Who::Head, here, Profile::Head),
        (Who::SchoolLife, here, Profile::SchoolLife),
        (Who::Administrator, here, Profile::Administrator),
        (Who::Stranger, there, Profile::Teacher),
        (Who::Stranger, there, Profile::Administrator),
    ] {
        people::affiliate(conn, seed.person(who), school, profile, "hand").await?;
    }
    people::relate(conn, seed.person(Who::Parent), seed.person(Who::Pupil), "mother", "hand").await?;
    // There is one for all towns.
    if seed.town.salt == 0 {
        people::set_platform_admin(conn, seed.person(Who::PlatformAdmin), true).await?;
    }
    Ok(())
}

async fn timetable(conn: &mut Conn, seed: &mut Seed, rng: &mut SeededRng) -> Result<(), StoreError> {
    let nine = START.minus(Duration::from_secs(12 * 60));
    let teacher = [seed.person(Who::Teacher)];
    let hour = |from: Instant| (from, from.plus(Duration::from_secs(55 * 60)));
    let afternoon = nine.plus(Duration::from_secs(5 * 3_600));
    let (class, other) = (seed.class(), seed.other_class());
    for (group, teachers, (starts_at, ends_at), subject_name) in [
        (class, &teacher[..], hour(nine), "Histoire-géographie"),
        (class, &teacher[..], hour(afternoon), "Éducation civique"),
        (other, &[], hour(nine), "Mathématiques"),
    ] {
        let lesson = NewLesson {
            id: LessonId::new(START, rng),
            school: seed.school(),
            subject_name,
            room: "B 12",
            starts_at,
            ends_at,
            groups: &[group],
            teachers,
            created_by: None,
            source: "hand",
        };
        lessons::create(conn, &lesson, START).await?;
        seed.lessons.push(lesson.id);
    }
    let latin = SeriesId::new(START, rng);
    let recurrence = Recurrence {
        weekday: Weekday::Thursday,
        start: time(10, 5, 0, 0),
        end: time(11, 0, 0, 0),
        weeks: None,
        from: date(2026, 9, 1),
        to: date(2026, 11, 20),
    };
    let new = NewSeries {
        id: latin,
        school: seed.school(),
        subject_name: "Latin",
        room: "C 1",
        recurrence,
        groups: &[other],
        teachers: &[],
        by: None,
        source: "hand",
        external_id: "",
    };
    series::create(conn, &new, START).await?;
    seed.series.push(latin);
    let work = NewHomework {
        id: HomeworkId::new(START, rng),
        school: seed.school(),
        group: class,
        author: teacher[0],
        lesson: None,
        subject_name: "Histoire-géographie",
        title: "Exposé : le Nil",
        body: "Une page, avec une carte.",
        due_day: "2026-11-24",
        handing: homework::Handing::default(),
    };
    seed.homework.push(work.id);
    homework::create(conn, &work, START).await
}

async fn absence(conn: &mut Conn, seed: &mut Seed, rng: &mut SeededRng) -> Result<(), StoreError> {
    let half: HalfDay = "2026-11-20-am".parse().unwrap_or_else(|error| panic!("{error}"));
    let absence = NewAbsence {
        id: AbsenceId::new(START, rng),
        school: seed.school(),
        pupil: seed.person(Who::Pupil),
        first: half,
        last: half,
        reason: Reason::Health,
        detail: "Fièvre",
        state: ExcuseState::Declared,
        by: seed.person(Who::Parent),
    };
    seed.absences.push(absence.id);
    absences::declare(conn, &absence, START).await?;
    Ok(())
}

async fn report(conn: &mut Conn, seed: &mut Seed) -> Result<(), StoreError> {
    let report = NewReport {
        id: ReportId::new(START, &mut seed.town.rng(13)),
        school: seed.school(),
        lesson: seed.lesson_now(),
        kind: ReportKind::Picture,
        concern: Concern::Shocking,
        reporter: seed.person(Who::Pupil),
        reported: seed.person(Who::Classmate),
        body: "Il montre une photo",
        lines: "",
        // The head of a JPEG of 64 by 36 pixels.
        picture: Some(&[0xff, 0xd8, 0xff, 0xc0, 0, 8, 8, 0, 36, 0, 64, 3, 0xff, 0xd9]),
    };
    seed.reports.push(report.id);
    reports::add(conn, &report, START).await
}

/// The row; [`store_recording`] has the bytes.
async fn recording(conn: &mut Conn, seed: &mut Seed) -> Result<(), StoreError> {
    let rng = &mut seed.town.rng(14);
    let begun_at = START.minus(Duration::from_secs(60));
    let begun = recordings::begin(conn, RecordingId::new(START, rng), seed.lesson_now(), begun_at).await?;
    let id = FileId::new(START, rng);
    let sha256 = [0; 32];
    let (owner, bytes) = (seed.person(Who::Teacher), RECORDED.len() as u64);
    let file = NewFile { id, owner, name: "voice-0001.webm", kind: "webm", bytes, sha256: &sha256 };
    if let Some(recording) = begun {
        let new = NewTrack { recording: recording.id, kind: "voice", begins_at: begun_at, lasts_ms: 20_000 };
        recordings::add_track(conn, &new, &file, START).await?;
    }
    seed.recorded.push(id);
    Ok(())
}

pub(crate) async fn store_recording(files: &Files, seed: &Seed) {
    let bytes = futures_util::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from_static(RECORDED))]);
    if let Err(error) = files.put(seed.recorded(), bytes, 100).await {
        panic!("the seeded recording cannot be stored: {error}");
    }
}

/// What stands for a voice: the beginning of a WebM file.
const RECORDED: &[u8] = &[0x1a, 0x45, 0xdf, 0xa3, 0x80];
