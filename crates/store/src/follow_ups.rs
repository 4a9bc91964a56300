//! Pupils who were not reached, and what was tried to reach them.

mod below;

pub use below::{Attempts, OfSchool, attempts_below, attempts_of, by_school};

use crate::limits::{FOLLOW_UP_NOTE_CHARS_MAX, FOLLOW_UPS_LISTED_MAX, NOT_REACHED_MAX};
use crate::{Conn, StoreError};
use preau_base::{FollowUpId, GroupId, Instant, PersonId, Pii, SchoolId};
use preau_school::attendance::{HalfDay, Means, Reached};
use sqlx::types::Uuid;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FollowUp {
    #[sqlx(try_from = "Uuid")]
    pub id: FollowUpId,
    #[sqlx(try_from = "i64")]
    pub made_at: Instant,
    /// Title and family name of whoever wrote it.
    pub made_by: String,
    #[sqlx(try_from = "String")]
    pub means: Means,
    #[sqlx(try_from = "String")]
    pub result: Reached,
    #[sqlx(try_from = "String")]
    pub note: Pii<String>,
}

#[derive(Clone, Debug)]
pub struct NewFollowUp<'a> {
    pub id: FollowUpId,
    pub school: SchoolId,
    pub pupil: PersonId,
    pub by: PersonId,
    pub means: Means,
    pub result: Reached,
    /// At most [`FOLLOW_UP_NOTE_CHARS_MAX`] characters.
    pub note: &'a str,
}

/// `false` when there is a follow-up of this id: the same written twice is written once.
///
/// # Errors
/// [`StoreError::Limit`] when the note is too long.
pub async fn add(conn: &mut Conn, entry: &NewFollowUp<'_>, now: Instant) -> Result<bool, StoreError> {
    let found = entry.note.chars().count();
    if found > FOLLOW_UP_NOTE_CHARS_MAX {
        return Err(StoreError::Limit { what: "a note", found, most: FOLLOW_UP_NOTE_CHARS_MAX });
    }
    let inserted = execute!(
        conn,
        "INSERT INTO follow_up (id, school_id, pupil_id, made_at, made_by, means, result, note) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING",
        entry.id.uuid(),
        entry.school.uuid(),
        entry.pupil.uuid(),
        now.as_millis(),
        entry.by.uuid(),
        entry.means.as_str(),
        entry.result.as_str(),
        entry.note
    )?;
    Ok(inserted > 0)
}

/// What was tried for a pupil by this school, latest first.
pub async fn of_pupil(conn: &mut Conn, school: SchoolId, pupil: PersonId) -> Result<Vec<FollowUp>, StoreError> {
    Ok(fetch_all!(
        conn,
        FollowUp,
        "SELECT f.id, f.made_at, trim(p.title || ' ' || p.family_name) AS made_by, f.means, f.result, f.note \
         FROM follow_up f JOIN person p ON p.id = f.made_by WHERE f.school_id = $1 AND f.pupil_id = $2 \
         ORDER BY f.made_at DESC, f.id DESC LIMIT CAST($3 AS BIGINT)",
        school.uuid(),
        pupil.uuid(),
        FOLLOW_UPS_LISTED_MAX
    )?)
}

/// A pupil who has not been in a lesson for some days, or who tried in vain.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct NotReached {
    #[sqlx(try_from = "Uuid")]
    pub pupil_id: PersonId,
    #[sqlx(try_from = "String")]
    pub given_name: Pii<String>,
    #[sqlx(try_from = "String")]
    pub family_name: Pii<String>,
    /// The pupil's class in this school, or nothing.
    pub class: String,
    /// When the pupil last joined a live class of this school.
    pub joined_at: Option<i64>,
    /// The last half-day in which a roll of this school says that the pupil was there.
    pub attended: Option<String>,
    /// When the pupil last signed in, or came back signed in.
    pub signed_in_at: Option<i64>,
    /// Minutes in which a try failed since `since`.
    pub tries: i64,
    /// When and how somebody last tried to reach the pupil, and what came of it.
    pub followed_at: Option<i64>,
    pub followed_means: Option<String>,
    pub followed_result: Option<String>,
}

impl NotReached {
    /// Family name first, as lists have it.
    pub fn roll_name(&self) -> String {
        format!("{} {}", self.family_name.reveal(), self.given_name.reveal())
    }
}

/// The pupils of a school (of one class, if given) who had lessons in `since..now` and were in none of them, by the classes'
/// record or a roll, and those with tries that failed since then; by class and name, at most [`NOT_REACHED_MAX`].
/// `since_half` is the half-day of `since`. Children received on site were reached.
///
/// Only lessons, rolls and children on site of this school count: another one that the pupil goes to has not reached them for
/// this one, and what happens there is not told here. Signing in is the pupil's own, and counts for both. `(… = …) = true`
/// keeps SQLite to the index of the pupil. Most pupils were there: nothing more is asked of them.
pub async fn not_reached(
    conn: &mut Conn,
    school: SchoolId,
    class: Option<GroupId>,
    (since, since_half): (Instant, HalfDay),
    now: Instant,
) -> Result<Vec<NotReached>, StoreError> {
    Ok(fetch_all!(
        conn,
        NotReached,
        "WITH busy AS MATERIALIZED (SELECT DISTINCT lg.group_id FROM lesson l JOIN lesson_group lg ON lg.lesson_id = l.id \
           WHERE l.school_id = $1 AND l.starts_at >= $4 AND l.starts_at < $6 AND l.ends_at < $6 \
           AND l.cancelled_at IS NULL AND NOT l.no_school), \
         missed AS MATERIALIZED (SELECT p.id FROM affiliation a CROSS JOIN person p \
           WHERE a.school_id = $1 AND a.profile = 'pupil' AND p.id = a.person_id AND p.suspended_at IS NULL \
           AND ($2 OR EXISTS (SELECT 1 FROM membership m WHERE m.person_id = p.id AND m.group_id = $3 AND m.role = 'pupil')) \
           AND (EXISTS (SELECT 1 FROM failed_try f WHERE f.person_id = p.id AND f.minute_at >= $4) OR ( \
             COALESCE((SELECT e.half_day FROM roll_entry e WHERE e.pupil_id = p.id AND (e.school_id = $1) = true \
               AND e.status IN ('present', 'distant', 'late', 'left_early') ORDER BY e.half_day DESC LIMIT 1), '') < $5 \
             AND COALESCE((SELECT v.joined_at FROM visit v CROSS JOIN lesson held WHERE v.person_id = p.id AND v.role = 'pupil' \
               AND held.id = v.lesson_id AND held.school_id = $1 ORDER BY v.joined_at DESC LIMIT 1), 0) < $4 \
             AND COALESCE((SELECT max(o.day) FROM on_site o WHERE o.pupil_id = p.id AND (o.school_id = $1) = true) || '-pm', '') < $5 \
             AND EXISTS (SELECT 1 FROM membership m CROSS JOIN busy WHERE m.person_id = p.id AND m.role = 'pupil' \
               AND busy.group_id = m.group_id)))) \
         SELECT p.id AS pupil_id, p.given_name, p.family_name, COALESCE((SELECT min(g.name) FROM membership m \
           CROSS JOIN school_group g WHERE m.person_id = p.id AND m.role = 'pupil' AND g.id = m.group_id AND g.kind = 'class' \
           AND g.school_id = $1 AND g.archived_at IS NULL), '') AS class, \
         (SELECT v.joined_at FROM visit v CROSS JOIN lesson held WHERE v.person_id = p.id AND v.role = 'pupil' \
           AND held.id = v.lesson_id AND held.school_id = $1 ORDER BY v.joined_at DESC LIMIT 1) AS joined_at, \
         (SELECT e.half_day FROM roll_entry e WHERE e.pupil_id = p.id AND (e.school_id = $1) = true \
           AND e.status IN ('present', 'distant', 'late', 'left_early') ORDER BY e.half_day DESC LIMIT 1) AS attended, \
         (SELECT max(s.renewed_at) FROM session s WHERE s.person_id = p.id) AS signed_in_at, \
         (SELECT count(*) FROM failed_try f WHERE f.person_id = p.id AND f.minute_at >= $4) AS tries, \
         (SELECT max(u.made_at) FROM follow_up u WHERE u.pupil_id = p.id AND u.school_id = $1) AS followed_at, \
         (SELECT u.means FROM follow_up u WHERE u.pupil_id = p.id AND u.school_id = $1 \
           ORDER BY u.made_at DESC, u.id DESC LIMIT 1) AS followed_means, \
         (SELECT u.result FROM follow_up u WHERE u.pupil_id = p.id AND u.school_id = $1 \
           ORDER BY u.made_at DESC, u.id DESC LIMIT 1) AS followed_result \
         FROM missed CROSS JOIN person p WHERE p.id = missed.id ORDER BY class, p.search_name, p.id LIMIT CAST($7 AS BIGINT)",
        school.uuid(),
        class.is_none(),
        class.map(GroupId::uuid),
        since.as_millis(),
        since_half.to_string(),
        now.as_millis(),
        NOT_REACHED_MAX
    )?)
}
