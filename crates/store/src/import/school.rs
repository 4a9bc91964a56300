//! One school, in one transaction.

use super::people::{Incoming, People};
use super::report::{Outcome, Thing};
use super::staging::{Row, Staged};
use super::{Memo, Report, Run, groups, roster, subjects};
use crate::limits::IMPORT_PEOPLE_PER_SCHOOL_MAX;
use crate::{Conn, StoreError, territories};
use preau_base::{Rng, SchoolId};
use preau_school::feed::{Pupil, Relative, School, Staff};
use sqlx::types::Uuid;

/// What the feed says about one school.
pub(super) struct Feed<'a> {
    pub school: &'a Staged<School>,
    pub pupils: Vec<Staged<Pupil>>,
    pub relatives: Vec<Staged<Relative>>,
    pub staff: Vec<Staged<Staff>>,
}

impl Feed<'_> {
    pub fn key(&self) -> &str {
        &self.school.record.key
    }
}

/// Applies a school and everybody in it; gives what it did.
pub(super) async fn apply(
    conn: &mut Conn,
    run: &Run,
    school: &Staged<School>,
    memo: &mut Memo,
    rng: &mut dyn Rng,
) -> Result<Report, StoreError> {
    let mut part = Report::default();
    let feed = load(conn, run, school).await?;
    let (id, outcome) = upsert(conn, run, &school.record, rng).await?;
    part.count(Thing::School, outcome);
    if run.full || outcome == Outcome::Created {
        let record = &school.record;
        let place = (Some(record.uai.as_str()), record.postal_code.as_str(), record.city.as_str());
        territories::place(conn, id, place, run.now, rng).await?;
    }
    subjects::apply(conn, run, &feed, id, rng, &mut part).await?;
    let groups = groups::apply(conn, run, &feed, id, rng, &mut part).await?;

    let mut people = People::load(conn, run, &feed, id).await?;
    for pupil in &feed.pupils {
        people.bring(conn, run, memo, rng, &Incoming::pupil(&pupil.record)).await?;
    }
    let families = roster::families(conn, run, &feed, &people, id, &mut part).await?;
    for relative in feed.relatives.iter().filter(|it| families.is_named(it.record.key.reveal())) {
        let pupils = families.pupils_of(relative.record.key.reveal());
        people.bring(conn, run, memo, rng, &Incoming::relative(&relative.record, pupils)).await?;
    }
    for staff in &feed.staff {
        people.bring(conn, run, memo, rng, &Incoming::staff(&staff.record, feed.key())).await?;
    }
    people.affiliate(conn, run, &families, &mut part).await?;
    roster::memberships(conn, run, &feed, &people, &groups, &mut part).await?;
    roster::relations(conn, run, &people, &families, &mut part).await?;
    people.count(memo, &mut part);
    Ok(part)
}

async fn load<'a>(conn: &mut Conn, run: &Run, school: &'a Staged<School>) -> Result<Feed<'a>, StoreError> {
    let key = school.record.key.as_str();
    let people = fetch_number!(
        conn,
        "SELECT count(*) FROM import_record WHERE run_id = $1 AND school_key = $2",
        run.id.uuid(),
        key
    )?;
    let people = usize::try_from(people).unwrap_or(usize::MAX);
    if people > IMPORT_PEOPLE_PER_SCHOOL_MAX {
        return Err(StoreError::Limit { what: super::OF_PEOPLE, found: people, most: IMPORT_PEOPLE_PER_SCHOOL_MAX });
    }
    let pupils = fetch_all!(
        conn,
        Row,
        "SELECT serial, kind, file, position, payload FROM import_record \
         WHERE run_id = $1 AND school_key = $2 AND kind = 'pupil' ORDER BY serial",
        run.id.uuid(),
        key
    )?;
    let relatives = fetch_all!(
        conn,
        Row,
        "SELECT serial, kind, file, position, payload FROM import_record r WHERE run_id = $1 AND kind = 'relative' \
         AND (school_key = $2 OR external_id IN (SELECT l.external_id FROM import_record l \
         WHERE l.run_id = $1 AND l.school_key = $2 AND l.kind = 'link')) ORDER BY serial",
        run.id.uuid(),
        key
    )?;
    let staff = fetch_all!(
        conn,
        Row,
        "SELECT serial, kind, file, position, payload FROM import_record r WHERE run_id = $1 AND kind = 'staff' \
         AND external_id IN (SELECT a.external_id FROM import_record a \
         WHERE a.run_id = $1 AND a.school_key = $2 AND a.kind = 'staff_at') ORDER BY serial",
        run.id.uuid(),
        key
    )?;
    Ok(Feed {
        school,
        pupils: pupils.iter().map(Row::read).collect::<Result<_, _>>()?,
        relatives: relatives.iter().map(Row::read).collect::<Result<_, _>>()?,
        staff: staff.iter().map(Row::read).collect::<Result<_, _>>()?,
    })
}

#[derive(sqlx::FromRow)]
struct SchoolRow {
    #[sqlx(try_from = "Uuid")]
    id: SchoolId,
    uai: Option<String>,
    name: String,
    kind: String,
    city: String,
    source: String,
    external_id: String,
}

/// The school with the feed's key, else the one with its code. A full feed takes over a school made by hand or by a table.
async fn upsert(
    conn: &mut Conn,
    run: &Run,
    school: &School,
    rng: &mut dyn Rng,
) -> Result<(SchoolId, Outcome), StoreError> {
    let known = fetch_optional!(
        conn,
        SchoolRow,
        "SELECT id, uai, name, kind, city, source, external_id FROM school \
         WHERE (source = $1 AND external_id = $2) OR uai = $3 \
         ORDER BY CASE WHEN source = $1 AND external_id = $2 THEN 0 ELSE 1 END LIMIT 1",
        run.source.as_str(),
        school.key.as_str(),
        school.uai.as_str()
    )?;
    let Some(known) = known else { return Ok((create(conn, run, school, rng).await?, Outcome::Created)) };
    if !run.full {
        return Ok((known.id, Outcome::Unchanged));
    }
    let name = school.name.as_deref().unwrap_or(&known.name);
    let unchanged = known.uai.as_deref() == Some(&school.uai)
        && (known.name == name && known.kind == school.kind && known.city == school.city)
        && (known.source == run.source && known.external_id == school.key);
    if unchanged {
        return Ok((known.id, Outcome::Unchanged));
    }
    execute!(
        conn,
        "UPDATE school SET uai = $2, name = $3, kind = $4, city = $5, source = $6, external_id = $7, updated_at = $8 WHERE id = $1",
        known.id.uuid(),
        school.uai.as_str(),
        name,
        school.kind.as_str(),
        school.city.as_str(),
        run.source.as_str(),
        school.key.as_str(),
        run.now.as_millis()
    )?;
    Ok((known.id, Outcome::Changed))
}

async fn create(conn: &mut Conn, run: &Run, school: &School, rng: &mut dyn Rng) -> Result<SchoolId, StoreError> {
    let Some(name) = &school.name else {
        return Err(StoreError::Import(format!("the school {} is not known yet: give its name", school.uai)));
    };
    let id = SchoolId::new(run.now, rng);
    execute!(
        conn,
        "INSERT INTO school (id, uai, name, kind, city, source, external_id, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        id.uuid(),
        school.uai.as_str(),
        name.as_str(),
        school.kind.as_str(),
        school.city.as_str(),
        run.source.as_str(),
        school.key.as_str(),
        run.now.as_millis()
    )?;
    Ok(id)
}
