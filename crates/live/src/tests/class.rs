use super::world::{World, eventually, key, resume_of};
use preau_classroom::wire::{Bye, Code, ServerMessage, State};
use preau_store::{chat, lessons, visits};
use serde_json::json;

#[tokio::test]
async fn chat_is_acknowledged_when_it_is_stored_and_given_to_newcomers() {
    let world = World::new().await;
    let mut teacher = world.join_in(world.teacher).await;
    let mut ines = world.join_in(world.ines).await;
    let key = key();
    let mut said = Vec::new();
    for _ in 0..2 {
        let number = ines.say(json!({"type": "chat", "body": " Bonjour \n", "key": key})).await;
        let ServerMessage::Ack { chat: Some(chat), at: Some(at), .. } = ines.answer(number).await.expect("stored")
        else {
            panic!("an acknowledgement names the line");
        };
        let mut conn = world.store.read().await.expect("a connection");
        let rows = chat::recent(&mut conn, world.lesson).await.expect("lines");
        let rows: Vec<_> = rows.into_iter().map(|row| (row.id, row.body, row.sent_at)).collect();
        assert_eq!(rows, [(chat, "Bonjour".to_owned(), at)]);
        said.push(chat);
    }
    assert_eq!(said[0], said[1], "the same key is the same line");
    let line = |message| if let ServerMessage::Chat { line } = message { Some(line) } else { None };
    let heard = teacher.until(line).await;
    assert_eq!((heard.chat, heard.name.reveal().as_str()), (said[0], "Inès Leroy"));
    let (_tom, welcome) = world.join(world.tom).await;
    assert_eq!(welcome.room.expect("in").chat, [heard]);
}

#[tokio::test]
async fn a_store_that_fails_is_said_and_the_lesson_goes_on() {
    let world = World::new().await;
    let mut teacher = world.join_in(world.teacher).await;
    let mut ines = world.join_in(world.ines).await;
    world.store.close().await;
    let number = ines.say(json!({"type": "chat", "body": "Bonjour", "key": key()})).await;
    assert_eq!(ines.answer(number).await, Err(Code::NotStored));
    let number = teacher.say(json!({"type": "close"})).await;
    assert_eq!(teacher.answer(number).await, Err(Code::NotStored));
    let number = ines.say(json!({"type": "hand", "up": true})).await;
    assert_eq!(ines.answer(number).await, Err(Code::NotStored));
    let number = ines.say(json!({"type": "low", "on": true})).await;
    assert!(ines.answer(number).await.is_ok(), "the lesson goes on");
    let mut late = world.hello(world.tom).await;
    assert_eq!(late.bye().await, (Bye::Busy, 4_014));
}

#[tokio::test]
async fn a_removal_holds_also_after_a_restart() {
    let mut world = World::new().await;
    let mut teacher = world.join_in(world.teacher).await;
    let (mut ines, welcome) = world.join(world.ines).await;
    let number = ines.say(json!({"type": "remove", "person": world.tom})).await;
    assert_eq!(ines.answer(number).await, Err(Code::NotAllowed));
    let number = teacher.say(json!({"type": "remove", "person": world.ines})).await;
    assert!(teacher.answer(number).await.is_ok());
    assert_eq!(ines.bye().await, (Bye::Removed, 4_005));
    assert_eq!(world.hello(world.ines).await.bye().await.0, Bye::Removed);
    world.restart().await;
    let _teacher = world.join_in(world.teacher).await;
    let mut again = world.connect().await;
    again.hello(&world.token(world.ines), Some(&resume_of(&welcome))).await;
    assert_eq!(again.bye().await, (Bye::Removed, 4_005));
    world.join_in(world.tom).await;
}

#[tokio::test]
async fn after_a_restart_everything_is_as_it_was() {
    let mut world = World::new().await;
    let mut teacher = world.join_in(world.teacher).await;
    let mut ines = world.join_in(world.ines).await;
    let _tom = world.join_in(world.tom).await;
    let page = json!({"deck": 1, "page": 0});
    let shape = json!({"is": "text", "colour": 2, "size": 40, "at": [10, 20], "text": "Bonjour"});
    let commands = [
        json!({"type": "rules", "rules": {"mic": false, "board": true}}),
        json!({"type": "own", "person": world.tom, "own": {"chat": false}}),
        json!({"type": "deck_add", "name": "Tableau"}),
        json!({"type": "show", "page": page}),
        json!({"type": "breakouts_make", "groups": [{"name": "Rouges", "people": [world.tom]}]}),
        json!({"type": "poll_open", "question": "Compris ?", "options": ["Oui", "Non"]}),
        json!({"type": "notes_edit", "version": 0, "splice": {"at": 0, "cut": 0, "put": "À retenir"}}),
        json!({"type": "timer_start", "seconds": 600, "label": "Exercice"}),
    ];
    for command in commands {
        let number = teacher.say(command.clone()).await;
        assert!(teacher.answer(number).await.is_ok(), "{command}");
    }
    for command in [
        json!({"type": "hand", "up": true}),
        json!({"type": "vote", "poll": 1, "options": [0]}),
        json!({"type": "draw", "page": page, "shape": shape}),
    ] {
        let number = ines.say(command.clone()).await;
        assert!(ines.answer(number).await.is_ok(), "{command}");
    }
    // More than one folds, so that both ways of coming back are walked.
    for _ in 0..2 {
        world.restart().await;
        let (mut teacher, _) = world.join(world.teacher).await;
        let (_ines, welcome) = world.join(world.ines).await;
        let room = welcome.room.expect("in");
        assert_eq!((room.rules.mic, room.rules.board), (false, true));
        assert_eq!(room.hands.iter().map(|hand| hand.person).collect::<Vec<_>>(), [world.ines]);
        assert_eq!(room.polls.iter().map(|poll| poll.mine.clone()).collect::<Vec<_>>(), [[0]]);
        assert_eq!(room.breakouts.groups.len(), 1);
        assert_eq!(room.notes.text.reveal(), "À retenir");
        assert_eq!(room.timer.map(|timer| timer.label).as_deref(), Some("Exercice"));
        assert_eq!(room.shown.map(|page| page.deck), Some(1));
        let number = teacher.say(json!({"type": "look", "page": page})).await;
        let drawn = teacher.until(|message| match message {
            ServerMessage::Objects { objects, .. } => Some(objects.len()),
            ServerMessage::Ack { re, .. } if re == number => Some(0),
            _ => None,
        });
        assert_eq!(drawn.await, 1);
        let number = teacher.say(json!({"type": "draw", "page": page, "shape": shape})).await;
        assert!(teacher.answer(number).await.is_ok(), "numbers go on where they were");
        let number = teacher.say(json!({"type": "undo"})).await;
        assert!(teacher.answer(number).await.is_ok());
    }
}

#[tokio::test]
async fn a_word_to_leaders_reaches_no_pupil_not_even_after_a_restart() {
    let mut world = World::new().await;
    let _teacher = world.join_in(world.teacher).await;
    let mut ines = world.join_in(world.ines).await;
    let number = ines.say(json!({"type": "chat", "body": "Je n’entends rien", "key": key(), "to": "leaders"})).await;
    assert!(ines.answer(number).await.is_ok());
    world.restart().await;
    let (_teacher, welcome) = world.join(world.teacher).await;
    assert_eq!(welcome.room.expect("in").chat.len(), 1);
    let (_tom, welcome) = world.join(world.tom).await;
    assert_eq!(welcome.room.expect("in").chat, []);
}

#[tokio::test]
async fn closing_is_for_all_and_for_good() {
    let mut world = World::new().await;
    let mut teacher = world.join_in(world.teacher).await;
    let mut ines = world.join_in(world.ines).await;
    let number = teacher.say(json!({"type": "close"})).await;
    assert!(teacher.answer(number).await.is_ok());
    for client in [&mut teacher, &mut ines] {
        assert_eq!(client.bye().await, (Bye::Closed, 4_006));
    }
    let mut conn = world.store.read().await.expect("a connection");
    let facts = lessons::facts(&mut conn, world.lesson).await.expect("facts").expect("a lesson");
    assert!(facts.closed);
    drop(conn);
    eventually(|| async {
        let mut conn = world.store.read().await.expect("a connection");
        let visits = visits::list(&mut conn, world.lesson).await.expect("visits");
        visits.len() == 2 && visits.iter().all(|visit| visit.left_at.is_some())
    })
    .await;
    world.restart().await;
    assert_eq!(world.hello(world.tom).await.bye().await, (Bye::Closed, 4_006));
}

#[tokio::test]
async fn a_teacher_mutes_and_lowers_hands() {
    let world = World::new().await;
    let mut teacher = world.join_in(world.teacher).await;
    let mut ines = world.join_in(world.ines).await;
    let on = json!({"type": "media", "mic": true, "camera": false, "screen": false, "mutes": 0});
    let number = ines.say(on.clone()).await;
    assert_eq!(ines.answer(number).await, Err(Code::Muted), "whoever comes in is silent first");
    let screen = json!({"type": "media", "mic": false, "camera": false, "screen": true, "mutes": 0});
    let number = ines.say(screen).await;
    assert_eq!(ines.answer(number).await, Err(Code::Locked), "nobody has allowed it");
    let number = ines.say(on.clone()).await;
    assert!(ines.answer(number).await.is_ok());
    let number = ines.say(json!({"type": "hand", "up": true})).await;
    assert!(ines.answer(number).await.is_ok());
    teacher.say(json!({"type": "mute_all"})).await;
    let mutes = ines.until(|message| if let ServerMessage::Muted { mutes, .. } = message { Some(mutes) } else { None });
    assert_eq!(mutes.await, 1);
    let number = ines.say(on).await;
    assert_eq!(ines.answer(number).await, Err(Code::Muted));
    teacher.say(json!({"type": "lower_hand"})).await;
    let lowered = |message| match message {
        ServerMessage::Hands { hands } if hands.is_empty() => Some(()),
        _ => None,
    };
    ines.until(lowered).await;
}

#[tokio::test]
async fn a_stop_sends_everybody_away_and_keeps_attendance() {
    let mut world = World::new().await;
    let mut teacher = world.join_in(world.teacher).await;
    let mut ines = world.join_in(world.ines).await;
    world.live.drain().await;
    for client in [&mut teacher, &mut ines] {
        assert_eq!(client.bye().await, (Bye::Restart, 4_012));
    }
    assert_eq!(world.hello(world.ines).await.bye().await.0, Bye::Restart);
    let mut conn = world.store.read().await.expect("a connection");
    let visits = visits::list(&mut conn, world.lesson).await.expect("visits");
    assert!(visits.len() == 2 && visits.iter().all(|visit| visit.left_at.is_some()), "{visits:?}");
    drop(conn);
    world.restart().await;
    let (_ines, welcome) = world.join(world.ines).await;
    assert_eq!(welcome.state, State::Waiting);
    world.join_in(world.teacher).await;
}

#[tokio::test]
async fn teachers_hear_who_waits_at_the_gate_and_pupils_do_not() {
    let world = World::new().await;
    let mut teacher = world.join_in(world.teacher).await;
    let mut ines = world.join_in(world.ines).await;
    let waiting = |message| if let ServerMessage::Gate { waiting } = message { Some(waiting) } else { None };
    assert_eq!(teacher.until(waiting).await, 3);
    let number = ines.say(json!({"type": "hand", "up": true})).await;
    let told = ines.until(|message| match message {
        ServerMessage::Gate { .. } => Some(false),
        ServerMessage::Ack { re, .. } if re == number => Some(true),
        _ => None,
    });
    assert!(told.await, "a pupil was told who waits");
}
