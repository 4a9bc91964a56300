//! Plain HTTP that sends everybody to HTTPS, and answers ACME's http-01 challenges (RFC 8555 §8.3).

use crate::tls::Certificates;
use crate::{Pages, Refusal, pages};
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use std::sync::Arc;

#[derive(Clone)]
pub(crate) struct Redirect {
    pub certificates: Arc<Certificates>,
    pub pages: Pages,
    pub https_port: u16,
}

pub(crate) fn router(redirect: Redirect) -> Router {
    Router::new().route("/.well-known/acme-challenge/{token}", get(challenge)).fallback(to_https).with_state(redirect)
}

async fn challenge(State(redirect): State<Redirect>, Path(token): Path<String>) -> Response {
    match redirect.certificates.http_challenge(&token) {
        Some(key_authorization) => {
            ([(header::CONTENT_TYPE, "application/octet-stream")], key_authorization).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn to_https(State(redirect): State<Redirect>, headers: HeaderMap, uri: Uri) -> Response {
    let language = headers.get(header::ACCEPT_LANGUAGE);
    let refuse = |refusal| pages::response::<Body>(&redirect.pages, refusal, language);
    if redirect.certificates.current().is_none() {
        return refuse(Refusal::CertificatePending);
    }
    match https_location(headers.get(header::HOST), &uri, redirect.https_port) {
        // 308 keeps the method; not permanent in caches, as a school may go back to plain HTTP on a local network.
        Some(location) => (
            StatusCode::PERMANENT_REDIRECT,
            [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))],
        )
            .into_response(),
        None => refuse(Refusal::BadRequest),
    }
}

/// The same page over HTTPS; `None` where the request does not say a host.
fn https_location(host: Option<&HeaderValue>, uri: &Uri, https_port: u16) -> Option<HeaderValue> {
    let authority: Authority = host?.to_str().ok()?.parse().ok()?;
    let host = authority.host();
    if host.is_empty() || authority.as_str().contains('@') {
        return None;
    }
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let port = if https_port == 443 { String::new() } else { format!(":{https_port}") };
    HeaderValue::from_str(&format!("https://{host}{port}{path}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(host: &str, path: &str, port: u16, expect: Option<&str>) {
        let location = https_location(Some(&HeaderValue::from_str(host).unwrap()), &path.parse().unwrap(), port);
        assert_eq!(location, expect.map(|expect| HeaderValue::from_str(expect).unwrap()));
    }

    #[test]
    fn keeps_host_and_path() {
        check("ecole.example", "/a?b=c", 443, Some("https://ecole.example/a?b=c"));
        check("ecole.example:8080", "/", 8443, Some("https://ecole.example:8443/"));
        check("[2001:db8::1]:80", "//evil.example", 443, Some("https://[2001:db8::1]//evil.example"));
        check("user@ecole.example", "/", 443, None);
        check("ecole.example/x", "/", 443, None);
        check("", "/", 443, None);
        assert_eq!(https_location(None, &Uri::from_static("/"), 443), None);
    }

    proptest! {
        #[test]
        fn never_panics_and_always_https(host in "[ -~]{0,60}") {
            let host = HeaderValue::from_str(&host).unwrap();
            if let Some(location) = https_location(Some(&host), &Uri::from_static("/x"), 443) {
                prop_assert!(location.to_str().unwrap().starts_with("https://"));
            }
        }
    }
}
