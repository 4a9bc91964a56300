use crate::guards::Size;
use crate::limits as l;
use crate::{Gatekeeper, Hooks, Pages, TlsConfig, plain_pages};
use preau_base::Cidr;
use preau_gate::budget::Allowance;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// What one listener does with its connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ListenerKind {
    /// The application over plain HTTP/1.1: on loopback, or behind a trusted proxy.
    Plain,
    /// The application over TLS, HTTP/2 or HTTP/1.1 by ALPN.
    Tls,
    /// Plain HTTP that sends everybody to HTTPS, and answers http-01 challenges.
    Redirect,
}

impl ListenerKind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Tls => "tls",
            Self::Redirect => "redirect",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListenerConfig {
    pub address: SocketAddr,
    pub kind: ListenerKind,
    /// Connections of trusted proxies begin with a PROXY header (HAProxy, versions 1 and 2), which tells the client.
    /// A connection of anybody else is refused if it begins so.
    pub proxy_protocol: bool,
}

impl ListenerConfig {
    /// A listener without the PROXY protocol.
    pub const fn new(address: SocketAddr, kind: ListenerKind) -> Self {
        Self { address, kind, proxy_protocol: false }
    }
}

/// What [`Front::bind`](crate::Front::bind) takes.
#[derive(Clone)]
pub struct FrontConfig {
    pub listeners: Vec<ListenerConfig>,
    pub tls: TlsConfig,
    /// Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<Cidr>,
    pub limits: GuardLimits,
    /// The pages of refusals; [`plain_pages`] by default.
    pub pages: Pages,
    /// The port that browsers reach HTTPS at, where it is not the port of the TLS listener (a router in between).
    pub public_https_port: Option<u16>,
    pub hooks: Hooks,
    /// Asked about every request to the application; without it everybody goes straight in. Give it
    /// [`Gatekeeper::hooks`] as well.
    pub gate: Option<Arc<Gatekeeper>>,
}

impl FrontConfig {
    /// Plain HTTP on one address, nothing trusted, default limits.
    pub fn plain(address: SocketAddr) -> Self {
        Self {
            listeners: vec![ListenerConfig::new(address, ListenerKind::Plain)],
            tls: TlsConfig::None,
            trusted_proxies: Vec::new(),
            limits: GuardLimits::default(),
            pages: plain_pages(),
            public_https_port: None,
            hooks: Hooks::default(),
            gate: None,
        }
    }
}

/// The limits of connections and requests; [`crate::limits`] says why they are what they are by default.
#[derive(Clone, Debug)]
pub struct GuardLimits {
    pub connections_max: usize,
    pub connections_per_v4_max: usize,
    /// Of an IPv6 /64.
    pub connections_per_v6_max: usize,
    pub connections_per_v6_56_max: usize,
    pub connections_per_v6_48_max: usize,
    /// Of `connections_max`, what only pass holders may use.
    pub connections_reserve: usize,
    /// From accept to the first request, TLS included, where only a pass gives the right to stay.
    pub probation: Duration,
    /// New connections of one network, by its size.
    pub accepts_of_v4: Allowance,
    pub accepts_of_v6_64: Allowance,
    pub accepts_of_v6_56: Allowance,
    pub accepts_of_v6_48: Allowance,
    /// What an address with people behind it may open beyond these, where only a pass gives the right to stay.
    pub accepts_beyond: Allowance,
    /// New connections of all networks that showed no pass lately.
    pub accepts: Allowance,
    /// How long a network counts as one that showed a pass.
    pub network_known: Duration,
    pub handshakes_at_once_max: usize,
    pub handshakes_waiting_max: usize,
    /// From accept to the end of the TLS handshake.
    pub handshake: Duration,
    /// Without an answer of the client in the middle of a handshake, while others need its place.
    pub half_handshake: Duration,
    pub refusals_at_once_max: usize,
    /// From accept to the complete first header.
    pub first_header: Duration,
    /// From the first byte of a later header to its end.
    pub header: Duration,
    pub idle: Duration,
    /// As `idle`, while places are scarce in all or in one's network, for whoever showed no pass.
    pub idle_when_scarce: Duration,
    pub body: Duration,
    /// A body that somebody reads must go on within this, by [`crate::limits::BODY_BYTES_PER_S_MIN`].
    pub body_window: Duration,
    /// A client that is waited for must take its answer on within this, by [`crate::limits::WRITE_BYTES_PER_S_MIN`].
    pub write_stall: Duration,
    /// Requests over one connection, and over one on which a pass was shown.
    pub requests_max: u64,
    pub requests_with_pass_max: u64,
    pub linger: Duration,
    pub drain: Duration,
    pub header_bytes_max: usize,
    pub body_bytes_max: u64,
    /// How often certificate files are looked at.
    pub certificate_check: Duration,
}

impl GuardLimits {
    /// How many connections there may be before the reserve is touched.
    pub(crate) const fn connections_at_ease(&self) -> usize {
        self.connections_max.saturating_sub(self.connections_reserve)
    }

    /// How many connections of a network may be without a pass, before the rest of its own is for passes.
    pub(crate) const fn without_pass_of(&self, size: Size) -> usize {
        let own = self.connections_of(size);
        own - own / l::PLACES_FOR_PASSES_SHARE
    }

    /// More than this without a pass, and a network is crowded.
    pub(crate) const fn crowd_of(&self, size: Size) -> usize {
        let own = self.connections_of(size);
        own - own / l::CROWDED_SHARE
    }

    pub(crate) const fn connections_of(&self, size: Size) -> usize {
        match size {
            Size::V4 => self.connections_per_v4_max,
            Size::V6Bits64 => self.connections_per_v6_max,
            Size::V6Bits56 => self.connections_per_v6_56_max,
            Size::V6Bits48 => self.connections_per_v6_48_max,
        }
    }
}

impl Default for GuardLimits {
    fn default() -> Self {
        Self {
            connections_max: l::CONNECTIONS_MAX,
            connections_per_v4_max: l::CONNECTIONS_PER_V4_MAX,
            connections_per_v6_max: l::CONNECTIONS_PER_V6_MAX,
            connections_per_v6_56_max: l::CONNECTIONS_PER_V6_56_MAX,
            connections_per_v6_48_max: l::CONNECTIONS_PER_V6_48_MAX,
            connections_reserve: l::CONNECTIONS_RESERVE,
            probation: Duration::from_millis(l::PROBATION_MS_MAX),
            accepts_of_v4: l::ACCEPTS_OF_V4,
            accepts_of_v6_64: l::ACCEPTS_OF_V6_64,
            accepts_of_v6_56: l::ACCEPTS_OF_V6_56,
            accepts_of_v6_48: l::ACCEPTS_OF_V6_48,
            accepts_beyond: l::ACCEPTS_BEYOND,
            accepts: l::ACCEPTS,
            network_known: Duration::from_millis(l::NETWORK_KNOWN_MS),
            handshakes_waiting_max: l::HANDSHAKES_WAITING_MAX,
            handshake: Duration::from_millis(l::HANDSHAKE_MS_MAX),
            half_handshake: Duration::from_millis(l::HALF_HANDSHAKE_MS_MAX),
            handshakes_at_once_max: l::HANDSHAKES_AT_ONCE_MAX,
            refusals_at_once_max: l::REFUSALS_AT_ONCE_MAX,
            first_header: Duration::from_millis(l::FIRST_HEADER_MS_MAX),
            header: Duration::from_millis(l::HEADER_MS_MAX),
            idle: Duration::from_millis(l::IDLE_MS_MAX),
            idle_when_scarce: Duration::from_millis(l::IDLE_WHEN_SCARCE_MS_MAX),
            body: Duration::from_millis(l::BODY_MS_MAX),
            body_window: Duration::from_millis(l::BODY_WINDOW_MS),
            requests_max: l::CONNECTION_REQUESTS_MAX,
            requests_with_pass_max: l::CONNECTION_REQUESTS_WITH_PASS_MAX,
            write_stall: Duration::from_millis(l::WRITE_STALL_MS_MAX),
            linger: Duration::from_millis(l::LINGER_MS_MAX),
            drain: Duration::from_millis(l::DRAIN_MS_MAX),
            header_bytes_max: l::HEADER_BYTES_MAX,
            body_bytes_max: l::BODY_BYTES_MAX,
            certificate_check: Duration::from_millis(l::CERTIFICATE_CHECK_MS),
        }
    }
}
