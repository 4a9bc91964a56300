//! Files in a folder: `xx/ID` by the last two hexadecimal digits of the id, parts of uploads in `parts/ID`.

use crate::disk::Disk;
use crate::limits::{CHUNK_BYTES, SNIFF_BYTES};
use crate::{Digest, FilesError, Kind, Opened, Part, PutError, Stored, kind};
use aws_lc_rs::digest::{Context, SHA256};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use preau_base::{FileId, Instant, UploadId};
use std::collections::HashSet;
use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};
use tokio::fs::{self, File, OpenOptions};
use tokio::io::AsyncReadExt as _;
use tokio::sync::Mutex;

mod walk;

const PARTS: &str = "parts";
/// Ends the names of files that are being written.
const WRITING: &str = ".writing";

#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    reserve_bytes: u64,
    disk: Disk,
    /// Shelves whose names are on the disk for certain. One that is there need not be: whoever made it may have been killed
    /// before the root was synced.
    shelves: Mutex<HashSet<PathBuf>>,
}

impl Folder {
    pub fn make(root: &Path, reserve_bytes: u64) -> Result<Self, FilesError> {
        use std::os::unix::fs::DirBuilderExt as _;
        for path in [root.to_path_buf(), root.join(PARTS)] {
            let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&path);
            made.map_err(FilesError::at("cannot make the folder", &path))?;
        }
        for path in [root, root.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."))] {
            let synced = std::fs::File::open(path).and_then(|folder| folder.sync_all());
            synced.map_err(FilesError::at("cannot sync", path))?;
        }
        Ok(Self { root: root.to_path_buf(), reserve_bytes, disk: Disk::default(), shelves: Mutex::default() })
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
        let writing = Writing(path.with_extension(WRITING.trim_start_matches('.')));
        let (bytes, sha256, kind) = self.take(&writing.0, stream, bytes_max).await?;
        self.place(&writing.0, &path).await?;
        Ok(Stored { id, bytes, sha256, kind })
    }

    async fn take<E>(
        &self,
        path: &Path,
        stream: impl Stream<Item = Result<Bytes, E>> + Send,
        bytes_max: u64,
    ) -> Result<(u64, Digest, Kind), PutError<E>> {
        let file = self.disk.create(path).await.map_err(FilesError::at("cannot make", path))?;
        let buffer = Vec::with_capacity(CHUNK_BYTES);
        let mut writer = Writer { disk: &self.disk, file, path, buffer, seen: Seen::new() };
        let mut stream = std::pin::pin!(stream);
        let mut asked_at = 0;
        while let Some(piece) = stream.next().await {
            let piece = piece.map_err(PutError::Sender)?;
            if writer.seen.bytes + piece.len() as u64 > bytes_max {
                return Err(PutError::TooLarge { bytes_max });
            }
            writer.write(&piece).await.map_err(FilesError::at("cannot write", path))?;
            if writer.seen.bytes - asked_at > (CHUNK_BYTES as u64) * 16 {
                asked_at = writer.seen.bytes;
                self.check_room(0)?;
            }
        }
        Ok(writer.end().await.map_err(FilesError::at("cannot write", path))?)
    }

    /// The shelf of a file, on the disk when this returns: made and synced at its first use by this process.
    async fn make_shelf(&self, path: &Path) -> Result<(), FilesError> {
        let shelf = path.parent().unwrap_or(&self.root);
        let mut shelves = self.shelves.lock().await;
        if !shelves.contains(shelf) {
            self.disk.make_folder(shelf).await.map_err(FilesError::at("cannot make", shelf))?;
            self.sync_folder(&self.root).await?;
            shelves.insert(shelf.to_path_buf());
        }
        Ok(())
    }

    async fn sync_folder(&self, path: &Path) -> Result<(), FilesError> {
        self.disk.sync_folder(path).await.map_err(FilesError::at("cannot sync", path))
    }

    /// Puts a synced file where it is found; on the disk when this returns.
    async fn place(&self, from: &Path, to: &Path) -> Result<(), FilesError> {
        self.disk.rename(from, to).await.map_err(FilesError::at("cannot place", to))?;
        self.sync_folder(to.parent().unwrap_or(&self.root)).await
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
        self.remove_at(&self.path(id)).await
    }

    async fn remove_at(&self, path: &Path) -> Result<(), FilesError> {
        self.disk.remove(path).await.map_err(FilesError::at("cannot remove", path))
    }

    pub async fn begin(&self, id: UploadId, bytes: u64) -> Result<(), FilesError> {
        self.check_room(bytes)?;
        let path = self.part_path(id);
        self.disk.create(&path).await.map_err(FilesError::at("cannot make", &path))?;
        self.sync_folder(&self.root.join(PARTS)).await
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
        Ok(Part { disk: self.disk.clone(), file, path, began_at: found, length: found })
    }

    pub async fn finish(&self, upload: UploadId) -> Result<Stored, FilesError> {
        let id = FileId::from_uuid(upload.uuid());
        let (part, path) = (self.part_path(upload), self.path(id));
        match File::open(&part).await {
            Ok(file) => {
                let stored = self.read_and_sync(id, file, &part).await?;
                self.make_shelf(&path).await?;
                self.place(&part, &path).await?;
                Ok(stored)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let file = File::open(&path).await.map_err(FilesError::at("cannot open", &path))?;
                self.read_and_sync(id, file, &path).await
            }
            Err(error) => Err(FilesError::at("cannot open", &part)(error)),
        }
    }

    pub async fn abandon(&self, id: UploadId) -> Result<(), FilesError> {
        self.remove_at(&self.part_path(id)).await
    }

    pub async fn read_through(&self, id: FileId) -> Result<Stored, FilesError> {
        let path = self.path(id);
        let mut file = File::open(&path).await.map_err(FilesError::at("cannot open", &path))?;
        seen_in(id, &mut file, &path).await
    }

    async fn read_and_sync(&self, id: FileId, mut file: File, path: &Path) -> Result<Stored, FilesError> {
        let stored = seen_in(id, &mut file, path).await?;
        self.disk.sync(&file, path).await.map_err(FilesError::at("cannot sync", path))?;
        Ok(stored)
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

/// Reads a file whole, for its hash and its kind.
async fn seen_in(id: FileId, file: &mut File, path: &Path) -> Result<Stored, FilesError> {
    let mut seen = Seen::new();
    let mut piece = vec![0; CHUNK_BYTES];
    loop {
        let read = file.read(&mut piece).await.map_err(FilesError::at("cannot read", path))?;
        let Some(piece) = piece.get(..read).filter(|piece| !piece.is_empty()) else { break };
        seen.see(piece);
    }
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
struct Writer<'a> {
    disk: &'a Disk,
    file: File,
    path: &'a Path,
    buffer: Vec<u8>,
    seen: Seen,
}

impl Writer<'_> {
    async fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.seen.see(piece);
        self.buffer.extend_from_slice(piece);
        if self.buffer.len() >= CHUNK_BYTES {
            self.disk.write(&mut self.file, self.path, &self.buffer).await?;
            self.buffer.clear();
        }
        Ok(())
    }

    /// Writes the rest; all of it is on the disk when this returns.
    async fn end(mut self) -> io::Result<(u64, Digest, Kind)> {
        if !self.buffer.is_empty() {
            self.disk.write(&mut self.file, self.path, &self.buffer).await?;
        }
        self.disk.sync(&self.file, self.path).await?;
        Ok(self.seen.end())
    }
}

/// A file that is being written; what is not finished goes, also when whoever waited for it has gone away. What even that
/// leaves, the sweep takes.
struct Writing(PathBuf);

impl Drop for Writing {
    fn drop(&mut self) {
        match std::fs::remove_file(&self.0) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => warn_left(&self.0, &error),
            _ => {}
        }
    }
}

fn warn_left(path: &Path, error: &dyn Display) {
    tracing::warn!(%error, file = %path.display(), "a half-written file stays until the sweep");
}

#[cfg(test)]
mod tests;
