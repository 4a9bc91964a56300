//! The edge: accept loop, connection guards, TLS, trusted proxies.
//!
//! [`Front::bind`] takes a [`FrontConfig`], [`Front::serve`] an [`axum::Router`]. [`stack`] assembles what a connection
//! goes through, in one function with a reason for each layer. Requests reach the router with [`ClientFacts`] among
//! their extensions and without any forwarding header.

mod acme;
mod admission;
mod body;
mod config;
mod connection;
pub mod consent;
mod counters;
mod descriptors;
mod door;
mod drive;
mod error;
mod front;
mod gatekeeper;
mod guards;
mod hooks;
pub mod hop_by_hop;
mod http1;
mod http2;
pub mod limits;
mod pages;
mod porter;
mod proxies;
mod proxy_header;
pub mod record;
mod redirect;
mod request;
mod socket;
mod stack;
mod stored;
mod tls;
pub mod upstream;
pub mod waiting;
mod wire;

#[cfg(test)]
mod tests;

pub use acme::{AcmeConfig, Challenge};
pub use config::{FrontConfig, GuardLimits, ListenerConfig, ListenerKind};
pub use counters::describe_counters;
pub use descriptors::raise_descriptor_limit;
pub use error::{CertificateError, FrontError};
pub use front::{Drained, Front, FrontHandle};
pub use gatekeeper::{
    Application, Asked, ControlError, GateControl, GateCookie, GateThread, Gatekeeper, GatekeeperConfig, OnSettings,
    find_cookie,
};
pub use hooks::{Bearer, FindBearer, Hooks, Known, Other, OtherEnd, Signs, Stranger, Stream};
pub use pages::{Pages, Refusal, plain_pages};
pub use preau_base::{Cidr, ClientFacts};
pub use proxies::TrustedProxies;
pub use tls::{CertificateFiles, CertificateInfo, CertificateState, SelfSigned, TlsConfig};
