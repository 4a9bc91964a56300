//! The log of what administrators and others with power over accounts did.

use crate::limits::PAGE_ROWS_MAX;
use crate::{Conn, StoreError};
use preau_base::{Instant, PersonId, SchoolId};

/// One act. `actor` is `None` for the command line.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    pub actor: Option<PersonId>,
    /// A short word with a dot: `person.suspend`, `codes.print`.
    pub action: &'a str,
    /// What it was done to; an id or a login, never a name or a secret. A login that ends is taken out of here ([`rename`]).
    pub target: &'a str,
    pub school: Option<SchoolId>,
    pub detail: &'a str,
}

/// Writes an entry; call it in the transaction of the act itself, so that neither exists without the other.
pub async fn append(conn: &mut Conn, entry: &Entry<'_>, now: Instant) -> Result<(), StoreError> {
    execute!(
        conn,
        "INSERT INTO audit (at, actor_id, action, target, school_id, detail) VALUES ($1, $2, $3, $4, $5, $6)",
        now.as_millis(),
        entry.actor.map(PersonId::uuid),
        entry.action,
        entry.target,
        entry.school.map(SchoolId::uuid),
        entry.detail
    )?;
    Ok(())
}

/// Puts another word for a login that is nobody's any more, wherever an act names it. That the act was done stays.
pub(crate) async fn rename(conn: &mut Conn, login: &str, word: &str) -> Result<(), StoreError> {
    execute!(conn, "UPDATE audit SET target = $2 WHERE target = $1", login, word)?;
    // The acts that are about two people; the index of details has these alone, since others say much.
    execute!(
        conn,
        "UPDATE audit SET detail = $2 WHERE detail = $1 AND action IN ('person.merge', 'relation.add', 'relation.allow', \
         'relation.bar', 'relation.end', 'relation.rights')",
        login,
        word
    )?;
    Ok(())
}

/// Takes away what the acts of this name say of their target.
pub(crate) async fn blank(conn: &mut Conn, action: &str, target: &str) -> Result<(), StoreError> {
    execute!(conn, "UPDATE audit SET detail = '' WHERE target = $2 AND action = $1", action, target)?;
    Ok(())
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Row {
    pub id: i64,
    #[sqlx(try_from = "i64")]
    pub at: Instant,
    /// The login of who did it; empty for the command line.
    pub actor: String,
    pub action: String,
    pub target: String,
    pub detail: String,
}

/// Entries of one school (all for `None`) before `before_id`, latest first, one page of [`PAGE_ROWS_MAX`].
pub async fn list(conn: &mut Conn, school: Option<SchoolId>, before_id: i64) -> Result<Vec<Row>, StoreError> {
    let Some(school) = school else {
        return Ok(fetch_all!(
            conn,
            Row,
            "SELECT a.id, a.at, COALESCE(p.login, '') AS actor, a.action, a.target, a.detail \
             FROM audit a LEFT JOIN person p ON p.id = a.actor_id WHERE a.id < $1 ORDER BY a.id DESC LIMIT CAST($2 AS BIGINT)",
            before_id,
            PAGE_ROWS_MAX
        )?);
    };
    Ok(fetch_all!(
        conn,
        Row,
        "SELECT a.id, a.at, COALESCE(p.login, '') AS actor, a.action, a.target, a.detail \
         FROM audit a LEFT JOIN person p ON p.id = a.actor_id \
         WHERE a.school_id = $2 AND a.id < $1 ORDER BY a.id DESC LIMIT CAST($3 AS BIGINT)",
        before_id,
        school.uuid(),
        PAGE_ROWS_MAX
    )?)
}
