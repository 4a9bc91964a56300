use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

/// Bits of an IPv4 address that stand for one client: all of them.
const CLIENT_V4_BITS: u8 = 32;
/// Bits of an IPv6 address that stand for one client: what a household or a school network gets at the least.
const CLIENT_V6_BITS: u8 = 64;

/// A block of addresses (CIDR, RFC 4632 and RFC 4291 §2.3), such as `10.0.0.0/8` or `2001:db8::/32`.
///
/// IPv4 addresses mapped into IPv6 (`::ffff:10.0.0.1`) count as the IPv4 addresses that they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cidr {
    network: IpAddr,
    bits: u8,
}

/// Why a text is no block of addresses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CidrError {
    #[error("“{0}” is no address; write for example 10.0.0.0/8 or 2001:db8::/32")]
    Address(String),
    #[error("“{text}” has no prefix length between 0 and {bits_max}")]
    Bits { text: String, bits_max: u8 },
    #[error("{address}/{bits} has bits set after its prefix: write {network}/{bits}")]
    HostBits { address: IpAddr, bits: u8, network: IpAddr },
}

impl Cidr {
    /// The block of one client: IPv4 /32, IPv6 /64.
    pub fn of_client(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self { network: IpAddr::V4(v4), bits: CLIENT_V4_BITS },
            IpAddr::V6(v6) => Self { network: IpAddr::V6(mask_v6(v6, CLIENT_V6_BITS)), bits: CLIENT_V6_BITS },
        }
    }

    pub fn new(address: IpAddr, bits: u8) -> Result<Self, CidrError> {
        let bits_max = if address.is_ipv4() { 32 } else { 128 };
        if bits > bits_max {
            return Err(CidrError::Bits { text: format!("{address}/{bits}"), bits_max });
        }
        let network = match address {
            IpAddr::V4(v4) => IpAddr::V4(mask_v4(v4, bits)),
            IpAddr::V6(v6) => IpAddr::V6(mask_v6(v6, bits)),
        };
        if network != address {
            return Err(CidrError::HostBits { address, bits, network });
        }
        match (network.to_canonical(), bits) {
            (IpAddr::V4(v4), 96..) if network.is_ipv6() => Ok(Self { network: IpAddr::V4(v4), bits: bits - 96 }),
            _ => Ok(Self { network, bits }),
        }
    }

    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.network, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(v4)) => mask_v4(v4, self.bits) == network,
            (IpAddr::V6(network), IpAddr::V6(v6)) => mask_v6(v6, self.bits) == network,
            _ => false,
        }
    }

    /// The first address of the block.
    pub const fn network(&self) -> IpAddr {
        self.network
    }

    /// Bits of the prefix.
    pub const fn bits(&self) -> u8 {
        self.bits
    }

    pub const fn is_ipv4(&self) -> bool {
        self.network.is_ipv4()
    }
}

fn mask_v4(address: Ipv4Addr, bits: u8) -> Ipv4Addr {
    let mask = u32::MAX.checked_shl(32 - u32::from(bits.min(32))).unwrap_or(0);
    Ipv4Addr::from_bits(address.to_bits() & mask)
}

fn mask_v6(address: Ipv6Addr, bits: u8) -> Ipv6Addr {
    let mask = u128::MAX.checked_shl(128 - u32::from(bits.min(128))).unwrap_or(0);
    Ipv6Addr::from_bits(address.to_bits() & mask)
}

impl FromStr for Cidr {
    type Err = CidrError;

    /// `address/bits`, or an address alone for itself.
    fn from_str(text: &str) -> Result<Self, CidrError> {
        let (address_text, bits_text) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address_text.parse().map_err(|_| CidrError::Address(text.to_owned()))?;
        let bits_max = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits_text {
            None => bits_max,
            Some(bits) => bits.parse().map_err(|_| CidrError::Bits { text: text.to_owned(), bits_max })?,
        };
        Self::new(address, bits)
    }
}

impl TryFrom<String> for Cidr {
    type Error = CidrError;
    fn try_from(text: String) -> Result<Self, CidrError> {
        text.parse()
    }
}

impl From<Cidr> for String {
    fn from(cidr: Cidr) -> Self {
        cidr.to_string()
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.bits)
    }
}

/// What the edge knows about who sent a request; a request extension. Addresses do not print in debug output.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ClientFacts {
    /// The other end of the connection: the client, or the proxy in front of us.
    pub peer: SocketAddr,
    /// The client, as told by trusted proxies only; IPv4 where it is mapped into IPv6.
    pub address: IpAddr,
    /// The browser speaks TLS, with us or with a trusted proxy.
    pub secure: bool,
    /// The block that budgets are kept for: IPv4 /32, IPv6 /64 of `address`.
    pub prefix: Cidr,
}

impl fmt::Debug for ClientFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientFacts").field("secure", &self.secure).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, inside: &[&str], outside: &[&str]) {
        let cidr: Cidr = text.parse().unwrap();
        for address in inside {
            assert!(cidr.contains(address.parse().unwrap()), "{address} in {text}");
        }
        for address in outside {
            assert!(!cidr.contains(address.parse().unwrap()), "{address} not in {text}");
        }
    }

    #[test]
    fn contains_its_addresses_only() {
        check("10.0.0.0/8", &["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"], &["11.0.0.0", "::a00:1"]);
        check("192.0.2.7", &["192.0.2.7"], &["192.0.2.6"]);
        check("0.0.0.0/0", &["255.255.255.255"], &["::1"]);
        check("2001:db8::/32", &["2001:db8:ffff::1"], &["2001:db9::"]);
        check("::/0", &["2001:db8::"], &["10.0.0.1"]);
        check("::ffff:10.0.0.0/104", &["10.1.1.1"], &["11.0.0.0"]);
    }

    #[test]
    fn refuses_with_a_hint() {
        let error = |text: &str| text.parse::<Cidr>().unwrap_err().to_string();
        assert_eq!(error("10.1.2.3/8"), "10.1.2.3/8 has bits set after its prefix: write 10.0.0.0/8");
        assert!(error("10.0.0.0/33").contains("between 0 and 32"));
        assert!(error("école").contains("is no address"));
        assert!(error("").contains("is no address"));
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,60}") {
            let _ = text.parse::<Cidr>();
        }

        #[test]
        fn reads_back(bits in any::<u128>(), v4 in any::<bool>()) {
            let address = if v4 { IpAddr::V4(Ipv4Addr::from_bits(bits as u32)) } else { IpAddr::V6(Ipv6Addr::from_bits(bits)) };
            let cidr = Cidr::of_client(address);
            prop_assert!(cidr.contains(address));
            prop_assert_eq!(cidr.to_string().parse::<Cidr>(), Ok(cidr));
        }
    }
}
