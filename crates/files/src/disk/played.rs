//! A disk that notes what is done to it, fails where a test wants, and tells what would be left after the power went.
//!
//! The model takes what POSIX promises and nothing more: bytes are on the disk once their file was synced, a name once its
//! folder was; what was not synced may be there or not.

use super::Step;
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A step of the past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    MakeFolder(PathBuf),
    Create(PathBuf),
    Write(PathBuf, u64),
    Cut(PathBuf, u64),
    Sync(PathBuf),
    SyncFolder(PathBuf),
    Rename(PathBuf, PathBuf),
    Remove(PathBuf),
}

impl Done {
    pub const fn is_sync(&self) -> bool {
        matches!(self, Self::Sync(_) | Self::SyncFolder(_))
    }
}

#[derive(Debug, Default)]
pub struct Played(Mutex<Script>);

#[derive(Debug, Default)]
struct Script {
    done: Vec<Done>,
    /// After so many more steps one fails, as this.
    failing: Option<(usize, io::ErrorKind)>,
}

impl Played {
    pub fn note(&self, step: &Step<'_>) -> io::Result<()> {
        let mut script = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut script.failing {
            Some((0, kind)) => {
                let kind = *kind;
                script.failing = None;
                return Err(kind.into());
            }
            Some((left, _)) => *left -= 1,
            None => {}
        }
        let own = |path: &Path| path.to_path_buf();
        script.done.push(match *step {
            Step::MakeFolder(path) => Done::MakeFolder(own(path)),
            Step::Create(path) => Done::Create(own(path)),
            Step::Write(path, bytes) => Done::Write(own(path), bytes),
            Step::Cut(path, bytes) => Done::Cut(own(path), bytes),
            Step::Sync(path) => Done::Sync(own(path)),
            Step::SyncFolder(path) => Done::SyncFolder(own(path)),
            Step::Rename(from, to) => Done::Rename(own(from), own(to)),
            Step::Remove(path) => Done::Remove(own(path)),
        });
        Ok(())
    }

    /// The step after `steps` more fails.
    pub fn fail_after(&self, steps: usize, kind: io::ErrorKind) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).failing = Some((steps, kind));
    }

    /// Whether a failure is still to come.
    pub fn will_fail(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).failing.is_some()
    }

    /// What was done since the last call.
    pub fn take(&self) -> Vec<Done> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).done)
    }
}

#[derive(Clone, Debug, Default)]
struct Content {
    bytes: u64,
    /// As far as it is on the disk for certain.
    synced: u64,
}

/// A disk as it may be when the power comes back.
#[derive(Clone, Debug, Default)]
pub struct AfterPowerLoss {
    contents: Vec<Content>,
    /// What each name leads to, as a running system sees it.
    names: HashMap<PathBuf, usize>,
    /// Names that are on the disk for certain, and what they lead to.
    sure: HashMap<PathBuf, usize>,
    folders: HashMap<PathBuf, bool>,
}

impl AfterPowerLoss {
    /// Beginning with these folders, which are on the disk.
    pub fn with_folders<'a>(folders: impl IntoIterator<Item = &'a Path>) -> Self {
        let folders = folders.into_iter().map(|folder| (folder.to_path_buf(), true)).collect();
        Self { folders, ..Self::default() }
    }

    /// # Errors
    /// When a name may lead to bytes that are not on the disk: a file that is half there.
    pub fn play(&mut self, done: &Done) -> Result<(), String> {
        match done {
            Done::MakeFolder(path) => {
                self.folders.entry(path.clone()).or_insert(false);
            }
            Done::Create(path) => {
                self.contents.push(Content::default());
                self.names.insert(path.clone(), self.contents.len() - 1);
            }
            Done::Write(path, bytes) => self.content(path)?.bytes += bytes,
            Done::Cut(path, bytes) => {
                let content = self.content(path)?;
                content.bytes = *bytes;
                content.synced = content.synced.min(*bytes);
            }
            Done::Sync(path) => {
                let content = self.content(path)?;
                content.synced = content.bytes;
            }
            Done::SyncFolder(folder) => self.sync_folder(folder),
            Done::Rename(from, to) => {
                let content = self.content(from)?;
                if content.synced != content.bytes {
                    return Err(format!("{} gets its name before its bytes are synced", to.display()));
                }
                let content = self.names.remove(from).ok_or("nothing to rename")?;
                self.names.insert(to.clone(), content);
            }
            Done::Remove(path) => {
                self.names.remove(path);
            }
        }
        Ok(())
    }

    fn content(&mut self, path: &Path) -> Result<&mut Content, String> {
        let at = self.names.get(path).ok_or_else(|| format!("{} is not there", path.display()))?;
        self.contents.get_mut(*at).ok_or_else(|| "no content".to_owned())
    }

    fn sync_folder(&mut self, folder: &Path) {
        let is_in = |path: &PathBuf| path.parent() == Some(folder);
        self.sure.retain(|path, _| !is_in(path));
        let names = self.names.iter().filter(|(path, _)| is_in(path));
        self.sure.extend(names.map(|(path, content)| (path.clone(), *content)));
        self.folders.iter_mut().filter(|(path, _)| is_in(path)).for_each(|(_, sure)| *sure = true);
    }

    /// How many bytes of a file are there for certain.
    pub fn sure_bytes(&self, path: &Path) -> Option<u64> {
        let is_sure = |folder: &Path| self.folders.get(folder).copied().unwrap_or(false);
        let content = self.sure.get(path).filter(|_| path.parent().is_some_and(is_sure))?;
        self.contents.get(*content).map(|content| content.synced)
    }
}
