//! A crowd against the gate's rules alone, in virtual time; and the line of the largest that French schools can make, 12.4
//! million on their first morning, which takes some minutes of one core. `preau_sim::Plan` says what of it is modelled.

use crate::figures::Bench;
use crate::rows::{Bar, say, say_in_words};
use crate::within;
use preau_sim::{Plan, World};
use std::process::Command;
use std::time::{Duration, Instant};

const CROWDS: [&str; 2] = ["100000", "500000"];

pub fn crowds(bench: &Bench) -> anyhow::Result<()> {
    for people in CROWDS {
        println!("\npreau rehearse --simulate --people {people}");
        let mut command = Command::new(&bench.preau);
        command.args(["rehearse", "--simulate", "--people", people]);
        let played = within::output(&mut command, CROWD_MAX);
        if let Ok(said) = &played {
            print!("{}", String::from_utf8_lossy(said));
        }
        let more = played.as_ref().map_or_else(|error| format!("{error:#}"), |_| "as it says above".to_owned());
        say_in_words(&format!("{people} people in virtual time"), &more, "no fault", Some(played.is_ok()));
    }
    line()
}

const CROWD_MAX: Duration = Duration::from_secs(240);
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
    let faults = played.faults();
    let more = if faults.is_empty() { "none".to_owned() } else { faults.join(", ") };
    say_in_words("faults of that line", &more, "none", Some(faults.is_empty()));
    let bits = played.room_bytes_most as f64 * 8.0 / played.tickets_issued.max(1) as f64;
    say("bits of memory a place in that line", bits, Bar::AtMost(2.0), "order kept, nobody starves, or a fault above");
    let outside = played.still_outside as f64 + played.order_violations as f64;
    say("people of it left outside, or overtaken", outside, Bar::AtMost(0.0), "");
    Ok(())
}
