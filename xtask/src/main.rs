//! What a developer and CI run: every test, the lints, the house rules, the benches.
//!
//! `cargo xtask` is an alias of `.cargo/config.toml`.

#![expect(clippy::print_stdout, reason = "a command-line tool talks on its standard output")]

mod bench;
mod dependencies;
mod expression;
mod lint;
mod needs;
mod shell;
mod suite;
mod tidy;
mod wheel;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Tests, lints, tidy rules and benches of Préau")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run every test; as root on Debian, first install what the tests need and the machine lacks
    Test {
        /// Leave out the tests in real browsers
        #[arg(long)]
        no_e2e: bool,
        /// Leave out all others
        #[arg(long, conflicts_with = "no_e2e")]
        only_e2e: bool,
    },
    /// Check formatting, clippy, the tidy rules, dependencies, and the types of the pages' scripts
    Lint,
    /// Check the rules of STYLE.md that a machine can check
    Tidy,
    /// Check the dependencies against deny.toml
    Dependencies,
    /// Measure; prints ratios and never fails for slowness
    Bench {
        #[arg(value_enum)]
        what: bench::Bench,
        /// Options of the bench itself
        #[arg(last = true)]
        more: Vec<String>,
    },
    /// Lint, then test: what CI runs
    Ci,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("\n» failed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    let shell = shell::Shell::new()?;
    match command {
        Command::Test { no_e2e: true, .. } => suite::run_rust(&shell),
        Command::Test { only_e2e: true, .. } => suite::run_e2e(&shell),
        Command::Test { .. } => suite::run(&shell),
        Command::Lint => lint::run(&shell),
        Command::Tidy => lint::run_tidy(&shell),
        Command::Dependencies => dependencies::run(&shell),
        Command::Bench { what, more } => bench::run(&shell, what, &more),
        Command::Ci => {
            lint::run(&shell)?;
            suite::run(&shell)
        }
    }
}
