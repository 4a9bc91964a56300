use super::presets::Rules;
use crate::limits as l;
use http::HeaderName;
use http::uri::{Authority, Scheme, Uri};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// Where the application is: `http://host[:port]` or `https://host[:port]`, without a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamUrl {
    pub(super) tls: bool,
    pub(super) authority: Authority,
    pub(super) port: u16,
}

/// Why a text is no address of an application.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no address such as http://127.0.0.1:8081 or https://moodle.example, without a path")]
pub struct UpstreamUrlError(String);

impl FromStr for UpstreamUrl {
    type Err = UpstreamUrlError;

    fn from_str(text: &str) -> Result<Self, UpstreamUrlError> {
        let wrong = || UpstreamUrlError(text.to_owned());
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let tls = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTP => false,
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            _ => return Err(wrong()),
        };
        let authority = uri.authority().cloned().ok_or_else(wrong)?;
        let bare = uri.path_and_query().is_none_or(|path| path == "/") && !text.contains('#');
        if !bare || authority.host().is_empty() || authority.as_str().contains('@') {
            return Err(wrong());
        }
        let port = match authority.port() {
            Some(port) => port.as_u16(),
            None if authority.as_str().ends_with(':') => return Err(wrong()),
            None if tls => 443,
            None => 80,
        };
        Ok(Self { tls, authority, port })
    }
}

impl UpstreamUrl {
    /// The host without brackets, as resolvers and certificates want it.
    pub(super) fn host(&self) -> &str {
        self.authority.host().trim_start_matches('[').trim_end_matches(']')
    }
}

impl std::fmt::Display for UpstreamUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}", if self.tls { "https" } else { "http" }, self.authority)
    }
}

/// What [`Upstream::new`](super::Upstream::new) takes.
#[derive(Clone, Debug)]
pub struct UpstreamConfig {
    pub url: UpstreamUrl,
    /// Authorities in PEM that sign the application's certificate; those that browsers trust when there is none.
    pub roots: Option<PathBuf>,
    /// Whether the application sees the `Host` that the browser sent; otherwise it sees that of `url`.
    pub keep_host: bool,
    pub rules: Rules,
    /// A header by which the application itself says who has signed in: `1`, or out: `0`.
    pub signed_in_header: Option<HeaderName>,
    pub limits: UpstreamLimits,
}

/// The limits towards the application; [`crate::limits`] says why they are what they are by default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamLimits {
    pub connections_max: usize,
    pub tunnels_max: usize,
    /// Of these, for one pass.
    pub tunnels_of_holder_max: usize,
    /// Waiting for one of the connections.
    pub place: Duration,
    /// Name, TCP and TLS together.
    pub connect: Duration,
    /// From the last byte of the request to the complete head of the answer.
    pub head: Duration,
    /// Between two pieces of an answer's body.
    pub stall: Duration,
    /// From the head of the request to the last byte of the answer.
    pub total: Duration,
    /// A WebSocket on which neither side says anything.
    pub tunnel_idle: Duration,
    pub tunnel_bytes_per_s_max: u64,
}

impl Default for UpstreamLimits {
    fn default() -> Self {
        Self {
            connections_max: l::UPSTREAM_CONNECTIONS_MAX,
            tunnels_max: l::UPSTREAM_TUNNELS_MAX,
            tunnels_of_holder_max: l::UPSTREAM_TUNNELS_OF_HOLDER_MAX,
            place: Duration::from_millis(l::UPSTREAM_PLACE_MS_MAX),
            connect: Duration::from_millis(l::UPSTREAM_CONNECT_MS_MAX),
            head: Duration::from_millis(l::UPSTREAM_HEAD_MS_MAX),
            stall: Duration::from_millis(l::UPSTREAM_STALL_MS_MAX),
            total: Duration::from_millis(l::UPSTREAM_TOTAL_MS_MAX),
            tunnel_idle: Duration::from_millis(l::UPSTREAM_TUNNEL_IDLE_MS_MAX),
            tunnel_bytes_per_s_max: l::UPSTREAM_TUNNEL_BYTES_PER_S_MAX,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_addresses_and_nothing_else() {
        let check = |text: &str, tls, host: &str, port| {
            let url: UpstreamUrl = text.parse().unwrap();
            assert_eq!((url.tls, url.host(), url.port), (tls, host, port), "{text}");
        };
        check("http://127.0.0.1:8081", false, "127.0.0.1", 8081);
        check("https://moodle.example/", true, "moodle.example", 443);
        check("http://[::1]:80", false, "::1", 80);
        for wrong in
            ["", "moodle.example", "ftp://x", "http://", "http://x/moodle", "http://u:p@x", "http://x/?a", "x:1"]
        {
            assert!(wrong.parse::<UpstreamUrl>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "(https?://)?\\PC{0,40}") {
            if let Ok(url) = text.parse::<UpstreamUrl>() {
                prop_assert_eq!(url.to_string().parse::<UpstreamUrl>(), Ok(url));
            }
        }
    }
}
