use http::HeaderMap;
use preau_gate::Sign;
use std::net::IpAddr;
use std::sync::Arc;

/// What whoever judges gives to the edge, and takes from it.
#[derive(Clone)]
pub struct Hooks {
    /// Called wherever a connection or a request ends as one of the gate's signs tells, with the client's address as
    /// far as it is known by then: that of the connection or of the PROXY header, or the one of a request's facts.
    /// On the hot path of attacks: it must not block.
    pub signs: Signs,
    /// Whether these headers carry a valid pass. Asked once for the first request of a connection, and when a
    /// connection has come to its limit of requests.
    pub has_pass: HasPass,
}

pub type Signs = Arc<dyn Fn(Sign, IpAddr) + Send + Sync>;
pub type HasPass = Arc<dyn Fn(&HeaderMap) -> bool + Send + Sync>;

impl Default for Hooks {
    /// Nobody listens, and nobody has a pass.
    fn default() -> Self {
        Self { signs: Arc::new(|_, _| ()), has_pass: Arc::new(|_| false) }
    }
}

impl std::fmt::Debug for Hooks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hooks")
    }
}
