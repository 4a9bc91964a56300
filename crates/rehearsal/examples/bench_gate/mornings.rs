//! The morning played twice by the same people: without attackers, then with each attack beside them, one after the other, then
//! all at once. It is `preau rehearse`, which starts its own server on the servers' core, in a network namespace of its own.

use crate::child::SERVER_CORE;
use crate::figures::Bench;
use crate::rows::say_in_words;
use crate::within;
use anyhow::Context;
use serde_json::Value;
use std::process::Command;
use std::time::Duration;

/// People of the played morning, and the minutes in which they come: as many as one core serves at the bell, so that a hundred
/// pages are seen beside each attack.
const PEOPLE: &str = "5000";
const MINUTES: &str = "4";
/// Share of them with a pass; passwords are what a core does least of.
const PASSES: &str = "0.85";
const MORNING_MAX: Duration = Duration::from_secs(780);

pub fn mornings(bench: &Bench) -> anyhow::Result<()> {
    println!(
        "\n{PEOPLE} people within {MINUTES} minutes, alone and beside attackers; the server on core {SERVER_CORE}"
    );
    let mut command = Command::new(&bench.preau);
    command.args(["rehearse", "--people", PEOPLE, "--minutes", MINUTES, "--passes", PASSES, "--attack", "all"]);
    command.args(["--calm-before", "--server-core", SERVER_CORE, "--namespace", "--json"]);
    let played = within::any_output(&mut command, MORNING_MAX)?;
    let report: Value = serde_json::from_slice(&played).context("what preau rehearse says")?;
    println!(
        "{:<38} {:>6} {:>7} {:>9} {:>7} {:>9} {:>11} {:>11} {:>8}",
        "attack", "pages", "p99 ms", "quiet ms", "ratio", "named s", "closed p99", "still open", "begun"
    );
    let empty = Vec::new();
    for attack in report["attacks"].as_array().unwrap_or(&empty) {
        let number = |path: &str| attack.pointer(path).and_then(Value::as_f64).unwrap_or(f64::NAN);
        let together = if attack["together"].as_bool().unwrap_or(false) { " (with all)" } else { "" };
        let (p99, quiet) = (number("/pass_holders/p99_ms"), number("/quiet/p99_ms"));
        println!(
            "{:<38} {:>6.0} {p99:>7.0} {quiet:>9.0} {:>7.2} {:>9} {:>9.1} s {:>11.0} {:>8.0}",
            format!("{}{together}", attack["name"].as_str().unwrap_or("?")),
            number("/pass_holders/people"),
            p99 / quiet.max(1.0),
            named(attack),
            number("/closed/p99_ms") / 1_000.0,
            number("/still_open"),
            number("/begun"),
        );
    }
    for bar in report["bars"].as_array().unwrap_or(&empty) {
        let text = |name: &str| bar[name].as_str().unwrap_or("?");
        let met = match text("outcome") {
            "met" => Some(true),
            "missed" => Some(false),
            _ => None,
        };
        say_in_words(text("what"), text("measured"), text("bar"), met);
    }
    println!("people: {}", report["people"]);
    println!("faults: {}", report["faults"]);
    println!("machine: {}", report["machine"]);
    Ok(())
}

fn named(attack: &Value) -> String {
    match (attack["named_after_s"].as_f64(), attack["already_named"].as_bool()) {
        (Some(seconds), _) => format!("{seconds:.1}"),
        (None, Some(true)) => "before".to_owned(),
        (None, _) => "–".to_owned(),
    }
}
