//! A line of any length against the real gate: `cargo run -p preau-sim --example line -- 12400000 [opens]`. With `opens`, the
//! doors open when half have come, and everybody before is drawn by lot.

#![expect(clippy::print_stdout, reason = "it is what a person runs to see the figures")]

use preau_gate::Doors;
use preau_sim::{Plan, World, play};
use std::time::Duration;

fn main() {
    let mut words = std::env::args().skip(1);
    let people = words.next().and_then(|word| word.parse().ok()).unwrap_or(100_000);
    let mut plan = Plan::new(World { passes: 0.0, ..World::new(1, people) });
    plan.lessons_known = false;
    plan.line_only = true;
    // One page instead of a sign-in, three pages and a lesson.
    plan.application = plan.application.times(0.15);
    plan.lasts = Duration::from_secs(4 * 3_600);
    if words.next().is_some() {
        plan.settings.doors = Doors::OpenAt { at: plan.starts.plus(plan.world.bell() + Duration::from_secs(60)) };
    }
    let played = play(&plan);
    println!("{played:#?}\nfaults: {:?}", played.faults());
    let bits = played.room_bytes_most as f64 * 8.0 / played.waiting_most.max(1) as f64;
    println!("{bits:.2} bits for each of the {} who waited at the same time", played.waiting_most);
}
