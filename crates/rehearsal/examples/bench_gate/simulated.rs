//! A crowd against the gate's rules alone, in virtual time; and the line of the largest that French schools can make, 12.4
//! million on their first morning, which takes some minutes of one core. `preau_sim::Plan` says what of it is modelled.

use crate::figures::Bench;
use anyhow::ensure;
use preau_sim::{Plan, World};
use std::process::Command;
use std::time::{Duration, Instant};

const CROWDS: [&str; 2] = ["100000", "500000"];

pub fn crowds(bench: &Bench) -> anyhow::Result<()> {
    for people in CROWDS {
        println!("\npreau rehearse --simulate --people {people}");
        let played = Command::new(&bench.preau).args(["rehearse", "--simulate", "--people", people]).output()?;
        print!("{}", String::from_utf8_lossy(&played.stdout));
        ensure!(played.status.success(), "the simulation: {}", String::from_utf8_lossy(&played.stderr));
    }
    line()
}

const NATION: u32 = 12_400_000;

/// Nobody has a pass: all of them stand in line, each is let in to one page, and is gone.
fn line() -> anyhow::Result<()> {
    let mut plan = Plan::new(World { passes: 0.0, ..World::new(1, NATION) });
    plan.lessons_known = false;
    plan.line_only = true;
    plan.application = plan.application.times(0.15);
    plan.lasts = Duration::from_secs(4 * 3_600);
    let begun = Instant::now();
    let played = preau_sim::play(&plan);
    println!("\nthe line of {NATION} people, played in {:.0} s", begun.elapsed().as_secs_f64());
    println!(
        "  {} in within {:.1} min, {} gave up, {} still outside; {} told to wait although somebody behind them was in",
        played.people_in,
        played.last_in_s / 60.0,
        played.gave_up,
        played.still_outside,
        played.order_violations
    );
    println!(
        "  {} places given, {} people waited at once; the room held {} bytes at most: {:.2} bits a place",
        played.tickets_issued,
        played.waiting_most,
        played.room_bytes_most,
        played.room_bytes_most as f64 * 8.0 / played.tickets_issued.max(1) as f64
    );
    ensure!(played.faults().is_empty() && played.still_outside == 0, "the line: {}", played.faults().join(", "));
    Ok(())
}
