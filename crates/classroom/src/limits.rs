//! Every limit of a live lesson, as `docs/protocol/class.md` promises them. Units stand last in the name.

use std::time::Duration;

/// Version of the envelope and of the messages.
pub const PROTOCOL: u32 = 2;
/// The oldest version that a client may speak.
pub const PROTOCOL_MIN: u32 = 2;

/// A frame from a client that holds an `offer`.
pub const OFFER_FRAME_BYTES_MAX: usize = 65_536;
/// Any other frame from a client.
pub const FRAME_BYTES_MAX: usize = 16_384;
/// A frame from the server.
pub const MESSAGE_BYTES_MAX: usize = 262_144;
/// A frame from the server with all that there is in a lesson: `welcome` and `entered`.
pub const ROOM_BYTES_MAX: usize = 2 * 1_024 * 1_024;
/// Greatest number of a command.
pub const COMMAND_ID_MAX: u32 = 0x7fff_ffff;
/// A join token, in characters.
pub const TOKEN_CHARS_MAX: usize = 1_024;
/// Name and version of the client program.
pub const CLIENT_CHARS_MAX: usize = 64;
/// Media section name in an SDP.
pub const MID_CHARS_MAX: usize = 16;
/// Idempotency key of a chat line.
pub const KEY_CHARS_MIN: usize = 8;
pub const KEY_CHARS_MAX: usize = 64;
/// Width of a picture on a client's page, in device pixels.
pub const WIDTH_PX_MAX: u32 = 8_192;

/// Devices in a lesson, waiting or in; the media room takes as many.
pub const DEVICES_MAX: usize = 120;
/// Of these, places that only teachers may take.
pub const DEVICES_KEPT_FOR_TEACHERS: usize = 4;
/// Devices of one teacher.
pub const TEACHER_DEVICES_MAX: usize = 2;
/// Programs of one teacher beside these: as many as keys.
pub const PROGRAMS_MAX: usize = 4;
/// A name as others see it; longer ones are cut.
pub const NAME_CHARS_MAX: usize = 200;
/// Title of a lesson; longer ones are cut.
pub const TITLE_CHARS_MAX: usize = 300;

/// One chat line after trimming.
pub const CHAT_CHARS_MAX: usize = 2_000;
/// Chat lines given to a newcomer.
pub const CHAT_RECENT_LINES_MAX: usize = 100;
/// Bytes of all bodies of these lines together.
pub const CHAT_RECENT_BYTES_MAX: usize = 65_536;
/// Chat lines and acts of moderation of a lesson that wait for the store.
pub const PENDING_MAX: usize = 64;
/// Average distance of a person's chat lines, and how many may come at once.
pub const CHAT_EVERY: Duration = Duration::from_secs(1);
pub const CHAT_AT_ONCE_MAX: u32 = 5;

/// How long a place is kept after the connection was lost.
pub const AWAY_MAX: Duration = Duration::from_secs(30);

/// Average distance of a connection's messages, and how many may come at once.
pub const MESSAGE_EVERY: Duration = Duration::from_millis(33);
pub const MESSAGES_AT_ONCE_MAX: u32 = 60;
/// Average distance of a connection's offers, and how many may come at once.
pub const OFFER_EVERY: Duration = Duration::from_secs(2);
pub const OFFERS_AT_ONCE_MAX: u32 = 5;
/// Messages dropped in a row before the connection is ended.
pub const DROPPED_IN_A_ROW_MAX: u32 = 200;
/// Malformed messages of a connection before it is ended.
pub const BAD_MESSAGES_MAX: u32 = 20;

/// Facts of a lesson that wait for the store.
pub const FACTS_PENDING_MAX: usize = 1_024;
/// Facts of a lesson, of all its life.
pub const FACTS_MAX: u64 = 200_000;
/// Persons at the door at the same time.
pub const LOBBY_MAX: usize = 40;
/// Who knocks, in words: "6e A, élève".
pub const ORIGIN_CHARS_MAX: usize = 120;
/// Name of a group, a deck, a timer.
pub const LABEL_CHARS_MAX: usize = 100;
/// Average distance of a person's reactions, pointers and strokes under way, and how many may come at once.
pub const REACT_EVERY: Duration = Duration::from_secs(1);
pub const REACTS_AT_ONCE_MAX: u32 = 5;
pub const POINT_EVERY: Duration = Duration::from_millis(66);
pub const POINTS_AT_ONCE_MAX: u32 = 15;
/// Average distance of a person's changes of board, notes and polls, and how many may come at once.
pub const CHANGE_EVERY: Duration = Duration::from_millis(125);
pub const CHANGES_AT_ONCE_MAX: u32 = 24;
/// The rules' numbers.
pub const SLOW_S_MAX: u16 = 600;
pub const CAMERAS_MAX: u8 = 100;
pub const ALONE_MIN_MIN: u8 = 1;
pub const ALONE_MIN_MAX: u8 = 60;
/// By how much a lesson may be prolonged at a time, and past its planned end in all, in minutes.
pub const PROLONG_MIN_MAX: u16 = 60;
pub const PROLONGED_MIN_MAX: u16 = 180;
/// How long a lesson goes on after its end before everybody is out: as long as people may still come in.
pub const OVERTIME: Duration = Duration::from_secs(30 * 60);
/// A countdown.
pub const TIMER_S_MAX: u32 = 2 * 3_600;
/// Whom chance has picked, remembered.
pub const PICKED_MAX: usize = 500;

/// Breakout groups, and how long they may be open.
pub const GROUPS_MAX: usize = 30;
pub const GROUPS_OPEN_MIN_MAX: u16 = 180;
/// A call to all groups.
pub const CALL_CHARS_MAX: usize = 500;

/// Polls of a lesson, their question, their options.
pub const POLLS_MAX: usize = 40;
pub const QUESTION_CHARS_MAX: usize = 500;
pub const OPTIONS_MIN: usize = 2;
pub const OPTIONS_MAX: usize = 12;
pub const OPTION_CHARS_MAX: usize = 200;

/// Documents and whiteboards of a lesson, and their pages.
pub const DECKS_MAX: usize = 24;
pub const BOARD_PAGES_MAX: u16 = 40;
pub const DOCUMENT_PAGES_MAX: u16 = 300;
/// What is drawn in a lesson.
pub const OBJECTS_MAX: usize = 10_000;
pub const BOARD_BYTES_MAX: usize = 4 * 1_024 * 1_024;
/// A stroke, and a text on the board.
pub const POINTS_MAX: usize = 800;
pub const TEXT_CHARS_MAX: usize = 1_000;
/// Objects erased by one command.
pub const ERASED_MAX: usize = 400;
/// Colours of the palette, width of a pen in ten-thousandths of the page's width, size of a text likewise.
pub const COLOURS: u8 = 12;
/// What one person can undo.
pub const UNDO_STEPS_MAX: usize = 100;
/// Objects of a page sent in one message.
pub const OBJECTS_CHUNK_BYTES_MAX: usize = 64 * 1_024;

/// The shared notes.
pub const NOTES_CHARS_MAX: usize = 32_768;
/// Text put into the notes at once.
pub const SPLICE_CHARS_MAX: usize = 4_096;
/// Splices kept to move late ones past them.
pub const SPLICES_KEPT_MAX: usize = 500;
/// A line of captions.
pub const CAPTION_CHARS_MAX: usize = 400;
