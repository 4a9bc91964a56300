//! What the pages of a school cost, over a year's data: CPU of the server against a bare hyper answer of the same minute,
//! latency, statements.
//!
//! `cargo xtask bench workspace` runs it in release, with the path of the release binary, and options:
//!
//! - `--schools N`: so many schools in one database (50), measured with one first;
//! - `--postgres`: PostgreSQL instead of SQLite, a server of its own, whose CPU time is not in the figures;
//! - `--only TEXT`: pages whose route or actor holds the text, or `publishing`;
//! - `--keep FOLDER`: the data stays there, and is measured again if it is there already;
//! - `--even-busy`: measures although the machine has something else to do.
//!
//! The server is a process of its own on one core, the load on the other; CPU time is the scheduler's count of the server's
//! threads. Requests go over one kept connection, one after the other, each with a pass of its own. Of several rounds the
//! least CPU is taken: noise only adds. What publishing takes is printed as a ratio to a bare write. Loopback only, bounded. It never fails for slowness.
#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]

#[path = "../bench_gate/bare.rs"]
mod bare;
#[path = "../bench_gate/child.rs"]
mod child;
mod figures;
mod load;
mod options;
mod publishing;
mod served;
mod sown;

use anyhow::{Context, bail};
use options::Options;
use preau_year::Size;
use sown::Sown;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Busier than this with something else, figures are worth nothing.
const BUSY_CORES_MAX: f64 = 0.4;
const BUSY_TRIES: u32 = 30;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, address, page] = arguments.as_slice()
        && first == bare::ARGUMENT
    {
        return bare::serve(address.parse()?, &PathBuf::from(page));
    }
    let options = Options::read(&arguments)?;
    if !options.even_busy && !is_quiet() {
        bail!("the machine is busy with something else; try again later, or with --even-busy");
    }
    let temporary = tempfile::tempdir().context("a folder")?;
    let folder = options.keep.clone().unwrap_or_else(|| temporary.path().to_owned());
    std::fs::create_dir_all(&folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let mut sown = runtime.block_on(Sown::begin(&folder, options.postgres))?;
    let mut stages = vec![1, options.schools];
    stages.dedup();
    let mut missed = Vec::new();
    for schools in stages {
        let began = Instant::now();
        let had = sown.schools.len();
        let sizes = |number| if number == 0 { Size::LARGE } else { Size::NEIGHBOUR };
        runtime.block_on(sown.grow(had.max(schools), sizes))?;
        println!("\n{}", sown.describe(began.elapsed(), had));
        missed.extend(figures::pages(&options, &sown)?);
        publishing::publishing(&options, &sown, &runtime)?;
    }
    println!("\n{}", figures::closing(&missed));
    Ok(())
}

/// Waits for a quiet moment, for a while.
fn is_quiet() -> bool {
    (0..BUSY_TRIES).any(|_| {
        let quiet = child::busy_cores() <= BUSY_CORES_MAX;
        if !quiet {
            std::thread::sleep(Duration::from_secs(2));
        }
        quiet
    })
}
