//! `preau gate …`: the gate, as its operator sees it, and the gate alone in front of somebody else's application.

mod operate;
mod record;
mod screen;
mod upstream;

pub use record::Checkpoint;

use crate::cli::{Gate, GateCommand};
use std::process::ExitCode;

pub async fn run(options: Gate) -> anyhow::Result<ExitCode> {
    match options.command {
        None => Box::pin(upstream::run(&options.in_front)).await.map(|()| ExitCode::SUCCESS),
        Some(GateCommand::CheckRules(rules)) => upstream::check_rules(&rules).map(|()| ExitCode::SUCCESS),
        Some(GateCommand::Operate(operate)) => operate::run(operate).await.map(|()| ExitCode::SUCCESS),
        Some(GateCommand::Record { command }) => record::run(command),
    }
}
