//! TURN (RFC 8656) for browsers whose network lets through nothing but TLS to the port of the pages.
//!
//! It relays to the addresses of this node's own media and to nowhere else, so it is no open door: a permission for any
//! other address is refused (403), and each allocation is a socket on the address that media listens on, which talks to
//! media alone.
//!
//! - [`Relay`] is the service: [`Relay::credentials`] for somebody who may enter a lesson, [`Relay::serve_stream`] for a
//!   connection (TCP or TLS, whoever accepted it), [`Relay::serve_udp`] for a socket.
//!   A TURN client on the port of the pages is told by its first byte, which is zero: it sends no ALPN.
//! - The protocol is a state machine without sockets (`session`), over messages (`message`) and frames (`frame`).

mod credentials;
mod frame;
mod limits;
mod message;
mod relay;
mod session;
mod stream;
#[cfg(test)]
mod tests;
mod udp;

pub use credentials::Credentials;
pub use limits::ALLOCATIONS_MAX;
pub use relay::{Relay, Route};
pub use stream::Served;
