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

/// Networks remembered as having had people sign in, for their price in a password storm.
pub const PROVEN_NETWORKS_MAX: usize = 50_000;
/// Passwords of unknown browsers that may be in the making at the same time while a password storm is on: a known
/// browser then waits behind so many at the most.
pub const STRANGERS_AT_ONCE_IN_STORM_MAX: usize = 8;
/// A try whose outcome was not reported for this long is over.
pub const TRY_LASTS_MAX: Duration = Duration::from_secs(10);

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

/// Tickets that one filling of the waiting room gives: as many as France has people. Their bits take at most 16 MB.
pub const TICKETS_MAX: u64 = 1 << 26;
/// Tickets given at once that never came back, from which on newcomers get promises: a nation that comes within minutes has
/// fewer, as each comes back within seconds.
pub const ABSENT_TICKETS_MAX: u64 = 1 << 20;
/// Promises exchanged for a place in line that are remembered for [`AGAIN_WITHIN`]: 1.3 MB.
pub const EXCHANGES_MAX: usize = 32_768;
/// Tickets that are drawn by lot at an opening: all there are.
pub const DRAWN_MAX: u64 = TICKETS_MAX;
/// Tickets that are put in their order at a time when the doors open: about 3 ms, so that nobody's request waits for all.
pub const OPENING_STEP_TICKETS: u64 = 65_536;
/// Whoever shows a used ticket again from the same prefix within this is let in again: their answer was lost.
pub const AGAIN_WITHIN: Duration = Duration::from_secs(120);
/// Uses of tickets that are remembered for [`AGAIN_WITHIN`]: 546 entries a second. 512 KB.
pub const RECENT_USES_MAX: usize = 65_536;
/// Whoever was called is expected to come in within this; then their place inside is given to the next.
pub const EXPECTED_FOR: Duration = Duration::from_secs(20);
/// A line that was left longer ago than this is not gone on with after a restart.
pub const LINE_KEPT: Duration = Duration::from_secs(3_600);
/// Restarts that one line remembers, to tell tickets of before from those of after.
pub const RESTARTS_MAX: usize = 16;
/// The time that the rate of the line is measured over.
pub const RATE_TIME: Duration = Duration::from_secs(60);
/// A line that moved for less than this has no rate yet.
pub const RATE_KNOWN_AFTER: Duration = Duration::from_secs(5);
/// The published rate falls by at most this share in each [`RATE_FALL_TIME`].
pub const RATE_FALL_SHARE: f64 = 0.04;
pub const RATE_FALL_TIME: Duration = Duration::from_secs(10);
/// Longer waits than this are not said in hours and minutes.
pub const ESTIMATE_MAX: Duration = Duration::from_secs(12 * 3_600);
/// The shortest and the longest time between two questions of one browser.
pub const PACE_MIN: Duration = Duration::from_secs(2);
pub const PACE_MAX: Duration = Duration::from_secs(60);
/// Those who wait for the doors to open ask for the last time within this after they did.
pub const OPENING_SPREAD_MAX: Duration = Duration::from_secs(30);

/// The least that the adaptive limit lets be at work in the application at once: enough to go on measuring it.
pub const CONCURRENCY_MIN: u32 = 4;
/// Where the adaptive limit begins, before anything was measured.
pub const CONCURRENCY_START: u32 = 32;
/// The most that the adaptive limit lets be at work at once.
pub const CONCURRENCY_MAX: u32 = 10_000;

/// Verdicts look back over this long.
pub const WINDOW: Duration = Duration::from_secs(5);
/// Networks whose requests are counted one by one at the same time, about 240 bytes each. Those with the fewest
/// requests give way.
pub const WATCHED_NETWORKS_MAX: usize = 16_384;
/// Requests of people without a pass that are kept for a comparison: what a signature is made from.
pub const SUSPECT_SAMPLES_MAX: usize = 8_192;
/// Let-in requests that a signature must not hit, spread over the last minutes.
pub const BASELINE_SAMPLES_MAX: usize = 2_048;
/// Values of attributes whose text is remembered, so that signatures can be read.
pub const ATTRIBUTE_TEXTS_MAX: usize = 4_096;
/// The longest text of an attribute's value.
pub const ATTRIBUTE_CHARS_MAX: usize = 80;
/// Signatures in force at the same time, pinned ones included.
pub const SIGNATURES_MAX: usize = 32;
/// Attributes that a signature has at the most.
pub const SIGNATURE_ATTRIBUTES_MAX: usize = 4;
/// A signature that hits more of the admitted baseline than this is not made: five in a thousand.
pub const SIGNATURE_BASELINE_SHARE_MAX: f64 = 0.005;
/// A signature without hits ends after this long.
pub const SIGNATURE_IDLE_MAX: Duration = Duration::from_secs(2 * 60);
/// A signature ends after this long, whatever it hits; what it was made for is found again.
pub const SIGNATURE_LIFE_MAX: Duration = Duration::from_secs(30 * 60);
/// What an operator dropped is not found again for this long.
pub const SIGNATURE_DROPPED_FOR: Duration = Duration::from_secs(3_600);
/// Networks remembered as having had somebody with a valid pass, about 24 bytes each.
pub const KNOWN_NETWORKS_MAX: usize = 1_000_000;
/// For how many days a network stays known.
pub const KNOWN_NETWORK_DAYS: u32 = 30;

/// Networks (IPv4 /32, IPv6 /64, /56 and /48) whose anonymous budgets and passes are kept, about 170 bytes each.
pub const PREFIXES_MAX: usize = 200_000;
/// Distinct passes from which on a network is known to be one of people.
pub const VOUCHING_PASSES_MIN: u32 = 3;
/// Distinct tickets and entries that came back from an address within [`crate::Gate::shows_people`]'s half hour, from which
/// on people are behind it, whatever else is.
pub const PEOPLE_TICKETS_MIN: u32 = 8;
/// A pass vouches for a network only when it was issued or renewed within this: passes are renewed every day that they
/// are used, and the first request of a Monday shows Friday's.
pub const PASS_RECENT: Duration = Duration::from_secs(4 * 86_400);
/// Refusals within ten seconds after which the anonymous budget of a network falls by half.
pub const SHRUNK_BY_REFUSALS: u16 = 100;
/// At the most, the anonymous budget of a network falls to a sixteenth.
pub const SHRINK_MAX: u8 = 4;
/// It doubles again after each of these without another fall.
pub const SHRINK_RECOVERS: Duration = Duration::from_secs(60);
/// Passes and entries whose budgets and networks are kept, about 130 bytes each.
pub const PASSES_MAX: usize = 500_000;
/// Sites (IPv4 /24, IPv6 /48) that one pass may be used from within an hour: a person who changes every five minutes.
pub const PASS_NETWORKS_MAX: usize = 12;
/// The same for an entry, which is minutes old.
pub const ENTRY_NETWORKS_MAX: usize = 6;
/// A pass that was used from more is asked to sign in again until nothing was heard of it for this long.
pub const PASS_SHARED_FOR: Duration = Duration::from_secs(86_400);
/// People inside who are known as such, about 90 bytes each. Whoever was heard of longest ago is forgotten first, and
/// comes in again as a pass holder does.
pub const INSIDE_MAX: usize = 1_000_000;
/// An entry is handed over anew after this, so that it shows by itself whether its holder has been idle.
pub const ENTRY_RENEWED_AFTER: Duration = Duration::from_secs(5 * 60);
/// People who are in, or may come in, and for whom there was no room: since when they ask is kept, about 150 bytes each.
pub const CLAIMS_MAX: usize = 200_000;
/// Whoever was told to wait counts as waiting for this long, unless they come again.
pub const CLAIM_FRESH: Duration = Duration::from_secs(60);
/// Requests that are held at the same time, each with its connection. Half of them for those without a lesson.
pub const HELD_MAX: usize = 4_096;
/// How long a page or a form is held.
pub const HOLD_MAX: Duration = Duration::from_secs(3);
/// How long a script's call is held.
pub const HOLD_CALL_MAX: Duration = Duration::from_secs(1);
/// Whoever has waited for this long leaves no place to those before them in precedence.
pub const AGED_AFTER: Duration = Duration::from_secs(15 * 60);
/// Requests of operators to the console at work at once, beside all others.
pub const CONSOLE_RESERVE: u32 = 8;
/// Networks that an operator blocks at the same time.
pub const BLOCKED_MAX: usize = 256;
/// The widest network that can be blocked: a sixteenth of a large operator's addresses, or one operator's.
pub const BLOCKED_V4_BITS_MIN: u8 = 12;
pub const BLOCKED_V6_BITS_MIN: u8 = 24;
/// Networks, and shapes of paths, that are shown at the most.
pub const NETWORKS_SHOWN_MAX: usize = 20;
pub const PATHS_SHOWN_MAX: usize = 10;
