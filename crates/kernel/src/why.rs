use crate::capabilities::Missing;
use std::path::PathBuf;

/// Why the kernel does not help. Each is one sentence for the log; the program goes on without.
#[derive(Debug, thiserror::Error)]
pub enum Why {
    #[error("the kernel does not help against floods: {0}")]
    Missing(#[from] Missing),
    #[error("the kernel does not help against floods: the program nft is not installed (package nftables)")]
    NoNft,
    #[error("the kernel does not help against floods: {0} in its configuration")]
    Config(&'static str),
    #[error("the kernel does not help against floods: another Préau (process {0}) has the table inet preau_gate")]
    Taken(u32),
    #[error("the kernel does not help against floods: {} {source}", program.display())]
    Run { program: PathBuf, source: std::io::Error },
    #[error("the kernel does not help against floods: {} took too long", .0.display())]
    Slow(PathBuf),
    #[error("the kernel does not help against floods: nft says: {0}")]
    Nft(String),
    #[error("the kernel does not help against floods: no thread: {0}")]
    Thread(std::io::Error),
    #[error("{interface}: its driver drops nothing for us: {what}")]
    Xdp { interface: String, what: String },
}
