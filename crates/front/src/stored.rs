//! Files of the data folder that hold keys: readable by their owner only, replaced whole or not at all.

use crate::CertificateError;
use crate::limits::CERTIFICATE_FILE_BYTES_MAX;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

fn failed<'a>(what: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> CertificateError + 'a {
    move |source| CertificateError::File { what, path: path.to_owned(), source }
}

/// Writes `bytes` to `path` with mode 0600, its folder made with mode 0700 where it is missing; on disk when this returns.
pub(crate) fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), CertificateError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed("make the folder", folder))?;
    let unfinished = path.with_extension("new");
    let write = || {
        // One left over from a crash may have any mode.
        match fs::remove_file(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => (),
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        File::open(folder)?.sync_all()
    };
    write().map_err(failed("write", path))
}

/// A file of at most [`CERTIFICATE_FILE_BYTES_MAX`] bytes.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, CertificateError> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed("open", path))?;
    file.take(CERTIFICATE_FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(failed("read", path))?;
    if bytes.len() as u64 > CERTIFICATE_FILE_BYTES_MAX {
        return Err(CertificateError::FileTooLarge { path: path.to_owned(), bytes_max: CERTIFICATE_FILE_BYTES_MAX });
    }
    Ok(bytes)
}

/// As [`read`]; `None` where there is no file.
pub(crate) fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, CertificateError> {
    match read(path) {
        Err(CertificateError::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn secrets_are_their_owners_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tls/key.pem");
        assert!(read_if_there(&path).unwrap().is_none());
        for text in ["one", "two"] {
            write_secret(&path, text.as_bytes()).unwrap();
            assert_eq!(read(&path).unwrap(), text.as_bytes());
        }
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
        File::create(&path).unwrap().set_len(CERTIFICATE_FILE_BYTES_MAX + 1).unwrap();
        assert!(matches!(read(&path), Err(CertificateError::FileTooLarge { .. })));
    }
}
