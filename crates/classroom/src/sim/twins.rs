//! Two lessons get the same commands; in one of them connections are lost and come back within their time.
//! In the end both must be in the same state.

use super::seeds;
use crate::book::{Colour, PageRef, Point, Shape};
use crate::wire::{Command, MediaState, Pace, Resume, ServerMessage, SlotCount};
use crate::{Arrival, Classroom, ConnId, Effect, Input, LessonInfo, Restored, Roster};
use preau_base::{Instant, LessonId, PersonId, Pii, Rng, SeededRng};
use std::time::Duration;

struct Twin {
    room: Classroom,
    /// One client for each person.
    clients: Vec<(PersonId, ConnId, Option<Resume>)>,
    next: u64,
}

impl Twin {
    /// Both twins draw the same ids, because each input has its own generator.
    fn apply(&mut self, input: Input, now: Instant, draw: u64) {
        for effect in self.room.apply(input, now, &mut SeededRng::new(draw)) {
            if let Effect::Send { to, message: ServerMessage::Welcome(welcome) } = effect {
                let resume = Resume { visit: welcome.you.visit, secret: welcome.you.secret.clone() };
                for client in self.clients.iter_mut().filter(|client| to.contains(&client.1)) {
                    client.2 = Some(resume.clone());
                }
            }
        }
    }

    fn arrive(&mut self, at: usize, now: Instant, draw: u64) {
        self.next += 1;
        self.clients[at].1 = ConnId(self.next);
        let (person, conn, resume) = self.clients[at].clone();
        let name = Pii::new("Quelqu’un".to_owned());
        self.apply(Input::Arrive(Arrival { conn, person, name, resume, knocker: None }), now, draw);
    }

    fn lose(&mut self, at: usize, now: Instant) {
        self.apply(Input::Lost { conn: self.clients[at].1 }, now, 0);
    }
}

/// A command that one of the class may send.
fn any_command(people: &[PersonId], rng: &mut SeededRng) -> Command {
    let person = people[rng.below(people.len() as u64) as usize];
    let mut coin = || rng.below(2) == 0;
    let page = PageRef { deck: 1, page: 0 };
    match coin() {
        true if coin() && coin() => Command::Floor { person, has: coin() },
        true if coin() && coin() => Command::BreakoutsDeal { count: 2 },
        true if coin() && coin() => match coin() {
            true => Command::BreakoutsOpen { minutes: None },
            false => Command::BreakoutsClose,
        },
        true if coin() && coin() => Command::DeckAdd { name: "Tableau".to_owned() },
        true if coin() && coin() => {
            Command::Draw { page, shape: Shape::Pen { colour: Colour(1), width: 3, points: vec![Point(1, 2)] } }
        }
        true if coin() && coin() => Command::Pace { is: coin().then_some(Pace::Lost) },
        true => Command::Hand { up: coin() },
        false if coin() => Command::Media(MediaState { mic: coin(), camera: coin(), screen: coin(), mutes: u32::MAX }),
        false if coin() => Command::Mute { person },
        false => Command::LowerHand { person: Some(person) },
    }
}

fn play(seed: u64) -> u32 {
    let mut rng = SeededRng::new(seed);
    let mut now = Instant::from_secs(1_800_000_000);
    let people: Vec<_> = (0..5).map(|_| PersonId::new(now, &mut rng)).collect();
    let pupils = people[1..].iter().map(|person| (*person, Pii::default()));
    let roster =
        Roster { teachers: people[..1].iter().copied().collect(), pupils: pupils.collect(), ..Roster::default() };
    let info = LessonInfo {
        lesson: LessonId::new(now, &mut rng),
        title: String::new(),
        starts: now,
        ends: now.plus(Duration::from_secs(7_200)),
        slots: SlotCount { voices: 4, pictures: 10 },
        lean: false,
        may_record: true,
        captions_by: Some("parole.ecole.example".to_owned()),
    };
    let room = Classroom::new(info, roster, Restored::default());
    let clients: Vec<_> = people.iter().map(|person| (*person, ConnId(0), None)).collect();
    let mut twins = [Twin { room: room.clone(), clients: clients.clone(), next: 0 }, Twin { room, clients, next: 0 }];
    for at in 0..people.len() {
        let draw = rng.next_u64();
        twins.iter_mut().for_each(|twin| twin.arrive(at, now, draw));
    }
    let mut blips = 0;
    for _ in 0..60 {
        now = now.plus(Duration::from_millis(rng.below(900)));
        let (at, draw) = (rng.below(people.len() as u64) as usize, rng.next_u64());
        if rng.below(4) == 0 {
            blips += 1;
            twins[1].lose(at, now);
            now = now.plus(Duration::from_millis(rng.below(29_999)));
            twins.iter_mut().for_each(|twin| twin.apply(Input::Tick, now, draw));
            twins[1].arrive(at, now, draw);
            assert_eq!(twins[0].room.presence(), twins[1].room.presence());
            continue;
        }
        let command = any_command(&people, &mut rng);
        for twin in &mut twins {
            let conn = twin.clients[at].1;
            twin.apply(Input::Command { conn, id: None, command: command.clone() }, now, draw);
        }
    }
    let [steady, blinking] = twins;
    assert_eq!(steady.room.book(), blinking.room.book(), "seed {seed}: the same state without and with reconnections");
    for person in &people {
        assert_eq!(steady.room.room_for(*person), blinking.room.room_for(*person), "seed {seed}: as each is told");
    }
    blips
}

#[test]
fn reconnection_changes_nothing() {
    let blips: u32 = seeds().map(play).sum();
    assert!(blips > 0);
}
