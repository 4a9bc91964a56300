use crate::FilesError;
use crate::disk::Disk;
use bytes::Bytes;
use std::path::PathBuf;
use tokio::fs::File;
use tokio::io::AsyncSeekExt as _;

/// The part of an upload, open to go on. What was appended counts once [`Part::sync`] has returned.
#[derive(Debug)]
pub struct Part {
    pub(crate) disk: Disk,
    pub(crate) file: File,
    pub(crate) path: PathBuf,
    pub(crate) began_at: u64,
    pub(crate) length: u64,
}

impl Part {
    /// How many bytes it has.
    pub const fn bytes(&self) -> u64 {
        self.length
    }

    /// Appends bytes. On an error it is cut back to what it was.
    ///
    /// # Errors
    /// [`FilesError::DiskFull`], [`FilesError::Io`].
    pub async fn append(&mut self, bytes: &Bytes) -> Result<(), FilesError> {
        match self.write(bytes).await {
            Ok(()) => {
                self.length += bytes.len() as u64;
                Ok(())
            }
            Err(error) => {
                // What a full disk has taken of a piece stays out: the length is the offset that the sender is told.
                let cut = self.disk.cut(&self.file, &self.path, self.length).await;
                cut.map_err(FilesError::at("cannot cut back", &self.path))?;
                Err(error)
            }
        }
    }

    async fn write(&mut self, bytes: &Bytes) -> Result<(), FilesError> {
        let failed = |error| FilesError::at("cannot write", &self.path)(error);
        self.file.seek(std::io::SeekFrom::Start(self.length)).await.map_err(failed)?;
        self.disk.write(&mut self.file, &self.path, bytes).await.map_err(failed)
    }

    /// Puts what was appended on the disk.
    ///
    /// # Errors
    /// [`FilesError::Io`].
    pub async fn sync(&mut self) -> Result<(), FilesError> {
        self.disk.sync(&self.file, &self.path).await.map_err(FilesError::at("cannot sync", &self.path))
    }

    /// Takes back all that was appended since it was opened.
    ///
    /// # Errors
    /// [`FilesError::Io`].
    pub async fn take_back(mut self) -> Result<(), FilesError> {
        let cut = self.disk.cut(&self.file, &self.path, self.began_at).await;
        cut.map_err(FilesError::at("cannot cut back", &self.path))?;
        self.length = self.began_at;
        self.sync().await
    }
}
