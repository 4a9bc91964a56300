//! Every limit of this crate. Units stand last in the name.

/// Rooms on one media thread.
pub const ROOMS_PER_THREAD_MAX: usize = 1_000;
/// Peers in one room.
pub const PEERS_PER_ROOM_MAX: usize = 120;
/// Bytes of an SDP offer. Chromium's offer for the default slots has about 16,000.
pub const OFFER_BYTES_MAX: usize = 64 * 1024;
/// Media sections in an offer: three to publish, the rest are slots.
pub const SECTIONS_MAX: usize = 48;
/// Joins that wait for their turn on one media thread, and beside them those who lead a lesson.
pub const JOINS_WAITING_MAX: usize = 1_000;
pub const JOINS_WAITING_LEADERS_MAX: usize = 100;
/// Commands that wait for one media thread.
pub const COMMANDS_QUEUED_MAX: usize = 16_384;
/// Entries that one [`crate::Room::set_order`] or [`crate::Room::set_pinned`] takes; more are cut off.
pub const ORDER_PEERS_MAX: usize = PEERS_PER_ROOM_MAX;
/// Entries that one [`crate::Room::set_want`] takes; more are cut off.
pub const WANTS_MAX: usize = SECTIONS_MAX;
/// Packets that wait for whoever records a room: several seconds of a lesson's voices and pictures.
pub const TAP_PACKETS_MAX: usize = 8_192;
/// A recorded camera is its widest layer up to about this width: a larger one costs three times the disk.
pub const TAPPED_WIDTH_PX_MAX: u32 = 640;
/// A recorded picture has a keyframe at least so often: a player that seeks decodes from the one before.
pub const TAPPED_KEYFRAME_EVERY_MS: u64 = 10_000;
/// Media threads.
pub const THREADS_MAX: usize = 64;
/// Addresses that are told to browsers as candidates.
pub const PUBLIC_ADDRESSES_MAX: usize = 8;
/// Bytes of one datagram, also inside a TCP frame; a browser sends at most 1,200 or so.
pub const FRAME_BYTES_MAX: usize = 2_048;
/// State changes that wait for a slow listener before its room is closed.
pub const EVENTS_WAITING_MAX: usize = 8_192;
/// Addresses from which one peer is reached.
pub const PATHS_PER_PEER_MAX: usize = 8;
/// TCP connections of one media thread.
pub const TCP_CONNECTIONS_MAX: usize = 1_024;
/// Of these, from one IPv4 address or IPv6 /64, how many may not have proved yet whose they are: a whole school comes by
/// one address, but each proves itself within a round trip or two.
pub const TCP_UNPROVED_PER_PREFIX_MAX: usize = 128;
/// Of these, how many one peer may have that have proved to be its own; the oldest is closed for one more. A browser has one a
/// candidate of ours, and another for a moment when its network changes.
pub const TCP_OF_PEER_MAX: usize = 6;
/// Bytes that wait to be sent on one TCP connection; later frames are dropped, as a full network would.
pub const TCP_WAITING_BYTES_MAX: usize = 256 * 1024;
/// How long a TCP connection may be open before it has proved, by an ICE check, whose it is.
pub const TCP_UNPROVED_MS_MAX: u64 = 10_000;
/// How long a browser has, after its offer, to connect.
pub const CONNECT_MS_MAX: u64 = 30_000;
/// Rate of keyframe requests to one layer of one publisher: at most one in this time.
pub const KEYFRAME_INTERVAL_MS_MIN: u64 = 500;
/// After so long without packets a publication counts as ended…
pub const SOURCE_SILENT_MS_MAX: u64 = 2_000;
/// …and a simulcast layer as not sent.
pub const LAYER_SILENT_MS_MAX: u64 = 1_500;
/// SSRCs of one publisher whose section and layer are remembered.
pub const SSRCS_PER_PEER_MAX: usize = 16;
