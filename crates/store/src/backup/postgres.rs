use super::{File, Member, Path, PathBuf, StoreError, TABLES, Write, broken, write_names};
use crate::Store;
use crate::db::{Conn, Pools, Raw};
use futures_util::TryStreamExt;
use std::io::Read;

/// Every table that there is (an older schema has fewer), as it was at one instant, each in its own file; the files that
/// the rows name go to `names`, if that is given.
pub async fn copy_out(store: &Store, work: &Path, names: Option<&Path>) -> Result<Vec<(String, PathBuf)>, StoreError> {
    let Pools::Postgres(pool) = &store.pools else { return Ok(Vec::new()) };
    let folder = work.join("tables");
    std::fs::create_dir_all(&folder).map_err(StoreError::file("cannot make", &folder))?;
    let mut tx = pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let mut members = Vec::with_capacity(TABLES.len());
    for table in TABLES {
        let there: Option<String> =
            sqlx::query_scalar("SELECT to_regclass($1)::text").bind(*table).fetch_one(&mut *tx).await?;
        if there.is_none() {
            continue;
        }
        let path = folder.join(format!("{table}.copy"));
        let mut file = File::create(&path).map_err(StoreError::file("cannot make", &path))?;
        let mut rows = tx.copy_out_raw(&format!("COPY {table} TO STDOUT")).await?;
        while let Some(chunk) = rows.try_next().await? {
            file.write_all(&chunk).map_err(StoreError::file("cannot write", &path))?;
        }
        members.push((format!("tables/{table}.copy"), path));
    }
    if let Some(names) = names {
        let rows = sqlx::query_as(sql!("SELECT id, bytes, sha256 FROM file ORDER BY id")).fetch(&mut *tx);
        write_names(rows, names).await?;
    }
    tx.commit().await?;
    Ok(members)
}

const CHUNK_BYTES: usize = 64 * 1024;

/// Fills an empty database, in one transaction.
pub async fn copy_in(store: &Store, members: &[Member], work: &Path, archive: &Path) -> Result<(), StoreError> {
    let mut tx = store.write().await?;
    if crate::people::count(&mut tx).await? > 0 || crate::schools::count(&mut tx).await? > 0 {
        return Err(broken(
            archive,
            "is restored into an empty database only, and this one has people or schools in it",
        ));
    }
    for table in TABLES {
        let name = format!("tables/{table}.copy");
        if members.iter().any(|member| member.name == name) {
            copy_table_in(&mut tx, table, &work.join(name)).await?;
        }
    }
    // The serial goes on after the restored rows.
    if let Raw::Postgres(conn) = tx.raw() {
        sqlx::query("SELECT setval('audit_id_seq', (SELECT COALESCE(max(id), 0) + 1 FROM audit), false)")
            .execute(conn)
            .await?;
    }
    tx.commit().await
}

async fn copy_table_in(conn: &mut Conn, table: &str, path: &Path) -> Result<(), StoreError> {
    let Raw::Postgres(conn) = conn.raw() else { return Ok(()) };
    let mut file = File::open(path).map_err(StoreError::file("cannot read", path))?;
    let mut copy = conn.copy_in_raw(&format!("COPY {table} FROM STDIN")).await?;
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let n = file.read(&mut chunk).map_err(StoreError::file("cannot read", path))?;
        if n == 0 {
            break;
        }
        copy.send(&chunk[..n]).await?;
    }
    copy.finish().await?;
    Ok(())
}
