//! Every limit of the gate, with its unit.

use std::time::Duration;

/// How long a pass is good for after it was issued or renewed.
pub const PASS_LIFE: Duration = Duration::from_secs(30 * 86_400);
/// How long a pass on a shared device is good for; it is never renewed and its cookie ends with the browser.
pub const SHARED_PASS_LIFE: Duration = Duration::from_secs(12 * 3_600);
/// A pass older than this is renewed at the next request that carries it.
pub const PASS_RENEWED_AFTER: Duration = Duration::from_secs(86_400);
/// How far the clocks of two machines may differ: a token issued further in the future is refused.
pub const CLOCK_SKEW_MAX: Duration = Duration::from_secs(5 * 60);

/// A key seals for this long, then a new one does and this one only opens for as long again: it outlives every
/// pass that it sealed.
pub const KEY_ROTATED_AFTER: Duration = Duration::from_secs(30 * 86_400);

/// How long a pass that was learned from an application's sign-in is good for, however often it is used.
pub const UPSTREAM_PASS_LIFE: Duration = Duration::from_secs(30 * 86_400);
/// How long such a pass is good for when it is not used: a long weekend, not the holidays.
pub const UPSTREAM_PASS_IDLE_MAX: Duration = Duration::from_secs(7 * 86_400);
/// Such passes remembered as ended by a sign-out at the same time: 140,000 sign-outs a day.
pub const ENDED_PASSES_MAX: usize = 1_000_000;

/// How long a join token is good for.
pub const JOIN_TOKEN_LIFE: Duration = Duration::from_secs(30);
/// Join tokens remembered as used at the same time: 33,000 joins a second for [`JOIN_TOKEN_LIFE`].
pub const USED_TOKENS_MAX: usize = 1_000_000;

/// How long a browser stays known after the last sign-in with it: longer than the summer holidays.
pub const KNOWN_BROWSER_LIFE: Duration = Duration::from_secs(180 * 86_400);
/// Logins that one browser is known for: a family's tablet.
pub const KNOWN_LOGINS_MAX: usize = 8;

/// The longest text that is looked at as a token of any kind; longer is refused unread.
pub const TOKEN_CHARS_MAX: usize = 256;
/// The longest text that is looked at as a typed code.
pub const CODE_INPUT_CHARS_MAX: usize = 64;

/// Keys of a kind (logins, browsers, prefixes) whose budgets are held at the same time, about 100 bytes each.
pub const BUDGETS_MAX: usize = 200_000;

/// How often [`crate::Gate::tick`] is called.
pub const TICK: Duration = Duration::from_millis(250);
/// Whoever was let in stays in until nothing was heard of them for this long.
pub const INSIDE_IDLE_MAX: Duration = Duration::from_secs(30 * 60);
/// Closing the tab keeps the place for this long after the turn has come.
pub const TURN_KEPT: Duration = Duration::from_secs(15 * 60);
/// Lessons that begin within this count as about to start.
pub const LESSON_SOON: Duration = Duration::from_secs(15 * 60);
/// How far ahead the timetable that is held in memory reaches.
pub const TIMETABLE_HORIZON: Duration = Duration::from_secs(90 * 60);
/// Minutes of the past that the console draws.
pub const MINUTES_KEPT: usize = 180;
/// The longest note of an operator on the waiting page.
pub const NOTE_CHARS_MAX: usize = 280;
