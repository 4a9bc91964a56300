//! Whole requests, many of them.

use super::Field;
use crate::jar::Jar;
use bytes::Bytes;
use http::{Request, header};
use http_body_util::Full;
use std::sync::Arc;

const AGENT: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/103.0.5060.53 Safari/537.36";

/// A page as a simple tool asks for it, over HTTP/1.1.
pub(super) fn get(field: &Field, path: &str, cookies: Option<&Jar>) -> Option<Request<Full<Bytes>>> {
    let mut request = Request::get(path)
        .header(header::HOST, &field.speech.host)
        .header(header::USER_AGENT, AGENT)
        .header(header::ACCEPT, "text/html,*/*")
        .header("sec-fetch-mode", "navigate");
    if let Some(value) = cookies.and_then(Jar::header) {
        request = request.header(header::COOKIE, value);
    }
    request.body(Full::default()).ok()
}

/// The home page, again and again.
pub(super) async fn http(field: Arc<Field>, number: u64) {
    if let Some(request) = get(&field, "/", None) {
        field.ask(number, false, request).await;
    }
}

/// With a query that never occurred before.
pub(super) async fn cache_busting(field: Arc<Field>, number: u64) {
    if let Some(request) = get(&field, &format!("/?r={:x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15)), None) {
        field.ask(number, false, request).await;
    }
}

/// Takes a place in the line and leaves.
pub(super) async fn farm(field: Arc<Field>, number: u64) {
    if let Some(request) = get(&field, "/week", None) {
        field.ask(number, false, request).await;
    }
}

/// Takes a place, keeps its cookies and comes back with them from the same address.
pub(super) async fn farm_with_cookies(field: Arc<Field>, number: u64) {
    let mut jar = Jar::default();
    for _ in 0..3 {
        let Some(request) = get(&field, "/", Some(&jar)) else { return };
        let Some(answer) = field.ask(number, false, request).await else { return };
        jar.take(&answer.headers);
    }
}
