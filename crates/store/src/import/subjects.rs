//! A school gets the subjects of the feed that its staff teach or its pupils are taught, not the ministry's whole list.

use super::report::{Outcome, Thing};
use super::school::Feed;
use super::{Link, Report, Run};
use crate::{Conn, StoreError};
use preau_base::{Rng, SchoolId, SubjectId};
use preau_school::feed::Position;
use sqlx::types::Uuid;
use std::collections::{BTreeMap, HashMap};

#[derive(sqlx::FromRow)]
struct SubjectRow {
    #[sqlx(try_from = "Uuid")]
    id: SubjectId,
    code: String,
    name: String,
}

pub(super) async fn apply(
    conn: &mut Conn,
    run: &Run,
    feed: &Feed<'_>,
    school: SchoolId,
    rng: &mut dyn Rng,
    part: &mut Report,
) -> Result<(), StoreError> {
    let rows = fetch_all!(conn, SubjectRow, "SELECT id, code, name FROM subject WHERE school_id = $1", school.uuid())?;
    let known: HashMap<&str, &SubjectRow> = rows.iter().map(|row| (row.code.as_str(), row)).collect();
    for (code, (position, from)) in used(feed) {
        let Some(label) = run.subjects.get(code) else {
            if !known.contains_key(code) {
                part.miss(Link::ToSubject, position, from, code);
            }
            continue;
        };
        let outcome = match known.get(code) {
            Some(row) if row.name == *label => Outcome::Unchanged,
            Some(row) => {
                execute!(conn, "UPDATE subject SET name = $2 WHERE id = $1", row.id.uuid(), label.as_str())?;
                Outcome::Changed
            }
            None => {
                let id = SubjectId::new(run.now, rng);
                crate::subjects::create(conn, id, school, code, label, &run.source).await?;
                Outcome::Created
            }
        };
        part.count(Thing::Subject, outcome);
    }
    Ok(())
}

/// Each code with the first record that uses it.
fn used<'a>(feed: &'a Feed<'_>) -> BTreeMap<&'a str, (&'a Position, &'a str)> {
    let mut used = BTreeMap::new();
    for staff in &feed.staff {
        let here = staff.record.teaching.iter().filter(|it| it.to.school == feed.key());
        for code in here.filter_map(|it| it.subject.as_deref()) {
            used.entry(code).or_insert((&staff.position, staff.record.key.reveal().as_str()));
        }
    }
    for pupil in &feed.pupils {
        for code in &pupil.record.subjects {
            used.entry(code).or_insert((&pupil.position, pupil.record.key.reveal()));
        }
    }
    used
}
