//! Pupils in groups, as a timetable feed has them.

use super::{Feed, Known};
use crate::limits::FEED_UNKNOWN_LISTED_MAX;
use crate::many::{self, Value};
use crate::{Conn, StoreError};
use jiff::civil::Date;
use preau_base::{GroupId, PersonId, SchoolId};
use preau_school::feed::fold;
use preau_school::feed::timetable::{Member, Pupil};
use preau_school::{GroupKind, MemberRole};
use sqlx::types::Uuid;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What became of the places of pupils in groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members {
    pub added: usize,
    pub same: usize,
    pub removed: usize,
    /// Places in groups that the school does not have.
    pub without_group: usize,
    /// Pupils whom the school does not have, or has several of; sorted, at most [`FEED_UNKNOWN_LISTED_MAX`].
    pub unknown: Vec<String>,
    /// How many those are, listed or not.
    pub unknown_count: usize,
}

#[derive(sqlx::FromRow)]
struct PupilRow {
    #[sqlx(try_from = "Uuid")]
    id: PersonId,
    given_name: String,
    family_name: String,
    birth_day: Option<String>,
}

#[derive(sqlx::FromRow)]
struct SeatRow {
    #[sqlx(try_from = "Uuid")]
    group_id: GroupId,
    #[sqlx(try_from = "Uuid")]
    person_id: PersonId,
    source: String,
}

/// Puts the pupils into the groups that the feed has them in on `today`, and takes those out whom an earlier delivery of it
/// has put there and who are in it no more. Places that people or other feeds have made stay. A feed that tells no places, or
/// could not be read whole, takes nobody out.
pub(super) async fn follow(
    conn: &mut Conn,
    feed: &Feed<'_>,
    known: &Known,
    today: Date,
) -> Result<Members, StoreError> {
    let told = &feed.timetable.members;
    let mut report = Members::default();
    if told.is_empty() {
        return Ok(report);
    }
    let pupils = Pupils::read(conn, feed.school).await?;
    let (mut wanted, mut unknown, mut groups) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
    for member in told.iter().filter(|member| is_on(member, today)) {
        let group = *groups.entry(&member.group).or_insert_with(|| {
            let id = known.group(&member.group)?;
            known.groups.iter().any(|one| one.id == id && one.kind == GroupKind::Group).then_some(id)
        });
        match (pupils.find(&member.pupil), group) {
            (None, _) => drop(unknown.insert(&member.pupil)),
            (Some(_), None) => report.without_group += 1,
            (Some(pupil), Some(group)) => drop(wanted.insert((group, pupil))),
        }
    }
    let seats = fetch_all!(
        conn,
        SeatRow,
        "SELECT m.group_id, m.person_id, m.source FROM school_group g CROSS JOIN membership m WHERE g.school_id = $1 \
         AND g.archived_at IS NULL AND g.kind = 'group' AND m.group_id = g.id AND m.role = 'pupil'",
        feed.school.uuid()
    )?;
    let there: HashSet<_> = seats.iter().map(|seat| (seat.group_id, seat.person_id)).collect();
    let new: Vec<_> = wanted.iter().filter(|seat| !there.contains(*seat)).collect();
    (report.added, report.same) = (new.len(), wanted.len() - new.len());
    add(conn, feed.source, &new).await?;
    if feed.timetable.refusals.is_empty() {
        for seat in seats.iter().filter(|seat| seat.source == feed.source) {
            if !wanted.contains(&(seat.group_id, seat.person_id)) {
                take_out(conn, feed.source, seat).await?;
                report.removed += 1;
            }
        }
    }
    report.unknown_count = unknown.len();
    let named = unknown.into_iter().map(|pupil| format!("{} {}", pupil.family_name, pupil.given_name));
    report.unknown = named.take(FEED_UNKNOWN_LISTED_MAX).collect();
    Ok(report)
}

fn is_on(member: &Member, day: Date) -> bool {
    member.from.is_none_or(|from| from <= day) && member.to.is_none_or(|to| day <= to)
}

async fn add(conn: &mut Conn, source: &str, new: &[&(GroupId, PersonId)]) -> Result<(), StoreError> {
    let row = |(group, person): &&(GroupId, PersonId)| {
        let (group, person) = (Value::from(group.uuid()), Value::from(person.uuid()));
        [group, person, Value::from(MemberRole::Pupil.as_str()), Value::from(""), Value::from(source.to_owned())]
    };
    let rows: Vec<_> = new.iter().map(row).collect();
    many::insert(
        conn,
        "INSERT INTO membership (group_id, person_id, role, subject_code, source) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (group_id, person_id, role, subject_code) DO NOTHING",
        &rows,
    )
    .await
}

async fn take_out(conn: &mut Conn, source: &str, seat: &SeatRow) -> Result<(), StoreError> {
    execute!(
        conn,
        "DELETE FROM membership WHERE group_id = $1 AND person_id = $2 AND role = 'pupil' AND source = $3",
        seat.group_id.uuid(),
        seat.person_id.uuid(),
        source
    )?;
    Ok(())
}

/// The pupils of a school by their names as people write them.
struct Pupils(HashMap<(String, String), Vec<PupilRow>>);

impl Pupils {
    async fn read(conn: &mut Conn, school: SchoolId) -> Result<Self, StoreError> {
        let rows = fetch_all!(
            conn,
            PupilRow,
            "SELECT p.id, p.given_name, p.family_name, p.birth_day FROM affiliation a \
             JOIN person p ON p.id = a.person_id WHERE a.school_id = $1 AND a.profile = 'pupil'",
            school.uuid()
        )?;
        let mut all: HashMap<_, Vec<PupilRow>> = HashMap::new();
        for row in rows {
            all.entry(names(&row.family_name, &row.given_name)).or_default().push(row);
        }
        Ok(Self(all))
    }

    /// By both names and the birth date; where one of the two sides does not tell it, by the names, if only one bears them.
    fn find(&self, pupil: &Pupil) -> Option<PersonId> {
        let alike = self.0.get(&names(&pupil.family_name, &pupil.given_name))?;
        let born = pupil.birth.map(|day| day.to_string());
        let by_birth: Vec<_> = alike.iter().filter(|row| born.is_some() && row.birth_day == born).collect();
        let open: Vec<_> = alike.iter().filter(|row| born.is_none() || row.birth_day.is_none()).collect();
        match (by_birth.as_slice(), open.as_slice()) {
            ([one], _) => Some(one.id),
            ([], [one]) if alike.len() == 1 => Some(one.id),
            _ => None,
        }
    }
}

fn names(family: &str, given: &str) -> (String, String) {
    (fold(family).as_str().to_owned(), fold(given).as_str().to_owned())
}
