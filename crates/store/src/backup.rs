//! One archive of a running installation, with hashes: the database as it was at one instant, the keys, and a list of the
//! files that its rows name.
//!
//! A tar file: `manifest.json` first, then either `database.sqlite` or one `tables/NAME.copy` a table (PostgreSQL's text
//! COPY format), then the files named by the caller (`keys.toml`), then `files.list`. The manifest holds the schema
//! version, the instant, and the SHA-256 and size in bytes of every other member. Nothing else is accepted in an archive.
//!
//! What people have sent is not in it: files never change, so the caller copies each of them once for all backups. The rows
//! are copied first, then the files that they name; the list says which are there.

use crate::limits::MANIFEST_BYTES_MAX;
use crate::{Store, StoreError, migrate};
use futures_util::{Stream, TryStreamExt as _};
use preau_base::{FileId, Instant};
use serde::{Deserialize, Serialize};
use sqlx::types::Uuid;
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

mod archive;
mod named;
mod postgres;
mod sqlite;

pub use named::{Kept, Named, Names};

/// The tables, parents before children, so that a restore meets every foreign key. A table that a later version drops stays
/// in the list: backups of older versions hold it.
pub const TABLES: &[&str] = &[
    "setting",
    "territory",
    "school",
    "subject",
    "person",
    "person_alias",
    "territory_admin",
    "affiliation",
    "relation",
    "school_group",
    "membership",
    "school_calendar",
    "calendar_list",
    "calendar_due",
    "series",
    "series_group",
    "series_teacher",
    "series_day",
    "lesson",
    "lesson_group",
    "lesson_teacher",
    "lesson_was_teacher",
    "lesson_removal",
    "visit",
    "chat_message",
    "lesson_fact",
    "lesson_book",
    "homework",
    "file",
    "attachment",
    "upload",
    "lesson_document",
    "lesson_page",
    "homework_pupil",
    "hand_in",
    "receipt",
    "progression",
    "progression_step",
    "log_entry",
    "log_revision",
    "log_addition",
    "log_note",
    "log_reading",
    "log_archive",
    "log_archive_author",
    "card",
    "session",
    "person_epoch",
    "password_reset",
    "setup_link",
    "audit",
    "import_run",
    "import_record",
    "notice",
    "mail",
    "mail_off",
    "job",
    "job_run",
    "attendance_setting",
    "roll",
    "roll_entry",
    "roll_reminder",
    "absence",
    "absence_told",
    "failed_try",
    "follow_up",
    "on_site",
    "calendar_feed",
    "lesson_guest",
    "stream_key",
    "class_setup",
    "class_setup_person",
    "report",
    "report_picture",
    "self_test",
    "chat_keeping",
    "recording_setting",
    "recording",
    "recording_track",
    "recording_document",
];

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub format: u32,
    /// `sqlite` or `postgres`.
    pub database: String,
    pub schema: i64,
    /// Milliseconds since 1970.
    pub made_at: i64,
    pub members: Vec<Member>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
}

/// Format 1 had no list of files.
const FORMAT: u32 = 2;
const FORMAT_MIN: u32 = 1;
/// The member with the list of files.
const NAMES: &str = "files.list";

fn broken(path: &Path, why: impl Into<String>) -> StoreError {
    StoreError::Backup { path: path.display().to_string(), why: why.into() }
}

/// Writes a backup of the running database and of `files` to `target`, which must not exist. The archive appears whole
/// or not at all, readable by its owner alone. `keep` is called for each file that the rows name, and says what became of
/// it.
///
/// # Errors
/// File and database errors, and those of `keep`; no archive is left behind.
pub async fn create<E: From<StoreError>>(
    store: &Store,
    files: &[PathBuf],
    target: &Path,
    now: Instant,
    keep: impl AsyncFnMut(&Named) -> Result<Kept, E>,
) -> Result<Manifest, E> {
    let mut draft = Draft::begin(store, target, now, true).await?;
    draft.keep_files(keep).await?;
    draft.add(files)?;
    Ok(draft.end(store, now).await?)
}

/// An archive that is being made.
struct Draft<'a> {
    target: &'a Path,
    work: archive::WorkFolder,
    database: &'static str,
    sources: Vec<(String, PathBuf)>,
}

impl<'a> Draft<'a> {
    /// Copies the rows, and lists the files that they name.
    async fn begin(store: &Store, target: &'a Path, now: Instant, with_names: bool) -> Result<Self, StoreError> {
        if target.exists() {
            return Err(broken(target, "is there already; choose another name"));
        }
        let folder = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let work = archive::WorkFolder::beside(folder, now)?;
        let rows = Self::rows(&work);
        let names = with_names.then_some(rows.as_path());
        let (database, sources) = if store.is_sqlite() {
            let copy = sqlite::copy(store, work.path()).await?;
            if let Some(names) = names {
                sqlite::name_files(&copy, names).await?;
            }
            ("sqlite", vec![("database.sqlite".to_owned(), copy)])
        } else {
            ("postgres", postgres::copy_out(store, work.path(), names).await?)
        };
        Ok(Self { target, work, database, sources })
    }

    /// The list as the rows have it, before anything was copied.
    fn rows(work: &archive::WorkFolder) -> PathBuf {
        work.path().join("rows.list")
    }

    async fn keep_files<E: From<StoreError>>(
        &mut self,
        mut keep: impl AsyncFnMut(&Named) -> Result<Kept, E>,
    ) -> Result<(), E> {
        let path = self.work.path().join(NAMES);
        let failed = |error| StoreError::file("cannot write", &path)(error);
        let mut list = std::io::BufWriter::new(archive::create_private(&path)?);
        for named in Names::of_file(&Self::rows(&self.work))? {
            let named = named?;
            let named = Named { kept: keep(&named).await?, ..named };
            writeln!(list, "{named}").map_err(failed)?;
        }
        list.flush().map_err(failed)?;
        self.sources.push((NAMES.to_owned(), path));
        Ok(())
    }

    fn add(&mut self, files: &[PathBuf]) -> Result<(), StoreError> {
        for file in files {
            let name = file.file_name().and_then(|name| name.to_str());
            let name = name.ok_or_else(|| broken(file, "has no readable name"))?;
            self.sources.push((name.to_owned(), file.clone()));
        }
        Ok(())
    }

    async fn end(self, store: &Store, now: Instant) -> Result<Manifest, StoreError> {
        let mut members = Vec::with_capacity(self.sources.len());
        for (name, path) in &self.sources {
            let (bytes, sha256) = archive::hash_file(path)?;
            members.push(Member { name: name.clone(), bytes, sha256 });
        }
        let schema = migrate::found_version(store).await?;
        let database = self.database.to_owned();
        let manifest = Manifest { format: FORMAT, database, schema, made_at: now.as_millis(), members };
        archive::write(&manifest, &self.sources, self.work.path(), self.target)?;
        Ok(manifest)
    }
}

/// Writes a line for each row of `file`: id, bytes, hash.
async fn write_names(
    mut rows: impl Stream<Item = Result<(Uuid, i64, Vec<u8>), sqlx::Error>> + Unpin,
    list: &Path,
) -> Result<(), StoreError> {
    let failed = |error| StoreError::file("cannot write", list)(error);
    let mut to = std::io::BufWriter::new(archive::create_private(list)?);
    while let Some((id, bytes, sha256)) = rows.try_next().await? {
        let bytes = u64::try_from(bytes).unwrap_or(0);
        let named = Named { kept: Kept::Lost, id: FileId::from_uuid(id), bytes, sha256 };
        writeln!(to, "{named}").map_err(failed)?;
    }
    to.flush().map_err(failed)
}

/// Keeps the database as it was before a migration changes it: `before-migration-from-N.sqlite`, or `.tar` (an archive as
/// [`create`] makes it, without the keys) for PostgreSQL.
pub(crate) async fn copy_before_migration(
    store: &Store,
    folder: &Path,
    version: i64,
    now: Instant,
) -> Result<(), StoreError> {
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(StoreError::file("cannot make", folder))?;
    let kind = if store.is_sqlite() { "sqlite" } else { "tar" };
    let target = folder.join(format!("before-migration-from-{version}.{kind}"));
    let part = target.with_extension("part");
    for old in [&part, &target] {
        match std::fs::remove_file(old) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::file("cannot replace", old)(error));
            }
            _ => {}
        }
    }
    if store.is_sqlite() {
        sqlite::vacuum_into(store, &part).await?;
    } else {
        Draft::begin(store, &part, now, false).await?.end(store, now).await?;
    }
    std::fs::rename(&part, &target).map_err(StoreError::file("cannot keep", &target))
}

/// Reads a whole archive and compares every member with the manifest.
///
/// # Errors
/// [`StoreError::Backup`] names the first thing that is wrong.
pub fn verify(path: &Path) -> Result<Manifest, StoreError> {
    archive::read(path, None)
}

/// The files that the rows of an archive name; none where it was made without them. [`verify`] has checked the list with
/// everything else.
///
/// # Errors
/// [`StoreError::Backup`] when the archive cannot be read.
pub fn names(path: &Path) -> Result<Option<Names>, StoreError> {
    Names::of_archive(path)
}

/// Restores an archive: the database into `store`'s place, the other files into `data`. For SQLite the target file must
/// not exist; for PostgreSQL the database must be empty. The archive is verified whole before anything is written.
///
/// # Errors
/// [`StoreError::Backup`] when the archive is broken, of the other database, or the target is not empty.
pub async fn restore(path: &Path, database: &crate::Database, data: &Path) -> Result<Manifest, StoreError> {
    let manifest = check_place(path, database, data)?;
    let work = archive::WorkFolder::beside(data, Instant::from_millis(manifest.made_at))?;
    archive::read(path, Some(work.path()))?;
    match database {
        crate::Database::Sqlite { path: target } => {
            archive::place(&work.path().join("database.sqlite"), target)?;
        }
        crate::Database::Postgres { .. } => {
            // Into the schema that the rows were written for; then they are brought up to date like any others.
            let store = Store::connect(database).await?;
            migrate::make_version(&store, manifest.schema).await?;
            postgres::copy_in(&store, &manifest.members, work.path(), path).await?;
            migrate::run(&store, database, &data.join("backups")).await?;
            store.close().await;
        }
    }
    for member in own_files(&manifest) {
        archive::place(&work.path().join(&member.name), &data.join(&member.name))?;
    }
    Ok(manifest)
}

/// Verifies an archive whole, and that it may be restored here. Nothing is written.
///
/// # Errors
/// As [`restore`].
pub fn check_place(path: &Path, database: &crate::Database, data: &Path) -> Result<Manifest, StoreError> {
    let manifest = verify(path)?;
    let known = migrate::known_version();
    if manifest.schema > known {
        return Err(StoreError::NewerSchema { found: manifest.schema, known });
    }
    let kind = match database {
        crate::Database::Sqlite { path: target } if target.exists() => {
            return Err(broken(target, "is there already; a backup is restored into an empty data folder only"));
        }
        crate::Database::Sqlite { .. } => "sqlite",
        crate::Database::Postgres { .. } => "postgres",
    };
    if manifest.database != kind {
        return Err(broken(path, format!("holds a {} database, the configuration names {kind}", manifest.database)));
    }
    let there = own_files(&manifest).map(|member| data.join(&member.name)).find(|file| file.exists());
    there.map_or(Ok(manifest), |there| {
        Err(broken(&there, "is there already; a backup is restored into an empty data folder only"))
    })
}

/// The members that are files of the data folder.
fn own_files(manifest: &Manifest) -> impl Iterator<Item = &Member> {
    let is_own = |it: &&Member| !it.name.starts_with("tables/") && it.name != "database.sqlite" && it.name != NAMES;
    manifest.members.iter().filter(is_own)
}
