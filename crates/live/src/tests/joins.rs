use super::world::{Client, World, resume_of};
use preau_base::SystemRng;
use preau_classroom::wire::{Code, ServerMessage};
use preau_media::{Bounds, Media, MediaConfig};
use serde_json::json;
use std::sync::Arc;

/// A node that takes one in every six seconds; the teacher and two pupils are in its lesson.
async fn slow_world() -> (World, [Client; 3]) {
    let loopback = "127.0.0.1:0".parse().expect("an address");
    let bounds = Bounds { joins_per_min: Some(10), ..Bounds::default() };
    let config = MediaConfig { udp_bind: loopback, tcp_bind: None, bounds, ..MediaConfig::default() };
    let media = Media::start(config, Box::new(SystemRng)).expect("media");
    let world = World::with_media(Some(Arc::new(media))).await;
    let teacher = world.join_in(world.teacher).await;
    let (ines, tom) = (world.join_in(world.ines).await, world.join_in(world.tom).await);
    (world, [teacher, ines, tom])
}

/// An offer whose answer says that its turn has come.
async fn offer(client: &mut Client) -> u32 {
    client.say(json!({"type": "offer", "sdp": "v=0"})).await
}

async fn place(client: &mut Client, number: u32) -> (u32, u32) {
    let place = |message| match message {
        ServerMessage::Queued { re, place, wait_ms } if re == number => Some((place, wait_ms)),
        ServerMessage::Error { re, .. } if re == Some(number) => panic!("{message:?}"),
        _ => None,
    };
    client.until(place).await
}

#[tokio::test]
async fn who_waits_is_told_and_has_everything_but_sound_and_pictures() {
    let (_world, [mut teacher, mut ines, mut tom]) = slow_world().await;
    let of_teacher = offer(&mut teacher).await;
    assert_eq!(teacher.answer(of_teacher).await, Err(Code::BadSdp), "the first one is answered at once");
    let of_ines = offer(&mut ines).await;
    assert_eq!(place(&mut ines, of_ines).await.0, 1);
    let of_tom = offer(&mut tom).await;
    let (number, wait_ms) = place(&mut tom, of_tom).await;
    assert_eq!(number, 2);
    assert!((6_000..=12_100).contains(&wait_ms), "{wait_ms}");
    let chat = tom.say(json!({"type": "chat", "body": "Bonjour", "key": "bonjour-1"})).await;
    tom.answer(chat).await.expect("the class goes on");
    // The teacher's browser has lost its connection, say: who leads goes first.
    let of_teacher = offer(&mut teacher).await;
    assert_eq!(place(&mut teacher, of_teacher).await.0, 1);
    assert_eq!(teacher.answer(of_teacher).await, Err(Code::BadSdp));
    assert_eq!(ines.answer(of_ines).await, Err(Code::BadSdp));
    assert_eq!(tom.answer(of_tom).await, Err(Code::BadSdp));
}

#[tokio::test]
async fn a_lost_connection_keeps_its_place_and_the_newest_offer_counts() {
    let (world, [mut teacher, mut ines, tom]) = slow_world().await;
    drop(tom);
    let (mut tom, welcome) = world.join(world.tom).await;
    let first = offer(&mut teacher).await;
    assert_eq!(teacher.answer(first).await, Err(Code::BadSdp));
    let before = offer(&mut ines).await;
    place(&mut ines, before).await;
    let of_ines = offer(&mut ines).await;
    assert_eq!(ines.answer(before).await, Err(Code::TooFast), "there is a newer one");
    let of_tom = offer(&mut tom).await;
    place(&mut tom, of_tom).await;
    drop(tom);
    let mut back = world.connect().await;
    back.hello(&world.token(world.tom), Some(&resume_of(&welcome))).await;
    assert!(back.welcome().await.resumed);
    let of_tom = offer(&mut back).await;
    assert!(place(&mut back, of_tom).await.0 <= 2);
    assert_eq!(ines.answer(of_ines).await, Err(Code::BadSdp));
    assert_eq!(back.answer(of_tom).await, Err(Code::BadSdp));
}

#[tokio::test]
async fn who_is_sent_back_to_the_door_waits_for_no_sound() {
    let (world, [mut teacher, mut ines, mut tom]) = slow_world().await;
    let first = offer(&mut teacher).await;
    assert_eq!(teacher.answer(first).await, Err(Code::BadSdp));
    let of_ines = offer(&mut ines).await;
    place(&mut ines, of_ines).await;
    let of_tom = offer(&mut tom).await;
    place(&mut tom, of_tom).await;
    let command = teacher.say(json!({"type": "send_back", "person": world.tom})).await;
    teacher.answer(command).await.expect("sent back");
    assert_eq!(tom.answer(of_tom).await, Err(Code::NotIn));
}
