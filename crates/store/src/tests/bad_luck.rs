use super::world::{Place, World};
use crate::db::Raw;
use crate::{Store, StoreError, audit, setup};
use preau_base::Instant;

const NOW: Instant = super::world::NOW;

/// Limits the SQLite file as a full disk would: the next page that is needed gives SQLITE_FULL.
async fn set_pages_max(store: &Store, pages: &'static str) {
    let mut tx = store.write().await.expect("a transaction");
    if let Raw::Sqlite(conn) = tx.raw() {
        sqlx::query(pages).execute(conn).await.expect("a pragma");
    }
    tx.commit().await.expect("commit");
}

async fn write_a_lot(store: &Store) -> Result<(), StoreError> {
    let detail = "x".repeat(4_000);
    let entry = audit::Entry { actor: None, action: "test", target: "", school: None, detail: &detail };
    for _ in 0..1_000 {
        let mut tx = store.write().await?;
        audit::append(&mut tx, &entry, NOW).await?;
        tx.commit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_full_disk_is_an_error_that_loses_nothing() {
    let place = Place::sqlite().await;
    let mut tx = place.store.write().await.expect("a transaction");
    World::make(&mut tx).await;
    tx.commit().await.expect("commit");

    set_pages_max(&place.store, "PRAGMA max_page_count = 1").await;
    let refused = write_a_lot(&place.store).await.expect_err("the disk is full");
    assert!(refused.is_disk_full(), "{refused:?}");
    let mut conn = place.store.read().await.expect("reading goes on");
    assert_eq!(crate::people::count(&mut conn).await.expect("count"), 4);
    let kept = audit::list(&mut conn, None, i64::MAX).await.expect("list").len();
    drop(conn);

    set_pages_max(&place.store, "PRAGMA max_page_count = 4294967294").await;
    let mut tx = place.store.write().await.expect("a transaction");
    setup::set_setting(&mut tx, "after", "the disk has room again").await.expect("writing goes on");
    let listed = audit::list(&mut tx, None, i64::MAX).await.expect("list").len();
    assert_eq!(listed, kept, "half an entry was kept");
    tx.commit().await.expect("commit");
}

/// With WAL and less than FULL (2), SQLite syncs at checkpoints only, and what was committed since the last one goes with
/// the power (<https://www.sqlite.org/pragma.html#pragma_synchronous>).
#[tokio::test]
async fn what_is_committed_is_on_the_disk() {
    let place = Place::sqlite().await;
    // The connection that writes, and each that could be taken for one.
    for _ in 0..2 {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut reader = place.store.read().await.expect("a connection");
        for conn in [&mut *tx, &mut reader] {
            let Raw::Sqlite(conn) = conn.raw() else { panic!("not SQLite") };
            let synchronous = sqlx::query_scalar::<_, i64>("PRAGMA synchronous").fetch_one(&mut *conn).await;
            assert_eq!(synchronous.expect("a pragma"), 2);
            let journal = sqlx::query_scalar::<_, String>("PRAGMA journal_mode").fetch_one(conn).await;
            assert_eq!(journal.expect("a pragma"), "wal");
        }
    }
}

/// The whole program is killed between two commits: what was committed is there, what was not is not.
#[tokio::test]
async fn what_was_committed_survives_losing_the_process() {
    let place = Place::sqlite().await;
    let mut tx = place.store.write().await.expect("a transaction");
    setup::set_setting(&mut tx, "kept", "yes").await.expect("set");
    tx.commit().await.expect("commit");
    let mut open = place.store.write().await.expect("a transaction");
    setup::set_setting(&mut open, "lost", "yes").await.expect("set");

    // The files as a killed process leaves them: no close, no checkpoint.
    let copy = tempfile::tempdir().expect("a folder");
    for entry in std::fs::read_dir(place.folder.path()).expect("the folder") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            std::fs::copy(&path, copy.path().join(path.file_name().expect("a name"))).expect("copied");
        }
    }
    let database = crate::Database::Sqlite { path: copy.path().join("preau.sqlite") };
    let again = Store::open(&database, copy.path()).await.expect("opens");
    let mut conn = again.read().await.expect("a connection");
    assert_eq!(setup::setting(&mut conn, "kept").await.expect("read").as_deref(), Some("yes"));
    assert_eq!(setup::setting(&mut conn, "lost").await.expect("read"), None);
}
