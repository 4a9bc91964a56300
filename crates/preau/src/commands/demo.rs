//! A school to try everything with.

mod people;
mod school;
mod work;

use super::serve::{self, Served};
use crate::cli::Demo;
use crate::config::Config;
use crate::data::DataFolder;
use crate::logging;
use anyhow::{Context, bail};
use people::ACCOUNTS;
use preau_base::{Clock, Instant, Pii, Rng, SystemClock, SystemRng};
use preau_gate::KeyRing;
use preau_identity::{HashPool, HashPoolConfig, PasswordHash, Verdict};
use preau_media::Mode;
use preau_store::{Conn, Store, schools};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

pub async fn run(options: Demo) -> anyhow::Result<()> {
    let wiped = match options.data {
        Some(_) => None,
        None => Some(tempfile::Builder::new().prefix("preau-demo-").tempdir().context("no temporary folder")?),
    };
    let path = options.data.clone().or_else(|| wiped.as_ref().map(|folder| folder.path().to_path_buf()));
    let path = path.context("no data folder")?;
    let mode = if options.lean { Mode::Lean } else { Mode::Full };
    let mut config = Config::for_demo(&path, loopback(options.port), loopback(options.media_port), mode)?;
    config.instance_name = "Collège des Tilleuls".to_owned();
    logging::init(&config.log)?;
    let data = DataFolder::make(&path)?;
    let keys = data.keys()?;
    let store = data.open_store(&config).await?;
    let prepared = prepare(&store, &keys, options.password.as_deref()).await?;

    let served = Box::pin(serve::start(config, data, keys, store, true)).await?;
    print_accounts(&served, &prepared);
    let outcome = served.until_stopped().await;
    if let Some(folder) = wiped {
        folder.close().context("the temporary folder stays behind")?;
    }
    outcome
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

/// Fills an empty database and gives each account a password; in a folder that holds a demonstration already, sees to it
/// that a lesson is on, and changes passwords only if `--password` gives another.
async fn prepare(store: &Store, keys: &KeyRing, password: Option<&str>) -> anyhow::Result<Prepared> {
    let now = SystemClock.now();
    let mut tx = store.write().await?;
    let fresh = schools::count(&mut tx).await? == 0;
    if fresh {
        school::fill(&mut tx, now, &mut SystemRng).await?;
    } else if preau_store::people::by_login(&mut tx, ACCOUNTS[0].login).await?.is_none() {
        bail!("this data folder holds a school that is not the demonstration; choose another --data");
    } else {
        school::renew(&mut tx, now, &mut SystemRng).await?;
    }
    let mut passwords = Vec::with_capacity(ACCOUNTS.len());
    if fresh || password.is_some() {
        let pool = HashPool::start(HashPoolConfig::default())?;
        for account in ACCOUNTS {
            let chosen = password.map_or_else(|| readable_password(&mut SystemRng), str::to_owned);
            set_password(&mut tx, &pool, account.login, &chosen, now).await?;
            passwords.push(chosen);
        }
    }
    let card = if fresh { Some(school::card(&mut tx, keys, now, &mut SystemRng).await?) } else { None };
    tx.commit().await?;
    Ok(Prepared { passwords: Some(passwords).filter(|passwords| !passwords.is_empty()), card })
}

/// What is shown once.
struct Prepared {
    /// In the order of [`ACCOUNTS`]; `None`: they are as before.
    passwords: Option<Vec<String>>,
    /// Code and pictures of a pupil's sign-in card; `None`: as before.
    card: Option<String>,
}

/// A password that is the same already stays, and with it everybody who is signed in.
async fn set_password(conn: &mut Conn, pool: &HashPool, login: &str, chosen: &str, now: Instant) -> anyhow::Result<()> {
    let known = preau_store::people::credentials(conn, login).await?;
    let known = known.with_context(|| format!("the demonstration lacks {login}"))?;
    if let Some(hash) = known.password_hash.map(PasswordHash::from_stored) {
        let verdict = pool.verify(Some(hash), Pii::new(chosen.to_owned())).await?;
        if matches!(verdict, Verdict::Right { .. }) {
            return Ok(());
        }
    }
    let hash = pool.hash(Pii::new(chosen.to_owned()), &mut SystemRng).await?;
    preau_store::people::set_password(conn, known.id, hash.as_str(), now).await?;
    Ok(())
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

fn print_accounts(served: &Served, prepared: &Prepared) {
    let passwords: Vec<&str> = match prepared.passwords.as_deref() {
        Some(passwords) => passwords.iter().map(String::as_str).collect(),
        None => vec!["(as before)"; ACCOUNTS.len()],
    };
    let width = passwords.iter().map(|password| password.chars().count()).max().unwrap_or(0).max("password".len());
    println!();
    println!("  Collège des Tilleuls, a demonstration: {}", served.url());
    println!();
    println!("  {:<20} {:<width$}  role", "login", "password");
    for (account, password) in ACCOUNTS.iter().zip(passwords) {
        let (given, family) = (account.given_name, account.family_name);
        println!("  {:<20} {password:<width$}  {} ({given} {family})", account.login, account.role);
    }
    println!();
    if let Some(card) = &prepared.card {
        println!("  At /card, a pupil of CE1 gets in with a card: {card}");
    }
    println!("  Sign in as prof in one browser and as eleve in another: the lesson is on now.");
    println!("  Ctrl-C ends it; what was made goes with it, unless --data names a folder.");
    println!();
}
