//! Each page: what it costs, and whether it is within its aim.

use crate::bare;
use crate::child::{LOAD_CORE, Server};
use crate::load::{Connection, request};
use crate::options::Options;
use crate::served::Served;
use crate::sown::Sown;
use anyhow::{Context, ensure};
use preau_year::{Actor, Page};
use std::time::{Duration, Instant};

const HOME_CPU_MS_MAX: f64 = 0.8;
const P99_MS_MAX: f64 = 30.0;

const WARMING: usize = 10;
const ROUNDS: usize = 3;
/// A round takes about so long, and has so many requests at the least and at the most.
const ROUND: Duration = Duration::from_millis(500);
const REQUESTS_MIN: usize = 40;
const REQUESTS_MAX: usize = 100;
/// What the gate lets one person ask for without end, in the long run, is 200 requests a second.
const REQUESTS_PER_S: f64 = 190.0;

struct Figure {
    cpu_us: f64,
    median_ms: f64,
    p99_ms: f64,
}

/// Measures all pages and prints a line for each. Gives those that miss their aim.
pub fn pages(options: &Options, sown: &Sown) -> anyhow::Result<Vec<String>> {
    let served = Served::start(options, sown)?;
    pin_to_core(LOAD_CORE)?;
    let floor_us = floor(sown, &served)?;
    println!("A bare hyper answer with the bytes of the pupil's home page: {floor_us:.1} µs of CPU.");
    println!("Aims: home ≤ {HOME_CPU_MS_MAX} ms of CPU, every page ≤ {P99_MS_MAX:.0} ms at p99.\n");
    println!(
        "{:<14} {:<42} {:>10} {:>9} {:>8} {:>9} {:>9}  aim",
        "actor", "page", "statements", "CPU µs", "× hyper", "median ms", "p99 ms"
    );
    let mut missed = Vec::new();
    let wanted = |page: &Page| options.wants(page.route, page.actor.name());
    for page in preau_year::pages().into_iter().filter(wanted) {
        let (figure, statements) = of_page(sown, &served, &page).with_context(|| page.route)?;
        let aim_cpu = page.route != "/" || figure.cpu_us <= HOME_CPU_MS_MAX * 1_000.0;
        let met = aim_cpu && figure.p99_ms <= P99_MS_MAX;
        let line = format!(
            "{:<14} {:<42} {statements:>10} {:>9.0} {:>8.1} {:>9.2} {:>9.2}",
            page.actor.name(),
            page.route,
            figure.cpu_us,
            figure.cpu_us / floor_us,
            figure.median_ms,
            figure.p99_ms
        );
        println!("{line}  {}", if met { "met" } else { "MISSED" });
        if !met {
            missed.push(format!("{:>2} schools  {line}", sown.schools.len()));
        }
    }
    println!("The server's memory: {} MiB.", served.server.resident_bytes() >> 20);
    Ok(missed)
}

pub fn closing(missed: &[String]) -> String {
    match missed {
        [] => "Every page is within its aim.".to_owned(),
        some => format!("{} pages miss their aim:\n{}", some.len(), some.join("\n")),
    }
}

/// What hyper takes for the bytes of the home page.
fn floor(sown: &Sown, served: &Served) -> anyhow::Result<f64> {
    let school = sown.schools.first().context("a school")?;
    let mut connection = Connection::open(served.server.address)?;
    let answer = connection.ask(&request("/", &sown.cookie(school, Actor::Pupil)))?;
    ensure!(answer.status == 200, "home is answered {}", answer.status);
    let file = sown.folder.join("home.bytes");
    std::fs::write(&file, connection.body(&answer))?;
    let hyper = bare::start(&file)?;
    let asked = vec![request("/", ""); REQUESTS_MAX];
    let figure = least(&hyper, &asked)?;
    Ok(figure.cpu_us)
}

fn of_page(sown: &Sown, served: &Served, page: &Page) -> anyhow::Result<(Figure, u64)> {
    let school = sown.schools.first().context("a school")?;
    let url = page.url(school);
    let asked =
        |count: usize| -> Vec<_> { (0..count).map(|_| request(&url, &sown.cookie(school, page.actor))).collect() };
    let mut connection = Connection::open(served.server.address)?;
    let before = served.statements(page.route)?;
    let first = connection.ask(&asked(1)[0])?;
    ensure!(first.status == 200, "{url} is answered {} to {}", first.status, page.actor.name());
    let statements = served.statements(page.route)? - before;
    let began = Instant::now();
    for request in &asked(WARMING) {
        connection.ask(request)?;
    }
    drop(connection);
    let each = began.elapsed().as_secs_f64() / WARMING as f64;
    let count = ((ROUND.as_secs_f64() / each) as usize).clamp(REQUESTS_MIN, REQUESTS_MAX);
    let figure = least(&served.server, &asked(count))?;
    let earned = Duration::from_secs_f64((count * ROUNDS + WARMING) as f64 / REQUESTS_PER_S);
    std::thread::sleep(earned.saturating_sub(began.elapsed()));
    Ok((figure, statements))
}

/// The least CPU of some rounds, and the latencies of all.
fn least(server: &Server, requests: &[Vec<u8>]) -> anyhow::Result<Figure> {
    let mut cpu_us = f64::INFINITY;
    let mut took = Vec::with_capacity(requests.len() * ROUNDS);
    for _ in 0..ROUNDS {
        let mut connection = Connection::open(server.address)?;
        let before = server.cpu_ns()?;
        for request in requests {
            let answer = connection.ask(request)?;
            ensure!(answer.status == 200, "answered {}", answer.status);
            took.push(answer.took.as_secs_f64() * 1_000.0);
        }
        let spent = server.cpu_ns()?.saturating_sub(before);
        cpu_us = cpu_us.min(spent as f64 / 1_000.0 / requests.len() as f64);
    }
    took.sort_by(f64::total_cmp);
    let at = |share: f64| took.get((took.len() as f64 * share) as usize).or(took.last()).copied().unwrap_or(0.0);
    Ok(Figure { cpu_us, median_ms: at(0.5), p99_ms: at(0.99) })
}

/// The load stays on its core, so that it takes nothing from the server.
pub fn pin_to_core(core: usize) -> anyhow::Result<()> {
    let pid = std::process::id().to_string();
    let pinned = std::process::Command::new("taskset").args(["-acp", &core.to_string(), &pid]).output()?;
    ensure!(pinned.status.success(), "the load could not be pinned to a core");
    Ok(())
}
