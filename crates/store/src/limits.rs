//! The store's limits, each with its unit last.

use std::time::Duration;

/// SQLite: connections that only read. One more writes.
pub const SQLITE_READERS_MAX: u32 = 4;
/// SQLite: after so many uses a connection that reads is asked whether it is well.
pub const SQLITE_USES_BETWEEN_TESTS: u32 = 64;
/// SQLite: pages that each connection keeps in memory, so that the upper floors of large indexes are not read each time.
pub const SQLITE_CACHE_KIB: u32 = 16 * 1_024;
/// SQLite: rows that its thread has ready before it waits for whoever reads them. With few, the two threads change places for
/// every handful of a long list.
pub const SQLITE_ROWS_AHEAD_MAX: usize = 500;
/// Prepared statements that a connection keeps. Pages have some 350 between them: with fewer, those of a busy hour would push
/// each other out and be parsed and planned again for every page.
pub const STATEMENTS_KEPT_MAX: usize = 500;
/// PostgreSQL: connections of this process.
pub const POSTGRES_CONNECTIONS_MAX: u32 = 16;
/// PostgreSQL: a connection that was idle for longer is asked whether it is well before it is used.
pub const POSTGRES_IDLE_UNTESTED_MAX: Duration = Duration::from_secs(2);
/// Connections besides those, for the operator's console and the admin listener alone.
pub const RESERVE_CONNECTIONS_MAX: u32 = 2;
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
/// Records staged, or read back, at a time by an import.
pub const IMPORT_STAGED_ROWS: usize = 500;
/// Entries of each list in an import's report; all are counted.
pub const IMPORT_LISTED_MAX: usize = 200;
/// Keys of refused records that an import remembers; with more, nobody is taken to have left.
pub const IMPORT_REFUSED_KEYS_MAX: usize = 10_000;
/// Memory for recognising keys that a feed has twice.
pub const IMPORT_SEEN_BYTES: usize = 1 << 20;
/// An import that has not ended after this long never will; what it staged is swept.
pub const IMPORT_STALE_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
/// How often a school is tried when somebody else takes a login at the same moment.
pub const IMPORT_ATTEMPTS_MAX: u32 = 3;
/// People of one school in a feed, each link from a pupil to a relative counted as one.
pub const IMPORT_PEOPLE_PER_SCHOOL_MAX: usize = 50_000;
/// Classes and groups of one school in a feed.
pub const IMPORT_GROUPS_PER_SCHOOL_MAX: usize = 5_000;
/// Namesakes tried for one login.
pub const LOGIN_NAMESAKES_MAX: u32 = 100_000;
/// Places of people in lessons of one window of time, over all schools: 64 MiB.
pub const EXPECTED_MAX: i64 = 1_000_000;
/// Instants at which lessons of one day begin.
pub const BELLS_MAX: i64 = 10_000;
/// A lesson that has begun longer ago is not looked for among those that are on.
pub const LESSON_LENGTH_MAX: Duration = Duration::from_secs(24 * 60 * 60);
/// Arguments, link and key of one notice.
pub const NOTICE_BYTES_MAX: usize = 4_000;
/// Notices of one person in their list.
pub const NOTICES_LISTED_MAX: i64 = 100;
/// A notice is kept this long, read or not.
pub const NOTICE_KEPT: Duration = Duration::from_secs(90 * 86_400);
/// An address (RFC 5321 §4.5.3.1.3), with room for a name before it.
pub const MAIL_ADDRESS_CHARS_MAX: usize = 400;
pub const MAIL_SUBJECT_CHARS_MAX: usize = 200;
pub const MAIL_BODY_CHARS_MAX: usize = 20_000;
/// A mail that a machine has taken to send is another's after this long.
pub const MAIL_LEASE: Duration = Duration::from_secs(5 * 60);
/// A mail that was taken so often in a row, and of which no machine has said what came of it, is given up.
pub const MAIL_UNANSWERED_MAX: i64 = 3;
/// Waits after each failed try of a mail; after the last one it is given up.
pub const MAIL_WAITS: [Duration; 8] = [
    Duration::from_secs(30),
    Duration::from_secs(2 * 60),
    Duration::from_secs(10 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(2 * 3_600),
    Duration::from_secs(6 * 3_600),
    Duration::from_secs(12 * 3_600),
    Duration::from_secs(24 * 3_600),
];
/// Mails that the operators' list shows.
pub const MAILS_LISTED_MAX: i64 = 200;
/// A mail that was sent or given up is kept this long.
pub const MAIL_KEPT: Duration = Duration::from_secs(30 * 86_400);
/// Runs of jobs that a list shows.
pub const JOB_RUNS_LISTED_MAX: i64 = 100;
/// The record of a run is kept this long.
pub const JOB_RUN_KEPT: Duration = Duration::from_secs(14 * 86_400);
/// Territories of one list: the communes of a département are at most 890.
pub const TERRITORY_ROWS_MAX: i64 = 2_000;
/// A closure that is entered later than this after the lessons of its days changes nothing of them.
pub const CLOSED_LATE_MAX: Duration = Duration::from_secs(31 * 86_400);
/// Schools whose lessons follow a territory's decision in one run of the job.
pub const CALENDARS_FOLLOWED_MAX: i64 = 50;
/// Schools of a territory on one page.
pub const TERRITORY_SCHOOLS_MAX: i64 = 100;
/// Entries of the lesson log read for one view.
pub const LOG_ENTRIES_MAX: i64 = 300;
/// Entries of one class and year, for its archive.
pub const LOG_ARCHIVE_ENTRIES_MAX: i64 = 5_000;
/// Files attached to the entries of one class and year.
pub const LOG_ARCHIVE_FILES_MAX: i64 = 10_000;
/// The page of an archive, compressed.
pub const LOG_ARCHIVE_BYTES_MAX: usize = 8 << 20;
/// Archives, and leaves to read, that a school's list shows.
pub const LOG_LISTED_MAX: i64 = 500;
/// Texts of one entry that later saves replaced; older ones go.
pub const LOG_REVISIONS_MAX: i64 = 50;
/// Pieces of work that one view of a class's load adds up.
pub const LOAD_WORKS_MAX: i64 = 1_000;
/// What is said with a visa.
pub const VISA_REMARK_CHARS_MAX: usize = 1_000;
/// Rows of a school's overview: classes or teachers.
pub const LOG_OVERVIEW_MAX: i64 = 500;
/// Wrong pictures in a row after which a sign-in card is no longer good.
pub const CARD_FAILURES_MAX: i64 = 20;
/// Groups of the archive on one page.
pub const ARCHIVED_GROUPS_MAX: i64 = 1_000;
/// Pupils of one lesson.
pub const ROLL_PUPILS_MAX: i64 = 500;
/// Rolls that are missing, in one list.
pub const ROLLS_LISTED_MAX: i64 = 500;
/// Reasons in one list.
pub const ABSENCES_LISTED_MAX: i64 = 500;
pub const ABSENCE_DETAIL_CHARS_MAX: usize = 500;
/// Relatives told of absences by one run of the job.
pub const MAILS_OF_ABSENCES_MAX: i64 = 500;
/// What rolls say, on one page.
pub const ATTENDANCE_ROWS_MAX: i64 = 3_000;
/// What rolls say, in one file.
pub const ATTENDANCE_EXPORT_ROWS_MAX: i64 = 50_000;
/// The record of tries that failed is kept this long.
pub const FAILED_TRIES_KEPT: Duration = Duration::from_secs(60 * 86_400);
pub const FOLLOW_UP_NOTE_CHARS_MAX: usize = 1_000;
pub const FOLLOW_UPS_LISTED_MAX: i64 = 200;
/// Pupils of a school who were not reached, in one list.
pub const NOT_REACHED_MAX: i64 = 2_000;
/// Schools of a territory in the list of those who were not reached.
pub const NOT_REACHED_SCHOOLS_MAX: i64 = 5_000;
pub const ON_SITE_NOTE_CHARS_MAX: usize = 200;
pub const ON_SITE_LISTED_MAX: i64 = 1_000;
/// Files of one thing.
pub const ATTACHED_MAX: i64 = 100;
/// Rows that one sweep of files or uploads deletes.
pub const SWEPT_ROWS_MAX: i64 = 1_000;
/// What one pupil handed in for one piece of homework, again and again, in one list.
pub const RECEIPTS_MAX: i64 = 50;
/// Pupils of one piece of homework.
pub const ROSTER_MAX: i64 = 500;
/// People whom a change of one lesson concerns.
pub const CONCERNED_MAX: i64 = 5_000;
/// People of a school whom a change of its calendar concerns, each once for each group.
pub const CALENDAR_CONCERNED_MAX: i64 = 50_000;
/// Rooms of one school.
pub const ROOMS_MAX: i64 = 500;
/// Series of one school.
pub const SERIES_MAX: i64 = 10_000;
/// Lessons to come that the series of one school make.
pub const PUBLISHED_MAX: usize = 200_000;
/// Lines of one kind in the copy of a person's data: more than a life at school makes. A copy that ends here says so.
pub const EXPORT_LINES_MAX: i64 = 50_000;
/// Files in it. Likewise.
pub const EXPORT_FILES_MAX: i64 = 20_000;
/// Names that no group or teacher has, in the report of a timetable feed.
pub const FEED_UNKNOWN_LISTED_MAX: usize = 200;
/// Addresses of timetables that one person has at a time.
pub const CALENDAR_FEEDS_MAX: usize = 20;
/// After leaving, what is personal is kept for three months at most (order of 30 November 2006, article 6); the shortest
/// three months have this many days.
pub const LEFT_KEPT: Duration = Duration::from_secs(89 * 86_400);
/// What somebody says in a report to school life, and the note of whoever handles it.
pub const REPORT_BODY_CHARS_MAX: usize = 1_000;
pub const REPORT_NOTE_CHARS_MAX: usize = 1_000;
/// The still that goes with the report of a picture.
pub const REPORT_PICTURE_BYTES_MAX: usize = 96 << 10;
/// A report is kept this long after it was handled; one that waits is kept until it is.
pub const REPORT_KEPT: Duration = Duration::from_secs(180 * 86_400);
/// People of one school who are told of a report.
pub const JUDGES_MAX: i64 = 50;
/// What a self-test found, with the name of the browser.
pub const SELF_TEST_BYTES_MAX: usize = 4_000;
/// A self-test that was sent to school life is kept this long.
pub const SELF_TEST_KEPT: Duration = Duration::from_secs(30 * 86_400);
/// What is drawn, asked and set in a lesson is kept this long after its end.
pub const LESSON_FACTS_KEPT: Duration = Duration::from_secs(30 * 86_400);
/// Documents and pictures of one lesson, and their bytes; the one that goes over the bytes is still taken.
pub const DOCUMENTS_MAX: i64 = 200;
pub const DOCUMENTS_BYTES_MAX: i64 = 1 << 30;
/// Lines of a lesson's kept chat on one page.
pub const KEPT_LINES_MAX: i64 = 200;
/// Schools with a rule of their own that one look of the sweep reads.
pub const SCHOOLS_SWEPT_MAX: i64 = 500;
/// Guests of one lesson, those whose invitation was revoked counted.
pub const GUESTS_PER_LESSON_MAX: usize = 20;
/// Name, address and link of a guest are kept this long after the lesson.
pub const GUEST_KEPT: Duration = Duration::from_secs(30 * 86_400);
/// Stream keys of one person for one lesson.
pub const STREAM_KEYS_MAX: usize = 4;
/// People named in one set-up of a class: pupils in groups, and helpers.
pub const SETUP_PEOPLE_MAX: usize = 320;
/// Lessons to come in which somebody helps, as the home page shows them.
pub const HELPED_LESSONS_MAX: i64 = 6;
/// People of a school among whom a teacher chooses who helps.
pub const STAFF_LISTED_MAX: i64 = 1_000;
/// Days for which recordings are kept in a school that has said nothing else.
pub const RECORDING_DAYS_FIRST: i64 = 30;
/// Tracks of one recording; what comes then is dropped.
pub const RECORDING_TRACKS_MAX: i64 = 4_000;
/// Recordings of one lesson on a page.
pub const RECORDINGS_LISTED_MAX: i64 = 100;
/// Recordings that one run of the job ends.
pub const RECORDINGS_SWEPT_MAX: i64 = 100;
