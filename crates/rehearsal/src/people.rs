//! One person: a browser with its cookies, and the story that says what it asks for.

mod browser;
mod class;

pub(crate) use browser::{Browser, Luggage, Sockets, form};

/// The address of the first school, as [`preau_sim::Network::loopback`] has it: the one with bots in it.
pub(crate) const SCHOOL: Ipv4Addr = Ipv4Addr::new(127, 32, 0, 1);

use crate::tally::{Event, Group, Tally};
use preau_sim::{Ask, End, Heard, Next, Person, Reached, Story};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::{sleep_until, timeout_at};

/// What all people share.
pub(crate) struct Scene {
    pub tally: Arc<Tally>,
    /// When the window of arrivals begins.
    pub begins: Instant,
    /// When everybody is sent home, whatever they do.
    pub ends: Instant,
    /// The site has lessons to go to.
    pub lessons: bool,
}

/// Plays one person from their planned arrival to their end.
pub(crate) async fn live(scene: Arc<Scene>, person: Person, mut browser: Browser) {
    let group = Group::of(person.has_pass, person.has_lesson && scene.lessons);
    let arrival = scene.begins + person.arrives;
    let mut planned = arrival;
    let mut story = Story::begin();
    scene.tally.count(Event::Arrived);
    loop {
        sleep_until(planned.into()).await;
        let asks = story.asks();
        // Whoever is still at it then is counted as outside: neither in nor gone.
        let Ok(heard) = timeout_at(scene.ends.into(), browser.ask(asks, &scene.tally)).await else { return };
        let took = planned.elapsed();
        // Where there are no lessons, these two ask for nothing.
        if scene.lessons || !matches!(asks, Ask::Join | Ask::Beat) {
            scene.tally.asked(group, asks, took);
        }
        let before = story.reached();
        let next = story.next(&person, heard, arrival.elapsed());
        told(&scene.tally, group, before, story.reached(), arrival);
        match next {
            Next::Ask { after, .. } => planned = Instant::now() + paced(heard, after),
            Next::Gone(end) => {
                if end == End::GaveUp && story.reached() < Reached::Home {
                    scene.tally.count(Event::GaveUp);
                }
                return browser.leave().await;
            }
        }
        if planned >= scene.ends {
            return;
        }
    }
}

fn told(tally: &Tally, group: Group, before: Reached, after: Reached, arrival: Instant) {
    if before < Reached::Home && after >= Reached::Home {
        tally.count(Event::In);
        tally.waited(group, arrival.elapsed());
    }
    if before < Reached::Lesson && after == Reached::Lesson {
        tally.count(Event::InLesson);
    }
}

/// A browser that was told a time comes back at it and not before.
fn paced(heard: Heard, after: Duration) -> Duration {
    match heard {
        Heard::Wait { again } | Heard::Later { again } => after.max(again),
        _ => after,
    }
}
