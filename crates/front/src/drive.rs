//! Runs HTTP on one connection under its deadlines.

use crate::connection::{ConnectionState, Late, Protocol};
use crate::limits as l;
use crate::porter::{Left, Porter};
use crate::request::{RequestContext, answer};
use crate::stack::{Phase, Shared};
use crate::wire::GuardedIo;
use crate::{GuardLimits, OtherEnd, Refusal, Stranger, pages};
use http::StatusCode;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use preau_gate::Sign;
use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{sleep_until, timeout};

/// How a connection, or its time with the porter, came to its end.
enum End<T> {
    Closed(T),
    /// Its patience over.
    Late(Late),
    /// The process stops and the time to finish is over.
    Cut,
}

pub(crate) async fn drive(io: GuardedIo, context: Arc<RequestContext>) {
    match context.state.protocol() {
        Protocol::Http1 => drive_http1(io, context).await,
        Protocol::Http2 => drive_http2(io, context).await,
    }
}

async fn drive_http1(mut io: GuardedIo, context: Arc<RequestContext>) {
    // Where places are scarce, only a pass gives the right to stay, and a pass is shown over HTTP.
    if context.shared.hooks.other.is_some() && !context.state.on_probation() {
        io.allow_other();
    }
    let (io, verdict) = match Porter::gate_of(&context) {
        None => (io, None),
        Some(gate) => {
            let mut porter = Porter::new(io, context.clone(), gate);
            match run(Pin::new(&mut porter), &context.state, context.shared.phase.clone()).await {
                End::Closed(Left::Inside(verdict)) => (porter.into_io(), verdict),
                End::Closed(Left::Closed) => {
                    let mut io = porter.into_io();
                    let early = io.early();
                    if !early.is_empty() {
                        return serve_other(io, early, &context).await;
                    }
                    return leave(io, End::Closed(Ok(())), &context).await;
                }
                End::Late(late) => return leave(porter.into_io(), End::Late(late), &context).await,
                End::Cut => return,
            }
        }
    };
    // Of the first request that hyper reads.
    let verdict = Arc::new(Mutex::new(verdict));
    let of_service = context.clone();
    let service = service_fn(move |request: http::Request<Incoming>| {
        let (context, verdict) = (of_service.clone(), verdict.lock().unwrap_or_else(PoisonError::into_inner).take());
        async move { Ok::<_, Infallible>(answer(context, request, verdict).await) }
    });
    let mut connection =
        http1_settings(&context.shared.limits).serve_connection(TokioIo::new(io), service).with_upgrades();
    let end = run(Pin::new(&mut connection), &context.state, context.shared.phase.clone()).await;
    // Nothing comes back after an upgrade: the socket is the application's then.
    let Some(parts) = connection.into_parts() else { return };
    let mut io = parts.io.into_inner();
    let early = io.early();
    if !early.is_empty() {
        return serve_other(io, early, &context).await;
    }
    leave(io, end, &context).await;
}

/// Gives a connection that is no HTTP to whoever serves it, within its place.
async fn serve_other(io: GuardedIo, early: Vec<u8>, context: &RequestContext) {
    let Some(other) = &context.shared.hooks.other else { return };
    let (wire, permit) = io.into_parts();
    wire.watch().end();
    let client = context.told.and_then(|told| told.client).unwrap_or(context.peer);
    let mut phase = context.shared.phase.clone();
    tokio::select! {
        end = other(Stranger { stream: Box::new(wire), client, early }) => match end {
            OtherEnd::Known => context.state.answered(StatusCode::OK),
            OtherEnd::Nothing => {}
            OtherEnd::Abuse => context.state.tell(Sign::BadRequest),
        },
        _ = phase.wait_for(|phase| *phase == Phase::Cut) => {}
    }
    drop(permit);
}

/// Says the last word over HTTP/1, where there is one to say, and closes.
async fn leave(io: GuardedIo, end: End<hyper::Result<()>>, context: &RequestContext) {
    let (shared, state) = (&context.shared, &context.state);
    let (wire, permit) = io.into_parts();
    tell(&end, state, context.tls);
    let last_word = refusal_at(&end, state).map(|refusal| {
        metrics::counter!("preau_front_refusals_total", "reason" => refusal.reason()).increment(1);
        pages::raw_http1(&shared.pages, refusal)
    });
    match (last_word, end) {
        (Some(page), _) => wire.farewell(&page, shared.limits.linger).await,
        (None, End::Closed(_)) if state.lingers() => wire.farewell(&[], shared.limits.linger).await,
        (None, End::Late(_)) => wire.farewell(&[], Duration::from_millis(l::HTTP2_GOODBYE_MS_MAX)).await,
        (None, End::Closed(_) | End::Cut) => (),
    }
    drop(permit);
}

/// Tells how a connection ended, if it ended as an honest one seldom does.
fn tell(end: &End<hyper::Result<()>>, state: &ConnectionState, tls: bool) {
    let sign = match end {
        End::Closed(Err(error)) if state.abuse().is_some() || is_abuse(error) => Some(Sign::Http2Abuse),
        End::Late(Late::Header) => Some(Sign::SlowHeader),
        End::Late(Late::Taking) => Some(Sign::SlowRead),
        End::Late(Late::Idle) | End::Closed(_) if tls && state.said_nothing() => Some(Sign::HandshakeOnly),
        End::Late(Late::Idle) if state.said_nothing() => Some(Sign::Silent),
        End::Closed(Err(error)) if error.is_parse_too_large() => Some(Sign::HeaderTooLarge),
        End::Closed(Err(error)) if error.is_parse() => Some(Sign::BadRequest),
        End::Late(Late::Idle) | End::Closed(_) | End::Cut => None,
    };
    if let Some(abuse) = state.abuse() {
        metrics::counter!("preau_front_refusals_total", "reason" => abuse.name()).increment(1);
    }
    if let Some(fault) = state.fault() {
        tracing::debug!(why = fault.why(), "a request was refused");
        state.tell(fault.sign());
    } else if let Some(sign) = sign {
        state.tell(sign);
    }
}

/// h2 ended the connection for what the client did.
fn is_abuse(error: &hyper::Error) -> bool {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<h2::Error>());
    source.is_some_and(|error| error.is_library())
}

/// What a client is told whose request could not be read. A client that sent nothing at all is told nothing: browsers
/// open connections in advance, and some would show the page of one that they never used.
fn refusal_at(end: &End<hyper::Result<()>>, state: &ConnectionState) -> Option<Refusal> {
    match end {
        End::Late(Late::Header) => Some(Refusal::HeaderTooSlow),
        End::Closed(_) if state.refusal().is_some() => state.refusal(),
        End::Closed(Err(error)) if state.is_mute() && error.is_parse_too_large() => Some(Refusal::HeaderTooLarge),
        End::Closed(Err(error)) if state.is_mute() && error.is_parse() => Some(Refusal::BadRequest),
        _ => None,
    }
}

async fn drive_http2(io: GuardedIo, context: Arc<RequestContext>) {
    let (shared, state, tls) = (context.shared.clone(), context.state.clone(), context.tls);
    let service = service_fn(move |request: http::Request<Incoming>| {
        let context = context.clone();
        async move { Ok::<_, Infallible>(answer(context, request, None).await) }
    });
    let mut connection = pin!(http2_settings(&shared.limits).serve_connection(TokioIo::new(io), service));
    let end = run(connection.as_mut(), &state, shared.phase.clone()).await;
    tell(&end, &state, tls);
    if let End::Late(_) = end {
        // GOAWAY first, so that a request that crosses it is sent again by the browser and not lost.
        connection.as_mut().graceful_shutdown();
        let _closed_or_not = timeout(Duration::from_millis(l::HTTP2_GOODBYE_MS_MAX), connection).await;
    }
}

/// A connection that can be told to end after what is in flight.
trait Endable: Future {
    fn end(self: Pin<&mut Self>);
}

impl Endable for Porter {
    fn end(self: Pin<&mut Self>) {
        self.get_mut().end_soon();
    }
}

impl<I, B, S> Endable for http1::UpgradeableConnection<I, S>
where
    S: hyper::service::HttpService<Incoming, ResBody = B>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    I: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
    B: hyper::body::Body + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn end(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

impl<I, B, S, E> Endable for http2::Connection<I, S, E>
where
    S: hyper::service::HttpService<Incoming, ResBody = B>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    I: hyper::rt::Read + hyper::rt::Write + Unpin,
    B: hyper::body::Body + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    E: hyper::rt::bounds::Http2ServerConnExec<S::Future, B>,
{
    fn end(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

/// Runs a connection under its deadlines. The alarm is not set again with each request: one that rings too early finds
/// out how long it may sleep on.
async fn run<C: Endable>(
    mut connection: Pin<&mut C>,
    state: &ConnectionState,
    mut phase: watch::Receiver<Phase>,
) -> End<C::Output> {
    let mut told = Phase::Running;
    let mut alarm = pin!(sleep_until(state.set_alarm()));
    loop {
        let now = *phase.borrow_and_update();
        if now == Phase::Cut {
            return End::Cut;
        }
        if now == Phase::Draining && told == Phase::Running {
            told = now;
            connection.as_mut().end();
        }
        tokio::select! {
            biased;
            closed = connection.as_mut() => return state.ended().map_or(End::Closed(closed), End::Late),
            () = alarm.as_mut() => match state.late() {
                Some(late) => return End::Late(late),
                None => alarm.as_mut().reset(state.set_alarm()),
            },
            () = state.changed() => {
                alarm.as_mut().reset(state.set_alarm());
                if state.ends() && told == Phase::Running {
                    // After the answers that are under way: Connection: close, or GOAWAY.
                    told = Phase::Draining;
                    connection.as_mut().end();
                }
            },
            changed = phase.changed() => if changed.is_err() { return End::Cut },
        }
    }
}

/// hyper's timer is the second line: it cannot tell an idle connection from a slow header, so it gets the longer time.
fn http1_settings(limits: &GuardLimits) -> http1::Builder {
    let header = limits.idle.max(limits.first_header).max(limits.header) + Duration::from_millis(l::SECOND_LINE_MS);
    let mut settings = http1::Builder::new();
    settings
        .timer(TokioTimer::new())
        .header_read_timeout(header)
        .max_headers(l::HEADERS_MAX)
        // Ours, in the socket, comes first and answers with a page; this one holds for pipelined requests.
        .max_header_size(limits.header_bytes_max.saturating_mul(2))
        .max_buf_size(l::HTTP1_BUFFER_BYTES_MAX.max(limits.header_bytes_max.saturating_mul(2)));
    settings
}

fn http2_settings(limits: &GuardLimits) -> http2::Builder<TokioExecutor> {
    let mut settings = http2::Builder::new(TokioExecutor::new());
    settings
        .timer(TokioTimer::new())
        .max_concurrent_streams(l::HTTP2_STREAMS_MAX)
        // Ours answers with a page before; see `admission`.
        .max_header_list_size(
            u32::try_from(limits.header_bytes_max.saturating_mul(l::HTTP2_HEADER_LIST_SLACK)).unwrap_or(u32::MAX),
        )
        .max_pending_accept_reset_streams(l::HTTP2_PENDING_RESETS_MAX)
        .max_local_error_reset_streams(l::HTTP2_LOCAL_RESETS_MAX)
        .initial_stream_window_size(l::HTTP2_STREAM_WINDOW_BYTES)
        .initial_connection_window_size(l::HTTP2_CONNECTION_WINDOW_BYTES)
        .max_send_buf_size(l::HTTP2_SEND_BUFFER_BYTES_MAX)
        .keep_alive_interval(Duration::from_millis(l::HTTP2_PING_INTERVAL_MS))
        .keep_alive_timeout(Duration::from_millis(l::HTTP2_PING_ANSWER_MS_MAX));
    settings
}

/// Tells a client for whom there is no place, without reading what it asks.
pub(crate) async fn turn_away(wire: crate::wire::Wire, shared: &Shared) {
    let page = pages::raw_http1(&shared.pages, Refusal::Crowded);
    wire.farewell(&page, shared.limits.linger).await;
}
