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

/// Requests over one connection, as fast as they are answered.
const REQUESTS_OF_CONNECTION: u64 = 20;

/// The home page, again and again.
pub(super) async fn http(field: Arc<Field>, number: u64) {
    over_and_over(&field, number, |_| "/".to_owned()).await;
}

/// With a query that never occurred before.
pub(super) async fn cache_busting(field: Arc<Field>, number: u64) {
    over_and_over(&field, number, |each| format!("/?r={:x}", each.wrapping_mul(0x9e37_79b9_7f4a_7c15))).await;
}

async fn over_and_over(field: &Field, number: u64, path: impl Fn(u64) -> String + Send) {
    let Some(mut line) = field.line(number, false).await else { return };
    for each in 0..REQUESTS_OF_CONNECTION {
        let Some(request) = get(field, &path(number * REQUESTS_OF_CONNECTION + each), None) else { return };
        if field.ask_on(&mut line, request).await.is_none() || !line.is_usable() {
            return;
        }
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
