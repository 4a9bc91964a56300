use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// One network, of one of the sizes that are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Net {
    bits: u128,
    pub size: Size,
}

/// What one holder may have: an address of IPv4 stands for a school, a /64 for a home or a classroom, a /56 or /48 for
/// what one customer of a provider gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Size {
    V4,
    V6Bits64,
    V6Bits56,
    V6Bits48,
}

impl Size {
    pub const ALL: [Self; 4] = [Self::V4, Self::V6Bits64, Self::V6Bits56, Self::V6Bits48];

    pub const fn index(self) -> usize {
        self as usize
    }
}

impl Net {
    /// An address of it.
    pub fn address(&self) -> IpAddr {
        match self.size {
            Size::V4 => IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(self.bits).unwrap_or_default())),
            Size::V6Bits64 | Size::V6Bits56 | Size::V6Bits48 => IpAddr::V6(Ipv6Addr::from_bits(self.bits)),
        }
    }
}

/// The networks of an address, the narrowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Nets {
    all: [Net; 3],
    length: usize,
}

impl Nets {
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => {
                let net = Net { bits: u128::from(v4.to_bits()), size: Size::V4 };
                Self { all: [net; 3], length: 1 }
            }
            IpAddr::V6(v6) => {
                let net = |size, host_bits| Net { bits: v6.to_bits() & (u128::MAX << host_bits), size };
                Self { all: [net(Size::V6Bits64, 64), net(Size::V6Bits56, 72), net(Size::V6Bits48, 80)], length: 3 }
            }
        }
    }

    pub fn each(&self) -> &[Net] {
        &self.all[..self.length]
    }

    pub const fn narrowest(&self) -> Net {
        self.all[0]
    }

    pub const fn widest(&self) -> Net {
        self.all[self.length - 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_share_what_they_should() {
        let nets = |text: &str| Nets::of(text.parse().unwrap());
        assert_eq!(nets("192.0.2.1"), nets("::ffff:192.0.2.1"));
        assert_ne!(nets("192.0.2.1"), nets("192.0.2.2"));
        let (home, same, next, site) =
            (nets("2001:db8:1:2::1"), nets("2001:db8:1:2:ffff::"), nets("2001:db8:1:3::"), nets("2001:db8:1:ff00::"));
        assert_eq!(home, same);
        let shared = |a: &Nets, b: &Nets| a.each().iter().filter(|net| b.each().contains(net)).count();
        assert_eq!((shared(&home, &next), shared(&home, &site)), (2, 1));
        assert_eq!(shared(&home, &nets("2001:db8:2::")), 0);
        for net in [nets("192.0.2.1"), home].iter().flat_map(Nets::each) {
            assert!(Nets::of(net.address()).each().contains(net));
        }
    }
}
