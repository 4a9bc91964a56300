//! Logs go to standard error, so that a command's answer on standard output stays clean.

use crate::config::Log;
use tracing_subscriber::EnvFilter;

/// `RUST_LOG` goes over the configuration's filter.
///
/// # Errors
/// When the filter can't be read.
pub fn init(log: &Log) -> anyhow::Result<()> {
    let filter = match EnvFilter::try_from_default_env() {
        Ok(filter) => filter,
        Err(_) => EnvFilter::try_new(&log.filter).map_err(|error| anyhow::anyhow!("log.filter: {error}"))?,
    };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    let done = if log.json { builder.json().try_init() } else { builder.with_ansi(false).try_init() };
    done.map_err(|error| anyhow::anyhow!("logging: {error}"))
}
