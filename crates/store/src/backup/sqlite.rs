use super::{Path, PathBuf, StoreError, archive};
use crate::Store;
use crate::db::Raw;

/// A consistent copy of the running database, made by SQLite itself.
pub async fn copy(store: &Store, work: &Path) -> Result<PathBuf, StoreError> {
    let target = work.join("database.sqlite");
    vacuum_into(store, &target).await?;
    Ok(target)
}

pub async fn vacuum_into(store: &Store, target: &Path) -> Result<(), StoreError> {
    let text = target.to_str().ok_or_else(|| super::broken(target, "has a name that is not UTF-8"))?;
    // Private from its first byte; SQLite writes into an empty file that is there.
    archive::create_private(target)?;
    let mut conn = store.read().await?;
    if let Raw::Sqlite(sqlite) = conn.raw() {
        sqlx::query("VACUUM INTO $1").bind(text).execute(sqlite).await?;
    }
    Ok(())
}
