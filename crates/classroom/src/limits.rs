//! Every limit of a live lesson, as `docs/protocol/class.md` promises them. Units stand last in the name.

use std::time::Duration;

/// Version of the envelope and of the messages.
pub const PROTOCOL: u32 = 1;
/// The oldest version that a client may speak.
pub const PROTOCOL_MIN: u32 = 1;

/// A frame from a client that holds an `offer`.
pub const OFFER_FRAME_BYTES_MAX: usize = 65_536;
/// Any other frame from a client.
pub const FRAME_BYTES_MAX: usize = 16_384;
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
/// How long pupils stay in without any teacher.
pub const ALONE_MAX: Duration = Duration::from_secs(5 * 60);

/// Average distance of a connection's messages, and how many may come at once.
pub const MESSAGE_EVERY: Duration = Duration::from_millis(100);
pub const MESSAGES_AT_ONCE_MAX: u32 = 40;
/// Average distance of a connection's offers, and how many may come at once.
pub const OFFER_EVERY: Duration = Duration::from_secs(2);
pub const OFFERS_AT_ONCE_MAX: u32 = 5;
/// Messages dropped in a row before the connection is ended.
pub const DROPPED_IN_A_ROW_MAX: u32 = 200;
/// Malformed messages of a connection before it is ended.
pub const BAD_MESSAGES_MAX: u32 = 20;
