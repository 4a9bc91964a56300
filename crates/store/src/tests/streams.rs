use super::world::{NOW, World};
use crate::limits::STREAM_KEYS_MAX;
use crate::stream_keys::{self, NewStreamKey};
use crate::{StoreError, people};
use preau_base::{Instant, LessonId, StreamKeyId};
use std::time::Duration;

const END: Instant = Instant::from_secs(1_800_003_300);

super::on_both! {
    async fn a_stream_key_holds_until_it_expires_or_is_revoked_by_its_maker(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let (teacher, lesson) = (world.teacher, world.lesson(&mut tx, NOW, "Histoire").await);
        let mut ids = Vec::new();
        for (name, second) in ["OBS", "Tableau", "Vidéoprojecteur", "Microscope"].into_iter().zip(0..) {
            let now = NOW.plus(Duration::from_secs(second));
            let id = StreamKeyId::new(NOW, &mut world.rng);
            let key = NewStreamKey { id, lesson, person: teacher, direction: "publish", name, expires_at: END };
            stream_keys::create(&mut tx, &key, now).await.expect("made");
            ids.push(id);
        }
        assert_eq!(ids.len(), STREAM_KEYS_MAX);
        let one_more = StreamKeyId::new(NOW, &mut world.rng);
        let key = NewStreamKey { id: one_more, lesson, person: teacher, direction: "play", name: "", expires_at: END };
        assert!(matches!(stream_keys::create(&mut tx, &key, NOW).await, Err(StoreError::Limit { .. })));

        let found = stream_keys::by_id(&mut tx, ids[0], NOW).await.expect("asks").expect("there");
        assert_eq!((found.lesson_id, found.person_id, found.direction.as_str()), (lesson, teacher, "publish"));
        assert_eq!((found.expires_at, found.used_at), (END, None));
        assert!(stream_keys::by_id(&mut tx, ids[0], END).await.expect("asks").is_none(), "it has expired");
        stream_keys::used(&mut tx, ids[0], NOW).await.expect("noted");
        let listed = stream_keys::of_person(&mut tx, lesson, teacher, NOW).await.expect("lists");
        assert_eq!(listed.iter().map(|key| key.id).collect::<Vec<_>>(), ids);
        assert_eq!((listed[0].used_at, listed[1].used_at), (Some(NOW.as_millis()), None));
        assert!(stream_keys::of_person(&mut tx, lesson, world.mother, NOW).await.expect("lists").is_empty());

        let other = LessonId::new(NOW, &mut world.rng);
        assert!(!stream_keys::revoke(&mut tx, ids[0], lesson, world.mother).await.expect("asks"), "only its maker");
        assert!(!stream_keys::revoke(&mut tx, ids[0], other, teacher).await.expect("asks"), "only of this lesson");
        assert!(stream_keys::revoke(&mut tx, ids[0], lesson, teacher).await.expect("revoked"));
        assert!(!stream_keys::revoke(&mut tx, ids[0], lesson, teacher).await.expect("asks"), "it is gone");
        assert!(stream_keys::by_id(&mut tx, ids[0], NOW).await.expect("asks").is_none());
        stream_keys::create(&mut tx, &key, NOW).await.expect("there is room again");

        // Expired ones make room and are forgotten, whoever made them.
        let late = StreamKeyId::new(END, &mut world.rng);
        let key = NewStreamKey { id: late, expires_at: Instant::from_millis(END.as_millis() + 1), ..key };
        stream_keys::create(&mut tx, &key, END).await.expect("made");
        let listed = stream_keys::of_person(&mut tx, lesson, teacher, NOW).await.expect("lists");
        assert_eq!(listed.iter().map(|key| key.id).collect::<Vec<_>>(), [late]);
        people::forget(&mut tx, teacher, NOW).await.expect("forgotten");
        assert!(stream_keys::by_id(&mut tx, late, NOW).await.expect("asks").is_none());
    }
}
