//! Brings the schema up to date: under a lock, after a copy, and never backwards.

use crate::db::Pools;
use crate::{Database, Store, StoreError, backup};
use preau_base::{Clock, SystemClock};
use sqlx::migrate::{Migrate, Migrator};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// The newest schema that this program knows.
pub fn known_version() -> i64 {
    SQLITE.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// The schema that the database has; 0 when it is empty.
pub async fn found_version(store: &Store) -> Result<i64, StoreError> {
    let applied = match &store.pools {
        Pools::Sqlite { writer, .. } => {
            let mut conn = writer.acquire().await?;
            conn.ensure_migrations_table("_sqlx_migrations").await?;
            conn.list_applied_migrations("_sqlx_migrations").await?
        }
        Pools::Postgres(pool) => {
            let mut conn = pool.acquire().await?;
            conn.ensure_migrations_table("_sqlx_migrations").await?;
            conn.list_applied_migrations("_sqlx_migrations").await?
        }
    };
    Ok(applied.iter().map(|migration| migration.version).max().unwrap_or(0))
}

pub async fn run(store: &Store, database: &Database, backups: &Path) -> Result<(), StoreError> {
    let _lock = lock_file(database)?;
    let (found, known) = (found_version(store).await?, known_version());
    if found > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    if found == known {
        return Ok(());
    }
    if found > 0 {
        backup::copy_before_migration(store, backups, found, SystemClock.now()).await?;
    }
    // PostgreSQL's lock is taken by the migrator itself (an advisory lock).
    match &store.pools {
        Pools::Sqlite { writer, .. } => SQLITE.run(writer).await?,
        Pools::Postgres(pool) => POSTGRES.run(pool).await?,
    }
    tracing::info!(from = found, to = known, "database schema is up to date");
    Ok(())
}

/// Makes the schema of an older version in an empty database, for the restore of a backup of that version.
pub async fn make_version(store: &Store, version: i64) -> Result<(), StoreError> {
    match &store.pools {
        Pools::Sqlite { writer, .. } => SQLITE.run_to(version, writer).await?,
        Pools::Postgres(pool) => POSTGRES.run_to(version, pool).await?,
    }
    Ok(())
}

/// Holds other processes off the same SQLite file while its schema changes; let go when the file is dropped.
fn lock_file(database: &Database) -> Result<Option<std::fs::File>, StoreError> {
    let Database::Sqlite { path } = database else { return Ok(None) };
    let path = path.with_extension("lock");
    let file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(&path)
        .map_err(StoreError::file("cannot open the lock", &path))?;
    file.lock().map_err(StoreError::file("cannot take the lock", &path))?;
    Ok(Some(file))
}
