use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the edge cannot start or go on. Whatever else goes wrong later is answered, counted and logged where it happens.
#[derive(Debug, thiserror::Error)]
pub enum FrontError {
    #[error("cannot listen on {address}: {source}")]
    Bind { address: SocketAddr, source: io::Error },
    #[error("no listener is configured")]
    NoListener,
    #[error("a TLS listener needs a certificate: files, ACME or self-signed")]
    NoTls,
    #[error("a {0} listener and no TLS listener: there is nothing to redirect to")]
    NothingToRedirectTo(&'static str),
    #[error("ACME by http-01 needs a redirect listener, which the authority reaches at port 80")]
    NoHttp01Listener,
    #[error("nobody can be let in: {0}")]
    Door(#[source] io::Error),
    #[error("nobody can be let in any more: the thread at the door has ended by itself")]
    DoorEnded,
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

/// What is wrong with a certificate, its key or their files.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    #[error("cannot {what} {path}: {source}", path = path.display())]
    File { what: &'static str, path: PathBuf, source: io::Error },
    #[error("{path} is larger than {bytes_max} bytes, so it is no certificate or key", path = path.display())]
    FileTooLarge { path: PathBuf, bytes_max: u64 },
    #[error("{path} holds no {what} in PEM: {reason}", path = path.display())]
    Pem { path: PathBuf, what: &'static str, reason: String },
    #[error("certificate {cert} and key {key} do not fit: {source}", cert = cert.display(), key = key.display())]
    Pair { cert: PathBuf, key: PathBuf, source: rustls::Error },
    #[error("the certificate cannot be read: {0}")]
    Unreadable(String),
    #[error("cannot make a certificate for {names}: {source}")]
    Make { names: String, source: rcgen::Error },
    #[error("no name to make a certificate for")]
    NoName,
    #[error("“{0}” is no name that a certificate can be asked for: write a host name in ASCII, without a star")]
    Name(String),
    #[error("{0} names in one certificate; the limit is {max}", max = crate::limits::ACME_NAMES_MAX)]
    TooManyNames(usize),
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}
