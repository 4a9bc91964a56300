//! What territories have decided about the lists of départements in calendars, and the schools that have yet to follow.

use super::{Own, place};
use crate::limits::{CALENDARS_FOLLOWED_MAX, TERRITORY_ROWS_MAX};
use crate::{Conn, StoreError};
use preau_base::{Instant, PersonId, SchoolId, TerritoryId};
use preau_school::calendar::{Calendar, Decision, Departement, Draft, Place, Year, ready};
use sqlx::types::Uuid;

/// A decision and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    pub territory: TerritoryId,
    pub decision: Decision,
    /// The next save must name it. Begins with the instant of the first, in milliseconds, so that a decision that was taken
    /// back and made anew is another; each save raises it.
    pub version: i64,
}

#[derive(sqlx::FromRow)]
struct ListRow {
    #[sqlx(try_from = "Uuid")]
    territory_id: TerritoryId,
    year: i64,
    list: String,
    departements: String,
    version: i64,
}

impl ListRow {
    fn decided(self) -> Decided {
        let decision = decision(self.year, &self.list, &self.departements);
        Decided { territory: self.territory_id, decision, version: self.version }
    }
}

fn decision(begins: i64, list: &str, departements: &str) -> Decision {
    let departements = departements.split(' ').filter_map(|code| code.parse().ok()).collect();
    Decision { begins, list: list.to_owned(), departements }
}

fn words(departements: &[Departement]) -> String {
    departements.iter().map(Departement::as_str).collect::<Vec<_>>().join(" ")
}

/// What a territory, those around it and those below it have decided: the widest first.
pub async fn around(conn: &mut Conn, territory: TerritoryId) -> Result<Vec<Decided>, StoreError> {
    let rows = fetch_all!(
        conn,
        ListRow,
        "WITH RECURSIVE up (id, parent_id, depth) AS (SELECT t.id, t.parent_id, CAST(0 AS BIGINT) FROM territory t \
           WHERE t.id = $1 UNION SELECT t.id, t.parent_id, u.depth - 1 FROM territory t JOIN up u ON t.id = u.parent_id), \
         down (id, depth) AS (SELECT t.id, CAST(1 AS BIGINT) FROM territory t WHERE t.parent_id = $1 \
           UNION SELECT t.id, d.depth + 1 FROM territory t JOIN down d ON t.parent_id = d.id), \
         near (id, depth) AS (SELECT u.id, u.depth FROM up u UNION SELECT d.id, d.depth FROM down d) \
         SELECT l.territory_id, l.year, l.list, l.departements, l.version FROM calendar_list l \
         JOIN near n ON n.id = l.territory_id ORDER BY n.depth, l.territory_id, l.year, l.list LIMIT CAST($2 AS BIGINT)",
        territory.uuid(),
        TERRITORY_ROWS_MAX
    )?;
    Ok(rows.into_iter().map(ListRow::decided).collect())
}

/// A decision to be kept.
#[derive(Clone, Debug)]
pub struct NewDecision<'a> {
    pub territory: TerritoryId,
    pub begins: i64,
    pub list: &'a str,
    /// None: the territory decides nothing, and whoever is around it does.
    pub departements: Option<&'a [Departement]>,
    /// The version that was on the screen; 0 where nothing was decided.
    pub seen: i64,
    pub by: PersonId,
}

/// Keeps a decision, and notes that the schools below have to follow. `false`, and nothing is kept, when somebody else has
/// decided since `seen` was read.
pub async fn decide(conn: &mut Conn, new: &NewDecision<'_>, now: Instant) -> Result<bool, StoreError> {
    let known = fetch_optional!(
        conn,
        ListRow,
        "SELECT territory_id, year, list, departements, version FROM calendar_list \
         WHERE territory_id = $1 AND year = $2 AND list = $3",
        new.territory.uuid(),
        new.begins,
        new.list
    )?;
    if known.as_ref().map_or(0, |known| known.version) != new.seen {
        return Ok(false);
    }
    let was = known.map(|known| known.departements);
    let is = new.departements.map(words);
    if was == is {
        return Ok(true);
    }
    if !write(conn, new, is.as_deref(), now).await? {
        return Ok(false);
    }
    // A row that is due already is locked: who is making the school follow reads this decision then, not the one before.
    execute!(
        conn,
        "WITH RECURSIVE below (id) AS (SELECT t.id FROM territory t WHERE t.id = $1 \
         UNION SELECT t.id FROM territory t JOIN below b ON t.parent_id = b.id) \
         INSERT INTO calendar_due (school_id, territory_id, year, list, was, since) \
         SELECT s.id, $1, CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS BIGINT) \
         FROM school s JOIN below b ON s.territory_id = b.id WHERE true \
         ON CONFLICT (school_id, territory_id, year, list) DO UPDATE SET since = calendar_due.since",
        new.territory.uuid(),
        new.begins,
        new.list,
        was.as_deref(),
        now.as_millis()
    )?;
    Ok(true)
}

async fn write(conn: &mut Conn, new: &NewDecision<'_>, is: Option<&str>, now: Instant) -> Result<bool, StoreError> {
    let changed = match (is, new.seen) {
        (None, seen) => execute!(
            conn,
            "DELETE FROM calendar_list WHERE territory_id = $1 AND year = $2 AND list = $3 AND version = $4",
            new.territory.uuid(),
            new.begins,
            new.list,
            seen
        )?,
        (Some(departements), 0) => execute!(
            conn,
            "INSERT INTO calendar_list (territory_id, year, list, departements, version, changed_at, changed_by) \
             VALUES ($1, $2, $3, $4, $5, $5, $6) ON CONFLICT (territory_id, year, list) DO NOTHING",
            new.territory.uuid(),
            new.begins,
            new.list,
            departements,
            now.as_millis(),
            new.by.uuid()
        )?,
        (Some(departements), seen) => execute!(
            conn,
            "UPDATE calendar_list SET departements = $4, version = version + 1, changed_at = $5, changed_by = $6 \
             WHERE territory_id = $1 AND year = $2 AND list = $3 AND version = $7",
            new.territory.uuid(),
            new.begins,
            new.list,
            departements,
            now.as_millis(),
            new.by.uuid(),
            seen
        )?,
    };
    Ok(changed > 0)
}

#[derive(sqlx::FromRow)]
struct SchoolRow {
    #[sqlx(try_from = "Uuid")]
    school_id: SchoolId,
}

/// Schools that have yet to follow a decision, the first of them first, at most [`CALENDARS_FOLLOWED_MAX`].
pub async fn due(conn: &mut Conn) -> Result<Vec<SchoolId>, StoreError> {
    let rows = fetch_all!(
        conn,
        SchoolRow,
        "SELECT school_id FROM calendar_due GROUP BY school_id ORDER BY min(since), school_id LIMIT CAST($1 AS BIGINT)",
        CALENDARS_FOLLOWED_MAX
    )?;
    Ok(rows.into_iter().map(|row| row.school_id).collect())
}

#[derive(sqlx::FromRow)]
struct DueRow {
    #[sqlx(try_from = "Uuid")]
    territory_id: TerritoryId,
    height: i64,
    year: i64,
    list: String,
    was: Option<String>,
}

/// The calendar of a school before the decisions that it has yet to follow, and as it is. From here on it counts as
/// following.
pub async fn follow(conn: &mut Conn, school: SchoolId) -> Result<(Calendar, Calendar), StoreError> {
    let due = fetch_all!(
        conn,
        DueRow,
        "WITH RECURSIVE up (id, parent_id, height) AS (SELECT t.id, t.parent_id, CAST(0 AS BIGINT) FROM territory t \
           JOIN school s ON s.territory_id = t.id WHERE s.id = $1 \
           UNION SELECT t.id, t.parent_id, u.height + 1 FROM territory t JOIN up u ON t.id = u.parent_id) \
         SELECT d.territory_id, u.height, d.year, d.list, d.was FROM calendar_due d JOIN up u ON u.id = d.territory_id \
         WHERE d.school_id = $1",
        school.uuid()
    )?;
    execute!(conn, "DELETE FROM calendar_due WHERE school_id = $1", school.uuid())?;
    let place = place(conn, school).await?;
    let told = told(conn, school).await?;
    let after = told.calendar(school, place);
    let mut before = told;
    let is_due = |it: &Above| {
        let key = (it.territory, it.decision.begins, it.decision.list.as_str());
        due.iter().any(|row| (row.territory_id, row.year, row.list.as_str()) == key)
    };
    before.above.retain(|it| !is_due(it));
    before.above.extend(due.iter().filter_map(|row| {
        let decision = decision(row.year, &row.list, row.was.as_deref()?);
        Some(Above { height: row.height, territory: row.territory_id, decision })
    }));
    before.above.sort_by_key(|it| std::cmp::Reverse(it.height));
    Ok((before.calendar(school, place), after))
}

/// What a school has of its own, and what the territories in which it lies have decided, the widest first.
pub(super) struct Told {
    pub own: Vec<Own>,
    above: Vec<Above>,
}

#[derive(Clone, Debug)]
struct Above {
    height: i64,
    territory: TerritoryId,
    decision: Decision,
}

impl Told {
    pub fn decisions(&self) -> Vec<Decision> {
        self.above.iter().map(|it| it.decision.clone()).collect()
    }

    /// The years that come with the program, and the school's own in their place. A text of its own that cannot be read any
    /// more counts as none.
    pub fn calendar(&self, school: SchoolId, place: Place) -> Calendar {
        let decisions = self.decisions();
        let ready = ready::years().into_iter().map(|year| year.decided(place.departement, &decisions));
        let mut years: Vec<Year> = ready.collect();
        for own in &self.own {
            let year = Draft::parse(&own.body).and_then(|draft| draft.year_for(place.departement, &decisions));
            match year {
                Ok(year) => years.push(year),
                Err(error) => tracing::error!(%school, year = own.year, %error, "a stored calendar cannot be read"),
            }
        }
        Calendar::new(place, years)
    }
}

#[derive(sqlx::FromRow)]
struct ToldRow {
    /// None for what the school has of its own.
    territory_id: Option<Uuid>,
    height: i64,
    year: i64,
    list: String,
    body: String,
    version: i64,
}

/// In one statement, because most pages ask for it.
pub(super) async fn told(conn: &mut Conn, school: SchoolId) -> Result<Told, StoreError> {
    let rows = fetch_all!(
        conn,
        ToldRow,
        "WITH RECURSIVE up (id, parent_id, height) AS (SELECT t.id, t.parent_id, CAST(0 AS BIGINT) FROM territory t \
           JOIN school s ON s.territory_id = t.id WHERE s.id = $1 \
           UNION SELECT t.id, t.parent_id, u.height + 1 FROM territory t JOIN up u ON t.id = u.parent_id) \
         SELECT l.territory_id, u.height, l.year, l.list, l.departements AS body, l.version \
         FROM calendar_list l JOIN up u ON u.id = l.territory_id \
         UNION ALL SELECT NULL, CAST(-1 AS BIGINT), c.year, '', c.body, c.version FROM school_calendar c \
         WHERE c.school_id = $1 ORDER BY 2 DESC, 3, 4",
        school.uuid()
    )?;
    let (mut own, mut above) = (Vec::new(), Vec::new());
    for row in rows {
        match row.territory_id {
            None => own.push(Own { year: row.year, body: row.body, version: row.version }),
            Some(territory) => above.push(Above {
                height: row.height,
                territory: TerritoryId::from_uuid(territory),
                decision: decision(row.year, &row.list, &row.body),
            }),
        }
    }
    Ok(Told { own, above })
}
