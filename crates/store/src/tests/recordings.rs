use super::world::{NOW, World};
use crate::files::{self, NewFile};
use crate::limits::RECORDING_DAYS_FIRST;
use crate::recordings::{self, NewTrack, Settings};
use crate::{Conn, people};
use preau_base::{FileId, Instant, PersonId, RecordingId};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

fn after(seconds: u64) -> Instant {
    NOW.plus(Duration::from_secs(seconds))
}

async fn track(conn: &mut Conn, world: &mut World, of: RecordingId, person: PersonId, at: u64, kind: &str) -> FileId {
    let id = FileId::new(NOW, &mut world.rng);
    let file = NewFile { id, owner: person, name: "voix.webm", kind: "other", bytes: 900, sha256: &[7; 32] };
    let new = NewTrack { recording: of, kind, begins_at: after(at), lasts_ms: 5_000 };
    assert!(recordings::add_track(conn, &new, &file, NOW).await.expect("added"));
    id
}

super::on_both! {
    async fn a_recording_is_one_however_often_it_is_begun_and_goes_with_its_files(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let lesson = world.lesson(&mut tx, NOW, "Histoire").await;
        let (teacher, max) = (world.teacher, world.max);
        let mut id = || RecordingId::new(NOW, &mut world.rng);
        let (one, two, three) = (id(), id(), id());
        let first = recordings::begin(&mut tx, one, lesson, after(10)).await.expect("begun").expect("there");
        assert_eq!((first.id, first.number, first.ended_at), (one, 1, None));
        assert_eq!(first.expires_at, after(10).plus(DAY * RECORDING_DAYS_FIRST as u32));
        // The server has come again, and the lesson says the same.
        let again = recordings::begin(&mut tx, two, lesson, after(10)).await.expect("begun");
        assert_eq!(again, Some(first.clone()));
        let settings = Settings { allowed: true, days: 7, downloads: true, captions_host: Some("parole.example".to_owned()) };
        assert_eq!(recordings::settings(&mut tx, world.school).await.expect("read"), Settings::default());
        let none = Settings::default();
        assert!(recordings::change_settings(&mut tx, world.school, (&none, &settings), world.teacher, NOW).await.expect("set"));
        let late = recordings::change_settings(&mut tx, world.school, (&none, &none), world.teacher, NOW).await;
        assert!(!late.expect("nothing"), "made from what is no longer so");
        assert_eq!(recordings::settings(&mut tx, world.school).await.expect("read"), settings);
        let second = recordings::begin(&mut tx, three, lesson, after(600)).await.expect("begun").expect("there");
        assert_eq!((second.number, second.expires_at), (2, after(600).plus(DAY * 7)));

        let voice = track(&mut tx, &mut world, one, teacher, 20, "voice").await;
        let early = track(&mut tx, &mut world, one, max, 12, "camera").await;
        let other = track(&mut tx, &mut world, three, max, 700, "voice").await;
        let tracks = recordings::tracks(&mut tx, one).await.expect("read");
        assert_eq!(tracks.iter().map(|track| track.file_id).collect::<Vec<_>>(), [early, voice]);
        assert_eq!((tracks[1].person_id, tracks[1].bytes, tracks[1].lasts_ms), (world.teacher, 900, 5_000));
        let found = recordings::by_number(&mut tx, lesson, 1, NOW).await.expect("read").expect("there");
        assert_eq!(found.ended_at, Some(after(25).as_millis()), "the end of the last track");
        assert!(files::is_known(&mut tx, voice).await.expect("asked"));

        let kept = recordings::of_school(&mut tx, world.school, NOW, 0).await.expect("read");
        assert_eq!(kept.iter().map(|one| (one.number, one.bytes)).collect::<Vec<_>>(), [(2, 900), (1, 1_800)]);
        assert!(kept.iter().all(|one| one.lesson_id == lesson && !one.teachers.is_empty()), "{kept:?}");
        assert_eq!(recordings::of_school(&mut tx, world.school, NOW, 1).await.expect("read").len(), 1);

        // The second expires first, and is seen no more even before anybody comes to take it away.
        let week = second.expires_at;
        let seen = recordings::of_lesson(&mut tx, lesson, week).await.expect("read");
        assert_eq!(seen.iter().map(|one| one.number).collect::<Vec<_>>(), [1]);
        assert_eq!(recordings::expired(&mut tx, week).await.expect("asked"), [three]);
        assert!(recordings::delete(&mut tx, three, None, week).await.expect("deleted"));
        assert!(!recordings::delete(&mut tx, three, None, week).await.expect("asked"), "once");
        assert_eq!(recordings::files_of_deleted(&mut tx).await.expect("asked"), [other]);
        recordings::forget_track(&mut tx, other).await.expect("forgotten");
        assert!(!files::is_known(&mut tx, other).await.expect("asked"));
        assert!(recordings::files_of_deleted(&mut tx).await.expect("asked").is_empty());
        assert!(recordings::by_id(&mut tx, three).await.expect("read").is_none());
        // What a crash has left of it comes too late, and its number is not given again.
        let late = FileId::new(NOW, &mut world.rng);
        let file = NewFile { id: late, owner: world.max, name: "", kind: "other", bytes: 1, sha256: &[7; 32] };
        let new = NewTrack { recording: three, kind: "voice", begins_at: NOW, lasts_ms: 1 };
        assert!(!recordings::add_track(&mut tx, &new, &file, NOW).await.expect("refused"));
        assert!(recordings::begin(&mut tx, two, lesson, after(600)).await.expect("asked").is_none());
        let third = recordings::begin(&mut tx, two, lesson, after(900)).await.expect("begun").expect("there");
        assert_eq!(third.number, 3);

        // Whoever is forgotten is heard and seen no more.
        people::forget(&mut tx, world.max, NOW).await.expect("forgotten");
        let left = recordings::tracks(&mut tx, one).await.expect("read");
        assert_eq!(left.iter().map(|track| track.file_id).collect::<Vec<_>>(), [voice]);
    }
}
