use super::on_both;
use super::world::{NOW, World};
use crate::documents::{self, NewDocument, Sheet};
use crate::files::{self, NewFile, Place};
use crate::lessons::{self, NewLesson};
use crate::limits::{DOCUMENTS_BYTES_MAX, LESSON_FACTS_KEPT};
use crate::{Conn, StoreError, recordings};
use preau_base::{FileId, LessonId, RecordingId};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

async fn lesson(conn: &mut Conn, world: &mut World) -> LessonId {
    let id = LessonId::new(NOW, &mut world.rng);
    let lesson = NewLesson {
        id,
        school: world.school,
        subject_name: "Maths",
        room: "",
        starts_at: NOW,
        ends_at: NOW.plus(HOUR),
        groups: &[world.class],
        teachers: &[world.teacher],
        created_by: None,
        source: "hand",
    };
    lessons::create(conn, &lesson, NOW).await.expect("a lesson");
    id
}

fn sheet(page: i64, small: bool) -> Sheet {
    let (width_px, height_px) = if small { (480, 270) } else { (1_600, 900) };
    let coding = if small { "jpeg" } else { "png" }.to_owned();
    let words = if small { String::new() } else { format!("Théorème {page}\n") };
    Sheet { page, small, coding, width_px, height_px, at: page * 1_000 + i64::from(small) * 900, bytes: 100, words }
}

async fn make(
    conn: &mut Conn,
    world: &mut World,
    lesson: LessonId,
    source: FileId,
    bytes: u64,
) -> Result<(FileId, bool), StoreError> {
    let id = FileId::new(NOW, &mut world.rng);
    let file = NewFile { id, owner: world.teacher, name: "Pythagore.pdf", kind: "other", bytes, sha256: &[7; 32] };
    let sheets = [sheet(0, false), sheet(0, true), sheet(1, false), sheet(1, true)];
    let new = NewDocument { file, lesson, source, is_picture: false, sheets: &sheets };
    Ok((id, documents::create(conn, &new, NOW).await?))
}

on_both! {
    async fn pages_of_a_document_are_found_in_their_lesson_alone(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let (maths, other) = (lesson(&mut tx, &mut world).await, lesson(&mut tx, &mut world).await);
        let source = FileId::new(NOW, &mut world.rng);
        let (id, is_new) = make(&mut tx, &mut world, maths, source, 4_000).await.expect("made");
        assert!(is_new);
        let found = documents::of_source(&mut tx, maths, source).await.expect("read").expect("there");
        assert_eq!((found.file_id, found.source_id, found.name.as_str(), found.pages), (id, source, "Pythagore.pdf", 2));
        assert!(!found.is_picture);
        assert_eq!(documents::sheet(&mut tx, maths, id, 1, true).await.expect("read"), Some(sheet(1, true)));
        assert_eq!(documents::sheet(&mut tx, maths, id, 1, false).await.expect("read"), Some(sheet(1, false)));
        assert_eq!(documents::sheet(&mut tx, maths, id, 2, false).await.expect("read"), None);
        assert_eq!(documents::sheet(&mut tx, other, id, 1, false).await.expect("read"), None, "of another lesson");
        assert_eq!(documents::of_source(&mut tx, other, source).await.expect("read"), None);

        let (second, is_new) = make(&mut tx, &mut world, maths, source, 4_000).await.expect("asked");
        assert!(!is_new, "the same file again");
        assert!(files::by_id(&mut tx, second).await.expect("read").is_none());
        assert!(make(&mut tx, &mut world, other, source, 4_000).await.expect("made").1, "for another lesson");
    }

    async fn a_lesson_has_room_for_so_much(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let lesson = lesson(&mut tx, &mut world).await;
        let most = u64::try_from(DOCUMENTS_BYTES_MAX).expect("a size");
        for (bytes, room) in [(most - 1, true), (1, false)] {
            let source = FileId::new(NOW, &mut world.rng);
            make(&mut tx, &mut world, lesson, source, bytes).await.expect("made");
            assert_eq!(documents::has_room(&mut tx, lesson).await.expect("read"), room);
        }
    }

    async fn documents_go_when_what_was_drawn_on_them_goes(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let lesson = lesson(&mut tx, &mut world).await;
        let source = FileId::new(NOW, &mut world.rng);
        let (id, _) = make(&mut tx, &mut world, lesson, source, 4_000).await.expect("made");
        let over = NOW.plus(HOUR).plus(LESSON_FACTS_KEPT);
        assert_eq!(documents::sweep(&mut tx, over).await.expect("swept"), 0);
        assert_eq!(files::sweep(&mut tx, over).await.expect("swept"), 0, "it is used");
        let after = over.plus(Duration::from_secs(1));
        assert_eq!(documents::sweep(&mut tx, after).await.expect("swept"), 1);
        assert_eq!(documents::sheet(&mut tx, lesson, id, 0, false).await.expect("read"), None);
        assert!(files::attached(&mut tx, Place::Lesson(lesson)).await.expect("read").is_empty());
        assert_eq!(files::sweep(&mut tx, after).await.expect("swept"), 1);
    }

    async fn documents_stay_while_a_recording_shows_them(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let lesson = lesson(&mut tx, &mut world).await;
        let source = FileId::new(NOW, &mut world.rng);
        let (id, _) = make(&mut tx, &mut world, lesson, source, 4_000).await.expect("made");
        let recording = RecordingId::new(NOW, &mut world.rng);
        recordings::begin(&mut tx, recording, lesson, NOW).await.expect("begun").expect("there");
        assert!(!recordings::shows(&mut tx, recording, id).await.expect("asked"), "of the lesson, and never shown");
        let nothing = FileId::new(NOW, &mut world.rng);
        for file in [id, id, nothing] {
            recordings::add_document(&mut tx, recording, file).await.expect("noted");
        }
        assert!(recordings::shows(&mut tx, recording, id).await.expect("asked"));
        assert!(!recordings::shows(&mut tx, recording, nothing).await.expect("asked"));
        let after = NOW.plus(HOUR).plus(LESSON_FACTS_KEPT).plus(Duration::from_secs(1));
        assert_eq!(documents::sweep(&mut tx, after).await.expect("swept"), 0);
        assert!(documents::sheet(&mut tx, lesson, id, 0, false).await.expect("read").is_some());
        assert!(recordings::delete(&mut tx, recording, None, after).await.expect("deleted"));
        assert_eq!(documents::sweep(&mut tx, after).await.expect("swept"), 1);
    }

    async fn a_document_whose_bytes_are_lost_is_forgotten_whole(place) {
        let mut tx = place.store.write().await.expect("a transaction");
        let mut world = World::make(&mut tx).await;
        let lesson = lesson(&mut tx, &mut world).await;
        let source = FileId::new(NOW, &mut world.rng);
        let (id, _) = make(&mut tx, &mut world, lesson, source, 4_000).await.expect("made");
        let recording = RecordingId::new(NOW, &mut world.rng);
        recordings::begin(&mut tx, recording, lesson, NOW).await.expect("begun").expect("there");
        recordings::add_document(&mut tx, recording, id).await.expect("noted");
        files::forget(&mut tx, id).await.expect("forgotten");
        assert_eq!(documents::of_source(&mut tx, lesson, source).await.expect("read"), None);
    }
}
