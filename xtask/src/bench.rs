use crate::needs;
use crate::shell::Shell;
use clap::ValueEnum;
use std::path::PathBuf;

/// What can be measured.
#[derive(Clone, Copy, ValueEnum)]
pub enum Bench {
    /// What a lesson of 30 costs to forward, idle, to join and to hold, against Janus and against raw UDP and AES-GCM in the same run
    Media,
    /// The time that checking a pass takes
    Pass,
    /// What refusing, waiting and letting in cost, against nginx, HAProxy, a bare hyper and the kernel; and the morning played
    Gate,
    /// What each page of a school costs over a year's data: CPU against a bare hyper, p99, statements; 1 school and 50
    Workspace,
}

/// Measures one thing and prints what it found.
///
/// # Errors
///
/// When the bench does not build or does not run; never for slowness.
pub fn run(shell: &Shell, what: Bench, more: &[String]) -> anyhow::Result<()> {
    let example = |title, package, name| {
        let mut run = shell.cargo();
        run.args(["run", "--release", "--quiet", "--package", package, "--example", name, "--"]).args(more);
        shell.step(title, &mut run)
    };
    match what {
        Bench::Media => {
            needs::for_media_bench(shell)?;
            example("bench media", "preau-media", "bench_media")
        }
        Bench::Pass => example("bench pass", "preau-gate", "bench_pass"),
        Bench::Gate => gate(shell),
        Bench::Workspace => workspace(shell, more),
    }
}

/// Builds the server and a bench of `preau-rehearsal` in one build: apart, each would have its own features of the same
/// dependencies. Gives the folder of both.
fn build_with_server(shell: &Shell, example: &str) -> anyhow::Result<PathBuf> {
    let mut build = shell.cargo();
    build.args(["build", "--release", "--quiet", "--package", "preau", "--package", "preau-rehearsal"]);
    build.args(["--bin", "preau", "--example", example]);
    shell.step("the server and the load of the bench", &mut build)?;
    Ok(shell.target.join("release"))
}

/// The pages of a school over SQLite, then over PostgreSQL where it is installed; options go to the bench, which says them.
fn workspace(shell: &Shell, more: &[String]) -> anyhow::Result<()> {
    let release = build_with_server(shell, "bench_workspace")?;
    let bench = |title, options: &[&str]| {
        let mut run = shell.program(release.join("examples").join("bench_workspace"));
        shell.step(title, run.arg(release.join("preau")).args(options).args(more))
    };
    bench("bench workspace on SQLite", &[])?;
    if preau_pgtest::is_installed() {
        bench("bench workspace on PostgreSQL", &["--postgres", "--schools", "1"])?;
    }
    Ok(())
}

/// The gate against its peers and against the kernel's drop, which needs root; one run, which ends by itself.
fn gate(shell: &Shell) -> anyhow::Result<()> {
    needs::for_gate_bench(shell)?;
    let release = build_with_server(shell, "bench_gate")?;
    let mut drops = shell.cargo();
    drops.args(["build", "--release", "--quiet", "--package", "preau-kernel", "--example", "bench_drop"]);
    shell.step("the bench of the kernel's drop", &mut drops)?;
    let mut run = shell.program(release.join("examples").join("bench_gate"));
    shell.step("bench gate", run.arg(release.join("preau")))
}
