//! Everything that is bounded here.

use std::time::Duration;

/// A browser that has no allocation so long after it connected is sent away.
pub const UNPROVED_MAX: Duration = Duration::from_secs(10);
/// Allocations of a node; each takes a file descriptor.
pub const ALLOCATIONS_MAX: usize = 1_000;
/// Allocations of one user name: a browser makes one a network and transport.
pub const ALLOCATIONS_PER_USER_MAX: usize = 8;
/// Permissions, and channels, of an allocation: one for each address of media.
pub const PEERS_MAX: usize = 16;
/// A message that is longer is none of a browser's; a datagram of media has at most 1,500 bytes.
pub const MESSAGE_BYTES_MAX: usize = 2_048;
/// Attributes of a message that are looked at.
pub const ATTRIBUTES_MAX: usize = 24;
/// A user name is ours, or it is none.
pub const USERNAME_BYTES_MAX: usize = 128;

/// RFC 8656, section 3.2: what an allocation lasts by default, and what a client may wish.
pub const LIFETIME: Duration = Duration::from_secs(600);
pub const LIFETIME_MAX: Duration = Duration::from_secs(3_600);
/// RFC 8656, section 9.
pub const PERMISSION_LIFETIME: Duration = Duration::from_secs(300);
/// RFC 8656, section 12.
pub const CHANNEL_LIFETIME: Duration = Duration::from_secs(600);
/// A nonce is good for so long.
pub const NONCE_LIFETIME: Duration = Duration::from_secs(3_600);
/// Credentials are good for an allocation within this time, as a lesson that is prolonged may last; what was allocated
/// goes on.
pub const CREDENTIALS_LIFETIME: Duration = Duration::from_secs(4 * 3_600);

/// A client that takes nothing for so long is gone.
pub const WRITE_STALL_MAX: Duration = Duration::from_secs(10);
/// Bytes read of a connection at once, and the most that waits to be written.
pub const READ_BYTES: usize = 16 * 1024;
pub const BATCH_BYTES: usize = 32 * 1024;
/// What one client may have relayed, both ways each: bytes a second, and at once.
pub const BYTES_PER_SECOND_MAX: u64 = 1_500_000;
pub const BURST_BYTES: u64 = 3_000_000;

/// Answers a second to those who have proved nothing, over UDP, a network and in all: an address can be forged there.
pub const UNPROVED_ANSWERS_PER_SECOND: u32 = 20;
pub const UNPROVED_NETWORKS_MAX: usize = 4_096;
/// Datagrams that wait for one UDP client's task.
pub const UDP_QUEUE_MAX: usize = 64;
