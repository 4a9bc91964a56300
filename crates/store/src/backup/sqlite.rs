use super::{Path, PathBuf, StoreError, archive, write_names};
use crate::Store;
use crate::db::Raw;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

/// A consistent copy of the running database, made by SQLite itself.
pub async fn copy(store: &Store, work: &Path) -> Result<PathBuf, StoreError> {
    let target = work.join("database.sqlite");
    vacuum_into(store, &target).await?;
    Ok(target)
}

/// Lists the files that the rows of a copy name.
pub async fn name_files(copy: &Path, list: &Path) -> Result<(), StoreError> {
    let mut conn = SqliteConnectOptions::new().filename(copy).immutable(true).connect().await?;
    write_names(sqlx::query_as(sql!("SELECT id, bytes, sha256 FROM file ORDER BY id")).fetch(&mut conn), list).await?;
    Ok(conn.close().await?)
}

pub async fn vacuum_into(store: &Store, target: &Path) -> Result<(), StoreError> {
    let text = target.to_str().ok_or_else(|| super::broken(target, "has a name that is not UTF-8"))?;
    // Private from its first byte; SQLite writes into an empty file that is there.
    archive::create_private(target)?;
    let mut conn = store.read().await?;
    if let Raw::Sqlite(sqlite) = conn.raw() {
        let copied = sqlx::query("VACUUM INTO $1").bind(text).execute(sqlite).await.map_err(StoreError::from);
        copied.map_err(|error| match error.is_disk_full() {
            true => super::broken(target, "there is no room for the copy of the database"),
            false => error,
        })?;
    }
    Ok(())
}
