use super::world::{World, eventually};
use crate::lesson::{Newcomer, ToLesson};
use crate::limits::JOIN_ALLOWANCE;
use crate::session::Out;
use futures_util::SinkExt;
use preau_base::{Clock, Pii, SessionId, SystemClock, SystemRng};
use preau_classroom::wire::{Bye, Code, ServerMessage};
use preau_classroom::{Arrival, ConnId};
use preau_gate::{JoinRole, JoinToken};
use preau_media::{Media, MediaConfig};
use preau_store::{failed_tries, visits};
use serde_json::json;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn frames_that_are_no_messages_are_answered_with_errors() {
    let world = World::new().await;
    let mut teacher = world.join_in(world.teacher).await;
    for text in ["", "{", "[]", r#"{"v":1,"type":"hand","up":"oui"}"#, r#"{"v":9,"type":"leave"}"#] {
        teacher.say_text(text).await;
        let code = teacher.until(|message| match message {
            ServerMessage::Error { re: None, code, .. } => Some(code),
            _ => None,
        });
        assert_eq!(code.await, Code::BadMessage, "{text}");
    }
    let number = teacher.say(json!({"type": "dance"})).await;
    assert_eq!(teacher.answer(number).await, Err(Code::UnknownType));
    let number = teacher.say(json!({"type": "hello", "token": "x", "protocol": 2})).await;
    assert_eq!(teacher.answer(number).await, Err(Code::BadMessage));
    let number = teacher.say(json!({"type": "hand", "up": true})).await;
    assert!(teacher.answer(number).await.is_ok(), "the connection goes on");
}

#[tokio::test]
async fn binary_and_oversize_frames_end_their_connection_only() {
    let world = World::new().await;
    let mut ines = world.join_in(world.teacher).await;
    for frame in [Message::binary(vec![1, 2, 3]), Message::text("x".repeat(70_000))] {
        let mut client = world.connect().await;
        client.socket.send(frame.clone()).await.expect("sent");
        assert_eq!(client.bye().await, (Bye::BadFrames, 4_002));
        let (mut client, _) = world.join(world.tom).await;
        client.socket.send(frame).await.expect("sent");
        assert_eq!(client.bye().await, (Bye::BadFrames, 4_002));
    }
    let number = ines.say(json!({"type": "hand", "up": true})).await;
    assert!(ines.answer(number).await.is_ok());
}

#[tokio::test]
async fn the_first_message_is_hello_and_soon() {
    let world = World::new().await;
    let mut client = world.connect().await;
    client.say(json!({"type": "hand", "up": true})).await;
    assert_eq!(client.bye().await, (Bye::BadFrames, 4_002));
    let mut old = world.connect().await;
    old.say_text(json!({"v": 1, "type": "hello", "token": "x", "protocol": 1}).to_string()).await;
    assert_eq!(old.bye().await, (Bye::Reload, 4_008));
    let mut silent = world.connect().await;
    assert_eq!(silent.bye().await, (Bye::HelloLate, 4_001));
}

#[tokio::test]
async fn a_flood_is_slowed_and_the_others_do_not_notice() {
    let world = World::new().await;
    let mut teacher = world.join_in(world.teacher).await;
    let mut ines = world.join_in(world.ines).await;
    for _ in 0..100 {
        ines.say_text(r#"{"v":1,"type":"low","id":1,"on":true}"#).await;
    }
    let too_fast = |message| match message {
        ServerMessage::Error { code: Code::TooFast, .. } => Some(()),
        _ => None,
    };
    ines.until(too_fast).await;
    let number = teacher.say(json!({"type": "hand", "up": true})).await;
    assert!(teacher.answer(number).await.is_ok());
    for _ in 0..400 {
        ines.say_text(r#"{"v":1,"type":"low","id":1,"on":true}"#).await;
    }
    assert_eq!(ines.bye().await, (Bye::Flood, 4_010));
}

#[tokio::test]
async fn nobody_comes_in_again_and_again() {
    let world = World::new().await;
    let mut teacher = world.join_in(world.teacher).await;
    for _ in 0..JOIN_ALLOWANCE.burst {
        world.join(world.ines).await;
    }
    assert_eq!(world.hello(world.ines).await.bye().await, (Bye::Flood, 4_010));
    let _tom = world.join_in(world.tom).await;
    let number = teacher.say(json!({"type": "mute_all"})).await;
    assert!(teacher.answer(number).await.is_ok(), "the others do not notice");
}

#[tokio::test]
async fn who_does_not_read_is_cut_off() {
    let world = World::new().await;
    let mut teacher = world.join_in(world.teacher).await;
    let handle = world.live.lesson(world.lesson).expect("on");
    let arrival = Arrival {
        conn: ConnId(u64::MAX),
        person: world.ines,
        name: Pii::new("Inès".to_owned()),
        resume: None,
        knocker: None,
    };
    let (out, mut unread) = mpsc::channel(1);
    let (end, ended) = oneshot::channel();
    let (now, rng) = (SystemClock.now(), &mut SystemRng);
    let session = SessionId::new(now, rng);
    let token = JoinToken::new(world.ines, world.lesson, JoinRole::Pupil, session, now, rng);
    let newcomer = Newcomer { arrival, token, out, end, is_checked: true };
    handle.send(ToLesson::Arrive(Box::new(newcomer))).await;
    let away = |message| match message {
        ServerMessage::Changed { participant } => participant.devices.iter().any(|device| device.away).then_some(()),
        _ => None,
    };
    teacher.say(json!({"type": "hand", "up": true})).await;
    teacher.until(away).await;
    assert_eq!(ended.await, Ok(Bye::Slow));
    assert!(matches!(unread.recv().await, Some(Out::Frame(_))));
    assert!(unread.recv().await.is_none());
}

#[tokio::test]
async fn a_lesson_that_fails_is_joined_again_and_no_other_notices() {
    let world = World::new().await;
    let other = World::new().await;
    let mut other_teacher = other.join_in(other.teacher).await;
    let mut teacher = world.join_in(world.teacher).await;
    let handle = world.live.lesson(world.lesson).expect("on");
    handle.send(ToLesson::Panic).await;
    assert_eq!(teacher.bye().await, (Bye::Restart, 4_012));
    let mut teacher = world.join_in(world.teacher).await;
    let number = teacher.say(json!({"type": "hand", "up": true})).await;
    assert!(teacher.answer(number).await.is_ok());
    let number = other_teacher.say(json!({"type": "hand", "up": true})).await;
    assert!(other_teacher.answer(number).await.is_ok());
    eventually(|| async {
        let mut conn = world.store.read().await.expect("a connection");
        let visits = visits::list(&mut conn, world.lesson).await.expect("visits");
        visits.len() == 2 && visits.iter().filter(|visit| visit.left_at.is_none()).count() == 1
    })
    .await;
}

#[tokio::test]
async fn offers_are_answered_with_errors_where_there_is_no_media_or_no_sdp() {
    let world = World::new().await;
    let mut teacher = world.join_in(world.teacher).await;
    let number = teacher.say(json!({"type": "offer", "sdp": "v=0"})).await;
    assert_eq!(teacher.answer(number).await, Err(Code::MediaUnavailable));

    let loopback = "127.0.0.1:0".parse().expect("an address");
    let config = MediaConfig { udp_bind: loopback, tcp_bind: None, ..MediaConfig::default() };
    let media = Media::start(config, Box::new(SystemRng)).expect("media");
    let world = World::with_media(Some(Arc::new(media))).await;
    let mut teacher = world.join_in(world.teacher).await;
    for sdp in ["", "v=0", "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n", "\u{0}\u{ffff}"] {
        let number = teacher.say(json!({"type": "offer", "sdp": sdp})).await;
        assert_eq!(teacher.answer(number).await, Err(Code::BadSdp), "{sdp:?}");
    }
}

#[tokio::test]
async fn attendance_learns_who_found_no_place() {
    let world = World::new().await;
    for (person, code) in [(world.tom, Bye::Full), (world.ines, Bye::Left), (world.ines, Bye::Replaced)] {
        crate::session::note_failed(&world.live, person, code).await;
    }
    let mut conn = world.store.read().await.expect("a connection");
    let (now, minute) = (world.live.now(), std::time::Duration::from_secs(60));
    let tried = failed_tries::of_lesson(&mut conn, world.lesson, now.minus(minute), now.plus(minute)).await;
    assert_eq!(tried.expect("read"), [world.tom]);
}
