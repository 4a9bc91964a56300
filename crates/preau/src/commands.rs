//! One file a command.

mod admin;
mod backup;
mod configuration;
mod demo;
mod doctor;
mod gate;
mod health;
mod import;
mod media;
mod people;
mod rehearse;
mod routes;
mod serve;
mod year;

pub use gate::Checkpoint;

use crate::cli::{Arguments, Command, Place};
use crate::config::Config;
use crate::data::DataFolder;
use crate::logging;
use anyhow::Context;
use preau_gate::KeyRing;
use preau_store::Store;
use preau_web::Lang;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    if matches!(arguments.command, Command::RenderPages) {
        // Without a runtime, whose threads would be there before their memory is limited.
        preau_pages::work().context("cannot make pages")?;
        return Ok(ExitCode::SUCCESS);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start")?;
    let done = |()| ExitCode::SUCCESS;
    match arguments.command {
        Command::Demo(options) => runtime.block_on(Box::pin(demo::run(options))).map(done),
        Command::Rehearse(options) => runtime.block_on(Box::pin(rehearse::run(*options))),
        Command::Serve { place } => runtime.block_on(Box::pin(serve::run(&place))).map(done),
        Command::Config { command } => configuration::run(command).map(done),
        Command::Admin { command } => runtime.block_on(Box::pin(admin::run(command))).map(done),
        Command::Import { command } => runtime.block_on(Box::pin(import::run(command))),
        Command::People { command } => runtime.block_on(Box::pin(people::run(command))).map(done),
        Command::Year { command } => runtime.block_on(Box::pin(year::run(command))).map(done),
        Command::Backup { command } => runtime.block_on(Box::pin(backup::run(command))).map(done),
        Command::Gate(options) => runtime.block_on(Box::pin(gate::run(options))),
        Command::Media { command } => runtime.block_on(Box::pin(media::run(command))).map(done),
        Command::Health { place } => runtime.block_on(Box::pin(health::run(&place))),
        Command::Routes => routes::run().map(done),
        Command::RenderPages => Ok(ExitCode::SUCCESS),
        Command::Doctor { place } => runtime.block_on(Box::pin(doctor::run(&place))),
    }
}

/// The configuration file: the one that was named, or `preau.toml` in this folder.
fn config_file(place: &Place) -> Option<PathBuf> {
    place.config.clone().or_else(|| Some(PathBuf::from("preau.toml")).filter(|path| path.exists()))
}

fn load_config(place: &Place) -> anyhow::Result<Config> {
    Ok(Config::load(config_file(place).as_deref(), place.data.as_deref())?)
}

/// What a command needs that works on the data of an installation, running or not.
struct Opened {
    config: Config,
    data: DataFolder,
    keys: KeyRing,
    store: Store,
}

async fn open(place: &Place) -> anyhow::Result<Opened> {
    let config = load_config(place)?;
    let data = DataFolder::existing(&config.data)?;
    Box::pin(open_folder(config, data)).await
}

/// The same for commands that may come before the first start.
async fn open_or_make(place: &Place) -> anyhow::Result<Opened> {
    let config = load_config(place)?;
    let data = DataFolder::make(&config.data)?;
    Box::pin(open_folder(config, data)).await
}

async fn open_folder(config: Config, data: DataFolder) -> anyhow::Result<Opened> {
    logging::init(&config.log)?;
    let keys = data.keys()?;
    let store = data.open_store(&config).await?;
    Ok(Opened { config, data, keys, store })
}

/// The language of those who read a terminal, as its locale says (POSIX: `LC_ALL`, `LC_MESSAGES`, `LANG`, the first that
/// is set).
fn language() -> Lang {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
    locale.and_then(|locale| Lang::from_tag(&locale)).unwrap_or(Lang::En)
}

/// A file whose name the caller chose, as messages show it.
fn shown(path: &Path) -> String {
    path.display().to_string()
}
