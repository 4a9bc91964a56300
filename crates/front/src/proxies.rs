//! Who the client is when proxies stand in front of us.

use crate::limits::FORWARDED_HOPS_MAX;
use crate::proxy_header::Told;
use http::{HeaderMap, HeaderName, HeaderValue};
use preau_base::{Cidr, ClientFacts};
use std::net::{IpAddr, SocketAddr};

/// Headers by which proxies tell about the client. Nobody behind the edge gets to see them: [`ClientFacts`] says
/// what is true, and a handler that read the header itself would believe anybody. Programs behind CGI cannot tell `_`
/// from `-`.
static FORWARDING_HEADERS: [HeaderName; 13] = [
    HeaderName::from_static("forwarded"),
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-proto"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-forwarded-port"),
    HeaderName::from_static("x-forwarded-ssl"),
    HeaderName::from_static("x-real-ip"),
    HeaderName::from_static("x_forwarded_for"),
    HeaderName::from_static("x_forwarded_proto"),
    HeaderName::from_static("x_forwarded_host"),
    HeaderName::from_static("x_forwarded_port"),
    HeaderName::from_static("x_forwarded_ssl"),
    HeaderName::from_static("x_real_ip"),
];

/// The proxies that are believed, by address.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Vec<Cidr>);

impl TrustedProxies {
    pub fn new(blocks: Vec<Cidr>) -> Self {
        Self(blocks)
    }

    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|block| block.contains(address))
    }

    /// The facts about a request that came from `peer`, over TLS when `tls`; takes the forwarding headers out.
    /// What a PROXY header `told` wins over them.
    pub(crate) fn facts(
        &self,
        peer: SocketAddr,
        told: Option<Told>,
        tls: bool,
        headers: &mut HeaderMap,
    ) -> ClientFacts {
        let peer_address = peer.ip().to_canonical();
        let (address, secure) = if let Some(told) = told {
            let address = told.client.map_or(peer_address, |client| client.ip().to_canonical());
            // Such a proxy hands on its client's bytes: a header beside it may be the client's own.
            (address, tls || told.tls)
        } else if self.contains(peer_address) {
            (self.client_address(peer_address, headers), tls || told_https(headers))
        } else {
            (peer_address, tls)
        };
        // Most requests have none of them: looking is cheaper than removing each.
        if headers.keys().any(tells_of_client) {
            for name in &FORWARDING_HEADERS {
                headers.remove(name);
            }
        }
        ClientFacts { peer, address, secure, prefix: Cidr::of_client(address) }
    }

    /// The rightmost hop that is no trusted proxy. An entry that is no address ends the walk: what stands left of it
    /// was not written by anybody whom we know.
    fn client_address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut nearest = peer;
        let lines: Vec<&HeaderValue> = headers.get_all("x-forwarded-for").iter().collect();
        let hops = lines.iter().rev().flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
        for hop in hops.take(FORWARDED_HOPS_MAX) {
            match std::str::from_utf8(hop).ok().and_then(hop_address) {
                Some(address) if self.contains(address) => nearest = address,
                Some(address) => return address,
                None => return nearest,
            }
        }
        nearest
    }
}

/// Whether [`FORWARDING_HEADERS`] may have this one.
fn tells_of_client(name: &HeaderName) -> bool {
    matches!(name.as_str().as_bytes(), [b'x', b'-' | b'_', ..] | [b'f', b'o', b'r', ..])
}

/// Whether the proxy nearest to us says that its client spoke TLS: the rightmost value.
fn told_https(headers: &HeaderMap) -> bool {
    let Some(line) = headers.get_all("x-forwarded-proto").iter().next_back() else { return false };
    let nearest = line.as_bytes().rsplit(|byte| *byte == b',').next().unwrap_or_default();
    nearest.trim_ascii().eq_ignore_ascii_case(b"https")
}

/// One entry of `X-Forwarded-For`: an address, alone or with a port, IPv6 with or without brackets.
fn hop_address(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim().trim_matches('"');
    let address = match hop.parse::<IpAddr>() {
        Ok(address) => Some(address),
        Err(_) => match hop.parse::<SocketAddr>() {
            Ok(socket) => Some(socket.ip()),
            Err(_) => hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok(),
        },
    };
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn proxies() -> TrustedProxies {
        TrustedProxies::new(vec![
            "127.0.0.0/8".parse().unwrap(),
            "10.0.0.0/8".parse().unwrap(),
            "fd00::/8".parse().unwrap(),
        ])
    }

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn check(peer: &str, lines: &[(&'static str, &str)], address: &str, secure: bool) {
        let mut headers = headers(lines);
        let facts = proxies().facts(peer.parse().unwrap(), None, false, &mut headers);
        assert_eq!((facts.address, facts.secure), (address.parse().unwrap(), secure), "{peer} {lines:?}");
        assert!(headers.is_empty(), "{headers:?}");
    }

    #[test]
    fn believes_trusted_proxies_only() {
        const XFF: &str = "x-forwarded-for";
        const XFP: &str = "x-forwarded-proto";
        check(
            "192.0.2.1:5",
            &[(XFF, "198.51.100.1"), (XFP, "https"), ("forwarded", "for=1.2.3.4"), ("x_forwarded_for", "1.2.3.4")],
            "192.0.2.1",
            false,
        );
        check("127.0.0.1:5", &[(XFF, "198.51.100.1"), (XFP, "https")], "198.51.100.1", true);
        check("127.0.0.1:5", &[(XFF, "6.6.6.6, 198.51.100.1, 10.0.0.3")], "198.51.100.1", false);
        check("127.0.0.1:5", &[(XFF, "6.6.6.6"), (XFF, "198.51.100.1")], "198.51.100.1", false);
        check("127.0.0.1:5", &[(XFF, "6.6.6.6, rubbish, 10.0.0.3")], "10.0.0.3", false);
        check("127.0.0.1:5", &[(XFF, "10.0.0.4,10.0.0.3")], "10.0.0.4", false);
        check("127.0.0.1:5", &[(XFF, "")], "127.0.0.1", false);
        check("127.0.0.1:5", &[], "127.0.0.1", false);
        check("[::ffff:127.0.0.1]:5", &[(XFF, "[2001:db8::1]:443")], "2001:db8::1", false);
        check("[fd00::1]:5", &[(XFF, "[2001:db8::1]")], "2001:db8::1", false);
        check("127.0.0.1:5", &[(XFF, "198.51.100.1:4711"), (XFP, "https, http")], "198.51.100.1", false);
        check("127.0.0.1:5", &[(XFP, "http"), (XFP, " HTTPS ")], "127.0.0.1", true);
    }

    #[test]
    fn what_the_proxy_protocol_tells_wins() {
        let facts = |client: Option<&str>, tls| {
            let mut headers = headers(&[("x-forwarded-for", "198.51.100.1"), ("x-forwarded-proto", "https")]);
            let told = Told { client: client.map(|client| client.parse().unwrap()), tls };
            let facts = proxies().facts("127.0.0.1:5".parse().unwrap(), Some(told), false, &mut headers);
            assert!(headers.is_empty());
            (facts.address.to_string(), facts.secure)
        };
        assert_eq!(facts(Some("192.0.2.1:1"), false), ("192.0.2.1".to_owned(), false));
        assert_eq!(
            facts(Some("10.0.0.9:1"), true),
            ("10.0.0.9".to_owned(), true),
            "a client in the proxies' own network"
        );
        assert_eq!(facts(None, false), ("127.0.0.1".to_owned(), false), "the proxy itself");
    }

    proptest! {
        #[test]
        fn an_untrusted_peer_is_itself_whatever_it_says(value in "[ -~]{0,80}", proto in "[ -~]{0,20}") {
            let mut headers = headers(&[("x-forwarded-for", &value), ("x-forwarded-proto", &proto), ("forwarded", &value)]);
            let facts = proxies().facts("192.0.2.1:5".parse().unwrap(), None, false, &mut headers);
            prop_assert_eq!(facts.address, "192.0.2.1".parse::<IpAddr>().unwrap());
            prop_assert!(!facts.secure && headers.is_empty());
        }

        #[test]
        fn what_a_client_writes_itself_is_never_believed(forged in "[ -~]{0,80}", client in any::<[u8; 4]>()) {
            let client = IpAddr::from(client);
            prop_assume!(!proxies().contains(client));
            let mut headers = headers(&[("x-forwarded-for", &format!("{forged}, {client}, 10.0.0.3"))]);
            let facts = proxies().facts("127.0.0.1:5".parse().unwrap(), None, false, &mut headers);
            prop_assert_eq!(facts.address, client);
        }
    }
}
