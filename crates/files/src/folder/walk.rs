//! What the sweep looks for: old files, old parts, and what a crash has left half-written.

use super::{PARTS, WRITING, warn_left};
use crate::FilesError;
use preau_base::{FileId, Instant, UploadId};
use std::io;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

/// Walks folders on a thread that may block.
pub async fn off_thread<T: Send + 'static>(
    walk: impl FnOnce() -> Result<T, FilesError> + Send + 'static,
) -> Result<T, FilesError> {
    let ended = tokio::task::spawn_blocking(walk).await;
    ended.unwrap_or_else(|_| {
        let source = io::Error::other("the walk ended early");
        Err(FilesError::Io { what: "cannot walk", path: String::new(), source })
    })
}

pub fn old_files(
    root: &Path,
    made_before: Instant,
    after: Option<FileId>,
    most: usize,
) -> Result<Vec<FileId>, FilesError> {
    let mut found = Vec::new();
    for shelf in std::fs::read_dir(root).map_err(FilesError::at("cannot list", root))?.flatten() {
        if shelf.file_name() == PARTS || !shelf.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        let path = shelf.path();
        for entry in std::fs::read_dir(&path).map_err(FilesError::at("cannot list", &path))?.flatten() {
            let name = entry.file_name();
            let Some(name) = name.to_str() else { continue };
            if !is_old(&entry, made_before) {
                continue;
            }
            if name.ends_with(WRITING) {
                let _ = std::fs::remove_file(entry.path()).inspect_err(|error| warn_left(&entry.path(), error));
            } else if let Ok(id) = name.parse::<FileId>()
                && after.is_none_or(|after| id > after)
            {
                found.push(id);
            }
        }
    }
    found.sort_unstable();
    found.truncate(most);
    Ok(found)
}

pub fn old_parts(root: &Path, made_before: Instant) -> Result<Vec<UploadId>, FilesError> {
    let path = root.join(PARTS);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&path).map_err(FilesError::at("cannot list", &path))?.flatten() {
        if let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok())
            && is_old(&entry, made_before)
        {
            found.push(id);
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// By the time of the last write; what cannot be asked is left alone.
fn is_old(entry: &std::fs::DirEntry, made_before: Instant) -> bool {
    let limit = UNIX_EPOCH + Duration::from_millis(u64::try_from(made_before.as_millis()).unwrap_or(0));
    let written = entry.metadata().and_then(|found| found.modified());
    written.is_ok_and(|written| written < limit)
}
