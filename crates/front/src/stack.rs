//! The road of one connection, from accept to its end.

use crate::connection::{ConnectionState, Protocol};
use crate::drive::{drive, turn_away};
use crate::guards::{Guards, Permit};
use crate::proxies::TrustedProxies;
use crate::request::RequestContext;
use crate::tls::{Tls, TlsError};
use crate::wire::{GuardedIo, Wire};
use crate::{Gatekeeper, GuardLimits, Hooks, ListenerKind, Pages};
use axum::Router;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Instant, timeout_at};

/// How far the process is on its way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Running,
    /// No new connections; what is in flight is finished.
    Draining,
    /// The time to finish is over.
    Cut,
}

/// What all connections share.
pub(crate) struct Shared {
    pub limits: GuardLimits,
    pub guards: Arc<Guards>,
    pub proxies: TrustedProxies,
    pub pages: Pages,
    pub hooks: Hooks,
    pub gate: Option<Arc<Gatekeeper>>,
    pub tls: Option<Arc<Tls>>,
    pub phase: watch::Receiver<Phase>,
}

/// What the connections of one listener share.
pub(crate) struct ListenerContext {
    pub kind: ListenerKind,
    pub shared: Arc<Shared>,
    /// Answers what comes over this listener.
    pub router: Router,
    /// Answers plain HTTP that comes to a TLS listener.
    pub redirect: Router,
}

/// A connection's standing after the caps.
pub(crate) enum Place {
    Admitted(Permit),
    /// No place; gets told so if the permit could be had.
    Refused(OwnedSemaphorePermit),
}

/// Takes one accepted connection through its layers. Their order, and why:
///
/// 1. caps, before the connection costs a task (in the accept loop): a flood from one prefix takes its own places only;
/// 2. one deadline from accept to the complete first header, over all layers below: whether a client is silent at
///    TCP, in the TLS handshake or in its header, it holds its place no longer;
/// 3. TLS: a ClientHello costs no permit, as it costs no cryptography; what follows it does;
/// 4. who has no place gets told here and not earlier: over TLS a page can only be said after the handshake;
/// 5. the guarded socket: counts header bytes, gives up on clients that take nothing, holds the place until closed;
/// 6. HTTP by ALPN; then each request through [`crate::request::answer`].
pub(crate) async fn serve_connection(
    listener: Arc<ListenerContext>,
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
) {
    let shared = &listener.shared;
    let deadline = Instant::now() + shared.limits.first_header;
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "the connection was gone before it began");
        return;
    }
    let opened = match (listener.kind, &shared.tls) {
        (ListenerKind::Tls, Some(tls)) => {
            let opening = open_tls(&listener, tls, stream, matches!(place, Place::Refused(_)));
            match timeout_at(deadline, opening).await {
                Ok(Ok(opened)) => opened,
                Ok(Err(error)) => return error.count(),
                Err(_late) => return TlsError::TooSlow.count(),
            }
        }
        _ => Opened::plain(stream, listener.router.clone()),
    };
    let permit = match place {
        Place::Admitted(permit) => permit,
        Place::Refused(_held) => return turn_away(opened.wire, shared).await,
    };
    let state = ConnectionState::new(opened.protocol, deadline, &shared.limits);
    let io = GuardedIo::new(opened.wire, permit, state.clone(), shared.limits.write_stall);
    // What only redirects costs nothing that a gate could save.
    let gated = listener.kind == ListenerKind::Plain || opened.tls;
    let context = RequestContext { shared: shared.clone(), state, router: opened.router, peer, tls: opened.tls, gated };
    drive(io, Arc::new(context)).await;
}

/// A connection on which HTTP can begin.
struct Opened {
    wire: Wire,
    protocol: Protocol,
    router: Router,
    tls: bool,
}

impl Opened {
    fn plain(stream: TcpStream, router: Router) -> Self {
        Self { wire: Wire::Plain(stream), protocol: Protocol::Http1, router, tls: false }
    }
}

/// Opens a connection to a TLS listener. Somebody who typed `http://host:443` is sent to HTTPS.
async fn open_tls(listener: &ListenerContext, tls: &Tls, stream: TcpStream, refused: bool) -> Result<Opened, TlsError> {
    let mut first = [0];
    let peeked = stream.peek(&mut first).await.map_err(TlsError::Io)?;
    if peeked == 1 && first[0].is_ascii_uppercase() {
        return Ok(Opened::plain(stream, listener.redirect.clone()));
    }
    let stream = tls.accept(stream, &listener.shared.guards.handshakes, refused).await?;
    let http2 = stream.get_ref().1.alpn_protocol() == Some(crate::tls::ALPN_HTTP2);
    Ok(Opened {
        wire: Wire::Tls(Box::new(stream)),
        protocol: if http2 { Protocol::Http2 } else { Protocol::Http1 },
        router: listener.router.clone(),
        tls: true,
    })
}
