//! What the gate answers from memory, the same for everyone: the poll resource, the result of the draw, the files of its
//! pages.
//!
//! This is the hottest path of all: everybody who waits asks here again and again. It takes no lock but a read lock
//! for as long as it takes to copy a pointer.

use super::counts::Counts;
use crate::consent::{self, CONSENT_PATH};
use crate::limits::GATE_POLL_FRESH_S;
use crate::waiting::{self, Ready};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use preau_gate::Figures;
use preau_gate::consent::ConsentKey;
use std::hash::{DefaultHasher, Hasher as _};
use std::sync::{Arc, PoisonError, RwLock};

/// Where the gate's own answers live.
const PREFIX: &str = "/_gate/";

pub(super) struct OwnAnswers {
    queue: RwLock<Prepared>,
    draw: RwLock<Prepared>,
    files: Vec<(&'static str, Prepared)>,
    consent: Option<ConsentKey>,
}

/// An answer of the gate's own.
pub(super) enum OwnAnswer {
    /// Made before; with its name, if it is one that is asked for again and again.
    Ready(Arc<Ready>, Option<Published>),
    Made(Response<Bytes>),
}

/// What is published anew whenever the line moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Published {
    Queue,
    Draw,
}

/// A body with its headers, made once, and the answer to whoever has it.
#[derive(Clone)]
struct Prepared {
    etag: HeaderValue,
    whole: Arc<Ready>,
    unchanged: Arc<Ready>,
}

impl Prepared {
    fn new(body: Bytes, content_type: &'static str, cache_control: HeaderValue) -> Self {
        let mut hasher = DefaultHasher::new();
        hasher.write(&body);
        let etag = HeaderValue::try_from(format!("\"{:016x}\"", hasher.finish()));
        let etag = etag.unwrap_or_else(|_| HeaderValue::from_static("\"0\""));
        let mut whole = Response::new(body);
        let headers = whole.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(header::CACHE_CONTROL, cache_control);
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::ETAG, etag.clone());
        let mut unchanged = Response::new(Bytes::new());
        *unchanged.status_mut() = StatusCode::NOT_MODIFIED;
        *unchanged.headers_mut() = whole.headers().clone();
        Self { etag, whole: Arc::new(Ready::new(whole)), unchanged: Arc::new(Ready::new(unchanged)) }
    }

    /// For everyone, and for a few seconds.
    fn poll(body: Bytes) -> Self {
        let fresh = HeaderValue::try_from(format!("public, max-age={GATE_POLL_FRESH_S}"));
        Self::new(body, "application/json", fresh.unwrap_or_else(|_| HeaderValue::from_static("no-cache")))
    }

    /// The answer to whoever has what this tag names.
    fn answer(&self, known: Option<&HeaderValue>, counts: &Counts) -> Arc<Ready> {
        if known == Some(&self.etag) {
            counts.not_modified.increment(1);
            self.unchanged.clone()
        } else {
            counts.queue.increment(1);
            self.whole.clone()
        }
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
    pub fn answer<B>(&self, request: &Request<B>, counts: &Counts) -> Option<OwnAnswer> {
        let path = request.uri().path();
        let name = path.strip_prefix(PREFIX)?;
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return Some(OwnAnswer::Made(bare(StatusCode::METHOD_NOT_ALLOWED)));
        }
        let known = request.headers().get(header::IF_NONE_MATCH);
        let of = |what| OwnAnswer::Ready(self.published(what, known, counts), Some(what));
        Some(match name {
            "queue.json" => of(Published::Queue),
            "draw.json" => of(Published::Draw),
            _ if path == CONSENT_PATH => OwnAnswer::Made(consent::answer(self.consent.as_ref(), request)),
            _ => match self.files.iter().find(|(of, _)| *of == path) {
                Some((_, file)) => OwnAnswer::Ready(file.answer(known, counts), None),
                None => OwnAnswer::Made(bare(StatusCode::NOT_FOUND)),
            },
        })
    }

    /// What is published now, for whoever has what this tag names.
    pub fn published(&self, what: Published, known: Option<&HeaderValue>, counts: &Counts) -> Arc<Ready> {
        let place = match what {
            Published::Queue => &self.queue,
            Published::Draw => &self.draw,
        };
        place.read().unwrap_or_else(PoisonError::into_inner).answer(known, counts)
    }
}

/// For addresses that no page of ours links to.
fn bare(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(status.canonical_reason().unwrap_or_default().as_bytes()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
