//! TLS and HTTP over a connection, as browsers speak them.

use crate::limits::{ANSWER_BYTES_MAX, CONNECT_MS_MAX};
use crate::net::{self, Origin};
use crate::target::Destination;
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// How a server is spoken to.
#[derive(Clone)]
pub(crate) struct Speech {
    pub destination: Destination,
    /// `https://127.0.0.1:8443`
    pub origin: String,
    /// `127.0.0.1:8443`
    pub host: String,
    tls: Option<Tls>,
}

#[derive(Clone)]
struct Tls {
    http1: Arc<ClientConfig>,
    http2: Arc<ClientConfig>,
    name: ServerName<'static>,
}

/// Whether there is TLS. Certificates are not checked: our own server stands on this machine, and a visited one has proved
/// itself by its operator's signature and is sent nothing secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    Plain,
    Unchecked,
    /// As programs do that want to be many: what the handshake proves is not looked at, and no handshake goes on from an
    /// earlier one.
    Careless,
}

/// Sessions that a browser goes on from: rustls is handed one at a time, and uses each once.
const SESSIONS_KEPT: usize = 4;

impl Speech {
    /// `host` as it stands in the address bar, port included where it is not the usual one.
    pub(crate) fn new(destination: Destination, host: &str, trust: Trust) -> io::Result<Self> {
        if trust == Trust::Plain {
            return Ok(Self { destination, origin: format!("http://{host}"), host: host.to_owned(), tls: None });
        }
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name).trim_matches(['[', ']']);
        let name = ServerName::try_from(name.to_owned()).map_err(io::Error::other)?;
        let config = |protocol: &[u8]| -> io::Result<Arc<ClientConfig>> {
            let provider = Arc::new(aws_lc_rs::default_provider());
            let verifier = Arc::new(Unchecked { provider: provider.clone(), trust });
            let mut config = ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .map_err(io::Error::other)?
                .dangerous()
                .with_custom_certificate_verifier(verifier)
                .with_no_client_auth();
            config.alpn_protocols = vec![protocol.to_vec()];
            config.resumption = Resumption::disabled();
            Ok(Arc::new(config))
        };
        let tls = Tls { http1: config(b"http/1.1")?, http2: config(b"h2")?, name };
        Ok(Self { destination, origin: format!("https://{host}"), host: host.to_owned(), tls: Some(tls) })
    }

    /// The same with a memory of its own for what lets a handshake go on from an earlier one: its first is whole.
    pub(crate) fn of_one_browser(&self) -> Self {
        let mut own = self.clone();
        if let Some(tls) = &mut own.tls {
            for config in [&mut tls.http1, &mut tls.http2] {
                Arc::make_mut(config).resumption = Resumption::in_memory_sessions(SESSIONS_KEPT);
            }
        }
        own
    }

    pub(crate) const fn is_secure(&self) -> bool {
        self.tls.is_some()
    }

    /// Opens a connection and, where there is TLS, finishes its handshake.
    pub(crate) async fn open(&self, from: Origin, wants_http2: bool) -> io::Result<Stream> {
        let stream = net::connect(&self.destination, from).await?;
        let Some(tls) = &self.tls else { return Ok(Stream::Plain(stream)) };
        let config = if wants_http2 { &tls.http2 } else { &tls.http1 };
        let connecting = TlsConnector::from(config.clone()).connect(tls.name.clone(), stream);
        let stream = timeout(Duration::from_millis(CONNECT_MS_MAX), connecting)
            .await
            .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        Ok(Stream::Tls(Box::new(stream)))
    }

    /// A TCP connection alone.
    pub(crate) async fn touch(&self, from: Origin) -> io::Result<TcpStream> {
        net::connect(&self.destination, from).await
    }

    /// Opens a connection that speaks HTTP/2 where it may, HTTP/1.1 otherwise.
    pub(crate) async fn line(&self, from: Origin, wants_http2: bool) -> io::Result<Line> {
        let wants_http2 = wants_http2 && self.is_secure();
        let io = TokioIo::new(self.open(from, wants_http2).await?);
        let asks = if wants_http2 {
            let (asks, driver) = http2::handshake(TokioExecutor::new(), io).await.map_err(io::Error::other)?;
            tokio::spawn(async move { drop(driver.await) });
            Asks::Http2(asks)
        } else {
            let (asks, driver) = http1::handshake(io).await.map_err(io::Error::other)?;
            tokio::spawn(async move { drop(driver.await) });
            Asks::Http1(asks)
        };
        Ok(Line { asks, destination: self.destination.clone() })
    }
}

/// Bytes to and from a server.
pub(crate) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    /// Resolves when the other side has reset the connection, though nothing is read of it.
    pub(crate) async fn until_reset(&self) {
        let socket = match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream.get_ref().0,
        };
        if let Err(error) = socket.ready(Interest::ERROR).await {
            tracing::debug!(%error, "a connection cannot be watched");
            std::future::pending().await
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(cx),
        }
    }
}

/// A connection on which requests are sent, for as long as its destination may be reached.
pub(crate) struct Line {
    asks: Asks,
    destination: Destination,
}

enum Asks {
    Http1(http1::SendRequest<Full<Bytes>>),
    Http2(http2::SendRequest<Full<Bytes>>),
}

/// A whole answer.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Line {
    pub(crate) fn is_usable(&self) -> bool {
        match &self.asks {
            Asks::Http1(asks) => !asks.is_closed(),
            Asks::Http2(asks) => !asks.is_closed(),
        }
    }

    pub(crate) const fn is_http2(&self) -> bool {
        matches!(self.asks, Asks::Http2(_))
    }

    /// Sends a request and reads its answer to the end, within `within`.
    ///
    /// # Errors
    /// [`io::ErrorKind::PermissionDenied`] when the destination may not be reached any more, though the connection is open.
    pub(crate) async fn ask(&mut self, request: Request<Full<Bytes>>, within: Duration) -> io::Result<Heard> {
        net::check(&self.destination)?;
        let asking = async {
            let answer = match &mut self.asks {
                Asks::Http1(asks) => {
                    asks.ready().await.map_err(io::Error::other)?;
                    asks.send_request(request).await
                }
                Asks::Http2(asks) => {
                    asks.ready().await.map_err(io::Error::other)?;
                    asks.send_request(request).await
                }
            };
            let (head, body) = answer.map_err(io::Error::other)?.into_parts();
            let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await.map_err(io::Error::other)?.to_bytes();
            Ok(Heard { status: head.status, headers: head.headers, body })
        };
        timeout(within, asking).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
    }
}

/// Takes any certificate. People's browsers check the handshake's signature all the same: it is part of what a handshake
/// costs them.
#[derive(Debug)]
struct Unchecked {
    provider: Arc<CryptoProvider>,
    trust: Trust,
}

impl ServerCertVerifier for Unchecked {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        if self.trust == Trust::Careless {
            return Ok(HandshakeSignatureValid::assertion());
        }
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        if self.trust == Trust::Careless {
            return Ok(HandshakeSignatureValid::assertion());
        }
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
