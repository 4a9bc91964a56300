//! The blocks of addresses that the gate keeps its books by.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A block of addresses: IPv4 /24 and /32, IPv6 /48, /56 and /64. Sixteen bytes, cheap to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Network {
    /// The upper 64 bits of an IPv6 network, or an IPv4 network in the lower 32 bits.
    bits: u64,
    len: u8,
}

/// The networks that one client stands in, narrow first: one for IPv4, three for IPv6.
#[derive(Clone, Copy, Debug)]
pub(super) struct Levels {
    networks: [Network; 3],
    count: usize,
}

impl Network {
    fn v4(address: Ipv4Addr, len: u8) -> Self {
        Self { bits: u64::from(address.to_bits()) & (u64::MAX << (32 - len)), len }
    }

    fn v6(address: Ipv6Addr, len: u8) -> Self {
        Self { bits: ((address.to_bits() >> 64) as u64) & (u64::MAX << (64 - len)), len }
    }

    /// The network that counts as one place where a person is: IPv4 /24, IPv6 /48.
    ///
    /// Wider than what budgets are kept for: a mobile operator hands a telephone another address of the same pool at
    /// each new attachment (RFC 6888), mostly one of the same /24, and another /64 of the same site.
    pub fn site(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self::v4(v4, 24),
            IpAddr::V6(v6) => Self::v6(v6, 48),
        }
    }

    /// The network as one number, for those who only compare: the waiting room and the judge. No IPv6 network that is
    /// routed has the number of an IPv4 one: those would begin with 32 bits of zero.
    pub const fn number(self) -> u64 {
        self.bits
    }

    /// A short hash, for lists of networks that a pass was seen in.
    pub fn mark(self) -> u32 {
        (mix(self.bits ^ u64::from(self.len)) >> 32) as u32
    }

    pub const fn len(self) -> u8 {
        self.len
    }
}

impl Levels {
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self { networks: [Network::v4(v4, 32); 3], count: 1 },
            IpAddr::V6(v6) => Self { networks: [64, 56, 48].map(|len| Network::v6(v6, len)), count: 3 },
        }
    }

    /// IPv4 /32 or IPv6 /64: one home, one telephone, or one school.
    pub const fn narrow(&self) -> Network {
        self.networks[0]
    }

    pub fn all(&self) -> &[Network] {
        &self.networks[..self.count]
    }
}

/// Spreads the bits of a number (the finalizer of splitmix64, Steele et al. 2014).
pub(crate) const fn mix(number: u64) -> u64 {
    let z = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_client_stands_in_its_networks() {
        let check = |address: &str, neighbour: &str, shared: &[u8], same_site: bool| {
            let [one, two] = [address, neighbour].map(|text| text.parse::<IpAddr>().unwrap());
            let (of_one, of_two) = (Levels::of(one), Levels::of(two));
            let both = of_one.all().iter().filter(|network| of_two.all().contains(network));
            assert_eq!(both.map(|network| network.len()).collect::<Vec<_>>(), shared, "{address} {neighbour}");
            assert_eq!(Network::site(one) == Network::site(two), same_site, "{address} {neighbour}");
        };
        check("192.0.2.7", "::ffff:192.0.2.7", &[32], true);
        check("192.0.2.7", "192.0.2.8", &[], true);
        check("192.0.2.7", "192.0.3.7", &[], false);
        check("2001:db8:1:2345::9", "2001:db8:1:2345:8000::", &[64, 56, 48], true);
        check("2001:db8:1:2345::9", "2001:db8:1:23ff::", &[56, 48], true);
        check("2001:db8:1:2345::9", "2001:db8:1::", &[48], true);
        check("2001:db8:1:2345::9", "2001:db8:2:2345::9", &[], false);
    }
}
