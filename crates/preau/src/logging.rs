//! Logs go to standard error, so that a command's answer on standard output stays clean.

use crate::config::Log;
use tracing_subscriber::EnvFilter;

/// h2 has a line for every connection on which its limits for resets and errors are reached: a flood would write the log full.
/// We count these connections (`preau_front_refusals_total`), tell them to the gate, and say so once as a verdict. Who names h2
/// in the filter gets what they ask for.
fn filter(asked: &str) -> String {
    if asked.split(',').any(|part| part.trim_start().starts_with("h2")) {
        return asked.to_owned();
    }
    format!("{asked},h2=error")
}

/// `RUST_LOG` goes over the configuration's filter.
///
/// # Errors
/// When the filter can't be read.
pub fn init(log: &Log) -> anyhow::Result<()> {
    let filter = match EnvFilter::try_from_default_env() {
        Ok(filter) => filter,
        Err(_) => EnvFilter::try_new(filter(&log.filter)).map_err(|error| anyhow::anyhow!("log.filter: {error}"))?,
    };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    let done = if log.json { builder.json().try_init() } else { builder.with_ansi(false).try_init() };
    done.map_err(|error| anyhow::anyhow!("logging: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_resets_writes_no_lines_unless_they_are_asked_for() {
        let check = |asked: &str, expect: &str| {
            assert_eq!(filter(asked), expect);
            assert!(EnvFilter::try_new(filter(asked)).is_ok());
        };
        check("info", "info,h2=error");
        check("info,preau_media=debug", "info,preau_media=debug,h2=error");
        check("info,h2=debug", "info,h2=debug");
    }
}
