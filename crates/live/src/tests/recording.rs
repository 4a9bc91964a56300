//! What a crash leaves of a recording is brought home, once and whole.

use super::world::World;
use crate::recording::{Recordings, adopt_all, orphans};
use preau_base::{Clock as _, FileId, Instant, RecordingId, SharedClock, SystemClock, SystemRng};
use preau_files::Files;
use preau_store::documents::{self, NewDocument};
use preau_store::files::NewFile;
use preau_store::recordings;
use preau_webm::{Codec, Head, Packet, Track, Writer};
use std::fs;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// Two seconds of silence as a file that grows, cut off in the middle of its last frame.
fn cut_off_voice() -> Vec<u8> {
    let mut track = Track::new(Codec::Opus);
    let mut bytes = Vec::new();
    let mut writer = Writer::new(Head::Voice);
    for nth in 0..100_u16 {
        let packet = Packet { seq: nth, timestamp: u32::from(nth) * 960, marker: false, payload: &[0xf8, 0xff, 0xfe] };
        track.push(&packet, i64::from(nth) * 20);
        bytes.extend(std::iter::from_fn(|| track.pop(i64::MAX)).flat_map(|frame| writer.frame(&frame)));
    }
    bytes.truncate(bytes.len() - 2);
    bytes
}

/// A document of the lesson, without pages.
async fn document(world: &World) -> FileId {
    let now = SystemClock.now();
    let id = FileId::new(now, &mut SystemRng);
    let file = NewFile { id, owner: world.teacher, name: "", kind: "other", bytes: 1, sha256: &[0; 32] };
    let source = FileId::new(now, &mut SystemRng);
    let new = NewDocument { file, lesson: world.lesson, source, is_picture: false, sheets: &[] };
    let mut tx = world.store.write().await.unwrap();
    assert!(documents::create(&mut tx, &new, now).await.unwrap());
    tx.commit().await.unwrap();
    id
}

#[tokio::test]
async fn what_a_crash_leaves_is_brought_home() {
    let world = World::new().await;
    let folder = TempDir::new().unwrap();
    let files = Files::in_folder(&folder.path().join("files"), 0).unwrap();
    let spool = Recordings { spool: folder.path().join("spool"), files: files.clone() };
    let clock: SharedClock = Arc::new(SystemClock);
    assert!(orphans(&spool).unwrap().is_empty(), "nothing was ever recorded");

    let begun = clock.now().minus(Duration::from_secs(90));
    let mut tx = world.store.write().await.unwrap();
    let id = RecordingId::new(begun, &mut SystemRng);
    let row = recordings::begin(&mut tx, id, world.lesson, begun).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let run = spool.spool.join(format!("{id}.1"));
    fs::create_dir_all(&run).unwrap();
    let name = |nth: u32, kind: &str, extension: &str| {
        run.join(format!("{nth:04}-{}-{kind}-{}.{extension}", begun.as_millis() + 500, world.teacher))
    };
    fs::write(name(1, "voice", "webm"), cut_off_voice()).unwrap();
    fs::write(name(2, "camera", "webm"), b"").unwrap();
    let (shown, hidden) = (document(&world).await, document(&world).await);
    let deck = |deck: u32, file: FileId| {
        format!(r#"{{"deck":{deck},"kind":"document","file":"{file}","name":"","pages":1,"place":0}}"#)
    };
    let decks = format!(r#"{{"at":1,"decks":[{},{}]}}"#, deck(1, shown), deck(2, hidden));
    let board = format!("{decks}\n{{\"at\":2,\"shown\":{{\"deck\":1,\"page\":0}}}}\n{{\"at\":3,\"sho");
    fs::write(name(3, "board", "jsonl"), board).unwrap();
    fs::write(name(4, "captions", "vtt"), b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nBonjour\n\n00:00:0").unwrap();
    fs::write(run.join("what is this"), b"?").unwrap();

    let left = orphans(&spool).unwrap();
    assert_eq!(adopt_all(&world.store, &spool, &left, &clock).await, 3);
    assert!(orphans(&spool).unwrap().is_empty(), "nothing is left behind");
    let mut conn = world.store.read().await.unwrap();
    let tracks = recordings::tracks(&mut conn, row.id).await.unwrap();
    let kinds: Vec<&str> = tracks.iter().map(|track| track.kind.as_str()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "voice").count(), 1, "{kinds:?}");
    let voice = tracks.iter().find(|track| track.kind == "voice").unwrap();
    assert_eq!((voice.lasts_ms, voice.begins_at), (99 * 20, Instant::from_millis(begun.as_millis() + 500)));
    assert_eq!(voice.person_id, world.teacher);
    for track in &tracks {
        let stored = files.read_through(track.file_id).await.unwrap();
        assert_eq!(i64::try_from(stored.bytes).unwrap(), track.bytes, "{}", track.kind);
    }
    let text = tracks.iter().find(|track| track.kind == "captions").unwrap();
    assert_eq!(text.bytes, b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nBonjour\n\n".len() as i64);
    assert!(recordings::shows(&mut conn, row.id, shown).await.unwrap());
    assert!(!recordings::shows(&mut conn, row.id, hidden).await.unwrap(), "on the board, and never shown");
    drop(conn);

    // Of one that was deleted meanwhile nothing is kept.
    let mut tx = world.store.write().await.unwrap();
    recordings::delete(&mut tx, row.id, None, clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    fs::create_dir_all(&run).unwrap();
    fs::write(name(9, "voice", "webm"), cut_off_voice()).unwrap();
    let left = orphans(&spool).unwrap();
    assert_eq!(adopt_all(&world.store, &spool, &left, &clock).await, 0);
    assert!(orphans(&spool).unwrap().is_empty());
}
