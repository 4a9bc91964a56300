//! Every limit of the pages, with its unit last.

use std::time::Duration;

/// A form, or a JSON body, unless its row of the route table says otherwise.
pub const BODY_BYTES_MAX: usize = 64 << 10;
/// Fields of one form.
pub const FIELDS_MAX: usize = 2_000;
/// One field that is read as a line of text.
pub const LINE_CHARS_MAX: usize = 200;
/// The cookie header that is looked at.
pub const COOKIES_BYTES_MAX: usize = 8 << 10;
/// A path that a person is sent back to after signing in.
pub const NEXT_CHARS_MAX: usize = 400;
/// The language is remembered for this long.
pub const LANG_COOKIE_LIFE: Duration = Duration::from_secs(365 * 86_400);
/// What a page says once after an act waits this long for that page.
pub const NOTICE_LIFE: Duration = Duration::from_secs(60);
/// Bodies shorter than this are not worth compressing.
pub const GZIP_BYTES_MIN: usize = 600;
/// The first page with its style sheet, compressed: one flight of TCP (RFC 6928: ten segments).
pub const FIRST_PAGE_BYTES_MAX: usize = 14 << 10;
/// How often each machine asks the store what has been revoked.
pub const REVOCATIONS_POLL: Duration = Duration::from_secs(2);
/// How far back each such question reaches: clocks of machines differ, and transactions end after their instant.
pub const REVOCATIONS_OVERLAP: Duration = Duration::from_secs(30);
/// When to come back to a page whose database does not answer.
pub const UNAVAILABLE_RETRY: Duration = Duration::from_secs(20);
/// When to come back while passwords of others are being checked.
pub const BUSY_RETRY: Duration = Duration::from_secs(5);
/// A link to choose a new password is good for this long.
pub const RESET_LINK_LIFE: Duration = Duration::from_secs(60 * 60);
/// Activation codes are good for this long.
pub const CODE_LIFE: Duration = Duration::from_secs(14 * 86_400);
