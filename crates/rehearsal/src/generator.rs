//! The open loop: people come when the world says so, whether the server keeps up or not.

use crate::limits::PEOPLE_AT_ONCE_MAX;
use crate::net::Origin;
use crate::people::{Browser, Luggage, Scene, Sockets, live};
use crate::tally::Event;
use crate::wire::Speech;
use preau_sim::{NetworkKind, Person, World};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Instant;
use tokio::task::JoinSet;
use tokio::time::sleep_until;

/// Where people find the server, and what they bring.
pub(crate) struct Crowd {
    pub world: World,
    pub speech: Speech,
    /// The server over IPv6, in a namespace where each home has a /64.
    pub speech_v6: Option<Speech>,
    pub luggage: Box<dyn Fn(&Person) -> Luggage + Send + Sync>,
    pub sockets_at_once_max: usize,
    /// The site has lessons; elsewhere people look at their page again instead.
    pub lessons: bool,
    /// Stays at home: somebody else goes about with this person's pass.
    pub absent: Option<u32>,
    /// People come from addresses of their own; against a remote server they come from wherever we are.
    pub own_addresses: bool,
}

/// Plays everybody; returns when all have gone or at the scene's end.
pub(crate) async fn play(crowd: &Crowd, scene: Arc<Scene>) {
    let mut people: Vec<Person> = (0..crowd.world.people)
        .filter(|number| crowd.absent != Some(*number))
        .map(|number| crowd.world.person(number))
        .collect();
    people.sort_unstable_by_key(|person| (person.arrives, person.number));
    let sockets =
        Arc::new(Sockets { open: AtomicUsize::new(0), most: crowd.sockets_at_once_max, lessons: crowd.lessons });
    let mut tasks = JoinSet::new();
    for person in people {
        let planned = scene.begins + person.arrives;
        sleep_until(planned.into()).await;
        scene.tally.began_late(Instant::now().saturating_duration_since(planned));
        while tasks.try_join_next().is_some() {}
        if tasks.len() >= PEOPLE_AT_ONCE_MAX {
            scene.tally.count(Event::NotPlayed);
            continue;
        }
        let (speech, origin) = crowd.road(&person);
        let browser = Browser::new(speech, origin, person.device, (crowd.luggage)(&person), sockets.clone());
        tasks.spawn(live(scene.clone(), person, browser));
    }
    while tasks.join_next().await.is_some() {}
}

impl Crowd {
    fn road(&self, person: &Person) -> (Speech, Origin) {
        if !self.own_addresses {
            return (self.speech.of_one_browser(), Origin::default());
        }
        match &self.speech_v6 {
            Some(speech) if person.network.kind == NetworkKind::Home => {
                let device = u16::try_from(person.number % 64).unwrap_or(0);
                (speech.of_one_browser(), Origin::from_address(person.network.address(device)))
            }
            _ => (self.speech.of_one_browser(), Origin::from_address(IpAddr::V4(person.network.loopback()))),
        }
    }
}
