//! What the gate answers from memory, the same for everyone: the poll resource, the result of the draw, the files of its
//! pages.
//!
//! This is the hottest path of all: everybody who waits asks here again and again. It takes no lock but a read lock
//! for as long as it takes to copy two pointers.

use super::counts::Counts;
use crate::consent::{self, CONSENT_PATH};
use crate::limits::GATE_POLL_FRESH_S;
use crate::waiting;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use preau_gate::Figures;
use preau_gate::consent::ConsentKey;
use std::hash::{DefaultHasher, Hasher as _};
use std::sync::{PoisonError, RwLock};

/// Where the gate's own answers live.
const PREFIX: &str = "/_gate/";

pub(super) struct OwnAnswers {
    queue: RwLock<Prepared>,
    draw: RwLock<Prepared>,
    files: Vec<(&'static str, Prepared)>,
    consent: Option<ConsentKey>,
}

/// A body with its headers, made once.
#[derive(Clone)]
struct Prepared {
    body: Bytes,
    headers: HeaderMap,
    etag: HeaderValue,
}

impl Prepared {
    fn new(body: Bytes, content_type: &'static str, cache_control: HeaderValue) -> Self {
        let mut hasher = DefaultHasher::new();
        hasher.write(&body);
        let etag = HeaderValue::try_from(format!("\"{:016x}\"", hasher.finish()));
        let etag = etag.unwrap_or_else(|_| HeaderValue::from_static("\"0\""));
        let mut headers = HeaderMap::with_capacity(4);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(header::CACHE_CONTROL, cache_control);
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::ETAG, etag.clone());
        Self { body, headers, etag }
    }

    /// For everyone, and for a few seconds.
    fn poll(body: Bytes) -> Self {
        let fresh = HeaderValue::try_from(format!("public, max-age={GATE_POLL_FRESH_S}"));
        Self::new(body, "application/json", fresh.unwrap_or_else(|_| HeaderValue::from_static("no-cache")))
    }

    fn answer(&self, asked: &HeaderMap, counts: &Counts) -> Response<Bytes> {
        let known = asked.get(header::IF_NONE_MATCH).is_some_and(|tag| *tag == self.etag);
        let body = if known { Bytes::new() } else { self.body.clone() };
        let mut response = Response::new(body);
        *response.headers_mut() = self.headers.clone();
        if known {
            counts.not_modified.increment(1);
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        } else {
            counts.queue.increment(1);
        }
        response
    }
}

impl OwnAnswers {
    pub fn new(figures: &Figures, consent: Option<ConsentKey>) -> Self {
        let file = |file: &waiting::GateFile| {
            (
                file.path,
                Prepared::new(file.body.clone(), file.content_type, HeaderValue::from_static(file.cache_control)),
            )
        };
        Self {
            queue: RwLock::new(Prepared::poll(waiting::queue(figures))),
            draw: RwLock::new(Prepared::poll(waiting::draw(figures))),
            files: waiting::files().iter().map(file).collect(),
            consent,
        }
    }

    pub fn publish(&self, figures: &Figures) {
        for (place, body) in [(&self.queue, waiting::queue(figures)), (&self.draw, waiting::draw(figures))] {
            let prepared = Prepared::poll(body);
            *place.write().unwrap_or_else(PoisonError::into_inner) = prepared;
        }
    }

    /// The gate's own answer to this request; `None` for everything that is not below its path.
    pub fn answer<B>(&self, request: &Request<B>, counts: &Counts) -> Option<Response<Bytes>> {
        let path = request.uri().path();
        let name = path.strip_prefix(PREFIX)?;
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Some(bare(StatusCode::METHOD_NOT_ALLOWED));
        }
        let of = |place: &RwLock<Prepared>| {
            place.read().unwrap_or_else(PoisonError::into_inner).answer(request.headers(), counts)
        };
        Some(match name {
            "queue.json" => of(&self.queue),
            "draw.json" => of(&self.draw),
            _ if path == CONSENT_PATH => consent::answer(self.consent.as_ref(), request),
            _ => match self.files.iter().find(|(of, _)| *of == path) {
                Some((_, file)) => file.answer(request.headers(), counts),
                None => bare(StatusCode::NOT_FOUND),
            },
        })
    }
}

/// For addresses that no page of ours links to.
fn bare(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(status.canonical_reason().unwrap_or_default().as_bytes()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
