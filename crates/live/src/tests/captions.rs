//! Captions by a speech engine, and rules of the school that change while a lesson is on.

use super::engine::{Manners, TestEngine};
use super::world::{Client, World};
use crate::limits::ROSTER_EVERY;
use preau_base::Clock as _;
use preau_base::SystemClock;
use preau_classroom::wire::{Code, ServerMessage};
use preau_store::recordings::{self, Settings};
use serde_json::json;
use std::sync::atomic::Ordering;

async fn allow(world: &World, allowed: bool, captions: bool) {
    allow_host(world, allowed, captions.then_some("127.0.0.1")).await;
}

async fn allow_host(world: &World, allowed: bool, captions_host: Option<&str>) {
    let settings = Settings { allowed, captions_host: captions_host.map(str::to_owned), ..Settings::default() };
    let mut tx = world.store.write().await.unwrap();
    let was = recordings::settings(&mut tx, world.school).await.unwrap();
    let both = (&was, &settings);
    assert!(recordings::change_settings(&mut tx, world.school, both, world.teacher, SystemClock.now()).await.unwrap());
    tx.commit().await.unwrap();
}

async fn switch(client: &mut Client, what: &str, on: bool) -> Result<(), Code> {
    let number = client.say(json!({"type": what, "on": on})).await;
    client.answer(number).await.map(|_| ())
}

#[tokio::test]
async fn the_rule_of_the_school_holds_as_it_is_now() {
    let engine = TestEngine::start(Manners::Good, "bonjour").await;
    let world = World::with(None, Some(engine.address.clone())).await;
    let (mut teacher, welcome) = world.join(world.teacher).await;
    assert_eq!((welcome.lesson.may_record, welcome.lesson.captions_by.as_deref()), (false, None));
    assert_eq!(switch(&mut teacher, "record", true).await, Err(Code::NotAllowed));
    assert_eq!(switch(&mut teacher, "auto_captions", true).await, Err(Code::NotAllowed));
    allow_host(&world, false, Some("parole.example")).await;
    let refused = switch(&mut teacher, "auto_captions", true).await;
    assert_eq!(refused, Err(Code::NotAllowed), "the school said yes to another host");

    allow(&world, true, true).await;
    switch(&mut teacher, "auto_captions", true).await.expect("allowed since");
    switch(&mut teacher, "record", true).await.expect("allowed since");
    let (mut ines, welcome) = world.join(world.ines).await;
    let room = welcome.room.as_ref().expect("in");
    assert!(room.auto_captions && room.recording.is_some(), "whoever comes is told");
    assert_eq!(welcome.lesson.captions_by.as_deref(), Some("127.0.0.1"), "and where voices go");
    assert!(world.live.presence(world.lesson).captioned, "at the door too");

    allow(&world, true, false).await;
    world.live.rules_changed().await;
    let told = |message| matches!(message, ServerMessage::May { record: true, captions_by: None }).then_some(());
    teacher.until(told).await;
    switch(&mut teacher, "auto_captions", true).await.expect_err("no longer");
    allow(&world, false, false).await;
    // Changed on another machine, say: this one learns it by itself.
    world.ahead_ms.fetch_add(ROSTER_EVERY.as_millis() as i64 + 1, Ordering::SeqCst);
    let (mut recorded, mut captioned) = (true, true);
    let both_over = |message| {
        recorded &= !matches!(message, ServerMessage::Recording { since: None });
        captioned &= !matches!(message, ServerMessage::AutoCaptions { on: false, failed: false });
        (!recorded && !captioned).then_some(())
    };
    ines.until(both_over).await;
    assert_eq!(switch(&mut teacher, "record", true).await, Err(Code::NotAllowed));
}

#[tokio::test]
async fn without_an_engine_nobody_is_promised_captions() {
    let world = World::new().await;
    allow(&world, true, true).await;
    let (mut teacher, welcome) = world.join(world.teacher).await;
    assert!(welcome.lesson.may_record && welcome.lesson.captions_by.is_none());
    assert_eq!(switch(&mut teacher, "auto_captions", true).await, Err(Code::NotAllowed));
}

#[tokio::test]
async fn a_server_that_comes_again_without_its_engine_says_that_captions_are_over() {
    let engine = TestEngine::start(Manners::Good, "bonjour").await;
    let mut world = World::with(None, Some(engine.address.clone())).await;
    allow(&world, false, true).await;
    let mut teacher = world.join_in(world.teacher).await;
    switch(&mut teacher, "auto_captions", true).await.expect("allowed");
    world.restart().await;
    let (_teacher, welcome) = world.join(world.teacher).await;
    assert!(!welcome.room.as_ref().expect("in").auto_captions);
}
