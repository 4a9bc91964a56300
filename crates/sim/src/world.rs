//! The people of a morning: each is made again from the seed and their number whenever they act.

mod curve;
mod device;
mod network;

pub use device::Device;
pub use network::{Network, NetworkKind};

use crate::draw::Draw;
use crate::limits as l;
use preau_gate::{HolderKey, Standing};
use std::time::Duration;

/// A morning: how many people, from which seed, over which time.
#[derive(Clone, Copy, Debug)]
pub struct World {
    pub seed: u64,
    /// At most [`l::PEOPLE_MAX`].
    pub people: u32,
    /// The window of arrivals; everything that people do is as much faster as it is shorter than [`l::WINDOW`].
    pub window: Duration,
    /// Share of people who hold a pass from an earlier day, 0 to 1.
    pub passes: f64,
}

/// What is true of a person before they come.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    pub number: u32,
    pub network: Network,
    pub device: Device,
    pub standing: Standing,
    pub has_pass: bool,
    /// Their lesson begins at this bell; otherwise an hour later.
    pub has_lesson: bool,
    /// The lesson they go to; people of one lesson have neighbouring numbers.
    pub lesson: u32,
    /// After the start of the window.
    pub arrives: Duration,
    /// Without a word from anybody.
    pub patience: Duration,
    /// How long they stay in class.
    pub stays: Duration,
    /// Closes the tab of the waiting page, for so long.
    pub closes_tab: Option<Duration>,
    /// Draws what they do from step to step.
    pub draw: Draw,
    /// Milliseconds of their life for a thousand of the real one.
    pub pace_permille: u32,
}

/// What each number of a person is drawn for.
#[derive(Clone, Copy)]
enum What {
    Pass = 1,
    Arrival,
    Patience,
    Stay,
    Tab,
    TabTime,
    Device,
    Standing,
}

impl World {
    /// The morning of `people` in ten minutes, seven in ten with a pass: the second day.
    pub const fn new(seed: u64, people: u32) -> Self {
        let people = if people > l::PEOPLE_MAX { l::PEOPLE_MAX } else { people };
        Self { seed, people, window: l::WINDOW, passes: 0.7 }
    }

    /// A duration of people's lives, as this morning plays it.
    pub fn paced(&self, real: Duration) -> Duration {
        real.mul_f64(self.pace())
    }

    fn pace(&self) -> f64 {
        (self.window.as_secs_f64() / l::WINDOW.as_secs_f64()).min(1.0)
    }

    /// From the start of the window to the bell.
    pub fn bell(&self) -> Duration {
        self.window.mul_f64(l::BELL_AT.as_secs_f64() / l::WINDOW.as_secs_f64())
    }

    /// The share of all people whom the curve has brought by then, 0 to 1.
    pub fn arrived_share(&self, by: Duration) -> f64 {
        curve::share(by.as_secs_f64() / self.window.as_secs_f64().max(f64::MIN_POSITIVE))
    }

    pub fn person(&self, number: u32) -> Person {
        let draw = Draw::new(self.seed, u64::from(number));
        let lesson = number / l::PEOPLE_PER_LESSON;
        // Homes hold brothers and sisters, lessons a teacher and pupils: both hang on numbers beside each other.
        let home = Draw::new(self.seed ^ 0x5eed_0001, u64::from(number / l::PEOPLE_PER_HOME));
        let class = Draw::new(self.seed ^ 0x5eed_0002, u64::from(lesson));
        let standing = match number % l::PEOPLE_PER_LESSON {
            0 => Standing::Teacher,
            _ if draw.permille(What::Standing as u64, 20) => Standing::Staff,
            _ => Standing::Pupil,
        };
        let closes = draw.permille(What::Tab as u64, l::CLOSES_TAB_PERMILLE);
        Person {
            number,
            network: Network::of(number, home),
            device: Device::of(draw.bits(What::Device as u64)),
            standing,
            has_pass: draw.unit(What::Pass as u64) < self.passes,
            // Staff come for other things.
            has_lesson: standing != Standing::Staff && class.permille(1, l::LESSON_PERMILLE),
            lesson,
            arrives: self.window.mul_f64(curve::quantile(draw.unit(What::Arrival as u64))),
            patience: self.paced(Duration::from_secs(draw.between(What::Patience as u64, l::PATIENCE_S))),
            stays: self.paced(Duration::from_secs(draw.between(What::Stay as u64, (240, 3_000)))),
            closes_tab: closes
                .then(|| self.paced(Duration::from_secs(draw.between(What::TabTime as u64, l::TAB_CLOSED_S)))),
            draw,
            pace_permille: (self.pace() * 1_000.0) as u32,
        }
    }
}

impl Person {
    /// Their key at the gate, where the simulation makes the passes.
    pub const fn key(&self) -> HolderKey {
        HolderKey(self.number as u128 + 1)
    }

    /// A duration of their life, drawn between two seconds or milliseconds, as this morning plays it.
    pub fn takes_ms(&self, what: u64, (least, most): (u64, u64)) -> Duration {
        let real_ms = self.draw.between(what, (least, most));
        Duration::from_millis(real_ms * u64::from(self.pace_permille) / 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;
    use std::net::IpAddr;

    #[test]
    fn the_same_seed_makes_the_same_people_and_another_makes_others() {
        let (one, other) = (World::new(1, 100), World::new(2, 100));
        let facts =
            |world: World| (0..100).map(|n| world.person(n)).map(|p| (p.arrives, p.patience)).collect::<Vec<_>>();
        assert_eq!(facts(one), facts(one));
        assert_ne!(facts(one), facts(other));
    }

    #[test]
    fn half_come_within_two_minutes_of_the_bell_and_all_within_ten() {
        let world = World::new(7, 20_000);
        let people: Vec<Person> = (0..world.people).map(|n| world.person(n)).collect();
        let around = |from_s: f64, to_s: f64| {
            let bell = world.bell().as_secs_f64();
            let inside = |p: &&Person| (bell + from_s..bell + to_s).contains(&p.arrives.as_secs_f64());
            people.iter().filter(inside).count() as f64 / people.len() as f64
        };
        assert!((0.47..0.53).contains(&around(-30.0, 90.0)), "{}", around(-30.0, 90.0));
        assert!(people.iter().all(|p| p.arrives <= l::WINDOW));
        assert!((world.arrived_share(world.bell()) - around(-180.0, 0.0)).abs() < 0.02);
    }

    #[test]
    fn schools_stand_behind_one_address_and_homes_in_a_network_of_their_own() {
        let world = World::new(3, 60_000);
        let mut by_network: HashMap<Network, u32> = HashMap::new();
        let mut kinds: HashMap<NetworkKind, u32> = HashMap::new();
        for person in (0..world.people).map(|n| world.person(n)) {
            *by_network.entry(person.network).or_default() += 1;
            *kinds.entry(person.network.kind).or_default() += 1;
        }
        assert_eq!(kinds.len(), 4);
        let most = |kind| by_network.iter().filter(|(n, _)| n.kind == kind).map(|(_, many)| *many).max().unwrap_or(0);
        assert!(most(NetworkKind::Home) <= l::PEOPLE_PER_HOME);
        assert!((800..1_250).contains(&most(NetworkKind::School)), "{}", most(NetworkKind::School));
        assert!(most(NetworkKind::Carrier) >= 1_500, "{}", most(NetworkKind::Carrier));
        let home = by_network.keys().find(|n| n.kind == NetworkKind::Home).map(|n| n.address(0));
        assert!(matches!(home, Some(IpAddr::V6(_))), "{home:?}");
    }
}
