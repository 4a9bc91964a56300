use crate::shell::Shell;
use clap::ValueEnum;

/// What can be measured.
#[derive(Clone, Copy, ValueEnum)]
pub enum Bench {
    /// CPU per forwarded packet of a lesson with 30 viewers, against raw UDP and AES-GCM in the same run
    Media,
    /// The time that checking a pass takes
    Pass,
}

/// Measures one thing and prints what it found.
///
/// # Errors
///
/// When the bench does not build or does not run; never for slowness.
pub fn run(shell: &Shell, what: Bench) -> anyhow::Result<()> {
    let (title, package, example) = match what {
        Bench::Media => ("bench media", "preau-media", "bench_media"),
        Bench::Pass => ("bench pass", "preau-gate", "bench_pass"),
    };
    shell.step(title, shell.cargo().args(["run", "--release", "--quiet", "--package", package, "--example", example]))
}
