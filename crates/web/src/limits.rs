//! Every limit of the pages, with its unit last.

use preau_gate::budget::Allowance;
use preau_store::limits::EXPORT_FILES_MAX;
use std::time::Duration;

/// A form, or a JSON body, unless its row of the route table says otherwise.
pub const BODY_BYTES_MAX: usize = 64 << 10;
/// Fields of one form.
pub const FIELDS_MAX: usize = 2_000;
/// One field that is read as a line of text.
pub const LINE_CHARS_MAX: usize = 200;
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
/// After which a page that the ladder has turned off is asked for again.
pub const SHED_RETRY: Duration = Duration::from_secs(60);
/// A kept day that is older is not shown by browsers (`DAY_AGE_MS_MAX` in `static/offline/limits.js`), and not led to.
pub const KEPT_DAY_AGE_MAX: Duration = Duration::from_secs(4 * 86_400);
/// Days back of the lesson log that browsers keep.
pub const KEPT_LOG_DAYS: i64 = 7;
/// Entries of the lesson log that browsers keep of one person.
pub const KEPT_ENTRIES_MAX: usize = 40;
/// How far ahead the next day with school is looked for: the longest holidays but those of summer.
pub const NEXT_SCHOOL_DAY_DAYS_MAX: i64 = 21;
/// When to come back to a page whose database does not answer.
pub const UNAVAILABLE_RETRY: Duration = Duration::from_secs(20);
/// When to come back while passwords of others are being checked.
pub const BUSY_RETRY: Duration = Duration::from_secs(5);
/// A link to choose a new password is good for this long.
pub const RESET_LINK_LIFE: Duration = Duration::from_secs(60 * 60);
/// Activation codes are good for this long.
pub const CODE_LIFE: Duration = Duration::from_secs(14 * 86_400);
/// An e-mail address (RFC 5321 §4.5.3.1.3: a path of 256 with its brackets).
pub const EMAIL_CHARS_MAX: usize = 254;
/// A given name, a family name.
pub const NAME_CHARS_MAX: usize = 80;
/// The name of a guest of one lesson.
pub const GUEST_NAME_CHARS_MAX: usize = 80;
/// What a teacher calls a stream key.
pub const STREAM_NAME_CHARS_MAX: usize = 40;
/// A stream key is sealed with a key that is good for at least so long.
pub const STREAM_KEY_LASTS_MAX: Duration = Duration::from_secs(30 * 86_400);
/// An invitation that shall not be good for as long as its lesson.
pub const INVITATION_LIFE_SHORT: Duration = Duration::from_secs(24 * 3_600);
/// Groups prepared for a lesson.
pub const PREPARED_GROUPS_MAX: u8 = 12;
/// Helpers of one lesson on its set-up page.
pub const HELPERS_MAX: usize = 6;
pub const SCHOOL_NAME_CHARS_MAX: usize = 120;
pub const GROUP_NAME_CHARS_MAX: usize = 40;
pub const SUBJECT_CHARS_MAX: usize = 80;
pub const ROOM_CHARS_MAX: usize = 40;
pub const HOMEWORK_TITLE_CHARS_MAX: usize = 120;
pub const HOMEWORK_BODY_CHARS_MAX: usize = 4_000;
/// The home page has the homework of this many days after today.
pub const HOMEWORK_DAYS_AHEAD: u16 = 7;
/// The list of homework reaches this many days ahead.
pub const HOMEWORK_DAYS_LISTED: i64 = 60;
/// Days of one page of what was due before that.
pub const HOMEWORK_DAYS_BACK: i64 = 30;
/// Children on a relative's home page.
pub const CHILDREN_SHOWN_MAX: usize = 12;
/// Schools with lessons on now on one home page.
pub const SCHOOLS_SHOWN_MAX: usize = 5;
/// Lessons on now in one school that the home page lists at first, and when asked for all.
pub const LESSONS_ON_FIRST_MAX: usize = 12;
pub const LESSONS_ON_SHOWN_MAX: usize = 100;
/// Schools on a page of their list.
pub const SCHOOLS_PAGE_MAX: i64 = 100;
/// Pages of a list.
pub const PAGES_MAX: i64 = 10_000;
/// Lengths of a lesson that is opened at once.
pub const OPEN_MINUTES: [u64; 6] = [30, 45, 55, 60, 90, 120];
/// The same button pressed again within this time leads to the lesson that it has opened.
pub const OPEN_AGAIN_WITHIN: Duration = Duration::from_secs(120);
/// A lesson of the timetable.
pub const LESSON_HOURS_MAX: i64 = 12;
pub const LESSON_GROUPS_MAX: usize = 20;
pub const LESSON_TEACHERS_MAX: usize = 10;
/// Series on one page; of more, those that need something are shown, and those of a class that is chosen.
pub const SERIES_SHOWN_MAX: usize = 200;
/// What those concerned are told with a change of a lesson.
pub const LESSON_NOTE_CHARS_MAX: usize = 200;
/// Lessons that one absence of a teacher cancels or gives to somebody else.
pub const ABSENCE_LESSONS_MAX: usize = 400;
/// Days of one absence of a teacher.
pub const ABSENCE_DAYS_MAX: i64 = 200;
/// Conflicts of a new lesson that are named.
pub const CONFLICTS_NAMED_MAX: usize = 4;
/// A lesson is planned at most this far from today, back and ahead.
pub const LESSON_YEARS_MAX: i64 = 2;
/// People of a list to choose from: teachers of a school.
pub const CHOICES_MAX: usize = 500;
/// People found for adding to a group.
pub const ADD_FOUND_MAX: usize = 20;
/// People on one sheet of activation codes.
pub const SHEET_PEOPLE_MAX: usize = 500;
/// Namesakes that a school's logins tell apart when somebody is added by hand.
pub const NAMESAKES_MAX: u32 = 10_000;
/// A code of a subject that is made from its name.
pub const SUBJECT_CODE_CHARS_MAX: usize = 16;
/// A form with files, such as five photographs of a phone, and one piece of an upload. It goes to the object store as it
/// comes in; larger files come in pieces.
pub const FORM_BYTES_MAX: usize = 64 << 20;
/// What is read of a form with files to find its token, which stands first.
pub const FORM_HEAD_BYTES_MAX: usize = 4 << 10;
/// One field of a form with files.
pub const FORM_FIELD_BYTES_MAX: usize = 256 << 10;
/// Files of one form.
pub const FORM_FILES_MAX: usize = 20;
/// Uploads that one person may have begun and not finished.
pub const UPLOADS_OPEN_MAX: i64 = 20;
/// Bytes that one person may have sent, or begun to send, without their being used for anything yet.
pub const UPLOADS_BYTES_MAX: u64 = 1 << 30;
/// An upload that is not finished is kept this long after it was begun.
pub const UPLOAD_LIFE: Duration = Duration::from_secs(24 * 3_600);
/// Files without a row are looked for this often.
pub const FILES_SWEPT_EVERY: Duration = Duration::from_secs(3_600);
/// Uploads that are remembered as being sent before those that have ended are forgotten.
pub const SENDERS_KEPT_MAX: usize = 1_000;
/// A form of the lesson log: its texts at their longest, each character as nine bytes of a percent-encoded form.
pub const LOG_BODY_BYTES_MAX: usize = 192 << 10;
/// Files of one entry of the lesson log.
pub const LOG_FILES_MAX: usize = 20;
/// Days of a class's load of work on one page.
pub const LOAD_DAYS_SHOWN: usize = 14;
/// Entries before a lesson that its writer is shown.
pub const LOG_BEFORE_SHOWN: i64 = 3;
/// A teacher is told of lessons without an entry this many days back.
pub const LOG_MISSING_DAYS: u64 = 28;
/// A kept field this long is shown to be read and copied; shorter ones travel unseen.
pub const KEPT_SHOWN_CHARS_MIN: usize = 40;
/// A pupil's text, draft or handed in: about twenty pages.
pub const HAND_IN_CHARS_MAX: usize = 60_000;
/// Files of one hand-in, and of one correction.
pub const HAND_IN_FILES_MAX: usize = 40;
/// Bytes of all files of one hand-in.
pub const HAND_IN_BYTES_MAX: i64 = 300 << 20;
/// Times that one pupil may hand in the same work.
pub const HAND_INS_MAX: i64 = 50;
/// What a sender chooses to tell one hand-in from another.
pub const KEY_CHARS_MAX: usize = 64;
/// A teacher's comment under a pupil's work.
pub const COMMENT_CHARS_MAX: usize = 4_000;
/// Skills of one piece of homework.
pub const SKILLS_MAX: usize = 12;
/// Levels of a skill, from 1 (not yet) to 4 (very good).
pub const LEVELS_MAX: u8 = 4;
/// The archive of all hand-ins of one piece of homework: what a ZIP without its 64-bit extension holds.
pub const ARCHIVE_BYTES_MAX: u64 = 4_000_000_000;
/// The lines of a person in a copy of their data, as a page and as JSON each; what comes then is left out, and the copy says so.
pub const COPY_LINES_BYTES_MAX: u64 = 500_000_000;
/// The files in it, likewise: with the lines, and the names of the files, what an archive holds.
pub const COPY_FILES_BYTES_MAX: u64 =
    ARCHIVE_BYTES_MAX - 2 * COPY_LINES_BYTES_MAX - EXPORT_FILES_MAX.unsigned_abs() * 1_000;
/// Lines that are read at a time for a copy: so many at first, later about so many bytes of them.
pub const COPY_PAGE_LINES_MIN: i64 = 20;
pub const COPY_PAGE_LINES_MAX: i64 = 1_000;
pub const COPY_PAGE_BYTES: i64 = 1 << 20;
/// Files that are not in a copy are named up to this many.
pub const COPY_MISSING_NAMED_MAX: usize = 200;
/// What a person calls an address of a timetable.
pub const CALENDAR_NAME_CHARS_MAX: usize = 60;
/// Days of the past, and to come, that a calendar program gets.
pub const CALENDAR_DAYS_BACK: i64 = 28;
pub const CALENDAR_DAYS_AHEAD: i64 = 196;
/// A calendar program may keep what it got for this long.
pub const CALENDAR_FRESH: Duration = Duration::from_secs(15 * 60);
/// A timetable export, packed.
pub const TIMETABLE_FILE_BYTES_MAX: u64 = 32 << 20;
/// A name or a code of a territory.
pub const TERRITORY_NAME_CHARS_MAX: usize = 80;
/// One file of a feed that comes by a page; larger ones come by the command line.
pub const IMPORT_FILE_BYTES_MAX: u64 = 64 << 20;
/// The form of an import, with all its files.
pub const IMPORT_FORM_BYTES_MAX: usize = 80 << 20;
/// The largest body that any route takes: what the edge has to let through.
pub const REQUEST_BYTES_MAX: usize = IMPORT_FORM_BYTES_MAX;
/// From the head of a request to the end of its body: [`FORM_BYTES_MAX`] over a mobile network of 600 kbit/s.
pub const REQUEST_TIME_MAX: Duration = Duration::from_secs(15 * 60);
/// Files of a feed in archives.
pub const IMPORT_FILES_MAX: usize = 500;
/// Bytes of a feed, unpacked.
pub const IMPORT_UNPACKED_BYTES_MAX: u64 = 1 << 30;
/// Imports of before that the page shows.
pub const IMPORT_RUNS_SHOWN_MAX: i64 = 20;
/// Reports of one person to school life within a day, and when to come back above that.
pub const REPORTS_PER_DAY_MAX: i64 = 10;
pub const REPORTS_RETRY: Duration = Duration::from_secs(3_600);
/// A report with its still, in base64 and percent-encoded.
pub const REPORT_BODY_BYTES_MAX: usize = 192 << 10;
/// Self-tests that one person sends to school life within a day, and when to come back above that.
pub const SELF_TESTS_PER_DAY_MAX: i64 = 5;
pub const SELF_TESTS_RETRY: Duration = Duration::from_secs(3_600);
/// One measure of what comes down, and of what goes up. A whole test takes three of each at most: 1.5 MB.
pub const SELF_TEST_DOWN_BYTES_MAX: usize = 256 << 10;
pub const SELF_TEST_UP_BYTES_MAX: usize = 256 << 10;
/// Measures of one person: two whole tests at once, then one measure every 20 s.
pub const LINE_ALLOWANCE: Allowance = Allowance { burst: 12, refill: Duration::from_secs(20) };
/// Documents of live classes that are being made into pages, of one person and of all.
pub const DOCUMENTS_OF_PERSON_MAX: usize = 4;
pub const DOCUMENTS_MAKING_MAX: usize = 32;
/// Documents whose outcome is remembered for those who ask.
pub const DOCUMENTS_KEPT_MAX: usize = 256;
/// When to send a document again of which there were too many.
pub const DOCUMENTS_RETRY: Duration = Duration::from_secs(20);
/// A page never changes; a browser keeps it for a day of lessons.
pub const PAGE_FRESH: Duration = Duration::from_secs(12 * 3_600);
