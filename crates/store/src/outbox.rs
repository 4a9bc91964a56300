//! Mails that are yet to be sent: queued once in the transaction of what they tell of, sent later by a job.
//!
//! Queuing is exactly once, by a key. Sending is at least once, as a machine may stop between the mail server's answer and
//! its own note of it; a mail that is taken [`MAIL_UNANSWERED_MAX`] times in a row without such a note is given up, so that
//! it arrives so many times at the most. Each time it bears the same `Message-ID` and date.

mod failures;

pub use failures::{Failure, failures, try_again, try_all_again};

use crate::limits::{
    MAIL_ADDRESS_CHARS_MAX, MAIL_BODY_CHARS_MAX, MAIL_KEPT, MAIL_LEASE, MAIL_SUBJECT_CHARS_MAX, MAIL_UNANSWERED_MAX,
    MAIL_WAITS, MAILS_LISTED_MAX,
};
use crate::{Conn, StoreError};
use preau_base::{Instant, MailId, PersonId, Pii};
use sqlx::types::Uuid;

/// A mail to be sent, plain text.
#[derive(Clone, Debug)]
pub struct NewMail<'a> {
    pub id: MailId,
    /// The same key twice is one mail.
    pub once: &'a str,
    /// Who gets it; whoever has turned this kind of mail off gets none.
    pub person: Option<PersonId>,
    /// A word for what may be turned off: `absence`.
    pub kind: &'a str,
    pub address: &'a str,
    pub subject: &'a str,
    pub body: &'a str,
    /// Not before this.
    pub not_before: Instant,
}

/// A mail that is to be sent now.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Due {
    #[sqlx(try_from = "Uuid")]
    pub id: MailId,
    #[sqlx(try_from = "String")]
    pub address: Pii<String>,
    #[sqlx(try_from = "String")]
    pub subject: Pii<String>,
    #[sqlx(try_from = "String")]
    pub body: Pii<String>,
    #[sqlx(try_from = "i64")]
    pub created_at: Instant,
    /// Tries before this one.
    pub tries: i64,
    /// Until then it is this machine's to send; it names the lease.
    claimed_until: i64,
}

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Waiting,
    Sent,
    GivenUp,
}

/// A mail as the list for operators shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    #[sqlx(try_from = "Uuid")]
    pub id: MailId,
    pub kind: String,
    #[sqlx(try_from = "String")]
    pub address: Pii<String>,
    #[sqlx(try_from = "String")]
    pub subject: Pii<String>,
    #[sqlx(try_from = "String")]
    pub body: Pii<String>,
    #[sqlx(try_from = "i64")]
    pub created_at: Instant,
    pub tries: i64,
    pub sent_at: Option<i64>,
    pub given_up_at: Option<i64>,
    /// A word for why the last try failed; empty where none has.
    pub failure: String,
}

impl Listed {
    pub const fn state(&self) -> State {
        match (self.sent_at, self.given_up_at) {
            (Some(_), _) => State::Sent,
            (None, Some(_)) => State::GivenUp,
            (None, None) => State::Waiting,
        }
    }
}

/// Queues a mail; call it in the transaction of the act itself. `false` when this key had one already, or the person wants
/// no mail of this kind.
///
/// # Errors
/// [`StoreError::Limit`] when a part is too long.
pub async fn post(conn: &mut Conn, mail: &NewMail<'_>, now: Instant) -> Result<bool, StoreError> {
    for (what, text, most) in [
        ("a mail's address", mail.address, MAIL_ADDRESS_CHARS_MAX),
        ("a mail's subject", mail.subject, MAIL_SUBJECT_CHARS_MAX),
        ("a mail's text", mail.body, MAIL_BODY_CHARS_MAX),
    ] {
        let found = text.chars().count();
        if found > most {
            return Err(StoreError::Limit { what, found, most });
        }
    }
    if let Some(person) = mail.person
        && !wants(conn, person, mail.kind).await?
    {
        return Ok(false);
    }
    let changed = execute!(
        conn,
        "INSERT INTO mail (id, once_key, person_id, kind, address, subject, body, created_at, not_before) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (once_key) DO NOTHING",
        mail.id.uuid(),
        mail.once,
        mail.person.map(PersonId::uuid),
        mail.kind,
        mail.address,
        mail.subject,
        mail.body,
        now.as_millis(),
        mail.not_before.as_millis()
    )?;
    Ok(changed > 0)
}

/// Takes a mail back that nobody has begun to send. `false` when there is none of this key, or it is under way.
pub async fn withdraw(conn: &mut Conn, once: &str, now: Instant) -> Result<bool, StoreError> {
    let changed = execute!(
        conn,
        "DELETE FROM mail WHERE once_key = $1 AND sent_at IS NULL AND given_up_at IS NULL AND tries = 0 \
         AND claimed_until <= $2",
        once,
        now.as_millis()
    )?;
    Ok(changed > 0)
}

/// Why a mail is given up of which nobody knows whether it went; a word of [`Listed::failure`].
pub const UNANSWERED: &str = "unanswered";

/// Takes mails to send, the oldest first, at most `limit`; no other machine gets them for [`MAIL_LEASE`].
pub async fn claim(conn: &mut Conn, limit: i64, now: Instant) -> Result<Vec<Due>, StoreError> {
    execute!(
        conn,
        "UPDATE mail SET given_up_at = $1, failure = $3 WHERE sent_at IS NULL AND given_up_at IS NULL \
         AND claimed_until <= $1 AND unanswered >= $2",
        now.as_millis(),
        MAIL_UNANSWERED_MAX,
        UNANSWERED
    )?;
    let mut due = fetch_all!(
        conn,
        Due,
        "UPDATE mail SET claimed_until = $2, unanswered = unanswered + 1 WHERE id IN (SELECT id FROM mail \
         WHERE sent_at IS NULL AND given_up_at IS NULL AND not_before <= $1 AND claimed_until <= $1 \
         ORDER BY not_before, id LIMIT CAST($3 AS BIGINT)) \
         AND claimed_until <= $1 RETURNING id, address, subject, body, created_at, tries, claimed_until",
        now.as_millis(),
        now.plus(MAIL_LEASE).as_millis(),
        limit
    )?;
    due.sort_by_key(|mail| mail.id);
    Ok(due)
}

/// Gives back a mail that was claimed and that nobody has begun to send: another run may take it at once.
pub async fn release(conn: &mut Conn, mail: &Due) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE mail SET claimed_until = 0, unanswered = unanswered - 1 WHERE id = $1 AND claimed_until = $2 \
         AND sent_at IS NULL",
        mail.id.uuid(),
        mail.claimed_until
    )?;
    Ok(())
}

/// The mail server has taken it.
pub async fn mark_sent(conn: &mut Conn, id: MailId, now: Instant) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE mail SET sent_at = $2, given_up_at = NULL, tries = tries + 1, failure = '' \
         WHERE id = $1 AND sent_at IS NULL",
        id.uuid(),
        now.as_millis()
    )?;
    Ok(())
}

/// It was not taken, for a reason without names in it. Tried again after the next of [`MAIL_WAITS`]; given up after the
/// last one, or at once when trying again is no use. Gives whether it is given up. When the lease has ended and the mail is
/// another machine's by now, that one's word counts, and nothing is written.
pub async fn mark_failed(
    conn: &mut Conn,
    mail: &Due,
    failure: &str,
    for_good: bool,
    now: Instant,
) -> Result<bool, StoreError> {
    let wait = usize::try_from(mail.tries).ok().and_then(|tries| MAIL_WAITS.get(tries));
    let next = wait.filter(|_| !for_good).map(|wait| now.plus(*wait));
    execute!(
        conn,
        "UPDATE mail SET tries = tries + 1, failure = $2, claimed_until = 0, unanswered = 0, not_before = $3, \
         given_up_at = $4 WHERE id = $1 AND sent_at IS NULL AND claimed_until = $5",
        mail.id.uuid(),
        failure,
        next.unwrap_or(now).as_millis(),
        next.is_none().then(|| now.as_millis()),
        mail.claimed_until
    )?;
    Ok(next.is_none())
}

/// The latest mails, sent or not, latest first, at most [`MAILS_LISTED_MAX`].
pub async fn list(conn: &mut Conn) -> Result<Vec<Listed>, StoreError> {
    Ok(fetch_all!(
        conn,
        Listed,
        "SELECT id, kind, address, subject, body, created_at, tries, sent_at, given_up_at, failure FROM mail \
         ORDER BY created_at DESC, id DESC LIMIT CAST($1 AS BIGINT)",
        MAILS_LISTED_MAX
    )?)
}

/// How many mails wait to be sent.
pub async fn waiting(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(fetch_number!(conn, "SELECT count(*) FROM mail WHERE sent_at IS NULL AND given_up_at IS NULL")?)
}

/// Whether a person gets this kind of mail.
pub async fn wants(conn: &mut Conn, person: PersonId, kind: &str) -> Result<bool, StoreError> {
    let off =
        fetch_number!(conn, "SELECT count(*) FROM mail_off WHERE person_id = $1 AND kind = $2", person.uuid(), kind)?;
    Ok(off == 0)
}

/// Turns a kind of mail on or off for a person.
pub async fn set_wanted(conn: &mut Conn, person: PersonId, kind: &str, wanted: bool) -> Result<(), StoreError> {
    if wanted {
        execute!(conn, "DELETE FROM mail_off WHERE person_id = $1 AND kind = $2", person.uuid(), kind)?;
    } else {
        execute!(
            conn,
            "INSERT INTO mail_off (person_id, kind) VALUES ($1, $2) ON CONFLICT (person_id, kind) DO NOTHING",
            person.uuid(),
            kind
        )?;
    }
    Ok(())
}

/// Removes mails that were sent or given up longer ago than [`MAIL_KEPT`]: they hold personal data. Gives how many.
pub async fn sweep(conn: &mut Conn, now: Instant) -> Result<u64, StoreError> {
    Ok(execute!(conn, "DELETE FROM mail WHERE sent_at < $1 OR given_up_at < $1", now.minus(MAIL_KEPT).as_millis())?)
}
