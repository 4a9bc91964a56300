//! A crowd against the gate's rules alone, in virtual time. The largest that French schools can make, 12.4 million, is played
//! by hand: `preau rehearse --simulate --people 12400000 --attack none` takes most of an hour of one core.

use crate::figures::Bench;
use anyhow::ensure;
use std::process::Command;

const CROWDS: [&str; 2] = ["100000", "500000"];

pub fn crowds(bench: &Bench) -> anyhow::Result<()> {
    for people in CROWDS {
        println!("\npreau rehearse --simulate --people {people}");
        let played = Command::new(&bench.preau).args(["rehearse", "--simulate", "--people", people]).output()?;
        print!("{}", String::from_utf8_lossy(&played.stdout));
        ensure!(played.status.success(), "the simulation: {}", String::from_utf8_lossy(&played.stderr));
    }
    Ok(())
}
