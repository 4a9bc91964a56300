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
/// Lessons that come back, of one timetable feed.
pub const RECURRING_MAX: usize = 20_000;
/// Lessons on their days, of one timetable feed: a school of 100 classes has about 110,000 in a year.
pub const HOURS_MAX: usize = 400_000;
/// Pupils of one timetable feed.
pub const TIMETABLE_PUPILS_MAX: usize = 20_000;
/// Places of pupils in groups, of one timetable feed: a school of 2,000 pupils, each in 20 groups, has 40,000.
pub const MEMBERS_MAX: usize = 200_000;
/// Elements below one lesson, class or slot of an EDT or UDT export.
pub const CHILDREN_PER_ENTITY_MAX: usize = 4_000;
/// Refusals that are kept; the rest is only counted.
pub const REFUSALS_MAX: usize = 1_000;
/// Weeks of a school year that an EDT export can name: the bits of its week masks.
pub const WEEKS_MAX: u32 = 62;
/// A calendar file.
pub const ICALENDAR_BYTES_MAX: usize = 16 << 20;
/// One content line of a calendar file, unfolded.
pub const CONTENT_LINE_BYTES_MAX: usize = 64 << 10;
/// Occurrences of one event of a calendar file.
pub const OCCURRENCES_MAX: u16 = 2_000;
/// Dates that one event of a calendar file excludes or adds.
pub const EXTRA_DATES_MAX: usize = 2_000;
/// Zones that a calendar file may define.
pub const DEFINED_ZONES_MAX: usize = 64;
/// Observances (STANDARD, DAYLIGHT) of one such zone.
pub const OBSERVANCES_MAX: usize = 120;
/// Clock changes of one such zone: Outlook's begin in 1601, two a year.
pub const CLOCK_CHANGES_MAX: usize = 4_000;
/// Days by which a change of all coming occurrences may move them.
pub const SHIFT_DAYS_MAX: i64 = 366;
/// Files of an archive of a timetable export.
pub const ARCHIVE_FILES_MAX: usize = 500;
/// All files of such an archive, unpacked; a single file as well.
pub const ARCHIVE_BYTES_MAX: u64 = 96 << 20;
