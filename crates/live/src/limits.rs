//! Limits of the sessions and lessons of this process; those of the protocol are in `preau_classroom::limits`.

use preau_classroom::limits::ROOM_BYTES_MAX;
use preau_gate::budget::Allowance;
use std::time::Duration;

/// WebSockets of this process.
pub const SESSIONS_MAX: usize = 20_000;
/// Lessons on at the same time in this process.
pub const LESSONS_MAX: usize = 2_000;
/// From the upgrade to the `hello`.
pub const HELLO_WAIT_MAX: Duration = Duration::from_secs(5);
/// From the `hello` to the lesson's answer.
pub const WELCOME_WAIT_MAX: Duration = Duration::from_secs(20);
/// Messages that wait for one client; one that does not read them is cut off.
pub const OUT_QUEUE_MAX: usize = 512;
/// Answers of a session to its own client (malformed messages) that wait.
pub const OWN_QUEUE_MAX: usize = 64;
/// How often one person may come into classes: a page that is loaded anew, a line that breaks again and again. Each coming
/// is told to the class, and written down.
pub const JOIN_ALLOWANCE: Allowance = Allowance { burst: 20, refill: Duration::from_secs(3) };
/// How long one frame may take to go out.
pub const WRITE_WAIT_MAX: Duration = Duration::from_secs(10);
/// How long a client may take to answer the Close frame.
pub const CLOSE_WAIT_MAX: Duration = Duration::from_secs(2);
/// Pings of the server, RFC 6455 §5.5.2.
pub const PING_EVERY: Duration = Duration::from_secs(10);
/// A connection without any frame for so long is lost.
pub const SILENCE_MAX: Duration = Duration::from_secs(30);
/// Commands that wait for one lesson.
pub const INBOX_MAX: usize = 1_024;
/// Events of the media that wait for one lesson.
pub const MEDIA_EVENTS_MAX: usize = 1_024;
/// Records of one lesson that wait for the store.
pub const RECORDS_MAX: usize = 1_024;
/// Records that share one transaction.
pub const RECORDS_IN_ONE_WRITE_MAX: usize = 64;
/// How often an attendance record is tried, and how long after each failure.
pub const ATTENDANCE_RETRIES: [Duration; 3] =
    [Duration::from_millis(200), Duration::from_secs(1), Duration::from_secs(3)];
/// A lesson without anybody ends in memory after so long.
pub const IDLE_MAX: Duration = Duration::from_secs(60);
/// How often the roster is read anew while a lesson is on.
pub const ROSTER_EVERY: Duration = Duration::from_secs(60);
/// Who speaks is told no more often.
pub const SPEAKING_EVERY: Duration = Duration::from_millis(250);
/// Bytes of a frame that is read at all. Larger than the protocol allows, so that a frame over its limit is taken off the
/// wire and its sender reads why; over this, the connection just breaks.
pub const FRAME_READ_BYTES_MAX: usize = 128 * 1024;
/// Bytes that may wait in one WebSocket's write buffer: the longest message, with what is said of the connection itself.
pub const WRITE_BUFFER_BYTES_MAX: usize = ROOM_BYTES_MAX + 64 * 1024;
/// Taken for each session from its beginning; a longer frame gets more while it is read. The library's own 128 KiB would be
/// most of what a pupil takes of a server.
pub const READ_BUFFER_BYTES: usize = 4 * 1_024;
/// How long draining waits for the lessons' last records.
pub const DRAIN_MAX: Duration = Duration::from_secs(10);
/// Headers of an examined connection that wait for who asked; those beyond are left out.
pub const HEADERS_QUEUED_MAX: usize = 4_096;
/// Who waits for a turn to join asks so often, and is told of it from so long a wait on.
pub const JOIN_ASKED_EVERY_MIN: Duration = Duration::from_millis(5);
pub const JOIN_ASKED_EVERY: Duration = Duration::from_secs(1);
pub const JOIN_WAIT_TOLD_MIN: Duration = Duration::from_millis(700);
/// Facts of a lesson read at once when it starts anew.
pub const FACTS_READ_AT_ONCE: i64 = 1_000;
/// As many facts are folded into one when a lesson starts anew.
pub const FOLD_FACTS_MIN: usize = 500;
/// What a lesson tells the thread that records it and that waits.
pub const RECORDING_TOLD_MAX: usize = 16_384;
/// What was written of a recording is put on the disk so often.
pub const RECORDING_SYNC_EVERY: Duration = Duration::from_secs(3);
/// One run of a recording, and one file of it. Thirty voices and a picture take about 1 GB an hour.
pub const RECORDING_BYTES_MAX: u64 = 16 << 30;
/// Nothing is recorded that would leave less than this free: the database lives on the same disk.
pub const SPOOL_RESERVE_BYTES: u64 = 512 << 20;
/// How long after each failure a run's files are brought home again.
pub const ADOPT_RETRIES: [Duration; 3] = [Duration::from_secs(2), Duration::from_secs(20), Duration::from_secs(120)];
/// Voices of one lesson that the speech engine hears at the same time, and of all lessons of this process.
pub const VOICES_OF_LESSON_MAX: usize = 4;
pub const VOICES_HEARD_MAX: usize = 64;
/// Open microphones of one lesson of which the last packets are kept, and how many packets: half a second of each, so that
/// a sentence has its first syllable.
pub const VOICES_KNOWN_MAX: usize = 200;
pub const PREROLL_PACKETS_MAX: usize = 25;
/// A voice is heard for so long after its last word.
pub const VOICE_HELD: Duration = Duration::from_secs(2);
/// How long after a failure a voice is offered to the engine again.
pub const VOICE_RETRY: Duration = Duration::from_secs(5);
/// After so many failures in a row, without a word between, captions end.
pub const UNHEARD_MAX: u32 = 3;
/// Pieces of 200 ms of one voice that wait for the engine.
pub const SOUND_CHUNKS_MAX: usize = 50;
/// How long the engine may take to answer a connection, to take a piece of sound, and to give the last words.
pub const ENGINE_CONNECT_WAIT_MAX: Duration = Duration::from_secs(5);
pub const ENGINE_WRITE_WAIT_MAX: Duration = Duration::from_secs(5);
pub const ENGINE_LAST_WORDS_WAIT_MAX: Duration = Duration::from_secs(5);
/// Bytes of one answer of the engine.
pub const ENGINE_ANSWER_BYTES_MAX: usize = 64 * 1024;
/// What is understood before a sentence is over is told no more often.
pub const PARTIAL_EVERY: Duration = Duration::from_millis(400);
/// Programs that publish or play, of all lessons of this process.
pub const PROGRAMS_RUNNING_MAX: usize = 500;
/// Sections of a player's offer.
pub const PLAYED_VOICES_MAX: usize = 8;
pub const PLAYED_PICTURES_MAX: usize = 4;
/// How wide a player is taken to show its pictures: the most that there is.
pub const PLAYED_WIDTH_PX: u32 = 1_920;
/// From a program's offer to its answer, with its turn in a queue of joins.
pub const PROGRAM_ANSWER_WAIT_MAX: Duration = Duration::from_secs(30);
/// How often one stream key may begin: a program that has lost its line tries again every two seconds or so.
pub const ATTEMPT_OF_KEY_EVERY: Duration = Duration::from_secs(2);
pub const ATTEMPTS_OF_KEY_AT_ONCE_MAX: u32 = 5;
/// How often one network may show keys that are none.
pub const WRONG_KEY_EVERY: Duration = Duration::from_secs(3);
pub const WRONG_KEYS_AT_ONCE_MAX: u32 = 20;
/// Keys and networks whose attempts are counted at the same time.
pub const ATTEMPTS_KEPT_MAX: usize = 10_000;
/// When a program is told to come again where there is no room.
pub const PROGRAM_RETRY_AFTER: Duration = Duration::from_secs(10);
