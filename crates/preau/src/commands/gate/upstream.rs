//! `preau gate --upstream …`: the gate alone, in front of somebody else's application.

use crate::cli::InFront;
use crate::commands::config_file;
use crate::commands::serve::notify;
use crate::config::{Config, Over, Upstream as Behind};
use crate::data::{DataFolder, write_whole};
use crate::gatehouse::{Gatehouse, zone};
use crate::logging;
use anyhow::{Context, bail};
use preau_base::{Clock as _, SharedClock, SystemClock, SystemRng};
use preau_front::upstream::{Preset, Rules, Upstream, describe_upstream};
use preau_front::{
    Front, FrontConfig, FrontHandle, GuardLimits, ListenerConfig, ListenerKind, TlsConfig, plain_pages,
    raise_descriptor_limit,
};
use preau_gate::{EndedPasses, KeyRing};
use preau_status::{Admin, Checks, install_recorder};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use toml::Value;

/// How often the passes that ended are written down, and keys are looked at.
const UPKEEP: Duration = Duration::from_secs(60);
/// The passes that ended by a sign-out, below the data folder.
const ENDED_FILE: &str = "ended-passes";

fn load(options: &InFront) -> anyhow::Result<Config> {
    let mut over = Vec::new();
    let mut set = |section, name, option, value| over.push(Over { section, name, value, option });
    if let Some(url) = &options.upstream {
        set("upstream", "url", "--upstream", Value::String(url.clone()));
    }
    if let Some(preset) = &options.preset {
        set("upstream", "preset", "--preset", Value::String(preset.clone()));
    }
    if !options.listen.is_empty() {
        let addresses = options.listen.iter().map(|address| Value::String(address.to_string())).collect();
        set("server", "listen", "--listen", Value::Array(addresses));
    }
    Ok(Config::load_with(config_file(&options.place).as_deref(), options.place.data.as_deref(), &over)?)
}

fn behind(config: &Config) -> anyhow::Result<Behind> {
    match &config.upstream {
        Some(behind) => Ok(behind.clone()),
        None => {
            bail!("which application is behind the gate? --upstream http://…, or upstream.url in the configuration")
        }
    }
}

/// Prints the rules in force, for people to check.
pub fn check_rules(options: &InFront) -> anyhow::Result<()> {
    let behind = behind(&load(options)?)?;
    println!("Behind the gate: {} (preset: {})", behind.proxy.url, behind.preset.name());
    print_rules(&behind.proxy.rules, behind.proxy.signed_in_header.as_ref().map(|name| name.as_str()));
    Ok(())
}

fn print_rules(rules: &Rules, header: Option<&str>) {
    let none = || println!("  (none)");
    println!("A pass is bound to one of these cookies of the application:");
    rules.session_cookies.names().for_each(|name| println!("  {name}"));
    if rules.session_cookies.is_empty() {
        none();
    }
    println!("It is earned by these requests with these answers:");
    rules.sign_in.iter().for_each(|rule| println!("  {rule}"));
    match header {
        Some(name) => println!("  any request that the application answers with “{name}: 1”"),
        None if rules.sign_in.is_empty() => println!("  (none: nobody ever earns a pass)"),
        None => {}
    }
    println!("It ends with:");
    rules.sign_out.iter().for_each(|rule| println!("  {rule}"));
    if let Some(name) = header {
        println!("  any request that the application answers with “{name}: 0”");
    }
    println!("  any answer that deletes the cookie");
    println!("Paths of signing in, which stay open to newcomers:");
    rules.paths.sign_in.iter().for_each(|path| println!("  {path}"));
    if rules.paths.sign_in.is_empty() {
        none();
    }
}

pub async fn run(options: &InFront) -> anyhow::Result<()> {
    let config = load(options)?;
    let behind = behind(&config)?;
    logging::init(&config.log)?;
    let data = DataFolder::make(&config.data)?;
    let keys = Arc::new(RwLock::new(data.keys()?));
    let clock: SharedClock = Arc::new(SystemClock);
    // Before anything counts.
    let recorder = match config.admin {
        Some(address) => {
            let recorder = install_recorder()?;
            preau_front::describe_counters();
            describe_upstream();
            Some((address, recorder))
        }
        None => None,
    };
    warn_of_rules(&behind);
    let upstream = Upstream::new(behind.proxy.clone(), keys.clone(), clock.clone(), Box::new(SystemRng))?;
    upstream.restore_ended(read_ended(&data.path().join(ENDED_FILE))?);
    let site = config.instance_name.clone();
    let house = Gatehouse::open(&data, &config.gate, keys.clone(), clock.clone(), upstream.clone(), site)?;
    let front = bind(&config, &behind, &house, &clock)?;
    house.help_from_kernel(&config, &front, clock.clone());
    println!("The gate of {} serves {}", behind.proxy.url, url_of(&config, &front));
    let checks = Checks::default();
    let admin = match recorder {
        Some((address, recorder)) => {
            let keeper = house.keeper.clone();
            let board = preau_web::board(Arc::new(move || keeper.snapshot()), zone());
            let admin = Admin::bind(address, checks.clone(), recorder);
            Some(admin.with_context(|| format!("admin.listen {address}"))?.beside(board).start()?)
        }
        None => None,
    };
    let upkeep = tokio::spawn(keep_up(upstream.clone(), data.clone(), keys, front.handle())).abort_handle();
    let served = serve(front, &upstream, checks).await;
    upkeep.abort();
    drop(admin);
    keep_ended(&upstream, &data);
    tokio::task::spawn_blocking(move || house.close()).await.context("the gate’s record")?;
    served?;
    tracing::info!("stopped");
    Ok(())
}

/// Until SIGTERM or SIGINT; what is in flight may finish.
async fn serve(front: Front, upstream: &Arc<Upstream>, checks: Checks) -> anyhow::Result<()> {
    let told = until_told_to_stop()?;
    notify(sd_notify::NotifyState::Ready);
    let closing = upstream.clone();
    let drained = front
        .serve(upstream.router(), async move {
            told.await;
            notify(sd_notify::NotifyState::Stopping);
            tracing::info!("stopping: no new work, what is in flight may finish");
            checks.drain();
            closing.close_tunnels();
        })
        .await?;
    if drained.cut > 0 {
        tracing::warn!(connections = drained.cut, "connections were cut after the time to drain");
    }
    Ok(())
}

/// Resolves at SIGTERM or SIGINT; heard from when this returns.
fn until_told_to_stop() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

fn bind(config: &Config, behind: &Behind, house: &Gatehouse, clock: &SharedClock) -> anyhow::Result<Front> {
    let kind = match config.tls {
        TlsConfig::None => ListenerKind::Plain,
        _ => ListenerKind::Tls,
    };
    let listener = |address: &std::net::SocketAddr, kind| ListenerConfig {
        address: *address,
        kind,
        proxy_protocol: config.proxy_protocol,
    };
    let pages = config.listen.iter().map(|address| listener(address, kind));
    let redirects = config.redirect.iter().map(|address| listener(address, ListenerKind::Redirect));
    let limits = GuardLimits {
        drain: config.drain,
        body_bytes_max: behind.body_bytes_max,
        body: behind.body_time_max,
        ..GuardLimits::default()
    };
    let connections_max = raise_descriptor_limit(limits.connections_max).context("cannot ask for file descriptors")?;
    let front = FrontConfig {
        listeners: pages.chain(redirects).collect(),
        tls: config.tls.clone(),
        trusted_proxies: config.trusted_proxies.clone(),
        limits: GuardLimits { connections_max, ..limits },
        pages: plain_pages(),
        public_https_port: None,
        hooks: house.keeper.hooks(),
        gate: Some(house.keeper.clone()),
    };
    Ok(Front::bind(front, clock.clone(), Box::new(SystemRng))?)
}

fn url_of(config: &Config, front: &Front) -> String {
    let scheme = if matches!(config.tls, TlsConfig::None) { "http" } else { "https" };
    let bound = front.addresses().find(|(kind, _)| *kind != ListenerKind::Redirect);
    let bound = bound.map_or_else(String::new, |(_, address)| format!("{scheme}://{address}"));
    config.public_url.clone().unwrap_or(bound)
}

fn warn_of_rules(behind: &Behind) {
    let rules = &behind.proxy.rules;
    if rules.sign_in.is_empty() && behind.proxy.signed_in_header.is_none() {
        let presets: Vec<&str> = Preset::ALL.iter().map(|preset| preset.name()).collect();
        tracing::warn!(?presets, "no rule says what a sign-in is: nobody will be known at the gate");
    }
    if rules.sign_out.is_empty() {
        tracing::warn!("no rule says what a sign-out is: passes end with the session cookie, or after a week unused");
    }
}

fn read_ended(file: &Path) -> anyhow::Result<EndedPasses> {
    match std::fs::read(file) {
        Ok(bytes) => EndedPasses::from_bytes(&bytes).with_context(|| {
            format!(
                "{}: remove it, and passes that people signed out of are good again for up to a week",
                file.display()
            )
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(EndedPasses::default()),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}

fn keep_ended(upstream: &Upstream, data: &DataFolder) {
    let file: PathBuf = data.path().join(ENDED_FILE);
    if let Some(bytes) = upstream.ended_if_changed()
        && let Err(error) = write_whole(&file, &bytes)
    {
        tracing::error!(%error, file = %file.display(), "the passes that ended were not kept");
    }
}

/// Keeps what ended, rotates the keys, and reads certificates again on SIGHUP.
async fn keep_up(upstream: Arc<Upstream>, data: DataFolder, keys: Arc<RwLock<KeyRing>>, front: FrontHandle) {
    let Ok(mut hangup) = signal(SignalKind::hangup()) else { return };
    let mut ticks = tokio::time::interval(UPKEEP);
    loop {
        tokio::select! {
            _ = ticks.tick() => {
                keep_ended(&upstream, &data);
                rotate(&data, &keys);
            }
            _ = hangup.recv() => {
                tracing::info!("SIGHUP: certificates are read again");
                front.reload();
            }
        }
    }
}

/// The file first: a restart must know the key that has sealed something.
fn rotate(data: &DataFolder, keys: &RwLock<KeyRing>) {
    let mut next = keys.read().unwrap_or_else(PoisonError::into_inner).clone();
    if !next.rotate_if_due(SystemClock.now(), &mut SystemRng) {
        return;
    }
    match data.write_keys(&next) {
        Ok(()) => *keys.write().unwrap_or_else(PoisonError::into_inner) = next,
        Err(error) => tracing::error!(error = format!("{error:#}"), "the keys were not rotated; the old ones go on"),
    }
}
