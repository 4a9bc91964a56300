//! Plays a morning: against a server that it starts itself, in virtual time, or (people only) against one whose operator
//! agrees.

use crate::cli::{Rehearse, RehearseCommand};
use anyhow::{Context, bail};
use preau_base::SystemRng;
use preau_gate::consent::{ConsentKey, ConsentPublic};
use preau_rehearsal::consent::Terms;
use preau_rehearsal::{Attacker, Namespace, Plan, Report, words};
use preau_sim::{Played, World};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Pass holders known by lesson cost the gate a row each; the largest crowds are simulated without.
const LESSONS_KNOWN_PEOPLE_MAX: u32 = 2_000_000;
/// From so many tickets on, what the waiting room holds is told by ticket.
const BITS_TOLD_TICKETS_MIN: u64 = 2_000_000;

pub async fn run(options: Rehearse) -> anyhow::Result<ExitCode> {
    if let Some(RehearseCommand::Keygen { file }) = &options.command {
        return keygen(file).map(|()| ExitCode::SUCCESS);
    }
    if options.simulate {
        return simulate(&options);
    }
    if options.namespace && Namespace::current().is_none() {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let ended = Namespace::run(&arguments)?;
        return Ok(if ended.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let plan = plan(&options)?;
    let report = match &options.remote {
        Some(host) => {
            let key =
                options.consent_key.as_deref().context("--remote needs --consent-key, the operator’s public key")?;
            let public_key = ConsentPublic::from_text(key).context("--consent-key")?;
            let terms = Terms { host: host.clone(), public_key, plain: options.plain };
            Box::pin(preau_rehearsal::visit(&plan, &terms)).await?
        }
        None => Box::pin(preau_rehearsal::run(&plan)).await?,
    };
    tell(&report, &options)
}

fn plan(options: &Rehearse) -> anyhow::Result<Plan> {
    if !(options.minutes.is_finite() && options.scale.is_finite()) {
        bail!("--minutes and --scale must be numbers");
    }
    Ok(Plan {
        people: options.people,
        scale: options.scale.clamp(0.0, 1.0),
        window: Duration::from_secs_f64(options.minutes.clamp(0.0, 600.0) * 60.0),
        after: Duration::from_secs_f64((options.minutes * 12.0).clamp(12.0, 90.0)),
        seed: options.seed,
        passes: options.passes,
        attackers: if options.remote.is_some() { Vec::new() } else { attackers(&options.attack)? },
        attack_per_second: options.attack_rate,
        program: std::env::current_exe().context("cannot find this program")?,
        upstream: options.upstream,
        server_core: options.server_core,
        calm_before: options.calm_before,
    })
}

fn attackers(named: &[String]) -> anyhow::Result<Vec<Attacker>> {
    match named {
        [one] if one == "all" => return Ok(Attacker::ALL.to_vec()),
        [one] if one == "none" => return Ok(Vec::new()),
        _ => {}
    }
    let find = |name: &String| {
        let known = || Attacker::ALL.map(Attacker::name).join(", ");
        Attacker::from_name(name)
            .with_context(|| format!("there is no attacker {name:?}; there are: all, none, {}", known()))
    };
    named.iter().map(find).collect()
}

/// Prints and keeps the report; a morning with a fault ends with exit code 1.
fn tell(report: &Report, options: &Rehearse) -> anyhow::Result<ExitCode> {
    let json = serde_json::to_string_pretty(report)?;
    if let Some(folder) = &options.report {
        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
        };
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        write("rehearsal.json", &json)?;
        write("rehearsal.html", &report.html())?;
    }
    if options.json {
        println!("{json}");
    } else {
        println!("{}", report.line());
        print!("{}", report.bar_lines());
    }
    Ok(if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn simulate(options: &Rehearse) -> anyhow::Result<ExitCode> {
    if options.report.is_some() {
        bail!("--report is for a morning that is played; with --simulate, --json prints all that was found");
    }
    let people = (f64::from(options.people) * options.scale.clamp(0.0, 1.0)).round();
    if !(1.0..=f64::from(preau_sim::limits::PEOPLE_MAX)).contains(&people) {
        bail!("at most {} people can be simulated, and one at least", preau_sim::limits::PEOPLE_MAX);
    }
    let world = World { passes: options.passes.clamp(0.0, 1.0), ..World::new(options.seed, people as u32) };
    let mut plan = preau_sim::Plan::new(world);
    plan.lessons_known = world.people <= LESSONS_KNOWN_PEOPLE_MAX;
    plan.application = plan.application.times(options.capacity.clamp(0.01, 100.0));
    plan.lasts = Duration::from_secs(4 * 3_600);
    if !attackers(&options.attack)?.is_empty() {
        plan.attacks = preau_sim::attack::Attack::waves(world.window);
    }
    let begun = Instant::now();
    let before = memory_mib();
    let played = preau_sim::play(&plan);
    let took = begun.elapsed();
    if options.json {
        println!("{}", serde_json::to_string_pretty(&played)?);
    } else {
        print_played(&played, took, before, plan.lessons_known);
    }
    Ok(if played.faults().is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print_played(played: &Played, took: Duration, before_mib: Option<u64>, lessons_known: bool) {
    println!(
        "{} people: {} in, {} gave up, {} still outside; the last in after {:.1} min",
        played.people,
        played.people_in,
        played.gave_up,
        played.still_outside,
        played.last_in_s / 60.0
    );
    for (who, waits) in [
        ("pass and lesson", played.waits_lesson),
        ("pass", played.waits_known),
        ("without a pass", played.waits_newcomer),
    ] {
        let s = |ms: u64| ms as f64 / 1_000.0;
        println!(
            "  {who:<16} {:>10} in, after {:.1} s (p50), {:.1} s (p99), {:.1} s at the most",
            waits.people,
            s(waits.p50_ms),
            s(waits.p99_ms),
            s(waits.max_ms)
        );
    }
    print_room(played);
    println!(
        "  {} decisions in {:.1} s of this machine, {:.2} µs each with all of the simulation; {} bytes kept of a person{}",
        played.decisions,
        took.as_secs_f64(),
        took.as_secs_f64() * 1e6 / played.decisions.max(1) as f64,
        played.bytes_per_person,
        if lessons_known { "" } else { "; the gate was not told who has which lesson" }
    );
    if let (Some(before), Some(after)) = (before_mib, memory_mib()) {
        println!("  memory of this process at its most: {after} MiB ({before} before)");
    }
    for attack in &played.attacks {
        let named = attack.named_after_s.map_or_else(|| "not named".to_owned(), |s| format!("named after {s:.1} s"));
        let (what, sent, admitted) = (words::attack(attack.kind), attack.sent, attack.admitted);
        println!("  from {:>4.0} s, {what}: {sent} sent, {admitted} let through, {named}", attack.begins_s);
    }
    match played.faults()[..] {
        [] => println!("  no pass holder refused, nobody overtaken, no promised time exceeded unsaid"),
        ref faults => println!("  FAULTS: {}", faults.join(", ")),
    }
}

/// What is kept for each ticket is bits; what is kept whatever their number outweighs that in all but the largest crowds.
fn print_room(played: &Played) {
    let per_ticket = match played.tickets_issued {
        BITS_TOLD_TICKETS_MIN.. => {
            format!("{:.2} bits a ticket", played.room_bytes_most as f64 * 8.0 / played.tickets_issued as f64)
        }
        _ => "most of it kept whatever their number".to_owned(),
    };
    println!(
        "  waiting room: {} at once at the most, {} tickets given out; {} KiB in all, {per_ticket}",
        played.waiting_most,
        played.tickets_issued,
        played.room_bytes_most.div_ceil(1_024)
    );
}

/// The most that this process held so far.
fn memory_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kib| kib / 1_024)
}

fn keygen(file: &Path) -> anyhow::Result<()> {
    let key = ConsentKey::generate(&mut SystemRng)?;
    let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    made.and_then(|mut made| made.write_all(key.to_text().reveal().as_bytes()))
        .with_context(|| format!("cannot write {}", file.display()))?;
    println!("Key written to {}. Install it on the server: rehearsal.consent_key", file.display());
    println!("Whoever may rehearse on it gets this: {}", key.public().to_text());
    Ok(())
}
