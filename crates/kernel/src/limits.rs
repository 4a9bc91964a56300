//! Every limit of the kernel's help, with its unit.

use std::time::Duration;

/// Networks denied at once, of IPv4 and of IPv6 each.
pub const DENIED_MAX: usize = 4_096;
/// Networks spared at once, of IPv4 and of IPv6 each.
pub const ALLOWED_MAX: usize = 16_384;
/// Networks in the configuration that are never denied nor metered.
pub const NEVER_MAX: usize = 256;
/// Ports that are guarded.
pub const PORTS_MAX: usize = 64;
/// Sources whose rate of new connections is metered at once, of IPv4 and of IPv6 each: about 200 bytes of the kernel's
/// memory each. Beyond it new sources are not metered.
pub const METERED_MAX: u32 = 65_536;
/// A source that opens nothing for this long is forgotten.
pub const METERED_FOR: Duration = Duration::from_secs(60);
/// Nothing wider is denied.
pub const DENIED_V4_BITS_MIN: u8 = 8;
pub const DENIED_V6_BITS_MIN: u8 = 16;
/// No denial lasts longer, whatever is asked: a mistake heals by itself.
pub const DENIED_FOR_MAX: Duration = Duration::from_secs(24 * 3_600);
/// A network with people who are known is spared for this long after [`crate::Kernel::allow`].
pub const ALLOWED_FOR: Duration = Duration::from_secs(30 * 60);

/// New TCP connections a second from one IPv4 address or one IPv6 /64, and how many may come at once: a school of 1,000
/// pupils stands behind one address, and each browser opens several at the bell.
pub const NEW_CONNECTIONS_PER_SECOND: u32 = 200;
pub const NEW_CONNECTIONS_BURST: u32 = 4_000;

/// How often changes go to the kernel.
pub const APPLY_EVERY: Duration = Duration::from_secs(1);
/// How often the kernel's counters are read, and the table is seen to be there.
pub const COUNT_EVERY: Duration = Duration::from_secs(5);
/// One run of `nft`.
pub const NFT_TIME_MAX: Duration = Duration::from_secs(10);
/// What one run of `nft` may answer.
pub const NFT_ANSWER_BYTES_MAX: usize = 1_024 * 1_024;
