//! Limits of a track and its file, each with its unit last.

/// A packet that is missing is waited for so long: a resend takes a round trip or two.
pub const REORDER_MS_MAX: i64 = 400;
/// Packets that wait for a missing one.
pub const REORDER_PACKETS_MAX: usize = 1_024;
/// Bytes of one frame; a larger one is dropped whole.
pub const FRAME_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Frames that wait to be taken out of a track.
pub const FRAMES_WAITING_MAX: usize = 4_096;
/// A pause of a voice up to so long is filled with silence, because players close gaps in sound and would lose its pace;
/// after a longer one of voice or picture the track is over, and another one begins.
pub const PAUSE_MS_MAX: i64 = 10_000;
/// The clock of a sender is followed by at most so much in a second.
pub const SLEW_MS_PER_S: i64 = 2;
/// A clock that is so far from what arrives has jumped: time goes on from what arrives.
pub const JUMP_MS_MIN: i64 = 1_500;
/// One file: about twelve hours, far from what its 8-byte sizes hold.
pub const TRACK_MS_MAX: i64 = 12 * 3_600_000;
/// A picture begins a new cluster at a keyframe after so long…
pub const CLUSTER_MS_MIN: i64 = 1_000;
/// …and anything after so long. Times within a cluster are 16 bits, in milliseconds.
pub const CLUSTER_MS_MAX: i64 = 10_000;
/// Clusters that the index of a finished file names; of more, evenly fewer.
pub const CUES_MAX: usize = 20_000;
