//! The same of a whole territory, in numbers: whoever administers one learns how many pupils were not reached in which
//! school, and what was tried, without a name.

use crate::limits::NOT_REACHED_SCHOOLS_MAX;
use crate::{Conn, StoreError};
use preau_base::{Instant, SchoolId, TerritoryId};
use preau_school::attendance::{HalfDay, Means, Reached};
use sqlx::types::Uuid;

/// The pupils of one school who were not reached.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OfSchool {
    #[sqlx(try_from = "Uuid")]
    pub school_id: SchoolId,
    pub name: String,
    pub city: String,
    top_id: Option<Uuid>,
    /// All pupils of the school.
    pub pupils: i64,
    pub not_reached: i64,
    /// Of those: never seen in a lesson.
    pub never: i64,
    /// Of those: tried, and did not get in.
    pub tried: i64,
    /// Of those: somebody of the school has tried to reach them since.
    pub followed: i64,
}

impl OfSchool {
    /// The territory directly below the one that was asked for in which the school lies; none where it lies in no smaller
    /// one.
    pub fn top(&self) -> Option<TerritoryId> {
        self.top_id.map(TerritoryId::from_uuid)
    }
}

/// How many pupils were not reached in `since..now` ([`super::not_reached`]) in each school of a territory, where they are
/// most first, then by name; at most [`NOT_REACHED_SCHOOLS_MAX`]. `CROSS JOIN` keeps SQLite to the order that is written: from
/// the territory's schools to their lessons and pupils, and never over those of all schools.
pub async fn by_school(
    conn: &mut Conn,
    territory: TerritoryId,
    (since, since_half): (Instant, HalfDay),
    now: Instant,
) -> Result<Vec<OfSchool>, StoreError> {
    Ok(fetch_all!(
        conn,
        OfSchool,
        "WITH RECURSIVE below (top, id) AS (SELECT t.id, t.id FROM territory t WHERE t.parent_id = $1 \
           UNION SELECT b.top, t.id FROM territory t JOIN below b ON t.parent_id = b.id), \
         place AS (SELECT s.id, s.name, s.city, b.top FROM below b CROSS JOIN school s WHERE s.territory_id = b.id \
           UNION ALL SELECT s.id, s.name, s.city, NULL FROM school s WHERE s.territory_id = $1), \
         busy AS MATERIALIZED (SELECT DISTINCT l.school_id, lg.group_id FROM place p CROSS JOIN lesson l \
           CROSS JOIN lesson_group lg WHERE l.school_id = p.id AND lg.lesson_id = l.id \
           AND l.starts_at >= $2 AND l.starts_at < $4 AND l.ends_at < $4 AND l.cancelled_at IS NULL AND NOT l.no_school), \
         pupil AS MATERIALIZED (SELECT a.school_id, a.person_id, \
           EXISTS (SELECT 1 FROM failed_try f WHERE f.person_id = a.person_id AND f.minute_at >= $2) AS tried \
           FROM place p CROSS JOIN affiliation a CROSS JOIN person q WHERE a.school_id = p.id AND a.profile = 'pupil' \
           AND q.id = a.person_id AND q.suspended_at IS NULL), \
         missed AS MATERIALIZED (SELECT school_id, person_id, tried FROM pupil WHERE tried OR ( \
           NOT EXISTS (SELECT 1 FROM roll_entry e WHERE e.pupil_id = pupil.person_id AND e.half_day >= $3 \
             AND (e.school_id = pupil.school_id) = true AND e.status IN ('present', 'distant', 'late', 'left_early')) \
           AND NOT EXISTS (SELECT 1 FROM visit v CROSS JOIN lesson held WHERE v.person_id = pupil.person_id \
             AND v.joined_at >= $2 AND v.role = 'pupil' AND held.id = v.lesson_id AND held.school_id = pupil.school_id) \
           AND NOT EXISTS (SELECT 1 FROM on_site o WHERE o.pupil_id = pupil.person_id \
             AND (o.school_id = pupil.school_id) = true AND o.day || '-pm' >= $3) \
           AND EXISTS (SELECT 1 FROM membership m CROSS JOIN busy WHERE m.person_id = pupil.person_id AND m.role = 'pupil' \
             AND busy.group_id = m.group_id AND busy.school_id = pupil.school_id))), \
         known AS (SELECT m.school_id, m.tried, \
           NOT EXISTS (SELECT 1 FROM visit v CROSS JOIN lesson held WHERE v.person_id = m.person_id \
             AND v.role = 'pupil' AND held.id = v.lesson_id AND held.school_id = m.school_id) \
           AND NOT EXISTS (SELECT 1 FROM roll_entry e WHERE e.pupil_id = m.person_id \
             AND (e.school_id = m.school_id) = true AND e.status IN ('present', 'distant', 'late', 'left_early')) AS never, \
           EXISTS (SELECT 1 FROM follow_up u WHERE u.pupil_id = m.person_id AND u.school_id = m.school_id \
             AND u.made_at >= $2) AS followed FROM missed m), \
         whole AS (SELECT school_id, count(*) AS pupils FROM pupil GROUP BY school_id), \
         part AS (SELECT school_id, count(*) AS not_reached, count(CASE WHEN never THEN 1 END) AS never, \
           count(CASE WHEN tried THEN 1 END) AS tried, count(CASE WHEN followed THEN 1 END) AS followed \
           FROM known GROUP BY school_id) \
         SELECT place.id AS school_id, place.name, place.city, place.top AS top_id, COALESCE(whole.pupils, 0) AS pupils, \
         COALESCE(part.not_reached, 0) AS not_reached, COALESCE(part.never, 0) AS never, COALESCE(part.tried, 0) AS tried, \
         COALESCE(part.followed, 0) AS followed \
         FROM place LEFT JOIN whole ON whole.school_id = place.id LEFT JOIN part ON part.school_id = place.id \
         ORDER BY not_reached DESC, place.name, place.id LIMIT CAST($5 AS BIGINT)",
        territory.uuid(),
        since.as_millis(),
        since_half.to_string(),
        now.as_millis(),
        NOT_REACHED_SCHOOLS_MAX
    )?)
}

/// How often something was tried, and what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Attempts {
    #[sqlx(try_from = "String")]
    pub means: Means,
    #[sqlx(try_from = "String")]
    pub result: Reached,
    pub count: i64,
}

/// What the schools of a territory have tried since `since` to reach pupils, the commonest first.
pub async fn attempts_below(
    conn: &mut Conn,
    territory: TerritoryId,
    since: Instant,
) -> Result<Vec<Attempts>, StoreError> {
    Ok(fetch_all!(
        conn,
        Attempts,
        "WITH RECURSIVE below (id) AS (SELECT t.id FROM territory t WHERE t.id = $1 \
           UNION SELECT t.id FROM territory t JOIN below b ON t.parent_id = b.id) \
         SELECT u.means, u.result, count(*) AS count FROM below b CROSS JOIN school s CROSS JOIN follow_up u \
         WHERE s.territory_id = b.id AND u.school_id = s.id AND u.made_at >= $2 GROUP BY u.means, u.result \
         ORDER BY count DESC, u.means, u.result",
        territory.uuid(),
        since.as_millis()
    )?)
}

/// What one school has tried since `since`, the commonest first.
pub async fn attempts_of(conn: &mut Conn, school: SchoolId, since: Instant) -> Result<Vec<Attempts>, StoreError> {
    Ok(fetch_all!(
        conn,
        Attempts,
        "SELECT u.means, u.result, count(*) AS count FROM follow_up u WHERE u.school_id = $1 AND u.made_at >= $2 \
         GROUP BY u.means, u.result ORDER BY count DESC, u.means, u.result",
        school.uuid(),
        since.as_millis()
    )?)
}
