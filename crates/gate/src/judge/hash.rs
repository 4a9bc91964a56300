//! Hashes for tables in memory. A seed that nobody outside knows keeps others from choosing values that meet.

use preau_base::Cidr;
use std::net::IpAddr;

/// Odd constants of splitmix64 (Steele et al. 2014).
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
const MIX: u64 = 0xbf58_476d_1ce4_e5b9;
const MIX_AGAIN: u64 = 0x94d0_49bb_1331_11eb;

pub(super) const fn mix(seed: u64, value: u64) -> u64 {
    let mut z = (seed ^ value).wrapping_add(STEP);
    z = (z ^ (z >> 30)).wrapping_mul(MIX);
    z = (z ^ (z >> 27)).wrapping_mul(MIX_AGAIN);
    z ^ (z >> 31)
}

pub(super) fn of_bytes(seed: u64, bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut hash = mix(seed, bytes.len() as u64);
    for word in words {
        hash = mix(hash, u64::from_le_bytes(*word));
    }
    let tail = rest.iter().fold(0_u64, |tail, byte| tail << 8 | u64::from(*byte));
    mix(hash, tail)
}

pub(super) fn of_network(seed: u64, network: Cidr) -> u64 {
    let bits = match network.network() {
        IpAddr::V4(v4) => u128::from(v4.to_bits()) | 1 << 127,
        IpAddr::V6(v6) => v6.to_bits(),
    };
    mix(mix(mix(seed, (bits >> 64) as u64), bits as u64), u64::from(network.bits()))
}
