//! People whom the school has already by hand or from another feed, so that nobody gets two accounts: a school that had to
//! open from a table in the morning gets its AAF feed in the night.

use super::Run;
use super::people::{Incoming, PersonRow, kind_of};
use super::school::Feed;
use crate::{Conn, StoreError};
use preau_base::{PersonId, SchoolId};
use preau_school::Profile;
use preau_school::feed::{Kind, fold};

use sqlx::types::Uuid;
use std::collections::{HashMap, HashSet};

/// Given name and family name, folded.
pub(super) type Folded = (String, String);

/// The school's people of other sources, by name. Administrators of the platform are not among them: no feed may change
/// the address to which their forgotten password is sent.
#[derive(Default)]
pub(super) struct Others {
    by_name: HashMap<(Kind, Folded), Vec<PersonRow>>,
    /// Relatives and pupils who are related already.
    related: HashSet<(PersonId, PersonId)>,
    /// Pupils and the folded names of their classes.
    classes: HashSet<(PersonId, String)>,
    /// Whom a record has been found to be: nobody is two people.
    claimed: HashSet<PersonId>,
    /// Names that several records of the school bear.
    shared: HashSet<(Kind, Folded)>,
}

#[derive(sqlx::FromRow)]
struct ClassRow {
    #[sqlx(try_from = "Uuid")]
    person_id: PersonId,
    name: String,
}

#[derive(sqlx::FromRow)]
struct RelatedRow {
    #[sqlx(try_from = "Uuid")]
    relative_id: PersonId,
    #[sqlx(try_from = "Uuid")]
    pupil_id: PersonId,
}

#[derive(sqlx::FromRow)]
struct OtherRow {
    #[sqlx(try_from = "String")]
    profile: Profile,
    #[sqlx(flatten)]
    person: PersonRow,
}

impl Others {
    pub async fn load(conn: &mut Conn, run: &Run, feed: &Feed<'_>, school: SchoolId) -> Result<Self, StoreError> {
        let rows = fetch_all!(
            conn,
            OtherRow,
            "SELECT a.profile, p.id, p.external_id, p.given_name, p.family_name, p.title, p.birth_day, p.ine, p.email, p.created_at \
             FROM affiliation a JOIN person p ON p.id = a.person_id \
             WHERE a.school_id = $1 AND p.source <> $2 AND p.platform_admin = false ORDER BY p.id, a.profile",
            school.uuid(),
            run.source.as_str()
        )?;
        let mut by_name: HashMap<_, Vec<PersonRow>> = HashMap::new();
        let mut seen = HashSet::new();
        for OtherRow { profile, person } in rows {
            let kind = kind_of(profile);
            // Teacher and head in one person is one person.
            if seen.insert((kind, person.id)) {
                by_name.entry((kind, folded(&person.given_name, &person.family_name))).or_default().push(person);
            }
        }
        if by_name.is_empty() {
            return Ok(Self::default());
        }
        let related = fetch_all!(
            conn,
            RelatedRow,
            "SELECT r.relative_id, r.pupil_id FROM relation r JOIN affiliation a ON a.person_id = r.pupil_id \
             WHERE a.school_id = $1 AND a.profile = 'pupil'",
            school.uuid()
        )?;
        let classes = fetch_all!(
            conn,
            ClassRow,
            "SELECT m.person_id, g.name FROM membership m JOIN school_group g ON g.id = m.group_id \
             WHERE g.school_id = $1 AND g.kind = 'class' AND m.role = 'pupil'",
            school.uuid()
        )?;
        let related = related.into_iter().map(|row| (row.relative_id, row.pupil_id)).collect();
        let classes = classes.into_iter().map(|row| (row.person_id, fold(&row.name).as_str().to_owned())).collect();
        Ok(Self { by_name, related, classes, shared: shared_names(feed), ..Self::default() })
    }

    /// Nobody else of this import is this person.
    pub fn claim(&mut self, person: PersonId) {
        self.claimed.insert(person);
    }

    /// The one person whom `incoming` must be; None when nobody is, or when it takes a guess.
    pub fn find(&self, incoming: &Incoming<'_>) -> Option<&PersonRow> {
        let namesakes = self.by_name.get(&(incoming.kind, incoming.folded()))?;
        let mut same = namesakes.iter().filter(|row| !self.claimed.contains(&row.id) && self.is_same(row, incoming));
        same.next().filter(|_| same.next().is_none())
    }

    /// Beyond the same name in the same school: something that agrees and nothing that contradicts. Among the staff of one
    /// school the name is enough when one record bears it; pupils need number, birth date or class, relatives address or child.
    fn is_same(&self, row: &PersonRow, incoming: &Incoming<'_>) -> bool {
        let compare = |stored: Option<&str>, new: Option<&str>| stored.zip(new).map(|(a, b)| a.eq_ignore_ascii_case(b));
        let ine = compare(row.ine.as_deref(), incoming.ine);
        let birth = compare(row.birth_day.as_deref(), incoming.birth_day.as_deref());
        let mail = compare(row.email.as_deref(), incoming.mail);
        let alone = || !self.shared.contains(&(incoming.kind, incoming.folded()));
        match incoming.kind {
            Kind::Pupil => ine.or(birth).unwrap_or_else(|| {
                alone() && incoming.classes.iter().any(|class| self.classes.contains(&(row.id, class.clone())))
            }),
            Kind::Relative => {
                mail.unwrap_or_else(|| incoming.pupils.iter().any(|pupil| self.related.contains(&(row.id, *pupil))))
            }
            _ => birth.or(mail.filter(|same| *same)).unwrap_or_else(alone),
        }
    }
}

/// Pupils and staff of the school whose names are not theirs alone in the feed.
fn shared_names(feed: &Feed<'_>) -> HashSet<(Kind, Folded)> {
    let pupils = feed.pupils.iter().map(|it| (Kind::Pupil, &it.record.name));
    let staff = feed.staff.iter().map(|it| (Kind::Staff, &it.record.name));
    let mut seen = HashSet::new();
    let names = pupils.chain(staff).map(|(kind, name)| (kind, folded(name.given.reveal(), name.family.reveal())));
    names.filter(|name| !seen.insert(name.clone())).collect()
}

pub(super) fn folded(given: &str, family: &str) -> Folded {
    (fold(given).as_str().to_owned(), fold(family).as_str().to_owned())
}

/// From now on this source looks after the person, and after what other feeds had made of them.
pub(super) async fn take_over(conn: &mut Conn, run: &Run, person: PersonId) -> Result<(), StoreError> {
    let (person, source) = (person.uuid(), run.source.as_str());
    execute!(conn, "UPDATE person SET source = $2 WHERE id = $1", person, source)?;
    execute!(conn, "UPDATE affiliation SET source = $2 WHERE person_id = $1 AND source <> 'hand'", person, source)?;
    execute!(conn, "UPDATE membership SET source = $2 WHERE person_id = $1 AND source <> 'hand'", person, source)?;
    execute!(conn, "UPDATE relation SET source = $2 WHERE pupil_id = $1 AND source <> 'hand'", person, source)?;
    Ok(())
}
