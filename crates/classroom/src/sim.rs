//! Seeded simulation: people come, get lost, come back and press every button in every state, the store answers late or
//! not at all, the process restarts. After each step every promise of the protocol is checked, and each client's view,
//! made only of the messages that it got, must equal the lesson's state.

mod client;
mod disk;
mod letters;
mod press;
mod promises;
mod twins;
mod world;

use preau_base::{Rng as _, SeededRng};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use world::World;

/// `PREAU_SIM_SEED=n` plays one seed, `PREAU_SIM_SEEDS=n` the first n.
fn seeds() -> std::ops::Range<u64> {
    let number = |name| std::env::var(name).ok().and_then(|text: String| text.parse().ok());
    match (number("PREAU_SIM_SEED"), number("PREAU_SIM_SEEDS")) {
        (Some(seed), _) => seed..seed + 1,
        (None, Some(seeds)) => 0..seeds,
        (None, None) => 0..3_000,
    }
}

/// What commands are drawn by.
fn runner(seed: u64) -> TestRunner {
    let mut bytes = [0; 32];
    SeededRng::new(seed).fill(&mut bytes);
    TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

#[test]
fn promises_hold_on_every_seed() {
    let mut seen = world::Seen::default();
    for seed in seeds() {
        let played = std::panic::catch_unwind(|| World::new(seed).play(150));
        match played {
            Ok(part) => seen.add(&part),
            Err(panic) => {
                let message = panic.downcast_ref::<String>().cloned().unwrap_or_default();
                panic!("seed {seed}: {message}\nplay it alone with PREAU_SIM_SEED={seed}");
            }
        }
    }
    // A simulation that never gets anywhere would prove nothing.
    if seeds().count() > 1_000 {
        seen.assert_reached_everything();
    }
}
