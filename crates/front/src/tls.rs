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
use crate::{CertificateError, FrontError};
use preau_base::{Rng, SharedClock};
use preau_gate::Sign;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::server::{Acceptor, ResolvesServerCert};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
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
    server: Arc<ServerConfig>,
    /// For connections that get nothing but a page: HTTP/1.1 only, in which that page can be said without a request.
    refusing: Arc<ServerConfig>,
    challenge: Arc<ServerConfig>,
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
        Ok(Self {
            server: server_config(certificates.clone(), &[ALPN_HTTP2, ALPN_HTTP1])?,
            refusing: server_config(certificates.clone(), &[ALPN_HTTP1])?,
            challenge: server_config(challenge, &[ALPN_ACME])?,
            certificates,
        })
    }

    /// One handshake, when its `turn` has come. It is waited for from the ClientHello on: before it, a connection costs
    /// a socket and no cryptography.
    pub async fn accept(
        &self,
        stream: TcpStream,
        turn: impl Future<Output = Option<HandshakePermit<'_>>>,
        refused: bool,
    ) -> Result<TlsStream<TcpStream>, TlsError> {
        let start = LazyConfigAcceptor::new(Acceptor::default(), stream).await.map_err(TlsError::Hello)?;
        let for_challenge = start.client_hello().alpn().is_some_and(|mut names| names.any(|name| name == ALPN_ACME));
        let config = match (for_challenge, refused) {
            (true, _) => &self.challenge,
            (false, true) => &self.refusing,
            (false, false) => &self.server,
        };
        if !for_challenge && self.certificates.current().is_none() {
            return Err(TlsError::NoCertificate);
        }
        let _permit = turn.await.ok_or(TlsError::Busy)?;
        let stream = start.into_stream(config.clone()).await.map_err(TlsError::Handshake)?;
        // The handshake itself was the answer to the challenge.
        if for_challenge { Err(TlsError::ChallengeAnswered) } else { Ok(stream) }
    }
}

fn server_config(resolver: Arc<dyn ResolvesServerCert>, alpn: &[&[u8]]) -> Result<Arc<ServerConfig>, CertificateError> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    // Tickets, as the bell brings back the same browsers and a resumed handshake needs no signature.
    config.ticketer = aws_lc_rs::Ticketer::new()?;
    Ok(Arc::new(config))
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
    #[error("the handshake was not over in time")]
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
