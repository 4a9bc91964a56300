//! The people of a school: pupils, relatives, teachers, those who run it; its classes, and a session for everybody.

use crate::timetable::{SLOTS, SUBJECTS, Spot};
use crate::{Actor, Rows, SOURCE, Size, When, pick};
use preau_base::{GroupId, Instant, PersonId, SchoolId, SeededRng, SessionId, SubjectId, TerritoryId};
use preau_school::{GroupKind, MemberRole, Profile, TerritoryKind};
use preau_store::bulk::{self, Value};
use preau_store::groups::{self, Group};
use preau_store::schools::{self, NewSchool};
use preau_store::{Conn, StoreError, people, subjects, territories};
use std::collections::BTreeMap;
use std::time::Duration;

const GIVEN: [&str; 20] = [
    "Léa", "Tom", "Inès", "Max", "Zoé", "Noé", "Aïcha", "Paul", "Maëlle", "Youssef", "Chloé", "Hugo", "Anaïs", "Élias",
    "Jeanne", "Malo", "Rose", "Ilyès", "Lina", "Gaël",
];
const FAMILY: [&str; 25] = [
    "Martin",
    "Petit",
    "Leroy",
    "Lefèvre",
    "O’Brien",
    "Nguyen",
    "Diallo",
    "Moreau",
    "Roux",
    "Bernard",
    "Benali",
    "Müller",
    "Traoré",
    "Garcia",
    "Da Silva",
    "Le Goff",
    "Fontaine",
    "Kaya",
    "Chevalier",
    "Poirier",
    "Rossi",
    "Haddad",
    "Mercier",
    "Dupuis",
    "Ferrand",
];
/// A teacher's week.
const HOURS_MAX: usize = 18;
/// Passes and sessions are of an earlier hour, but not so old that they are renewed.
const SIGNED_IN_BEFORE: Duration = Duration::from_secs(3 * 3_600);
const SESSION_LIFE: Duration = Duration::from_secs(30 * 86_400);

/// A class with its language group, which has every other pupil of it.
pub(crate) struct Class {
    pub id: GroupId,
    pub group: GroupId,
    pub pupils: Vec<PersonId>,
}

pub(crate) struct People {
    pub school: SchoolId,
    pub classes: Vec<Class>,
    /// Of each subject, in the order of [`SUBJECTS`].
    pub teachers: Vec<Vec<PersonId>>,
    pub actors: BTreeMap<Actor, PersonId>,
    pub everybody: Vec<PersonId>,
}

impl People {
    /// Who teaches a subject to a class.
    pub fn teacher(&self, subject: usize, class: usize) -> PersonId {
        let of = &self.teachers[subject];
        of[class % of.len()]
    }
}

/// Rows of people, written when all are there.
struct Sowing<'a> {
    number: usize,
    school: SchoolId,
    when: &'a When,
    rng: &'a mut SeededRng,
    everybody: Vec<PersonId>,
    people: Vec<[Value; 12]>,
    affiliations: Vec<[Value; 4]>,
    relations: Vec<[Value; 4]>,
    memberships: Vec<[Value; 5]>,
    sessions: Vec<[Value; 7]>,
}

impl Sowing<'_> {
    fn person(&mut self, profile: Option<Profile>, title: &'static str) -> PersonId {
        let id = PersonId::new(self.when.now, self.rng);
        let (given, family) = (GIVEN[pick(self.rng, GIVEN.len())], FAMILY[pick(self.rng, FAMILY.len())]);
        let login = format!("{}.{}", self.number, self.everybody.len());
        let now = self.when.now.as_millis();
        self.people.push([
            id.uuid().into(),
            login.clone().into(),
            given.into(),
            family.into(),
            title.into(),
            people::search_name(given, family).into(),
            format!("{login}@exemple.fr").into(),
            SOURCE.into(),
            // Nobody signs in with it: it is no hash.
            "-".into(),
            now.into(),
            now.into(),
            now.into(),
        ]);
        if let Some(profile) = profile {
            let row = [id.uuid().into(), self.school.uuid().into(), profile.as_str().into(), SOURCE.into()];
            self.affiliations.push(row);
        }
        let began = self.when.now.minus(SIGNED_IN_BEFORE);
        self.sessions.push([
            SessionId::new(began, self.rng).uuid().into(),
            id.uuid().into(),
            began.as_millis().into(),
            began.as_millis().into(),
            began.plus(SESSION_LIFE).as_millis().into(),
            false.into(),
            "Firefox".into(),
        ]);
        self.everybody.push(id);
        id
    }

    fn member(&mut self, group: GroupId, person: PersonId, role: MemberRole, subject: &'static str) {
        let row = [group.uuid().into(), person.uuid().into(), role.as_str().into(), subject.into(), SOURCE.into()];
        self.memberships.push(row);
    }

    async fn write(self, conn: &mut Conn) -> Result<Vec<PersonId>, StoreError> {
        bulk::insert(conn, bulk::PERSON, &self.people).await?;
        bulk::insert(conn, bulk::AFFILIATION, &self.affiliations).await?;
        bulk::insert(conn, bulk::RELATION, &self.relations).await?;
        bulk::insert(conn, bulk::MEMBERSHIP, &self.memberships).await?;
        bulk::insert(conn, bulk::SESSION, &self.sessions).await?;
        Ok(self.everybody)
    }
}

pub(crate) async fn sow(
    conn: &mut Conn,
    size: &Size,
    number: usize,
    when: &When,
    rng: &mut SeededRng,
) -> Result<(People, Rows), StoreError> {
    let school = school(conn, number, when.now, rng).await?;
    let mut classes = classes(conn, school, size, when.now, rng).await?;
    let mut sowing = Sowing {
        number,
        school,
        when,
        rng,
        everybody: Vec::new(),
        people: Vec::new(),
        affiliations: Vec::new(),
        relations: Vec::new(),
        memberships: Vec::new(),
        sessions: Vec::new(),
    };
    let relative = families(&mut sowing, &mut classes, size);
    let teachers = teachers(&mut sowing, &classes);
    let mut actors: BTreeMap<_, _> = [
        (Actor::Head, Profile::Head),
        (Actor::SchoolLife, Profile::SchoolLife),
        (Actor::Administrator, Profile::Administrator),
    ]
    .map(|(actor, profile)| (actor, sowing.person(Some(profile), "Mme")))
    .into();
    actors.insert(Actor::Platform, sowing.person(None, "M."));
    actors.insert(Actor::Pupil, classes[0].pupils[0]);
    actors.insert(Actor::Relative, relative);
    let everybody = sowing.write(conn).await?;
    people::set_platform_admin(conn, actors[&Actor::Platform], true).await?;
    let mut people = People { school, classes, teachers, actors, everybody };
    let now = Spot::now(when);
    people.actors.insert(Actor::Teacher, people.teacher(now.subject(0), 0));
    let rows = Rows { people: people.everybody.len(), ..Rows::default() };
    Ok((people, rows))
}

async fn school(conn: &mut Conn, number: usize, now: Instant, rng: &mut SeededRng) -> Result<SchoolId, StoreError> {
    let id = SchoolId::new(now, rng);
    let (uai, name) = (format!("{:07}A", 40_000 + number), format!("Collège des Tilleuls {}", number + 1));
    let new = NewSchool { id, uai: Some(&uai), name: &name, kind: "college", city: "Oraison", source: SOURCE };
    schools::create(conn, &new, now).await?;
    territories::place(conn, id, (Some(&uai), "", "Oraison"), now, rng).await?;
    for (code, name, _) in SUBJECTS {
        subjects::create(conn, SubjectId::new(now, rng), id, code, name, SOURCE).await?;
    }
    Ok(id)
}

/// Where the school lies.
pub(crate) async fn territory(conn: &mut Conn) -> Result<Option<TerritoryId>, StoreError> {
    Ok(territories::by_code(conn, TerritoryKind::Department, "04").await?.map(|it| it.id))
}

async fn classes(
    conn: &mut Conn,
    school: SchoolId,
    size: &Size,
    now: Instant,
    rng: &mut SeededRng,
) -> Result<Vec<Class>, StoreError> {
    let mut classes = Vec::new();
    for class in 0..size.classes {
        let name = format!("{}e {}", 6 - class % 4, class / 4 + 1);
        let mut made = [GroupId::new(now, rng), GroupId::new(now, rng)].into_iter();
        let mut ids = Vec::new();
        for (kind, name) in [(GroupKind::Class, name.clone()), (GroupKind::Group, format!("{name} LV2"))] {
            let id = made.next().unwrap_or_else(|| GroupId::new(now, rng));
            groups::create(conn, &Group { id, school_id: school, kind, name }, SOURCE, now).await?;
            ids.push(id);
        }
        classes.push(Class { id: ids[0], group: ids[1], pupils: Vec::new() });
    }
    Ok(classes)
}

/// Fills the classes. A family has two relatives, and one child or two; gives a relative of the first pupil.
fn families(sowing: &mut Sowing<'_>, classes: &mut [Class], size: &Size) -> PersonId {
    let mut first = None;
    let (mut parents, mut children) = ([None; 2], 0);
    let mut count = 0;
    for class in classes.iter_mut() {
        for place in 0..size.pupils_per_class {
            let pupil = sowing.person(Some(Profile::Pupil), "");
            sowing.member(class.id, pupil, MemberRole::Pupil, "");
            if place % 2 == 0 {
                sowing.member(class.group, pupil, MemberRole::Pupil, "");
            }
            class.pupils.push(pupil);
            // Two children, then one, and so on.
            if children == 0 {
                parents = ["Mme", "M."].map(|title| Some(sowing.person(Some(Profile::Relative), title)));
                children = if count % 3 == 0 { 2 } else { 1 };
            }
            children -= 1;
            count += 1;
            for (parent, kind) in parents.into_iter().flatten().zip(["mother", "father"]) {
                first.get_or_insert(parent);
                let row = [parent.uuid().into(), pupil.uuid().into(), kind.into(), SOURCE.into()];
                sowing.relations.push(row);
            }
        }
    }
    first.unwrap_or_else(|| sowing.person(Some(Profile::Relative), "Mme"))
}

/// As many for each subject as its hours need.
fn teachers(sowing: &mut Sowing<'_>, classes: &[Class]) -> Vec<Vec<PersonId>> {
    let mut all = Vec::new();
    for (code, _, hours) in SUBJECTS {
        let count = (classes.len() * hours).div_ceil(HOURS_MAX).max(1);
        let of: Vec<_> = (0..count).map(|at| sowing.person(Some(Profile::Teacher), ["Mme", "M."][at % 2])).collect();
        for (number, class) in classes.iter().enumerate() {
            let teacher = of[number % count];
            sowing.member(class.id, teacher, MemberRole::Teacher, code);
            sowing.member(class.group, teacher, MemberRole::Teacher, code);
        }
        all.push(of);
    }
    debug_assert_eq!(SUBJECTS.iter().map(|(_, _, hours)| hours).sum::<usize>(), SLOTS * crate::timetable::DAYS);
    all
}
