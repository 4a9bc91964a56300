//! One request on its way to the application and back.

use super::body::{AnswerBody, AskedBody, Progress};
use super::config::UpstreamLimits;
use super::error::Failure;
use super::failure::{Asker, Trouble};
use super::headers::{self, from_upstream, to_upstream};
use super::pool::{Lease, Wish};
use super::{Upstream, tunnel};
use crate::gatekeeper::Application as _;
use crate::hop_by_hop::opens_websocket;
use axum::body::Body as AnyBody;
use http::{Method, Request, Response, StatusCode, request};
use hyper::body::{Body as _, Incoming};
use preau_base::ClientFacts;
use preau_gate::Kind;
use std::pin::pin;
use std::sync::Arc;
use tokio::time::{Instant, sleep_until};

/// Connections that are tried for one request: those that were idle may all be closing.
const ATTEMPTS_MAX: usize = 4;

/// Marks an answer that came from the application: nothing is learned from any other.
#[derive(Clone, Copy)]
pub(super) struct FromUpstream;

pub(super) async fn forward(upstream: Arc<Upstream>, request: Request<AnyBody>) -> Response<AnyBody> {
    let asker = Asker::of(request.method(), request.headers());
    // CONNECT asks for a tunnel, TRACE would show cookies to scripts.
    if matches!(*request.method(), Method::CONNECT | Method::TRACE) {
        return asker.answer(Trouble::Method);
    }
    let client = request.extensions().get::<ClientFacts>().copied();
    let (Some(client), Ok(host)) = (client, headers::host_asked_for(request.uri(), request.headers())) else {
        return asker.answer(Trouble::NoHost);
    };
    if opens_websocket(request.headers()) {
        return match tunnel::open(&upstream, request, &host, &client).await {
            Ok(response) => response,
            Err(trouble) => asker.answer(trouble),
        };
    }
    let is_file = upstream.kind(request.method(), request.uri().path()) == Kind::Asset;
    let (mut parts, body) = request.into_parts();
    to_upstream(&mut parts, &host, &client, &upstream.policy);
    match send(&upstream, is_file, parts, body).await {
        Ok(answered) => {
            let (mut parts, body) = answered.into_parts();
            let bytes = body.size_hint().exact();
            if let Some(page) = asker.in_words(parts.status, bytes) {
                return page;
            }
            from_upstream(&mut parts, &host, &client, &upstream.policy);
            parts.extensions.insert(FromUpstream);
            Response::from_parts(parts, AnyBody::new(body))
        }
        Err(failure) => {
            failed(&failure);
            asker.answer(Trouble::from(&failure))
        }
    }
}

pub(super) fn failed(failure: &Failure) {
    metrics::counter!("preau_upstream_failures_total", "reason" => failure.reason()).increment(1);
    tracing::debug!(%failure, "the application gave no answer");
}

/// A request that was not answered.
struct Unanswered {
    failure: Failure,
    /// The request as it was, when nothing of it was sent.
    unsent: Option<Request<AskedBody>>,
}

async fn send(
    upstream: &Upstream,
    is_file: bool,
    parts: request::Parts,
    body: AnyBody,
) -> Result<Response<AnswerBody>, Failure> {
    let Upstream { pool, limits, .. } = upstream;
    let begun = Instant::now();
    let progress = Progress::begin();
    // A request that changes something is sent once: nobody could tell whether it had been heard.
    let can_be_sent_twice = parts.method.is_safe() && body.is_end_stream();
    let wish = Wish { can_be_sent_twice, is_file };
    let mut request = Request::from_parts(parts, AskedBody::new(body, progress.clone()));
    let mut attempts = 0;
    loop {
        attempts += 1;
        let mut lease = pool.lease(wish).await?;
        let again = (can_be_sent_twice && lease.used_before).then(|| copy_of(&request, &progress));
        match exchange(&mut lease, limits, request, &progress).await {
            Ok(response) => {
                metrics::histogram!("preau_upstream_answer_seconds").record(begun.elapsed());
                let end = progress.begun() + limits.total;
                return Ok(response.map(|body| AnswerBody::new(body, Some(lease), limits.stall, end)));
            }
            Err(Unanswered { failure, unsent }) => match unsent.or(again) {
                Some(next) if lease.used_before && attempts < ATTEMPTS_MAX && is_closing(&failure) => request = next,
                _ => return Err(failure),
            },
        }
    }
}

/// The request without its body, of which there is none.
fn copy_of(request: &Request<AskedBody>, progress: &Progress) -> Request<AskedBody> {
    let mut copy = Request::new(AskedBody::empty(progress.clone()));
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    copy
}

/// The application closed a connection that was idle, at the moment when it was used.
fn is_closing(failure: &Failure) -> bool {
    match failure {
        Failure::Broken(error) => {
            error.is_canceled()
                || error.is_closed()
                || error.is_incomplete_message()
                || !error.is_parse() && !error.is_user()
        }
        _ => false,
    }
}

async fn exchange(
    lease: &mut Lease,
    limits: &UpstreamLimits,
    request: Request<AskedBody>,
    progress: &Progress,
) -> Result<Response<Incoming>, Unanswered> {
    progress.touch();
    let mut answer = pin!(lease.sender.try_send_request(request));
    let end = progress.begun() + limits.total;
    loop {
        let deadline = (progress.last() + limits.head).min(end);
        tokio::select! {
            answered = &mut answer => return match answered {
                Ok(response) if response.status() == StatusCode::SWITCHING_PROTOCOLS => {
                    Err(Unanswered { failure: Failure::Nonsense("it switches protocols unasked"), unsent: None })
                }
                Ok(response) => Ok(response),
                Err(mut error) => {
                    let unsent = error.take_message();
                    Err(Unanswered { failure: Failure::Broken(error.into_error()), unsent })
                }
            },
            // A request that is still being sent moves its deadline on.
            () = sleep_until(deadline) => if (progress.last() + limits.head).min(end) <= Instant::now() {
                return Err(Unanswered { failure: Failure::HeadTooSlow, unsent: None });
            },
        }
    }
}
