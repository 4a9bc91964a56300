//! Files that never change under their path: scripts, the style sheet, pictures, sounds.
//!
//! They are embedded, served below the hash of them all, and compressed once.

use crate::errors::PageError;
use crate::request::RequestFacts;
use crate::texts::{FILES, VERSION};
use axum::Extension;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderValue, header};
use std::collections::HashMap;
use std::io::Write as _;
use std::sync::LazyLock;

struct File {
    plain: &'static [u8],
    /// Only where it is shorter.
    gzip: Option<Bytes>,
    kind: &'static str,
}

static ALL: LazyLock<HashMap<&'static str, File>> = LazyLock::new(|| {
    let file = |(name, plain): &(&'static str, &'static [u8])| {
        let gzip = pack(plain).filter(|packed| packed.len() < plain.len()).map(Bytes::from);
        (*name, File { plain, gzip, kind: kind_of(name) })
    };
    FILES.iter().map(file).collect()
});

fn kind_of(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "wasm" => "application/wasm",
        "mp3" => "audio/mpeg",
        "ogg" => "audio/ogg",
        _ => "application/octet-stream",
    }
}

/// The hash of all files.
pub(crate) const fn version() -> &'static str {
    VERSION
}

/// All files.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}

pub(crate) fn bytes_of(name: &str) -> Option<&'static [u8]> {
    ALL.get(name).map(|file| file.plain)
}

/// Where a page finds a file of this version.
pub(crate) fn path_of(name: &str) -> String {
    debug_assert!(ALL.contains_key(name), "no static file {name}");
    format!("/static/{VERSION}/{name}")
}

fn pack(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 3), Compression::best());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

pub(crate) async fn serve(
    Path((version, name)): Path<(String, String)>,
    Extension(facts): Extension<RequestFacts>,
) -> Result<Response, PageError> {
    // A page from before an update still gets its files, the newer ones, but keeps none of them.
    let keep = if version == VERSION { "public, max-age=31536000, immutable" } else { "no-store" };
    send(&name, keep, facts.gzip)
}

pub(crate) async fn favicon(Extension(facts): Extension<RequestFacts>) -> Result<Response, PageError> {
    send("icon.svg", "public, max-age=86400", facts.gzip)
}

fn send(name: &str, keep: &'static str, gzip: bool) -> Result<Response, PageError> {
    let file = ALL.get(name).ok_or(PageError::NotFound)?;
    let mut response = match &file.gzip {
        Some(packed) if gzip => ([(header::CONTENT_ENCODING, "gzip")], packed.clone()).into_response(),
        _ => file.plain.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    Ok(response)
}
