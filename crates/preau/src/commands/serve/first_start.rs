//! The link of the first start, whose page creates the first administrator and the school.

use preau_base::{Clock, Pii, SystemClock, SystemRng};
use preau_gate::{KeyRing, LinkToken};
use preau_store::{Store, people, setup};
use std::time::Duration;

const LINK_LIFE: Duration = Duration::from_secs(30 * 60);

/// A new link while nobody administers the installation; the one before stops working.
pub async fn link(store: &Store, keys: &KeyRing) -> anyhow::Result<Option<Pii<String>>> {
    let now = SystemClock.now();
    let mut tx = store.write().await?;
    if people::count_platform_admins(&mut tx).await? > 0 {
        return Ok(None);
    }
    let token = LinkToken::draw(&mut SystemRng);
    setup::create_link(&mut tx, token.digest(keys).as_bytes(), now.plus(LINK_LIFE)).await?;
    tx.commit().await?;
    Ok(Some(token.to_text()))
}

/// The secret stands in the fragment, which browsers send to nobody.
pub fn print(url: &str, link: &Pii<String>) {
    println!();
    println!("Nobody administers this school yet. Open this link to make the first account and the school.");
    println!("It is good for {} minutes and for one use:", LINK_LIFE.as_secs() / 60);
    println!();
    println!("  {url}/setup#{}", link.reveal());
    println!();
}
