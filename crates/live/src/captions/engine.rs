//! Where the speech engine is: what the operator has written, and nothing that anybody else has.

use axum::http::Uri;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

/// The address of a speech-to-text server, `ws://host:port/path` or `wss://…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engine {
    host: String,
    port: u16,
    path: String,
    is_secret: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineAddressError {
    #[error("must be like ws://127.0.0.1:2700 or wss://parole.ecole.example/fr")]
    Form,
    #[error("must begin with wss:// unless it is on this machine or its network: it is voices that are sent there")]
    InTheOpen,
}

impl FromStr for Engine {
    type Err = EngineAddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uri: Uri = text.parse().map_err(|_| EngineAddressError::Form)?;
        let is_secret = match uri.scheme_str() {
            Some("wss") => true,
            Some("ws") => false,
            _ => return Err(EngineAddressError::Form),
        };
        let authority = uri.authority().ok_or(EngineAddressError::Form)?;
        // The address is shown to operators and the host to everybody: a password is nothing to put there.
        if authority.host().is_empty() || authority.as_str().contains('@') {
            return Err(EngineAddressError::Form);
        }
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        if !is_secret && host.parse::<IpAddr>().is_ok_and(|address| !is_near(address)) {
            return Err(EngineAddressError::InTheOpen);
        }
        let port = authority.port_u16().unwrap_or(if is_secret { 443 } else { 80 });
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Ok(Self { host, port, path, is_secret })
    }
}

impl Engine {
    /// What people are told: where voices go.
    pub fn host(&self) -> &str {
        &self.host
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn is_secret(&self) -> bool {
        self.is_secret
    }

    /// For the request, with brackets around an IPv6 address.
    pub(super) fn url(&self) -> String {
        let Self { host, port, path, is_secret } = self;
        let scheme = if *is_secret { "wss" } else { "ws" };
        if host.contains(':') {
            format!("{scheme}://[{host}]:{port}{path}")
        } else {
            format!("{scheme}://{host}:{port}{path}")
        }
    }

    /// Voices go in the open to near machines only, whatever a name has come to mean.
    pub(super) fn may_dial(&self, address: SocketAddr) -> bool {
        self.is_secret || is_near(address.ip())
    }
}

/// This machine, or one of a network that no provider forwards (RFC 1918, RFC 4193, link-local).
fn is_near(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Result<(&str, u16, &str), EngineAddressError>) {
        let engine = text.parse::<Engine>();
        let found = engine.as_ref().map(|it| (it.host(), it.port, it.path.as_str())).map_err(|error| *error);
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn addresses_are_read() {
        check("ws://127.0.0.1:2700", Ok(("127.0.0.1", 2700, "/")));
        check("ws://[fd00::7]:2700/fr", Ok(("fd00::7", 2700, "/fr")));
        check("ws://vosk:2700/", Ok(("vosk", 2700, "/")));
        check("wss://parole.ecole.example/fr?quick", Ok(("parole.ecole.example", 443, "/fr?quick")));
        check("wss://203.0.113.7", Ok(("203.0.113.7", 443, "/")));
        for text in ["", "vosk:2700", "http://vosk:2700", "ws://", "ws:///fr", "wss://moi:secret@parole.ecole.example"]
        {
            check(text, Err(EngineAddressError::Form));
        }
        for text in ["ws://203.0.113.7:2700", "ws://[2001:db8::7]:2700", "ws://[::ffff:203.0.113.7]:2700"] {
            check(text, Err(EngineAddressError::InTheOpen));
        }
    }

    #[test]
    fn a_name_that_means_a_far_machine_gets_no_open_voices() {
        let far: SocketAddr = "203.0.113.7:2700".parse().unwrap();
        let near: SocketAddr = "10.0.0.7:2700".parse().unwrap();
        let dials = |text: &str| {
            let engine: Engine = text.parse().unwrap();
            (engine.may_dial(near), engine.may_dial(far))
        };
        assert_eq!(dials("ws://vosk:2700"), (true, false));
        assert_eq!(dials("wss://vosk:2700"), (true, true));
        assert_eq!("ws://[fd00::7]:2700/fr".parse::<Engine>().unwrap().url(), "ws://[fd00::7]:2700/fr");
    }
}
