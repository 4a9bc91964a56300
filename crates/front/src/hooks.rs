use http::HeaderMap;
use preau_gate::{HolderKey, Sign};
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};

/// What whoever judges gives to the edge, and takes from it.
#[derive(Clone)]
pub struct Hooks {
    /// Called wherever a connection or a request ends as one of the gate's signs tells, with the client's address as
    /// far as it is known by then: that of the connection or of the PROXY header, or the one of a request's facts.
    /// On the hot path of attacks: it must not block.
    pub signs: Signs,
    /// Whose valid pass these headers carry. Asked for the first request of a connection, and for those of a connection
    /// that may stay only with a pass.
    pub bearer: FindBearer,
    /// Whether people with valid passes came from there in the last days. Asked for each connection, on the door's thread.
    pub known: Known,
    /// Serves a connection that begins with a zero byte, which no HTTP request does: a TURN client. Without it, such a
    /// connection is a bad request.
    pub other: Option<Other>,
}

/// A connection that is no HTTP, plain or out of TLS.
pub struct Stranger {
    pub stream: Box<dyn Stream>,
    /// Whose it is, as far as a trusted proxy or the kernel tells.
    pub client: SocketAddr,
    /// What was read of it.
    pub early: Vec<u8>,
}

/// Both directions of a connection.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Who shows a valid pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// The person: one, on however many browsers.
    pub holder: HolderKey,
    /// Earned or renewed within [`preau_gate::limits::PASS_RECENT`].
    pub is_recent: bool,
}

pub type Signs = Arc<dyn Fn(Sign, IpAddr) + Send + Sync>;
pub type Known = Arc<dyn Fn(IpAddr) -> bool + Send + Sync>;
/// What a connection that is no HTTP was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherEnd {
    /// Somebody we know: it counts as a request that was answered.
    Known,
    /// It ended before anything could be said of it.
    Nothing,
    /// It counts as a bad request.
    Abuse,
}

/// Serves a connection to its end.
pub type Other = Arc<dyn Fn(Stranger) -> Pin<Box<dyn Future<Output = OtherEnd> + Send>> + Send + Sync>;
pub type FindBearer = Arc<dyn Fn(&HeaderMap) -> Option<Bearer> + Send + Sync>;

impl Default for Hooks {
    /// Nobody listens, nobody has a pass, and no network is known.
    fn default() -> Self {
        Self { signs: Arc::new(|_, _| ()), bearer: Arc::new(|_| None), known: Arc::new(|_| false), other: None }
    }
}

impl std::fmt::Debug for Hooks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hooks")
    }
}
