//! One archive of a running installation, with hashes: the database as it was at one instant, and the keys.
//!
//! A tar file: `manifest.json` first, then either `database.sqlite` or one `tables/NAME.copy` a table (PostgreSQL's text
//! COPY format), then the files named by the caller (`keys.toml`). The manifest holds the schema version, the instant,
//! and the SHA-256 and size in bytes of every other member. Nothing else is accepted in an archive.

use crate::limits::MANIFEST_BYTES_MAX;
use crate::{Store, StoreError, migrate};
use preau_base::Instant;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

mod archive;
mod postgres;
mod sqlite;

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
    "series",
    "series_group",
    "series_teacher",
    "series_day",
    "lesson",
    "lesson_group",
    "lesson_teacher",
    "lesson_removal",
    "visit",
    "chat_message",
    "homework",
    "file",
    "attachment",
    "upload",
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

const FORMAT: u32 = 1;

fn broken(path: &Path, why: impl Into<String>) -> StoreError {
    StoreError::Backup { path: path.display().to_string(), why: why.into() }
}

/// Writes a backup of the running database and of `files` to `target`, which must not exist. The archive appears whole
/// or not at all, readable by its owner alone.
///
/// # Errors
/// File and database errors; nothing is left behind.
pub async fn create(store: &Store, files: &[PathBuf], target: &Path, now: Instant) -> Result<Manifest, StoreError> {
    if target.exists() {
        return Err(broken(target, "is there already; choose another name"));
    }
    let folder = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let work = archive::WorkFolder::beside(folder, now)?;
    let mut sources: Vec<(String, PathBuf)> = Vec::new();
    let database = if store.is_sqlite() {
        sources.push(("database.sqlite".to_owned(), sqlite::copy(store, work.path()).await?));
        "sqlite"
    } else {
        sources.extend(postgres::copy_out(store, work.path()).await?);
        "postgres"
    };
    for file in files {
        let name =
            file.file_name().and_then(|name| name.to_str()).ok_or_else(|| broken(file, "has no readable name"))?;
        sources.push((name.to_owned(), file.clone()));
    }
    let mut members = Vec::with_capacity(sources.len());
    for (name, path) in &sources {
        let (bytes, sha256) = archive::hash_file(path)?;
        members.push(Member { name: name.clone(), bytes, sha256 });
    }
    let schema = migrate::found_version(store).await?;
    let manifest =
        Manifest { format: FORMAT, database: database.to_owned(), schema, made_at: now.as_millis(), members };
    archive::write(&manifest, &sources, work.path(), target)?;
    Ok(manifest)
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
        create(store, &[], &part, now).await?;
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

/// Restores an archive: the database into `store`'s place, the other files into `data`. For SQLite the target file must
/// not exist; for PostgreSQL the database must be empty. The archive is verified whole before anything is written.
///
/// # Errors
/// [`StoreError::Backup`] when the archive is broken, of the other database, or the target is not empty.
pub async fn restore(path: &Path, database: &crate::Database, data: &Path) -> Result<Manifest, StoreError> {
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
    let own_files: Vec<&Member> =
        manifest.members.iter().filter(|it| !it.name.starts_with("tables/") && it.name != "database.sqlite").collect();
    if let Some(there) = own_files.iter().find(|member| data.join(&member.name).exists()) {
        return Err(broken(
            &data.join(&there.name),
            "is there already; a backup is restored into an empty data folder only",
        ));
    }
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
    for member in own_files {
        archive::place(&work.path().join(&member.name), &data.join(&member.name))?;
    }
    Ok(manifest)
}
