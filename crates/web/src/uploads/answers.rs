//! What the protocol's requests and answers are made of.

use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use preau_base::Instant;
use preau_files::FilesError;
use preau_store::StoreError;
use preau_store::uploads::Upload;

pub const VERSION: &str = "1.0.0";
pub const EXTENSIONS: &str = "creation,expiration,checksum,termination";

/// What fails while bytes are taken.
#[derive(Debug, thiserror::Error)]
pub enum Gone {
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub fn with(answer: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(HeaderName::from_static(name), value);
    }
}

/// An answer without content.
pub fn done(status: StatusCode) -> Response {
    let mut answer = status.into_response();
    with(&mut answer, "tus-resumable", VERSION);
    answer
}

/// An answer to a script; people never see it.
pub fn refuse(status: StatusCode, what: &'static str) -> Response {
    let mut answer = (status, what).into_response();
    with(&mut answer, "tus-resumable", VERSION);
    answer
}

pub fn offset_answer(status: StatusCode, offset: u64, upload: &Upload) -> Response {
    let mut answer = done(status);
    with(&mut answer, "upload-offset", &offset.to_string());
    with(&mut answer, "upload-length", &upload.bytes.to_string());
    with(&mut answer, "upload-expires", &http_date(Instant::from_millis(upload.expires_at)));
    answer
}

/// 460 Checksum Mismatch, which the checksum extension has made for itself.
pub fn checksum_mismatch() -> StatusCode {
    StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST)
}

pub fn wrong_version(headers: &HeaderMap) -> Option<Response> {
    let asked = headers.get("tus-resumable").and_then(|value| value.to_str().ok());
    if asked == Some(VERSION) {
        return None;
    }
    let mut answer = refuse(StatusCode::PRECONDITION_FAILED, "Tus-Resumable");
    with(&mut answer, "tus-version", VERSION);
    Some(answer)
}

pub fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    let text = headers.get(name)?.to_str().ok()?;
    (text.len() <= 19 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// `filename` of `Upload-Metadata`: pairs of a key and a value in Base64, with commas between.
pub fn file_name(headers: &HeaderMap) -> Option<String> {
    let text = headers.get("upload-metadata")?.to_str().ok()?;
    let value = text.split(',').find_map(|pair| pair.trim().strip_prefix("filename "))?;
    String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()
}

/// As HTTP writes instants (RFC 9110 §5.6.7).
pub fn http_date(at: Instant) -> String {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default();
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// The checksum that one request asks for.
pub struct Checksum {
    context: Context,
    expect: Vec<u8>,
}

/// It cannot be read, or its algorithm is none of ours.
#[derive(Debug)]
pub struct Unreadable;

impl Checksum {
    pub fn asked(headers: &HeaderMap) -> Result<Option<Self>, Unreadable> {
        let Some(value) = headers.get("upload-checksum") else { return Ok(None) };
        let (algorithm, sum) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(Unreadable)?;
        let algorithm = match algorithm {
            "sha1" => &SHA1_FOR_LEGACY_USE_ONLY,
            "sha256" => &SHA256,
            _ => return Err(Unreadable),
        };
        let expect = STANDARD.decode(sum.trim()).map_err(|_| Unreadable)?;
        Ok(Some(Self { context: Context::new(algorithm), expect }))
    }

    pub fn see(&mut self, piece: &[u8]) {
        self.context.update(piece);
    }

    /// Whether the bytes that were seen are those that were meant.
    pub fn holds(self) -> bool {
        self.context.finish().as_ref() == self.expect
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn headers_are_read() {
        for (value, expect) in [
            ("0", Some(0)),
            ("104857600", Some(104_857_600)),
            ("-1", None),
            ("+1", None),
            ("1e9", None),
            ("", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(number(&headers("upload-length", value), "upload-length"), expect, "{value}");
        }
        for (value, expect) in [
            ("filename cGhvdG8uanBn", Some("photo.jpg")),
            ("filetype aW1hZ2U=, filename w6l0w6kuanBn", Some("été.jpg")),
            ("filename", None),
            ("filename ????", None),
            ("name cGhvdG8uanBn", None),
        ] {
            assert_eq!(file_name(&headers("upload-metadata", value)).as_deref(), expect, "{value}");
        }
        let at = Instant::from_secs(1_795_421_520);
        assert_eq!(http_date(at), "Mon, 23 Nov 2026 08:12:00 GMT");
    }

    #[test]
    fn a_checksum_is_met_by_its_bytes_only() {
        let sum = |value| Checksum::asked(&headers("upload-checksum", value));
        for value in ["md5 xyz", "sha1", "sha1 ***", ""] {
            assert!(sum(value).is_err(), "{value}");
        }
        for (bytes, expect) in [(&b"hello world"[..], true), (b"hello worlD", false)] {
            let mut checksum = sum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=").unwrap().unwrap();
            bytes.chunks(3).for_each(|piece| checksum.see(piece));
            assert_eq!(checksum.holds(), expect);
        }
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(value in "[ -~]{0,40}") {
            let _ = file_name(&headers("upload-metadata", &value));
            let _ = number(&headers("upload-offset", &value), "upload-offset");
            let _ = Checksum::asked(&headers("upload-checksum", &value));
        }
    }
}
