//! Who comes in, who knocks, who stays out: with the real store and its roster.

use super::world::{Client, World, eventually};
use preau_base::{Clock, Instant, PersonId, SessionId, SetupId, SystemClock, SystemRng};
use preau_classroom::wire::{Bye, Code, Knock, Role, ServerMessage, State, Welcome};
use preau_gate::{JoinRole, JoinToken};
use preau_school::{Help, Profile};
use preau_store::guests::{self, NewGuest};
use preau_store::people::{self, NewPerson};
use preau_store::setups::{self, For, Named, Prepared};
use preau_store::{facts, lessons, visits};
use serde_json::json;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Somebody of the school, or of none.
async fn somebody(world: &World, login: &str, profile: Option<Profile>) -> PersonId {
    let now = SystemClock.now();
    let id = PersonId::new(now, &mut SystemRng);
    let mut tx = world.store.write().await.expect("a transaction");
    let person = NewPerson {
        id,
        login,
        given_name: "Paul",
        family_name: "Roux",
        title: "",
        birth_day: None,
        ine: None,
        email: None,
        source: "hand",
        external_id: None,
    };
    people::create(&mut tx, &person, now).await.expect("a person");
    if let Some(profile) = profile {
        people::affiliate(&mut tx, id, world.school, profile, "hand").await.expect("an affiliation");
    }
    tx.commit().await.expect("kept");
    id
}

/// A guest who has used the link up.
async fn guest(world: &World) -> PersonId {
    let now = SystemClock.now();
    let person = PersonId::new(now, &mut SystemRng);
    let secret = *person.uuid().as_bytes();
    let new = NewGuest {
        lesson: world.lesson,
        person,
        name: "Ada Lovelace",
        email: None,
        invited_by: world.teacher,
        secret_hash: &secret,
        until: Some(now.plus(Duration::from_secs(60))),
    };
    let mut tx = world.store.write().await.expect("a transaction");
    guests::invite(&mut tx, &new, now).await.expect("invited");
    let session = SessionId::new(now, &mut SystemRng);
    assert!(guests::enter(&mut tx, &secret, session, now).await.expect("asked"));
    tx.commit().await.expect("kept");
    person
}

async fn hello(world: &World, person: PersonId, role: JoinRole) -> Client {
    let session = SessionId::new(SystemClock.now(), &mut SystemRng);
    let at = Instant::from_millis(SystemClock.now().as_millis() + world.ahead_ms.load(Ordering::SeqCst));
    let token = JoinToken::new(person, world.lesson, role, session, at, &mut SystemRng);
    let token = token.seal(&world.keys.read().expect("keys"));
    let mut client = world.connect().await;
    client.hello(&token, None).await;
    client
}

async fn join(world: &World, person: PersonId, role: JoinRole) -> (Client, Box<Welcome>) {
    let mut client = hello(world, person, role).await;
    let welcome = client.welcome().await;
    (client, welcome)
}

async fn knocks(teacher: &mut Client, person: PersonId) -> Knock {
    teacher
        .until(|message| match message {
            ServerMessage::Lobby { lobby } => lobby.into_iter().find(|knock| knock.person == person),
            _ => None,
        })
        .await
}

async fn done(client: &mut Client, command: serde_json::Value) {
    let number = client.say(command.clone()).await;
    assert!(client.answer(number).await.is_ok(), "{command}");
}

async fn enters(client: &mut Client) {
    client.until(|message| matches!(message, ServerMessage::Entered { .. }).then_some(())).await;
}

#[tokio::test]
async fn a_pupil_of_another_class_knocks_and_is_let_in_or_not() {
    let mut world = World::new().await;
    let mut teacher = world.join_in(world.teacher).await;
    let mut ines = world.join_in(world.ines).await;
    let (mut zoe, welcome) = join(&world, world.outsider, JoinRole::Knocker).await;
    assert_eq!((welcome.state, welcome.you.role), (State::Lobby, Role::Pupil));
    assert_eq!(welcome.room, None, "nothing of the others");
    let knock = knocks(&mut teacher, world.outsider).await;
    let (name, origin) = (knock.name.reveal().as_str(), knock.origin.as_str());
    assert_eq!((name, origin, knock.listed), ("Zoé Leroy", "6E C", false), "as the school knows her");
    let number = zoe.say(json!({"type": "hand", "up": true})).await;
    assert_eq!(zoe.answer(number).await, Err(Code::NotIn));
    // A pupil cannot let anybody in.
    let number = ines.say(json!({"type": "admit", "person": world.outsider})).await;
    assert_eq!(ines.answer(number).await, Err(Code::NotAllowed));

    done(&mut teacher, json!({"type": "admit", "person": world.outsider})).await;
    enters(&mut zoe).await;
    done(&mut teacher, json!({"type": "send_back", "person": world.outsider})).await;
    let state = |message| if let ServerMessage::Waiting { state } = message { Some(state) } else { None };
    assert_eq!(zoe.until(state).await, State::Lobby);
    done(&mut teacher, json!({"type": "refuse", "person": world.outsider})).await;
    assert_eq!(zoe.bye().await, (Bye::TurnedAway, 4_016));
    world.restart().await;
    let _teacher = world.join_in(world.teacher).await;
    let again = hello(&world, world.outsider, JoinRole::Knocker).await.bye().await;
    assert_eq!(again.0, Bye::TurnedAway, "a refusal outlives the server");
}

#[tokio::test]
async fn nobody_knocks_who_is_not_of_the_school() {
    let world = World::new().await;
    let mut teacher = world.join_in(world.teacher).await;
    for (login, profile) in [("ailleurs", None), ("mere", Some(Profile::Relative)), ("invite", Some(Profile::Guest))] {
        let person = somebody(&world, login, profile).await;
        for role in JoinRole::ALL {
            let bye = hello(&world, person, role).await.bye().await;
            assert_eq!(bye, (Bye::NotOnRoster, 4_004), "{login} with a token that says {role:?}");
        }
    }
    // And the teacher was not even told.
    let number = teacher.say(json!({"type": "mute_all"})).await;
    let told = teacher.until(|message| match message {
        ServerMessage::Lobby { lobby } => Some(!lobby.is_empty()),
        ServerMessage::Ack { re, .. } if re == number => Some(false),
        _ => None,
    });
    assert!(!told.await);
}

#[tokio::test]
async fn heads_see_and_do_nothing_and_staff_knock() {
    let world = World::new().await;
    let mut teacher = world.join_in(world.teacher).await;
    let head = somebody(&world, "tete", Some(Profile::Head)).await;
    let aide = somebody(&world, "aide", Some(Profile::SchoolLife)).await;
    let (mut head, welcome) = join(&world, head, JoinRole::Observer).await;
    assert_eq!((welcome.state, welcome.you.role), (State::In, Role::Observer));
    let room = welcome.room.expect("she is in");
    assert!(room.expected.is_none() && room.lobby.is_none(), "what leaders know is theirs");
    for command in [
        json!({"type": "hand", "up": true}),
        json!({"type": "mute", "person": world.teacher}),
        json!({"type": "remove", "person": world.ines}),
        json!({"type": "admit", "person": world.ines}),
        json!({"type": "rules", "rules": {"locked": true}}),
        json!({"type": "prolong", "minutes": 10}),
        json!({"type": "close"}),
    ] {
        let number = head.say(command.clone()).await;
        assert_eq!(head.answer(number).await, Err(Code::NotAllowed), "{command}");
    }
    let (_aide, welcome) = join(&world, aide, JoinRole::Knocker).await;
    assert_eq!(welcome.state, State::Lobby);
    let knock = knocks(&mut teacher, aide).await;
    assert_eq!((knock.role, knock.origin.as_str()), (Role::Observer, ""));
}

#[tokio::test]
async fn a_guest_waits_is_let_in_comes_back_and_goes_when_revoked() {
    let mut world = World::new().await;
    let mut teacher = world.join_in(world.teacher).await;
    let ada = guest(&world).await;
    let (mut client, welcome) = join(&world, ada, JoinRole::Guest).await;
    assert_eq!((welcome.state, welcome.you.role), (State::Lobby, Role::Guest));
    let knock = knocks(&mut teacher, ada).await;
    assert_eq!((knock.name.reveal().as_str(), knock.role, knock.listed), ("Ada Lovelace", Role::Guest, false));
    // Those of the class come in; a guest is let in by name.
    done(&mut teacher, json!({"type": "admit_listed"})).await;
    done(&mut teacher, json!({"type": "admit", "person": ada})).await;
    enters(&mut client).await;
    done(&mut client, json!({"type": "chat", "body": "Bonjour", "key": "invitee-1"})).await;
    let guests_line = |message| if let ServerMessage::Chat { line } = message { Some(line.guest) } else { None };
    assert!(teacher.until(guests_line).await, "what a guest says is marked");

    world.restart().await;
    let mut teacher = world.join_in(world.teacher).await;
    let (mut client, welcome) = join(&world, ada, JoinRole::Guest).await;
    assert_eq!(welcome.state, State::In, "let in for the whole lesson");
    let room = welcome.room.expect("she is in");
    assert!(room.chat.iter().any(|line| line.guest), "and is still marked");

    let mut tx = world.store.write().await.expect("a transaction");
    assert!(guests::revoke(&mut tx, world.lesson, ada, SystemClock.now()).await.expect("revoked"));
    tx.commit().await.expect("kept");
    world.live.prepared(world.lesson).await;
    assert_eq!(client.bye().await.0, Bye::NotOnRoster);
    assert_eq!(hello(&world, ada, JoinRole::Guest).await.bye().await.0, Bye::NotOnRoster);
    let left = |message| if let ServerMessage::Left { person, .. } = message { Some(person) } else { None };
    assert_eq!(teacher.until(left).await, ada);
    let mut conn = world.store.read().await.expect("a connection");
    let visits = visits::list(&mut conn, world.lesson).await.expect("read");
    assert!(visits.iter().any(|visit| visit.person_id == ada && visit.role.as_str() == "guest"), "in attendance too");
}

#[tokio::test]
async fn a_guest_is_removed_on_every_device_and_a_link_that_was_not_used_opens_nothing() {
    let world = World::new().await;
    let mut teacher = world.join_in(world.teacher).await;
    let ada = guest(&world).await;
    let (mut client, _) = join(&world, ada, JoinRole::Guest).await;
    knocks(&mut teacher, ada).await;
    done(&mut teacher, json!({"type": "remove", "person": ada})).await;
    assert_eq!(client.bye().await.0, Bye::Removed);
    assert_eq!(hello(&world, ada, JoinRole::Guest).await.bye().await.0, Bye::Removed);

    let now = SystemClock.now();
    let person = PersonId::new(now, &mut SystemRng);
    let new = NewGuest {
        lesson: world.lesson,
        person,
        name: "Eve",
        email: None,
        invited_by: world.teacher,
        secret_hash: b"unused",
        until: Some(now.plus(Duration::from_secs(60))),
    };
    let mut tx = world.store.write().await.expect("a transaction");
    guests::invite(&mut tx, &new, now).await.expect("invited");
    tx.commit().await.expect("kept");
    assert_eq!(hello(&world, person, JoinRole::Guest).await.bye().await.0, Bye::NotOnRoster);
}

#[tokio::test]
async fn a_locked_class_keeps_latecomers_at_the_door() {
    let mut world = World::new().await;
    let mut teacher = world.join_in(world.teacher).await;
    let ines = world.join_in(world.ines).await;
    done(&mut teacher, json!({"type": "rules", "rules": {"locked": true}})).await;
    drop(ines);
    world.restart().await;
    let mut teacher = world.join_in(world.teacher).await;
    let _back = world.join_in(world.ines).await;
    let (mut tom, welcome) = world.join(world.tom).await;
    assert_eq!(welcome.state, State::Lobby, "the lock outlives the server, and so does who was in");
    assert!(knocks(&mut teacher, world.tom).await.listed);
    done(&mut teacher, json!({"type": "admit_listed"})).await;
    enters(&mut tom).await;
}

#[tokio::test]
async fn without_a_teacher_everybody_waits_again() {
    let world = World::new().await;
    let mut teacher = world.join_in(world.teacher).await;
    let mut ines = world.join_in(world.ines).await;
    done(&mut teacher, json!({"type": "rules", "rules": {"alone_min": 1}})).await;
    teacher.say(json!({"type": "leave"})).await;
    assert_eq!(teacher.bye().await.0, Bye::Left);
    world.ahead_ms.store(20_000, Ordering::SeqCst);
    ping(&mut ines).await;
    let early = ines.until(|message| match message {
        ServerMessage::Pong { .. } => Some(false),
        ServerMessage::Waiting { .. } => Some(true),
        _ => None,
    });
    assert!(!early.await, "not before its minute is over");
    world.ahead_ms.store(61_000, Ordering::SeqCst);
    ping(&mut ines).await;
    let state = |message| if let ServerMessage::Waiting { state } = message { Some(state) } else { None };
    assert_eq!(ines.until(state).await, State::Waiting);
    let (_teacher, _) = join(&world, world.teacher, JoinRole::Teacher).await;
    enters(&mut ines).await;
}

/// Also wakes the lesson's task, which looks at its clock then.
async fn ping(client: &mut Client) {
    client.say(json!({"type": "ping", "at": 1})).await;
}

#[tokio::test]
async fn a_prolonged_lesson_is_prolonged_at_the_door_too() {
    let world = World::new().await;
    let mut teacher = world.join_in(world.teacher).await;
    let mut conn = world.store.read().await.expect("a connection");
    let planned = lessons::by_id(&mut conn, world.lesson).await.expect("read").expect("there").ends_at;
    done(&mut teacher, json!({"type": "prolong", "minutes": 30})).await;
    let facts = lessons::facts(&mut conn, world.lesson).await.expect("read").expect("there");
    assert_eq!(facts.ends_at, planned.plus(Duration::from_secs(1_800)));
}

/// What is prepared for a lesson: nobody may speak, one group, and a colleague who captions.
async fn prepare(world: &World, helper: PersonId, help: Help, rules: &str) {
    let people = vec![Named::Helps(helper, help), Named::InGroup(world.ines, 1), Named::InGroup(world.outsider, 1)];
    let prepared = Prepared { rules: rules.to_owned(), groups: vec!["Rouges".to_owned()], people };
    let now = SystemClock.now();
    let mut ids = || SetupId::new(now, &mut SystemRng);
    let mut tx = world.store.write().await.expect("a transaction");
    let seen = setups::of_lesson(&mut tx, world.lesson).await.expect("read").map(|it| it.ids).unwrap_or_default();
    let of = (For::Lesson(world.lesson), seen.as_slice());
    assert!(setups::save(&mut tx, of, &prepared, world.teacher, &mut ids, now).await.expect("prepared"));
    tx.commit().await.expect("kept");
}

#[tokio::test]
async fn a_class_begins_as_it_was_prepared_and_helpers_help() {
    let mut world = World::new().await;
    let aide = somebody(&world, "aide", Some(Profile::Staff)).await;
    prepare(&world, aide, Help::Captioner, "{\"mic\":true}").await;
    // Pupils who come early start the lesson; what is prepared then still counts.
    let (mut ines, welcome) = world.join(world.ines).await;
    assert_eq!(welcome.state, State::Waiting);
    prepare(&world, aide, Help::Captioner, "{\"mic\":false,\"slow_s\":10}").await;
    world.live.prepared(world.lesson).await;
    let kept = || async {
        let mut conn = world.store.read().await.expect("a connection");
        let folded = facts::folded(&mut conn, world.lesson).await.expect("read");
        folded.is_some_and(|folded| folded.book.contains("\"slow_s\":10"))
    };
    eventually(kept).await;
    let (_teacher, welcome) = world.join(world.teacher).await;
    let room = welcome.room.expect("she is in");
    assert!(!room.rules.mic && room.rules.slow_s == 10, "{:?}", room.rules);
    let groups = &room.breakouts.groups;
    assert_eq!((groups.len(), room.breakouts.open), (1, false));
    assert_eq!(groups[0].people.iter().copied().collect::<Vec<_>>(), [world.ines], "of the class alone");
    enters(&mut ines).await;
    let number = ines.say(json!({"type": "media", "mic": true, "camera": false, "screen": false, "mutes": 0})).await;
    assert!(ines.answer(number).await.is_err(), "nobody may speak");

    let (mut captioner, welcome) = join(&world, aide, JoinRole::Observer).await;
    assert_eq!(welcome.state, State::In);
    done(&mut captioner, json!({"type": "caption", "text": "Bonjour", "final": true})).await;

    // From now on the class has its own rules, whatever is prepared.
    prepare(&world, aide, Help::Assistant, "{\"mic\":true}").await;
    world.live.prepared(world.lesson).await;
    assert_eq!(captioner.bye().await.0, Bye::Restart, "comes again in the new role");
    let (_assistant, welcome) = join(&world, aide, JoinRole::Assistant).await;
    let room = welcome.room.expect("is in");
    assert!(welcome.you.role == Role::Assistant && !room.rules.mic);
    world.restart().await;
    let (_teacher, welcome) = world.join(world.teacher).await;
    assert!(!welcome.room.expect("she is in").rules.mic, "a restart changes no rule");
}
