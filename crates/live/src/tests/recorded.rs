//! What goes into a recording, and that nobody believes in one that is over.

use super::world::{Client, World, eventually};
use futures_util::TryStreamExt as _;
use preau_base::{Clock as _, PersonId, SystemClock};
use preau_classroom::wire::ServerMessage;
use preau_files::Files;
use preau_store::recordings::{self, Settings};
use serde_json::{Value, json};
use std::path::PathBuf;

async fn world_that_may_record() -> World {
    let world = World::new().await;
    let settings = Settings { allowed: true, ..Settings::default() };
    let mut tx = world.store.write().await.unwrap();
    let change = (&Settings::default(), &settings);
    assert!(
        recordings::change_settings(&mut tx, world.school, change, world.teacher, SystemClock.now()).await.unwrap()
    );
    tx.commit().await.unwrap();
    world
}

async fn done(client: &mut Client, command: Value) {
    let number = client.say(command.clone()).await;
    let answer = client.answer(number).await;
    assert!(answer.is_ok(), "{command}: {answer:?}");
}

fn captioner(person: PersonId) -> Value {
    json!({"type": "duty", "person": person, "duty": "captioner"})
}

fn says(text: &str) -> Value {
    json!({"type": "caption", "text": text, "final": true})
}

/// The folder in which the recording that is on is written, once it is there.
async fn run(world: &World) -> PathBuf {
    let runs = || {
        let spool = std::fs::read_dir(world.spool()).ok()?;
        spool.filter_map(Result::ok).map(|entry| entry.path()).find(|path| path.is_dir())
    };
    eventually(|| async { runs().is_some() }).await;
    runs().expect("there")
}

#[tokio::test]
async fn a_recording_that_fails_without_a_teacher_is_over_for_all() {
    let world = world_that_may_record().await;
    let mut teacher = world.join_in(world.teacher).await;
    let mut ines = world.join_in(world.ines).await;
    let mut tom = world.join_in(world.tom).await;
    done(&mut teacher, captioner(world.tom)).await;
    done(&mut teacher, json!({"type": "record", "on": true})).await;
    let folder = run(&world).await;
    teacher.say(json!({"type": "leave"})).await;
    teacher.bye().await;
    let is_over = |message: ServerMessage| match message {
        ServerMessage::Recording { since } => Some(since.is_none()),
        ServerMessage::Left { person, .. } => Some(person != world.teacher),
        _ => None,
    };
    assert!(!ines.until(is_over).await, "it was begun");
    assert!(!ines.until(is_over).await, "the teacher has left, and it goes on");
    assert!(world.live.presence(world.lesson).recorded);

    // The disk is gone; what is said finds no file.
    std::fs::remove_dir_all(&folder).expect("removed");
    done(&mut tom, says("Bonjour")).await;
    for pupil in [&mut ines, &mut tom] {
        while !pupil.until(is_over).await {}
    }
    eventually(|| async { !world.live.presence(world.lesson).recorded }).await;
    let (mut teacher, welcome) = world.join(world.teacher).await;
    assert_eq!(welcome.room.expect("in").recording, None, "whoever comes is told the truth");
    done(&mut teacher, json!({"type": "record", "on": true})).await;
    assert!(world.live.presence(world.lesson).recorded, "another one can be begun");
}

#[tokio::test]
async fn captions_of_a_group_are_in_no_recording() {
    let world = world_that_may_record().await;
    let mut teacher = world.join_in(world.teacher).await;
    let mut ines = world.join_in(world.ines).await;
    let mut tom = world.join_in(world.tom).await;
    let groups = json!([{"name": "Rouges", "people": [world.tom]}]);
    for command in [
        captioner(world.tom),
        captioner(world.ines),
        json!({"type": "record", "on": true}),
        json!({"type": "breakouts_make", "groups": groups}),
        json!({"type": "breakouts_open"}),
    ] {
        done(&mut teacher, command).await;
    }
    done(&mut tom, says("entre nous")).await;
    done(&mut ines, says("pour tous")).await;
    done(&mut teacher, json!({"type": "breakouts_close"})).await;
    done(&mut tom, says("de retour")).await;
    done(&mut teacher, json!({"type": "record", "on": false})).await;

    let captions = || async {
        let mut conn = world.store.read().await.unwrap();
        let recording = recordings::of_lesson(&mut conn, world.lesson, SystemClock.now()).await.unwrap().pop()?;
        let tracks = recordings::tracks(&mut conn, recording.id).await.unwrap();
        Some(tracks.into_iter().find(|track| track.kind == "captions")?.file_id)
    };
    eventually(|| async { captions().await.is_some() }).await;
    let files = Files::in_folder(&world.files(), 0).unwrap();
    let opened = files.open(captions().await.expect("there")).await.unwrap();
    let pieces: Vec<_> = opened.read_all().try_collect().await.unwrap();
    let text = String::from_utf8(pieces.concat()).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("tous") || line.contains("retour")).collect();
    assert_eq!(lines, ["pour tous", "de retour"]);
    assert!(!text.contains("entre nous"), "{text}");
}
