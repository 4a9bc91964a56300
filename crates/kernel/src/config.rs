use crate::Why;
use crate::limits as l;
use preau_base::Cidr;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;

/// What the kernel is to do.
#[derive(Clone, Debug)]
pub struct KernelConfig {
    /// The TCP ports that we listen on, as they are on the wire: nothing else is touched.
    pub ports: Vec<u16>,
    /// Networks that are neither denied nor metered: proxies in front of us, and loopback unless it is left out.
    pub never: Vec<Cidr>,
    /// Rate of new connections from one source; `None` for no meter.
    pub meter: Option<Meter>,
    /// The interface whose driver is to drop what is denied; needs the feature `xdp`.
    pub interface: Option<String>,
    /// The program; looked for where it usually is when empty.
    pub nft: Option<PathBuf>,
}

/// How fast one IPv4 address or one IPv6 /64 may open TCP connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meter {
    pub per_second: u32,
    pub burst: u32,
}

impl KernelConfig {
    /// Loopback and these proxies are never touched; the meter has its default.
    pub fn new(ports: Vec<u16>, proxies: Vec<Cidr>) -> Self {
        let loopback =
            [Cidr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), 8), Cidr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 128)];
        let never = loopback.into_iter().flatten().chain(proxies).collect();
        let meter = Meter { per_second: l::NEW_CONNECTIONS_PER_SECOND, burst: l::NEW_CONNECTIONS_BURST };
        Self { ports, never, meter: Some(meter), interface: None, nft: None }
    }

    pub(crate) fn check(&self) -> Result<(), Why> {
        let bad = |what: &'static str| Err(Why::Config(what));
        match self {
            _ if self.ports.is_empty() || self.ports.contains(&0) => bad("no port to guard"),
            _ if self.ports.len() > l::PORTS_MAX => bad("too many ports"),
            _ if self.never.len() > l::NEVER_MAX => bad("too many networks that are never to be denied"),
            Self { meter: Some(Meter { per_second: 0, .. } | Meter { burst: 0, .. }), .. } => {
                bad("a meter that lets nobody in")
            }
            _ => Ok(()),
        }
    }
}
