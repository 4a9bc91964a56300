//! Reads the files of a feed that came by a form, and applies it.

use crate::errors::PageError;
use crate::limits::{IMPORT_FILES_MAX, IMPORT_UNPACKED_BYTES_MAX};
use crate::{App, Member};
use futures_util::StreamExt as _;
use preau_base::{FileId, SystemRng};
use preau_directory::timetable::archive_fault;
use preau_directory::{aaf, csv, machine_fault};
use preau_school::feed::fault::{Bytes, ExportFault};
use preau_school::feed::{Fault, Item};
use preau_store::import::{self, Options, Report};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::sync::Mutex;
use zip::result::ZipError;

/// A file that came, under the name that it had.
pub(super) struct Came {
    pub id: FileId,
    pub name: String,
}

pub(super) enum Feed {
    /// The ministry's, whole: XML files or a ZIP of them. Where there are several, each has a name.
    Aaf { academy: String },
    /// One table of one school.
    Csv { uai: String },
}

impl Feed {
    pub(super) fn source(&self) -> String {
        match self {
            Self::Aaf { academy } if academy.is_empty() => "aaf".to_owned(),
            Self::Aaf { academy } => format!("aaf:{academy}"),
            Self::Csv { uai } => csv::source(uai),
        }
    }
}

/// One import at a time from the pages of this machine.
static RUNNING: Mutex<()> = Mutex::const_new(());

/// Applies a feed, or says what applying it would do. `Ok(Err(…))` where the files are no feed: why.
///
/// # Errors
/// [`PageError::Busy`] while another import runs; the store's and the object store's errors.
pub(super) async fn run(
    member: &Member,
    feed: &Feed,
    came: &[Came],
    dry_run: bool,
) -> Result<Result<Report, Fault>, PageError> {
    let Ok(_alone) = RUNNING.try_lock() else {
        return Err(PageError::Busy { retry: crate::limits::BUSY_RETRY });
    };
    let folder = tempfile::tempdir().map_err(PageError::internal)?;
    let mut paths = Vec::new();
    for (number, one) in came.iter().enumerate() {
        // The name tells the kind of an AAF file; two files of one name are two files.
        let inner = folder.path().join(number.to_string());
        std::fs::create_dir(&inner).map_err(PageError::internal)?;
        let path = inner.join(plain(&one.name));
        fetch(member.app(), one.id, &path).await?;
        paths.push(path);
    }
    let how = Options {
        source: feed.source(),
        full: matches!(feed, Feed::Aaf { .. }),
        dry_run,
        actor: Some(member.id()),
        guarded: matches!(feed, Feed::Csv { .. }),
        clock: Arc::clone(&member.app().clock),
    };
    match feed {
        Feed::Aaf { .. } => {
            let gathered = tokio::task::spawn_blocking(move || gather(folder, &paths)).await;
            match gathered.map_err(PageError::internal)? {
                Ok(folder) => {
                    let records = aaf::read_dir(folder.path());
                    apply(member, records, how, folder).await
                }
                Err(fault) => Ok(Err(fault)),
            }
        }
        Feed::Csv { uai } => {
            let Some(path) = paths.first() else { return Err(PageError::Malformed("file")) };
            let about = csv::Options { uai: uai.clone(), school_name: None, table: None };
            let records = csv::read_file(path, &about);
            apply(member, records, how, folder).await
        }
    }
}

/// Reading blocks, so it runs beside the pages.
async fn apply<F>(
    member: &Member,
    records: Result<F, preau_directory::FeedError>,
    how: Options,
    folder: TempDir,
) -> Result<Result<Report, Fault>, PageError>
where
    F: Iterator<Item = Item> + Send + 'static,
{
    let records = match records {
        Ok(records) => records,
        Err(error) => return Ok(Err(error.fault())),
    };
    let store = member.app().store.clone();
    let runtime = tokio::runtime::Handle::current();
    let done = tokio::task::spawn_blocking(move || {
        let report = runtime.block_on(import::apply(&store, records, &how, &mut SystemRng, |_| {}));
        drop(folder);
        report
    });
    Ok(Ok(done.await.map_err(PageError::internal)??))
}

async fn fetch(app: &App, id: FileId, to: &Path) -> Result<(), PageError> {
    let opened = app.files.open(id).await.map_err(PageError::internal)?;
    let mut bytes = opened.read_all().boxed();
    let mut file = std::fs::File::create(to).map_err(PageError::internal)?;
    while let Some(piece) = bytes.next().await {
        file.write_all(&piece.map_err(PageError::internal)?).map_err(PageError::internal)?;
    }
    Ok(())
}

/// The last part of a name, as a file of ours.
fn plain(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let good = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_' | ' ');
    let name: String = last.chars().filter(|letter| good(*letter)).take(120).collect();
    if name.trim_matches('.').is_empty() { "fichier".to_owned() } else { name }
}

/// All files of a feed in one folder, those of ZIP archives unpacked.
fn gather(folder: TempDir, paths: &[PathBuf]) -> Result<TempDir, Fault> {
    let all = tempfile::tempdir().map_err(|error| failed(&error))?;
    let (mut files, mut left) = (0, IMPORT_UNPACKED_BYTES_MAX);
    for path in paths {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.to_ascii_lowercase().ends_with(".zip") {
            unpack(path, all.path(), &mut files, &mut left)?;
        } else {
            std::fs::rename(path, all.path().join(&name)).map_err(|error| failed(&error))?;
        }
    }
    drop(folder);
    Ok(all)
}

/// The machine's own failure.
fn failed(error: &std::io::Error) -> Fault {
    tracing::error!(%error, "the files of an import cannot be read");
    machine_fault(error).into()
}

/// What is wrong within the archive.
fn bad(error: &ZipError) -> Fault {
    archive_fault(error).into()
}

/// What stopped a file from being unpacked: what the system has no number for is wrong with the archive.
fn stopped(error: std::io::Error) -> Fault {
    if error.raw_os_error().is_some() { failed(&error) } else { bad(&ZipError::Io(error)) }
}

/// The files of an archive, without its folders; no more of them, and no more bytes, than a feed has.
fn unpack(path: &Path, to: &Path, files: &mut usize, left: &mut u64) -> Result<(), Fault> {
    let archive = std::fs::File::open(path).map_err(|error| failed(&error))?;
    let mut archive = zip::ZipArchive::new(archive).map_err(|error| bad(&error))?;
    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(|error| bad(&error))?;
        if entry.is_dir() {
            continue;
        }
        *files += 1;
        if *files > IMPORT_FILES_MAX {
            return Err(ExportFault::ManyFiles { most: IMPORT_FILES_MAX as u64 }.into());
        }
        let name = entry.name().map_err(|error| bad(&error))?.into_owned();
        let mut file = std::fs::File::create(to.join(plain(&name))).map_err(|error| failed(&error))?;
        let copied = std::io::copy(&mut entry.take(*left + 1), &mut file).map_err(stopped)?;
        *left = left.checked_sub(copied).ok_or(ExportFault::Large { most: Bytes(IMPORT_UNPACKED_BYTES_MAX) })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for (name, expect) in [
            ("../../etc/passwd", "passwd"),
            ("a\\b\\ENT_Eleve_0001.xml", "ENT_Eleve_0001.xml"),
            ("..", "fichier"),
            ("", "fichier"),
            ("élèves 6e.csv", "élèves 6e.csv"),
        ] {
            assert_eq!(plain(name), expect);
        }
    }

    #[test]
    fn an_archive_is_unpacked_flat_and_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("feed.zip");
        let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
        for name in ["dossier/ENT_Eleve_0000.xml", "../ENT_EtabEducNat_0000.xml"] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(b"<ficAlimMENESR/>").unwrap();
        }
        zip.finish().unwrap();
        let to = tempfile::tempdir().unwrap();
        let (mut files, mut left) = (0, 100);
        assert_eq!(unpack(&path, to.path(), &mut files, &mut left), Ok(()));
        assert_eq!((files, left), (2, 100 - 32));
        assert!(to.path().join("ENT_EtabEducNat_0000.xml").is_file());
        assert!(unpack(&path, to.path(), &mut files, &mut 20).is_err(), "no more bytes than allowed");
        assert!(unpack(&folder.path().join("none.zip"), to.path(), &mut files, &mut left).is_err());
    }
}
