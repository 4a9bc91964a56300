//! The road of one connection, from accept to its end.

use crate::connection::{Client, ConnectionState, Protocol, Standing};
use crate::counters::RequestCounts;
use crate::drive::{drive, turn_away};
use crate::guards::{Cap, Guards, Permit, Rank};
use crate::limits as l;
use crate::porter::DateLine;
use crate::proxies::TrustedProxies;
use crate::proxy_header::{self, Told};
use crate::request::RequestContext;
use crate::tls::{Manner, Tls, TlsError};
use crate::wire::{GuardedIo, Watched, Wire};
use crate::{Gatekeeper, GuardLimits, Hooks, ListenerKind, Pages};
use axum::Router;
use preau_gate::Sign;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
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
    pub counts: RequestCounts,
    pub date: DateLine,
    pub tls: Option<Arc<Tls>>,
    pub phase: watch::Receiver<Phase>,
}

/// What the connections of one listener share.
pub(crate) struct ListenerContext {
    pub kind: ListenerKind,
    /// Trusted proxies tell their client before its first byte.
    pub proxy_protocol: bool,
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

/// From when on the deadlines of a connection are counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival {
    accepted: Instant,
    turn: Instant,
}

impl Arrival {
    /// It was accepted then, and what it has not said since, it did not say.
    pub const fn at(accepted: Instant) -> Self {
        Self { accepted, turn: accepted }
    }

    /// It has spoken while it waited for its turn.
    pub fn late(accepted: Instant, turn: Instant) -> Self {
        Self { accepted: turn.min(accepted + Duration::from_millis(l::WAIT_FORGIVEN_MS_MAX)), turn }
    }

    /// When somebody's `patience` is over.
    pub fn until(self, patience: Duration) -> Instant {
        (self.accepted + patience).max(self.turn + patience.min(Duration::from_millis(l::TURN_MS_MIN)))
    }
}

/// Takes one accepted connection through its layers. Their order, and why:
///
/// 1. caps, before the connection costs a task, and its turn ([`crate::door`]): a flood from one prefix takes its own
///    places only, and stands behind others; `arrival` is when that was, and when its turn came where that took long;
/// 2. one deadline from accept to the complete first header, over all layers below: whether a client is silent at
///    TCP, in the TLS handshake or in its header, it holds its place no longer; shorter for whoever is on probation;
/// 3. the PROXY header of a trusted proxy, as it comes before TLS; the caps again, now for the client that it tells;
/// 4. TLS, with a deadline of its own: a ClientHello costs no permit, as it costs no cryptography; what follows it does,
///    and whoever stands still there gives the permit up where others need it;
/// 5. who has no place gets told here and not earlier: over TLS a page can only be said after the handshake;
/// 6. the guarded socket: reads each header before hyper does, gives up on clients that take nothing, holds the place
///    until closed;
/// 7. HTTP by ALPN: over HTTP/1 the porter ([`crate::porter`]) until somebody is let in, then hyper; each request through
///    [`crate::request`].
pub(crate) async fn serve_connection(
    listener: Arc<ListenerContext>,
    mut stream: Watched,
    peer: SocketAddr,
    mut place: Place,
    arrival: Arrival,
) {
    let shared = &listener.shared;
    let shaken = |place: &Place| arrival.until(shared.limits.handshake.min(place.patience(&shared.limits)));
    let until = shaken(&place);
    let told = match told(&listener, &mut stream, peer, &mut place, until).await {
        Ok(told) => told,
        Err(Gone) => return,
    };
    let client = shared.client(peer, told);
    let opened = match (listener.kind, &shared.tls) {
        (ListenerKind::Tls, Some(tls)) => {
            let manner = place.manner();
            let until = shaken(&place);
            match open_tls(&listener, tls, stream, Opening { client: &client, manner, until }).await {
                Ok(opened) => opened,
                Err(error) => return error.tell(&client),
            }
        }
        _ => Opened::plain(stream, listener.router.clone()),
    };
    let patience = place.patience(&shared.limits);
    let permit = match place {
        Place::Admitted(permit) => permit,
        Place::Refused(_held) => return turn_away(opened.wire, shared).await,
    };
    let standing = Standing {
        on_probation: permit.on_probation(),
        scarcity: permit.scarcity(),
        requests_in_flight: shared.counts.in_flight.clone(),
        account: permit.account().clone(),
        watch: opened.wire.watch().clone(),
    };
    let state = ConnectionState::new(opened.protocol, arrival.until(patience), &shared.limits, client, standing);
    let io = GuardedIo::new(opened.wire, permit, state.clone(), shared.limits.write_stall);
    // What only redirects costs nothing that a gate could save.
    let gated = listener.kind == ListenerKind::Plain || opened.tls;
    let (shared, router, tls) = (shared.clone(), opened.router, opened.tls);
    drive(io, Arc::new(RequestContext { shared, state, router, peer, told, tls, gated })).await;
}

/// Nobody is there any more, or should be.
struct Gone;

/// What a trusted proxy tells of its client, where it speaks the PROXY protocol; the place is the client's then.
async fn told(
    listener: &ListenerContext,
    stream: &mut Watched,
    peer: SocketAddr,
    place: &mut Place,
    until: Instant,
) -> Result<Option<Told>, Gone> {
    let shared = &listener.shared;
    if !listener.proxy_protocol || !shared.proxies.contains(peer.ip()) {
        return Ok(None);
    }
    let told = match timeout_at(until, proxy_header::read(stream)).await {
        Ok(Ok(told)) => told,
        Ok(Err(error)) => {
            metrics::counter!("preau_front_refusals_total", "reason" => "proxy_header").increment(1);
            tracing::debug!(%error, "a proxy did not tell its client");
            return Err(Gone);
        }
        Err(_late) => return Err(Gone),
    };
    if let (Place::Admitted(permit), Some(client)) = (&mut *place, told.client)
        && let Err(cap) = permit.is_of(client.ip())
    {
        *place = Place::Refused(shared.refuse(cap, Some(client.ip())).ok_or(Gone)?);
    }
    Ok(Some(told))
}

/// Whom signs are told of; nobody where a proxy brings everybody.
pub(crate) fn client_address(shared: &Shared, peer: SocketAddr, told: Option<Told>) -> Option<IpAddr> {
    match told {
        Some(told) => told.client.map(|client| client.ip().to_canonical()),
        None => Some(peer.ip().to_canonical()).filter(|address| !shared.proxies.contains(*address)),
    }
}

impl Place {
    /// From accept to the complete first header.
    fn patience(&self, limits: &GuardLimits) -> Duration {
        match self {
            Self::Admitted(permit) if permit.on_probation() => limits.probation,
            Self::Admitted(_) | Self::Refused(_) => limits.first_header,
        }
    }

    fn manner(&self) -> Manner {
        match self {
            Self::Admitted(permit) if permit.rank() == Rank::Doubted => Manner::Doubted,
            Self::Admitted(_) => Manner::Welcomed,
            Self::Refused(_) => Manner::Refused,
        }
    }
}

impl Shared {
    /// Whom the signs of a connection are told of.
    pub fn client(&self, peer: SocketAddr, told: Option<Told>) -> Client {
        Client { signs: self.hooks.signs.clone(), address: client_address(self, peer, told) }
    }

    /// Counts a connection for which there is no place; gives leave to say so, while there is any.
    pub fn refuse(&self, cap: Cap, client: Option<IpAddr>) -> Option<OwnedSemaphorePermit> {
        metrics::counter!("preau_front_refusals_total", "reason" => cap.name()).increment(1);
        Client { signs: self.hooks.signs.clone(), address: client }.tell(Sign::ConnectionRefused);
        self.guards.refusal()
    }
}

/// A connection on which HTTP can begin.
struct Opened {
    wire: Wire,
    protocol: Protocol,
    router: Router,
    tls: bool,
}

impl Opened {
    fn plain(stream: Watched, router: Router) -> Self {
        Self { wire: Wire::Plain(stream), protocol: Protocol::Http1, router, tls: false }
    }
}

/// How TLS is to be opened.
struct Opening<'a> {
    client: &'a Client,
    manner: Manner,
    until: Instant,
}

/// Opens a connection to a TLS listener. Somebody who typed `http://host:443` is sent to HTTPS.
async fn open_tls(
    listener: &ListenerContext,
    tls: &Tls,
    stream: Watched,
    opening: Opening<'_>,
) -> Result<Opened, TlsError> {
    let mut first = [0];
    let peeked = timeout_at(opening.until, stream.peek(&mut first)).await.map_err(|_late| TlsError::Silent)?;
    let peeked = peeked.map_err(TlsError::Io)?;
    // A TURN client without TLS begins with a zero byte.
    let is_other = first[0] == 0 && listener.shared.hooks.other.is_some();
    if peeked == 1 && (first[0].is_ascii_uppercase() || is_other) {
        return Ok(Opened::plain(stream, listener.redirect.clone()));
    }
    let turn = listener.shared.guards.handshake(opening.client.address);
    let shaking = tls.accept(stream, turn, opening.manner, listener.shared.limits.half_handshake);
    let stream = timeout_at(opening.until, shaking).await.map_err(|_late| TlsError::TooSlow)??;
    let http2 = stream.get_ref().1.alpn_protocol() == Some(crate::tls::ALPN_HTTP2);
    Ok(Opened {
        wire: Wire::Tls(Box::new(stream)),
        protocol: if http2 { Protocol::Http2 } else { Protocol::Http1 },
        router: listener.router.clone(),
        tls: true,
    })
}
