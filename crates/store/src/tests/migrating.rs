//! What migrations make of rows that were there before them.

use super::world::{NOW, Place, World};
use crate::lessons::{self, NewLesson};
use crate::{Conn, Database, Store, guests, many, migrate, recordings};
use preau_base::{Instant, LessonId, PersonId, RecordingId};
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

async fn lesson(conn: &mut Conn, world: &mut World) -> LessonId {
    let id = LessonId::new(NOW, &mut world.rng);
    let lesson = NewLesson {
        id,
        school: world.school,
        subject_name: "Histoire",
        room: "",
        starts_at: NOW,
        ends_at: ENDS,
        groups: &[world.class],
        teachers: &[world.teacher],
        created_by: None,
        source: "hand",
    };
    lessons::create(conn, &lesson, NOW).await.expect("a lesson");
    id
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
        let lesson = lesson(&mut tx, &mut world).await;
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
}
