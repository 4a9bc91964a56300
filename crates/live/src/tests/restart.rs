//! The server dies in the middle of a lesson of thirty: everybody is back soon, and it goes on as it was.

use super::world::{Client, World, key, resume_of};
use futures_util::future::join_all;
use preau_base::PersonId;
use preau_classroom::book::{Object, Own, Rules};
use preau_classroom::wire::{Bye, Device, Participant, Role, Room, ServerMessage, State, Welcome};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::{Duration, Instant as Tick};

const PUPILS: usize = 29;
/// What the protocol promises, less the longest first wait of a client.
const BACK_MAX: Duration = Duration::from_millis(10_000 - 750);

/// A client with what it was told when it last came.
struct Seat {
    person: PersonId,
    client: Client,
    welcome: Box<Welcome>,
}

impl Seat {
    /// Takes its place again if that is kept, and is in when it returns.
    async fn back(world: &World, person: PersonId, was: &Welcome) -> Self {
        let mut client = world.connect().await;
        client.hello(&world.token(person), Some(&resume_of(was))).await;
        let welcome = client.welcome().await;
        if welcome.state == State::Waiting {
            client.until(|message| matches!(message, ServerMessage::Entered { .. }).then_some(())).await;
        }
        Self { person, client, welcome }
    }

    async fn all_back(world: &World, was: &[Self]) -> Vec<Self> {
        join_all(was.iter().map(|seat| Self::back(world, seat.person, &seat.welcome))).await
    }

    async fn does(&mut self, command: serde_json::Value) {
        let number = self.client.say(command.clone()).await;
        let answer = self.client.answer(number).await;
        assert!(answer.is_ok(), "{command}: {answer:?}");
    }
}

/// Everything that somebody is told but which devices there are, and how often she or he was muted.
#[derive(Debug, PartialEq)]
struct Told {
    room: Room,
    mutes: u32,
    role: Role,
}

fn told(seats: &[Seat]) -> BTreeMap<PersonId, Told> {
    let of = |seat: &Seat| {
        let mut room = seat.welcome.room.clone().expect("in");
        for Participant { devices, .. } in &mut room.participants {
            assert!(devices.iter().all(|Device { away, .. }| !away));
            devices.clear();
        }
        room.participants.sort_by_key(|participant| participant.person);
        (seat.person, Told { room, mutes: seat.welcome.you.mutes, role: seat.welcome.you.role })
    };
    seats.iter().map(of).collect()
}

/// What is drawn on the first page, as somebody sees it.
async fn drawn(seat: &mut Seat) -> Vec<Object> {
    let number = seat.client.say(json!({"type": "look", "page": {"deck": 1, "page": 0}})).await;
    let mut all = Vec::new();
    seat.client
        .until(|message| match message {
            ServerMessage::Objects { objects, .. } => {
                all.extend(objects);
                None
            }
            ServerMessage::Ack { re, .. } if re == number => Some(()),
            _ => None,
        })
        .await;
    all
}

/// A lesson in which something of everything was done. The last pupil is removed.
async fn lesson_of_thirty(world: &World) -> (Vec<Seat>, PersonId) {
    let mut people = vec![world.teacher, world.ines, world.tom];
    for nth in people.len()..=PUPILS + 1 {
        people.push(world.new_pupil(&format!("eleve{nth}")).await);
    }
    let mut seats = Vec::new();
    for person in people {
        let (client, welcome) = world.join(person).await;
        assert_eq!(welcome.state, State::In);
        seats.push(Seat { person, client, welcome });
    }
    let who = |nth: usize| seats[nth].person;
    let (chats, speaks, muted, helps) = (who(4), who(5), who(6), who(7));
    let removed = who(PUPILS + 1);
    let page = json!({"deck": 1, "page": 0});
    for command in [
        json!({"type": "rules", "rules": {"board": true, "mic": false, "slow_s": 7}}),
        json!({"type": "deck_add", "name": "Tableau"}),
        json!({"type": "show", "page": page}),
        json!({"type": "poll_open", "question": "Compris ?", "options": ["Oui", "Non"]}),
        json!({"type": "notes_edit", "version": 0, "splice": {"at": 0, "cut": 0, "put": "À retenir"}}),
        json!({"type": "timer_start", "seconds": 900, "label": "Exercice"}),
        json!({"type": "own", "person": chats, "own": {"chat": false}}),
        json!({"type": "floor", "person": speaks, "has": true}),
        json!({"type": "mute", "person": muted}),
        json!({"type": "duty", "person": helps, "duty": "captioner"}),
        json!({"type": "remove", "person": removed}),
        json!({"type": "chat", "body": "Bonjour", "key": key()}),
        json!({"type": "breakouts_deal", "count": 5}),
        json!({"type": "breakouts_open", "minutes": 20}),
        json!({"type": "prolong", "minutes": 10}),
    ] {
        seats[0].does(command).await;
    }
    seats.truncate(PUPILS + 1);
    for (nth, seat) in seats.iter_mut().enumerate().skip(1) {
        let at = nth * 100;
        let shape = json!({"is": "pen", "colour": 1, "width": 9, "points": [[at, at], [at, 0]]});
        seat.does(json!({"type": "draw", "page": page, "shape": shape})).await;
        seat.does(json!({"type": "vote", "poll": 1, "options": [nth % 2]})).await;
        if nth % 3 == 0 {
            seat.does(json!({"type": "hand", "up": true})).await;
        }
        seat.does(json!({"type": "chat", "body": format!("de {nth}"), "key": key(), "to": "leaders"})).await;
    }
    seats[0].does(json!({"type": "rules", "rules": {"locked": true}})).await;
    (seats, removed)
}

#[tokio::test]
async fn thirty_are_back_in_time_and_everything_is_as_it_was() {
    let mut world = World::new().await;
    let (seats, removed) = lesson_of_thirty(&world).await;
    let mut seats = Seat::all_back(&world, &seats).await;
    let (before, board) = (told(&seats), drawn(&mut seats[0]).await);
    assert_eq!((before.len(), board.len()), (PUPILS + 1, PUPILS));

    let died = Tick::now();
    world.restart().await;
    let back = Seat::all_back(&world, &seats).await;
    let took = died.elapsed();
    assert!(took < BACK_MAX, "{took:?}");
    assert_eq!(world.live.presence(world.lesson).inside, PUPILS + 1);
    assert!(back.iter().all(|seat| !seat.welcome.resumed), "nothing was kept in memory");

    // As each is told who comes when all are there.
    let mut back = Seat::all_back(&world, &back).await;
    let after = told(&back);
    for (person, was) in &before {
        assert_eq!(after.get(person), Some(was));
    }
    assert_eq!(drawn(&mut back[0]).await, board);
    assert_eq!(world.hello(removed).await.bye().await.0, Bye::Removed);

    // That it was not an empty room that was compared.
    let Told { room, .. } = &after[&world.teacher];
    let mine = |nth: usize| &after[&seats[nth].person];
    let hands = |told: &Told| told.room.hands.iter().map(|hand| hand.person).collect::<Vec<_>>();
    assert_eq!(
        hands(&after[&world.tom]),
        (1..=PUPILS).filter(|nth| nth % 3 == 0).map(|nth| seats[nth].person).collect::<Vec<_>>()
    );
    assert_eq!(room.rules, Rules { board: true, mic: false, slow_s: 7, locked: true, ..Rules::default() });
    assert_eq!((room.floor.as_slice(), mine(6).mutes, mine(1).mutes), (&[seats[5].person][..], 1, 0));
    let own = |told: &Told, nth: usize| {
        let participant = told.room.participants.iter().find(|participant| participant.person == seats[nth].person);
        participant.and_then(|participant| participant.own)
    };
    assert_eq!(own(mine(4), 4), Some(Own { chat: Some(false), ..Own::default() }));
    assert_eq!(own(mine(1), 4), None, "nobody else's business");
    assert!(
        room.breakouts.open && room.breakouts.groups.iter().map(|group| group.people.len()).sum::<usize>() == PUPILS
    );
    assert_eq!(room.polls[0].counts.as_deref(), Some(&[14, 15][..]));
    assert_eq!(
        (room.notes.text.reveal().as_str(), room.chat.len(), mine(1).room.chat.len()),
        ("À retenir", PUPILS + 1, 2)
    );
    assert!(room.timer.is_some() && room.shown.is_some() && room.decks.len() == 6);

    // And it goes on.
    back[0].does(json!({"type": "breakouts_close"})).await;
    back[1].does(json!({"type": "hand", "up": true})).await;
}
