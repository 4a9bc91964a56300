//! A school to try everything with.

mod people;
mod school;

use super::serve::{self, Served};
use crate::cli::Demo;
use crate::config::Config;
use crate::data::DataFolder;
use crate::logging;
use anyhow::{Context, bail};
use people::ACCOUNTS;
use preau_base::{Clock, Pii, Rng, SystemClock, SystemRng};
use preau_identity::{HashPool, HashPoolConfig};
use preau_store::{Store, schools};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

pub async fn run(options: Demo) -> anyhow::Result<()> {
    let wiped = match options.data {
        Some(_) => None,
        None => Some(tempfile::Builder::new().prefix("preau-demo-").tempdir().context("no temporary folder")?),
    };
    let path = options.data.clone().or_else(|| wiped.as_ref().map(|folder| folder.path().to_path_buf()));
    let path = path.context("no data folder")?;
    let mut config = Config::for_demo(&path, loopback(options.port), loopback(options.media_port))?;
    config.instance_name = "Collège des Tilleuls".to_owned();
    logging::init(&config.log)?;
    let data = DataFolder::make(&path)?;
    let keys = data.keys()?;
    let store = data.open_store(&config).await?;
    let passwords = prepare(&store, options.password.as_deref()).await?;

    let served = serve::start(config, data, keys, store, true).await?;
    print_accounts(&served, passwords.as_deref());
    let outcome = served.until_stopped().await;
    if let Some(folder) = wiped {
        folder.close().context("the temporary folder stays behind")?;
    }
    outcome
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

/// Fills an empty database and gives each account a password; `None` when the folder holds a demonstration already
/// and no `--password` changes it.
async fn prepare(store: &Store, password: Option<&str>) -> anyhow::Result<Option<Vec<String>>> {
    let now = SystemClock.now();
    let mut tx = store.write().await?;
    let fresh = schools::count(&mut tx).await? == 0;
    if fresh {
        school::fill(&mut tx, now, &mut SystemRng).await?;
    } else if preau_store::people::by_login(&mut tx, ACCOUNTS[0].login).await?.is_none() {
        bail!("this data folder holds a school that is not the demonstration; choose another --data");
    }
    if !fresh && password.is_none() {
        return Ok(None);
    }
    let pool = HashPool::start(HashPoolConfig::default())?;
    let mut passwords = Vec::with_capacity(ACCOUNTS.len());
    for account in ACCOUNTS {
        let chosen = password.map_or_else(|| readable_password(&mut SystemRng), str::to_owned);
        let hash = pool.hash(Pii::new(chosen.clone()), &mut SystemRng).await?;
        let person = preau_store::people::by_login(&mut tx, account.login).await?;
        let person = person.with_context(|| format!("the demonstration lacks {}", account.login))?;
        preau_store::people::set_password(&mut tx, person.id, hash.as_str(), now).await?;
        passwords.push(chosen);
    }
    tx.commit().await?;
    Ok(Some(passwords))
}

/// Syllables that are easy to type; about 40 bits, enough for a school that lasts an hour on loopback.
fn readable_password(rng: &mut dyn Rng) -> String {
    const CONSONANTS: &[u8] = b"bcdfghjklmnprstvz";
    const VOWELS: &[u8] = b"aeiou";
    let mut draw = |from: &[u8]| char::from(from[usize::try_from(rng.below(from.len() as u64)).unwrap_or(0)]);
    let mut password = String::new();
    for word in 0..3 {
        if word > 0 {
            password.push('-');
        }
        for _ in 0..2 {
            password.push(draw(CONSONANTS));
            password.push(draw(VOWELS));
        }
    }
    password
}

fn print_accounts(served: &Served, passwords: Option<&[String]>) {
    println!();
    println!("  Collège des Tilleuls, a demonstration: {}", served.url());
    println!();
    println!("  {:<20} {:<18} role", "login", "password");
    for (number, account) in ACCOUNTS.iter().enumerate() {
        let password = passwords.and_then(|all| all.get(number)).map_or("(as before)", String::as_str);
        println!(
            "  {:<20} {password:<18} {} ({} {})",
            account.login, account.role, account.given_name, account.family_name
        );
    }
    println!();
    println!("  Sign in as prof in one browser and as eleve in another: the lesson is on now.");
    println!("  Ctrl-C ends it; what was made goes with it, unless --data names a folder.");
    println!();
}
