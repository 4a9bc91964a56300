//! WebSockets on their way through: with a pass, from a page of the site itself, so many bytes a second.

use super::body::{AnswerBody, AskedBody, Progress};
use super::error::Failure;
use super::failure::Trouble;
use super::forward::{FromUpstream, failed};
use super::headers::{ask_for_websocket, comes_from, from_upstream, to_upstream};
use super::tunnels::TunnelPlace;
use super::{Upstream, UpstreamLimits};
use crate::hop_by_hop::opens_websocket;
use axum::body::Body as AnyBody;
use http::header::{CONNECTION, UPGRADE};
use http::uri::Authority;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use preau_base::ClientFacts;
use preau_gate::{HolderKey, Shown};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, split};
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// One piece of a WebSocket's bytes on its way.
const PIECE_BYTES: usize = 16 * 1_024;
/// How long a WebSocket may outlive the sign-out of whoever opened it.
const SIGN_OUT_CHECK: Duration = Duration::from_secs(2);
/// How far a client may run ahead of its rate.
const AHEAD: Duration = Duration::from_secs(2);

pub(super) async fn open(
    upstream: &Arc<Upstream>,
    mut request: Request<AnyBody>,
    host: &Authority,
    client: &ClientFacts,
) -> Result<Response<AnyBody>, Trouble> {
    if *request.method() != Method::GET {
        return Err(Trouble::Method);
    }
    let Shown::Valid(holder) = upstream.learning.shown(request.headers(), client, upstream.clock.now()) else {
        return Err(Trouble::NoPass);
    };
    if !comes_from(request.headers(), host, client.secure) {
        return Err(Trouble::Origin);
    }
    let place = upstream.tunnels.take(holder.key).ok_or(Trouble::Busy)?;
    let browser = hyper::upgrade::on(&mut request);
    let (mut parts, _no_body) = request.into_parts();
    to_upstream(&mut parts, host, client, &upstream.policy);
    ask_for_websocket(&mut parts.headers);
    let progress = Progress::begin();
    let request = Request::from_parts(parts, AskedBody::empty(progress.clone()));
    let mut response = ask(upstream, request).await.map_err(|failure| {
        failed(&failure);
        Trouble::from(&failure)
    })?;
    let granted = response.status() == StatusCode::SWITCHING_PROTOCOLS;
    if granted && !opens_websocket(response.headers()) {
        failed(&Failure::Nonsense("it switches to another protocol than the one asked for"));
        return Err(Trouble::Down);
    }
    let application = hyper::upgrade::on(&mut response);
    let (mut parts, body) = response.into_parts();
    from_upstream(&mut parts, host, client, &upstream.policy);
    parts.extensions.insert(FromUpstream);
    if !granted {
        let end = progress.begun() + upstream.limits.total;
        let body = AnswerBody::new(body, None, upstream.limits.stall, end);
        return Ok(Response::from_parts(parts, AnyBody::new(body)));
    }
    parts.headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    parts.headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    tokio::spawn(carry(browser, application, upstream.clone(), holder.key, place));
    Ok(Response::from_parts(parts, AnyBody::empty()))
}

async fn ask(upstream: &Upstream, request: Request<AskedBody>) -> Result<Response<hyper::body::Incoming>, Failure> {
    let mut sender = upstream.pool.dial().await?;
    match timeout(upstream.limits.head, sender.send_request(request)).await {
        Ok(answered) => answered.map_err(Failure::Broken),
        Err(_late) => Err(Failure::HeadTooSlow),
    }
}

/// Carries bytes both ways until one side closes, nothing is said for too long, the holder of the pass signs out, or the
/// process stops.
async fn carry(
    browser: OnUpgrade,
    application: OnUpgrade,
    upstream: Arc<Upstream>,
    holder: HolderKey,
    _place: TunnelPlace,
) {
    let limits = &upstream.limits;
    let mut closing = upstream.closing.subscribe();
    let both = timeout(limits.head, async { tokio::try_join!(browser, application) });
    let Ok(Ok((browser, application))) = both.await else { return };
    metrics::gauge!("preau_upstream_tunnels_open").increment(1);
    let said = Progress::begin();
    tokio::select! {
        () = both_ways(browser, application, limits, &said) => {}
        () = silence(&said, limits.tunnel_idle) => {}
        () = signed_out(&upstream, holder) => {}
        _ = closing.wait_for(|closing| *closing) => {}
    }
    metrics::gauge!("preau_upstream_tunnels_open").decrement(1);
}

async fn both_ways(browser: Upgraded, application: Upgraded, limits: &UpstreamLimits, said: &Progress) {
    let (from_browser, to_browser) = split(TokioIo::new(browser));
    let (from_application, to_application) = split(TokioIo::new(application));
    // Either end closed is the end of both: a WebSocket has no half that goes on.
    tokio::select! {
        _ = pump(from_browser, to_application, said, Some(limits.tunnel_bytes_per_s_max)) => {}
        _ = pump(from_application, to_browser, said, None) => {}
    }
}

async fn pump<R, W>(mut from: R, mut to: W, said: &Progress, bytes_per_s_max: Option<u64>) -> io::Result<()>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let mut piece = vec![0; PIECE_BYTES];
    // When all that was taken so far would have come at the permitted rate.
    let mut due = Instant::now();
    loop {
        let read = from.read(&mut piece).await?;
        said.touch();
        let Some(bytes) = piece.get(..read).filter(|bytes| !bytes.is_empty()) else { return to.shutdown().await };
        if let Some(rate) = bytes_per_s_max {
            due = due.max(Instant::now()) + Duration::from_secs_f64(read as f64 / rate.max(1) as f64);
            sleep_until(due.checked_sub(AHEAD).unwrap_or(due)).await;
        }
        to.write_all(bytes).await?;
        to.flush().await?;
    }
}

async fn signed_out(upstream: &Upstream, holder: HolderKey) {
    while !upstream.learning.has_ended(holder) {
        sleep(SIGN_OUT_CHECK).await;
    }
}

async fn silence(said: &Progress, idle_max: Duration) {
    while said.last() + idle_max > Instant::now() {
        sleep_until(said.last() + idle_max).await;
    }
}
