//! Programs without a page: OBS, say, publishes into a lesson by WHIP (RFC 9725), and a player takes it out by WHEP
//! (draft-ietf-wish-whep). Each is a device of the teacher who has made its key, beside their page, and speaks to the
//! lesson as a page does: what holds for people's devices holds for it. `docs/protocol/whip.md` says what a program sees.

mod attempts;
mod headers;
mod http;
mod offer;
mod problem;
mod running;

pub(crate) use attempts::Attempts;
pub(crate) use http::routes;
pub(crate) use running::Programs;

/// Credentials for the relay, for one person.
#[derive(Clone, Debug)]
pub struct RelayAccess {
    pub username: String,
    pub credential: String,
    /// Where it is reached by UDP as well.
    pub udp_port: Option<u16>,
}
