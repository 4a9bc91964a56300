use crate::folder::Folder;
use crate::limits::SWEEP_ASKED_MAX;
use crate::{FilesError, Opened, Part, PutError, Stored};
use bytes::Bytes;
use futures_util::Stream;
use preau_base::{FileId, Instant, UploadId};
use std::path::Path;
use std::sync::Arc;

/// The opened object store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Files(Arc<Backend>);

#[derive(Debug)]
enum Backend {
    Folder(Folder),
}

impl Files {
    /// A folder, made if it is not there (mode 0700). No file is taken that would leave less than `reserve_bytes` free on
    /// its disk; [`crate::limits::DISK_RESERVE_BYTES`] is meant for it.
    ///
    /// # Errors
    /// [`FilesError::Io`] when it cannot be made.
    pub fn in_folder(path: &Path, reserve_bytes: u64) -> Result<Self, FilesError> {
        Ok(Self(Arc::new(Backend::Folder(Folder::make(path, reserve_bytes)?))))
    }

    fn folder(&self) -> &Folder {
        let Backend::Folder(folder) = &*self.0;
        folder
    }

    /// Takes a file from its sender, at most `bytes_max` bytes. When this returns, it is on the disk under `id`.
    ///
    /// # Errors
    /// [`PutError`]; then nothing is left of it.
    pub async fn put<E>(
        &self,
        id: FileId,
        stream: impl Stream<Item = Result<Bytes, E>> + Send,
        bytes_max: u64,
    ) -> Result<Stored, PutError<E>> {
        self.folder().put(id, stream, bytes_max).await
    }

    /// Opens a file for reading.
    ///
    /// # Errors
    /// [`FilesError::Missing`] when there is none of this id.
    pub async fn open(&self, id: FileId) -> Result<Opened, FilesError> {
        self.folder().open(id).await
    }

    /// Reads a file whole: what it is, by its bytes.
    ///
    /// # Errors
    /// [`FilesError::Missing`] when there is none of this id, [`FilesError::Io`] when it cannot be read.
    pub async fn read_through(&self, id: FileId) -> Result<Stored, FilesError> {
        self.folder().read_through(id).await
    }

    /// Whether a file of this id is there.
    ///
    /// # Errors
    /// [`FilesError::Io`].
    pub async fn has(&self, id: FileId) -> Result<bool, FilesError> {
        self.folder().has(id).await
    }

    /// Removes a file; one that is not there is no error.
    ///
    /// # Errors
    /// [`FilesError::Io`].
    pub async fn remove(&self, id: FileId) -> Result<(), FilesError> {
        self.folder().remove(id).await
    }

    /// Makes the empty part of an upload of `bytes` bytes.
    ///
    /// # Errors
    /// [`FilesError::DiskFull`] when so many would not fit.
    pub async fn begin(&self, id: UploadId, bytes: u64) -> Result<(), FilesError> {
        self.folder().begin(id, bytes).await
    }

    /// How many bytes of an upload are there; `None` when it has no part.
    ///
    /// # Errors
    /// [`FilesError::Io`].
    pub async fn part_bytes(&self, id: UploadId) -> Result<Option<u64>, FilesError> {
        self.folder().part_bytes(id).await
    }

    /// Opens the part of an upload to go on at `offset`. One sender at a time: the caller sees to it.
    ///
    /// # Errors
    /// [`FilesError::Offset`] when the part has another length, [`FilesError::Missing`] when it is gone.
    pub async fn resume(&self, id: UploadId, offset: u64) -> Result<Part, FilesError> {
        self.folder().resume(id, offset).await
    }

    /// Makes a file of a part that is whole. Called again after a crash in the middle, it gives the same.
    ///
    /// # Errors
    /// [`FilesError::Missing`] when there is neither the part nor the file.
    pub async fn finish(&self, id: UploadId) -> Result<Stored, FilesError> {
        self.folder().finish(id).await
    }

    /// Removes the part of an upload; one that is not there is no error.
    ///
    /// # Errors
    /// [`FilesError::Io`].
    pub async fn abandon(&self, id: UploadId) -> Result<(), FilesError> {
        self.folder().abandon(id).await
    }

    /// Files, and parts of uploads, that were last written before `made_before`, at most [`SWEEP_ASKED_MAX`] after `after`
    /// in order of their ids. The caller asks the store which of them it knows and removes the others.
    ///
    /// # Errors
    /// [`FilesError::Io`].
    pub async fn old(&self, made_before: Instant, after: Option<FileId>) -> Result<Vec<FileId>, FilesError> {
        self.folder().old(made_before, after, SWEEP_ASKED_MAX).await
    }

    /// Parts of uploads that were last written before `made_before`, and what a crash has left half-written, which is
    /// removed at once.
    ///
    /// # Errors
    /// [`FilesError::Io`].
    pub async fn old_parts(&self, made_before: Instant) -> Result<Vec<UploadId>, FilesError> {
        self.folder().old_parts(made_before).await
    }
}
