use super::{Path, PathBuf, StoreError, archive};
use crate::Store;
use crate::db::Raw;
use std::os::unix::fs::DirBuilderExt;

/// A consistent copy of the running database, made by SQLite itself.
pub async fn copy(store: &Store, work: &Path) -> Result<PathBuf, StoreError> {
    let target = work.join("database.sqlite");
    vacuum_into(store, &target).await?;
    Ok(target)
}

/// Keeps the file as it was before a migration changes it.
pub async fn copy_before_migration(store: &Store, folder: &Path, version: i64) -> Result<(), StoreError> {
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(StoreError::file("cannot make", folder))?;
    let target = folder.join(format!("before-migration-from-{version}.sqlite"));
    let part = target.with_extension("part");
    for old in [&part, &target] {
        match std::fs::remove_file(old) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::file("cannot replace", old)(error));
            }
            _ => {}
        }
    }
    vacuum_into(store, &part).await?;
    std::fs::rename(&part, &target).map_err(StoreError::file("cannot keep", &target))
}

async fn vacuum_into(store: &Store, target: &Path) -> Result<(), StoreError> {
    let text = target.to_str().ok_or_else(|| super::broken(target, "has a name that is not UTF-8"))?;
    // Private from its first byte; SQLite writes into an empty file that is there.
    archive::create_private(target)?;
    let mut conn = store.read().await?;
    if let Raw::Sqlite(sqlite) = conn.raw() {
        sqlx::query("VACUUM INTO $1").bind(text).execute(sqlite).await?;
    }
    Ok(())
}
