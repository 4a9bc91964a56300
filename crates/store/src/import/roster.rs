//! Who is in which class and group, and who is whose relative.

use super::groups::Groups;
use super::people::People;
use super::report::{Outcome, Thing};
use super::school::Feed;
use super::{Link, Report, Run};
use crate::{Conn, StoreError, groups, people};
use preau_base::{GroupId, PersonId, SchoolId};
use preau_school::feed::{ChildLink, GroupLink, Kind, Name, Position, RelativeRole, fold};
use preau_school::{GroupKind, MemberRole};
use sqlx::types::Uuid;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Relatives and pupils of a school, as the feed links them.
#[derive(Default)]
pub(super) struct Families {
    /// Key of the relative, the pupil, what the relative is to them.
    links: BTreeMap<(String, PersonId), RelativeRole>,
    named: HashSet<String>,
    /// Accounts of relatives whom a pupil names and whose record is not in the feed.
    kept: HashSet<PersonId>,
}

impl Families {
    pub fn is_named(&self, key: &str) -> bool {
        self.named.contains(key)
    }

    pub fn pupils_of(&self, key: &str) -> Vec<PersonId> {
        let first = (key.to_owned(), PersonId::from_uuid(Uuid::nil()));
        self.links
            .range(first..)
            .map(|(link, _)| link)
            .take_while(|(it, _)| it == key)
            .map(|(_, pupil)| *pupil)
            .collect()
    }

    /// Named by a pupil: does not leave, although the feed has no record.
    pub fn keeps(&self, person: PersonId) -> bool {
        self.kept.contains(&person)
    }

    fn link(&mut self, relative: &str, pupil: PersonId, role: RelativeRole) {
        self.named.insert(relative.to_owned());
        let known = self.links.entry((relative.to_owned(), pupil)).or_insert(role);
        *known = role.min(*known);
    }
}

/// Finds the pupils of each relative. All pupils must have been brought.
pub(super) async fn families(
    conn: &mut Conn,
    run: &Run,
    feed: &Feed<'_>,
    people: &People,
    school: SchoolId,
    part: &mut Report,
) -> Result<Families, StoreError> {
    let mut families = Families::default();
    for pupil in &feed.pupils {
        let Some(id) = people.id(pupil.record.key.reveal()) else { continue };
        for link in &pupil.record.relatives {
            families.link(link.key.reveal(), id, link.role);
            families.kept.extend(people.id(link.key.reveal()));
        }
    }
    let by_name =
        feed.relatives.iter().flat_map(|it| &it.record.children).any(|it| matches!(it, ChildLink::Named { .. }));
    let register = if by_name { Register::load(conn, feed, people, school).await? } else { Register::default() };
    for relative in &feed.relatives {
        let key = relative.record.key.reveal();
        for child in &relative.record.children {
            let found = match child {
                ChildLink::Key(child) => match people.id(child.reveal()) {
                    Some(id) => Some(id),
                    None => by_key(conn, run, school, child.reveal()).await?,
                },
                ChildLink::Named { name, class } => register.find(name, class.as_deref()),
            };
            match found {
                Some(id) => families.link(key, id, RelativeRole::Legal),
                // The child's name is personal; the line says which it is.
                None => part.miss(Link::RelativeToChild, &relative.position, key, "?"),
            }
        }
    }
    Ok(families)
}

#[derive(sqlx::FromRow)]
struct IdRow {
    #[sqlx(try_from = "Uuid")]
    id: PersonId,
}

/// A pupil of the school whom an earlier table has brought.
async fn by_key(conn: &mut Conn, run: &Run, school: SchoolId, key: &str) -> Result<Option<PersonId>, StoreError> {
    let row = fetch_optional!(
        conn,
        IdRow,
        "SELECT p.id FROM person p JOIN affiliation a ON a.person_id = p.id \
         WHERE ((p.source = $1 AND p.external_id = $2) OR EXISTS (SELECT 1 FROM person_alias x WHERE x.person_id = p.id \
         AND x.source = $1 AND x.external_id = $2)) AND a.school_id = $3 AND a.profile = 'pupil'",
        run.source.as_str(),
        key,
        school.uuid()
    )?;
    Ok(row.map(|row| row.id))
}

/// The pupils of a school by name, with the names of their classes.
#[derive(Default)]
struct Register(HashMap<(String, String), HashMap<PersonId, HashSet<String>>>);

#[derive(sqlx::FromRow)]
struct PupilRow {
    #[sqlx(try_from = "Uuid")]
    id: PersonId,
    given_name: String,
    family_name: String,
    class: String,
}

impl Register {
    /// Those of the feed, and those whom the school has already.
    async fn load(conn: &mut Conn, feed: &Feed<'_>, people: &People, school: SchoolId) -> Result<Self, StoreError> {
        let rows = fetch_all!(
            conn,
            PupilRow,
            "SELECT p.id, p.given_name, p.family_name, COALESCE(g.name, '') AS class FROM affiliation a \
             JOIN person p ON p.id = a.person_id LEFT JOIN membership m ON m.person_id = p.id AND m.role = 'pupil' \
             LEFT JOIN school_group g ON g.id = m.group_id AND g.kind = 'class' AND g.school_id = a.school_id \
             WHERE a.school_id = $1 AND a.profile = 'pupil'",
            school.uuid()
        )?;
        let mut register = Self::default();
        for row in rows {
            register.add(&Name::new(&row.family_name, &row.given_name), row.id, Some(&row.class));
        }
        for pupil in &feed.pupils {
            let Some(id) = people.id(pupil.record.key.reveal()) else { continue };
            register.add(&pupil.record.name, id, None);
            for class in &pupil.record.classes {
                register.add(&pupil.record.name, id, Some(&class.name));
            }
        }
        Ok(register)
    }

    fn add(&mut self, name: &Name, id: PersonId, class: Option<&str>) {
        let classes = self.0.entry(folded(name)).or_default().entry(id).or_default();
        classes.extend(class.map(|class| fold(class).as_str().to_owned()));
    }

    /// The only pupil of this name, or the only one of them in this class.
    fn find(&self, name: &Name, class: Option<&str>) -> Option<PersonId> {
        let namesakes = self.0.get(&folded(name))?;
        let class = class.map(|class| fold(class).as_str().to_owned());
        let mut fitting = namesakes
            .iter()
            .filter(|(_, classes)| namesakes.len() == 1 || class.as_ref().is_some_and(|class| classes.contains(class)));
        let (id, _) = fitting.next()?;
        fitting.next().is_none().then_some(*id)
    }
}

fn folded(name: &Name) -> (String, String) {
    (fold(name.given.reveal()).as_str().to_owned(), fold(name.family.reveal()).as_str().to_owned())
}

#[derive(sqlx::FromRow)]
struct MembershipRow {
    #[sqlx(try_from = "Uuid")]
    group_id: GroupId,
    #[sqlx(try_from = "Uuid")]
    person_id: PersonId,
    #[sqlx(try_from = "String")]
    role: MemberRole,
    #[sqlx(try_from = "String")]
    kind: GroupKind,
    subject_code: String,
    source: String,
    external_id: Option<String>,
}

/// Somebody in a group, as the table's key has it.
type Seat = (GroupId, PersonId, MemberRole, String);

/// What the feed says about who is in which group.
#[derive(Default)]
struct Seats {
    wanted: HashSet<Seat>,
    /// Of whom the feed says in which groups of this kind, in this role, they are.
    told: HashSet<(PersonId, MemberRole, GroupKind)>,
}

impl Seats {
    fn of(feed: &Feed<'_>, people: &People, groups: &Groups, part: &mut Report) -> Self {
        let mut seats = Self::default();
        let mut seat = |key: &str, position: &Position, link: &GroupLink, kind, role, subject: &str| {
            if link.school != feed.key() {
                return;
            }
            let Some(present) = people.present(key) else { return };
            match groups.find(kind, &link.name) {
                Some(group) => {
                    seats.wanted.insert((group, present.id, role, subject.to_owned()));
                    seats.told.insert((present.id, role, kind));
                }
                None => part.miss(Link::ToGroup, position, key, &link.name),
            }
        };
        for pupil in &feed.pupils {
            let (key, position) = (pupil.record.key.reveal(), &pupil.position);
            for link in &pupil.record.classes {
                seat(key, position, link, GroupKind::Class, MemberRole::Pupil, "");
            }
            for link in &pupil.record.groups {
                seat(key, position, link, GroupKind::Group, MemberRole::Pupil, "");
            }
        }
        for staff in &feed.staff {
            let (key, position) = (staff.record.key.reveal(), &staff.position);
            for it in &staff.record.teaching {
                let kind = if it.class { GroupKind::Class } else { GroupKind::Group };
                seat(key, position, &it.to, kind, MemberRole::Teacher, it.subject.as_deref().unwrap_or(""));
            }
            for link in &staff.record.head_teacher_of {
                seat(key, position, link, GroupKind::Class, MemberRole::HeadTeacher, "");
            }
        }
        seats
    }
}

/// Puts everybody into their groups, and takes them out of those of this source that the feed no longer names. Archived groups
/// of past years keep their members.
pub(super) async fn memberships(
    conn: &mut Conn,
    run: &Run,
    feed: &Feed<'_>,
    people: &People,
    groups: &Groups,
    part: &mut Report,
) -> Result<(), StoreError> {
    let seats = Seats::of(feed, people, groups, part);
    let rows = fetch_all!(
        conn,
        MembershipRow,
        "SELECT m.group_id, m.person_id, m.role, g.kind, m.subject_code, m.source, p.external_id FROM membership m \
         JOIN school_group g ON g.id = m.group_id JOIN person p ON p.id = m.person_id \
         WHERE g.school_id = $1 AND (g.archived_at IS NULL OR g.school_year = '' OR g.school_year >= $2)",
        people.school().uuid(),
        preau_school::year::of(run.now)
    )?;
    let (pupils, staff) = (people.ids_present(Kind::Pupil), people.ids_present(Kind::Staff));
    let mut standing = HashSet::new();
    for row in rows {
        let seat = (row.group_id, row.person_id, row.role, row.subject_code.clone());
        let (kind, present) = match row.role {
            MemberRole::Pupil => (Kind::Pupil, pupils.contains(&row.person_id)),
            MemberRole::Teacher | MemberRole::HeadTeacher => (Kind::Staff, staff.contains(&row.person_id)),
        };
        let replaced = match (run.full, present) {
            (true, true) => true,
            (true, false) => {
                run.may_leave(kind) && !people.was_refused(run, kind, row.person_id, row.external_id.as_deref())
            }
            (false, _) => seats.told.contains(&(row.person_id, row.role, row.kind)),
        };
        if row.source == run.source && replaced && !seats.wanted.contains(&seat) {
            execute!(
                conn,
                "DELETE FROM membership WHERE group_id = $1 AND person_id = $2 AND role = $3 AND subject_code = $4",
                row.group_id.uuid(),
                row.person_id.uuid(),
                row.role.as_str(),
                row.subject_code.as_str()
            )?;
            part.count(Thing::Membership, Outcome::Left);
        } else {
            standing.insert(seat);
        }
    }
    for seat in seats.wanted {
        if standing.contains(&seat) {
            part.count(Thing::Membership, Outcome::Unchanged);
        } else {
            let (group, person, role, subject) = &seat;
            groups::add_member(conn, *group, *person, *role, subject, &run.source).await?;
            part.count(Thing::Membership, Outcome::Created);
        }
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct RelationRow {
    #[sqlx(try_from = "Uuid")]
    relative_id: PersonId,
    #[sqlx(try_from = "Uuid")]
    pupil_id: PersonId,
    kind: String,
    source: String,
    barred_at: Option<i64>,
}

/// Relates relatives to pupils. A relative whom a pupil of a full feed no longer names is no longer theirs.
pub(super) async fn relations(
    conn: &mut Conn,
    run: &Run,
    people: &People,
    families: &Families,
    part: &mut Report,
) -> Result<(), StoreError> {
    let mut wanted: HashMap<(PersonId, PersonId), RelativeRole> = HashMap::new();
    for ((key, pupil), role) in &families.links {
        if let Some(relative) = people.id(key) {
            wanted.insert((relative, *pupil), *role);
        }
    }
    let pupils = people.ids_present(Kind::Pupil);
    let rows = fetch_all!(
        conn,
        RelationRow,
        "SELECT relative_id, pupil_id, kind, source, barred_at FROM relation WHERE pupil_id IN \
         (SELECT a.person_id FROM affiliation a WHERE a.school_id = $1 AND a.profile = 'pupil')",
        people.school().uuid()
    )?;
    for row in rows {
        match wanted.remove(&(row.relative_id, row.pupil_id)) {
            Some(role) if row.source == run.source && row.kind != word(role) => {
                people::set_kind(conn, row.relative_id, row.pupil_id, word(role)).await?;
                part.count(Thing::Relation, Outcome::Changed);
            }
            Some(_) => part.count(Thing::Relation, Outcome::Unchanged),
            // A barred relation is no longer there for anybody; that the feed drops it is no news.
            None if run.full
                && row.source == run.source
                && row.barred_at.is_none()
                && pupils.contains(&row.pupil_id) =>
            {
                people::feed_ends(conn, row.relative_id, row.pupil_id, run.now).await?;
                part.count(Thing::Relation, Outcome::Left);
            }
            None => {}
        }
    }
    for ((relative, pupil), role) in wanted {
        people::relate(conn, relative, pupil, word(role), &run.source).await?;
        part.count(Thing::Relation, Outcome::Created);
    }
    Ok(())
}

/// The word of `relation.kind`.
const fn word(role: RelativeRole) -> &'static str {
    match role {
        RelativeRole::Legal => "legal",
        RelativeRole::InCharge => "in_charge",
        RelativeRole::Contact => "contact",
    }
}
