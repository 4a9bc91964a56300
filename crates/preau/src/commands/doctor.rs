//! Looks for what would keep the server from working, and says how to mend it.

use super::load_config;
use crate::cli::Place;
use crate::config::Config;
use crate::data::DataFolder;
use preau_front::TlsConfig;
use preau_store::{people, schools};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::process::ExitCode;

/// Free space that a school should have for a year, in bytes.
const FREE_BYTES_MIN: u64 = 2 << 30;

enum Finding {
    Good(String),
    Hint(String),
    Bad(String),
}
use Finding::{Bad, Good, Hint};

pub async fn run(place: &Place) -> anyhow::Result<ExitCode> {
    let config = match load_config(place) {
        Ok(config) => config,
        Err(error) => return Ok(report(&[Bad(format!("configuration: {error:#}"))])),
    };
    let running = match config.admin {
        Some(address) => super::health::ask(address, "/healthz").await.is_ok(),
        None => false,
    };
    let mut findings = vec![Good("configuration: can be read and makes sense".to_owned())];
    findings.extend(reach(&config));
    findings.extend(data(&config).await);
    findings.extend(ports(&config, running));
    if config.mail.is_none() {
        findings
            .push(Hint("mail: none configured; forgotten passwords are reset by teachers and school life".to_owned()));
    }
    Ok(report(&findings))
}

fn report(findings: &[Finding]) -> ExitCode {
    let mut bad = 0;
    for finding in findings {
        match finding {
            Good(text) => println!("  ok    {text}"),
            Hint(text) => println!("  note  {text}"),
            Bad(text) => {
                bad += 1;
                println!("  BAD   {text}");
            }
        }
    }
    println!("{}", if bad == 0 { "Nothing stands in the way." } else { "Mend what is marked BAD." });
    if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Browsers give camera and microphone to secure pages only.
fn reach(config: &Config) -> Vec<Finding> {
    let open = config.listen.iter().any(|address| !address.ip().is_loopback());
    let tls = !matches!(config.tls, TlsConfig::None);
    let behind_proxy = !config.trusted_proxies.is_empty();
    let mut findings = Vec::new();
    if open && !tls && !behind_proxy {
        findings.push(Bad(
            "server.listen is open to the network without TLS: browsers refuse camera and microphone, and \
             passwords travel in the clear; set tls.mode, or name the proxy in server.trusted_proxies"
                .to_owned(),
        ));
    } else {
        findings.push(Good("pages: browsers will give camera and microphone".to_owned()));
    }
    if open && config.public_url.is_none() {
        findings.push(Hint(
            "server.public_url is empty: sheets of codes and links in mails need the address that people type"
                .to_owned(),
        ));
    }
    if open && config.media.bind.ip().is_loopback() {
        findings.push(Bad("media.bind is on loopback while the pages are open to the network: nobody else will hear \
             or see"
            .to_owned()));
    }
    findings
}

async fn data(config: &Config) -> Vec<Finding> {
    let Ok(folder) = DataFolder::existing(&config.data) else {
        return vec![Hint(format!("data: {} is not there yet; the first start makes it", config.data.display()))];
    };
    let mut findings = Vec::new();
    match folder.keys() {
        Ok(_) => findings.push(Good("data: the keys can be read".to_owned())),
        Err(error) => findings.push(Bad(format!("data: {error:#}"))),
    }
    match free_bytes(folder.path()) {
        Some(free) if free < FREE_BYTES_MIN => {
            findings.push(Bad(format!("data: only {} MiB free on its disk", free >> 20)));
        }
        Some(free) => findings.push(Good(format!("data: {} GiB free on its disk", free >> 30))),
        None => findings.push(Hint("data: the free space of its disk is not known".to_owned())),
    }
    match folder.open_store(config).await {
        Ok(store) => findings.extend(database(&store).await),
        Err(error) => findings.push(Bad(format!("database: {error:#}"))),
    }
    findings
}

async fn database(store: &preau_store::Store) -> Vec<Finding> {
    let counts = async {
        let mut conn = store.read().await?;
        let found = (
            schools::count(&mut conn).await?,
            people::count(&mut conn).await?,
            people::count_platform_admins(&mut conn).await?,
        );
        Ok::<_, preau_store::StoreError>(found)
    };
    match counts.await {
        Ok((schools, people, 0)) => vec![Hint(format!(
            "database: {schools} schools, {people} people, no administrator yet; use the link of the first start or `preau admin create`"
        ))],
        Ok((schools, people, _)) => vec![Good(format!("database: {schools} schools, {people} people"))],
        Err(error) => vec![Bad(format!("database: {error}"))],
    }
}

/// Free bytes for others than root, as `df` counts them.
fn free_bytes(path: &std::path::Path) -> Option<u64> {
    let output = std::process::Command::new("df").args(["-Pk", "--"]).arg(path).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let kib: u64 = text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(kib * 1024)
}

fn ports(config: &Config, running: bool) -> Vec<Finding> {
    if running {
        return vec![Good("ports: the server is running".to_owned())];
    }
    let tcp = |what: &str, address: SocketAddr| match TcpListener::bind(address) {
        Ok(_) => Good(format!("ports: {what} {address} is free")),
        Err(error) => Bad(format!("ports: {what} {address}: {error}")),
    };
    let mut findings: Vec<Finding> = config.listen.iter().map(|address| tcp("server.listen", *address)).collect();
    findings.extend(config.redirect.iter().map(|address| tcp("tls.redirect", *address)));
    findings.extend(config.admin.map(|address| tcp("admin.listen", address)));
    if config.media.tcp {
        findings.push(tcp("media (TCP)", config.media.bind));
    }
    findings.push(match UdpSocket::bind(config.media.bind) {
        Ok(_) => Good(format!("ports: media (UDP) {} is free", config.media.bind)),
        Err(error) => Bad(format!("ports: media (UDP) {}: {error}", config.media.bind)),
    });
    findings
}
