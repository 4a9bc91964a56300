//! What the kernel's drop costs against our own refusal on a new TLS connection, both in this run.

use crate::figures::{Bench, tls_refusal_us};
use crate::peers::Certificate;
use crate::rows::{Bar, say};
use crate::within;
use anyhow::Context;
use serde_json::Value;
use std::process::Command;
use std::time::Duration;

const DROPS_MAX: Duration = Duration::from_secs(180);

/// One packet of a flood is dropped by the table in the kernel, or one connection of it is refused by us after its handshake.
/// The example `bench_drop` of `preau-kernel`, which stands beside this one, measures the first in namespaces of its own.
pub fn drops(bench: &Bench) -> anyhow::Result<()> {
    let drops = std::env::current_exe()?.with_file_name("bench_drop");
    let told = within::output(Command::new(&drops).arg("--json"), DROPS_MAX).context("bench_drop, which needs root")?;
    let told: Value = serde_json::from_slice(&told)?;
    let ns = |name: &str| told[name].as_f64();
    let folder = bench.folder.join("drops");
    std::fs::create_dir_all(&folder)?;
    let refused_us = tls_refusal_us(bench, "drops-tls", &Certificate::make(&folder)?)?;
    for (what, name) in [("the table (nftables)", "drop_nftables_ns"), ("the driver (XDP)", "drop_xdp_ns")] {
        let Some(dropped_ns) = ns(name) else { continue };
        let more = format!("{refused_us:.0} µs a connection against {dropped_ns:.0} ns a packet");
        let figure = format!("our refusal on a new TLS connection / a drop by {what}");
        say(&figure, refused_us * 1_000.0 / dropped_ns.max(1.0), Bar::AtLeast(100.0), &more);
    }
    let plain_ns = ns("refuse_plain_ns").context("no refusal without TLS")?;
    let more = format!("{plain_ns:.0} ns of the refusing thread alone, without TLS and HTTP");
    let least = plain_ns / ns("drop_nftables_ns").unwrap_or(f64::NAN).max(1.0);
    say("the least refusal without TLS / a drop by the table", least, Bar::None, &more);
    Ok(())
}
