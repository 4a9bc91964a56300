mod sink;
mod smtp;
#[cfg(test)]
mod tests;

pub use sink::MailSink;

use crate::limits::{
    MAIL_RETRY_AFTER, MAIL_STEP_TIMEOUT, MAIL_SUBJECT_CHARS_MAX, MAIL_TEXT_CHARS_MAX, MAILS_WAITING_MAX,
};
use lettre::message::Mailbox;
use preau_base::{Instant, Pii, Rng};
use smtp::Smtp;
use std::sync::Arc;
use std::time::Duration;

/// A mail to one person, plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// An address, `lea@exemple.fr` or `Léa Martin <lea@exemple.fr>`.
    pub to: Pii<String>,
    /// One line, at most [`MAIL_SUBJECT_CHARS_MAX`] characters.
    pub subject: Pii<String>,
    /// At most [`MAIL_TEXT_CHARS_MAX`] characters; it may hold a secret link.
    pub text: Pii<String>,
}

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SmtpTls {
    /// Plain first, then `STARTTLS`, or no mail at all (RFC 3207; port 587).
    #[default]
    StartTls,
    /// TLS from the first byte (RFC 8314; port 465).
    Implicit,
    /// None. With a user and a password only to this machine itself.
    Plain,
}

/// The operator's mail server.
#[derive(Clone, Debug)]
pub struct SmtpConfig {
    pub host: String,
    pub port: u16,
    pub tls: SmtpTls,
    pub user: Option<String>,
    pub password: Option<Pii<String>>,
    /// The sender, `Préau <ne-pas-repondre@ecole.example>`.
    pub from: String,
    /// Certificates (PEM) of an authority of the operator's own, besides the well-known ones.
    pub ca_pem: Option<Vec<u8>>,
    /// Waits between tries, [`MAIL_RETRY_AFTER`] but in tests.
    pub retry_after: Vec<Duration>,
    /// [`MAIL_STEP_TIMEOUT`] but in tests.
    pub step_timeout: Duration,
}

impl SmtpConfig {
    /// A server without a user, with the waits of the limits.
    pub fn new(host: impl Into<String>, port: u16, tls: SmtpTls, from: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            port,
            tls,
            user: None,
            password: None,
            from: from.into(),
            ca_pem: None,
            retry_after: MAIL_RETRY_AFTER.to_vec(),
            step_timeout: MAIL_STEP_TIMEOUT,
        }
    }
}

/// What is wrong with an [`SmtpConfig`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailConfigError {
    #[error("mail.from is no address: {from}")]
    From { from: String },
    #[error("mail.user and mail.password go together: one of them is missing")]
    Credentials,
    #[error("mail.tls: a password is sent in the clear only to this machine itself, not to {host}")]
    PasswordInTheClear { host: String },
    #[error("mail.ca_file holds no certificate in PEM that can be read")]
    Ca,
    #[error("mail.host is no name that TLS can check: {host}")]
    Host { host: String },
}

/// Why a mail was not taken. A mail that was taken may still fail later; that is logged and counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailRefusal {
    #[error("this is no e-mail address")]
    Address,
    #[error("the subject or the text of a mail is too long")]
    TooLong,
    #[error("{MAILS_WAITING_MAX} mails are waiting already")]
    Full,
}

/// Why a mail was not delivered by [`Mailer::deliver`]. Says nothing of whom it was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undelivered {
    #[error(transparent)]
    NotTaken(#[from] MailRefusal),
    /// The server has refused it for good, or cannot be spoken with now.
    #[error("the mail server did not take it: {kind}")]
    Server { kind: &'static str, for_good: bool },
}

impl Undelivered {
    /// A word for it, lower-case letters and hyphens: pages have a text for each of [`Self::WORDS`].
    pub const fn word(&self) -> &'static str {
        match self {
            Self::NotTaken(MailRefusal::Address) => "address",
            Self::NotTaken(MailRefusal::TooLong) => "too-long",
            Self::NotTaken(MailRefusal::Full) => "full",
            Self::Server { kind, .. } => kind,
        }
    }

    pub const WORDS: [&str; 11] = [
        "address",
        "too-long",
        "full",
        "refused",
        "not-now",
        "timeout",
        "tls",
        "no-smtp",
        "client",
        "connection",
        "closed",
    ];

    /// Another try would end the same way.
    pub const fn is_for_good(&self) -> bool {
        match self {
            Self::NotTaken(refusal) => !matches!(refusal, MailRefusal::Full),
            Self::Server { for_good, .. } => *for_good,
        }
    }
}

/// Sends mail in the background, [`MAILS_AT_ONCE`](crate::limits::MAILS_AT_ONCE) at a time, and tries again when the server is away.
///
/// At most [`MAILS_WAITING_MAX`] mails are on their way; they are in memory and end with the process. Gauge
/// `preau_mail_queue`, counters `preau_mail_sent_total`, `preau_mail_failed_total`, `preau_mail_retried_total`.
#[derive(Clone, Debug)]
pub struct Mailer(Outlet);

#[derive(Clone, Debug)]
enum Outlet {
    Smtp(Arc<Smtp>),
    Sink(MailSink),
}

impl Mailer {
    pub fn smtp(config: SmtpConfig) -> Result<Self, MailConfigError> {
        Ok(Self(Outlet::Smtp(Arc::new(Smtp::new(config)?))))
    }

    /// Mail goes nowhere but into the sink, which shows it.
    pub fn sink() -> (Self, MailSink) {
        let sink = MailSink::default();
        (Self(Outlet::Sink(sink.clone())), sink)
    }

    /// Takes a mail and returns at once. Call it within a tokio runtime.
    pub fn send(&self, mail: Mail, now: Instant, rng: &mut dyn Rng) -> Result<(), MailRefusal> {
        let to = checked_address(&mail)?;
        match &self.0 {
            Outlet::Smtp(smtp) => Arc::clone(smtp).send(to, &mail, now, rng),
            Outlet::Sink(sink) => {
                sink.push(mail);
                Ok(())
            }
        }
    }

    /// Tries once, and tells what came of it: for mails that are kept elsewhere and tried again from there. `key` names the
    /// mail for good: whoever gets it twice after a crash can tell by its `Message-ID` (RFC 5322 §3.6.4).
    ///
    /// # Errors
    /// [`Undelivered`], with whether another try is of use.
    pub async fn deliver(&self, mail: Mail, key: u128, now: Instant) -> Result<(), Undelivered> {
        let to = checked_address(&mail)?;
        match &self.0 {
            Outlet::Smtp(smtp) => smtp.deliver_once(to, &mail, key, now).await,
            Outlet::Sink(sink) => {
                sink.push(mail);
                Ok(())
            }
        }
    }

    /// Waits until no mail is on its way any more, at most `within`; true when that was so.
    pub async fn drain(&self, within: Duration) -> bool {
        match &self.0 {
            Outlet::Smtp(smtp) => smtp.drain(within).await,
            Outlet::Sink(_) => true,
        }
    }
}

fn checked_address(mail: &Mail) -> Result<Mailbox, MailRefusal> {
    let to: Mailbox = mail.to.reveal().trim().parse().map_err(|_| MailRefusal::Address)?;
    let too_long = mail.subject.reveal().chars().count() > MAIL_SUBJECT_CHARS_MAX
        || mail.text.reveal().chars().count() > MAIL_TEXT_CHARS_MAX;
    if too_long { Err(MailRefusal::TooLong) } else { Ok(to) }
}
