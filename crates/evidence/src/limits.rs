//! Every limit of the log, and the words that its hashes begin with.

/// The longest record, its line end included.
pub const LINE_BYTES_MAX: usize = 16 * 1_024;
/// The longest name of a kind.
pub const KIND_CHARS_MAX: usize = 32;
/// Breaks that a report lists one by one; the rest is counted.
pub const BREAKS_LISTED_MAX: usize = 100;
/// Checkpoints that one verification compares with.
pub const EXPECTED_MAX: usize = 64;
/// Random bytes beside an address: nobody finds the address by trying all.
pub const SALT_BYTES: usize = 16;

/// The format, as a header names it.
pub const FORMAT: &str = "preau evidence 1";
/// What the hash of a record begins with, so that it is no other hash of the same bytes.
pub const CHAIN_DOMAIN: &[u8] = b"preau evidence chain 1\n";
/// What a commitment to an address begins with.
pub const ADDRESS_DOMAIN: &[u8] = b"preau evidence address 1\n";

/// Kinds of records that the log itself knows.
pub const KIND_HEADER: &str = "header";
/// Its field `records` is the number of records that were not written.
pub const KIND_DROPPED: &str = "dropped";
/// The log as far as it goes: its hash is to be copied to another place.
pub const KIND_CHECKPOINT: &str = "checkpoint";
/// Its field `until` is an instant; addresses of records before it were blanked.
pub const KIND_REDACTED: &str = "redacted";
