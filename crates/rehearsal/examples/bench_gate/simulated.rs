//! The largest crowd that French schools can make, against the gate's rules alone, in virtual time.

use crate::figures::Bench;
use anyhow::ensure;
use std::process::Command;

const CROWDS: [&str; 2] = ["500000", "12400000"];

pub fn crowds(bench: &Bench) -> anyhow::Result<()> {
    for people in CROWDS {
        println!("\npreau rehearse --simulate --people {people}");
        let played = Command::new(&bench.preau).args(["rehearse", "--simulate", "--people", people]).output()?;
        print!("{}", String::from_utf8_lossy(&played.stdout));
        ensure!(played.status.success(), "the simulation: {}", String::from_utf8_lossy(&played.stderr));
    }
    Ok(())
}
