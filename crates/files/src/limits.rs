//! The object store's limits, each with its unit last.

use std::time::Duration;

/// One file, however it comes.
pub const FILE_BYTES_MAX: u64 = 100 << 20;
/// The name that a file is given back with.
pub const NAME_CHARS_MAX: usize = 120;
/// What is read of a file to know its kind.
pub const SNIFF_BYTES: usize = 4 << 10;
/// What is read or written at once.
pub const CHUNK_BYTES: usize = 256 << 10;
/// No file is taken that would leave less than this free: the database lives on the same disk.
pub const DISK_RESERVE_BYTES: u64 = 64 << 20;
/// A file without a row is removed after this long: its sender may still be about to use it.
pub const GRACE: Duration = Duration::from_secs(48 * 60 * 60);
/// Files of which the sweep asks at once whether they are known.
pub const SWEEP_ASKED_MAX: usize = 500;
