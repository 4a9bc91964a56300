use std::path::PathBuf;

/// Why the proxy cannot start. What goes wrong later is answered and counted where it happens.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    #[error("cannot read the authorities in {path}: {why}", path = path.display())]
    Roots { path: PathBuf, why: String },
    #[error("“{0}” is no name that a certificate can be for")]
    ServerName(String),
    #[error("TLS to the application cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

/// Why a request got no answer from the application.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("the application cannot be reached: {0}")]
    Unreachable(std::io::Error),
    #[error("the application took too long to accept a connection")]
    ConnectTooSlow,
    #[error("no connection to the application is free")]
    Busy,
    #[error("the application took too long to answer")]
    HeadTooSlow,
    #[error("the connection to the application broke: {0}")]
    Broken(hyper::Error),
    #[error("what the application answered is not understood: {0}")]
    Nonsense(&'static str),
}

impl Failure {
    /// The name in counters.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::ConnectTooSlow => "connect_too_slow",
            Self::Busy => "busy",
            Self::HeadTooSlow => "head_too_slow",
            Self::Broken(_) => "broken",
            Self::Nonsense(_) => "nonsense",
        }
    }
}
