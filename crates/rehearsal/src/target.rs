//! Whom a rehearsal may reach. An attacker needs an [`OwnTarget`], which exists for this machine only.

use crate::consent::{Asking, Consented};
use crate::namespace::Namespace;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// A server on this machine: 127.0.0.0/8, `::1`, or an address that only exists in a network namespace of the rehearsal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OwnTarget(SocketAddr);

/// Why nothing is sent there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetRefusal {
    #[error("{0} is not on this machine: attackers are played against 127.0.0.0/8 and ::1 only")]
    NotOwn(IpAddr),
    #[error("{name} leads to {address}, which is not on this machine")]
    LeadsElsewhere { name: String, address: IpAddr },
    #[error("{0} leads nowhere")]
    Unknown(String),
    #[error("{0} is no host and port")]
    Malformed(String),
}

impl OwnTarget {
    pub const fn new(address: SocketAddr) -> Result<Self, TargetRefusal> {
        if is_own(address.ip()) { Ok(Self(address)) } else { Err(TargetRefusal::NotOwn(address.ip())) }
    }

    /// The same, or an address of the benchmark range (RFC 2544) and the documentation range (RFC 3849), which the
    /// rehearsal's namespace gives to itself and which lead nowhere from there.
    pub const fn in_namespace(address: SocketAddr, _proof: &Namespace) -> Result<Self, TargetRefusal> {
        if is_own(address.ip()) || is_namespaces(address.ip()) {
            Ok(Self(address))
        } else {
            Err(TargetRefusal::NotOwn(address.ip()))
        }
    }

    /// By name: every address that it leads to must be on this machine, and the first one is kept.
    pub async fn resolve(host_and_port: &str) -> Result<Self, TargetRefusal> {
        let malformed = || TargetRefusal::Malformed(host_and_port.to_owned());
        let (name, _) = host_and_port.rsplit_once(':').ok_or_else(malformed)?;
        let found =
            tokio::net::lookup_host(host_and_port).await.map_err(|_| TargetRefusal::Unknown(name.to_owned()))?;
        Self::of_all(name, found)
    }

    fn of_all(name: &str, found: impl IntoIterator<Item = SocketAddr>) -> Result<Self, TargetRefusal> {
        let mut first = None;
        for address in found {
            let own = Self::new(address)
                .map_err(|_| TargetRefusal::LeadsElsewhere { name: name.to_owned(), address: address.ip() })?;
            first = first.or(Some(own));
        }
        first.ok_or_else(|| TargetRefusal::Unknown(name.to_owned()))
    }

    pub const fn address(self) -> SocketAddr {
        self.0
    }
}

/// Where people go: to a server on this machine, or to one whose operator agrees at this moment.
#[derive(Clone, Debug)]
pub enum Destination {
    Own(OwnTarget),
    Consented(Consented),
    /// One question whether they agree.
    Asking(Asking),
}

impl Destination {
    /// Where a connection may be opened to, now.
    pub fn address(&self) -> Result<SocketAddr, TargetRefusal> {
        match self {
            // Asked again at every connection: the type alone would do, and this costs nothing.
            Self::Own(own) if is_own(own.0.ip()) || is_namespaces(own.0.ip()) => Ok(own.0),
            Self::Own(own) => Err(TargetRefusal::NotOwn(own.0.ip())),
            Self::Asking(asking) => Ok(asking.address()),
            Self::Consented(consented) => {
                consented.address().ok_or_else(|| TargetRefusal::NotOwn(consented.pinned().ip()))
            }
        }
    }

    pub const fn is_own(&self) -> bool {
        matches!(self, Self::Own(_))
    }
}

impl From<OwnTarget> for Destination {
    fn from(own: OwnTarget) -> Self {
        Self::Own(own)
    }
}

/// IPv4 addresses written as IPv6 ones are none of these: a kernel reads them in more than one way.
const fn is_own(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.octets()[0] == 127,
        IpAddr::V6(v6) => v6.to_bits() == Ipv6Addr::LOCALHOST.to_bits(),
    }
}

/// 198.18.0.0/15 and 2001:db8::/32.
const fn is_namespaces(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.to_bits() >> 17 == Ipv4Addr::new(198, 18, 0, 0).to_bits() >> 17,
        IpAddr::V6(v6) => v6.to_bits() >> 96 == 0x2001_0db8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refused(text: &str) -> bool {
        OwnTarget::new(text.parse().unwrap()).is_err()
    }

    #[test]
    fn only_loopback_is_attacked() {
        for own in ["127.0.0.1:80", "127.255.255.254:1", "127.32.0.1:443", "[::1]:443"] {
            assert!(!refused(own), "{own}");
        }
        for other in [
            "10.0.0.1:80",
            "10.255.255.255:80",
            "172.16.0.1:80",
            "192.168.0.1:80",
            "169.254.1.1:80",
            "0.0.0.0:80",
            "255.255.255.255:80",
            "126.255.255.255:80",
            "128.0.0.1:80",
            "198.18.0.1:80",
            "203.0.113.1:443",
            "224.0.0.1:80",
            "[::]:80",
            "[::2]:80",
            "[::ffff:127.0.0.1]:80",
            "[::ffff:10.0.0.1]:80",
            "[::127.0.0.1]:80",
            "[64:ff9b::7f00:1]:80",
            "[2002:7f00:1::]:80",
            "[fe80::1]:80",
            "[fc00::1]:80",
            "[2001:db8::1]:80",
            "[2606:4700::1]:443",
        ] {
            assert!(refused(other), "{other}");
        }
    }

    #[test]
    fn a_name_that_leads_elsewhere_too_is_refused_whole() {
        let addresses = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<SocketAddr>>();
        let of = |texts: &[&str]| OwnTarget::of_all("name", addresses(texts));
        assert!(of(&["127.0.0.1:80", "[::1]:80"]).is_ok());
        assert!(matches!(of(&["127.0.0.1:80", "10.0.0.1:80"]), Err(TargetRefusal::LeadsElsewhere { .. })));
        assert!(matches!(of(&["192.0.2.1:80"]), Err(TargetRefusal::LeadsElsewhere { .. })));
        assert!(matches!(of(&[]), Err(TargetRefusal::Unknown(_))));
    }

    #[tokio::test]
    async fn names_and_texts() {
        assert!(OwnTarget::resolve("127.0.0.1:80").await.is_ok());
        assert!(OwnTarget::resolve("localhost:80").await.is_ok());
        assert!(matches!(OwnTarget::resolve("192.0.2.1:80").await, Err(TargetRefusal::LeadsElsewhere { .. })));
        assert!(matches!(OwnTarget::resolve("nothing").await, Err(TargetRefusal::Malformed(_))));
    }

    proptest! {
        #[test]
        fn every_other_ipv4_address_is_refused(bits in any::<u32>()) {
            let address = Ipv4Addr::from_bits(bits);
            let own = OwnTarget::new(SocketAddr::from((address, 80)));
            prop_assert_eq!(own.is_ok(), address.is_loopback());
            let mapped = OwnTarget::new(SocketAddr::from((address.to_ipv6_mapped(), 80)));
            prop_assert!(mapped.is_err());
        }

        #[test]
        fn every_other_ipv6_address_is_refused(bits in any::<u128>()) {
            prop_assert!(bits == 1 || OwnTarget::new(SocketAddr::from((Ipv6Addr::from_bits(bits), 80))).is_err());
        }
    }
}
