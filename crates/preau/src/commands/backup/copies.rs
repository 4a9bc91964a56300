//! What people have sent, copied once for all archives of a folder: a file never changes once it is there.

use super::{Tally, shown};
use anyhow::{Context, bail};
use preau_base::{Clock, FileId, SystemClock};
use preau_files::limits::SWEEP_ASKED_MAX;
use preau_files::{Files, FilesError, PutError};
use preau_store::backup::{self, Named};
use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Beside the archives.
const FOLDER: &str = "preau-files";

/// The copies beside an archive, which nobody prunes while this is held.
pub struct Copies {
    pub files: Files,
    path: PathBuf,
    _lock: File,
}

/// What a file is that was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    Whole,
    Missing,
    /// It is another than the one that was meant.
    Damaged,
}

fn folder_of(archive: &Path) -> &Path {
    archive.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

impl Copies {
    pub fn beside(archive: &Path) -> anyhow::Result<Self> {
        Self::open(folder_of(archive), File::lock_shared)
    }

    fn open(folder: &Path, lock: fn(&File) -> std::io::Result<()>) -> anyhow::Result<Self> {
        let path = folder.join(FOLDER);
        let files = Files::in_folder(&path, 0)?;
        let locked = File::open(&path).with_context(|| shown(&path))?;
        lock(&locked).with_context(|| format!("cannot lock {}", shown(&path)))?;
        Ok(Self { files, path, _lock: locked })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it was copied before; `verify` looks at the bytes.
    pub async fn has(&self, named: &Named) -> bool {
        self.files.open(named.id).await.is_ok_and(|there| there.bytes == named.bytes)
    }
}

/// Copies a file in pieces and compares its hash; one that is not what it should be is not kept.
pub async fn copy(from: &Files, to: &Files, named: &Named) -> anyhow::Result<Found> {
    let opened = match from.open(named.id).await {
        Err(FilesError::Missing) => return Ok(Found::Missing),
        opened => opened?,
    };
    if opened.bytes != named.bytes {
        return Ok(Found::Damaged);
    }
    match to.put(named.id, opened.read_all(), named.bytes).await {
        Ok(stored) if stored.sha256.bytes()[..] == named.sha256 => Ok(Found::Whole),
        Ok(_) => {
            to.remove(named.id).await?;
            Ok(Found::Damaged)
        }
        Err(PutError::Files(error)) => Err(error).context("the copy of a file"),
        // It was cut short, or cannot be read, since it was opened.
        Err(PutError::TooLarge { .. } | PutError::Sender(_)) => Ok(Found::Damaged),
    }
}

/// Reads a file through and compares its hash.
pub async fn look(files: &Files, named: &Named) -> anyhow::Result<Found> {
    match files.read_through(named.id).await {
        Err(FilesError::Missing) => Ok(Found::Missing),
        Ok(found) if found.bytes == named.bytes && found.sha256.bytes()[..] == named.sha256 => Ok(Found::Whole),
        // A disk that cannot read it any more is why somebody looks.
        Ok(_) | Err(_) => Ok(Found::Damaged),
    }
}

/// Removes the copies that no archive of a folder names. Nothing is removed while an archive cannot be read.
pub async fn prune(folder: &Path) -> anyhow::Result<()> {
    if !folder.join(FOLDER).is_dir() {
        bail!("there is no {FOLDER} in {}", shown(folder));
    }
    let copies = Copies::open(folder, File::lock)?;
    let (mut named, mut archives) = (HashSet::new(), 0);
    for entry in std::fs::read_dir(folder).with_context(|| shown(folder))? {
        let path = entry?.path();
        if path.extension().is_none_or(|ending| ending != "tar") {
            continue;
        }
        backup::verify(&path).context("nothing was removed")?;
        archives += 1;
        for file in backup::names(&path)?.into_iter().flatten() {
            named.insert(file?.id);
        }
    }
    if archives == 0 {
        bail!("there is no archive in {}, nothing was removed", shown(folder));
    }
    let removed = remove_others(&copies.files, &named).await?;
    println!("{archives} archives name {} files; {removed} others removed.", named.len());
    Ok(())
}

async fn remove_others(files: &Files, named: &HashSet<FileId>) -> anyhow::Result<Tally> {
    // Whatever was made up to now, by any machine's clock.
    let until = SystemClock.now().plus(Duration::from_secs(365 * 86_400));
    let mut removed = Tally::default();
    let mut after = None;
    loop {
        let some = files.old(until, after).await?;
        after = some.last().copied();
        for id in some.iter().filter(|id| !named.contains(id)) {
            removed.bytes += files.open(*id).await.map_or(0, |file| file.bytes);
            files.remove(*id).await?;
            removed.count += 1;
        }
        if some.len() < SWEEP_ASKED_MAX {
            return Ok(removed);
        }
    }
}
