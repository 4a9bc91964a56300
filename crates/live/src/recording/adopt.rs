//! Brings the files of a run home: finished, into the object store, with their rows; then their places in the spool go. Broken
//! off anywhere, it is begun again at the next start, and does nothing twice that would be seen.

use super::board;
use super::folder::{self, Kind, Name};
use super::{RecordingError, Recordings};
use crate::limits::{ADOPT_RETRIES, RECORDING_BYTES_MAX};
use bytes::Bytes;
use futures_util::{Stream, stream};
use preau_base::{FileId, Instant, RecordingId, SharedClock, SystemRng};
use preau_files::PutError;
use preau_store::files::NewFile;
use preau_store::recordings::NewTrack;
use preau_store::{Store, recordings};
use preau_webm::{Ending, Finish};
use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use tokio::io::AsyncReadExt as _;

const CHUNK_BYTES: usize = 256 << 10;

/// The folders that a crash has left in the spool. For the start of the process, before any lesson is on.
///
/// # Errors
/// When the spool cannot be read.
pub fn orphans(recordings: &Recordings) -> Result<Vec<PathBuf>, RecordingError> {
    match std::fs::read_dir(&recordings.spool) {
        Ok(entries) => Ok(entries.filter_map(|entry| Some(entry.ok()?.path())).collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(RecordingError::at(&recordings.spool)(error)),
    }
}

/// Brings the files of such folders home. What could not be is logged, and stays for the next start. Gives how many tracks
/// there were.
pub async fn adopt_all(store: &Store, recordings: &Recordings, folders: &[PathBuf], clock: &SharedClock) -> u64 {
    let mut adopted = 0;
    for folder in folders {
        match bring_home(store, recordings, folder, clock.now()).await {
            Ok(count) => adopted += count,
            Err(error) => {
                tracing::error!(folder = %folder.display(), %error, "a recording stays where it was written");
            }
        }
    }
    adopted
}

/// The same for one run that has ended, tried several times: a database may be away for a moment.
pub async fn adopt(store: &Store, recordings: &Recordings, folder: &Path, now: Instant) -> Result<u64, RecordingError> {
    for wait in ADOPT_RETRIES {
        match bring_home(store, recordings, folder, now).await {
            Ok(count) => return Ok(count),
            Err(error) => tracing::warn!(folder = %folder.display(), %error, "a recording is not kept yet"),
        }
        tokio::time::sleep(wait).await;
    }
    bring_home(store, recordings, folder, now).await
}

async fn bring_home(
    store: &Store,
    recordings: &Recordings,
    folder: &Path,
    now: Instant,
) -> Result<u64, RecordingError> {
    let Some(recording) = folder::recording_of(folder) else { return Ok(0) };
    let mut names: Vec<PathBuf> = std::fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|it| it.path())).collect())
        .map_err(RecordingError::at(folder))?;
    names.sort();
    let mut kept = 0;
    for path in names {
        let name = path.file_name().and_then(|name| name.to_str()).and_then(Name::of_text);
        if let Some(name) = name {
            kept += u64::from(keep(store, recordings, recording, (&path, name), now).await?);
        }
        std::fs::remove_file(&path).map_err(RecordingError::at(&path))?;
    }
    std::fs::remove_dir(folder).map_err(RecordingError::at(folder))?;
    folder::sync(&recordings.spool)?;
    Ok(kept)
}

/// `false`: there is nothing in it, or nobody wants it any more.
async fn keep(
    store: &Store,
    recordings: &Recordings,
    recording: RecordingId,
    (path, name): (&Path, Name),
    now: Instant,
) -> Result<bool, RecordingError> {
    let finishing = path.to_path_buf();
    let finished = tokio::task::spawn_blocking(move || finish(&finishing, name)).await;
    let Some(Finished { lasts_ms, shows }) = finished.map_err(|_| RecordingError::Panic)?? else { return Ok(false) };
    let id = FileId::new(now, &mut SystemRng);
    let stored = recordings.files.put(id, pieces(path).await?, RECORDING_BYTES_MAX).await;
    let stored = stored.map_err(|error: PutError<io::Error>| RecordingError::Put(error.to_string()))?;
    let new = NewTrack { recording, kind: name.kind.word(), begins_at: name.begins_at, lasts_ms };
    let file = NewFile {
        id,
        owner: name.person,
        name: &format!("{}-{:04}.{}", name.kind.word(), name.nth, name.kind.extension()),
        kind: stored.kind.as_str(),
        bytes: stored.bytes,
        sha256: stored.sha256.bytes(),
    };
    let mut tx = store.write().await?;
    let added = recordings::add_track(&mut tx, &new, &file, now).await?;
    if added {
        for shown in shows {
            recordings::add_document(&mut tx, recording, shown).await?;
        }
    }
    tx.commit().await?;
    if !added {
        recordings.files.remove(id).await?;
    }
    Ok(added)
}

async fn pieces(path: &Path) -> Result<impl Stream<Item = io::Result<Bytes>> + Send + use<>, RecordingError> {
    let file = tokio::fs::File::open(path).await.map_err(RecordingError::at(path))?;
    Ok(stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; CHUNK_BYTES];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok((read > 0).then(|| (Bytes::from(piece), file)))
    }))
}

struct Finished {
    lasts_ms: i64,
    /// Documents and pictures that a board shows.
    shows: BTreeSet<FileId>,
}

/// Makes a file whole, and says what is in it; `None` when there is nothing.
fn finish(path: &Path, name: Name) -> Result<Option<Finished>, RecordingError> {
    let failed = |error| RecordingError::at(path)(error);
    let mut file = OpenOptions::new().read(true).write(true).open(path).map_err(failed)?;
    if name.kind.is_webm() {
        let finish = ending(&mut file).map_err(failed)?;
        let Some(finish) = finish else { return Ok(None) };
        carry_out(&mut file, &finish).map_err(failed)?;
        return Ok(Some(Finished { lasts_ms: finish.duration_ms, shows: BTreeSet::new() }));
    }
    // Text grows by whole lines, or by cues that end with an empty one; what is cut off goes.
    let end: &[u8] = if name.kind == Kind::Captions { b"\n\n" } else { b"\n" };
    let mut text = Vec::new();
    file.read_to_end(&mut text).map_err(failed)?;
    let written = file.metadata().and_then(|it| it.modified()).map_err(failed)?;
    let whole = text.windows(end.len()).rposition(|part| part == end).map_or(0, |at| at + end.len());
    file.set_len(whole as u64).and_then(|()| file.sync_all()).map_err(failed)?;
    let written_ms = written.duration_since(UNIX_EPOCH).map_or(0, |it| i64::try_from(it.as_millis()).unwrap_or(0));
    text.truncate(whole);
    let shows = if name.kind == Kind::Board { board::files_shown(&text) } else { BTreeSet::new() };
    Ok((whole > 0).then(|| Finished { lasts_ms: (written_ms - name.begins_at.as_millis()).max(0), shows }))
}

fn ending(file: &mut File) -> io::Result<Option<Finish>> {
    let mut ending = Ending::default();
    let mut piece = vec![0; CHUNK_BYTES];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok(ending.end());
        }
        ending.push(piece.get(..read).unwrap_or_default());
    }
}

/// Each step is on the disk before the next: broken off, the file can be finished again.
fn carry_out(file: &mut File, finish: &Finish) -> io::Result<()> {
    file.set_len(finish.bytes)?;
    file.seek(SeekFrom::Start(finish.bytes))?;
    file.write_all(&finish.cues)?;
    file.sync_all()?;
    for patch in &finish.patches {
        file.seek(SeekFrom::Start(patch.at))?;
        file.write_all(&patch.bytes)?;
    }
    file.sync_all()
}
