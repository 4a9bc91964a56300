//! Reads out of a request what the gate decides on.

use super::{Gatekeeper, find_cookie};
use crate::limits::GATE_SEALS_TRIED_MAX;
use crate::waiting::Lang;
use http::header::{self, HeaderMap};
use http::{Method, Uri};
use preau_base::{ClientFacts, Instant, cookie_pairs};
use preau_gate::{Entry, KeyRing, Request, Shape, Ticket, Version};

/// The cookies of the gate. Over TLS their names carry `__Host-`: no other host of the domain can plant them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateCookie {
    Ticket,
    Entry,
}

impl GateCookie {
    pub const ALL: [Self; 2] = [Self::Ticket, Self::Entry];

    pub const fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Ticket, true) => "__Host-preau_ticket",
            (Self::Ticket, false) => "preau_ticket",
            (Self::Entry, true) => "__Host-preau_entry",
            (Self::Entry, false) => "preau_entry",
        }
    }
}

/// What the cookies of a request show to the gate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kept {
    pub ticket: Option<Ticket>,
    pub entry: Option<Entry>,
}

/// One pass over the `Cookie` headers. Of several cookies of one name the first with a good seal counts: whoever can
/// plant a bad one beside it takes nobody's place away.
pub(super) fn kept(headers: &HeaderMap, secure: bool, keys: &KeyRing) -> Kept {
    let mut kept = Kept::default();
    let mut seals_left = GATE_SEALS_TRIED_MAX;
    let [ticket, entry] = GateCookie::ALL.map(|cookie| cookie.name(secure));
    for value in headers.get_all(header::COOKIE) {
        for (name, value) in cookie_pairs(value.as_bytes()) {
            let is_ticket = name == ticket && kept.ticket.is_none();
            if seals_left == 0 || !(is_ticket || name == entry && kept.entry.is_none()) {
                continue;
            }
            seals_left -= 1;
            if is_ticket {
                kept.ticket = Ticket::open(value, keys).ok();
            } else {
                kept.entry = Entry::open(value, keys).ok();
            }
        }
    }
    kept
}

/// The request as the gate sees it.
pub(super) fn of_request<'a>(
    gatekeeper: &Gatekeeper,
    head: Head<'a>,
    client: &ClientFacts,
    now: Instant,
) -> Request<'a> {
    let Head { method, uri, headers, .. } = head;
    let kept = kept(headers, client.secure, &gatekeeper.keys());
    Request {
        address: client.address,
        shown: gatekeeper.application.shown(headers, client, now),
        ticket: kept.ticket,
        entry: kept.entry,
        kind: gatekeeper.application.kind(method, uri.path()),
        navigates: navigates(method, headers),
        shape: shape(head),
    }
}

/// What tells one kind of client from another.
pub(super) fn shape(head: Head<'_>) -> Shape<'_> {
    let Head { method, uri, version, headers } = head;
    Shape {
        method: method.as_str(),
        path: uri.path(),
        query: uri.query().unwrap_or(""),
        version: version_of(version),
        agent: headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or(""),
        header_order: header_order(headers),
        has_language: headers.contains_key(header::ACCEPT_LANGUAGE),
        has_cookie: headers.contains_key(header::COOKIE),
    }
}

/// Line and headers of a request.
#[derive(Clone, Copy)]
pub(super) struct Head<'a> {
    pub method: &'a Method,
    pub uri: &'a Uri,
    pub version: http::Version,
    pub headers: &'a HeaderMap,
}

impl<'a> Head<'a> {
    pub fn of<B>(request: &'a http::Request<B>) -> Self {
        Self { method: request.method(), uri: request.uri(), version: request.version(), headers: request.headers() }
    }
}

/// Whether a person looks at the answer (Fetch Metadata, W3C); browsers without that header ask for HTML.
pub(super) fn navigates(method: &Method, headers: &HeaderMap) -> bool {
    let is = |name: &str| headers.get(name).map(|value| value.as_bytes());
    if let Some(mode) = is("sec-fetch-mode") {
        return mode == b"navigate";
    }
    let readable = matches!(*method, Method::GET | Method::HEAD | Method::POST);
    let accepts_html = is("accept").is_some_and(|accept| accept.windows(9).any(|window| window == b"text/html"));
    readable && accepts_html
}

/// Asks for a WebSocket: HTTP/1.1 (RFC 6455 §4.1) or HTTP/2 (RFC 8441 §4).
pub(super) fn upgrades(head: Head<'_>) -> bool {
    let asked =
        head.headers.get(header::UPGRADE).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"));
    asked || (head.version == http::Version::HTTP_2 && head.method == Method::CONNECT)
}

/// The language of whoever asks: chosen on a page of Préau's, or that of the browser.
pub(super) fn language(headers: &HeaderMap, secure: bool) -> Lang {
    let name = if secure { "__Host-preau-lang" } else { "preau-lang" };
    let chosen = find_cookie(headers.get_all(header::COOKIE), name);
    Lang::of(chosen, headers.get(header::ACCEPT_LANGUAGE))
}

const fn version_of(version: http::Version) -> Version {
    match version {
        http::Version::HTTP_2 => Version::Http2,
        http::Version::HTTP_11 => Version::Http11,
        _ => Version::Http10,
    }
}

/// A hash of the headers' names in the order in which they came. Not cryptographic: whoever wants to look like
/// another client can send that client's headers anyway.
fn header_order(headers: &HeaderMap) -> u64 {
    // The odd constant of Knuth's multiplicative hashing, 2^64 / golden ratio.
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    headers.keys().fold(headers.keys_len() as u64, |hash, name| {
        let (first, last) = ends(name.as_str().as_bytes());
        (hash.rotate_left(5) ^ first ^ last.rotate_left(29)).wrapping_mul(SPREAD)
    })
}

/// The first and the last eight bytes, with the length: enough to tell the names of headers apart.
fn ends(name: &[u8]) -> (u64, u64) {
    let (mut first, mut last) = ([0; 8], [0; 8]);
    let n = name.len().min(8);
    first[..n].copy_from_slice(&name[..n]);
    last[..n].copy_from_slice(&name[name.len() - n..]);
    (u64::from_le_bytes(first) ^ name.len() as u64, u64::from_le_bytes(last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use preau_base::SeededRng;
    use proptest::prelude::*;

    const NOW: Instant = Instant::from_secs(1_800_000_000);

    fn map(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn check(method: Method, lines: &[(&'static str, &str)], expect: bool) {
        assert_eq!(navigates(&method, &map(lines)), expect, "{method} {lines:?}");
    }

    #[test]
    fn people_are_told_from_scripts() {
        const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml");
        check(Method::GET, &[("sec-fetch-mode", "navigate")], true);
        check(Method::POST, &[("sec-fetch-mode", "navigate")], true);
        check(Method::GET, &[("sec-fetch-mode", "cors"), HTML], false);
        check(Method::GET, &[HTML], true);
        check(Method::POST, &[HTML], true);
        check(Method::PUT, &[HTML], false);
        check(Method::GET, &[("accept", "*/*")], false);
        check(Method::GET, &[], false);
    }

    #[test]
    fn the_order_of_headers_is_what_is_hashed() {
        let order = |names: &[(&'static str, &str)]| header_order(&map(names));
        let usual = order(&[("host", "a"), ("accept", "b")]);
        assert_eq!(usual, order(&[("host", "c"), ("accept", "d")]), "values don't count");
        assert_ne!(usual, order(&[("accept", "b"), ("host", "a")]));
        assert_ne!(usual, order(&[("host", "a")]));
        assert_ne!(order(&[("accept-language", "")]), order(&[("accept-encoding", "")]));
    }

    #[test]
    fn the_first_good_seal_counts() {
        let keys = KeyRing::generate(NOW, &mut SeededRng::new(1));
        let ticket = Ticket { room: 1, serial: 2, issued: NOW, promised: None };
        let entry = Entry { room: 1, serial: 3, issued: NOW };
        let cookie = format!(
            "a=b; preau_ticket=planted; preau_ticket={}; preau_entry={}",
            ticket.seal(&keys),
            entry.seal(&keys)
        );
        let headers = map(&[("cookie", &cookie)]);
        assert_eq!(kept(&headers, false, &keys), Kept { ticket: Some(ticket), entry: Some(entry) });
        assert_eq!(kept(&headers, true, &keys), Kept::default());
        let swapped = format!("preau_entry={}", ticket.seal(&keys));
        assert_eq!(kept(&map(&[("cookie", &swapped)]), false, &keys).entry, None);
    }

    proptest! {
        #[test]
        fn no_cookie_makes_it_panic(text in "[ -~]{0,200}") {
            let keys = KeyRing::generate(NOW, &mut SeededRng::new(1));
            let found = kept(&map(&[("cookie", &text)]), false, &keys);
            prop_assert_eq!((found.ticket, found.entry), (None, None));
        }

        #[test]
        fn no_bytes_beside_a_ticket_hide_it(
            before in prop::collection::vec(0x80..=0xff_u8, 0..40),
            after in prop::collection::vec(0x80..=0xff_u8, 0..40),
        ) {
            let keys = KeyRing::generate(NOW, &mut SeededRng::new(1));
            let ticket = Ticket { room: 1, serial: 2, issued: NOW, promised: None };
            let ours = format!("; preau_ticket={}; a=", ticket.seal(&keys));
            let line = HeaderValue::from_bytes(&[&before[..], ours.as_bytes(), &after].concat()).unwrap();
            let headers = HeaderMap::from_iter([(header::COOKIE, line)]);
            prop_assert_eq!(kept(&headers, false, &keys).ticket, Some(ticket));
        }
    }
}
