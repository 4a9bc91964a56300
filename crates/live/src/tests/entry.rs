use super::world::{World, eventually, resume_of};
use preau_base::{Clock, LessonId, SessionId, SystemClock, SystemRng};
use preau_classroom::Presence;
use preau_classroom::wire::{Bye, ServerMessage, State};
use preau_gate::Revocation;
use preau_school::{MemberRole, Profile};
use preau_store::{groups, people, visits};
use std::time::Duration;
use tokio_tungstenite::tungstenite::Error;

#[tokio::test]
async fn a_pupil_waits_for_the_teacher_then_both_are_in() {
    let world = World::new().await;
    let (mut ines, welcome) = world.join(world.ines).await;
    assert_eq!((welcome.state, welcome.room), (State::Waiting, None));
    assert_eq!((welcome.lesson.lesson, welcome.lesson.title.as_str()), (world.lesson, "Histoire, 6E B"));
    assert_eq!((welcome.slots.voices, welcome.slots.pictures), (4, 10));
    eventually(|| async { world.live.presence(world.lesson).waiting == 1 }).await;

    let (_teacher, welcome) = world.join(world.teacher).await;
    assert_eq!(welcome.state, State::In);
    let room =
        ines.until(|message| if let ServerMessage::Entered { room } = message { Some(room) } else { None }).await;
    let mut names: Vec<String> = room.participants.iter().map(|one| one.name.reveal().clone()).collect();
    names.sort();
    assert_eq!(names, ["Claire Leroy", "Inès Leroy"]);
    let both = Presence {
        inside: 2,
        pupils_inside: 1,
        waiting: 0,
        lobby: 0,
        teacher_here: true,
        recorded: false,
        captioned: false,
    };
    eventually(|| async { world.live.presence(world.lesson) == both }).await;
}

#[tokio::test]
async fn a_pupil_of_another_class_is_refused_whatever_the_token_says() {
    let world = World::new().await;
    let _teacher = world.join_in(world.teacher).await;
    let mut outsider = world.hello(world.outsider).await;
    assert_eq!(outsider.bye().await, (Bye::NotOnRoster, 4_004));
}

#[tokio::test]
async fn somebody_who_has_just_come_into_the_class_comes_in() {
    let world = World::new().await;
    let _teacher = world.join_in(world.teacher).await;
    let new = world.new_pupil("nouvelle").await;
    world.join_in(new).await;
}

#[tokio::test]
async fn tokens_open_one_lesson_once_and_for_thirty_seconds() {
    let world = World::new().await;
    let token = world.token(world.teacher);
    let mut first = world.connect().await;
    first.hello(&token, None).await;
    first.welcome().await;
    let now = SystemClock.now();
    let session = SessionId::new(now, &mut SystemRng);
    let elsewhere = LessonId::new(now, &mut SystemRng);
    let mut forged = world.token(world.teacher);
    forged.replace_range(100..104, "AAAA");
    let refused = [
        token,
        forged,
        String::new(),
        world.token_of(world.teacher, elsewhere, session, now),
        world.token_of(world.teacher, world.lesson, session, now.minus(Duration::from_secs(30))),
    ];
    for token in refused {
        let mut client = world.connect().await;
        client.hello(&token, None).await;
        assert_eq!(client.bye().await, (Bye::BadToken, 4_003));
    }
}

#[tokio::test]
async fn other_sites_are_refused_before_anything() {
    let world = World::new().await;
    match world.connect_from("https://attaquant.example").await {
        Err(Error::Http(response)) => assert_eq!(response.status(), 403),
        other => panic!("not refused: {:?}", other.map(|_| ())),
    }
}

#[tokio::test]
async fn an_unknown_lesson_says_so() {
    let mut world = World::new().await;
    world.lesson = LessonId::new(SystemClock.now(), &mut SystemRng);
    let mut client = world.hello(world.teacher).await;
    assert_eq!(client.bye().await, (Bye::NoLesson, 4_013));
    eventually(|| async { world.live.lessons_on() == 0 }).await;
}

#[tokio::test]
async fn a_second_tab_replaces_the_first() {
    let world = World::new().await;
    let _teacher = world.join_in(world.teacher).await;
    let mut first = world.join_in(world.ines).await;
    let _second = world.join_in(world.ines).await;
    assert_eq!(first.bye().await, (Bye::Replaced, 4_007));
}

#[tokio::test]
async fn a_lost_connection_takes_its_place_again_and_attendance_shows_it() {
    let world = World::new().await;
    let mut teacher = world.join_in(world.teacher).await;
    let (mut ines, welcome) = world.join(world.ines).await;
    let number = ines.say(serde_json::json!({"type": "hand", "up": true})).await;
    ines.answer(number).await.expect("raised");
    drop(ines);
    let away = |message| match message {
        ServerMessage::Changed { participant } => participant.devices.iter().any(|device| device.away).then_some(()),
        _ => None,
    };
    teacher.until(away).await;

    let mut ines = world.connect().await;
    ines.hello(&world.token(world.ines), Some(&resume_of(&welcome))).await;
    let again = ines.welcome().await;
    assert!(again.resumed);
    assert_eq!(again.you.visit, welcome.you.visit);
    assert_eq!(again.room.expect("in").hands.len(), 1);
    ines.say(serde_json::json!({"type": "leave"})).await;
    assert_eq!(ines.bye().await, (Bye::Left, 4_000));

    eventually(|| async {
        let mut conn = world.store.read().await.expect("a connection");
        let visits = visits::list(&mut conn, world.lesson).await.expect("visits");
        let stays: Vec<_> = visits.iter().filter(|visit| visit.person_id == world.ines).collect();
        let teacher_is_in = visits.iter().any(|v| v.person_id == world.teacher && v.left_at.is_none());
        teacher_is_in && stays.len() == 2 && stays.iter().all(|stay| stay.left_at.is_some())
    })
    .await;
}

#[tokio::test]
async fn signing_out_ends_the_connections_of_that_session() {
    let world = World::new().await;
    let _teacher = world.join_in(world.teacher).await;
    let now = SystemClock.now();
    let session = SessionId::new(now, &mut SystemRng);
    let mut ines = world.connect().await;
    ines.hello(&world.token_of(world.ines, world.lesson, session, now), None).await;
    ines.welcome().await;
    let mut tom = world.join_in(world.tom).await;
    world.live.revoke(&Revocation::Session { session, until: now }).await;
    assert_eq!(ines.bye().await, (Bye::SignedOut, 4_015));
    world.live.revoke(&Revocation::Person { person: world.tom, epoch: 1, until: now }).await;
    assert_eq!(tom.bye().await.0, Bye::SignedOut);
}

#[tokio::test]
async fn who_no_longer_teaches_in_the_school_does_not_come_in() {
    let world = World::new().await;
    let mut tx = world.store.write().await.expect("a transaction");
    people::unaffiliate(&mut tx, world.teacher, world.school, Profile::Teacher).await.expect("ended");
    people::affiliate(&mut tx, world.teacher, world.school, Profile::Relative, "hand").await.expect("a relative");
    tx.commit().await.expect("kept");
    let mut teacher = world.hello(world.teacher).await;
    assert_eq!(teacher.bye().await.0, Bye::NotOnRoster);
}

/// Without its WebSocket a device is still heard for a while: not when its person may not be there any more.
#[tokio::test]
async fn a_suspended_person_is_out_also_while_the_connection_is_lost() {
    let world = World::new().await;
    let mut teacher = world.join_in(world.teacher).await;
    let ines = world.join_in(world.ines).await;
    drop(ines);
    let away = |message| match message {
        ServerMessage::Changed { participant } => participant.devices.iter().any(|device| device.away).then_some(()),
        _ => None,
    };
    teacher.until(away).await;
    let at = SystemClock.now();
    world.live.revoke(&Revocation::Person { person: world.ines, epoch: 1, until: at }).await;
    let left = |message| if let ServerMessage::Left { person, .. } = message { Some(person) } else { None };
    assert_eq!(teacher.until(left).await, world.ines);
    assert!(SystemClock.now().since(at) < preau_classroom::limits::AWAY_MAX);
}

#[tokio::test]
async fn a_token_from_before_the_sign_out_lets_nobody_in() {
    let world = World::new().await;
    let _teacher = world.join_in(world.teacher).await;
    let now = SystemClock.now();
    let session = SessionId::new(now, &mut SystemRng);
    let of_session = world.token_of(world.ines, world.lesson, session, now);
    let of_person = world.token(world.tom);
    world.live.revoke(&Revocation::Session { session, until: now }).await;
    world.live.revoke(&Revocation::Person { person: world.tom, epoch: 1, until: now }).await;
    for token in [of_session, of_person] {
        let mut client = world.connect().await;
        client.hello(&token, None).await;
        assert_eq!(client.bye().await, (Bye::SignedOut, 4_015));
    }
    let session = SessionId::new(now, &mut SystemRng);
    let later = SystemClock.now().plus(Duration::from_secs(1));
    let mut tom = world.connect().await;
    tom.hello(&world.token_of(world.tom, world.lesson, session, later), None).await;
    assert_eq!(tom.welcome().await.state, State::In, "signed in anew");
}

#[tokio::test]
async fn who_is_taken_off_the_class_does_not_come_in_after_a_restart() {
    let mut world = World::new().await;
    let mut tx = world.store.write().await.expect("a transaction");
    groups::remove_member(&mut tx, world.group, world.tom, MemberRole::Pupil).await.expect("removed");
    tx.commit().await.expect("kept");
    world.restart().await;
    let mut tom = world.hello(world.tom).await;
    assert_eq!(tom.bye().await.0, Bye::NotOnRoster);
}
