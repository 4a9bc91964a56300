//! Headers that belong to one connection and not to the message (RFC 9110 §7.6.1).

use http::header::{
    CONNECTION, CONTENT_LENGTH, HOST, HeaderName, HeaderValue, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, Request};

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");
const PROXY_AUTHENTICATION_INFO: HeaderName = HeaderName::from_static("proxy-authentication-info");
/// Begins HTTP/2 on a connection of HTTP/1.1 (RFC 7540 §3.2.1, since withdrawn); with `Upgrade: h2c` it has opened
/// tunnels past proxies.
const HTTP2_SETTINGS: HeaderName = HeaderName::from_static("http2-settings");

static ALWAYS: [HeaderName; 10] = [
    CONNECTION,
    KEEP_ALIVE,
    PROXY_CONNECTION,
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    PROXY_AUTHENTICATION_INFO,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    HTTP2_SETTINGS,
];

/// Names of `Connection` that are looked at; further ones are not taken out.
const NAMED_MAX: usize = 64;

/// Takes out what belongs to the connection that a message came over, in requests and responses: the headers that
/// `Connection` names and itself, `Keep-Alive`, `Proxy-*`, `Trailer`, `Transfer-Encoding`, `Upgrade`, and `TE` but for
/// `trailers`. A WebSocket's handshake loses its `Upgrade` too: see [`strip_but_websocket`].
///
/// `Host` and `Content-Length` stay whatever `Connection` names: a message means something else without them.
pub fn strip(headers: &mut HeaderMap) {
    // Most messages have none of them: looking is cheaper than removing each.
    if !headers.keys().any(may_go) {
        return;
    }
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .filter_map(|name| HeaderName::from_bytes(name.trim_ascii()).ok())
        .filter(|name| *name != HOST && *name != CONTENT_LENGTH)
        .take(NAMED_MAX)
        .collect();
    let trailers = has_token(headers, &TE, "trailers");
    for name in named.iter().chain(&ALWAYS) {
        headers.remove(name);
    }
    headers.remove(TE);
    if trailers {
        headers.insert(TE, HeaderValue::from_static("trailers"));
    }
}

/// As [`strip`], and puts `Connection: Upgrade` and `Upgrade: websocket` back when these headers, of a request or of
/// the answer 101, open a WebSocket (RFC 6455 §4). Gives whether they do.
pub fn strip_but_websocket(headers: &mut HeaderMap) -> bool {
    if !headers.keys().any(may_go) {
        return false;
    }
    let websocket = opens_websocket(headers);
    strip(headers);
    if websocket {
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    }
    websocket
}

/// Whether a header of this name is one that is taken out, or names such.
fn may_go(name: &HeaderName) -> bool {
    matches!(name.as_str().as_bytes().first(), Some(b'c' | b'h' | b'k' | b'p' | b't' | b'u'))
        && (*name == TE || ALWAYS.contains(name))
}

/// Whether these headers ask for a WebSocket, or grant it.
pub fn opens_websocket(headers: &HeaderMap) -> bool {
    let mut upgrades = headers.get_all(UPGRADE).iter();
    // A list would leave it to the next server which protocol it takes.
    let only = upgrades.next().is_some_and(|it| it.as_bytes().trim_ascii().eq_ignore_ascii_case(b"websocket"));
    only && upgrades.next().is_none() && has_token(headers, &CONNECTION, "upgrade")
}

/// Takes out of a request what belongs to its connection; a WebSocket's handshake over HTTP/1.1 stays one.
pub(crate) fn strip_request<B>(request: &mut Request<B>) {
    if request.version() <= http::Version::HTTP_11 {
        strip_but_websocket(request.headers_mut());
    } else {
        strip(request.headers_mut());
    }
}

fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .any(|item| item.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn check(lines: &[(&'static str, &str)], left: &[(&'static str, &str)]) {
        let mut stripped = headers(lines);
        strip(&mut stripped);
        assert_eq!(stripped, headers(left), "{lines:?}");
    }

    #[test]
    fn what_belongs_to_the_connection_goes() {
        check(&[("host", "e"), ("cookie", "a=b")], &[("host", "e"), ("cookie", "a=b")]);
        check(&[("connection", "close, X-Secret"), ("connection", "keep-alive"), ("x-secret", "1")], &[]);
        check(
            &[("connection", "host, content-length"), ("host", "e"), ("content-length", "3")],
            &[("host", "e"), ("content-length", "3")],
        );
        check(&[("keep-alive", "timeout=5"), ("proxy-connection", "close"), ("proxy-authorization", "x")], &[]);
        check(&[("te", "gzip, trailers;q=1"), ("trailer", "x"), ("transfer-encoding", "chunked")], &[]);
        check(&[("te", "gzip, Trailers")], &[("te", "trailers")]);
        check(&[("upgrade", "h2c"), ("http2-settings", "AAMAAABkAAQAAP__"), ("connection", "upgrade")], &[]);
        check(&[("upgrade", "websocket"), ("connection", "upgrade")], &[]);
        check(&[("connection", ",, , ,")], &[]);
    }

    #[test]
    fn a_websocket_stays_one_and_nothing_else_does() {
        for (lines, expect) in [
            (vec![("upgrade", "WebSocket"), ("connection", "keep-alive, Upgrade")], true),
            (vec![("upgrade", "websocket")], false),
            (vec![("upgrade", "h2c, websocket"), ("connection", "upgrade")], false),
            (vec![("upgrade", "websocket"), ("upgrade", "h2c"), ("connection", "upgrade")], false),
            (vec![("upgrade", "h2c"), ("connection", "upgrade")], false),
        ] {
            let mut stripped = headers(&lines);
            assert_eq!(strip_but_websocket(&mut stripped), expect, "{lines:?}");
            let left =
                if expect { headers(&[("upgrade", "websocket"), ("connection", "Upgrade")]) } else { HeaderMap::new() };
            assert_eq!(stripped, left, "{lines:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_of_the_connection_is_left(connection in "[ -~]{0,80}", upgrade in "[ -~]{0,20}", te in "[ -~]{0,20}") {
            let mut stripped = headers(&[("connection", &connection), ("upgrade", &upgrade), ("te", &te), ("x", "y")]);
            strip(&mut stripped);
            for name in &ALWAYS {
                prop_assert!(!stripped.contains_key(name));
            }
            prop_assert!(stripped.get(TE).is_none_or(|te| te == "trailers"));
            let once = stripped.clone();
            strip(&mut stripped);
            prop_assert_eq!(stripped, once, "twice is once");
        }
    }
}
