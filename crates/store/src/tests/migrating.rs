//! What migrations make of rows that were there before them.

use super::world::{NOW, Place, World};
use crate::documents::{self, NewDocument};
use crate::files::NewFile;
use crate::{Conn, Database, Store, guests, lessons, many, migrate, people, recordings};
use preau_base::{FileId, Instant, LessonId, PersonId, RecordingId};
use preau_school::rights::ENTRY_AFTER_END;
use std::time::Duration;

const ENDS: Instant = Instant::from_secs(1_800_003_300);

/// An empty database with the schema of an older version.
async fn older(place: &Place, version: i64) -> (Database, Store) {
    let (database, _) = place.elsewhere();
    let store = Store::connect(&database).await.expect("connects");
    migrate::make_version(&store, version).await.expect("the older schema");
    assert_eq!(migrate::found_version(&store).await.expect("a version"), version);
    (database, store)
}

/// A guest whose invitation had an end of its own, in the columns of before version 20.
async fn guest_then(conn: &mut Conn, world: &mut World, lesson: LessonId, expires_at: Instant) -> PersonId {
    let guest = world.person(conn, &format!("~{expires_at:?}"), "Ada", "Lovelace", preau_school::Profile::Guest).await;
    many::insert(
        conn,
        "INSERT INTO lesson_guest (lesson_id, person_id, invited_by, secret_hash, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[[
            lesson.uuid().into(),
            guest.uuid().into(),
            world.teacher.uuid().into(),
            guest.uuid().as_bytes().to_vec().into(),
            NOW.as_millis().into(),
            expires_at.as_millis().into(),
        ]],
    )
    .await
    .expect("as it was then");
    guest
}

async fn until(conn: &mut Conn, lesson: LessonId, guest: PersonId) -> Instant {
    guests::of_person(conn, lesson, guest).await.expect("read").expect("the guest").expires_at()
}

super::on_both! {
    /// Version 20: an invitation follows its lesson, unless its teacher had said a sooner end; a recording has its school.
    async fn invitations_and_recordings_of_before_version_20(place) {
        let (database, store) = older(place, 18).await;
        let mut tx = store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let lesson = world.lesson(&mut tx, NOW, "Histoire").await;
        let end = ENDS.plus(ENTRY_AFTER_END);
        let sooner = ENDS.minus(Duration::from_secs(600));
        let with_it = guest_then(&mut tx, &mut world, lesson, end).await;
        let before_it = guest_then(&mut tx, &mut world, lesson, sooner).await;
        let recording = RecordingId::new(NOW, &mut world.rng);
        let expires_at = NOW.plus(Duration::from_secs(86_400));
        many::insert(
            &mut tx,
            "INSERT INTO recording (id, lesson_id, number, begun_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
            &[[
                recording.uuid().into(),
                lesson.uuid().into(),
                1_i64.into(),
                NOW.as_millis().into(),
                expires_at.as_millis().into(),
            ]],
        )
        .await
        .expect("as it was then");
        tx.commit().await.expect("commit");
        store.close().await;

        let store = Store::open(&database, &place.folder.path().join("kept")).await.expect("brings it up to date");
        assert_eq!(migrate::found_version(&store).await.expect("a version"), migrate::known_version());
        let mut tx = store.write().await.expect("a transaction");
        assert_eq!(until(&mut tx, lesson, with_it).await, end);
        assert_eq!(until(&mut tx, lesson, before_it).await, sooner);
        let kept = recordings::of_school(&mut tx, world.school, NOW, 0).await.expect("read");
        assert_eq!(kept.len(), 1, "the list of the school has it");

        // The lesson ends an hour later: one goes with it, the other keeps what its teacher has said.
        let hour = Duration::from_secs(3_600);
        lessons::prolong(&mut tx, lesson, ENDS.plus(hour)).await.expect("prolonged");
        assert_eq!(until(&mut tx, lesson, with_it).await, end.plus(hour));
        assert_eq!(until(&mut tx, lesson, before_it).await, sooner);
    }

    /// Version 25: a recording that there is goes on showing the documents of its lesson.
    async fn recordings_of_before_version_25_keep_their_documents(place) {
        let (database, store) = older(place, 24).await;
        let mut tx = store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let lesson = world.lesson(&mut tx, NOW, "Histoire").await;
        let recording = RecordingId::new(NOW, &mut world.rng);
        recordings::begin(&mut tx, recording, lesson, NOW).await.expect("begun").expect("there");
        let (id, source) = (FileId::new(NOW, &mut world.rng), FileId::new(NOW, &mut world.rng));
        let file = NewFile { id, owner: world.teacher, name: "", kind: "other", bytes: 1, sha256: &[7; 32] };
        let new = NewDocument { file, lesson, source, is_picture: false, sheets: &[] };
        assert!(documents::create(&mut tx, &new, NOW).await.expect("made"));
        tx.commit().await.expect("commit");
        store.close().await;

        let store = Store::open(&database, &place.folder.path().join("kept")).await.expect("brings it up to date");
        let mut conn = store.read().await.expect("a connection");
        assert!(recordings::shows(&mut conn, recording, id).await.expect("asked"));
    }

    /// Version 26: who taught a lesson before is known again by the name that it has kept; a name of nobody any more goes.
    async fn lessons_of_before_version_26_know_who_taught_them(place) {
        let (database, store) = older(place, 25).await;
        let mut tx = store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let mut lessons = Vec::new();
        for was in ["Mme Fontaine", "Mme Fontaine, M. Parti", "M. Parti", ""] {
            let lesson = world.lesson(&mut tx, NOW, "Histoire").await;
            many::among(&mut tx, "UPDATE lesson SET was_teachers = $1 WHERE id IN ($2)", &[was.into()], &[lesson.uuid()])
                .await
                .expect("as it was then");
            lessons.push(lesson);
        }
        tx.commit().await.expect("commit");
        store.close().await;

        let store = Store::open(&database, &place.folder.path().join("kept")).await.expect("brings it up to date");
        let mut tx = store.write().await.expect("a transaction");
        for forgotten in [false, true] {
            if forgotten {
                people::forget(&mut tx, world.teacher, NOW).await.expect("forgotten");
            }
            let mut found = Vec::new();
            for lesson in &lessons {
                let lesson = lessons::by_id(&mut tx, *lesson).await.expect("read").expect("there");
                found.push(lesson.was_teachers.unwrap_or_default());
            }
            let name = if forgotten { "—" } else { "Mme Fontaine" };
            assert_eq!(found, [name, name, "", ""]);
        }
    }
}
