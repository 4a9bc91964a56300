use super::world::{NOW, Place, World};
use crate::backup::{Kept, Manifest, Named};
use crate::{Store, StoreError, backup, files, people};
use preau_base::FileId;
use preau_school::Profile;
use std::path::{Path, PathBuf};

/// A backup of a place in which nobody has sent anything.
async fn create(store: &Store, extras: &[PathBuf], archive: &Path) -> Result<Manifest, StoreError> {
    let nobody = async |named: &Named| panic!("there is no file such as {named}");
    backup::create(store, extras, archive, NOW, nobody).await
}

super::on_both! {
    async fn a_backup_comes_back_whole(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let world = World::make(&mut tx).await;
        tx.commit().await.expect("commit");
        let keys: PathBuf = place.folder.path().join("keys.toml");
        std::fs::write(&keys, "secret").expect("written");
        let archive = place.folder.path().join("backup.tar");
        create(&place.store, std::slice::from_ref(&keys), &archive).await.expect("a backup");
        let refused = create(&place.store, &[], &archive).await;
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

    async fn the_files_that_the_rows_name_are_asked_for_and_listed(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let ids: Vec<_> = (0..40).map(|_| FileId::new(NOW, &mut world.rng)).collect();
        for (bytes, id) in (0..).zip(&ids) {
            let new = files::NewFile { id: *id, owner: world.max, name: "x", kind: "text", bytes, sha256: &[7; 32] };
            files::create(&mut tx, &new, NOW).await.expect("a row");
        }
        tx.commit().await.expect("commit");
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        let archive = place.folder.path().join("backup.tar");
        let mut asked = Vec::new();
        let made = backup::create(&place.store, &[], &archive, NOW, async |named: &Named| {
            asked.push((named.id, named.bytes, named.sha256.clone()));
            // The rows are copied before the first file: what comes and goes from then on is not in the list.
            let mut tx = place.store.write().await?;
            files::forget(&mut tx, ids[39]).await?;
            tx.commit().await?;
            Ok::<_, StoreError>([Kept::Whole, Kept::Swept, Kept::Lost][asked.len() % 3])
        });
        made.await.expect("a backup");
        assert_eq!(asked.iter().map(|(id, ..)| *id).collect::<Vec<_>>(), sorted);
        backup::verify(&archive).expect("whole");
        let listed = backup::names(&archive).expect("a list").expect("a list").collect::<Result<Vec<_>, _>>().expect("lines");
        assert_eq!(listed.iter().map(|it| (it.id, it.bytes, it.sha256.clone())).collect::<Vec<_>>(), asked);
        assert_eq!(listed[..3].iter().map(|it| it.kept).collect::<Vec<_>>(), [Kept::Swept, Kept::Lost, Kept::Whole]);

        let (database, data) = place.elsewhere();
        backup::restore(&archive, &database, &data).await.expect("restored");
        assert!(!data.join("files.list").exists(), "it is no file of the data folder");
        let store = Store::open(&database, &data).await.expect("opens");
        let mut tx = store.write().await.expect("a transaction");
        assert!(files::is_known(&mut tx, ids[39]).await.expect("asked"), "as it was when the rows were copied");
        files::forget(&mut tx, ids[39]).await.expect("forgotten");
        assert!(!files::is_known(&mut tx, ids[39]).await.expect("asked"));

        let failing = async |_: &Named| Err(StoreError::Import("no room".to_owned()));
        let other = place.folder.path().join("other.tar");
        backup::create(&place.store, &[], &other, NOW, failing).await.expect_err("not made");
        let left: Vec<_> = std::fs::read_dir(place.folder.path()).expect("the folder").flatten().map(|it| it.file_name()).collect();
        assert!(!left.iter().any(|name| name == "other.tar" || name.to_string_lossy().starts_with(".preau")), "{left:?}");
    }

    async fn a_damaged_backup_is_refused_wherever_the_damage_is(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        World::make(&mut tx).await;
        tx.commit().await.expect("commit");
        let archive = place.folder.path().join("backup.tar");
        let manifest = create(&place.store, &[], &archive).await.expect("a backup");
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
