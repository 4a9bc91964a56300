//! Files that people sent, given out again.
//!
//! A file that is what its name says, and that browsers show without running anything, may be shown; every other one is
//! saved, whatever it is. Both come with a policy under which nothing runs.

use crate::app::App;
use crate::lang::Lang;
use crate::texts::{self, Voice};
use crate::{Answer, PageError};
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use fluent_bundle::FluentArgs;
use futures_util::StreamExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use preau_base::FileId;
use preau_files::{FilesError, Kind, Showing};
use preau_store::files::File;
use std::ops::Range;

/// Nothing of a file runs or loads anything, and it has no origin.
const NOTHING_RUNS: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; sandbox";
/// The same for what browsers show with a viewer of their own, which a sandbox would turn off: PDF, sound, pictures. Only what is such a
/// file by its bytes and by its name gets it. The viewer of a PDF is a program of the browser's, beside our pages: what a document makes
/// it do reaches neither them nor their cookies, and the page around it loads, sends and runs nothing.
const VIEWER_ONLY: &str = "default-src 'none'; img-src 'self'; media-src 'self'; object-src 'self'; style-src 'unsafe-inline'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A file as lists show it.
pub(crate) struct Shown {
    pub id: FileId,
    pub name: String,
    /// `1,2 Mo`
    pub size: String,
    pub bytes: i64,
    pub kind: Kind,
    /// Browsers may show it.
    pub is_inline: bool,
    pub path: String,
}

impl Shown {
    /// `path` is where it is served.
    pub(crate) fn of(page: &crate::Page, file: &File, path: String) -> Self {
        let kind = Kind::of_word(&file.kind);
        let is_inline = matches!(kind.showing(&file.name), Showing::Inline(_));
        Self {
            id: file.id,
            name: file.name.clone(),
            size: size(page, file.bytes),
            bytes: file.bytes,
            kind,
            is_inline,
            path,
        }
    }

    pub(crate) const fn is_picture(&self) -> bool {
        self.is_inline && self.kind.is_picture()
    }

    pub(crate) const fn is_sound(&self) -> bool {
        self.is_inline && self.kind.is_sound()
    }
}

/// A size as people read it: `340 ko`, `1,2 Mo`.
pub(crate) fn size(page: &crate::Page, bytes: i64) -> String {
    size_in(page.lang(), u64::try_from(bytes).unwrap_or(0))
}

/// The same in a language.
pub(crate) fn size_in(lang: Lang, bytes: u64) -> String {
    let mut args = FluentArgs::new();
    let key = if bytes < 1_000 {
        args.set("count", bytes);
        "size-bytes"
    } else if bytes < 1_000_000 {
        args.set("count", bytes / 1_000);
        "size-kilo"
    } else {
        let tenths = bytes / 100_000;
        args.set("whole", (tenths / 10).to_string());
        args.set("tenth", (tenths % 10).to_string());
        "size-mega"
    };
    texts::text(lang, Voice::Vous, key, args)
}

/// The file, whole or the range that was asked for (RFC 9110 §14). The caller has asked for the right to it.
///
/// # Errors
/// [`PageError::NotFound`] when the object store has lost it, which is logged.
pub(crate) async fn serve(app: &App, file: &File, asked: &HeaderMap) -> Answer {
    let opened = app.files.open(file.id).await.map_err(|error| {
        tracing::error!(%error, file = %file.id, "a file with a row cannot be opened");
        match error {
            FilesError::Missing => PageError::NotFound,
            other => PageError::internal(other),
        }
    })?;
    let bytes = opened.bytes;
    let (status, range) = match range(asked, bytes) {
        Asked::Whole => (StatusCode::OK, 0..bytes),
        Asked::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Asked::Outside => {
            let all = format!("bytes */{bytes}");
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, all)]).into_response());
        }
    };
    let body = Body::from_stream(opened.read(range.clone()).boxed());
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    if status == StatusCode::PARTIAL_CONTENT {
        set(headers, header::CONTENT_RANGE, &format!("bytes {}-{}/{bytes}", range.start, range.end.saturating_sub(1)));
    }
    set(headers, header::CONTENT_LENGTH, &(range.end - range.start).to_string());
    set(headers, header::ACCEPT_RANGES, "bytes");
    dress(headers, Kind::of_word(&file.kind).showing(&file.name), &file.name);
    Ok(response)
}

/// The headers under which a browser may have somebody's file.
fn dress(headers: &mut HeaderMap, showing: Showing, name: &str) {
    let (how, kind, policy) = match showing {
        Showing::Inline(kind) => ("inline", kind, VIEWER_ONLY),
        Showing::Attachment(kind) => ("attachment", kind, NOTHING_RUNS),
    };
    set(headers, header::CONTENT_TYPE, kind);
    set(headers, header::CONTENT_DISPOSITION, &disposition(how, name));
    set(headers, header::CONTENT_SECURITY_POLICY, policy);
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// RFC 6266 with the encoding of RFC 8187: a plain name for old browsers, the real one for all others.
fn disposition(how: &str, name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | ' ') { letter } else { '_' })
        .collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => encoded.push(char::from(byte)),
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// A ready answer that is a file made on the spot, such as an archive: always saved.
pub(crate) fn made(body: Body, kind: &'static str, name: &str) -> Response {
    let mut response = body.into_response();
    dress(response.headers_mut(), Showing::Attachment(kind), name);
    response
}

#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Whole,
    Part(Range<u64>),
    Outside,
}

/// One range of bytes; anything else that may be asked gets the whole.
fn range(asked: &HeaderMap, bytes: u64) -> Asked {
    let value = asked.get(header::RANGE).and_then(|value| value.to_str().ok());
    let Some((first, last)) = value.and_then(|value| value.strip_prefix("bytes=")?.split_once('-')) else {
        return Asked::Whole;
    };
    let (from, to) = match (first.trim().parse::<u64>(), last.trim().parse::<u64>()) {
        (Ok(from), Ok(to)) => (from, to.saturating_add(1).min(bytes)),
        (Ok(from), Err(_)) if last.trim().is_empty() => (from, bytes),
        (Err(_), Ok(tail)) if first.trim().is_empty() => (bytes.saturating_sub(tail), bytes),
        _ => return Asked::Whole,
    };
    if from < to { Asked::Part(from..to) } else { Asked::Outside }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_browsers_ask() {
        for (asked, expect) in [
            ("bytes=0-", Asked::Part(0..10)),
            ("bytes=2-4", Asked::Part(2..5)),
            ("bytes=2-400", Asked::Part(2..10)),
            ("bytes=-3", Asked::Part(7..10)),
            ("bytes=-300", Asked::Part(0..10)),
            ("bytes=10-", Asked::Outside),
            ("bytes=5-2", Asked::Outside),
            ("bytes=-0", Asked::Outside),
            ("bytes=0-1,4-5", Asked::Whole),
            ("bytes=x-y", Asked::Whole),
            ("lines=1-2", Asked::Whole),
            ("bytes=18446744073709551615-18446744073709551615", Asked::Outside),
        ] {
            let headers = HeaderMap::from_iter([(header::RANGE, HeaderValue::from_str(asked).unwrap())]);
            assert_eq!(range(&headers, 10), expect, "{asked}");
        }
    }

    #[test]
    fn no_name_gets_out_of_its_header() {
        for name in ["a\"b.txt", "=1+1;x.csv", "кот.jpg", "a\r\nSet-Cookie: x", "<script>.html", "100%.pdf"] {
            let value = disposition("attachment", name);
            assert!(HeaderValue::from_str(&value).is_ok(), "{value}");
            assert_eq!(value.matches('"').count(), 2, "{value}");
            assert_eq!(value.matches(';').count(), 2, "{value}");
        }
    }
}
