use std::io;
use std::path::Path;
use tokio::fs::{self, File, OpenOptions};
use tokio::io::AsyncWriteExt as _;

#[cfg(test)]
pub mod played;

/// Every step that changes the disk. What the object store promises rests on their order, so the tests note each step, take
/// the power away after any of them, and let any of them fail ([`played`]).
#[derive(Clone, Debug, Default)]
pub struct Disk {
    #[cfg(test)]
    pub played: std::sync::Arc<played::Played>,
}

/// A step, as the tests see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    MakeFolder(&'a Path),
    Create(&'a Path),
    /// So many more bytes.
    Write(&'a Path, u64),
    /// Cut back to so many bytes.
    Cut(&'a Path, u64),
    Sync(&'a Path),
    SyncFolder(&'a Path),
    Rename(&'a Path, &'a Path),
    Remove(&'a Path),
}

impl Disk {
    #[cfg(not(test))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "in the tests a step is noted, and may fail")]
    fn step(&self, _: Step<'_>) -> io::Result<()> {
        Ok(())
    }

    #[cfg(test)]
    fn step(&self, step: Step<'_>) -> io::Result<()> {
        self.played.note(&step)
    }

    /// Makes a folder, its owner's alone; one that is there is no error.
    pub async fn make_folder(&self, path: &Path) -> io::Result<()> {
        self.step(Step::MakeFolder(path))?;
        match fs::DirBuilder::new().mode(0o700).create(path).await {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            made => made,
        }
    }

    /// An empty file, its owner's alone, in place of what a crash may have left there.
    pub async fn create(&self, path: &Path) -> io::Result<File> {
        self.step(Step::Create(path))?;
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path).await
    }

    /// Writes behind what is there, as far as the system; [`Self::sync`] puts it on the disk.
    pub async fn write(&self, file: &mut File, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.step(Step::Write(path, bytes.len() as u64))?;
        file.write_all(bytes).await?;
        file.flush().await
    }

    pub async fn cut(&self, file: &File, path: &Path, bytes: u64) -> io::Result<()> {
        self.step(Step::Cut(path, bytes))?;
        file.set_len(bytes).await
    }

    /// What was written to the file is on the disk when this returns.
    pub async fn sync(&self, file: &File, path: &Path) -> io::Result<()> {
        self.step(Step::Sync(path))?;
        file.sync_data().await
    }

    /// The names in the folder are on the disk when this returns.
    pub async fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.step(Step::SyncFolder(path))?;
        File::open(path).await?.sync_all().await
    }

    pub async fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step(Step::Rename(from, to))?;
        fs::rename(from, to).await
    }

    /// One that is not there is no error.
    pub async fn remove(&self, path: &Path) -> io::Result<()> {
        self.step(Step::Remove(path))?;
        match fs::remove_file(path).await {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }
}
