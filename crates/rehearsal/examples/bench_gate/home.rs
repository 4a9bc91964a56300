//! Letting a pass holder in: a new TLS connection, the pass, the home page out of SQLite.

use crate::child::{Server, free_address};
use crate::figures::{Bench, ROUNDS};
use crate::load::{self, Plan, tls_client};
use crate::peers::Certificate;
use crate::rows::{Bar, say};
use anyhow::{Context, ensure};
use preau_base::{Clock as _, SystemClock};
use preau_sim::World;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

const PEOPLE: u32 = 1_500;
const AT_ONCE: usize = 8;
/// Addresses that they come from: all rounds from one would spend its budget of new connections.
const HOMES: usize = 750;
/// 500,000 arrivals in 10 minutes on one core.
const AIM_US: f64 = 1_200.0;

pub fn home_pages(bench: &Bench) -> anyhow::Result<()> {
    let folder = bench.folder.join("home");
    std::fs::create_dir_all(&folder)?;
    let certificate = Certificate::make(&folder)?;
    let world = World { passes: 1.0, window: Duration::from_secs(600), ..World::new(7, PEOPLE) };
    let sown = bench.runtime.block_on(preau_rehearsal::sow(&folder, &world, SystemClock.now(), true))?;
    let mut requests = Vec::new();
    for number in 0..PEOPLE {
        let (name, value) = sown.pass(&world.person(number)).context("somebody has no pass")?;
        let text = format!(
            "GET / HTTP/1.1\r\nhost: localhost\r\nuser-agent: Mozilla/5.0 (Linux; Android 10; K) Chrome/137.0.0.0\r\n\
             accept: text/html,*/*;q=0.8\r\naccept-language: fr\r\naccept-encoding: gzip\r\nsec-fetch-mode: navigate\r\n\
             sec-fetch-dest: document\r\ncookie: {name}={value}\r\nconnection: close\r\n\r\n"
        );
        requests.push(Arc::<[u8]>::from(text.into_bytes()));
    }
    let address = free_address()?;
    let mut command = Command::new(&bench.preau);
    command.args(["serve", "--data"]).arg(&folder).env("PREAU_SERVER__LISTEN", address.to_string());
    command.env("PREAU_TLS__MODE", "files").env("PREAU_TLS__CERTIFICATE", &certificate.chain);
    command.env("PREAU_TLS__KEY", &certificate.key).env("PREAU_MEDIA__UDP_PORT", "0").env("PREAU_ADMIN__LISTEN", "");
    command.env("PREAU_LOG__FILTER", "error");
    let server = Server::start(&mut command, address)?;
    let client = tls_client(&certificate.der)?;
    let mut least = f64::INFINITY;
    for _ in 0..ROUNDS {
        let before = server.cpu_ns()?;
        let plan = Plan {
            to: address,
            request: Arc::from([]),
            requests: requests.len(),
            at_once: AT_ONCE,
            tls: Some(client.clone()),
            keep: false,
            sources: HOMES,
            varied: false,
        };
        let statuses = bench.runtime.block_on(load::run_each(&plan, &requests))?;
        ensure!(statuses.keys().eq([&200]), "pass holders were answered {statuses:?}");
        least = least.min((server.cpu_ns()? - before) as f64 / 1_000.0 / requests.len() as f64);
    }
    let more =
        format!("{least:.0} µs: {:.0} people a core-minute, on {} MiB", 60e6 / least, server.resident_bytes() >> 20);
    say("a pass holder to the home page, TLS and SQLite / 1,200 µs", least / AIM_US, Bar::AtMost(1.0), &more);
    Ok(())
}
