//! Every limit of this crate. Units stand last in the name.

/// Rooms on one media thread.
pub const ROOMS_PER_THREAD_MAX: usize = 1_000;
/// Peers in one room.
pub const PEERS_PER_ROOM_MAX: usize = 120;
/// Bytes of an SDP offer. Chromium's offer for the default slots has about 16,000.
pub const OFFER_BYTES_MAX: usize = 64 * 1024;
/// Media sections in an offer: three to publish, the rest are slots.
pub const SECTIONS_MAX: usize = 48;
/// Commands that wait for one media thread.
pub const COMMANDS_QUEUED_MAX: usize = 16_384;
/// Entries that one [`crate::Room::set_order`] or [`crate::Room::set_pinned`] takes; more are cut off.
pub const ORDER_PEERS_MAX: usize = PEERS_PER_ROOM_MAX;
/// Entries that one [`crate::Room::set_want`] takes; more are cut off.
pub const WANTS_MAX: usize = SECTIONS_MAX;
/// Media threads.
pub const THREADS_MAX: usize = 64;
/// Addresses that are told to browsers as candidates.
pub const PUBLIC_ADDRESSES_MAX: usize = 8;
/// Bytes of one datagram, also inside a TCP frame; a browser sends at most 1,200 or so.
pub const FRAME_BYTES_MAX: usize = 2_048;
