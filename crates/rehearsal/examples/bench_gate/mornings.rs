//! The morning played: people alone, then each attack beside them, then all at once. It is `preau rehearse`, which starts
//! its own server, in a network namespace of its own.

use crate::figures::Bench;
use crate::rows::say_in_words;
use crate::within;
use anyhow::Context;
use serde_json::Value;
use std::process::Command;
use std::time::Duration;

/// People of the played morning, and the minutes in which they come.
const PEOPLE: &str = "6000";
const MINUTES: &str = "6";
/// The bench itself stays on one core, and what it starts would stay there with it.
const BOTH_CORES: &str = "0,1";
const MORNING_MAX: Duration = Duration::from_secs(660);

pub fn mornings(bench: &Bench) -> anyhow::Result<()> {
    println!(
        "\n{PEOPLE} people within {MINUTES} minutes, attackers beside them: preau rehearse --attack all --namespace"
    );
    let mut command = Command::new("taskset");
    command.args(["-c", BOTH_CORES]).arg(&bench.preau);
    command.args(["rehearse", "--people", PEOPLE, "--minutes", MINUTES, "--attack", "all", "--namespace", "--json"]);
    let played = within::any_output(&mut command, MORNING_MAX)?;
    let report: Value = serde_json::from_slice(&played).context("what preau rehearse says")?;
    let at = |path: &str| report.pointer(path).and_then(Value::as_f64).unwrap_or(f64::NAN);
    let quiet = at("/quiet/p99_ms");
    println!("pass holders while nobody attacks: p99 {quiet:.0} ms; bar beside an attack: ≤ 2.0 of it, 0 refused");
    println!(
        "{:<24} {:>9} {:>8} {:>9} {:>11} {:>11} {:>10}",
        "attack", "p99 ms", "/ quiet", "named s", "closed p99", "still open", "begun"
    );
    let empty = Vec::new();
    for attack in report["attacks"].as_array().unwrap_or(&empty) {
        let number = |path: &str| attack.pointer(path).and_then(Value::as_f64).unwrap_or(f64::NAN);
        let together = if attack["together"].as_bool().unwrap_or(false) { " (with all)" } else { "" };
        println!(
            "{:<24} {:>9.0} {:>8.2} {:>9} {:>8.1} s {:>11.0} {:>10.0}",
            format!("{}{together}", attack["name"].as_str().unwrap_or("?")),
            number("/pass_holders/p99_ms"),
            number("/pass_holders/p99_ms") / quiet.max(1.0),
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
