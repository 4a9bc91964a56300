//! The binary: command line, configuration, wiring.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command answers on its standard streams")]

mod cli;
mod commands;
mod config;
mod data;
mod gatehouse;
mod logging;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    match commands::run(arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("preau: {error:#}");
            ExitCode::FAILURE
        }
    }
}
