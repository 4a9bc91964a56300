//! The store's limits, each with its unit last.

use std::time::Duration;

/// SQLite: connections that only read. One more writes.
pub const SQLITE_READERS_MAX: u32 = 4;
/// PostgreSQL: connections of this process.
pub const POSTGRES_CONNECTIONS_MAX: u32 = 16;
/// How long a statement waits for a lock of SQLite.
pub const SQLITE_BUSY_MAX: Duration = Duration::from_secs(10);
/// How long a request waits for a connection of the pool.
pub const ACQUIRE_MAX: Duration = Duration::from_secs(5);
/// Rows of a list on one page.
pub const PAGE_ROWS_MAX: i64 = 100;
/// Chat messages that a newcomer is given.
pub const CHAT_RECENT_MAX: i64 = 200;
/// Lessons read for one view.
pub const LESSONS_MAX: i64 = 500;
/// Homework read for one view.
pub const HOMEWORK_MAX: i64 = 200;
/// A search text.
pub const SEARCH_CHARS_MAX: usize = 80;
/// A backup's manifest.
pub const MANIFEST_BYTES_MAX: u64 = 4 << 20;
