//! The limits of what a feed may hold, each with its unit last. Files may be of any size: they are read in pieces.

/// One piece of markup: a tag, a comment, the text between two tags; one line of a CSV file with its quoted line breaks.
/// The reader's buffer never grows beyond this and one chunk.
pub const PIECE_BYTES_MAX: u64 = 1 << 20;
/// One record of a feed with its markup.
pub const RECORD_BYTES_MAX: u64 = 1 << 20;
/// One value.
pub const VALUE_BYTES_MAX: usize = 16 << 10;
/// Attributes of one record.
pub const ATTRIBUTES_PER_RECORD_MAX: usize = 256;
/// Elements open at once. AAF needs 5.
pub const DEPTH_MAX: usize = 16;
/// A family name, a given name, the name of a class, a label.
pub const NAME_CHARS_MAX: usize = 200;
/// A key of the feed.
pub const KEY_CHARS_MAX: usize = 200;
/// A mail address (RFC 5321 §4.5.3.1.3).
pub const MAIL_CHARS_MAX: usize = 254;
/// Files of one feed.
pub const FILES_MAX: usize = 10_000;
/// Bytes read from a file at a time.
pub const CHUNK_BYTES: usize = 16 << 10;
/// How far into a file its XML declaration is looked for.
pub const DECLARATION_BYTES_MAX: usize = 1 << 10;
/// Columns of a CSV file.
pub const COLUMNS_MAX: usize = 256;
/// Children on one parent's line of a CSV file.
pub const CHILDREN_PER_LINE_MAX: usize = 20;
/// People of one CSV file.
pub const CSV_ROWS_MAX: u64 = 200_000;
