//! Headers on their way through, in both directions.

use super::cookies;
use crate::hop_by_hop;
use http::header::{
    ALT_SVC, CONNECTION, CONTENT_LENGTH, EXPECT, HOST, LOCATION, ORIGIN, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::uri::{Authority, PathAndQuery};
use http::{HeaderMap, HeaderName, HeaderValue, Uri, Version, request, response};
use preau_base::{ClientFacts, Level};

/// By which applications believe to know the client, or a page other than the one asked for. What the edge knows is set
/// afterwards; `Proxy` becomes a proxy's address in CGI programs (CVE-2016-5385).
const BELIEVED: [HeaderName; 9] = [
    HeaderName::from_static("forwarded"),
    HeaderName::from_static("x-real-ip"),
    HeaderName::from_static("x-client-ip"),
    HeaderName::from_static("x-cluster-client-ip"),
    HeaderName::from_static("true-client-ip"),
    HeaderName::from_static("client-ip"),
    HeaderName::from_static("x-original-url"),
    HeaderName::from_static("x-rewrite-url"),
    HeaderName::from_static("proxy"),
];
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
/// The level of the ladder in force, 0 to 5: an application that knows of it turns off what is dear.
const X_PREAU_LEVEL: HeaderName = HeaderName::from_static("x-preau-level");

/// How the application is spoken to.
pub(super) struct Policy {
    pub upstream: Authority,
    pub keep_host: bool,
    pub signed_in_header: Option<HeaderName>,
}

/// A request that names no host, or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoHost;

/// The host that the browser asked for. In absolute form the target has it, and `Host` counts for nothing
/// (RFC 9112 §3.2.2); HTTP/2 has it in `:authority`.
pub(super) fn host_asked_for(uri: &Uri, headers: &HeaderMap) -> Result<Authority, NoHost> {
    if let Some(authority) = uri.authority() {
        return if authority.as_str().contains('@') { Err(NoHost) } else { Ok(authority.clone()) };
    }
    let mut lines = headers.get_all(HOST).iter();
    let (Some(host), None) = (lines.next(), lines.next()) else { return Err(NoHost) };
    let authority = Authority::try_from(host.as_bytes()).map_err(|_| NoHost)?;
    if authority.as_str().contains('@') { Err(NoHost) } else { Ok(authority) }
}

/// Whether a WebSocket is opened by a page of the site itself (RFC 6455 §10.2).
pub(super) fn comes_from(headers: &HeaderMap, host: &Authority, secure: bool) -> bool {
    let mut origins = headers.get_all(ORIGIN).iter();
    let (Some(origin), None) = (origins.next(), origins.next()) else { return false };
    let Some((scheme, authority)) = origin.to_str().ok().and_then(|origin| origin.split_once("://")) else {
        return false;
    };
    scheme == if secure { "https" } else { "http" } && authority.eq_ignore_ascii_case(host.as_str())
}

/// Makes of a request what the application gets: over HTTP/1.1, in origin form, without what belongs to the browser's
/// connection or to the gate, and with the truth about the client and the level.
///
/// Names with an underscore go: CGI and WSGI make `X_Forwarded_For` and `X-Forwarded-For` the same.
/// No `Via`: nginx sends uncompressed answers to requests that have one.
pub(super) fn to_upstream(parts: &mut request::Parts, host: &Authority, client: &ClientFacts, policy: &Policy) {
    hop_by_hop::strip(&mut parts.headers);
    cookies::strip_own(&mut parts.headers);
    let doubtful: Vec<HeaderName> = parts
        .headers
        .keys()
        .filter(|name| name.as_str().contains('_') || name.as_str().starts_with("x-forwarded-"))
        .cloned()
        .collect();
    for name in doubtful.iter().chain(&BELIEVED).chain(&policy.signed_in_header).chain(&[EXPECT, CONTENT_LENGTH]) {
        parts.headers.remove(name);
    }
    if parts.headers.contains_key(TE) {
        parts.headers.insert(CONNECTION, HeaderValue::from_static("te"));
    }
    let level = parts.extensions.get::<Level>().copied().unwrap_or_default();
    parts.headers.insert(X_PREAU_LEVEL, HeaderValue::from(u16::from(level.number())));
    let sent_host = if policy.keep_host { host } else { &policy.upstream };
    let proto = HeaderValue::from_static(if client.secure { "https" } else { "http" });
    parts.headers.insert(X_FORWARDED_PROTO, proto);
    for (name, value) in [
        (HOST, sent_host.as_str()),
        (X_FORWARDED_HOST, host.as_str()),
        (X_FORWARDED_FOR, client.address.to_string().as_str()),
    ] {
        match HeaderValue::from_str(value) {
            Ok(value) => _ = parts.headers.insert(name, value),
            Err(_) => _ = parts.headers.remove(name),
        }
    }
    let target = parts.uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
    parts.uri = Uri::from(target);
    parts.version = Version::HTTP_11;
    // What layers in front have put there is nobody's business behind.
    parts.extensions.clear();
}

/// Makes a request to the application, as [`to_upstream`] has it, ask for a WebSocket again.
pub(super) fn ask_for_websocket(headers: &mut HeaderMap) {
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
}

/// Makes of the application's answer what the browser gets.
pub(super) fn from_upstream(parts: &mut response::Parts, asked: &Authority, client: &ClientFacts, policy: &Policy) {
    if parts.headers.contains_key(TRANSFER_ENCODING) {
        // Which of the two counts is settled; the next reader must not be asked again.
        parts.headers.remove(CONTENT_LENGTH);
    }
    let trailer = parts.headers.remove(TRAILER);
    hop_by_hop::strip(&mut parts.headers);
    if let Some(trailer) = trailer {
        parts.headers.insert(TRAILER, trailer);
    }
    cookies::strip_own_set(&mut parts.headers);
    // It would lead browsers round the gate, to a port of the application's own (RFC 7838).
    parts.headers.remove(ALT_SVC);
    if !policy.keep_host
        && let Some(location) = own_location(&parts.headers, asked, client, policy)
    {
        parts.headers.insert(LOCATION, location);
    }
    parts.version = Version::HTTP_11;
    parts.extensions.clear();
}

/// A redirect by which the application names itself as only the gate knows it leads to where the browser asked.
fn own_location(headers: &HeaderMap, asked: &Authority, client: &ClientFacts, policy: &Policy) -> Option<HeaderValue> {
    let location = headers.get(LOCATION)?.to_str().ok()?;
    let rest = location.strip_prefix("http://").or_else(|| location.strip_prefix("https://"))?;
    let rest =
        rest.strip_prefix(policy.upstream.as_str()).filter(|rest| rest.is_empty() || rest.starts_with(['/', '?']))?;
    let scheme = if client.secure { "https" } else { "http" };
    HeaderValue::from_str(&format!("{scheme}://{asked}{rest}")).ok()
}

#[cfg(test)]
mod tests;
