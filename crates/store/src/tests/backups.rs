use super::world::{NOW, Place, World};
use crate::{Store, StoreError, backup, people};
use preau_school::Profile;
use std::path::PathBuf;

super::on_both! {
    async fn a_backup_comes_back_whole(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let world = World::make(&mut tx).await;
        tx.commit().await.expect("commit");
        let keys: PathBuf = place.folder.path().join("keys.toml");
        std::fs::write(&keys, "secret").expect("written");
        let archive = place.folder.path().join("backup.tar");
        backup::create(&place.store, std::slice::from_ref(&keys), &archive, NOW).await.expect("a backup");
        let refused = backup::create(&place.store, &[], &archive, NOW).await;
        assert!(matches!(refused, Err(StoreError::Backup { .. })), "never over another: {refused:?}");
        backup::verify(&archive).expect("whole");

        let (database, data) = place.elsewhere();
        backup::restore(&archive, &database, &data).await.expect("restored");
        assert_eq!(std::fs::read_to_string(data.join("keys.toml")).expect("keys"), "secret");
        let store = Store::open(&database, &data).await.expect("opens");
        let mut conn = store.read().await.expect("a connection");
        let found = people::search(&mut conn, world.school, "", Some(Profile::Pupil), 0).await.expect("search");
        assert_eq!(found.iter().map(|it| it.full_name()).collect::<Vec<_>>(), ["Max Leroy", "Inès O’Brien"]);
        drop(conn);
        let again = backup::restore(&archive, &database, &data).await;
        assert!(matches!(again, Err(StoreError::Backup { .. })), "never over live data: {again:?}");
    }

    async fn a_damaged_backup_is_refused_wherever_the_damage_is(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        World::make(&mut tx).await;
        tx.commit().await.expect("commit");
        let archive = place.folder.path().join("backup.tar");
        let manifest = backup::create(&place.store, &[], &archive, NOW).await.expect("a backup");
        let whole = std::fs::read(&archive).expect("read");
        let damaged = place.folder.path().join("damaged.tar");
        let content: u64 = manifest.members.iter().map(|member| member.bytes).sum();
        assert!(content > 1_000);
        // Cut off inside the members, and one byte of a member turned over.
        for cut in [0, 100, 512, whole.len() / 2] {
            std::fs::write(&damaged, &whole[..cut]).expect("written");
            assert!(backup::verify(&damaged).is_err(), "cut at {cut}");
        }
        let name = b"Oraison";
        let at = whole.windows(name.len()).position(|window| window == name).expect("the town is in there");
        let mut turned = whole.clone();
        turned[at] ^= 1;
        std::fs::write(&damaged, &turned).expect("written");
        let refused = backup::verify(&damaged).expect_err("damaged").to_string();
        assert!(refused.contains("is damaged"), "{refused}");
    }
}

/// What a migration would find is kept as an archive that comes back like any other; twice, the second in place of the first.
#[tokio::test]
async fn a_postgres_database_is_kept_before_a_migration() {
    let place = Place::postgres().await;
    let mut tx = place.store.write().await.expect("a transaction");
    let world = World::make(&mut tx).await;
    tx.commit().await.expect("commit");
    let kept = place.folder.path().join("kept");
    for _ in 0..2 {
        backup::copy_before_migration(&place.store, &kept, 1, NOW).await.expect("a copy");
    }
    assert_eq!(std::fs::read_dir(&kept).expect("the folder").count(), 1, "nothing half-made stays");
    let (database, data) = place.elsewhere();
    let archive = kept.join("before-migration-from-1.tar");
    backup::restore(&archive, &database, &data).await.expect("restored");
    let store = Store::open(&database, &data).await.expect("opens");
    let mut conn = store.read().await.expect("a connection");
    assert_eq!(people::by_login(&mut conn, "max.leroy").await.expect("read").map(|it| it.id), Some(world.max));
}
