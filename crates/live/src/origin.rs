//! Whose pages may open a WebSocket here: our own.

use axum::http::{HeaderMap, Uri, header};

/// Browsers always say where a WebSocket comes from (RFC 6455 §10.2); what says nothing is refused.
///
/// An origin is ours when it is `public_origin` (`https://ecole.example`) or has the host that was asked for.
pub(crate) fn is_ours(public_origin: Option<&str>, uri: &Uri, headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = text(header::ORIGIN) else { return false };
    if public_origin == Some(origin) {
        return true;
    }
    let host = uri.authority().map(|authority| authority.as_str()).or_else(|| text(header::HOST));
    let of_origin = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    matches!((of_origin, host), (Some(of_origin), Some(host)) if !host.is_empty() && of_origin.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(origin: Option<&str>, host: Option<&str>, expect: bool) {
        let mut headers = HeaderMap::new();
        for (name, value) in [(header::ORIGIN, origin), (header::HOST, host)] {
            if let Some(value) = value {
                headers.insert(name, value.parse().expect("a header value"));
            }
        }
        let uri = Uri::from_static("/live/1");
        assert_eq!(is_ours(Some("https://ecole.example"), &uri, &headers), expect, "{origin:?} at {host:?}");
    }

    #[test]
    fn only_our_own_pages() {
        check(Some("https://ecole.example"), Some("10.0.0.1:8080"), true);
        check(Some("http://127.0.0.1:8080"), Some("127.0.0.1:8080"), true);
        check(Some("https://Autre.example"), Some("autre.example"), true);
        check(Some("https://attaquant.example"), Some("autre.example"), false);
        check(Some("https://autre.example.attaquant.example"), Some("autre.example"), false);
        check(Some("null"), Some("autre.example"), false);
        check(Some("null"), None, false);
        check(Some("http://"), Some(""), false);
        check(None, Some("autre.example"), false);
        check(Some("autre.example"), Some("autre.example"), false);
    }
}
