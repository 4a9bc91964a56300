use crate::draw::Draw;
use crate::limits as l;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The kinds of networks that people come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NetworkKind {
    /// A household with an IPv6 /64.
    Home,
    /// Pupils who sit in a school behind one IPv4 address.
    School,
    /// A boarding school: the same, all evening.
    Boarding,
    /// An address of a mobile operator that many phones share.
    Carrier,
}

/// One network; people of the same network come from the same prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network {
    pub kind: NetworkKind,
    pub number: u32,
}

impl Network {
    /// `home` is drawn for a household, so that all of it is in one network.
    pub(crate) const fn of(number: u32, home: Draw) -> Self {
        let roll = home.below(1, 1_000);
        // A kind that takes a share of all people fills one of its networks over that many more numbers.
        const fn spread(people: u32, permille: u64) -> u32 {
            (people as u64 * 1_000 / permille) as u32
        }
        const BOARDING_PERMILLE: u64 = 1_000 - l::HOMES_PERMILLE - l::CARRIER_PERMILLE - l::SCHOOLS_PERMILLE;
        if roll < l::HOMES_PERMILLE {
            Self { kind: NetworkKind::Home, number: number / l::PEOPLE_PER_HOME }
        } else if roll < l::HOMES_PERMILLE + l::CARRIER_PERMILLE {
            let each = spread(l::PEOPLE_PER_CARRIER_ADDRESS, l::CARRIER_PERMILLE);
            Self { kind: NetworkKind::Carrier, number: number / each }
        } else if roll < l::HOMES_PERMILLE + l::CARRIER_PERMILLE + l::SCHOOLS_PERMILLE {
            let each = spread(l::PEOPLE_PER_SCHOOL, l::SCHOOLS_PERMILLE);
            Self { kind: NetworkKind::School, number: number / each }
        } else {
            let each = spread(l::PEOPLE_PER_BOARDING, BOARDING_PERMILLE);
            Self { kind: NetworkKind::Boarding, number: number / each }
        }
    }

    /// An address in it, from ranges that are nobody's (RFC 3849, RFC 2544, RFC 6598). `device` tells the devices of a
    /// home apart. Homes are given a /56 each, as RIPE-690 recommends, so 256 of them are neighbours in a /48.
    pub const fn address(&self, device: u16) -> IpAddr {
        let n = self.number;
        match self.kind {
            NetworkKind::Home => {
                let prefix = 0x2001_0db8_u128 << 96 | ((n & 0xff_ffff) as u128) << 72;
                IpAddr::V6(Ipv6Addr::from_bits(prefix | (device as u128 + 1)))
            }
            NetworkKind::School => IpAddr::V4(Ipv4Addr::from_bits(0xc612_0000 | (n & 0xffff))),
            NetworkKind::Boarding => IpAddr::V4(Ipv4Addr::from_bits(0xc613_0000 | (n & 0xffff))),
            NetworkKind::Carrier => IpAddr::V4(Ipv4Addr::from_bits(0x6440_0000 | (n & 0x3f_ffff))),
        }
    }

    /// An address of 127.0.0.0/8 that stands for this network on one machine. Homes have one each, up to four million
    /// of them.
    pub const fn loopback(&self) -> Ipv4Addr {
        let n = self.number;
        let bits = match self.kind {
            NetworkKind::Home => 0x7f40_0000 | (n & 0x3f_ffff),
            NetworkKind::School => 0x7f20_0001 + (n & 0xffff),
            NetworkKind::Boarding => 0x7f21_0001 + (n & 0xffff),
            NetworkKind::Carrier => 0x7f22_0001 + (n & 0xffff),
        };
        Ipv4Addr::from_bits(bits)
    }
}
