//! The classes and groups of a school.

use super::report::{Outcome, Thing};
use super::school::Feed;
use super::{Report, Run};
use crate::groups::Group;
use crate::limits::IMPORT_GROUPS_PER_SCHOOL_MAX;
use crate::{Conn, StoreError};
use preau_base::{GroupId, Rng, SchoolId};
use preau_school::GroupKind;
use preau_school::feed::Kind;
use sqlx::types::Uuid;
use std::collections::{BTreeSet, HashMap};

/// Where links to classes and groups lead.
pub(super) struct Groups(HashMap<(GroupKind, String), GroupId>);

impl Groups {
    pub fn find(&self, kind: GroupKind, name: &str) -> Option<GroupId> {
        self.0.get(&(kind, name.to_owned())).copied()
    }
}

#[derive(sqlx::FromRow)]
struct GroupRow {
    #[sqlx(try_from = "Uuid")]
    id: GroupId,
    #[sqlx(try_from = "String")]
    kind: GroupKind,
    name: String,
    source: String,
    archived_at: Option<i64>,
    /// Empty when it was not noted.
    school_year: String,
    /// Somebody is in it by hand or by another feed.
    held: bool,
}

impl GroupRow {
    fn is_past(&self, year: &str) -> bool {
        !self.school_year.is_empty() && self.school_year.as_str() < year
    }
}

/// Makes the groups that the feed has, archives those of it that have gone.
///
/// # Errors
/// [`StoreError::PastYear`] when the feed names groups of a past school year that are not archived: its pupils would come into
/// last year's classes, and go into the archive with them.
pub(super) async fn apply(
    conn: &mut Conn,
    run: &Run,
    feed: &Feed<'_>,
    school: SchoolId,
    rng: &mut dyn Rng,
    part: &mut Report,
) -> Result<Groups, StoreError> {
    let mut wanted = names(feed);
    if wanted.len() > IMPORT_GROUPS_PER_SCHOOL_MAX {
        let (found, most) = (wanted.len(), IMPORT_GROUPS_PER_SCHOOL_MAX);
        return Err(StoreError::Limit { what: super::OF_GROUPS, found, most });
    }
    let rows = fetch_all!(
        conn,
        GroupRow,
        "SELECT g.id, g.kind, g.name, g.source, g.archived_at, g.school_year, EXISTS (SELECT 1 FROM membership m \
         WHERE m.group_id = g.id AND m.source <> $2) AS held FROM school_group g WHERE g.school_id = $1",
        school.uuid(),
        run.source.as_str()
    )?;
    let year = preau_school::year::of(run.now);
    let is_behind = |row: &&GroupRow| {
        row.archived_at.is_none() && row.is_past(&year) && wanted.contains(&(row.kind, row.name.clone()))
    };
    let behind = rows.iter().filter(is_behind).count();
    if behind > 0 {
        return Err(StoreError::PastYear { groups: behind });
    }
    let mut groups = HashMap::new();
    for row in rows {
        if row.is_past(&year) && wanted.contains(&(row.kind, row.name.clone())) {
            // Archived by hand under its plain name: the class of this year is another one.
            crate::year::put_away(conn, school, (row.id, row.kind, &row.name), &row.school_year, run.now).await?;
            continue;
        }
        let named = wanted.remove(&(row.kind, row.name.clone()));
        let gone = !named && row.source == run.source && row.archived_at.is_none();
        let may_go = run.may_leave(Kind::School) && run.may_leave(Kind::Pupil) && !row.held;
        let outcome = match row.archived_at {
            Some(_) if named => {
                execute!(conn, "UPDATE school_group SET archived_at = NULL WHERE id = $1", row.id.uuid())?;
                Some(Outcome::Changed)
            }
            None if named && row.school_year.is_empty() => {
                execute!(conn, "UPDATE school_group SET school_year = $2 WHERE id = $1", row.id.uuid(), year.as_str())?;
                Some(Outcome::Unchanged)
            }
            None if gone && may_go => {
                crate::groups::archive(conn, row.id, run.now).await?;
                Some(Outcome::Left)
            }
            _ => named.then_some(Outcome::Unchanged),
        };
        if let Some(outcome) = outcome {
            part.count(thing(row.kind), outcome);
        }
        // A link may also lead to a group made by hand, or, from a table, to any that is there.
        if named || (row.archived_at.is_none() && (!run.full || row.source != run.source)) {
            groups.insert((row.kind, row.name), row.id);
        }
    }
    for (kind, name) in wanted {
        let group = Group { id: GroupId::new(run.now, rng), school_id: school, kind, name: name.clone() };
        crate::groups::create(conn, &group, &run.source, run.now).await?;
        part.count(thing(kind), Outcome::Created);
        groups.insert((kind, name), group.id);
    }
    Ok(Groups(groups))
}

/// What the school declares; where it declares nothing, what its pupils are in.
fn names(feed: &Feed<'_>) -> BTreeSet<(GroupKind, String)> {
    let school = &feed.school.record;
    let mut names = BTreeSet::new();
    let mut add = |kind, declared: &[String], of: &dyn Fn(usize) -> Vec<String>| {
        names.extend(declared.iter().map(|name| (kind, name.clone())));
        if declared.is_empty() {
            names.extend((0..feed.pupils.len()).flat_map(of).map(|name| (kind, name)));
        }
    };
    let here = |links: &[preau_school::feed::GroupLink]| -> Vec<String> {
        links.iter().filter(|link| link.school == school.key).map(|link| link.name.clone()).collect()
    };
    add(GroupKind::Class, &school.classes, &|n| here(&feed.pupils[n].record.classes));
    add(GroupKind::Group, &school.groups, &|n| here(&feed.pupils[n].record.groups));
    names
}

const fn thing(kind: GroupKind) -> Thing {
    match kind {
        GroupKind::Class => Thing::Class,
        GroupKind::Group => Thing::Group,
    }
}
