//! Mails that did not go, for whoever can do something about it: mend the mail server, or an address.

use crate::limits::MAILS_LISTED_MAX;
use crate::{Conn, StoreError};
use preau_base::{Instant, MailId, PersonId};
use sqlx::types::Uuid;

/// A mail that was not taken, or of which nobody knows.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Failure {
    #[sqlx(try_from = "Uuid")]
    pub id: MailId,
    pub kind: String,
    person_id: Option<Uuid>,
    /// Given and family name of whoever it is for; empty for somebody without an account.
    pub name: String,
    #[sqlx(try_from = "i64")]
    pub created_at: Instant,
    pub tries: i64,
    /// When it is tried again, while it is.
    #[sqlx(try_from = "i64")]
    pub not_before: Instant,
    pub given_up_at: Option<i64>,
    /// A word for why.
    pub failure: String,
}

impl Failure {
    pub fn person(&self) -> Option<PersonId> {
        self.person_id.map(PersonId::from_uuid)
    }
}

/// The mails that were given up, and those that failed and are tried again, latest first; at most [`MAILS_LISTED_MAX`].
pub async fn failures(conn: &mut Conn) -> Result<Vec<Failure>, StoreError> {
    Ok(fetch_all!(
        conn,
        Failure,
        "SELECT m.id, m.kind, m.person_id, trim(COALESCE(p.given_name || ' ' || p.family_name, '')) AS name, \
         m.created_at, m.tries, m.not_before, m.given_up_at, m.failure FROM mail m \
         LEFT JOIN person p ON p.id = m.person_id WHERE m.sent_at IS NULL AND m.failure <> '' \
         ORDER BY m.created_at DESC, m.id DESC LIMIT CAST($1 AS BIGINT)",
        MAILS_LISTED_MAX
    )?)
}

/// Lets a mail that was given up be tried anew, from the first wait on. `false` when it was not.
pub async fn try_again(conn: &mut Conn, id: MailId, now: Instant) -> Result<bool, StoreError> {
    let changed = execute!(
        conn,
        "UPDATE mail SET given_up_at = NULL, tries = 0, unanswered = 0, claimed_until = 0, not_before = $2 \
         WHERE id = $1 AND sent_at IS NULL AND given_up_at IS NOT NULL",
        id.uuid(),
        now.as_millis()
    )?;
    Ok(changed > 0)
}

/// The same for all of them, as after a mail server was mended. Gives how many.
pub async fn try_all_again(conn: &mut Conn, now: Instant) -> Result<u64, StoreError> {
    Ok(execute!(
        conn,
        "UPDATE mail SET given_up_at = NULL, tries = 0, unanswered = 0, claimed_until = 0, not_before = $1 \
         WHERE sent_at IS NULL AND given_up_at IS NOT NULL",
        now.as_millis()
    )?)
}
