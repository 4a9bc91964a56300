//! Who is whose relative, and what each may know and do.

use crate::{Conn, StoreError};
use preau_base::{Instant, PersonId, Pii, SchoolId};
use preau_school::RelationRights;
use sqlx::types::Uuid;

/// Makes `relative` a relative of `pupil` with the rights that go with `kind`; nothing changes when they are it already, or
/// when they are barred.
pub async fn relate(
    conn: &mut Conn,
    relative: PersonId,
    pupil: PersonId,
    kind: &str,
    source: &str,
) -> Result<(), StoreError> {
    let rights = RelationRights::of_kind(kind);
    execute!(
        conn,
        "INSERT INTO relation (relative_id, pupil_id, kind, source, sees_day, sees_attendance, may_declare, may_sign) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (relative_id, pupil_id) DO NOTHING",
        relative.uuid(),
        pupil.uuid(),
        kind,
        source,
        rights.sees_day,
        rights.sees_attendance,
        rights.may_declare,
        rights.may_sign
    )?;
    Ok(())
}

/// The feed says that the relative is something else to the pupil: the rights follow, unless somebody has set them.
pub(crate) async fn set_kind(
    conn: &mut Conn,
    relative: PersonId,
    pupil: PersonId,
    kind: &str,
) -> Result<(), StoreError> {
    let rights = RelationRights::of_kind(kind);
    execute!(
        conn,
        "UPDATE relation SET kind = $3 WHERE relative_id = $1 AND pupil_id = $2",
        relative.uuid(),
        pupil.uuid(),
        kind
    )?;
    execute!(
        conn,
        "UPDATE relation SET sees_day = $3, sees_attendance = $4, may_declare = $5, may_sign = $6 \
         WHERE relative_id = $1 AND pupil_id = $2 AND set_by_hand = false",
        relative.uuid(),
        pupil.uuid(),
        rights.sees_day,
        rights.sees_attendance,
        rights.may_declare,
        rights.may_sign
    )?;
    Ok(())
}

/// The end of what [`relate`] began.
pub async fn unrelate(conn: &mut Conn, relative: PersonId, pupil: PersonId) -> Result<(), StoreError> {
    execute!(conn, "DELETE FROM relation WHERE relative_id = $1 AND pupil_id = $2", relative.uuid(), pupil.uuid())?;
    Ok(())
}

/// The feed no longer has the relation. One on which somebody has decided is barred instead of forgotten, so that the
/// decision holds if the feed has it again.
pub(crate) async fn feed_ends(
    conn: &mut Conn,
    relative: PersonId,
    pupil: PersonId,
    now: Instant,
) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE relation SET barred_at = $3 WHERE relative_id = $1 AND pupil_id = $2 AND set_by_hand = true \
         AND barred_at IS NULL",
        relative.uuid(),
        pupil.uuid(),
        now.as_millis()
    )?;
    execute!(
        conn,
        "DELETE FROM relation WHERE relative_id = $1 AND pupil_id = $2 AND set_by_hand = false AND barred_at IS NULL",
        relative.uuid(),
        pupil.uuid()
    )?;
    Ok(())
}

/// The end of every relation of `relative` to a pupil of the school; what is barred stays barred. Gives how many there were.
pub async fn unrelate_school(conn: &mut Conn, relative: PersonId, school: SchoolId) -> Result<u64, StoreError> {
    Ok(execute!(
        conn,
        "DELETE FROM relation WHERE relative_id = $1 AND barred_at IS NULL AND pupil_id IN \
         (SELECT person_id FROM affiliation WHERE school_id = $2 AND profile = 'pupil')",
        relative.uuid(),
        school.uuid()
    )?)
}

/// Sets what a relative may know and do for a pupil; from now on no feed changes it. `was` is what they were when whoever sets
/// them saw them: `false` when they are not those any more, when the relative is barred by now, and when they are not related;
/// nothing changes then.
pub async fn change_rights(
    conn: &mut Conn,
    (relative, pupil): (PersonId, PersonId),
    was: RelationRights,
    rights: RelationRights,
) -> Result<bool, StoreError> {
    let changed = execute!(
        conn,
        "UPDATE relation SET sees_day = $3, sees_attendance = $4, may_declare = $5, may_sign = $6, set_by_hand = true \
         WHERE relative_id = $1 AND pupil_id = $2 AND barred_at IS NULL \
         AND sees_day = $7 AND sees_attendance = $8 AND may_declare = $9 AND may_sign = $10",
        relative.uuid(),
        pupil.uuid(),
        rights.sees_day,
        rights.sees_attendance,
        rights.may_declare,
        rights.may_sign,
        was.sees_day,
        was.sees_attendance,
        was.may_declare,
        was.may_sign
    )?;
    Ok(changed > 0)
}

/// Bars a relative from a pupil, or lets them again (with the rights from before). A feed does not change it. `false` when
/// they are not related.
pub async fn set_barred(
    conn: &mut Conn,
    relative: PersonId,
    pupil: PersonId,
    barred: bool,
    now: Instant,
) -> Result<bool, StoreError> {
    let changed = execute!(
        conn,
        "UPDATE relation SET barred_at = $3 WHERE relative_id = $1 AND pupil_id = $2",
        relative.uuid(),
        pupil.uuid(),
        barred.then_some(now.as_millis())
    )?;
    Ok(changed > 0)
}

/// A relation as the school's page about the pupil, or the relative, shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Relation {
    #[sqlx(try_from = "Uuid")]
    pub relative_id: PersonId,
    #[sqlx(try_from = "Uuid")]
    pub pupil_id: PersonId,
    #[sqlx(try_from = "String")]
    pub relative_given_name: Pii<String>,
    #[sqlx(try_from = "String")]
    pub relative_family_name: Pii<String>,
    pub kind: String,
    sees_day: bool,
    sees_attendance: bool,
    may_declare: bool,
    may_sign: bool,
    /// Somebody has set the rights.
    pub set_by_hand: bool,
    pub barred_at: Option<i64>,
}

impl Relation {
    pub const fn rights(&self) -> RelationRights {
        RelationRights {
            sees_day: self.sees_day,
            sees_attendance: self.sees_attendance,
            may_declare: self.may_declare,
            may_sign: self.may_sign,
        }
    }

    pub fn relative_name(&self) -> String {
        format!("{} {}", self.relative_given_name.reveal(), self.relative_family_name.reveal()).trim().to_owned()
    }
}

/// Every relation of a pupil, barred ones too, by the relative's name.
pub async fn relations_of(conn: &mut Conn, pupil: PersonId) -> Result<Vec<Relation>, StoreError> {
    Ok(fetch_all!(
        conn,
        Relation,
        "SELECT r.relative_id, r.pupil_id, p.given_name AS relative_given_name, p.family_name AS relative_family_name, \
         r.kind, r.sees_day, r.sees_attendance, r.may_declare, r.may_sign, r.set_by_hand, r.barred_at \
         FROM relation r JOIN person p ON p.id = r.relative_id WHERE r.pupil_id = $1 ORDER BY p.search_name, p.id",
        pupil.uuid()
    )?)
}

/// A relative who is told of what concerns a pupil's day.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Told {
    #[sqlx(try_from = "Uuid")]
    pub id: PersonId,
    pub email: Option<String>,
    /// The language of the person's own choice.
    pub locale: Option<String>,
}

/// The relatives who see a pupil's day, work and corrections too, and whose account is not suspended.
pub async fn told_of_day(conn: &mut Conn, pupil: PersonId) -> Result<Vec<Told>, StoreError> {
    Ok(fetch_all!(
        conn,
        Told,
        "SELECT p.id, p.email, p.locale FROM relation r JOIN person p ON p.id = r.relative_id \
         WHERE r.pupil_id = $1 AND r.sees_day = true AND r.barred_at IS NULL AND p.suspended_at IS NULL ORDER BY p.id",
        pupil.uuid()
    )?)
}
