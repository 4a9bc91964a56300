//! TLS by rustls and aws-lc-rs: where the certificate comes from, and the handshake.

mod certificates;
mod files;
mod leaf;
mod self_signed;

pub use certificates::CertificateState;
pub(crate) use certificates::{Certificates, ChallengeResolver, certified_key};
pub use files::CertificateFiles;
pub use leaf::CertificateInfo;
pub use self_signed::SelfSigned;

use crate::acme::{AcmeConfig, Manager};
use crate::connection::Client;
use crate::guards::HandshakePermit;
use crate::wire::Watched;
use crate::{CertificateError, FrontError};
use preau_base::{Rng, SharedClock};
use preau_gate::Sign;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::{Acceptor, ClientHello, ResolvesServerCert};
use rustls::{CipherSuite, ServerConfig, SupportedCipherSuite};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

pub(crate) const ALPN_HTTP2: &[u8] = b"h2";
const ALPN_HTTP1: &[u8] = b"http/1.1";
/// RFC 8737 §4.
const ALPN_ACME: &[u8] = b"acme-tls/1";

/// Where the certificate comes from.
#[derive(Clone, Debug)]
pub enum TlsConfig {
    /// No TLS listener.
    None,
    Files(CertificateFiles),
    SelfSigned(SelfSigned),
    Acme(AcmeConfig),
}

/// TLS, ready for handshakes.
pub(crate) struct Tls {
    pub certificates: Arc<Certificates>,
    welcoming: Suites,
    doubting: Suites,
    refusing: Suites,
    challenge: Arc<ServerConfig>,
}

/// How much a connection is worth before it has asked for anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    Welcomed,
    /// Of a network whose connections came to nothing lately: no ticket to come back with, which costs a signature's
    /// tenth and is most often thrown away.
    Doubted,
    /// Gets nothing but a page: HTTP/1.1 only, in which that page can be said without a request.
    Refused,
}

/// Configurations that differ in who chooses the cipher.
struct Suites {
    /// We do: [`suites`]. Programs that name AES-256 first get AES-128 all the same, whose hash costs a fifth.
    ours: Arc<ServerConfig>,
    /// The client does: one that names ChaCha20 first has no AES in its processor.
    theirs: Arc<ServerConfig>,
}

impl Suites {
    fn new(ours: ServerConfig) -> Self {
        let mut theirs = ours.clone();
        theirs.ignore_client_order = false;
        Self { ours: Arc::new(ours), theirs: Arc::new(theirs) }
    }

    fn of(&self, hello: &ClientHello<'_>) -> &Arc<ServerConfig> {
        if prefers_chacha(hello.cipher_suites()) { &self.theirs } else { &self.ours }
    }
}

/// Whether the first suite that means anything is one of ChaCha20; browsers send a meaningless one before it (RFC 8701).
fn prefers_chacha(suites: &[CipherSuite]) -> bool {
    let first = suites.iter().find_map(|suite| suite.as_str());
    first.is_some_and(|name| name.contains("CHACHA20"))
}

/// Work on the certificate while the edge runs.
pub(crate) enum Background {
    Files { files: CertificateFiles, certificates: Arc<Certificates>, check_every: Duration },
    Acme(Box<Manager>),
}

impl Background {
    pub async fn run(self) {
        match self {
            Self::Files { files, certificates, check_every } => files::watch(files, certificates, check_every).await,
            Self::Acme(manager) => manager.run().await,
        }
    }
}

pub(crate) fn start(
    config: TlsConfig,
    clock: SharedClock,
    rng: Box<dyn Rng>,
    check_every: Duration,
) -> Result<(Option<Arc<Tls>>, Option<Background>), FrontError> {
    let certificates = Arc::new(Certificates::default());
    let background = match config {
        TlsConfig::None => return Ok((None, None)),
        TlsConfig::Files(files) => {
            certificates.install(files.load()?)?;
            Some(Background::Files { files, certificates: certificates.clone(), check_every })
        }
        TlsConfig::SelfSigned(self_signed) => {
            certificates.install(self_signed.load_or_make(clock.now())?)?;
            None
        }
        TlsConfig::Acme(config) => {
            let manager = Manager::start(config, certificates.clone(), clock, rng)?;
            Some(Background::Acme(Box::new(manager)))
        }
    };
    Ok((Some(Arc::new(Tls::new(certificates)?)), background))
}

impl Tls {
    fn new(certificates: Arc<Certificates>) -> Result<Self, CertificateError> {
        let challenge = Arc::new(ChallengeResolver(certificates.clone()));
        let welcoming = server_config(certificates.clone(), &[ALPN_HTTP2, ALPN_HTTP1])?;
        // Whoever has a ticket from better days may use it: they share the keys.
        let mut doubting = welcoming.clone();
        doubting.send_tls13_tickets = 0;
        let mut refusing = doubting.clone();
        refusing.alpn_protocols = vec![ALPN_HTTP1.to_vec()];
        Ok(Self {
            welcoming: Suites::new(welcoming),
            doubting: Suites::new(doubting),
            refusing: Suites::new(refusing),
            challenge: Arc::new(server_config(challenge, &[ALPN_ACME])?),
            certificates,
        })
    }

    /// One handshake, when its `turn` has come. It is waited for from the ClientHello on: before it, a connection costs
    /// a socket and no cryptography. A client that leaves us without an answer for `half` gives its place up, where others
    /// need it.
    pub async fn accept(
        &self,
        stream: Watched,
        turn: impl Future<Output = Option<HandshakePermit<'_>>>,
        manner: Manner,
        half: Duration,
    ) -> Result<TlsStream<Watched>, TlsError> {
        let start = LazyConfigAcceptor::new(Acceptor::default(), stream).await.map_err(TlsError::Hello)?;
        let hello = start.client_hello();
        let for_challenge = hello.alpn().is_some_and(|mut names| names.any(|name| name == ALPN_ACME));
        let config = match (for_challenge, manner) {
            (true, _) => &self.challenge,
            (false, Manner::Welcomed) => self.welcoming.of(&hello),
            (false, Manner::Doubted) => self.doubting.of(&hello),
            (false, Manner::Refused) => self.refusing.of(&hello),
        }
        .clone();
        if !for_challenge && self.certificates.current().is_none() {
            return Err(TlsError::NoCertificate);
        }
        let permit = turn.await.ok_or(TlsError::Busy)?;
        let mut shaking = pin!(start.into_stream(config));
        let stream = loop {
            match timeout(half, shaking.as_mut()).await {
                Ok(shaken) => break shaken.map_err(TlsError::Handshake)?,
                Err(_silent) if permit.is_needed() => return Err(TlsError::TooSlow),
                Err(_silent) => {}
            }
        };
        // The handshake itself was the answer to the challenge.
        if for_challenge { Err(TlsError::ChallengeAnswered) } else { Ok(stream) }
    }
}

fn server_config(resolver: Arc<dyn ResolvesServerCert>, alpn: &[&[u8]]) -> Result<ServerConfig, CertificateError> {
    let provider = CryptoProvider { cipher_suites: suites(), ..aws_lc_rs::default_provider() };
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    // Tickets, as the bell brings back the same browsers and a resumed handshake needs no signature.
    config.ticketer = aws_lc_rs::Ticketer::new()?;
    // One is enough for the next visit, and the visit after it gets another.
    config.send_tls13_tickets = 1;
    config.ignore_client_order = true;
    Ok(config)
}

/// All that rustls has, AES-128 first: browsers choose it by themselves.
fn suites() -> Vec<SupportedCipherSuite> {
    let mut suites = aws_lc_rs::DEFAULT_CIPHER_SUITES.to_vec();
    suites.sort_by_key(|suite| suite.suite().as_str().is_some_and(|name| name.contains("AES_256")));
    // TLS 1.2 stays behind 1.3, and ChaCha20 behind AES where we choose.
    suites.sort_by_key(|suite| suite.suite().as_str().is_some_and(|name| name.contains("CHACHA20")));
    suites.sort_by_key(|suite| suite.tls13().is_none());
    suites
}

/// Why no HTTP came of a connection to a TLS listener.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    #[error("the connection broke: {0}")]
    Io(io::Error),
    #[error("no ClientHello came: {0}")]
    Hello(io::Error),
    #[error("the handshake failed: {0}")]
    Handshake(io::Error),
    #[error("nothing came")]
    Silent,
    #[error("the handshake was not over in time, or stood still while others waited")]
    TooSlow,
    #[error("too many handshakes wait")]
    Busy,
    #[error("there is no certificate yet")]
    NoCertificate,
    #[error("an ACME challenge was answered")]
    ChallengeAnswered,
}

impl TlsError {
    /// Counts it, and tells it of `client` where the client is to blame.
    pub fn tell(&self, client: &Client) {
        let (reason, sign) = match self {
            // Whoever only looks whether somebody listens ends so.
            Self::Io(_) => ("no_hello", None),
            Self::Hello(error) if error.kind() == io::ErrorKind::UnexpectedEof => ("no_hello", None),
            Self::Hello(_) => ("no_hello", Some(Sign::HandshakeFailed)),
            Self::Silent => ("silent", Some(Sign::Silent)),
            Self::Handshake(_) => ("handshake", Some(Sign::HandshakeFailed)),
            Self::TooSlow => ("too_slow", Some(Sign::HandshakeFailed)),
            Self::Busy => ("busy", Some(Sign::ConnectionRefused)),
            Self::NoCertificate => ("no_certificate", None),
            Self::ChallengeAnswered => return,
        };
        metrics::counter!("preau_front_tls_failures_total", "reason" => reason).increment(1);
        tracing::debug!(error = %self, "no TLS");
        if let Some(sign) = sign {
            client.tell(sign);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cheapest_cipher_is_first_and_none_is_missing() {
        let names: Vec<_> = suites().iter().filter_map(|suite| suite.suite().as_str()).collect();
        let at = |name: &str| names.iter().position(|other| *other == name).unwrap();
        assert_eq!(at("TLS13_AES_128_GCM_SHA256"), 0);
        assert!(at("TLS13_CHACHA20_POLY1305_SHA256") < at("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"));
        assert!(at("TLS13_AES_256_GCM_SHA384") < at("TLS13_CHACHA20_POLY1305_SHA256"));
        assert_eq!(names.len(), aws_lc_rs::DEFAULT_CIPHER_SUITES.len());
    }

    #[test]
    fn a_client_without_aes_in_its_processor_has_its_way() {
        let grease = CipherSuite::from(0x3a3a);
        let (aes, chacha) = (CipherSuite::TLS13_AES_256_GCM_SHA384, CipherSuite::TLS13_CHACHA20_POLY1305_SHA256);
        assert!(prefers_chacha(&[grease, chacha, aes]) && prefers_chacha(&[chacha]));
        assert!(!prefers_chacha(&[grease, aes, chacha]) && !prefers_chacha(&[grease]) && !prefers_chacha(&[]));
    }
}
