//! What families and school life say of absences: from which half-day to which, why, and whether it is accepted.

use crate::limits::{ABSENCE_DETAIL_CHARS_MAX, ABSENCES_LISTED_MAX, MAILS_OF_ABSENCES_MAX};
use crate::{Conn, StoreError};
use preau_base::{AbsenceId, Instant, PersonId, Pii, SchoolId};
use preau_school::attendance::{Excuse, ExcuseState, HalfDay, Reason};
use sqlx::types::Uuid;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Absence {
    #[sqlx(try_from = "Uuid")]
    pub id: AbsenceId,
    #[sqlx(try_from = "Uuid")]
    pub school_id: SchoolId,
    #[sqlx(try_from = "Uuid")]
    pub pupil_id: PersonId,
    /// Given and family name of the pupil.
    #[sqlx(try_from = "String")]
    pub pupil: Pii<String>,
    #[sqlx(try_from = "String")]
    pub first_half: HalfDay,
    #[sqlx(try_from = "String")]
    pub last_half: HalfDay,
    #[sqlx(try_from = "String")]
    pub reason: Reason,
    #[sqlx(try_from = "String")]
    pub detail: Pii<String>,
    #[sqlx(try_from = "String")]
    pub state: ExcuseState,
    #[sqlx(try_from = "i64")]
    pub declared_at: Instant,
    #[sqlx(try_from = "Uuid")]
    pub declared_by_id: PersonId,
    /// Given and family name of whoever said it.
    pub declared_by: String,
}

impl Absence {
    pub const fn excuse(&self) -> Excuse {
        Excuse { first: self.first_half, last: self.last_half, reason: self.reason, state: self.state }
    }
}

#[derive(Clone, Debug)]
pub struct NewAbsence<'a> {
    pub id: AbsenceId,
    pub school: SchoolId,
    pub pupil: PersonId,
    pub first: HalfDay,
    pub last: HalfDay,
    pub reason: Reason,
    /// At most [`ABSENCE_DETAIL_CHARS_MAX`] characters.
    pub detail: &'a str,
    /// Accepted at once when school life writes it.
    pub state: ExcuseState,
    pub by: PersonId,
}

/// `false` when there is an absence of this id: the same said twice is said once.
///
/// # Errors
/// [`StoreError::Limit`] when the detail is too long.
pub async fn declare(conn: &mut Conn, absence: &NewAbsence<'_>, now: Instant) -> Result<bool, StoreError> {
    let found = absence.detail.chars().count();
    if found > ABSENCE_DETAIL_CHARS_MAX {
        return Err(StoreError::Limit { what: "a reason", found, most: ABSENCE_DETAIL_CHARS_MAX });
    }
    let is_decided = absence.state != ExcuseState::Declared;
    let inserted = execute!(
        conn,
        "INSERT INTO absence (id, school_id, pupil_id, first_half, last_half, reason, detail, state, declared_at, \
         declared_by, decided_at, decided_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
         ON CONFLICT (id) DO NOTHING",
        absence.id.uuid(),
        absence.school.uuid(),
        absence.pupil.uuid(),
        absence.first.to_string(),
        absence.last.to_string(),
        absence.reason.as_str(),
        absence.detail,
        absence.state.as_str(),
        now.as_millis(),
        absence.by.uuid(),
        is_decided.then(|| now.as_millis()),
        is_decided.then(|| absence.by.uuid())
    )?;
    Ok(inserted > 0)
}

/// Accepts or refuses what was said; a decision may be changed.
pub async fn decide(
    conn: &mut Conn,
    id: AbsenceId,
    state: ExcuseState,
    by: PersonId,
    now: Instant,
) -> Result<bool, StoreError> {
    let changed = execute!(
        conn,
        "UPDATE absence SET state = $2, decided_at = $3, decided_by = $4 WHERE id = $1 AND state <> $2",
        id.uuid(),
        state.as_str(),
        now.as_millis(),
        by.uuid()
    )?;
    Ok(changed > 0)
}

pub async fn by_id(conn: &mut Conn, id: AbsenceId) -> Result<Option<Absence>, StoreError> {
    Ok(fetch_optional!(
        conn,
        Absence,
        "SELECT a.id, a.school_id, a.pupil_id, p.given_name || ' ' || p.family_name AS pupil, a.first_half, a.last_half, \
         a.reason, a.detail, a.state, a.declared_at, a.declared_by AS declared_by_id, \
         b.given_name || ' ' || b.family_name AS declared_by FROM absence a \
         JOIN person p ON p.id = a.pupil_id JOIN person b ON b.id = a.declared_by WHERE a.id = $1",
        id.uuid()
    )?)
}

/// What is said of a pupil in a school from `from` on, latest first.
pub async fn of_pupil(
    conn: &mut Conn,
    school: SchoolId,
    pupil: PersonId,
    from: HalfDay,
) -> Result<Vec<Absence>, StoreError> {
    Ok(fetch_all!(
        conn,
        Absence,
        "SELECT a.id, a.school_id, a.pupil_id, p.given_name || ' ' || p.family_name AS pupil, a.first_half, a.last_half, \
         a.reason, a.detail, a.state, a.declared_at, a.declared_by AS declared_by_id, \
         b.given_name || ' ' || b.family_name AS declared_by FROM absence a \
         JOIN person p ON p.id = a.pupil_id JOIN person b ON b.id = a.declared_by \
         WHERE a.school_id = $1 AND a.pupil_id = $2 AND a.last_half >= $3 ORDER BY a.first_half DESC, a.id DESC LIMIT CAST($4 AS BIGINT)",
        school.uuid(),
        pupil.uuid(),
        from.to_string(),
        ABSENCES_LISTED_MAX
    )?)
}

/// What is said of the pupils of a school for any half-day of `first..=last`, by name.
pub async fn of_school(
    conn: &mut Conn,
    school: SchoolId,
    first: HalfDay,
    last: HalfDay,
) -> Result<Vec<Absence>, StoreError> {
    Ok(fetch_all!(
        conn,
        Absence,
        "SELECT a.id, a.school_id, a.pupil_id, p.given_name || ' ' || p.family_name AS pupil, a.first_half, a.last_half, \
         a.reason, a.detail, a.state, a.declared_at, a.declared_by AS declared_by_id, \
         b.given_name || ' ' || b.family_name AS declared_by FROM absence a \
         JOIN person p ON p.id = a.pupil_id JOIN person b ON b.id = a.declared_by \
         WHERE a.school_id = $1 AND a.last_half >= $2 AND a.first_half <= $3 ORDER BY p.search_name, a.id LIMIT CAST($4 AS BIGINT)",
        school.uuid(),
        first.to_string(),
        last.to_string(),
        ABSENCES_LISTED_MAX
    )?)
}

/// What nobody has looked at yet, the oldest first.
pub async fn undecided(conn: &mut Conn, school: SchoolId) -> Result<Vec<Absence>, StoreError> {
    Ok(fetch_all!(
        conn,
        Absence,
        "SELECT a.id, a.school_id, a.pupil_id, p.given_name || ' ' || p.family_name AS pupil, a.first_half, a.last_half, \
         a.reason, a.detail, a.state, a.declared_at, a.declared_by AS declared_by_id, \
         b.given_name || ' ' || b.family_name AS declared_by FROM absence a \
         JOIN person p ON p.id = a.pupil_id JOIN person b ON b.id = a.declared_by \
         WHERE a.school_id = $1 AND a.state = 'declared' ORDER BY a.declared_at, a.id LIMIT CAST($2 AS BIGINT)",
        school.uuid(),
        ABSENCES_LISTED_MAX
    )?)
}

/// A relative who is to be told of an absence.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ToTell {
    #[sqlx(try_from = "Uuid")]
    pub pupil_id: PersonId,
    #[sqlx(try_from = "Uuid")]
    pub school_id: SchoolId,
    #[sqlx(try_from = "String")]
    pub pupil: Pii<String>,
    #[sqlx(try_from = "String")]
    pub half_day: HalfDay,
    pub school: String,
    #[sqlx(try_from = "Uuid")]
    pub relative_id: PersonId,
    pub email: Option<String>,
    pub locale: Option<String>,
}

/// The relatives to be told of absences without a known reason, since `from`, in rolls that have stood as they are since
/// `until`. Only those who may know; schools that send nothing are left out. Ordered by pupil and half-day.
pub async fn to_tell(conn: &mut Conn, from: HalfDay, until: Instant) -> Result<Vec<ToTell>, StoreError> {
    Ok(fetch_all!(
        conn,
        ToTell,
        "SELECT DISTINCT e.pupil_id, e.school_id, p.given_name || ' ' || p.family_name AS pupil, e.half_day, \
         s.name AS school, r.relative_id, q.email, q.locale \
         FROM roll_entry e JOIN roll o ON o.lesson_id = e.lesson_id JOIN person p ON p.id = e.pupil_id \
         JOIN lesson l ON l.id = e.lesson_id AND l.cancelled_at IS NULL AND NOT l.no_school \
         JOIN school s ON s.id = e.school_id JOIN relation r ON r.pupil_id = e.pupil_id \
         JOIN person q ON q.id = r.relative_id LEFT JOIN attendance_setting t ON t.school_id = e.school_id \
         WHERE e.half_day >= $1 AND e.status = 'absent' AND o.changed_at <= $2 \
         AND COALESCE(t.mails_families, true) = true \
         AND r.sees_attendance = true AND r.barred_at IS NULL AND q.suspended_at IS NULL \
         AND NOT EXISTS (SELECT 1 FROM absence_told d WHERE d.pupil_id = e.pupil_id AND d.half_day = e.half_day) \
         AND NOT EXISTS (SELECT 1 FROM absence a WHERE a.pupil_id = e.pupil_id AND a.school_id = e.school_id \
           AND a.state <> 'refused' AND a.first_half <= e.half_day AND a.last_half >= e.half_day) \
         ORDER BY e.half_day, e.pupil_id, r.relative_id LIMIT CAST($3 AS BIGINT)",
        from.to_string(),
        until.as_millis(),
        MAILS_OF_ABSENCES_MAX
    )?)
}

/// Notes that the relatives of a pupil have been told; call it in the transaction that tells them. `false` when they had.
pub async fn told(conn: &mut Conn, pupil: PersonId, half: HalfDay, now: Instant) -> Result<bool, StoreError> {
    let changed = execute!(
        conn,
        "INSERT INTO absence_told (pupil_id, half_day, told_at) VALUES ($1, $2, $3) \
         ON CONFLICT (pupil_id, half_day) DO NOTHING",
        pupil.uuid(),
        half.to_string(),
        now.as_millis()
    )?;
    Ok(changed > 0)
}
