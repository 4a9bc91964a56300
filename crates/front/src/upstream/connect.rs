//! A new connection to the application.

use super::body::AskedBody;
use super::config::{UpstreamConfig, UpstreamUrl};
use super::error::{Failure, UpstreamError};
use crate::limits as l;
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// Opens connections to one application.
pub(super) struct Dialer {
    url: UpstreamUrl,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    time_max: Duration,
}

fn roots(path: Option<&Path>) -> Result<RootCertStore, UpstreamError> {
    let mut roots = RootCertStore::empty();
    let Some(path) = path else {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        return Ok(roots);
    };
    let wrong = |why: String| UpstreamError::Roots { path: path.to_path_buf(), why };
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| wrong(error.to_string()))? {
        let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
        roots.add(certificate).map_err(|error| wrong(error.to_string()))?;
    }
    if roots.is_empty() { Err(wrong("it holds no certificate in PEM".to_owned())) } else { Ok(roots) }
}

impl Dialer {
    pub fn new(config: &UpstreamConfig) -> Result<Self, UpstreamError> {
        let tls = if config.url.tls {
            let name = ServerName::try_from(config.url.host().to_owned());
            let name = name.map_err(|_| UpstreamError::ServerName(config.url.host().to_owned()))?;
            let client = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()?
                .with_root_certificates(roots(config.roots.as_deref())?)
                .with_no_client_auth();
            Some((TlsConnector::from(Arc::new(client)), name))
        } else {
            None
        };
        Ok(Self { url: config.url.clone(), tls, time_max: config.limits.connect })
    }

    pub async fn dial(&self) -> Result<SendRequest<AskedBody>, Failure> {
        match timeout(self.time_max, self.open()).await {
            Ok(opened) => opened,
            Err(_late) => Err(Failure::ConnectTooSlow),
        }
    }

    async fn open(&self) -> Result<SendRequest<AskedBody>, Failure> {
        let stream = self.tcp().await.map_err(Failure::Unreachable)?;
        match &self.tls {
            None => speak_http(stream).await,
            Some((connector, name)) => {
                let stream = connector.connect(name.clone(), stream).await.map_err(Failure::Unreachable)?;
                speak_http(stream).await
            }
        }
    }

    /// The addresses of the name one after the other.
    async fn tcp(&self) -> io::Result<TcpStream> {
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        for address in lookup_host((self.url.host(), self.url.port)).await? {
            match TcpStream::connect(address).await {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    return Ok(stream);
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

async fn speak_http<S>(stream: S) -> Result<SendRequest<AskedBody>, Failure>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut settings = Builder::new();
    settings.max_buf_size(l::UPSTREAM_HEAD_BYTES_MAX).max_headers(l::UPSTREAM_HEADERS_MAX);
    let (sender, connection) = settings.handshake(TokioIo::new(stream)).await.map_err(Failure::Broken)?;
    tokio::spawn(async move {
        // The request on it has heard of the error; what comes later is the application closing an idle connection.
        let _ended = connection.with_upgrades().await;
    });
    Ok(sender)
}
