//! The change of the school year from the command line.

use super::open;
use super::people::find_school;
use crate::cli::YearCommand;
use preau_base::{Clock, SystemClock};
use preau_store::{audit, year};

pub async fn run(command: YearCommand) -> anyhow::Result<()> {
    let YearCommand::Roll { place, school, dry_run } = command;
    let opened = open(&place).await?;
    let now = SystemClock.now();
    let this = preau_school::year::of(now);
    let mut tx = opened.store.write().await?;
    let school = find_school(&mut tx, &school).await?;
    let old = year::preview(&mut tx, school.id, &this).await?;
    for group in &old {
        println!("{}\t{}\t{} pupils", group.name, group.school_year, group.pupils);
    }
    if dry_run {
        println!("{}: {} classes and groups would go into the archive ({this}).", school.name, old.len());
        return Ok(());
    }
    let done = year::roll(&mut tx, school.id, &this, now).await?;
    let detail = format!("{this} {done}");
    let target = school.uai.as_deref().unwrap_or("");
    let entry = audit::Entry { actor: None, action: "year.roll", target, school: Some(school.id), detail: &detail };
    audit::append(&mut tx, &entry, now).await?;
    tx.commit().await?;
    println!("{}: {done} classes and groups are in the archive; the year is {this}.", school.name);
    Ok(())
}
