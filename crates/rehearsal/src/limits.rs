//! Every limit of a rehearsal, with its unit last in its name.

/// People in one rehearsal over real sockets, after scaling.
pub const PEOPLE_MAX: u32 = 200_000;
pub const MINUTES_MAX: u64 = 120;
/// After the window of arrivals: how long people who are still at it may go on, and attackers' connections stay open.
pub const AFTER_WINDOW_MS_MAX: u64 = 90_000;
/// People's tasks at work at once; whoever comes beyond counts as a person whom the generator could not play.
pub const PEOPLE_AT_ONCE_MAX: usize = 60_000;
/// Lessons' sockets held open at once, so that the process keeps descriptors for pages.
pub const SOCKETS_AT_ONCE_MAX: usize = 8_000;

/// A page that has not come whole by then is a blank page.
pub const PAGE_MS_MAX: u64 = 20_000;
/// From the TCP connection to the end of the TLS handshake.
pub const CONNECT_MS_MAX: u64 = 15_000;
pub const ANSWER_BYTES_MAX: usize = 4 * 1_024 * 1_024;
/// A connection that a person does not use again within this is closed.
pub const KEPT_OPEN_MS_MAX: u64 = 4_000;
/// Files of one page that are fetched.
pub const FILES_PER_PAGE_MAX: usize = 24;
pub const COOKIES_PER_PERSON_MAX: usize = 16;
pub const COOKIE_BYTES_MAX: usize = 1_024;
pub const WAIT_HINT_S_MAX: u64 = 600;

/// What one attacker does at the most, whatever the plan says.
pub const ATTACK_REQUESTS_MAX: u64 = 500_000;
pub const ATTACK_CONNECTIONS_AT_ONCE_MAX: usize = 2_000;
/// All attackers together: people's connections need descriptors of this process too.
pub const ATTACKS_CONNECTIONS_AT_ONCE_MAX: usize = 6_000;
pub const ATTACK_MS_MAX: u64 = 600_000;
/// How long an attacker that holds connections waits for the server to close them.
pub const HELD_OPEN_MS_MAX: u64 = 40_000;
pub const ATTACK_BODY_BYTES_MAX: u64 = 16 * 1_024 * 1_024;

/// Starting the server, its data included.
pub const SERVER_START_MS_MAX: u64 = 60_000;
/// Ending it kindly; then it is killed.
pub const SERVER_END_MS_MAX: u64 = 8_000;
/// How often the server's memory, descriptors and verdict are looked at.
pub const LOOK_MS: u64 = 500;
/// Looks that are kept.
pub const LOOKS_MAX: usize = 20_000;

/// How often a remote server is asked again whether its operator agrees.
pub const CONSENT_ASKED_EVERY_MS: u64 = 60_000;
pub const CONSENT_MS_MAX: u64 = 10_000;

/// From connect to the close that a silent or slow client sees.
pub const CLOSED_MS_BAR: u64 = 10_000;
/// People with a pass while attacks are on, against the quiet before.
pub const P99_OF_QUIET_BAR: f64 = 2.0;
/// Pages that a p99 needs.
pub const P99_PEOPLE_MIN: u64 = 100;
/// Pages of the school with bots in it, to say that none was refused.
pub const SCHOOL_PAGES_MIN: u64 = 10;
/// What the edge may hold: its connections, at 64 KiB each, and the rest of the program.
pub const MEMORY_KIB_BAR: u64 = 1_280 * 1_024;
/// The edge's connections, and what else is open.
pub const DESCRIPTORS_BAR: u64 = 20_000;
/// Whatever the rehearsal measures may be too long by as much as its own clock is late.
pub const LAG_MS_BAR: u64 = 50;
/// How often that clock is looked at.
pub const LAG_LOOK_MS: u64 = 20;

/// The application behind the gate, where one is rehearsed: connections at once, and one request's body.
pub const APPLICATION_CONNECTIONS_MAX: usize = 2_048;
pub const APPLICATION_BODY_BYTES_MAX: usize = 16 * 1_024;
/// What it works on at once, and what it takes for a page and for a password.
pub const APPLICATION_WORKERS: usize = 16;
pub const APPLICATION_PAGE_MS: u64 = 4;
pub const APPLICATION_PASSWORD_MS: u64 = 15;
