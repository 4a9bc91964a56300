//! Files in a folder: `xx/ID` by the last two hexadecimal digits of the id, parts of uploads in `parts/ID`.

use crate::limits::{CHUNK_BYTES, SNIFF_BYTES};
use crate::{Digest, FilesError, Kind, Opened, Part, PutError, Stored, kind};
use aws_lc_rs::digest::{Context, SHA256};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use preau_base::{FileId, Instant, UploadId};
use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};
use tokio::fs::{self, File, OpenOptions};
use tokio::io::{AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

mod walk;

const PARTS: &str = "parts";
/// Ends the names of files that are being written.
const WRITING: &str = ".writing";

#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    reserve_bytes: u64,
}

impl Folder {
    pub fn make(root: &Path, reserve_bytes: u64) -> Result<Self, FilesError> {
        use std::os::unix::fs::DirBuilderExt as _;
        for path in [root.to_path_buf(), root.join(PARTS)] {
            let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&path);
            made.map_err(FilesError::at("cannot make the folder", &path))?;
        }
        Ok(Self { root: root.to_path_buf(), reserve_bytes })
    }

    fn path(&self, id: FileId) -> PathBuf {
        let name = id.to_string();
        let shelf = name.get(name.len().saturating_sub(2)..).unwrap_or("00").to_owned();
        self.root.join(shelf).join(name)
    }

    fn part_path(&self, id: UploadId) -> PathBuf {
        self.root.join(PARTS).join(id.to_string())
    }

    /// Refuses what would leave less than the reserve free.
    fn check_room(&self, wanted_bytes: u64) -> Result<(), FilesError> {
        let stat = rustix::fs::statvfs(&self.root).map_err(io::Error::from);
        let stat = stat.map_err(FilesError::at("cannot ask for the free space of", &self.root))?;
        let free_bytes = stat.f_bavail.saturating_mul(stat.f_frsize);
        if free_bytes < self.reserve_bytes.saturating_add(wanted_bytes) {
            return Err(FilesError::DiskFull { free_bytes, wanted_bytes });
        }
        Ok(())
    }

    pub async fn put<E>(
        &self,
        id: FileId,
        stream: impl Stream<Item = Result<Bytes, E>> + Send,
        bytes_max: u64,
    ) -> Result<Stored, PutError<E>> {
        self.check_room(0)?;
        let path = self.path(id);
        self.make_shelf(&path).await?;
        let writing = path.with_extension(WRITING.trim_start_matches('.'));
        let file = create_private(&writing).await?;
        let taken = self.take(file, &writing, stream, bytes_max).await;
        let taken = match taken {
            Ok(taken) => self.place(&writing, &path).await.map(|()| taken).map_err(PutError::from),
            Err(error) => Err(error),
        };
        if taken.is_err() {
            forget(&writing).await;
        }
        taken.map(|(bytes, sha256, kind)| Stored { id, bytes, sha256, kind })
    }

    async fn take<E>(
        &self,
        file: File,
        path: &Path,
        stream: impl Stream<Item = Result<Bytes, E>> + Send,
        bytes_max: u64,
    ) -> Result<(u64, Digest, Kind), PutError<E>> {
        let mut writer = Writer::new(file);
        let mut stream = std::pin::pin!(stream);
        let mut asked_at = 0;
        while let Some(piece) = stream.next().await {
            let piece = piece.map_err(PutError::Sender)?;
            if writer.bytes + piece.len() as u64 > bytes_max {
                return Err(PutError::TooLarge { bytes_max });
            }
            writer.write(&piece).await.map_err(FilesError::at("cannot write", path))?;
            if writer.bytes - asked_at > (CHUNK_BYTES as u64) * 16 {
                asked_at = writer.bytes;
                self.check_room(0)?;
            }
        }
        let (file, bytes, sha256, kind) = writer.end().await.map_err(FilesError::at("cannot write", path))?;
        file.sync_all().await.map_err(FilesError::at("cannot sync", path))?;
        Ok((bytes, sha256, kind))
    }

    async fn make_shelf(&self, path: &Path) -> Result<(), FilesError> {
        let shelf = path.parent().unwrap_or(&self.root);
        match fs::DirBuilder::new().mode(0o700).create(shelf).await {
            Ok(()) => sync_folder(&self.root).await,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(FilesError::at("cannot make", shelf)(error)),
        }
    }

    /// Puts a synced file where it is found; on the disk when this returns.
    async fn place(&self, from: &Path, to: &Path) -> Result<(), FilesError> {
        fs::rename(from, to).await.map_err(FilesError::at("cannot place", to))?;
        sync_folder(to.parent().unwrap_or(&self.root)).await
    }

    pub async fn open(&self, id: FileId) -> Result<Opened, FilesError> {
        let path = self.path(id);
        let file = File::open(&path).await.map_err(FilesError::at("cannot open", &path))?;
        let bytes = file.metadata().await.map_err(FilesError::at("cannot read", &path))?.len();
        Ok(Opened { file, bytes })
    }

    pub async fn has(&self, id: FileId) -> Result<bool, FilesError> {
        let path = self.path(id);
        fs::try_exists(&path).await.map_err(FilesError::at("cannot look for", &path))
    }

    pub async fn remove(&self, id: FileId) -> Result<(), FilesError> {
        remove_if_there(&self.path(id)).await
    }

    pub async fn begin(&self, id: UploadId, bytes: u64) -> Result<(), FilesError> {
        self.check_room(bytes)?;
        create_private(&self.part_path(id)).await?;
        sync_folder(&self.root.join(PARTS)).await
    }

    pub async fn part_bytes(&self, id: UploadId) -> Result<Option<u64>, FilesError> {
        let path = self.part_path(id);
        match fs::metadata(&path).await {
            Ok(found) => Ok(Some(found.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(FilesError::at("cannot read", &path)(error)),
        }
    }

    pub async fn resume(&self, id: UploadId, offset: u64) -> Result<Part, FilesError> {
        self.check_room(0)?;
        let path = self.part_path(id);
        let file = OpenOptions::new().write(true).open(&path).await.map_err(FilesError::at("cannot open", &path))?;
        let found = file.metadata().await.map_err(FilesError::at("cannot read", &path))?.len();
        if found != offset {
            return Err(FilesError::Offset { asked: offset, found });
        }
        Ok(Part { file, path, began_at: found, length: found })
    }

    pub async fn finish(&self, upload: UploadId) -> Result<Stored, FilesError> {
        let id = FileId::from_uuid(upload.uuid());
        let (part, path) = (self.part_path(upload), self.path(id));
        match File::open(&part).await {
            Ok(file) => {
                let stored = read_through(id, file, &part).await?;
                self.make_shelf(&path).await?;
                self.place(&part, &path).await?;
                Ok(stored)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let file = File::open(&path).await.map_err(FilesError::at("cannot open", &path))?;
                read_through(id, file, &path).await
            }
            Err(error) => Err(FilesError::at("cannot open", &part)(error)),
        }
    }

    pub async fn abandon(&self, id: UploadId) -> Result<(), FilesError> {
        remove_if_there(&self.part_path(id)).await
    }

    pub async fn old(
        &self,
        made_before: Instant,
        after: Option<FileId>,
        most: usize,
    ) -> Result<Vec<FileId>, FilesError> {
        let root = self.root.clone();
        walk::off_thread(move || walk::old_files(&root, made_before, after, most)).await
    }

    pub async fn old_parts(&self, made_before: Instant) -> Result<Vec<UploadId>, FilesError> {
        let root = self.root.clone();
        walk::off_thread(move || walk::old_parts(&root, made_before)).await
    }
}

/// Reads a file whole, for its hash and its kind, and syncs it.
async fn read_through(id: FileId, mut file: File, path: &Path) -> Result<Stored, FilesError> {
    let failed = |error| FilesError::at("cannot read", path)(error);
    let mut seen = Seen::new();
    let mut piece = vec![0; CHUNK_BYTES];
    loop {
        let read = file.read(&mut piece).await.map_err(failed)?;
        let Some(piece) = piece.get(..read).filter(|piece| !piece.is_empty()) else { break };
        seen.see(piece);
    }
    file.sync_all().await.map_err(failed)?;
    let (bytes, sha256, kind) = seen.end();
    Ok(Stored { id, bytes, sha256, kind })
}

/// What is learned of a file as it passes.
struct Seen {
    context: Context,
    head: Vec<u8>,
    bytes: u64,
}

impl Seen {
    fn new() -> Self {
        Self { context: Context::new(&SHA256), head: Vec::with_capacity(SNIFF_BYTES), bytes: 0 }
    }

    fn see(&mut self, piece: &[u8]) {
        self.context.update(piece);
        let room = SNIFF_BYTES.saturating_sub(self.head.len()).min(piece.len());
        self.head.extend(piece.iter().take(room));
        self.bytes += piece.len() as u64;
    }

    fn end(self) -> (u64, Digest, Kind) {
        (self.bytes, Digest::from_digest(&self.context.finish()), kind::sniff(&self.head))
    }
}

/// Writes what comes in small pieces in larger ones, and learns of it.
struct Writer<W> {
    to: W,
    buffer: Vec<u8>,
    seen: Seen,
    bytes: u64,
}

impl<W: AsyncWrite + Unpin> Writer<W> {
    fn new(to: W) -> Self {
        Self { to, buffer: Vec::with_capacity(CHUNK_BYTES), seen: Seen::new(), bytes: 0 }
    }

    async fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.seen.see(piece);
        self.bytes += piece.len() as u64;
        self.buffer.extend_from_slice(piece);
        if self.buffer.len() >= CHUNK_BYTES {
            self.to.write_all(&self.buffer).await?;
            self.buffer.clear();
        }
        Ok(())
    }

    async fn end(mut self) -> io::Result<(W, u64, Digest, Kind)> {
        self.to.write_all(&self.buffer).await?;
        self.to.flush().await?;
        let (bytes, sha256, kind) = self.seen.end();
        Ok((self.to, bytes, sha256, kind))
    }
}

async fn create_private(path: &Path) -> Result<File, FilesError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    options.open(path).await.map_err(FilesError::at("cannot make", path))
}

async fn sync_folder(path: &Path) -> Result<(), FilesError> {
    let failed = |error| FilesError::at("cannot sync", path)(error);
    File::open(path).await.map_err(failed)?.sync_all().await.map_err(failed)
}

async fn remove_if_there(path: &Path) -> Result<(), FilesError> {
    match fs::remove_file(path).await {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(FilesError::at("cannot remove", path)(error)),
        _ => Ok(()),
    }
}

/// What could not be finished goes; if even that fails, the sweep takes it.
async fn forget(path: &Path) {
    if let Err(error) = remove_if_there(path).await {
        warn_left(path, &error);
    }
}

fn warn_left(path: &Path, error: &dyn Display) {
    tracing::warn!(%error, file = %path.display(), "a half-written file stays until the sweep");
}

#[cfg(test)]
mod tests;
