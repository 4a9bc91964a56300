//! Every limit of this crate, with its unit.

use std::time::Duration;

/// The shortest password of a pupil or a relative (NIST SP 800-63B-4 §3.1.1.2, with a budget on tries).
pub const PASSWORD_CHARS_MIN: usize = 8;
/// The shortest password of anybody who works at a school: they see the data of others.
pub const STAFF_PASSWORD_CHARS_MIN: usize = 12;
/// The longest password.
pub const PASSWORD_CHARS_MAX: usize = 128;
/// [`PASSWORD_CHARS_MAX`] characters of UTF-8; anything longer is a wrong password.
pub const PASSWORD_BYTES_MAX: usize = PASSWORD_CHARS_MAX * 4;

/// Memory of one hash in KiB, as OWASP's Password Storage Cheat Sheet has it for argon2id: 19 MiB, t=2, p=1.
pub const HASH_MEMORY_KIB: u32 = 19 * 1024;
pub const HASH_PASSES: u32 = 2;
pub const HASH_LANES: u32 = 1;
pub const HASH_BYTES: usize = 32;
pub const SALT_BYTES: usize = 16;
/// A stored hash that asks for more than this is refused rather than computed.
pub const STORED_MEMORY_KIB_MAX: u32 = 64 * 1024;
pub const STORED_PASSES_MAX: u32 = 8;
pub const STORED_LANES_MAX: u32 = 4;

/// Passwords that wait for each hashing thread: about 5 s of work.
pub const HASHES_WAITING_PER_THREAD_MAX: usize = 250;
/// What somebody is told to wait at least when the pool is busy.
pub const RETRY_AFTER_MIN: Duration = Duration::from_secs(1);

/// Mails on their way or waiting for another try.
pub const MAILS_WAITING_MAX: usize = 1_000;
/// Connections to the mail server at the same time.
pub const MAILS_AT_ONCE: usize = 4;
/// Waits between tries; after the last one the mail is given up.
pub const MAIL_RETRY_AFTER: [Duration; 5] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_secs(2 * 60),
    Duration::from_secs(10 * 60),
    Duration::from_secs(30 * 60),
];
/// The mail server's time for each step of the conversation.
pub const MAIL_STEP_TIMEOUT: Duration = Duration::from_secs(30);
pub const MAIL_SUBJECT_CHARS_MAX: usize = 200;
pub const MAIL_TEXT_CHARS_MAX: usize = 20_000;
/// Mails that a sink keeps; older ones go.
pub const SINK_MAILS_MAX: usize = 1_000;
