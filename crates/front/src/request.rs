//! What happens to one request between hyper and the application.

use crate::body::{AnswerBody, BodyFault, LimitedBody};
use crate::connection::{Client, ConnectionState, Protocol};
use crate::gatekeeper::{AtOnce, Gatekeeper, Road, Verdict};
use crate::proxy_header::Told;
use crate::stack::Shared;
use crate::{Refusal, admission, hop_by_hop, pages};
use axum::Router;
use axum::body::Body as AnyBody;
use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{HeaderValue, Request, Response, StatusCode, header};
use hyper::body::{Body as _, Incoming};
use preau_gate::Sign;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::time::{Instant, sleep};
use tower::ServiceExt as _;

/// What the requests of one connection share.
pub(crate) struct RequestContext {
    pub shared: Arc<Shared>,
    pub state: Arc<ConnectionState>,
    pub router: Router,
    pub peer: SocketAddr,
    /// What a trusted proxy told before the first byte of its client.
    pub told: Option<Told>,
    pub tls: bool,
    /// The gate is asked: what answers behind this connection is the application.
    pub gated: bool,
}

impl RequestContext {
    fn refusal<B: From<Bytes>>(&self, refusal: Refusal, language: Option<&HeaderValue>) -> Response<B> {
        metrics::counter!("preau_front_refusals_total", "reason" => refusal.reason()).increment(1);
        pages::response(&self.shared.pages, refusal, language)
    }

    /// A refusal instead of the application's answer.
    fn refuse(&self, refusal: Refusal, language: Option<&HeaderValue>) -> Response<AnyBody> {
        let response = self.refusal(refusal, language);
        let body_may_follow = matches!(refusal, Refusal::BodyTooLarge | Refusal::BodyTooSlow | Refusal::BadRequest);
        self.unread(response, body_may_follow)
    }

    /// An answer to a request whose body, if it has one, is not read: the client may still be sending it.
    fn unread(&self, mut response: Response<AnyBody>, body_may_follow: bool) -> Response<AnyBody> {
        if body_may_follow && self.state.protocol() == Protocol::Http1 {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            self.state.refuse_body();
        }
        response
    }
}

/// Answers one request; from the outside in:
///
/// 1. the request counts as in flight until the last byte of its answer, so that draining waits for it;
/// 2. the client's facts, so that no layer below can see what a proxy header claims; what belongs to the connection
///    goes with them; and whether the connection may stay;
/// 3. a body announced as too large is refused before a byte of it is asked for (`Expect: 100-continue` holds it back);
/// 4. a body not announced is cut at its limits, and the refusal replaces what the application made of the cut;
/// 5. the gate, which knows the client by now and has paid for no more of the body than a form is long; not on a listener
///    that only redirects;
/// 6. a panic becomes a page for this request only;
/// 7. the application.
///
/// With a `verdict`, [`at_the_door`] has looked at the same request before.
pub(crate) async fn answer(
    context: Arc<RequestContext>,
    request: Request<Incoming>,
    verdict: Option<Box<Verdict>>,
) -> Response<AnswerBody> {
    let begun = Instant::now();
    let in_flight = context.state.request_begun();
    let number = in_flight.number();
    let response = guarded(&context, request, number, verdict).await;
    let response = sent(&context, number, begun, response);
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        context.state.upgraded();
    }
    response.map(|body| AnswerBody::new(body, in_flight))
}

/// The same road for a request without a body as far as it can be gone at once: to the gate's answer, or to the verdict
/// with which [`answer`] goes on.
pub(crate) fn at_the_door(
    context: &RequestContext,
    gate: &Arc<Gatekeeper>,
    request: &mut Request<()>,
    number: u64,
) -> AtOnce {
    let facts = context.shared.proxies.facts(context.peer, context.told, context.tls, request.headers_mut());
    if let Err(refusal) = admission::check(context, number, request, &facts) {
        return AtOnce::Answer(context.refusal(refusal, request.headers().get(header::ACCEPT_LANGUAGE)));
    }
    hop_by_hop::strip_request(request);
    gate.hear(request, facts)
}

/// Counts an answer that was kept ready; true when it is the connection's last.
pub(crate) fn sent_ready(context: &RequestContext, number: u64, begun: Instant, status: StatusCode) -> bool {
    context.shared.counts.answered(status, begun.elapsed());
    context.state.answered(status);
    admission::is_last(context, number) && context.state.protocol() == Protocol::Http1
}

/// Counts an answer, and tells with it whether it is the connection's last.
pub(crate) fn sent<B>(context: &RequestContext, number: u64, begun: Instant, mut response: Response<B>) -> Response<B> {
    admission::close_after(context, number, &mut response);
    context.shared.counts.answered(response.status(), begun.elapsed());
    context.state.answered(response.status());
    response
}

async fn guarded(
    context: &Arc<RequestContext>,
    mut request: Request<Incoming>,
    number: u64,
    verdict: Option<Box<Verdict>>,
) -> Response<AnyBody> {
    let shared = &context.shared;
    let facts = shared.proxies.facts(context.peer, context.told, context.tls, request.headers_mut());
    request.extensions_mut().insert(facts);
    let language = request.headers().get(header::ACCEPT_LANGUAGE).cloned();
    if verdict.is_none()
        && let Err(refusal) = admission::check(context, number, &request, &facts)
    {
        let has_body = !request.body().is_end_stream();
        return context.unread(context.refuse(refusal, language.as_ref()), has_body);
    }
    hop_by_hop::strip_request(&mut request);
    let client = Client { signs: shared.hooks.signs.clone(), address: Some(facts.address) };
    if request.body().size_hint().lower() > shared.limits.body_bytes_max {
        client.tell(Sign::BodyTooLarge);
        return context.refuse(Refusal::BodyTooLarge, language.as_ref());
    }
    let has_body = !request.body().is_end_stream();
    let fault = BodyFault::default();
    let request = request.map(|body| match has_body {
        true => AnyBody::new(LimitedBody::new(body, &shared.limits, fault.clone(), client)),
        // Nothing to limit, and a timer less for each page that is looked at.
        false => AnyBody::empty(),
    });
    let (leave, request) = match &shared.gate {
        Some(gate) if context.gated => match gate.road(request, facts, verdict).await {
            Road::On(leave, request) => (Some(leave), request),
            Road::Ends(answer) => {
                if answer.status().as_u16() >= 400
                    && let Some(pause) = context.state.turned_away()
                {
                    sleep(pause).await;
                }
                return match fault.get() {
                    Some(refusal) => context.refuse(*refusal, language.as_ref()),
                    None => context.unread(answer, has_body),
                };
            }
        },
        _ => (None, request),
    };
    let response = application(context, request, &fault, language.as_ref()).await;
    match leave {
        Some(leave) => leave.answered(response),
        None => response,
    }
}

async fn application(
    context: &RequestContext,
    request: Request<AnyBody>,
    fault: &BodyFault,
    language: Option<&HeaderValue>,
) -> Response<AnyBody> {
    let called = AssertUnwindSafe(async { context.router.clone().oneshot(request).await }).catch_unwind().await;
    match (called, fault.get()) {
        (Err(_panic), _) => {
            metrics::counter!("preau_front_panics_total").increment(1);
            context.refuse(Refusal::Broken, language)
        }
        (Ok(_), Some(refusal)) => context.refuse(*refusal, language),
        (Ok(Ok(response)), None) => response,
    }
}
