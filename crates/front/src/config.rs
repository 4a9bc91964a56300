use crate::limits as l;
use crate::{Gatekeeper, Hooks, Pages, TlsConfig, plain_pages};
use preau_base::Cidr;
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
    pub connections_per_v6_max: usize,
    pub handshakes_at_once_max: usize,
    pub refusals_at_once_max: usize,
    /// From accept to the complete first header.
    pub first_header: Duration,
    /// From the first byte of a later header to its end.
    pub header: Duration,
    pub idle: Duration,
    pub body: Duration,
    pub write_stall: Duration,
    pub linger: Duration,
    pub drain: Duration,
    pub header_bytes_max: usize,
    pub body_bytes_max: u64,
    /// How often certificate files are looked at.
    pub certificate_check: Duration,
}

impl Default for GuardLimits {
    fn default() -> Self {
        Self {
            connections_max: l::CONNECTIONS_MAX,
            connections_per_v4_max: l::CONNECTIONS_PER_V4_MAX,
            connections_per_v6_max: l::CONNECTIONS_PER_V6_MAX,
            handshakes_at_once_max: l::HANDSHAKES_AT_ONCE_MAX,
            refusals_at_once_max: l::REFUSALS_AT_ONCE_MAX,
            first_header: Duration::from_millis(l::FIRST_HEADER_MS_MAX),
            header: Duration::from_millis(l::HEADER_MS_MAX),
            idle: Duration::from_millis(l::IDLE_MS_MAX),
            body: Duration::from_millis(l::BODY_MS_MAX),
            write_stall: Duration::from_millis(l::WRITE_STALL_MS_MAX),
            linger: Duration::from_millis(l::LINGER_MS_MAX),
            drain: Duration::from_millis(l::DRAIN_MS_MAX),
            header_bytes_max: l::HEADER_BYTES_MAX,
            body_bytes_max: l::BODY_BYTES_MAX,
            certificate_check: Duration::from_millis(l::CERTIFICATE_CHECK_MS),
        }
    }
}
