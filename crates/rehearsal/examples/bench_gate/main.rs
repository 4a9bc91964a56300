//! What the gate costs, against peers of the same minute: nginx, HAProxy, a bare hyper, the kernel's own drop.
//!
//! `cargo xtask bench gate` runs it in release, with the path of the release binary. Every server is a process of its own on
//! one core, the load is on the other; CPU time is the scheduler's count of the server's threads. Rounds of the peers are
//! interleaved and the least of each is taken: the machine is shared, and noise only adds. Loopback and own namespaces
//! only, bounded in count and time: all of it ends within twenty minutes. It never fails for slowness; it waits for a quiet
//! moment, and prints no figure when none comes.
#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]

mod bare;
mod child;
mod figures;
mod home;
mod kernel;
mod load;
mod mornings;
mod peers;
mod rows;
mod simulated;
mod within;

use anyhow::{Context, anyhow, ensure};
use std::path::PathBuf;

/// Busier than this with something else, figures are noisy.
const BUSY_CORES_MAX: f64 = 0.4;
const BUSY_TRIES: u32 = 10;
/// Measures all the same; for those who look for where the time goes.
const EVEN_BUSY: &str = "--even-busy";

type Figure = fn(&figures::Bench) -> anyhow::Result<()>;

/// Each by the name by which it is run alone: `bench_gate PREAU refusals polls`.
const FIGURES: [(&str, Figure); 9] = [
    ("refusals", figures::refusals),
    ("waits", figures::waiting_pages),
    ("tls", figures::tls_refusals),
    ("kernel", kernel::drops),
    ("polls", figures::polls),
    ("memory", figures::waiting_memory),
    ("home", home::home_pages),
    ("simulated", simulated::crowds),
    ("mornings", mornings::mornings),
];

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, address, page] = arguments.as_slice()
        && first == bare::ARGUMENT
    {
        return bare::serve(address.parse()?, &PathBuf::from(page));
    }
    let (preau, chosen) = arguments.split_first().context("the path of the release binary is missing")?;
    let preau = PathBuf::from(preau);
    let even_busy = chosen.iter().any(|it| it == EVEN_BUSY);
    let chosen: Vec<&String> = chosen.iter().filter(|it| *it != EVEN_BUSY).collect();
    let is_quiet = || even_busy || is_quiet();
    ensure!(is_quiet(), "the machine is busy with something else: no figure would mean anything");
    if even_busy {
        println!("Whatever else this machine does: no figure of this run is to be kept.");
    }
    let folder = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    pin_to_core(child::LOAD_CORE);
    let bench = figures::Bench { preau, folder: folder.path().to_owned(), runtime };
    println!("CPU of the server per operation, on one core; the least of {} rounds each.", figures::ROUNDS);
    for (name, figure) in FIGURES {
        if chosen.is_empty() || chosen.iter().any(|it| *it == name) {
            // What cannot be measured is a bar that was missed, and no reason to leave the others out.
            let told = if is_quiet() { figure(&bench) } else { Err(anyhow!("the machine became busy")) };
            if let Err(error) = told {
                rows::say_in_words(name, &format!("not measured: {error:#}"), "measured", Some(false));
            }
        }
    }
    rows::sum_up();
    Ok(())
}

/// Waits for a quiet moment, for a while.
fn is_quiet() -> bool {
    (0..BUSY_TRIES).any(|_| {
        let quiet = child::busy_cores() <= BUSY_CORES_MAX;
        if !quiet {
            std::thread::sleep(std::time::Duration::from_secs(2));
        }
        quiet
    })
}

/// The load stays on its core, so that it takes nothing from the servers.
fn pin_to_core(core: usize) {
    let pid = std::process::id().to_string();
    let pinned = std::process::Command::new("taskset").args(["-cp", &core.to_string(), &pid]).output();
    if !pinned.is_ok_and(|done| done.status.success()) {
        println!("the load could not be pinned to a core: figures are noisier");
    }
}
