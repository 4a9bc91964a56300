//! The gate's answers as bytes, as hyper writes them: what both write is compared in the tests.

use bytes::Bytes;
use http::header::{CONNECTION, HeaderMap};
use http::{Response, StatusCode};
use jiff::fmt::rfc2822::DateTimePrinter;
use preau_base::Instant;
use std::sync::{Mutex, PoisonError};

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
const DATE_BYTES: usize = 29;

/// The value of `Date`, made once a second.
#[derive(Default)]
pub(crate) struct DateLine(Mutex<Option<(i64, [u8; DATE_BYTES])>>);

impl DateLine {
    pub fn at(&self, now: Instant) -> [u8; DATE_BYTES] {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match *kept {
            Some((second, text)) if second == now.as_secs() => text,
            _ => {
                let text = text_of(now).unwrap_or(*b"Thu, 01 Jan 1970 00:00:00 GMT");
                *kept = Some((now.as_secs(), text));
                text
            }
        }
    }
}

fn text_of(now: Instant) -> Option<[u8; DATE_BYTES]> {
    let at = jiff::Timestamp::from_second(now.as_secs()).ok()?;
    DateTimePrinter::new().timestamp_to_rfc9110_string(&at).ok()?.into_bytes().try_into().ok()
}

/// Whether these headers of an answer already say that it is the last.
pub(super) fn is_last(headers: &HeaderMap) -> bool {
    headers.get(CONNECTION).is_some_and(|value| value == "close")
}

/// Status and headers of a response as lines of HTTP/1.1.
pub(crate) fn lines<B>(response: &Response<B>) -> Vec<u8> {
    let status = response.status();
    let length = response.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4);
    let mut bytes = Vec::with_capacity(64 + length.sum::<usize>());
    let mut put = |parts: &[&[u8]]| parts.iter().for_each(|part| bytes.extend_from_slice(part));
    let reason = status.canonical_reason().unwrap_or("<none>");
    put(&[b"HTTP/1.1 ", status.as_str().as_bytes(), b" ", reason.as_bytes(), b"\r\n"]);
    for (name, value) in response.headers() {
        put(&[name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"]);
    }
    bytes
}

/// A whole HTTP/1.1 response.
pub(super) fn encode(response: &Response<Bytes>, ending: Ending<'_>) -> Vec<u8> {
    whole(&lines(response), response.status(), response.body(), ending)
}

/// What an answer has of its own.
#[derive(Clone, Copy)]
pub(super) struct Ending<'a> {
    pub is_head: bool,
    /// Adds that it is the last.
    pub close: bool,
    pub date: &'a [u8; DATE_BYTES],
}

/// A response whose first lines are there already.
pub(super) fn whole(lines: &[u8], status: StatusCode, body: &Bytes, ending: Ending<'_>) -> Vec<u8> {
    let Ending { is_head, close, date } = ending;
    let sent = if is_head { &[][..] } else { body };
    let mut bytes = Vec::with_capacity(lines.len() + 128 + sent.len());
    let mut put = |parts: &[&[u8]]| parts.iter().for_each(|part| bytes.extend_from_slice(part));
    put(&[lines]);
    if close {
        put(&[b"connection: close\r\n"]);
    }
    let bodiless = matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    let has_length = !bodiless && (!is_head || !body.is_empty());
    if has_length {
        put(&[b"content-length: ", body.len().to_string().as_bytes(), b"\r\n"]);
    }
    put(&[b"date: ", date, b"\r\n\r\n"]);
    if !bodiless {
        put(&[sent]);
    }
    bytes
}
