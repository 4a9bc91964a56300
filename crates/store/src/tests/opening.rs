use super::world::{NOW, Place, World};
use crate::{Database, Store, StoreError, setup};
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

super::on_both! {
    async fn opening_again_changes_nothing(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        setup::set_setting(&mut tx, "instance", "un").await.expect("set");
        setup::set_setting(&mut tx, "instance", "deux").await.expect("set again");
        tx.commit().await.expect("commit");
        let again = Store::open(&place.database, &place.folder.path().join("backups")).await.expect("opens again");
        again.ping().await.expect("answers");
        let mut conn = again.read().await.expect("a connection");
        assert_eq!(setup::setting(&mut conn, "instance").await.expect("read"), Some("deux".to_owned()));
    }

    async fn a_dropped_transaction_leaves_nothing(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        World::make(&mut tx).await;
        drop(tx);
        let mut conn = place.store.read().await.expect("a connection");
        assert_eq!(crate::schools::count(&mut conn).await.expect("count"), 0);
    }

    async fn who_looks_after_the_installation_waits_behind_no_page(place) {
        let mut taken = Vec::new();
        let most = crate::limits::SQLITE_READERS_MAX.max(crate::limits::POSTGRES_CONNECTIONS_MAX);
        for _ in 0..most {
            // One more than there are would wait for seconds.
            let next = tokio::time::timeout(Duration::from_millis(500), place.store.read()).await;
            let Ok(next) = next else { break };
            taken.push(next.expect("a connection"));
        }
        assert!(taken.len() > 1 && tokio::time::timeout(Duration::from_millis(50), place.store.read()).await.is_err());
        let soon = Duration::from_secs(2);
        tokio::time::timeout(soon, place.store.ping()).await.expect("in time").expect("answers");
        let mut conn = tokio::time::timeout(soon, place.store.read_in_reserve()).await.expect("in time").expect("one");
        assert_eq!(crate::schools::count(&mut conn).await.expect("reads"), 0);
    }

    async fn a_newer_schema_is_refused_with_its_version(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let inserted = match tx.raw() {
            crate::db::Raw::Sqlite(c) => sqlx::query("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', true, $1, 0)").bind(&b"x"[..]).execute(c).await.map(drop),
            crate::db::Raw::Postgres(c) => sqlx::query("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', true, $1, 0)").bind(&b"x"[..]).execute(c).await.map(drop),
        };
        inserted.expect("a row");
        tx.commit().await.expect("commit");
        let refused = Store::open(&place.database, place.folder.path()).await;
        assert!(matches!(refused, Err(StoreError::NewerSchema { found: 9999, .. })), "{refused:?}");
    }

    async fn the_setup_link_is_used_once_and_expires(place) {
        let later = NOW.plus(Duration::from_secs(60));
        let mut tx = place.store.write().await.expect("a transaction");
        setup::create_link(&mut tx, b"old", later).await.expect("a link");
        setup::create_link(&mut tx, b"hash", later).await.expect("a link");
        assert!(!setup::link_is_good(&mut tx, b"old", NOW).await.expect("look"));
        assert!(setup::link_is_good(&mut tx, b"hash", NOW).await.expect("look"));
        assert!(!setup::link_is_good(&mut tx, b"hash", later).await.expect("look"), "expired");
        assert!(setup::spend_link(&mut tx, b"hash", NOW).await.expect("spend"));
        assert!(!setup::spend_link(&mut tx, b"hash", NOW).await.expect("spend"), "twice");
        assert!(!setup::link_is_good(&mut tx, b"hash", NOW).await.expect("look"), "used");
        tx.commit().await.expect("commit");
    }
}

#[tokio::test]
async fn the_database_file_is_its_owners_alone() {
    let place = Place::sqlite().await;
    let Database::Sqlite { path } = &place.database else { panic!("not SQLite") };
    let mode = |path: &std::path::Path| std::fs::metadata(path).expect("the file").permissions().mode() & 0o777;
    assert_eq!(mode(path), 0o600);
    assert_eq!(mode(&path.with_extension("lock")), 0o600);

    // Twice: the second copy takes the place of the first.
    let folder = place.folder.path().join("kept");
    for _ in 0..2 {
        crate::backup::copy_before_migration(&place.store, &folder, 1, NOW).await.expect("a copy");
    }
    assert_eq!(mode(&folder), 0o700);
    let copy = folder.join("before-migration-from-1.sqlite");
    assert_eq!(mode(&copy), 0o600);
    assert_eq!(std::fs::read_dir(&folder).expect("the folder").count(), 1, "nothing half-made stays");
    let kept = Store::open(&Database::Sqlite { path: copy }, &folder).await.expect("a whole database");
    kept.ping().await.expect("answers");
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("absent/preau.sqlite");
    let refused = Store::open(&Database::Sqlite { path }, folder.path()).await.expect_err("no folder");
    assert!(refused.to_string().contains("absent/preau.sqlite"), "{refused}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("preau.sqlite");
    std::fs::write(&path, "This is a letter to the parents, not a database. ".repeat(100)).expect("written");
    let refused = Store::open(&Database::Sqlite { path }, folder.path()).await;
    assert!(matches!(refused, Err(StoreError::Database(_) | StoreError::Migration(_))), "{refused:?}");
}
