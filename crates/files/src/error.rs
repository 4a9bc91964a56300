use std::io;
use std::path::Path;

/// What went wrong in the object store. Nothing half-written is left in place, whichever it is.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error("the disk is full: {free_bytes} bytes free, {wanted_bytes} wanted beside the reserve")]
    DiskFull { free_bytes: u64, wanted_bytes: u64 },
    #[error("there is no such file")]
    Missing,
    #[error("the part has {found} bytes, the sender goes on from {asked}")]
    Offset { asked: u64, found: u64 },
    #[error("{what} {path}: {source}")]
    Io { what: &'static str, path: String, source: io::Error },
}

impl FilesError {
    /// Names the path that an I/O error is about; a full disk or a quota reached is told apart.
    pub(crate) fn at(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Self::DiskFull { free_bytes: 0, wanted_bytes: 0 }
            }
            io::ErrorKind::NotFound => Self::Missing,
            _ => Self::Io { what, path, source },
        }
    }

    pub const fn is_disk_full(&self) -> bool {
        matches!(self, Self::DiskFull { .. })
    }
}

/// Why a file was not taken from its sender.
#[derive(Debug, thiserror::Error)]
pub enum PutError<E> {
    #[error(transparent)]
    Files(#[from] FilesError),
    /// It has more bytes than it may.
    #[error("the file has more than {bytes_max} bytes")]
    TooLarge { bytes_max: u64 },
    /// The sender broke off.
    #[error("the sender broke off: {0}")]
    Sender(E),
}
