//! Passwords, the pool that hashes them, and mail.
//!
//! - [`check_password`]: whether a new password is good enough, and why not.
//! - [`HashPool`]: argon2id on threads of its own behind a bounded queue; the gate's budgets are asked before it.
//! - [`Mailer`]: mail by SMTP in the background, or into a [`MailSink`] for demonstrations and tests.
//!
//! Activation codes and reset links are `preau_gate`'s `Code` and `LinkToken`: they are drawn, not chosen, so a
//! keyed digest is enough for them.

pub mod limits;
mod mail;
mod password;
mod pool;
mod rules;

pub use mail::{Mail, MailConfigError, MailRefusal, MailSink, Mailer, SmtpConfig, SmtpTls, Undelivered};
pub use password::{PasswordHash, UnreadableHash, Verdict};
pub use pool::{HashError, HashPool, HashPoolConfig};
pub use rules::{PasswordFault, Strength, check_password};
