//! How long packets are in a server, seen from outside: from the client's call that sends one until the kernel has it for the
//! receiver. Over loopback that is when the server has sent it.

use crate::Outcome;
use crate::class::{Cast, Class, Material, Viewers};
use crate::figures::Bench;
use crate::forwarder::Forwarder;
use crate::janus::Janus;
use crate::machine::Ticks;
use crate::ours::Ours;
use crate::rows::{Bar, Row, say};
use std::time::Duration;

const VIEWERS: usize = 30;
/// Of them so many are listened to.
const HEARD: usize = 3;
const LESSONS_MAX: usize = 60;
/// Shares of a core, in 1/100.
const LOADS: [u32; 3] = [20, 50, 80];
/// As near as lessons make it, in 1/100.
const NEAR: f64 = 3.0;
const LOOK_TIME: Duration = Duration::from_millis(1_500);
const MEASURE_TIME: Duration = Duration::from_secs(5);
/// Packets that have to come of those that were due.
const WHOLE: f64 = 0.9;
const QUANTILES: [(&str, u64); 3] = [("p50", 500), ("p99", 990), ("p99.9", 999)];

/// What was found at one load.
struct Found {
    /// Of a core, in 1/100.
    load: f64,
    lessons: usize,
    /// In ms, as [`QUANTILES`] has them.
    delays: [f64; 3],
    others: f64,
}

/// At 20, 50 and 80 % of a core, both servers one after the other: each has as many lessons as it takes.
pub fn delays(bench: &Bench) -> Outcome<()> {
    let ours = at_loads(Box::new(Ours::start(false)?)).map_err(|error| format!("ours: {error}"))?;
    let janus = at_loads(Box::new(Janus::start()?)).map_err(|error| format!("Janus: {error}"))?;
    for ((load, ours), janus) in LOADS.into_iter().zip(&ours).zip(&janus) {
        let others = bench.bearable(ours.others.max(janus.others))?;
        println!(
            "    {load} %: ours {:.0} % with {} lessons of 30, Janus {:.0} % with {}",
            ours.load, ours.lessons, janus.load, janus.lessons
        );
        for (index, (name, _)) in QUANTILES.into_iter().enumerate() {
            let figure = format!("time in the node at {load} % of a core, {name}: ms");
            let is_judged = (load, name) == (50, "p99");
            let bar = if is_judged { Bar::AtMost(0.5) } else { Bar::None };
            let (ours, janus) = (ours.delays[index], janus.delays[index]);
            let row = Row { figure: &figure, ours, janus: Some(janus), floor: None, others };
            say(&row, &[("ours / Janus", ours / janus, bar)]);
        }
    }
    Ok(())
}

fn at_loads(server: Box<dyn Forwarder>) -> Outcome<Vec<Found>> {
    let mut class = Class::without_lessons(server, Cast::Teacher, Viewers::MostlyDeaf(HEARD));
    class.add_lesson(VIEWERS)?;
    let mut found = Vec::new();
    for load in LOADS {
        reach(&mut class, f64::from(load))?;
        found.push(measure(&mut class)?);
    }
    Ok(found)
}

/// Adds lessons until the server has so much to do.
fn reach(class: &mut Class, load: f64) -> Outcome<()> {
    loop {
        let has = spent(class, LOOK_TIME)?;
        let each = has / class.lessons() as f64;
        if has >= load - NEAR || class.lessons() >= LESSONS_MAX {
            return Ok(());
        }
        // The more a server has to do the less each packet costs it, so it takes more of them than it seems: in two steps.
        let missing = ((load - has) / each * 0.8).max(1.0) as usize;
        for _ in 0..missing.min(LESSONS_MAX - class.lessons()) {
            class.add_lesson(VIEWERS)?;
        }
    }
}

/// Of a core, in 1/100, while everybody publishes.
fn spent(class: &mut Class, time: Duration) -> Outcome<f64> {
    class.run(Some(Material::Pictures), time / 3);
    let before = class.server().process().cpu()?;
    let begun = std::time::Instant::now();
    class.run(Some(Material::Pictures), time);
    let cpu = class.server().process().cpu()?.since(&before);
    Ok(cpu.as_secs_f64() / begun.elapsed().as_secs_f64() * 100.0)
}

fn measure(class: &mut Class) -> Outcome<Found> {
    let own = [class.server().process().id()];
    let ticks = Ticks::read(&own);
    class.take_delays(0);
    let (due, delivered) = (class.due_from(0), class.delivered());
    let load = spent(class, MEASURE_TIME)?;
    let came = (class.delivered() - delivered) as f64 / (class.due_from(0) - due).max(1) as f64;
    if came < WHOLE {
        return Err(format!("{:.0} % of the packets came at {load:.0} % of a core", came * 100.0).into());
    }
    let others = ticks.zip(Ticks::read(&own)).map_or(0.0, |(before, after)| after.others_since(before));
    let all = class.take_delays(0);
    Ok(Found { load, lessons: class.lessons(), delays: QUANTILES.map(|(_, permille)| within(&all, permille)), others })
}

/// The time within which this share of them, in 1/1000, came, in ms.
pub fn within(sorted_us: &[u32], permille: u64) -> f64 {
    let rank = (sorted_us.len() as u64 * permille).div_ceil(1_000).max(1);
    let at = usize::try_from(rank - 1).unwrap_or(usize::MAX);
    sorted_us.get(at).copied().map_or(f64::INFINITY, |us| f64::from(us) / 1e3)
}
